//! A virtual CAN bus. It has no settings.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vcan",
    doc: "A virtual CAN bus: what one program sends on it, the others receive",
    module: "vcan",
    config: "CONFIG_CAN_VCAN",
    frames: false,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
