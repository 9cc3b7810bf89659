//! `linkctl confirm`, `rollback` and `extend`: what becomes of an apply that waits.

use linkctl::apply::guard::is_guarded;
use linkctl::apply::{Record, Records, State, take_back};
use linkctl::kernel::process::boottime;
use linkctl::schema::out::Out;

use super::declared::unreturned;
use super::journal::{chosen, of_another_run, open, told, unsettled, unusable};
use super::undo::took_back;
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::span::shown;
use crate::term::{Colour, Term};

/// Keeps it.
pub(crate) fn confirm(args: &args::Confirm, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let journal = open(&args.journal, &live)?;
    let mut record = chosen(&journal, args.id.as_deref())?;
    waits(&journal, &record)?;
    let undone = journal.about(&record).map_err(|f| unusable(&f))?.undoes;
    if let Some(undone) = undone.map(|id| journal.find(&id)).transpose().map_err(|f| unusable(&f))?.flatten()
    {
        let id = record.id.clone();
        took_back(&journal, Some(record), undone, &mut live)?;
        return say(common, "confirmed", &id, "what it took back stays so");
    }
    journal.mark(&mut record, State::Done, "").map_err(|f| unusable(&f))?;
    say(common, "confirmed", &record.id, "it stays; linkctl undo takes it back")
}

/// Refuses one that does not wait, and one of an earlier run of the machine: what it did is not there any more.
fn waits(records: &Records, record: &Record) -> Result<(), Failure> {
    let refuse = |what: &str| Failure::new(Status::Unknown, format!("{}: {what}", told(records, record)));
    if record.state != State::Waiting {
        return Err(refuse("nothing waits to be confirmed").hint("linkctl history tells what became of it"));
    }
    if of_another_run(records, record) {
        return Err(refuse("what it did is not there any more")
            .hint("linkctl rollback closes it; then it can be applied again"));
    }
    Ok(())
}

/// Takes it back.
pub(crate) fn rollback(args: &args::Rollback, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let journal = open(&args.journal, &live)?;
    let mut record = chosen(&journal, args.id.as_deref())?;
    if !record.state.is_open() {
        return Err(Failure::new(Status::Unknown, format!("{}: it is over", told(&journal, &record)))
            .hint("linkctl undo takes back the last apply that holds"));
    }
    let home = journal.home(&record).map_err(|f| unusable(&f))?;
    let broken = |why| {
        Failure::new(Status::Broken, format!("the links could not be brought back: {why}"))
            .hint("see what is in the way (linkctl show -d), then linkctl rollback again")
    };
    let taken = take_back(&journal, &mut record, &home, &mut live, "linkctl rollback");
    taken.map_err(|e| unreturned(e, broken))?;
    say(common, "took back", &record.id, "the links are as they were before it")
}

/// Gives it more time.
pub(crate) fn extend(args: &args::Extend, common: &Common) -> Result<(), Failure> {
    let live = live(common)?;
    let journal = open(&args.journal, &live)?;
    let record = chosen(&journal, args.id.as_deref())?;
    waits(&journal, &record)?;
    if !is_guarded(&journal, &record) {
        // Nobody would take it back when that time is over.
        return Err(unsettled(&journal, &record));
    }
    journal.wait_until(&record, boottime() + args.time).map_err(|f| unusable(&f))?;
    say(common, "extended", &record.id, &format!("{} left", shown(args.time)))
}

fn say(common: &Common, what: &str, id: &str, then: &str) -> Result<(), Failure> {
    if !common.json {
        return print(&format!("{} {id}: {then}\n", Term::stdout().paint(Colour::Green, what)));
    }
    let mut out = Out::new(common.pretty);
    out.object();
    out.key("id");
    out.text(id);
    out.key("outcome");
    out.text(what);
    out.end();
    print(&(out.into_string() + "\n"))
}
