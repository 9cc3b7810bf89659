//! Many settings of 32 bits in one attribute: read as an array, written as a nest of only those that are said
//! (`IFLA_INET_CONF`). A value is [`Value::Pairs`] of numbers and settings, sparse and ordered by number; what is wanted
//! is met where each setting that is said is so.

use std::fmt::{self, Write};

use linkctl_wire::Writer;

use crate::field::FieldDef;
use crate::near::near;
use crate::out::Out;
use crate::scalar::{Bad, number, onoff};
use crate::types::{Knob, Type};
use crate::value::Value;

type Pairs = Vec<(u32, u32)>;

/// The settings that a field has, and the number of the array's first; nothing for fields of other shapes.
pub fn knobs(f: &FieldDef) -> (&'static [Knob], u16) {
    if let Type::Devconf { names, first } = f.ty { (names, first) } else { (&[], 0) }
}

fn named(f: &FieldDef, word: &str) -> Option<&'static Knob> {
    knobs(f).0.iter().find(|k| k.name == word)
}

fn numbered(f: &FieldDef, n: u32) -> Option<&'static Knob> {
    knobs(f).0.iter().find(|k| u32::from(k.number) == n)
}

/// What the array holds, as far as this kernel's goes.
pub(crate) fn decode(f: &FieldDef, bytes: &[u8]) -> Value<'static> {
    let (names, first) = knobs(f);
    let at = |k: &Knob| {
        let start = usize::from(k.number.checked_sub(first)?) * 4;
        let word = bytes.get(start..start + 4)?;
        Some((u32::from(k.number), u32::from_ne_bytes(word.try_into().ok()?)))
    };
    Value::Pairs(names.iter().filter_map(at).collect())
}

/// Writes an attribute for each setting that is said.
pub(crate) fn encode(f: &FieldDef, pairs: &[(u32, u32)], out: &mut Writer) {
    out.nest_plain(f.attr, |w| {
        for (n, value) in pairs {
            w.put(*n as u16, &value.to_ne_bytes());
        }
    });
}

/// Says more: later settings take the place of earlier ones.
pub fn merge(pairs: &mut Pairs, more: &[(u32, u32)]) {
    for (n, value) in more {
        match pairs.binary_search_by_key(n, |(n, _)| *n) {
            Ok(i) => pairs[i].1 = *value,
            Err(i) => pairs.insert(i, (*n, *value)),
        }
    }
}

fn is_so(have: &[(u32, u32)], want: (u32, u32)) -> bool {
    have.binary_search_by_key(&want.0, |(n, _)| *n).is_ok_and(|i| have[i].1 == want.1)
}

/// The settings that are not as wanted.
pub(crate) fn missing(have: &[(u32, u32)], want: &[(u32, u32)]) -> Pairs {
    want.iter().copied().filter(|w| !is_so(have, *w)).collect()
}

/// The settings of `pairs` that `of` speaks of.
pub(crate) fn among(pairs: &[(u32, u32)], of: &[(u32, u32)]) -> Pairs {
    pairs.iter().copied().filter(|(n, _)| of.iter().any(|(m, _)| m == n)).collect()
}

/// Without the settings that a new link has anyway, unless `keep` wants one: the kernel's own defaults. The namespace may
/// have others (`net.ipv4.conf.default`), which no link message tells. And without those whose values mean nothing: no file can
/// say them, and Linux 7.1 takes them from no message.
#[must_use]
pub fn unborn(f: &FieldDef, value: &Value<'_>, keep: impl Fn(u32) -> bool) -> Value<'static> {
    let Value::Pairs(pairs) = value else { return value.clone().into_owned() };
    let wanted = |n: u32, v: u32| {
        let knob = numbered(f, n);
        let born = knob.is_some_and(|k| k.born as u32 == v);
        (keep(n) || !born) && knob.is_none_or(|k| k.takes(v as i32))
    };
    Value::Pairs(pairs.iter().copied().filter(|(n, v)| wanted(*n, *v)).collect())
}

/// One setting's value.
pub fn one(knob: &Knob, text: &str) -> Result<u32, Bad> {
    if let (true, Some(on)) = (knob.switch, onoff(text)) {
        return Ok(on.into());
    }
    let n = match text.strip_prefix('-') {
        Some(rest) => number(rest).ok().and_then(|n| i64::try_from(n).ok()).map(|n| -n),
        None => number(text).ok().and_then(|n| i64::try_from(n).ok()),
    };
    let bad = || {
        if knob.switch {
            Bad::OneOf(vec!["on", "off"])
        } else {
            Bad::Bounds(knob.bounds.0.into(), knob.bounds.1 as u64)
        }
    };
    let fits = |n: &i32| knob.takes(*n);
    n.and_then(|n| i32::try_from(n).ok()).filter(fits).map(|n| n as u32).ok_or_else(bad)
}

/// Which word was wrong, where one was, and why.
pub(crate) type Wrong = (usize, Bad);

/// Reads names and values up to a word that is no name, with or without braces around; the number of words that it took.
pub(crate) fn read(f: &FieldDef, words: &[&str]) -> Result<(Value<'static>, usize), Wrong> {
    let mut out = Pairs::new();
    let braced = words.first() == Some(&"{");
    let mut at = usize::from(braced);
    while let Some(knob) = words.get(at).and_then(|w| named(f, w)) {
        let text = words.get(at + 1).ok_or((at, Bad::Form("a value behind it")))?;
        let value = one(knob, text).map_err(|bad| (at + 1, bad))?;
        merge(&mut out, &[(knob.number.into(), value)]);
        at += 2;
    }
    if braced {
        if words.get(at) != Some(&"}") {
            return Err((at.min(words.len() - 1), unknown(f, words.get(at).unwrap_or(&""))));
        }
        at += 1;
    } else if out.is_empty() {
        return Err((0, unknown(f, words.first().unwrap_or(&""))));
    }
    Ok((Value::Pairs(out), at))
}

/// The settings that were probably meant.
pub fn unknown(f: &FieldDef, word: &str) -> Bad {
    let near = near(word, knobs(f).0.iter().map(|k| k.name), 3);
    if near.is_empty() { Bad::Form("names of settings, each with its value") } else { Bad::OneOf(near) }
}

/// Settings and values from a file: the number of the entry that was wrong, where one was.
pub fn entries<'t>(
    f: &FieldDef,
    entries: impl Iterator<Item = (&'t str, &'t str)>,
) -> Result<Value<'static>, (usize, Bad)> {
    let mut out = Pairs::new();
    for (i, (name, text)) in entries.enumerate() {
        let knob = named(f, name).ok_or_else(|| (i, unknown(f, name)))?;
        merge(&mut out, &[(knob.number.into(), one(knob, text).map_err(|bad| (i, bad))?)]);
    }
    Ok(Value::Pairs(out))
}

/// One setting, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// On or off.
    Switch(bool),
    /// A number; also of a switch that holds something else than 0 and 1.
    Number(i32),
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => f.write_str(if *on { "on" } else { "off" }),
            Self::Number(n) => n.fmt(f),
        }
    }
}

/// Names and values, for whoever shows them.
pub fn shown<'p>(
    f: &FieldDef,
    pairs: &'p [(u32, u32)],
) -> impl Iterator<Item = (&'static str, Shown)> + use<'p> {
    let f = *f;
    pairs.iter().filter_map(move |(n, value)| {
        let knob = numbered(&f, *n)?;
        let plain = Shown::Number(*value as i32);
        Some((knob.name, if knob.switch && *value <= 1 { Shown::Switch(*value == 1) } else { plain }))
    })
}

/// `forwarding on rp_filter 1`.
pub(crate) fn text(f: &FieldDef, pairs: &[(u32, u32)], out: &mut impl Write) -> fmt::Result {
    for (i, (name, value)) in shown(f, pairs).enumerate() {
        write!(out, "{}{name} {value}", if i == 0 { "" } else { " " })?;
    }
    Ok(())
}

/// An object of names, switches as booleans.
pub(crate) fn json(f: &FieldDef, pairs: &[(u32, u32)], out: &mut Out) {
    out.object();
    for (name, value) in shown(f, pairs) {
        out.key(name);
        match value {
            Shown::Switch(on) => out.plain(on),
            Shown::Number(n) => out.plain(n),
        }
    }
    out.end();
}
