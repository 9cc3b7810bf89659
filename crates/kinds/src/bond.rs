//! Bonding: several links that act as one.

use linkctl_schema::field::{ip4s, ip6s, link, mac, onoff, time32, u8, u16, u32, words8, words32};
use linkctl_schema::iproute::{self, Grammar, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const MODES: &[Word] = &[
    ("balance-rr", 0),
    ("active-backup", 1),
    ("balance-xor", 2),
    ("broadcast", 3),
    ("802.3ad", 4),
    ("balance-tlb", 5),
    ("balance-alb", 6),
];
const VALIDATE: &[Word] = &[("none", 0), ("active", 1), ("backup", 2), ("all", 3), ("filter", 4), ("filter_active", 5), ("filter_backup", 6)];
const HASH: &[Word] = &[("layer2", 0), ("layer3+4", 1), ("layer2+3", 2), ("encap2+3", 3), ("encap3+4", 4), ("vlan+srcmac", 5)];
const OFF_ON: &[Word] = &[("off", 0), ("on", 1)];
/// Numbers are ints in the kernel: none is larger.
const INT: u64 = i32::MAX as u64;
/// `IFLA_BOND_AD_INFO`
const AD_INFO: &[u16] = &[23];

fields! {
    /// How packets are spread: balance-rr (the default) and balance-xor over all ports, active-backup over one at a time, broadcast
    /// to all at once, 802.3ad by agreement with the other side (LACP), balance-tlb and balance-alb by load.
    MODE: &'static str = words8(1, "mode", MODES).vacant();
    /// The port that sends at present, in modes with one at a time; the kernel may choose another later.
    ACTIVE_SLAVE: Name = link(2, "active_slave").also(&["active_port"]).volatile().late();
    /// How often each port's carrier is looked at, milliseconds; 0 (the default) is never. Switches ARP monitoring off.
    MIIMON: u32 = time32(3, "miimon", Unit::Millis).max(INT);
    /// How long a port must have carrier before it is used, milliseconds.
    UPDELAY: u32 = time32(4, "updelay", Unit::Millis).max(INT).rounded(Round::MultipleOf("miimon"));
    /// How long a port must have lost its carrier before it is no longer used, milliseconds.
    DOWNDELAY: u32 = time32(5, "downdelay", Unit::Millis).max(INT).rounded(Round::MultipleOf("miimon"));
    /// Pause between the messages that num_grat_arp counts, milliseconds; 0 is as often as the monitor looks.
    PEER_NOTIFY_DELAY: u32 = time32(28, "peer_notify_delay", Unit::Millis).max(300_000).rounded(Round::MultipleOf("miimon")).since(5, 3);
    /// Obsolete: ask the driver for carrier (on). Newer kernels always do, and refuse off.
    USE_CARRIER: u8 = u8(6, "use_carrier").boolean();
    /// How often the ARP targets are asked, milliseconds; 0 (the default) is never. Switches carrier monitoring off.
    ARP_INTERVAL: u32 = time32(7, "arp_interval", Unit::Millis).max(INT);
    /// After how many ARP intervals without answer a port counts as failed; the default is 2.
    ARP_MISSED_MAX: u8 = u8(30, "arp_missed_max").range(1, 255).since(5, 17);
    /// Addresses that ARP monitoring asks for, at most 16.
    ARP_IP_TARGET: Vec<Value<'static>> = ip4s(8, "arp_ip_target", 16);
    /// Addresses that neighbour discovery asks for in the same way, at most 16.
    NS_IP6_TARGET: Vec<Value<'static>> = ip6s(31, "ns_ip6_target", 16).since(5, 18);
    /// Which ports must hear answers themselves, and (filter) whether other packets count as a sign of life.
    ARP_VALIDATE: &'static str = words32(9, "arp_validate", VALIDATE).null(0);
    /// Whether one target's answer is enough or all must answer.
    ARP_ALL_TARGETS: &'static str = words32(10, "arp_all_targets", &[("any", 0), ("all", 1)]);
    /// The port that sends whenever it can, in modes with one at a time. Reported only once it is a port.
    PRIMARY: Name = link(11, "primary").late();
    /// When the primary takes over again: always, if it is better, or only when the active one fails.
    PRIMARY_RESELECT: &'static str = words8(12, "primary_reselect", &[("always", 0), ("better", 1), ("failure", 2)]);
    /// Whose address changes at failover: none gives all ports the bond's, active gives the bond the port's, follow moves it along.
    FAIL_OVER_MAC: &'static str = words8(13, "fail_over_mac", &[("none", 0), ("active", 1), ("follow", 2)]).vacant();
    /// What of a packet decides on its port, in modes balance-xor, 802.3ad and balance-tlb.
    XMIT_HASH_POLICY: &'static str = words8(14, "xmit_hash_policy", HASH);
    /// How often multicast memberships are announced after a failover, 0 to 255.
    RESEND_IGMP: u32 = u32(15, "resend_igmp").max(255);
    /// How often the bond's addresses are announced after a failover, 0 to 255.
    NUM_GRAT_ARP: u8 = u8(16, "num_grat_arp").also(&["num_unsol_na", "num_peer_notif"]).json("num_peer_notif");
    /// Deliver packets that arrive at ports that are not active, too.
    ALL_SLAVES_ACTIVE: u8 = u8(17, "all_slaves_active").also(&["all_ports_active"]).boolean();
    /// In mode 802.3ad, have carrier only while min_links ports are in agreement with the other side.
    LACP_STRICT: bool = onoff(34, "lacp_strict").since(7, 2);
    /// In mode 802.3ad, how many ports must have carrier for the bond to have it.
    MIN_LINKS: u32 = u32(18, "min_links").max(INT);
    /// Pause between the packets that teach switches where addresses are, seconds, in modes balance-tlb and balance-alb.
    LP_INTERVAL: u32 = time32(19, "lp_interval", Unit::Secs).range(1, INT);
    /// In mode balance-rr, how many packets go out of one port before the next has its turn; 0 draws by lot.
    PACKETS_PER_SLAVE: u32 = u32(20, "packets_per_slave").also(&["packets_per_port"]).max(65535);
    /// In mode 802.3ad, send LACP messages unasked (on) or only in answer (off).
    LACP_ACTIVE: &'static str = words8(29, "lacp_active", OFF_ON).also(&["ad_lacp_active"]).json("ad_lacp_active").down().since(5, 15);
    /// In mode 802.3ad, ask the other side for LACP messages every 30 seconds (slow) or every second (fast).
    LACP_RATE: &'static str = words8(21, "lacp_rate", &[("slow", 0), ("fast", 1)]).also(&["ad_lacp_rate"]).json("ad_lacp_rate").down();
    /// In mode 802.3ad, begin to collect and to distribute in one step, not in two.
    COUPLED_CONTROL: bool = onoff(32, "coupled_control").down().since(6, 9);
    /// In mode 802.3ad, send ARP and neighbour discovery out of all ports.
    BROADCAST_NEIGHBOR: bool = onoff(33, "broadcast_neighbor").also(&["broadcast_neigh"]).since(6, 17);
    /// In mode 802.3ad, which group of ports is used: the first that works, the fastest, the largest, or the one of highest priority.
    AD_SELECT: &'static str = words8(22, "ad_select", &[("stable", 0), ("bandwidth", 1), ("count", 2), ("actor_port_prio", 3)]).down();
    /// The group of ports that is used.
    AD_AGGREGATOR: u16 = u16(1, "ad_aggregator").json("aggregator").grouped(AD_INFO, "ad_info").readonly();
    /// How many ports that group has.
    AD_NUM_PORTS: u16 = u16(2, "ad_num_ports").json("num_ports").grouped(AD_INFO, "ad_info").readonly();
    /// The key by which this side tells which ports belong together.
    AD_ACTOR_KEY: u16 = u16(3, "ad_actor_key").json("actor_key").grouped(AD_INFO, "ad_info").readonly();
    /// The key by which the other side does.
    AD_PARTNER_KEY: u16 = u16(4, "ad_partner_key").json("partner_key").grouped(AD_INFO, "ad_info").readonly();
    /// The other side's address; zero while there is none.
    AD_PARTNER_MAC: Mac = mac(5, "ad_partner_mac").json("partner_mac").grouped(AD_INFO, "ad_info").readonly();
    /// In mode 802.3ad, this side's priority, 1 to 65535: the side with the lower number decides.
    AD_ACTOR_SYS_PRIO: u16 = u16(24, "ad_actor_sys_prio").range(1, 65535);
    /// In mode 802.3ad, the part of the key that is the administrator's, 0 to 1023.
    AD_USER_PORT_KEY: u16 = u16(25, "ad_user_port_key").max(1023).down();
    /// In mode 802.3ad, the address that this side names itself by; zero is the bond's own.
    AD_ACTOR_SYSTEM: Mac = mac(26, "ad_actor_system");
    /// In modes balance-tlb and balance-alb, move flows with the load; else by xmit_hash_policy.
    TLB_DYNAMIC_LB: u8 = u8(27, "tlb_dynamic_lb").boolean().down();
}

const ONE_AT_A_TIME: &[&str] = &["active-backup", "balance-tlb", "balance-alb"];
const ASKS: &[&str] = &["balance-rr", "active-backup", "balance-xor", "broadcast"];
const LACP: &[&str] = &["802.3ad"];

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~mode", "mode").numbered(),
    word("~active_slave", "active_slave"),
    word("~clear_active_slave", "active_slave").means(0),
    word("~miimon", "miimon"),
    word("~updelay", "updelay"),
    word("~downdelay", "downdelay"),
    word("~peer_notify_delay", "peer_notify_delay"),
    word("~use_carrier", "use_carrier"),
    word("~arp_interval", "arp_interval"),
    word("~arp_ip_target", "arp_ip_target"),
    word("=ns_ip6_target", "ns_ip6_target"),
    word("~arp_validate", "arp_validate").numbered(),
    word("~arp_all_targets", "arp_all_targets").numbered(),
    word("=arp_missed_max", "arp_missed_max"),
    word("~primary", "primary"),
    word("~primary_reselect", "primary_reselect").numbered(),
    word("~fail_over_mac", "fail_over_mac").numbered(),
    word("~xmit_hash_policy", "xmit_hash_policy").numbered(),
    word("~resend_igmp", "resend_igmp"),
    word("~num_grat_arp ~num_unsol_na", "num_grat_arp").wrong("invalid num_grat_arp|num_unsol_na"),
    word("~all_slaves_active", "all_slaves_active"),
    word("~min_links", "min_links"),
    word("~lp_interval", "lp_interval"),
    word("~packets_per_slave", "packets_per_slave"),
    word("~lacp_rate", "lacp_rate").numbered(),
    word("=lacp_active", "lacp_active").numbered(),
    word("=lacp_strict", "lacp_strict"),
    word("=coupled_control", "coupled_control"),
    word("=broadcast_neighbor", "broadcast_neighbor"),
    word("~ad_select", "ad_select").numbered(),
    word("~ad_user_port_key", "ad_user_port_key"),
    word("~ad_actor_sys_prio", "ad_actor_sys_prio"),
    word("~ad_actor_system", "ad_actor_system"),
    word("~tlb_dynamic_lb", "tlb_dynamic_lb"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "bond",
    doc: "Bonding: several links that act as one, for throughput or for when one fails",
    fields: &FIELDS,
    // What bond_options.c refuses in a mode, whatever the value (`unsuppmodes`), and bond_netlink.c in one message.
    rules: &[
        Rule::Excludes("arp_interval", "miimon"),
        Rule::Excludes("arp_validate", "miimon"),
        Rule::Needs("updelay", "miimon"),
        Rule::Needs("downdelay", "miimon"),
        Rule::Needs("peer_notify_delay", "miimon"),
        Rule::When("arp_interval", "mode", ASKS),
        Rule::When("arp_validate", "mode", ASKS),
        Rule::When("arp_missed_max", "mode", ASKS),
        Rule::When("active_slave", "mode", ONE_AT_A_TIME),
        Rule::When("primary", "mode", ONE_AT_A_TIME),
        Rule::When("packets_per_slave", "mode", &["balance-rr"]),
        Rule::When("lacp_active", "mode", LACP),
        Rule::When("lacp_rate", "mode", LACP),
        Rule::When("lacp_strict", "mode", LACP),
        Rule::When("coupled_control", "mode", LACP),
        Rule::When("broadcast_neighbor", "mode", LACP),
        Rule::When("ad_actor_sys_prio", "mode", LACP),
        Rule::When("ad_user_port_key", "mode", LACP),
        Rule::When("ad_actor_system", "mode", LACP),
        Rule::When("tlb_dynamic_lb", "mode", &["balance-tlb", "balance-alb"]),
    ],
    examples: &[
        Example {
            words: "mode active-backup miimon 100",
            wire: &[5, 0, 1, 0, 1, 0, 0, 0, 8, 0, 3, 0, 100, 0, 0, 0],
        },
        Example {
            words: "mode 802.3ad miimon 100ms xmit_hash_policy layer3+4 lacp_rate fast",
            #[rustfmt::skip]
            wire: &[5, 0, 1, 0, 4, 0, 0, 0, 8, 0, 3, 0, 100, 0, 0, 0, 5, 0, 14, 0, 1, 0, 0, 0, 5, 0, 21, 0, 1, 0, 0, 0],
        },
        Example {
            words: "mode active-backup arp_interval 200 arp_ip_target 10.0.0.1,10.0.0.2",
            #[rustfmt::skip]
            wire: &[
                5, 0, 1, 0, 1, 0, 0, 0, 8, 0, 7, 0, 200, 0, 0, 0,
                20, 0, 8, 0x80, 8, 0, 0, 0, 10, 0, 0, 1, 8, 0, 1, 0, 10, 0, 0, 2,
            ],
        },
    ],
    uapi: &["IFLA_BOND_", "IFLA_BOND_AD_INFO_"],
    ports: Some(&crate::port::bond::KIND),
    module: "bonding",
    config: "CONFIG_BONDING",
    bound: true,
    master: true,
    iproute: Grammar::new(WORDS),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
