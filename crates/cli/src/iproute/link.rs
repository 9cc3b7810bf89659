//! `ip link`: what a command line asks for, done.

use linkctl::iproute::{Command, Context, Stop, link as read};

use super::machine::Machine;
use super::{Call, change, shown};

/// Runs what stands behind `link`.
pub(crate) fn run(call: &Call, machine: &mut Machine, words: &[Vec<u8>]) -> Result<u8, Stop> {
    let mood = call.mood();
    match read(words, &mut Context { world: machine, mood })? {
        Command::Change(request) => change::send(call, machine, &request),
        Command::Show(filter) => shown::links(call, machine, &filter),
        Command::Xstats(_) | Command::Afstats(_) => Ok(0),
    }
}
