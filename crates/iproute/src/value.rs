//! One value from the words behind a word, as iproute2 reads a field's type.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use linkctl_schema::iproute::{Word, Wrong};
use linkctl_schema::types::NO_KEY;
use linkctl_schema::{FieldDef, Hops, Mac, Repr, Safe, Type, Value};

use crate::args::{Args, text};
use crate::number;
use crate::stop::Stop;
use crate::world::Context;

/// What a row of a grammar calls its word in a message.
pub fn called(row: &Word) -> &'static str {
    row.spellings().next().map_or("", |(word, _)| word)
}

/// Reads the value of a field.
pub fn read(
    row: &Word,
    f: &'static FieldDef,
    args: &mut Args<'_>,
    cx: &mut Context<'_>,
) -> Result<Value<'static>, Stop> {
    match f.ty {
        Type::Ports => return ports(row, args),
        Type::Pairs { .. } => return pairs(row, args),
        Type::Ips { v6, max } => return ips(v6, max, args),
        _ => {}
    }
    let word = args.value()?;
    let wrong = || refusal(row, f, word);
    Ok(match f.ty {
        Type::Switch | Type::OnOff | Type::Flag | Type::Bit { .. } | Type::Header { .. } => {
            Value::Bool(on(row, f, word)?)
        }
        Type::Uint(_) | Type::Time(..) if f.zero.is_some_and(|z| z.as_bytes() == word) => Value::Num(0),
        Type::Uint(repr) | Type::Time(repr, _) => Value::Num(number(row, f, repr, word).ok_or_else(wrong)?),
        Type::Part { repr, .. } => Value::Num(number(row, f, repr, word).ok_or_else(wrong)?),
        Type::Count => Value::Num(number::up_to(word, u32::MAX.into(), 0).ok_or_else(wrong)?),
        Type::S32 => Value::Int(number::int(word).ok_or_else(wrong)?.into()),
        Type::Words(repr, list) => words(row, f, repr, list, word, cx)?,
        Type::Str(_) => Value::Str(word.to_vec().into()),
        Type::Mac => Value::Mac(mac(word)?),
        Type::Ip { .. } => Value::Ip(address(word, cx.mood.family)?),
        Type::Ip4 => Value::Ip(address(word, AF_INET)?),
        Type::Ip6 => Value::Ip(address(word, AF_INET6)?),
        Type::Link => Value::Num(cx.world.index(word).ok_or_else(wrong)?.into()),
        Type::Hops { .. } => match number::up_to(word, 255, 0).ok_or_else(wrong)? {
            0 => Value::Hops(Hops::Auto),
            n => Value::Hops(Hops::Fixed(n as u8)),
        },
        Type::Key { .. } => key(row, f, word)?,
        Type::Either { word: other, .. } if word == other.as_bytes() => Value::Word(other),
        Type::Either { repr, mask, .. } => {
            // Parts of an IPv6 header are hexadecimal.
            let (base, high) = if mask == u32::MAX {
                (0, repr.max())
            } else {
                (16, u64::from(mask >> mask.trailing_zeros()))
            };
            Value::Num(number::up_to(word, high, base).ok_or_else(wrong)?)
        }
        Type::Prefix { v6, .. } => prefix(word, v6)?,
        Type::Tos if word == b"inherit" => Value::Num(1),
        Type::Tos => Value::Num(dsfield(word, cx).ok_or_else(wrong)?.into()),
        _ => return Err(wrong()),
    })
}

/// What is said of a value that is none.
pub fn refusal(row: &Word, f: &FieldDef, value: &[u8]) -> Stop {
    let list: Vec<&str> = match f.ty {
        Type::Words(_, list) => list.iter().map(|(word, _)| *word).collect(),
        _ => vec!["off", "on"],
    };
    match row.wrong {
        Wrong::OnOrOff(status) => {
            let stop = Stop::on_or_off(called(row), value, status);
            if status == 255 { stop.ending(255) } else { stop }
        }
        Wrong::OneOf(status) => Stop::one_of(called(row), &list, value, status),
        Wrong::OneOfEnds(status) => Stop::one_of(called(row), &list, value, status).ending(status),
        Wrong::Among(status) => Stop::among(called(row), &list, value, status),
        Wrong::Says(text, status) => {
            let value = Safe(value).to_string();
            let stop = Stop::says(text.replace("{word}", called(row)).replace("{value}", &value), status);
            if status == 255 { stop.ending(255) } else { stop }
        }
        Wrong::Type if f.ty == Type::Link => Stop::no_device(value),
        Wrong::Type | Wrong::Argument(_) => wrong(row, value),
    }
}

/// What is said of a value that is none, of a row that is read by code of its own.
pub fn wrong(row: &Word, value: &[u8]) -> Stop {
    match row.wrong {
        Wrong::Argument(text) => Stop::argument(value, text),
        _ => Stop::argument(value, &format!("invalid {}", called(row))),
    }
}

/// On or off; a prefix of either is neither.
fn on(row: &Word, f: &FieldDef, word: &[u8]) -> Result<bool, Stop> {
    match (row.wrong, word) {
        // Where iproute2 reads a bit as a number, on and off are none.
        (Wrong::Argument(_), _) => {
            number::up_to(word, u8::MAX.into(), 0).map(|n| n != 0).ok_or_else(|| wrong(row, word))
        }
        (_, b"on") => Ok(true),
        (_, b"off") => Ok(false),
        (Wrong::Type, _) => Err(Stop::one_of(called(row), &["off", "on"], word, 1)),
        _ => Err(refusal(row, f, word)),
    }
}

fn number(row: &Word, f: &FieldDef, repr: Repr, word: &[u8]) -> Option<u64> {
    let (low, high) = f.bounds.filter(|_| row.bounded).unwrap_or((0, repr.max()));
    number::up_to(word, high.min(repr.max()), 0).filter(|n| i128::from(*n) >= i128::from(low))
}

/// A word of a list: whole, or where iproute2 allows it a number or, with a warning, a beginning.
fn words(
    row: &Word,
    f: &'static FieldDef,
    repr: Repr,
    list: &'static [(&'static str, u64)],
    word: &[u8],
    cx: &mut Context<'_>,
) -> Result<Value<'static>, Stop> {
    if let Some((known, _)) = list.iter().find(|(w, _)| w.as_bytes() == word) {
        return Ok(Value::Word(known));
    }
    // Its place in the list, in decimal.
    if row.numbered
        && let Some(n) = number::up_to(word, repr.max(), 10)
        && let Some((known, _)) = list.iter().find(|(_, v)| *v == n)
    {
        return Ok(Value::Word(known));
    }
    if matches!(row.wrong, Wrong::OneOf(_))
        && !matches!(list, [("off", _), ("on", _)])
        && let Some((known, _)) =
            list.iter().find(|(w, _)| !word.is_empty() && w.as_bytes().starts_with(word))
    {
        cx.world.warn(&format!(
            "WARNING: '{}' matches '{known}' by prefix.\n\
             Matching by prefix is deprecated in this context, please use the full string.\n",
            Safe(word)
        ));
        return Ok(Value::Word(known));
    }
    Err(refusal(row, f, word))
}

/// A tunnel's key: an IPv4 address where there is a dot, else a number (`tnl_parse_key`).
pub fn key(row: &Word, f: &FieldDef, word: &[u8]) -> Result<Value<'static>, Stop> {
    let n = if word.contains(&b'.') {
        let Some(IpAddr::V4(a)) = parse(text(word), AF_INET) else {
            let said =
                format_args!("Error: an IP address is expected rather than \"{}\"", Safe(word)).to_string();
            return Err(Stop::exits(said, 1));
        };
        a.to_bits().into()
    } else {
        number::up_to(word, u32::MAX.into(), 0).ok_or_else(|| refusal(row, f, word))?
    };
    // Where no bit says that there is one, 0 is none.
    Ok(if n == 0 && f.ty == (Type::Key { flags: 0 }) { Value::Word(NO_KEY) } else { Value::Num(n) })
}

/// An address and how many of its bits count: all where that is not said (`get_prefix`).
pub fn prefix(word: &[u8], v6: bool) -> Result<Value<'static>, Stop> {
    let (family, what, most) = if v6 { (AF_INET6, "inet6", 128) } else { (AF_INET, "inet", 32) };
    let bad =
        || Stop::exits(format_args!("Error: {what} prefix is expected rather than \"{}\".", Safe(word)), 1);
    let (address, len) = text(word).split_once('/').map_or((text(word), None), |(a, n)| (a, Some(n)));
    let none = is_any(address);
    let address = parse(address, family).ok_or_else(bad)?;
    let len = match len {
        Some(n) => number::up_to(n.as_bytes(), most, 0).ok_or_else(bad)?,
        None if none => 0,
        None => most,
    };
    Ok(Value::Net(address, len as u16))
}

/// A type of service: a name of the table, or a hexadecimal number (`rtnl_dsfield_a2n`).
pub fn dsfield(word: &[u8], cx: &mut Context<'_>) -> Option<u8> {
    cx.world.dsfield(text(word)).or_else(|| number::up_to(word, 255, 16).map(|n| n as u8))
}

/// A link-layer address (`ll_addr_a2n`): IPv4 where there is a dot, else hexadecimal bytes with colons between.
pub fn mac(word: &[u8]) -> Result<Mac, Stop> {
    let bad = || Stop::says(format_args!("\"{}\" is invalid lladdr.", Safe(word)), 1);
    if word.contains(&b'.') {
        let Some(IpAddr::V4(a)) = parse(text(word), AF_INET) else {
            return Err(bad());
        };
        return Mac::new(&a.octets()).ok_or_else(bad);
    }
    let byte = |part: &str| {
        let digits = part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")).unwrap_or(part);
        let hex = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let digits = digits.trim_start_matches('0');
        let byte = if digits.is_empty() { Some(0) } else { u8::from_str_radix(digits, 16).ok() };
        byte.filter(|_| hex)
    };
    let bytes: Option<Vec<u8>> = text(word).split(':').map(byte).collect();
    bytes.and_then(|b| Mac::new(&b)).ok_or_else(bad)
}

/// A hop limit of a tunnel over UDP: a number, the kernel's choice, or the inner packet's.
pub fn hops(word: &[u8]) -> Result<Hops, Stop> {
    Ok(match text(word) {
        "inherit" => Hops::Inherit,
        "auto" => Hops::Auto,
        _ => match number::up_to(word, u32::MAX.into(), 0) {
            None => return Err(Stop::argument(word, "invalid TTL")),
            Some(0) => Hops::Auto,
            Some(n @ 1..=255) => Hops::Fixed(n as u8),
            Some(_) => return Err(Stop::argument(word, "TTL must be <= 255")),
        },
    })
}

/// `AF_UNSPEC`: either family.
pub const AF_UNSPEC: u8 = 0;
/// `AF_INET`.
pub const AF_INET: u8 = 2;
/// `AF_INET6`.
pub const AF_INET6: u8 = 10;

/// An IP address of a family, or of either (`get_addr`). `any` and `default` are the address of zeros.
pub fn address(word: &[u8], family: u8) -> Result<IpAddr, Stop> {
    let what = match family {
        AF_INET => "inet address",
        AF_INET6 => "inet6 address",
        _ => "any valid address",
    };
    parse(text(word), family).ok_or_else(|| {
        Stop::exits(format_args!("Error: {what} is expected rather than \"{}\".", Safe(word)), 1)
    })
}

/// Whether a word stands for the address of zeros.
pub fn is_any(word: &str) -> bool {
    matches!(word, "any" | "all" | "default")
}

/// The address, where it is one.
pub fn parse(word: &str, family: u8) -> Option<IpAddr> {
    if is_any(word) {
        return Some(if family == AF_INET6 {
            Ipv6Addr::UNSPECIFIED.into()
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        });
    }
    if word.contains(':') {
        return (family != AF_INET).then(|| word.parse::<Ipv6Addr>().ok().map(IpAddr::V6)).flatten();
    }
    if family == AF_INET6 {
        return None;
    }
    dotted(word).map(IpAddr::V4)
}

/// `10.1` is 10.1.0.0: what is missing is zero.
fn dotted(word: &str) -> Option<Ipv4Addr> {
    let mut out = [0u8; 4];
    let parts: Vec<&str> = word.split('.').collect();
    if parts.len() > 4 {
        return None;
    }
    for (slot, part) in out.iter_mut().zip(&parts) {
        *slot = number::up_to(part.as_bytes(), 255, 0)? as u8;
    }
    Some(Ipv4Addr::from(out))
}

/// Addresses with commas between; without any the list is emptied.
fn ips(v6: bool, max: usize, args: &mut Args<'_>) -> Result<Value<'static>, Stop> {
    let mut out = Vec::new();
    if let Some(word) = args.take() {
        for part in text(word).split(',').filter(|p| !p.is_empty()).take(max) {
            let found = parse(part, if v6 { AF_INET6 } else { AF_INET });
            out.push(Value::Ip(found.ok_or_else(|| {
                let what = if v6 { "inet6" } else { "an IP" };
                let (part, stop) = (Safe(part.as_bytes()), if v6 { "." } else { "" });
                Stop::exits(format_args!("Error: {what} address is expected rather than \"{part}\"{stop}"), 1)
            })?));
        }
    }
    Ok(Value::List(out))
}

/// Two ports, first and last.
fn ports(row: &Word, args: &mut Args<'_>) -> Result<Value<'static>, Stop> {
    let mut port = || {
        let word = args.value()?;
        number::up_to(word, u16::MAX.into(), 0).ok_or_else(|| wrong(row, word))
    };
    let (first, last) = (port()?, port()?);
    Ok(Value::Range(first as u16, last as u16))
}

/// `FROM:TO` as long as words have a colon.
fn pairs(row: &Word, args: &mut Args<'_>) -> Result<Value<'static>, Stop> {
    let mut out = Vec::new();
    while let Some((from, to)) = args.peek().and_then(|w| text(w).split_once(':')) {
        let half = |t: &str| number::up_to(t.as_bytes(), u32::MAX.into(), 0).map(|n| n as u32);
        let (Some(low), Some(high)) = (half(from), half(to)) else {
            return Err(wrong(row, from.as_bytes()));
        };
        out.push((low, high));
        args.take();
    }
    Ok(Value::Pairs(out))
}

/// An Ethernet type by name or number.
pub fn ethertype(row: &Word, word: &[u8]) -> Result<u16, Stop> {
    let found = linkctl_schema::ethertype::number(text(word));
    let found = found.or_else(|| number::up_to(word, u16::MAX.into(), 0).map(|n| n as u16));
    found.ok_or_else(|| wrong(row, word))
}
