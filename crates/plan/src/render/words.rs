//! Settings as words of a command line, as iproute2 takes them.

use linkctl_schema::{FieldDef, Record, Type, Value, devconf, field, grammar, text};

/// One word: bytes, for names and texts need not be UTF-8.
pub(super) type Word = Vec<u8>;

pub(super) fn word(text: impl AsRef<[u8]>) -> Word {
    text.as_ref().to_vec()
}

/// All that a record says.
pub(super) fn record(record: &Record) -> Vec<Word> {
    record.iter().filter(|(f, _)| f.is_state()).flat_map(|(f, v)| one(f, v)).collect()
}

fn one(f: &FieldDef, value: &Value<'_>) -> Vec<Word> {
    let key = word(key(f));
    match value {
        Value::Bool(true) if f.text.contains(' ') => f.text.split(' ').map(word).collect(),
        Value::Word(_) if matches!(f.ty, Type::Key { .. }) => vec![[b"no", key.as_slice()].concat()],
        Value::Bool(on) if grammar::bare(f) => vec![if *on { key } else { [b"no", key.as_slice()].concat() }],
        Value::Str(text) => vec![key, text.to_vec()],
        Value::Link(name) if name.is_none() && f.name == "master" => vec![word("nomaster")],
        Value::Link(name) if name.is_none() && matches!(f.ty, Type::Link) => {
            vec![[b"no", key.as_slice()].concat()]
        }
        Value::Link(name) => vec![key, word(name.as_bytes())],
        Value::Range(low, high) => vec![key, word(low.to_string()), word(high.to_string())],
        Value::Pairs(pairs) if matches!(f.ty, Type::Devconf { .. }) => {
            let entry = |(name, value): (&str, devconf::Shown)| [word(name), word(value.to_string())];
            std::iter::once(key).chain(devconf::shown(f, pairs).flat_map(entry)).collect()
        }
        Value::Pairs(pairs) => {
            std::iter::once(key).chain(pairs.iter().map(|(from, to)| word(format!("{from}:{to}")))).collect()
        }
        Value::List(list) if matches!(f.ty, Type::Macs { .. }) && list.is_empty() => vec![key, word("flush")],
        Value::List(list) if matches!(f.ty, Type::Macs { .. }) => {
            [key, word("set")].into_iter().chain(list.iter().map(|v| plain(f, v))).collect()
        }
        Value::Word(value) if f.name == "linkmode" => vec![key, word(value.to_ascii_lowercase())],
        _ => vec![key, plain(f, value)],
    }
}

/// iproute2 spells some words with `-`, and some otherwise.
fn key(f: &FieldDef) -> &'static str {
    match f.name {
        "linkmode" => "mode",
        "encap_csum6" => "encap-udp6-csum",
        "erspan_index" => "erspan",
        name if field::spelt(name, f.text) => f.text,
        name => name,
    }
}

pub(super) fn plain(f: &FieldDef, value: &Value<'_>) -> Word {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = text::plain(f, value, &mut out);
    out.into_bytes()
}
