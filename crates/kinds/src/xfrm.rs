//! A link for `IPsec`: what is routed to it meets the policies of its identifier.

use linkctl_schema::field::*;
use linkctl_schema::iproute::{Grammar, Unknown, word};
use linkctl_schema::*;

use crate::gre::NO_LINK;

fields! {
    /// Take the identifier from each packet's route instead.
    EXTERNAL: bool = flag(3, "external").fixed().since(6, 1);
    /// The identifier that policies and states have (`if_id`); not 0.
    IF_ID: u32 = u32(2, "if_id").hex().unsaid(0);
    /// The link that outer packets leave by, for hardware that does IPsec itself.
    DEV: Name = link(1, "dev").also(&["link"]).fixed().unsaid(0).ours();
}

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "xfrm",
    doc: "A link for IPsec: what is routed to it meets the policies of its identifier",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["if_id", "external"]), Rule::Excludes("external", "if_id")],
    examples: &[
        Example { words: "if_id 0x2a", wire: &[8, 0, 2, 0, 42, 0, 0, 0] },
        Example { words: "if_id 7 dev eth0", wire: &[8, 0, 2, 0, 7, 0, 0, 0, 8, 0, 1, 0, 7, 0, 0, 0] },
        Example { words: "external", wire: &[4, 0, 3, 0] },
    ],
    uapi: &["IFLA_XFRM_"],
    below: Below::Loose("dev"),
    module: "xfrm_interface",
    config: "CONFIG_XFRM_INTERFACE",
    frames: false,
    whole: true,
    iproute: Grammar::new(&[
        word("~dev", "dev").else_says(NO_LINK),
        word("~if_id", "if_id").odd().wrong("if_id value is invalid"),
        word("=external", "external").means(1),
    ])
    .unknown(Unknown::Usage),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
