//! An encrypted tunnel. Keys and peers are set by generic netlink (`wg`): the link itself has no settings.

use linkctl_schema::*;

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "wireguard",
    doc: "A WireGuard tunnel; its keys and peers are set by wg",
    module: "wireguard",
    config: "CONFIG_WIREGUARD",
    frames: false,
    iproute: iproute::Grammar::STRANGER,
    elsewhere: Some("its private key and its peers (wg)"),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
