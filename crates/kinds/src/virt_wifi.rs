//! A wireless link on an Ethernet link, for tests of what wants a wireless one. It has no settings.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "virt_wifi",
    doc: "A wireless link that is simulated on an Ethernet link",
    below: Below::Link,
    module: "virt_wifi",
    config: "CONFIG_VIRT_WIFI",
    ..Kind::DEFAULT
};
const _: () = KIND.check();
