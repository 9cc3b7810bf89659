//! Counters of a kind of link or of its ports: `ip link xstats type bridge`.

use std::fmt::Write;

use linkctl_schema::codec::decode;
use linkctl_schema::out::Out;
use linkctl_wire::{Attrs, number};

use super::Near;
use crate::numbers::{IF_STATS_MSG, IFLA_STATS_LINK_XSTATS, IFLA_STATS_LINK_XSTATS_SLAVE};

/// A kind that has such counters.
#[derive(Debug)]
pub struct Kind {
    /// The words for it and for its ports, behind `type`.
    pub words: [&'static str; 2],
    /// `LINK_XSTATS_TYPE_*`, its nest.
    nest: u16,
    /// What it counts, and the words that ask for a part of that alone.
    pub parts: &'static [Part],
}

/// Counters that belong together.
#[derive(Debug)]
pub struct Part {
    /// Words for it behind the kind's.
    pub words: &'static [&'static str],
    /// The number of its attribute.
    attr: u16,
    json: &'static str,
    how: How,
}

/// How counters lie and are shown.
#[derive(Debug)]
enum How {
    /// A struct of counters in lines.
    Lines(&'static [Line]),
    /// A nest of counters, each on a line of its own: title and key, by attribute from 0.
    Each(&'static [(&'static str, &'static str)]),
}

/// Counters of a struct: what stands before each in text, its key, its place.
type Cell = (&'static str, &'static str, usize);

/// What is shown of a struct: the title, the group's key where they are one in JSON, and the rows of text.
#[derive(Debug)]
struct Line {
    title: &'static str,
    group: Option<&'static str>,
    /// Each row but the first of a line alone begins on a line of its own.
    rows: &'static [(&'static str, &'static [Cell])],
}

/// What stands before each line.
const INDENT: &str = "                    ";

const fn line(
    title: &'static str,
    group: Option<&'static str>,
    rows: &'static [(&'static str, &'static [Cell])],
) -> Line {
    Line { title, group, rows }
}

/// `struct br_mcast_stats` (`linux/if_bridge.h`).
const MULTICAST: &[Line] = &[
    line(
        "IGMP queries:",
        Some("igmp_queries"),
        &[
            ("  RX:", &[("v1", "rx_v1", 0), ("v2", "rx_v2", 2), ("v3", "rx_v3", 4)]),
            ("  TX:", &[("v1", "tx_v1", 1), ("v2", "tx_v2", 3), ("v3", "tx_v3", 5)]),
        ],
    ),
    line(
        "IGMP reports:",
        Some("igmp_reports"),
        &[
            ("  RX:", &[("v1", "rx_v1", 8), ("v2", "rx_v2", 10), ("v3", "rx_v3", 12)]),
            ("  TX:", &[("v1", "tx_v1", 9), ("v2", "tx_v2", 11), ("v3", "tx_v3", 13)]),
        ],
    ),
    line("IGMP leaves:", Some("igmp_leaves"), &[("", &[("RX:", "rx", 6), ("TX:", "tx", 7)])]),
    line("IGMP parse errors:", None, &[("", &[("", "igmp_parse_errors", 14)])]),
    line(
        "MLD queries:",
        Some("mld_queries"),
        &[
            ("  RX:", &[("v1", "rx_v1", 15), ("v2", "rx_v2", 17)]),
            ("  TX:", &[("v1", "tx_v1", 16), ("v2", "tx_v2", 18)]),
        ],
    ),
    line(
        "MLD reports:",
        Some("mld_reports"),
        &[
            ("  RX:", &[("v1", "rx_v1", 21), ("v2", "rx_v2", 23)]),
            ("  TX:", &[("v1", "tx_v1", 22), ("v2", "tx_v2", 24)]),
        ],
    ),
    line("MLD leaves:", Some("mld_leaves"), &[("", &[("RX:", "rx", 19), ("TX:", "tx", 20)])]),
    line("MLD parse errors:", None, &[("", &[("", "mld_parse_errors", 25)])]),
];

/// `struct bridge_stp_xstats` (`linux/if_bridge.h`).
const STP: &[Line] = &[
    line("STP BPDU: ", None, &[("", &[("RX:", "rx_bpdu", 2), ("TX:", "tx_bpdu", 3)])]),
    line("STP TCN:  ", None, &[("", &[("RX:", "rx_tcn", 4), ("TX:", "tx_tcn", 5)])]),
    line(
        "STP Transitions:",
        None,
        &[("", &[("Blocked:", "transition_blk", 0), ("Forwarding:", "transition_fwd", 1)])],
    ),
];

/// `BOND_3AD_STAT_*` (`linux/if_bonding.h`).
const LACP: &[(&str, &str)] = &[
    ("LACPDU Rx", "lacpdu_rx"),
    ("LACPDU Tx", "lacpdu_tx"),
    ("LACPDU Unknown type Rx", "lacpdu_unknown_rx"),
    ("LACPDU Illegal Rx", "lacpdu_illegal_rx"),
    ("Marker Rx", "marker_rx"),
    ("Marker Tx", "marker_tx"),
    ("Marker response Rx", "marker_response_rx"),
    ("Marker response Tx", "marker_response_tx"),
    ("Marker unknown type Rx", "marker_unknown_rx"),
];

/// The kinds.
pub const KINDS: &[Kind] = &[
    Kind {
        words: ["bridge", "bridge_slave"],
        nest: 1,
        parts: &[
            Part { words: &["igmp", "mcast"], attr: 2, json: "multicast", how: How::Lines(MULTICAST) },
            Part { words: &["stp"], attr: 4, json: "stp", how: How::Lines(STP) },
        ],
    },
    Kind {
        words: ["bond", "bond_slave"],
        nest: 2,
        parts: &[Part { words: &["lacp", "802.3ad"], attr: 1, json: "802.3ad", how: How::Each(LACP) }],
    },
];

impl Kind {
    /// The kind of a word behind `type`, and whether its ports are meant.
    pub fn find(word: &str) -> Option<(&'static Self, bool)> {
        KINDS.iter().find_map(|k| k.words.iter().position(|w| *w == word).map(|at| (k, at == 1)))
    }

    /// The part of a word.
    pub fn part(&self, word: &str) -> Option<&'static Part> {
        self.parts.iter().find(|p| p.words.contains(&word))
    }

    /// The bit to ask for in an `RTM_GETSTATS`: `IFLA_STATS_LINK_XSTATS` or that of ports.
    pub fn mask(ports: bool) -> u32 {
        1 << (if ports { IFLA_STATS_LINK_XSTATS_SLAVE } else { IFLA_STATS_LINK_XSTATS } - 1)
    }

    /// The link's index in the payload of an `RTM_NEWSTATS`, and the parts that it tells of, as it orders them.
    fn read<'a>(
        &'static self,
        payload: &'a [u8],
    ) -> Option<(u32, impl Iterator<Item = (&'static Part, &'a [u8])>)> {
        let index = number::u32(payload.get(4..8)?)?;
        let attrs = Attrs::new(payload.get(IF_STATS_MSG..)?);
        let nest = attrs
            .clone()
            .find(IFLA_STATS_LINK_XSTATS)
            .or_else(|| attrs.find(IFLA_STATS_LINK_XSTATS_SLAVE))
            .and_then(|x| Attrs::new(x).find(self.nest))?;
        let items = Attrs::new(nest).map_while(Result::ok);
        Some((index, items.filter_map(|a| Some((self.parts.iter().find(|p| p.attr == a.kind)?, a.data)))))
    }
}

fn wanted(part: &Part, only: Option<&Part>) -> bool {
    only.is_none_or(|o| o.attr == part.attr)
}

fn counter(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at * 8..at * 8 + 8).and_then(number::u64).unwrap_or(0)
}

/// Writes what the payload of an `RTM_NEWSTATS` tells of a kind, or of one part of that; nothing where it tells none.
pub fn text(payload: &[u8], near: &dyn Near, kind: &'static Kind, only: Option<&Part>, out: &mut String) {
    let Some((index, parts)) = kind.read(payload) else { return };
    let _ = writeln!(out, "{:<16}", decode::name(near, index));
    for (part, bytes) in parts.filter(|(p, _)| wanted(p, only)) {
        match part.how {
            How::Lines(lines) => lines.iter().for_each(|line| {
                let _ = write!(out, "{INDENT}{}", line.title);
                for (title, cells) in line.rows {
                    if !title.is_empty() {
                        let _ = write!(out, "\n{INDENT}{title}");
                    }
                    for (before, _, at) in *cells {
                        let space = if before.is_empty() { "" } else { " " };
                        let _ = write!(out, "{space}{before} {}", counter(bytes, *at));
                    }
                }
                out.push('\n');
            }),
            How::Each(list) => list.iter().zip(0..).for_each(|((title, _), attr)| {
                if let Some(n) = Attrs::new(bytes).find(attr).and_then(number::u64) {
                    let _ = writeln!(out, "{INDENT}{title} {n}");
                }
            }),
        }
    }
}

/// Writes the same as an item of the array that is open.
pub fn json(payload: &[u8], near: &dyn Near, kind: &'static Kind, only: Option<&Part>, out: &mut Out) {
    let Some((index, parts)) = kind.read(payload) else { return };
    out.object();
    out.key("ifname");
    out.bytes(decode::name(near, index).as_bytes());
    for (part, bytes) in parts.filter(|(p, _)| wanted(p, only)) {
        out.key(part.json);
        out.object();
        match part.how {
            How::Lines(lines) => lines.iter().for_each(|line| {
                if let Some(group) = line.group {
                    out.key(group);
                    out.object();
                }
                for (_, key, at) in line.rows.iter().flat_map(|(_, cells)| *cells) {
                    out.key(key);
                    out.plain(counter(bytes, *at));
                }
                if line.group.is_some() {
                    out.end();
                }
            }),
            How::Each(list) => list.iter().zip(0..).for_each(|((_, key), attr)| {
                if let Some(n) = Attrs::new(bytes).find(attr).and_then(number::u64) {
                    out.key(key);
                    out.plain(n);
                }
            }),
        }
        out.end();
    }
    out.end();
}
