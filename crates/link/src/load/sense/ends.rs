//! The two ends of pairs, and links that are said twice.

use std::collections::BTreeMap;

use linkctl_schema::{Kind, Record};

use super::fault;
use crate::key::Key;
use crate::link::Link;
use crate::load::error::Faults;
use crate::load::read::{Entry, Fate};
use crate::load::value;

/// Joins what a pair says of its other end with what that end says of itself. Two links of one name are a fault.
pub(super) fn join(entries: &mut Vec<Entry>, faults: &mut Faults) {
    let mut out: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    for entry in entries.drain(..) {
        let Some(first) = places.get(&entry.key).map(|i| &mut out[*i]) else {
            places.insert(entry.key.clone(), out.len());
            out.push(entry);
            continue;
        };
        if entry.within || first.within {
            merge(first, entry, faults);
        } else {
            let what = format!("the link {} is here twice", entry.key);
            faults.push(fault(&entry, entry.at, "", what).also(Some(first.at)));
        }
    }
    *entries = out;
}

/// Says of `first` all that `second` says; what they say differently is told at both places.
fn merge(first: &mut Entry, second: Entry, faults: &mut Faults) {
    if Fate::Absent == first.fate || Fate::Absent == second.fate {
        let what = "one end of a pair says how it is to be, and it is to be absent";
        faults.push(fault(&second, second.at, "", what).also(Some(first.place("state"))));
        return;
    }
    let (within, own) = if second.within { (&second, &*first) } else { (&*first, &second) };
    if let (Some(pair), Some(kind)) = (within.link.kind, own.link.kind)
        && !std::ptr::eq(pair, kind)
    {
        let what = format!("it is the other end of a {}, not a {}", pair.name, kind.name);
        faults.push(fault(own, own.place("kind"), "kind", what).also(Some(within.at)));
        return;
    }
    let words = second.link.base.iter().filter(|(f, v)| first.link.base.value(f).is_some_and(|w| w != *v));
    for (f, _) in words {
        let word = if f.name == "up" { "state" } else { f.name };
        let what = "the two ends of a pair say this differently";
        let fault = fault(&second, second.place(word), word, what);
        faults.push(fault.also(Some(first.place(word))).doc(value::doc(f)));
    }
    first.adopt_kind(second.link.kind);
    let peer = second.link.peer.clone();
    if first.link.peer.is_some() && peer.is_some() && first.link.peer != peer {
        let what = "it has another other end";
        faults.push(fault(&second, second.place("peer"), "peer", what).also(Some(first.place("peer"))));
    }
    first.link.peer = first.link.peer.take().or(peer);
    first.link.base.merge(&second.link.base);
    first.link.data.merge(&second.link.data);
    first.link.lower = first.link.lower.take().or(second.link.lower);
    merge_port(&mut first.link.port, second.link.port);
    first.found_by = first.found_by.take().or(second.found_by);
    first.broken |= second.broken;
    if first.within {
        (first.at, first.path, first.within) = (second.at, second.path, second.within);
    }
    first.said.extend(second.said);
}

fn merge_port(into: &mut Option<Record>, from: Option<Record>) {
    match (into.as_mut(), from) {
        (Some(into), Some(from)) if std::ptr::eq(into.fields(), from.fields()) => into.merge(&from),
        (None, from) => *into = from,
        _ => {}
    }
}

impl Entry {
    /// Makes a link that said no kind one of `kind`.
    fn adopt_kind(&mut self, kind: Option<&'static Kind>) {
        if self.link.kind.is_none() && kind.is_some() {
            let Link { base, port, lower, peer, .. } = std::mem::replace(&mut self.link, Link::new(kind));
            self.link = Link { base, port, lower, peer, ..Link::new(kind) };
        }
    }
}

/// Tells each end who the other is; what contradicts is a fault.
pub(super) fn pair(entries: &mut [Entry], places: &BTreeMap<Key, usize>, faults: &mut Faults) {
    let mut ends: BTreeMap<Key, usize> = BTreeMap::new();
    for i in 0..entries.len() {
        let one = &entries[i];
        let (Some(peer), Fate::Present) = (one.link.peer.clone(), one.fate) else { continue };
        let at = one.place("peer");
        if peer == one.key {
            faults.push(fault(one, at, "peer", "a link cannot be its own other end"));
            continue;
        }
        if let Some(first) = ends.insert(peer.clone(), i) {
            let first = &entries[first];
            let what = format!("{peer} is the other end of {} already", first.key);
            faults.push(fault(one, at, "peer", what).also(Some(first.place("peer"))));
            continue;
        }
        let Some(other) = places.get(&peer).copied() else { continue };
        if let Some(fault) = mismatch(one, &entries[other]) {
            faults.push(fault);
            continue;
        }
        let (key, kind) = (one.key.clone(), one.link.kind);
        let other = &mut entries[other];
        other.adopt_kind(kind);
        other.link.peer = Some(key);
    }
}

/// Why two links cannot be the ends of one pair.
fn mismatch(one: &Entry, other: &Entry) -> Option<crate::load::error::Fault> {
    let at = one.place("peer");
    if other.fate == Fate::Absent {
        let what = format!("{} is to be absent", other.key);
        return Some(fault(one, at, "peer", what).also(Some(other.place("state"))));
    }
    if let (Some(kind), Some(pair)) = (other.link.kind, one.link.kind)
        && !std::ptr::eq(kind, pair)
    {
        let what = format!("{} is of kind {}, not {}", other.key, kind.name, pair.name);
        return Some(fault(one, at, "peer", what).also(Some(other.place("kind"))));
    }
    let back = other.link.peer.as_ref().filter(|p| **p != one.key)?;
    let what = format!("the other end of {} is {back}", other.key);
    Some(fault(one, at, "peer", what).also(Some(other.place("peer"))))
}
