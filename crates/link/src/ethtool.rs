//! Ethtool's messages: from a record to what asks the kernel for it, and back (`linux/ethtool_netlink.h`).
//!
//! Knows the sets of bits that ethtool calls by name, and what drivers say where they know nothing. Refuses to know
//! which settings belong together.

use std::collections::BTreeSet;

use linkctl_kinds::nic::ethtool::{self, FEATURES, FEC, LINKMODES, TABLE, WOL, group};
use linkctl_schema::codec::{self, NoLinks, View};
use linkctl_schema::{FieldDef, Record, Type, Value};
use linkctl_wire::{Attrs, Writer, number};

use crate::message::Error;

/// The message that asks for a family of generic netlink (`GENL_ID_CTRL`, `CTRL_CMD_GETFAMILY`).
const CONTROL: u16 = 16;
const GET_FAMILY: u8 = 3;
const FAMILY_ID: u16 = 1;
const FAMILY_NAME: u16 = 2;

/// `ETHTOOL_A_*_HEADER`: the same number in all messages.
const HEADER: u16 = 1;
const HEADER_INDEX: u16 = 1;
const HEADER_FLAGS: u16 = 3;
/// No answer but the acknowledgement (`ETHTOOL_FLAG_OMIT_REPLY`).
const OMIT_REPLY: u32 = 2;

/// `ETHTOOL_A_BITSET_*`.
const NOMASK: u16 = 1;
const BITS: u16 = 3;
const BIT: u16 = 1;
const BIT_NAME: u16 = 2;
const BIT_VALUE: u16 = 3;

/// Sets in messages: `ETHTOOL_A_LINKMODES_OURS`, `ETHTOOL_A_WOL_MODES`, `ETHTOOL_A_FEATURES_*`, `ETHTOOL_A_FEC_*`.
const OURS: u16 = 3;
const PEERS: u16 = 4;
const WOL_MODES: u16 = 2;
const FEATURES_HW: u16 = 2;
const FEATURES_WANTED: u16 = 3;
const FEATURES_ACTIVE: u16 = 4;
const FEATURES_NOCHANGE: u16 = 5;
const FEC_MODES: u16 = 2;
const FEC_AUTO: u16 = 3;
/// The kernel's names of encodings, with the numbers that the table has for them.
const ENCODINGS: [(&str, u8); 4] = [("None", 4), ("RS", 8), ("BASER", 16), ("LLRS", 32)];
const ENCODING_AUTO: u8 = 2;

/// Asks for the number of ethtool's messages in generic netlink.
pub fn find_family() -> Result<Vec<u8>, Error> {
    let mut out = Writer::message(CONTROL, 0, &[GET_FAMILY, 1, 0, 0]);
    out.put_str(FAMILY_NAME, "ethtool");
    out.finish().map_err(Error::Long)
}

/// The number, from the answer.
pub fn family(payload: &[u8]) -> Option<u16> {
    Attrs::new(payload.get(4..)?).find(FAMILY_ID).and_then(number::u16)
}

/// The messages that the fields of a record are in.
pub fn groups(record: &Record) -> BTreeSet<u16> {
    record.iter().filter(|(f, _)| f.is_state()).map(|(f, _)| group(f)).collect()
}

/// Asks for the settings of one group.
pub fn get(family: u16, asked: u16, index: u32) -> Result<Vec<u8>, Error> {
    start(family, asked, index, 0).finish().map_err(Error::Long)
}

fn start(family: u16, command: u16, index: u32, flags: u32) -> Writer {
    let mut out = Writer::message(family, 0, &[command as u8, 1, 0, 0]);
    out.nest(HEADER, |w| {
        w.put_u32(HEADER_INDEX, index);
        if flags != 0 {
            w.put_u32(HEADER_FLAGS, flags);
        }
    });
    out
}

/// Takes the answer about one group into a record. What is not understood is left out.
pub fn read(asked: u16, payload: &[u8], into: &mut Record) {
    let bytes = payload.get(4..).unwrap_or_default();
    let set = |attr| bits(Attrs::new(bytes).find(attr).unwrap_or_default());
    let mut out = Writer::new();
    out.nest_plain(asked, |w| match asked {
        FEATURES => {
            let (hw, active) = (on(&set(FEATURES_HW)), on(&set(FEATURES_ACTIVE)));
            let known: BTreeSet<&[u8]> = hw.union(&active).copied().collect();
            let never = on(&set(FEATURES_NOCHANGE));
            let known: BTreeSet<&[u8]> = known.union(&never).copied().collect();
            each_bit(
                asked,
                |f| known.contains(f.text.as_bytes()).then(|| active.contains(f.text.as_bytes())),
                w,
            );
            names(ethtool::FIXED.0.attr, known.difference(&hw).copied(), w);
        }
        WOL => {
            let modes = set(WOL_MODES);
            let find = |f: &FieldDef| modes.iter().find(|(n, _)| *n == f.text.as_bytes()).map(|(_, on)| *on);
            each_bit(asked, find, w);
        }
        FEC => {
            let modes = on(&set(FEC_MODES));
            let said = ENCODINGS.iter().filter(|(n, _)| modes.contains(n.as_bytes()));
            let auto = Attrs::new(bytes).find(FEC_AUTO).and_then(number::u8).unwrap_or(0) != 0;
            w.put_u8(
                ethtool::FEC_MODE.0.attr,
                said.map(|(_, n)| n).sum::<u8>() | if auto { ENCODING_AUTO } else { 0 },
            );
        }
        _ => {
            let plain = |kind| asked != LINKMODES || kind != OURS && kind != PEERS;
            for a in Attrs::new(bytes).map_while(Result::ok).filter(|a| a.kind != HEADER && plain(a.kind)) {
                w.put(a.kind, a.data);
            }
            if asked == LINKMODES {
                let modes = set(OURS);
                let real = || modes.iter().filter(|(name, _)| is_mode(name));
                names(ethtool::ADVERTISE.0.attr, real().filter(|(_, on)| *on).map(|(n, _)| *n), w);
                names(ethtool::SUPPORTED.0.attr, real().map(|(n, _)| *n), w);
            }
        }
    });
    let Ok(made) = out.into_attrs() else { return };
    let (record, _) = codec::record(&TABLE, &View::new(&made), &NoLinks);
    record
        .iter()
        .filter(|(f, v)| group(f) == asked && is_known(f, v))
        .for_each(|(f, v)| into.put(f, v.clone()));
}

/// Whether a driver told a value, and not that it knows none (`SPEED_UNKNOWN`, `DUPLEX_UNKNOWN` and their like).
fn is_known(f: &FieldDef, value: &Value<'_>) -> bool {
    match (f.ty, value) {
        (Type::Words(..), Value::Num(n)) => group(f) == FEC && *n != 0,
        (Type::Uint(_), Value::Num(n)) => f.bounds.is_none_or(|(low, high)| *n >= low as u64 && *n <= high),
        _ => true,
    }
}

/// Whether it is a mode, and not a property (`Autoneg`, `TP`, `Pause`), of which the same set has some.
fn is_mode(name: &[u8]) -> bool {
    name.windows(4).any(|w| w == b"base")
}

/// A field for each bit that `find` knows.
fn each_bit(asked: u16, find: impl Fn(&FieldDef) -> Option<bool>, out: &mut Writer) {
    for f in TABLE.list().iter().filter(|f| group(f) == asked && f.ty == Type::OnOff) {
        if let Some(on) = find(f) {
            out.put_u8(f.attr, u8::from(on));
        }
    }
}

fn names<'n>(attr: u16, list: impl Iterator<Item = &'n [u8]>, out: &mut Writer) {
    out.nest_plain(attr, |w| list.for_each(|name| w.put(1, name)));
}

/// The bits of a set with names: in a list without a mask those that are there are on.
fn bits(set: &[u8]) -> Vec<(&[u8], bool)> {
    let plain = Attrs::new(set).find(NOMASK).is_some();
    let list = Attrs::new(Attrs::new(set).find(BITS).unwrap_or_default());
    list.map_while(Result::ok)
        .filter(|a| a.kind == BIT)
        .filter_map(|a| {
            let name = number::text(Attrs::new(a.data).find(BIT_NAME)?);
            Some((name, plain || Attrs::new(a.data).find(BIT_VALUE).is_some()))
        })
        .collect()
}

fn on<'n>(list: &[(&'n [u8], bool)]) -> BTreeSet<&'n [u8]> {
    list.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect()
}

/// Changes the settings of one group to what a record says; `now` is what is there, of which the modes count that
/// are not to be offered any more.
pub fn set(family: u16, asked: u16, index: u32, record: &Record, now: &Record) -> Result<Vec<u8>, Error> {
    let flags = if asked == FEATURES { OMIT_REPLY } else { 0 };
    let mut out = start(family, asked + 1, index, flags);
    let said = record.only(|f| group(f) == asked && f.is_state());
    match asked {
        FEATURES => put_bits(FEATURES_WANTED, said_bits(&said), false, &mut out),
        WOL => put_bits(WOL_MODES, said_bits(&said), false, &mut out),
        FEC => {
            let n = match said.value(&ethtool::FEC_MODE.0) {
                Some(Value::Word(word)) => number_of(&ethtool::FEC_MODE.0, word),
                Some(Value::Num(n)) => *n as u8,
                _ => 0,
            };
            let modes =
                ENCODINGS.iter().filter(|(_, bit)| n & bit != 0).map(|(name, _)| (name.as_bytes(), true));
            put_bits(FEC_MODES, modes, true, &mut out);
            out.put_u8(FEC_AUTO, u8::from(n & ENCODING_AUTO != 0));
        }
        _ => {
            let mut inner = Writer::new();
            let numbers = said.only(|f| !matches!(f.ty, Type::Strs { .. }));
            codec::encode(&numbers, &NoLinks, &mut inner).map_err(Error::Field)?;
            let bytes = inner.into_attrs().map_err(Error::Long)?;
            out.raw(Attrs::new(&bytes).find(asked).unwrap_or_default());
            if let Some(wanted) = said.value(&ethtool::ADVERTISE.0) {
                let (wanted, able) = (texts(Some(wanted)), texts(now.value(&ethtool::SUPPORTED.0)));
                let all: BTreeSet<&[u8]> = wanted.union(&able).copied().collect();
                put_bits(OURS, all.into_iter().map(|n| (n, wanted.contains(n))), false, &mut out);
            }
        }
    }
    out.finish().map_err(Error::Long)
}

fn number_of(f: &FieldDef, word: &str) -> u8 {
    let Type::Words(_, list) = f.ty else { return 0 };
    list.iter().find(|(w, _)| *w == word).map_or(0, |(_, n)| *n as u8)
}

fn texts<'v>(value: Option<&'v Value<'_>>) -> BTreeSet<&'v [u8]> {
    let Some(Value::List(list)) = value else { return BTreeSet::new() };
    list.iter().filter_map(|v| if let Value::Str(text) = v { Some(text.as_ref()) } else { None }).collect()
}

/// The bits that a record says, by the kernel's names.
fn said_bits(said: &Record) -> impl Iterator<Item = (&'static [u8], bool)> + '_ {
    said.iter().filter_map(|(f, v)| match v {
        Value::Bool(on) => Some((f.text.as_bytes(), *on)),
        _ => None,
    })
}

/// A set of bits: all that there are to be, or only those that change.
fn put_bits<'n>(attr: u16, list: impl Iterator<Item = (&'n [u8], bool)>, whole: bool, out: &mut Writer) {
    out.nest(attr, |w| {
        if whole {
            w.put_flag(NOMASK);
        }
        w.nest(BITS, |w| {
            for (name, on) in list.filter(|(_, on)| *on || !whole) {
                w.nest(BIT, |w| {
                    w.put(BIT_NAME, &[name, b"\0"].concat());
                    if on {
                        w.put_flag(BIT_VALUE);
                    }
                });
            }
        });
    });
}
