//! Addresses and routes as the kernel tells them, to be given back as they were (`linux/if_addr.h`, `linux/rtnetlink.h`).
//!
//! Knows which of them nobody else brings back: not what the kernel makes for a link or an address, not what a router tells
//! again. Refuses to take any away.

use std::collections::BTreeSet;

use linkctl_wire::{Attrs, Writer, aligned, number};

use crate::address::{IFA_ADDRESS, IFA_F_PERMANENT, IFA_FLAGS, IFADDRMSG, RTM_GETADDR, RTM_NEWADDR};
use crate::errno::EEXIST;
use crate::route::{
    AF_INET, AF_INET6, FEW, NEXTHOP, RTA_GATEWAY, RTA_MULTIPATH, RTA_NH_ID, RTA_OIF, RTA_TABLE, RTA_VIA,
    RTM_GETROUTE, RTM_NEWROUTE, RTMSG,
};
use crate::{Error, Socket};

const IFA_CACHEINFO: u16 = 6;
/// `IFA_F_NODAD`, `IFA_F_HOMEADDRESS`, `IFA_F_MANAGETEMPADDR`, `IFA_F_NOPREFIXROUTE`, `IFA_F_MCAUTOJOIN`: what a person says of an address.
const SAID: u32 = 0x02 | 0x10 | 0x100 | 0x200 | 0x400;
const RTA_CACHEINFO: u16 = 12;
/// `RTPROT_REDIRECT`, `RTPROT_KERNEL`, `RTPROT_RA`.
const BY_ITSELF: [u8; 3] = [1, 2, 9];
const RT_TABLE_LOCAL: u32 = 255;
/// `RTNH_F_PERVASIVE`, `RTNH_F_ONLINK`: what a person says of a way.
const WAY: u8 = 0x02 | 0x04;
const RTM_F_CLONED: u32 = 0x200;
const NLM_F_EXCL: u16 = 0x200;
const NLM_F_CREATE: u16 = 0x400;

/// An address or a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether it is a route.
    pub route: bool,
    /// What the kernel told, from the fixed part on.
    pub payload: Vec<u8>,
}

impl Entry {
    /// Whether it needs others first: a route by a gateway.
    fn is_far(&self) -> bool {
        let attrs = || Attrs::new(self.payload.get(RTMSG..).unwrap_or_default());
        self.route && [RTA_GATEWAY, RTA_VIA, RTA_MULTIPATH].iter().any(|kind| attrs().find(*kind).is_some())
    }
}

/// All of the socket's namespace that belong to such links.
pub fn all(socket: &mut Socket, links: &BTreeSet<u32>) -> Result<Vec<Entry>, Error> {
    let mut out = Vec::new();
    for family in [AF_INET, AF_INET6] {
        read(socket, (family, false), None, links, &mut out)?;
        if links.len() > FEW || !socket.strict() {
            read(socket, (family, true), None, links, &mut out)?;
            continue;
        }
        // A table of a million routes is not read for one link.
        for index in links {
            read(socket, (family, true), Some(*index), links, &mut out)?;
        }
    }
    Ok(out)
}

fn read(
    socket: &mut Socket,
    (family, route): (u8, bool),
    by: Option<u32>,
    links: &BTreeSet<u32>,
    out: &mut Vec<Entry>,
) -> Result<(), Error> {
    let (get, kind, size) =
        if route { (RTM_GETROUTE, RTM_NEWROUTE, RTMSG) } else { (RTM_GETADDR, RTM_NEWADDR, IFADDRMSG) };
    let mut fixed = vec![0; size];
    fixed[0] = family;
    let mut request = Writer::message(get, 0, &fixed);
    if let Some(index) = by {
        request.put_u32(RTA_OIF, index);
    }
    let of = |index: u32| links.contains(&index);
    // An index that is not there any more, or no such family, has none.
    out.extend(socket.table(request.finish()?, &[kind], |payload| {
        let wanted = if route { is_route(payload, of) } else { is_address(payload, of) };
        let entry = || Entry { route, payload: payload.to_vec() };
        (payload.first() == Some(&family) && wanted == Some(true)).then(entry)
    })?);
    Ok(())
}

/// Whether it is one that was given for good, and not what a link makes for itself.
fn is_address(payload: &[u8], of: impl Fn(u32) -> bool) -> Option<bool> {
    let fixed = payload.get(..IFADDRMSG)?;
    let attrs = Attrs::new(payload.get(IFADDRMSG..)?);
    let flags = attrs.clone().find(IFA_FLAGS).and_then(number::u32).unwrap_or(u32::from(fixed[2]));
    let own = fixed[0] == AF_INET6
        && attrs
            .find(IFA_ADDRESS)
            .is_some_and(|ip| ip.first() == Some(&0xfe) && ip.get(1).is_some_and(|b| b & 0xc0 == 0x80));
    Some(flags & IFA_F_PERMANENT != 0 && !own && of(number::u32(&fixed[4..8])?))
}

fn is_route(payload: &[u8], of: impl Fn(u32) -> bool) -> Option<bool> {
    let fixed = payload.get(..RTMSG)?;
    let attrs = Attrs::new(payload.get(RTMSG..)?);
    let table = attrs.clone().find(RTA_TABLE).and_then(number::u32).unwrap_or(u32::from(fixed[4]));
    let cloned = number::u32(&fixed[8..12])? & RTM_F_CLONED != 0;
    // Ways that are objects of their own are not a route's to bring back.
    if BY_ITSELF.contains(&fixed[5])
        || table == RT_TABLE_LOCAL
        || cloned
        || attrs.clone().find(RTA_NH_ID).is_some()
    {
        return Some(false);
    }
    let by = attrs.clone().find(RTA_OIF).and_then(number::u32).is_some_and(&of);
    let hops = attrs.find(RTA_MULTIPATH).unwrap_or_default();
    Some(by || links(hops).any(of))
}

/// The links of a route of several hops.
fn links(mut hops: &[u8]) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let fixed = hops.get(..NEXTHOP)?;
        let length = usize::from(u16::from_ne_bytes([fixed[0], fixed[1]]));
        let index = number::u32(&fixed[4..8])?;
        hops = hops.get(aligned(length.max(NEXTHOP))..).unwrap_or_default();
        Some(index)
    })
}

/// Gives back those that are not there: addresses, routes to what is near, and routes by gateways. `now` tells the index that a link
/// has of the one that it had. How many of them the kernel refuses.
pub fn give_back(socket: &mut Socket, all: &[Entry], now: impl Fn(u32) -> u32) -> Result<usize, Error> {
    let mut refused = 0;
    for (route, far) in [(false, false), (true, false), (true, true)] {
        for entry in all.iter().filter(|e| e.route == route && e.is_far() == far) {
            let Some(message) = asked(entry, &now) else { continue };
            match socket.request(message?) {
                Ok(_) => {}
                Err(Error::Refused(refusal)) if refusal.errno == EEXIST => {}
                Err(Error::Refused(_)) => refused += 1,
                Err(e) => return Err(e),
            }
        }
    }
    Ok(refused)
}

/// The request for an entry; `None` where what was told of it is torn.
fn asked(entry: &Entry, now: impl Fn(u32) -> u32) -> Option<Result<Vec<u8>, Error>> {
    let (kind, size) = if entry.route { (RTM_NEWROUTE, RTMSG) } else { (RTM_NEWADDR, IFADDRMSG) };
    let mut fixed = entry.payload.get(..size)?.to_vec();
    let attrs = Attrs::new(entry.payload.get(size..)?);
    if entry.route {
        let flags = [fixed[8] & WAY, 0, 0, 0];
        fixed[8..12].copy_from_slice(&flags);
    } else {
        let index = now(number::u32(&fixed[4..8])?);
        fixed[4..8].copy_from_slice(&index.to_ne_bytes());
        fixed[2] &= SAID as u8;
    }
    let mut out = Writer::message(kind, NLM_F_CREATE | NLM_F_EXCL, &fixed);
    for attr in attrs {
        let attr = attr.ok()?;
        let (kind, value) = (attr.kind, attr.data);
        match (entry.route, kind) {
            (true, RTA_OIF) => out.put_u32(kind, now(number::u32(value)?)),
            (true, RTA_MULTIPATH) => out.put(kind, &hops(value, &now)?),
            (true, RTA_CACHEINFO) | (false, IFA_CACHEINFO) => {}
            (false, IFA_FLAGS) => out.put_u32(kind, number::u32(value)? & SAID),
            _ => out.put(kind, value),
        }
    }
    Some(out.finish().map_err(Error::from))
}

/// The hops of a route with the indexes that the links have now, and without what became of them.
fn hops(value: &[u8], now: impl Fn(u32) -> u32) -> Option<Vec<u8>> {
    let mut out = value.to_vec();
    let mut at = 0;
    while let Some(fixed) = out.get_mut(at..at + NEXTHOP) {
        let length = usize::from(u16::from_ne_bytes([fixed[0], fixed[1]]));
        let index = now(number::u32(&fixed[4..8])?);
        fixed[2] &= WAY;
        fixed[4..8].copy_from_slice(&index.to_ne_bytes());
        at += aligned(length.max(NEXTHOP));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_of_several_hops_is_asked_for_by_the_indexes_of_now_and_a_torn_one_is_not() {
        let mut fixed = [0u8; RTMSG];
        (fixed[0], fixed[4], fixed[5], fixed[7], fixed[8]) = (AF_INET, 254, 3, 1, 0x11);
        let mut message = Writer::message(RTM_NEWROUTE, 0, &fixed);
        message.put(RTA_MULTIPATH, &[[8, 0, 0x15, 0, 3, 0, 0, 0], [8, 0, 1, 0, 4, 0, 0, 0]].concat());
        let whole = message.finish().expect("short");
        let payload = whole[16..].to_vec();
        assert_eq!(is_route(&payload, |i| i == 4), Some(true));
        assert_eq!(is_route(&payload, |i| i == 5), Some(false));
        let entry = Entry { route: true, payload: payload.clone() };
        assert!(entry.is_far());
        let asked_for = asked(&entry, |i| i + 10).expect("whole").expect("short");
        let hops = Attrs::new(&asked_for[16 + RTMSG..]).find(RTA_MULTIPATH).expect("hops").to_vec();
        assert_eq!(links(&hops).collect::<Vec<_>>(), [13, 14]);
        assert_eq!((asked_for[16 + 8], hops[2], hops[10]), (0, 4, 0), "neither dead nor without carrier");
        for end in 0..payload.len() {
            let torn = Entry { route: true, payload: payload[..end].to_vec() };
            let _ = (is_route(&torn.payload, |_| true), asked(&torn, |i| i), torn.is_far());
        }
    }

    #[test]
    fn addresses_of_a_links_own_and_for_a_time_are_not_kept() {
        let of = |family: u8, flags: u8, ip: &[u8]| {
            let mut message = Writer::message(RTM_NEWADDR, 0, &[family, 64, flags, 0, 7, 0, 0, 0]);
            message.put(IFA_ADDRESS, ip);
            is_address(&message.finish().expect("short")[16..], |i| i == 7)
        };
        let six = |first: u8, second: u8| [[first, second].as_slice(), &[0; 14]].concat();
        assert_eq!(of(AF_INET, 0x80, &[10, 0, 0, 1]), Some(true));
        assert_eq!(of(AF_INET, 0, &[10, 0, 0, 1]), Some(false));
        assert_eq!(of(AF_INET6, 0x80, &six(0xfd, 0)), Some(true));
        assert_eq!(of(AF_INET6, 0x80, &six(0xfe, 0x80)), Some(false));
    }
}
