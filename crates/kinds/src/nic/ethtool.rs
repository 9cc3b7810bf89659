//! Settings of a link's hardware and driver, as ethtool has them (`linux/ethtool_netlink.h`).
//!
//! The outermost nest of a field is the message that asks for it: the next number is the one that sets it. The text
//! column has ethtool's own word. A field that ends in `_max` is what the driver takes of the one before the ending.
//! Fields of [`FEATURES`] and [`WOL`] are bits of a set that the kernel calls by name: their text is that name, their
//! number is only ours.

use linkctl_schema::field::{onoff, strings, u32, words8};
use linkctl_schema::types::Word;
use linkctl_schema::*;

use super::feature;

/// `ETHTOOL_MSG_LINKINFO_GET`.
pub const LINKINFO: u16 = 2;
/// `ETHTOOL_MSG_LINKMODES_GET`.
pub const LINKMODES: u16 = 4;
/// `ETHTOOL_MSG_WOL_GET`.
pub const WOL: u16 = 9;
/// `ETHTOOL_MSG_FEATURES_GET`.
pub const FEATURES: u16 = 11;
/// `ETHTOOL_MSG_RINGS_GET`.
pub const RINGS: u16 = 15;
/// `ETHTOOL_MSG_CHANNELS_GET`.
pub const CHANNELS: u16 = 17;
/// `ETHTOOL_MSG_COALESCE_GET`.
pub const COALESCE: u16 = 19;
/// `ETHTOOL_MSG_PAUSE_GET`.
pub const PAUSE: u16 = 21;
/// `ETHTOOL_MSG_EEE_GET`.
pub const EEE: u16 = 23;
/// `ETHTOOL_MSG_FEC_GET`.
pub const FEC: u16 = 29;

/// `ETH_TP_MDI*`.
const MDIX_WORDS: &[Word] = &[("off", 1), ("on", 2), ("auto", 3)];
/// `MASTER_SLAVE_CFG_*`.
const ROLES: &[Word] =
    &[("preferred-master", 2), ("preferred-slave", 3), ("forced-master", 4), ("forced-slave", 5)];
/// `ETHTOOL_FEC_*_BIT`, one bit each.
const FECS: &[Word] = &[("auto", 2), ("off", 4), ("rs", 8), ("baser", 16), ("llrs", 32)];

fields! {
    /// Speed in Mbit/s. With autoneg, the one speed that is offered to the other side; told only with a carrier.
    SPEED: u32 = u32(5, "speed").range(1, 0x7fff_ffff).volatile().within(&[LINKMODES]);
    /// Whether both sides may send at once. Told only with a carrier.
    DUPLEX: &'static str = words8(6, "duplex", &[("half", 0), ("full", 1)]).volatile().within(&[LINKMODES]);
    /// Settle speed and duplex with the other side. Turned on without more, all that the hardware can is offered.
    AUTONEG: bool = onoff(2, "autoneg").within(&[LINKMODES]);
    /// The modes that are offered to the other side, such as 1000baseT/Full.
    ADVERTISE: Vec<Value<'static>> = strings(3, "advertise", 1).within(&[LINKMODES]);
    /// The modes that the hardware can.
    SUPPORTED: Vec<Value<'static>> = strings(127, "supported", 1).readonly().within(&[LINKMODES]);
    /// How many lanes a link of several has. Told only with a carrier.
    LANES: u32 = u32(9, "lanes").volatile().since(5, 11).within(&[LINKMODES]);
    /// Which side gives the clock, on links that have that.
    MASTER_SLAVE: &'static str = words8(7, "master_slave", ROLES).text("master-slave").within(&[LINKMODES]);
    /// Crossing of the pairs: straight (off), crossed (on), found out (auto).
    MDIX: &'static str = words8(5, "mdix", MDIX_WORDS).within(&[LINKINFO]);
    /// Forward error correction.
    FEC_MODE: &'static str = words8(3, "fec", FECS).text("encoding").since(5, 13).within(&[FEC]);
    /// Wake the machine when the link comes or goes.
    WOL_PHY: bool = onoff(1, "wol_phy").text("phy").within(&[WOL]);
    /// Wake the machine by a packet for it alone.
    WOL_UCAST: bool = onoff(2, "wol_ucast").text("ucast").within(&[WOL]);
    /// Wake the machine by multicast.
    WOL_MCAST: bool = onoff(3, "wol_mcast").text("mcast").within(&[WOL]);
    /// Wake the machine by broadcast.
    WOL_BCAST: bool = onoff(4, "wol_bcast").text("bcast").within(&[WOL]);
    /// Wake the machine by ARP.
    WOL_ARP: bool = onoff(5, "wol_arp").text("arp").within(&[WOL]);
    /// Wake the machine by a magic packet.
    WOL_MAGIC: bool = onoff(6, "wol_magic").text("magic").within(&[WOL]);
    /// Wake the machine by a filter of the driver's.
    WOL_FILTER: bool = onoff(7, "wol_filter").text("filter").within(&[WOL]);
    /// How many packets the receive ring holds.
    RX_RING: u32 = u32(6, "rx_ring").text("rx").within(&[RINGS]);
    /// The most that it can hold.
    RX_RING_MAX: u32 = u32(2, "rx_ring_max").readonly().within(&[RINGS]);
    /// How many packets the receive ring for small packets holds.
    RX_MINI_RING: u32 = u32(7, "rx_mini_ring").text("rx-mini").within(&[RINGS]);
    /// The most that it can hold.
    RX_MINI_RING_MAX: u32 = u32(3, "rx_mini_ring_max").readonly().within(&[RINGS]);
    /// How many packets the receive ring for large packets holds.
    RX_JUMBO_RING: u32 = u32(8, "rx_jumbo_ring").text("rx-jumbo").within(&[RINGS]);
    /// The most that it can hold.
    RX_JUMBO_RING_MAX: u32 = u32(4, "rx_jumbo_ring_max").readonly().within(&[RINGS]);
    /// How many packets the send ring holds.
    TX_RING: u32 = u32(9, "tx_ring").text("tx").within(&[RINGS]);
    /// The most that it can hold.
    TX_RING_MAX: u32 = u32(5, "tx_ring_max").readonly().within(&[RINGS]);
    /// Bytes of a buffer of the receive ring.
    RX_BUF_LEN: u32 = u32(10, "rx_buf_len").text("rx-buf-len").since(5, 17).within(&[RINGS]);
    /// Bytes of an event that tells of a packet.
    CQE_SIZE: u32 = u32(12, "cqe_size").text("cqe-size").since(5, 18).within(&[RINGS]);
    /// Give packets to the hardware with the doorbell.
    TX_PUSH: bool = onoff(13, "tx_push").text("tx-push").since(6, 1).within(&[RINGS]);
    /// Queues that only receive.
    RX_CHANNELS: u32 = u32(6, "rx_channels").text("rx").within(&[CHANNELS]);
    /// The most of them.
    RX_CHANNELS_MAX: u32 = u32(2, "rx_channels_max").readonly().within(&[CHANNELS]);
    /// Queues that only send.
    TX_CHANNELS: u32 = u32(7, "tx_channels").text("tx").within(&[CHANNELS]);
    /// The most of them.
    TX_CHANNELS_MAX: u32 = u32(3, "tx_channels_max").readonly().within(&[CHANNELS]);
    /// Queues for something else, such as virtual functions.
    OTHER_CHANNELS: u32 = u32(8, "other_channels").text("other").within(&[CHANNELS]);
    /// The most of them.
    OTHER_CHANNELS_MAX: u32 = u32(4, "other_channels_max").readonly().within(&[CHANNELS]);
    /// Queues that send and receive.
    COMBINED_CHANNELS: u32 = u32(9, "combined_channels").text("combined").within(&[CHANNELS]);
    /// The most of them.
    COMBINED_CHANNELS_MAX: u32 = u32(5, "combined_channels_max").readonly().within(&[CHANNELS]);
    /// Settle pause frames with the other side.
    PAUSE_AUTONEG: bool = onoff(2, "pause_autoneg").text("autoneg").within(&[PAUSE]);
    /// Heed pause frames.
    PAUSE_RX: bool = onoff(3, "pause_rx").text("rx").within(&[PAUSE]);
    /// Send pause frames.
    PAUSE_TX: bool = onoff(4, "pause_tx").text("tx").within(&[PAUSE]);
    /// Save energy while nothing is sent (IEEE 802.3az).
    EEE_ENABLED: bool = onoff(5, "eee").text("eee").within(&[EEE]);
    /// Sleep between packets that are sent.
    TX_LPI: bool = onoff(6, "tx_lpi").text("tx-lpi").within(&[EEE]);
    /// Microseconds without a packet before it sleeps.
    TX_LPI_TIMER: u32 = u32(7, "tx_lpi_timer").text("tx-timer").within(&[EEE]);
    /// Choose the pace of interrupts for received packets by load.
    ADAPTIVE_RX: bool = onoff(11, "adaptive_rx").text("adaptive-rx").within(&[COALESCE]);
    /// Choose the pace of interrupts for sent packets by load.
    ADAPTIVE_TX: bool = onoff(12, "adaptive_tx").text("adaptive-tx").within(&[COALESCE]);
    /// Microseconds from a received packet to its interrupt, at most.
    RX_USECS: u32 = u32(2, "rx_usecs").text("rx-usecs").within(&[COALESCE]);
    /// Received packets until the interrupt, at most.
    RX_FRAMES: u32 = u32(3, "rx_frames").text("rx-frames").within(&[COALESCE]);
    /// The same while an interrupt is being served, microseconds.
    RX_USECS_IRQ: u32 = u32(4, "rx_usecs_irq").text("rx-usecs-irq").within(&[COALESCE]);
    /// The same while an interrupt is being served, packets.
    RX_FRAMES_IRQ: u32 = u32(5, "rx_frames_irq").text("rx-frames-irq").within(&[COALESCE]);
    /// Microseconds from a sent packet to its interrupt, at most.
    TX_USECS: u32 = u32(6, "tx_usecs").text("tx-usecs").within(&[COALESCE]);
    /// Sent packets until the interrupt, at most.
    TX_FRAMES: u32 = u32(7, "tx_frames").text("tx-frames").within(&[COALESCE]);
    /// The same while an interrupt is being served, microseconds.
    TX_USECS_IRQ: u32 = u32(8, "tx_usecs_irq").text("tx-usecs-irq").within(&[COALESCE]);
    /// The same while an interrupt is being served, packets.
    TX_FRAMES_IRQ: u32 = u32(9, "tx_frames_irq").text("tx-frames-irq").within(&[COALESCE]);
    /// Microseconds between two readings of the hardware's counters.
    STATS_BLOCK_USECS: u32 = u32(10, "stats_block_usecs").text("stats-block-usecs").within(&[COALESCE]);
    /// Packets a second below which the low values count.
    PKT_RATE_LOW: u32 = u32(13, "pkt_rate_low").text("pkt-rate-low").within(&[COALESCE]);
    /// rx_usecs at a low rate.
    RX_USECS_LOW: u32 = u32(14, "rx_usecs_low").text("rx-usecs-low").within(&[COALESCE]);
    /// rx_frames at a low rate.
    RX_FRAMES_LOW: u32 = u32(15, "rx_frames_low").text("rx-frames-low").within(&[COALESCE]);
    /// tx_usecs at a low rate.
    TX_USECS_LOW: u32 = u32(16, "tx_usecs_low").text("tx-usecs-low").within(&[COALESCE]);
    /// tx_frames at a low rate.
    TX_FRAMES_LOW: u32 = u32(17, "tx_frames_low").text("tx-frames-low").within(&[COALESCE]);
    /// Packets a second above which the high values count.
    PKT_RATE_HIGH: u32 = u32(18, "pkt_rate_high").text("pkt-rate-high").within(&[COALESCE]);
    /// rx_usecs at a high rate.
    RX_USECS_HIGH: u32 = u32(19, "rx_usecs_high").text("rx-usecs-high").within(&[COALESCE]);
    /// rx_frames at a high rate.
    RX_FRAMES_HIGH: u32 = u32(20, "rx_frames_high").text("rx-frames-high").within(&[COALESCE]);
    /// tx_usecs at a high rate.
    TX_USECS_HIGH: u32 = u32(21, "tx_usecs_high").text("tx-usecs-high").within(&[COALESCE]);
    /// tx_frames at a high rate.
    TX_FRAMES_HIGH: u32 = u32(22, "tx_frames_high").text("tx-frames-high").within(&[COALESCE]);
    /// Seconds between two looks at the rate.
    SAMPLE_INTERVAL: u32 = u32(23, "sample_interval").text("sample-interval").within(&[COALESCE]);
    /// Count the time from the event, not the packet, for received packets.
    CQE_MODE_RX: bool = onoff(25, "cqe_mode_rx").text("cqe-mode-rx").since(5, 15).within(&[COALESCE]);
    /// The same for sent packets.
    CQE_MODE_TX: bool = onoff(24, "cqe_mode_tx").text("cqe-mode-tx").since(5, 15).within(&[COALESCE]);
    /// Features that this driver has on or off for good.
    FIXED: Vec<Value<'static>> = strings(127, "fixed", 1).readonly().within(&[FEATURES]);
}

/// How many there are with the features.
const ALL: usize = FIELDS.list().len() + feature::FIELDS.list().len();
static WHOLE: [FieldDef; ALL] = whole();

#[allow(clippy::large_stack_arrays, reason = "it is evaluated at compile time")]
const fn whole() -> [FieldDef; ALL] {
    let (own, more) = (FIELDS.list(), feature::FIELDS.list());
    let mut out = [own[0]; ALL];
    let mut i = 0;
    while i < ALL {
        out[i] = if i < own.len() { own[i] } else { more[i - own.len()] };
        i += 1;
    }
    out
}

/// All settings, those that are features last.
pub static TABLE: Fields = Fields::new(&WHOLE);

/// The message that asks for a field.
pub fn group(f: &FieldDef) -> u16 {
    f.path.first().copied().unwrap_or_default()
}

/// The field that tells the most that this one takes.
pub fn most(f: &FieldDef) -> Option<&'static FieldDef> {
    let name = |g: &&FieldDef| g.name.strip_suffix("_max") == Some(f.name);
    FIELDS.list().iter().find(|g| name(g) && !g.writable())
}

/// Whether a change of the field may take the link's carrier for a moment: drivers set the hardware up anew.
pub fn resets(f: &FieldDef) -> bool {
    matches!(group(f), LINKINFO | LINKMODES | RINGS | CHANNELS | PAUSE | EEE | FEC)
}

/// All that is known of the block.
pub static KIND: Kind = Kind {
    name: "ethtool",
    doc: "Settings of a link's hardware and driver, as ethtool has them",
    fields: &TABLE,
    ..Kind::DEFAULT
};
const _: () = KIND.check();
