//! What was asked, in words: as a clause, and as one types it.

use linkctl_kinds::link as base;
use linkctl_schema::text::plain;
use linkctl_schema::{FieldDef, Name, Record, Safe, Type, Value};

use super::command::shell;
use crate::Act;

/// What follows "to": `set mtu 9000`, `make it a port of br0`.
pub(super) fn infinitive(act: &Act) -> String {
    match act {
        Act::Create { link, .. } if !link.can_go() => "create it".into(),
        Act::Create { link, .. } => format!("create it ({})", Safe(link.kind_word())),
        Act::Delete(_) => "delete it".into(),
        Act::Base(_, record) | Act::Data(_, record) => format!("set {}", settings(record)),
        Act::Port(_, record) => format!("set {} of the port", settings(record)),
        Act::Ethtool(_, record) => format!("set {}", settings(record)),
        Act::Functions(_, 0) => "take its virtual functions away".into(),
        Act::Functions(_, count) => format!("make {count} virtual functions of it"),
        Act::Function(_, number, record) => {
            format!("set {} of its virtual function {number}", settings(record))
        }
        Act::Altnames { add, remove, .. } => match (add.as_slice(), remove.as_slice()) {
            ([], []) => "change its alternative names".into(),
            (add, []) => format!("give it the alternative name {}", names(add)),
            ([], remove) => format!("take the alternative name {} from it", names(remove)),
            _ => "change its alternative names".into(),
        },
        Act::NewNetns(key) => format!("make {}", place(key)),
        Act::DropNetns(key) => format!("take {} away", place(key)),
        Act::Master(_, Some(master)) => format!("make it a port of {master}"),
        Act::Master(_, None) => "release it from its master".into(),
        Act::Rename(_, name) => format!("rename it to {name}"),
        Act::Move(_, to) => format!("move it to {}", place(to)),
        Act::Up(_) => "take it up".into(),
        Act::Down(_) => "take it down".into(),
    }
}

/// `the namespace blue`.
pub(super) fn place(key: &linkctl_link::Key) -> String {
    match key.netns.name() {
        Some(name) => format!("the namespace {}", Safe(name.as_bytes())),
        None => key.netns.to_string(),
    }
}

/// `mtu 9000, alias web`: the first few.
pub(super) fn settings(record: &Record) -> String {
    let all: Vec<String> = record.iter().map(|(f, v)| setting(f, v)).collect();
    match all.len() {
        0 => "nothing".into(),
        1..=4 => all.join(", "),
        n => format!("{} and {} more settings", all[..3].join(", "), n - 3),
    }
}

/// `forward_delay 1s`.
pub(super) fn setting(f: &FieldDef, value: &Value<'_>) -> String {
    format!("{} {}", f.name, shown(f, value))
}

/// A value for a person: times with their unit.
pub(super) fn shown(f: &FieldDef, value: &Value<'_>) -> String {
    if let (Type::Time(_, unit), Value::Num(n)) = (f.ty, value) {
        return time(n.saturating_mul(unit.millis()));
    }
    let mut out = String::new();
    let _ = plain(f, value, &mut out);
    if out.is_empty() { "\"\"".into() } else { out }
}

/// `2s`, `150ms`: as the grammar reads it.
pub(super) fn time(millis: u64) -> String {
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}

/// Settings of a kind as one types them behind `set NAME`: `id 43`, or `type bond mode 802.3ad` where the word alone
/// would be taken for a setting that every link has.
pub(super) fn typed_of(kind: &[u8], record: &Record) -> String {
    of(kind, record.iter().map(|(f, _)| f), typed(record))
}

/// The same for one setting.
pub(super) fn typed_one_of(kind: &[u8], f: &'static FieldDef, value: &Value<'_>) -> String {
    of(kind, std::iter::once(f), typed_one(f, value))
}

fn of(kind: &[u8], mut fields: impl Iterator<Item = &'static FieldDef>, words: String) -> String {
    let taken = fields.any(|f| base::FIELDS.find(f.name).is_some());
    if taken && !kind.is_empty() { format!("type {} {words}", shell(kind)) } else { words }
}

/// Settings as one types them: `mtu 9000 alias 'two words'`.
pub(super) fn typed(record: &Record) -> String {
    let words: Vec<String> = record.iter().map(|(f, v)| typed_one(f, v)).collect();
    words.join(" ")
}

/// One setting as one types it.
pub(super) fn typed_one(f: &FieldDef, value: &Value<'_>) -> String {
    let name = f.name;
    match (f.ty, value) {
        (Type::Switch | Type::Flag, Value::Bool(true)) => name.into(),
        (Type::Switch | Type::Flag, Value::Bool(false)) => format!("no{name}"),
        (Type::Header { .. }, Value::Bool(on)) if name == "up" => if *on { "up" } else { "down" }.into(),
        (_, Value::Str(text)) => format!("{name} {}", shell(text)),
        (_, Value::Link(link)) if !link.is_none() => format!("{name} {}", shell(link.as_bytes())),
        (Type::Ports, _) => format!("{name} {}", shown(f, value)),
        _ => format!("{name} {}", shell(shown(f, value).as_bytes())),
    }
}

fn names(list: &[Value<'_>]) -> String {
    let names =
        list.iter().filter_map(|v| if let Value::Str(n) = v { Some(Safe(n).to_string()) } else { None });
    names.collect::<Vec<_>>().join(", ")
}

/// `port of br0`, for the kinds of ports that a person knows.
pub(super) fn a_port_of(kind: &[u8], master: &Name) -> String {
    match kind {
        [] => format!("a port of {master}"),
        kind => format!("a port of {master} ({})", Safe(kind)),
    }
}
