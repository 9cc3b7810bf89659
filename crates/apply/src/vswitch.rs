//! Ports of Open vSwitch's bridges: the kernel shows them all under one link; which bridge they are of the switch knows.
//!
//! Only of links that a goal names. All others keep the master that the kernel tells, so that no plan speaks of them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use linkctl_kernel::vswitch::{self, DATAPATH, KIND};
use linkctl_kernel::{Error, Live};
use linkctl_kinds::link as base;
use linkctl_link::message::{self, Around, To};
use linkctl_link::{Goal, Key, Link, Netns, World};
use linkctl_schema::{Name, Safe};

/// How long a port may take to show in the kernel.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether a link is one of the switch's own.
pub(crate) fn is_switch(kind: &[u8]) -> bool {
    kind == KIND
}

/// The master of a link, where that is the switch's.
fn switched(world: &World, key: &Key) -> Option<Name> {
    let master = world.get(key)?.has_master()?;
    world.get(&key.beside(master)).filter(|m| is_switch(m.kind_word())).map(|_| master)
}

/// Says of the ports that a goal names, and of those whose bridge was known before, which bridge they are of.
pub(crate) fn fill(
    goal: &Goal,
    labels: &BTreeMap<Key, Key>,
    also: &World,
    world: &mut World,
) -> Result<(), Error> {
    if !world.values().any(Link::is_switch) {
        return Ok(());
    }
    let is_here = |key: &&Key| key.netns == Netns::HERE;
    let before: BTreeMap<&Key, &Key> = labels.iter().map(|(from, to)| (to, from)).collect();
    let now = |key| before.get(key).copied().unwrap_or(key);
    let mut ports: BTreeMap<Key, Option<&Link>> =
        also.keys().filter(is_here).map(|k| (k.clone(), None)).collect();
    ports.retain(|k, _| switched(also, k).is_some_and(|m| m.as_bytes() != DATAPATH));
    ports.extend(goal.present().map(|(k, l)| (now(k).clone(), Some(l))).filter(|(k, _)| is_here(&k)));
    // Whoever wants the master that the kernel tells, as what `show --as-goal` wrote, wants no bridge.
    ports.retain(|k, said| {
        let plain = said.and_then(Link::master).is_some_and(|m| m.as_bytes() == DATAPATH);
        !plain && switched(world, k).is_some()
    });
    if ports.is_empty() {
        return Ok(());
    }
    let known = match vswitch::ports() {
        Ok(known) => known,
        // Whoever wants nothing of the switch can do without it.
        Err(_) if ports.values().all(|l| l.is_none_or(|l| l.master().is_none())) => return Ok(()),
        Err(e) => return Err(e),
    };
    for (key, said) in ports {
        let Some(bridge) = known.get(key.name.as_bytes()) else { continue };
        let Some(name) = Name::from_kernel(bridge) else { continue };
        if said.and_then(Link::master).is_some_and(|m| m != name) {
            parts(&key, bridge)?;
        }
        if let Some(link) = world.get_mut(&key) {
            link.base.set(base::MASTER, name);
        }
    }
    Ok(())
}

/// Refuses to part a port from its bridge that could not come back as it was.
fn parts(key: &Key, bridge: &[u8]) -> Result<(), Error> {
    if vswitch::is_plain(key.name.as_bytes())? {
        return Ok(());
    }
    let bridge = Safe(bridge);
    let said = format!(
        "{key} is a port of {bridge} with settings of its own there, which could not be brought back: \
         take it out first, with ovs-vsctl del-port"
    );
    Err(Error::Program { name: "Open vSwitch", said })
}

/// Takes a link out of its bridge, and makes it a port of another.
///
/// First out of another master, where `leaves` says that it has one.
pub(crate) fn change(
    live: &mut Live,
    key: &Key,
    leaves: bool,
    from: Option<Name>,
    to: Option<Name>,
) -> Result<(), Error> {
    if leaves {
        let request =
            message::set_master(To::Name(key.name), &key.netns, None, live).map_err(|_| Error::Spent)?;
        live.socket(&key.netns)?.request(request)?;
    }
    let port = key.name.as_bytes();
    if let Some(bridge) = from.filter(|b| b.as_bytes() != DATAPATH) {
        vswitch::detach(bridge.as_bytes(), port)?;
    }
    if let Some(bridge) = to.filter(|b| b.as_bytes() != DATAPATH) {
        let index = match live.index(&key.beside(bridge)) {
            Some(index) => Some(index),
            None => live.learn(&key.beside(bridge))?,
        };
        if key.netns != Netns::HERE || !vswitch::is_here(bridge.as_bytes(), index.unwrap_or(0))? {
            let said = format!("its bridge {bridge} is another than the one in the namespace of {key}");
            return Err(Error::Program { name: "Open vSwitch", said });
        }
        vswitch::attach(bridge.as_bytes(), port)?;
    }
    settled(live, key, to.is_some())
}

/// Waits until the kernel shows what the switch was told.
fn settled(live: &mut Live, key: &Key, port: bool) -> Result<(), Error> {
    let start = Instant::now();
    loop {
        let world = live.one(key, false)?.map(|(read, _)| read.world(|_| true)).unwrap_or_default();
        if switched(&world, key).is_some() == port {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            let said = format!("the switch was told, and the kernel does not show {key} so");
            return Err(Error::Program { name: "Open vSwitch", said });
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}
