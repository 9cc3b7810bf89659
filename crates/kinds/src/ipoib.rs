//! IP over InfiniBand: a partition of the InfiniBand link below, RFC 4391.

use linkctl_schema::field::{u16, words16};
use linkctl_schema::iproute::{self, Grammar, Unknown, Wrong, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const MODES: &[Word] = &[("datagram", 0), ("connected", 1)];

fields! {
    /// The partition's key; its highest bit, full membership, is set anyway.
    PKEY: u16 = u16(1, "pkey").json("key").digits("0x", 4).range(1, 0xffff).fixed();
    /// Each packet by itself (datagram), or by connections, with a larger MTU (connected).
    MODE: &'static str = words16(2, "mode", MODES);
    /// Take multicast that nobody joined.
    UMCAST: u16 = u16(3, "umcast").digits("", 4).boolean();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~pkey", "pkey").wrong("pkey is invalid"),
    word("~mode", "mode").else_says(Wrong::Says("Error: argument of \"mode\" must be \"datagram\"or \"connected\"", 1)),
    word("~umcast", "umcast").wrong("umcast is invalid"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ipoib",
    doc: "IP over InfiniBand: a partition of the InfiniBand link below",
    fields: &FIELDS,
    examples: &[
        Example { words: "pkey 0x8001", wire: &[6, 0, 1, 0, 1, 0x80, 0, 0] },
        Example {
            words: "pkey 0x8001 mode connected umcast on",
            wire: &[6, 0, 1, 0, 1, 0x80, 0, 0, 6, 0, 2, 0, 1, 0, 0, 0, 6, 0, 3, 0, 1, 0, 0, 0],
        },
    ],
    uapi: &["IFLA_IPOIB_"],
    below: Below::Link,
    module: "ib_ipoib",
    config: "CONFIG_INFINIBAND_IPOIB",
    frames: false,
    iproute: Grammar::new(WORDS).unknown(Unknown::Option),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
