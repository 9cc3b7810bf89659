//! Where others ask how it stands: a socket that tells and takes nothing.
//!
//! Whoever connects gets one line of JSON and the end. Nothing is read from anyone, nobody is waited for.

use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// How many are served at a time; the rest waits in the socket's queue.
const MOST: usize = 64;

/// A socket with a place in the file system, which is gone with it.
pub(super) struct Desk {
    listener: UnixListener,
    path: PathBuf,
}

impl Desk {
    /// Opens it. A socket that a watcher left there which is no more is replaced; one that somebody listens to is not.
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        if UnixStream::connect(path).is_ok() {
            return Err(std::io::Error::new(std::io::ErrorKind::AddrInUse, "another watcher is there"));
        }
        match std::fs::symlink_metadata(path) {
            Ok(found) if !std::os::unix::fs::FileTypeExt::is_socket(&found.file_type()) => {
                return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, "there is another file"));
            }
            Ok(_) => std::fs::remove_file(path)?,
            Err(_) => {}
        }
        let listener = UnixListener::bind(path)?;
        listener.set_nonblocking(true)?;
        // What it tells anyone can see by reading the links.
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
        Ok(Self { listener, path: path.into() })
    }

    /// Answers those who wait.
    pub(super) fn serve(&self, answer: &str) {
        for _ in 0..MOST {
            let Ok((mut stream, _)) = self.listener.accept() else { return };
            // One whose buffer does not take it does not want it.
            let _ = stream.set_nonblocking(true).and_then(|()| stream.write_all(answer.as_bytes()));
        }
    }
}

impl AsFd for Desk {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.listener.as_fd()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
