//! CAN: a controller on a bus of cars and machines, ISO 11898, with FD and XL.
//!
//! Timing lies in structs of eight numbers (`struct can_bittiming`), three of them: of classic packets and headers, and of the
//! data of CAN FD (d…) and CAN XL (x…).

use linkctl_schema::field::*;
use linkctl_schema::iproute::{self, Grammar, Unknown, Wrong, own, word};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const CTRLMODE: u16 = 5;
const STATES: &[Word] = &[
    ("ERROR-ACTIVE", 0),
    ("ERROR-WARNING", 1),
    ("ERROR-PASSIVE", 2),
    ("BUS-OFF", 3),
    ("STOPPED", 4),
    ("SLEEPING", 5),
];
/// In the order in which iproute2 lists them.
const MODES: &[Word] = &[
    ("LOOPBACK", 0x1),
    ("LISTEN-ONLY", 0x2),
    ("TRIPLE-SAMPLING", 0x4),
    ("ONE-SHOT", 0x8),
    ("BERR-REPORTING", 0x10),
    ("FD", 0x20),
    ("FD-NON-ISO", 0x80),
    ("PRESUME-ACK", 0x40),
    ("CC-LEN8-DLC", 0x100),
    ("TDC-AUTO", 0x200),
    ("TDC-MANUAL", 0x400),
    ("RESTRICTED", 0x800),
    ("XL", 0x1000),
    ("XL-TDC-AUTO", 0x2000),
    ("XL-TDC-MANUAL", 0x4000),
    ("TMS", 0x8000),
];

/// A bit of the controller's mode.
const fn mode(name: &'static str, bit: u32, shown: &'static str) -> Field<bool> {
    named_bit(CTRLMODE, name, Layout::Mode, bit, shown).json("ctrlmode").down()
}

fields! {
    /// Hear what is sent, at once.
    LOOPBACK: bool = mode("loopback", 0x1, "LOOPBACK");
    /// Only listen: send neither packets nor acknowledgements.
    LISTEN_ONLY: bool = mode("listen_only", 0x2, "LISTEN-ONLY");
    /// Look at each bit three times.
    TRIPLE_SAMPLING: bool = mode("triple_sampling", 0x4, "TRIPLE-SAMPLING");
    /// Do not send again what was not acknowledged.
    ONE_SHOT: bool = mode("one_shot", 0x8, "ONE-SHOT");
    /// Report errors of the bus as packets.
    BERR_REPORTING: bool = mode("berr_reporting", 0x10, "BERR-REPORTING");
    /// CAN FD: packets of up to 64 bytes, the data at a bit rate of their own.
    FD: bool = mode("fd", 0x20, "FD");
    /// CAN FD as it was before ISO 11898-1.
    FD_NON_ISO: bool = mode("fd_non_iso", 0x80, "FD-NON-ISO");
    /// Take packets for acknowledged that are not.
    PRESUME_ACK: bool = mode("presume_ack", 0x40, "PRESUME-ACK");
    /// Tell lengths from 9 to 15 of classic packets, which hold 8 bytes.
    CC_LEN8_DLC: bool = mode("cc_len8_dlc", 0x100, "CC-LEN8-DLC").since(5, 11);
    /// The controller measures the delay of its transceiver.
    TDC_AUTO: bool = mode("tdc_auto", 0x200, "TDC-AUTO").since(5, 16);
    /// The delay of the transceiver is tdcv.
    TDC_MANUAL: bool = mode("tdc_manual", 0x400, "TDC-MANUAL").since(5, 16);
    /// Acknowledge packets, and send none.
    RESTRICTED: bool = mode("restricted", 0x800, "RESTRICTED").since(6, 19);
    /// CAN XL: packets of up to 2048 bytes.
    XL: bool = mode("xl", 0x1000, "XL").since(6, 19);
    /// The same as tdc_auto for the data of CAN XL.
    XTDC_AUTO: bool = mode("xtdc_auto", 0x2000, "XL-TDC-AUTO").since(6, 19);
    /// The same as tdc_manual for the data of CAN XL.
    XTDC_MANUAL: bool = mode("xtdc_manual", 0x4000, "XL-TDC-MANUAL").since(6, 19);
    /// Switch the transceiver to another mode for the data of CAN XL.
    TMS: bool = mode("tms", 0x8000, "TMS").since(6, 19);
    /// Which of these the controller can do, or does always.
    CTRLMODE_SUPPORTED: Vec<Value<'static>> = names(1, "ctrlmode_supported", Repr::U32, MODES, false).shown(Show::Json).within(&[17]).readonly().since(5, 17);
    /// Which of these are on and cannot be off.
    CTRLMODE_STATIC: Vec<Value<'static>> = lasting(CTRLMODE, "ctrlmode_static", (17, 1), MODES).echo();
    /// Whether errors keep the controller from the bus, or it is stopped.
    STATE: &'static str = words32(4, "state", STATES).readonly();
    /// Errors counted while sending; falls with each success.
    BERR_TX: u32 = part(8, "berr_tx", 0, 4, Repr::U16).text("(berr-counter tx").json("tx").object("berr_counter").readonly();
    /// The same for receiving.
    BERR_RX: u32 = part(8, "berr_rx", 2, 4, Repr::U16).text("rx").json("rx").end(") ").object("berr_counter").readonly();
    /// How long after bus-off the controller starts again, milliseconds; 0 (the default) is never.
    RESTART_MS: u32 = time32(6, "restart_ms", Unit::Millis).text("restart-ms").down();
    /// Start again now, after bus-off.
    RESTART: u32 = u32(7, "restart").boolean().writeonly();
    /// Bits per second; the controller may take what is close.
    BITRATE: u32 = part(1, "bitrate", 0, 32, Repr::U32).json("bitrate").object("bittiming").only("bitrate_const", &[ABSENT]).line(1).down().rounded(Round::Near(10));
    /// Where within a bit its value is looked at, 0.001 to 0.999; chosen by the kernel unless said.
    SAMPLE_POINT: u32 = part(1, "sample_point", 4, 32, Repr::U32).text("sample-point").json("sample_point").object("bittiming").only("bitrate_const", &[ABSENT]).line(1).down().milli().max(999).rounded(Round::Near(50));
    /// Instead of bitrate: the length of a time quantum, nanoseconds. The kernel reports both.
    TQ: u32 = part(1, "tq", 8, 32, Repr::U32).json("tq").object("bittiming").only("bitrate_const", &[ABSENT]).line(2).down();
    /// Time quanta for the way there and back.
    PROP_SEG: u32 = part(1, "prop_seg", 12, 32, Repr::U32).text("prop-seg").json("prop_seg").object("bittiming").only("bitrate_const", &[ABSENT]).line(2).down();
    /// Time quanta before the sample point.
    PHASE_SEG1: u32 = part(1, "phase_seg1", 16, 32, Repr::U32).text("phase-seg1").json("phase_seg1").object("bittiming").only("bitrate_const", &[ABSENT]).line(2).down();
    /// Time quanta behind the sample point.
    PHASE_SEG2: u32 = part(1, "phase_seg2", 20, 32, Repr::U32).text("phase-seg2").json("phase_seg2").object("bittiming").only("bitrate_const", &[ABSENT]).line(2).down();
    /// By how many time quanta a bit may be stretched or cut to keep step.
    SJW: u32 = part(1, "sjw", 24, 32, Repr::U32).json("sjw").object("bittiming").only("bitrate_const", &[ABSENT]).line(2).down();
    /// How many ticks of the clock a time quantum has.
    BRP: u32 = part(1, "brp", 28, 32, Repr::U32).json("brp").object("bittiming").only("bitrate_const", &[ABSENT]).line(2).readonly();
    /// What the controller can do of this.
    TIMING: Vec<u8> = timing(2, "timing").text("").object("bittiming_const").only("bitrate_const", &[ABSENT]).line(3).readonly();
    /// The bit rate again, where the controller has a list of them.
    BITTIMING_BITRATE: u32 = part(1, "bittiming_bitrate", 0, 32, Repr::U32).text("bitrate").only("bitrate_const", &[THERE]).line(4).echo();
    /// The bit rates that the controller can do, where it has a list of them.
    BITRATE_CONST: Vec<Value<'static>> = numbers(13, "bitrate_const", Repr::U32, true).line(5).readonly();
    /// Bits per second of the data of CAN FD; the controller may take what is close.
    DBITRATE: u32 = part(9, "dbitrate", 0, 32, Repr::U32).json("bitrate").object("data_bittiming").only("dbitrate_const", &[ABSENT]).line(6).down().rounded(Round::Near(10));
    /// Where within a bit its value is looked at, 0.001 to 0.999; chosen by the kernel unless said.
    DSAMPLE_POINT: u32 = part(9, "dsample_point", 4, 32, Repr::U32).text("dsample-point").json("sample_point").object("data_bittiming").only("dbitrate_const", &[ABSENT]).line(6).down().milli().max(999).rounded(Round::Near(50));
    /// Instead of dbitrate: the length of a time quantum, nanoseconds. The kernel reports both.
    DTQ: u32 = part(9, "dtq", 8, 32, Repr::U32).json("tq").object("data_bittiming").only("dbitrate_const", &[ABSENT]).line(7).down();
    /// Time quanta for the way there and back.
    DPROP_SEG: u32 = part(9, "dprop_seg", 12, 32, Repr::U32).text("dprop-seg").json("prop_seg").object("data_bittiming").only("dbitrate_const", &[ABSENT]).line(7).down();
    /// Time quanta before the sample point.
    DPHASE_SEG1: u32 = part(9, "dphase_seg1", 16, 32, Repr::U32).text("dphase-seg1").json("phase_seg1").object("data_bittiming").only("dbitrate_const", &[ABSENT]).line(7).down();
    /// Time quanta behind the sample point.
    DPHASE_SEG2: u32 = part(9, "dphase_seg2", 20, 32, Repr::U32).text("dphase-seg2").json("phase_seg2").object("data_bittiming").only("dbitrate_const", &[ABSENT]).line(7).down();
    /// By how many time quanta a bit may be stretched or cut to keep step.
    DSJW: u32 = part(9, "dsjw", 24, 32, Repr::U32).json("sjw").object("data_bittiming").only("dbitrate_const", &[ABSENT]).line(7).down();
    /// How many ticks of the clock a time quantum has.
    DBRP: u32 = part(9, "dbrp", 28, 32, Repr::U32).json("brp").object("data_bittiming").only("dbitrate_const", &[ABSENT]).line(7).readonly();
    /// Compensation for a slow transceiver: the delay, ticks of the clock. Wants tdc_manual.
    TDCV: u32 = u32(7, "tdcv").json("tdcv").grouped(&[16], "data_bittiming/tdc").only("dbitrate", &[THERE]).line(8).down().since(5, 16);
    /// Compensation for a slow transceiver: the offset of the second sample point, ticks of the clock.
    TDCO: u32 = u32(8, "tdco").json("tdco").grouped(&[16], "data_bittiming/tdc").only("dbitrate", &[THERE]).line(8).down().since(5, 16);
    /// Compensation for a slow transceiver: the smallest delay that counts, ticks of the clock.
    TDCF: u32 = u32(9, "tdcf").json("tdcf").grouped(&[16], "data_bittiming/tdc").only("dbitrate", &[THERE]).line(8).down().since(5, 16);
    /// What the controller can do of this.
    DTIMING: Vec<u8> = timing(10, "dtiming").text("d").object("data_bittiming_const").only("dbitrate_const", &[ABSENT]).line(9).readonly();
    /// Bounds of tdcv.
    TDCV_CONST: Vec<(u32, u32)> = span(1, "tdcv_const", 2).text("tdcv").json("tdcv").grouped(&[16], "data_bittiming_const/tdc").only("dtiming", &[THERE]).line(10).readonly().since(5, 16);
    /// Bounds of tdco.
    TDCO_CONST: Vec<(u32, u32)> = span(3, "tdco_const", 4).text("tdco").json("tdco").grouped(&[16], "data_bittiming_const/tdc").only("dtiming", &[THERE]).line(10).readonly().since(5, 16);
    /// Bounds of tdcf.
    TDCF_CONST: Vec<(u32, u32)> = span(5, "tdcf_const", 6).text("tdcf").json("tdcf").grouped(&[16], "data_bittiming_const/tdc").only("dtiming", &[THERE]).line(10).readonly().since(5, 16);
    /// The bit rate of data again, where the controller has a list of them.
    DATA_BITTIMING_BITRATE: u32 = part(9, "data_bittiming_bitrate", 0, 32, Repr::U32).text("dbitrate").only("dbitrate_const", &[THERE]).line(11).echo();
    /// The bit rates of data that the controller can do, where it has a list of them.
    DBITRATE_CONST: Vec<Value<'static>> = numbers(14, "dbitrate_const", Repr::U32, true).json("data_bitrate_const").line(12).readonly();
    /// Bits per second of the data of CAN XL; the controller may take what is close.
    XBITRATE: u32 = part(18, "xbitrate", 0, 32, Repr::U32).json("bitrate").object("xl_data_bittiming").only("xbitrate_const", &[ABSENT]).line(13).down().rounded(Round::Near(10)).since(6, 19);
    /// Where within a bit its value is looked at, 0.001 to 0.999; chosen by the kernel unless said.
    XSAMPLE_POINT: u32 = part(18, "xsample_point", 4, 32, Repr::U32).text("xsample-point").json("sample_point").object("xl_data_bittiming").only("xbitrate_const", &[ABSENT]).line(13).down().milli().max(999).rounded(Round::Near(50)).since(6, 19);
    /// Instead of xbitrate: the length of a time quantum, nanoseconds. The kernel reports both.
    XTQ: u32 = part(18, "xtq", 8, 32, Repr::U32).json("tq").object("xl_data_bittiming").only("xbitrate_const", &[ABSENT]).line(14).down().since(6, 19);
    /// Time quanta for the way there and back.
    XPROP_SEG: u32 = part(18, "xprop_seg", 12, 32, Repr::U32).text("xprop-seg").json("prop_seg").object("xl_data_bittiming").only("xbitrate_const", &[ABSENT]).line(14).down().since(6, 19);
    /// Time quanta before the sample point.
    XPHASE_SEG1: u32 = part(18, "xphase_seg1", 16, 32, Repr::U32).text("xphase-seg1").json("phase_seg1").object("xl_data_bittiming").only("xbitrate_const", &[ABSENT]).line(14).down().since(6, 19);
    /// Time quanta behind the sample point.
    XPHASE_SEG2: u32 = part(18, "xphase_seg2", 20, 32, Repr::U32).text("xphase-seg2").json("phase_seg2").object("xl_data_bittiming").only("xbitrate_const", &[ABSENT]).line(14).down().since(6, 19);
    /// By how many time quanta a bit may be stretched or cut to keep step.
    XSJW: u32 = part(18, "xsjw", 24, 32, Repr::U32).json("sjw").object("xl_data_bittiming").only("xbitrate_const", &[ABSENT]).line(14).down().since(6, 19);
    /// How many ticks of the clock a time quantum has.
    XBRP: u32 = part(18, "xbrp", 28, 32, Repr::U32).json("brp").object("xl_data_bittiming").only("xbitrate_const", &[ABSENT]).line(14).readonly().since(6, 19);
    /// Compensation for a slow transceiver: the delay, ticks of the clock. Wants xtdc_manual.
    XTDCV: u32 = u32(7, "xtdcv").json("tdcv").grouped(&[21], "xl_data_bittiming/xtdc").only("xbitrate", &[THERE]).line(15).down().since(6, 19);
    /// Compensation for a slow transceiver: the offset of the second sample point, ticks of the clock.
    XTDCO: u32 = u32(8, "xtdco").json("tdco").grouped(&[21], "xl_data_bittiming/xtdc").only("xbitrate", &[THERE]).line(15).down().since(6, 19);
    /// Compensation for a slow transceiver: the smallest delay that counts, ticks of the clock.
    XTDCF: u32 = u32(9, "xtdcf").json("tdcf").grouped(&[21], "xl_data_bittiming/xtdc").only("xbitrate", &[THERE]).line(15).down().since(6, 19);
    /// Pulse widths of the data of CAN XL: the short phase, ticks of the clock.
    PWMS: u32 = u32(7, "pwms").json(" pwms").grouped(&[22], "xl_data_bittiming/pwm").only("xbitrate", &[THERE]).line(16).down().since(6, 19);
    /// Pulse widths of the data of CAN XL: the long phase, ticks of the clock.
    PWML: u32 = u32(8, "pwml").json(" pwml").grouped(&[22], "xl_data_bittiming/pwm").only("xbitrate", &[THERE]).line(16).down().since(6, 19);
    /// Pulse widths of the data of CAN XL: the offset, ticks of the clock.
    PWMO: u32 = u32(9, "pwmo").json(" pwmo").grouped(&[22], "xl_data_bittiming/pwm").only("xbitrate", &[THERE]).line(16).down().since(6, 19);
    /// What the controller can do of this.
    XTIMING: Vec<u8> = timing(19, "xtiming").text("x").object("xl_data_bittiming_const").only("xbitrate_const", &[ABSENT]).line(17).readonly().since(6, 19);
    /// Bounds of xtdcv.
    XTDCV_CONST: Vec<(u32, u32)> = span(1, "xtdcv_const", 2).text("xtdcv").json("tdcv").grouped(&[21], "xl_data_bittiming_const/xtdc").only("xtiming", &[THERE]).line(18).readonly().since(6, 19);
    /// Bounds of xtdco.
    XTDCO_CONST: Vec<(u32, u32)> = span(3, "xtdco_const", 4).text("xtdco").json("tdco").grouped(&[21], "xl_data_bittiming_const/xtdc").only("xtiming", &[THERE]).line(18).readonly().since(6, 19);
    /// Bounds of xtdcf.
    XTDCF_CONST: Vec<(u32, u32)> = span(5, "xtdcf_const", 6).text("xtdcf").json("tdcf").grouped(&[21], "xl_data_bittiming_const/xtdc").only("xtiming", &[THERE]).line(18).readonly().since(6, 19);
    /// Bounds of pwms.
    PWMS_CONST: Vec<(u32, u32)> = span(1, "pwms_const", 2).text("pwms").json("pwms").grouped(&[22], "xl_data_bittiming_const/pwm").only("xtiming", &[THERE]).line(19).readonly().since(6, 19);
    /// Bounds of pwml.
    PWML_CONST: Vec<(u32, u32)> = span(3, "pwml_const", 4).text("pwml").json("pwml").grouped(&[22], "xl_data_bittiming_const/pwm").only("xtiming", &[THERE]).line(19).readonly().since(6, 19);
    /// Bounds of pwmo.
    PWMO_CONST: Vec<(u32, u32)> = span(5, "pwmo_const", 6).text("pwmo").json("pwmo").grouped(&[22], "xl_data_bittiming_const/pwm").only("xtiming", &[THERE]).line(19).readonly().since(6, 19);
    /// The bit rate of data again, where the controller has a list of them.
    XL_DATA_BITTIMING_BITRATE: u32 = part(18, "xl_data_bittiming_bitrate", 0, 32, Repr::U32).text("xbitrate").only("xbitrate_const", &[THERE]).line(20).echo();
    /// The bit rates of data that the controller can do, where it has a list of them.
    XBITRATE_CONST: Vec<Value<'static>> = numbers(20, "xbitrate_const", Repr::U32, true).json("xl_data_bitrate_const").line(21).readonly().since(6, 19);
    /// Resistance between the wires, ohms, of those in termination_const; 0 is none.
    TERMINATION: u16 = u16(11, "termination").only("termination_const", &[THERE]).line(22);
    /// The resistances that there are.
    TERMINATION_CONST: Vec<Value<'static>> = numbers(12, "termination_const", Repr::U16, false).only("termination", &[THERE]).line(22).readonly();
    /// The controller's clock, ticks per second.
    CLOCK: u32 = u32(3, "clock").line(23).end(" ").readonly();
    /// The highest bit rate that the transceiver can do.
    BITRATE_MAX: u32 = u32(15, "bitrate_max").readonly().ours();
}

/// The words of iproute2.
const WORDS: &[iproute::Word] = &[
    word("~bitrate", "bitrate").wrong("invalid \"bitrate\" value"),
    word("~sample-point", "sample_point").wrong("invalid \"sample-point\" value").odd(),
    word("~tq", "tq").wrong("invalid \"tq\" value"),
    word("~prop-seg", "prop_seg").wrong("invalid \"prop-seg\" value"),
    word("~phase-seg1", "phase_seg1").wrong("invalid \"phase-seg1\" value"),
    word("~phase-seg2", "phase_seg2").wrong("invalid \"phase-seg2\" value"),
    word("~sjw", "sjw").wrong("invalid \"sjw\" value"),
    word("~dbitrate", "dbitrate").wrong("invalid \"dbitrate\" value"),
    word("~dsample-point", "dsample_point").wrong("invalid \"dsample-point\" value").odd(),
    word("~dtq", "dtq").wrong("invalid \"dtq\" value"),
    word("~dprop-seg", "dprop_seg").wrong("invalid \"dprop-seg\" value"),
    word("~dphase-seg1", "dphase_seg1").wrong("invalid \"dphase-seg1\" value"),
    word("~dphase-seg2", "dphase_seg2").wrong("invalid \"dphase-seg2\" value"),
    word("~dsjw", "dsjw").wrong("invalid \"dsjw\" value"),
    word("~tdcv", "tdcv").wrong("invalid \"tdcv\" value"),
    word("~tdco", "tdco").wrong("invalid \"tdco\" value"),
    word("~tdcf", "tdcf").wrong("invalid \"tdcf\" value"),
    word("=xbitrate", "xbitrate").wrong("invalid \"xbitrate\" value"),
    word("=xsample-point", "xsample_point").wrong("invalid \"xsample-point\" value").odd(),
    word("=xtq", "xtq").wrong("invalid \"xtq\" value"),
    word("=xprop-seg", "xprop_seg").wrong("invalid \"xprop-seg\" value"),
    word("=xphase-seg1", "xphase_seg1").wrong("invalid \"xphase-seg1\" value"),
    word("=xphase-seg2", "xphase_seg2").wrong("invalid \"xphase-seg2\" value"),
    word("=xsjw", "xsjw").wrong("invalid \"xsjw\" value"),
    word("=xtdcv", "xtdcv").wrong("invalid \"xtdcv\" value"),
    word("=xtdco", "xtdco").wrong("invalid \"xtdco\" value"),
    word("=xtdcf", "xtdcf").wrong("invalid \"xtdcf\" value"),
    word("=pwms", "pwms").wrong("invalid \"pwms\" value"),
    word("=pwml", "pwml").wrong("invalid \"pwml\" value"),
    word("=pwmo", "pwmo").wrong("invalid \"pwmo\" value"),
    word("~loopback", "loopback").else_says(Wrong::OnOrOff(255)),
    word("~listen-only", "listen_only").else_says(Wrong::OnOrOff(255)),
    word("~triple-sampling", "triple_sampling").else_says(Wrong::OnOrOff(255)),
    word("~one-shot", "one_shot").else_says(Wrong::OnOrOff(255)),
    word("~berr-reporting", "berr_reporting").else_says(Wrong::OnOrOff(255)),
    word("~fd", "fd").else_says(Wrong::OnOrOff(255)),
    word("~fd-non-iso", "fd_non_iso").else_says(Wrong::OnOrOff(255)),
    word("~presume-ack", "presume_ack").else_says(Wrong::OnOrOff(255)),
    word("~cc-len8-dlc", "cc_len8_dlc").else_says(Wrong::OnOrOff(255)),
    own("~tdc-mode").wrong("\"tdc-mode\" must be either of \"auto\", \"manual\" or \"off\""),
    word("=restricted", "restricted").else_says(Wrong::OnOrOff(255)),
    word("=xl", "xl").else_says(Wrong::OnOrOff(255)),
    own("=xtdc-mode").wrong("\"xtdc-mode\" must be either of \"auto\", \"manual\" or \"off\""),
    word("=tms", "tms").else_says(Wrong::OnOrOff(255)),
    word("~restart", "restart").means(1),
    word("~restart-ms", "restart_ms").wrong("invalid \"restart-ms\" value"),
    word("~termination", "termination").wrong("invalid \"termination\" value"),
];

/// All that is known of the kind.
pub static KIND: Kind = Kind {
    name: "can",
    doc: "A CAN controller",
    fields: &FIELDS,
    rules: &[
        Rule::Excludes("tq", "bitrate"),
        Rule::Excludes("prop_seg", "bitrate"),
        Rule::Excludes("phase_seg1", "bitrate"),
        Rule::Excludes("phase_seg2", "bitrate"),
        Rule::Needs("sample_point", "bitrate"),
        Rule::Needs("prop_seg", "tq"),
        Rule::Needs("phase_seg1", "tq"),
        Rule::Needs("phase_seg2", "tq"),
        Rule::Excludes("dtq", "dbitrate"),
        Rule::Excludes("dprop_seg", "dbitrate"),
        Rule::Excludes("dphase_seg1", "dbitrate"),
        Rule::Excludes("dphase_seg2", "dbitrate"),
        Rule::Needs("dsample_point", "dbitrate"),
        Rule::Needs("dprop_seg", "dtq"),
        Rule::Needs("dphase_seg1", "dtq"),
        Rule::Needs("dphase_seg2", "dtq"),
        Rule::Excludes("xtq", "xbitrate"),
        Rule::Excludes("xprop_seg", "xbitrate"),
        Rule::Excludes("xphase_seg1", "xbitrate"),
        Rule::Excludes("xphase_seg2", "xbitrate"),
        Rule::Needs("xsample_point", "xbitrate"),
        Rule::Needs("xprop_seg", "xtq"),
        Rule::Needs("xphase_seg1", "xtq"),
        Rule::Needs("xphase_seg2", "xtq"),
        Rule::Excludes("tdc_auto", "tdc_manual"),
        Rule::Excludes("xtdc_auto", "xtdc_manual"),
        Rule::Needs("dbitrate", "fd"),
        Rule::Needs("xbitrate", "xl"),
    ],
    examples: &[
        Example {
            words: "bitrate 500000 sample_point 0.875",
            #[rustfmt::skip]
            wire: &[
                36, 0, 1, 0, 0x20, 0xa1, 7, 0, 0x6b, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            ],
        },
        Example {
            words: "one_shot on loopback off restart_ms 100",
            wire: &[12, 0, 5, 0, 9, 0, 0, 0, 8, 0, 0, 0, 8, 0, 6, 0, 100, 0, 0, 0],
        },
    ],
    uapi: &["IFLA_CAN_", "IFLA_CAN_TDC_", "IFLA_CAN_PWM_"],
    module: "can-dev",
    config: "CONFIG_CAN_DEV",
    frames: false,
    made_by: Some("the driver of the controller does"),
    counters: COUNTERS,
    iproute: Grammar::new(WORDS).unknown(Unknown::Says("can: unknown option \"{word}\"")),
    ..Kind::DEFAULT
};
const _: () = KIND.check();

/// `struct can_device_stats`
const COUNTERS: &[Counter] = &[
    Counter { at: 20, head: "re-started", json: "restarts" },
    Counter { at: 0, head: "bus-errors", json: "bus_error" },
    Counter { at: 16, head: "arbit-lost", json: "arbitration_lost" },
    Counter { at: 4, head: "error-warn", json: "error_warning" },
    Counter { at: 8, head: "error-pass", json: "error_passive" },
    Counter { at: 12, head: "bus-off", json: "bus_off" },
];
