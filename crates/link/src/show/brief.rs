//! One link on one line: `ip -br link show`.

use std::fmt::Write;

use linkctl_kinds::link as base;
use linkctl_schema::out::Out;

use super::{Hue, Near, Options, flags, json as whole, text as lines};
use crate::snapshot::Seen;

/// Writes a link: name, state, address, flags, and a newline. Of the options only colours count, and whether it is
/// gone.
///
/// `ip -br monitor` prints no more than name and state, and no newline; we print the same line for an event.
pub fn text(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut String) {
    if options.deleted {
        out.push_str("Deleted ");
    }
    options.paint.around(Hue::Name, out, |out| {
        let from = out.len();
        lines::title(seen, near, out);
        let _ = write!(out, "{:1$} ", "", 16_usize.saturating_sub(out.len() - from));
    });
    if let Some(state) = lines::value(seen, &base::OPERSTATE.0, near) {
        if matches!(state, linkctl_schema::Value::Num(_)) {
            out.push_str("state ");
        }
        lines::state(&state, 14, options, out);
    }
    if let Some(bytes) = seen.base.attr(base::ADDRESS.0.attr) {
        options.paint.around(Hue::Mac, out, |out| {
            flags::write_address(bytes, seen.iftype, out);
            out.push(' ');
        });
    }
    lines::flag_list(seen, near, out);
    out.push('\n');
}

/// Writes a link as an item of the array that is open.
pub fn json(seen: &Seen<'_>, near: &dyn Near, options: Options, out: &mut Out) {
    out.object();
    if options.deleted {
        out.key("deleted");
        out.plain(true);
    }
    whole::title(seen, near, out);
    whole::state(seen, near, out);
    if let Some(bytes) = seen.base.attr(base::ADDRESS.0.attr) {
        whole::address("address", bytes, seen.iftype, out);
    }
    whole::flag_list(seen, near, out);
    out.end();
}
