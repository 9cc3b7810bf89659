//! A simulated network card, for tests of drivers. It has no settings.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "netdevsim",
    doc: "A simulated network card, for tests",
    made_by: Some("writing \"ID PORTS\" to /sys/bus/netdevsim/new_device does"),
    module: "netdevsim",
    config: "CONFIG_NETDEVSIM",
    ..Kind::DEFAULT
};
const _: () = KIND.check();
