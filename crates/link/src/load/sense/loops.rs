//! Links that stand on each other in a circle.

use std::collections::BTreeSet;

use linkctl_schema::Value;

use super::fault;
use super::places::Places;
use crate::key::Key;
use crate::load::error::Faults;
use crate::load::node::At;
use crate::load::read::{Entry, Fate};
use crate::topology::{below, sort};

/// Tells each circle once, at the link of it that comes first by name.
pub(super) fn find(entries: &[Entry], places: &Places, faults: &mut Faults) {
    if !any(entries, places) {
        return;
    }
    let present = entries.iter().filter(|e| e.fate == Fate::Present);
    let Err(stuck) = sort(present.map(|e| (&e.key, &*e.link)), below) else { return };
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
            && let Some(entry) = places.get(entries, first).map(|i| &entries[i])
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

/// Whether there is a circle: what [`sort`] tells, by numbers and without saying which links it is.
fn any(entries: &[Entry], places: &Places) -> bool {
    let present = |at: &usize| entries[*at].fate == Fate::Present;
    // Who is stood on, and by whom.
    let mut stands: Vec<(usize, usize)> = Vec::new();
    for at in (0..entries.len()).filter(present) {
        let lower = below(&entries[at].key, &entries[at].link);
        let known = lower.iter().filter_map(|key| places.get(entries, key)).filter(present);
        stands.extend(known.map(|under| (under, at)));
    }
    if stands.is_empty() {
        return false;
    }
    stands.sort_unstable();
    let mut waits = vec![0_usize; entries.len()];
    stands.iter().for_each(|(_, at)| waits[*at] += 1);
    let mut ready: Vec<usize> = (0..entries.len()).filter(|at| waits[*at] == 0).collect();
    let mut left = entries.len();
    while let Some(under) = ready.pop() {
        left -= 1;
        let from = stands.partition_point(|(u, _)| *u < under);
        for (_, at) in stands[from..].iter().take_while(|(u, _)| *u == under) {
            waits[*at] -= 1;
            if waits[*at] == 0 {
                ready.push(*at);
            }
        }
    }
    left > 0
}

/// Which setting of a link names another.
fn said(entry: &Entry, other: &Key) -> (&'static str, At) {
    let all = entry.link.base.iter().chain(entry.link.data.iter());
    let found = all.filter(|(_, v)| **v == Value::Link(other.name)).map(|(f, _)| f.name);
    let word = found.into_iter().next().unwrap_or("link");
    (word, entry.place(word))
}
