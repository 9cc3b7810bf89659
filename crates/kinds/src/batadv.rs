//! B.A.T.M.A.N. Advanced: a mesh over its ports. All but the algorithm is set by generic netlink (`batctl`).

use linkctl_schema::field::string;
use linkctl_schema::iproute::{self, Grammar, word};
use linkctl_schema::*;

fields! {
    /// The routing algorithm: BATMAN_IV or BATMAN_V, where the kernel has it. The kernel does not report it.
    ALGO: Vec<u8> = string(1, "algo", 19).also(&["ra", "routing_algo"]).fixed().volatile().ours();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~ra", "algo"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "batadv",
    doc: "B.A.T.M.A.N. Advanced: an Ethernet whose switches are the nodes of a mesh, reached by its ports",
    fields: &FIELDS,
    examples: &[Example {
        words: "algo BATMAN_V",
        wire: &[13, 0, 1, 0, b'B', b'A', b'T', b'M', b'A', b'N', b'_', b'V', 0, 0, 0, 0],
    }],
    uapi: &["IFLA_BATADV_"],
    module: "batman-adv",
    config: "CONFIG_BATMAN_ADV",
    bound: true,
    master: true,
    iproute: Grammar::new(WORDS),
    elsewhere: Some("what batctl set of it"),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
