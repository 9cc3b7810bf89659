//! System calls, one wrapper each, and all the unsafe code there is.
//!
//! Knows pointers, lengths and the kernel's structures. Refuses to retry, to interpret or to keep anything.

pub(crate) mod bpf;
mod files;
mod net;
pub(crate) mod place;
mod process;
mod signals;

pub(crate) use files::{is_netns, is_nsfs, mount, open_in, setns, umount, unshare};
pub(crate) use net::{
    GENERIC, NONBLOCK, PEEK, ROUTE, Received, SOCK_DIAG, add_membership, bind, cookie, deadline, ethtool,
    netlink, poll, port, receive, send, set,
};

pub(crate) use process::{boottime, drain, pidfd, poll_any, set_timer, setsid, signal, timer, watch};
pub(crate) use signals::{Mask, block_ends, end_pending, restore, signalfd, take_end};

use crate::Error;

/// The error of the system call that just failed.
pub(crate) fn failed(call: &'static str) -> Error {
    Error::Io { call, errno: last() }
}

/// The number of the last error of this thread.
pub(crate) fn last() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// The number at the bottom of an error of the standard library.
pub(crate) fn number(error: &std::io::Error) -> i32 {
    error.raw_os_error().unwrap_or(libc::EIO)
}

/// Turns the C convention of -1 into an error.
fn outcome(call: &'static str, value: libc::c_int) -> Result<libc::c_int, Error> {
    if value < 0 { Err(failed(call)) } else { Ok(value) }
}
