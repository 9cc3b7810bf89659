//! HSR and PRP: every packet is sent twice, by two ports, IEC 62439-3.

use linkctl_schema::field::{link, mac, u8, u16};
use linkctl_schema::iproute::{self, Grammar, Unknown, word};
use linkctl_schema::*;

fields! {
    /// The first port.
    SLAVE1: Name = link(1, "slave1").also(&["port1"]).absent("<none>").fixed();
    /// The second port.
    SLAVE2: Name = link(2, "slave2").also(&["port2"]).absent("<none>").fixed();
    /// The port to a network that knows nothing of HSR, which this link then speaks for (RedBox). Kernels before 7.2 may not
    /// report it.
    INTERLINK: Name = link(8, "interlink").painted(Painted::Whole).fixed().volatile().since(6, 10);
    /// The number of the next packet.
    SEQUENCE: u16 = u16(5, "sequence").json("seq_nr").readonly();
    /// The last byte of the address that supervision frames go to, 01:15:4e:00:01:00 unless said otherwise.
    SUPERVISION: u8 = u8(3, "supervision").fixed().volatile();
    /// The address that supervision frames go to.
    SUPERVISION_ADDR: Mac = mac(4, "supervision_addr").text("supervision").readonly();
    /// HSR (0, a ring; the default) or PRP (1, two networks).
    PROTO: u8 = u8(7, "proto").max(1).fixed();
    /// The version of HSR, 0 (the default) or 1. Kernels before 7.2 may not report it.
    VERSION: u8 = u8(6, "version").max(1).fixed().volatile();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~supervision", "supervision").wrong("ADDR-BYTE is invalid"),
    word("~version", "version").wrong("version is invalid"),
    word("~proto", "proto").wrong("protocol is invalid"),
    word("~slave1", "slave1").wrong("No such interface"),
    word("~slave2", "slave2").wrong("No such interface"),
    word("=interlink", "interlink").wrong("No such interface"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "hsr",
    doc: "HSR or PRP: packets are sent by two ports at once, so that one may fail",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["slave1"]), Rule::OneOf(&["slave2"])],
    examples: &[
        Example {
            words: "slave1 eth0 slave2 eth0p",
            wire: &[8, 0, 1, 0, 7, 0, 0, 0, 8, 0, 2, 0, 7, 0, 0, 0],
        },
        Example {
            words: "slave1 eth0 slave2 eth0p supervision 45 proto 1",
            #[rustfmt::skip]
            wire: &[
                8, 0, 1, 0, 7, 0, 0, 0, 8, 0, 2, 0, 7, 0, 0, 0, 5, 0, 3, 0, 45, 0, 0, 0, 5, 0, 7, 0, 1, 0, 0, 0,
            ],
        },
    ],
    uapi: &["IFLA_HSR_"],
    below: Below::Field("slave1"),
    module: "hsr",
    config: "CONFIG_HSR",
    bound: true,
    iproute: Grammar::new(WORDS).unknown(Unknown::Says("hsr: what is \"{word}\"?")),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
