//! IP in IPv4, RFC 2003: IPv4 or MPLS between two hosts.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Unknown, own, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

use crate::gre::{AROUND, ENCAP_FLAGS, ENCAPS, NO_LINK, OVER_UDP};

const MODES: &[Word] = &[("any", 0), ("ipip", 4), ("mplsip", 137)];

fields! {
    /// Leave the choice of tunnel to whoever sends the packet: routes, tc, Open vSwitch.
    EXTERNAL: bool = flag(19, "external").fixed();
    /// What is in the packets: IPv4 (ipip), MPLS (mplsip) or both (any).
    MODE: &'static str = words8(9, "mode", MODES).unkeyed().json("proto").fixed();
    /// The other end; any takes packets from everybody and has nowhere to send to.
    REMOTE: IpAddr = ip4(3, "remote").zero("any").sticky(&["any"]);
    /// Source address of outer packets; any leaves it to the routes.
    LOCAL: IpAddr = ip4(2, "local").zero("any");
    /// The link that outer packets leave by.
    DEV: Name = link(1, "dev").also(&["link"]).json("link").unsaid(0);
    /// Hop limit of outer packets, or inherit for the inner packet's.
    TTL: u8 = u8(4, "ttl").also(&["hoplimit", "hlim"]).zero("inherit");
    /// Type of service of outer packets, or inherit for the inner packet's.
    TOS: u8 = tos(5, "tos").also(&["tclass", "tc", "dsfield"]).unsaid(0);
    /// Find out how large packets may be on the way. On unless said otherwise.
    PMTUDISC: bool = switch(10, "pmtudisc");
    /// Mark of outer packets, for routing rules and filters.
    FWMARK: u32 = u32(20, "fwmark").hex().unsaid(0);
    /// What to put around it, so that it passes for UDP: fou (foo over UDP) or gue (generic UDP encapsulation), which
    /// want the module fou.
    ENCAP: &'static str = words16(15, "encap", ENCAPS).json("type").object("encap").unsaid(0);
    /// UDP source port of that, or auto for one that goes with the flow.
    ENCAP_SPORT: u16 = be16(17, "encap_sport").zero("auto").text("encap-sport").json("sport").object("encap").only("encap", OVER_UDP);
    /// UDP destination port of that.
    ENCAP_DPORT: u16 = be16(18, "encap_dport").text("encap-dport").json("dport").object("encap").only("encap", OVER_UDP);
    /// Send that with a UDP checksum.
    ENCAP_CSUM: bool = bit(16, "encap_csum", ENCAP_FLAGS, 1).toggle().text("encap-csum").json("csum").object("encap").only("encap", OVER_UDP);
    /// Send that with a UDP checksum over IPv6.
    ENCAP_CSUM6: bool = bit(16, "encap_csum6", ENCAP_FLAGS, 2).toggle().also(&["encap_udp6_csum"]).text("encap-csum6").json("csum6").object("encap").only("encap", OVER_UDP);
    /// Leave the inner checksum to the remote end.
    ENCAP_REMCSUM: bool = bit(16, "encap_remcsum", ENCAP_FLAGS, 4).toggle().text("encap-remcsum").json("remcsum").object("encap").only("encap", OVER_UDP);
}

/// The words of iproute2 but for those about IPv6.
pub(crate) const WORDS: &[iproute::Word] = &iproute::joined::<18>(
    &[
        word("=mode", "mode").odd().wrong("Cannot guess tunnel mode."),
        word("=remote", "remote"),
        word("=local", "local"),
        word("~dev", "dev").else_says(NO_LINK),
        word("=ttl =hoplimit =hlim", "ttl").wrong("invalid TTL\n"),
        word("=tos =tclass =tc ~dsfield", "tos").wrong("bad TOS value"),
        word("=nopmtudisc", "pmtudisc").means(0),
        word("=pmtudisc", "pmtudisc").means(1),
    ],
    AROUND,
);
const OWN: &[iproute::Word] = &[
    word("=external", "external").means(1),
    own("=6rd-prefix"),
    own("=6rd-relay_prefix"),
    word("=fwmark", "fwmark").wrong("invalid fwmark\n"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ipip",
    doc: "IPv4 or MPLS in IPv4, from one host to another",
    fields: &FIELDS,
    examples: &[
        Example {
            words: "mode ipip remote 192.0.2.1 local 192.0.2.2 ttl 64",
            #[rustfmt::skip]
            wire: &[
                5, 0, 9, 0, 4, 0, 0, 0, 8, 0, 3, 0, 192, 0, 2, 1, 8, 0, 2, 0, 192, 0, 2, 2,
                5, 0, 4, 0, 64, 0, 0, 0,
            ],
        },
        Example { words: "mode any external", wire: &[4, 0, 19, 0, 5, 0, 9, 0, 0, 0, 0, 0] },
    ],
    uapi: &["IFLA_IPTUN_"],
    below: Below::Loose("dev"),
    module: "ipip",
    config: "CONFIG_NET_IPIP",
    frames: false,
    whole: true,
    iproute: Grammar::new(&iproute::joined::<22>(WORDS, OWN)).unknown(Unknown::Usage),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
