//! What bridges keep of their ports, and VXLANs of their networks, by other messages than those of links: VLANs, multicast groups,
//! VNIs (`linux/if_bridge.h`, `struct tunnel_msg` of `linux/if_link.h`).
//!
//! Knows which of them somebody set by hand. Refuses to change any.

use std::collections::BTreeMap;

use linkctl_wire::{Attrs, Writer, number};

use crate::neighbour::AF_BRIDGE;
use crate::{Error, Socket};

const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWMDB: u16 = 84;
const RTM_GETMDB: u16 = 86;
const RTM_NEWTUNNEL: u16 = 120;
const RTM_GETTUNNEL: u16 = 122;
/// Bytes of `struct ifinfomsg`.
const IFINFOMSG: usize = 16;
/// Bytes of `struct br_port_msg`, and of `struct tunnel_msg`.
const SHORT: usize = 8;
const IFLA_AF_SPEC: u16 = 26;
const IFLA_EXT_MASK: u16 = 29;
/// VLANs, and those in a row with the same flags as one (Linux 3.20).
const RTEXT_FILTER_BRVLAN_COMPRESSED: u32 = 1 << 2;
const IFLA_BRIDGE_VLAN_INFO: u16 = 2;
const VLAN_PVID: u16 = 1 << 1;
const VLAN_UNTAGGED: u16 = 1 << 2;
const VLAN_RANGE_BEGIN: u16 = 1 << 3;
const VLAN_RANGE_END: u16 = 1 << 4;
const MDBA_MDB: u16 = 1;
const MDBA_MDB_ENTRY: u16 = 1;
const MDBA_MDB_ENTRY_INFO: u16 = 1;
const MDB_PERMANENT: u8 = 1;
const VXLAN_VNIFILTER_ENTRY: u16 = 1;
const VXLAN_VNIFILTER_ENTRY_START: u16 = 1;
const VXLAN_VNIFILTER_ENTRY_END: u16 = 2;

/// The VLANs of a bridge's port, or of the bridge itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vlans {
    /// How many there are.
    pub count: usize,
    /// The one that untagged packets belong to both ways, as a port has one by itself.
    pub native: Option<u16>,
}

/// All of the socket's namespace, by the index of the port or bridge: nothing of what is in no VLAN.
pub fn vlans(socket: &mut Socket) -> Result<BTreeMap<u32, Vlans>, Error> {
    let mut fixed = [0; IFINFOMSG];
    fixed[0] = AF_BRIDGE;
    let mut request = Writer::message(RTM_GETLINK, 0, &fixed);
    request.put_u32(IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED);
    let found = socket.table(request.finish()?, &[RTM_NEWLINK], of_port)?;
    let mut out: BTreeMap<u32, Vlans> = BTreeMap::new();
    for (index, more) in found {
        let all = out.entry(index).or_default();
        all.count += more.count;
        all.native = all.native.or(more.native);
    }
    Ok(out)
}

fn of_port(payload: &[u8]) -> Option<(u32, Vlans)> {
    let fixed = payload.get(..IFINFOMSG)?;
    let index = number::u32(&fixed[4..8])?;
    let spec = Attrs::new(payload.get(IFINFOMSG..)?).find(IFLA_AF_SPEC)?;
    let (mut out, mut first) = (Vlans::default(), None);
    for attr in Attrs::new(spec).map_while(Result::ok).filter(|a| a.kind == IFLA_BRIDGE_VLAN_INFO) {
        let word = |at: usize| Some(u16::from_ne_bytes(attr.data.get(at..at + 2)?.try_into().ok()?));
        let (flags, vid) = (word(0)?, word(2)?);
        if flags & VLAN_RANGE_BEGIN != 0 {
            first = Some(vid);
            continue;
        }
        let begun = first.take().filter(|_| flags & VLAN_RANGE_END != 0).unwrap_or(vid);
        out.count += usize::from(vid.saturating_sub(begun)) + 1;
        if flags & (VLAN_PVID | VLAN_UNTAGGED) == VLAN_PVID | VLAN_UNTAGGED {
            out.native = Some(vid);
        }
    }
    Some((index, out))
}

/// Multicast groups that stay until somebody takes them away, one of these for each: the index of the port, or of the
/// bridge or VXLAN itself.
pub fn groups(socket: &mut Socket) -> Result<Vec<u32>, Error> {
    let mut fixed = [0; SHORT];
    fixed[0] = AF_BRIDGE;
    let request = Writer::message(RTM_GETMDB, 0, &fixed).finish()?;
    // A bridge answers with the question's number, a VXLAN with that of news.
    let found = socket.table(request, &[RTM_GETMDB, RTM_NEWMDB], |payload| Some(permanent(payload)))?;
    Ok(found.into_iter().flatten().collect())
}

fn permanent(payload: &[u8]) -> Vec<u32> {
    let tables = nested(payload.get(SHORT..).unwrap_or_default(), MDBA_MDB);
    let entries = tables.flat_map(|table| nested(table, MDBA_MDB_ENTRY));
    let infos = entries.flat_map(|entry| nested(entry, MDBA_MDB_ENTRY_INFO));
    infos
        .filter(|info| info.get(4) == Some(&MDB_PERMANENT))
        .filter_map(|i| number::u32(i.get(..4)?))
        .collect()
}

/// How many VNIs the VXLANs take that filter them, by index (Linux 5.18).
pub fn vnis(socket: &mut Socket) -> Result<BTreeMap<u32, usize>, Error> {
    let mut fixed = [0; SHORT];
    fixed[0] = AF_BRIDGE;
    let request = Writer::message(RTM_GETTUNNEL, 0, &fixed).finish()?;
    let mut out = BTreeMap::new();
    for (index, count) in socket.table(request, &[RTM_NEWTUNNEL], of_tunnel)? {
        *out.entry(index).or_default() += count;
    }
    Ok(out)
}

fn of_tunnel(payload: &[u8]) -> Option<(u32, usize)> {
    let index = number::u32(payload.get(4..SHORT)?)?;
    let count = |entry: &[u8]| {
        let get = |kind| Attrs::new(entry).find(kind).and_then(number::u32);
        let start = get(VXLAN_VNIFILTER_ENTRY_START)?;
        let end = get(VXLAN_VNIFILTER_ENTRY_END).unwrap_or(start);
        Some(usize::try_from(end.saturating_sub(start)).unwrap_or(0) + 1)
    };
    let entries = nested(payload.get(SHORT..)?, VXLAN_VNIFILTER_ENTRY);
    Some((index, entries.filter_map(count).sum()))
}

/// The attributes of a kind, up to the first that is torn.
fn nested(bytes: &[u8], kind: u16) -> impl Iterator<Item = &[u8]> {
    Attrs::new(bytes).map_while(Result::ok).filter(move |a| a.kind == kind).map(|a| a.data)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The attributes, one within the other, around some.
    fn within(fixed: &[u8], kinds: &[u16], inner: &[u8]) -> Vec<u8> {
        let wrap = |inner: Vec<u8>, kind: &u16| {
            let mut message = Writer::message(0, 0, &[]);
            message.put(*kind, &inner);
            message.finish().expect("short")[16..].to_vec()
        };
        [fixed, &kinds.iter().rev().fold(inner.to_vec(), wrap)].concat()
    }

    fn attrs(all: &[(u16, Vec<u8>)]) -> Vec<u8> {
        let mut message = Writer::message(0, 0, &[]);
        all.iter().for_each(|(kind, value)| message.put(*kind, value));
        message.finish().expect("short")[16..].to_vec()
    }

    #[test]
    fn vlans_in_a_row_are_counted_and_the_native_one_is_told() {
        let vlan =
            |flags: u16, vid: u16| (IFLA_BRIDGE_VLAN_INFO, [flags.to_ne_bytes(), vid.to_ne_bytes()].concat());
        let all = [vlan(6, 1), vlan(VLAN_RANGE_BEGIN, 10), vlan(VLAN_RANGE_END, 19), vlan(4, 30)];
        let mut fixed = [0; IFINFOMSG];
        fixed[4] = 7;
        let whole = within(&fixed, &[IFLA_AF_SPEC], &attrs(&all));
        assert_eq!(of_port(&whole), Some((7, Vlans { count: 12, native: Some(1) })));
        assert_eq!(of_port(&fixed), None);
        (0..whole.len()).for_each(|end| assert!(of_port(&whole[..end]).is_none_or(|(i, _)| i == 7)));
    }

    #[test]
    fn only_groups_for_good_are_told() {
        let entry = |state: u8| {
            let info = [&[9, 0, 0, 0, state][..], &[0; 23]].concat();
            (MDBA_MDB_ENTRY, within(&[], &[MDBA_MDB_ENTRY_INFO], &info))
        };
        let all = attrs(&[entry(0), entry(MDB_PERMANENT), entry(0)]);
        let whole = within(&[0; SHORT], &[MDBA_MDB], &all);
        assert_eq!(permanent(&whole), [9]);
        (0..whole.len()).for_each(|end| assert!(permanent(&whole[..end]).len() < 2));
    }

    #[test]
    fn vnis_are_counted_alone_and_in_ranges() {
        let of = |range: &[(u16, u32)]| {
            let inner: Vec<_> = range.iter().map(|(k, n)| (*k, n.to_ne_bytes().to_vec())).collect();
            (VXLAN_VNIFILTER_ENTRY, attrs(&inner))
        };
        let all = attrs(&[of(&[(1, 100), (2, 109)]), of(&[(1, 5)])]);
        let whole = [&[7, 0, 0, 0, 3, 0, 0, 0][..], &all].concat();
        assert_eq!(of_tunnel(&whole), Some((3, 11)));
        (0..whole.len()).for_each(|end| assert!(of_tunnel(&whole[..end]).is_none_or(|(i, _)| i == 3)));
    }
}
