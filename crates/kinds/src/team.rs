//! Team: several links that act as one, as a program (teamd) has them. Its options are set by generic netlink: rtnetlink has
//! no attributes for them.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "team",
    doc: "Several links that act as one; a program, teamd, decides how",
    ports: Some(&crate::port::team::KIND),
    master: true,
    module: "team",
    config: "CONFIG_NET_TEAM",
    bound: true,
    elsewhere: Some("its mode and options (teamd)"),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
