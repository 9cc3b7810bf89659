//! A link that takes every packet and drops it.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "dummy",
    doc: "A link that takes every packet and drops it",
    module: "dummy",
    config: "CONFIG_DUMMY",
    ..Kind::DEFAULT
};
const _: () = KIND.check();
