//! A world of its own for one thread: for tests, demonstrations and rehearsals.
//!
//! Knows what must be private so that nothing done inside is seen outside. Refuses to come back: the thread stays until
//! it ends.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use linkctl_wire::Writer;

use crate::netns::NAMES;
use crate::{Error, Socket, sys};

/// Where older systems keep the names, if it is not the same folder.
const OLD_NAMES: &str = "/var/run/netns";

/// Moves the calling thread, and the threads it starts later, into new network and mount namespaces.
///
/// Inside: an empty network with the loopback link up; no named namespaces, and those made stay inside; `/sys` of the
/// new network where the system allows a mount there. Outside nothing changes, but that an empty folder `/run/netns` is
/// made if there was none. For tests and demonstrations: a failure half-way leaves the thread in between.
///
/// Needs `CAP_SYS_ADMIN`.
pub fn isolate() -> Result<(), Error> {
    sys::unshare(libc::CLONE_NEWNET | libc::CLONE_NEWNS)?;
    sys::mount(Path::new("none"), Path::new("/"), None, libc::MS_REC | libc::MS_PRIVATE)?;
    cover(Path::new(NAMES))?;
    let same = || Some(fs::canonicalize(OLD_NAMES).ok()? == fs::canonicalize(NAMES).ok()?);
    if same() == Some(false) {
        sys::mount(Path::new(NAMES), Path::new(OLD_NAMES), None, libc::MS_BIND)?;
    }
    // A container may forbid it; what is read from /sys is then the outer network's, which the doc says.
    let _ = sys::mount(Path::new("sysfs"), Path::new("/sys"), Some(c"sysfs"), 0);
    loopback_up()
}

/// Lays an empty file system over a folder.
fn cover(folder: &Path) -> Result<(), Error> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(folder)
        .map_err(|error| Error::Netns { path: folder.into(), errno: sys::number(&error) })?;
    sys::mount(Path::new("none"), folder, Some(c"tmpfs"), libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC)
}

fn loopback_up() -> Result<(), Error> {
    // struct ifinfomsg (linux/rtnetlink.h): family, type, index, flags, change. The loopback link is always number 1.
    let up = (libc::IFF_UP as u32).to_ne_bytes();
    let fixed = [[0; 4], 1u32.to_ne_bytes(), up, up].concat();
    Socket::open()?.request(Writer::message(libc::RTM_NEWLINK, 0, &fixed).finish()?).map(drop)
}
