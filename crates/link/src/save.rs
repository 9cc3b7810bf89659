//! From a goal to a file: the canonical text of what is wanted, and the journal's.
//!
//! For each goal, [`crate::load::restore`] of what is written here is that goal, names and aliases of any bytes
//! among it; for each goal that makes sense so is [`crate::load::load`]. Not written is what no file can want:
//! settings that cannot be read back, attributes that the book does not know, the other end of a kind that does not
//! come in pairs, how a link is found that is not wanted. A [`Link`]'s lower link stands in its base record too
//! where both are in one namespace, as its docs say.

mod json;
mod lines;
mod tree;
mod value;
mod yaml;

use std::borrow::Cow;

use linkctl_kinds::{KINDS, link as base};
use linkctl_schema::{FieldDef, Record, Value};

use crate::goal::{Goal, Match, PRESENCE, Scope, Want};
use crate::key::Key;
use crate::link::Link;
use crate::load::escape::escape;
use crate::load::node::{At, Node, What, Word};
use crate::load::value::value as read;
use crate::netns::Netns;
pub use lines::lines;
use tree::{Entry, Tree};

/// The goal as YAML: one way to say it, in blocks, settings in the order of the book.
///
/// No name and no text from the kernel breaks out of its quotes: what is not plain is quoted, and control
/// characters never stand in it (`\x1b` does, see [`crate::load`]).
pub fn yaml(goal: &Goal) -> String {
    yaml::write(&tree(goal))
}

/// The same as JSON, indented.
pub fn json(goal: &Goal) -> String {
    let mut out = String::new();
    json_to(goal, &mut |piece| out.push_str(piece));
    out
}

/// The same, handed over in pieces: of ten thousand links the whole is as large as all that is known of them.
pub fn json_to(goal: &Goal, sink: &mut dyn FnMut(&str)) {
    json::write(&head(goal), "links", links(goal), sink);
}

/// Whether a person's file can say a value of a field: what is written of it is read as that value. Kernels hold others,
/// too: numbers out of bounds or without a word.
pub fn sayable(f: &'static FieldDef, said: &Value<'_>) -> bool {
    fn node(tree: &Tree) -> Node<'_> {
        let what = match tree {
            Tree::Null => What::Null,
            Tree::Switch(on) => What::Scalar(if *on { "on" } else { "off" }.into()),
            Tree::Number(text) => What::Scalar(text.as_str().into()),
            Tree::Text(text) => What::Scalar(Cow::Borrowed(text)),
            Tree::List(items) => What::List(items.iter().map(node).collect()),
            Tree::Map(map) => {
                let word = |k| Word { at: At::default(), text: Cow::Borrowed(k) };
                What::Map(map.iter().map(|(k, v)| (word(&**k), node(v))).collect())
            }
        };
        Node { at: At::default(), what }
    }
    read(f, &node(&value::tree(f, said)), true).is_ok_and(|v| v == *said)
}

/// A value of a field as a file has it, in one line; as YAML, or else as JSON. `None` where that is a map.
pub(crate) fn form(f: &'static FieldDef, said: &Value<'_>, yaml: bool) -> Option<String> {
    match value::tree(f, said) {
        Tree::Map(_) => None,
        tree if yaml => Some(yaml::one(&tree)),
        tree => Some(json::one(&tree)),
    }
}

fn tree(goal: &Goal) -> Tree {
    let mut top = head(goal);
    top.push(("links".into(), Tree::Map(links(goal).collect())));
    Tree::Map(top)
}

/// What a goal says beside its links.
fn head(goal: &Goal) -> Map {
    let mut top = vec![("version".into(), Tree::Number("1".into()))];
    if goal.rebuild {
        top.push(("rebuild".into(), Tree::text("allow")));
    }
    if goal.disruption {
        top.push(("disruption".into(), Tree::text("allow")));
    }
    if goal.scope != Scope::Partial {
        top.push(("scope".into(), Tree::text(goal.scope.word())));
    }
    if !goal.ignore.is_empty() {
        let globs = goal.ignore.iter().map(|g| Tree::text(escape(&g.to_bytes())));
        top.push(("ignore".into(), Tree::List(globs.collect())));
    }
    if !goal.namespaces.is_empty() {
        let state = |stays: bool| Tree::text(PRESENCE[usize::from(!stays)]);
        let entry = |(netns, stays): (&Netns, &bool)| {
            let name = escape(netns.name()?.as_bytes()).into();
            Some((name, Tree::Map(vec![("state".into(), state(*stays))])))
        };
        top.push(("namespaces".into(), Tree::Map(goal.namespaces.iter().filter_map(entry).collect())));
    }
    top
}

/// The links of a goal, each made when it is asked for.
fn links(goal: &Goal) -> impl Iterator<Item = Entry> {
    let spared = goal.spared.iter().enumerate().map(move |(i, key)| {
        let (label, mut map) = named(goal.links.len() + i, key);
        map.push(("state".into(), Tree::text("ignore")));
        (label.into(), Tree::Map(map))
    });
    goal.links.iter().enumerate().map(move |(i, (key, want))| entry(goal, i, key, want)).chain(spared)
}

type Map = Vec<Entry>;

/// The label of a link in the file, and what says who it is.
fn named(i: usize, key: &Key) -> (String, Map) {
    let name = escape(key.name.as_bytes());
    let Some(netns) = key.netns.name() else { return (name, Map::new()) };
    let label =
        if netns.len() <= 64 { format!("{}/{name}", escape(netns.as_bytes())) } else { format!("/{i}") };
    (label, vec![("name".into(), Tree::text(name)), ("netns".into(), place(&key.netns))])
}

fn entry(goal: &Goal, i: usize, key: &Key, want: &Want) -> Entry {
    let (label, mut map) = named(i, key);
    match want {
        Want::Absent => map.push(("state".into(), Tree::text("absent"))),
        Want::Present(link) => identity(link, &mut map),
    }
    if let Some(found_by) = goal.matches.get(key) {
        map.push(("match".into(), finder(key, found_by)));
    }
    if let Want::Present(link) = want {
        present(goal, key, link, &mut map);
    }
    (label.into(), Tree::Map(map))
}

fn place(netns: &Netns) -> Tree {
    netns.name().map_or(Tree::Null, |n| Tree::text(escape(n.as_bytes())))
}

fn identity(link: &Link, map: &mut Map) {
    if !link.kind_word().is_empty() {
        map.push(("kind".into(), Tree::text(escape(link.kind_word()))));
    }
    if let Some(up) = link.up() {
        map.push(("state".into(), Tree::text(if up { "up" } else { "down" })));
    }
}

fn present(goal: &Goal, key: &Key, link: &Link, map: &mut Map) {
    if let Some(lower) = &link.lower {
        map.push(("link".into(), other(key, lower)));
    } else if let Some(name) = link.base.value(&base::LINK.0) {
        map.push(("link".into(), value::tree(&base::LINK.0, name)));
    }
    // These two have places of their own.
    let plain = |f: &FieldDef| f.name != base::UP.0.name && f.name != base::LINK.0.name;
    map.extend(settings(&link.base).filter(|(f, _)| plain(f)).map(setting));
    if let Some(port) = &link.port {
        map.push(("port".into(), ports(goal, key, link, port)));
    }
    beside(link, map);
    let Some(kind) = link.kind else { return };
    let peer = link.peer.as_ref().filter(|_| kind.pair.is_some());
    let mut block: Map = peer.map(|p| ("peer".into(), other(key, p))).into_iter().collect();
    block.extend(settings(&link.data).map(setting));
    if !block.is_empty() {
        map.push((kind.name.into(), Tree::Map(block)));
    }
}

/// The blocks `ethtool` and `vf`.
fn beside(link: &Link, map: &mut Map) {
    if let Some(record) = link.ethtool() {
        map.push(("ethtool".into(), self::map(record)));
    }
    if let Some(functions) = link.functions() {
        let count = functions.count.map(|n| ("count".into(), Tree::Number(n.to_string())));
        let each = functions.each.iter().map(|(n, r)| (n.to_string().into(), self::map(r)));
        map.push(("vf".into(), Tree::Map(count.into_iter().chain(each).collect())));
    }
}

fn settings(record: &Record) -> impl Iterator<Item = (&'static FieldDef, &Value<'static>)> {
    record.iter().filter(|(f, _)| f.is_state())
}

fn setting((f, value): (&'static FieldDef, &Value<'_>)) -> Entry {
    (f.name.into(), value::tree(f, value))
}

/// All that can be set.
fn map(record: &Record) -> Tree {
    Tree::Map(settings(record).map(setting).collect())
}

/// Another link: its name, and its namespace where that is another.
fn other(key: &Key, other: &Key) -> Tree {
    let name = Tree::text(escape(other.name.as_bytes()));
    if key.netns == other.netns {
        return name;
    }
    Tree::Map(vec![("name".into(), name), ("netns".into(), place(&other.netns))])
}

/// What a master says of the link; with the master's kind, unless the goal has it.
fn ports(goal: &Goal, key: &Key, link: &Link, port: &Record) -> Tree {
    let of = |kind: &linkctl_schema::Kind| kind.ports.is_some_and(|p| std::ptr::eq(p.fields, port.fields()));
    let master = link.has_master().and_then(|m| goal.links.get(&key.beside(m))?.link()?.kind);
    let map = self::map(port);
    match KINDS.iter().find(|k| of(k)) {
        Some(kind) if !master.is_some_and(of) => Tree::Map(vec![(kind.name.into(), map)]),
        _ => map,
    }
}

fn finder(key: &Key, found_by: &Match) -> Tree {
    let Match { perm_address, address, driver, path, altname, kind, index, at } = found_by;
    let mac = |m: &linkctl_schema::Mac| value::mac(m);
    let text = |t: &String| Tree::text(escape(t.as_bytes()));
    let all = [
        ("perm_address", perm_address.as_ref().map(mac)),
        ("address", address.as_ref().map(mac)),
        ("driver", driver.as_ref().map(text)),
        ("path", path.as_ref().map(text)),
        ("altname", altname.as_ref().map(text)),
        ("kind", kind.as_ref().map(text)),
        ("index", index.map(|n| Tree::Number(n.to_string()))),
        ("at", at.as_ref().map(|at| other(key, at))),
    ];
    Tree::Map(all.into_iter().filter_map(|(word, tree)| Some((word.into(), tree?))).collect())
}
