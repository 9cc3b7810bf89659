//! Virtual functions in a link's message: from `IFLA_VFINFO_LIST` to records, and back.

use linkctl_kinds::link as base;
use linkctl_kinds::nic::vf::{self as table, FIELDS, RATES, VLANS};
use linkctl_schema::codec::{self, NoLinks, View};
use linkctl_schema::{Mac, Record, Value};
use linkctl_wire::{Attrs, Writer, number};

use crate::nic::Functions;
use crate::numbers::{ETH_P_8021AD, ETH_P_8021Q, vf as attr};
use crate::snapshot::Seen;

/// The functions that a link's message tells of; `None` where it can have none. The kernel has room for about 150.
pub fn read(seen: &Seen<'_>) -> Option<Functions> {
    let count = seen.base.attr(base::NUM_VF.0.attr).and_then(number::u32)?;
    let list = Attrs::new(seen.base.attr(base::VFINFO_LIST.0.attr).unwrap_or_default());
    let address = if seen.iftype == 1 { 6 } else { 20 };
    let each = list.map_while(Result::ok).filter_map(|a| one(a.data, address));
    Some(Functions { count: Some(count), most: None, each: each.collect() })
}

/// Number and settings of one.
fn one(info: &[u8], address: usize) -> Option<(u32, Record)> {
    let find = |kind: u16| Attrs::new(info).find(kind);
    let word = |kind: u16, at: usize| number::u32(find(kind)?.get(at * 4..at * 4 + 4)?);
    let vf = word(attr::MAC, 0)?;
    let mut out = Writer::new();
    if let Some(bytes) = find(attr::MAC).and_then(|d| d.get(4..4 + address)) {
        out.put(table::ADDRESS.0.attr, bytes);
    }
    // Hardware without the switch says -1.
    for (from, to) in
        [(attr::SPOOFCHK, table::SPOOFCHK), (attr::TRUST, table::TRUST), (attr::RSS_QUERY, table::QUERY_RSS)]
    {
        if let Some(n) = word(from, 1).filter(|n| *n != u32::MAX) {
            out.put_u8(to.0.attr, u8::from(n != 0));
        }
    }
    if let Some(n) = word(attr::LINK_STATE, 1) {
        out.put_u32(table::STATE.0.attr, n);
    }
    let half = |d: &[u8], at: usize| d.get(at..at + 4).and_then(number::u32).unwrap_or(0);
    let list = find(attr::VLAN_LIST).and_then(|l| Attrs::new(l).find(attr::VLAN_INFO));
    let protocol = list.and_then(|d| number::be16(d.get(12..14)?)).filter(|p| *p != 0);
    if let Some(vlan) = list.or_else(|| find(attr::VLAN)) {
        out.nest_plain(VLANS, |w| {
            w.put_u32(table::VLAN.0.attr, half(vlan, 4));
            w.put_u32(table::QOS.0.attr, half(vlan, 8));
            w.put_be16(table::PROTO.0.attr, protocol.unwrap_or(ETH_P_8021Q));
        });
    }
    if let Some(rate) = find(attr::RATE) {
        out.nest_plain(RATES, |w| {
            w.put_u32(table::MIN_TX_RATE.0.attr, half(rate, 4));
            w.put_u32(table::MAX_TX_RATE.0.attr, half(rate, 8));
        });
    }
    let made = out.into_attrs().ok()?;
    Some((vf, codec::record(&FIELDS, &View::new(&made), &NoLinks).0))
}

/// Writes what is to be set of one function: `IFLA_VFINFO_LIST`. Of a struct all that is not said is 0.
pub fn write(vf: u32, record: &Record, out: &mut Writer) {
    let words = |list: &[u32]| list.iter().flat_map(|n| n.to_ne_bytes()).collect::<Vec<u8>>();
    out.nest_plain(base::VFINFO_LIST.0.attr, |w| {
        w.nest_plain(attr::INFO, |w| {
            if let Some(mac) = record.get(table::ADDRESS) {
                w.put(attr::MAC, &address(vf, mac));
            }
            if record.iter().any(|(f, _)| f.path == [VLANS]) {
                vlan(vf, record, w);
            }
            if record.iter().any(|(f, _)| f.path == [RATES]) {
                let rate = |f| record.get(f).unwrap_or(0);
                w.put(attr::RATE, &words(&[vf, rate(table::MIN_TX_RATE), rate(table::MAX_TX_RATE)]));
            }
            for (f, to) in [
                (table::SPOOFCHK, attr::SPOOFCHK),
                (table::TRUST, attr::TRUST),
                (table::QUERY_RSS, attr::RSS_QUERY),
            ] {
                if let Some(on) = record.get(f) {
                    w.put(to, &words(&[vf, u32::from(on)]));
                }
            }
            if let Some(Value::Word(word)) = record.value(&table::STATE.0) {
                let state = ["auto", "enable", "disable"].iter().position(|w| w == word).unwrap_or(0);
                w.put(attr::LINK_STATE, &words(&[vf, state as u32]));
            }
        });
    });
}

/// `struct ifla_vf_mac`.
fn address(vf: u32, mac: Mac) -> Vec<u8> {
    let mut data = vf.to_ne_bytes().to_vec();
    data.extend(mac.as_bytes());
    data.resize(36, 0);
    data
}

/// The older struct where it says all, as iproute2 does: drivers know it longest.
fn vlan(vf: u32, record: &Record, out: &mut Writer) {
    let number = |f| record.get(f).unwrap_or(0);
    let mut data: Vec<u8> =
        [vf, number(table::VLAN), number(table::QOS)].iter().flat_map(|n| n.to_ne_bytes()).collect();
    if record.get(table::PROTO) == Some("802.1ad") {
        data.extend(ETH_P_8021AD.to_be_bytes());
        data.extend([0; 2]);
        out.nest_plain(attr::VLAN_LIST, |w| w.put(attr::VLAN_INFO, &data));
    } else {
        out.put(attr::VLAN, &data);
    }
}
