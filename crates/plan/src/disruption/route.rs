//! Which routes go with links, and with addresses.

use std::collections::BTreeMap;
use std::net::IpAddr;

use linkctl_link::{Key, Netns};

use super::facts::{Facts, Origin, Route};
use super::loss::{LEAST_4, LEAST_6, Loss, Lost};
use super::trace::{Fate, Trace};

/// The routes that are lost, where these addresses are.
pub(super) fn losses(trace: &Trace, facts: &Facts, lost: &[Loss]) -> Vec<Loss> {
    let sources = sources(facts, lost);
    let one = |route: &Route| {
        let link = &route.link;
        let (by, whole) = by_link(trace, facts, route).or_else(|| {
            let source = (link.netns.clone(), route.source?);
            Some((sources.get(&source).copied()?, true))
        })?;
        let what = if whole { Lost::Route(route.clone()) } else { Lost::Way(route.clone()) };
        let lasts = route.origin == Origin::Other;
        Some(Loss { link: link.clone(), what, by: by.clone(), lasts })
    };
    facts.routes.iter().filter(|r| !is_told_otherwise(r)).filter_map(one).collect()
}

/// Whether its address tells of it, or it is a link-local one, which comes back.
fn is_told_otherwise(route: &Route) -> bool {
    let own = |ip: IpAddr| matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local() || ip.is_multicast());
    route.origin == Origin::Kernel || own(route.to.0)
}

/// IPv4 addresses that are lost on all links that have them, with the link whose change does that: routes that send from such
/// go, by whichever link they lead (`fib_sync_down_addr` of `net/ipv4/fib_semantics.c`). IPv6 keeps them.
fn sources<'l>(facts: &Facts, lost: &'l [Loss]) -> BTreeMap<(Netns, IpAddr), &'l Key> {
    let gone = |link: &Key, ip: IpAddr| {
        lost.iter().any(|l| l.link == *link && matches!(&l.what, Lost::Address(a) if a.ip == ip))
    };
    let mut out = BTreeMap::new();
    for loss in lost {
        let Lost::Address(address) = &loss.what else { continue };
        let mut same = facts.addresses.iter().filter(|a| a.ip == address.ip);
        if address.ip.is_ipv4() && same.all(|a| a.link.netns != loss.link.netns || gone(&a.link, address.ip))
        {
            out.insert((loss.link.netns.clone(), address.ip), &loss.by);
        }
    }
    out
}

/// Which link's change takes a route from its link, if any does; and whether all of the route goes, or this next hop of it.
///
/// All next hops of a link go with it when it goes down. Of a route that has others one of IPv4 is back when the link is up, but
/// goes whole with a link that goes for good (`fib_sync_down_dev` of `net/ipv4/fib_semantics.c`); of IPv6 the next hop goes alone
/// (`fib6_ifdown` of `net/ipv6/route.c`), and so does one that is an object of its own, whenever its link goes down
/// (`nexthop_flush_dev` of `net/ipv4/nexthop.c`).
fn by_link<'f>(trace: &'f Trace, facts: &Facts, route: &'f Route) -> Option<(&'f Key, bool)> {
    let six = route.to.0.is_ipv6();
    let gone = |f: &Fate| f.fell.is_some() || f.moved.is_some();
    let stops = |f: &Fate| gone(f) || f.down.is_some() || f.renamed.is_some() && facts.renames_down;
    let least = if six { LEAST_6 } else { LEAST_4 };
    let short = |f: &Fate| !route.objects && f.mtu.is_some_and(|m| m < least);
    let fate = trace.fates.get(&route.link).filter(|f| stops(f) || short(f))?;
    let by = fate.fell.as_ref().or(fate.down.as_ref()).unwrap_or(&route.link);
    let Some(beside) = &route.beside else { return Some((by, true)) };
    let last = beside.iter().all(|k| trace.fates.get(k).is_some_and(|f| stops(f) || short(f)));
    if last || gone(fate) && !six && !route.objects {
        return Some((by, true));
    }
    let alone = route.objects || six && (gone(fate) || short(fate));
    alone.then_some((by, false))
}
