//! The rig: Debian's kernels with every link kind, in QEMU, on this machine's files.
//!
//! `Guest` is what callers see. Everything it needs is fetched once, through apt (so signed), into the cache; nothing is
//! installed, and no file of the machine is written but below the folders that a guest is given.

mod archive;
mod cache;
mod closure;
mod guest;
mod initramfs;
mod kernel;
mod pipe;
mod qemu;
mod vmlinux;

pub(crate) use archive::Archive;
pub(crate) use cache::Cache;
pub(crate) use closure::{Closure, fetch};
pub(crate) use guest::{Guest, Sinks};
pub(crate) use kernel::newest;

/// Exit status when the rig itself, not the command in it, failed.
pub(crate) const FAILED: u8 = 125;
/// Exit status when the command took longer than it may.
pub(crate) const TIMED_OUT: u8 = 124;
