//! A bridge: Ethernet between its ports, IEEE 802.1D and 802.1Q.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Wrong, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const STP_MODES: &[Word] = &[("auto", 0), ("user", 1), ("kernel", 2)];
/// `IFLA_BR_MULTI_BOOLOPT`, whose bits are `enum br_boolopt_id`.
const BOOLOPT: u16 = 46;
/// `IFLA_BR_MCAST_QUERIER_STATE`, whose attributes are `BRIDGE_QUERIER_*` of `linux/if_bridge.h`.
const QUERIER: &[u16] = &[47];
const V4: &str = "mcast_querier_state_ipv4";
const V6: &str = "mcast_querier_state_ipv6";
/// Queries are sent at most every second and at least every day; the kernel raises or lowers what is beyond, 1/100 s.
const QUERIES: (u64, u64) = (100, 8_640_000);

/// A time that iproute2 reads by one name and shows by another.
const fn interval(attr: u16, name: &'static str, shown: &'static [&'static str]) -> Field<u64> {
    time64(attr, name, Unit::Centis).also(shown).json(shown[0]).rounded(Round::Jiffies)
}

fields! {
    /// How long a port listens, and again how long it learns, before it forwards, 1/100 s; 200 to 3000 while STP runs.
    FORWARD_DELAY: u32 = time32(1, "forward_delay", Unit::Centis).rounded(Round::Jiffies).initial(1500);
    /// Pause between the messages of a spanning tree's root, 1/100 s.
    HELLO_TIME: u32 = time32(2, "hello_time", Unit::Centis).range(100, 1000).rounded(Round::Jiffies);
    /// How old such a message may become before the tree is built anew, 1/100 s.
    MAX_AGE: u32 = time32(3, "max_age", Unit::Centis).range(600, 4000).rounded(Round::Jiffies);
    /// How long an address that is not seen stays in the FDB, 1/100 s. Reads shorter while the tree changes.
    AGEING_TIME: u32 = time32(4, "ageing_time", Unit::Centis).rounded(Round::Jiffies);
    /// Run the spanning tree protocol. Reads 2 where a program runs it.
    STP_STATE: u32 = u32(5, "stp_state").also(&["stp"]).boolean().initial(0);
    /// Who runs it: the kernel, a program, or (auto) whoever /sbin/bridge-stp says. Changes only while STP is off.
    STP_MODE: &'static str = words32(50, "stp_mode", STP_MODES).since(7, 1);
    /// The bridge's priority to become the root, 0 to 65535, lower first.
    PRIORITY: u16 = u16(6, "priority");
    /// Look at VLAN tags: each port then carries only the VLANs that `bridge vlan` lists for it.
    VLAN_FILTERING: u8 = u8(7, "vlan_filtering").boolean().initial(0);
    /// The Ethernet type of the tags that count.
    VLAN_PROTOCOL: &'static str = words_be16(8, "vlan_protocol", crate::vlan::TAGS);
    /// The bridge's identifier in the spanning tree: priority and address.
    BRIDGE_ID: Vec<u8> = bridge_id(11, "bridge_id").readonly();
    /// The root of the spanning tree.
    DESIGNATED_ROOT: Vec<u8> = bridge_id(10, "designated_root").json("root_id").readonly();
    /// The port that leads to the root; 0 where this bridge is it.
    ROOT_PORT: u16 = u16(12, "root_port").readonly();
    /// What the way to the root costs.
    ROOT_PATH_COST: u32 = u32(13, "root_path_cost").readonly();
    /// The tree is changing.
    TOPOLOGY_CHANGE: u8 = u8(14, "topology_change").readonly();
    /// This bridge noticed the change.
    TOPOLOGY_CHANGE_DETECTED: u8 = u8(15, "topology_change_detected").readonly();
    /// Time until the next message of the root, seconds.
    HELLO_TIMER: u64 = timer(16, "hello_timer").readonly();
    /// Time until a change is told again, seconds.
    TCN_TIMER: u64 = timer(17, "tcn_timer").readonly();
    /// Time until a change counts as over, seconds.
    TOPOLOGY_CHANGE_TIMER: u64 = timer(18, "topology_change_timer").readonly();
    /// Time until the FDB is swept, seconds.
    GC_TIMER: u64 = timer(19, "gc_timer").readonly();
    /// How many addresses were learnt.
    FDB_N_LEARNED: u32 = u32(48, "fdb_n_learned").readonly().since(6, 7);
    /// How many addresses may be learnt; 0 is no bound.
    FDB_MAX_LEARNED: u32 = u32(49, "fdb_max_learned").since(6, 7);
    /// The VLAN that packets without tag belong to at new ports, 0 (none) to 4094.
    VLAN_DEFAULT_PVID: u16 = u16(39, "vlan_default_pvid").max(4094);
    /// Count packets for each VLAN.
    VLAN_STATS_ENABLED: u8 = u8(41, "vlan_stats_enabled").boolean();
    /// Count packets for each VLAN of each port.
    VLAN_STATS_PER_PORT: u8 = u8(45, "vlan_stats_per_port").boolean().vacant();
    /// Link-local groups to forward: a bit for each last byte of 01:80:c2:00:00:0X; STP, pause and LACP (0x7) never are.
    GROUP_FWD_MASK: u16 = u16(9, "group_fwd_mask").hex();
    /// The group that the spanning tree's messages go to: 01:80:c2:00:00:00, or 04 to 0f at its end.
    GROUP_ADDRESS: Mac = mac(20, "group_address").also(&["group_addr"]).json("group_addr");
    /// Learn who wants which multicast (IGMP and MLD), and send it nowhere else.
    MCAST_SNOOPING: u8 = u8(23, "mcast_snooping").boolean();
    /// Do not learn addresses from link-local packets.
    NO_LINKLOCAL_LEARN: bool = bit(BOOLOPT, "no_linklocal_learn", Layout::Masked, 0x1).initial(0).since(5, 0);
    /// Do so for each VLAN; wants vlan_filtering.
    MCAST_VLAN_SNOOPING: bool = bit(BOOLOPT, "mcast_vlan_snooping", Layout::Masked, 0x2).initial(0).since(5, 15);
    /// Have several spanning trees, of a program, each for some VLANs. Changes only while no port carries a VLAN.
    MST_ENABLED: bool = bit(BOOLOPT, "mst_enabled", Layout::Masked, 0x4).initial(0).vacant().since(5, 18);
    /// Tell when a switch's hardware does not take a multicast entry.
    MDB_OFFLOAD_FAIL_NOTIFICATION: bool = bit(BOOLOPT, "mdb_offload_fail_notification", Layout::Masked, 0x8).initial(0).since(6, 16);
    /// Note the bridge's and the ports' own addresses once and not for each VLAN.
    FDB_LOCAL_VLAN_0: bool = bit(BOOLOPT, "fdb_local_vlan_0", Layout::Masked, 0x10).initial(0).since(6, 18);
    /// Whether the bridge itself wants all multicast as a router does: 0 never, 1 as learnt (the default), 2 always.
    MCAST_ROUTER: u8 = u8(22, "mcast_router").max(2);
    /// Send queries from the bridge's own IPv4 address and not from 0.0.0.0.
    MCAST_QUERY_USE_IFADDR: u8 = u8(24, "mcast_query_use_ifaddr").boolean();
    /// Ask who wants which multicast.
    MCAST_QUERIER: u8 = u8(25, "mcast_querier").boolean();
    /// Who asks for IPv4.
    MCAST_QUERIER_IPV4_ADDR: IpAddr = ip4(1, "mcast_querier_ipv4_addr").painted(Painted::Value).grouped(QUERIER, V4).readonly().since(5, 15);
    /// The index of the port that it is behind.
    MCAST_QUERIER_IPV4_PORT: u32 = u32(2, "mcast_querier_ipv4_port").grouped(QUERIER, V4).readonly().since(5, 15);
    /// Time until it counts as gone. What iproute2 shows as nanoseconds is 1/100 s.
    MCAST_QUERIER_IPV4_OTHER_TIMER: u64 = lapse(3, "mcast_querier_ipv4_other_timer").grouped(QUERIER, V4).readonly().since(5, 15);
    /// Who asks for IPv6.
    MCAST_QUERIER_IPV6_ADDR: IpAddr = ip6(5, "mcast_querier_ipv6_addr").painted(Painted::Value).grouped(QUERIER, V6).readonly().since(5, 15);
    /// The index of the port that it is behind.
    MCAST_QUERIER_IPV6_PORT: u32 = u32(6, "mcast_querier_ipv6_port").grouped(QUERIER, V6).readonly().since(5, 15);
    /// Time until it counts as gone. What iproute2 shows as nanoseconds is 1/100 s.
    MCAST_QUERIER_IPV6_OTHER_TIMER: u64 = lapse(7, "mcast_querier_ipv6_other_timer").grouped(QUERIER, V6).readonly().since(5, 15);
    /// Without effect since Linux 4.20: always 16.
    MCAST_HASH_ELASTICITY: u32 = u32(26, "mcast_hash_elasticity").rounded(Round::Ignored);
    /// Most multicast groups.
    MCAST_HASH_MAX: u32 = u32(27, "mcast_hash_max");
    /// How often a group is asked for before it is given up.
    MCAST_LAST_MEMBER_COUNT: u32 = u32(28, "mcast_last_member_count").also(&["mcast_last_member_cnt"]).json("mcast_last_member_cnt");
    /// How many queries are sent at the start.
    MCAST_STARTUP_QUERY_COUNT: u32 = u32(29, "mcast_startup_query_count").also(&["mcast_startup_query_cnt"]).json("mcast_startup_query_cnt");
    /// How long a group is waited for after its last listener left, 1/100 s.
    MCAST_LAST_MEMBER_INTERVAL: u64 = interval(30, "mcast_last_member_interval", &["mcast_last_member_intvl"]);
    /// How long a membership lasts that is not renewed, 1/100 s.
    MCAST_MEMBERSHIP_INTERVAL: u64 = interval(31, "mcast_membership_interval", &["mcast_membership_intvl"]);
    /// After how long without queries another querier counts as gone, 1/100 s.
    MCAST_QUERIER_INTERVAL: u64 = interval(32, "mcast_querier_interval", &["mcast_querier_intvl"]);
    /// Pause between queries, 1/100 s, 1 s to a day.
    MCAST_QUERY_INTERVAL: u64 = interval(33, "mcast_query_interval", &["mcast_query_intvl"]).range(QUERIES.0, QUERIES.1);
    /// How long listeners may take to answer, 1/100 s.
    MCAST_QUERY_RESPONSE_INTERVAL: u64 = interval(34, "mcast_query_response_interval", &["mcast_query_response_intvl"]);
    /// Pause between queries at the start, 1/100 s, 1 s to a day.
    MCAST_STARTUP_QUERY_INTERVAL: u64 = interval(35, "mcast_startup_query_interval", &["mcast_startup_query_intvl"]).range(QUERIES.0, QUERIES.1);
    /// Count IGMP and MLD messages.
    MCAST_STATS_ENABLED: u8 = u8(42, "mcast_stats_enabled").boolean();
    /// The version of IGMP.
    MCAST_IGMP_VERSION: u8 = u8(43, "mcast_igmp_version").range(2, 3);
    /// The version of MLD.
    MCAST_MLD_VERSION: u8 = u8(44, "mcast_mld_version").range(1, 2);
    /// Show bridged IPv4 packets to iptables; wants module br_netfilter, as do the next two.
    NF_CALL_IPTABLES: u8 = u8(36, "nf_call_iptables").boolean();
    /// Show bridged IPv6 packets to ip6tables.
    NF_CALL_IP6TABLES: u8 = u8(37, "nf_call_ip6tables").boolean();
    /// Show bridged ARP packets to arptables.
    NF_CALL_ARPTABLES: u8 = u8(38, "nf_call_arptables").boolean();
    /// Forget all addresses that were learnt.
    FDB_FLUSH: bool = flag(21, "fdb_flush").writeonly();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~forward_delay", "forward_delay"),
    word("~hello_time", "hello_time"),
    word("~max_age", "max_age"),
    word("~ageing_time", "ageing_time"),
    word("~stp_state", "stp_state"),
    word("=stp_mode", "stp_mode").else_says(Wrong::OneOf(1)),
    word("~priority", "priority"),
    word("~vlan_filtering", "vlan_filtering"),
    word("~vlan_protocol", "vlan_protocol").odd().wrong("invalid vlan_protocol"),
    word("~group_fwd_mask", "group_fwd_mask"),
    word("~group_address", "group_address"),
    word("=no_linklocal_learn", "no_linklocal_learn").wrong("invalid no_linklocal_learn"),
    word("=mst_enabled", "mst_enabled").wrong("invalid mst_enabled"),
    word("=fdb_max_learned", "fdb_max_learned"),
    word("~fdb_flush", "fdb_flush").means(1),
    word("~vlan_default_pvid", "vlan_default_pvid"),
    word("~vlan_stats_enabled", "vlan_stats_enabled"),
    word("~vlan_stats_per_port", "vlan_stats_per_port"),
    word("~mcast_router", "mcast_router"),
    word("~mcast_snooping", "mcast_snooping"),
    word("=mcast_vlan_snooping", "mcast_vlan_snooping").wrong("invalid mcast_vlan_snooping"),
    word("~mcast_query_use_ifaddr", "mcast_query_use_ifaddr"),
    word("~mcast_querier", "mcast_querier"),
    word("~mcast_hash_elasticity", "mcast_hash_elasticity"),
    word("~mcast_hash_max", "mcast_hash_max"),
    word("~mcast_last_member_count", "mcast_last_member_count"),
    word("~mcast_startup_query_count", "mcast_startup_query_count"),
    word("~mcast_last_member_interval", "mcast_last_member_interval"),
    word("~mcast_membership_interval", "mcast_membership_interval"),
    word("~mcast_querier_interval", "mcast_querier_interval"),
    word("~mcast_query_interval", "mcast_query_interval"),
    word("~mcast_query_response_interval", "mcast_query_response_interval"),
    word("~mcast_startup_query_interval", "mcast_startup_query_interval"),
    word("~mcast_stats_enabled", "mcast_stats_enabled"),
    word("~mcast_igmp_version", "mcast_igmp_version"),
    word("~mcast_mld_version", "mcast_mld_version"),
    word("~nf_call_iptables", "nf_call_iptables"),
    word("~nf_call_ip6tables", "nf_call_ip6tables"),
    word("~nf_call_arptables", "nf_call_arptables"),
    word("=mdb_offload_fail_notification", "mdb_offload_fail_notification").wrong("invalid mdb_offload_fail_notification"),
    word("=fdb_local_vlan_0", "fdb_local_vlan_0").wrong("invalid fdb_local_vlan_0"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "bridge",
    doc: "A bridge: a switch whose ports are links of this machine",
    fields: &FIELDS,
    rules: &[Rule::Needs("mcast_vlan_snooping", "vlan_filtering")],
    examples: &[
        Example { words: "stp_state on vlan_filtering on", wire: &[8, 0, 5, 0, 1, 0, 0, 0, 5, 0, 7, 0, 1, 0, 0, 0] },
        Example { words: "forward_delay 4s", wire: &[8, 0, 1, 0, 0x90, 1, 0, 0] },
        Example { words: "no_linklocal_learn on", wire: &[12, 0, 46, 0, 1, 0, 0, 0, 1, 0, 0, 0] },
    ],
    uapi: &["IFLA_BR_", "BRIDGE_QUERIER_"],
    ports: Some(&crate::port::bridge::KIND),
    module: "bridge",
    config: "CONFIG_BRIDGE",
    bound: true,
    master: true,
    iproute: Grammar::new(WORDS),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
