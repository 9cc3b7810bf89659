//! From values to the text that iproute2 prints.

use std::borrow::Cow;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};

use crate::codec::decode::names as names_of;
use crate::codec::{Links, View};
use crate::devconf;
use crate::field::{ABSENT, FieldDef, Fields, Painted, Show, THERE};
use crate::paint::{Hue, Paint};
use crate::record::Record;
use crate::safe::Safe;
use crate::types::Type;
use crate::value::{Hops, Value};

/// Whatever can be asked for a field's value: a message, or a record.
pub trait Source {
    /// The field's value, where it is there and readable.
    fn said(&self, field: &FieldDef) -> Option<Value<'_>>;
    /// Whether a nest is there, be there fields in it or not.
    fn holds(&self, _nest: &[u16]) -> bool {
        false
    }
    /// The name of a host, to be shown instead of its address.
    fn host(&self, _: &IpAddr) -> Option<String> {
        None
    }
    /// How it is to look.
    fn style(&self) -> Style {
        Style::default()
    }
}

/// How what is shown looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Protocols as numbers (`-N`).
    pub numeric: bool,
    /// In colours (`-c`).
    pub paint: Paint,
}

/// A view with the links that its indexes mean.
pub struct Seen<'v, 'a> {
    /// The attributes.
    pub view: &'v View<'a>,
    /// The links around.
    pub links: &'v dyn Links,
}

impl Source for Seen<'_, '_> {
    fn said(&self, field: &FieldDef) -> Option<Value<'_>> {
        self.view.get(field, self.links).and_then(Result::ok)
    }

    fn holds(&self, nest: &[u16]) -> bool {
        matches!(nest, [attr] if self.view.attr(*attr).is_some())
    }

    fn host(&self, address: &IpAddr) -> Option<String> {
        self.links.host(address)
    }
}

/// The same in a style.
pub struct Styled<'v, 'a> {
    /// The attributes, and the links around.
    pub seen: Seen<'v, 'a>,
    /// The style.
    pub style: Style,
}

impl Source for Styled<'_, '_> {
    fn said(&self, field: &FieldDef) -> Option<Value<'_>> {
        self.seen.said(field)
    }

    fn holds(&self, nest: &[u16]) -> bool {
        self.seen.holds(nest)
    }

    fn host(&self, address: &IpAddr) -> Option<String> {
        self.seen.host(address)
    }

    fn style(&self) -> Style {
        self.style
    }
}

impl Source for Record {
    fn said(&self, field: &FieldDef) -> Option<Value<'_>> {
        if field.show != Show::Echo {
            return self.value(field).cloned();
        }
        let held = |f: &&FieldDef| f.attr == field.attr && f.path == field.path && f.show != Show::Echo;
        let value = self.value(self.fields().list().iter().find(held)?)?;
        Some(match (field.ty, value) {
            (Type::Names { list, .. }, Value::Num(n)) => names_of(list, *n),
            _ => value.clone(),
        })
    }
}

/// How much is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Level {
    /// Values that usually go without saying too (`-d -d`).
    pub all: bool,
    /// Fields that iproute2 has no output for, too.
    pub ours: bool,
}

impl Level {
    /// Whether a field belongs to this output.
    pub fn shows(self, f: &FieldDef) -> bool {
        match f.show {
            Show::Plain | Show::Detail | Show::Json | Show::Echo => true,
            Show::Ours => self.ours,
            Show::Own | Show::Never => false,
        }
    }
}

/// Writes every field of a kind that is said, each with a space behind it.
pub fn write(fields: &'static Fields, source: &dyn Source, level: Level, out: &mut String) {
    run(fields.list(), source, level, out);
}

/// The same for some fields of a table.
pub fn run(list: &[FieldDef], source: &dyn Source, level: Level, out: &mut String) {
    let mut i = 0;
    let mut line = None;
    while i < list.len() {
        let f = &list[i];
        i += 1;
        let silent = f.show == Show::Json || matches!(f.ty, Type::Lasting { .. }) || f.deep && !level.all;
        if silent || !level.shows(f) || !allowed(f, list, source) {
            continue;
        }
        if f.line.is_some() {
            if let Some(value) = source.said(f) {
                out.push_str(if line == f.line { " " } else { "\n\t  " });
                line = f.line;
                one(f, &value, level, out);
            }
            continue;
        }
        if let Type::Bit { name: Some(_), .. } = f.ty {
            let run = list[i - 1..].iter().take_while(|g| same_list(f, g)).count();
            set(&list[i - 1..i - 1 + run], source, out);
            i += run - 1;
        } else if let Some(value) = source.said(f) {
            match value {
                Value::Ip(ref address) => dressed(f, &value, host_of(f, address, source), source, level, out),
                _ if f.painted.is_some() => dressed(f, &value, None, source, level, out),
                Value::Word(_) | Value::Num(_) if f.ty.is_protocol() => {
                    let _ = write!(out, "{} {} ", f.text, protocol(f, &value, source.style()));
                }
                _ => one(f, &value, level, out),
            }
        } else if let Some(word) = f.absent {
            let _ = write!(out, "{} {word} ", f.text);
        }
    }
}

/// A value, or the name of an address's host; in colour where iproute2 has it so.
fn dressed(
    f: &FieldDef,
    value: &Value<'_>,
    name: Option<String>,
    source: &dyn Source,
    level: Level,
    out: &mut String,
) {
    let paint = f.painted.map_or(Paint::None, |_| source.style().paint);
    if name.is_none() && paint == Paint::None {
        return one(f, value, level, out);
    }
    let hue = match value {
        Value::Ip(address) if address.is_ipv4() => Hue::Ip4,
        Value::Ip(_) => Hue::Ip6,
        Value::Mac(_) => Hue::Mac,
        _ => Hue::Name,
    };
    let key = f.keys.map_or(f.text, |keys| keys(value).0);
    let (before, within) = match f.painted {
        Some(Painted::Whole) => ("", key),
        _ => (key, ""),
    };
    let spaced = |word: &str, out: &mut String| {
        if !word.is_empty() {
            let _ = write!(out, "{word} ");
        }
    };
    spaced(before, out);
    paint.around(hue, out, |out| {
        spaced(within, out);
        let _ = match name {
            Some(name) => write!(out, "{}", Safe(name.as_bytes())),
            None => plain(f, value, out),
        };
        out.push_str(f.end);
    });
}

/// The name of an address's host. The address that stands for none has no host.
pub(crate) fn host_of(f: &FieldDef, address: &IpAddr, source: &dyn Source) -> Option<String> {
    if address.is_unspecified() && f.zero.is_some() { None } else { source.host(address) }
}

/// An Ethernet protocol: its name, or its number in brackets.
pub(crate) fn protocol(f: &FieldDef, value: &Value<'_>, style: Style) -> Cow<'static, str> {
    match value {
        Value::Word(word) if !style.numeric => (*word).into(),
        _ => format!("[{}]", numeral(f, value).unwrap_or(0)).into(),
    }
}

/// Whether the field that this one depends on, if it does, has the right word.
pub(crate) fn allowed(f: &FieldDef, list: &[FieldDef], source: &dyn Source) -> bool {
    f.only.is_none_or(|(name, words)| {
        let other = list.iter().find(|g| g.name == name);
        let value = other.and_then(|g| source.said(g));
        words.iter().any(|word| match &value {
            value if *word == THERE => value.is_some(),
            value if *word == ABSENT => value.is_none(),
            Some(Value::Bool(on)) => *on == (*word == "on"),
            value => *value == Some(Value::Word(word)),
        })
    })
}

/// Whether two fields are names in one list of bits.
pub(crate) fn same_list(f: &FieldDef, g: &FieldDef) -> bool {
    f.attr == g.attr && f.path == g.path && matches!(g.ty, Type::Bit { name: Some(_), .. })
}

/// The names of the bits that are on.
pub(crate) fn names<'f>(
    bits: &'f [FieldDef],
    source: &'f dyn Source,
) -> impl Iterator<Item = &'static str> + 'f {
    bits.iter().filter_map(|f| match (f.ty, source.said(f)) {
        (Type::Bit { name, .. }, Some(Value::Bool(true))) => name,
        _ => None,
    })
}

/// `<A,B> `, or nothing where no bit is on.
fn set(bits: &[FieldDef], source: &dyn Source, out: &mut String) {
    let framed = bits.first().is_some_and(|f| f.framed && source.said(f).is_some());
    let mut sign = '<';
    for name in names(bits, source) {
        let _ = write!(out, "{sign}{name}");
        sign = ',';
    }
    if sign == ',' {
        out.push_str("> ");
    } else if framed {
        out.push_str("<> ");
    }
}

/// The number that stands for a value, if one does.
pub fn numeral(f: &FieldDef, value: &Value<'_>) -> Option<u64> {
    match (value, f.ty) {
        (Value::Bool(b), _) => Some((*b).into()),
        (Value::Num(n), _) => Some(*n),
        // No link, and no address, are 0 on the wire.
        (Value::Link(name), _) if name.is_none() => Some(0),
        (Value::Net(..), _) if value.is_nothing() => Some(0),
        (Value::Word(w), Type::Words(_, list)) => list.iter().find(|(word, _)| word == w).map(|(_, n)| *n),
        _ => None,
    }
}

/// Writes one field: its key, its value, a space.
pub fn one(f: &FieldDef, value: &Value<'_>, level: Level, out: &mut String) {
    if f.deep && !level.all {
        return;
    }
    let all = level.all && !f.bare && matches!(value, Value::Bool(_));
    if !all && f.quiet.is_some() && f.quiet == numeral(f, value) {
        return;
    }
    let key = f.keys.map_or(f.text, |keys| keys(value).0);
    let _ = match value {
        Value::Bool(on) => switch(f, key, *on, out),
        Value::Word(_) if matches!(f.ty, Type::Key { .. }) => Ok(()),
        Value::Raw(bytes) if f.ty == Type::Timing => timing(key, bytes, out),
        Value::List(list) if matches!(f.ty, Type::Numbers { .. }) => numbers(f, list, out),
        Value::Pairs(list) if matches!(f.ty, Type::Span { .. }) => {
            list.iter().try_for_each(|(low, high)| write!(out, "{key} {low}..{high}{}", f.end))
        }
        _ if f.unkeyed => plain(f, value, out).and_then(|()| out.write_char(' ')),
        Value::Word(word) if f.alone => write!(out, "{word} "),
        Value::List(_) if matches!(f.ty, Type::Names { joined: false, .. }) => {
            let _ = write!(out, "{key} <");
            plain(f, value, out).and_then(|()| out.write_str("> "))
        }
        Value::List(list) if list.is_empty() && !matches!(f.ty, Type::Names { .. }) => Ok(()),
        Value::Pairs(list) if list.is_empty() => Ok(()),
        Value::Pairs(list) if matches!(f.ty, Type::Devconf { .. }) => {
            let _ = write!(out, "{key} {{ ");
            devconf::text(f, list, out).and_then(|()| out.write_str(" } "))
        }
        Value::Pairs(list) => {
            let _ = write!(out, "\n      {key} {{ ");
            for (from, to) in list {
                let _ = write!(out, "{from}:{to} ");
            }
            out.write_str("} ")
        }
        // Their number goes before them.
        Value::List(list) if matches!(f.ty, Type::Macs { .. }) => list.iter().try_for_each(|item| {
            plain(f, item, out)?;
            out.write_char(' ')
        }),
        Value::Num(n) if f.ty == Type::Count => write!(out, "{key} ({n}) "),
        _ => write!(out, "{key} ").and_then(|()| plain(f, value, out)).and_then(|()| out.write_str(f.end)),
    };
}

/// Numbers in brackets: all in one line, or six of a width in each.
fn numbers(f: &FieldDef, list: &[Value<'_>], out: &mut String) -> std::fmt::Result {
    let table = matches!(f.ty, Type::Numbers { table: true, .. });
    // The line's own two spaces are there.
    if f.line.is_none() {
        write!(out, "{} ", f.text)?;
    }
    out.write_str(if table { "   [" } else { "[ " })?;
    for (i, item) in list.iter().enumerate() {
        match (i, table) {
            (0, _) => {}
            (_, true) if i % 6 == 0 => out.write_str(", \n\t      ")?,
            _ => out.write_str(", ")?,
        }
        match item {
            Value::Num(n) if table => write!(out, "{n:>8}")?,
            item => plain(f, item, out)?,
        }
    }
    out.write_str(if f.line.is_none() { " ] " } else { " ]" })
}

/// `sja1000: tseg1 1..16 …`, with a letter before the words where the timing is of another phase.
fn timing(letter: &str, bytes: &[u8], out: &mut String) -> std::fmt::Result {
    let Some((name, n)) = timing_of(bytes) else { return Ok(()) };
    let [a, b, c, d, sjw, e, f, inc] = n;
    let p = letter;
    let name = Safe(name);
    write!(
        out,
        "{name}: {p}tseg1 {a}..{b} {p}tseg2 {c}..{d} {p}sjw 1..{sjw} {p}brp {e}..{f} {p}brp_inc {inc}"
    )
}

/// The name and the numbers of a `struct can_bittiming_const`.
pub(crate) fn timing_of(bytes: &[u8]) -> Option<(&[u8], [u32; 8])> {
    let (name, rest) = bytes.split_at_checked(16)?;
    let mut numbers = [0; 8];
    for (n, b) in numbers.iter_mut().zip(rest.chunks_exact(4)) {
        *n = u32::from_ne_bytes(b.try_into().ok()?);
    }
    let end = name.iter().position(|b| *b == 0).unwrap_or(name.len());
    Some((&name[..end], numbers))
}

fn switch(f: &FieldDef, key: &str, on: bool, out: &mut String) -> std::fmt::Result {
    match (f.ty, on) {
        (Type::Switch | Type::Flag, true) => write!(out, "{key} "),
        (Type::Bit { .. }, true) if f.bare => write!(out, "{key} "),
        (Type::Bit { .. } | Type::Flag, false) if f.bare => write!(out, "no{key} "),
        (Type::Switch, false) => write!(out, "no{key} "),
        (Type::Flag, false) => Ok(()),
        (Type::Bit { .. }, _) => write!(out, "{key} {} ", u8::from(on)),
        _ => write!(out, "{key} {} ", if on { "on" } else { "off" }),
    }
}

/// Writes a value alone. What others named is escaped.
pub fn plain(f: &FieldDef, value: &Value<'_>, out: &mut impl Write) -> std::fmt::Result {
    match value {
        Value::Bool(on) => out.write_str(if *on { "on" } else { "off" }),
        Value::Num(n) if f.milli => write!(out, "{}.{:03}", n / 1000, n % 1000),
        Value::Num(n) if f.digits.is_some() => {
            let (before, fewest) = f.digits.unwrap_or_default();
            write!(out, "{before}{n:0fewest$x}")
        }
        Value::Num(n) if f.ty == Type::Lapse => lapse(*n, out),
        Value::Num(n) if matches!(f.ty, Type::Key { .. }) => {
            write!(out, "{}", Ipv4Addr::from_bits(*n as u32))
        }
        Value::Num(n) if digits(f) > 0 => write!(out, "{n:#0width$x}", width = digits(f) + 2),
        Value::Num(0) => match f.ty {
            Type::Timer => out.write_str("   0.00"),
            Type::Hops { .. } => out.write_str("auto"),
            // Like C's %#x: a zero has no prefix.
            _ => out.write_str(f.zero.unwrap_or("0")),
        },
        Value::Num(1) if f.ty == Type::Tos => out.write_str("inherit"),
        Value::Num(n) if f.ty == Type::Timer => write!(out, "{:4}.{:02}", n / 100, n % 100),
        Value::Num(n) if f.hex || matches!(f.ty, Type::Tos | Type::Names { .. }) => write!(out, "{n:#x}"),
        Value::Num(n) => write!(out, "{n}"),
        Value::Int(n) => write!(out, "{n}"),
        Value::Word(w) => out.write_str(w),
        Value::Ip(a) if a.is_unspecified() && f.zero.is_some() => out.write_str(f.zero.unwrap_or_default()),
        Value::Ip(a) => write!(out, "{a}"),
        Value::Net(a, n) => write!(out, "{a}/{n}"),
        Value::Mac(m) => write!(out, "{m}"),
        Value::Link(n) if n.is_none() => out.write_str("none"),
        Value::Link(n) => write!(out, "{n}"),
        Value::Str(s) => write!(out, "{}", Safe(s)),
        Value::Range(a, b) => write!(out, "{a} {b}"),
        Value::Hops(Hops::Auto) => out.write_str("auto"),
        Value::Hops(Hops::Inherit) => out.write_str("inherit"),
        Value::Hops(Hops::Fixed(n)) => write!(out, "{n}"),
        Value::Raw(bytes) if f.ty == Type::BridgeId => bridge_id(bytes, out),
        Value::Raw(bytes) => bytes.iter().try_for_each(|b| write!(out, "{b:02x}")),
        Value::Pairs(list) if matches!(f.ty, Type::Devconf { .. }) => devconf::text(f, list, out),
        Value::Pairs(list) => joined(list.iter(), out, |(from, to), out| write!(out, "{from}:{to}")),
        Value::List(list) if list.is_empty() && matches!(f.ty, Type::Names { joined: true, .. }) => {
            out.write_str("0x0")
        }
        Value::List(list) => joined(list.iter(), out, |item, out| plain(f, item, out)),
    }
}

/// How many hexadecimal digits a part of a number is always shown with; 0 for other fields.
fn digits(f: &FieldDef) -> usize {
    match f.ty {
        Type::Either { mask, .. } if mask != u32::MAX => mask.count_ones().div_ceil(4) as usize,
        _ => 0,
    }
}

/// Three significant digits and a unit, as iproute2 shows nanoseconds.
#[allow(clippy::cast_precision_loss)] // three digits are shown
fn lapse(n: u64, out: &mut impl Write) -> std::fmt::Result {
    let (unit, scale) = match n {
        0..1_000 => return write!(out, "{n}ns"),
        1_000..1_000_000 => ("us", 1_000),
        1_000_000..1_000_000_000 => ("ms", 1_000_000),
        _ => ("s", 1_000_000_000),
    };
    let places = match n / scale {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    let digits = format!("{:.places$}", n as f64 / scale as f64);
    let short = if places > 0 { digits.trim_end_matches('0').trim_end_matches('.') } else { &digits };
    write!(out, "{short}{unit}")
}

fn joined<T, W: Write>(
    items: impl Iterator<Item = T>,
    out: &mut W,
    mut each: impl FnMut(T, &mut W) -> std::fmt::Result,
) -> std::fmt::Result {
    for (i, item) in items.enumerate() {
        if i > 0 {
            out.write_char(',')?;
        }
        each(item, out)?;
    }
    Ok(())
}

/// `8000.2:0:0:0:0:1`: priority, then address without leading zeros, as iproute2 has it.
fn bridge_id(bytes: &[u8], out: &mut impl Write) -> std::fmt::Result {
    let [p, q, mac @ ..] = bytes else { return Ok(()) };
    write!(out, "{p:02x}{q:02x}.")?;
    for (i, b) in mac.iter().enumerate() {
        write!(out, "{}{b:x}", if i == 0 { "" } else { ":" })?;
    }
    Ok(())
}
