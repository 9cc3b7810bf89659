//! IPv6 in IPv4, RFC 4213, with ISATAP (RFC 5214) and 6rd (RFC 5969). An `ipip` with some settings more.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Unknown, own, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

use crate::ipip;

const MODES: &[Word] = &[("any", 0), ("ipip", 4), ("ip6ip", 41), ("mplsip", 137)];

/// What a sit has beside or otherwise than an ipip.
mod more {
    use super::*;

    fields! {
        /// What is in the packets: IPv6 (ip6ip), IPv4 (ipip), MPLS (mplsip) or all of them (any).
        MODE: &'static str = words8(9, "mode", MODES).unkeyed().json("proto").fixed();
        /// Hop limit of outer packets, 64 unless said otherwise, or inherit for the inner packet's.
        TTL: u8 = u8(4, "ttl").also(&["hoplimit", "hlim"]).zero("inherit").initial(64);
        /// Find routers as ISATAP has it.
        ISATAP: bool = bit(8, "isatap", Layout::Plain(Repr::U16), 1).bare().fixed();
        /// The IPv6 prefix whose addresses hold the IPv4 address of the other end; 2002::/16 (6to4) unless said otherwise.
        PREFIX: (IpAddr, u16) = prefix6(11, "6rd_prefix", 13).text("6rd-prefix").json("prefix").unsaid(0);
        /// The IPv4 prefix that all of them have, so that the IPv6 address does not hold it.
        RELAY_PREFIX: (IpAddr, u16) = prefix4(12, "6rd_relay_prefix", 14).text("6rd-relay_prefix").json("relay_prefix").unsaid(0);
    }
}


static LIST: [FieldDef; 18] = ipip::FIELDS.with(more::FIELDS.list(), "fwmark");
/// The fields, in the order in which they are shown: the first of an ipip, `external`, is not there.
pub static FIELDS: Fields = Fields::new(LIST.split_at(1).1);

const OWN: &[iproute::Word] = &[
    word("=isatap", "isatap").means(1),
    own("=external"),
    word("=6rd-prefix", "6rd_prefix"),
    word("=6rd-relay_prefix", "6rd_relay_prefix"),
    own("=6rd-reset"),
    word("=fwmark", "fwmark").wrong("invalid fwmark\n"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "sit",
    doc: "IPv6 in IPv4, from one host to another, or to many by 6to4, 6rd or ISATAP",
    fields: &FIELDS,
    examples: &[
        Example {
            words: "mode ip6ip remote 192.0.2.1 local 192.0.2.2 ttl 64",
            #[rustfmt::skip]
            wire: &[
                5, 0, 9, 0, 41, 0, 0, 0, 8, 0, 3, 0, 192, 0, 2, 1, 8, 0, 2, 0, 192, 0, 2, 2,
                5, 0, 4, 0, 64, 0, 0, 0,
            ],
        },
        Example {
            words: "mode any local 192.0.2.2 ttl 64 6rd-prefix 2001:db8::/32 6rd-relay_prefix 192.0.0.0/8",
            #[rustfmt::skip]
            wire: &[
                5, 0, 9, 0, 0, 0, 0, 0, 8, 0, 2, 0, 192, 0, 2, 2, 5, 0, 4, 0, 64, 0, 0, 0,
                20, 0, 11, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 13, 0, 32, 0, 0, 0,
                8, 0, 12, 0, 192, 0, 0, 0, 6, 0, 14, 0, 8, 0, 0, 0,
            ],
        },
    ],
    uapi: &["IFLA_IPTUN_"],
    below: Below::Loose("dev"),
    module: "sit",
    config: "CONFIG_IPV6_SIT",
    frames: false,
    whole: true,
    iproute: Grammar::new(&iproute::joined::<24>(ipip::WORDS, OWN)).unknown(Unknown::Usage),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
