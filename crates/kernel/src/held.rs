//! Files and folders that are looked at before they are used, and are the same then.
//!
//! Whoever is held stays who it is, whatever happens to its name meanwhile. No symbolic link is followed: it is held
//! itself. Nothing is opened for reading before it is known to be a regular file, so that no FIFO waits and no device
//! does anything.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::{Error, sys};

/// Something that has a place among files.
#[derive(Debug)]
pub struct Held(File);

impl Held {
    /// The root of all.
    pub fn root() -> Result<Self, Error> {
        Ok(Self(sys::open_in(None, Path::new("/"), libc::O_PATH)?.into()))
    }

    /// What has a name in this folder.
    pub fn within(&self, name: &OsStr) -> Result<Self, Error> {
        Ok(Self(sys::open_in(Some(self.0.as_fd()), Path::new(name), libc::O_PATH)?.into()))
    }

    /// What it is.
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.0.metadata()
    }

    /// Opens a regular file in this folder for reading: the one that `held` is, else it fails.
    pub fn read(&self, name: &OsStr, held: &Self) -> io::Result<File> {
        let flags = libc::O_RDONLY | libc::O_NONBLOCK | libc::O_NOCTTY;
        let was = held.metadata()?;
        if !was.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
        let opened = sys::open_in(Some(self.0.as_fd()), Path::new(name), flags);
        let file = File::from(opened.map_err(|e| io::Error::from_raw_os_error(e.errno().unwrap_or(0)))?);
        let is = file.metadata()?;
        if (is.dev(), is.ino()) != (was.dev(), was.ino()) {
            return Err(io::Error::other("it was replaced while it was looked at"));
        }
        Ok(file)
    }
}
