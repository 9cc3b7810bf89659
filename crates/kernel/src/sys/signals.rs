//! System calls on signals.
#![allow(unsafe_code)]

use std::mem::zeroed;
use std::os::fd::{FromRawFd, OwnedFd};
use std::ptr::null_mut;

use super::failed;
use crate::Error;

/// A set of signals.
pub(crate) struct Mask(libc::sigset_t);

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

/// The signals that ask a program to end.
fn ends() -> libc::sigset_t {
    // SAFETY: a set of all zeros is a valid value to initialise; the calls get pointers to it alone.
    unsafe {
        let mut set = zeroed();
        libc::sigemptyset(&raw mut set);
        for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT] {
            libc::sigaddset(&raw mut set, signal);
        }
        set
    }
}

/// The same, and the one that a terminal stops a program with: a change is not left half-way for as long as somebody
/// looks elsewhere.
fn held() -> libc::sigset_t {
    let mut set = ends();
    // SAFETY: the set was initialised, and lives through the call.
    unsafe { libc::sigaddset(&raw mut set, libc::SIGTSTP) };
    set
}

/// Blocks them for the calling thread; returns what was blocked before.
pub(crate) fn block_ends() -> Result<Mask, Error> {
    let set = held();
    // SAFETY: both sets live through the call; the old one is written whole on success.
    unsafe {
        let mut before = zeroed();
        match libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, &raw mut before) {
            0 => Ok(Mask(before)),
            _ => Err(failed("pthread_sigmask")),
        }
    }
}

/// Blocks what was blocked before, and nothing else.
pub(crate) fn restore(mask: &Mask) {
    // SAFETY: the set lives through the call; a null old set is allowed.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &raw const mask.0, null_mut()) };
}

/// Whether one of them waits.
pub(crate) fn end_pending() -> bool {
    // SAFETY: the set lives through the call and is written whole.
    unsafe {
        let mut set = zeroed();
        libc::sigpending(&raw mut set) == 0
            && [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT]
                .into_iter()
                .any(|s| libc::sigismember(&raw const set, s) == 1)
    }
}

/// A descriptor that is readable while one that ends a program waits. It has to be blocked.
pub(crate) fn signalfd() -> Result<OwnedFd, Error> {
    let set = ends();
    // SAFETY: the set lives through the call.
    let fd = unsafe { libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) };
    if fd < 0 {
        return Err(failed("signalfd"));
    }
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Takes one that waits, and tells its number; 0 where none does.
pub(crate) fn take_end() -> i32 {
    let set = ends();
    let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: set and time live through the call; null for the details is allowed.
    unsafe { libc::sigtimedwait(&raw const set, null_mut(), &raw const now).max(0) }
}
