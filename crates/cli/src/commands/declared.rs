//! What is declared and what is, side by side; and what carries the one over to the other.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use linkctl::apply::beyond::beyond;
use linkctl::apply::lookup::Unmatched;
use linkctl::apply::strays::Strays;
use linkctl::apply::{
    About, Fault, Journal, Kept, Owned, Record, Sources, Transaction, Unreturned, fill, lookup,
};
use linkctl::kernel::Live;
use linkctl::link::{Goal, Key, Netns, Scope, Snapshot, World};
use linkctl::plan::retreat::{apart, without_lost};
use linkctl::plan::scope::{Sieve, widen};
use linkctl::plan::split::{Waits, split};
use linkctl::plan::{Conflict, Plan, plan_with, vacating};

use super::change::{conflict, failure};
use super::journal::unusable;
use super::unread;
use crate::args::Common;
use crate::bar::Bar;
use crate::exit::{Failure, Status};
use crate::guardian;

/// Where and how the way home is kept.
pub(crate) struct Keeping<'k> {
    /// The journal.
    pub(crate) journal: &'k Journal,
    /// Where it is.
    pub(crate) state: &'k Path,
    /// In which namespace.
    pub(crate) common: &'k Common,
    /// How long it waits to be confirmed.
    pub(crate) window: Option<Duration>,
    /// Links that others manage may be changed.
    pub(crate) take_over: bool,
    /// The files of folders that it is made from, and all that they say.
    pub(crate) declared: Option<(Sources, &'k Goal)>,
    /// The apply that it takes back.
    pub(crate) undoes: Option<&'k str>,
}

impl Keeping<'_> {
    fn about(&self, steps: usize) -> About {
        About {
            sources: self.declared.map(|(s, _)| s),
            undoes: self.undoes.map(str::to_owned),
            ..About::now(&typed(), steps, self.window)
        }
    }

    /// Notes that the links are as declared, with nothing to do for it.
    pub(crate) fn accept(&self) -> Result<(), Failure> {
        let Some((_, goal)) = self.declared else { return Ok(()) };
        self.journal.accept(goal, &self.about(0)).map_err(|f| unusable(&f))
    }
}

/// A goal and what is, side by side.
pub(crate) struct Declared {
    /// What is wanted of the links that there are.
    pub(crate) goal: Goal,
    labels: BTreeMap<Key, Key>,
    pub(crate) read: Snapshot,
    /// What is, decoded.
    pub(crate) world: World,
}

impl Declared {
    /// Reads the namespaces that a goal speaks of, finds its matches, and names what its scope wants gone.
    pub(crate) fn new(goal: Goal, live: &mut Live, state: &Path) -> Result<Self, Failure> {
        let owned = reached(&goal, live, state)?;
        let spaces: BTreeSet<Netns> = lookup::spaces(&goal).into_iter().chain(owned.spaces()).collect();
        let spaces = lookup::open(live, &goal, spaces).map_err(|e| unread(&e))?;
        lookup::heed(live, &goal, &spaces);
        let read = live.snapshot(&spaces, false).map_err(|e| unread(&e))?;
        let owned = owned.among(&read);
        let sieve = Sieve::new(&goal, &owned);
        let beyond = goal.scope != Scope::Partial && read.keys().any(|k| sieve.may_go(&k));
        if !beyond && read.plainly(&goal) {
            return Ok(Self { read, ..Self::fulfilled() });
        }
        let mut world = read.world(|_| true);
        let labels = lookup::labels(live, &goal, &read).map_err(|e| unmatched(&e))?;
        let wide = match widen(&goal, &world, &labels, &owned) {
            Cow::Owned(wide) => Some(wide),
            Cow::Borrowed(_) => None,
        };
        let goal = wide.unwrap_or(goal);
        fill(live, &goal, &labels, &World::new(), &read, &mut world).map_err(|e| unread(&e))?;
        Ok(Self { goal, labels, read, world })
    }

    /// A goal that is known to be fulfilled.
    pub(crate) fn fulfilled() -> Self {
        Self { goal: Goal::new(), labels: BTreeMap::new(), read: Snapshot::new(), world: World::new() }
    }

    /// The same for what of a goal can be had by now; what waits, and for what.
    pub(crate) fn as_far_as(
        goal: &Goal,
        live: &mut Live,
        state: &Path,
    ) -> Result<(Self, BTreeMap<Key, Waits>), Failure> {
        let owned = reached(goal, live, state)?;
        let all: BTreeSet<Netns> = lookup::spaces(goal).into_iter().chain(owned.spaces()).collect();
        let (open, mut closed): (BTreeSet<Netns>, BTreeSet<Netns>) =
            all.into_iter().partition(|n| live.enter(n).is_ok());
        closed.retain(|n| !goal.namespaces.contains_key(n));
        let open: Vec<Netns> = open.into_iter().collect();
        let read = live.snapshot(&open, false).map_err(|e| unread(&e))?;
        let owned = owned.among(&read);
        let mut world = read.world(|_| true);
        let (mut labels, unmatched) = lookup::find(live, goal, &read);
        let unmatched = unmatched.into_iter().map(|u| match u {
            Unmatched::None(key) => (key, Waits::Missing),
            Unmatched::Several(key, _) => (key, Waits::Ambiguous),
            Unmatched::Claimed { key, by, .. } => (key, Waits::Claimed(by)),
        });
        let (now, waiting) = split(goal, &world, &unmatched.collect(), &closed);
        labels.retain(|_, to| now.links.contains_key(to));
        fill(live, &now, &labels, &World::new(), &read, &mut world).map_err(|e| unread(&e))?;
        let goal = widen(&now, &world, &labels, &owned).into_owned();
        Ok((Self { goal, labels, read, world }, waiting))
    }

    /// Wants nothing of links any more that a way back would delete though others made them. Tells what is left alone.
    pub(crate) fn spare(&mut self, owned: &Owned) -> Strays {
        let strays = Strays::of(&self.goal, &self.labels, owned, &self.read);
        self.goal.links.retain(|key, _| !strays.replaced.contains(key));
        strays
    }

    /// Wants nothing of some links any more, nor of those that would have to be made on them.
    pub(crate) fn leave(&mut self, links: BTreeSet<Key>) {
        if !links.is_empty() {
            self.goal = apart(&self.goal, &self.world, links).0;
            self.labels.retain(|_, to| self.goal.links.contains_key(to));
        }
    }

    /// Wants nothing of links any more that no way back makes again, and leaves namespaces alone that others have put links into.
    /// Tells what stays so.
    pub(crate) fn forgo(&mut self) -> Vec<String> {
        let mut out = Vec::new();
        let vacated = vacating(&self.goal, &self.world).into_owned();
        let kept = self.goal.namespaces.keys().filter(|n| !vacated.namespaces.contains_key(n));
        out.extend(kept.map(|netns| format!("the namespace {netns} stays: others have put links into it")));
        let (goal, lost) = without_lost(&vacated, &self.world, &self.labels);
        out.extend(lost.iter().map(|key| {
            format!("{key} is not made again: what it needs is in a namespace that could not be read")
        }));
        self.labels.retain(|_, to| goal.links.contains_key(to));
        self.goal = goal.into_owned();
        out
    }

    /// The plan, or why there is none. Namespaces that it turns out to reach are read, too.
    pub(crate) fn plan(&mut self, live: &mut Live) -> Result<Plan, Failure> {
        self.plan_or(live, conflict)
    }

    /// The same for whoever tells in other words why there is none.
    pub(crate) fn plan_or(
        &mut self,
        live: &mut Live,
        tell: fn(&[Conflict]) -> Failure,
    ) -> Result<Plan, Failure> {
        loop {
            let plan = plan_with(&self.world, &self.goal, &self.labels);
            let seen = plan.as_ref().map_err(Vec::as_slice);
            let more = beyond(live, &self.read, &self.world, seen).map_err(|e| unread(&e))?;
            if more.is_empty() {
                return plan.map_err(|c| tell(&c));
            }
            self.read_more(live, more)?;
        }
    }

    fn read_more(&mut self, live: &mut Live, more: BTreeSet<Netns>) -> Result<(), Failure> {
        let spaces: Vec<Netns> = self.read.spaces().cloned().chain(more).collect();
        self.read = live.snapshot(&spaces, false).map_err(|e| unread(&e))?;
        self.world = self.read.world(|_| true);
        self.labels =
            lookup::labels(live, &self.goal, &self.read).map_err(|e| Failure::new(Status::Refused, e))?;
        let none = World::new();
        fill(live, &self.goal, &self.labels, &none, &self.read, &mut self.world).map_err(|e| unread(&e))
    }

    /// Carries a plan out under the eyes of a guardian, with a bar on a terminal. The reading is the one that it was verified by.
    pub(crate) fn carry_out(
        &self,
        plan: &Plan,
        live: &mut Live,
        keeping: &Keeping<'_>,
    ) -> Result<(Option<Record>, Option<Snapshot>), Failure> {
        let Keeping { journal, state, common, window, declared, .. } = keeping;
        // A record that is broken says of nothing that it is ours.
        let ours = Owned::concerns(plan).then(|| Owned::read_in(journal, live).unwrap_or_default());
        let ours = ours.map(|o| o.before(&self.world, live));
        let mut begun = None;
        let mut bar = Bar::new(plan.steps.len());
        let mut progress = |done| bar.show(done);
        let about = keeping.about(plan.steps.len());
        let mut guard = |record: &Record| {
            begun = Some(record.id.clone());
            if let Some(ours) = &ours {
                ours.keep(journal, record)?;
            }
            guardian::start(state, common.netns.as_deref(), journal, record, window.is_some())
        };
        let whole = declared.map(|(_, goal)| goal);
        let kept = Some(Kept { journal, about, whole, guard: &mut guard });
        let mut transaction = Transaction { live, kept, progress: &mut progress };
        let outcome = transaction.run(plan, &self.world, &self.goal);
        bar.clear();
        outcome.map(|(account, record)| (record, account.read)).map_err(|undone| {
            if let (Some(id), Ok(())) = (begun, &undone.back) {
                // What is said of the failure matters more.
                let _ = Owned::went_home(journal, &id, live);
            }
            failure(&undone, plan, live, &self.read, &self.world)
        })
    }

    /// Notes what a plan made by a transaction that holds now, as what was read shows: it is ours.
    pub(crate) fn note(
        &self,
        plan: &Plan,
        (by, read): (Option<&Record>, Option<Snapshot>),
        live: &mut Live,
        keeping: &Keeping<'_>,
    ) -> Result<(), Failure> {
        let Some(by) = by.filter(|_| Owned::concerns(plan)) else { return Ok(()) };
        let (journal, world) = (keeping.journal, &self.world);
        let owned = Owned::read_in(journal, live);
        owned.and_then(|o| o.applied(plan, world, read, by, journal, live)).map_err(|f| unowned(&f))
    }
}

/// Why a match tells no link, for a person.
fn unmatched(why: &Unmatched) -> Failure {
    let about = Some(Box::new((why.key().clone(), vec!["match"])));
    Failure { about, ..Failure::new(Status::Refused, why) }
}

/// The links that are ours, where a goal's scope reaches them.
fn reached(goal: &Goal, live: &mut Live, state: &Path) -> Result<Owned, Failure> {
    match goal.scope {
        Scope::Owned => Owned::read(state, live).map_err(|f| unusable(&f)),
        _ => Ok(Owned::default()),
    }
}

/// Why nobody knows whose the links are.
pub(crate) fn unowned(fault: &Fault) -> Failure {
    Failure::new(
        Status::Partial,
        format!("the links are as wanted, but whose they are is not recorded: {fault}"),
    )
    .hint("scope: owned leaves alone what it does not know to be ours")
}

/// Why a transaction is not taken back; what is said where its links are not is the caller's.
pub(crate) fn unreturned(why: Unreturned, links: impl FnOnce(String) -> Failure) -> Failure {
    match why {
        Unreturned::Links(why) => links(why),
        Unreturned::Record(fault) => unusable(&fault),
        Unreturned::Owners(fault) => unowned(&fault),
    }
}

/// The command line, for the history.
fn typed() -> String {
    let words = std::env::args_os().skip(1).map(|w| w.to_string_lossy().into_owned());
    std::iter::once("linkctl".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}
