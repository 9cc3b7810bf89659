//! The way home: back to what was before, by planning from what is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use linkctl_kernel::Live;
use linkctl_link::{Goal, Key, Netns, World};
use linkctl_plan::retreat::{Retreat, apart, retreat, stays, without};
use linkctl_plan::{Conflict, vacating};

use crate::beyond::beyond;
use crate::engine::{Stopped, run_through};
use crate::journal::{Fault, Journal, Record, State};
use crate::layer3::Layer3;
use crate::lookup;
use crate::nic::fill;
use crate::owned::Owned;
use crate::strays::Strays;
use crate::verify::settle_through;

/// How often a way home is begun anew without a step that the kernel refused.
const TRIES: usize = 8;

/// Brings the links to what a journal's record says was before, from wherever they are, and verifies it. No signal
/// ends it. What is so already costs one reading.
///
/// Goes as far as it can: what cannot be brought back is told, and all else is as it was.
pub fn go_home(live: &mut Live, home: &Goal) -> Result<(), String> {
    lead(live, home, None).map(drop)
}

/// The same, where the apply held, so that it is known which links are ours. Returns what was left alone of them.
fn lead(live: &mut Live, home: &Goal, owned: Option<&Owned>) -> Result<Strays, String> {
    let mut refused = Refused::default();
    let mut spaces: BTreeSet<Netns> = lookup::spaces(home).into_iter().collect();
    let gone = lookup::gone(live, home);
    spaces.retain(|netns| !gone.contains(netns));
    loop {
        let there = lookup::open(live, home, spaces.iter().cloned()).map_err(|e| e.to_string())?;
        lookup::heed(live, home, &there);
        let snapshot = live.snapshot(&there, false).map_err(|e| e.to_string())?;
        let labels = lookup::labels(live, home, &snapshot).map_err(|e| e.to_string())?;
        let strays = owned.map(|owned| Strays::of(home, &labels, owned, &snapshot)).unwrap_or_default();
        let mut now = snapshot.world(|_| true);
        let (home, left) = possible(home, &now, &strays, &gone);
        fill(live, &home, &labels, &World::new(), &snapshot, &mut now).map_err(|e| e.to_string())?;
        let way = refused.way(&home, &now, &labels)?;
        // Others may have put links onto those that are to go, in namespaces that nobody spoke of.
        let more = beyond(live, &snapshot, &now, Ok(&way.plan)).map_err(|e| e.to_string())?;
        if !more.is_empty() {
            spaces.extend(more);
        } else if let Some(outcome) = refused.go(live, &now, &labels, &way) {
            return match (left.is_empty(), outcome) {
                (true, outcome) => outcome.map(|()| strays),
                (false, Ok(())) => Err(format!("{}; all else is as it was", left.join("; "))),
                (false, Err(why)) => Err(format!("{}; {why}", left.join("; "))),
            };
        }
    }
}

/// A way home without what is left alone and what cannot come back; why that is, a clause each.
fn possible<'g>(
    home: &'g Goal,
    now: &World,
    strays: &Strays,
    gone: &BTreeSet<Netns>,
) -> (Cow<'g, Goal>, Vec<String>) {
    let mut left: Vec<String> = strays.missing().collect();
    left.extend(gone.iter().map(|netns| format!("there is no namespace {netns} any more")));
    if left.is_empty() && strays.replaced.is_empty() {
        return (Cow::Borrowed(home), left);
    }
    let mut lost = strays.taken.clone();
    lost.extend(home.links.keys().filter(|k| gone.contains(&k.netns)).cloned());
    let (home, out) = apart(home, now, lost);
    let others = out.iter().filter(|k| !strays.taken.contains(*k) && !gone.contains(&k.netns));
    left.extend(others.map(|key| format!("{key} cannot be made again without what it needs")));
    (Cow::Owned(without(&home, &strays.replaced)), left)
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
    let owned = Owned::read_in(journal, live).ok().filter(|owned| owned.knows(record));
    let outcome = lead(live, home, owned.as_ref());
    // Whatever else could not be had: the links that are back are of no use without their addresses and routes.
    let why = Layer3::read(journal, record).give_back(live, why);
    let strays = match outcome {
        Ok(strays) => strays,
        Err(e) => {
            let note = format!("{why}; taking it back failed: {e}");
            return Err(match journal.mark(record, State::Broken, &note) {
                Ok(()) => Unreturned::Links(e),
                Err(fault) => Unreturned::Links(format!("{e}; {fault}")),
            });
        }
    };
    let why = why + &strays.told().map(|what| format!("; {what}")).collect::<String>();
    // Whoever is told that it is over finds out at once whose the links are.
    let owners = Owned::went_home(journal, &record.id, live);
    journal.mark(record, State::Undone, &why).map_err(Unreturned::Record)?;
    owners.map_err(Unreturned::Owners)
}

/// What the kernel refused on the way home: once may be an accident, what is refused again is left out.
#[derive(Default)]
pub(crate) struct Refused {
    /// The link of the last refused step.
    last: Option<Key>,
    out: BTreeSet<Key>,
    why: Vec<String>,
    tries: usize,
}

impl Refused {
    /// The way home without what was refused again.
    pub(crate) fn way<'g>(
        &self,
        home: &'g Goal,
        now: &World,
        labels: &BTreeMap<Key, Key>,
    ) -> Result<Retreat<'g>, String> {
        let (mut home, mut labels) = (vacating(home, now), Cow::Borrowed(labels));
        if !self.out.is_empty() {
            home = Cow::Owned(without(&home, &self.out));
            labels.to_mut().retain(|_, to| !self.out.contains(to));
        }
        retreat(now, home, &labels).map_err(|all| told(&all))
    }

    /// Goes it. `None` where it is to be tried again from where the links are then.
    pub(crate) fn go(
        &mut self,
        live: &mut Live,
        now: &World,
        labels: &BTreeMap<Key, Key>,
        way: &Retreat<'_>,
    ) -> Option<Result<(), String>> {
        let (outcome, at) = go(live, now, way);
        self.tries += 1;
        let at = at.map(|key| labels.get(&key).cloned().unwrap_or(key));
        match (outcome, at.filter(|key| self.tries < TRIES && way.goal.links.contains_key(key))) {
            (Err(why), Some(key)) => {
                if self.last.as_ref() == Some(&key) {
                    self.why.push(why);
                    self.out.insert(key.clone());
                }
                self.last = Some(key);
                None
            }
            (outcome, _) => {
                let why: Vec<String> = self.why.drain(..).chain(outcome.err()).collect();
                Some(if why.is_empty() { Ok(()) } else { Err(why.join("; ")) })
            }
        }
    }
}

/// Goes home; where a step was refused, the link that it was about.
fn go(live: &mut Live, now: &World, way: &Retreat<'_>) -> (Result<(), String>, Option<Key>) {
    let stopped = run_through(&way.plan, now, live).stopped;
    let at = stopped.as_ref().and_then(Stopped::step).map(|step| way.plan.steps[step].act.key().clone());
    let outcome = match stopped {
        None | Some(Stopped::Signal) => match settle_through(live, &way.goal) {
            None => crate::space::tidy(&way.goal).map_err(|e| e.to_string()),
            Some(_) => Err("the links are not as they were, though every step back was accepted".into()),
        },
        Some(Stopped::Refused { step, error }) => Err(format!("step {} of the way back: {error}", step + 1)),
        Some(Stopped::Vanished { link, .. }) => Err(format!("{link} is gone")),
        Some(Stopped::Unmade { error, .. }) => Err(error.to_string()),
    };
    match (way.left.is_empty(), outcome) {
        (false, Ok(())) => (Err(format!("{}; all else is as it was", told(&way.left))), None),
        (_, outcome) => (outcome, at),
    }
}

fn told(conflicts: &[Conflict]) -> String {
    conflicts.iter().map(stays).collect::<Vec<_>>().join("; ")
}
