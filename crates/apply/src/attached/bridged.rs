//! What bridges keep of their ports, and VXLANs of their networks: VLANs, multicast groups, VNIs.
//!
//! Reads each table at most once a namespace, and only where a link that goes can have something in it.

use std::collections::BTreeMap;

use linkctl_kernel::{Error, Socket, bridged as kernel};
use linkctl_kinds::{bridge, vxlan};
use linkctl_link::attached::{Attached, Hold};
use linkctl_link::{Key, Link, World};

use super::{tally, tell};

/// All of it that links of one namespace have, by their indexes.
pub(super) fn all(
    socket: &mut Socket,
    world: &World,
    links: &BTreeMap<u32, &Key>,
) -> Result<Vec<(Key, Attached)>, Error> {
    let any =
        |is: &dyn Fn(&Key, &Link) -> bool| links.values().any(|k| world.get(*k).is_some_and(|l| is(k, l)));
    let bridged = any(&|key, link| of_bridge(key, link, world).is_some());
    let mut out = Vec::new();
    if bridged {
        vlans(socket, world, links, &mut out)?;
    }
    if bridged || any(&|_, link| is(link, "vxlan")) {
        groups(socket, world, links, &mut out)?;
    }
    if any(&|_, link| link.data.get(vxlan::VNIFILTER) == Some(true)) {
        for (index, count) in kernel::vnis(socket)? {
            tell(links, index, count, ("a VNI", "VNIs", "bridge vni"), Hold::Link, &mut out);
        }
    }
    Ok(out)
}

/// The bridge that a link is, or is a port of.
fn of_bridge<'w>(key: &Key, link: &'w Link, world: &'w World) -> Option<&'w Link> {
    let master = || world.get(&key.beside(link.has_master()?));
    if is(link, "bridge") { Some(link) } else { master().filter(|m| is(m, "bridge")) }
}

pub(super) fn is(link: &Link, kind: &str) -> bool {
    link.kind.is_some_and(|k| k.name == kind)
}

/// VLANs, but for the one that a port gets by itself; and that somebody took it out of that.
fn vlans(
    socket: &mut Socket,
    world: &World,
    links: &BTreeMap<u32, &Key>,
    out: &mut Vec<(Key, Attached)>,
) -> Result<(), Error> {
    let found = kernel::vlans(socket)?;
    for (index, key) in links {
        let of = world.get(*key).and_then(|l| of_bridge(key, l, world));
        let given = of.and_then(|b| b.data.get(bridge::VLAN_DEFAULT_PVID)).filter(|vid| *vid != 0);
        match (found.get(index), given) {
            (Some(vlans), _) => {
                let own = given.is_some() && vlans.native == given;
                let count = vlans.count - usize::from(own);
                tell(links, *index, count, ("a VLAN", "VLANs", "bridge vlan"), hold(world, key), out);
            }
            // Where no link is in any VLAN the kernel knows none.
            (None, Some(vid)) if !found.is_empty() => {
                let what = format!("that it is not in VLAN {vid} (bridge vlan)");
                out.push(((*key).clone(), Attached { what, hold: hold(world, key) }));
            }
            _ => {}
        }
    }
    Ok(())
}

fn groups(
    socket: &mut Socket,
    world: &World,
    links: &BTreeMap<u32, &Key>,
    out: &mut Vec<(Key, Attached)>,
) -> Result<(), Error> {
    let words = ("a permanent multicast group", "permanent multicast groups", "bridge mdb");
    for (index, count) in tally(kernel::groups(socket)?) {
        let hold = links.get(&index).map_or(Hold::Link, |key| hold(world, key));
        tell(links, index, count, words, hold, out);
    }
    Ok(())
}

/// What is in the tables of a bridge goes with it, and what is there of a port when that leaves.
fn hold(world: &World, key: &Key) -> Hold {
    let own = world.get(key).is_some_and(|l| is(l, "bridge") || l.has_master().is_none());
    if own { Hold::Link } else { Hold::Master }
}
