//! What a plan does to the way that the person who asks for it came by, and to the way out.
//!
//! A [`Way`] is a connection or a default route, with the link that its packets leave by. From there the guard follows
//! what the link stands on: lower links, ports, the other end of a pair. Pure: who is connected is told by whoever
//! asks a kernel. Refuses to decide what follows from a cut.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use linkctl_kinds::link as base;
use linkctl_link::topology::stands_on;
use linkctl_link::{Key, Link, World};
use linkctl_schema::Name;

use crate::delta::partner;
use crate::disruption::{Effects, Fate, Loss, Lost, Manner, Trace};
use crate::habit;

/// Settings whose change may cut what goes over a link, though it stays up.
const CUTTING: &[&str] = &["address", "arp", "carrier", "protodown", "vlan_filtering", "vlan_protocol"];

/// What must not be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// The connection that the session comes by.
    Session {
        /// This side.
        local: SocketAddr,
        /// The other side.
        remote: SocketAddr,
    },
    /// The default route of IPv4, or of IPv6.
    Default {
        /// Of IPv6.
        six: bool,
        /// The next hop.
        gateway: Option<IpAddr>,
    },
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Session { local, remote } => write!(f, "your session from {remote} to {local}"),
            Self::Default { six, gateway } => {
                write!(f, "the IPv{} default route", if *six { 6 } else { 4 })?;
                gateway.map_or(Ok(()), |g| write!(f, " by {g}"))
            }
        }
    }
}

/// Something that must not be cut, and the link that it leaves by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// What it is.
    pub used: Use,
    /// The link that its packets leave by.
    pub link: Key,
    /// Their source, which has to stay somewhere.
    pub source: Option<IpAddr>,
    /// Of bridges on the way, the port behind which the next hop was seen.
    pub ports: BTreeMap<Key, Key>,
    /// Other ways of the same use, for a default route of several next hops: it is cut where all of them are.
    pub others: Vec<Self>,
}

/// What cuts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The link is deleted.
    Deleted,
    /// It is deleted and made anew.
    Rebuilt,
    /// It is down for a moment.
    Paused,
    /// It is down in the end.
    Down,
    /// It goes to another namespace.
    Moved,
    /// It leaves its master.
    Released,
    /// It comes to a master that takes its packets.
    Joined(Name),
    /// It takes only shorter packets: what the other side sends still is longer.
    Mtu(u32),
    /// A setting that may cut.
    Setting(&'static str),
    /// The address is lost.
    Address(IpAddr),
    /// The route is lost, though the link stays.
    Route,
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deleted => f.write_str("is deleted"),
            Self::Rebuilt => f.write_str("is deleted and made anew"),
            Self::Paused => f.write_str("goes down for a moment"),
            Self::Down => f.write_str("goes down"),
            Self::Moved => f.write_str("goes to another namespace"),
            Self::Released => f.write_str("leaves its master"),
            Self::Joined(master) => write!(f, "becomes a port of {master}, which takes its packets"),
            Self::Mtu(mtu) => write!(f, "gets the lesser mtu {mtu}, and what comes is longer"),
            Self::Setting(field) => write!(f, "gets another {field}"),
            Self::Address(ip) => write!(f, "loses {ip}"),
            Self::Route => f.write_str("loses it"),
        }
    }
}

/// A way that a plan cuts. Shown as one clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What is cut.
    pub used: Use,
    /// The links from the one that packets leave by to the one that cuts.
    pub path: Vec<Key>,
    /// What happens to the last of them.
    pub how: How,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} goes by ", self.used)?;
        for (i, key) in self.path.iter().enumerate() {
            write!(f, "{}{key}", if i > 0 { " on " } else { "" })?;
        }
        match self.path.last() {
            Some(last) => write!(f, ", and {last} {}", self.how),
            None => Ok(()),
        }
    }
}

/// The ways that a plan cuts, each once. `before` is what the plan was made for.
pub fn cuts(before: &World, trace: &Trace, effects: &Effects, ways: &[Way]) -> Vec<Cut> {
    ways.iter().filter_map(|way| cut(before, trace, effects, way)).collect()
}

/// What cuts all the ways of one use, or takes the route itself.
fn cut(before: &World, trace: &Trace, effects: &Effects, way: &Way) -> Option<Cut> {
    let walk = |way| Walk { before, trace, effects, way };
    let first = walk(way).cut().filter(|_| way.others.iter().all(|o| walk(o).cut().is_some()));
    first.or_else(|| std::iter::once(way).chain(&way.others).find_map(|w| walk(w).route()))
}

/// One way, walked from its link downwards.
struct Walk<'w> {
    before: &'w World,
    trace: &'w Trace,
    effects: &'w Effects,
    way: &'w Way,
}

impl Walk<'_> {
    fn cut(&self) -> Option<Cut> {
        let mut path = Vec::new();
        let top = self.trace.fates.get(&self.way.link).and_then(|f| f.joined).map(How::Joined);
        let how = match self.own(&self.way.link).or(top) {
            Some(how) => {
                path.push(self.way.link.clone());
                Some(how)
            }
            None => self.down(&self.way.link, &mut path),
        };
        if let Some(how) = how {
            return Some(Cut { used: self.way.used.clone(), path, how });
        }
        self.address()
    }

    /// Whether the source address is lost, on whichever link it is.
    fn address(&self) -> Option<Cut> {
        let source = self.way.source?;
        let mut losses = self.effects.losses.iter();
        let lost = losses.find(|l| matches!(&l.what, Lost::Address(a) if a.ip == source))?;
        let mut path = vec![self.way.link.clone()];
        if lost.link != self.way.link {
            path.push(lost.link.clone());
        }
        Some(Cut { used: self.way.used.clone(), path, how: How::Address(source) })
    }

    /// Whether the default route is lost, by whatever becomes of its link.
    fn route(&self) -> Option<Cut> {
        let Use::Default { six, gateway } = &self.way.used else { return None };
        let lost = |l: &Loss| match &l.what {
            Lost::Route(r) => r.is_default() && r.to.0.is_ipv6() == *six && r.gateway == *gateway,
            _ => false,
        };
        let link = &self.way.link;
        self.effects.losses.iter().find(|l| l.link == *link && lost(l))?;
        Some(Cut { used: self.way.used.clone(), path: vec![link.clone()], how: How::Route })
    }

    /// What cuts at this link or below it; the path ends there.
    fn down(&self, key: &Key, path: &mut Vec<Key>) -> Option<How> {
        if path.contains(key) {
            return None;
        }
        path.push(key.clone());
        if let Some(how) = self.own(key) {
            return Some(how);
        }
        let link = self.before.get(key)?;
        let lower = stands_on(key, link).and_then(|lower| self.down(&lower, path));
        let found = lower.or_else(|| self.through_ports(key, link, path)).or_else(|| self.across(key, path));
        let found = found.or_else(|| self.vrf(key, link, path));
        if found.is_none() {
            path.pop();
        }
        found
    }

    /// Ports: the one that leads there, where that is known, else all of them.
    fn through_ports(&self, key: &Key, link: &Link, path: &mut Vec<Key>) -> Option<How> {
        if !habit::takes_packets(link) {
            return None;
        }
        if let Some(port) = self.way.ports.get(key) {
            return self.port(port, path);
        }
        let of = |(k, l): &(&Key, &Link)| {
            k.netns == key.netns && l.has_master() == Some(key.name) && l.up() == Some(true)
        };
        let mut first = None;
        for (port, _) in self.before.iter().filter(of) {
            let mut below = path.clone();
            let how = self.port(port, &mut below)?;
            first.get_or_insert((below, how));
        }
        let (below, how) = first?;
        *path = below;
        Some(how)
    }

    fn port(&self, key: &Key, path: &mut Vec<Key>) -> Option<How> {
        if let Some(how) = self.down(key, path) {
            return Some(how);
        }
        let fate = self.trace.fates.get(key)?;
        (fate.released.is_some() || fate.joined.is_some()).then(|| {
            path.push(key.clone());
            How::Released
        })
    }

    /// The other end of a pair, and the master that it is a port of.
    fn across(&self, key: &Key, path: &mut Vec<Key>) -> Option<How> {
        let peer = partner(key, self.before)?;
        let fate = self.trace.fates.get(&peer);
        let released = || fate.and_then(|f| f.released.as_ref()).map(|_| How::Released);
        let joined = || fate.and_then(|f| f.joined).map(How::Joined);
        path.push(peer.clone());
        if let Some(how) = self.own(&peer).or_else(released).or_else(joined) {
            return Some(how);
        }
        if let Some(master) = self.before.get(&peer).and_then(Link::has_master).map(|m| peer.beside(m))
            && let Some(how) = self.own(&master)
        {
            path.push(master);
            return Some(how);
        }
        path.pop();
        None
    }

    /// The VRF whose table routes the packets.
    fn vrf(&self, key: &Key, link: &Link, path: &mut Vec<Key>) -> Option<How> {
        let master = key.beside(link.has_master()?);
        self.before.get(&master).filter(|m| habit::cycles_ports(m))?;
        let how = self.own(&master)?;
        path.push(master);
        Some(how)
    }

    /// What happens to a link itself that cuts what goes over it.
    fn own(&self, key: &Key) -> Option<How> {
        let fate = self.trace.fates.get(key)?;
        let manner = match self.effects.links.get(key) {
            Some(Manner::Delete) => Some(How::Deleted),
            Some(Manner::Rebuild) => Some(How::Rebuilt),
            Some(Manner::Move) => Some(How::Moved),
            Some(Manner::Down) => Some(How::Paused),
            Some(Manner::Stopped) => Some(How::Down),
            _ => None,
        };
        let session = matches!(self.way.used, Use::Session { .. });
        manner.or_else(|| self.changed(key, fate).filter(|_| session))
    }

    /// What changes live and may cut.
    fn changed(&self, key: &Key, fate: &Fate) -> Option<How> {
        let had = self.before.get(key).and_then(|l| l.base.get(base::MTU));
        if let Some(mtu) = fate.mtu.filter(|mtu| had.is_none_or(|had| *mtu < had)) {
            return Some(How::Mtu(mtu));
        }
        CUTTING.iter().find(|f| fate.set.contains(*f)).map(|f| How::Setting(f))
    }
}
