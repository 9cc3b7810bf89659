//! Why the kernel could not be asked, or what it said.
//!
//! Knows each way in which an exchange ends other than well. Refuses to know what the exchange was for.

use std::fmt;
use std::path::PathBuf;

use linkctl_wire as wire;

use crate::Refusal;
use crate::errno::Errno;

/// What went wrong between us and the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The kernel answered, with a no.
    Refused(Refusal),
    /// A system call failed.
    Io {
        /// The name of the system call.
        call: &'static str,
        /// Its error number, positive.
        errno: i32,
    },
    /// No answer within the socket's deadline. What was asked may have been done: read before asking again.
    Timeout,
    /// The socket reported its end in the middle of an exchange.
    Ended,
    /// A datagram was longer than the receive buffer and was dropped unread. The buffer has grown: read again.
    Truncated {
        /// The datagram's length in bytes.
        want: usize,
    },
    /// Every try at the dump was disturbed by changes, so that what was read may mix several states.
    Interrupted,
    /// The bytes are not netlink.
    Malformed(wire::Error),
    /// A network namespace cannot be reached.
    Netns {
        /// The file that stands for it.
        path: PathBuf,
        /// The error number, positive.
        errno: i32,
    },
    /// The file exists and is not a network namespace.
    NotNetns(PathBuf),
    /// A word that cannot be the name of a network namespace.
    BadName(String),
    /// The kernel had no room for its answers and dropped some.
    Lost {
        /// How many requests were carried out or refused without our learning which.
        unknown: usize,
    },
    /// A program that was asked failed.
    Program {
        /// Its name.
        name: &'static str,
        /// What it said.
        said: String,
    },
    /// An earlier exchange on this socket broke off; answers to it may still arrive. Open another socket.
    Spent,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused(refusal) => refusal.fmt(f),
            Error::Io { call, errno } => write!(f, "{call}: {}", Errno(*errno)),
            Error::Timeout => write!(f, "the kernel did not answer in time"),
            Error::Ended => write!(f, "the kernel ended the exchange early"),
            Error::Truncated { want } => {
                write!(f, "a message of {want} bytes did not fit the receive buffer")
            }
            Error::Interrupted => write!(f, "links changed during every attempt to read them"),
            Error::Malformed(error) => write!(f, "malformed message: {error}"),
            Error::Netns { path, errno } => write!(f, "network namespace {path:?}: {}", Errno(*errno)),
            Error::NotNetns(path) => write!(f, "{path:?} is not a network namespace"),
            Error::BadName(name) => write!(f, "{name:?} cannot name a network namespace"),
            Error::Lost { unknown } => write!(f, "the kernel dropped the answers to {unknown} requests"),
            Error::Program { name, said } => write!(f, "{name}: {said}"),
            Error::Spent => write!(f, "an earlier exchange on this socket broke off"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Malformed(error) => Some(error),
            _ => None,
        }
    }
}

impl From<wire::Error> for Error {
    fn from(error: wire::Error) -> Self {
        Error::Malformed(error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::Refused(refusal)
    }
}

impl Error {
    /// Whether a name stands for no namespace: there is no file, or none that a namespace is mounted on.
    pub fn is_no_netns(&self) -> bool {
        matches!(self, Self::NotNetns(_)) || self.errno() == Some(libc::ENOENT)
    }

    /// The error number at the bottom of it, positive, where there is one.
    pub fn errno(&self) -> Option<i32> {
        match self {
            Error::Refused(refusal) => Some(refusal.errno),
            Error::Io { errno, .. } | Error::Netns { errno, .. } => Some(*errno),
            _ => None,
        }
    }
}
