//! The kind of a link and of its master: `linkinfo`.

use std::fmt::Write;

use linkctl_schema::codec::View;
use linkctl_schema::out::Out;
use linkctl_schema::text::{self, Level};
use linkctl_schema::{Kind, Safe, json};

use super::{Near, Options};
use crate::snapshot::Seen;

/// The words that iproute2 puts behind the name of a master's kind.
const PORT: &str = "_slave";

/// Writes the kind's line and the port's, each with a newline before it.
pub fn text(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut String) {
    let newline = options.newline();
    if !seen.kind_word().is_empty() {
        let _ = write!(out, "{newline}    {} ", Safe(seen.kind_word()));
        if let (Some(kind), Some(view)) = (seen.kind(), seen.data()) {
            let from = out.len();
            text::write(kind.fields, &options.source(&view, near), options.level(), out);
            unknown(view.unknown(kind.fields), options, out);
            if options.oneline {
                one_line(out, from);
            }
        }
        if let (Some(kind), Some(bytes), true) = (seen.kind(), seen.counters(), options.stats > 0) {
            let from = out.len();
            counters(kind, bytes, out);
            if options.oneline {
                one_line(out, from);
            }
        }
    }
    if !seen.port_word().is_empty() {
        let _ = write!(out, "{newline}    {}{PORT} ", Safe(seen.port_word()));
        if let (Some(kind), Some(view)) = (seen.port_kind(), seen.port()) {
            text::write(kind.fields, &options.source(&view, near), options.level(), out);
            unknown(view.unknown(kind.fields), options, out);
        }
    }
}

/// Two lines: what is counted, and the numbers in columns of ten.
fn counters(kind: &Kind, bytes: &[u8], out: &mut String) {
    let all: Vec<_> = kind.counters.iter().filter_map(|c| Some((c, count(bytes, c.at)?))).collect();
    if all.is_empty() {
        return;
    }
    let heads: Vec<_> = all.iter().map(|(c, _)| c.head).collect();
    let numbers: Vec<_> = all.iter().map(|(_, n)| format!("{n:<10}")).collect();
    let _ = write!(out, "\n\t  {}\n\t  {}", heads.join(" "), numbers.join(" "));
}

fn count(bytes: &[u8], at: usize) -> Option<u32> {
    linkctl_wire::number::u32(bytes.get(at..at + 4)?)
}

/// Newlines that a field has of its own, such as a VLAN's mappings.
fn one_line(out: &mut String, from: usize) {
    let tail = out.split_off(from).replace('\n', "\\");
    out.push_str(&tail);
}

/// Attributes that no field knows, for those who want all: a newer kernel has more to say than we.
pub(super) fn unknown<'a>(attrs: impl Iterator<Item = (u16, &'a [u8])>, options: Options, out: &mut String) {
    if !options.ours {
        return;
    }
    for (attr, bytes) in attrs {
        let _ = write!(out, "attr {attr} 0x");
        bytes.iter().for_each(|b| _ = write!(out, "{b:02x}"));
        out.push(' ');
    }
}

/// Writes the member `linkinfo`, where there is something to say.
pub fn json(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut Out) {
    if seen.kind_word().is_empty() && seen.port_word().is_empty() {
        return;
    }
    out.key("linkinfo");
    out.object();
    if !seen.kind_word().is_empty() {
        out.key("info_kind");
        out.bytes(seen.kind_word());
        if let Some(kind) = seen.kind() {
            let view = seen.data().unwrap_or_else(|| View::new(&[]));
            data("info_data", kind, &view, near, options, out);
        }
        if let (Some(kind), Some(bytes), true) = (seen.kind(), seen.counters(), options.stats > 0)
            && !kind.counters.is_empty()
        {
            out.key("info_xstats");
            out.object();
            for c in kind.counters {
                if let Some(n) = count(bytes, c.at) {
                    out.key(c.json);
                    out.plain(n);
                }
            }
            out.end();
        }
    }
    if !seen.port_word().is_empty() {
        out.key("info_slave_kind");
        out.bytes(seen.port_word());
        if let Some(kind) = seen.port_kind() {
            let view = seen.port().unwrap_or_else(|| View::new(&[]));
            data("info_slave_data", kind, &view, near, options, out);
        }
    }
    out.end();
}

fn data(key: &str, kind: &Kind, view: &View<'_>, near: &dyn Near, options: Options, out: &mut Out) {
    let level = options.level();
    if !shown(kind, level) {
        return;
    }
    out.key(key);
    out.object();
    json::write(kind.fields, &options.source(view, near), level, out);
    unknown_json(view.unknown(kind.fields), level, out);
    out.end();
}

/// iproute2 has no output at all for kinds without settings that it shows.
fn shown(kind: &Kind, level: Level) -> bool {
    kind.fields.list().iter().any(|f| level.shows(f))
}

/// The same as members.
pub(super) fn unknown_json<'a>(attrs: impl Iterator<Item = (u16, &'a [u8])>, level: Level, out: &mut Out) {
    if !level.ours {
        return;
    }
    for (attr, bytes) in attrs {
        out.key(&format!("attr{attr}"));
        out.text(&bytes.iter().map(|b| format!("{b:02x}")).collect::<String>());
    }
}
