//! `ip link` and `bridge link`: what a command line asks for, done.

use linkctl::iproute::{Command, Context, Stop, bridge, link as read};

use super::machine::Machine;
use super::{Call, Face, change, counters, shown};

/// Runs what stands behind `link`.
pub(crate) fn run(call: &Call, machine: &mut Machine, words: &[Vec<u8>]) -> Result<u8, Stop> {
    let mood = call.mood();
    if call.face == Face::Bridge {
        return match bridge::link(words, &mut Context { world: machine, mood })? {
            bridge::Command::Change(request) => change::send(call, machine, &request),
            bridge::Command::Show { dev, master } => shown::ports(call, machine, dev, master),
        };
    }
    match read(words, &mut Context { world: machine, mood })? {
        Command::Change(request) => change::send(call, machine, &request),
        Command::Show(what) => shown::links(call, machine, &what),
        Command::Xstats(what) => counters::xstats(call, machine, &what),
        Command::Afstats(dev) => counters::afstats(call, machine, dev.as_deref()),
    }
}
