//! Virtual routing and forwarding: a routing table that ports use instead of the main one.

use linkctl_schema::field::u32;
use linkctl_schema::iproute::{self, Grammar, Unknown, word};
use linkctl_schema::*;

fields! {
    /// The number of the routing table that packets of its ports use; 253 to 255 are the system's own.
    TABLE: u32 = u32(1, "table").range(1, u32::MAX as u64).fixed();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~table", "table").odd().wrong("invalid table ID\n"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vrf",
    doc: "Virtual routing and forwarding: its ports use a routing table of their own",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["table"])],
    examples: &[Example { words: "table 100", wire: &[8, 0, 1, 0, 100, 0, 0, 0] }],
    uapi: &["IFLA_VRF_"],
    ports: Some(&crate::port::vrf::KIND),
    module: "vrf",
    config: "CONFIG_NET_VRF",
    bound: true,
    master: true,
    iproute: Grammar::new(WORDS).unknown(Unknown::Option),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
