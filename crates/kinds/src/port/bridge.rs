//! A port of a bridge.

use linkctl_schema::field::{bridge_id, flag, link, names, onoff, timer, u8, u16, u32, words8};
use linkctl_schema::iproute::{self, Grammar, Unknown, Wrong, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

/// `BR_STATE_*` of `linux/if_bridge.h`.
const STATES: &[Word] =
    &[("disabled", 0), ("listening", 1), ("learning", 2), ("forwarding", 3), ("blocking", 4)];
/// Bits of link-local groups that have a name, by the last byte of the address.
const GROUPS: &[Word] = &[("stp", 0x1), ("lacp", 0x4), ("lldp", 0x4000)];

fields! {
    /// The state in the spanning tree. Taken only while the port is up and the kernel's STP does not run.
    STATE: &'static str = words8(1, "state", STATES).volatile();
    /// The port's priority in the spanning tree, 0 to 63, lower first.
    PRIORITY: u16 = u16(2, "priority").max(63);
    /// What the port adds to the cost of a path, 1 to 65535.
    COST: u32 = u32(3, "cost").range(1, 65535);
    /// Let packets out of the port that they came in by.
    HAIRPIN: bool = onoff(4, "hairpin");
    /// Switch the port off when a message of the spanning tree arrives.
    GUARD: bool = onoff(5, "guard").also(&["bpdu_guard"]);
    /// Do not let the port become the way to the root of the spanning tree.
    ROOT_BLOCK: bool = onoff(6, "root_block");
    /// End a multicast membership at once when its one listener leaves.
    FASTLEAVE: bool = onoff(7, "fastleave").also(&["mcast_fast_leave"]);
    /// Learn which addresses are behind the port.
    LEARNING: bool = onoff(8, "learning").initial(1);
    /// Send packets out whose destination is not known.
    FLOOD: bool = onoff(9, "flood").also(&["unicast_flood"]).initial(1);
    /// The port's identifier in the spanning tree: priority and number.
    PORT_ID: u16 = u16(17, "port_id").json("id").hex().readonly();
    /// The port's number on the bridge.
    PORT_NO: u16 = u16(18, "port_no").json("no").hex().readonly();
    /// The port by which the segment reaches the root.
    DESIGNATED_PORT: u16 = u16(15, "designated_port").readonly();
    /// What it costs from there.
    DESIGNATED_COST: u16 = u16(16, "designated_cost").readonly();
    /// The bridge by which the segment reaches the root.
    DESIGNATED_BRIDGE: Vec<u8> = bridge_id(14, "designated_bridge").json("bridge_id").readonly();
    /// The root of the spanning tree.
    DESIGNATED_ROOT: Vec<u8> = bridge_id(13, "designated_root").json("root_id").readonly();
    /// Time until the next message may be sent, seconds.
    HOLD_TIMER: u64 = timer(23, "hold_timer").readonly();
    /// Time until what was heard is too old, seconds.
    MESSAGE_AGE_TIMER: u64 = timer(21, "message_age_timer").readonly();
    /// Time until the next state, seconds.
    FORWARD_DELAY_TIMER: u64 = timer(22, "forward_delay_timer").readonly();
    /// A change of the tree is to be confirmed.
    TOPOLOGY_CHANGE_ACK: u8 = u8(19, "topology_change_ack").readonly();
    /// A message waits for hold_timer.
    CONFIG_PENDING: u8 = u8(20, "config_pending").readonly();
    /// Answer ARP for hosts behind other ports.
    PROXY_ARP: bool = onoff(10, "proxy_arp");
    /// The same as wireless access points want it (IEEE 802.11).
    PROXY_ARP_WIFI: bool = onoff(12, "proxy_arp_wifi");
    /// Whether a multicast router is behind the port: 0 never, 1 as learnt (the default), 2 always, 3 for a while.
    MCAST_ROUTER: u8 = u8(25, "mcast_router").also(&["multicast_router"]).json("multicast_router").max(3);
    /// End a multicast membership at once, once more: iproute2 has two names for it.
    MCAST_FAST_LEAVE: bool = onoff(7, "mcast_fast_leave").json("").echo();
    /// Send multicast out that nobody is known to want.
    MCAST_FLOOD: bool = onoff(27, "mcast_flood").initial(1);
    /// Send broadcast out.
    BCAST_FLOOD: bool = onoff(30, "bcast_flood").initial(1);
    /// Send multicast to each listener as a packet of its own.
    MCAST_TO_UNICAST: bool = onoff(28, "mcast_to_unicast");
    /// Answer ARP and neighbour discovery from what is known, instead of sending it out.
    NEIGH_SUPPRESS: bool = onoff(32, "neigh_suppress");
    /// Decide on neigh_suppress for each VLAN.
    NEIGH_VLAN_SUPPRESS: bool = onoff(43, "neigh_vlan_suppress").since(6, 4);
    /// Let announcements of neighbours through in spite of neigh_suppress.
    NEIGH_FORWARD_GRAT: bool = onoff(45, "neigh_forward_grat").since(7, 2);
    /// Link-local groups to forward: a bit for each last byte of 01:80:c2:00:00:0X. Pause frames (0x2) never are.
    GROUP_FWD_MASK: u16 = u16(31, "group_fwd_mask").hex();
    /// The same as names.
    GROUP_FWD_MASK_STR: Vec<Value<'static>> = names(31, "group_fwd_mask_str", Repr::U16, GROUPS, true).echo();
    /// Take the tunnel's identifier from the VLAN, and the other way round.
    VLAN_TUNNEL: bool = onoff(29, "vlan_tunnel");
    /// Do not exchange packets with other isolated ports.
    ISOLATED: bool = onoff(33, "isolated");
    /// Take packets only from addresses that the FDB has behind this port.
    LOCKED: bool = onoff(39, "locked").since(5, 18);
    /// Note addresses that a locked port turned away, for a program that decides on them; needs learning, too.
    MAB: bool = onoff(40, "mab").since(6, 2);
    /// The port that takes over what goes to this one while it has no carrier.
    BACKUP_PORT: Name = link(34, "backup_port").late();
    /// The next hop group that tunnelled packets take over that port; 0 is none.
    BACKUP_NHID: u32 = u32(44, "backup_nhid").late().since(6, 6);
    /// How many multicast memberships the port has.
    MCAST_N_GROUPS: u32 = u32(41, "mcast_n_groups").since(6, 3).readonly().ours();
    /// How many multicast memberships the port may have; 0 is no bound.
    MCAST_MAX_GROUPS: u32 = u32(42, "mcast_max_groups").since(6, 3).ours();
    /// How many hosts of IGMPv3 and MLDv2 are told apart; 512 unless said otherwise.
    MCAST_EHT_HOSTS_LIMIT: u32 = u32(37, "mcast_eht_hosts_limit").range(1, u32::MAX as u64).since(5, 12).ours();
    /// How many hosts of IGMPv3 and MLDv2 there are.
    MCAST_EHT_HOSTS_CNT: u32 = u32(38, "mcast_eht_hosts_cnt").since(5, 12).readonly().ours();
    /// The port lost its neighbour in the ring (Media Redundancy Protocol).
    MRP_RING_OPEN: bool = onoff(35, "mrp_ring_open").since(5, 8).readonly().ours();
    /// The same for the connection between rings.
    MRP_IN_OPEN: bool = onoff(36, "mrp_in_open").since(5, 9).readonly().ours();
    /// A switch's hardware tells what it learns; only such a switch reports it.
    LEARNING_SYNC: bool = onoff(11, "learning_sync").readonly().ours();
    /// Forget the addresses that were learnt behind the port.
    FDB_FLUSH: bool = flag(24, "fdb_flush").writeonly();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~fdb_flush", "fdb_flush").means(1),
    word("~state", "state").odd().wrong("state is invalid"),
    word("~priority", "priority").wrong("priority is invalid"),
    word("~cost", "cost").wrong("cost is invalid"),
    word("~hairpin", "hairpin").else_says(Wrong::OneOfEnds(1)),
    word("~guard", "guard").else_says(Wrong::OneOfEnds(1)),
    word("~root_block", "root_block").else_says(Wrong::OneOfEnds(1)),
    word("~fastleave", "fastleave").else_says(Wrong::OneOfEnds(1)),
    word("~learning", "learning").else_says(Wrong::OneOfEnds(1)),
    word("~flood", "flood").else_says(Wrong::OneOfEnds(1)),
    word("~mcast_flood", "mcast_flood").else_says(Wrong::OneOfEnds(1)),
    word("~bcast_flood", "bcast_flood").else_says(Wrong::OneOfEnds(1)),
    word("~mcast_to_unicast", "mcast_to_unicast").else_says(Wrong::OneOfEnds(1)),
    word("~proxy_arp", "proxy_arp").else_says(Wrong::OneOfEnds(1)),
    word("~proxy_arp_wifi", "proxy_arp_wifi").else_says(Wrong::OneOfEnds(1)),
    word("~mcast_router", "mcast_router"),
    word("~mcast_fast_leave", "fastleave").else_says(Wrong::OneOfEnds(1)),
    word("~neigh_suppress", "neigh_suppress").else_says(Wrong::OneOfEnds(1)),
    word("=neigh_vlan_suppress", "neigh_vlan_suppress").else_says(Wrong::OneOfEnds(1)),
    word("=neigh_forward_grat", "neigh_forward_grat").else_says(Wrong::OneOfEnds(1)),
    word("~group_fwd_mask", "group_fwd_mask"),
    word("~vlan_tunnel", "vlan_tunnel").else_says(Wrong::OneOfEnds(1)),
    word("~isolated", "isolated").else_says(Wrong::OneOfEnds(1)),
    word("~locked", "locked").else_says(Wrong::OneOfEnds(1)),
    word("=mab", "mab").else_says(Wrong::OneOfEnds(1)),
    word("~backup_port", "backup_port").wrong("Device does not exist\n"),
    word("~nobackup_port", "backup_port").means(0),
    word("=backup_nhid", "backup_nhid").wrong("backup_nhid is invalid"),
];

/// A field as `bridge link` shows it: with one key for text and JSON.
const fn told<T>(mut field: Field<T>) -> FieldDef {
    field.0.json = field.0.text;
    field.0.show = Show::Plain;
    field.0
}

/// What `bridge link` shows of a port on its first line.
pub static BRIEFLY: &[FieldDef] = &[told(STATE), told(PRIORITY), told(COST)];

/// What `bridge -d link` shows on its second, in another order than `ip -d link`.
pub static IN_DETAIL: &[FieldDef] = &[
    told(HAIRPIN),
    told(GUARD),
    told(ROOT_BLOCK),
    told(FASTLEAVE),
    told(LEARNING),
    told(LEARNING_SYNC),
    told(FLOOD),
    told(MCAST_FLOOD),
    told(BCAST_FLOOD),
    told(MCAST_ROUTER),
    told(MCAST_TO_UNICAST),
    told(NEIGH_SUPPRESS),
    told(NEIGH_VLAN_SUPPRESS),
    told(NEIGH_FORWARD_GRAT),
    told(VLAN_TUNNEL),
    told(BACKUP_PORT),
    told(BACKUP_NHID),
    told(ISOLATED),
    told(LOCKED),
    told(MAB),
    told(MCAST_N_GROUPS),
    told(MCAST_MAX_GROUPS),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "bridge",
    doc: "A port of a bridge: spanning tree, learning, flooding and filters",
    fields: &FIELDS,
    rules: &[Rule::Needs("mab", "locked")],
    examples: &[
        Example { words: "isolated on", wire: &[5, 0, 33, 0, 1, 0, 0, 0] },
        Example {
            words: "cost 5 hairpin on learning off",
            wire: &[8, 0, 3, 0, 5, 0, 0, 0, 5, 0, 4, 0, 1, 0, 0, 0, 5, 0, 8, 0, 0, 0, 0, 0],
        },
        Example { words: "backup_port p2", wire: &[8, 0, 34, 0, 7, 0, 0, 0] },
        Example { words: "fdb_flush", wire: &[4, 0, 24, 0] },
    ],
    uapi: &["IFLA_BRPORT_"],
    module: "bridge",
    config: "CONFIG_BRIDGE",
    iproute: Grammar::new(WORDS).unknown(Unknown::Option),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
