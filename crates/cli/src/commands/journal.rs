//! The journal as commands use it: opened, and its open transaction told.

use std::time::{Duration, Instant};

use linkctl::apply::guard::{guardian, is_guarded};
use linkctl::apply::{Fault, Journal, Record, Records, STATE, State};
use linkctl::kernel::{Live, Place, process};
use linkctl::schema::Safe;

use crate::args;
use crate::exit::{Failure, Status};
use crate::span::shown;
use crate::term::{Colour, Term};

/// How long a guardian that is at work is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the lock is asked for before somebody counts as having it.
const GRACE: Duration = Duration::from_millis(60);
/// How often is looked whether it is done.
const TICK: Duration = Duration::from_millis(20);

/// Opens the journal. A guardian that is just leading home is waited for.
pub(crate) fn open(args: &args::Journal, live: &Live) -> Result<Journal, Failure> {
    let start = Instant::now();
    // Who has just taken the lock has not said so yet, and a guardian may have given it back since it was seen with it.
    let mut graced = start;
    loop {
        match Journal::open(&args.state, live.id(), args.wait) {
            Err(Fault::Locked(_, Some(pid)))
                if start.elapsed() < PATIENCE && is_guardian(args, live, pid) =>
            {
                graced = Instant::now();
            }
            Err(Fault::Locked(..)) if graced.elapsed() < GRACE => {}
            journal => return journal.map_err(|f| unusable(&f)),
        }
        std::thread::sleep(TICK);
    }
}

/// Whether a process is the guardian of the transaction that is open.
fn is_guardian(args: &args::Journal, live: &Live, pid: u32) -> bool {
    let records = Records::at(&args.state, live.id());
    records.list().unwrap_or_default().iter().any(|r| guardian(&records, r) == Some(pid))
}

/// Opens it for something new: no transaction is open.
pub(crate) fn open_settled(args: &args::Journal, live: &Live) -> Result<Journal, Failure> {
    let start = Instant::now();
    loop {
        let journal = open(args, live)?;
        let Some(record) = journal.open_one().map_err(|f| unusable(&f))? else { return Ok(journal) };
        let at_work = record.state == State::Pending && is_guarded(&journal, &record);
        if !at_work || start.elapsed() > PATIENCE {
            return Err(unsettled(&journal, &record));
        }
        drop(journal);
        std::thread::sleep(TICK);
    }
}

/// Why the journal cannot be used, for a person.
pub(crate) fn unusable(fault: &Fault) -> Failure {
    match fault {
        Fault::Locked(..) => Failure::new(Status::Locked, fault).hint("wait for it to end: --wait=60s does"),
        Fault::Io(_, e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
            Failure::new(Status::Denied, fault)
                .hint("run it with sudo, or name a folder of your own with --state DIR")
        }
        Fault::Io(_, e) if e.kind() == std::io::ErrorKind::StorageFull => {
            Failure::new(Status::Refused, fault)
                .hint("nothing is changed that could not be taken back: make room")
        }
        Fault::Open(path) => Failure::new(Status::Refused, fault)
            .hint(format!("chmod go-w {}", Safe(path.as_os_str().as_encoded_bytes()))),
        _ => Failure::new(Status::Refused, fault).hint("nothing was changed"),
    }
}

/// A transaction that is open, as what is in the way of another one.
pub(crate) fn unsettled(records: &Records, record: &Record) -> Failure {
    let id = &record.id;
    let failure = Failure::new(Status::Unknown, told(records, record));
    match record.state {
        State::Waiting if of_another_run(records, record) => {
            failure.hint(format!("linkctl rollback {id} takes it back"))
        }
        State::Waiting => failure
            .hint(format!("linkctl confirm {id} keeps it"))
            .hint(format!("linkctl rollback {id} takes it back")),
        _ => failure.hint("linkctl undo brings the links back to what they were before it"),
    }
}

/// A transaction that is open, in one clause.
pub(crate) fn told(records: &Records, record: &Record) -> String {
    let id = &record.id;
    let note = || records.note(record).map_or(String::new(), |n| format!(": {}", Safe(n.as_bytes())));
    match record.state {
        State::Waiting => match (left(records, record), is_guarded(records, record)) {
            (Some(left), true) => format!("the apply {id} waits to be confirmed: {} left", shown(left)),
            (None, true) => format!("the apply {id} was not confirmed and is being taken back"),
            (_, false) if of_another_run(records, record) => {
                format!("the apply {id} was never confirmed, and the machine was restarted since")
            }
            (_, false) => format!("the apply {id} was never confirmed, and its guardian is gone"),
        },
        State::Pending if is_guarded(records, record) => format!("the apply {id} is at work"),
        State::Pending => format!("the apply {id} was cut off in the middle"),
        State::Broken => format!("the apply {id} could not be taken back{}", note()),
        State::Done | State::Undone => format!("the apply {id} is {}{}", record.state.word(), note()),
    }
}

/// Whether a transaction was begun before the machine was started.
pub(crate) fn of_another_run(records: &Records, record: &Record) -> bool {
    records.about(record).is_ok_and(|about| about.boot != process::boot_id())
}

/// How long a transaction still waits.
pub(crate) fn left(records: &Records, record: &Record) -> Option<Duration> {
    records.until(record)?.checked_sub(process::boottime())
}

/// Says on standard error what an apply left half done, before a command does something else.
pub(crate) fn warn() {
    let Ok(live) = Live::open(Place::Here) else { return };
    let records = Records::at(STATE.as_ref(), live.id());
    // Whoever may not look is not told.
    let Ok(Some(record)) = records.open_one() else { return };
    let half = record.state == State::Broken || !is_guarded(&records, &record);
    if half {
        let term = Term::stderr();
        eprintln!("{} {}", term.paint(Colour::Yellow, "warning:"), told(&records, &record));
        eprintln!("  {} linkctl rollback brings the links back", term.paint(Colour::Green, "hint:"));
    }
}

/// The transaction that a command is about: that of an id, or the one that is open.
pub(crate) fn chosen(records: &Records, id: Option<&str>) -> Result<Record, Failure> {
    let found = match id {
        Some(id) => records.find(id),
        None => records.open_one(),
    };
    found.map_err(|f| unusable(&f))?.ok_or_else(|| {
        let what = match id {
            Some(id) => format!("there is no apply {}, or several begin so", Safe(id.as_bytes())),
            None => "no apply waits or was cut off".into(),
        };
        Failure::new(Status::Unknown, what).hint("linkctl history lists them")
    })
}
