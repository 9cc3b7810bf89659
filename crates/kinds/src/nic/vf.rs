//! Settings of one virtual function, as its link has them (`IFLA_VF_*` of `linux/if_link.h`).
//!
//! Numbers are those of the kernel's structs for fields that are alone in one, else ours, from 100 on; fields of one
//! nest are of one struct and are written together.

use linkctl_schema::field::{mac, onoff, u32, words_be16, words32};
use linkctl_schema::*;

/// The struct of a VLAN.
pub const VLANS: u16 = 12;
/// The struct of two rates.
pub const RATES: u16 = 6;

fields! {
    /// The function's address.
    ADDRESS: Mac = mac(1, "mac").also(&["address"]);
    /// The VLAN that all its packets are in; 0 is none.
    VLAN: u32 = u32(100, "vlan").max(4095).within(&[VLANS]);
    /// The priority of its VLAN's tag.
    QOS: u32 = u32(101, "qos").max(7).within(&[VLANS]);
    /// The protocol of its VLAN's tag.
    PROTO: &'static str = words_be16(102, "proto", &[("802.1Q", 0x8100), ("802.1ad", 0x88a8)]).within(&[VLANS]);
    /// The least rate that it gets, Mbit/s; 0 is none.
    MIN_TX_RATE: u32 = u32(103, "min_tx_rate").within(&[RATES]);
    /// The highest rate that it may send at, Mbit/s; 0 is none.
    MAX_TX_RATE: u32 = u32(104, "max_tx_rate").also(&["rate"]).within(&[RATES]);
    /// Drop packets that it sends from another address than its own.
    SPOOFCHK: bool = onoff(4, "spoofchk");
    /// Let it change what only the host may, such as promiscuous mode.
    TRUST: bool = onoff(9, "trust");
    /// Let it ask how receive queues are chosen.
    QUERY_RSS: bool = onoff(7, "query_rss");
    /// Its carrier: as the port's, always, or never.
    STATE: &'static str = words32(5, "state", &[("auto", 0), ("enable", 1), ("disable", 2)]);
}

/// All that is known of the block.
pub static KIND: Kind = Kind {
    name: "vf",
    doc: "Virtual functions of a link (SR-IOV): how many, and settings of each by its number",
    fields: &FIELDS,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
