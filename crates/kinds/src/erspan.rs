//! ERSPAN over IPv4: mirrored Ethernet traffic in GRE, types I to III. A `gre` with some settings more.

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Unknown, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

use crate::gre::{self, RULES};
use crate::gretap;

const DIRECTIONS: &[Word] = &[("ingress", 0), ("egress", 1)];

/// What ERSPAN has beside what GRE has, over either IP.
pub mod more {
    use super::*;

    fields! {
        /// Of type II: the number that says which port's traffic it is.
        INDEX: u32 = u32(21, "erspan_index").also(&["erspan"]).max(0xf_ffff);
        /// The version: 0 for type I, 1 for type II, which is the kernel's default, 2 for type III.
        VER: u8 = u8(22, "erspan_ver").max(2);
        /// Of type III: whether the traffic was received or sent.
        DIR: &'static str = words8(23, "erspan_dir", DIRECTIONS);
        /// Of type III: the number of the mirroring engine in its system.
        HWID: u16 = u16(24, "erspan_hwid").hex().max(0x3f);
    }
}

static LIST: [FieldDef; 25] = gretap::FIELDS.with(more::FIELDS.list(), "encap");
/// The fields, in the order in which they are shown.
pub static FIELDS: Fields = Fields::new(&LIST);

/// The words of iproute2 for those.
pub(crate) const WORDS: &[iproute::Word] = &[
    word("=erspan", "erspan_index").odd().wrong("invalid erspan index\n"),
    word("=erspan_ver", "erspan_ver").odd().wrong("invalid erspan version\n"),
    word("=erspan_dir", "erspan_dir").odd().wrong("Invalid erspan direction."),
    word("=erspan_hwid", "erspan_hwid").wrong("invalid erspan hwid\n"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "erspan",
    doc: "ERSPAN over IPv4: mirrored Ethernet traffic in GRE, from one host to another",
    fields: &FIELDS,
    rules: RULES,
    examples: &[
        Example {
            words: "remote 192.0.2.1 local 192.0.2.2 ikey 5 okey 5 iseq oseq erspan_ver 1 erspan 123",
            #[rustfmt::skip]
            wire: &[
                8, 0, 7, 0, 192, 0, 2, 1, 8, 0, 6, 0, 192, 0, 2, 2,
                8, 0, 4, 0, 0, 0, 0, 5, 6, 0, 2, 0, 0x30, 0, 0, 0,
                8, 0, 5, 0, 0, 0, 0, 5, 6, 0, 3, 0, 0x30, 0, 0, 0,
                8, 0, 21, 0, 123, 0, 0, 0, 5, 0, 22, 0, 1, 0, 0, 0,
            ],
        },
        Example {
            words: "remote 192.0.2.1 local 192.0.2.2 ikey 5 okey 5 iseq oseq erspan_ver 2 erspan_dir egress erspan_hwid 23",
            #[rustfmt::skip]
            wire: &[
                8, 0, 7, 0, 192, 0, 2, 1, 8, 0, 6, 0, 192, 0, 2, 2,
                8, 0, 4, 0, 0, 0, 0, 5, 6, 0, 2, 0, 0x30, 0, 0, 0,
                8, 0, 5, 0, 0, 0, 0, 5, 6, 0, 3, 0, 0x30, 0, 0, 0,
                5, 0, 22, 0, 2, 0, 0, 0, 5, 0, 23, 0, 1, 0, 0, 0, 6, 0, 24, 0, 23, 0, 0, 0,
            ],
        },
    ],
    uapi: &["IFLA_GRE_"],
    below: Below::Loose("dev"),
    module: "ip_gre",
    config: "CONFIG_NET_IPGRE",
    whole: true,
    iproute: Grammar::new(&iproute::joined::<43>(gre::WORDS, WORDS)).unknown(Unknown::Usage),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
