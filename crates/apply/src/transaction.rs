//! A plan carried out as one change: all of it holds, or the links are as they were.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use linkctl_kernel::{Error, Live, process, signal};
use linkctl_link::{Goal, Key, World};
use linkctl_plan::{Act, Plan, back, back_from};

use crate::engine::{Account, Stopped, run};
use crate::home::Refused;
use crate::journal::{About, Fault, Journal, Record, State};
use crate::layer3::Layer3;
use crate::lookup::world_of;
use crate::nic::fill;
use crate::verify::settle;

/// How long is waited before each try to lead home: who waits for an apply is told soon, and a guardian would try longer.
const PAUSES: [Duration; 4] =
    [Duration::ZERO, Duration::from_millis(5), Duration::from_millis(25), Duration::from_millis(100)];

/// Why a change does not hold.
#[derive(Debug)]
pub enum Cause {
    /// A step was refused, or someone asked to stop.
    Stopped(Stopped),
    /// Every step was accepted, and the links are not as wanted: the kernel ignored a value, or another program
    /// interfered. The plan says what is missing.
    Unfulfilled(Plan),
    /// The links could not be read again.
    Unread(Error),
    /// The journal could not be written.
    Journal(Fault),
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stopped(Stopped::Refused { step, error }) => {
                // What the kernel refused says so itself.
                let verb = if matches!(error, Error::Refused(_)) { "was" } else { "failed:" };
                write!(f, "step {} {verb} {error}", step + 1)
            }
            Self::Stopped(Stopped::Vanished { link, .. }) => write!(f, "{link} vanished"),
            Self::Stopped(Stopped::Unmade { error, .. }) => error.fmt(f),
            Self::Stopped(Stopped::Signal) => f.write_str("a signal came"),
            Self::Unfulfilled(_) => {
                f.write_str("the links were not as wanted, though every step was accepted")
            }
            Self::Unread(e) => write!(f, "the links could not be read again: {e}"),
            Self::Journal(fault) => fault.fmt(f),
        }
    }
}

/// A change that does not hold.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub cause: Cause,
    /// What had been done.
    pub account: Account,
    /// Whether the links are as they were again; the reason where not.
    pub back: Result<(), String>,
}

/// What a change needs.
pub struct Transaction<'t> {
    /// The kernel.
    pub live: &'t mut Live,
    /// Where the way home is kept; without it a kill in the middle leaves the links in between.
    pub kept: Option<Kept<'t>>,
    /// Hears how many steps are done.
    pub progress: &'t mut dyn FnMut(usize),
}

/// Where the way home of a change is kept, and who watches over it.
pub struct Kept<'t> {
    /// The journal.
    pub journal: &'t Journal,
    /// What is known of the change.
    pub about: About,
    /// The goal that holds with it, where that is more than what is carried out.
    pub whole: Option<&'t Goal>,
    /// Starts the process that leads home where this one dies; called before the first change, with the record on
    /// disk.
    pub guard: &'t mut dyn FnMut(&Record) -> Result<(), Fault>,
}

impl Kept<'_> {
    fn begin(&mut self, home: &Goal, goal: &Goal, layer3: &Layer3) -> Result<Record, Fault> {
        let mut record = self.journal.begin(home, self.whole.unwrap_or(goal), &self.about)?;
        if let Err(fault) = layer3.keep(self.journal, &record).and_then(|()| (self.guard)(&record)) {
            // Nothing was changed: there is nothing to take back.
            self.journal.mark(
                &mut record,
                State::Undone,
                "it was not begun: no guardian could be started",
            )?;
            return Err(fault);
        }
        Ok(record)
    }

    /// It was carried out and verified: it holds, or waits to be confirmed.
    fn hold(&self, record: &mut Record) -> Result<(), Fault> {
        let Some(window) = self.about.window else { return self.journal.mark(record, State::Done, "") };
        self.journal.wait_until(record, process::boottime() + window)?;
        self.journal.mark(record, State::Waiting, "")
    }
}

impl Transaction<'_> {
    /// Carries out a plan that leads from `before` to `goal`, reads the links again and compares.
    ///
    /// On any failure it plans and carries out the way home. Signals that end a program are held back meanwhile, and
    /// lead home too.
    pub fn run(
        &mut self,
        plan: &Plan,
        before: &World,
        goal: &Goal,
    ) -> Result<(Account, Option<Record>), Box<Failure>> {
        let untouched = |cause| Box::new(Failure { cause, account: Account::default(), back: Ok(()) });
        let refused = |fault| untouched(Cause::Journal(fault));
        let held = signal::hold().map_err(|e| untouched(Cause::Unread(e)))?;
        let mut layer3 = Layer3::default();
        let mut record = match &mut self.kept {
            Some(kept) => {
                let home = back_from(before, plan);
                layer3 =
                    Layer3::of(self.live, before, plan, &home).map_err(|e| untouched(Cause::Unread(e)))?;
                Some(kept.begin(&home, goal, &layer3).map_err(refused)?)
            }
            None => None,
        };
        let mut account = run(plan, before, self.live, self.progress);
        let cause = match &account.stopped {
            Some(stopped) => Some(Cause::Stopped(stopped.clone())),
            None => settle(self.live, goal, &mut account),
        };
        let Some(cause) = cause else {
            if held.consume() {
                let cause = Cause::Stopped(Stopped::Signal);
                return Err(self.fail(plan, cause, account, before, goal, (record, &layer3)));
            }
            let marked = match (&self.kept, record.as_mut()) {
                (Some(kept), Some(record)) => kept.hold(record),
                _ => Ok(()),
            };
            // What cannot be said to hold must not hold: the guardian would take it back, or nobody could.
            return match marked {
                Ok(()) => Ok((account, record)),
                Err(fault) => {
                    Err(self.fail(plan, Cause::Journal(fault), account, before, goal, (record, &layer3)))
                }
            };
        };
        let failure = self.fail(plan, cause, account, before, goal, (record, &layer3));
        // The program answers them by how it ends.
        held.consume();
        Err(failure)
    }

    fn fail(
        &mut self,
        plan: &Plan,
        cause: Cause,
        account: Account,
        before: &World,
        goal: &Goal,
        (mut record, layer3): (Option<Record>, &Layer3),
    ) -> Box<Failure> {
        let back = self.at_home(plan, before, goal, &account);
        if let (Some(kept), Some(record)) = (&self.kept, record.as_mut()) {
            let note = layer3.give_back(self.live, &cause.to_string());
            let (state, note) = match &back {
                Ok(()) => (State::Undone, note),
                Err(why) => (State::Broken, format!("{note}; taking it back failed: {why}")),
            };
            // Where this fails the record stays pending: the guardian or the next command sees to it.
            let _ = kept.journal.mark(record, state, &note);
        }
        Box::new(Failure { cause, account, back })
    }

    /// Leads back, and tries it a few times: where another program changes the links too, one way back may be seen to be
    /// undone as soon as it is gone.
    fn at_home(&mut self, plan: &Plan, before: &World, goal: &Goal, account: &Account) -> Result<(), String> {
        let mut outcome = Ok(());
        for pause in PAUSES {
            std::thread::sleep(pause);
            let mut refused = Refused::default();
            outcome = loop {
                if let Some(outcome) = self.home(plan, before, goal, account, &mut refused) {
                    break outcome;
                }
            };
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// Leads back to what was before. Only links that were read before or that the plan made are looked at: others
    /// are someone else's, made meanwhile or never read, and are left alone.
    fn home(
        &mut self,
        plan: &Plan,
        before: &World,
        goal: &Goal,
        account: &Account,
        refused: &mut Refused,
    ) -> Option<Result<(), String>> {
        // What is beside the messages of links may have to be read under the names that they had.
        let spaces = before.keys().map(|k| &k.netns);
        let read = world_of(self.live, goal, spaces).and_then(|(mut now, read)| {
            fill(self.live, goal, &BTreeMap::new(), before, &read, &mut now).map(|()| now)
        });
        let now = match read {
            Ok(now) => now,
            Err(e) => return Some(Err(e.to_string())),
        };
        let made = made(plan);
        let ours =
            |key: &Key| before.contains_key(key) || made.contains(key) && !account.foreign.contains(key);
        let seen: World = now.iter().filter(|(k, _)| ours(k)).map(|(k, l)| (k.clone(), l.clone())).collect();
        let home = back(before, &seen);
        let labels = labels(plan, before, &seen);
        match refused.way(&home, &now, &labels) {
            Ok(way) => refused.go(self.live, &now, &labels, &way),
            Err(why) => Some(Err(why)),
        }
    }
}

/// Where links are now that were called otherwise, or elsewhere, before.
fn labels(plan: &Plan, before: &World, now: &World) -> BTreeMap<Key, Key> {
    let mut out = linkctl_plan::renames(before, now);
    for step in &plan.steps {
        if let Act::Move(from, to) = &step.act
            && now.contains_key(to)
            && !now.contains_key(from)
        {
            out.insert(to.clone(), from.clone());
        }
    }
    out
}

/// The links that a plan gives a name to.
fn made(plan: &Plan) -> BTreeSet<Key> {
    let keys = plan.steps.iter().flat_map(|step| match &step.act {
        Act::Create { key, peer, .. } => {
            vec![key.clone()].into_iter().chain(peer.iter().map(|(k, _)| k.clone())).collect()
        }
        Act::Rename(key, name) => vec![key.beside(*name)],
        Act::Move(_, to) => vec![to.clone()],
        Act::NewNetns(key) => vec![key.clone()],
        _ => Vec::new(),
    });
    keys.collect()
}
