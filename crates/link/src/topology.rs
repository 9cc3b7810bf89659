//! Who stands on whom.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

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
    let mut links: Vec<(&Key, &Link)> = links.collect();
    links.sort_by_key(|(key, _)| *key);
    let place = |key: &Key| links.binary_search_by_key(&key, |(k, _)| *k).ok();
    // Which link needs which, by their places; how many needs of each are not met; and who stands on each.
    let mut waits = vec![0; links.len()];
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (at, (key, link)) in links.iter().enumerate() {
        let before = pairs.len();
        pairs.extend(needs(key, link).iter().filter_map(|need| Some((place(need)?, at))));
        waits[at] = pairs.len() - before;
    }
    pairs.sort_unstable();
    let above = |at: usize| {
        let from = pairs.partition_point(|(need, _)| *need < at);
        pairs[from..].iter().take_while(move |(need, _)| *need == at).map(|(_, up)| *up)
    };
    let mut ready: BinaryHeap<Reverse<usize>> =
        (0..links.len()).filter(|at| waits[*at] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(links.len());
    while let Some(Reverse(at)) = ready.pop() {
        order.push(links[at].0.clone());
        for up in above(at) {
            waits[up] -= 1;
            if waits[up] == 0 {
                ready.push(Reverse(up));
            }
        }
    }
    if order.len() == links.len() {
        return Ok(order);
    }
    let mut stuck: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    for (need, at) in pairs.into_iter().filter(|(need, at)| waits[*need] > 0 && waits[*at] > 0) {
        stuck.entry(links[at].0.clone()).or_default().push(links[need].0.clone());
    }
    Err(stuck)
}
