//! Encrypted Ethernet, IEEE 802.1AE. Keys and associations are set by generic netlink (`ip macsec`): this is the link.

use linkctl_schema::field::{be16, be64, onoff, u8, u32, words8, words64};
use linkctl_schema::iproute::{self, Grammar, Help, Wrong, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

/// Numbers of IEEE 802.1AE, but the first: the kernel has its own for the standard's default, and takes and reports it.
const CIPHERS: &[Word] = &[
    ("GCM-AES-128", 0x0080_0200_0100_0001),
    ("GCM-AES-256", 0x0080_c200_0100_0002),
    ("GCM-AES-XPN-128", 0x0080_c200_0100_0003),
    ("GCM-AES-XPN-256", 0x0080_c200_0100_0004),
];

fields! {
    /// The secure channel's identifier: the link's address and a port, 16 hexadecimal digits.
    SCI: u64 = be64(1, "sci").digits("", 16).range(1, u64::MAX).fixed();
    /// That port alone, 1 unless said otherwise: the address goes before it. Reported within sci.
    PORT: u16 = be16(2, "port").range(1, 0xffff).fixed().volatile();
    /// Secure what is sent. On unless said otherwise.
    PROTECT: bool = onoff(8, "protect").initial(1);
    /// The cipher suite; GCM-AES-128 unless said otherwise. XPN has packet numbers of 64 bits.
    CIPHER: &'static str = words64(4, "cipher", CIPHERS).also(&["cipher_suite"]).json("cipher_suite").fixed();
    /// Bytes of the integrity check value.
    ICVLEN: u8 = u8(3, "icvlen").also(&["icv_len"]).json("icv_len").range(8, 16).fixed();
    /// The number of the association that is used to send.
    ENCODINGSA: u8 = u8(6, "encodingsa").also(&["encoding_sa"]).json("encoding_sa").max(3);
    /// What becomes of packets that are not secured as they should be: strict (the default) drops, check counts and
    /// disabled lets through.
    VALIDATE: &'static str = words8(13, "validate", &[("disabled", 0), ("check", 1), ("strict", 2)]).also(&["validation"]).json("validation");
    /// Whether hardware does the work: off, in the PHY, or in the MAC, of the link below.
    OFFLOAD: &'static str = words8(15, "offload", &[("off", 0), ("phy", 1), ("mac", 2)]).down();
    /// Encrypt, beyond the integrity check.
    ENCRYPT: bool = onoff(7, "encrypt").initial(0);
    /// Send the SCI in each packet. On unless said otherwise.
    SEND_SCI: bool = onoff(9, "send_sci").also(&["inc_sci"]).json("inc_sci").initial(1);
    /// Say that this is an end station, so that the SCI follows from the packet's address.
    END_STATION: bool = onoff(10, "end_station").also(&["es"]).json("es").initial(0);
    /// Say that this is a single copy broadcast (EPON).
    SCB: bool = onoff(11, "scb").initial(0);
    /// Drop packets that come again or too late; wants window.
    REPLAY: bool = onoff(12, "replay").also(&["replay_protect"]).json("replay_protect").initial(0);
    /// How far behind the newest a packet may come; 0 wants the exact order. Reported only with replay.
    WINDOW: u32 = u32(5, "window").volatile();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("=cipher", "cipher").odd(),
    word("=icvlen", "icvlen").odd(),
    word("=encrypt", "encrypt").else_says(Wrong::OneOf(1)),
    word("=send_sci", "send_sci").else_says(Wrong::OneOf(1)),
    word("=end_station", "end_station").else_says(Wrong::OneOf(1)),
    word("=scb", "scb").else_says(Wrong::OneOf(1)),
    word("=protect", "protect").else_says(Wrong::OneOf(1)),
    word("=replay", "replay").else_says(Wrong::OneOf(1)),
    word("=window", "window").wrong("expected replay window size"),
    word("=validate", "validate").odd(),
    word("=encodingsa", "encodingsa").odd(),
    word("=offload", "offload").else_says(Wrong::OneOf(1)),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "macsec",
    doc: "MACsec: Ethernet that is encrypted and checked, on a link below",
    fields: &FIELDS,
    rules: &[
        Rule::Excludes("sci", "port"),
        Rule::Wants("replay", "window"),
    ],
    examples: &[
        Example { words: "port 11 encrypt on", wire: &[6, 0, 2, 0, 0, 11, 0, 0, 5, 0, 7, 0, 1, 0, 0, 0] },
        Example {
            words: "sci 0200000000020011 cipher GCM-AES-256 replay on window 32",
            #[rustfmt::skip]
            wire: &[
                12, 0, 1, 0, 2, 0, 0, 0, 0, 2, 0, 0x11, 12, 0, 4, 0, 2, 0, 0, 1, 0, 0xc2, 0x80, 0,
                5, 0, 12, 0, 1, 0, 0, 0, 8, 0, 5, 0, 32, 0, 0, 0,
            ],
        },
    ],
    uapi: &["IFLA_MACSEC_"],
    below: Below::Link,
    module: "macsec",
    config: "CONFIG_MACSEC",
    iproute: Grammar::new(WORDS).help(Help::Never),
    elsewhere: Some("its channels and their keys (ip macsec, MKA)"),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
