//! From values to the JSON that iproute2 prints.

use crate::devconf;
use crate::field::{FieldDef, Fields, Show};
use crate::out::Out;
use crate::text::{Level, Source, allowed, host_of, names, numeral, plain, protocol, same_list, timing_of};
use crate::types::{Repr, Type};
use crate::value::{Hops, Value};

/// Writes every field of a kind that is said, as members of the object that is open.
pub fn write(fields: &'static Fields, source: &dyn Source, level: Level, out: &mut Out) {
    run(fields.list(), source, level, out);
}

/// The same for some fields of a table.
pub fn run(list: &[FieldDef], source: &dyn Source, level: Level, out: &mut Out) {
    let mut open: Vec<&str> = Vec::new();
    let mut i = 0;
    while i < list.len() {
        let f = &list[i];
        let run = if matches!(f.ty, Type::Bit { name: Some(_), .. }) {
            list[i..].iter().take_while(|g| same_list(f, g)).count()
        } else {
            1
        };
        let bits = &list[i..i + run];
        i += run;
        if f.json.is_empty() || !level.shows(f) || !allowed(f, list, source) {
            continue;
        }
        let value = source.said(f);
        let said = value.as_ref().is_some_and(|v| f.unsaid.is_none() || f.unsaid != numeral(f, v));
        // As with iproute2, the object of a nest is there though nothing is in it.
        let nest = f.show != Show::Ours && f.group.is_some_and(|g| !g.contains('/'));
        let empty = nest && source.holds(f.path);
        if !said && f.absent.is_some() {
            out.key(f.json);
            out.null();
        }
        if !said && !empty {
            continue;
        }
        enter(&mut open, f.group, out);
        match value.filter(|_| said) {
            _ if run > 1 || matches!(f.ty, Type::Bit { name: Some(_), .. }) => set(f.json, bits, source, out),
            Some(Value::Ip(address)) => match host_of(f, &address, source) {
                Some(name) => {
                    out.key(f.keys.map_or(f.json, |keys| keys(&Value::Ip(address)).1));
                    out.text(&name);
                }
                None => one(f, &Value::Ip(address), out),
            },
            Some(value @ (Value::Word(_) | Value::Num(_))) if f.ty.is_protocol() => {
                out.key(f.json);
                out.text(&protocol(f, &value, source.style()));
            }
            Some(value) => one(f, &value, out),
            None => {}
        }
    }
    enter(&mut open, None, out);
}

/// Closes and opens objects until those of `group` are open.
fn enter<'g>(open: &mut Vec<&'g str>, group: Option<&'g str>, out: &mut Out) {
    let wanted = || group.into_iter().flat_map(|g| g.split('/'));
    let same = open.iter().zip(wanted()).take_while(|(a, b)| *a == b).count();
    for _ in same..open.len() {
        out.end();
    }
    open.truncate(same);
    for key in wanted().skip(same) {
        out.key(key);
        out.object();
        open.push(key);
    }
}

/// A list of the names of bits, left out where none is on.
fn set(key: &str, bits: &[FieldDef], source: &dyn Source, out: &mut Out) {
    let framed = bits.first().is_some_and(|f| f.framed && source.said(f).is_some());
    let mut names = names(bits, source).peekable();
    if names.peek().is_none() && !framed {
        return;
    }
    out.key(key);
    out.array();
    names.for_each(|name| out.text(name));
    out.end_array();
}

/// Writes one field as a member.
pub fn one(f: &FieldDef, value: &Value<'_>, out: &mut Out) {
    if let (Type::Timing, Value::Raw(bytes)) = (f.ty, value) {
        return timing(bytes, out);
    }
    let key = f.keys.map_or(f.json, |keys| keys(value).1);
    match value {
        Value::List(list) if list.is_empty() && !matches!(f.ty, Type::Names { .. }) => return,
        Value::Pairs(list) if list.is_empty() => return,
        Value::Hops(Hops::Inherit) => return,
        Value::Word(_) if matches!(f.ty, Type::Key { .. }) => return,
        Value::Net(..) => return net(key, f, value, out),
        Value::Word(word) if f.alone => {
            out.key(word);
            return out.plain(true);
        }
        _ => out.key(key),
    }
    if f.null.is_some() && f.null == numeral(f, value) {
        return out.null();
    }
    item(f, value, out);
}

/// What a CAN controller's timing may be, as members.
fn timing(bytes: &[u8], out: &mut Out) {
    let Some((name, [a, b, c, d, sjw, e, f, inc])) = timing_of(bytes) else { return };
    out.key("name");
    out.bytes(name);
    for (key, low, high) in [("tseg1", a, b), ("tseg2", c, d), ("sjw", 1, sjw), ("brp", e, f)] {
        out.key(key);
        span(low, high, out);
    }
    out.key("brp_inc");
    out.plain(inc);
}

fn span(low: u32, high: u32, out: &mut Out) {
    out.object();
    out.key("min");
    out.plain(low);
    out.key("max");
    out.plain(high);
    out.end();
}

/// Writes a value alone.
pub fn item(f: &FieldDef, value: &Value<'_>, out: &mut Out) {
    match value {
        Value::Bool(on) if matches!(f.ty, Type::Bit { .. }) && !f.bare => out.plain(u8::from(*on)),
        Value::Bool(on) => out.plain(on),
        Value::Num(n) if f.ty == Type::Timer => out.plain(format_args!("{}.{:02}", n / 100, n % 100)),
        Value::Num(_) if f.ty == Type::Lapse || f.digits.is_some() || f.milli => shown(f, value, out),
        Value::Num(_) if matches!(f.ty, Type::Key { .. } | Type::Either { repr: Repr::Be32, .. }) => {
            shown(f, value, out);
        }
        Value::Word(_) if matches!(f.ty, Type::Either { .. }) => out.plain(true),
        Value::Num(0) if f.hex => out.text("0"),
        Value::Num(n) if f.hex || matches!(f.ty, Type::Tos | Type::Names { .. }) => {
            out.text(&format!("{n:#x}"));
        }
        Value::Num(n) => out.plain(n),
        Value::Int(n) => out.plain(n),
        Value::Hops(Hops::Fixed(n)) => out.plain(n),
        Value::Hops(_) => out.plain(0),
        Value::Range(low, high) => {
            out.object();
            out.key("low");
            out.plain(low);
            out.key("high");
            out.plain(high);
            out.end();
        }
        Value::Pairs(list) if matches!(f.ty, Type::Span { .. }) => {
            list.iter().for_each(|(low, high)| span(*low, *high, out));
        }
        Value::Pairs(list) if matches!(f.ty, Type::Devconf { .. }) => devconf::json(f, list, out),
        Value::Pairs(list) => {
            out.array();
            for (from, to) in list {
                out.object();
                out.key("from");
                out.plain(from);
                out.key("to");
                out.plain(to);
                out.end();
            }
            out.end_array();
        }
        Value::List(_) if matches!(f.ty, Type::Names { joined: true, .. }) => shown(f, value, out),
        Value::List(list) => {
            out.array();
            list.iter().for_each(|v| item(f, v, out));
            out.end_array();
        }
        Value::Link(name) => out.bytes(name.as_bytes()),
        Value::Str(s) => out.bytes(s),
        Value::Word(word) => out.text(word),
        Value::Ip(_) | Value::Net(..) | Value::Mac(_) | Value::Raw(_) => shown(f, value, out),
    }
}

/// The value as text shows it.
fn shown(f: &FieldDef, value: &Value<'_>, out: &mut Out) {
    let mut text = String::new();
    let _ = plain(f, value, &mut text);
    out.text(&text);
}

/// An address and its length are two members.
fn net(key: &str, f: &FieldDef, value: &Value<'_>, out: &mut Out) {
    if let Value::Net(address, len) = value {
        out.key(key);
        item(f, &Value::Ip(*address), out);
        out.key(&format!("{key}len"));
        out.plain(len);
    }
}
