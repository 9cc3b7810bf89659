//! What a goal's scope says of links that the goal does not name.
//!
//! Pure: from a goal, the links that are, and those that are ours, to a goal that names what has to go. Knows which
//! links nobody may take away; refuses to know how ownership is kept.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use linkctl_link::{Glob, Goal, Key, Link, Netns, Scope, Want, World};
use linkctl_schema::{Name, Value};

/// Names of links that belong to containers and hypervisors, which `scope: full` leaves alone unless told otherwise.
pub const IGNORED: &[&str] = &[
    "docker*",
    "br-*",
    "veth*",
    "podman*",
    "cni*",
    "cali*",
    "flannel*",
    "cilium*",
    "lxc*",
    "lxd*",
    "incus*",
    "kube*",
    "nodelocaldns",
    "weave*",
    "antrea*",
    "ovn*",
    "ovs-*",
    "genev_sys*",
    "vxlan.calico",
    "vxlan_sys*",
    "virbr*",
    "vnet*",
    "tap*",
    "macvtap*",
    "fwbr*",
    "fwpr*",
    "fwln*",
    "vif*",
];

/// Devices that the kernel puts into each namespace with the first tunnel, and does not give up: name and kind
/// (`ip_tunnel_init_net` of `net/ipv4/ip_tunnel.c`, `sit_init_net`, `ip6_tnl_init_net`).
const FALLBACK: &[(&str, &str)] = &[
    ("tunl0", "ipip"),
    ("gre0", "gre"),
    ("gretap0", "gretap"),
    ("erspan0", "erspan"),
    ("ip_vti0", "vti"),
    ("ip6_vti0", "vti6"),
    ("sit0", "sit"),
    ("ip6tnl0", "ip6tnl"),
    ("ip6gre0", "ip6gre"),
];

/// Whether the kernel made the link by itself and keeps it.
pub fn is_fallback(name: &Name, kind: &[u8]) -> bool {
    FALLBACK.iter().any(|(n, k)| n.as_bytes() == name.as_bytes() && k.as_bytes() == kind)
}

/// Whether a link comes and goes with its namespace: its loopback, and what the kernel made by itself.
pub fn is_native(key: &Key, kind: &[u8]) -> bool {
    key.is_loopback() || is_fallback(&key.name, kind)
}

/// What tells by its name alone whether a link may have to go.
#[derive(Debug)]
pub struct Sieve<'g> {
    goal: &'g Goal,
    owned: &'g BTreeSet<Key>,
    reach: BTreeSet<Netns>,
    foreign: Vec<Glob>,
}

impl<'g> Sieve<'g> {
    /// For a goal; `owned` are links that an apply made. `full` reaches the namespace of the command, and each in which the
    /// goal names a link.
    pub fn new(goal: &'g Goal, owned: &'g BTreeSet<Key>) -> Self {
        let named = goal.links.keys().chain(&goal.spared).map(|k| k.netns.clone());
        let foreign = IGNORED.iter().filter_map(|p| Glob::new(p.as_bytes())).collect();
        Self { goal, owned, reach: named.chain([Netns::HERE]).collect(), foreign }
    }

    /// Whether a link of this name may have to go: a quick look before links are decoded.
    pub fn may_go(&self, key: &Key) -> bool {
        if self.goal.links.contains_key(key) || self.goal.spared.contains(key) {
            return false;
        }
        match self.goal.scope {
            Scope::Partial => false,
            Scope::Owned => self.owned.contains(key) && !self.ignored(&key.name, false),
            Scope::Full => {
                !key.is_loopback() && self.reach.contains(&key.netns) && !self.ignored(&key.name, true)
            }
        }
    }

    /// Whether the last pattern that fits a name says that it is ignored.
    fn ignored(&self, name: &Name, foreign: bool) -> bool {
        let name = name.as_bytes();
        let said = self.goal.ignore.iter().rev().find(|g| g.fits(name)).map(|g| !g.takes_back());
        said.unwrap_or_else(|| foreign && self.foreign.iter().any(|g| g.fits(name)))
    }
}

/// The goal, with all that its scope wants gone named as links that are not to be.
///
/// `labels` says which links are to get other names, as for [`crate::plan_with`]; `owned` are links that an apply
/// made. Never gone are: `lo`, hardware, links that only a driver makes, those of kinds that the book does not know
/// (they could not be made again), the kernel's own tunnel devices, ports of Open vSwitch's bridges, what is ignored, and whatever a link that stays
/// needs: the links below it, its master, its other end.
pub fn widen<'g>(
    goal: &'g Goal,
    world: &World,
    labels: &BTreeMap<Key, Key>,
    owned: &BTreeSet<Key>,
) -> Cow<'g, Goal> {
    if goal.scope == Scope::Partial {
        return Cow::Borrowed(goal);
    }
    let sieve = Sieve::new(goal, owned);
    // What is in a bridge of Open vSwitch is in use there.
    let switched = |key: &Key, link: &Link| {
        link.has_master().and_then(|m| world.get(&key.beside(m))).is_some_and(Link::is_switch)
    };
    let goes = |key: &Key, link: &Link| {
        let kind = link.kind;
        if switched(key, link) {
            return false;
        }
        sieve.may_go(key)
            && !labels.contains_key(key)
            && kind.is_some_and(|k| k.made_by.is_none() || k.name == "tun")
            && !is_fallback(&key.name, link.kind_word())
            && !(kind.is_some_and(|k| k.name == "ipoib") && link.lower.is_none())
    };
    let mut going: BTreeSet<&Key> = world.iter().filter(|(k, l)| goes(k, l)).map(|(k, _)| k).collect();
    if going.is_empty() {
        return Cow::Borrowed(goal);
    }
    let mut todo: Vec<Key> = world.keys().filter(|k| !going.contains(k)).cloned().collect();
    todo.extend(goal.present().map(|(k, _)| k.clone()));
    let was: BTreeMap<&Key, &Key> = labels.iter().map(|(from, to)| (to, from)).collect();
    while let Some(key) = todo.pop() {
        if let Some(Want::Absent) = goal.links.get(&key) {
            continue;
        }
        let is = world.get(was.get(&key).copied().unwrap_or(&key));
        let said = goal.links.get(&key).and_then(|w| w.link());
        for need in needs(&key, is, said) {
            if going.remove(&need) {
                todo.push(need);
            }
        }
    }
    let mut out = goal.clone();
    going.into_iter().for_each(|key| out.forbid(key.clone()));
    Cow::Owned(out)
}

/// The links that a link is to have about it: what is said of it, and what it has where nothing is said.
fn needs(key: &Key, is: Option<&Link>, said: Option<&Link>) -> Vec<Key> {
    // Another kind is another link.
    let is = is.filter(|is| said.is_none_or(|s| s.kind.is_none() || s.kind_word() == is.kind_word()));
    let both = || said.into_iter().chain(is);
    let first = |of: fn(&Link) -> Option<Key>| both().find_map(of);
    let master = both().find_map(Link::master).filter(|m| !m.is_none()).map(|m| key.beside(m));
    let mut out: Vec<Key> = first(|l| l.lower.clone()).into_iter().chain(first(|l| l.peer.clone())).collect();
    out.extend(master);
    let fields = both().flat_map(|l| l.data.iter());
    let mut seen = BTreeSet::new();
    for (f, value) in fields.filter(|(f, _)| !f.late) {
        if let (true, Value::Link(name)) = (seen.insert(f.name), value)
            && !name.is_none()
        {
            out.push(key.beside(*name));
        }
    }
    out
}
