//! A pair of virtual CAN links: what one sends, the other receives.
//!
//! It has no settings; its one attribute (`VXCAN_INFO_PEER`) holds the other end as a link of its own.

use linkctl_schema::iproute::{self, Grammar, Unknown, own};
use linkctl_schema::*;

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    own("=peer"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vxcan",
    doc: "One end of a pair of virtual CAN links: what one sends, the other receives",
    uapi: &["VXCAN_INFO_"],
    pair: Some(1),
    module: "vxcan",
    config: "CONFIG_CAN_VXCAN",
    frames: false,
    iproute: Grammar::new(WORDS).unknown(Unknown::Aloud),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
