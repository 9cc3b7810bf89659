//! `linkctl history`: the applies that are kept, the last first.

use std::time::Duration;

use linkctl::apply::{About, Journal, Record, Records};
use linkctl::kernel::{accounts, place};
use linkctl::link::show::monitor::Time;
use linkctl::schema::Safe;
use linkctl::schema::out::Out;

use super::journal::unusable;
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::Failure;
use crate::span::steps;
use crate::term::{Colour, Term};

/// Lists them.
pub(crate) fn run(args: &args::History, common: &Common) -> Result<(), Failure> {
    let id = live(common)?.id();
    let records = Records::at(&args.state, id);
    if records.list().map_err(|f| unusable(&f))?.iter().any(|r| records.never_began(r)) {
        // Whoever opens the journal for changes puts that right.
        let _ = Journal::open(&args.state, id, Duration::ZERO);
    }
    let mut list = records.list().map_err(|f| unusable(&f))?;
    list.reverse();
    if common.json {
        let mut out = Out::new(common.pretty);
        json(&records, &list, &mut out);
        return print(&(out.into_string() + "\n"));
    }
    if list.is_empty() {
        return print("no apply is kept\n");
    }
    let term = Term::stdout();
    let users = accounts::read();
    let mut text = String::new();
    for (at, record) in list.iter().enumerate() {
        text += &line(at + 1, &records, record, &users, term);
    }
    print(&text)
}

fn line(
    at: usize,
    records: &Records,
    record: &Record,
    users: &linkctl::link::Accounts,
    term: Term,
) -> String {
    let colour = match record.state.word() {
        "done" => Colour::Green,
        "undone" => Colour::Faint,
        "broken" => Colour::Red,
        _ => Colour::Yellow,
    };
    let state = term.paint(colour, &format!("{:<7}", record.state.word()));
    let rest = match records.about(record) {
        Ok(about) => {
            let user = about.user.map_or(String::new(), |u| {
                let name = users.get(&(false, u)).cloned().unwrap_or_else(|| u.to_string());
                format!("  {}", Safe(name.as_bytes()))
            });
            format!("{}{user}  {}  {}", clock(about.made), steps(about.steps), about.command)
        }
        Err(fault) => Safe(fault.to_string().as_bytes()).to_string(),
    };
    let note = records.note(record).map_or(String::new(), |n| format!("\n     {}", Safe(n.as_bytes())));
    format!("{at:>3}  {}  {state}  {rest}{}\n", record.id, term.paint(Colour::Faint, &note))
}

/// A time of UTC by the place's clocks, to the second.
fn clock(seconds: u64) -> String {
    let seconds = place::local(i64::try_from(seconds).unwrap_or(0));
    let mut text = Time { seconds, micros: 0 }.to_string().replace('T', " ");
    text.truncate(19);
    text
}

fn json(records: &Records, list: &[Record], out: &mut Out) {
    out.object();
    out.key("version");
    out.plain(1);
    out.key("applies");
    out.array();
    for record in list {
        out.object();
        entry(records, record, out);
        out.end();
    }
    out.end_array();
    out.end();
}

/// The members that tell of one transaction.
pub(super) fn entry(records: &Records, record: &Record, out: &mut Out) {
    out.key("id");
    out.text(&record.id);
    out.key("state");
    out.text(record.state.word());
    if let Some(note) = records.note(record) {
        out.key("note");
        out.text(&note);
    }
    match records.about(record) {
        Ok(about) => details(&about, out),
        Err(fault) => {
            out.key("damaged");
            out.text(&fault.to_string());
        }
    }
}

fn details(about: &About, out: &mut Out) {
    out.key("time");
    out.plain(about.made);
    out.key("boot");
    out.text(&about.boot);
    if let Some(user) = about.user {
        out.key("user");
        out.plain(user);
    }
    out.key("steps");
    out.plain(about.steps);
    if let Some(window) = about.window {
        out.key("window");
        out.plain(window.as_secs_f64());
    }
    out.key("command");
    out.text(&about.command);
}
