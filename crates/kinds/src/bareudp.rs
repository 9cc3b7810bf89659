//! Bare UDP: IP or MPLS packets in UDP with nothing between.

use linkctl_schema::field::*;
use linkctl_schema::iproute::{Grammar, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

/// Ethernet types that such a link can carry (`linux/if_ether.h`).
const PROTOCOLS: &[Word] = &[("ip", 0x0800), ("ipv6", 0x86dd), ("mpls_uc", 0x8847), ("mpls_mc", 0x8848)];

fields! {
    /// UDP port of both ends.
    DSTPORT: u16 = be16(1, "dstport").fixed();
    /// What is in the packets: an Ethernet type by name or number.
    ETHERTYPE: &'static str = words_be16(2, "ethertype", PROTOCOLS).max(u16::MAX as u64).fixed();
    /// The lowest UDP source port of outer packets.
    SRCPORTMIN: u16 = u16(3, "srcportmin").fixed();
    /// Carry IPv6 beside IPv4, and MPLS multicast beside unicast.
    MULTIPROTO: bool = flag(4, "multiproto").toggle().fixed();
}

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "bareudp",
    doc: "Bare UDP: IP or MPLS packets in UDP, with nothing between",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["dstport"]), Rule::OneOf(&["ethertype"])],
    examples: &[
        Example {
            words: "dstport 6635 ethertype mpls_uc",
            wire: &[6, 0, 1, 0, 0x19, 0xeb, 0, 0, 6, 0, 2, 0, 0x88, 0x47, 0, 0],
        },
        Example {
            words: "dstport 7000 ethertype ip srcportmin 40000 multiproto",
            #[rustfmt::skip]
            wire: &[
                6, 0, 1, 0, 0x1b, 0x58, 0, 0, 6, 0, 2, 0, 8, 0, 0, 0, 6, 0, 3, 0, 0x40, 0x9c, 0, 0, 4, 0, 4, 0,
            ],
        },
    ],
    uapi: &["IFLA_BAREUDP_"],
    module: "bareudp",
    config: "CONFIG_BAREUDP",
    frames: false,
    iproute: Grammar::new(&[
        word("~dstport", "dstport").once("dstport").wrong("dstport"),
        word("~ethertype", "ethertype").odd().once("ethertype").wrong("ethertype"),
        word("~srcportmin", "srcportmin").once("srcportmin").wrong("srcportmin"),
        word("~multiproto", "multiproto").means(1).once(""),
        word("~nomultiproto", "multiproto").means(0).once(""),
    ]),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
