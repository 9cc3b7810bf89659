//! `linkctl watch`: keeps the links as declared, and tells where they are not.
//!
//! Reads all links anew whenever something happened, so that no event that was lost, no sleep of the machine and no
//! namespace that came or went leaves it with a wrong picture.

mod desk;
mod ears;
mod report;
mod supervisor;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use linkctl::apply::keep::{Patience, Turn};
use linkctl::apply::{Fault, Journal, Record, Records, Sources, State, lookup};
use linkctl::kernel::culprit::{Culprit, Culprits};
use linkctl::kernel::process::boottime;
use linkctl::kernel::{Live, signal};
use linkctl::link::{Goal, Key};
use linkctl::plan::split::only;
use linkctl::schema::Safe;
use linkctl::schema::out::Out;

use super::bring::{Brought, Declaration, one};
use super::declared::{Declared, Keeping};
use super::journal::told;
use super::weigh::Given;
use super::{foreign, live};
use crate::args::{self, Common};
use crate::exit::Failure;
use crate::files::FOLDER;
use crate::term::{Colour, Term};
use desk::Desk;
use ears::Ears;
use report::Drift;
pub(crate) use report::Report;
use supervisor::Supervisor;

/// All is read anew after so long, whatever was heard: a machine that slept may have missed something.
const ROUND: Duration = Duration::from_mins(5);
/// What could not be read or had is tried again after so long.
const RETRY: Duration = Duration::from_secs(5);

/// Watches until it is told to end.
pub(crate) fn run(args: &args::Watch, common: &Common) -> Result<ExitCode, Failure> {
    let held = signal::hold().map_err(|e| super::unread(&e))?;
    let mut watch = Watch::new(args, common)?;
    let folders = if args.files.is_empty() { vec![PathBuf::from(FOLDER)] } else { args.files.clone() };
    let mut ears = Ears::new(held, &folders, watch.records.folder()).map_err(|e| super::unread(&e))?;
    let desk = match &args.socket {
        None => None,
        Some(path) => Some(Desk::open(path).map_err(|e| Failure::usage(format!("{}: {e}", path.display())))?),
    };
    if args.who {
        match Culprits::open() {
            Ok(culprits) => ears.culprits = Some(culprits),
            Err(e) => watch.tell("note", &format!("who changes links cannot be told: {e}")),
        }
    }
    let supervisor = Supervisor::found();
    let mut ready = false;
    loop {
        watch.look(&mut ears);
        supervisor.say(&format!(
            "{}STATUS={}\nWATCHDOG=1\n",
            if ready { "" } else { "READY=1\n" },
            watch.report.state()
        ));
        ready = true;
        if args.once {
            return Ok(watch.status());
        }
        let mut until = watch.next;
        if let Some(pulse) = supervisor.pulse {
            until = until.min(boottime() + pulse);
        }
        let answer = watch.answer(ears.losses);
        let heard = ears.listen(until, desk.as_ref(), &answer).map_err(|e| super::unread(&e))?;
        if heard.end {
            supervisor.say("STOPPING=1\n");
            return Ok(ExitCode::SUCCESS);
        }
        if heard.again {
            watch.patience.forget();
        }
        if heard.spaces {
            // What is held open keeps a namespace alive that was deleted, and is not the one of that name any more.
            ears.close();
            watch.live = live(common)?;
        }
        watch.stale |= heard.files || heard.again;
    }
}

/// How it stands by a single reading, for whoever asks once.
pub(crate) fn glance(paths: &[PathBuf], live: &mut Live, records: &Records, state: &Path) -> Report {
    let failed = |failure: Failure| Report { failed: Some(failure.what), ..Report::default() };
    let declaration = match Declaration::read(paths, records) {
        Ok(declaration) => declaration,
        Err(failure) => return failed(failure),
    };
    let mut out = Report { note: declaration.note, ..Report::default() };
    match Declared::as_far_as(&declaration.goal, live, state) {
        Ok((mut declared, waiting)) => {
            out.waiting = waiting;
            match declared.plan(live) {
                Ok(plan) => out.drift = Report::of(&plan),
                Err(failure) => out.failed = Some(failure.what),
            }
        }
        Err(failure) => out.failed = Some(failure.what),
    }
    out
}

/// The last apply that holds.
fn holding(records: &Records) -> Option<Record> {
    records.list().ok()?.into_iter().rev().find(|r| r.state == State::Done)
}

/// What a watcher knows.
struct Watch<'w> {
    args: &'w args::Watch,
    common: &'w Common,
    live: Live,
    records: Records,
    declaration: Option<Declaration>,
    /// The files may say something else by now.
    stale: bool,
    patience: Patience,
    report: Report,
    /// Links that came and were not brought yet.
    came: BTreeSet<Key>,
    /// The files that are known to hold.
    accepted: Option<Sources>,
    /// The last apply that was seen to hold; empty where there was none.
    newest: String,
    /// What was told last.
    told: Option<Report>,
    repairs: u64,
    /// When to look again, whatever is heard.
    next: Duration,
}

impl<'w> Watch<'w> {
    fn new(args: &'w args::Watch, common: &'w Common) -> Result<Self, Failure> {
        let live = live(common)?;
        let records = Records::at(&args.state, live.id());
        Ok(Self {
            args,
            common,
            live,
            newest: holding(&records).map_or(String::new(), |r| r.id),
            records,
            declaration: None,
            stale: true,
            patience: Patience::new(),
            report: Report::default(),
            came: BTreeSet::new(),
            accepted: None,
            told: None,
            repairs: 0,
            next: Duration::ZERO,
        })
    }

    /// Looks how it stands, puts right what is to be put right, and tells what is new.
    fn look(&mut self, ears: &mut Ears) {
        self.next = boottime() + ROUND;
        let before = std::mem::take(&mut self.report);
        // An apply that is open has a say of its own, and a guardian.
        if let Ok(Some(record)) = self.records.open_one() {
            self.report.suspended = Some(told(&self.records, &record));
            self.next = boottime() + RETRY;
            self.stale = true;
        } else {
            self.read_declaration();
        }
        if self.report.suspended.is_none()
            && let Some(declaration) = self.declaration.take()
        {
            ears.open(&mut self.live, &lookup::spaces(&declaration.goal));
            let by = ears.culprits.as_mut().map(Culprits::told).unwrap_or_default();
            self.compare(&declaration, &before, &by);
            self.declaration = Some(declaration);
        }
        let news = self.report.news(self.told.as_ref());
        news.iter().for_each(|(word, text)| self.tell(word, text));
        self.told = Some(self.report.clone());
    }

    fn read_declaration(&mut self) {
        if !self.stale && self.declaration.is_some() {
            self.report.note = self.declaration.as_ref().and_then(|d| d.note.clone());
            return;
        }
        match Declaration::read(&self.args.files, &self.records) {
            Ok(declaration) => {
                if self.declaration.as_ref().is_none_or(|d| d.goal != declaration.goal) {
                    self.patience.forget();
                }
                self.report.note.clone_from(&declaration.note);
                self.declaration = Some(declaration);
                self.stale = false;
            }
            Err(failure) => {
                self.report.failed = Some(failure.what);
                self.declaration = None;
                self.next = boottime() + RETRY;
            }
        }
    }

    /// Compares what is with what is declared; puts right what may be, and compares again.
    fn compare(&mut self, declaration: &Declaration, before: &Report, by: &[Culprit]) {
        let waited = &before.waiting;
        for _ in 0..2 {
            let declared = Declared::as_far_as(&declaration.goal, &mut self.live, &self.args.state);
            let planned = declared.and_then(|(mut declared, waiting)| {
                self.report.waiting = waiting;
                declared.plan(&mut self.live).map(|plan| (declared, plan))
            });
            let (declared, plan) = match planned {
                Ok(planned) => planned,
                Err(failure) => {
                    self.report.failed = Some(failure.what);
                    self.next = boottime() + RETRY;
                    return;
                }
            };
            self.report.drift = Report::of(&plan);
            let other = self.other();
            self.blame(&before.drift, by, other);
            if plan.steps.is_empty() {
                return self.accept(declaration);
            }
            if !self.args.take_over {
                for (key, manager) in foreign::managed(&plan, &declared.world) {
                    self.report.drift.entry(key).or_default().by =
                        Some(format!("{manager}, which manages it"));
                }
            }
            self.came.extend(self.report.drift.keys().filter(|k| waited.contains_key(k)).cloned());
            self.came.retain(|k| self.report.drift.contains_key(k));
            let keys = self.due(&declared);
            if keys.is_empty() || !self.repair(&declared, &keys) {
                return;
            }
        }
    }

    /// Names those who changed links since the last look, with what drifted since then.
    fn blame(&mut self, before: &BTreeMap<Key, Drift>, by: &[Culprit], other: Option<String>) {
        let said = |c: &Culprit| format!("{}[{}]", Safe(c.command.as_bytes()), c.pid);
        let who = (!by.is_empty()).then(|| by.iter().map(said).collect::<Vec<_>>().join(", ")).or(other);
        for (key, drift) in &mut self.report.drift {
            let old = before.get(key).filter(|old| old.what == drift.what);
            drift.by = old.map_or_else(|| who.clone(), |old| old.by.clone());
        }
    }

    /// Whose apply holds since the last look, where it is not one of this watcher: somebody's, or another watcher's.
    fn other(&mut self) -> Option<String> {
        let last = holding(&self.records).filter(|last| last.id > self.newest)?;
        self.newest.clone_from(&last.id);
        let about = self.records.about(&last).ok().filter(|about| about.pid != std::process::id())?;
        Some(format!("{}[{}]", about.command, about.pid))
    }

    /// The links are as declared: after a restart of the machine that is what held last.
    fn accept(&mut self, declaration: &Declaration) {
        let Some(sources) = declaration.sources.filter(|_| self.accepted != declaration.sources) else {
            return;
        };
        if let Ok(journal) = Journal::open(&self.args.state, self.live.id(), Duration::ZERO) {
            let keeping = self.keeping(&journal, Some((sources, &declaration.goal)));
            if keeping.accept().is_ok() {
                self.accepted = Some(sources);
            }
        }
    }

    fn keeping<'k>(&self, journal: &'k Journal, declared: Option<(Sources, &'k Goal)>) -> Keeping<'k>
    where
        'w: 'k,
    {
        Keeping {
            journal,
            state: &self.args.state,
            common: self.common,
            window: None,
            take_over: self.args.take_over,
            declared,
            undoes: None,
        }
    }

    /// The links that are to be put right now: those that have just come, and with --repair those that drifted.
    fn due(&mut self, declared: &Declared) -> BTreeSet<Key> {
        let now = boottime();
        let mut out = BTreeSet::new();
        for (key, drift) in &mut self.report.drift {
            let space = key.is_loopback() && declared.goal.namespaces.contains_key(&key.netns);
            if !declared.goal.links.contains_key(key) && !space {
                continue;
            }
            if !self.args.repair && !self.came.contains(key) {
                continue;
            }
            match self.patience.turn(key, now) {
                Turn::Now => _ = out.insert(key.clone()),
                Turn::At(at) => self.next = self.next.min(at),
                Turn::Never => drift.contested = true,
            }
        }
        out
    }

    /// Puts links right; whether that was tried, so that it is worth to look again.
    fn repair(&mut self, declared: &Declared, keys: &BTreeSet<Key>) -> bool {
        let journal = match Journal::open(&self.args.state, self.live.id(), Duration::ZERO) {
            Ok(journal) => journal,
            Err(Fault::Locked(..)) => {
                self.next = boottime() + Duration::from_secs(1);
                return false;
            }
            Err(fault) => {
                self.report.failed = Some(fault.to_string());
                self.next = boottime() + RETRY;
                return false;
            }
        };
        let keeping = self.keeping(&journal, None);
        let part = only(&declared.goal, keys);
        // Nobody is asked: what wants consent has it in the file, and no session is cut.
        let given = Some(Given::by(&part));
        let outcome = one(&part, &mut self.live, &keeping, given, &mut Brought::default());
        drop(journal);
        keys.iter().for_each(|key| _ = self.patience.strike(key, boottime()));
        match outcome {
            Ok(_) => {
                self.repairs += 1;
                // It counts as told, so that its end is told too.
                self.told = Some(self.report.clone());
                for key in keys {
                    let drift = self.report.drift.get(key).cloned().unwrap_or_default();
                    let by = drift.by.map_or(String::new(), |by| format!(" (by {by})"));
                    self.tell("repaired", &format!("{key}: {}{by}", drift.what.join(", ")));
                }
                true
            }
            Err(failure) => {
                self.report.failed = Some(failure.what);
                self.next = boottime() + RETRY;
                false
            }
        }
    }

    /// One line for people, or for programs.
    fn tell(&self, word: &str, text: &str) {
        let mut out = std::io::stdout().lock();
        let line = if self.common.json {
            let mut json = Out::new(false);
            json.object();
            json.key("event");
            json.text(word);
            json.key("text");
            json.text(text);
            json.end();
            json.into_string()
        } else {
            let colour = match word {
                "converged" | "repaired" => Colour::Green,
                "failed" | "contested" => Colour::Red,
                _ => Colour::Yellow,
            };
            format!("{} {text}", Term::stdout().paint(colour, word))
        };
        // Whoever listened has gone: what is kept is kept all the same.
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }

    fn answer(&self, losses: u64) -> String {
        let links = self.declaration.as_ref().map_or(0, |d| d.goal.links.len());
        self.report.json(links, losses, self.repairs)
    }

    /// What a single look ends with.
    fn status(&self) -> ExitCode {
        self.report.status().map_or(ExitCode::SUCCESS, |status| ExitCode::from(status as u8))
    }
}
