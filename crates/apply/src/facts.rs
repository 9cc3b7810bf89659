//! What has to be read beside the links so that the cost of a plan can be told: addresses, routes, and the ways that must
//! not be cut.
//!
//! Reads only of namespaces in which the plan disturbs links. Refuses to judge: see [`linkctl_plan::disruption`] and
//! [`linkctl_plan::guard`].

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use linkctl_kernel::route::{self, By, FEW};
use linkctl_kernel::session::Session;
use linkctl_kernel::{Error, Live, address, neighbour, renames_down};
use linkctl_link::{Key, Link, Netns, Snapshot, World};
use linkctl_plan::disruption::{Address, Facts, Origin, Route};
use linkctl_plan::guard::{Use, Way};
use linkctl_plan::{Effects, Trace, disruption};

use crate::attached::attached;

/// What the links that a plan disturbs have to lose. Nothing is asked where it disturbs none.
fn facts(live: &mut Live, read: &Snapshot, world: &World, trace: &Trace) -> Result<Facts, Error> {
    let attached = attached(live, read, world, trace)?;
    let mut out = Facts { renames_down: renames_down(), attached, ..Facts::default() };
    for netns in trace.spaces() {
        addresses(live, read, trace, &netns, &mut out)?;
        let inside: Vec<u32> =
            trace.fates.keys().filter(|k| k.netns == netns).filter_map(|k| read.index(k)).collect();
        for found in routes(live, &netns, &inside)? {
            let Some(link) = read.by_index(&netns, found.index).filter(|k| trace.fates.contains_key(k))
            else {
                continue;
            };
            out.routes.push(told(found, link, read));
        }
        let sources = sources(trace, &netns, &out.addresses);
        if sources.is_empty() {
            continue;
        }
        for found in route::from(live.socket(&netns)?, &sources)? {
            let link = read.by_index(&netns, found.index).filter(|k| !trace.fates.contains_key(k));
            out.routes.extend(link.map(|link| told(found, link, read)));
        }
    }
    Ok(out)
}

/// A route as a fact about its link.
fn told(found: route::Route, link: Key, read: &Snapshot) -> Route {
    let called = |hops: Vec<u32>| hops.into_iter().filter_map(|i| read.by_index(&link.netns, i)).collect();
    Route {
        to: found.to,
        gateway: found.gateway,
        origin: match found.by {
            By::Kernel => Origin::Kernel,
            By::Router => Origin::Router,
            By::Other => Origin::Other,
        },
        beside: found.beside.map(called),
        objects: found.objects,
        // Routes of other tables outlive the address that they send from.
        source: found.source.filter(|_| found.table == route::MAIN),
        link,
    }
}

/// The IPv4 addresses of links that go: routes by other links may send from them.
fn sources(trace: &Trace, netns: &Netns, addresses: &[Address]) -> BTreeSet<IpAddr> {
    let goes = |key: &Key| trace.fates.get(key).is_some_and(|f| f.fell.is_some() || f.moved.is_some());
    let all = addresses.iter().filter(|a| a.link.netns == *netns && a.ip.is_ipv4() && goes(&a.link));
    all.map(|a| a.ip).collect()
}

fn addresses(
    live: &mut Live,
    read: &Snapshot,
    trace: &Trace,
    netns: &Netns,
    out: &mut Facts,
) -> Result<(), Error> {
    let all = address::all(live.socket(netns)?)?;
    let called = |a: &address::Address| Some((read.by_index(netns, a.index)?, *a));
    let (mut found, others): (Vec<_>, Vec<_>) =
        all.iter().filter_map(called).partition(|(k, _)| trace.fates.contains_key(k));
    // An address that another link has, too, stays.
    let ours: BTreeSet<IpAddr> = found.iter().map(|(_, a)| a.ip).collect();
    found.extend(others.into_iter().filter(|(_, a)| ours.contains(&a.ip)));
    let names: Vec<&[u8]> = found.iter().map(|(k, _)| k.name.as_bytes()).collect();
    let keeps = match live.netns(netns).filter(|_| found.iter().any(|(_, a)| a.ip.is_ipv6())) {
        Some(space) => address::keepers(space, &names)?,
        None => vec![false; names.len()],
    };
    out.addresses.extend(found.iter().zip(keeps).map(|((link, a), keeps)| Address {
        link: link.clone(),
        ip: a.ip,
        len: a.len,
        permanent: a.permanent,
        keeps,
    }));
    Ok(())
}

fn routes(live: &mut Live, netns: &Netns, links: &[u32]) -> Result<Vec<route::Route>, Error> {
    let socket = live.socket(netns)?;
    if links.len() > FEW {
        return route::through(socket, None);
    }
    let mut out = Vec::new();
    for index in links {
        out.extend(route::through(socket, Some(*index))?);
    }
    Ok(out)
}

/// What a plan costs. `read` and `world` are what it was made for.
pub fn effects(
    live: &mut Live,
    read: &Snapshot,
    world: &World,
    trace: &Trace,
) -> Result<(Facts, Effects), Error> {
    let facts = if trace.disturbs() { facts(live, read, world, trace)? } else { Facts::default() };
    let effects = disruption::losses(world, trace, &facts);
    Ok((facts, effects))
}

/// The ways that must not be cut, of all namespaces that were read: sessions, and default routes.
pub fn ways(
    live: &mut Live,
    read: &Snapshot,
    world: &World,
    spaces: &[Netns],
    sessions: &[Session],
) -> Result<Vec<Way>, Error> {
    let mut out = Vec::new();
    for session in sessions {
        let Some(netns) = live.called(session.netns).filter(|n| spaces.contains(n)) else { continue };
        out.extend(way(live, read, world, &netns, session)?);
    }
    for netns in spaces {
        out.extend(defaults(live, read, world, netns)?);
    }
    Ok(out)
}

/// The way of one session; none where its packets leave the machine by no link that was read.
fn way(
    live: &mut Live,
    read: &Snapshot,
    world: &World,
    netns: &Netns,
    session: &Session,
) -> Result<Option<Way>, Error> {
    let connection = session.connection;
    let (local, remote) = (connection.local, connection.remote);
    let (index, hop) = match connection.index {
        0 => match route::to(live.socket(netns)?, remote.ip(), Some(local.ip()))? {
            Some(route) => (route.index, route.gateway.unwrap_or(remote.ip())),
            None => return Ok(None),
        },
        bound => (bound, remote.ip()),
    };
    let Some(link) = read.by_index(netns, index) else { return Ok(None) };
    let ports = ports(live, read, world, &link, hop)?;
    Ok(Some(Way {
        used: Use::Session { local, remote },
        link,
        source: Some(local.ip()),
        ports,
        others: Vec::new(),
    }))
}

/// The default routes of a namespace.
fn defaults(live: &mut Live, read: &Snapshot, world: &World, netns: &Netns) -> Result<Vec<Way>, Error> {
    let mut out = Vec::new();
    for six in [false, true] {
        let mut hops = Vec::new();
        for found in route::default(live.socket(netns)?, six)? {
            let Some(link) = read.by_index(netns, found.index) else { continue };
            let ports = match found.gateway {
                Some(hop) => ports(live, read, world, &link, hop)?,
                None => BTreeMap::new(),
            };
            let used = Use::Default { six, gateway: found.gateway };
            hops.push(Way { used, link, source: None, ports, others: Vec::new() });
        }
        if let Some((mut way, others)) = (!hops.is_empty()).then(|| (hops.remove(0), hops)) {
            way.others = others;
            out.push(way);
        }
    }
    Ok(out)
}

/// Where the link is a bridge: the port behind which the next hop was seen.
fn ports(
    live: &mut Live,
    read: &Snapshot,
    world: &World,
    link: &Key,
    hop: IpAddr,
) -> Result<BTreeMap<Key, Key>, Error> {
    let is_bridge = |k: &Key| world.get(k).and_then(|l: &Link| l.kind).is_some_and(|k| k.name == "bridge");
    let mut out = BTreeMap::new();
    // Only the link that has the address knows the next hop's link-layer address.
    if is_bridge(link)
        && let Some(index) = read.index(link)
        && let Some(port) = neighbour::port(live.socket(&link.netns)?, index, hop)?
        && let Some(port) = read.by_index(&link.netns, port)
    {
        out.insert(link.clone(), port);
    }
    Ok(out)
}
