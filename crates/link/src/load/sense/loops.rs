//! Links that stand on each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_schema::Value;

use super::fault;
use crate::key::Key;
use crate::load::error::Faults;
use crate::load::node::At;
use crate::load::read::{Entry, Fate};
use crate::topology::{below, sort};

/// Tells each circle once, at the link of it that comes first by name.
pub(super) fn find(entries: &[Entry], places: &BTreeMap<Key, usize>, faults: &mut Faults) {
    let present = entries.iter().filter(|e| e.fate == Fate::Present);
    let Err(stuck) = sort(present.map(|e| (&e.key, &e.link)), below) else { return };
    // Each key once: what was walked, and leads nowhere new.
    let mut walked = BTreeSet::new();
    for start in stuck.keys() {
        let mut way: Vec<Key> = Vec::new();
        let mut next = Some(start.clone());
        while let Some(key) = next.take_if(|k| walked.insert(k.clone())) {
            next = stuck.get(&key).and_then(|needs| needs.first()).cloned();
            way.push(key);
        }
        let Some(turn) = next.and_then(|k| way.iter().position(|w| *w == k)) else { continue };
        // A link that stands on itself is told elsewhere.
        if let circle @ [first, second, ..] = &way[turn..]
            && let Some(entry) = places.get(first).map(|i| &entries[*i])
        {
            let (word, at) = said(entry, second);
            let names: Vec<_> = circle.iter().chain([first]).map(ToString::to_string).collect();
            faults.push(fault(
                entry,
                at,
                word,
                format!("these links stand on each other: {}", names.join(" → ")),
            ));
        }
    }
}

/// Which setting of a link names another.
fn said(entry: &Entry, other: &Key) -> (&'static str, At) {
    let all = entry.link.base.iter().chain(entry.link.data.iter());
    let found = all.filter(|(_, v)| **v == Value::Link(other.name)).map(|(f, _)| f.name);
    let word = found.into_iter().next().unwrap_or("link");
    (word, entry.place(word))
}
