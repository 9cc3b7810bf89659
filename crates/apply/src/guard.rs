//! The guardian: a process of its own that leads home where the one that applies dies, hangs or is not confirmed.
//!
//! It is there before the first change, and holds all that it needs by then: the way home, the namespaces, the process
//! that it watches. Knows when a transaction has to be taken back. Refuses to be started by itself: who applies does.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use linkctl_kernel::process::{Alarm, Folder, Process, boottime, wait};
use linkctl_kernel::{Error, Live, signal};
use linkctl_link::{Goal, Netns};

use crate::home::{Unreturned, go_home, take_back};
use crate::journal::{About, Fault, Journal, Lock, Record, Records, State, way_home};
use crate::lookup::spaces;

/// How long one that applies may be stopped by a signal.
const STALLED: Duration = Duration::from_secs(10);
/// How often is looked whether it is.
const TICK: Duration = Duration::from_secs(1);
/// How long the guardian waits for the lock before it looks who has it.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long it waits before it tries again to lead home.
const PAUSES: [Duration; 5] = [
    Duration::ZERO,
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
];

/// How a transaction ended, as far as the guardian is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It holds, or was taken back by somebody else.
    Settled,
    /// The guardian took it back, for this reason.
    TakenBack(String),
    /// It could not be taken back: a person must act.
    Broken(String),
}

/// Why a transaction is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    /// Who applied it ended before the end.
    Died,
    /// A way home could not be gone to the end.
    Again,
    /// Nobody confirmed it in time.
    Late,
    /// The guardian is to end, with the machine maybe.
    Told,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Died => "the process that applied it ended in the middle",
            Self::Again => "it was tried once more",
            Self::Late => "it was not confirmed in time",
            Self::Told => "its guardian was told to end before it was confirmed",
        })
    }
}

/// A guardian at its post.
pub struct Guard {
    state: PathBuf,
    records: Records,
    id: String,
    live: Live,
    /// The record as it was in the beginning: no disk that fails later takes the way home away.
    path: PathBuf,
    bytes: Vec<u8>,
    /// Who applies; `None` where it is over.
    applier: Option<Process>,
    held: signal::Held,
    /// Held as long as the guardian lives: whoever looks knows that it is there.
    _post: Lock,
}

impl Guard {
    /// Takes its post over a transaction of the namespace that `live` is of. From when its lock is held it watches.
    pub fn stand(state: &Path, id: &str, applier: u32, mut live: Live) -> Result<Self, Fault> {
        let unguarded = |e: Error| Fault::Unguarded(e.to_string());
        let held = signal::hold().map_err(unguarded)?;
        let records = Records::at(state, live.id());
        let unknown = || Fault::Unguarded(format!("there is no transaction {id}"));
        let record = records.find(id)?.filter(|r| r.id == id).ok_or_else(unknown)?;
        let applier = match Process::open(applier) {
            Ok(process) => Some(process),
            Err(e) if e.errno() == Some(linkctl_kernel::errno::ESRCH) => None,
            Err(e) => return Err(unguarded(e)),
        };
        let (path, bytes) = records.bytes(&record)?;
        for netns in led_to(&path, &bytes)? {
            // One that is not there yet is one that the way home does not need.
            let _ = live.enter(&netns);
        }
        let post = Lock::take(&records.guard(&record), PATIENCE)?;
        Ok(Self {
            state: state.into(),
            records,
            id: record.id,
            live,
            path,
            bytes,
            applier,
            held,
            _post: post,
        })
    }

    /// Watches until the transaction is settled.
    pub fn watch(mut self) -> Result<End, Error> {
        let folder = Folder::watch(self.records.folder())?;
        let alarm = Alarm::new()?;
        let told = self.held.waiting()?;
        let mut stopped: Option<Duration> = None;
        loop {
            folder.drain();
            let Ok(Some(record)) = self.records.find(&self.id) else { return Ok(End::Settled) };
            let why = match record.state {
                State::Done | State::Undone => return Ok(End::Settled),
                State::Pending if self.applier.is_none() => Some(Why::Died),
                State::Broken if self.applier.is_none() => Some(Why::Again),
                State::Pending | State::Broken => {
                    stopped = self.stalled(stopped);
                    alarm.set(Some(boottime() + TICK))?;
                    let kill = stopped.is_some_and(|since| boottime().saturating_sub(since) >= STALLED);
                    if kill && let Some(applier) = &self.applier {
                        // It ends; the next round sees that.
                        let _ = applier.kill();
                    }
                    None
                }
                State::Waiting => {
                    let until = self.records.until(&record).unwrap_or_default();
                    alarm.set(Some(until))?;
                    let late = boottime() >= until;
                    let ended = self.held.consume();
                    late.then_some(Why::Late).or(ended.then_some(Why::Told))
                }
            };
            if let Some(why) = why
                && let Some(end) = self.take_back(why)
            {
                return Ok(end);
            }
            self.sleep(&folder, &alarm, &told)?;
        }
    }

    /// Waits for something to happen.
    fn sleep(&mut self, folder: &Folder, alarm: &Alarm, told: &std::os::fd::OwnedFd) -> Result<(), Error> {
        let mut fds = vec![folder.as_fd(), alarm.as_fd()];
        // As long as one is at it a signal is its business: it leads home itself.
        if let Some(applier) = &self.applier {
            fds.push(applier.as_fd());
            if wait(&fds)?.get(2) == Some(&true) {
                self.applier = None;
            }
        } else {
            fds.push(told.as_fd());
            wait(&fds)?;
        }
        Ok(())
    }

    /// Since when the one that applies is stopped.
    fn stalled(&self, since: Option<Duration>) -> Option<Duration> {
        let is = self.applier.as_ref().is_some_and(Process::is_stopped);
        is.then(|| since.unwrap_or_else(boottime))
    }

    /// Leads home; `None` where somebody else is at it, so that it has to be looked at again.
    fn take_back(&mut self, why: Why) -> Option<End> {
        let mut last = String::new();
        for pause in PAUSES {
            std::thread::sleep(pause);
            let journal = match Journal::open(&self.state, self.live.id(), PATIENCE) {
                Ok(journal) => journal,
                Err(Fault::Locked(_, holder)) => {
                    self.dislodge(holder);
                    return None;
                }
                Err(fault) => {
                    // The links come first: what the disk says can be put right later.
                    last = fault.to_string();
                    match self.home().and_then(|home| go_home(&mut self.live, &home)) {
                        Ok(()) => {
                            return Some(End::TakenBack(format!(
                                "{why}; the journal does not say so: {last}"
                            )));
                        }
                        Err(e) => last = e,
                    }
                    continue;
                }
            };
            let record = journal.find(&self.id).ok().flatten().filter(|r| r.state.is_open());
            let Some(mut record) = record else { return Some(End::Settled) };
            // It may have been given more time while the lock was waited for.
            if why == Why::Late && journal.until(&record).is_some_and(|t| boottime() < t) {
                return None;
            }
            let taken = self
                .home()
                .map_err(Unreturned::Links)
                .and_then(|home| take_back(&journal, &mut record, &home, &mut self.live, &why.to_string()));
            match taken {
                Err(Unreturned::Links(e)) => last = e,
                // The links are back: what the disk says can be put right later.
                Ok(()) | Err(Unreturned::Record(_) | Unreturned::Owners(_)) => {
                    return Some(End::TakenBack(why.to_string()));
                }
            }
        }
        Some(End::Broken(format!("{why}; taking it back failed: {last}")))
    }

    fn home(&self) -> Result<Goal, String> {
        way_home(&self.path, &self.bytes).map_err(|f| f.to_string())
    }

    /// One that applies and does not go on holds the lock for ever: it is ended.
    fn dislodge(&self, holder: Option<u32>) {
        if let Some(applier) = &self.applier
            && Some(applier.pid()) == holder
        {
            let _ = applier.kill();
        }
    }
}

/// The namespaces that a record's way home speaks of. The record is whole; the way itself is read only to be gone.
fn led_to(path: &Path, bytes: &[u8]) -> Result<Vec<Netns>, Fault> {
    let (about, _) = About::split(bytes).map_err(|why| Fault::Broken(path.into(), why.into()))?;
    about.spaces.map_or_else(|| way_home(path, bytes).map(|home| spaces(&home)), Ok)
}

/// The process that guards a transaction, where one does.
pub fn guardian(records: &Records, record: &Record) -> Option<u32> {
    Lock::holder(&records.guard(record))
}

/// Whether a transaction has a guardian.
pub fn is_guarded(records: &Records, record: &Record) -> bool {
    guardian(records, record).is_some()
}
