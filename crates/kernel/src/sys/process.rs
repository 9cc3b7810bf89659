//! System calls on processes, clocks and folders that are watched.
#![allow(unsafe_code)]
// Widths of fields differ between C libraries.
#![allow(clippy::unnecessary_cast)]

use std::ffi::CString;
use std::mem::zeroed;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{null, null_mut};
use std::time::Duration;

use libc::c_int;

use super::{failed, last, outcome};
use crate::Error;

fn owned(call: &'static str, fd: c_int) -> Result<OwnedFd, Error> {
    let fd = outcome(call, fd)?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A descriptor that stands for a process (Linux 5.3).
pub(crate) fn pidfd(pid: u32) -> Result<OwnedFd, Error> {
    // SAFETY: no pointers; the result is checked before it is owned.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid as libc::pid_t, 0) };
    owned("pidfd_open", fd as c_int)
}

/// Sends a signal to the process that a descriptor stands for.
pub(crate) fn signal(pidfd: BorrowedFd<'_>, signal: c_int) -> Result<(), Error> {
    let none = null::<libc::siginfo_t>();
    // SAFETY: a null siginfo is allowed.
    let result = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_raw_fd(), signal, none, 0) };
    outcome("pidfd_send_signal", result as c_int).map(drop)
}

/// Makes the process the first of a session of its own, without a terminal.
pub(crate) fn setsid() -> Result<(), Error> {
    // SAFETY: no pointers.
    outcome("setsid", unsafe { libc::setsid() } as c_int).map(drop)
}

/// Seconds since the machine was started, suspended time counted.
pub(crate) fn boottime() -> Duration {
    // SAFETY: an all-zero timespec is valid.
    let mut now: libc::timespec = unsafe { zeroed() };
    // SAFETY: `now` is valid for writes through the call; the clock is always there.
    unsafe { libc::clock_gettime(libc::CLOCK_BOOTTIME, &raw mut now) };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// A timer on that clock.
pub(crate) fn timer() -> Result<OwnedFd, Error> {
    // SAFETY: no pointers; the result is checked before it is owned.
    owned("timerfd_create", unsafe {
        libc::timerfd_create(libc::CLOCK_BOOTTIME, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK)
    })
}

/// Lets a timer go off at a time of that clock; never where it is zero.
pub(crate) fn set_timer(timer: BorrowedFd<'_>, at: Duration) -> Result<(), Error> {
    // SAFETY: an all-zero itimerspec is valid.
    let mut value: libc::itimerspec = unsafe { zeroed() };
    value.it_value.tv_sec = at.as_secs() as libc::time_t;
    value.it_value.tv_nsec = at.subsec_nanos() as _;
    // SAFETY: the value lives through the call; a null old value is allowed.
    let result = unsafe {
        libc::timerfd_settime(timer.as_raw_fd(), libc::TFD_TIMER_ABSTIME, &raw const value, null_mut())
    };
    outcome("timerfd_settime", result).map(drop)
}

/// A descriptor that becomes readable when a file of a folder is made, renamed, written to its end or deleted.
pub(crate) fn watch(folder: &Path) -> Result<OwnedFd, Error> {
    // SAFETY: no pointers; the result is checked before it is owned.
    let fd = owned("inotify_init1", unsafe { libc::inotify_init1(libc::IN_CLOEXEC | libc::IN_NONBLOCK) })?;
    let path = CString::new(folder.as_os_str().as_bytes())
        .map_err(|_| Error::Io { call: "inotify_add_watch", errno: libc::EINVAL })?;
    let events =
        libc::IN_CREATE | libc::IN_MOVED_TO | libc::IN_MOVED_FROM | libc::IN_CLOSE_WRITE | libc::IN_DELETE;
    // SAFETY: the path ends in NUL and lives through the call.
    let result = unsafe { libc::inotify_add_watch(fd.as_raw_fd(), path.as_ptr(), events) };
    outcome("inotify_add_watch", result)?;
    Ok(fd)
}

/// Reads away what waits on a descriptor that does not block.
pub(crate) fn drain(fd: BorrowedFd<'_>) {
    let mut buffer = [0u8; 4096];
    // SAFETY: the buffer is valid for writes of its length through the call.
    while unsafe { libc::read(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len()) } > 0 {}
}

/// Waits until one of the descriptors is readable, or for a signal; says which are.
pub(crate) fn poll_any(fds: &[BorrowedFd<'_>]) -> Result<Vec<bool>, Error> {
    let item = |fd: &BorrowedFd<'_>| libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    let mut items: Vec<libc::pollfd> = fds.iter().map(item).collect();
    // SAFETY: as many pollfds as said, valid for reads and writes during the call.
    let ready = unsafe { libc::poll(items.as_mut_ptr(), items.len() as libc::nfds_t, -1) };
    if ready < 0 && last() != libc::EINTR {
        return Err(failed("poll"));
    }
    Ok(items.iter().map(|i| ready > 0 && i.revents != 0).collect())
}
