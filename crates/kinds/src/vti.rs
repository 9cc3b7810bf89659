//! A link for `IPsec` over IPv4: what is routed to it meets the policies with its keys.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::iproute::{Grammar, Unknown, own, word};
use linkctl_schema::*;

use crate::gre::{BAD_KEY, NO_LINK};

fields! {
    /// The other end; any takes packets from everybody.
    REMOTE: IpAddr = ip4(5, "remote").zero("any").sticky(&["any"]);
    /// Source address of outer packets; any leaves it to the routes.
    LOCAL: IpAddr = ip4(4, "local").zero("any");
    /// The link that outer packets leave by.
    DEV: Name = link(1, "dev").also(&["link"]).json("link").unsaid(0);
    /// The mark of policies and states for what is received, a number or a dotted quad.
    IKEY: u32 = key(2, "ikey", 0);
    /// The mark of policies and states for what is sent, a number or a dotted quad.
    OKEY: u32 = key(3, "okey", 0);
    /// Mark of outer packets, for routing rules and filters.
    FWMARK: u32 = u32(6, "fwmark").hex().unsaid(0);
}

/// The words of iproute2.
pub(crate) const GRAMMAR: Grammar = Grammar::new(&[
    own("~key").else_says(BAD_KEY),
    word("~ikey", "ikey").else_says(BAD_KEY),
    word("~okey", "okey").else_says(BAD_KEY),
    word("~remote", "remote"),
    word("~local", "local"),
    word("~dev", "dev").else_says(NO_LINK),
    word("=fwmark", "fwmark").wrong("invalid fwmark\n"),
])
.unknown(Unknown::Usage);

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vti",
    doc: "A link for IPsec over IPv4: what is routed to it meets the policies with its keys",
    fields: &FIELDS,
    examples: &[Example {
        words: "remote 192.0.2.1 local 192.0.2.2 ikey 5 okey 6",
        #[rustfmt::skip]
        wire: &[
            8, 0, 5, 0, 192, 0, 2, 1, 8, 0, 4, 0, 192, 0, 2, 2, 8, 0, 2, 0, 0, 0, 0, 5, 8, 0, 3, 0, 0, 0, 0, 6,
        ],
    }],
    uapi: &["IFLA_VTI_"],
    below: Below::Loose("dev"),
    module: "ip_vti",
    config: "CONFIG_NET_IPVTI",
    frames: false,
    whole: true,
    iproute: GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
