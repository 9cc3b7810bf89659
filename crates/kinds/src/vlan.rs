//! VLAN: packets of one tag of the link below, IEEE 802.1Q.

use linkctl_schema::field::{named_bit, pairs, u16, words_be16};
use linkctl_schema::iproute::{self, Grammar, Wrong, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

/// Ethernet types of tags (`ETH_P_8021Q`, `ETH_P_8021AD` of `linux/if_ether.h`).
pub(crate) const TAGS: &[Word] = &[("802.1Q", 0x8100), ("802.1ad", 0x88a8)];

fields! {
    /// The tag's Ethernet type: 802.1Q for customers' tags (the default), 802.1ad for providers' outer ones.
    PROTOCOL: &'static str = words_be16(5, "protocol", TAGS).also(&["proto"]).fixed();
    /// The tag's number; 0 means a tag for its priority alone. The kernel silently ignores a later change.
    ID: u16 = u16(1, "id").max(4094).fixed();
    /// Take the tag out before the packet is seen on the VLAN's link; on unless said otherwise.
    REORDER_HDR: bool = named_bit(2, "reorder_hdr", Layout::Masked, 0x1, "REORDER_HDR").initial(1).json("flags").framed();
    /// Tell switches with GVRP that this tag is wanted.
    GVRP: bool = named_bit(2, "gvrp", Layout::Masked, 0x2, "GVRP").initial(0).json("flags");
    /// Tell switches with MVRP, which follows GVRP, that this tag is wanted.
    MVRP: bool = named_bit(2, "mvrp", Layout::Masked, 0x8, "MVRP").initial(0).json("flags");
    /// Keep the link's state as it is when the link below goes up or down.
    LOOSE_BINDING: bool = named_bit(2, "loose_binding", Layout::Masked, 0x4, "LOOSE_BINDING").initial(0).json("flags");
    /// Follow the state of those ports of the bridge below that carry this tag, not of the bridge.
    BRIDGE_BINDING: bool = named_bit(2, "bridge_binding", Layout::Masked, 0x10, "BRIDGE_BINDING").initial(0).json("flags");
    /// Which priority (to, of the packet within Linux) a tag's priority (from, 0 to 7) becomes. A mapping to 0 is none.
    INGRESS_QOS_MAP: Vec<(u32, u32)> = pairs(4, "ingress_qos_map", 1).also(&["ingress_qos"]).text("ingress-qos-map").json("ingress_qos");
    /// Which priority of a tag (to, 0 to 7) a packet's priority (from) becomes. A mapping to 0 is none.
    EGRESS_QOS_MAP: Vec<(u32, u32)> = pairs(3, "egress_qos_map", 1).also(&["egress_qos"]).text("egress-qos-map").json("egress_qos");
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~protocol", "protocol").odd().wrong("protocol is invalid"),
    word("~id", "id").wrong("id is invalid"),
    word("~reorder_hdr", "reorder_hdr").else_says(Wrong::OnOrOff(1)),
    word("~gvrp", "gvrp").else_says(Wrong::OnOrOff(1)),
    word("~mvrp", "mvrp").else_says(Wrong::OnOrOff(1)),
    word("~loose_binding", "loose_binding").else_says(Wrong::OnOrOff(1)),
    word("~bridge_binding", "bridge_binding").else_says(Wrong::OnOrOff(1)),
    word("~ingress-qos-map", "ingress_qos_map").wrong("invalid ingress-qos-map"),
    word("~egress-qos-map", "egress_qos_map").wrong("invalid egress-qos-map"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vlan",
    doc: "VLAN: packets with one 802.1Q tag of the link below",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["id"])],
    examples: &[
        Example { words: "id 5", wire: &[6, 0, 1, 0, 5, 0, 0, 0] },
        Example {
            words: "protocol 802.1ad id 5 reorder_hdr off gvrp on",
            wire: &[6, 0, 5, 0, 0x88, 0xa8, 0, 0, 6, 0, 1, 0, 5, 0, 0, 0, 12, 0, 2, 0, 2, 0, 0, 0, 3, 0, 0, 0],
        },
        Example {
            words: "id 5 egress-qos-map 0:5 7:7",
            #[rustfmt::skip]
            wire: &[
                6, 0, 1, 0, 5, 0, 0, 0,
                28, 0, 3, 0x80, 12, 0, 1, 0, 0, 0, 0, 0, 5, 0, 0, 0, 12, 0, 1, 0, 7, 0, 0, 0, 7, 0, 0, 0,
            ],
        },
    ],
    uapi: &["IFLA_VLAN_", "IFLA_VLAN_QOS_"],
    below: Below::Link,
    module: "8021q",
    config: "CONFIG_VLAN_8021Q",
    iproute: Grammar::new(WORDS),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
