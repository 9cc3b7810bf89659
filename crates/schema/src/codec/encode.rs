//! From values to attributes.

use std::net::IpAddr;

use linkctl_wire::Writer;

use super::{Error, Links, What};
use crate::devconf;
use crate::field::FieldDef;
use crate::record::Record;
use crate::types::{KEYED, Layout, Repr, Type};
use crate::value::{Hops, Value};

/// Writes each value of a record as the attributes that the kernel takes, in the table's order.
///
/// Fields that lie in nests are written into them, neighbours of one nest into one; bits of one attribute are
/// written once. Header bits are not attributes and are left to the caller. Write-only attributes are written.
pub fn encode(record: &Record, links: &dyn Links, out: &mut Writer) -> Result<(), Error> {
    let all: Vec<_> = record.iter().filter(|(f, _)| !matches!(f.ty, Type::Header { .. })).collect();
    level(&all, 0, links, out)
}

type Said<'r> = (&'static FieldDef, &'r Value<'static>);

/// Writes the fields of one nesting depth; those deeper are gathered by the nest that they share.
fn level(fields: &[Said<'_>], depth: usize, links: &dyn Links, out: &mut Writer) -> Result<(), Error> {
    let mut written: Vec<u16> = Vec::new();
    for (i, (field, value)) in fields.iter().enumerate() {
        if let Some(nest) = field.path.get(depth) {
            if written.contains(nest) {
                continue;
            }
            written.push(*nest);
            let inside: Vec<_> =
                fields[i..].iter().filter(|(f, _)| f.path.get(depth) == Some(nest)).copied().collect();
            let mut result = Ok(());
            out.nest(*nest, |w| result = level(&inside, depth + 1, links, w));
            result?;
        } else if let Type::Part { of, .. } = field.ty {
            if !written.contains(&field.attr) {
                written.push(field.attr);
                whole(field.attr, of, &fields[i..], out);
            }
        } else {
            let parts = parts(field, value);
            if parts.is_empty() {
                one(field, value, links, out)?;
            }
            for (attr, layout, ..) in parts {
                if !written.contains(&attr) {
                    written.push(attr);
                    bits(attr, layout, &fields[i..], out);
                }
            }
        }
    }
    Ok(())
}

/// Bits of an attribute that others have bits of too: which attribute, how it lies, the bits and which they are of all.
type Part = (u16, Layout, u32, u32);

/// What a value says in attributes that it shares; nothing where it has one of its own.
fn parts(f: &FieldDef, value: &Value<'_>) -> Vec<Part> {
    match f.ty {
        Type::Bit { layout, bit, .. } => {
            vec![(f.attr, layout, if *value == Value::Bool(true) { bit } else { 0 }, bit)]
        }
        Type::Key { flags } => {
            let key = if let Value::Num(n) = value { Some(*n as u32) } else { None };
            let own = (f.attr, Layout::Plain(Repr::Be32), key.unwrap_or(0), u32::MAX);
            let has = (flags, Layout::Plain(Repr::Be16), key.map_or(0, |_| KEYED), KEYED);
            if flags == 0 { vec![own] } else { vec![own, has] }
        }
        Type::Either { repr, mask, flags, bit, .. } => {
            let number =
                if let Value::Num(n) = value { Some((*n as u32) << mask.trailing_zeros()) } else { None };
            let own = (f.attr, Layout::Plain(repr), number.unwrap_or(0) & mask, mask);
            let word = (flags, Layout::Plain(Repr::U32), number.map_or(bit, |_| 0), bit);
            vec![own, word]
        }
        _ => Vec::new(),
    }
}

/// Writes all bits of one attribute.
fn bits(attr: u16, layout: Layout, fields: &[Said<'_>], out: &mut Writer) {
    let (mut values, mut mask) = (0u32, 0u32);
    for (.., value, bits) in fields.iter().flat_map(|(f, v)| parts(f, v)).filter(|p| p.0 == attr) {
        mask |= bits;
        values |= value;
    }
    match layout {
        Layout::Masked => {
            let mut data = values.to_ne_bytes().to_vec();
            data.extend(mask.to_ne_bytes());
            out.put(attr, &data);
        }
        Layout::Mode => {
            let mut data = mask.to_ne_bytes().to_vec();
            data.extend(values.to_ne_bytes());
            out.put(attr, &data);
        }
        Layout::Plain(repr) => number(attr, repr, values.into(), out),
    }
}

/// Writes a struct with the numbers that are said of it.
fn whole(attr: u16, of: usize, fields: &[Said<'_>], out: &mut Writer) {
    let mut data = vec![0; of];
    for (field, value) in fields.iter().filter(|(f, _)| f.attr == attr) {
        if let (Type::Part { at, repr, .. }, Value::Num(n)) = (field.ty, value)
            && let Some(place) = data.get_mut(at..at + repr.size())
        {
            place.copy_from_slice(&raw(repr, *n));
        }
    }
    out.put(attr, &data);
}

/// The bytes of a number.
fn raw(repr: Repr, n: u64) -> Vec<u8> {
    match repr {
        Repr::U8 => vec![n as u8],
        Repr::U16 => (n as u16).to_ne_bytes().to_vec(),
        Repr::U32 => (n as u32).to_ne_bytes().to_vec(),
        Repr::U64 => n.to_ne_bytes().to_vec(),
        Repr::Be16 => (n as u16).to_be_bytes().to_vec(),
        Repr::Be32 => (n as u32).to_be_bytes().to_vec(),
        Repr::Be64 => n.to_be_bytes().to_vec(),
    }
}

fn number(attr: u16, repr: Repr, n: u64, out: &mut Writer) {
    match repr {
        Repr::U8 => out.put(attr, &[n as u8]),
        Repr::U16 => out.put(attr, &(n as u16).to_ne_bytes()),
        Repr::U32 => out.put(attr, &(n as u32).to_ne_bytes()),
        Repr::U64 => out.put(attr, &n.to_ne_bytes()),
        Repr::Be16 => out.put(attr, &(n as u16).to_be_bytes()),
        Repr::Be32 => out.put(attr, &(n as u32).to_be_bytes()),
        Repr::Be64 => out.put(attr, &n.to_be_bytes()),
    }
}

fn one(f: &FieldDef, value: &Value<'_>, links: &dyn Links, out: &mut Writer) -> Result<(), Error> {
    match (f.ty, value) {
        (Type::Switch | Type::OnOff, Value::Bool(b)) => out.put(f.attr, &[u8::from(*b)]),
        (Type::Flag, Value::Bool(b)) => {
            if *b {
                out.put(f.attr, &[]);
            }
        }
        (Type::Count, Value::Num(n)) => number(f.attr, Repr::U32, *n, out),
        (Type::Uint(repr) | Type::Time(repr, _) | Type::Words(repr, _), Value::Num(n)) => {
            number(f.attr, repr, *n, out);
        }
        (Type::Tos, Value::Num(n)) => out.put(f.attr, &[*n as u8]),
        (Type::Timer | Type::Lapse, Value::Num(n)) => out.put(f.attr, &n.to_ne_bytes()),
        (Type::S32, Value::Int(n)) => out.put(f.attr, &(*n as i32).to_ne_bytes()),
        (Type::Words(repr, list), Value::Word(word)) => {
            let (_, n) = list.iter().find(|(w, _)| w == word).ok_or_else(|| bad(f))?;
            number(f.attr, repr, *n, out);
        }
        (Type::Str(_), Value::Str(s)) => text(f.attr, s, out),
        (Type::Mac, Value::Mac(m)) => out.put(f.attr, m.as_bytes()),
        // No address is said by absence: tunnels of Ethernet refuse one of zeros (`ipgre_tap_validate`).
        (Type::Ip4 | Type::Ip6, Value::Ip(a)) if f.zero.is_some() && a.is_unspecified() => {}
        (Type::Ip { .. } | Type::Ip4, Value::Ip(IpAddr::V4(a))) => out.put(f.attr, &a.octets()),
        (Type::Ip { v6 }, Value::Ip(IpAddr::V6(a))) => out.put(v6, &a.octets()),
        (Type::Ip6, Value::Ip(IpAddr::V6(a))) => out.put(f.attr, &a.octets()),
        (Type::Link, Value::Link(name)) => {
            // A tunnel outlives the link that it goes out of, and is told the number of that again with each change.
            let index = if name.is_none() { Some(0) } else { links.index(name).or_else(|| name.index()) };
            let index = index.ok_or(Error { field: f.name, what: What::NoLink(*name) })?;
            out.put(f.attr, &index.to_ne_bytes());
        }
        // An index that is known already.
        (Type::Link, Value::Num(n)) => number(f.attr, Repr::U32, *n, out),
        (Type::Prefix { v6, len }, Value::Net(address, n)) if address.is_ipv6() == v6 => {
            match address {
                IpAddr::V4(a) => out.put(f.attr, &a.octets()),
                IpAddr::V6(a) => out.put(f.attr, &a.octets()),
            }
            number(len, Repr::U16, (*n).into(), out);
        }
        (Type::Ports, Value::Range(a, b)) => {
            out.put(f.attr, &[a.to_be_bytes(), b.to_be_bytes()].concat());
        }
        (Type::Hops { inherit, byte }, Value::Hops(h)) => match h {
            Hops::Inherit if byte => out.put(inherit, &[1]),
            Hops::Inherit => out.put(inherit, &[]),
            Hops::Auto => out.put(f.attr, &[0]),
            Hops::Fixed(n) => out.put(f.attr, &[*n]),
        },
        (Type::BridgeId | Type::Raw, Value::Raw(bytes)) => out.put(f.attr, bytes),
        _ => return several(f, value, out),
    }
    Ok(())
}

/// Writes a value that has several parts.
fn several(f: &FieldDef, value: &Value<'_>, out: &mut Writer) -> Result<(), Error> {
    match (f.ty, value) {
        (Type::Pairs { item }, Value::Pairs(pairs)) => out.nest(f.attr, |w| {
            for (from, to) in pairs {
                w.put(item, &[from.to_ne_bytes(), to.to_ne_bytes()].concat());
            }
        }),
        (Type::Devconf { .. }, Value::Pairs(pairs)) => devconf::encode(f, pairs, out),
        (Type::Ips { v6, .. }, Value::List(list)) => {
            if !list.iter().all(|a| matches!(a, Value::Ip(a) if a.is_ipv6() == v6)) {
                return Err(bad(f));
            }
            out.nest(f.attr, |w| {
                for (i, address) in list.iter().enumerate() {
                    match address {
                        Value::Ip(IpAddr::V4(a)) => w.put(i as u16, &a.octets()),
                        Value::Ip(IpAddr::V6(a)) => w.put(i as u16, &a.octets()),
                        _ => {}
                    }
                }
            });
        }
        (Type::Macs { mode, item }, Value::List(list)) => {
            let (flush, set) = (2u32, 3u32); // enum macvlan_macaddr_mode
            out.put(mode, &(if list.is_empty() { flush } else { set }).to_ne_bytes());
            if !list.is_empty() {
                out.nest(f.attr, |w| {
                    for address in list {
                        if let Value::Mac(m) = address {
                            w.put(item, m.as_bytes());
                        }
                    }
                });
            }
        }
        (Type::Strs { item }, Value::List(list)) => out.nest(f.attr, |w| {
            for s in list {
                if let Value::Str(s) = s {
                    text(item, s, w);
                }
            }
        }),
        _ => return Err(bad(f)),
    }
    Ok(())
}

/// Text with its terminator, which the kernel's policies want for all but `IFLA_IFALIAS`, and take for that too.
fn text(attr: u16, s: &[u8], out: &mut Writer) {
    let mut data = s.to_vec();
    data.push(0);
    out.put(attr, &data);
}

fn bad(f: &FieldDef) -> Error {
    Error { field: f.name, what: What::Value }
}
