//! What links lose: packets, addresses, routes, and what they cannot be asked for any more.

use std::borrow::Cow;

use linkctl_link::attached::{Attached, Hold};
use linkctl_link::{Key, Link, World};

use super::facts::{Address, Facts, Route};
use super::route;
use super::spread::{Stop, stops};
use super::trace::{Fate, Trace};
use super::{Effects, Manner};

/// A link with a lesser MTU has no IPv6 (`IPV6_MIN_MTU` of `linux/ipv6.h`).
pub(super) const LEAST_6: u32 = 1280;
/// A link with a lesser MTU has no IPv4 (`IPV4_MIN_MTU` of `net/ip.h`).
pub(super) const LEAST_4: u32 = 68;

/// What is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Its packets.
    Traffic,
    /// Packets that come and go by one of its ports.
    Part,
    /// Packets, for its other end is not there or not up.
    Carrier,
    /// An address.
    Address(Address),
    /// Nobody answers at this address any more: a master takes the link's packets.
    Reach(Address),
    /// A route.
    Route(Route),
    /// One next hop of a route that has others.
    Way(Route),
    /// Its master.
    Master,
    /// What is set of it by other ways than its messages: keys and peers, disciplines and programs.
    Elsewhere(Cow<'static, str>),
}

impl Lost {
    /// Its word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Traffic => "traffic",
            Self::Part => "part",
            Self::Carrier => "carrier",
            Self::Address(_) => "address",
            Self::Reach(_) => "reach",
            Self::Route(_) => "route",
            Self::Way(_) => "way",
            Self::Master => "master",
            Self::Elsewhere(_) => "elsewhere",
        }
    }
}

/// Something that a link loses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The link, under the name that it has.
    pub link: Key,
    /// What.
    pub what: Lost,
    /// The link whose change does that; may be itself.
    pub by: Key,
    /// It does not come back by itself.
    pub lasts: bool,
}

/// Everything that links lose, by link.
pub fn losses(before: &World, trace: &Trace, facts: &Facts) -> Effects {
    let links = trace.manners(before, facts.renames_down);
    let lasts = |key: &Key| match links.get(key) {
        Some(Manner::Delete | Manner::Stopped) => true,
        _ => trace.fates.get(key).is_some_and(|f| f.moved.is_some() || f.joined.is_some()),
    };
    let mut losses = Vec::new();
    for (key, (stop, by)) in stops(before, trace, facts.renames_down) {
        let what = match stop {
            Stop::Whole => Lost::Traffic,
            Stop::Part => Lost::Part,
            Stop::Carrier => Lost::Carrier,
        };
        losses.push(Loss { lasts: lasts(&by) || lasts(&key), link: key, what, by });
    }
    for (key, fate) in &trace.fates {
        if let Some(by) = &fate.released
            && fate.fell.is_none()
        {
            let was = before.get(key).and_then(Link::has_master);
            let is = trace.master(key);
            losses.push(Loss { link: key.clone(), what: Lost::Master, by: by.clone(), lasts: is != was });
        }
    }
    let find = |key: &Key| trace.fates.get(key);
    let mut elsewhere = |key: &Key, what: Cow<'static, str>, by: &Key| {
        losses.push(Loss { link: key.clone(), what: Lost::Elsewhere(what), by: by.clone(), lasts: true });
    };
    for (key, fate) in &trace.fates {
        let what = before.get(key).and_then(|l| l.kind?.elsewhere);
        if let (Some(by), Some(what)) = (&fate.fell, what) {
            elsewhere(key, what.into(), by);
        }
    }
    for (key, Attached { what, hold }) in &facts.attached {
        let Some(fate) = find(key) else { continue };
        let moved = fate.moved.as_ref().filter(|_| *hold != Hold::Link).map(|_| key);
        let left = fate.released.as_ref().filter(|_| *hold == Hold::Master);
        let renamed = fate.renamed.as_ref().filter(|_| facts.renames_down).map(|_| key);
        let down = fate.down.as_ref().or(renamed).filter(|_| *hold == Hold::Up);
        if let Some(by) = fate.fell.as_ref().or(moved).or(left).or(down) {
            elsewhere(key, what.clone().into(), by);
        }
    }
    for address in facts.addresses.iter().filter(|a| !a.is_own()) {
        let Some(fate) = find(&address.link) else { continue };
        let link = address.link.clone();
        if let Some((by, lasts)) = takes_address(fate, address, facts) {
            losses.push(Loss {
                what: Lost::Address(address.clone()),
                by: by.unwrap_or(&link).clone(),
                link,
                lasts,
            });
        } else if fate.joined.is_some() {
            losses.push(Loss { what: Lost::Reach(address.clone()), by: link.clone(), link, lasts: true });
        }
    }
    losses.extend(route::losses(trace, facts, &losses));
    losses.sort_by(|a, b| a.link.cmp(&b.link));
    Effects { links, losses }
}

/// Which link's change takes an address from a link, if any does; and whether it stays away.
///
/// IPv4 outlives that a link is down; IPv6 only where it is told to, and only what was given for good
/// (`inetdev_event` of `net/ipv4/devinet.c`, `addrconf_ifdown` of `net/ipv6/addrconf.c`).
fn takes_address<'f>(fate: &'f Fate, address: &Address, facts: &Facts) -> Option<(Option<&'f Key>, bool)> {
    if let Some(by) = &fate.fell {
        return Some((Some(by), true));
    }
    let is_6 = address.ip.is_ipv6();
    if fate.moved.is_some() || fate.mtu.is_some_and(|m| m < LEAST_4 || is_6 && m < LEAST_6) {
        return Some((None, true));
    }
    if !is_6 || address.permanent && address.keeps {
        return None;
    }
    // What a router told comes back when it tells it again.
    let lasts = address.permanent;
    match &fate.down {
        Some(by) => Some((Some(by), lasts)),
        None => (fate.renamed.is_some() && facts.renames_down).then_some((None, lasts)),
    }
}
