//! What every link has: the attributes of `RTM_NEWLINK` itself and the bits of its header (`linux/if_link.h`,
//! `linux/if.h`), in the order in which iproute2 prints them.

pub mod inet;

use linkctl_schema::field::{
    devconf, header, header_not, ip6, link, mac, numbers, onoff, part, raw, s32, string, strings, u8, u16,
    u32, words8, words16, words32,
};
use linkctl_schema::iproute::{Word, Wrong, own, word};
use linkctl_schema::{Mac, Name, Repr, Round, Show, Value, fields};

/// `IFLA_AF_SPEC`, the nest of settings by address family.
pub const AF_SPEC: u16 = 26;
/// `IFLA_PROP_LIST`, the nest of alternative names.
pub const PROP_LIST: u16 = 52;
/// `IFLA_ALT_IFNAME`, one alternative name.
pub const ALT_IFNAME: u16 = 53;
/// `AF_INET`, as a nest of `IFLA_AF_SPEC`.
pub const INET: u16 = 2;
/// `IFLA_INET_CONF`, the settings in it.
pub const INET_CONF: u16 = 1;
/// `AF_INET6`, as a nest of `IFLA_AF_SPEC`.
const INET6: u16 = 10;
/// `AF_MCTP`, as a nest of `IFLA_AF_SPEC`.
const MCTP: u16 = 45;
/// `IFLA_DEVLINK_PORT`, the nest of what devlink calls the port.
const DEVLINK_PORT: u16 = 62;
/// `IFLA_DPLL_PIN`, the nest of what tells the clock's pin.
const DPLL_PIN: u16 = 65;
/// `IFLA_PORT_SELF`, the nest of 802.1Qbg settings.
const PORT_SELF: u16 = 25;
/// `IFLA_MAP`, and the size of its struct (`struct rtnl_link_ifmap`).
const MAP: (u16, usize) = (14, 32);
/// `IFLA_INET6_CACHEINFO`, and the size of its struct (`struct ifla_cacheinfo`).
const CACHEINFO: (u16, usize) = (5, 16);
/// `IFLA_PROTO_DOWN_REASON`, the nest of reasons for `protodown`.
const PROTO_DOWN_REASON: u16 = 55;

/// States of RFC 2863, `ifOperStatus`.
const OPERSTATES: &[(&str, u64)] = &[
    ("UNKNOWN", 0),
    ("NOTPRESENT", 1),
    ("DOWN", 2),
    ("LOWERLAYERDOWN", 3),
    ("TESTING", 4),
    ("DORMANT", 5),
    ("UP", 6),
];

/// What a message was sent for (`IFLA_EVENT_*`).
const EVENTS: &[(&str, u64)] = &[
    ("NONE", 0),
    ("REBOOT", 1),
    ("FEATURE CHANGE", 2),
    ("BONDING FAILOVER", 3),
    ("NOTIFY PEERS", 4),
    ("RESEND IGMP", 5),
    ("BONDING OPTION", 6),
];

/// What carries MCTP (DSP0239).
const BINDINGS: &[(&str, u64)] = &[
    ("unspecified", 0),
    ("smbus", 1),
    ("pcie_vdm", 2),
    ("usb", 3),
    ("kcs", 4),
    ("serial", 5),
    ("i3c", 6),
    ("mmbi", 7),
    ("pcc", 8),
    ("ucie", 9),
    ("vendor", 255),
];

/// What was asked of the switch at the other end (`PORT_REQUEST_*`).
const PORT_REQUESTS: &[(&str, u64)] =
    &[("preassociate", 0), ("preassociate_rr", 1), ("associate", 2), ("disassociate", 3)];

/// What it said (`PORT_VDP_RESPONSE_*`, `PORT_PROFILE_RESPONSE_*`).
const PORT_RESPONSES: &[(&str, u64)] = &[
    ("success", 0),
    ("invalid_format", 1),
    ("insufficient_resources", 2),
    ("unused_vtid", 3),
    ("vtid_violation", 4),
    ("vtid_version_violation", 5),
    ("out_of_sync", 6),
    ("profile_success", 256),
    ("profile_inprogress", 257),
    ("profile_invalid", 258),
    ("profile_badstate", 259),
    ("profile_insufficient_resources", 260),
    ("profile_error", 261),
];

const GENERATION: &[(&str, u64)] = &[("eui64", 0), ("none", 1), ("stable_secret", 2), ("random", 3)];

fields! {
    /// The link's name, at most 15 bytes.
    NAME: Vec<u8> = string(3, "name", 15).json("ifname").readonly().shown(Show::Own);
    /// Take part in traffic; `down` takes it out and keeps it.
    UP: bool = header(0x1, "up").shown(Show::Own);
    /// Resolve neighbours with ARP.
    ARP: bool = header_not(0x80, "arp").shown(Show::Own);
    /// Send and receive multicast.
    MULTICAST: bool = header(0x1000, "multicast").shown(Show::Own);
    /// Receive every multicast packet.
    ALLMULTICAST: bool = header(0x200, "allmulticast").also(&["allmulti"]).shown(Show::Own);
    /// Receive every packet, whoever it is for.
    PROMISC: bool = header(0x100, "promisc").shown(Show::Own);
    /// Its addresses may be lost when it goes down.
    DYNAMIC: bool = header(0x8000, "dynamic").shown(Show::Own);
    /// Use trailer encapsulation, a relic.
    TRAILERS: bool = header_not(0x20, "trailers").shown(Show::Own);
    /// The link that this one stands on.
    LINK: Name = link(5, "link").fixed().shown(Show::Own);
    /// Largest packet in bytes, without the link's own header. The driver sets the bounds.
    MTU: u32 = u32(4, "mtu").shown(Show::Own);
    /// The queueing discipline of the link's root.
    QDISC: Vec<u8> = string(6, "qdisc", 15).readonly().shown(Show::Own);
    /// The link that this one is a port of: a bridge, a bond, a VRF.
    MASTER: Name = link(10, "master").shown(Show::Own);
    /// Whether packets can pass, as RFC 2863 says it.
    OPERSTATE: &'static str = words8(16, "operstate", OPERSTATES).readonly().shown(Show::Own);
    /// How the link becomes operational: by itself, or when a program says so.
    LINKMODE: &'static str = words8(17, "linkmode", &[("DEFAULT", 0), ("DORMANT", 1)]).also(&["mode"]).shown(Show::Own);
    /// A number to handle many links by; names of numbers stand in /etc/iproute2/group.
    GROUP: &'static str = words32(27, "group", &[("default", 0)]).max(u32::MAX as u64).shown(Show::Own);
    /// Packets that may wait to be sent.
    TXQUEUELEN: u32 = u32(13, "txqueuelen").also(&["qlen", "txqlen"]).text("qlen").json("txqlen").shown(Show::Own);
    /// What the message was sent for.
    EVENT: &'static str = words32(44, "event", EVENTS).unsaid(0).readonly().shown(Show::Own);
    /// The link-layer address.
    ADDRESS: Mac = mac(1, "address").shown(Show::Own);
    /// The link-layer address that reaches all, or the other end of a point-to-point link.
    BROADCAST: Mac = mac(2, "broadcast").also(&["brd"]).shown(Show::Own);
    /// The address that the hardware was made with.
    PERM_ADDRESS: Mac = mac(54, "perm_address").key("permaddr").readonly().shown(Show::Own);
    /// The namespace of the other end or lower link, as numbered from here.
    LINK_NETNSID: i32 = s32(37, "link_netnsid").readonly().shown(Show::Own);
    /// The namespace that the link went to, as numbered from here.
    NEW_NETNSID: i32 = s32(45, "new_netnsid").readonly().shown(Show::Own);
    /// The index that the link has in the namespace that it went to.
    NEW_IFINDEX: i32 = s32(49, "new_ifindex").readonly().shown(Show::Own);
    /// Held down by a program, though it is up; needs the driver's support.
    PROTODOWN: bool = onoff(39, "protodown").json("proto_down").late().shown(Show::Own);
    /// Why it is held down: a bit for each reason of /etc/iproute2/protodown_reasons.d.
    PROTODOWN_REASON: u32 = u32(2, "protodown_reason").json("proto_down_reason").hex().within(&[PROTO_DOWN_REASON]).readonly().shown(Show::Own);
    /// How many users want every packet.
    PROMISCUITY: u32 = u32(30, "promiscuity").readonly().shown(Show::Detail);
    /// How many users want every multicast packet.
    ALLMULTI: u32 = u32(61, "allmulti_count").key("allmulti").since(6, 0).readonly().shown(Show::Detail);
    /// The smallest MTU that the driver takes, bytes.
    MIN_MTU: u32 = u32(50, "min_mtu").text("minmtu").readonly().shown(Show::Detail);
    /// The largest MTU that the driver takes, bytes; 0 for no bound.
    MAX_MTU: u32 = u32(51, "max_mtu").text("maxmtu").readonly().shown(Show::Detail);
    /// It cannot leave its namespace.
    NETNS_IMMUTABLE: u8 = u8(67, "netns_immutable").key("netns-immutable").readonly().since(6, 15).shown(Show::Own);
    /// How IPv6 link-local addresses are made.
    ADDRGENMODE: &'static str = words8(8, "addrgenmode", GENERATION).json("inet6_addr_gen_mode").within(&[AF_SPEC, INET6]).late().shown(Show::Detail);
    /// How many queues to send from the link is made with.
    NUMTXQUEUES: u32 = u32(31, "numtxqueues").json("num_tx_queues").fixed().shown(Show::Detail);
    /// How many queues to receive into the link is made with.
    NUMRXQUEUES: u32 = u32(32, "numrxqueues").json("num_rx_queues").fixed().shown(Show::Detail);
    /// Largest packet that the stack hands down to be cut up, bytes.
    GSO_MAX_SIZE: u32 = u32(41, "gso_max_size").shown(Show::Detail);
    /// Most pieces that such a packet is cut into.
    GSO_MAX_SEGS: u32 = u32(40, "gso_max_segs").max(65535).shown(Show::Detail);
    /// What the hardware can cut up, bytes.
    TSO_MAX_SIZE: u32 = u32(59, "tso_max_size").readonly().shown(Show::Detail);
    /// How many pieces the hardware can make.
    TSO_MAX_SEGS: u32 = u32(60, "tso_max_segs").readonly().shown(Show::Detail);
    /// Largest packet that received ones are joined to, bytes.
    GRO_MAX_SIZE: u32 = u32(58, "gro_max_size").since(5, 19).shown(Show::Detail);
    /// The same as gso_max_size for IPv4 alone.
    GSO_IPV4_MAX_SIZE: u32 = u32(63, "gso_ipv4_max_size").since(6, 3).shown(Show::Detail);
    /// The same as gro_max_size for IPv4 alone.
    GRO_IPV4_MAX_SIZE: u32 = u32(64, "gro_ipv4_max_size").since(6, 3).shown(Show::Detail);
    /// The name that the hardware gives the port.
    PHYS_PORT_NAME: Vec<u8> = string(38, "phys_port_name", 255).text("portname").readonly().shown(Show::Detail);
    /// What tells the port of the hardware from others.
    PHYS_PORT_ID: Vec<u8> = raw(34, "phys_port_id").text("portid").readonly().shown(Show::Detail);
    /// What tells the switch that the port belongs to from others.
    PHYS_SWITCH_ID: Vec<u8> = raw(36, "phys_switch_id").text("switchid").readonly().shown(Show::Detail);
    /// The bus of the device behind the link.
    PARENTBUS: Vec<u8> = string(57, "parentbus", 255).readonly().since(5, 14).shown(Show::Detail);
    /// The device behind the link, as its bus names it.
    PARENTDEV: Vec<u8> = string(56, "parentdev", 255).fixed().since(5, 14).shown(Show::Detail);
    /// There is a signal; a program may say so for links without hardware.
    CARRIER: bool = onoff(33, "carrier").volatile().late().ours();
    /// How often the signal came or went.
    CARRIER_CHANGES: u32 = u32(35, "carrier_changes").readonly().shown(Show::Own);
    /// How often the signal came.
    CARRIER_UP_COUNT: u32 = u32(47, "carrier_up_count").readonly().ours();
    /// How often the signal went.
    CARRIER_DOWN_COUNT: u32 = u32(48, "carrier_down_count").readonly().ours();
    /// Space in bytes that is kept before each packet for headers.
    HEADROOM: u16 = u16(68, "headroom").readonly().since(6, 19).ours();
    /// Space in bytes that is kept behind each packet.
    TAILROOM: u16 = u16(69, "tailroom").readonly().since(6, 19).ours();
    /// How far ahead the hardware can time packets, nanoseconds.
    MAX_PACING_OFFLOAD_HORIZON: u64 = linkctl_schema::field::u64(66, "max_pacing_offload_horizon").unsaid(0).readonly().since(6, 13).ours();
    /// How many virtual functions there are.
    NUM_VF: u32 = u32(21, "num_vf").readonly().ours();
    /// Weight of the link among others; unused by today's kernels.
    WEIGHT: u32 = u32(15, "weight").readonly().unsaid(0).ours();
    /// IPv4 settings of the link, as in net.ipv4.conf. What is not said of them stays; names and values may stand in braces.
    INET4: Vec<(u32, u32)> = devconf(INET_CONF, "inet", inet::INET, 1).within(&[AF_SPEC, INET]).late().deep().ours();
    /// The last 64 bits of the addresses that IPv6 makes from what routers say; :: for none. Refused where the link does not listen to routers.
    INET6_TOKEN: std::net::IpAddr = ip6(7, "inet6_token").within(&[AF_SPEC, INET6]).late().rounded(Round::Host).deep().ours();
    /// State of IPv6 on the link, as bits: 0x80000000 is ready, 0x10 and 0x20 tell of routers.
    INET6_FLAGS: u32 = u32(1, "inet6_flags").hex().within(&[AF_SPEC, INET6]).readonly().deep().ours();
    /// IPv6 settings of the link, as in net.ipv6.conf. They are set there.
    INET6_CONF: Vec<(u32, u32)> = devconf(2, "inet6_conf", inet::INET6, 0).within(&[AF_SPEC, INET6]).readonly().deep().ours();
    /// The longest packet that IPv6 puts together from pieces, bytes.
    INET6_MAX_REASM_LEN: u32 = part(CACHEINFO.0, "inet6_max_reasm_len", 0, CACHEINFO.1, Repr::U32).json("max_reasm_len").grouped(&[AF_SPEC, INET6], "inet6_cacheinfo").readonly().deep().ours();
    /// When addresses of IPv6 last changed, 1/100 s since the system started.
    INET6_TSTAMP: u32 = part(CACHEINFO.0, "inet6_tstamp", 4, CACHEINFO.1, Repr::U32).json("tstamp").grouped(&[AF_SPEC, INET6], "inet6_cacheinfo").readonly().deep().ours();
    /// How long a neighbour counts as reachable, milliseconds.
    INET6_REACHABLE_TIME: u32 = part(CACHEINFO.0, "inet6_reachable_time", 8, CACHEINFO.1, Repr::U32).json("reachable_time").grouped(&[AF_SPEC, INET6], "inet6_cacheinfo").readonly().deep().ours();
    /// How long until a neighbour is asked again, milliseconds.
    INET6_RETRANS_TIME: u32 = part(CACHEINFO.0, "inet6_retrans_time", 12, CACHEINFO.1, Repr::U32).json("retrans_time").grouped(&[AF_SPEC, INET6], "inet6_cacheinfo").readonly().deep().ours();
    /// Counters of IPv6; the first tells how many numbers there are (IPSTATS_MIB_* of linux/snmp.h).
    INET6_STATS: Vec<Value<'static>> = numbers(3, "inet6_stats", Repr::U64, false).within(&[AF_SPEC, INET6]).readonly().deep().ours();
    /// Counters of ICMPv6; the first tells how many numbers there are (ICMP6_MIB_* of linux/snmp.h).
    INET6_ICMP6STATS: Vec<Value<'static>> = numbers(6, "inet6_icmp6stats", Repr::U64, false).within(&[AF_SPEC, INET6]).readonly().deep().ours();
    /// The MTU that a router said.
    INET6_RA_MTU: u32 = u32(9, "inet6_ra_mtu").within(&[AF_SPEC, INET6]).readonly().since(5, 15).ours();
    /// The MCTP network that the link belongs to; only links that speak MCTP have one.
    MCTP_NET: u32 = u32(1, "mctp_net").range(1, u32::MAX as u64).within(&[AF_SPEC, MCTP]).late().since(5, 15).ours();
    /// What carries MCTP on the link.
    MCTP_PHYS_BINDING: &'static str = words8(2, "mctp_phys_binding", BINDINGS).within(&[AF_SPEC, MCTP]).readonly().since(6, 14).ours();
    /// The bus of the device whose devlink port is behind the link.
    DEVLINK_BUS: Vec<u8> = string(1, "devlink_bus", 255).json("bus").grouped(&[DEVLINK_PORT], "devlink_port").readonly().since(6, 2).ours();
    /// The device whose devlink port is behind the link, as its bus names it.
    DEVLINK_DEVICE: Vec<u8> = string(2, "devlink_device", 255).json("device").grouped(&[DEVLINK_PORT], "devlink_port").readonly().since(6, 2).ours();
    /// The number of the devlink port behind the link.
    DEVLINK_PORT_INDEX: u32 = u32(3, "devlink_port_index").json("index").grouped(&[DEVLINK_PORT], "devlink_port").readonly().since(6, 2).ours();
    /// The number of the clock pin behind the link.
    DPLL_PIN_ID: u32 = u32(1, "dpll_pin").json("id").grouped(&[DPLL_PIN], "dpll_pin").readonly().since(6, 7).ours();
    /// 802.1Qbg: the name of the profile that the link asked for.
    PORT_PROFILE: Vec<u8> = string(2, "port_profile", 40).json("profile").grouped(&[PORT_SELF], "port_self").readonly().ours();
    /// 802.1Qbg: what tells the link from others of its host.
    PORT_INSTANCE_UUID: Vec<u8> = raw(4, "port_instance_uuid").json("instance_uuid").grouped(&[PORT_SELF], "port_self").readonly().ours();
    /// 802.1Qbg: what tells the host from others.
    PORT_HOST_UUID: Vec<u8> = raw(5, "port_host_uuid").json("host_uuid").grouped(&[PORT_SELF], "port_self").readonly().ours();
    /// 802.1Qbg: what was asked of the switch.
    PORT_REQUEST: &'static str = words8(6, "port_request", PORT_REQUESTS).json("request").grouped(&[PORT_SELF], "port_self").readonly().ours();
    /// 802.1Qbg: what the switch said.
    PORT_RESPONSE: &'static str = words16(7, "port_response", PORT_RESPONSES).json("response").grouped(&[PORT_SELF], "port_self").readonly().ours();
    /// Where the memory of old hardware begins.
    MAP_MEM_START: u32 = part(MAP.0, "map_mem_start", 0, MAP.1, Repr::U64).json("mem_start").object("map").hex().unsaid(0).readonly().ours();
    /// Where the memory of old hardware ends.
    MAP_MEM_END: u32 = part(MAP.0, "map_mem_end", 8, MAP.1, Repr::U64).json("mem_end").object("map").hex().unsaid(0).readonly().ours();
    /// The first input and output port of old hardware.
    MAP_BASE_ADDR: u32 = part(MAP.0, "map_base_addr", 16, MAP.1, Repr::U64).json("base_addr").object("map").hex().unsaid(0).readonly().ours();
    /// The interrupt of old hardware.
    MAP_IRQ: u32 = part(MAP.0, "map_irq", 24, MAP.1, Repr::U16).json("irq").object("map").unsaid(0).readonly().ours();
    /// The DMA channel of old hardware.
    MAP_DMA: u32 = part(MAP.0, "map_dma", 26, MAP.1, Repr::U8).json("dma").object("map").unsaid(0).readonly().ours();
    /// The connector that old hardware uses.
    MAP_PORT: u32 = part(MAP.0, "map_port", 27, MAP.1, Repr::U8).json("port").object("map").unsaid(0).readonly().ours();
    /// What others call it.
    ALIAS: Vec<u8> = string(20, "alias", 255).json("ifalias").late().shown(Show::Own);
    /// Further names that the link is found by, at most 127 bytes each.
    ALTNAME: Vec<Value<'static>> = strings(PROP_LIST, "altname", ALT_IFNAME).also(&["altnames"]).json("altnames").late().shown(Show::Own);
    /// Counters of 32 bits (`struct rtnl_link_stats`).
    STATS: Vec<u8> = raw(7, "stats").readonly().shown(Show::Own);
    /// Counters of 64 bits (`struct rtnl_link_stats64`).
    STATS64: Vec<u8> = raw(23, "stats64").readonly().shown(Show::Own);
    /// The kind and its own attributes.
    LINKINFO: Vec<u8> = raw(18, "linkinfo").readonly().shown(Show::Own);
    /// Virtual functions and their settings.
    VFINFO_LIST: Vec<u8> = raw(22, "vfinfo_list").readonly().shown(Show::Own);
    /// 802.1Qbg settings of virtual functions.
    VF_PORTS: Vec<u8> = raw(24, "vf_ports").readonly().shown(Show::Own);
    /// Programs at the driver's door.
    XDP: Vec<u8> = raw(43, "xdp").readonly().shown(Show::Own);
}

const QLEN: &str = "Invalid \"txqueuelen\" value\n";

/// The words of iproute2 for what every link has, in the order in which it tries them. What is none of them is the
/// link's name.
pub const IPROUTE: &[Word] = &[
    word("=up", "up").means(1),
    word("=down", "up").means(0),
    own("=name"),
    own("=index"),
    own("~link"),
    word("~address", "address").odd(),
    word("~broadcast =brd", "broadcast"),
    word("~txqueuelen =qlen ~txqlen", "txqueuelen").odd().wrong(QLEN).once("txqueuelen"),
    word("=mtu", "mtu").odd().wrong("Invalid \"mtu\" value\n").once("mtu"),
    own("=inet"),
    own("=xdpgeneric"),
    own("=xdpdrv"),
    own("=xdpoffload"),
    own("=xdp"),
    own("=netns"),
    word("=multicast", "multicast").else_says(Wrong::OnOrOff(1)),
    word("=allmulticast", "allmulticast").else_says(Wrong::OnOrOff(1)),
    word("=promisc", "promisc").else_says(Wrong::OnOrOff(1)),
    word("=trailers", "trailers").else_says(Wrong::OnOrOff(1)),
    word("=arp", "arp").else_says(Wrong::OnOrOff(1)),
    word("=carrier", "carrier").else_says(Wrong::OneOf(22)),
    own("=vf"),
    word("~master", "master").wrong("Device does not exist\n"),
    own("=vrf"),
    word("~nomaster", "master").means(0),
    word("~dynamic", "dynamic").else_says(Wrong::OnOrOff(1)),
    own("~type"),
    word("~alias", "alias").odd(),
    word("=group", "group").odd().wrong("Invalid \"group\" value\n"),
    word("=mode", "linkmode").odd().wrong("Invalid link mode\n"),
    word("=state", "operstate").odd().wrong("Invalid operstate\n"),
    word("~numtxqueues", "numtxqueues").odd().wrong("Invalid \"numtxqueues\" value\n").once("numtxqueues"),
    word("~numrxqueues", "numrxqueues").odd().wrong("Invalid \"numrxqueues\" value\n").once("numrxqueues"),
    word("~addrgenmode", "addrgenmode").odd().wrong("Invalid address generation mode\n"),
    own("~link-netns"),
    own("~link-netnsid"),
    word("=protodown", "protodown").else_says(Wrong::OneOf(22)),
    own("=protodown_reason"),
    word("=gso_max_size", "gso_max_size").wrong("Invalid \"gso_max_size\" value\n"),
    word("=gso_max_segs", "gso_max_segs").bounded().wrong("Invalid \"gso_max_segs\" value\n"),
    word("=gro_max_size", "gro_max_size").wrong("Invalid \"gro_max_size\" value\n"),
    word("=gso_ipv4_max_size", "gso_ipv4_max_size").wrong("Invalid \"gso_ipv4_max_size\" value\n"),
    word("=gro_ipv4_max_size", "gro_ipv4_max_size").wrong("Invalid \"gro_ipv4_max_size\" value\n"),
    word("=parentdev", "parentdev"),
];
