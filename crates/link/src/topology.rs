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

/// Sorts by needs; those that `needs` names and that are not among the links do not count. Links that nothing
/// parts are in the order of their keys. The error is what cannot be sorted: each link that is in a loop or waits
/// for one, with those of its needs for which the same is true, never none.
///
/// Costs n log n in links and needs together.
pub fn sort<'l>(
    links: impl Iterator<Item = (&'l Key, &'l Link)>,
    needs: impl Fn(&Key, &Link) -> Vec<Key>,
) -> Result<Vec<Key>, BTreeMap<Key, Vec<Key>>> {
    let needs: BTreeMap<&Key, Vec<Key>> = links.map(|(k, l)| (k, needs(k, l))).collect();
    let mut waits: BTreeMap<&Key, usize> = needs.keys().map(|key| (*key, 0)).collect();
    let mut above: BTreeMap<&Key, Vec<&Key>> = BTreeMap::new();
    for (key, needs) in &needs {
        for need in needs {
            above.entry(need).or_default().push(key);
        }
    }
    for key in above.iter().filter(|(need, _)| needs.contains_key(*need)).flat_map(|(_, keys)| keys) {
        if let Some(n) = waits.get_mut(key) {
            *n += 1;
        }
    }
    let mut ready: BTreeSet<&Key> = waits.iter().filter(|(_, n)| **n == 0).map(|(k, _)| *k).collect();
    let mut order = Vec::with_capacity(waits.len());
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
    if waits.is_empty() {
        return Ok(order);
    }
    let stuck = needs.iter().filter(|(key, _)| waits.contains_key(*key));
    Err(stuck
        .map(|(key, needs)| {
            ((*key).clone(), needs.iter().filter(|need| waits.contains_key(need)).cloned().collect())
        })
        .collect())
}
