//! Virtual functions and their settings (`IFLA_VFINFO_LIST`).

use std::fmt::Write;

use linkctl_kinds::link as base;
use linkctl_schema::codec::View;
use linkctl_schema::out::Out;
use linkctl_wire::{Attrs, number};

use super::human::Number;
use super::{Form, Hue, Options, flags, json, text};
use crate::numbers::vf::{
    BROADCAST, LINK_STATE, MAC, NODE_GUID, PORT_GUID, RATE, RSS_QUERY, SPOOFCHK, STATS, TRUST, TX_RATE, VLAN,
    VLAN_LIST,
};
use crate::numbers::{ETH_P_8021AD, ETH_P_8021Q};
use crate::snapshot::Seen;

/// `IFLA_VF_STATS_*`: the columns of text and the members of JSON, with headings, keys and widths.
type Column = (u16, &'static str, &'static str, usize);
const RX: [Column; 5] = [
    (2, "bytes", "bytes", 10),
    (0, "  packets", "packets", 8),
    (5, "  mcast", "multicast", 7),
    (4, "   bcast", "broadcast", 7),
    (RX_DROPPED, "   dropped", "dropped", 8),
];
const TX: [Column; 3] = [
    (3, "bytes", "tx_bytes", 10),
    (1, "  packets", "tx_packets", 8),
    (TX_DROPPED, "   dropped", "dropped", 8),
];
const RX_DROPPED: u16 = 7;
const TX_DROPPED: u16 = 8;

/// One virtual function.
struct Vf<'a> {
    view: View<'a>,
    iftype: u16,
    peer: bool,
}

/// One VLAN that it is in.
#[derive(Clone, Copy)]
struct Vlan {
    id: u32,
    qos: u32,
    protocol: u16,
}

/// Whether these options want functions told of.
pub(super) fn told(options: Options) -> bool {
    options.form == Form::Link || options.details > 0
}

/// The functions that the message lists; `None` where it lists none at all.
fn list<'a>(seen: &Seen<'a>) -> Option<impl Iterator<Item = Vf<'a>> + use<'a>> {
    seen.base.attr(base::NUM_VF.0.attr)?;
    let list = seen.base.attr(base::VFINFO_LIST.0.attr)?;
    let (iftype, peer) = (seen.iftype, seen.flags() & flags::POINTOPOINT != 0);
    Some(Attrs::new(list).map_while(Result::ok).map(move |a| Vf { view: View::new(a.data), iftype, peer }))
}

/// Whether functions are told of, and the list lacks some: the kernel's messages have room for about 150.
pub fn truncated(seen: &Seen<'_>, options: Options) -> bool {
    if !told(options) {
        return false;
    }
    let said = seen.base.attr(base::NUM_VF.0.attr).and_then(number::u32).unwrap_or(0);
    list(seen).is_some_and(|list| list.count() as u64 != u64::from(said))
}

impl<'a> Vf<'a> {
    /// A word of one of the structs.
    fn word(&self, attr: u16, at: usize) -> Option<u32> {
        number::u32(self.view.attr(attr)?.get(at * 4..at * 4 + 4)?)
    }

    /// A switch; the kernel says -1 where the hardware has none.
    fn switch(&self, attr: u16) -> Option<bool> {
        self.word(attr, 1).filter(|v| *v != u32::MAX).map(|v| v != 0)
    }

    /// As long as the link's type has its addresses.
    fn address(&self, attr: u16, skip: usize) -> Option<&'a [u8]> {
        let bytes = self.view.attr(attr)?.get(skip..)?;
        Some(bytes.get(..if self.iftype == 1 { 6 } else { 20 }).unwrap_or(bytes))
    }

    fn vlans(&self) -> Option<impl Iterator<Item = Vlan> + use<'a>> {
        let half = |d: &[u8], at: usize| d.get(at..at + 4).and_then(number::u32).unwrap_or(0);
        let items = Attrs::new(self.view.attr(VLAN_LIST)?).map_while(Result::ok);
        Some(items.map(move |a| Vlan {
            id: half(a.data, 4),
            qos: half(a.data, 8),
            protocol: a.data.get(12..14).and_then(number::be16).unwrap_or(0),
        }))
    }

    /// The one VLAN of kernels that list none.
    fn vlan(&self) -> Option<Vlan> {
        Some(Vlan { id: self.word(VLAN, 1)?, qos: self.word(VLAN, 2)?, protocol: 0 })
    }

    fn guid(&self, attr: u16) -> Option<[u8; 8]> {
        number::u64(self.view.attr(attr)?.get(8..16)?).map(u64::to_be_bytes)
    }

    fn link_state(&self) -> Option<&'static str> {
        self.word(LINK_STATE, 1).map(|state| match state {
            0 => "auto",
            1 => "enable",
            _ => "disable",
        })
    }

    fn stats(&self) -> Option<View<'a>> {
        self.view.attr(STATS).map(View::new)
    }
}

impl Vlan {
    /// The protocol, where it is said.
    fn protocol(self, options: Options) -> Option<String> {
        match self.protocol {
            0 | ETH_P_8021Q => None,
            ETH_P_8021AD if !options.numeric => Some("802.1ad".into()),
            n => Some(format!("[{n}]")),
        }
    }
}

fn count(stats: &View<'_>, attr: u16) -> u64 {
    stats.attr(attr).and_then(number::u64).unwrap_or(0)
}

/// Columns that are there: kernels before 4.17 do not count what was dropped.
fn columns<'c>(stats: &View<'_>, columns: &'c [Column]) -> impl Iterator<Item = &'c Column> {
    let (rx, tx) = (stats.attr(RX_DROPPED).is_some(), stats.attr(TX_DROPPED).is_some());
    columns.iter().filter(move |c| match c.0 {
        RX_DROPPED => rx,
        TX_DROPPED => tx,
        _ => true,
    })
}

/// Writes a line for each, and lines of its counters.
pub(super) fn text(seen: &Seen<'_>, options: Options, out: &mut String) {
    let Some(list) = list(seen) else { return };
    for vf in list {
        line(&vf, options, out);
        if let (true, Some(stats)) = (options.stats > 0, vf.stats()) {
            for (title, row) in [("RX", &RX[..]), ("TX", &TX[..])] {
                let _ = write!(out, "{}    {title}: ", options.newline());
                for (_, heading, ..) in columns(&stats, row) {
                    out.push_str(heading);
                }
                let _ = write!(out, " {}    ", options.newline());
                for (attr, _, _, width) in columns(&stats, row) {
                    let _ = write!(out, "{:>width$} ", Number(count(&stats, *attr), options.human));
                }
            }
        }
    }
}

fn line(vf: &Vf<'_>, options: Options, out: &mut String) {
    let _ = write!(out, "{}    vf {}     ", options.newline(), vf.word(MAC, 0).unwrap_or(0));
    text::layer(vf.iftype, options, out);
    let address = |bytes: &[u8], out: &mut String| {
        options.paint.around(Hue::Mac, out, |out| flags::write_address(bytes, vf.iftype, out));
    };
    if let Some(bytes) = vf.address(MAC, 4) {
        address(bytes, out);
    }
    if let Some(bytes) = vf.address(BROADCAST, 0) {
        out.push_str(if vf.peer { " peer " } else { " brd " });
        address(bytes, out);
    }
    let vlan = |vlan: Vlan, out: &mut String| {
        if vlan.id != 0 {
            let _ = write!(out, ", vlan {}", vlan.id);
        }
        if vlan.qos != 0 {
            let _ = write!(out, ", qos {}", vlan.qos);
        }
        if let Some(protocol) = vlan.protocol(options) {
            let _ = write!(out, ", vlan protocol {protocol}");
        }
    };
    match vf.vlans() {
        Some(list) => list.for_each(|v| vlan(v, out)),
        None => vf.vlan().into_iter().for_each(|v| vlan(v, out)),
    }
    if let Some(rate @ 1..) = vf.word(TX_RATE, 1) {
        let _ = write!(out, ", tx rate {rate} (Mbps)");
    }
    if let Some(rate @ 1..) = vf.word(RATE, 2) {
        let _ = write!(out, ", max_tx_rate {rate}Mbps");
    }
    if let Some(rate @ 1..) = vf.word(RATE, 1) {
        let _ = write!(out, ", min_tx_rate {rate}Mbps");
    }
    let switch = |title: &str, attr: u16, out: &mut String| {
        if let Some(on) = vf.switch(attr) {
            let _ = write!(out, ", {title} {}", if on { "on" } else { "off" });
        }
    };
    switch("spoof checking", SPOOFCHK, out);
    for (title, attr) in [("NODE_GUID", NODE_GUID), ("PORT_GUID", PORT_GUID)] {
        if let Some(guid) = vf.guid(attr) {
            let _ = write!(out, ", {title} ");
            flags::write_address(&guid, 0, out);
        }
    }
    if let Some(state) = vf.link_state() {
        let _ = write!(out, ", link-state {state}");
    }
    switch("trust", TRUST, out);
    switch("query_rss", RSS_QUERY, out);
}

/// Writes the member `vfinfo_list`.
pub(super) fn json(seen: &Seen<'_>, options: Options, out: &mut Out) {
    let Some(list) = list(seen) else { return };
    out.key("vfinfo_list");
    out.array();
    for vf in list {
        out.object();
        item(&vf, options, out);
        if let (true, Some(stats)) = (options.stats > 0, vf.stats()) {
            out.key("stats");
            out.object();
            for (title, row) in [("rx", &RX[..]), ("tx", &TX[..])] {
                out.key(title);
                out.object();
                for (attr, _, key, _) in columns(&stats, row) {
                    out.key(key);
                    out.plain(count(&stats, *attr));
                }
                out.end();
            }
            out.end();
        }
        out.end();
    }
    out.end_array();
}

fn item(vf: &Vf<'_>, options: Options, out: &mut Out) {
    out.key("vf");
    out.plain(vf.word(MAC, 0).unwrap_or(0));
    json::layer(vf.iftype, options, out);
    if let Some(bytes) = vf.address(MAC, 4) {
        json::address("address", bytes, vf.iftype, out);
    }
    if let Some(bytes) = vf.address(BROADCAST, 0) {
        if vf.peer {
            out.key("link_pointtopoint");
            out.plain(true);
        }
        json::address("broadcast", bytes, vf.iftype, out);
    }
    let vlan = |vlan: Vlan, out: &mut Out| {
        for (key, n) in [("vlan", vlan.id), ("qos", vlan.qos)] {
            if n != 0 {
                out.key(key);
                out.plain(n);
            }
        }
        if let Some(protocol) = vlan.protocol(options) {
            out.key("protocol");
            out.text(&protocol);
        }
    };
    match vf.vlans() {
        Some(list) => {
            out.key("vlan_list");
            out.array();
            for v in list {
                out.object();
                vlan(v, out);
                out.end();
            }
            out.end_array();
        }
        None => vf.vlan().into_iter().for_each(|v| vlan(v, out)),
    }
    if let Some(rate @ 1..) = vf.word(TX_RATE, 1) {
        out.key("tx_rate");
        out.plain(rate);
    }
    if let (Some(max), Some(min)) = (vf.word(RATE, 2), vf.word(RATE, 1)) {
        out.key("rate");
        out.object();
        out.key("max_tx");
        out.plain(max);
        out.key("min_tx");
        out.plain(min);
        out.end();
    }
    let switch = |key: &str, attr: u16, out: &mut Out| {
        if let Some(on) = vf.switch(attr) {
            out.key(key);
            out.plain(on);
        }
    };
    switch("spoofchk", SPOOFCHK, out);
    for (key, attr) in [("node guid", NODE_GUID), ("port guid", PORT_GUID)] {
        if let Some(guid) = vf.guid(attr) {
            json::address(key, &guid, 0, out);
        }
    }
    if let Some(state) = vf.link_state() {
        out.key("link_state");
        out.text(state);
    }
    switch("trust", TRUST, out);
    switch("query_rss_en", RSS_QUERY, out);
}
