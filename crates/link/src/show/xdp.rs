//! Programs at the driver's door (`IFLA_XDP`).

use std::fmt::Write;

use linkctl_kinds::link as base;
use linkctl_schema::Safe;
use linkctl_schema::codec::View;
use linkctl_schema::out::Out;
use linkctl_wire::number;

use super::{Form, Near, Options, Program};
use crate::snapshot::Seen;

/// `IFLA_XDP_ATTACHED`, how a program is attached.
const ATTACHED: u16 = 2;
/// `IFLA_XDP_PROG_ID`, the only program.
const PROGRAM: u16 = 4;

/// Ways to attach one (`XDP_ATTACHED_*`, `linux/if_link.h`): what text says, the attribute of its program, and what
/// the program's line is called.
const WAYS: [(u8, &str, u16, &str); 3] = [
    (2, "xdpgeneric", 6, "prog/xdpgeneric"),
    (1, "xdp", 5, "prog/xdpdrv"),
    (3, "xdpoffload", 7, "prog/xdpoffload"),
];
/// Several at once.
const MULTI: u8 = 4;

/// What is attached: how, and the attributes.
fn attached<'a>(seen: &Seen<'a>) -> Option<(u8, View<'a>)> {
    told(seen.base.attr(base::XDP.0.attr)?)
}

/// The same from the attribute alone.
fn told(attribute: &[u8]) -> Option<(u8, View<'_>)> {
    let view = View::new(attribute);
    let mode = *view.attr(ATTACHED)?.first()?;
    (mode != 0).then_some((mode, view))
}

/// Whether the attribute tells of one.
pub(crate) fn is_attached(attribute: &[u8]) -> bool {
    told(attribute).is_some()
}

fn id(view: &View<'_>, attr: u16) -> Option<u32> {
    view.attr(attr).and_then(number::u32)
}

/// Writes the word on the first line.
pub(super) fn word(seen: &Seen<'_>, options: Options, out: &mut String) {
    let Some((mode, view)) = attached(seen) else { return };
    let _ = match WAYS.iter().find(|w| w.0 == mode) {
        Some((_, word, ..)) => write!(out, "{word}"),
        None if mode == MULTI => write!(out, "xdpmulti"),
        None => write!(out, "xdp[{mode}]"),
    };
    if let (Form::Event, Some(id)) = (options.form, id(&view, PROGRAM)) {
        let _ = write!(out, "/id:{id}");
    }
    out.push(' ');
}

/// Writes a line for each program.
pub(super) fn lines(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut String) {
    let Some((mode, view)) = attached(seen) else { return };
    let mut line = |title: &str, id: Option<u32>| {
        let Some(id) = id else { return };
        let _ = write!(out, "{}    {title} id {id} ", options.newline());
        let Some(p) = near.program(id) else { return };
        let _ = write!(out, "name {} tag {} ", Safe(p.name.as_bytes()), tag(&p));
        if p.jited {
            out.push_str("jited ");
        }
        if options.details > 0 {
            if p.load_time > 0 {
                let _ = write!(out, "load_time {} created_by_uid {} ", p.load_time, p.created_by_uid);
            }
            if p.btf_id > 0 {
                let _ = write!(out, "btf_id {} ", p.btf_id);
            }
        }
    };
    line("prog/xdp", id(&view, PROGRAM));
    if mode == MULTI {
        WAYS.iter().for_each(|w| line(w.3, id(&view, w.2)));
    }
}

fn tag(program: &Program) -> String {
    format!("{:016x}", u64::from_be_bytes(program.tag))
}

/// Writes the member `xdp`.
pub(super) fn json(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut Out) {
    let Some((mode, view)) = attached(seen) else { return };
    out.key("xdp");
    out.object();
    out.key("mode");
    out.plain(mode);
    if let Some(id) = id(&view, PROGRAM).filter(|id| *id != 0) {
        member(id, near, options, out);
    }
    out.key("attached");
    out.array();
    let mut item = |mode: u8, id: Option<u32>| {
        if let Some(id) = id {
            out.object();
            out.key("mode");
            out.plain(mode);
            member(id, near, options, out);
            out.end();
        }
    };
    if WAYS.iter().any(|w| view.attr(w.2).is_some()) {
        WAYS.iter().for_each(|w| item(w.0, id(&view, w.2)));
    } else {
        // Kernels before 4.19 tell no more.
        item(mode, id(&view, PROGRAM));
    }
    out.end_array();
    out.end();
}

fn member(id: u32, near: &dyn Near, options: Options, out: &mut Out) {
    out.key("prog");
    out.object();
    out.key("id");
    out.plain(id);
    if let Some(p) = near.program(id) {
        out.key("name");
        out.text(&p.name);
        out.key("tag");
        out.text(&tag(&p));
        out.key("jited");
        out.plain(u8::from(p.jited));
        if options.details > 0 {
            if p.load_time > 0 {
                out.key("load_time");
                out.plain(p.load_time);
                out.key("created_by_uid");
                out.plain(p.created_by_uid);
            }
            if p.btf_id > 0 {
                out.key("btf_id");
                out.plain(p.btf_id);
            }
        }
    }
    out.end();
}
