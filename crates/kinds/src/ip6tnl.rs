//! IP in IPv6, RFC 2473: IPv6 or IPv4 between two hosts.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Unknown, own, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

use crate::gre::{AROUND, ENCAP_FLAGS, ENCAPS, NO_LINK, OVER_UDP};
use crate::ip6gre::{
    ALLOW_LOCAL_REMOTE, BITS, FLOW_LABEL, IGN_ENCAP_LIMIT, RCV_DSCP_COPY, TRAFFIC_CLASS, USE_ORIG_FLOWLABEL,
    USE_ORIG_FWMARK, USE_ORIG_TCLASS, encaplimit, flowlabel, fwmark, tclass,
};

const MODES: &[Word] = &[("any", 0), ("ipip6", 4), ("ip6ip6", 41)];
/// Bits of `IP6_TNL_F_*` of `linux/ip6_tunnel.h`, and the one that `ip6gre` has not.
const FLAGS: u16 = 8;
const MIP6_DEV: u32 = 0x8;

fields! {
    /// Leave the choice of tunnel to whoever sends the packet: routes, tc, Open vSwitch.
    EXTERNAL: bool = flag(19, "external").fixed();
    /// What is in the packets: IPv6 (ip6ip6), IPv4 (ipip6) or both (any).
    MODE: &'static str = words8(9, "mode", MODES).unkeyed().json("proto");
    /// The other end; any takes packets from everybody and has nowhere to send to.
    REMOTE: IpAddr = ip6(3, "remote").zero("any");
    /// Source address of outer packets; any leaves it to the routes.
    LOCAL: IpAddr = ip6(2, "local").zero("any");
    /// The link that outer packets leave by.
    DEV: Name = link(1, "dev").also(&["link"]).json("link").unsaid(0);
    /// Hop limit of outer packets, or inherit for the inner packet's.
    HOPLIMIT: u8 = u8(4, "hoplimit").also(&["ttl", "hlim"]).zero("inherit").json("ttl");
    /// How many tunnels the packet may be put into on its way, RFC 2473; none does not say it.
    ENCAPLIMIT: u8 = either8(6, "encaplimit", FLAGS, IGN_ENCAP_LIMIT, "none").keyed(encaplimit);
    /// Traffic class of outer packets, or inherit for the inner packet's.
    TCLASS: u32 = either_part(7, "tclass", TRAFFIC_CLASS, FLAGS, USE_ORIG_TCLASS, "inherit").also(&["tos", "tc", "dsfield"]).keyed(tclass);
    /// Flow label of outer packets, or inherit for the inner packet's.
    FLOWLABEL: u32 = either_part(7, "flowlabel", FLOW_LABEL, FLAGS, USE_ORIG_FLOWLABEL, "inherit").also(&["fl"]).keyed(flowlabel);
    /// Give the outer packet's type of service to the inner one when it is taken out.
    DSCP_INHERIT: bool = bit(FLAGS, "dscp_inherit", BITS, RCV_DSCP_COPY).bare().text("dscp inherit").json("ip6_tnl_f_rcv_dscp_copy");
    /// It serves Mobile IPv6.
    MIP6: bool = bit(FLAGS, "mip6", BITS, MIP6_DEV).bare().json("ip6_tnl_f_mip6_dev");
    /// Allow the other end to be on this host.
    ALLOW_LOCALREMOTE: bool = bit(FLAGS, "allow_localremote", BITS, ALLOW_LOCAL_REMOTE).bare().text("allow-localremote").json("ip6_tnl_f_allow_local_remote");
    /// Mark of outer packets, for routing rules and filters, or inherit for the inner packet's.
    FWMARK: u32 = either32(20, "fwmark", FLAGS, USE_ORIG_FWMARK, "inherit").hex().unsaid(0).keyed(fwmark);
    /// What to put around it, so that it passes for UDP: fou (foo over UDP) or gue (generic UDP encapsulation), which
    /// want the module fou6.
    ENCAP: &'static str = words16(15, "encap", ENCAPS).json("type").object("encap").unsaid(0);
    /// UDP source port of that, or auto for one that goes with the flow.
    ENCAP_SPORT: u16 = be16(17, "encap_sport").zero("auto").text("encap-sport").json("sport").object("encap").only("encap", OVER_UDP);
    /// UDP destination port of that.
    ENCAP_DPORT: u16 = be16(18, "encap_dport").text("encap-dport").json("dport").object("encap").only("encap", OVER_UDP);
    /// Send that with a UDP checksum over IPv4.
    ENCAP_CSUM: bool = bit(16, "encap_csum", ENCAP_FLAGS, 1).toggle().text("encap-csum").json("csum").object("encap").only("encap", OVER_UDP);
    /// Send that with a UDP checksum.
    ENCAP_CSUM6: bool = bit(16, "encap_csum6", ENCAP_FLAGS, 2).toggle().also(&["encap_udp6_csum"]).text("encap-csum6").json("csum6").object("encap").only("encap", OVER_UDP);
    /// Leave the inner checksum to the remote end.
    ENCAP_REMCSUM: bool = bit(16, "encap_remcsum", ENCAP_FLAGS, 4).toggle().text("encap-remcsum").json("remcsum").object("encap").only("encap", OVER_UDP);
}

/// The words of iproute2 but for what is put around.
const OWN: &[iproute::Word] = &[
    word("=mode", "mode").odd().wrong("Cannot guess tunnel mode."),
    word("=remote", "remote"),
    word("=local", "local"),
    word("~dev", "dev").else_says(NO_LINK),
    word("=ttl =hoplimit =hlim", "hoplimit").wrong("invalid HLIM\n"),
    word("=encaplimit", "encaplimit").wrong("invalid ELIM"),
    word("=tos =tclass =tc ~dsfield", "tclass").wrong("invalid TClass"),
    word("=flowlabel =fl", "flowlabel").wrong("invalid Flowlabel"),
    own("=dscp").wrong("not inherit"),
    word("=fwmark", "fwmark").wrong("invalid fwmark\n"),
    word("=allow-localremote", "allow_localremote").means(1),
    word("=noallow-localremote", "allow_localremote").means(0),
    word("=external", "external").means(1),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ip6tnl",
    doc: "IPv6 or IPv4 in IPv6, from one host to another",
    fields: &FIELDS,
    examples: &[
        Example {
            words: "mode ip6ip6 remote 2001:db8::1 local 2001:db8::2 hoplimit 64 encaplimit none tclass 0x10 flowlabel 0x5",
            #[rustfmt::skip]
            wire: &[
                5, 0, 9, 0, 41, 0, 0, 0,
                20, 0, 3, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                20, 0, 2, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
                5, 0, 4, 0, 64, 0, 0, 0, 5, 0, 6, 0, 0, 0, 0, 0, 8, 0, 8, 0, 1, 0, 0, 0, 8, 0, 7, 0, 1, 0, 0, 5,
            ],
        },
        Example { words: "mode any external", wire: &[4, 0, 19, 0, 5, 0, 9, 0, 0, 0, 0, 0] },
    ],
    uapi: &["IFLA_IPTUN_"],
    below: Below::Loose("dev"),
    module: "ip6_tunnel",
    config: "CONFIG_IPV6_TUNNEL",
    frames: false,
    whole: true,
    iproute: Grammar::new(&iproute::joined::<23>(OWN, AROUND)).unknown(Unknown::Usage),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
