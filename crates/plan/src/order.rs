//! Sorting links so that each comes after what it needs.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_link::{Key, Link};

/// Sorts by needs; those that `needs` names and that are not among the links do not count. Links that nothing
/// parts are in the order of their keys. The error is one loop: each needs the next, the last the first.
///
/// Costs n log n in links and needs together.
pub(crate) fn sort<'l>(
    links: impl Iterator<Item = (&'l Key, &'l Link)>,
    needs: impl Fn(&Key, &Link) -> Vec<Key>,
) -> Result<Vec<Key>, Vec<Key>> {
    let needs: BTreeMap<&Key, Vec<Key>> = links.map(|(k, l)| (k, needs(k, l))).collect();
    let mut waits: BTreeMap<&Key, usize> = BTreeMap::new();
    let mut above: BTreeMap<&Key, Vec<&Key>> = BTreeMap::new();
    for (key, needs) in &needs {
        waits.insert(key, 0);
        for need in needs {
            above.entry(need).or_default().push(key);
        }
    }
    for (need, keys) in &above {
        if waits.contains_key(need) {
            for key in keys {
                if let Some(n) = waits.get_mut(key) {
                    *n += 1;
                }
            }
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
    if waits.is_empty() { Ok(order) } else { Err(ring(&waits, &needs)) }
}

/// Every link that still waits needs another that does: following them comes round.
fn ring(waits: &BTreeMap<&Key, usize>, needs: &BTreeMap<&Key, Vec<Key>>) -> Vec<Key> {
    let mut path: Vec<&Key> = Vec::new();
    let mut at: BTreeMap<&Key, usize> = BTreeMap::new();
    let mut next = waits.keys().next().copied();
    while let Some(key) = next {
        if let Some(start) = at.get(key) {
            return path[*start..].iter().map(|k| (*k).clone()).collect();
        }
        at.insert(key, path.len());
        path.push(key);
        next = needs.get(key).into_iter().flatten().find_map(|n| waits.get_key_value(n).map(|(k, _)| *k));
    }
    path.into_iter().cloned().collect()
}
