//! Words to build links with, what it means to meet a goal, and links in one line.
#![allow(dead_code)]

use linkctl_link::{Goal, Key, Link, Netns, Want, World};
use linkctl_plan::Act;
use linkctl_schema::diff::diff;
use linkctl_schema::{FieldDef, Kind, Name, Record, Value};

pub(crate) fn name(word: &str) -> Name {
    Name::new(word).expect("a good name")
}

pub(crate) fn here(word: &str) -> Key {
    Key::here(name(word))
}

pub(crate) fn there(netns: &str, word: &str) -> Key {
    Key::new(Netns::named(netns).expect("a good namespace"), name(word))
}

pub(crate) fn kind(word: &str) -> &'static Kind {
    linkctl_kinds::kind(word).expect("a kind of the book")
}

pub(crate) fn link(word: &str) -> Link {
    Link::new(Some(kind(word)))
}

/// Whether links of a kind carry Ethernet frames.
pub(crate) fn frames(word: &str) -> bool {
    linkctl_kinds::kind(word).is_none_or(|k| k.frames)
}

/// A field of the kind, by name.
pub(crate) fn set(record: &mut Record, field: &str, value: Value<'static>) {
    let f = record.fields().find(field).expect("a field of the table");
    record.put(f, value);
}

/// Whether a link is all that is said of it.
pub(crate) fn meets(have: &Link, said: &Link) -> bool {
    let says_kind = said.kind.is_some() || said.foreign.is_some();
    let base = diff(&have.base, &said.base).iter().all(|d| d.field == "link");
    let data =
        !std::ptr::eq(have.data.fields(), said.data.fields()) || diff(&have.data, &said.data).is_empty();
    let port = said.port.as_ref().is_none_or(|p| match &have.port {
        Some(port) => diff(port, p).is_empty(),
        None => diff(&Record::new(p.fields()), p).is_empty(),
    });
    // Off is not so where a new port of which nothing is told has it on.
    let untold = |f: &FieldDef| have.port.as_ref().is_none_or(|p| p.value(f).is_none());
    let on = |f: &FieldDef| f.born().is_some_and(|b| !b.is_nothing());
    let born = |p: &Record| p.iter().any(|(f, v)| v.is_nothing() && untold(f) && on(f));
    (!says_kind || have.kind_word() == said.kind_word())
        && !said.port.as_ref().is_some_and(born)
        && base
        && data
        && port
        && beside_met(have, said)
        && said.lower.as_ref().is_none_or(|l| have.lower.as_ref() == Some(l))
        && said.peer.as_ref().is_none_or(|p| have.peer.as_ref() == Some(p))
}

/// Whether what is beside the message is as said.
fn beside_met(have: &Link, said: &Link) -> bool {
    let settings = said.ethtool().is_none_or(|s| have.ethtool().is_some_and(|h| diff(h, s).is_empty()));
    let functions = said.functions().is_none_or(|s| {
        have.functions().is_some_and(|h| {
            s.count.is_none_or(|n| h.count == Some(n))
                && s.each
                    .iter()
                    .all(|(n, r)| h.each.get(n).map_or_else(|| r.is_empty(), |h| diff(h, r).is_empty()))
        })
    });
    settings && functions
}

/// What a macvlan or ipvlan on that link is read to stand on.
fn beside(world: &World, link: &Link, lower: &Key) -> Key {
    let family = |l: &Link| {
        let stem = |s: &&str| l.kind.is_some_and(|k| k.name.starts_with(s));
        ["macv", "ipv"].into_iter().find(stem)
    };
    match world.get(lower) {
        Some(l) if family(link).is_some() && family(link) == family(l) => {
            l.lower.clone().unwrap_or_else(|| lower.clone())
        }
        _ => lower.clone(),
    }
}

/// Whether the goal is met.
pub(crate) fn met(world: &World, goal: &Goal) -> Result<(), String> {
    for (key, want) in &goal.links {
        match (world.get(key), want) {
            (None, Want::Absent) => {}
            (Some(have), Want::Present(said)) => {
                let mut said = (**said).clone();
                said.lower = said.lower.map(|l| beside(world, have, &l));
                if !meets(have, &said) {
                    return Err(format!("{key}: have {}, want {}", shown(have), shown(&said)));
                }
            }
            (have, want) => {
                return Err(format!("{key}: have {:?}, want {:?}", have.map(shown), want.link().map(shown)));
            }
        }
    }
    Ok(())
}

/// A record in one line.
pub(crate) fn said(record: &Record) -> String {
    record.iter().map(|(f, v)| format!("{}={v:?} ", f.name)).collect()
}

/// A link in one line.
pub(crate) fn shown(link: &Link) -> String {
    let port = link.port.as_ref().map(said);
    let word = String::from_utf8_lossy(link.kind_word()).into_owned();
    format!(
        "{word} lower={:?} peer={:?} [{}] [{}] port={port:?}{}",
        link.lower,
        link.peer,
        said(&link.base),
        said(&link.data),
        link.nic.as_ref().map_or(String::new(), |n| format!(" beside={n:?}"))
    )
}

/// A world, a line for each link.
pub(crate) fn all(world: &World) -> String {
    world.iter().map(|(k, l)| format!("\n  {k}: {}", shown(l))).collect()
}

/// A goal, a line for each link.
pub(crate) fn wanted(goal: &Goal) -> String {
    goal.links.iter().map(|(k, w)| format!("\n  {k}: {}", w.link().map_or("absent".into(), shown))).collect()
}

/// An act in one line.
pub(crate) fn act(act: &Act) -> String {
    match act {
        Act::Create { key, link, peer } => {
            format!(
                "create {key} {} + {:?}",
                shown(link),
                peer.as_ref().map(|(k, l)| format!("{k} {}", shown(l)))
            )
        }
        Act::Base(key, record) | Act::Data(key, record) | Act::Port(key, record) => {
            format!("{} {key} {}", act.word(), said(record))
        }
        Act::Ethtool(key, record) => format!("ethtool {key} {}", said(record)),
        Act::Functions(key, count) => format!("vfs {key} {count}"),
        Act::Function(key, number, record) => format!("vf {key} {number} {}", said(record)),
        Act::Altnames { key, add, remove } => format!("altnames {key} +{add:?} -{remove:?}"),
        Act::Master(key, master) => format!("master {key} {master:?}"),
        Act::Rename(key, name) => format!("rename {key} {name}"),
        Act::NewNetns(key) => format!("netns add {key}"),
        Act::DropNetns(key) => format!("netns del {key}"),
        Act::Move(key, to) => format!("move {key} {to}"),
        Act::Delete(key) | Act::Up(key) | Act::Down(key) => format!("{} {key}", act.word()),
    }
}
