//! The system call `bpf`, as far as programs at the driver's door need it.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::failed;
use crate::Error;

/// Commands of `enum bpf_cmd` (`linux/bpf.h`).
const OBJ_GET: libc::c_long = 7;
const PROG_GET_FD_BY_ID: libc::c_long = 13;
const OBJ_GET_INFO_BY_FD: libc::c_long = 15;

/// Calls `bpf` with attributes in the kernel's layout; those behind them are zero.
fn call(command: libc::c_long, attributes: &mut [u64]) -> Result<i32, Error> {
    let size = std::mem::size_of_val(attributes);
    // SAFETY: the kernel reads and writes at most `size` bytes there; pointers within are the callers' and live
    // through the call.
    let result = unsafe { libc::syscall(libc::SYS_bpf, command, attributes.as_mut_ptr(), size) };
    i32::try_from(result).ok().filter(|n| *n >= 0).ok_or_else(|| failed("bpf"))
}

/// Opens what is pinned at a path.
pub(crate) fn pinned(path: &Path) -> Result<OwnedFd, Error> {
    let path = CString::new(path.as_os_str().as_bytes())
        .map_err(|_| Error::Io { call: "bpf", errno: libc::EINVAL })?;
    // pathname; bpf_fd and file_flags.
    let mut attributes = [path.as_ptr() as u64, 0];
    let fd = call(OBJ_GET, &mut attributes)?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Opens the program of an identifier.
pub(crate) fn program(id: u32) -> Result<OwnedFd, Error> {
    // prog_id and next_id; open_flags.
    let mut attributes = [0u64; 2];
    attributes[0] = u64::from_ne_bytes({
        let mut pair = [0; 8];
        pair[..4].copy_from_slice(&id.to_ne_bytes());
        pair
    });
    let fd = call(PROG_GET_FD_BY_ID, &mut attributes)?;
    // SAFETY: a fresh descriptor that nobody else owns.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Fills a buffer with `struct bpf_prog_info` of a program.
pub(crate) fn info(fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<(), Error> {
    let mut head = [0u8; 8];
    head[..4].copy_from_slice(&fd.as_raw_fd().to_ne_bytes());
    head[4..].copy_from_slice(&(buffer.len() as u32).to_ne_bytes());
    // bpf_fd and info_len; info.
    let mut attributes = [u64::from_ne_bytes(head), buffer.as_mut_ptr() as u64];
    call(OBJ_GET_INFO_BY_FD, &mut attributes).map(drop)
}
