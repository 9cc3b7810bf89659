//! Holding back the signals that end a program, so that a change is ended in order and not in the middle.
//!
//! Knows which signals a terminal, a supervisor or a shutdown sends. Refuses to handle them: who holds them asks
//! whether one came. `SIGKILL` cannot be held.

use std::os::fd::OwnedFd;

use crate::{Error, sys};

/// Signals held back for the calling thread, and for threads that it starts, until this is dropped.
#[must_use = "dropped at once, it holds nothing"]
#[derive(Debug)]
pub struct Held {
    before: sys::Mask,
}

/// Holds back `SIGINT`, `SIGTERM`, `SIGHUP` and `SIGQUIT`, and `SIGTSTP`, which does not ask to end.
pub fn hold() -> Result<Held, Error> {
    Ok(Held { before: sys::block_ends()? })
}

/// What a signal asks of a program that runs on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To read its files again (`SIGHUP`).
    Again,
    /// To end.
    End,
}

/// Whether one of them came and waits.
pub fn pending() -> bool {
    sys::end_pending()
}

impl Held {
    /// A descriptor that is readable while one waits that asks to end.
    pub fn waiting(&self) -> Result<OwnedFd, Error> {
        sys::signalfd()
    }

    /// Takes those that wait as done: the program answers them by how it ends. Returns whether there were any.
    pub fn consume(&self) -> bool {
        let mut any = false;
        while self.take().is_some() {
            any = true;
        }
        any
    }

    /// Takes the next one that waits.
    pub fn take(&self) -> Option<Asked> {
        match sys::take_end() {
            0 => None,
            libc::SIGHUP => Some(Asked::Again),
            _ => Some(Asked::End),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        sys::restore(&self.before);
    }
}
