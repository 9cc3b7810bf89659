//! A pair of Ethernet links: what one sends, the other receives.
//!
//! It has no settings; its one attribute (`VETH_INFO_PEER`) holds the other end as a link of its own.

use linkctl_schema::iproute::{self, Grammar, Unknown, own};
use linkctl_schema::*;

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    own("=peer"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "veth",
    doc: "One end of a pair of Ethernet links: what one sends, the other receives",
    uapi: &["VETH_INFO_"],
    pair: Some(1),
    module: "veth",
    config: "CONFIG_VETH",
    iproute: Grammar::new(WORDS).unknown(Unknown::Aloud),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
