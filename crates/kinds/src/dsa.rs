//! DSA: a port of an Ethernet switch that the machine is wired to.

use linkctl_schema::field::link;
use linkctl_schema::iproute::{self, Grammar, Help, word};
use linkctl_schema::*;

fields! {
    /// The link that packets of this port take between switch and machine.
    CONDUIT: Name = link(1, "conduit").also(&["master"]);
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("=conduit =master", "conduit").wrong("Device does not exist\n"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "dsa",
    doc: "A port of an Ethernet switch that is wired to the machine (Distributed Switch Architecture)",
    fields: &FIELDS,
    examples: &[Example { words: "conduit eth0", wire: &[8, 0, 1, 0, 7, 0, 0, 0] }],
    uapi: &["IFLA_DSA_"],
    module: "dsa_core",
    config: "CONFIG_NET_DSA",
    made_by: Some("the driver of the switch does, one for each port"),
    since: Some((6, 1)),
    iproute: Grammar::new(WORDS).help(Help::Whole),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
