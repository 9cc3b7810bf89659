//! One channel of a Qualcomm modem, multiplexed on a link below (MAP).

use linkctl_schema::field::{named_bit, u16};
use linkctl_schema::iproute::{self, Grammar, Help, Wrong, word};
use linkctl_schema::*;

fields! {
    /// The channel's number.
    MUX_ID: u16 = u16(1, "mux_id").range(1, 254);
    /// Take packets apart that hold several. On unless said otherwise; all on one link below share this and the rest.
    INGRESS_DEAGGREGATION: bool = named_bit(2, "ingress_deaggregation", Layout::Masked, 0x1, "INGRESS_DEAGGREGATION").initial(1).json("flags").framed();
    /// Obey the modem's commands.
    INGRESS_COMMANDS: bool = named_bit(2, "ingress_commands", Layout::Masked, 0x2, "INGRESS_MAP_COMMANDS").initial(0).json("flags");
    /// Received packets have checksums as of MAPv4.
    INGRESS_MAPV4_CHECKSUM: bool = named_bit(2, "ingress_mapv4_checksum", Layout::Masked, 0x4, "INGRESS_MAP_CKSUMV4").initial(0).json("flags");
    /// Sent packets have checksums as of MAPv4.
    EGRESS_MAPV4_CHECKSUM: bool = named_bit(2, "egress_mapv4_checksum", Layout::Masked, 0x8, "EGRESS_MAP_CKSUMV4").initial(0).json("flags");
    /// Received packets have checksums as of MAPv5.
    INGRESS_MAPV5_CHECKSUM: bool = named_bit(2, "ingress_mapv5_checksum", Layout::Masked, 0x10, "INGRESS_MAP_CKSUMV5").initial(0).json("flags").since(5, 14);
    /// Sent packets have checksums as of MAPv5.
    EGRESS_MAPV5_CHECKSUM: bool = named_bit(2, "egress_mapv5_checksum", Layout::Masked, 0x20, "EGRESS_MAP_CKSUMV5").initial(0).json("flags").since(5, 14);
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("=mux_id", "mux_id").wrong("mux_id is invalid"),
    word("=ingress-deaggregation", "ingress_deaggregation").else_says(Wrong::OneOf(1)),
    word("=ingress-commands", "ingress_commands").else_says(Wrong::OneOf(1)),
    word("=ingress-mapv4-checksum", "ingress_mapv4_checksum").else_says(Wrong::OneOf(1)),
    word("=egress-mapv4-checksum", "egress_mapv4_checksum").else_says(Wrong::OneOf(1)),
    word("=ingress-mapv5-checksum", "ingress_mapv5_checksum").else_says(Wrong::OneOf(1)),
    word("=egress-mapv5-checksum", "egress_mapv5_checksum").else_says(Wrong::OneOf(1)),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "rmnet",
    doc: "RmNet: one channel of a Qualcomm modem, on a link below that carries them all",
    fields: &FIELDS,
    rules: &[Rule::OneOf(&["mux_id"])],
    examples: &[
        Example { words: "mux_id 5", wire: &[6, 0, 1, 0, 5, 0, 0, 0] },
        Example {
            words: "mux_id 5 ingress_deaggregation on egress_mapv4_checksum on",
            wire: &[6, 0, 1, 0, 5, 0, 0, 0, 12, 0, 2, 0, 9, 0, 0, 0, 9, 0, 0, 0],
        },
    ],
    uapi: &["IFLA_RMNET_"],
    below: Below::Link,
    module: "rmnet",
    config: "CONFIG_RMNET",
    frames: false,
    iproute: Grammar::new(WORDS).help(Help::Whole),
    ..Kind::DEFAULT
};
const _: () = KIND.check();
