//! What surrounds shown links: names of numbers, hosts and programs, as the options want them.

use std::io::IsTerminal;
use std::net::IpAddr;

use linkctl::iproute::Colour;
use linkctl::kernel::{bpf, place};
use linkctl::link::show::{Form, Human, Names, Near, Options, Paint, Program, With};

use super::Call;

/// How links are shown.
pub(crate) fn options(call: &Call, form: Form) -> Options {
    let o = &call.options;
    let human = match (o.human, o.iec) {
        (false, _) => Human::Exact,
        (true, false) => Human::Decimal,
        (true, true) => Human::Binary,
    };
    Options {
        details: o.details,
        stats: o.stats,
        oneline: o.oneline,
        ours: false,
        form,
        deleted: false,
        numeric: o.numeric,
        human,
        paint: paint(call),
    }
}

/// Colours: only where they were asked for, never in JSON.
fn paint(call: &Call) -> Paint {
    let wanted = match call.options.colour {
        Colour::Always => true,
        Colour::Auto => std::io::stdout().is_terminal(),
        Colour::Unsaid | Colour::Never => false,
    };
    if !wanted || call.options.json {
        return Paint::None;
    }
    Paint::of_terminal(std::env::var("COLORFGBG").ok().as_deref())
}

/// The name of a host.
fn host(address: &IpAddr) -> Option<String> {
    place::host(*address)
}

/// A program at the driver's door.
fn program(id: u32) -> Option<Program> {
    let p = bpf::program(id).ok()?;
    Some(Program {
        name: String::from_utf8_lossy(&p.name).into_owned(),
        tag: p.tag,
        jited: p.jited,
        load_time: p.load_time,
        created_by_uid: p.uid,
        btf_id: p.btf,
    })
}

/// Neighbours with all names that the options ask for.
pub(crate) fn with<'a>(call: &Call, near: &'a dyn Near, names: &'a Names) -> With<'a> {
    With { near, names, host: call.options.resolve.then_some(&host), program: Some(&program) }
}
