//! VXLAN: Ethernet over UDP, RFC 7348.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Wrong, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const DF_WORDS: &[Word] = &[("unset", 0), ("set", 1), ("inherit", 2)];

fields! {
    /// The network's identifier (VNI).
    ID: u32 = u32(1, "id").also(&["vni"]).max(0xff_ffff).fixed();
    /// Where packets go whose destination is not in the FDB: a host, or a multicast group, which wants dev.
    REMOTE: IpAddr = ip(2, "remote", 16).also(&["group"]).keyed(peer);
    /// Source address of outer packets.
    LOCAL: IpAddr = ip(4, "local", 17).keyed(own);
    /// The link that outer packets leave by.
    DEV: Name = link(3, "dev").also(&["link"]).json("link");
    /// UDP source ports of outer packets, first and last; 0 0 leaves them to the kernel.
    SRCPORT: (u16, u16) = ports(10, "srcport").also(&["port", "port_range"]).json("port_range").fixed();
    /// UDP port of the remote end. IANA assigned 4789; the kernel's default is 8472.
    DSTPORT: u16 = be16(15, "dstport").json("port").fixed();
    /// Type of service of outer packets, or inherit for the inner packet's.
    TOS: u8 = tos(6, "tos").also(&["dsfield"]).unsaid(0);
    /// Hop limit of outer packets; auto is the system's default. To or from inherit only a rebuild leads.
    TTL: Hops = hops(5, "ttl", 28).also(&["hoplimit"]);
    /// Don't-fragment bit of outer IPv4 packets.
    DF: &'static str = words8(29, "df", DF_WORDS).quiet(0);
    /// Flow label of outer packets, over IPv6 only.
    FLOWLABEL: u32 = be32(26, "flowlabel").also(&["label"]).json("label").max(0xf_ffff).hex().unsaid(0).initial(0);
    /// Whether that flow label or the inner packet's is sent, over IPv6 only.
    LABEL_POLICY: &'static str = words32(32, "label_policy", &[("fixed", 0), ("inherit", 1)]).since(6, 7).ours().initial(0);
    /// How long an address that is not seen stays in the FDB, seconds; 0 and none mean the default, 300.
    AGEING: u32 = time32(8, "ageing", Unit::Secs).zero("none");
    /// Most addresses to learn; 0 and unlimited are no bound.
    MAXADDRESS: u32 = u32(9, "maxaddress").also(&["limit", "maxaddr"]).zero("unlimited").text("maxaddr").json("limit").unsaid(0).fixed();
    /// Bits of the header that are let through though they have no meaning: a mask of its 64 bits.
    RESERVED_BITS: u64 = be64(33, "reserved_bits").hex().fixed().since(6, 14);
    /// Group policy: carry a packet's mark along (draft-smith-vxlan-group-policy).
    GBP: bool = flag(23, "gbp").null(1).fixed();
    /// Generic protocol extension: carry what is not Ethernet, too (draft-ietf-nvo3-vxlan-gpe).
    GPE: bool = flag(27, "gpe").null(1).fixed();
    /// Leave the choice of tunnel to whoever sends the packet: routes, tc, Open vSwitch.
    EXTERNAL: bool = switch(25, "external").quiet(0).fixed();
    /// Take only identifiers that `bridge vni` lists.
    VNIFILTER: bool = switch(30, "vnifilter").quiet(0).fixed().since(5, 18);
    /// Learn source addresses into the FDB. On unless said otherwise.
    LEARNING: bool = switch(7, "learning").quiet(1);
    /// Answer ARP and neighbour discovery on behalf of remote hosts.
    PROXY: bool = switch(11, "proxy").quiet(0).fixed();
    /// Route packets to a router's address on the spot (route short circuit).
    RSC: bool = switch(12, "rsc").quiet(0).fixed();
    /// Tell of destinations that are not in the FDB.
    L2MISS: bool = switch(13, "l2miss").quiet(0).fixed();
    /// Tell of addresses that no neighbour is known for.
    L3MISS: bool = switch(14, "l3miss").quiet(0).fixed();
    /// Have checksums in outer packets over IPv4. On unless said otherwise.
    UDPCSUM: bool = switch(18, "udpcsum").also(&["udp_csum"]).key("udp_csum").quiet(1).fixed();
    /// Send outer packets over IPv6 without checksum.
    UDP6ZEROCSUMTX: bool = switch(19, "udp6zerocsumtx").also(&["udp_zero_csum6_tx"]).key("udp_zero_csum6_tx").quiet(0).fixed();
    /// Take outer packets over IPv6 without checksum.
    UDP6ZEROCSUMRX: bool = switch(20, "udp6zerocsumrx").also(&["udp_zero_csum6_rx"]).key("udp_zero_csum6_rx").quiet(0).fixed();
    /// Leave the inner checksum to the remote end.
    REMCSUMTX: bool = switch(21, "remcsumtx").also(&["remcsum_tx"]).key("remcsum_tx").quiet(0).fixed();
    /// Complete inner checksums that the remote end left to us.
    REMCSUMRX: bool = switch(22, "remcsumrx").also(&["remcsum_rx"]).key("remcsum_rx").quiet(0).fixed();
    /// Deliver to tunnels of this machine directly. On unless said otherwise.
    LOCALBYPASS: bool = switch(31, "localbypass").quiet(1).since(6, 5);
    /// Let multicast routing forward outer packets to groups. The kernel does not report it.
    MCROUTE: bool = switch(34, "mcroute").also(&["mc_route"]).quiet(0).volatile().since(6, 17);
    /// With remcsumrx, do not keep the partial checksum.
    REMCSUM_NOPARTIAL: bool = flag(24, "remcsum_nopartial").null(1).fixed().ours();
}

/// Keys of an address: JSON has one for each family.
fn own(v: &Value<'_>) -> (&'static str, &'static str) {
    if matches!(v, Value::Ip(IpAddr::V6(_))) { ("local", "local6") } else { ("local", "local") }
}

/// The same for the other end, which is called a group if it is one.
fn peer(v: &Value<'_>) -> (&'static str, &'static str) {
    match v {
        Value::Ip(a) if a.is_multicast() => ("group", if a.is_ipv6() { "group6" } else { "group" }),
        Value::Ip(IpAddr::V6(_)) => ("remote", "remote6"),
        _ => ("remote", "remote"),
    }
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~id ~vni", "id").bounded().once("id").wrong("invalid id"),
    // Each may stand once, and not both: the kind's code says so.
    word("~group", "remote").odd(),
    word("~remote", "remote").odd(),
    word("~local", "local").odd().once("local"),
    word("~dev", "dev").else_says(Wrong::Says("Cannot find device \"{value}\"", 255)).once("dev"),
    word("~ttl ~hoplimit", "ttl").odd().once("ttl"),
    word("~tos ~dsfield", "tos").once("tos").wrong("bad TOS value"),
    word("~df", "df").once("df").wrong("DF must be 'unset', 'set' or 'inherit'"),
    word("~label ~flowlabel", "flowlabel").bounded().once("flowlabel").wrong("invalid flowlabel"),
    word("~ageing", "ageing").once("ageing").wrong("ageing timer"),
    word("~maxaddress", "maxaddress").once("maxaddress").wrong("max addresses"),
    word("~port ~srcport", "srcport").odd().once("srcport"),
    word("~dstport", "dstport").once("dstport").wrong("dst port"),
    word("=reserved_bits", "reserved_bits").odd().wrong("reserved_bits"),
    word("~learning", "learning").means(1).once(""),
    word("~nolearning", "learning").means(0).once(""),
    word("~proxy", "proxy").means(1).once(""),
    word("~noproxy", "proxy").means(0).once(""),
    word("~rsc", "rsc").means(1).once(""),
    word("~norsc", "rsc").means(0).once(""),
    word("~l2miss", "l2miss").means(1).once(""),
    word("~nol2miss", "l2miss").means(0).once(""),
    word("~l3miss", "l3miss").means(1).once(""),
    word("~nol3miss", "l3miss").means(0).once(""),
    word("~udpcsum", "udpcsum").means(1).once(""),
    word("~noudpcsum", "udpcsum").means(0).once(""),
    word("~udp6zerocsumtx", "udp6zerocsumtx").means(1).once(""),
    word("~noudp6zerocsumtx", "udp6zerocsumtx").means(0).once(""),
    word("~udp6zerocsumrx", "udp6zerocsumrx").means(1).once(""),
    word("~noudp6zerocsumrx", "udp6zerocsumrx").means(0).once(""),
    word("~remcsumtx", "remcsumtx").means(1).once(""),
    word("~noremcsumtx", "remcsumtx").means(0).once(""),
    word("~remcsumrx", "remcsumrx").means(1).once(""),
    word("~noremcsumrx", "remcsumrx").means(0).once(""),
    word("=localbypass", "localbypass").means(1).once(""),
    word("=nolocalbypass", "localbypass").means(0).once(""),
    word("~external", "external").means(1).once(""),
    word("~noexternal", "external").means(0).once(""),
    word("=vnifilter", "vnifilter").means(1).once(""),
    word("=novnifilter", "vnifilter").means(0).once(""),
    word("=mcroute", "mcroute").means(1).once(""),
    word("=nomcroute", "mcroute").means(0).once(""),
    word("~gbp", "gbp").means(1).once(""),
    word("~gpe", "gpe").means(1).once(""),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vxlan",
    doc: "VXLAN: Ethernet over UDP, to one host, to a group, or as the FDB says",
    fields: &FIELDS,
    rules: &[
        Rule::OneOf(&["id", "external"]),
        Rule::Excludes("external", "id"),
        Rule::Needs("vnifilter", "external"),
        Rule::Needs("gpe", "external"),
        Rule::Excludes("gpe", "gbp"),
        Rule::Excludes("gpe", "learning"),
    ],
    examples: &[
        Example { words: "id 42 dstport 4789", wire: &[8, 0, 1, 0, 42, 0, 0, 0, 6, 0, 15, 0, 0x12, 0xb5, 0, 0] },
        Example {
            words: "id 42 remote 192.0.2.1 dev eth0 dstport 4789 nolearning",
            #[rustfmt::skip]
            wire: &[
                8, 0, 1, 0, 42, 0, 0, 0, 8, 0, 2, 0, 192, 0, 2, 1, 8, 0, 3, 0, 7, 0, 0, 0,
                6, 0, 15, 0, 0x12, 0xb5, 0, 0, 5, 0, 7, 0, 0, 0, 0, 0,
            ],
        },
        Example {
            words: "dstport 4789 ttl inherit external vnifilter nolearning",
            #[rustfmt::skip]
            wire: &[
                6, 0, 15, 0, 0x12, 0xb5, 0, 0, 4, 0, 28, 0, 5, 0, 25, 0, 1, 0, 0, 0, 5, 0, 30, 0, 1, 0, 0, 0,
                5, 0, 7, 0, 0, 0, 0, 0,
            ],
        },
    ],
    uapi: &["IFLA_VXLAN_"],
    below: Below::Field("dev"),
    module: "vxlan",
    config: "CONFIG_VXLAN",
    iproute: Grammar::new(WORDS),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
