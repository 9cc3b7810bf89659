//! One value from its text: what a word of the command line and a scalar of a file have in common.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::devconf;
use crate::field::FieldDef;
use crate::mac::Mac;
use crate::name::{BadName, Name};
use crate::types::{NO_KEY, Repr, Type, Unit};
use crate::value::{Hops, Value};

/// Why a text is no value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It is no number.
    Number,
    /// It begins with a zero, which some read as octal.
    Zero,
    /// It is a number out of bounds.
    Bounds(i64, u64),
    /// It is none of these.
    OneOf(Vec<&'static str>),
    /// It is longer than so many bytes.
    Long(usize),
    /// It is not such an address.
    Address(&'static str),
    /// It cannot be a link's name.
    Name(BadName),
    /// It is no time, or none in whole steps of so many milliseconds.
    Time(u64),
    /// It is not of this form.
    Form(&'static str),
    /// There are more than so many.
    Many(usize),
    /// The field cannot be set.
    ReadOnly,
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number => f.write_str("a number is expected"),
            Self::Zero => f.write_str("a number does not begin with 0: write it in decimal, or as 0x.."),
            Self::Bounds(low, high) => write!(f, "a number from {low} to {high} is expected"),
            Self::OneOf(words) => write!(f, "expected {}", list(words)),
            Self::Long(max) => write!(f, "at most {max} bytes are possible"),
            Self::Address(what) => write!(f, "{what} is expected"),
            Self::Name(e) => e.fmt(f),
            Self::Time(step) => {
                write!(f, "a time in steps of {step} ms is expected, such as {}ms or 2s", step * 100)
            }
            Self::Form(form) => write!(f, "expected {form}"),
            Self::Many(max) => write!(f, "at most {max} are possible"),
            Self::ReadOnly => f.write_str("it is reported by the kernel and cannot be set"),
        }
    }
}

impl std::error::Error for Bad {}

/// Words as a sentence lists them.
pub fn list(words: &[&str]) -> String {
    match words {
        [] => "nothing".into(),
        [one] => (*one).into(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Reads one value of a field.
pub fn parse(f: &FieldDef, text: &str) -> Result<Value<'static>, Bad> {
    if !f.writable() {
        return Err(Bad::ReadOnly);
    }
    match f.ty {
        Type::Switch | Type::OnOff | Type::Flag | Type::Bit { .. } | Type::Header { .. } => {
            onoff(text).map(Value::Bool).ok_or_else(|| Bad::OneOf(vec!["on", "off"]))
        }
        Type::Uint(_) if f.boolean && onoff(text).is_some() => {
            Ok(Value::Num(onoff(text).unwrap_or(false).into()))
        }
        Type::Uint(_) | Type::Time(..) if f.zero == Some(text) => Ok(Value::Num(0)),
        Type::Uint(repr) if f.digits.is_some_and(|(before, _)| before.is_empty()) => {
            let n = u64::from_str_radix(text.strip_prefix("0x").unwrap_or(text), 16)
                .map_err(|_| Bad::Form("a hexadecimal number"))?;
            within(f, repr, n).map(Value::Num)
        }
        Type::Uint(repr) => within(f, repr, number(text)?).map(Value::Num),
        Type::Part { repr, .. } if f.milli => within(f, repr, thousandths(text)?).map(Value::Num),
        Type::Part { repr, .. } => within(f, repr, number(text)?).map(Value::Num),
        Type::S32 => signed(f, text),
        Type::Time(repr, unit) => within(f, repr, time(text, unit)?).map(Value::Num),
        Type::Str(max) if text.len() > max => Err(Bad::Long(max)),
        Type::Str(_) => Ok(Value::text(text)),
        Type::Mac => {
            Mac::parse(text).map(Value::Mac).ok_or(Bad::Address("an address such as 02:00:00:00:00:01"))
        }
        Type::Ip4 if f.zero == Some(text) => Ok(Value::Ip(Ipv4Addr::UNSPECIFIED.into())),
        Type::Ip6 if f.zero == Some(text) => Ok(Value::Ip(Ipv6Addr::UNSPECIFIED.into())),
        Type::Ip { .. } => address(text, |_| true, "an IP address"),
        Type::Ip4 => address(text, IpAddr::is_ipv4, "an IPv4 address"),
        Type::Ip6 => address(text, IpAddr::is_ipv6, "an IPv6 address"),
        Type::Link => Name::new(text).map(Value::Link).map_err(Bad::Name),
        Type::Words(repr, words) => word(f, repr, words, text),
        Type::Key { .. } if text == NO_KEY => Ok(Value::Word(NO_KEY)),
        Type::Key { .. } => key(f, text),
        Type::Either { word, .. } if text == word => Ok(Value::Word(word)),
        Type::Either { repr, mask, .. } => {
            let high = u64::from(mask >> mask.trailing_zeros()).min(repr.max());
            let n = if mask == u32::MAX { number(text)? } else { hex(text)? };
            if n > high { Err(Bad::Bounds(0, high)) } else { Ok(Value::Num(n)) }
        }
        Type::Prefix { v6, .. } => prefix(text, v6),
        Type::Ports => ports(text),
        Type::Hops { .. } => hops(text),
        Type::Tos if text == "inherit" => Ok(Value::Num(1)),
        Type::Tos => within(f, Repr::U8, tos(text)?).map(Value::Num),
        Type::Pairs { .. } => pairs(text),
        Type::Devconf { .. } => {
            let words: Vec<_> = text.split_whitespace().collect();
            match devconf::read(f, &words) {
                Ok((value, n)) if n == words.len() => Ok(value),
                Ok((_, n)) => Err(devconf::unknown(f, words[n])),
                Err((_, bad)) => Err(bad),
            }
        }
        Type::Ips { .. } | Type::Macs { .. } | Type::Strs { .. } => {
            items(f, text.split(',').filter(|s| !s.is_empty()))
        }
        Type::Timer
        | Type::BridgeId
        | Type::Names { .. }
        | Type::Lapse
        | Type::Count
        | Type::Span { .. }
        | Type::Numbers { .. }
        | Type::Lasting { .. }
        | Type::Timing
        | Type::Account { .. }
        | Type::Raw => Err(Bad::ReadOnly),
    }
}

/// Reads a value that is a list of texts.
pub fn items<'t>(f: &FieldDef, texts: impl Iterator<Item = &'t str>) -> Result<Value<'static>, Bad> {
    let mut out = Vec::new();
    for text in texts {
        out.push(match f.ty {
            Type::Ips { v6: true, .. } => address(text, IpAddr::is_ipv6, "an IPv6 address")?,
            Type::Ips { v6: false, .. } => address(text, IpAddr::is_ipv4, "an IPv4 address")?,
            Type::Macs { .. } => Mac::parse(text)
                .map(Value::Mac)
                .ok_or(Bad::Address("an address such as 02:00:00:00:00:01"))?,
            Type::Strs { .. } => Value::Str(Cow::Owned(text.as_bytes().to_vec())),
            _ => return Err(Bad::Form("one value, not a list")),
        });
    }
    match f.ty {
        Type::Ips { max, .. } if out.len() > max => Err(Bad::Many(max)),
        _ => Ok(Value::List(out)),
    }
}

/// `on` and `off`, and what people write for them in files.
pub fn onoff(text: &str) -> Option<bool> {
    match text {
        "on" | "true" | "yes" | "1" => Some(true),
        "off" | "false" | "no" | "0" => Some(false),
        _ => None,
    }
}

/// A whole number: decimal or `0x`, with `k`, `M`, `G` (1000) or `Ki`, `Mi`, `Gi` (1024).
pub fn number(text: &str) -> Result<u64, Bad> {
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(hex, 16).map_err(|_| Bad::Number);
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    if digits.len() > 1 && digits.starts_with('0') {
        return Err(Bad::Zero);
    }
    let unit = match suffix {
        "" => 1,
        "k" | "K" => 1000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        _ => return Err(Bad::Number),
    };
    digits.parse::<u64>().ok().and_then(|n| n.checked_mul(unit)).ok_or(Bad::Number)
}

fn within(f: &FieldDef, repr: Repr, n: u64) -> Result<u64, Bad> {
    let (low, high) = f.bounds.unwrap_or((0, repr.max()));
    if (n as i128) < i128::from(low) || n > high { Err(Bad::Bounds(low, high)) } else { Ok(n) }
}

fn signed(f: &FieldDef, text: &str) -> Result<Value<'static>, Bad> {
    let n: i64 = match text.strip_prefix('-') {
        Some(rest) => -i64::try_from(number(rest)?).map_err(|_| Bad::Number)?,
        None => i64::try_from(number(text)?).map_err(|_| Bad::Number)?,
    };
    let (low, high) = f.bounds.unwrap_or((i64::from(i32::MIN), i32::MAX as u64));
    let (low, high) = (low, high.min(i32::MAX as u64));
    if n < low || n > high as i64 { Err(Bad::Bounds(low, high)) } else { Ok(Value::Int(n)) }
}

/// `0.875` and `.875`, as 875.
fn thousandths(text: &str) -> Result<u64, Bad> {
    let bad = || Bad::Form("a fraction, such as 0.875");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| bad())? };
    let rest: u64 = format!("{fraction:0<3}").parse().map_err(|_| bad())?;
    whole.checked_mul(1000).and_then(|n| n.checked_add(rest)).ok_or_else(bad)
}

/// A time in the field's steps: a bare number counts steps, as iproute2's does; `ms`, `s`, `min` and `h` are time.
fn time(text: &str, unit: Unit) -> Result<u64, Bad> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let millis: u64 = match suffix.trim_start() {
        "" => return number(text),
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(Bad::Time(unit.millis())),
    };
    let bad = || Bad::Time(unit.millis());
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if fraction.len() > 3 {
        return Err(bad());
    }
    let whole: u64 = whole.parse().map_err(|_| bad())?;
    let thousandths: u64 =
        if fraction.is_empty() { 0 } else { format!("{fraction:0<3}").parse().map_err(|_| bad())? };
    let micros =
        whole.checked_mul(1000).and_then(|n| n.checked_add(thousandths)).and_then(|n| n.checked_mul(millis));
    let (micros, step) = (micros.ok_or_else(bad)?, unit.millis() * 1000);
    if micros % step == 0 { Ok(micros / step) } else { Err(bad()) }
}

fn address(text: &str, fits: impl Fn(&IpAddr) -> bool, what: &'static str) -> Result<Value<'static>, Bad> {
    text.parse().ok().filter(fits).map(Value::Ip).ok_or(Bad::Address(what))
}

fn word(
    f: &FieldDef,
    repr: Repr,
    words: &'static [(&'static str, u64)],
    text: &str,
) -> Result<Value<'static>, Bad> {
    if let Some((word, _)) = words.iter().find(|(w, _)| w.eq_ignore_ascii_case(text)) {
        return Ok(Value::Word(word));
    }
    if let ([("off", _), ("on", _)], Some(on)) = (words, onoff(text)) {
        return Ok(Value::Word(words[usize::from(on)].0));
    }
    let none = || Bad::OneOf(words.iter().map(|(w, _)| *w).collect());
    let Ok(n) = number(text) else { return Err(none()) };
    if let Some((word, _)) = words.iter().find(|(_, v)| *v == n) {
        return Ok(Value::Word(word));
    }
    // A list with bounds of its own is open: any number within them is a value.
    if f.bounds.is_some() { within(f, repr, n).map(Value::Num) } else { Err(none()) }
}

fn ports(text: &str) -> Result<Value<'static>, Bad> {
    let form = Bad::Form("two ports, such as 32768-61000");
    let (a, b) = text.split_once(['-', ' ']).ok_or_else(|| form.clone())?;
    let port =
        |t: &str| number(t.trim()).ok().and_then(|n| u16::try_from(n).ok()).ok_or_else(|| form.clone());
    let (a, b) = (port(a)?, port(b)?);
    if a > b { Err(form) } else { Ok(Value::Range(a, b)) }
}

fn hops(text: &str) -> Result<Value<'static>, Bad> {
    Ok(Value::Hops(match text {
        "auto" => Hops::Auto,
        "inherit" => Hops::Inherit,
        _ => match number(text).ok().and_then(|n| u8::try_from(n).ok()) {
            Some(0) => Hops::Auto,
            Some(n) => Hops::Fixed(n),
            None => return Err(Bad::Form("auto, inherit or a number from 1 to 255")),
        },
    }))
}

/// A key: a number, or a dotted quad.
fn key(f: &FieldDef, text: &str) -> Result<Value<'static>, Bad> {
    if let Ok(quad) = text.parse::<Ipv4Addr>() {
        let n = quad.to_bits();
        // Where 0 is no key it is said as such.
        return Ok(if n == 0 && f.ty == (Type::Key { flags: 0 }) {
            Value::Word(NO_KEY)
        } else {
            Value::Num(n.into())
        });
    }
    match number(text) {
        Ok(0) if f.ty == (Type::Key { flags: 0 }) => Ok(Value::Word(NO_KEY)),
        Ok(n) => within(f, Repr::U32, n).map(Value::Num),
        Err(_) => Err(Bad::Form("none, a number or four numbers with dots between")),
    }
}

/// Hexadecimal, with or without `0x`.
fn hex(text: &str) -> Result<u64, Bad> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u64::from_str_radix(digits, 16).map_err(|_| Bad::Form("a hexadecimal number"))
}

/// `192.0.2.0/24`, of which no bit behind the length may be on: the kernel refuses those.
fn prefix(text: &str, v6: bool) -> Result<Value<'static>, Bad> {
    let form =
        if v6 { "an IPv6 prefix such as 2001:db8::/32" } else { "an IPv4 prefix such as 192.0.2.0/24" };
    let bad = || Bad::Form(form);
    let (address, len) = text.split_once('/').ok_or_else(bad)?;
    let address: IpAddr = address.parse().ok().filter(|a: &IpAddr| a.is_ipv6() == v6).ok_or_else(bad)?;
    let (bits, width) = match address {
        IpAddr::V4(a) => (u128::from(a.to_bits()) << 96, 32),
        IpAddr::V6(a) => (a.to_bits(), 128),
    };
    let len = number(len).ok().filter(|n| *n <= width).ok_or_else(bad)?;
    let rest = if len >= 128 { 0 } else { bits << len };
    if rest == 0 { Ok(Value::Net(address, len as u16)) } else { Err(bad()) }
}

/// iproute2 reads a type of service in hexadecimal, with or without `0x`.
fn tos(text: &str) -> Result<u64, Bad> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    u64::from_str_radix(digits, 16).map_err(|_| Bad::Form("inherit or a hexadecimal number up to ff"))
}

/// `0:1 4:5` or `0:1,4:5`.
fn pairs(text: &str) -> Result<Value<'static>, Bad> {
    let form = || Bad::Form("pairs FROM:TO, such as 0:1 4:5");
    let mut out = Vec::new();
    for pair in text.split([' ', ',']).filter(|p| !p.is_empty()) {
        let (from, to) = pair.split_once(':').ok_or_else(form)?;
        let half = |t: &str| number(t).ok().and_then(|n| u32::try_from(n).ok()).ok_or_else(form);
        out.push((half(from)?, half(to)?));
    }
    Ok(Value::Pairs(out))
}
