//! `linkctl apply`: makes the links as a file declares them, or leaves them as they were.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::mem::ManuallyDrop;
use std::path::Path;
use std::time::Duration;

use linkctl::apply::{About, After, Fault, Journal, Kept, Owned, Record, Transaction, fill, lookup};
use linkctl::kernel::Live;
use linkctl::link::{Goal, Key, Scope, Snapshot, World};
use linkctl::plan::scope::{Sieve, widen};
use linkctl::plan::{Plan, plan_with};

use super::change::{conflict, failure};
use super::journal::{open_settled, unusable};
use super::plan::show;
use super::{live, print, unread};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::files::{self, For};
use crate::guardian;
use crate::span::shown;
use crate::term::{Colour, Term};

/// Applies a file.
pub(crate) fn run(args: &args::Apply, common: &Common) -> Result<(), Failure> {
    let mut goal = files::goal(&args.files, For::Doing)?;
    goal.rebuild |= args.rebuild;
    let mut live = live(common)?;
    let journal = open_settled(&args.journal, &live)?;
    // The process ends with the command: freeing its many small parts one by one is no use.
    let declared = ManuallyDrop::new(Declared::new(goal, &mut live, &args.journal.state)?);
    let plan = ManuallyDrop::new(declared.plan()?);
    show(&plan, common)?;
    if plan.steps.is_empty() {
        return Ok(());
    }
    let keeping = Keeping { journal: &journal, args: &args.journal, common, window: args.confirm };
    let record = declared.carry_out(&plan, &mut live, &keeping, After::Apply)?;
    if common.json {
        return Ok(());
    }
    let id = record.map_or(String::new(), |r| r.id);
    let then = match args.confirm {
        None => "linkctl undo takes them back".to_owned(),
        Some(window) => {
            format!("they are taken back in {} unless you say\n  linkctl confirm {id}", shown(window))
        }
    };
    print(&format!(
        "{} {} steps as {id}; {then}\n",
        Term::stdout().paint(Colour::Green, "applied"),
        plan.steps.len()
    ))
}

/// Where and how the way home is kept.
pub(crate) struct Keeping<'k> {
    /// The journal.
    pub(crate) journal: &'k Journal,
    /// Where it is.
    pub(crate) args: &'k args::Journal,
    /// In which namespace.
    pub(crate) common: &'k Common,
    /// How long it waits to be confirmed.
    pub(crate) window: Option<Duration>,
}

/// A goal and what is, side by side.
pub(crate) struct Declared {
    goal: Goal,
    labels: BTreeMap<Key, Key>,
    read: Snapshot,
    /// What is, decoded.
    pub(crate) world: World,
}

impl Declared {
    /// Reads the namespaces that a goal speaks of, finds its matches, and names what its scope wants gone.
    pub(crate) fn new(goal: Goal, live: &mut Live, state: &Path) -> Result<Self, Failure> {
        let owned = match goal.scope {
            Scope::Owned => Owned::read(state, live).map_err(|f| unusable(&f))?,
            _ => Owned::default(),
        };
        let mut spaces = lookup::spaces(&goal);
        spaces.extend(owned.spaces().into_iter().filter(|n| !lookup::spaces(&goal).contains(n)));
        let read = live.snapshot(&spaces, false).map_err(|e| unread(&e))?;
        let owned = owned.among(&read);
        let sieve = Sieve::new(&goal, &owned);
        let beyond = goal.scope != Scope::Partial && read.keys().any(|k| sieve.may_go(&k));
        if !beyond && read.plainly(&goal) {
            return Ok(Self { goal: Goal::new(), labels: BTreeMap::new(), read, world: World::new() });
        }
        let mut world = read.world(|_| true);
        let labels = lookup::labels(live, &goal, &read).map_err(|e| Failure::new(Status::Refused, e))?;
        let wide = match widen(&goal, &world, &labels, &owned) {
            Cow::Owned(wide) => Some(wide),
            Cow::Borrowed(_) => None,
        };
        let goal = wide.unwrap_or(goal);
        fill(live, &goal, &labels, &World::new(), &read, &mut world).map_err(|e| unread(&e))?;
        Ok(Self { goal, labels, read, world })
    }

    /// The plan, or why there is none.
    pub(crate) fn plan(&self) -> Result<Plan, Failure> {
        plan_with(&self.world, &self.goal, &self.labels).map_err(|c| conflict(&c))
    }

    /// Carries a plan out under the eyes of a guardian, with a bar on a terminal.
    pub(crate) fn carry_out(
        &self,
        plan: &Plan,
        live: &mut Live,
        keeping: &Keeping<'_>,
        after: After,
    ) -> Result<Option<Record>, Failure> {
        let Keeping { journal, args, common, window } = keeping;
        let mut owned = Owned::concerns(plan).then(|| Owned::read_in(journal, live)).transpose();
        let mut bar = Bar::new(plan.steps.len());
        let mut progress = |done| bar.show(done);
        let about = About::now(&typed(), plan.steps.len(), *window);
        let mut guard = |record: &Record| {
            guardian::start(&args.state, common.netns.as_deref(), journal, record, window.is_some())
        };
        let kept = Some(Kept { journal, about, guard: &mut guard });
        let mut transaction = Transaction { live, kept, progress: &mut progress };
        let outcome = transaction.run(plan, &self.world, &self.goal);
        bar.clear();
        let unrecorded = |fault: Fault| {
            Failure::new(
                Status::Partial,
                format!("the links are as wanted, but not recorded as ours: {fault}"),
            )
            .hint("scope: owned will leave those that were made just now alone")
        };
        let owned = owned.as_mut().map_err(|f| Failure::new(Status::Refused, &*f));
        match outcome {
            Ok((_, record)) => {
                if let Some(owned) = owned? {
                    owned.after(after, plan, &self.world, journal.folder(), live).map_err(unrecorded)?;
                }
                Ok(record)
            }
            Err(undone) => {
                if let (Ok(Some(owned)), Ok(())) = (owned, &undone.back) {
                    // What is said of the failure matters more.
                    let _ = owned.again(&self.world, journal.folder(), live);
                }
                Err(failure(&undone, plan, live, &self.read, &self.world))
            }
        }
    }
}

/// The command line, for the history.
fn typed() -> String {
    let words = std::env::args_os().skip(1).map(|w| w.to_string_lossy().into_owned());
    std::iter::once("linkctl".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// A progress bar on standard error, where that is a terminal and the work is long.
struct Bar {
    all: usize,
    terminal: bool,
    shown: bool,
    last: std::time::Instant,
}

impl Bar {
    fn new(all: usize) -> Self {
        Self { all, terminal: std::io::stderr().is_terminal(), shown: false, last: std::time::Instant::now() }
    }

    fn show(&mut self, done: usize) {
        if !self.terminal || self.last.elapsed() < std::time::Duration::from_millis(100) {
            return;
        }
        self.last = std::time::Instant::now();
        self.shown = true;
        let full = 40 * done / self.all.max(1);
        eprint!("\r[{:<40}] {done} of {} steps ", "#".repeat(full), self.all);
        let _ = std::io::stderr().flush();
    }

    fn clear(&self) {
        if self.shown {
            eprint!("\r{:70}\r", "");
        }
    }
}
