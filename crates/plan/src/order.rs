//! Sorting links so that each comes after what it needs.

use std::collections::BTreeMap;

use linkctl_link::topology;
use linkctl_link::{Key, Link};

/// [`topology::sort`]; the error is one loop: each needs the next, the last the first.
pub(crate) fn sort<'l>(
    links: impl Iterator<Item = (&'l Key, &'l Link)>,
    needs: impl Fn(&Key, &Link) -> Vec<Key>,
) -> Result<Vec<Key>, Vec<Key>> {
    topology::sort(links, needs).map_err(|stuck| ring(&stuck))
}

/// Every link that still waits needs another that does: following them comes round.
fn ring(stuck: &BTreeMap<Key, Vec<Key>>) -> Vec<Key> {
    let mut path: Vec<&Key> = Vec::new();
    let mut at: BTreeMap<&Key, usize> = BTreeMap::new();
    let mut next = stuck.keys().next();
    while let Some(key) = next {
        if let Some(start) = at.get(key) {
            return path[*start..].iter().map(|k| (*k).clone()).collect();
        }
        at.insert(key, path.len());
        path.push(key);
        next = stuck.get(key).and_then(|needs| needs.first());
    }
    path.into_iter().cloned().collect()
}
