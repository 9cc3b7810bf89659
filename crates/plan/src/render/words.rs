//! Settings as words of a command line, as iproute2 takes them.

use linkctl_schema::{FieldDef, Record, Type, Value, devconf, field, grammar, text};

use crate::delta::special;

/// One word: bytes, for names and texts need not be UTF-8.
pub(super) type Word = Vec<u8>;

pub(super) fn word(text: impl AsRef<[u8]>) -> Word {
    text.as_ref().to_vec()
}

/// All that a record says.
pub(super) fn record(record: &Record) -> Vec<Word> {
    let mut out = Vec::new();
    tell(record, &mut |w| out.push(w.to_vec()));
    out
}

/// Tells it word by word.
pub(super) fn tell(record: &Record, put: &mut dyn FnMut(&[u8])) {
    record.iter().filter(|(f, _)| f.is_state()).for_each(|(f, v)| one(f, v, put));
}

/// Tells what is said of a new link before it is there: master and being up are words like others there.
pub(super) fn tell_early(base: &Record, put: &mut dyn FnMut(&[u8])) {
    let early = |f: &FieldDef| f.is_state() && (!special(f.name) || f.name == "master");
    base.iter().filter(|(f, _)| early(f)).for_each(|(f, v)| one(f, v, put));
    if base.get(linkctl_kinds::link::UP) == Some(true) {
        put(b"up");
    }
}

fn one(f: &FieldDef, value: &Value<'_>, put: &mut dyn FnMut(&[u8])) {
    let key = key(f, value).as_bytes();
    let no = || [b"no", key].concat();
    match value {
        Value::Bool(true) if f.text.contains(' ') => f.text.split(' ').for_each(|w| put(w.as_bytes())),
        Value::Word(_) if matches!(f.ty, Type::Key { .. }) => put(&no()),
        Value::Bool(true) if grammar::bare(f) => put(key),
        // These have no contrary: what is not said goes with `flag null`.
        Value::Bool(false) if matches!(f.name, "nopromisc" | "nodst") => {
            [b"flag".as_slice(), b"null"].into_iter().for_each(put);
        }
        Value::Bool(false) if grammar::bare(f) => put(&no()),
        Value::Link(name) if name.is_none() && f.name == "master" => put(b"nomaster"),
        Value::Link(name) if name.is_none() && matches!(f.ty, Type::Link) => put(&no()),
        _ => {
            put(key);
            said(f, value, put);
        }
    }
}

/// The words of a value, behind its field's.
fn said(f: &FieldDef, value: &Value<'_>, put: &mut dyn FnMut(&[u8])) {
    match value {
        Value::Str(text) => put(text),
        Value::Link(name) => put(name.as_bytes()),
        Value::Range(low, high) => [low, high].into_iter().for_each(|n| put(n.to_string().as_bytes())),
        Value::Pairs(pairs) if matches!(f.ty, Type::Devconf { .. }) => {
            for (name, value) in devconf::shown(f, pairs) {
                put(name.as_bytes());
                put(value.to_string().as_bytes());
            }
        }
        Value::Pairs(pairs) => pairs.iter().for_each(|(from, to)| put(format!("{from}:{to}").as_bytes())),
        Value::List(list) if matches!(f.ty, Type::Macs { .. }) && list.is_empty() => put(b"flush"),
        Value::List(list) if matches!(f.ty, Type::Macs { .. }) => {
            put(b"set");
            list.iter().for_each(|v| put(&plain(f, v)));
        }
        Value::Word(value) if f.name == "linkmode" => put(value.to_ascii_lowercase().as_bytes()),
        _ => put(&plain(f, value)),
    }
}

/// iproute2 spells some words with `-`, and some otherwise; of a few it depends on the value which it takes (`group` and
/// `remote` of a VXLAN).
fn key(f: &FieldDef, value: &Value<'_>) -> &'static str {
    if let Some(word) = f.keys.map(|keys| keys(value).0).filter(|word| f.also.contains(word)) {
        return word;
    }
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
