//! netkit: a pair of links for BPF programs, which decide on packets where a veth would queue them.

use linkctl_schema::field::{u16, words8, words32};
use linkctl_schema::iproute::{self, Grammar, Help, Unknown, own, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

/// `enum netkit_action`: what the kernel takes of it.
const POLICIES: &[Word] = &[("forward", 0), ("blackhole", 2)];
const SCRUBS: &[Word] = &[("none", 0), ("default", 1)];

fields! {
    /// Whether packets are Ethernet frames (l2) or bare IP packets (l3, the default).
    MODE: &'static str = words32(5, "mode", &[("l2", 0), ("l3", 1)]).fixed();
    /// Which end this is: settings are changed by the primary one.
    PRIMARY: &'static str = words8(2, "primary", &[("peer", 0), ("primary", 1)]).key("type").readonly();
    /// What becomes of packets that no program decides on: forward (the default) sends them on, blackhole drops them.
    POLICY: &'static str = words32(3, "policy", POLICIES);
    /// The same at the other end.
    PEER_POLICY: &'static str = words32(4, "peer_policy", POLICIES).text("peer policy");
    /// Whether a packet's mark and priority are cleared on its way through (default) or kept (none).
    SCRUB: &'static str = words32(6, "scrub", SCRUBS).fixed().since(6, 13);
    /// The same at the other end.
    PEER_SCRUB: &'static str = words32(7, "peer_scrub", SCRUBS).text("peer scrub").fixed().since(6, 13);
    /// Free bytes that packets have in front, for headers to come.
    HEADROOM: u16 = u16(8, "headroom").fixed().since(6, 14).ours();
    /// Free bytes that packets have at their end.
    TAILROOM: u16 = u16(9, "tailroom").fixed().since(6, 14).ours();
    /// Whether there is another end (pair), or queues of hardware stand in for it (single).
    PAIRING: &'static str = words32(10, "pairing", &[("pair", 0), ("single", 1)]).initial(0).fixed().since(7, 0).ours();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("=mode", "mode").odd(),
    word("=forward", "policy").odd(),
    word("=blackhole", "policy").odd(),
    word("=scrub", "scrub").odd(),
    own("=peer"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "netkit",
    doc: "One end of a pair of links for BPF programs: what they let through, the other end receives",
    fields: &FIELDS,
    examples: &[
        Example { words: "mode l2", wire: &[8, 0, 5, 0, 0, 0, 0, 0] },
        Example {
            words: "mode l3 policy blackhole",
            wire: &[8, 0, 5, 0, 1, 0, 0, 0, 8, 0, 3, 0, 2, 0, 0, 0],
        },
    ],
    uapi: &["IFLA_NETKIT_"],
    pair: Some(1),
    since: Some((6, 7)),
    module: "netkit",
    config: "CONFIG_NETKIT",
    iproute: Grammar::new(WORDS).unknown(Unknown::Option).help(Help::Never),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
