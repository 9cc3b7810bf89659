//! A port of a team: rtnetlink has no attributes for it.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "team",
    doc: "A port of a team has no settings that a link message could hold",
    module: "team",
    config: "CONFIG_NET_TEAM",
    ..Kind::DEFAULT
};
const _: () = KIND.check();
