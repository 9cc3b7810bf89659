//! Who stands on whom.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_schema::{Below, Value};

use crate::key::Key;
use crate::link::Link;

/// Links by namespace and name, decoded: what a planner works on.
pub type World = BTreeMap<Key, Link>;

/// The links that `key` stands on or names, so that they must be there before it: lower link, master, and what
/// its kind's attributes name. The other end of a pair is not among them: the two come together.
pub fn below(key: &Key, link: &Link) -> Vec<Key> {
    let master = link.has_master().map(|m| key.beside(m));
    let mut out: Vec<Key> =
        link.named().map(|n| key.beside(n)).chain(link.lower.clone()).chain(master).collect();
    out.sort();
    out.dedup();
    out
}

/// The link whose end is this one's end: the lower link, or what the kind stands on by a field of its own, such as
/// the link that a vxlan sends through (`vxlan_handle_lowerdev_unregister` of `drivers/net/vxlan/vxlan_core.c`).
pub fn stands_on(key: &Key, link: &Link) -> Option<Key> {
    if link.lower.is_some() {
        return link.lower.clone();
    }
    let Below::Field(name) = link.kind?.below else { return None };
    match link.data.value(link.data.fields().find(name)?)? {
        Value::Link(name) if !name.is_none() => Some(key.beside(*name)),
        _ => None,
    }
}

/// The links that vanish with `key` when it is deleted: its other end, those that stand on it, and theirs.
/// A master's ports stay.
pub fn falls_with(key: &Key, world: &World) -> BTreeSet<Key> {
    let mut out = BTreeSet::new();
    let mut todo = vec![key.clone()];
    while let Some(next) = todo.pop() {
        if !out.insert(next.clone()) {
            continue;
        }
        if let Some(link) = world.get(&next) {
            todo.extend(link.peer.clone());
        }
        todo.extend(
            world.iter().filter(|(k, l)| stands_on(k, l).as_ref() == Some(&next)).map(|(k, _)| k.clone()),
        );
    }
    out.remove(key);
    out
}

/// Orders links bottom-up over [`below`]; links of a loop come last, in the order of their keys.
pub fn bottom_up<'l>(links: impl Iterator<Item = (&'l Key, &'l Link)>) -> (Vec<Key>, Vec<Key>) {
    let links: BTreeMap<&Key, Vec<Key>> = links.map(|(k, l)| (k, below(k, l))).collect();
    let mut waits: BTreeMap<&Key, usize> = BTreeMap::new();
    let mut above: BTreeMap<&Key, Vec<&Key>> = BTreeMap::new();
    for (key, needs) in &links {
        let needs: Vec<&Key> = needs.iter().filter(|n| links.contains_key(n)).collect();
        waits.insert(key, needs.len());
        for need in needs {
            above.entry(need).or_default().push(key);
        }
    }
    let mut ready: BTreeSet<&Key> = waits.iter().filter(|(_, n)| **n == 0).map(|(k, _)| *k).collect();
    let mut order = Vec::with_capacity(links.len());
    while let Some(key) = ready.pop_first() {
        waits.remove(key);
        order.push(key.clone());
        for up in above.get(key).into_iter().flatten() {
            if let Some(n) = waits.get_mut(up) {
                *n -= 1;
                if *n == 0 {
                    ready.insert(up);
                }
            }
        }
    }
    (order, waits.into_keys().cloned().collect())
}
