//! The IP addresses of links (`linux/if_addr.h`).
//!
//! Knows how they are told, and which of them outlive that their link goes down. Refuses to change any.

use std::net::IpAddr;
use std::path::PathBuf;

use linkctl_wire::{Attrs, Writer, number};

use crate::dump::Part;
use crate::{Error, Netns, Socket, inside};

pub(crate) const RTM_NEWADDR: u16 = 20;
pub(crate) const RTM_GETADDR: u16 = 22;
pub(crate) const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
pub(crate) const IFA_FLAGS: u16 = 8;
/// It has no lifetime.
pub(crate) const IFA_F_PERMANENT: u32 = 0x80;
/// Bytes of `struct ifaddrmsg`.
pub(crate) const IFADDRMSG: usize = 8;

/// An address of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The index of its link.
    pub index: u32,
    /// The address.
    pub ip: IpAddr,
    /// How many bits of it are the network's.
    pub len: u8,
    /// It has no lifetime: neither a router nor a server gave it.
    pub permanent: bool,
}

impl Address {
    /// Reads the payload of an `RTM_NEWADDR`; `None` where it tells no IP address.
    fn read(payload: &[u8]) -> Option<Self> {
        let fixed = payload.get(..IFADDRMSG)?;
        let attributes = Attrs::new(payload.get(IFADDRMSG..)?);
        // Of a point-to-point address the first names the other side.
        let own = attributes.clone().find(IFA_LOCAL).or_else(|| attributes.clone().find(IFA_ADDRESS))?;
        let flags = attributes.find(IFA_FLAGS).and_then(number::u32).unwrap_or(u32::from(fixed[2]));
        Some(Self {
            index: number::u32(&fixed[4..8])?,
            ip: ip(own)?,
            len: fixed[1],
            permanent: flags & IFA_F_PERMANENT != 0,
        })
    }
}

/// Four or sixteen bytes as an address.
pub(crate) fn ip(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        _ => None,
    }
}

/// The bytes of an address.
pub(crate) fn bytes(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

/// All addresses of the socket's namespace.
pub fn all(socket: &mut Socket) -> Result<Vec<Address>, Error> {
    let mut out = Vec::new();
    let request = Writer::message(RTM_GETADDR, 0, &[0; IFADDRMSG]).finish()?;
    let dumped = socket.dump_consistent(request, |part| match part {
        Part::Begin => out.clear(),
        Part::Message(m) if m.header.kind == RTM_NEWADDR => out.extend(Address::read(m.payload)),
        Part::Message(_) => {}
    })?;
    dumped.consistent()?;
    Ok(out)
}

/// Of these links, those that keep permanent IPv6 addresses while they are down (`keep_addr_on_down`, of all links or
/// their own; `addrconf_ifdown` of `net/ipv6/addrconf.c`). What cannot be read is off, as it is by default.
pub fn keepers(netns: &Netns, links: &[&[u8]]) -> Result<Vec<bool>, Error> {
    inside(netns, || {
        let keeps = |link: &[u8]| setting(link).is_some_and(|n| n > 0);
        let all = keeps(b"all");
        links.iter().map(|link| all || keeps(link)).collect()
    })
}

fn setting(link: &[u8]) -> Option<i32> {
    use std::os::unix::ffi::OsStrExt;
    // A name that leads elsewhere is no link's; the kernel refuses such.
    if link.is_empty() || link.contains(&b'/') || link == b"." || link == b".." {
        return None;
    }
    let mut path = PathBuf::from("/proc/sys/net/ipv6/conf");
    path.push(std::ffi::OsStr::from_bytes(link));
    path.push("keep_addr_on_down");
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_a_torn_one_is_none_or_whole() {
        let mut message = Writer::message(RTM_NEWADDR, 0, &[2, 24, 0x80, 0, 5, 0, 0, 0]);
        message.put(IFA_ADDRESS, &[10, 0, 0, 9]);
        message.put(IFA_LOCAL, &[10, 0, 0, 1]);
        let whole = message.finish().expect("short");
        let read = |end| Address::read(&whole[16..end]);
        let found = read(whole.len()).expect("whole");
        assert_eq!((found.ip.to_string().as_str(), found.len, found.permanent), ("10.0.0.1", 24, true));
        (16..whole.len()).for_each(|end| assert!(read(end).is_none_or(|a| a.ip.is_ipv4())));
        assert_eq!(setting(b"../../../../etc"), None);
        assert_eq!(setting(b".."), None);
    }
}
