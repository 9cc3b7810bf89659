//! MACVLAN and MACVTAP: flags of which only some modes know one, and the list of source addresses.

use linkctl_kinds::macvlan;
use linkctl_schema::iproute::Word;
use linkctl_schema::{Mac, Safe, Value};

use super::Odd;
use crate::args::text;
use crate::kind::Reading;
use crate::stop::Stop;
use crate::{usage, value};

/// `IFLA_MACVLAN_MACADDR_MODE`, `IFLA_MACVLAN_MACADDR` and the list of them (`linux/if_link.h`).
const MODE: u16 = 3;
const ONE: u16 = 4;
const LIST: u16 = 5;
/// `enum macvlan_macaddr_mode`.
const ADD: u32 = 0;
const DEL: u32 = 1;
const FLUSH: u32 = 2;
const SET: u32 = 3;

pub(super) static ODD: Odd = Odd { kinds: &["macvlan", "macvtap"], word: own, finish, ..Odd::NONE };

fn own(r: &mut Reading<'_, '_, '_>, row: &'static Word, _: &[u8]) -> Result<(), Stop> {
    match value::called(row) {
        "macaddr" => addresses(r),
        "flag" => {
            let word = r.args.value()?;
            match text(word) {
                "nopromisc" | "nodst" | "null" => flag(r, text(word)),
                _ => {
                    return Err(Stop::among("flag", &["nopromisc", "nodst", "null"], word, 1));
                }
            }
            Ok(())
        }
        called => {
            flag(r, called);
            Ok(())
        }
    }
}

/// The flags are one number: `null` says that none is set.
fn flag(r: &mut Reading<'_, '_, '_>, word: &str) {
    r.notes.push("flags");
    match word {
        "nopromisc" => r.put("nopromisc", Value::Bool(true)),
        "nodst" => r.put("nodst", Value::Bool(true)),
        _ if r.get("nopromisc").is_none() && r.get("nodst").is_none() => {
            r.put("nopromisc", Value::Bool(false));
        }
        _ => {}
    }
}

fn addresses(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let word = r.args.value()?;
    let mode = match word {
        b"add" => ADD,
        b"del" => DEL,
        b"set" => SET,
        b"flush" => FLUSH,
        _ => return Err(Stop::says(usage::kind(r.kind).trim_end(), 1)),
    };
    r.raw.put_u32(MODE, mode);
    if mode == ADD || mode == DEL {
        let mac = ethernet(r.args.value()?)?;
        r.raw.put(ONE, mac.as_bytes());
    } else if mode == SET {
        let mut list = Vec::new();
        while let Some(word) = r.args.peek() {
            let mac = match ethernet(word) {
                Ok(mac) => mac,
                // iproute2 complains, and reads on as if it had not.
                Err(stop) => {
                    r.cx.world.warn(&stop.err);
                    break;
                }
            };
            list.push(mac);
            r.args.take();
        }
        r.raw.nest_plain(LIST, |w| list.iter().for_each(|mac| w.put(ONE, mac.as_bytes())));
    }
    Ok(())
}

/// An address of six bytes. One that is shorter is refused without a word.
fn ethernet(word: &[u8]) -> Result<Mac, Stop> {
    let mac = value::mac(word)?;
    match mac.as_bytes().len() {
        6 => Ok(mac),
        0..6 => Err(Stop { status: 1, ..Stop::default() }),
        _ => Err(Stop::says(format_args!("\"{}\" is invalid lladdr.", Safe(word)), 1)),
    }
}

fn finish(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let passthru = r.record.get(macvlan::MODE) == Some("passthru");
    if r.record.get(macvlan::NOPROMISC) == Some(true) && !passthru {
        let usage = usage::kind(r.kind);
        let said =
            format!("{}: nopromisc flag only valid in passthru mode\n{}", r.kind.name, usage.trim_end());
        return Err(Stop::says(said, 1));
    }
    Ok(())
}
