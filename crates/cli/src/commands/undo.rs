//! `linkctl undo`: takes back the last apply that was not taken back.

use linkctl::apply::{After, Journal, State};

use super::apply::{Declared, unusable};
use super::plan::show;
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::term::{Colour, Term};

/// Brings the links back to what they were before.
pub(crate) fn run(args: &args::Undo, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let journal = Journal::open(&args.state, live.id()).map_err(|f| unusable(&f))?;
    let Some(mut record) = journal.last().map_err(|f| unusable(&f))? else {
        return Err(Failure::new(Status::Unknown, "there is nothing to take back")
            .hint(format!("applies are kept in {}", args.state.display())));
    };
    let mut goal = journal.home(&record).map_err(|f| unusable(&f))?;
    // Whoever asks to go back has consented to what that takes.
    goal.rebuild = true;
    let declared = Declared::new(goal, &mut live, &args.state)?;
    let plan = declared.plan()?;
    show(&plan, common)?;
    if !plan.steps.is_empty() {
        let taken = declared.carry_out(&plan, &mut live, &journal, After::Undo)?;
        if let Some(mut taken) = taken {
            // The way back from an undo is to apply again: it is no step of its own.
            journal.mark(&mut taken, State::Undone).map_err(|f| unusable(&f))?;
        }
    }
    journal.mark(&mut record, State::Undone).map_err(|f| unusable(&f))?;
    if common.json {
        return Ok(());
    }
    print(&format!("{} {}\n", Term::stdout().paint(Colour::Green, "took back"), record.id))
}
