//! One port of a bridge as `bridge link show` has it: messages of the family `AF_BRIDGE`.

use std::fmt::Write;

use linkctl_kinds::link as base;
use linkctl_kinds::port::bridge as port;
use linkctl_schema::codec::View;
use linkctl_schema::out::Out;
use linkctl_schema::text::Source as _;
use linkctl_schema::{Value, json as members, text as words};
use linkctl_wire::{Attrs, number};

use super::{Near, Options, json as whole, text as lines};
use crate::snapshot::Seen;

/// `IFLA_PROTINFO`: the port's settings, as a nest in messages of this family.
const PROTINFO: u16 = 12;
/// In `IFLA_AF_SPEC`, `IFLA_BRIDGE_MODE`: how a network card switches by itself (`linux/if_bridge.h`).
const MODE: u16 = 1;

/// What of it is bridged, and by whom.
struct Port<'a> {
    settings: Option<View<'a>>,
    /// A port without a nest, as kernels before 3.8 have it, tells its state alone.
    state: Option<u8>,
    mode: Option<u16>,
}

fn port<'a>(seen: &Seen<'a>) -> Port<'a> {
    let (settings, state) = match seen.base.attr(PROTINFO) {
        // No attribute is that short.
        Some([state]) => (None, Some(*state)),
        Some(bytes) => (Some(View::new(bytes)), None),
        None => (None, None),
    };
    let mode = seen.base.attr(base::AF_SPEC).and_then(|s| Attrs::new(s).find(MODE)).and_then(number::u16);
    Port { settings, state, mode }
}

/// The state's word.
fn state(n: u64) -> Option<&'static str> {
    match port::STATE.0.ty {
        linkctl_schema::Type::Words(_, list) => list.iter().find(|(_, v)| *v == n).map(|(word, _)| *word),
        _ => None,
    }
}

fn mode(mode: u16) -> String {
    match mode {
        0 => "VEB".into(),
        1 => "VEPA".into(),
        n => format!("{n:#x}"),
    }
}

/// Writes a port, with a newline at its end. Of the options count `details`, `oneline`, `deleted`, `ours`, `paint`.
pub fn text(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut String) {
    lines::start(seen, near, options, out);
    if let Some(mtu) = seen.base.attr(base::MTU.0.attr).and_then(number::u32) {
        let _ = write!(out, "mtu {mtu} ");
    }
    lines::master(seen, near, out);
    let port = port(seen);
    let number = |n: u64, out: &mut String| {
        let _ = match state(n) {
            Some(word) => write!(out, "state {word} "),
            None => write!(out, "state ({n}) "),
        };
    };
    if let Some(view) = &port.settings {
        let source = options.source(view, near);
        for f in port::BRIEFLY {
            match source.said(f) {
                Some(v) if f.name == port::STATE.0.name => {
                    words::numeral(f, &v).into_iter().for_each(|n| number(n, out));
                }
                Some(v) => words::one(f, &v, options.level(), out),
                None => {}
            }
        }
        if options.details > 0 {
            let _ = write!(out, "{}    ", options.newline());
            words::run(port::IN_DETAIL, &source, options.level(), out);
        }
    }
    port.state.into_iter().for_each(|n| number(n.into(), out));
    if let Some(n) = port.mode {
        let _ = write!(out, "hwmode {} ", mode(n));
    }
    out.push('\n');
}

/// Writes a port as an item of the array that is open.
pub fn json(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut Out) {
    out.object();
    whole::start(seen, near, options, out);
    if let Some(mtu) = seen.base.attr(base::MTU.0.attr).and_then(number::u32) {
        out.key("mtu");
        out.plain(mtu);
    }
    whole::master(seen, near, out);
    let port = port(seen);
    let number = |n: u64, out: &mut Out| {
        out.key("state");
        match state(n) {
            Some(word) => out.text(word),
            None => out.plain(n),
        }
    };
    if let Some(view) = &port.settings {
        let source = options.source(view, near);
        for f in port::BRIEFLY {
            match source.said(f) {
                Some(Value::Num(n)) if f.name == port::STATE.0.name => number(n, out),
                Some(v) => members::one(f, &v, out),
                None => {}
            }
        }
        if options.details > 0 {
            members::run(port::IN_DETAIL, &source, options.level(), out);
        }
    }
    port.state.into_iter().for_each(|n| number(n.into(), out));
    if let Some(n) = port.mode {
        out.key("hwmode");
        out.text(&mode(n));
    }
    out.end();
}
