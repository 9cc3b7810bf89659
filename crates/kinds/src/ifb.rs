//! A link that received packets are sent to, so that they can be queued before they are received.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ifb",
    doc: "Intermediate functional block: received packets are sent here to be shaped",
    module: "ifb",
    config: "CONFIG_IFB",
    ..Kind::DEFAULT
};
const _: () = KIND.check();
