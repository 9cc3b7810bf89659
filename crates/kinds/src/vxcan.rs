//! A pair of virtual CAN links: what one sends, the other receives.
//!
//! It has no settings; its one attribute (`VXCAN_INFO_PEER`) holds the other end as a link of its own.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vxcan",
    doc: "One end of a pair of virtual CAN links: what one sends, the other receives",
    uapi: &["VXCAN_INFO_"],
    pair: Some(1),
    module: "vxcan",
    config: "CONFIG_CAN_VXCAN",
    ..Kind::DEFAULT
};
const _: () = KIND.check();
