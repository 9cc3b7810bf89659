//! Whether a file's links fit together, as far as that can be told without a kernel.

mod blocks;
mod ends;
mod loops;
mod places;

use linkctl_kinds::{KINDS, link as base};
use linkctl_schema::rules::{self, Broken};
use linkctl_schema::{Below, Kind};

use super::error::{Fault, Faults};
use super::node::At;
use super::read::{Entry, Fate};
use crate::key::Key;
use places::Places;

/// Joins what is said twice of one link, and tells what does not fit.
///
/// Unless `strict`, only the first: what is read back from a journal need not make sense.
pub(super) fn settle(entries: &mut Vec<Entry>, strict: bool, faults: &mut Faults) {
    let mut places = Places::new(entries);
    if places.are_shared(entries) {
        ends::join(entries, faults);
        places = Places::new(entries);
    }
    if !strict {
        return;
    }
    ends::pair(entries, &places, faults);
    for entry in entries.iter().filter(|e| e.fate == Fate::Present) {
        own(entry, faults);
        others(entry, |key| places.get(entries, key).map(|i| &entries[i]), faults);
    }
    loops::find(entries, &places, faults);
}

/// A fault about a setting of a link.
fn fault(entry: &Entry, at: At, word: &str, what: impl Into<String>) -> Fault {
    let mut fault = Fault::file(at, what);
    let kind = entry.link.kind.filter(|k| word == "peer" && k.pair.is_some() || k.has(word));
    fault.path = match (word, kind) {
        ("", _) => entry.path(),
        (_, Some(kind)) if base::FIELDS.find(word).is_none() => {
            format!("{}.{}.{word}", entry.path(), kind.name)
        }
        _ => format!("{}.{word}", entry.path()),
    };
    fault
}

/// What can be told of a link alone: the rules of its kind, and of its master's for ports.
fn own(entry: &Entry, faults: &mut Faults) {
    let link = &entry.link;
    if entry.broken {
        return;
    }
    if let Some(kind) = link.kind {
        if kind.below == Below::Link && link.lower.is_none() {
            let what = format!("a {} stands on another link", kind.name);
            faults.push(fault(entry, entry.at, "", what).hint("add link: NAME".to_owned()));
        }
        if let Err(broken) = rules::check(kind, &link.data) {
            let at = named(&broken).map_or(entry.place(kind.name), |name| entry.place_or(name, kind.name));
            faults.push(fault(entry, at, kind.name, broken.to_string()));
        }
    }
    if let Some(record) = &link.port
        && let Some(ports) = ports_of(record.fields())
        && let Err(broken) = rules::check(ports, record)
    {
        faults.push(fault(entry, entry.place("port"), "port", broken.to_string()));
    }
}

fn named(broken: &Broken) -> Option<&'static str> {
    match broken {
        Broken::Needs(a, _) | Broken::Excludes(a, _) | Broken::When(a, _, _) => Some(a),
        Broken::OneOf(_) => None,
    }
}

fn ports_of(fields: &linkctl_schema::Fields) -> Option<&'static Kind> {
    KINDS.iter().filter_map(|k| k.ports).find(|p| std::ptr::eq(p.fields, fields))
}

/// What a link says of others that the file has: they have to be, and its master has to be one.
fn others<'e>(entry: &Entry, find: impl Fn(&Key) -> Option<&'e Entry>, faults: &mut Faults) {
    let link = &entry.link;
    let master = link.has_master().map(|m| (entry.key.beside(m), base::MASTER.0.name));
    let named = link.data.iter().filter_map(|(f, v)| match v {
        linkctl_schema::Value::Link(name) if !name.is_none() => Some((entry.key.beside(*name), f.name)),
        _ => None,
    });
    let all = master.into_iter().chain(link.lower.clone().map(|l| (l, "link"))).chain(named);
    for (key, word) in all.collect::<Vec<_>>() {
        let at = entry.place(word);
        if key == entry.key {
            let what = if word == "master" {
                "a link cannot be its own master"
            } else {
                "a link cannot stand on itself"
            };
            faults.push(fault(entry, at, word, what));
            continue;
        }
        let Some(other) = find(&key) else { continue };
        if other.fate == Fate::Absent {
            let what = format!("{key} is to be absent");
            faults.push(fault(entry, at, word, what).also(Some(other.place("state"))));
        } else if let Some(kind) = other.link.kind.filter(|k| word == "master" && !k.master) {
            let what = format!("{key} is of kind {}, which has no ports", kind.name);
            faults.push(fault(entry, at, word, what).also(Some(other.place("kind"))));
        }
    }
}

impl Entry {
    /// Where something is said of it, or else something else.
    fn place_or(&self, what: &str, otherwise: &str) -> At {
        self.said.iter().find(|(name, _)| *name == what).map_or(self.place(otherwise), |(_, at)| *at)
    }
}
