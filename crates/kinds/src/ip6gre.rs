//! GRE over IPv6, RFC 7676: packets of any protocol between two hosts.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Unknown, own, word};
use linkctl_schema::*;

use crate::gre::{AROUND, CSUM, ENCAP_FLAGS, ENCAPS, GRE, IFLAGS, OFLAGS, OVER_UDP, SEQ, BITS as WORDS_OF_BITS, NO_LINK};

/// Bits of `IP6_TNL_F_*` of `linux/ip6_tunnel.h`: where they lie, and which they are.
const FLAGS: u16 = 13;
pub(crate) const BITS: Layout = Layout::Plain(Repr::U32);
pub(crate) const IGN_ENCAP_LIMIT: u32 = 0x1;
pub(crate) const USE_ORIG_TCLASS: u32 = 0x2;
pub(crate) const USE_ORIG_FLOWLABEL: u32 = 0x4;
pub(crate) const RCV_DSCP_COPY: u32 = 0x10;
pub(crate) const USE_ORIG_FWMARK: u32 = 0x20;
pub(crate) const ALLOW_LOCAL_REMOTE: u32 = 0x40;
/// The parts of an IPv6 header's first word.
pub(crate) const TRAFFIC_CLASS: u32 = 0x0ff0_0000;
pub(crate) const FLOW_LABEL: u32 = 0x000f_ffff;

fields! {
    /// Leave the choice of tunnel to whoever sends the packet: routes, tc, Open vSwitch.
    EXTERNAL: bool = flag(18, "external").fixed();
    /// The other end; any takes packets from everybody and has nowhere to send to but by neighbour entries.
    REMOTE: IpAddr = ip6(7, "remote").zero("any");
    /// Source address of outer packets; any leaves it to the routes.
    LOCAL: IpAddr = ip6(6, "local").zero("any");
    /// The link that outer packets leave by.
    DEV: Name = link(1, "dev").also(&["link"]).json("link").unsaid(0);
    /// Hop limit of outer packets, or inherit for the inner packet's.
    HOPLIMIT: u8 = u8(8, "hoplimit").also(&["ttl", "hlim"]).zero("inherit").json("ttl");
    /// How many tunnels the packet may be put into on its way, RFC 2473; none does not say it.
    ENCAPLIMIT: u8 = either8(11, "encaplimit", FLAGS, IGN_ENCAP_LIMIT, "none").keyed(encaplimit);
    /// Traffic class of outer packets, or inherit for the inner packet's.
    TCLASS: u32 = either_part(12, "tclass", TRAFFIC_CLASS, FLAGS, USE_ORIG_TCLASS, "inherit").also(&["tos", "dsfield"]).keyed(tclass);
    /// Flow label of outer packets, or inherit for the inner packet's.
    FLOWLABEL: u32 = either_part(12, "flowlabel", FLOW_LABEL, FLAGS, USE_ORIG_FLOWLABEL, "inherit").also(&["fl"]).keyed(flowlabel);
    /// Give the outer packet's type of service to the inner one when it is taken out.
    DSCP_INHERIT: bool = bit(FLAGS, "dscp_inherit", BITS, RCV_DSCP_COPY).bare().text("dscp inherit").json("ip6_tnl_f_rcv_dscp_copy");
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
    /// Allow the other end to be on this host.
    ALLOW_LOCALREMOTE: bool = bit(FLAGS, "allow_localremote", BITS, ALLOW_LOCAL_REMOTE).bare().text("allow-localremote").json("ip6_tnl_f_allow_local_remote");
    /// Mark of outer packets, for routing rules and filters, or inherit for the inner packet's.
    FWMARK: u32 = either32(20, "fwmark", FLAGS, USE_ORIG_FWMARK, "inherit").hex().unsaid(0).keyed(fwmark);
    /// What to put around it, so that it passes for UDP: fou (foo over UDP) or gue (generic UDP encapsulation), which
    /// want the module fou6.
    ENCAP: &'static str = words16(14, "encap", ENCAPS).json("type").object("encap").unsaid(0);
    /// UDP source port of that, or auto for one that goes with the flow.
    ENCAP_SPORT: u16 = be16(16, "encap_sport").zero("auto").text("encap-sport").json("sport").object("encap").only("encap", OVER_UDP);
    /// UDP destination port of that.
    ENCAP_DPORT: u16 = be16(17, "encap_dport").text("encap-dport").json("dport").object("encap").only("encap", OVER_UDP);
    /// Send that with a UDP checksum over IPv4.
    ENCAP_CSUM: bool = bit(15, "encap_csum", ENCAP_FLAGS, 1).toggle().text("encap-csum").json("csum").object("encap").only("encap", OVER_UDP);
    /// Send that with a UDP checksum.
    ENCAP_CSUM6: bool = bit(15, "encap_csum6", ENCAP_FLAGS, 2).toggle().also(&["encap_udp6_csum"]).text("encap-csum6").json("csum6").object("encap").only("encap", OVER_UDP);
    /// Leave the inner checksum to the remote end.
    ENCAP_REMCSUM: bool = bit(15, "encap_remcsum", ENCAP_FLAGS, 4).toggle().text("encap-remcsum").json("remcsum").object("encap").only("encap", OVER_UDP);
}

// Keys of what a bit says in place of a number: JSON has another then.

pub(crate) fn encaplimit(v: &Value<'_>) -> (&'static str, &'static str) {
    ("encaplimit", if matches!(v, Value::Word(_)) { "ip6_tnl_f_ign_encap_limit" } else { "encap_limit" })
}

pub(crate) fn tclass(v: &Value<'_>) -> (&'static str, &'static str) {
    ("tclass", if matches!(v, Value::Word(_)) { "ip6_tnl_f_use_orig_tclass" } else { "tclass" })
}

pub(crate) fn flowlabel(v: &Value<'_>) -> (&'static str, &'static str) {
    ("flowlabel", if matches!(v, Value::Word(_)) { "ip6_tnl_f_use_orig_flowlabel" } else { "flowlabel" })
}

pub(crate) fn fwmark(v: &Value<'_>) -> (&'static str, &'static str) {
    ("fwmark", if matches!(v, Value::Word(_)) { "ip6_tnl_f_use_orig_fwmark" } else { "fwmark" })
}

const OWN: &[iproute::Word] = &[
    word("~remote", "remote"),
    word("~local", "local"),
    word("~dev", "dev").else_says(NO_LINK),
    word("~ttl ~hoplimit ~hlim", "hoplimit").wrong("invalid HLIM\n"),
    word("~tos ~tclass ~dsfield", "tclass").wrong("invalid TClass"),
    word("=flowlabel =fl", "flowlabel").wrong("invalid Flowlabel"),
    own("=dscp").wrong("not inherit"),
    word("=external", "external").means(1),
    word("=fwmark", "fwmark").wrong("invalid fwmark\n"),
    word("=allow-localremote", "allow_localremote").means(1),
    word("=noallow-localremote", "allow_localremote").means(0),
    word("=encaplimit", "encaplimit").wrong("invalid ELIM"),
];
/// Those of ERSPAN, which every kind takes.
const ERSPAN: &[iproute::Word] = &[
    own("=erspan").wrong("invalid erspan index\n"),
    own("=erspan_ver").wrong("invalid erspan version\n"),
    own("=erspan_dir").wrong("Invalid erspan direction."),
    own("=erspan_hwid").wrong("invalid erspan hwid\n"),
];

/// The words of iproute2.
pub(crate) const GRAMMAR: Grammar = Grammar::new(&iproute::joined::<44>(
    &iproute::joined::<40>(&iproute::joined::<30>(WORDS_OF_BITS, OWN), AROUND),
    ERSPAN,
))
.unknown(Unknown::Usage);

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ip6gre",
    doc: "GRE over IPv6: packets of any protocol, from one host to another",
    fields: &FIELDS,
    examples: EXAMPLES,
    uapi: &["IFLA_GRE_"],
    below: Below::Loose("dev"),
    module: "ip6_gre",
    config: "CONFIG_IPV6_GRE",
    frames: false,
    whole: true,
    iproute: GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();

pub(crate) const EXAMPLES: &[Example] = &[
    Example {
        words: "remote 2001:db8::1 local 2001:db8::2 hoplimit 64 encaplimit 4",
        #[rustfmt::skip]
        wire: &[
            20, 0, 7, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
            20, 0, 6, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
            5, 0, 8, 0, 64, 0, 0, 0, 5, 0, 11, 0, 4, 0, 0, 0, 8, 0, 13, 0, 0, 0, 0, 0,
        ],
    },
    Example {
        words: "remote 2001:db8::1 dev eth0 hoplimit 5 encaplimit none tclass inherit flowlabel 0x12345 ikey 5 okey 5",
        #[rustfmt::skip]
        wire: &[
            20, 0, 7, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
            8, 0, 1, 0, 7, 0, 0, 0, 5, 0, 8, 0, 5, 0, 0, 0, 5, 0, 11, 0, 0, 0, 0, 0,
            8, 0, 13, 0, 3, 0, 0, 0, 8, 0, 12, 0, 0, 1, 0x23, 0x45,
            8, 0, 4, 0, 0, 0, 0, 5, 6, 0, 2, 0, 0x20, 0, 0, 0,
            8, 0, 5, 0, 0, 0, 0, 5, 6, 0, 3, 0, 0x20, 0, 0, 0,
        ],
    },
];
