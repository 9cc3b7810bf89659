//! What other programs put onto links that go, move or leave their master: queueing disciplines, filters, XDP programs, entries of
//! forwarding tables, neighbours, and what bridges and VXLANs keep.
//!
//! Reads a table only where a link that goes can have something in it.

mod bridged;

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kernel::attached::{self as kernel, Entry, Sort};
use linkctl_kernel::route::FEW;
use linkctl_kernel::{Error, Live, Socket, nexthop, renames_down};
use linkctl_link::attached::{Attached, Hold, has_program, is_tied_elsewhere};
use linkctl_link::{Key, Link, Netns, Snapshot, World};
use linkctl_plan::Trace;
use linkctl_plan::disruption::Fate;
use linkctl_schema::{Below, Safe, Value};

/// All of it in the namespaces of a plan.
pub(crate) fn attached(
    live: &mut Live,
    read: &Snapshot,
    world: &World,
    trace: &Trace,
) -> Result<Vec<(Key, Attached)>, Error> {
    let mut out = Vec::new();
    for netns in trace.spaces() {
        let those = |which: fn(&Fate) -> bool| -> BTreeMap<u32, &Key> {
            let fates = trace.fates.iter().filter(|(k, f)| k.netns == netns && which(f));
            fates.filter_map(|(key, _)| Some((read.index(key)?, key))).collect()
        };
        nexthops(live, &netns, &those(stops), &mut out)?;
        let leaves = those(|f| f.fell.is_some() || f.moved.is_some() || f.released.is_some());
        if leaves.is_empty() {
            continue;
        }
        out.extend(bridged::all(live.socket(&netns)?, world, &leaves)?);
        let goes = those(|f| f.fell.is_some() || f.moved.is_some());
        forwarding(live, &netns, world, &leaves, &mut out)?;
        if goes.is_empty() {
            continue;
        }
        of_tc(live, &netns, &goes, &mut out)?;
        neighbours(live, &netns, &goes, &mut out)?;
        let program = || Attached { what: "its XDP program".to_owned(), hold: Hold::Link };
        out.extend(goes.values().filter(|k| has_program(read, k)).map(|k| ((*k).clone(), program())));
        out.extend(goes.values().filter_map(|k| Some(((*k).clone(), away(read, world.get(*k)?, k)?))));
    }
    Ok(out)
}

/// What a link cannot be made again without, and nobody knows: it is in a namespace that was not read.
fn away(read: &Snapshot, link: &Link, key: &Key) -> Option<Attached> {
    let kind = link.kind?;
    if !is_tied_elsewhere(read, key) {
        return None;
    }
    let what = if kind.pair.is_some() && link.peer.is_none() {
        "its other end"
    } else if matches!(kind.below, Below::Link) && link.lower.is_none() {
        "the link below it"
    } else {
        return None;
    };
    let what = format!("{what}, in a namespace that was not read: no way back makes it again");
    Some(Attached { what, hold: Hold::Link })
}

fn of_tc(
    live: &mut Live,
    netns: &Netns,
    goes: &BTreeMap<u32, &Key>,
    out: &mut Vec<(Key, Attached)>,
) -> Result<(), Error> {
    for found in kernel::disciplines(live.socket(netns)?)? {
        let Some(key) = goes.get(&found.index) else { continue };
        let name = Safe(&found.name);
        let what = if found.filters {
            format!("its filters (tc, {name})")
        } else {
            format!("its queueing discipline {name} (tc)")
        };
        out.push(((*key).clone(), Attached { what, hold: Hold::Namespace }));
    }
    Ok(())
}

/// Entries of the tables of bridges about the links, and of VXLANs' own.
fn forwarding(
    live: &mut Live,
    netns: &Netns,
    world: &World,
    leaves: &BTreeMap<u32, &Key>,
    out: &mut Vec<(Key, Attached)>,
) -> Result<(), Error> {
    let is_vxlan = |key: &Key| world.get(key).is_some_and(|l| bridged::is(l, "vxlan"));
    let forwards = |key: &Key| is_vxlan(key) || world.get(key).is_some_and(|l| l.has_master().is_some());
    let some = leaves.iter().filter(|(_, key)| forwards(key)).map(|(index, _)| *index).collect();
    let mut found = entries(live, netns, some, kernel::forwarding)?;
    // What others have of their own is what links on them or above them asked for.
    let counts_in = |e: &Entry| {
        let own = matches!(e.sort, Sort::Own | Sort::All);
        leaves.get(&e.index).is_some_and(|key| !own || is_vxlan(key))
    };
    found.retain(counts_in);
    let mut counts: BTreeMap<(u32, Sort), usize> = BTreeMap::new();
    let mut seen: BTreeSet<(u32, &[u8])> = BTreeSet::new();
    for entry in &found {
        // One of a port stands for all its VLANs. Where a tunnel sends what is for all is in one table with the rest.
        let again = entry.sort == Sort::Port && !seen.insert((entry.index, &entry.address));
        let sort = if entry.sort == Sort::All { Sort::Own } else { entry.sort };
        *counts.entry((entry.index, sort)).or_default() += usize::from(!again);
    }
    let for_all: BTreeSet<u32> = found.iter().filter(|e| e.sort == Sort::All).map(|e| e.index).collect();
    for ((index, sort), mut count) in counts {
        let Some(key) = leaves.get(&index) else { continue };
        // One of these it has by itself.
        let own = sort == Sort::Own && for_all.contains(&index) && world.get(*key).is_some_and(has_remote);
        count -= usize::from(own);
        let (words, hold) =
            if sort == Sort::Port { (STATIC, Hold::Master) } else { (FORWARDING, Hold::Link) };
        tell(leaves, index, count, words, hold, out);
    }
    Ok(())
}

/// Permanent neighbours of the links.
fn neighbours(
    live: &mut Live,
    netns: &Netns,
    goes: &BTreeMap<u32, &Key>,
    out: &mut Vec<(Key, Attached)>,
) -> Result<(), Error> {
    let found = entries(live, netns, goes.keys().copied().collect(), kernel::neighbours)?;
    for (index, count) in tally(found.iter().map(|entry| entry.index)) {
        tell(goes, index, count, NEIGHBOURS, Hold::Namespace, out);
    }
    Ok(())
}

/// Whether a link is down for a moment at least.
fn stops(fate: &Fate) -> bool {
    let Fate { fell, moved, down, renamed, .. } = fate;
    [fell, moved, down].iter().any(|f| f.is_some()) || renamed.is_some() && renames_down()
}

/// Next hops that go with links, for good, when these go down.
fn nexthops(
    live: &mut Live,
    netns: &Netns,
    stop: &BTreeMap<u32, &Key>,
    out: &mut Vec<(Key, Attached)>,
) -> Result<(), Error> {
    let found = entries(live, netns, stop.keys().copied().collect(), nexthop::through)?;
    for (index, count) in tally(found) {
        tell(stop, index, count, NEXTHOPS, Hold::Up, out);
    }
    Ok(())
}

/// Entries of a table about a few links, asked for one by one, or the whole table.
fn entries<T>(
    live: &mut Live,
    netns: &Netns,
    links: Vec<u32>,
    table: fn(&mut Socket, Option<u32>) -> Result<Vec<T>, Error>,
) -> Result<Vec<T>, Error> {
    let socket = live.socket(netns)?;
    let mut found = Vec::new();
    match links.len() {
        0 => {}
        1..=FEW => {
            for index in links {
                found.extend(table(socket, Some(index))?);
            }
        }
        _ => found.extend(table(socket, None)?),
    }
    Ok(found)
}

/// Whether a tunnel was told where to send what it knows no way for.
fn has_remote(link: &Link) -> bool {
    let value = link.data.fields().find("remote").and_then(|f| link.data.value(f));
    value.is_some_and(|v| matches!(v, Value::Ip(ip) if !ip.is_unspecified()))
}

/// One of a sort, many of it, and the command that shows them.
type Words = (&'static str, &'static str, &'static str);

const STATIC: Words = ("a static entry of its bridge", "static entries of its bridge", "bridge fdb");
const FORWARDING: Words =
    ("an entry of its forwarding table", "entries of its forwarding table", "bridge fdb");
const NEIGHBOURS: Words = ("a permanent neighbour", "permanent neighbours", "ip neigh");
const NEXTHOPS: Words = ("a next hop object", "next hop objects", "ip nexthop");

/// How many there are of each link.
fn tally(indexes: impl IntoIterator<Item = u32>) -> BTreeMap<u32, usize> {
    let mut out = BTreeMap::new();
    indexes.into_iter().for_each(|index| *out.entry(index).or_default() += 1);
    out
}

/// Tells of one of these links that it has so many of a sort; nothing where there are none.
fn tell(
    links: &BTreeMap<u32, &Key>,
    index: u32,
    count: usize,
    (one, many, by): Words,
    hold: Hold,
    out: &mut Vec<(Key, Attached)>,
) {
    let Some(key) = links.get(&index) else { return };
    let what = match count {
        0 => return,
        1 => format!("{one} ({by})"),
        _ => format!("{count} {many} ({by})"),
    };
    out.push(((*key).clone(), Attached { what, hold }));
}
