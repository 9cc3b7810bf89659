//! Network namespaces: naming, opening, entering.
//!
//! Knows the files that stand for namespaces and how `ip netns` names them. Refuses to move the calling thread: what is
//! to run inside runs in a thread of its own.

mod inhabitants;
mod names;

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::thread;

pub use inhabitants::inhabitants;
pub use names::{create, list, remove, tidy};

use crate::{Error, sys};

/// The folder of named namespaces, as `ip netns` has it.
pub const NAMES: &str = "/run/netns";

/// Where a network namespace is to be found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The calling thread's own.
    Here,
    /// A name under [`NAMES`].
    Name(String),
    /// Any file that stands for one.
    Path(PathBuf),
    /// A process's (or thread's) own.
    Pid(u32),
}

impl Place {
    /// Reads a word as `ip link set netns` does: with a `/` it is a path; a name that exists is that name; a number is
    /// a process; all else is a name that does not exist yet.
    ///
    /// Fails as [`Error::BadName`] if the word could be no name.
    pub fn parse(word: &str) -> Result<Place, Error> {
        if word.contains('/') && !word.contains('\0') {
            return Ok(Place::Path(PathBuf::from(word)));
        }
        let path = names::file(word)?;
        match word.parse() {
            Ok(pid) if word.bytes().all(|byte| byte.is_ascii_digit()) && !path.exists() => {
                Ok(Place::Pid(pid))
            }
            _ => Ok(Place::Name(word.to_owned())),
        }
    }

    /// The file that stands for the namespace.
    ///
    /// Fails as [`Error::BadName`] if the name cannot be a file's.
    pub fn path(&self) -> Result<PathBuf, Error> {
        match self {
            Place::Here => Ok(PathBuf::from("/proc/thread-self/ns/net")),
            Place::Name(name) => names::file(name),
            Place::Path(path) => Ok(path.clone()),
            Place::Pid(pid) => Ok(PathBuf::from(format!("/proc/{pid}/ns/net"))),
        }
    }
}

/// A network namespace, held open: it lives at least as long as this does.
#[derive(Debug)]
pub struct Netns {
    file: File,
    place: Place,
    id: (u64, u64),
}

impl Netns {
    /// Opens a namespace.
    ///
    /// Looks at the file before it opens it, so that a FIFO, a device or a leftover regular file is refused as
    /// [`Error::NotNetns`] and not touched. Symbolic links are followed: container tools make them.
    pub fn open(place: &Place) -> Result<Netns, Error> {
        let path = place.path()?;
        let fault = |error: &std::io::Error| Error::Netns { path: path.clone(), errno: sys::number(error) };
        let seen =
            OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(&path).map_err(|e| fault(&e))?;
        if !sys::is_nsfs(seen.as_fd())? {
            return Err(Error::NotNetns(path));
        }
        // The same file again, by its descriptor: whatever the path means by now, this is what was looked at.
        let file = File::open(format!("/proc/thread-self/fd/{}", seen.as_raw_fd())).map_err(|e| fault(&e))?;
        if !sys::is_netns(file.as_fd()) {
            return Err(Error::NotNetns(path));
        }
        let found = file.metadata().map_err(|e| fault(&e))?;
        Ok(Netns { file, place: place.clone(), id: (found.dev(), found.ino()) })
    }

    /// The calling thread's own namespace.
    pub fn here() -> Result<Netns, Error> {
        Netns::open(&Place::Here)
    }

    /// A new namespace without a name, empty but for its loopback link: it ends with the last descriptor of it, so that
    /// none outlives the process. Needs `CAP_SYS_ADMIN`.
    pub fn fresh() -> Result<Netns, Error> {
        apart(|| sys::unshare(libc::CLONE_NEWNET).and_then(|()| Netns::here())).flatten()
    }

    /// Device and inode: equal for two that are the same namespace, as long as one of them is held open.
    pub fn id(&self) -> (u64, u64) {
        self.id
    }

    /// Where it was found.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Its name under [`NAMES`]: the one it was opened by, else the first that stands for it, if any does.
    ///
    /// Looks through all names unless it was opened by name.
    pub fn name(&self) -> Option<String> {
        if let Place::Name(name) = &self.place {
            return Some(name.clone());
        }
        let same = |name: &String| {
            std::fs::metadata(Path::new(NAMES).join(name))
                .is_ok_and(|found| (found.dev(), found.ino()) == self.id)
        };
        list().ok()?.into_iter().find(same)
    }
}

/// Device and inode of the namespace of the machine's first process, where they can be known.
///
/// Looking at that process's namespace takes rights over it, which a service with few capabilities lacks. What it may
/// look at are the files of its `/proc/net`: each namespace has inodes of its own for them.
pub fn first() -> Option<(u64, u64)> {
    let id = |path: &str| std::fs::metadata(path).map(|found| (found.dev(), found.ino())).ok();
    let files = id("/proc/1/net/dev");
    if files.is_some() && files == id("/proc/thread-self/net/dev") {
        return id("/proc/thread-self/ns/net");
    }
    id("/proc/1/ns/net")
}

impl AsFd for Netns {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// Runs `f` in that namespace, in a thread of its own, and returns what it returns.
///
/// The calling thread stays in its namespace. A panic of `f` goes on in the caller. Needs `CAP_SYS_ADMIN`. The mount
/// namespace stays the caller's: `/sys` inside shows the caller's links.
pub fn inside<T: Send>(netns: &Netns, f: impl FnOnce() -> T + Send) -> Result<T, Error> {
    apart(|| sys::setns(netns.as_fd()).map(|()| f()))?
}

/// Runs `f` in a thread that ends with it.
fn apart<T: Send>(f: impl FnOnce() -> T + Send) -> Result<T, Error> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name("netns".to_owned())
            .spawn_scoped(scope, f)
            .map_err(|error| Error::Io { call: "clone", errno: sys::number(&error) })?;
        thread.join().map_or_else(|panic| resume_unwind(panic), Ok)
    })
}
