//! What is put onto links by other messages than those of links: queueing disciplines, entries of forwarding tables, neighbours
//! (`linux/pkt_sched.h`, `linux/neighbour.h`).
//!
//! Knows which of them somebody set by hand. Refuses to change any.

use linkctl_wire::{Attrs, Writer, number};

use crate::neighbour::{AF_BRIDGE, NDA_LLADDR, NDA_MASTER, NDMSG, RTM_GETNEIGH};
use crate::route::{AF_INET, AF_INET6};
use crate::{Error, Socket};

const RTM_NEWNEIGH: u16 = 28;
const RTM_NEWQDISC: u16 = 36;
const RTM_GETQDISC: u16 = 38;
const TCA_KIND: u16 = 1;
const NDA_IFINDEX: u16 = 8;
/// Bytes of `struct tcmsg`.
const TCMSG: usize = 20;
/// What a discipline is for that sees all that a link sends.
const TC_H_ROOT: u32 = 0xffff_ffff;
/// The same of one that only holds filters: `clsact`, or `ingress`.
const TC_H_CLSACT: u32 = 0xffff_fff1;
const NUD_NOARP: u16 = 0x40;
const NUD_PERMANENT: u16 = 0x80;
const NTF_SELF: u8 = 0x02;
/// A program keeps it, and tells it again.
const NTF_EXT_LEARNED: u8 = 0x10;

/// A queueing discipline that somebody set: the kernel's own have no handle (`qdisc_create_dflt`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discipline {
    /// The index of its link.
    pub index: u32,
    /// What it is called.
    pub name: Vec<u8>,
    /// It queues nothing, and holds filters.
    pub filters: bool,
}

/// All of them in the socket's namespace; none where the kernel has no traffic control.
pub fn disciplines(socket: &mut Socket) -> Result<Vec<Discipline>, Error> {
    let request = Writer::message(RTM_GETQDISC, 0, &[0; TCMSG]).finish()?;
    socket.table(request, &[RTM_NEWQDISC], discipline)
}

fn discipline(payload: &[u8]) -> Option<Discipline> {
    let word = |at: usize| number::u32(payload.get(at..at + 4)?);
    let (index, handle, parent) = (word(4)?, word(8)?, word(12)?);
    let name = Attrs::new(payload.get(TCMSG..)?).find(TCA_KIND)?;
    let name = name.split(|b| *b == 0).next()?.to_vec();
    let set = handle != 0 && matches!(parent, TC_H_ROOT | TC_H_CLSACT);
    set.then_some(Discipline { index, name, filters: parent == TC_H_CLSACT })
}

/// What sort an entry is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A bridge's, about a port: it does not age.
    Port,
    /// The link's own, of a `vxlan` for one.
    Own,
    /// The same for all that is addressed to no one: one of these a tunnel has by itself where it has a remote end.
    All,
    /// A neighbour that does not have to answer.
    Neighbour,
}

/// An entry that somebody made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The index of its link.
    pub index: u32,
    /// What sort it is of.
    pub sort: Sort,
    /// The link-layer address: a bridge has one entry of it for each VLAN.
    pub address: Vec<u8>,
}

/// Entries of forwarding tables of the socket's namespace, of one link or of all: `None`. What programs tell again is left out.
pub fn forwarding(socket: &mut Socket, index: Option<u32>) -> Result<Vec<Entry>, Error> {
    entries(socket, AF_BRIDGE, index)
}

/// Permanent neighbours, in the same way.
pub fn neighbours(socket: &mut Socket, index: Option<u32>) -> Result<Vec<Entry>, Error> {
    let mut out = entries(socket, AF_INET, index)?;
    out.extend(entries(socket, AF_INET6, index)?);
    Ok(out)
}

fn entries(socket: &mut Socket, family: u8, index: Option<u32>) -> Result<Vec<Entry>, Error> {
    let mut fixed = [0; NDMSG];
    fixed[0] = family;
    let mut request = Writer::message(RTM_GETNEIGH, 0, &fixed);
    // An older kernel ignores what it should filter by.
    if let Some(index) = index.filter(|_| socket.strict()) {
        request.put_u32(NDA_IFINDEX, index);
    }
    let found = socket.table(request.finish()?, &[RTM_NEWNEIGH], |payload| entry(payload, family))?;
    Ok(found.into_iter().filter(|e| index.is_none_or(|i| e.index == i)).collect())
}

fn entry(payload: &[u8], family: u8) -> Option<Entry> {
    let fixed = payload.get(..NDMSG)?;
    let index = number::u32(&fixed[4..8])?;
    let state = u16::from_ne_bytes([fixed[8], fixed[9]]);
    let flags = fixed[10];
    if fixed[0] != family || flags & NTF_EXT_LEARNED != 0 {
        return None;
    }
    let attrs = Attrs::new(payload.get(NDMSG..)?);
    let zero = || attrs.clone().find(NDA_LLADDR).is_none_or(|a| a.iter().all(|b| *b == 0));
    let group = || attrs.clone().find(NDA_LLADDR).is_some_and(|a| a.first().is_some_and(|b| b & 1 != 0));
    let sort = match family {
        AF_BRIDGE if attrs.clone().find(NDA_MASTER).is_some() => {
            (state == NUD_NOARP).then_some(Sort::Port)?
        }
        // Groups that it listens to it has by itself.
        AF_BRIDGE if flags & NTF_SELF == 0 || state & NUD_PERMANENT == 0 || group() => return None,
        AF_BRIDGE if zero() => Sort::All,
        AF_BRIDGE => Sort::Own,
        _ => (state & NUD_PERMANENT != 0).then_some(Sort::Neighbour)?,
    };
    Some(Entry { index, sort, address: attrs.find(NDA_LLADDR).unwrap_or_default().to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(handle: u32, parent: u32, name: &[u8]) -> Vec<u8> {
        let words = [0, 5, handle, parent, 0].map(u32::to_ne_bytes).concat();
        let mut message = Writer::message(RTM_NEWQDISC, 0, &words);
        message.put(TCA_KIND, name);
        message.finish().expect("short")[16..].to_vec()
    }

    #[test]
    fn disciplines_are_told_from_those_that_every_link_gets() {
        let of = |handle, parent| discipline(&told(handle, parent, b"fq_codel\0"));
        assert_eq!(of(0, TC_H_ROOT), None);
        assert_eq!(of(0x10000, 0x10001), None, "a part of another");
        let set = of(0x8001_0000, TC_H_ROOT).expect("set");
        assert_eq!((set.index, set.name.as_slice(), set.filters), (5, b"fq_codel".as_slice(), false));
        assert!(of(0xffff_0000, TC_H_CLSACT).is_some_and(|d| d.filters));
        let whole = told(1 << 16, TC_H_ROOT, b"cake\0");
        (0..whole.len()).for_each(|end| assert!(discipline(&whole[..end]).is_none_or(|d| d.index == 5)));
    }

    #[test]
    fn entries_are_told_from_what_is_learned_or_made_by_itself() {
        let of = |family: u8, state: u16, flags: u8, mac: &[u8], master: bool| {
            let mut fixed = [0; NDMSG];
            (fixed[0], fixed[4], fixed[10]) = (family, 7, flags);
            fixed[8..10].copy_from_slice(&state.to_ne_bytes());
            let mut message = Writer::message(RTM_NEWNEIGH, 0, &fixed);
            message.put(NDA_LLADDR, mac);
            if master {
                message.put_u32(NDA_MASTER, 3);
            }
            entry(&message.finish().expect("short")[16..], family).map(|e| e.sort)
        };
        let mac = [2, 0, 0, 0, 0, 1];
        assert_eq!(of(AF_BRIDGE, NUD_NOARP, 0, &mac, true), Some(Sort::Port));
        assert_eq!(of(AF_BRIDGE, NUD_PERMANENT, 0, &mac, true), None, "a port's own address");
        assert_eq!(of(AF_BRIDGE, 0x02, 0, &mac, true), None, "learned");
        assert_eq!(of(AF_BRIDGE, NUD_PERMANENT, NTF_SELF, &mac, false), Some(Sort::Own));
        assert_eq!(of(AF_BRIDGE, NUD_PERMANENT, NTF_SELF, &[0; 6], false), Some(Sort::All));
        assert_eq!(of(AF_BRIDGE, NUD_PERMANENT, NTF_SELF, &[0x33, 0x33, 0, 0, 0, 1], false), None);
        assert_eq!(of(AF_BRIDGE, NUD_PERMANENT, NTF_SELF | NTF_EXT_LEARNED, &mac, false), None);
        assert_eq!(of(AF_INET, NUD_PERMANENT, 0, &mac, false), Some(Sort::Neighbour));
        assert_eq!(of(AF_INET6, NUD_NOARP, 0, &mac, false), None);
    }
}
