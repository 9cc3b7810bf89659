//! GRE over IPv4, RFC 2784 and 2890: packets of any protocol between two hosts.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Unknown, Wrong, own, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

/// What goes around a tunnel's packets (`enum tunnel_encap_types` of `linux/if_tunnel.h`).
pub(crate) const ENCAPS: &[Word] = &[("none", 0), ("fou", 1), ("gue", 2)];
/// Those with ports and checksums.
pub(crate) const OVER_UDP: &[&str] = &["fou", "gue"];
/// Bits of what a tunnel expects and sends (`GRE_SEQ`, `GRE_CSUM`).
pub(crate) const GRE: Layout = Layout::Plain(Repr::Be16);
pub(crate) const SEQ: u32 = 0x1000;
pub(crate) const CSUM: u32 = 0x8000;
pub(crate) const IFLAGS: u16 = 2;
pub(crate) const OFLAGS: u16 = 3;
/// Bits of `TUNNEL_ENCAP_FLAG_*`.
pub(crate) const ENCAP_FLAGS: Layout = Layout::Plain(Repr::U16);

fields! {
    /// Leave the choice of tunnel to whoever sends the packet: routes, tc, Open vSwitch.
    EXTERNAL: bool = flag(18, "external").fixed();
    /// The other end; any takes packets from everybody and has nowhere to send to but by neighbour entries.
    REMOTE: IpAddr = ip4(7, "remote").zero("any").sticky(&["any"]);
    /// Source address of outer packets; any leaves it to the routes.
    LOCAL: IpAddr = ip4(6, "local").zero("any");
    /// The link that outer packets leave by.
    DEV: Name = link(1, "dev").also(&["link"]).json("link").unsaid(0);
    /// Hop limit of outer packets, or inherit for the inner packet's.
    TTL: u8 = u8(8, "ttl").also(&["hoplimit", "hlim"]).zero("inherit");
    /// Type of service of outer packets, or inherit for the inner packet's.
    TOS: u8 = tos(9, "tos").also(&["tclass", "dsfield"]).unsaid(0);
    /// Find out how large packets may be on the way. On unless said otherwise.
    PMTUDISC: bool = switch(10, "pmtudisc").toggle().quiet(1).given(1);
    /// Take no notice of an inner packet's don't-fragment bit; wants nopmtudisc.
    IGNORE_DF: bool = switch(19, "ignore_df").bare().text("ignore-df");
    /// The key that packets must come with, a number or a dotted quad.
    IKEY: u32 = key(4, "ikey", IFLAGS);
    /// The key that packets are sent with, a number or a dotted quad.
    OKEY: u32 = key(5, "okey", OFLAGS);
    /// Drop packets that are out of sequence.
    ISEQ: bool = bit(IFLAGS, "iseq", GRE, SEQ).bare();
    /// Number the packets that are sent.
    OSEQ: bool = bit(OFLAGS, "oseq", GRE, SEQ).bare();
    /// Drop packets without a right checksum.
    ICSUM: bool = bit(IFLAGS, "icsum", GRE, CSUM).bare();
    /// Send packets with a checksum.
    OCSUM: bool = bit(OFLAGS, "ocsum", GRE, CSUM).bare();
    /// Mark of outer packets, for routing rules and filters.
    FWMARK: u32 = u32(20, "fwmark").hex().unsaid(0);
    /// What to put around it, so that it passes for UDP: fou (foo over UDP) or gue (generic UDP encapsulation), which
    /// want the module fou.
    ENCAP: &'static str = words16(14, "encap", ENCAPS).json("type").object("encap").unsaid(0);
    /// UDP source port of that, or auto for one that goes with the flow.
    ENCAP_SPORT: u16 = be16(16, "encap_sport").zero("auto").text("encap-sport").json("sport").object("encap").only("encap", OVER_UDP);
    /// UDP destination port of that.
    ENCAP_DPORT: u16 = be16(17, "encap_dport").text("encap-dport").json("dport").object("encap").only("encap", OVER_UDP);
    /// Send that with a UDP checksum.
    ENCAP_CSUM: bool = bit(15, "encap_csum", ENCAP_FLAGS, 1).toggle().text("encap-csum").json("csum").object("encap").only("encap", OVER_UDP);
    /// Send that with a UDP checksum over IPv6.
    ENCAP_CSUM6: bool = bit(15, "encap_csum6", ENCAP_FLAGS, 2).toggle().also(&["encap_udp6_csum"]).text("encap-csum6").json("csum6").object("encap").only("encap", OVER_UDP);
    /// Leave the inner checksum to the remote end.
    ENCAP_REMCSUM: bool = bit(15, "encap_remcsum", ENCAP_FLAGS, 4).toggle().text("encap-remcsum").json("remcsum").object("encap").only("encap", OVER_UDP);
}

/// What iproute2 says of a key that is none, and of a link.
pub(crate) const BAD_KEY: Wrong =
    Wrong::Says("invalid value for \"{word}\": \"{value}\"; it should be an unsigned integer", 255);
pub(crate) const NO_LINK: Wrong = Wrong::Says("Cannot find device \"{value}\"", 255);

/// The words of iproute2 for keys and bits, of either IP.
pub(crate) const BITS: &[iproute::Word] = &[
    own("~key").else_says(BAD_KEY),
    own("~nokey"),
    word("~ikey", "ikey").else_says(BAD_KEY),
    own("~noikey"),
    word("~okey", "okey").else_says(BAD_KEY),
    own("~nookey"),
    own("~seq"),
    own("~noseq"),
    word("~iseq", "iseq").means(1),
    word("~noiseq", "iseq").means(0),
    word("~oseq", "oseq").means(1),
    word("~nooseq", "oseq").means(0),
    own("~csum"),
    own("~nocsum"),
    word("~icsum", "icsum").means(1),
    word("~noicsum", "icsum").means(0),
    word("~ocsum", "ocsum").means(1),
    word("~noocsum", "ocsum").means(0),
];

/// The words of iproute2 for what is put around a tunnel, whatever the kind.
pub(crate) const AROUND: &[iproute::Word] = &[
    word("=noencap", "encap").means(0),
    word("=encap", "encap").wrong("Invalid encap type."),
    word("=encap-sport", "encap_sport").wrong("Invalid source port."),
    word("=encap-dport", "encap_dport").wrong("Invalid destination port."),
    word("=encap-csum", "encap_csum").means(1),
    word("=noencap-csum", "encap_csum").means(0),
    word("=encap-udp6-csum", "encap_csum6").means(1),
    word("=noencap-udp6-csum", "encap_csum6").means(0),
    word("=encap-remcsum", "encap_remcsum").means(1),
    word("=noencap-remcsum", "encap_remcsum").means(0),
];

const OWN: &[iproute::Word] = &[
    word("~nopmtudisc", "pmtudisc").means(0),
    word("~pmtudisc", "pmtudisc").means(1),
    word("~remote", "remote"),
    word("~local", "local"),
    word("~dev", "dev").else_says(NO_LINK),
    word("~ttl ~hoplimit ~hlim", "ttl").wrong("invalid TTL\n"),
    word("~tos ~tclass ~dsfield", "tos").wrong("bad TOS value"),
    word("=external", "external").means(1),
    word("=ignore-df", "ignore_df").means(1),
    word("=noignore-df", "ignore_df").means(0),
    word("=fwmark", "fwmark").wrong("invalid fwmark\n"),
];

/// The words of iproute2.
pub(crate) const WORDS: &[iproute::Word] = &iproute::joined::<39>(&iproute::joined::<29>(BITS, OWN), AROUND);

/// The same, of a kind that knows no other.
pub(crate) const GRAMMAR: Grammar = Grammar::new(WORDS).unknown(Unknown::Usage);

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "gre",
    doc: "GRE over IPv4: packets of any protocol, from one host to another",
    fields: &FIELDS,
    rules: RULES,
    examples: &[
        Example { words: "remote 192.0.2.1 local 192.0.2.2 ttl 64", wire: PLAIN },
        Example {
            words: "remote 192.0.2.1 dev eth0 tos inherit ikey 5 okey 1.2.3.4 oseq icsum",
            #[rustfmt::skip]
            wire: &[
                8, 0, 7, 0, 192, 0, 2, 1, 8, 0, 1, 0, 7, 0, 0, 0, 5, 0, 9, 0, 1, 0, 0, 0,
                8, 0, 4, 0, 0, 0, 0, 5, 6, 0, 2, 0, 0xa0, 0, 0, 0,
                8, 0, 5, 0, 1, 2, 3, 4, 6, 0, 3, 0, 0x30, 0, 0, 0,
            ],
        },
        Example { words: "external", wire: &[4, 0, 18, 0] },
    ],
    uapi: &["IFLA_GRE_"],
    below: Below::Loose("dev"),
    module: "ip_gre",
    config: "CONFIG_NET_IPGRE",
    frames: false,
    whole: true,
    iproute: GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();

pub(crate) const RULES: &[Rule] = &[Rule::Excludes("ignore_df", "pmtudisc")];

pub(crate) const PLAIN: &[u8] =
    &[8, 0, 7, 0, 192, 0, 2, 1, 8, 0, 6, 0, 192, 0, 2, 2, 5, 0, 8, 0, 64, 0, 0, 0];
