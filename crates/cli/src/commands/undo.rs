//! `linkctl undo`: takes back the last apply that was not taken back, or several.

use linkctl::apply::{Journal, Owned, Record, State, lookup};
use linkctl::kernel::Live;
use linkctl::link::World;
use linkctl::plan::retreat::apart;
use linkctl::plan::{Conflict, Plan, render};
use linkctl::schema::out::Out;

use super::change::conflict;
use super::declared::{Declared, Keeping, unowned};
use super::journal::{open, told, unusable};
use super::plan::show;
use super::weigh::Cuts;
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::span::shown;
use crate::term::{Colour, Term};

/// Brings the links back to what they were before.
pub(crate) fn run(args: &args::Undo, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let journal = open(&args.journal, &live)?;
    if args.many > 1 && args.cutting.confirm.is_some() {
        return Err(Failure::new(Status::Usage, "only one at a time is taken back to be confirmed")
            .hint("linkctl undo --confirm, once for each"));
    }
    let mut taken = Vec::new();
    for at in 0..args.many {
        match one(args, common, &mut live, &journal) {
            Ok(Some(done)) => taken.push(done),
            Ok(None) if at > 0 => {
                eprintln!("note: there were only {at} to take back, not {}", args.many);
                break;
            }
            Ok(None) => {
                return Err(Failure::new(Status::Unknown, "there is nothing to take back")
                    .hint(format!("applies are kept in {}", args.journal.state.display())));
            }
            Err(failure) if at > 0 => {
                return Err(failure.hint(format!("{at} of {} were taken back before that", args.many)));
            }
            Err(failure) => return Err(failure),
        }
    }
    if common.json { print(&json(&taken, common.pretty)) } else { Ok(()) }
}

/// An apply that was taken back.
struct Taken {
    id: String,
    plan: Plan,
    /// What has to be confirmed for that to stay.
    waits: Option<String>,
}

/// What an undo wants, and what is: without what is left alone, or cannot come back, which is told.
fn homeward(
    args: &args::Undo,
    live: &mut Live,
    journal: &Journal,
    record: &Record,
) -> Result<Declared, Failure> {
    let mut goal = journal.home(record).map_err(|f| unusable(&f))?;
    // Whoever asks to go back has consented to what that takes of the links.
    goal.rebuild = true;
    let gone = lookup::gone(live, &goal);
    if !gone.is_empty() {
        for netns in &gone {
            eprintln!("note: there is no namespace {netns} any more, and what was in it stays away");
        }
        let lost = goal.links.keys().filter(|k| gone.contains(&k.netns)).cloned().collect();
        goal = apart(&goal, &World::new(), lost).0;
    }
    let mut declared = Declared::new(goal, live, &args.journal.state)?;
    // Who cannot tell whose they are takes them for what the apply made.
    if let Ok(owned) = Owned::read_in(journal, live) {
        let strays = declared.spare(&owned);
        let missing: Vec<String> = strays.missing().collect();
        if record.state == State::Done && !missing.is_empty() {
            return Err(Failure::new(Status::Refused, missing.join("\n       "))
                .hint("let that one go, or give it another name; nothing was changed"));
        }
        if owned.knows(record) {
            missing.iter().for_each(|what| eprintln!("note: {what}"));
            declared.leave(strays.taken.clone());
        }
        strays.told().for_each(|what| eprintln!("note: {what}"));
    }
    declared.forgo().iter().for_each(|what| eprintln!("note: {what}"));
    Ok(declared)
}

/// Takes one back. `None` where there is none.
fn one(
    args: &args::Undo,
    common: &Common,
    live: &mut Live,
    journal: &Journal,
) -> Result<Option<Taken>, Failure> {
    let Some(record) = journal.last().map_err(|f| unusable(&f))? else { return Ok(None) };
    // What is not over was cut off, failed or waits: going back from there is what whoever cannot be reached waits for.
    let over = record.state == State::Done;
    if !over && args.cutting.confirm.is_some() {
        return Err(Failure::new(Status::Unknown, told(journal, &record))
            .hint(format!("linkctl rollback {} takes it back, and that needs no confirming", record.id)));
    }
    let mut declared = homeward(args, live, journal, &record)?;
    let plan = declared.plan_or(live, in_use)?;
    let cuts = if over { Cuts::new(&declared, &plan, live)? } else { Cuts::default() };
    if !common.json {
        show(&plan, common)?;
        print(&cuts.text(Term::stdout()))?;
    }
    cuts.permit(args.cutting.covers())?;
    let mut carried = None;
    if !plan.steps.is_empty() {
        let keeping = Keeping {
            journal,
            state: &args.journal.state,
            common,
            window: args.cutting.confirm,
            take_over: true,
            declared: None,
            undoes: Some(&record.id),
        };
        carried = declared.carry_out(&plan, live, &keeping)?.0;
    }
    let id = record.id.clone();
    let waits = match (args.cutting.confirm, carried) {
        (Some(window), Some(carried)) => Some((carried.id, window)),
        (_, carried) => {
            took_back(journal, carried, record, live)?;
            None
        }
    };
    if !common.json {
        let then = waits.as_ref().map_or(String::new(), |(by, window)| {
            format!("; it is applied again in {} unless you say\n  linkctl confirm {by}", shown(*window))
        });
        print(&format!("{} {id}{then}\n", Term::stdout().paint(Colour::Green, "took back")))?;
    }
    Ok(Some(Taken { id, plan, waits: waits.map(|(by, _)| by) }))
}

/// Why there is no way back; of links that others use by now it is said which.
fn in_use(conflicts: &[Conflict]) -> Failure {
    let users = conflicts.iter().filter_map(|c| match c {
        Conflict::Bereft { link, of } => Some((link, of)),
        _ => None,
    });
    let users: Vec<_> = users.collect();
    if users.len() < conflicts.len() {
        return conflict(conflicts);
    }
    let what = users.iter().map(|(link, of)| format!("{of} cannot be taken back: {link} needs it by now"));
    Failure::new(Status::Refused, what.collect::<Vec<_>>().join("\n       "))
        .hint("let what needs it go first, or stand on another link; nothing was changed")
}

/// Notes that an apply is taken back for good, by what was `carried` out for that.
pub(super) fn took_back(
    journal: &Journal,
    carried: Option<Record>,
    mut undone: Record,
    live: &mut Live,
) -> Result<(), Failure> {
    if let Some(mut carried) = carried {
        // The way back from an undo is to apply again: it is no step of its own.
        journal
            .mark(&mut carried, State::Undone, &format!("it took back {}", undone.id))
            .map_err(|f| unusable(&f))?;
    }
    journal.mark(&mut undone, State::Undone, "linkctl undo").map_err(|f| unusable(&f))?;
    Owned::went_home(journal, &undone.id, live).map_err(|f| unowned(&f))
}

fn json(taken: &[Taken], pretty: bool) -> String {
    let mut out = Out::new(pretty);
    out.object();
    out.key("version");
    out.plain(1);
    out.key("undone");
    out.array();
    for Taken { id, plan, waits } in taken {
        out.object();
        out.key("id");
        out.text(id);
        if let Some(by) = waits {
            out.key("waits");
            out.text(by);
        }
        out.key("plan");
        render::json::json(plan, &mut out);
        out.end();
    }
    out.end_array();
    out.end();
    out.into_string() + "\n"
}
