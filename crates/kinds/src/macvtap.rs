//! MACVTAP: a MACVLAN whose packets a program reads and writes through `/dev/tapN`.

use linkctl_schema::*;

use crate::macvlan;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "macvtap",
    doc: "MACVTAP: a MACVLAN whose packets a program, such as a virtual machine, reads and writes",
    fields: &macvlan::FIELDS,
    rules: macvlan::RULES,
    examples: macvlan::EXAMPLES,
    uapi: &["IFLA_MACVLAN_"],
    below: Below::Link,
    module: "macvtap",
    config: "CONFIG_MACVTAP",
    iproute: macvlan::GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
