//! A port of a VRF: it only says which table it got.

use linkctl_schema::field::u32;
use linkctl_schema::*;

fields! {
    /// The routing table that its packets use: the master's.
    TABLE: u32 = u32(1, "table").readonly();
}

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "vrf",
    doc: "A port of a VRF says which table it uses",
    fields: &FIELDS,
    uapi: &["IFLA_VRF_PORT_"],
    module: "vrf",
    config: "CONFIG_NET_VRF",
    iproute: iproute::Grammar::UNREAD,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
