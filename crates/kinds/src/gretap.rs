//! Ethernet in GRE over IPv4: what `gre` is to packets of any protocol.

use std::net::IpAddr;

use linkctl_schema::field::ip4;
use linkctl_schema::*;

use crate::gre::{self, GRAMMAR, PLAIN, RULES};

/// What is otherwise than of a `gre`.
pub mod other {
    use super::*;

    fields! {
        /// The other end; any takes packets from everybody and has nowhere to send to but by neighbour entries.
        REMOTE: IpAddr = ip4(7, "remote").zero("any");
    }
}

static LIST: [FieldDef; 21] = gre::FIELDS.with(other::FIELDS.list(), "remote");
/// The fields, in the order in which they are shown.
pub static FIELDS: Fields = Fields::new(&LIST);

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "gretap",
    doc: "Ethernet in GRE over IPv4, from one host to another; can be a port of a bridge",
    fields: &FIELDS,
    rules: RULES,
    examples: &[
        Example { words: "remote 192.0.2.1 local 192.0.2.2 ttl 64", wire: PLAIN },
        Example {
            words: "remote 192.0.2.1 local 192.0.2.2 nopmtudisc ignore-df",
            #[rustfmt::skip]
            wire: &[
                8, 0, 7, 0, 192, 0, 2, 1, 8, 0, 6, 0, 192, 0, 2, 2,
                5, 0, 10, 0, 0, 0, 0, 0, 5, 0, 19, 0, 1, 0, 0, 0,
            ],
        },
        Example { words: "external", wire: &[4, 0, 18, 0] },
    ],
    uapi: &["IFLA_GRE_"],
    below: Below::Loose("dev"),
    module: "ip_gre",
    config: "CONFIG_NET_IPGRE",
    whole: true,
    iproute: GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
