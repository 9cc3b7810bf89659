//! Counters of an address family at a link: `ip link afstats`. Only MPLS has any.

use std::fmt::Write;

use linkctl_schema::codec::decode;
use linkctl_schema::out::Out;
use linkctl_wire::{Attrs, number};

use super::human::{Human, Number};
use super::stats::digits;
use super::{Hue, Near, Options};
use crate::numbers::{IF_STATS_MSG, IFLA_STATS_AF_SPEC};

/// The bit to ask for in an `RTM_GETSTATS`.
pub const MASK: u32 = 1 << (IFLA_STATS_AF_SPEC - 1);
/// `AF_MPLS`, as a nest of `IFLA_STATS_AF_SPEC`.
const MPLS: u16 = 28;
/// `MPLS_STATS_LINK`.
const LINK: u16 = 1;
/// Columns: heading and JSON key, least width, where the counters are in `struct mpls_link_stats`.
const COLUMNS: [(&str, usize, usize, Option<usize>); 5] = [
    ("bytes", 9, 2, Some(3)),
    ("packets", 7, 0, Some(1)),
    ("errors", 6, 4, Some(5)),
    ("dropped", 7, 6, Some(7)),
    ("noroute", 7, 8, None),
];

/// What the payload of an `RTM_NEWSTATS` tells: the link's index, and counters of MPLS.
fn read(payload: &[u8]) -> Option<(u32, Option<[u64; 9]>)> {
    let index = number::u32(payload.get(4..8)?)?;
    let families =
        Attrs::new(payload.get(IF_STATS_MSG..)?).find(IFLA_STATS_AF_SPEC).filter(|f| !f.is_empty())?;
    let mpls = Attrs::new(families).find(MPLS).and_then(|m| Attrs::new(m).find(LINK));
    Some((
        index,
        mpls.map(|bytes| {
            let mut out = [0; 9];
            for (value, chunk) in out.iter_mut().zip(bytes.chunks_exact(8)) {
                *value = number::u64(chunk).unwrap_or(0);
            }
            out
        }),
    ))
}

/// Writes what the payload of an `RTM_NEWSTATS` tells; nothing where it is of no family. Of the options count
/// `oneline`, `human`, `paint`.
pub fn text(payload: &[u8], near: &dyn Near, options: Options, out: &mut String) {
    let Some((index, counters)) = read(payload) else { return };
    let newline = options.newline();
    let _ = write!(out, "{index}:");
    options.paint.around(Hue::Name, out, |out| _ = write!(out, "{}", decode::name(near, index)));
    out.push(newline);
    let Some(counters) = counters else { return };
    let width = |(_, least, rx, tx): (&str, usize, usize, Option<usize>)| match options.human {
        Human::Exact => least.max(digits(counters[rx])).max(tx.map_or(0, |tx| digits(counters[tx]))),
        _ => least,
    };
    let _ = write!(out, "    mpls:{newline}");
    for (title, of) in [("RX", 0), ("TX", 1)] {
        let row = || COLUMNS.iter().filter_map(|c| Some((c.0, width(*c), if of == 0 { c.2 } else { c.3? })));
        let _ = write!(out, "        {title}:");
        for (i, (heading, width, _)) in row().enumerate() {
            // The first one's width is that of the title, too.
            let _ = write!(out, " {heading:>0$}", if i == 0 { width - 4 } else { width });
        }
        let _ = write!(out, "{newline}        ");
        for (_, width, at) in row() {
            let _ = write!(out, "{:>width$} ", Number(counters[at], options.human));
        }
        out.push(if of == 0 { newline } else { '\n' });
    }
}

/// Writes the same as an item of the array that is open. iproute2 leaves out the braces, which makes it no JSON; the
/// members are its.
pub fn json(payload: &[u8], near: &dyn Near, out: &mut Out) {
    let Some((index, counters)) = read(payload) else { return };
    out.object();
    out.key("ifindex");
    out.plain(index);
    out.key("ifname");
    out.bytes(decode::name(near, index).as_bytes());
    if let Some(counters) = counters {
        for (title, of) in [("rx", 0), ("tx", 1)] {
            out.key(title);
            out.object();
            for (key, _, rx, tx) in COLUMNS {
                if let Some(at) = if of == 0 { Some(rx) } else { tx } {
                    out.key(key);
                    out.plain(counters[at]);
                }
            }
            out.end();
        }
    }
    out.end();
}
