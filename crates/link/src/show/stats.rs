//! A link's counters, in columns and as JSON.

use std::fmt::Write;

use linkctl_schema::out::Out;

use super::Options;
use super::human::{Human, Number};
use crate::stats::Counter::{
    Collisions, Multicast, RxBytes, RxCompressed, RxCrcErrors, RxDropped, RxErrors, RxFifoErrors,
    RxFrameErrors, RxLengthErrors, RxMissedErrors, RxNohandler, RxOtherhostDropped, RxOverErrors, RxPackets,
    TxAbortedErrors, TxBytes, TxCarrierErrors, TxCompressed, TxDropped, TxErrors, TxFifoErrors,
    TxHeartbeatErrors, TxPackets, TxWindowErrors,
};
use crate::stats::{Counter, Stats};

/// The least width of each column: that of its longest heading.
const WIDTHS: [usize; 8] = [10, 7, 6, 7, 7, 7, 10, 9];

/// The rows of one direction: what is counted, what went wrong.
const RX: [&[Counter]; 2] = [
    &[RxBytes, RxPackets, RxErrors, RxDropped, RxMissedErrors, Multicast, RxCompressed],
    &[
        RxLengthErrors,
        RxCrcErrors,
        RxFrameErrors,
        RxFifoErrors,
        RxOverErrors,
        RxNohandler,
        RxOtherhostDropped,
    ],
];
const TX: [&[Counter]; 2] = [
    &[TxBytes, TxPackets, TxErrors, TxDropped, TxCarrierErrors, Collisions, TxCompressed],
    &[TxAbortedErrors, TxFifoErrors, TxWindowErrors, TxHeartbeatErrors],
];

pub(super) fn digits(n: u64) -> usize {
    n.checked_ilog10().unwrap_or(0) as usize + 1
}

/// Columns wide enough for every number that is shown.
fn widths(stats: &Stats, errors: bool, human: Human) -> [usize; 8] {
    let mut out = WIDTHS;
    if human != Human::Exact {
        return out;
    }
    let mut widen = |column: usize, n: u64| {
        if let Some(width) = out.get_mut(column) {
            *width = (*width).max(digits(n));
        }
    };
    for rows in [RX, TX] {
        rows[0].iter().enumerate().for_each(|(i, c)| widen(i, stats.get(*c)));
    }
    if errors {
        // Those of sending widen the columns beside theirs, and changes of the carrier none: as iproute2 has it.
        for (rows, first) in [(RX, 1), (TX, 2)] {
            rows[1].iter().zip(first..).for_each(|(c, i)| widen(i, stats.get(*c)));
        }
    }
    out
}

/// Writes the lines, a newline before each.
pub fn text(stats: &Stats, changes: Option<u32>, options: Options, out: &mut String) {
    let (errors, newline, human) = (options.stats > 1, options.newline(), options.human);
    let w = widths(stats, errors, human);
    let rx = ["RX", "bytes", "packets", "errors", "dropped", "missed", "mcast"];
    counted(stats, rx, RX[0], w, options, out);
    if errors {
        let _ = write!(out, "{newline}    RX errors:{:1$}", "", w[0] - 10);
        for (i, heading) in ["length", "crc", "frame", "fifo", "overrun"].iter().enumerate() {
            let _ = write!(out, " {heading:>0$}", w[i + 1]);
        }
        let (nohandler, otherhost) = (stats.get(RxNohandler), stats.get(RxOtherhostDropped));
        if nohandler > 0 {
            let _ = write!(out, " {:>1$}", "nohandler", w[6]);
        }
        if otherhost > 0 {
            let _ = write!(out, " {:>1$}", "otherhost", w[7]);
        }
        let _ = write!(out, "{newline}    {:1$} ", "", w[0]);
        for (i, c) in RX[1].iter().enumerate().filter(|(i, c)| *i < 5 || stats.get(**c) > 0) {
            let _ = write!(out, "{:>1$} ", Number(stats.get(*c), human), w[i + 1]);
        }
    }
    let tx = ["TX", "bytes", "packets", "errors", "dropped", "carrier", "collsns"];
    counted(stats, tx, TX[0], w, options, out);
    if errors {
        let _ = write!(out, "{newline}    TX errors:{:1$}", "", w[0] - 10);
        for (i, heading) in ["aborted", "fifo", "window", "heartbt"].iter().enumerate() {
            let _ = write!(out, " {heading:>0$}", w[i + 1]);
        }
        let _ = write!(out, " {:>1$}", if changes.is_some() { "transns" } else { "" }, w[5]);
        let _ = write!(out, "{newline}    {:1$} ", "", w[0]);
        for (i, c) in TX[1].iter().enumerate() {
            let _ = write!(out, "{:>1$} ", Number(stats.get(*c), human), w[i + 1]);
        }
        if let Some(changes) = changes {
            let _ = write!(out, "{:>1$} ", Number(changes.into(), human), w[5]);
        }
    }
}

/// Headings and numbers of what is counted.
fn counted(
    stats: &Stats,
    headings: [&str; 7],
    row: &[Counter],
    w: [usize; 8],
    options: Options,
    out: &mut String,
) {
    let newline = options.newline();
    let [direction, first, rest @ ..] = headings;
    let _ = write!(out, "{newline}    {direction}: {first:>0$}", w[0] - 4);
    for (i, heading) in rest.iter().enumerate() {
        let _ = write!(out, " {heading:>0$}", w[i + 1]);
    }
    let compressed = row.last().map_or(0, |c| stats.get(*c));
    let _ = write!(out, " {:>1$}", if compressed > 0 { "compressed" } else { "" }, w[6]);
    let _ = write!(out, "{newline}    ");
    for (i, c) in row.iter().enumerate().filter(|(i, _)| *i < 6 || compressed > 0) {
        let _ = write!(out, "{:>1$} ", Number(stats.get(*c), options.human), w[i]);
    }
}

/// Members of `rx` and `tx`: key, counter, only with errors, only where it is not zero.
type Member = (&'static str, Counter, bool, bool);

const RX_JSON: &[Member] = &[
    ("bytes", RxBytes, false, false),
    ("packets", RxPackets, false, false),
    ("errors", RxErrors, false, false),
    ("dropped", RxDropped, false, false),
    ("over_errors", RxOverErrors, false, false),
    ("multicast", Multicast, false, false),
    ("compressed", RxCompressed, false, true),
    ("length_errors", RxLengthErrors, true, false),
    ("crc_errors", RxCrcErrors, true, false),
    ("frame_errors", RxFrameErrors, true, false),
    ("fifo_errors", RxFifoErrors, true, false),
    ("missed_errors", RxMissedErrors, true, false),
    ("nohandler", RxNohandler, true, true),
    ("otherhost", RxOtherhostDropped, true, true),
];

const TX_JSON: &[Member] = &[
    ("bytes", TxBytes, false, false),
    ("packets", TxPackets, false, false),
    ("errors", TxErrors, false, false),
    ("dropped", TxDropped, false, false),
    ("carrier_errors", TxCarrierErrors, false, false),
    ("collisions", Collisions, false, false),
    ("compressed", TxCompressed, false, true),
    ("aborted_errors", TxAbortedErrors, true, false),
    ("fifo_errors", TxFifoErrors, true, false),
    ("window_errors", TxWindowErrors, true, false),
    ("heartbeat_errors", TxHeartbeatErrors, true, false),
];

/// Writes the member `stats64`.
pub fn json(stats: &Stats, changes: Option<u32>, errors: bool, out: &mut Out) {
    out.key(if stats.wide { "stats64" } else { "stats" });
    out.object();
    for (direction, members) in [("rx", RX_JSON), ("tx", TX_JSON)] {
        out.key(direction);
        out.object();
        for (key, counter, late, rare) in members {
            let n = stats.get(*counter);
            if (errors || !late) && (n > 0 || !rare) {
                out.key(key);
                out.plain(n);
            }
        }
        if let (true, "tx", Some(changes)) = (errors, direction, changes) {
            out.key("carrier_changes");
            out.plain(changes);
        }
        out.end();
    }
    out.end();
}
