//! `linkctl apply`: makes the links as a file declares them, or leaves them as they were.

use std::mem::ManuallyDrop;

use linkctl::apply::Sources;
use linkctl::apply::saved::Saved;
use linkctl::link::Goal;

use super::declared::{Declared, Keeping};
use super::journal::open_settled;
use super::plan::show_weighed;
use super::rehearse::{self, Rehearsed};
use super::saved;
use super::weigh::{Given, Weighed};
use super::{foreign, live, print};
use crate::args::{self, Common};
use crate::exit::Failure;
use crate::files::{self, For};
use crate::span::{shown, steps};
use crate::term::{Colour, Term};

/// Applies a file.
pub(crate) fn run(args: &args::Apply, common: &Common) -> Result<(), Failure> {
    let (wanted, files) = wanted(args)?;
    done(wanted, args, common).map_err(|failure| files::placed(&files, failure))
}

fn done(wanted: Wanted, args: &args::Apply, common: &Common) -> Result<(), Failure> {
    let Wanted { mut goal, sources, saved } = wanted;
    let given =
        Given { lockout: args.allow_lockout, confirmed: args.confirm.is_some(), ..args.allowed.given(&goal) };
    goal.rebuild = given.rebuild;
    let whole = sources.map(|_| goal.clone());
    let mut live = live(common)?;
    let journal = open_settled(&args.journal, &live)?;
    // The process ends with the command: freeing its many small parts one by one is no use.
    let declared = ManuallyDrop::new(Declared::new(goal, &mut live, &args.journal.state)?);
    let plan = declared.plan();
    saved.as_ref().map_or(Ok(()), |saved| saved::fresh(saved, &declared, &plan, &live))?;
    let plan = ManuallyDrop::new(plan?);
    let weighed = Weighed::new(&declared, &plan, &mut live)?;
    let rehearsed = Rehearsed::maybe(rehearse::Wanted::of(args), &declared, &plan)?;
    show_weighed(&plan, &weighed, rehearsed.as_ref(), given, common)?;
    let keeping = Keeping {
        journal: &journal,
        state: &args.journal.state,
        common,
        window: args.confirm,
        take_over: args.take_over,
        declared: sources.zip(whole.as_ref()),
    };
    if plan.steps.is_empty() {
        return keeping.accept();
    }
    weighed.permit(given)?;
    rehearsed.map_or(Ok(()), Rehearsed::verdict)?;
    foreign::permit(&plan, &declared.world, &live, keeping.take_over)?;
    let (record, read) = declared.carry_out(&plan, &mut live, &keeping)?;
    declared.note(&plan, read, &mut live, &keeping)?;
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
        "{} {} as {id}; {then}\n",
        Term::stdout().paint(Colour::Green, "applied"),
        steps(plan.steps.len())
    ))
}

/// What is to be.
struct Wanted {
    goal: Goal,
    /// What tells the files, where they are those that are applied at boot.
    sources: Option<Sources>,
    /// The plan that was kept of it.
    saved: Option<Saved>,
}

/// Reads it, and the files that it is from.
fn wanted(args: &args::Apply) -> Result<(Wanted, Vec<files::File>), Failure> {
    if let Some(path) = &args.plan {
        let saved = saved::read(path)?;
        let wanted = Wanted { goal: saved.goal.clone(), sources: None, saved: Some(saved) };
        return Ok((wanted, Vec::new()));
    }
    let files = files::read(&args.files, For::Doing)?;
    let (goal, sources) = (files::goal_of(&files)?, files::sources(&args.files, &files));
    files::spaces(&files, &goal)?;
    Ok((Wanted { goal, sources, saved: None }, files))
}
