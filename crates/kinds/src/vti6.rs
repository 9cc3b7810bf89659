//! A link for `IPsec` over IPv6: a `vti` whose ends have IPv6 addresses.

use std::net::IpAddr;

use linkctl_schema::field::ip6;
use linkctl_schema::*;

use crate::vti;

/// What is otherwise than of a vti.
mod other {
    use super::*;

    fields! {
        /// The other end; any takes packets from everybody.
        REMOTE: IpAddr = ip6(5, "remote").zero("any");
        /// Source address of outer packets; any leaves it to the routes.
        LOCAL: IpAddr = ip6(4, "local").zero("any");
    }
}

static LIST: [FieldDef; 6] = vti::FIELDS.with(other::FIELDS.list(), "dev");
/// The fields, in the order in which they are shown.
pub static FIELDS: Fields = Fields::new(&LIST);

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vti6",
    doc: "A link for IPsec over IPv6: what is routed to it meets the policies with its keys",
    fields: &FIELDS,
    examples: &[Example {
        words: "remote 2001:db8::1 local 2001:db8::2 ikey 5 okey 6",
        #[rustfmt::skip]
        wire: &[
            20, 0, 5, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
            20, 0, 4, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
            8, 0, 2, 0, 0, 0, 0, 5, 8, 0, 3, 0, 0, 0, 0, 6,
        ],
    }],
    uapi: &["IFLA_VTI_"],
    below: Below::Loose("dev"),
    module: "ip6_vti",
    config: "CONFIG_IPV6_VTI",
    frames: false,
    whole: true,
    iproute: vti::GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
