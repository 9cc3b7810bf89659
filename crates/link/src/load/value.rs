//! From a node to the value of a field.

use std::borrow::Cow;

use linkctl_schema::devconf;
use linkctl_schema::grammar;
use linkctl_schema::near::near;
use linkctl_schema::scalar::{self, Bad};
use linkctl_schema::{FieldDef, Mac, Name, Type, Value};

use super::error::clip;
use super::node::{At, Node, What, Word};
use super::{escape, stranger};

/// Why a node is no value of a field: the clause, and where. What was expected, where a word was close.
pub(crate) struct Wrong {
    pub(super) at: At,
    pub(super) what: String,
    pub(super) bad: Option<Bad>,
}

impl Wrong {
    fn new(at: At, what: impl Into<String>) -> Self {
        Self { at, what: what.into(), bad: None }
    }

    fn text(at: At, text: &str, bad: Bad) -> Self {
        Self { at, what: format!("\"{}\" does not fit: {bad}", clip(text)), bad: Some(bad) }
    }

    /// The words that were probably meant.
    pub(super) fn near(&self, node: &Node<'_>) -> Option<String> {
        let (Some(Bad::OneOf(words)), What::Scalar(text)) = (&self.bad, &node.what) else { return None };
        stranger::meant(&near(text, words.iter().copied(), 2))
    }
}

/// What a field takes in a file, where more forms are possible than on a command line.
fn expects(f: &FieldDef) -> &'static str {
    match f.ty {
        Type::Switch | Type::Flag => "on or off",
        Type::Ips { .. } | Type::Macs { .. } => "a list of addresses",
        Type::Strs { .. } => "a list of texts",
        Type::Devconf { .. } => "a map of settings",
        Type::Pairs { .. } => "a list of pairs \"FROM:TO\"",
        _ => grammar::expects(f),
    }
}

/// One field in a sentence: what it takes, and what it is.
pub(super) fn doc(f: &FieldDef) -> String {
    let doc = f.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{} takes {}: {doc}", f.name, expects(f))
}

type Read = Result<Value<'static>, Wrong>;

/// The value that a node gives to a field.
///
/// Unless `strict`, also what a kernel may say and a person should not: numbers out of bounds or without a word.
pub(crate) fn value(f: &FieldDef, node: &Node<'_>, strict: bool) -> Read {
    let wrong = |what: String| Err(Wrong::new(node.at, what));
    match (f.ty, &node.what) {
        (Type::Link, What::Null) => Ok(Value::Link(Name::NONE)),
        (_, What::Null) => wrong(format!("{} is expected: leave the word out to want nothing", expects(f))),
        (_, What::Scalar(text)) => scalar(f, node.at, text, strict),
        (Type::Link, What::List(_)) => wrong(format!("a link has one {} at a time, this is a list", f.name)),
        (Type::Devconf { .. }, What::Map(entries)) => knobs(f, entries),
        (Type::Pairs { .. }, What::List(items)) => pairs(f, node.at, items, strict),
        (Type::Ips { .. } | Type::Macs { .. } | Type::Strs { .. }, What::List(items)) => {
            list(f, node.at, items)
        }
        (Type::Ports, What::List(items)) => match items.as_slice() {
            [Node { what: What::Scalar(a), .. }, Node { what: What::Scalar(b), .. }] => {
                scalar(f, node.at, &format!("{a}-{b}"), strict)
            }
            _ => wrong("two ports are expected, first and last".into()),
        },
        (_, what) => wrong(format!("{} is expected, not {}", expects(f), what.called())),
    }
}

fn scalar(f: &FieldDef, at: At, text: &str, strict: bool) -> Read {
    match f.ty {
        Type::Link if text.is_empty() => Ok(Value::Link(Name::NONE)),
        Type::Link => escape::name(text).map(Value::Link).map_err(|e| Wrong::text(at, text, Bad::Name(e))),
        Type::Str(max) => bytes(at, text, max).map(Value::Str),
        Type::Strs { .. } => {
            let parts = text.split(',').filter(|t| !t.is_empty());
            parts.map(|t| bytes(at, t, usize::MAX).map(Value::Str)).collect::<Result<_, _>>().map(Value::List)
        }
        Type::Mac if !strict && !text.contains([':', '-', '.']) => short_mac(at, text),
        _ if strict => scalar::parse(f, text).map_err(|bad| Wrong::text(at, text, bad)),
        _ => scalar::parse(&unbounded(f), text).map_err(|bad| Wrong::text(at, text, bad)),
    }
}

/// The field with the bounds of its type alone.
fn unbounded(f: &FieldDef) -> FieldDef {
    let bounds = match f.ty {
        Type::Uint(repr) | Type::Time(repr, _) | Type::Words(repr, _) => Some((0, repr.max())),
        _ => None,
    };
    FieldDef { bounds, ..*f }
}

/// Free text: any bytes but NUL.
fn bytes(at: At, text: &str, max: usize) -> Result<Cow<'static, [u8]>, Wrong> {
    let bytes = escape::unescape(text);
    if bytes.contains(&0) {
        return Err(Wrong::text(at, text, Bad::Form("no NUL byte")));
    }
    if bytes.len() > max {
        return Err(Wrong::text(at, text, Bad::Long(max)));
    }
    Ok(Cow::Owned(bytes.into_owned()))
}

/// Addresses of no or one byte have no separator to be known by.
fn short_mac(at: At, text: &str) -> Read {
    let wrong = || Wrong::text(at, text, Bad::Address("an address"));
    let bytes = match text.len() {
        0 => Vec::new(),
        2 => vec![u8::from_str_radix(text, 16).map_err(|_| wrong())?],
        _ => return Err(wrong()),
    };
    Mac::new(&bytes).map(Value::Mac).ok_or_else(wrong)
}

fn list(f: &FieldDef, at: At, items: &[Node<'_>]) -> Read {
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        let What::Scalar(text) = &item.what else {
            return Err(Wrong::new(
                item.at,
                format!("a word is expected in this list, not {}", item.what.called()),
            ));
        };
        match f.ty {
            Type::Strs { .. } => out.push(Value::Str(bytes(item.at, text, usize::MAX)?)),
            _ => match scalar::items(f, std::iter::once(&**text)) {
                Ok(Value::List(one)) => out.extend(one),
                Ok(other) => out.push(other),
                Err(bad) => return Err(Wrong::text(item.at, text, bad)),
            },
        }
    }
    match f.ty {
        Type::Ips { max, .. } if out.len() > max => Err(Wrong::new(at, Bad::Many(max).to_string())),
        _ => Ok(Value::List(out)),
    }
}

/// `{forwarding: on, rp_filter: 1}`.
fn knobs(f: &FieldDef, map: &[(Word<'_>, Node<'_>)]) -> Read {
    let mut texts = Vec::with_capacity(map.len());
    for (word, node) in map {
        let What::Scalar(text) = &node.what else {
            return Err(Wrong::new(node.at, format!("a value is expected, not {}", node.what.called())));
        };
        texts.push((&*word.text, &**text));
    }
    devconf::entries(f, texts.iter().copied()).map_err(|(i, bad)| {
        let (word, node) = &map[i];
        let known = devconf::knobs(f).0.iter().any(|k| k.name == word.text);
        if known { Wrong::text(node.at, texts[i].1, bad) } else { Wrong::text(word.at, &word.text, bad) }
    })
}

/// `["1:2", {from: 3, to: 4}]`.
fn pairs(f: &FieldDef, at: At, items: &[Node<'_>], strict: bool) -> Read {
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        let text = match &item.what {
            What::Scalar(text) => text.clone(),
            What::Map(entries) => {
                let half = |name: &str| entries.iter().find(|(w, _)| w.text == name).map(|(_, n)| &n.what);
                match (half("from"), half("to"), entries.len()) {
                    (Some(What::Scalar(from)), Some(What::Scalar(to)), 2) => format!("{from}:{to}").into(),
                    _ => return Err(Wrong::new(item.at, "a pair is {from: NUMBER, to: NUMBER}")),
                }
            }
            what => return Err(Wrong::new(item.at, format!("a pair is expected, not {}", what.called()))),
        };
        // Each alone, so that an error is at its place.
        scalar(f, item.at, &text, strict)?;
        texts.push(text);
    }
    scalar(f, at, &texts.join(" "), strict)
}
