//! IPVTAP: an IPVLAN whose packets a program reads and writes through `/dev/tapN`.

use linkctl_schema::*;

use crate::ipvlan;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ipvtap",
    doc: "IPVTAP: an IPVLAN whose packets a program, such as a virtual machine, reads and writes",
    fields: &ipvlan::FIELDS,
    examples: ipvlan::EXAMPLES,
    uapi: &["IFLA_IPVLAN_"],
    below: Below::Link,
    module: "ipvtap",
    config: "CONFIG_IPVTAP",
    iproute: ipvlan::GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
