//! What the C library knows of the place: its time, names of hosts.
#![allow(unsafe_code)]
// Widths of fields differ between C libraries.
#![allow(clippy::unnecessary_cast)]

use std::mem::{size_of, zeroed};
use std::net::IpAddr;
use std::ptr::{from_ref, null_mut};

/// How far the place's clocks are ahead of UTC at a time, seconds.
pub(crate) fn ahead(seconds: i64) -> i64 {
    let time = seconds as libc::time_t;
    // SAFETY: an all-zero tm is valid.
    let mut parts: libc::tm = unsafe { zeroed() };
    // SAFETY: both pointers are valid through the call, which reads TZ; no thread of ours changes the environment.
    let found = unsafe { libc::localtime_r(&raw const time, &raw mut parts) };
    if found.is_null() { 0 } else { parts.tm_gmtoff as i64 }
}

/// The name of a host, where its address has one.
pub(crate) fn host(address: IpAddr) -> Option<String> {
    let mut name = [0u8; 1025]; // NI_MAXHOST
    let result = match address {
        IpAddr::V4(a) => {
            // SAFETY: an all-zero sockaddr_in is valid.
            let mut socket: libc::sockaddr_in = unsafe { zeroed() };
            socket.sin_family = libc::AF_INET as libc::sa_family_t;
            socket.sin_addr.s_addr = u32::from_ne_bytes(a.octets());
            ask(&socket, &mut name)
        }
        IpAddr::V6(a) => {
            // SAFETY: an all-zero sockaddr_in6 is valid.
            let mut socket: libc::sockaddr_in6 = unsafe { zeroed() };
            socket.sin6_family = libc::AF_INET6 as libc::sa_family_t;
            socket.sin6_addr.s6_addr = a.octets();
            ask(&socket, &mut name)
        }
    };
    let end = name.iter().position(|b| *b == 0)?;
    (result == 0).then(|| String::from_utf8_lossy(&name[..end]).into_owned())
}

fn ask<T>(socket: &T, name: &mut [u8]) -> libc::c_int {
    // SAFETY: the address is a whole sockaddr of the size given, and the buffer is valid for writes of its length.
    unsafe {
        libc::getnameinfo(
            from_ref(socket).cast(),
            size_of::<T>() as libc::socklen_t,
            name.as_mut_ptr().cast(),
            name.len() as libc::socklen_t,
            null_mut(),
            0,
            libc::NI_NAMEREQD,
        )
    }
}
