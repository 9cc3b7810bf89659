//! Whose packets stop with whose: upwards from a link that carries others, and across to the other end of a pair.

use std::collections::BTreeMap;

use linkctl_link::topology::stands_on;
use linkctl_link::{Key, Link, World};

use super::trace::Trace;
use crate::delta::partner;
use crate::habit;

/// Who stands on whom, before anything is changed.
struct Around<'w> {
    world: &'w World,
    above: BTreeMap<Key, Vec<&'w Key>>,
    /// How many ports of a master are up and not stopped.
    ports: BTreeMap<Key, usize>,
}

/// How the packets of a link stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// All of them.
    Whole,
    /// Those that come and go by one of several ports.
    Part,
    /// All of them, for the other end is not there or not up.
    Carrier,
}

/// The links whose packets stop, each with how and because of which link.
pub(super) fn stops(before: &World, trace: &Trace, renames_down: bool) -> BTreeMap<Key, (Stop, Key)> {
    let mut around = Around::new(before);
    let up = |k: &Key| before.get(k).and_then(Link::up) == Some(true);
    let mut out: BTreeMap<Key, (Stop, Key)> = BTreeMap::new();
    let mut todo: Vec<(Key, Stop, Key)> = Vec::new();
    for (key, fate) in trace.fates.iter().filter(|(k, _)| up(k)) {
        let renamed = fate.renamed.is_some() && renames_down;
        if fate.fell.is_some()
            || fate.down.is_some()
            || fate.moved.is_some()
            || fate.joined.is_some()
            || renamed
        {
            let by = fate.fell.as_ref().or(fate.down.as_ref()).unwrap_or(key);
            todo.push((key.clone(), Stop::Whole, by.clone()));
        } else if fate.released.is_some() {
            around.leave(key, key, &mut todo);
        }
    }
    while let Some((key, how, by)) = todo.pop() {
        if out.get(&key).is_some_and(|(known, _)| *known != Stop::Part || how == Stop::Part) {
            continue;
        }
        out.insert(key.clone(), (how, by.clone()));
        if how != Stop::Part {
            around.next(&key, &by, &mut todo);
            let across = partner(&key, before).filter(|p| how == Stop::Whole && up(p));
            todo.extend(across.map(|p| (p, Stop::Carrier, by.clone())));
        }
    }
    out
}

impl<'w> Around<'w> {
    fn new(world: &'w World) -> Self {
        let mut out = Self { world, above: BTreeMap::new(), ports: BTreeMap::new() };
        for (key, link) in world.iter().filter(|(_, l)| l.up() == Some(true)) {
            if let Some(lower) = stands_on(key, link) {
                out.above.entry(lower).or_default().push(key);
            }
            if let Some(master) = link.has_master() {
                *out.ports.entry(key.beside(master)).or_default() += 1;
            }
        }
        out
    }

    fn master(&self, key: &Key) -> Option<Key> {
        self.world.get(key)?.has_master().map(|m| key.beside(m))
    }

    /// The links above one that stops: all of those that stand on it, and its master.
    fn next(&mut self, key: &Key, by: &Key, todo: &mut Vec<(Key, Stop, Key)>) {
        let whole = |k: &Key| (k.clone(), Stop::Whole, by.clone());
        todo.extend(self.above.get(key).into_iter().flatten().map(|k| whole(k)));
        self.leave(key, by, todo);
    }

    /// A port carries its master no more: it stops where no other port does.
    fn leave(&mut self, key: &Key, by: &Key, todo: &mut Vec<(Key, Stop, Key)>) {
        let Some(master) = self.master(key) else { return };
        let Some(link) = self.world.get(&master).filter(|l| l.up() == Some(true)) else { return };
        // A VRF carries nothing itself: its ports do.
        if !habit::takes_packets(link) {
            return;
        }
        let left = self.ports.get_mut(&master).map_or(0, |n| {
            *n = n.saturating_sub(1);
            *n
        });
        todo.push((master, if left == 0 { Stop::Whole } else { Stop::Part }, by.clone()));
    }
}
