//! `linkctl boot`: what `linkctl-apply.service` runs. Finishes what an earlier run of the machine left open, then brings
//! the links to what the folder declares.

use std::process::ExitCode;

use linkctl::apply::guard::is_guarded;
use linkctl::apply::{Journal, State, take_back};
use linkctl::kernel::{Live, process};
use linkctl::schema::out::Out;

use super::bring::{Brought, Declaration, all};
use super::declared::{Keeping, unreturned};
use super::journal::{open, told, unusable};
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::span::steps;

/// Does it. Ends with 4 where only a part could be had, or what held last is followed for want of files that can be.
pub(crate) fn run(args: &args::Boot, common: &Common) -> Result<ExitCode, Failure> {
    let mut live = live(common)?;
    let journal = open(&args.journal, &live)?;
    let settled = settle(&journal, &mut live)?;
    let Some(settled) = settled else {
        let record = journal.open_one().map_err(|f| unusable(&f))?;
        let what = record.map_or(String::new(), |r| told(&journal, &r));
        return Err(Failure::new(Status::Unknown, format!("{what}: nothing was done"))
            .hint("linkctl confirm or linkctl rollback first"));
    };
    let declaration = Declaration::read(&args.files, &journal)?;
    let keeping = Keeping {
        journal: &journal,
        state: &args.journal.state,
        common,
        window: None,
        take_over: args.take_over,
        declared: declaration.sources.map(|s| (s, &declaration.goal)),
        undoes: None,
    };
    let brought = all(&declaration.goal, &mut live, &keeping);
    if common.json {
        print(&json(&settled, &declaration, &brought, common.pretty))?;
    } else {
        print(&text(&settled, &declaration, &brought))?;
        brought.failed.iter().for_each(|(_, failure)| _ = failure.say(false));
    }
    let whole = brought.failed.is_empty() && declaration.note.is_none();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(Status::Partial as u8) })
}

/// Ends what is open: of an earlier run of the machine nothing is left to take back; of this one it is taken back.
/// Returns what was done; `None` where a guardian is at it, whose business it is.
fn settle(journal: &Journal, live: &mut Live) -> Result<Option<Vec<String>>, Failure> {
    let mut out = Vec::new();
    for mut record in journal.list().map_err(|f| unusable(&f))? {
        if !record.state.is_open() {
            continue;
        }
        let before = journal.about(&record).is_ok_and(|a| a.boot != process::boot_id());
        if !before && is_guarded(journal, &record) {
            return Ok(None);
        }
        let note = match record.state {
            _ if !before => "it was cut off, and its guardian with it",
            State::Waiting => "the machine was restarted before it was confirmed",
            _ => "the machine was restarted in the middle of it",
        };
        if before {
            journal.mark(&mut record, State::Undone, note).map_err(|f| unusable(&f))?;
        } else {
            let home = journal.home(&record).map_err(|f| unusable(&f))?;
            let taken = take_back(journal, &mut record, &home, live, note);
            let broken = |why| format!("the apply {} could not be taken back: {why}", record.id);
            taken.map_err(|e| unreturned(e, |why| Failure::new(Status::Broken, broken(why))))?;
        }
        out.push(format!("the apply {} is taken back: {note}", record.id));
    }
    Ok(Some(out))
}

fn text(settled: &[String], declaration: &Declaration, brought: &Brought) -> String {
    let mut out: String = settled.iter().map(|line| format!("{line}\n")).collect();
    if let Some(note) = &declaration.note {
        out += &format!("{note}\n");
    }
    for (key, waits) in &brought.waiting {
        out += &format!("{key} waits: {waits}\n");
    }
    out += &match brought.steps {
        0 if brought.failed.is_empty() => "the links are as declared\n".to_owned(),
        1 => "1 step was carried out\n".to_owned(),
        n => format!("{} were carried out\n", steps(n)),
    };
    out
}

fn json(settled: &[String], declaration: &Declaration, brought: &Brought, pretty: bool) -> String {
    let mut out = Out::new(pretty);
    out.object();
    out.key("version");
    out.plain(1);
    out.key("settled");
    out.array();
    settled.iter().for_each(|line| out.text(line));
    out.end_array();
    if let Some(note) = &declaration.note {
        out.key("note");
        out.text(note);
    }
    out.key("steps");
    out.plain(brought.steps);
    out.key("waiting");
    out.object();
    for (key, waits) in &brought.waiting {
        out.key(&key.to_string());
        out.text(&waits.to_string());
    }
    out.end();
    out.key("failed");
    out.array();
    brought.failed.iter().for_each(|(_, failure)| out.text(&failure.what));
    out.end_array();
    out.end();
    out.into_string() + "\n"
}
