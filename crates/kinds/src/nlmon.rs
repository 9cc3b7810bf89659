//! Netlink monitor: packets on it are copies of netlink messages. It has no settings.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "nlmon",
    doc: "A monitor of netlink: what programs and the kernel say to each other appears on it as packets",
    module: "nlmon",
    config: "CONFIG_NLMON",
    frames: false,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
