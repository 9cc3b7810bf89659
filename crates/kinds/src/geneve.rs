//! GENEVE: Ethernet over UDP with options, RFC 8926.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const DF_WORDS: &[Word] = &[("unset", 0), ("set", 1), ("inherit", 2)];

fields! {
    /// Leave the choice of tunnel to whoever sends the packet: routes, tc, Open vSwitch.
    EXTERNAL: bool = flag(6, "external").fixed();
    /// The network's identifier (VNI).
    ID: u32 = u32(1, "id").also(&["vni"]).max(0xff_ffff).fixed();
    /// The other end: one host.
    REMOTE: IpAddr = ip(2, "remote", 7).keyed(remote);
    /// Source address of outer packets, and the only one that they are taken at.
    LOCAL: IpAddr = ip(17, "local", 18).keyed(local).painted(Painted::Whole).fixed().since(7, 2);
    /// Hop limit of outer packets; auto is the system's default.
    TTL: Hops = hops8(3, "ttl", 12).also(&["hoplimit"]);
    /// Type of service of outer packets, or inherit for the inner packet's.
    TOS: u8 = tos(4, "tos").also(&["dsfield"]).unsaid(0);
    /// Don't-fragment bit of outer IPv4 packets.
    DF: &'static str = words8(13, "df", DF_WORDS).quiet(0);
    /// Flow label of outer packets, over IPv6 only.
    FLOWLABEL: u32 = be32(11, "flowlabel").also(&["label"]).json("label").max(0xf_ffff).hex().unsaid(0).initial(0);
    /// UDP port of the remote end, and of this one. 6081 unless said otherwise.
    DSTPORT: u16 = be16(5, "dstport").json("port").fixed();
    /// Have checksums in outer packets over IPv4.
    UDPCSUM: bool = switch(8, "udpcsum").also(&["udp_csum"]).json("udp_csum").fixed();
    /// Send outer packets over IPv6 without checksum.
    UDP6ZEROCSUMTX: bool = switch(9, "udp6zerocsumtx").also(&["udp_zero_csum6_tx"]).json("udp_zero_csum6_tx").fixed();
    /// Take outer packets over IPv6 without checksum.
    UDP6ZEROCSUMRX: bool = switch(10, "udp6zerocsumrx").also(&["udp_zero_csum6_rx"]).json("udp_zero_csum6_rx").fixed();
    /// Carry IP packets without Ethernet around them.
    INNERPROTOINHERIT: bool = flag(14, "innerprotoinherit").also(&["inner_proto_inherit"]).json("inner_proto_inherit").fixed().since(5, 18);
    /// UDP source ports of outer packets, first and last.
    SRCPORT: (u16, u16) = ports(15, "srcport").also(&["port_range"]).fixed().since(6, 15).ours();
    /// Tell the other end how packets were joined, so that tunnels within tunnels stay fast.
    GRO_HINT: bool = flag(16, "gro_hint").fixed().since(7, 0).ours();
}

/// Keys of an address: JSON has one for each family.
fn local(v: &Value<'_>) -> (&'static str, &'static str) {
    if matches!(v, Value::Ip(IpAddr::V6(_))) { ("local", "local6") } else { ("local", "local") }
}

/// The same for the other end.
fn remote(v: &Value<'_>) -> (&'static str, &'static str) {
    if matches!(v, Value::Ip(IpAddr::V6(_))) { ("remote", "remote6") } else { ("remote", "remote") }
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~id ~vni", "id").bounded().once("id").wrong("invalid id"),
    word("~remote", "remote").odd().once("remote"),
    word("=local", "local").odd().once("local"),
    word("~ttl ~hoplimit", "ttl").odd().once("ttl"),
    word("~tos ~dsfield", "tos").once("tos").wrong("bad TOS value"),
    word("~df", "df").once("df").wrong("DF must be 'unset', 'set' or 'inherit'"),
    word("~label ~flowlabel", "flowlabel").bounded().once("flowlabel").wrong("invalid flowlabel"),
    word("~dstport", "dstport").once("dstport").wrong("dstport"),
    word("~external", "external").means(1).once(""),
    word("~noexternal", "external").means(0).once(""),
    word("~udpcsum", "udpcsum").means(1).once(""),
    word("~noudpcsum", "udpcsum").means(0).once(""),
    word("~udp6zerocsumtx", "udp6zerocsumtx").means(1).once(""),
    word("~noudp6zerocsumtx", "udp6zerocsumtx").means(0).once(""),
    word("~udp6zerocsumrx", "udp6zerocsumrx").means(1).once(""),
    word("~noudp6zerocsumrx", "udp6zerocsumrx").means(0).once(""),
    word("=innerprotoinherit", "innerprotoinherit").means(1).once(""),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "geneve",
    doc: "GENEVE: Ethernet over UDP, to one host",
    fields: &FIELDS,
    // Whoever sends says of each packet what goes around it (`geneve_configure` of `drivers/net/geneve.c`).
    rules: &[
        Rule::OneOf(&["id", "external"]),
        Rule::Excludes("external", "id"),
        Rule::Excludes("external", "remote"),
        Rule::Excludes("external", "ttl"),
        Rule::Excludes("external", "tos"),
        Rule::Excludes("external", "flowlabel"),
    ],
    examples: &[
        Example {
            words: "id 42 remote 192.0.2.1 ttl 64",
            wire: &[8, 0, 1, 0, 42, 0, 0, 0, 8, 0, 2, 0, 192, 0, 2, 1, 5, 0, 3, 0, 64, 0, 0, 0],
        },
        Example {
            words: "id 42 remote 2001:db8::1 ttl inherit flowlabel 0xabcde innerprotoinherit",
            #[rustfmt::skip]
            wire: &[
                8, 0, 1, 0, 42, 0, 0, 0, 20, 0, 7, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
                5, 0, 12, 0, 1, 0, 0, 0, 8, 0, 11, 0, 0, 0xa, 0xbc, 0xde, 4, 0, 14, 0,
            ],
        },
        Example { words: "external", wire: &[4, 0, 6, 0] },
    ],
    uapi: &["IFLA_GENEVE_"],
    module: "geneve",
    config: "CONFIG_GENEVE",
    iproute: Grammar::new(WORDS),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
