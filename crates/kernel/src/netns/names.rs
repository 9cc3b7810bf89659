//! Named namespaces: a file under `/run/netns` on which the namespace is mounted.
//!
//! Knows what `ip netns add` and `ip netns del` do, so that both tools see the same names. Refuses names that would
//! lead out of the folder.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{NAMES, apart};
use crate::{Error, sys};

/// The file of a name; fails as [`Error::BadName`] on what is no single file name.
pub(super) fn file(name: &str) -> Result<PathBuf, Error> {
    let bad =
        name.is_empty() || name == "." || name == ".." || name.contains(['/', '\0']) || name.len() > 255;
    if bad { Err(Error::BadName(name.to_owned())) } else { Ok(Path::new(NAMES).join(name)) }
}

/// The names, sorted; none if the folder does not exist.
///
/// A name may stand for nothing that can be opened. File names that are not UTF-8 are left out: nothing here can say
/// them.
pub fn list() -> Result<Vec<String>, Error> {
    let fault = |error: &std::io::Error| Error::Netns { path: NAMES.into(), errno: sys::number(error) };
    let entries = match fs::read_dir(NAMES) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| fault(&error))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(|error| fault(&error))?.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

/// Makes a network namespace and gives it a name.
///
/// It is empty but for its loopback link, which is down. Fails with `EEXIST` if there is a file of that name, unless
/// that is what a creation left that was cut off; on any failure no file is left. Needs `CAP_SYS_ADMIN`.
pub fn create(name: &str) -> Result<(), Error> {
    let path = file(name)?;
    let folder = Path::new(NAMES);
    let at =
        |path: &Path, error: &std::io::Error| Error::Netns { path: path.into(), errno: sys::number(error) };
    DirBuilder::new().recursive(true).mode(0o755).create(folder).map_err(|error| at(folder, &error))?;
    {
        // Two that begin at once must not both mount the folder on itself; `ip netns` takes the same lock.
        let lock = File::open(folder).map_err(|error| at(folder, &error))?;
        lock.lock().map_err(|error| at(folder, &error))?;
        share(folder)?;
    }
    tidy(name)?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o000)
        .open(&path)
        .map_err(|error| at(&path, &error))?;
    let made = apart(|| {
        sys::unshare(libc::CLONE_NEWNET)?;
        sys::mount(Path::new("/proc/thread-self/ns/net"), &path, None, libc::MS_BIND)
    });
    made.flatten().inspect_err(|_| {
        // The file was ours a moment ago; that it cannot be taken away adds nothing to the failure.
        let _ = fs::remove_file(&path);
    })
}

/// Takes away what a creation or a removal left that was cut off in the middle: an empty file that nobody may read, with
/// no namespace on it. Anything else stays.
pub fn tidy(name: &str) -> Result<(), Error> {
    let path = file(name)?;
    let leftover = |m: fs::Metadata| m.is_file() && m.len() == 0 && m.mode() & 0o777 == 0;
    let seen = OpenOptions::new().read(true).custom_flags(libc::O_PATH | libc::O_NOFOLLOW).open(&path);
    let Ok(seen) = seen else { return Ok(()) };
    if sys::is_nsfs(seen.as_fd())? || !seen.metadata().is_ok_and(leftover) {
        return Ok(());
    }
    fs::remove_file(&path).map_err(|error| Error::Netns { path, errno: sys::number(&error) })
}

/// Takes away a name. The namespace goes with its last user.
///
/// Fails with `ENOENT` if there is no such name. Needs `CAP_SYS_ADMIN`.
pub fn remove(name: &str) -> Result<(), Error> {
    let path = file(name)?;
    match sys::umount(&path) {
        // Not a mount: a leftover file or a symbolic link, which goes all the same.
        Ok(()) | Err(Error::Io { errno: libc::EINVAL, .. }) => {}
        Err(Error::Io { errno, .. }) => return Err(Error::Netns { path, errno }),
        Err(error) => return Err(error),
    }
    fs::remove_file(&path).map_err(|error| Error::Netns { path, errno: sys::number(&error) })
}

/// Lets mounts in the folder reach the other mount namespaces, as `ip netns` does.
fn share(folder: &Path) -> Result<(), Error> {
    let shared = || sys::mount(Path::new("none"), folder, None, libc::MS_SHARED | libc::MS_REC);
    match shared() {
        // Only a mount can be shared, so the folder becomes one.
        Err(Error::Io { errno: libc::EINVAL, .. }) => {
            sys::mount(folder, folder, None, libc::MS_BIND | libc::MS_REC)?;
            shared()
        }
        other => other,
    }
}
