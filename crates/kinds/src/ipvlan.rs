//! IPVLAN: a link with addresses of its own on a link below, whose Ethernet address it shares.

use linkctl_schema::field::words16;
use linkctl_schema::iproute::{self, Grammar, Unknown, Wrong, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const MODES: &[Word] = &[("l2", 0), ("l3", 1), ("l3s", 2)];
const FLAGS: &[Word] = &[("bridge", 0), ("private", 1), ("vepa", 2)];

fields! {
    /// At which layer packets are told apart: l2 switches them; l3 (the kernel's default) routes them in the namespace of the
    /// link below, without broadcast and multicast; l3s does so with that namespace's netfilter. All on one link below share it.
    MODE: &'static str = words16(1, "mode", MODES).text(" mode");
    /// How links on the same link below reach each other: bridge (the default), directly; private, not at all; vepa, by way
    /// of the switch outside. All on one link below share it.
    TRAFFIC: &'static str = words16(2, "flags", FLAGS).alone();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~mode", "mode").else_says(Wrong::Says("Error: argument of \"mode\" must be either \"l2\", \"l3\" or \"l3s\"", 1)),
    word("~private", "flags").odd(),
    word("~vepa", "flags").odd(),
    word("~bridge", "flags").odd(),
];

/// What is not among them is an unknown option; ipvtap has the same.
pub(crate) const GRAMMAR: Grammar = Grammar::new(WORDS).unknown(Unknown::Option);

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ipvlan",
    doc: "IPVLAN: a link with IP addresses of its own, and the Ethernet address of the link below",
    fields: &FIELDS,
    examples: EXAMPLES,
    uapi: &["IFLA_IPVLAN_"],
    below: Below::Link,
    module: "ipvlan",
    config: "CONFIG_IPVLAN",
    iproute: GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();

pub(crate) const EXAMPLES: &[Example] = &[
    Example { words: "mode l2", wire: &[6, 0, 1, 0, 0, 0, 0, 0] },
    Example { words: "mode l3s private", wire: &[6, 0, 1, 0, 2, 0, 0, 0, 6, 0, 2, 0, 1, 0, 0, 0] },
    Example { words: "mode l3 vepa", wire: &[6, 0, 1, 0, 1, 0, 0, 0, 6, 0, 2, 0, 2, 0, 0, 0] },
];
