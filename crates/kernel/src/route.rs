//! Routes, as far as losing a link loses them (`linux/rtnetlink.h`).
//!
//! Knows which link leads to an address, and which routes lead through a link. Refuses to change any.

use std::collections::BTreeSet;
use std::net::IpAddr;

use linkctl_wire::{Attrs, Writer, number};

use crate::address::{bytes, ip};
use crate::dump::Part;
use crate::{Error, Socket};

pub(crate) const RTM_NEWROUTE: u16 = 24;
pub(crate) const RTM_GETROUTE: u16 = 26;
const RTA_DST: u16 = 1;
pub(crate) const RTA_OIF: u16 = 4;
pub(crate) const RTA_GATEWAY: u16 = 5;
const RTA_PREFSRC: u16 = 7;
const RTA_SRC: u16 = 2;
pub(crate) const RTA_MULTIPATH: u16 = 9;
pub(crate) const RTA_VIA: u16 = 18;
pub(crate) const RTA_TABLE: u16 = 15;
pub(crate) const RTA_NH_ID: u16 = 30;
/// Bytes of `struct rtmsg`.
pub(crate) const RTMSG: usize = 12;
/// Bytes of `struct rtnexthop`.
pub(crate) const NEXTHOP: usize = 8;
pub(crate) const AF_INET: u8 = 2;
pub(crate) const AF_INET6: u8 = 10;
const RTNH_F_DEAD: u8 = 1;
/// The table that is asked where no rule says otherwise (`RT_TABLE_MAIN`).
pub const MAIN: u32 = 254;
/// A gateway or a link (`RTN_UNICAST`).
const UNICAST: u8 = 1;
/// The answer is the route, not what it makes of the address (Linux 4.13).
const RTM_F_FIB_MATCH: u32 = 0x2000;
/// Up to how many links are asked one by one for what they have; of more, whole tables are read.
pub const FEW: usize = 8;
/// Addresses that hardly anybody has a route of their own to, not even one that leads nowhere. Nothing is sent there.
const FAR: [IpAddr; 2] = [
    IpAddr::V4(std::net::Ipv4Addr::new(128, 0, 0, 1)),
    IpAddr::V6(std::net::Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 1)),
];

/// Who made a route (`RTPROT_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The kernel, for an address of the link.
    Kernel,
    /// The kernel, because a router told.
    Router,
    /// A person or a program.
    Other,
}

/// A route through one link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The index of the link.
    pub index: u32,
    /// Where it leads, and how many bits of that count: 0 for everywhere.
    pub to: (IpAddr, u8),
    /// The next hop, where it is another machine.
    pub gateway: Option<IpAddr>,
    /// The source address that it prefers.
    pub source: Option<IpAddr>,
    /// The number of its table.
    pub table: u32,
    /// Who made it.
    pub by: By,
    /// It has several next hops, of which this is one: the links of those others that packets can take.
    pub beside: Option<Vec<u32>>,
    /// Its next hops are objects of their own (`ip nexthop`).
    pub objects: bool,
}

/// Which way packets to an address go from the socket's namespace; `None` where the kernel knows none.
///
/// `source` is the packets' own address, for rules that look at it.
pub fn to(socket: &mut Socket, address: IpAddr, source: Option<IpAddr>) -> Result<Option<Route>, Error> {
    Ok(ask(socket, address, source, 0)?.into_iter().next())
}

/// The default route of IPv4, or of IPv6: the one that counts, once for each next hop.
pub fn default(socket: &mut Socket, six: bool) -> Result<Vec<Route>, Error> {
    let mut found = ask(socket, FAR[usize::from(six)], None, RTM_F_FIB_MATCH)?;
    found.retain(|r| r.to.1 == 0);
    Ok(found)
}

fn ask(
    socket: &mut Socket,
    address: IpAddr,
    source: Option<IpAddr>,
    flags: u32,
) -> Result<Vec<Route>, Error> {
    let host = if address.is_ipv4() { 32 } else { 128 };
    let family = if address.is_ipv4() { AF_INET } else { AF_INET6 };
    let source = source.filter(|s| s.is_ipv4() == address.is_ipv4());
    let mut fixed = [0; RTMSG];
    fixed[0] = family;
    fixed[1] = host;
    fixed[2] = if source.is_some() { host } else { 0 };
    fixed[8..12].copy_from_slice(&flags.to_ne_bytes());
    let mut request = Writer::message(RTM_GETROUTE, 0, &fixed);
    request.put(RTA_DST, &bytes(address));
    if let Some(source) = source {
        request.put(RTA_SRC, &bytes(source));
    }
    match socket.get(request.finish()?, |m| read(m.payload)) {
        Ok(found) => Ok(found),
        // ENETUNREACH, EHOSTUNREACH, EACCES (prohibit), EINVAL (blackhole, or a source that is not ours).
        Err(Error::Refused(_)) => Ok(Vec::new()),
        Err(e) => Err(e),
    }
}

/// The routes of the socket's namespace that lead through a link, or through any: `None`. Those of the `local` table
/// are the addresses once more, and left out.
pub fn through(socket: &mut Socket, index: Option<u32>) -> Result<Vec<Route>, Error> {
    let mut out = Vec::new();
    for family in [AF_INET, AF_INET6] {
        out.extend(table(socket, family, 0, index, |_| true)?);
    }
    Ok(out)
}

/// The routes of IPv4 that go with one of these addresses, for they send from it (`fib_sync_down_addr` of
/// `net/ipv4/fib_semantics.c`: those of the main table).
pub fn from(socket: &mut Socket, sources: &BTreeSet<IpAddr>) -> Result<Vec<Route>, Error> {
    let wanted = |r: &Route| r.table == MAIN && r.source.is_some_and(|s| sources.contains(&s));
    table(socket, AF_INET, MAIN, None, wanted)
}

/// Routes of a family and a table, or of all: 0. An older kernel tells those of other tables, too.
fn table(
    socket: &mut Socket,
    family: u8,
    number: u32,
    index: Option<u32>,
    wanted: impl Fn(&Route) -> bool,
) -> Result<Vec<Route>, Error> {
    let mut found = Vec::new();
    let mut fixed = [0; RTMSG];
    (fixed[0], fixed[7]) = (family, UNICAST);
    let mut request = Writer::message(RTM_GETROUTE, 0, &fixed);
    if number != 0 {
        request.put_u32(RTA_TABLE, number);
    }
    // An older kernel ignores what it should filter by, a kernel without IPv6 answers with all it has.
    if let Some(index) = index.filter(|_| socket.strict()) {
        request.put_u32(RTA_OIF, index);
    }
    let dumped = socket.dump_consistent(request.finish()?, |part| match part {
        Part::Begin => found.clear(),
        Part::Message(m) if m.header.kind == RTM_NEWROUTE && m.payload.first() == Some(&family) => {
            let leads = m.payload.get(7) == Some(&UNICAST);
            let wanted = |r: &Route| leads && index.is_none_or(|i| r.index == i) && wanted(r);
            found.extend(read(m.payload).into_iter().filter(wanted));
        }
        Part::Message(_) => {}
    });
    match dumped {
        Ok(dumped) => dumped.consistent()?,
        // No such family, or with strict checks no such link or table.
        Err(Error::Refused(_)) => return Ok(Vec::new()),
        Err(e) => return Err(e),
    }
    Ok(found)
}
/// Reads the payload of an `RTM_NEWROUTE`: one for each next hop; none where it leads nowhere.
fn read(payload: &[u8]) -> Vec<Route> {
    whole(payload).unwrap_or_default()
}

fn whole(payload: &[u8]) -> Option<Vec<Route>> {
    let fixed = payload.get(..RTMSG)?;
    let attributes = Attrs::new(payload.get(RTMSG..)?);
    let get = |kind| attributes.clone().find(kind);
    let address = |kind| get(kind).and_then(ip);
    let nowhere = match fixed[0] {
        AF_INET => IpAddr::from([0u8; 4]),
        AF_INET6 => IpAddr::from([0u8; 16]),
        _ => return None,
    };
    let route = Route {
        index: get(RTA_OIF).and_then(number::u32).unwrap_or(0),
        to: (address(RTA_DST).unwrap_or(nowhere), fixed[1]),
        gateway: address(RTA_GATEWAY).or_else(|| get(RTA_VIA).and_then(|via| ip(via.get(2..)?))),
        source: address(RTA_PREFSRC),
        table: get(RTA_TABLE).and_then(number::u32).unwrap_or(u32::from(fixed[4])),
        by: match fixed[5] {
            2 => By::Kernel,
            // RTPROT_REDIRECT, RTPROT_RA.
            1 | 9 => By::Router,
            _ => By::Other,
        },
        beside: None,
        objects: get(RTA_NH_ID).is_some(),
    };
    let Some(hops) = get(RTA_MULTIPATH) else {
        return Some(Some(route).filter(|r| r.index != 0).into_iter().collect());
    };
    Some(ways(hops, &route))
}

/// The next hops of a route that has several.
fn ways(mut hops: &[u8], route: &Route) -> Vec<Route> {
    let (mut out, mut live) = (Vec::new(), Vec::new());
    while let Some(fixed) = hops.get(..NEXTHOP) {
        let length = usize::from(u16::from_ne_bytes([fixed[0], fixed[1]]));
        let (Some(own), Some(index)) = (hops.get(NEXTHOP..length), number::u32(&fixed[4..8])) else { break };
        let get = |kind| Attrs::new(own).find(kind);
        let gateway =
            get(RTA_GATEWAY).and_then(ip).or_else(|| get(RTA_VIA).and_then(|via| ip(via.get(2..)?)));
        out.push(Route { index, gateway, ..route.clone() });
        live.push((fixed[2] & RTNH_F_DEAD == 0).then_some(index));
        hops = hops.get(linkctl_wire::aligned(length)..).unwrap_or_default();
    }
    for (at, way) in out.iter_mut().enumerate() {
        let others = live.iter().enumerate().filter(|(i, _)| *i != at);
        way.beside = Some(others.filter_map(|(_, index)| *index).collect());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_next_hop_tells_which_others_packets_can_take() {
        let hop = |flags: u8, index: u8| [8, 0, flags, 0, index, 0, 0, 0];
        let mut message = Writer::message(RTM_NEWROUTE, 0, &[AF_INET, 16, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0]);
        message.put(RTA_MULTIPATH, &[hop(0, 3), hop(RTNH_F_DEAD, 4), hop(0, 5)].concat());
        let found = read(&message.finish().expect("short")[16..]);
        let beside: Vec<_> = found.into_iter().map(|r| (r.index, r.beside.unwrap_or_default())).collect();
        assert_eq!(beside, [(3, vec![5]), (4, vec![3, 5]), (5, vec![3])]);
    }

    #[test]
    fn torn_routes_are_no_routes() {
        let mut fixed = [0u8; RTMSG];
        fixed[0] = AF_INET;
        let mut message = Writer::message(RTM_NEWROUTE, 0, &fixed);
        message.put_u32(RTA_OIF, 7);
        message.put(
            RTA_MULTIPATH,
            &[[16, 0, 0, 0, 3, 0, 0, 0], [8, 0, 5, 0, 10, 0, 0, 1], [9, 0, 0, 0, 4, 0, 0, 0]].concat(),
        );
        let whole = message.finish().expect("short");
        let payload = &whole[16..];
        let read_whole = read(payload);
        assert_eq!(
            read_whole.iter().map(|r| (r.index, r.gateway)).collect::<Vec<_>>(),
            [(3, Some(IpAddr::from([10, 0, 0, 1])))]
        );
        for end in 0..payload.len() {
            let _ = read(&payload[..end]);
        }
        for hops in [&[][..], &[0; 8], &[255; 9], &[4, 0, 0, 0, 0, 0, 0, 0]] {
            assert!(ways(hops, &read_whole[0]).len() <= 1);
        }
    }
}
