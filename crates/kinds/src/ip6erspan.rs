//! ERSPAN over IPv6: mirrored Ethernet traffic in GRE, types I to III. An `ip6gre` with some settings more.

use linkctl_schema::*;

use crate::erspan::more;
use crate::ip6gre;

static LIST: [FieldDef; 27] = ip6gre::FIELDS.with(more::FIELDS.list(), "encap");
/// The fields, in the order in which they are shown.
pub static FIELDS: Fields = Fields::new(&LIST);

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "ip6erspan",
    doc: "ERSPAN over IPv6: mirrored Ethernet traffic in GRE, from one host to another",
    fields: &FIELDS,
    examples: &[Example {
        words: "remote 2001:db8::1 local 2001:db8::2 hoplimit 64 encaplimit 4 ikey 5 okey 5 iseq oseq erspan_ver 2                 erspan_dir ingress erspan_hwid 3",
        #[rustfmt::skip]
        wire: &[
            20, 0, 7, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
            20, 0, 6, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
            5, 0, 8, 0, 64, 0, 0, 0, 5, 0, 11, 0, 4, 0, 0, 0, 8, 0, 13, 0, 0, 0, 0, 0,
            8, 0, 4, 0, 0, 0, 0, 5, 6, 0, 2, 0, 0x30, 0, 0, 0,
            8, 0, 5, 0, 0, 0, 0, 5, 6, 0, 3, 0, 0x30, 0, 0, 0,
            5, 0, 22, 0, 2, 0, 0, 0, 5, 0, 23, 0, 0, 0, 0, 0, 6, 0, 24, 0, 3, 0, 0, 0,
        ],
    }],
    uapi: &["IFLA_GRE_"],
    below: Below::Loose("dev"),
    module: "ip6_gre",
    config: "CONFIG_IPV6_GRE",
    whole: true,
    iproute: ip6gre::GRAMMAR,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
