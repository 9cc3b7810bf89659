//! `linkctl status`: what waits, what was cut off, what has to be seen to, and whether the links are as declared.

use std::path::Path;
use std::process::ExitCode;

use linkctl::apply::guard::is_guarded;
use linkctl::apply::{Record, Records, State};
use linkctl::schema::out::Out;

use super::history::entry;
use super::journal::{left, of_another_run, told, unusable};
use super::watch::{Report, glance};
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::files::FOLDER;
use crate::term::{Colour, Term};

/// Tells it; the exit status says it too.
pub(crate) fn run(args: &args::Status, common: &Common) -> Result<ExitCode, Failure> {
    let mut live = live(common)?;
    let records = Records::at(&args.state, live.id());
    let open = records.open_one().map_err(|f| unusable(&f))?;
    // What an open apply wants is no drift: how the links are to be is not decided.
    let declared = open.is_none() && (!args.files.is_empty() || Path::new(FOLDER).is_dir());
    let kept = declared.then(|| glance(&args.files, &mut live, &records, &args.state));
    if common.json {
        let mut out = Out::new(common.pretty);
        json(&records, open.as_ref(), kept.as_ref(), &mut out);
        print(&(out.into_string() + "\n"))?;
    } else {
        print(&(text(&records, open.as_ref()) + &kept.as_ref().map_or(String::new(), told_of)))?;
    }
    let status = open.map(|record| status(&records, &record)).or(kept.as_ref().and_then(Report::status));
    Ok(status.map_or(ExitCode::SUCCESS, |status| ExitCode::from(status as u8)))
}

/// How the links stand, a line each.
fn told_of(report: &Report) -> String {
    let term = Term::stdout();
    let news = report.news(None).into_iter();
    news.map(|(word, text)| format!("{} {text}\n", term.paint(Colour::Yellow, word))).collect()
}

fn status(records: &Records, record: &Record) -> Status {
    match record.state {
        State::Broken => Status::Broken,
        _ if is_guarded(records, record) => Status::Pending,
        _ => Status::Unknown,
    }
}

fn text(records: &Records, open: Option<&Record>) -> String {
    let Some(record) = open else { return "no apply waits, none was cut off\n".into() };
    let term = Term::stdout();
    let mut out = format!("{}\n", term.paint(Colour::Yellow, &told(records, record)));
    let hints: &[&str] = match record.state {
        State::Waiting if of_another_run(records, record) => &["linkctl rollback takes it back"],
        State::Waiting => &["linkctl confirm keeps it", "linkctl rollback takes it back"],
        _ if is_guarded(records, record) => &[],
        _ => &["linkctl rollback brings the links back to what they were before it"],
    };
    for hint in hints {
        out += &format!("  {} {hint}\n", term.paint(Colour::Green, "hint:"));
    }
    out
}

fn json(records: &Records, open: Option<&Record>, kept: Option<&Report>, out: &mut Out) {
    out.object();
    out.key("version");
    out.plain(1);
    out.key("open");
    match open {
        None => out.null(),
        Some(record) => {
            out.object();
            entry(records, record, out);
            out.key("guarded");
            out.plain(is_guarded(records, record));
            if let Some(left) = left(records, record) {
                out.key("left");
                out.plain(left.as_secs_f64());
            }
            out.end();
        }
    }
    out.key("kept");
    match kept {
        None => out.null(),
        Some(report) => {
            out.object();
            out.key("state");
            out.text(report.state());
            report.members(out);
            out.end();
        }
    }
    out.end();
}
