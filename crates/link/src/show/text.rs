//! One link as text: the lines of `ip link show`.

use std::fmt::Write;

use linkctl_kinds::link as base;
use linkctl_schema::codec::decode;
use linkctl_schema::text::{self, Source as _};
use linkctl_schema::{FieldDef, Hue, Safe, Value};
use linkctl_wire::number;

use super::{Driver, Form, Near, Options, flags, kinds, stats, vf, xdp};
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
    head(seen, near, options, out);
    link_layer(seen, near, options, out);
    if options.details > 0 {
        let source = options.source(&seen.base, near);
        let (first, second) = details();
        // The first of them brings the space that ends the line before.
        if seen.base.attr(base::PROMISCUITY.0.attr).is_some() {
            out.push(' ');
        }
        text::run(first, &source, options.level(), out);
        if let Some(Value::Num(1..)) = source.said(&base::NETNS_IMMUTABLE.0) {
            out.push_str("netns-immutable ");
        }
        kinds::text(seen, near, options, out);
        text::run(in_form(second, options), &source, options.level(), out);
        kinds::unknown(seen.base.unknown(&base::FIELDS), options, out);
    }
    tail(seen, near, options, driver, out);
    out.push('\n');
}

/// What a form has of the fields behind the kind: events do without the first.
pub(super) fn in_form(second: &'static [FieldDef], options: Options) -> &'static [FieldDef] {
    match (options.form, second) {
        (Form::Event, [_, rest @ ..]) => rest,
        _ => second,
    }
}

/// `2: eth0@if3: <FLAGS> mtu … qlen 1000`.
fn head(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut String) {
    start(seen, near, options, out);
    if let Some(mtu) = seen.base.attr(base::MTU.0.attr).and_then(number::u32) {
        let _ = write!(out, "mtu {mtu} ");
    }
    xdp::word(seen, options, out);
    if let Some(Value::Str(qdisc)) = value(seen, &base::QDISC.0, near) {
        let _ = write!(out, "qdisc {} ", Safe(&qdisc));
    }
    master(seen, near, out);
    if let Some(v) = value(seen, &base::OPERSTATE.0, near) {
        out.push_str("state ");
        state(&v, 0, options, out);
    }
    let link = options.form == Form::Link;
    if let (true, Some(v)) = (link, value(seen, &base::LINKMODE.0, near)) {
        let _ = write!(out, "mode ");
        let _ = text::plain(&base::LINKMODE.0, &v, out);
        out.push(' ');
    }
    if let Some(group) = seen.base.attr(base::GROUP.0.attr).and_then(number::u32) {
        let _ = match near.group(group).filter(|_| !options.numeric) {
            Some(name) => write!(out, "group {} ", Safe(name.as_bytes())),
            None => write!(out, "group {group} "),
        };
    }
    if let (true, Some(length)) = (link, seen.base.attr(base::TXQUEUELEN.0.attr).and_then(number::u32)) {
        let _ = write!(out, "qlen {length}");
    }
    if let Some(v) = value(seen, &base::EVENT.0, near)
        && v != Value::Word("NONE")
    {
        text::one(&base::EVENT.0, &v, text::Level::default(), out);
    }
}

/// `2: eth0@if3: <FLAGS> `, as every form begins but the brief.
pub(super) fn start(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut String) {
    if options.deleted {
        out.push_str("Deleted ");
    }
    let _ = write!(out, "{}: ", seen.index);
    options.paint.around(Hue::Name, out, |out| {
        title(seen, near, out);
        out.push_str(": ");
    });
    flag_list(seen, near, out);
}

/// `master br0 `; a number that is no link is `*`.
pub(super) fn master(seen: &Seen<'_>, near: &dyn Near, out: &mut String) {
    let _ = match seen.base.attr(base::MASTER.0.attr).and_then(number::u32) {
        Some(0) => write!(out, "master * "),
        Some(n) => write!(out, "master {} ", decode::name(near, n)),
        None => Ok(()),
    };
}

/// The state in its colour, as wide as wanted, with a space behind it; a state without a name has none.
pub(super) fn state(state: &Value<'_>, width: usize, options: Options, out: &mut String) {
    let hue = match state {
        Value::Word("UP") => Some(Hue::Up),
        Value::Word("DOWN") => Some(Hue::Down),
        _ => None,
    };
    let write = |out: &mut String| {
        let _ = match state {
            Value::Word(word) => write!(out, "{word:<width$} "),
            Value::Num(n) => write!(out, "{n:#x}"),
            _ => Ok(()),
        };
    };
    match hue {
        Some(hue) => options.paint.around(hue, out, write),
        None => write(out),
    }
}

/// `eth0`, or `eth0@below`.
pub(super) fn title(seen: &Seen<'_>, near: &dyn Near, out: &mut String) {
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

/// `<BROADCAST,UP> `.
pub(super) fn flag_list(seen: &Seen<'_>, near: &dyn Near, out: &mut String) {
    out.push('<');
    let mut comma = "";
    let rest = flags::each(seen.flags(), |name| {
        out.push_str(comma);
        out.push_str(name);
        comma = ",";
    });
    if rest != 0 {
        let _ = write!(out, "{comma}{rest:x}");
    }
    // With the comma even where it is alone.
    out.push_str(if lower_is_down(seen, near) { ",M-DOWN> " } else { "> " });
}

/// A link-layer address in its colour.
fn address(bytes: &[u8], iftype: u16, options: Options, out: &mut String) {
    options.paint.around(Hue::Mac, out, |out| flags::write_address(bytes, iftype, out));
}

/// `    link/ether 02:… brd ff:… `.
fn link_layer(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut String) {
    out.push(options.newline());
    out.push_str("    ");
    layer(seen.iftype, options, out);
    addresses(seen, options, out);
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
        let mut sign = "protodown_reason <";
        for bit in (0..32).filter(|i| bits & (1 << i) != 0) {
            out.push_str(sign);
            let _ = match near.reason(bit).filter(|_| !options.numeric) {
                Some(name) => write!(out, "{}", Safe(name.as_bytes())),
                None => write!(out, "{bit}"),
            };
            sign = ",";
        }
        out.push('>');
    }
}

/// `link/ether `.
pub(super) fn layer(iftype: u16, options: Options, out: &mut String) {
    let _ = match flags::layer(iftype).filter(|_| !options.numeric) {
        Some(name) => write!(out, "link/{name} "),
        None => write!(out, "link/[{iftype}] "),
    };
}

/// `02:… brd ff:… permaddr …`.
fn addresses(seen: &Seen<'_>, options: Options, out: &mut String) {
    let own = seen.base.attr(base::ADDRESS.0.attr);
    if let Some(bytes) = own {
        address(bytes, seen.iftype, options, out);
    }
    if let Some(bytes) = seen.base.attr(base::BROADCAST.0.attr) {
        out.push_str(if seen.flags() & flags::POINTOPOINT != 0 { " peer " } else { " brd " });
        address(bytes, seen.iftype, options, out);
    }
    if let Some(bytes) = seen.base.attr(base::PERM_ADDRESS.0.attr).filter(|b| Some(*b) != own) {
        out.push_str(" permaddr ");
        address(bytes, seen.iftype, options, out);
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
    let link = options.form == Form::Link;
    if link || options.details > 0 {
        if let Some(Value::Str(alias)) = value(seen, &base::ALIAS.0, near) {
            let _ = write!(out, "{newline}    alias {}", Safe(&alias));
        }
        xdp::lines(seen, near, options, out);
    }
    if link && options.stats > 0 {
        match counters(seen) {
            Some(counters) => stats::text(&counters, changes(seen), options, out),
            None => out.push(newline),
        }
    }
    if vf::told(options) {
        vf::text(seen, options, out);
    }
    if let Some(Value::List(names)) = value(seen, &base::ALTNAME.0, near) {
        for name in names {
            if let Value::Str(name) = name {
                let _ = write!(out, "{newline}    altname {}", Safe(&name));
            }
        }
    }
}

/// How often the signal came or went, which stands among the counters.
pub(super) fn changes(seen: &Seen<'_>) -> Option<u32> {
    seen.base.attr(base::CARRIER_CHANGES.0.attr).and_then(number::u32)
}

/// The link's counters, the wide ones where there are.
pub(super) fn counters(seen: &Seen<'_>) -> Option<Stats> {
    seen.base
        .attr(base::STATS64.0.attr)
        .map(Stats::wide)
        .or_else(|| seen.base.attr(base::STATS.0.attr).map(Stats::narrow))
}
