//! The commands, one file each.

pub(crate) mod add;
pub(crate) mod apply;
pub(crate) mod as_goal;
pub(crate) mod boot;
pub(crate) mod bring;
pub(crate) mod change;
pub(crate) mod completions;
pub(crate) mod confirm;
pub(crate) mod declared;
pub(crate) mod del;
pub(crate) mod fmt;
pub(crate) mod foreign;
pub(crate) mod guard;
pub(crate) mod history;
pub(crate) mod journal;
pub(crate) mod kind;
pub(crate) mod owned;
pub(crate) mod plan;
pub(crate) mod rehearse;
pub(crate) mod saved;
pub(crate) mod set;
pub(crate) mod shims;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod undo;
pub(crate) mod units;
pub(crate) mod watch;
pub(crate) mod weigh;

use std::io::Write;

use linkctl::kernel::{Error, Live, Place};
use linkctl::link::Netns;

use crate::args::Common;
use crate::exit::{Failure, Status};

/// Opens the kernel in the namespace that the command is to work in.
pub(crate) fn live(common: &Common) -> Result<Live, Failure> {
    let place = match &common.netns {
        Some(word) => Place::parse(word).map_err(|e| Failure::usage(format!("--netns: {e}")))?,
        None => Place::Here,
    };
    Live::open(place).map_err(|e| crate::explain::netns(&e))
}

/// Writes to standard output. Whoever stopped reading wants no more: that is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(e) => Err(Failure::new(Status::Refused, format!("standard output: {e}"))),
        Ok(()) => Ok(()),
    }
}

/// A reading that a person can act on; one that was disturbed is a failure.
pub(crate) fn unread(error: &Error) -> Failure {
    match error {
        Error::Interrupted => {
            Failure::new(Status::Partial, "the links changed during every attempt to read them")
                .hint("something creates or deletes links all the time; try again when it has calmed down")
        }
        e => crate::explain::netns(e),
    }
}

/// The namespace that a command works in, from the command's point of view.
pub(crate) const HERE: Netns = Netns::HERE;
