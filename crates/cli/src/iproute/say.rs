//! What the compatibility face says, and where.

use std::io::Write;

use linkctl::iproute::Stop;
use linkctl::kernel::{Error, Refusal};
use linkctl::link::Seen;
use linkctl::link::show::{self, Options};
use linkctl::schema::Safe;

use super::Face;

/// The release of iproute2 that this face is like.
pub(crate) const LIKE: &str = "iproute2-7.3.0";

/// Says what a stop says; returns the exit status.
pub(crate) fn say(stop: &Stop, face: Face) -> u8 {
    out(&stop.out);
    err(&stop.err);
    // `bridge` returns -1 where `ip` returns 1 and 2.
    if face == Face::Bridge && matches!(stop.status, 1 | 2) { 255 } else { stop.status }
}

/// What the shell says of a program that a closed pipe ended.
const PIPE: i32 = 128 + 13;

/// Writes to standard output. Whoever stopped reading wants no more, and ends the program, as it ends iproute2.
pub(crate) fn out(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(e) = out.write_all(text.as_bytes()).and_then(|()| out.flush())
        && e.kind() == std::io::ErrorKind::BrokenPipe
    {
        std::process::exit(PIPE);
    }
}

/// Writes to standard error.
pub(crate) fn err(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

/// `-V`: which iproute2 this is like, and what it is.
pub(crate) fn version(face: Face) -> u8 {
    let like = if face == Face::Bridge { LIKE.trim_start_matches("iproute2-") } else { LIKE };
    out(&format!("{} utility, {like}, linkctl {}\n", face.name(), env!("CARGO_PKG_VERSION")));
    0
}

/// The C library's words for an error number.
pub(crate) fn strerror(errno: i32) -> String {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// What iproute2 says of a refusal.
pub(crate) fn refusal(no: &Refusal) -> String {
    match (&no.message, no.missing) {
        (Some(text), _) => sentence("Error", text),
        (None, Some(attribute)) => format!("Missing required attribute type {attribute}\n"),
        (None, None) => format!("RTNETLINK answers: {}\n", strerror(no.errno)),
    }
}

/// The kernel's sentence, with a full stop.
pub(crate) fn sentence(what: &str, text: &[u8]) -> String {
    let stop = if text.ends_with(b".") { "" } else { "." };
    format!("{what}: {}{stop}\n", Safe(text))
}

/// Says that links came and went while they were read.
pub(crate) fn interrupted() {
    err("Dump was interrupted and may be inconsistent.\n");
}

/// Says that a message had no room for all virtual functions of a link.
pub(crate) fn truncated(seen: &Seen<'_>, options: Options) {
    if show::vf::truncated(seen, options) {
        let name = seen.name().map(|n| Safe(n.as_bytes()).to_string()).unwrap_or_default();
        err(&format!("Truncated VF list: {name}\n"));
    }
}

/// What is said where the kernel was not reached.
pub(crate) fn unreached(error: &Error) -> Stop {
    match error {
        Error::Refused(no) => Stop { err: refusal(no), status: 2, ..Stop::default() },
        Error::Io { call, errno } => Stop::says(format_args!("{call}: {}", strerror(*errno)), 1),
        other => Stop::says(other, 1),
    }
}
