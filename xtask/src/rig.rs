//! The rig: Debian's kernels with every link kind, in QEMU, on this machine's files or with a Debian system of their own.
//!
//! `Guest` and `System` are what callers see. Everything it needs is fetched once, through apt (so signed), into the cache;
//! nothing is installed, and no file of the machine is written but below the folders that a guest is given.

mod archive;
mod cache;
mod closure;
mod disk;
mod extra;
mod guest;
mod image;
mod initramfs;
mod kernel;
mod pipe;
mod qemu;
mod system;
mod vmlinux;

pub(crate) use archive::Archive;
pub(crate) use cache::Cache;
pub(crate) use closure::{Closure, fetch};
pub(crate) use disk::End;
pub(crate) use guest::{Guest, Sinks};
pub(crate) use image::image;
pub(crate) use kernel::newest;
pub(crate) use system::{Boot, System};

/// Exit status when the rig itself, not the command in it, failed.
pub(crate) const FAILED: u8 = 125;
/// Exit status when the command took longer than it may.
pub(crate) const TIMED_OUT: u8 = 124;
