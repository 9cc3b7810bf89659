//! System calls on namespaces and mounts.
#![allow(unsafe_code)]
// Widths of fields and requests differ between C libraries.
#![allow(clippy::unnecessary_cast)]

use std::ffi::{CStr, CString};
use std::mem::zeroed;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::null;

use libc::{c_int, c_ulong};

use super::{last, outcome};
use crate::Error;

/// The file system of namespaces (`linux/magic.h`).
const NSFS_MAGIC: i64 = 0x6e73_6673;
/// Asks a namespace's descriptor for its kind (`linux/nsfs.h`).
const NS_GET_NSTYPE: c_ulong = 0xb703;

/// Moves the calling thread into a network namespace.
pub(crate) fn setns(fd: BorrowedFd<'_>) -> Result<(), Error> {
    // SAFETY: no pointers.
    outcome("setns", unsafe { libc::setns(fd.as_raw_fd(), libc::CLONE_NEWNET) }).map(drop)
}

/// Gives the calling thread namespaces of its own.
pub(crate) fn unshare(flags: c_int) -> Result<(), Error> {
    // SAFETY: no pointers.
    outcome("unshare", unsafe { libc::unshare(flags) }).map(drop)
}

/// Mounts `source` at `target`.
pub(crate) fn mount(source: &Path, target: &Path, kind: Option<&CStr>, flags: c_ulong) -> Result<(), Error> {
    let source = text(source)?;
    let target = text(target)?;
    let kind = kind.map_or(null(), CStr::as_ptr);
    // SAFETY: the strings end in NUL and live through the call; a null type and null data are allowed.
    let result = unsafe { libc::mount(source.as_ptr(), target.as_ptr(), kind, flags, null()) };
    outcome("mount", result).map(drop)
}

/// Takes away the topmost mount at `target`, following no symbolic link, waiting for no user of it.
pub(crate) fn umount(target: &Path) -> Result<(), Error> {
    let target = text(target)?;
    // SAFETY: the string ends in NUL and lives through the call.
    let result = unsafe { libc::umount2(target.as_ptr(), libc::MNT_DETACH | libc::UMOUNT_NOFOLLOW) };
    outcome("umount2", result).map(drop)
}

/// Opens what has a name in a folder, which is never a symbolic link's target; without a folder the root of all.
pub(crate) fn open_in(folder: Option<BorrowedFd<'_>>, name: &Path, flags: c_int) -> Result<OwnedFd, Error> {
    let name = text(name)?;
    let folder = folder.map_or(libc::AT_FDCWD, |f| f.as_raw_fd());
    let flags = flags | libc::O_NOFOLLOW | libc::O_CLOEXEC;
    // SAFETY: the string ends in NUL and lives through the call; no mode is read, for nothing is created.
    let fd = outcome("openat", unsafe { libc::openat(folder, name.as_ptr(), flags) })?;
    // SAFETY: the call made this descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

fn text(path: &Path) -> Result<CString, Error> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| Error::Io { call: "mount", errno: libc::EINVAL })
}

/// Whether a descriptor (`O_PATH` suffices) is of the file system of namespaces.
pub(crate) fn is_nsfs(fd: BorrowedFd<'_>) -> Result<bool, Error> {
    // SAFETY: an all-zero statfs is valid.
    let mut found: libc::statfs = unsafe { zeroed() };
    // SAFETY: `found` is valid for writes through the call.
    outcome("fstatfs", unsafe { libc::fstatfs(fd.as_raw_fd(), &raw mut found) })?;
    Ok(found.f_type as i64 == NSFS_MAGIC)
}

/// Whether a descriptor of that file system stands for a network namespace; yes, if the kernel is too old to say (4.11).
pub(crate) fn is_netns(fd: BorrowedFd<'_>) -> bool {
    // SAFETY: this request takes no argument.
    match unsafe { libc::ioctl(fd.as_raw_fd(), NS_GET_NSTYPE as _) } {
        kind if kind >= 0 => kind == libc::CLONE_NEWNET,
        _ => last() == libc::ENOTTY,
    }
}
