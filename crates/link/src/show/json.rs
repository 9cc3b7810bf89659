//! One link as JSON: the object of `ip -j link show`.

use std::borrow::Cow;

use linkctl_kinds::link as base;
use linkctl_schema::codec::decode;
use linkctl_schema::out::Out;
use linkctl_schema::text::Source as _;
use linkctl_schema::{Value, json};
use linkctl_wire::number;

use super::text::{changes, counters, details, in_form, lower_is_down, value};
use super::{Driver, Form, Near, Options, flags, kinds, stats, vf, xdp};
use crate::snapshot::Seen;

/// Writes a link as an item of the array that is open.
pub fn write(seen: &Seen<'_>, near: &dyn Near, options: Options, driver: Option<&Driver>, out: &mut Out) {
    out.object();
    members(seen, near, options, driver, out);
    out.end();
}

/// The members of a link's object.
pub(super) fn members(
    seen: &Seen<'_>,
    near: &dyn Near,
    options: Options,
    driver: Option<&Driver>,
    out: &mut Out,
) {
    head(seen, near, options, out);
    link_layer(seen, near, options, out);
    if options.details > 0 {
        let source = options.source(&seen.base, near);
        let (first, second) = details();
        json::run(first, &source, options.level(), out);
        if let Some(Value::Num(1..)) = source.said(&base::NETNS_IMMUTABLE.0) {
            out.key("netns-immutable");
            out.plain(true);
        }
        kinds::json(seen, near, options, out);
        json::run(in_form(second, options), &source, options.level(), out);
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
    let link = options.form == Form::Link;
    if let Some(v) = value(seen, &base::ALIAS.0, near).filter(|_| link || options.details > 0) {
        json::one(&base::ALIAS.0, &v, out);
    }
    if link
        && options.stats > 0
        && let Some(counters) = counters(seen)
    {
        stats::json(&counters, changes(seen), options.stats > 1, out);
    }
    if vf::told(options) {
        vf::json(seen, options, out);
    }
    if let Some(v) = value(seen, &base::ALTNAME.0, near) {
        json::one(&base::ALTNAME.0, &v, out);
    }
}

/// Index, names, flags, as every form begins but the brief.
pub(super) fn start(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut Out) {
    if options.deleted {
        out.key("deleted");
        out.plain(true);
    }
    out.key("ifindex");
    out.plain(seen.index);
    title(seen, near, out);
    flag_list(seen, near, out);
}

/// The link below, and the name.
pub(super) fn title(seen: &Seen<'_>, near: &dyn Near, out: &mut Out) {
    if let Some(below) = seen.base.attr(base::LINK.0.attr).and_then(number::u32) {
        match below {
            0 => {
                out.key("link");
                out.null();
            }
            n if seen.base.attr(base::LINK_NETNSID.0.attr).is_some() => {
                out.key("link_index");
                out.plain(n);
            }
            n => {
                out.key("link");
                out.bytes(decode::name(near, n).as_bytes());
            }
        }
    }
    out.key("ifname");
    match seen.name() {
        Some(name) => out.bytes(name.as_bytes()),
        None => out.text(&format!("if{}", seen.index)),
    }
}

/// The master; a number that is no link is `*`.
pub(super) fn master(seen: &Seen<'_>, near: &dyn Near, out: &mut Out) {
    if let Some(n) = seen.base.attr(base::MASTER.0.attr).and_then(number::u32) {
        out.key("master");
        match n {
            0 => out.text("*"),
            n => out.bytes(decode::name(near, n).as_bytes()),
        }
    }
}

/// The state, or its number.
pub(super) fn state(seen: &Seen<'_>, near: &dyn Near, out: &mut Out) {
    match value(seen, &base::OPERSTATE.0, near) {
        Some(Value::Num(n)) => {
            out.key("operstate_index");
            out.plain(n);
        }
        Some(v) => json::one(&base::OPERSTATE.0, &v, out),
        None => {}
    }
}

/// What the first line of text has.
fn head(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut Out) {
    start(seen, near, options, out);
    if let Some(mtu) = seen.base.attr(base::MTU.0.attr).and_then(number::u32) {
        out.key("mtu");
        out.plain(mtu);
    }
    xdp::json(seen, near, options, out);
    if let Some(v) = value(seen, &base::QDISC.0, near) {
        json::one(&base::QDISC.0, &v, out);
    }
    master(seen, near, out);
    state(seen, near, out);
    let link = options.form == Form::Link;
    match value(seen, &base::LINKMODE.0, near).filter(|_| link) {
        Some(Value::Num(n)) => {
            out.key("linkmode_index");
            out.plain(n);
        }
        Some(v) => json::one(&base::LINKMODE.0, &v, out),
        None => {}
    }
    if let Some(group) = seen.base.attr(base::GROUP.0.attr).and_then(number::u32) {
        out.key("group");
        match near.group(group).filter(|_| !options.numeric) {
            Some(name) => out.text(&name),
            // iproute2 writes a group without a name as text too.
            None => out.text(&group.to_string()),
        }
    }
    if let (true, Some(length)) = (link, seen.base.attr(base::TXQUEUELEN.0.attr).and_then(number::u32)) {
        out.key("txqlen");
        out.plain(length);
    }
    if let Some(v) = value(seen, &base::EVENT.0, near)
        && v != Value::Word("NONE")
    {
        json::one(&base::EVENT.0, &v, out);
    }
}

/// The list of flags.
pub(super) fn flag_list(seen: &Seen<'_>, near: &dyn Near, out: &mut Out) {
    out.key("flags");
    out.array();
    let rest = flags::each(seen.flags(), |name| out.text(name));
    if rest != 0 {
        out.text(&format!("{rest:x}"));
    }
    if lower_is_down(seen, near) {
        out.text("M-DOWN");
    }
    out.end_array();
}

/// A link-layer address as a member.
pub(super) fn address(key: &str, bytes: &[u8], iftype: u16, out: &mut Out) {
    let mut text = String::with_capacity(bytes.len() * 3);
    flags::write_address(bytes, iftype, &mut text);
    out.key(key);
    out.text(&text);
}

/// The member `link_type`.
pub(super) fn layer(iftype: u16, options: Options, out: &mut Out) {
    let name: Cow<'_, str> = match flags::layer(iftype).filter(|_| !options.numeric) {
        Some(name) => name.into(),
        None => format!("[{iftype}]").into(),
    };
    out.key("link_type");
    out.text(&name);
}

/// What the second line of text has.
fn link_layer(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut Out) {
    layer(seen.iftype, options, out);
    let own = seen.base.attr(base::ADDRESS.0.attr);
    if let Some(bytes) = own {
        address("address", bytes, seen.iftype, out);
    }
    if let Some(bytes) = seen.base.attr(base::BROADCAST.0.attr) {
        if seen.flags() & flags::POINTOPOINT != 0 {
            out.key("link_pointtopoint");
            out.plain(true);
        }
        address("broadcast", bytes, seen.iftype, out);
    }
    if let Some(bytes) = seen.base.attr(base::PERM_ADDRESS.0.attr).filter(|b| Some(*b) != own) {
        address("permaddr", bytes, seen.iftype, out);
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
        for bit in (0..32u32).filter(|i| bits & (1 << i) != 0) {
            match near.reason(bit).filter(|_| !options.numeric) {
                Some(name) => out.text(&name),
                None => out.text(&bit.to_string()),
            }
        }
        out.end_array();
    }
}
