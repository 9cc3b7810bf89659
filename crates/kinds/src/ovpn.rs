//! A tunnel of openvpn within the kernel. Peers and keys are set by generic netlink: this is the link.

use linkctl_schema::field::words8;
use linkctl_schema::iproute::{self, Grammar, Help, Unknown, Wrong, word};
use linkctl_schema::*;

fields! {
    /// One peer (p2p, the default) or many (mp).
    MODE: &'static str = words8(1, "mode", &[("p2p", 0), ("mp", 1)]).fixed();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("=mode", "mode").else_says(Wrong::OneOf(1)),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ovpn",
    doc: "An OpenVPN tunnel; its peers and keys are set by openvpn",
    fields: &FIELDS,
    examples: &[Example { words: "mode mp", wire: &[5, 0, 1, 0, 1, 0, 0, 0] }],
    uapi: &["IFLA_OVPN_"],
    module: "ovpn",
    config: "CONFIG_OVPN",
    frames: false,
    bound: true,
    since: Some((6, 16)),
    iproute: Grammar::new(WORDS).unknown(Unknown::Option).help(Help::Whole),
    elsewhere: Some("its peers and their keys (openvpn)"),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
