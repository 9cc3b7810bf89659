//! `linkctl undo`: takes back the last apply that was not taken back, or several.

use linkctl::apply::{Journal, Owned, State};
use linkctl::kernel::Live;
use linkctl::plan::{Conflict, Plan, render};
use linkctl::schema::out::Out;

use super::change::conflict;
use super::declared::{Declared, Keeping, unowned};
use super::journal::{open, unusable};
use super::plan::show;
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::term::{Colour, Term};

/// Brings the links back to what they were before.
pub(crate) fn run(args: &args::Undo, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let journal = open(&args.journal, &live)?;
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

/// Takes one back; its id and what that took. `None` where there is none.
fn one(
    args: &args::Undo,
    common: &Common,
    live: &mut Live,
    journal: &Journal,
) -> Result<Option<(String, Plan)>, Failure> {
    let Some(mut record) = journal.last().map_err(|f| unusable(&f))? else { return Ok(None) };
    let mut goal = journal.home(&record).map_err(|f| unusable(&f))?;
    // Whoever asks to go back has consented to what that takes.
    goal.rebuild = true;
    let mut declared = Declared::new(goal, live, &args.journal.state)?;
    // Who cannot tell whose they are takes them for what the apply made.
    if let Ok(owned) = Owned::read_in(journal, live) {
        for what in declared.spare(&owned).told() {
            eprintln!("note: {what}");
        }
    }
    for what in declared.forgo() {
        eprintln!("note: {what}");
    }
    let plan = declared.plan_or(live, in_use)?;
    if !common.json {
        show(&plan, common)?;
    }
    if !plan.steps.is_empty() {
        let keeping = Keeping {
            journal,
            state: &args.journal.state,
            common,
            window: None,
            take_over: true,
            declared: None,
        };
        let (taken, _) = declared.carry_out(&plan, live, &keeping)?;
        if let Some(mut taken) = taken {
            // The way back from an undo is to apply again: it is no step of its own.
            journal
                .mark(&mut taken, State::Undone, &format!("it took back {}", record.id))
                .map_err(|f| unusable(&f))?;
        }
    }
    journal.mark(&mut record, State::Undone, "linkctl undo").map_err(|f| unusable(&f))?;
    Owned::went_home(journal, &record.id, live).map_err(|f| unowned(&f))?;
    if !common.json {
        print(&format!("{} {}\n", Term::stdout().paint(Colour::Green, "took back"), record.id))?;
    }
    Ok(Some((record.id, plan)))
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

fn json(taken: &[(String, Plan)], pretty: bool) -> String {
    let mut out = Out::new(pretty);
    out.object();
    out.key("version");
    out.plain(1);
    out.key("undone");
    out.array();
    for (id, plan) in taken {
        out.object();
        out.key("id");
        out.text(id);
        out.key("plan");
        render::json::json(plan, &mut out);
        out.end();
    }
    out.end_array();
    out.end();
    out.into_string() + "\n"
}
