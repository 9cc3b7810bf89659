//! One link as JSON: the object of `ip -j link show`.

use linkctl_kinds::link as base;
use linkctl_schema::codec::decode;
use linkctl_schema::out::Out;
use linkctl_schema::text::{Seen as Source, Source as _};
use linkctl_schema::{Value, json};
use linkctl_wire::number;

use super::text::{counters, details, lower_is_down, value};
use super::{Driver, Near, Options, flags, kinds, stats};
use crate::snapshot::Seen;

/// Writes a link as an item of the array that is open.
pub fn write(seen: &Seen<'_>, near: &dyn Near, options: Options, driver: Option<&Driver>, out: &mut Out) {
    out.object();
    head(seen, near, out);
    link_layer(seen, near, out);
    if options.details > 0 {
        let source = Source { view: &seen.base, links: near };
        let (first, second) = details();
        json::run(first, &source, options.level(), out);
        if let Some(Value::Num(1..)) = source.said(&base::NETNS_IMMUTABLE.0) {
            out.key("netns-immutable");
            out.plain(true);
        }
        kinds::json(seen, near, options, out);
        json::run(second, &source, options.level(), out);
        kinds::unknown_json(seen.base.unknown(&base::FIELDS), options.level(), out);
    }
    if let Some(d) = driver {
        out.key("driver");
        out.object();
        for (key, what) in
            [("name", &d.driver), ("version", &d.version), ("firmware", &d.firmware), ("bus", &d.bus)]
        {
            if !what.is_empty() {
                out.key(key);
                out.text(what);
            }
        }
        out.end();
    }
    if let Some(v) = value(seen, &base::ALIAS.0, near) {
        json::one(&base::ALIAS.0, &v, out);
    }
    if options.stats > 0
        && let Some(counters) = counters(seen)
    {
        let changes = seen.base.attr(base::CARRIER_CHANGES.0.attr).and_then(number::u32);
        stats::json(&counters, changes, options.stats > 1, out);
    }
    if let Some(v) = value(seen, &base::ALTNAME.0, near) {
        json::one(&base::ALTNAME.0, &v, out);
    }
    out.end();
}

/// Index, names, flags, and what the first line of text has.
fn head(seen: &Seen<'_>, near: &dyn Near, out: &mut Out) {
    out.key("ifindex");
    out.plain(seen.index);
    if let Some(below) = seen.base.attr(base::LINK.0.attr).and_then(number::u32) {
        match below {
            n if seen.base.attr(base::LINK_NETNSID.0.attr).is_some() => {
                out.key("link_index");
                out.plain(n);
            }
            0 => {
                out.key("link");
                out.null();
            }
            n => {
                out.key("link");
                out.bytes(decode::name(near, n).as_bytes());
            }
        }
    }
    out.key("ifname");
    out.bytes(seen.name().unwrap_or_default().as_bytes());
    flag_list(seen, near, out);
    for field in [&base::MTU.0, &base::QDISC.0, &base::MASTER.0] {
        if let Some(v) = value(seen, field, near) {
            json::one(field, &v, out);
        }
    }
    for (field, odd) in [(&base::OPERSTATE.0, "operstate_index"), (&base::LINKMODE.0, "linkmode_index")] {
        match value(seen, field, near) {
            Some(Value::Num(n)) => {
                out.key(odd);
                out.plain(n);
            }
            Some(v) => json::one(field, &v, out),
            None => {}
        }
    }
    match value(seen, &base::GROUP.0, near) {
        // iproute2 writes a group without a name as text too.
        Some(Value::Num(n)) => {
            out.key("group");
            out.text(&n.to_string());
        }
        Some(v) => json::one(&base::GROUP.0, &v, out),
        None => {}
    }
    if let Some(Value::Num(n)) = value(seen, &base::TXQUEUELEN.0, near) {
        out.key("txqlen");
        out.plain(n as u32 as i32);
    }
    if let Some(v) = value(seen, &base::EVENT.0, near)
        && v != Value::Word("NONE")
    {
        json::one(&base::EVENT.0, &v, out);
    }
}

fn flag_list(seen: &Seen<'_>, near: &dyn Near, out: &mut Out) {
    let down = lower_is_down(seen, near);
    let (names, rest) = flags::names(seen.flags(), down);
    out.key("flags");
    out.array();
    names.iter().for_each(|n| out.text(n));
    if rest != 0 {
        out.text(&format!("{rest:x}"));
        if down {
            out.text("M-DOWN");
        }
    }
    out.end_array();
}

/// What the second line of text has.
fn link_layer(seen: &Seen<'_>, near: &dyn Near, out: &mut Out) {
    out.key("link_type");
    out.text(&flags::link_type(seen.iftype));
    let address = seen.base.attr(base::ADDRESS.0.attr);
    if let Some(bytes) = address {
        out.key("address");
        out.text(&flags::address(bytes, seen.iftype));
    }
    if let Some(bytes) = seen.base.attr(base::BROADCAST.0.attr) {
        if seen.flags() & flags::POINTOPOINT != 0 {
            out.key("link_pointtopoint");
            out.plain(true);
        }
        out.key("broadcast");
        out.text(&flags::address(bytes, seen.iftype));
    }
    if let Some(bytes) = seen.base.attr(base::PERM_ADDRESS.0.attr).filter(|b| Some(*b) != address) {
        out.key("permaddr");
        out.text(&flags::address(bytes, seen.iftype));
    }
    if let Some(v) = value(seen, &base::LINK_NETNSID.0, near) {
        json::one(&base::LINK_NETNSID.0, &v, out);
    }
    if let Some(Value::Bool(true)) = value(seen, &base::PROTODOWN.0, near) {
        out.key("proto_down");
        out.plain(true);
    }
    if let Some(Value::Num(bits @ 1..)) = value(seen, &base::PROTODOWN_REASON.0, near) {
        out.key("proto_down_reason");
        out.array();
        (0..32u32).filter(|i| bits & (1 << i) != 0).for_each(|i| out.text(&i.to_string()));
        out.end_array();
    }
}
