//! A pair of Ethernet links: what one sends, the other receives.
//!
//! It has no settings; its one attribute (`VETH_INFO_PEER`) holds the other end as a link of its own.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "veth",
    doc: "One end of a pair of Ethernet links: what one sends, the other receives",
    uapi: &["VETH_INFO_"],
    pair: Some(1),
    module: "veth",
    config: "CONFIG_VETH",
    ..Kind::DEFAULT
};
const _: () = KIND.check();
