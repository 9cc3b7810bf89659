//! WWAN: one connection of a modem, beside others of the same modem.

use linkctl_schema::field::u32;
use linkctl_schema::iproute::{self, Grammar, word};
use linkctl_schema::*;

fields! {
    /// The connection's number at the modem.
    LINKID: u32 = u32(1, "linkid").also(&["link_id"]).fixed();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~linkid", "linkid").wrong("linkid"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "wwan",
    doc: "WWAN: one connection of a modem, which parentdev names",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["linkid"])],
    examples: &[Example { words: "linkid 5", wire: &[8, 0, 1, 0, 5, 0, 0, 0] }],
    uapi: &["IFLA_WWAN_"],
    below: Below::Device,
    module: "wwan",
    config: "CONFIG_WWAN",
    frames: false,
    since: Some((5, 14)),
    iproute: Grammar::new(WORDS),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
