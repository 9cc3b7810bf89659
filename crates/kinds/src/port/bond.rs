//! A port of a bond.

use linkctl_schema::field::{mac, names, s32, u8, u16, u32, words8};
use linkctl_schema::iproute::{self, Grammar, Unknown, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

/// Bits of the state of a port, IEEE 802.1AX 6.4.2.3, lowest first.
const LACP: &[Word] = &[
    ("active", 0x1),
    ("short_timeout", 0x2),
    ("aggregating", 0x4),
    ("in_sync", 0x8),
    ("collecting", 0x10),
    ("distributing", 0x20),
    ("defaulted", 0x40),
    ("expired", 0x80),
];
const MII: &[Word] = &[("UP", 0), ("GOING_DOWN", 1), ("DOWN", 2), ("GOING_BACK", 3)];
const CHURN: &[Word] = &[("MONITOR", 0), ("CHURN", 1), ("NO_CHURN", 2)];

fields! {
    /// Whether the port is in use or held in reserve.
    STATE: &'static str = words8(1, "state", &[("ACTIVE", 0), ("BACKUP", 1)]).readonly();
    /// Whether the port counts as working, or waits for updelay or downdelay.
    MII_STATUS: &'static str = words8(2, "mii_status", MII).readonly();
    /// How often the port failed.
    LINK_FAILURE_COUNT: u32 = u32(3, "link_failure_count").readonly();
    /// The address that the port had before.
    PERM_HWADDR: Mac = mac(4, "perm_hwaddr").readonly();
    /// The bond's queue that goes out of this port; 0 is none.
    QUEUE_ID: u16 = u16(5, "queue_id");
    /// Its priority to become the active port, higher first, in modes active-backup, balance-tlb and balance-alb.
    PRIO: i32 = s32(9, "prio").since(6, 0);
    /// In mode 802.3ad, the group of ports that it belongs to.
    AD_AGGREGATOR_ID: u16 = u16(6, "ad_aggregator_id").readonly();
    /// What LACP says of this side of the port, as a number.
    AD_ACTOR_OPER_PORT_STATE: u8 = u8(7, "ad_actor_oper_port_state").readonly();
    /// The same as names.
    AD_ACTOR_OPER_PORT_STATE_STR: Vec<Value<'static>> = names(7, "ad_actor_oper_port_state_str", Repr::U8, LACP, false).echo();
    /// What LACP says of the other side of the port, as a number.
    AD_PARTNER_OPER_PORT_STATE: u16 = u16(8, "ad_partner_oper_port_state").readonly();
    /// The same as names.
    AD_PARTNER_OPER_PORT_STATE_STR: Vec<Value<'static>> = names(8, "ad_partner_oper_port_state_str", Repr::U16, LACP, false).echo();
    /// Whether this side of the port settles (IEEE 802.1AX churn detection).
    CHURN_ACTOR_STATE: &'static str = words8(11, "churn_actor_state", CHURN).readonly().since(7, 1);
    /// Whether the other side of the port settles.
    CHURN_PARTNER_STATE: &'static str = words8(12, "churn_partner_state", CHURN).readonly().since(7, 1);
    /// In mode 802.3ad, the port's priority, 0 to 65535; the default is 255. Counts for ad_select actor_port_prio.
    ACTOR_PORT_PRIO: u16 = u16(10, "actor_port_prio").since(6, 18);
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~queue_id", "queue_id").wrong("queue_id is invalid"),
    word("=prio", "prio").wrong("prio is invalid"),
    word("=actor_port_prio", "actor_port_prio").wrong("actor prio is invalid"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "bond",
    doc: "A port of a bond: its state, its queue and its priority",
    fields: &FIELDS,
    examples: &[
        Example { words: "queue_id 3", wire: &[6, 0, 5, 0, 3, 0, 0, 0] },
        Example { words: "queue_id 3 prio 7", wire: &[6, 0, 5, 0, 3, 0, 0, 0, 8, 0, 9, 0, 7, 0, 0, 0] },
    ],
    uapi: &["IFLA_BOND_SLAVE_"],
    module: "bonding",
    config: "CONFIG_BONDING",
    iproute: Grammar::new(WORDS).unknown(Unknown::Option),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
