//! From attributes to values.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use linkctl_wire::{Attrs, Table, number};

use super::{Error, Links, What};
use crate::devconf;
use crate::field::{FieldDef, Fields, Show};
use crate::mac::Mac;
use crate::name::Name;
use crate::record::Record;
use crate::types::{KEYED, Layout, NO_KEY, Repr, Type, Word};
use crate::value::{Hops, Value};

/// One more than the highest attribute number that a table can hold.
pub const SLOTS: usize = 96;

/// The attributes of one nest, indexed once, decoded when asked for. No allocation but for values that are lists.
pub struct View<'a> {
    bytes: &'a [u8],
    slots: Table<'a, SLOTS>,
    flags: u32,
}

impl<'a> View<'a> {
    /// Indexes a nest. Broken bytes end the view where they begin; what came before is there.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, slots: Table::parse(bytes).0, flags: 0 }
    }

    /// The same with the `ifi_flags` of the message's header, for fields that are bits of it.
    pub fn with_flags(bytes: &'a [u8], flags: u32) -> Self {
        Self { flags, ..Self::new(bytes) }
    }

    /// An attribute's bytes.
    pub fn attr(&self, attr: u16) -> Option<&'a [u8]> {
        self.slots.get(attr)
    }

    /// The bits of the message's header.
    pub fn flags(&self) -> u32 {
        self.flags
    }

    /// A field's value. `None`: it is not there. `Err`: it is there and not of its type.
    pub fn get(&self, f: &FieldDef, links: &dyn Links) -> Option<Result<Value<'a>, Error>> {
        match f.path {
            [] => self.here(f, links),
            [nest] => flat(self.attr(*nest)?, f, links),
            [nest, rest @ ..] => {
                let mut bytes = self.attr(*nest)?;
                for step in rest {
                    bytes = Attrs::new(bytes).find(*step)?;
                }
                flat(bytes, f, links)
            }
        }
    }

    /// The attributes that no field of the table knows, in order.
    pub fn unknown(&self, fields: &'static Fields) -> impl Iterator<Item = (u16, &'a [u8])> {
        Attrs::new(self.bytes)
            .map_while(Result::ok)
            .filter(|a| !fields.knows(a.kind))
            .map(|a| (a.kind, a.data))
    }

    fn here(&self, f: &FieldDef, links: &dyn Links) -> Option<Result<Value<'a>, Error>> {
        match f.ty {
            Type::Header { bit, not } => Some(Ok(Value::Bool((self.flags & bit != 0) != not))),
            Type::Ip { v6 } => {
                if let Some(bytes) = self.attr(v6) {
                    return Some(exact::<16>(f, bytes).map(|b| Value::Ip(Ipv6Addr::from(b).into())));
                }
                decode(f, self.attr(f.attr)?, links)
            }
            Type::Hops { inherit, .. } => {
                if self.attr(inherit).is_some_and(|b| b.first() != Some(&0)) {
                    return Some(Ok(Value::Hops(Hops::Inherit)));
                }
                decode(f, self.attr(f.attr)?, links)
            }
            Type::Flag if f.bare => Some(Ok(Value::Bool(self.attr(f.attr).is_some()))),
            Type::Key { flags } if flags != 0 => {
                let keyed = self.attr(flags).and_then(number::be16)? & KEYED as u16 != 0;
                if keyed { decode(f, self.attr(f.attr)?, links) } else { Some(Ok(Value::Word(NO_KEY))) }
            }
            Type::Either { flags, bit, word, .. } => {
                if self.attr(flags).and_then(number::u32).is_some_and(|n| n & bit != 0) {
                    return Some(Ok(Value::Word(word)));
                }
                decode(f, self.attr(f.attr)?, links)
            }
            Type::Prefix { v6, len } => {
                let len = match numeral(f, Repr::U16, self.attr(len)?) {
                    Ok(n) => n as u16,
                    Err(e) => return Some(Err(e)),
                };
                let bytes = self.attr(f.attr)?;
                let address = if v6 {
                    exact::<16>(f, bytes).map(|b| IpAddr::from(Ipv6Addr::from(b)))
                } else {
                    exact::<4>(f, bytes).map(|b| Ipv4Addr::from(b).into())
                };
                Some(address.map(|a| Value::Net(a, len)))
            }
            Type::Span { max } => {
                let bound = |attr| self.attr(attr).and_then(number::u32);
                Some(Ok(Value::Pairs(vec![(bound(f.attr)?, bound(max)?)])))
            }
            // Another view of a struct that is not there: nothing was set.
            Type::Part { .. } if f.show == Show::Echo && self.attr(f.attr).is_none() => {
                Some(Ok(Value::Num(0)))
            }
            Type::Lasting { lacks: (nest, attr), list } => {
                let is = number::u32(self.attr(f.attr)?.get(4..8)?)?;
                let able = Attrs::new(self.attr(nest)?).find(attr).and_then(number::u32)?;
                (is & !able != 0).then(|| Ok(names(list, u64::from(is & !able))))
            }
            _ => decode(f, self.attr(f.attr)?, links),
        }
    }
}

/// A field in a nest that has no view of its own.
fn flat<'a>(bytes: &'a [u8], f: &FieldDef, links: &dyn Links) -> Option<Result<Value<'a>, Error>> {
    if let Type::Span { max } = f.ty {
        let bound = |attr| Attrs::new(bytes).find(attr).and_then(number::u32);
        return Some(Ok(Value::Pairs(vec![(bound(f.attr)?, bound(max)?)])));
    }
    decode(f, Attrs::new(bytes).find(f.attr)?, links)
}

/// Everything that a nest says, and what no field knows.
///
/// Returns the fields that were not of their type too; they are left out of the record.
pub fn record(fields: &'static Fields, view: &View<'_>, links: &dyn Links) -> (Record, Vec<Error>) {
    let mut out = Record::new(fields);
    let mut errors = Vec::new();
    for (at, f) in fields.list().iter().enumerate().filter(|(_, f)| f.show != Show::Echo) {
        match view.get(f, links) {
            Some(Ok(value)) => out.push(at, value.into_owned()),
            Some(Err(e)) => errors.push(e),
            None => {}
        }
    }
    out.unknown = view.unknown(fields).map(|(attr, bytes)| (attr, bytes.into())).collect();
    (out, errors)
}

/// What of a nest can be set: a record without what only the kernel decides, and without what it does not know.
pub fn state(fields: &'static Fields, view: &View<'_>, links: &dyn Links) -> Record {
    let mut out = Record::new(fields);
    for (at, f) in fields.list().iter().enumerate().filter(|(_, f)| f.is_state()) {
        if let Some(Ok(value)) = view.get(f, links) {
            out.push(at, value.into_owned());
        }
    }
    out.fit();
    out
}

fn exact<const N: usize>(f: &FieldDef, bytes: &[u8]) -> Result<[u8; N], Error> {
    bytes.try_into().map_err(|_| wrong(f, N, bytes.len()))
}

fn wrong(f: &FieldDef, want: usize, got: usize) -> Error {
    Error { field: f.name, what: What::Length { want, got } }
}

fn numeral(f: &FieldDef, repr: Repr, bytes: &[u8]) -> Result<u64, Error> {
    let n = match repr {
        Repr::U8 => number::u8(bytes).map(u64::from),
        Repr::U16 => number::u16(bytes).map(u64::from),
        Repr::U32 => number::u32(bytes).map(u64::from),
        Repr::U64 => number::u64(bytes),
        Repr::Be16 => number::be16(bytes).map(u64::from),
        Repr::Be32 => number::be32(bytes).map(u64::from),
        Repr::Be64 => number::be64(bytes),
    };
    n.ok_or_else(|| wrong(f, repr.size(), bytes.len()))
}

/// Text up to its terminator.
fn text(bytes: &[u8]) -> Cow<'_, [u8]> {
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    Cow::Borrowed(&bytes[..end])
}

fn decode<'a>(f: &FieldDef, b: &'a [u8], links: &dyn Links) -> Option<Result<Value<'a>, Error>> {
    if let Type::Bit { layout, bit, .. } = f.ty {
        return one_bit(f, layout, bit, b).transpose();
    }
    Some(value(f, b, links))
}

/// One bit; `None` where the kernel says that it does not know it.
fn one_bit<'a>(f: &FieldDef, layout: Layout, bit: u32, b: &[u8]) -> Result<Option<Value<'a>>, Error> {
    Ok(match layout {
        Layout::Masked => {
            let [a, b, c, d, e, g, h, i] = exact::<8>(f, b)?;
            let known = u32::from_ne_bytes([e, g, h, i]) & bit != 0;
            known.then_some(Value::Bool(u32::from_ne_bytes([a, b, c, d]) & bit != 0))
        }
        Layout::Mode => {
            let [.., e, g, h, i] = exact::<8>(f, b)?;
            Some(Value::Bool(u32::from_ne_bytes([e, g, h, i]) & bit != 0))
        }
        Layout::Plain(repr) => Some(Value::Bool(numeral(f, repr, b)? & u64::from(bit) != 0)),
    })
}

fn value<'a>(f: &FieldDef, b: &'a [u8], links: &dyn Links) -> Result<Value<'a>, Error> {
    Ok(match f.ty {
        Type::Switch | Type::OnOff => Value::Bool(exact::<1>(f, b)?[0] != 0),
        Type::Flag => Value::Bool(true),
        Type::Uint(repr) | Type::Time(repr, _) => Value::Num(numeral(f, repr, b)?),
        Type::Tos => Value::Num(exact::<1>(f, b)?[0].into()),
        Type::Timer | Type::Lapse => Value::Num(numeral(f, Repr::U64, b)?),
        Type::Count => Value::Num(numeral(f, Repr::U32, b)?),
        Type::Names { repr, list, .. } => names(list, numeral(f, repr, b)?),
        Type::S32 => Value::Int(i32::from_ne_bytes(exact(f, b)?).into()),
        Type::Words(repr, list) => {
            let n = numeral(f, repr, b)?;
            list.iter().find(|(_, v)| *v == n).map_or(Value::Num(n), |(word, _)| Value::Word(word))
        }
        Type::Str(_) => Value::Str(text(b)),
        Type::Mac => Mac::new(b).map_or(Value::Raw(b.into()), Value::Mac),
        Type::Ip { .. } | Type::Ip4 => Value::Ip(Ipv4Addr::from(exact::<4>(f, b)?).into()),
        Type::Ip6 => Value::Ip(Ipv6Addr::from(exact::<16>(f, b)?).into()),
        Type::Link => Value::Link(name(links, u32::from_ne_bytes(exact(f, b)?))),
        Type::Key { .. } => match numeral(f, Repr::Be32, b)? {
            0 if matches!(f.ty, Type::Key { flags: 0 }) => Value::Word(NO_KEY),
            n => Value::Num(n),
        },
        Type::Either { repr, mask, .. } => {
            Value::Num((numeral(f, repr, b)? & u64::from(mask)) >> mask.trailing_zeros())
        }
        Type::Ports => {
            let [a, b, c, d] = exact::<4>(f, b)?;
            Value::Range(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
        }
        Type::Hops { .. } => Value::Hops(match exact::<1>(f, b)?[0] {
            0 => Hops::Auto,
            n => Hops::Fixed(n),
        }),
        Type::BridgeId => Value::Raw(exact::<8>(f, b).map(|_| b.into())?),
        Type::Part { at, of, repr } => {
            let bytes = b.get(at..at + repr.size()).filter(|_| b.len() == of);
            Value::Num(numeral(f, repr, bytes.ok_or_else(|| wrong(f, of, b.len()))?)?)
        }
        Type::Numbers { repr, .. } => {
            let each = |n| numeral(f, repr, n).map(Value::Num);
            Value::List(b.chunks_exact(repr.size()).map(each).collect::<Result<_, Error>>()?)
        }
        Type::Devconf { .. } => devconf::decode(f, b),
        Type::Timing => Value::Raw(exact::<48>(f, b).map(|_| b.into())?),
        Type::Account { group } => {
            let id = u32::from_ne_bytes(exact(f, b)?);
            links.account(id, group).map_or(Value::Num(id.into()), Value::text)
        }
        Type::Raw => Value::Raw(b.into()),
        Type::Pairs { .. } | Type::Ips { .. } | Type::Macs { .. } | Type::Strs { .. } => return list(f, b),
        Type::Bit { .. }
        | Type::Header { .. }
        | Type::Prefix { .. }
        | Type::Span { .. }
        | Type::Lasting { .. } => {
            return Err(Error { field: f.name, what: What::Value });
        }
    })
}

/// The name of a link, or `if7` where nobody knows it.
pub fn name(links: &dyn Links, index: u32) -> Name {
    if index == 0 {
        return Name::NONE;
    }
    links.name(index).unwrap_or_else(|| Name::of_index(index))
}

/// The names of a number's bits, in the order of the list; bits without a name as numbers between them, lowest first.
pub fn names(list: &[Word], n: u64) -> Value<'static> {
    let mut named = list.iter().filter(|(_, bit)| n & bit != 0).map(|(word, _)| Value::Word(word));
    let bits = (0..64).map(|i| 1u64 << i).filter(|bit| n & bit != 0);
    let has_name = |bit| list.iter().any(|(_, b)| *b == bit);
    Value::List(
        bits.filter_map(|bit| if has_name(bit) { named.next() } else { Some(Value::Num(bit)) }).collect(),
    )
}

fn list<'a>(f: &FieldDef, b: &'a [u8]) -> Result<Value<'a>, Error> {
    let items = Attrs::new(b).map_while(Result::ok);
    Ok(match f.ty {
        Type::Pairs { item } => Value::Pairs(
            items
                .filter(|a| a.kind == item)
                .map(|a| {
                    let d = exact::<8>(f, a.data)?;
                    let half = |i: usize| u32::from_ne_bytes([d[i], d[i + 1], d[i + 2], d[i + 3]]);
                    Ok((half(0), half(4)))
                })
                .collect::<Result<_, Error>>()?,
        ),
        Type::Ips { v6, .. } => Value::List(
            items
                .map(|a| {
                    let address: IpAddr =
                        if v6 { exact::<16>(f, a.data)?.into() } else { exact::<4>(f, a.data)?.into() };
                    Ok(Value::Ip(address))
                })
                .collect::<Result<_, Error>>()?,
        ),
        Type::Macs { item, .. } => Value::List(
            items.filter(|a| a.kind == item).filter_map(|a| Mac::new(a.data)).map(Value::Mac).collect(),
        ),
        Type::Strs { item } => {
            Value::List(items.filter(|a| a.kind == item).map(|a| Value::Str(text(a.data))).collect())
        }
        _ => return Err(Error { field: f.name, what: What::Value }),
    })
}
