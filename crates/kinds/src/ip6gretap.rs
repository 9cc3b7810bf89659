//! Ethernet in GRE over IPv6: what `ip6gre` is to packets of any protocol.

use linkctl_schema::*;

use crate::ip6gre::{EXAMPLES, FIELDS, GRAMMAR};

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ip6gretap",
    doc: "Ethernet in GRE over IPv6, from one host to another; can be a port of a bridge",
    fields: &FIELDS,
    examples: EXAMPLES,
    uapi: &["IFLA_GRE_"],
    below: Below::Loose("dev"),
    module: "ip6_gre",
    config: "CONFIG_IPV6_GRE",
    whole: true,
    iproute: GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
