//! `linkctl apply`: makes the links as a file declares them, or leaves them as they were.

use std::mem::ManuallyDrop;

use linkctl::apply::proof::{self, Claim, Proof};
use linkctl::apply::saved::Saved;
use linkctl::apply::{Journal, Sources};
use linkctl::kernel::Live;
use linkctl::link::{Goal, Snapshot};
use linkctl::plan::Plan;

use super::declared::{Declared, Keeping};
use super::journal::open_settled;
use super::plan::show_weighed;
use super::rehearse::{self, Rehearsed};
use super::saved;
use super::weigh::{Given, Weighed};
use super::{foreign, live, print};
use crate::args::{self, Common};
use crate::exit::Failure;
use crate::files::{self, File, For};
use crate::span::{shown, steps};
use crate::term::{Colour, Term};

/// Applies files, or a plan that was saved.
pub(crate) fn run(args: &args::Apply, common: &Common) -> Result<(), Failure> {
    if let Some(path) = &args.plan {
        let saved = saved::read(path)?;
        let mut apply = Apply { args, common, live: live(common)?, sources: None };
        let journal = open_settled(&args.journal, &apply.live)?;
        return apply.goal(saved.goal.clone(), Some(&saved), &journal, &mut |_, _| {});
    }
    let files = files::read(&args.files, For::Doing)?;
    let sources = files::sources(&args.files, &files);
    let mut apply = Apply { args, common, live: live(common)?, sources };
    let proof = Proof::of(&args.journal.state, &apply.live, files::number(&files));
    let done = match proof.claim(sources) {
        Some(claim) => apply.again(&files, &proof, &claim),
        None => files::goal_of(&files).and_then(|goal| {
            let journal = open_settled(&args.journal, &apply.live)?;
            apply.files(&files, goal, &proof, &journal)
        }),
    };
    done.map_err(|failure| files::placed(&files, failure))
}

/// What an apply works with.
struct Apply<'a> {
    args: &'a args::Apply,
    common: &'a Common,
    live: Live,
    /// What tells the files, where they are those that are applied at boot.
    sources: Option<Sources>,
}

impl Apply<'_> {
    /// Applies files that were fulfilled once. Where the links are still as they were then, nothing is to do.
    fn again(&mut self, files: &[File], proof: &Proof, claim: &Claim) -> Result<(), Failure> {
        let journal = open_settled(&self.args.journal, &self.live)?;
        if !claim.holds(&mut self.live) {
            return self.files(files, files::goal_of(files)?, proof, &journal);
        }
        let (declared, plan) = (Declared::fulfilled(), Plan::default());
        let weighed = Weighed::new(&declared, &plan, &mut self.live)?;
        let rehearsed = Rehearsed::maybe(rehearse::Wanted::of(self.args), &declared, &plan)?;
        show_weighed(&plan, &weighed, rehearsed.as_ref(), Given::default(), self.common)
    }

    /// Applies the goal that files say, and notes where it is fulfilled.
    fn files(&mut self, files: &[File], goal: Goal, proof: &Proof, journal: &Journal) -> Result<(), Failure> {
        files::spaces(files, &goal)?;
        let spaces = proof::spaces_of(&goal);
        let mut note = |read: &Snapshot, live: &mut Live| proof.note(spaces.as_deref(), read, live);
        self.goal(goal, None, journal, &mut note)
    }

    /// Applies a goal. `met` sees the reading that shows that it is fulfilled.
    fn goal(
        &mut self,
        mut goal: Goal,
        saved: Option<&Saved>,
        journal: &Journal,
        met: &mut dyn FnMut(&Snapshot, &mut Live),
    ) -> Result<(), Failure> {
        let Self { args, common, live, sources } = self;
        let given = Given { lockout: args.cutting.covers(), ..args.allowed.given(&goal) };
        goal.rebuild = given.rebuild;
        let whole = sources.map(|_| goal.clone());
        // The process ends with the command: freeing its many small parts one by one is no use.
        let mut declared = ManuallyDrop::new(Declared::new(goal, live, &args.journal.state)?);
        let plan = declared.plan(live);
        saved.map_or(Ok(()), |saved| saved::fresh(saved, &declared, &plan, live))?;
        let plan = ManuallyDrop::new(plan?);
        let weighed = Weighed::new(&declared, &plan, live)?;
        let rehearsed = Rehearsed::maybe(rehearse::Wanted::of(args), &declared, &plan)?;
        show_weighed(&plan, &weighed, rehearsed.as_ref(), given, common)?;
        let keeping = Keeping {
            journal,
            state: &args.journal.state,
            common,
            window: args.cutting.confirm,
            take_over: args.take_over,
            declared: sources.zip(whole.as_ref()),
            undoes: None,
        };
        if plan.steps.is_empty() {
            met(&declared.read, live);
            return keeping.accept();
        }
        weighed.permit(given)?;
        rehearsed.map_or(Ok(()), Rehearsed::verdict)?;
        foreign::permit(&plan, &declared.world, live, keeping.take_over)?;
        let (record, read) = declared.carry_out(&plan, live, &keeping)?;
        read.iter().for_each(|read| met(read, live));
        declared.note(&plan, (record.as_ref(), read), live, &keeping)?;
        if common.json {
            return Ok(());
        }
        let id = record.map_or(String::new(), |r| r.id);
        let then = match args.cutting.confirm {
            None => "linkctl undo takes them back".to_owned(),
            Some(window) => {
                format!("they are taken back in {} unless you say\n  linkctl confirm {id}", shown(window))
            }
        };
        print(&format!(
            "{} {} as {id}; {then}\n",
            Term::stdout().paint(Colour::Green, "applied"),
            steps(plan.steps.len())
        ))
    }
}
