//! From words on a command line to a record.

use std::fmt;

use crate::devconf;
use crate::field::{FieldDef, Fields};
use crate::name::Name;
use crate::near::near;
use crate::safe::Safe;
use crate::scalar::{self, Bad};
use crate::types::{NO_KEY, Type};
use crate::value::Value;

/// Which word was wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Its place among the words.
    pub word: usize,
    /// What was wrong.
    pub what: What,
}

/// What was wrong with a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// No field answers to it; the nearest ones that there are.
    Unknown(String, Vec<&'static str>),
    /// The field that it names wants a value behind it.
    Missing(&'static str, &'static str),
    /// The value of a field is none.
    Bad(&'static str, String, Bad),
    /// The field was said before.
    Twice(&'static str),
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(word, near) => {
                write!(f, "\"{}\" is not known here", Safe(word.as_bytes()))?;
                if near.is_empty() { Ok(()) } else { write!(f, "; did you mean {}?", scalar::list(near)) }
            }
            Self::Missing(name, what) => write!(f, "{name} wants {what} behind it"),
            Self::Bad(name, word, bad) => write!(f, "{name} \"{}\": {bad}", Safe(word.as_bytes())),
            Self::Twice(name) => write!(f, "{name} is said twice"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)
    }
}

impl std::error::Error for Error {}

/// A field that was said, its value, and how many words it took.
pub type Said = (&'static FieldDef, Value<'static>, usize);

/// Reads the field that begins at `words[at]`; `None` where no field of the table answers to that word.
pub fn field(fields: &'static Fields, words: &[&str], at: usize) -> Result<Option<Said>, Error> {
    let Some(word) = words.get(at) else { return Ok(None) };
    if let Some(f) = fields.find(word) {
        return value(f, words, at).map(|(v, n)| Some((f, v, n)));
    }
    if let Some(f) = fields.list().iter().find(|f| f.alone && f.writable() && has_word(f, word)) {
        return value_of(f, word, at).map(|v| Some((f, v, 1)));
    }
    // "down" is what "noup" would be.
    let denied = if *word == "down" { Some("up") } else { word.strip_prefix("no") };
    let cleared =
        word.strip_prefix("clear_").and_then(|name| fields.find(name)).filter(|f| f.ty == Type::Link);
    Ok(denied.and_then(|name| fields.find(name)).or(cleared).and_then(|f| Some((f, denial(f)?, 1))))
}

/// Whether a word is one of the field's own.
fn has_word(f: &FieldDef, word: &str) -> bool {
    matches!(f.ty, Type::Words(_, list) if list.iter().any(|(w, _)| *w == word))
}

fn value_of(f: &'static FieldDef, word: &str, at: usize) -> Result<Value<'static>, Error> {
    scalar::parse(f, word).map_err(|bad| Error { word: at, what: What::Bad(f.name, word.into(), bad) })
}

/// What `noFIELD` says, where there is such a word.
fn denial(f: &FieldDef) -> Option<Value<'static>> {
    match f.ty {
        _ if !f.writable() => None,
        Type::Switch | Type::Flag => Some(Value::Bool(false)),
        Type::Bit { .. } if f.bare => Some(Value::Bool(false)),
        Type::Header { .. } if bare(f) => Some(Value::Bool(false)),
        Type::Link => Some(Value::Link(Name::NONE)),
        Type::Key { .. } => Some(Value::Word(NO_KEY)),
        _ => None,
    }
}

/// Whether the field's word alone says it: no value follows.
pub fn bare(f: &FieldDef) -> bool {
    f.bare
        || matches!(f.ty, Type::Switch | Type::Flag)
        || matches!(f.ty, Type::Header { .. }) && f.name == "up"
}

fn value(f: &'static FieldDef, words: &[&str], at: usize) -> Result<(Value<'static>, usize), Error> {
    if bare(f) {
        return Ok((Value::Bool(true), 1));
    }
    let given = words.get(at + 1).copied();
    let bad = |word: &str, bad| Error { word: at + 1, what: What::Bad(f.name, word.into(), bad) };
    let missing = || Error { word: at, what: What::Missing(f.name, expects(f)) };
    match f.ty {
        Type::Ports => {
            let first = given.ok_or_else(missing)?;
            if first.contains('-') {
                return scalar::parse(f, first).map(|v| (v, 2)).map_err(|e| bad(first, e));
            }
            let second = words.get(at + 2).copied().ok_or_else(missing)?;
            scalar::parse(f, &format!("{first}-{second}")).map(|v| (v, 3)).map_err(|e| bad(first, e))
        }
        Type::Pairs { .. } => {
            let many = words[at + 1..].iter().take_while(|w| w.contains(':')).count();
            if many == 0 {
                return Err(missing());
            }
            let text = words[at + 1..=at + many].join(" ");
            scalar::parse(f, &text).map(|v| (v, 1 + many)).map_err(|e| bad(&text, e))
        }
        Type::Macs { .. } => macs(f, words, at),
        Type::Devconf { .. } if !f.writable() => Err(bad(given.unwrap_or_default(), Bad::ReadOnly)),
        Type::Devconf { .. } => {
            let rest = words.get(at + 1..).filter(|rest| !rest.is_empty()).ok_or_else(missing)?;
            devconf::read(f, rest).map(|(v, n)| (v, 1 + n)).map_err(|(i, bad)| {
                let word = at + 1 + i;
                Error { word, what: What::Bad(f.name, words[word].into(), bad) }
            })
        }
        // Without a list the kernel's list is emptied.
        Type::Ips { .. }
            if given.is_none_or(|w| w.parse::<std::net::IpAddr>().is_err() && !w.contains(',')) =>
        {
            Ok((Value::List(Vec::new()), 1))
        }
        _ => {
            let word = given.ok_or_else(missing)?;
            scalar::parse(f, word).map(|v| (v, 2)).map_err(|e| bad(word, e))
        }
    }
}

/// `macaddr set A B …` and `macaddr flush`. Adding one to a list that is not read first is no state to want.
fn macs(f: &'static FieldDef, words: &[&str], at: usize) -> Result<(Value<'static>, usize), Error> {
    let bad = |i: usize, bad| Error { word: at + i, what: What::Bad(f.name, words[at + i].into(), bad) };
    match words.get(at + 1).copied() {
        Some("flush") => Ok((Value::List(Vec::new()), 2)),
        Some("set") => {
            let many = words[at + 2..].iter().take_while(|w| w.contains(':')).count();
            let list = words[at + 2..at + 2 + many].iter().copied();
            scalar::items(f, list).map(|v| (v, 2 + many)).map_err(|e| bad(2.min(1 + many), e))
        }
        Some(_) => Err(bad(1, Bad::OneOf(vec!["set", "flush"]))),
        None => Err(Error { word: at, what: What::Missing(f.name, expects(f)) }),
    }
}

/// What a field's word wants behind it, for help and errors.
pub fn expects(f: &FieldDef) -> &'static str {
    match f.ty {
        Type::Switch | Type::Flag => "nothing",
        Type::Bit { .. } if f.bare => "nothing",
        Type::OnOff | Type::Bit { .. } | Type::Header { .. } => "on or off",
        Type::Uint(_) if f.boolean => "on or off",
        Type::Uint(_) | Type::Part { .. } | Type::S32 => "a number",
        Type::Time(..) | Type::Timer => "a time",
        Type::Str(_) => "a text",
        Type::Mac => "an address",
        Type::Ip { .. } => "an IP address",
        Type::Ip4 => "an IPv4 address",
        Type::Ip6 => "an IPv6 address",
        Type::Link => "a link's name",
        Type::Words(..) => "a word",
        Type::Key { .. } => "a key",
        Type::Either { .. } => "a number or a word",
        Type::Prefix { .. } => "an address and a length",
        Type::Ports => "two ports",
        Type::Hops { .. } => "a hop limit",
        Type::Tos => "a type of service",
        Type::Pairs { .. } => "pairs FROM:TO",
        Type::Ips { .. } => "addresses, with commas between",
        Type::Macs { .. } => "set and addresses, or flush",
        Type::Strs { .. } => "texts, with commas between",
        Type::Devconf { .. } => "names of settings, each with its value,",
        Type::BridgeId
        | Type::Names { .. }
        | Type::Lapse
        | Type::Count
        | Type::Span { .. }
        | Type::Numbers { .. }
        | Type::Lasting { .. }
        | Type::Timing
        | Type::Account { .. }
        | Type::Raw => "nothing that can be written",
    }
}

/// The nearest words that a table has, for an error.
pub fn suggest(fields: &[&'static Fields], word: &str) -> Vec<&'static str> {
    let words = fields.iter().flat_map(|t| t.list()).filter(|f| f.writable());
    near(word, words.flat_map(|f| std::iter::once(f.name).chain(f.also.iter().copied())), 3)
}
