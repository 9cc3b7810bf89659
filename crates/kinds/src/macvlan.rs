//! MACVLAN: a link with an address of its own on a link below.

use linkctl_schema::field::{bit, count, macs, s32, u32, words32};
use linkctl_schema::iproute::{self, Grammar, Unknown, Wrong, own, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const MODES: &[Word] = &[("private", 1), ("vepa", 2), ("bridge", 4), ("passthru", 8), ("source", 16)];
const FLAGS: Layout = Layout::Plain(Repr::U16);

fields! {
    /// How links on the same link below reach each other: private, not at all; vepa (the kernel's default), by way of the
    /// switch outside; bridge, directly; passthru, alone on the link below, which is its to set up; source, by the list macaddr.
    MODE: &'static str = words32(1, "mode", MODES).sticky(&["passthru"]);
    /// In mode passthru, do not make the link below receive every packet.
    NOPROMISC: bool = bit(2, "nopromisc", FLAGS, 1).bare();
    /// In mode source, do not look for the destination among the other links: the source alone decides.
    NODST: bool = bit(2, "nodst", FLAGS, 2).bare().since(5, 13);
    /// Most broadcast and multicast packets that may wait; the largest of all on the link below counts. The default is 1000.
    BCQUEUELEN: u32 = u32(7, "bcqueuelen").since(5, 11);
    /// How many broadcast and multicast packets may wait in fact.
    USEDBCQUEUELEN: u32 = u32(8, "usedbcqueuelen").since(5, 11).readonly();
    /// Multicast wanted by more than so many links waits like broadcast; -1 lets nothing wait. The default is 1.
    BCLIM: i32 = s32(9, "bclim").since(6, 4).volatile();
    /// How many source addresses there are.
    MACADDR_COUNT: u32 = count(6, "macaddr_count").text("remotes").only("mode", &["source"]).readonly();
    /// In mode source, the senders whose packets this link receives; `set` replaces the list.
    MACADDR: Vec<Value<'static>> = macs(5, "macaddr", 3, 4).json("macaddr_data").only("mode", &["source"]);
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~mode", "mode").else_says(Wrong::Among(1)),
    own("~flag"),
    word("~nopromisc", "nopromisc").odd(),
    word("~nodst", "nodst").odd(),
    word("~macaddr", "macaddr").odd(),
    word("~bcqueuelen", "bcqueuelen").else_says(Wrong::Says("Error: argument of \"bcqueuelen\" must be a positive integer [0-4294967295], not \"{value}\"", 1)),
    word("=bclim", "bclim").else_says(Wrong::Says("Error: illegal value for \"bclim\": \"{value}\"", 1)),
];

/// What is not among them is an unknown option; macvtap has the same.
pub(crate) const GRAMMAR: Grammar = Grammar::new(WORDS).unknown(Unknown::Option);

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "macvlan",
    doc: "MACVLAN: a link with an Ethernet address of its own on a link below",
    fields: &FIELDS,
    rules: RULES,
    examples: EXAMPLES,
    uapi: &["IFLA_MACVLAN_"],
    below: Below::Link,
    module: "macvlan",
    config: "CONFIG_MACVLAN",
    iproute: GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();

pub(crate) const RULES: &[Rule] =
    &[Rule::When("nopromisc", "mode", &["passthru"]), Rule::When("macaddr", "mode", &["source"])];

pub(crate) const EXAMPLES: &[Example] = &[
    Example { words: "mode bridge", wire: &[8, 0, 1, 0, 4, 0, 0, 0] },
    Example { words: "mode passthru nopromisc", wire: &[8, 0, 1, 0, 8, 0, 0, 0, 6, 0, 2, 0, 1, 0, 0, 0] },
    Example {
        words: "mode source macaddr set 02:00:00:00:00:aa",
        #[rustfmt::skip]
        wire: &[
            8, 0, 1, 0, 16, 0, 0, 0, 8, 0, 3, 0, 3, 0, 0, 0,
            16, 0, 5, 0x80, 10, 0, 4, 0, 2, 0, 0, 0, 0, 0xaa, 0, 0,
        ],
    },
];
