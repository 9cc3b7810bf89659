//! Why the journal cannot be used.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why the journal cannot be used.
#[derive(Debug)]
pub enum Fault {
    /// A file or folder cannot be used.
    Io(PathBuf, io::Error),
    /// Another apply is at work: the lock, and the process that has it where that is known.
    Locked(PathBuf, Option<u32>),
    /// Others could write there.
    Open(PathBuf),
    /// A record is not readable as a goal.
    Broken(PathBuf, String),
    /// The process that takes back what is not confirmed could not be started.
    Unguarded(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, e) => write!(f, "{}: {e}", path.display()),
            Self::Locked(path, None) => write!(f, "another apply is at work (it holds {})", path.display()),
            Self::Locked(path, Some(pid)) => {
                write!(f, "another apply is at work: process {pid} holds {}", path.display())
            }
            Self::Open(path) => write!(f, "{} can be written by others than root", path.display()),
            Self::Broken(path, why) => write!(f, "{}: {why}", path.display()),
            Self::Unguarded(why) => write!(f, "no guardian could be started: {why}"),
        }
    }
}

impl std::error::Error for Fault {}
