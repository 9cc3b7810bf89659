//! One link as text: the lines of `ip link show`.

use std::fmt::Write;

use linkctl_kinds::link as base;
use linkctl_schema::codec::decode;
use linkctl_schema::text::{self, Seen as Source, Source as _};
use linkctl_schema::{FieldDef, Safe, Value};
use linkctl_wire::number;

use super::{Driver, Near, Options, flags, kinds, stats};
use crate::snapshot::Seen;
use crate::stats::Stats;

/// A field's value, of a link that is shown.
pub(super) fn value<'a>(seen: &Seen<'a>, field: &FieldDef, near: &dyn Near) -> Option<Value<'a>> {
    seen.base.get(field, near).and_then(Result::ok)
}

/// The table's fields, split where the kind stands among them.
pub(super) fn details() -> (&'static [FieldDef], &'static [FieldDef]) {
    let list = base::FIELDS.list();
    let at = list.iter().position(|f| f.name == base::ADDRGENMODE.0.name).unwrap_or(list.len());
    list.split_at(at)
}

/// Writes a link, with a newline at its end.
pub fn write(seen: &Seen<'_>, near: &dyn Near, options: Options, driver: Option<&Driver>, out: &mut String) {
    head(seen, near, out);
    link_layer(seen, near, options, out);
    if options.details > 0 {
        let source = Source { view: &seen.base, links: near };
        let (first, second) = details();
        text::run(first, &source, options.level(), out);
        if let Some(Value::Num(1..)) = source.said(&base::NETNS_IMMUTABLE.0) {
            out.push_str("netns-immutable ");
        }
        kinds::text(seen, near, options, out);
        text::run(second, &source, options.level(), out);
        kinds::unknown(seen.base.unknown(&base::FIELDS), options, out);
    }
    tail(seen, near, options, driver, out);
    out.push('\n');
}

/// `2: eth0@if3: <FLAGS> mtu … qlen 1000`.
fn head(seen: &Seen<'_>, near: &dyn Near, out: &mut String) {
    let _ = write!(out, "{}: ", seen.index);
    title(seen, near, out);
    out.push_str(": ");
    flag_list(seen, near, out);
    for field in [&base::MTU.0, &base::QDISC.0, &base::MASTER.0] {
        if let Some(v) = value(seen, field, near) {
            text::one(field, &v, text::Level { all: true, ours: false }, out);
        }
    }
    if let Some(v) = value(seen, &base::OPERSTATE.0, near) {
        let _ = match v {
            Value::Num(n) => write!(out, "state {n:#x} "),
            v => write!(out, "state ")
                .and_then(|()| text::plain(&base::OPERSTATE.0, &v, out))
                .map(|()| out.push(' ')),
        };
    }
    if let Some(v) = value(seen, &base::LINKMODE.0, near) {
        let _ = write!(out, "mode ");
        let _ = text::plain(&base::LINKMODE.0, &v, out);
        out.push(' ');
    }
    if let Some(v) = value(seen, &base::GROUP.0, near) {
        text::one(&base::GROUP.0, &v, text::Level { all: true, ours: false }, out);
    }
    if let Some(Value::Num(n)) = value(seen, &base::TXQUEUELEN.0, near) {
        let _ = write!(out, "qlen {}", n as u32 as i32);
    }
    if let Some(v) = value(seen, &base::EVENT.0, near) {
        text::one(&base::EVENT.0, &v, text::Level::default(), out);
    }
}

/// `eth0`, or `eth0@below`.
fn title(seen: &Seen<'_>, near: &dyn Near, out: &mut String) {
    match seen.name() {
        Some(name) => _ = write!(out, "{name}"),
        None => _ = write!(out, "if{}", seen.index),
    }
    let Some(below) = seen.base.attr(base::LINK.0.attr).and_then(number::u32) else { return };
    let elsewhere = seen.base.attr(base::LINK_NETNSID.0.attr).is_some();
    let _ = match below {
        0 => write!(out, "@NONE"),
        n if elsewhere => write!(out, "@if{n}"),
        n => write!(out, "@{}", decode::name(near, n)),
    };
}

/// Whether the link below is known to be down.
pub(super) fn lower_is_down(seen: &Seen<'_>, near: &dyn Near) -> bool {
    match seen.base.attr(base::LINK.0.attr).and_then(number::u32) {
        Some(n @ 1..) if seen.base.attr(base::LINK_NETNSID.0.attr).is_none() => {
            near.flags(n).is_some_and(|f| f & flags::UP == 0)
        }
        _ => false,
    }
}

fn flag_list(seen: &Seen<'_>, near: &dyn Near, out: &mut String) {
    let down = lower_is_down(seen, near);
    let (names, rest) = flags::names(seen.flags(), down);
    out.push('<');
    out.push_str(&names.join(","));
    if rest != 0 {
        let comma = if names.is_empty() { "" } else { "," };
        let _ = write!(out, "{comma}{rest:x}{}", if down { ",M-DOWN" } else { "" });
    }
    out.push_str("> ");
}

/// `    link/ether 02:… brd ff:… `.
fn link_layer(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut String) {
    let _ = write!(out, "{}    link/{} ", options.newline(), flags::link_type(seen.iftype));
    let address = seen.base.attr(base::ADDRESS.0.attr);
    if let Some(bytes) = address {
        out.push_str(&flags::address(bytes, seen.iftype));
    }
    if let Some(bytes) = seen.base.attr(base::BROADCAST.0.attr) {
        let word = if seen.flags() & flags::POINTOPOINT != 0 { "peer" } else { "brd" };
        let _ = write!(out, " {word} {}", flags::address(bytes, seen.iftype));
    }
    if let Some(bytes) = seen.base.attr(base::PERM_ADDRESS.0.attr).filter(|b| Some(*b) != address) {
        let _ = write!(out, " permaddr {}", flags::address(bytes, seen.iftype));
    }
    if let Some(Value::Int(id)) = value(seen, &base::LINK_NETNSID.0, near) {
        let _ = match near.netns(id as i32) {
            Some(name) => write!(out, " link-netns {}", Safe(name.as_bytes())),
            None if id >= 0 => write!(out, " link-netnsid {id}"),
            None => write!(out, " link-netnsid unknown"),
        };
    }
    if let Some(Value::Int(id)) = value(seen, &base::NEW_NETNSID.0, near) {
        let _ = match near.netns(id as i32) {
            Some(name) => write!(out, " new-netns {}", Safe(name.as_bytes())),
            None => write!(out, " new-netnsid {id}"),
        };
    }
    if let Some(Value::Int(index)) = value(seen, &base::NEW_IFINDEX.0, near) {
        let _ = write!(out, " new-ifindex {index}");
    }
    if let Some(Value::Bool(true)) = value(seen, &base::PROTODOWN.0, near) {
        out.push_str(" protodown on ");
    }
    if let Some(Value::Num(bits @ 1..)) = value(seen, &base::PROTODOWN_REASON.0, near) {
        let reasons: Vec<String> =
            (0..32).filter(|i| bits & (1 << i) != 0).map(|i: u32| i.to_string()).collect();
        let _ = write!(out, "protodown_reason <{}> ", reasons.join(","));
    }
    // Without details the line ends here, and without a space.
    if options.details > 0 {
        out.push(' ');
    }
}

/// What stands on lines of its own behind the details.
fn tail(seen: &Seen<'_>, near: &dyn Near, options: Options, driver: Option<&Driver>, out: &mut String) {
    let newline = options.newline();
    if let Some(d) = driver {
        let _ = write!(out, "{newline}    driver {}", Safe(d.driver.as_bytes()));
        for (word, what) in [("version", &d.version), ("firmware", &d.firmware), ("bus", &d.bus)] {
            if !what.is_empty() {
                let _ = write!(out, " {word} {}", Safe(what.as_bytes()));
            }
        }
    }
    if let Some(Value::Str(alias)) = value(seen, &base::ALIAS.0, near) {
        let _ = write!(out, "{newline}    alias {}", Safe(&alias));
    }
    if options.stats > 0
        && let Some(counters) = counters(seen)
    {
        let changes = seen.base.attr(base::CARRIER_CHANGES.0.attr).and_then(number::u32);
        stats::text(&counters, changes, options.stats > 1, newline, out);
    }
    if let Some(Value::List(names)) = value(seen, &base::ALTNAME.0, near) {
        for name in names {
            if let Value::Str(name) = name {
                let _ = write!(out, "{newline}    altname {}", Safe(&name));
            }
        }
    }
}

/// The link's counters, the wide ones where there are.
pub(super) fn counters(seen: &Seen<'_>) -> Option<Stats> {
    seen.base
        .attr(base::STATS64.0.attr)
        .map(Stats::wide)
        .or_else(|| seen.base.attr(base::STATS.0.attr).map(Stats::narrow))
}
