//! The two ends of pairs, and links that are said twice.

use std::collections::BTreeMap;

use linkctl_schema::{FieldDef, Kind, Record, Value};

use super::places::Places;
use super::{blocks, fault};
use crate::key::Key;
use crate::link::Link;
use crate::load::error::Faults;
use crate::load::read::{Entry, Fate};
use crate::load::value;

/// Joins what a pair says of its other end with what that end says of itself, and what several files say of one link.
/// Two links of one name in one file are a fault.
pub(super) fn join(entries: &mut Vec<Entry>, faults: &mut Faults) {
    let mut out: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    for entry in entries.drain(..) {
        let Some(first) = places.get(&entry.key).map(|i| &mut out[*i]) else {
            places.insert(entry.key.clone(), out.len());
            out.push(entry);
            continue;
        };
        if entry.within || first.within || entry.at.file != first.at.file {
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
    let ends = first.within || second.within;
    if first.fate != second.fate {
        match (ends, first.fate, second.fate) {
            // What is ignored is, whatever its other end says of it.
            (true, Fate::Ignored, _) => return,
            (true, _, Fate::Ignored) => return *first = second,
            (true, ..) => {
                let what = "one end of a pair says how it is to be, and it is to be absent";
                faults.push(fault(&second, second.at, "", what).also(Some(first.place("state"))));
            }
            (false, ..) => tell(first, &second, "state", FILES, faults),
        }
        return;
    }
    if let (Some(one), Some(other)) = (first.link.kind, second.link.kind)
        && !std::ptr::eq(one, other)
    {
        return kinds(first, &second, faults);
    }
    let what = if ends { "the two ends of a pair say this differently" } else { FILES };
    differences(first, &second, what, faults);
    blocks::differences(first, &second, what, faults);
    if let Some(nic) = second.link.nic.as_deref() {
        first.link.nic_mut().merge(nic);
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
    first.parts.extend(second.parts);
}

/// What is said of two files that disagree.
const FILES: &str = "two files say this differently";

/// Tells that two say a setting differently, at both places.
fn tell(first: &Entry, second: &Entry, word: &str, what: &str, faults: &mut Faults) {
    faults.push(fault(second, second.place(word), word, what).also(Some(first.place(word))));
}

fn kinds(first: &Entry, second: &Entry, faults: &mut Faults) {
    if !first.within && !second.within {
        return tell(first, second, "kind", FILES, faults);
    }
    let (within, own) = if second.within { (second, first) } else { (first, second) };
    if let (Some(pair), Some(kind)) = (within.link.kind, own.link.kind) {
        let what = format!("it is the other end of a {}, not a {}", pair.name, kind.name);
        faults.push(fault(own, own.place("kind"), "kind", what).also(Some(within.at)));
    }
}

/// Every setting that two say of one link, and not alike.
fn differences(first: &Entry, second: &Entry, what: &str, faults: &mut Faults) {
    let before = faults.found();
    let (one, other) = (&first.link, &second.link);
    let ports = one.port.as_ref().zip(other.port.as_ref());
    let records =
        [("", Some((&one.base, &other.base))), ("", Some((&one.data, &other.data))), ("port.", ports)];
    for (block, records) in records {
        let alike = records.filter(|(a, b)| std::ptr::eq(a.fields(), b.fields()));
        let Some((one, other)) = alike else { continue };
        let differ = |f: &FieldDef, v: &Value<'_>| one.value(f).is_some_and(|w| w != v) && !blocks::is(f);
        for (f, _) in other.iter().filter(|(f, v)| differ(f, v)) {
            let word = if f.name == "up" { "state" } else { f.name };
            let mut fault = fault(second, second.place(word), word, what).doc(value::doc(f));
            if !block.is_empty() {
                fault.path = format!("{}.{block}{word}", second.path());
            }
            faults.push(fault.also(Some(first.place(word))));
        }
    }
    let differ = |a: bool, b: bool, same: bool| a && b && !same;
    if faults.found() == before
        && differ(one.lower.is_some(), other.lower.is_some(), one.lower == other.lower)
    {
        tell(first, second, "link", what, faults);
    }
    if ports.is_some_and(|(a, b)| !std::ptr::eq(a.fields(), b.fields())) {
        tell(first, second, "port", what, faults);
    }
    let (found, by) = (&first.found_by, &second.found_by);
    if differ(found.is_some(), by.is_some(), found == by) {
        tell(first, second, "match", what, faults);
    }
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
            let Link { base, port, lower, peer, nic, .. } =
                std::mem::replace(&mut *self.link, Link::new(kind));
            *self.link = Link { base, port, lower, peer, nic, ..Link::new(kind) };
        }
    }
}

/// Tells each end who the other is; what contradicts is a fault.
pub(super) fn pair(entries: &mut [Entry], places: &Places, faults: &mut Faults) {
    let other = |e: &Entry| e.link.peer.as_ref().and_then(|peer| places.get(entries, peer));
    // Where the other end of each is, and whose other end each is, where both are among them.
    let mut others: Vec<Option<usize>> = entries.iter().map(other).collect();
    let mut ends: Vec<Option<usize>> = vec![None; entries.len()];
    let shared = shared(entries, &others);
    for i in 0..entries.len() {
        let one = &entries[i];
        let (Some(peer), Fate::Present) = (one.link.peer.as_ref(), one.fate) else { continue };
        if *peer == one.key {
            faults.push(fault(one, one.place("peer"), "peer", "a link cannot be its own other end"));
            continue;
        }
        let first = match others[i] {
            Some(other) => ends[other].replace(i),
            None => shared.get(&i).copied(),
        };
        if let Some(first) = first {
            let first = &entries[first];
            let what = format!("{peer} is the other end of {} already", first.key);
            faults.push(fault(one, one.place("peer"), "peer", what).also(Some(first.place("peer"))));
            continue;
        }
        let Some(other) = others[i] else { continue };
        if let Some(fault) = mismatch(one, &entries[other]) {
            faults.push(fault);
            continue;
        }
        let (key, kind) = (one.key.clone(), one.link.kind);
        others[other] = Some(i);
        let other = &mut entries[other];
        other.adopt_kind(kind);
        other.link.peer = Some(key);
    }
}

/// Links that name an other end that is not among them, which another one names too: each with the last before it.
fn shared(entries: &[Entry], others: &[Option<usize>]) -> BTreeMap<usize, usize> {
    let peer = |i: usize| &entries[i].link.peer;
    let stranger =
        |i: &usize| others[*i].is_none() && peer(*i).is_some() && entries[*i].fate == Fate::Present;
    let mut all: Vec<usize> = (0..entries.len()).filter(stranger).collect();
    all.sort_by(|a, b| peer(*a).cmp(peer(*b)));
    let twos = all.windows(2).filter(|two| peer(two[0]) == peer(two[1]));
    twos.map(|two| (two[1], two[0])).collect()
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
