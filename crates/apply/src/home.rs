//! The way home: back to what was before, by planning from what is.

use std::collections::BTreeMap;

use linkctl_kernel::Live;
use linkctl_link::{Goal, Key, World};
use linkctl_plan::plan_asking;

use crate::engine::{Stopped, run_through};
use crate::journal::{Fault, Journal, Record, State};
use crate::layer3::Layer3;
use crate::lookup;
use crate::nic::fill;
use crate::owned::Owned;
use crate::verify::settle_through;

/// Brings the links to what a journal's record says was before, from wherever they are, and verifies it. No signal
/// ends it. What is so already costs one reading.
pub fn go_home(live: &mut Live, home: &Goal) -> Result<(), String> {
    let spaces = lookup::open(live, home, lookup::spaces(home)).map_err(|e| e.to_string())?;
    lookup::heed(live, home, &spaces);
    let snapshot = live.snapshot(&spaces, false).map_err(|e| e.to_string())?;
    let labels = lookup::labels(live, home, &snapshot).map_err(|e| e.to_string())?;
    let mut now = snapshot.world(|_| true);
    fill(live, home, &labels, &World::new(), &snapshot, &mut now).map_err(|e| e.to_string())?;
    go(live, home, &now, &labels)
}

/// Why a transaction is not taken back, or not all of that is on disk.
#[derive(Debug)]
pub enum Unreturned {
    /// The links could not be brought back. The record says so.
    Links(String),
    /// They are back, and the record does not say so.
    Record(Fault),
    /// They are back, and whose they are is not known any more.
    Owners(Fault),
}

/// Leads home from a transaction and says so in the journal: that it was taken back and why, or that it is broken.
pub fn take_back(
    journal: &Journal,
    record: &mut Record,
    home: &Goal,
    live: &mut Live,
    why: &str,
) -> Result<(), Unreturned> {
    if let Err(e) = go_home(live, home) {
        let note = format!("{why}; taking it back failed: {e}");
        return Err(match journal.mark(record, State::Broken, &note) {
            Ok(()) => Unreturned::Links(e),
            Err(fault) => Unreturned::Links(format!("{e}; {fault}")),
        });
    }
    let why = Layer3::read(journal, record).give_back(live, why);
    journal.mark(record, State::Undone, &why).map_err(Unreturned::Record)?;
    Owned::went_home(journal, &record.id, live).map_err(Unreturned::Owners)
}

/// The same as [`go_home`] for whoever has read the links and knows where they are.
pub(crate) fn go(
    live: &mut Live,
    home: &Goal,
    now: &World,
    labels: &BTreeMap<Key, Key>,
) -> Result<(), String> {
    let home = &linkctl_plan::vacating(home, now);
    let way = plan_asking(now, home, labels)
        .map_err(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    match run_through(&way, now, live).stopped {
        None | Some(Stopped::Signal) => match settle_through(live, home) {
            None => crate::space::tidy(home).map_err(|e| e.to_string()),
            Some(_) => Err("the links are not as they were, though every step back was accepted".into()),
        },
        Some(Stopped::Refused { step, error }) => Err(format!("step {} of the way back: {error}", step + 1)),
        Some(Stopped::Vanished { link, .. }) => Err(format!("{link} is gone")),
        Some(Stopped::Unmade { error, .. }) => Err(error.to_string()),
    }
}
