//! `linkctl status`: what waits, what was cut off, what has to be seen to.

use std::process::ExitCode;

use linkctl::apply::guard::is_guarded;
use linkctl::apply::{Record, Records, State};
use linkctl::schema::out::Out;

use super::history::entry;
use super::journal::{left, of_another_run, told, unusable};
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::term::{Colour, Term};

/// Tells it; the exit status says it too.
pub(crate) fn run(args: &args::Status, common: &Common) -> Result<ExitCode, Failure> {
    let records = Records::at(&args.state, live(common)?.id());
    let open = records.open_one().map_err(|f| unusable(&f))?;
    if common.json {
        let mut out = Out::new(common.pretty);
        json(&records, open.as_ref(), &mut out);
        print(&(out.into_string() + "\n"))?;
    } else {
        print(&text(&records, open.as_ref()))?;
    }
    Ok(open.map_or(ExitCode::SUCCESS, |record| ExitCode::from(status(&records, &record) as u8)))
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

fn json(records: &Records, open: Option<&Record>, out: &mut Out) {
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
    out.end();
}
