//! System calls on sockets.
#![allow(unsafe_code)]
// Widths of fields and requests differ between C libraries.
#![allow(clippy::unnecessary_cast)]

use std::mem::{size_of, zeroed};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::{from_mut, from_ref};
use std::time::Duration;

use libc::{c_int, c_void, socklen_t};

use super::{failed, last, outcome};
use crate::Error;

/// Receive without waiting.
pub(crate) const NONBLOCK: c_int = libc::MSG_DONTWAIT;
/// Receive without taking.
pub(crate) const PEEK: c_int = libc::MSG_PEEK;
/// The ioctl of ethtool (`linux/sockios.h`).
const SIOCETHTOOL: libc::c_ulong = 0x8946;

/// The part of the kernel that tells of links.
pub(crate) const ROUTE: c_int = libc::NETLINK_ROUTE;
/// The one that tells of sockets.
pub(crate) const SOCK_DIAG: c_int = libc::NETLINK_SOCK_DIAG;
/// The one for families of messages that are numbered at run time.
pub(crate) const GENERIC: c_int = libc::NETLINK_GENERIC;

/// A netlink socket to a part of the kernel, not bound, closed on exec.
pub(crate) fn netlink(part: c_int) -> Result<OwnedFd, Error> {
    // SAFETY: no pointers; the result is checked before it is owned.
    let fd = unsafe { libc::socket(libc::AF_NETLINK, libc::SOCK_RAW | libc::SOCK_CLOEXEC, part) };
    let fd = outcome("socket", fd)?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Binds to a port of the kernel's choice.
pub(crate) fn bind(fd: BorrowedFd<'_>) -> Result<(), Error> {
    let address = address();
    // SAFETY: `address` is a whole sockaddr_nl and lives through the call.
    let result = unsafe { libc::bind(fd.as_raw_fd(), from_ref(&address).cast(), address_length()) };
    outcome("bind", result).map(drop)
}

/// The port that the socket is bound to.
pub(crate) fn port(fd: BorrowedFd<'_>) -> Result<u32, Error> {
    let mut address = address();
    let mut length = address_length();
    // SAFETY: both pointers are valid for writes of the sizes given, for the duration of the call.
    let result = unsafe { libc::getsockname(fd.as_raw_fd(), from_mut(&mut address).cast(), &raw mut length) };
    outcome("getsockname", result)?;
    Ok(address.nl_pid)
}

/// Sets an option that is an integer.
pub(crate) fn set(fd: BorrowedFd<'_>, level: c_int, option: c_int, value: c_int) -> Result<(), Error> {
    set_bytes(fd, level, option, &value)
}

/// The number of the socket's namespace that no other has until the machine starts again (`SO_NETNS_COOKIE`); 0 where the
/// kernel tells none (before 5.14).
pub(crate) fn cookie(fd: BorrowedFd<'_>) -> u64 {
    const SO_NETNS_COOKIE: c_int = 71;
    let mut value = 0_u64;
    let mut length = size_of::<u64>() as socklen_t;
    // SAFETY: both pointers are valid for writes of the sizes given, for the duration of the call.
    let result = unsafe {
        libc::getsockopt(
            fd.as_raw_fd(),
            libc::SOL_SOCKET,
            SO_NETNS_COOKIE,
            from_mut(&mut value).cast(),
            &raw mut length,
        )
    };
    if result == 0 { value } else { 0 }
}

/// Joins a multicast group by its number (`RTNLGRP_*`).
pub(crate) fn add_membership(fd: BorrowedFd<'_>, group: u32) -> Result<(), Error> {
    set_bytes(fd, libc::SOL_NETLINK, libc::NETLINK_ADD_MEMBERSHIP, &group)
}

/// Lets a blocking receive end with `EAGAIN` after that long; zero means never, so the least is a microsecond.
pub(crate) fn deadline(fd: BorrowedFd<'_>, after: Duration) -> Result<(), Error> {
    // SAFETY: an all-zero timeval is a valid value; the fields are set by name as targets pad it differently.
    let mut time: libc::timeval = unsafe { zeroed() };
    time.tv_sec = after.as_secs().min(i32::MAX as u64) as _;
    time.tv_usec = after.subsec_micros() as _;
    if time.tv_sec == 0 && time.tv_usec == 0 {
        time.tv_usec = 1;
    }
    set_bytes(fd, libc::SOL_SOCKET, libc::SO_RCVTIMEO, &time)
}

/// Sends one datagram to the kernel. Netlink takes all of it or nothing.
pub(crate) fn send(fd: BorrowedFd<'_>, bytes: &[u8]) -> Result<(), Error> {
    let kernel = address();
    // SAFETY: the buffer and the address are valid for reads of the lengths given, for the duration of the call.
    let sent = unsafe {
        libc::sendto(
            fd.as_raw_fd(),
            bytes.as_ptr().cast(),
            bytes.len(),
            0,
            from_ref(&kernel).cast(),
            address_length(),
        )
    };
    if sent < 0 { Err(failed("sendto")) } else { Ok(()) }
}

/// What a receive found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    /// The datagram's whole length in bytes, however much of it the buffer took.
    pub(crate) length: usize,
    /// Whether the buffer took less than that.
    pub(crate) truncated: bool,
    /// The sender's port: 0 is the kernel.
    pub(crate) sender: u32,
    /// The namespace it came from, on sockets that listen to all.
    pub(crate) nsid: Option<i32>,
}

/// Receives one datagram; on failure, the error number.
pub(crate) fn receive(fd: BorrowedFd<'_>, buffer: &mut [u8], flags: c_int) -> Result<Received, c_int> {
    let mut address = address();
    // Eight-byte alignment and room for one integer of control data, with its header, and to spare.
    let mut control = [0u64; 8];
    let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: an all-zero msghdr is valid (null pointers, zero lengths).
    let mut header: libc::msghdr = unsafe { zeroed() };
    header.msg_name = from_mut(&mut address).cast();
    header.msg_namelen = address_length();
    header.msg_iov = &raw mut part;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = size_of_val(&control) as _;
    // SAFETY: every pointer in `header` is valid for writes of the length beside it, for the duration of the call.
    let length = unsafe { libc::recvmsg(fd.as_raw_fd(), &raw mut header, flags | libc::MSG_TRUNC) };
    let length = usize::try_from(length).map_err(|_| last())?;
    let truncated = length > buffer.len() || header.msg_flags & libc::MSG_TRUNC != 0;
    Ok(Received { length, truncated, sender: address.nl_pid, nsid: nsid(&header) })
}

/// The namespace that control data names (`NETLINK_LISTEN_ALL_NSID`).
fn nsid(header: &libc::msghdr) -> Option<i32> {
    let mut found = None;
    // SAFETY: `header` was filled by recvmsg and its control buffer is still alive in the caller; the macros stay
    // within msg_controllen, and the data is read unaligned only where its length says that it is there.
    unsafe {
        let mut control = libc::CMSG_FIRSTHDR(header);
        while let Some(item) = control.as_ref() {
            let whole = item.cmsg_len as usize >= libc::CMSG_LEN(size_of::<c_int>() as u32) as usize;
            if item.cmsg_level == libc::SOL_NETLINK
                && item.cmsg_type == libc::NETLINK_LISTEN_ALL_NSID
                && whole
            {
                found = Some(libc::CMSG_DATA(control).cast::<c_int>().read_unaligned());
            }
            control = libc::CMSG_NXTHDR(header, control);
        }
    }
    found
}

/// Waits until there is something to receive; false when `wait` has passed, or a signal came. `None` waits for ever.
pub(crate) fn poll(fd: BorrowedFd<'_>, wait: Option<Duration>) -> Result<bool, Error> {
    let milliseconds = wait.map_or(-1, |wait| {
        // Rounded up, so that a wait of less than a millisecond does not spin.
        c_int::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(c_int::MAX)
    });
    let mut item = libc::pollfd { fd: fd.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one pollfd, valid for reads and writes during the call.
    let ready = unsafe { libc::poll(&raw mut item, 1, milliseconds) };
    match ready {
        0 => Ok(false),
        n if n > 0 => Ok(true),
        _ if last() == libc::EINTR => Ok(false),
        _ => Err(failed("poll")),
    }
}

/// Asks ethtool's ioctl about the link `name` (at most 15 bytes and its NUL), in the socket's own namespace.
pub(crate) fn ethtool(
    fd: BorrowedFd<'_>,
    name: &[u8; libc::IFNAMSIZ],
    command: &mut [u8],
) -> Result<(), Error> {
    // SAFETY: an all-zero ifreq is valid.
    let mut request: libc::ifreq = unsafe { zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(name) {
        *to = *from as libc::c_char;
    }
    request.ifr_ifru.ifru_data = command.as_mut_ptr().cast();
    // SAFETY: `request` lives through the call; the caller's buffer is as long as the command in its first four bytes
    // says it must be (`driver` is the only caller and uses a constant of its own for both).
    let result = unsafe { libc::ioctl(fd.as_raw_fd(), SIOCETHTOOL as _, &raw mut request) };
    outcome("ioctl", result).map(drop)
}

fn set_bytes<T: Copy>(fd: BorrowedFd<'_>, level: c_int, option: c_int, value: &T) -> Result<(), Error> {
    let bytes: *const c_void = from_ref(value).cast();
    // SAFETY: `bytes` points at a whole T that lives through the call.
    let result =
        unsafe { libc::setsockopt(fd.as_raw_fd(), level, option, bytes, size_of::<T>() as socklen_t) };
    outcome("setsockopt", result).map(drop)
}

fn address() -> libc::sockaddr_nl {
    // SAFETY: an all-zero sockaddr_nl is valid: it is the kernel's address.
    let mut address: libc::sockaddr_nl = unsafe { zeroed() };
    address.nl_family = libc::AF_NETLINK as libc::sa_family_t;
    address
}

fn address_length() -> socklen_t {
    size_of::<libc::sockaddr_nl>() as socklen_t
}
