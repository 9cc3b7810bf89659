//! What only a kernel knows of links: their addresses and routes, and what is put onto them.

use std::fmt;
use std::net::IpAddr;

use linkctl_link::Key;
use linkctl_link::attached::Attached;

/// An address of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The link.
    pub link: Key,
    /// The address.
    pub ip: IpAddr,
    /// How many bits of it are the network's.
    pub len: u8,
    /// It was given for good, not by a router or a server for a time.
    pub permanent: bool,
    /// The link keeps its permanent IPv6 addresses while it is down (`keep_addr_on_down`).
    pub keeps: bool,
}

impl Address {
    /// An address that every link makes for itself.
    pub(super) fn is_own(&self) -> bool {
        matches!(self.ip, IpAddr::V6(ip) if ip.is_unicast_link_local())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ip, self.len)
    }
}

/// Who made a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The kernel, for an address of the link: it comes back with the address.
    Kernel,
    /// The kernel, for a router said so: it comes back when the router says it again.
    Router,
    /// A person or a program: it comes back when they make it again.
    Other,
}

/// A route through a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The link.
    pub link: Key,
    /// Where it leads, and how many bits of that count.
    pub to: (IpAddr, u8),
    /// The next hop, where it is another machine.
    pub gateway: Option<IpAddr>,
    /// Who made it.
    pub origin: Origin,
    /// It has several next hops, of which this is one: the links of those others that packets can take.
    pub beside: Option<Vec<Key>>,
    /// Its next hops are objects of their own (`ip nexthop`).
    pub objects: bool,
    /// The address that it sends from, where that is said.
    pub source: Option<IpAddr>,
}

impl Route {
    /// Whether it leads everywhere.
    pub fn is_default(&self) -> bool {
        self.to.1 == 0
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            (IpAddr::V4(_), 0) => f.write_str("the IPv4 default route")?,
            (IpAddr::V6(_), 0) => f.write_str("the IPv6 default route")?,
            (ip, len) => write!(f, "the route to {ip}/{len}")?,
        }
        self.gateway.map_or(Ok(()), |gateway| write!(f, " by {gateway}"))
    }
}

/// What is known beside the links.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The addresses of links that a plan disturbs; those of others may be there too.
    pub addresses: Vec<Address>,
    /// The routes through such links, and those that send from such addresses: each once.
    pub routes: Vec<Route>,
    /// What other programs put onto links that a plan deletes or moves.
    pub attached: Vec<(Key, Attached)>,
    /// The kernel takes a link that is up down to rename it (before 6.2).
    pub renames_down: bool,
}
