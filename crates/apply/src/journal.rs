//! What must be on disk before the first change: how to get back.
//!
//! One file a transaction, whose name's ending says how far it is. A file is written whole, synced and renamed into
//! place, and its folder is synced: it is there entirely or not at all, also after a power cut. The content is a line
//! about the transaction and a goal file: the way home. Beside it may lie, under the same id, `until`: the time at
//! which the guardian takes it back, `note`: why it is where it is, `guard`: the guardian's own
//! lock, `owned`: what was ours, and `layer3`: the addresses and routes that a rollback gives back.

pub(crate) mod about;
mod current;
mod fault;
mod lock;

use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::time::Duration;

use linkctl_kernel::{Id, netns, process};
use linkctl_link::{Goal, load};

pub use about::About;
pub use current::{Sources, Verdict};
pub use fault::Fault;
pub use lock::Lock;

use crate::disk;
use crate::lookup::spaces;

/// Where transactions are kept unless told otherwise.
pub const STATE: &str = "/var/lib/linkctl";
/// Transactions that hold, and that were taken back, of which so many are kept each.
const KEPT: usize = 50;

/// How far a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was begun; if nobody is at it, it was cut off.
    Pending,
    /// It was carried out and waits to be confirmed; else it is taken back.
    Waiting,
    /// It holds.
    Done,
    /// It was taken back.
    Undone,
    /// It could not be taken back: a person must act.
    Broken,
}

impl State {
    const ALL: [Self; 5] = [Self::Pending, Self::Waiting, Self::Done, Self::Undone, Self::Broken];

    /// Its word: in the names of files, in text and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Undone => "undone",
            Self::Broken => "broken",
        }
    }

    /// Whether it is neither kept nor taken back yet.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Waiting | Self::Broken)
    }
}

/// A transaction on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its id: letters and digits, later ones sort behind.
    pub id: String,
    /// How far it is.
    pub state: State,
}

/// The transactions of one namespace, to look at.
#[derive(Clone, Debug)]
pub struct Records {
    folder: PathBuf,
}

impl Records {
    /// Those of a namespace below a folder. Nothing is opened yet.
    pub fn at(state: &Path, netns: Id) -> Self {
        Self { folder: state.join(space(netns)) }
    }

    /// The folder that they are in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All of them, oldest first; none where there never was one.
    pub fn list(&self) -> Result<Vec<Record>, Fault> {
        let fault = |e| Fault::Io(self.folder.clone(), e);
        let entries = match fs::read_dir(&self.folder) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(fault)?,
        };
        let mut out = Vec::new();
        for entry in entries {
            let name = entry.map_err(fault)?.file_name();
            let Some((id, ending)) = name.to_str().and_then(|n| n.split_once('.')) else { continue };
            let state = State::ALL.into_iter().find(|s| s.word() == ending);
            out.extend(state.filter(|_| is_id(id)).map(|state| Record { id: id.into(), state }));
        }
        out.sort_by(|a, b| a.id.cmp(&b.id));
        // A transaction that is being renamed may be seen twice.
        out.dedup_by(|later, first| later.id == first.id);
        Ok(out)
    }

    /// The one of an id, or of the beginning of an id that no other has.
    pub fn find(&self, id: &str) -> Result<Option<Record>, Fault> {
        let mut fitting = self.list()?.into_iter().filter(|r| !id.is_empty() && r.id.starts_with(id));
        Ok(fitting.next().filter(|r| r.id == id || fitting.next().is_none()))
    }

    /// The last transaction that can be taken back.
    pub fn last(&self) -> Result<Option<Record>, Fault> {
        Ok(self.list()?.into_iter().rev().find(|r| r.state != State::Undone && !self.never_began(r)))
    }

    /// The one that is neither kept nor taken back yet, the oldest of several.
    pub fn open_one(&self) -> Result<Option<Record>, Fault> {
        Ok(self.list()?.into_iter().find(|r| r.state.is_open() && !self.never_began(r)))
    }

    /// Whether a transaction was cut off before its first change: its guardian never came to its post. Of an earlier
    /// run of the machine nobody knows: the guardian's lock is not synced, so a power cut may have taken it.
    pub fn never_began(&self, record: &Record) -> bool {
        let ended = |about: About| about.boot == process::boot_id() && !about.is_alive();
        record.state == State::Pending && !self.guard(record).exists() && self.about(record).is_ok_and(ended)
    }

    /// What is known of a transaction.
    pub fn about(&self, record: &Record) -> Result<About, Fault> {
        let (path, bytes) = self.bytes(record)?;
        About::split(&bytes).map(|(about, _)| about).map_err(|why| Fault::Broken(path, why.into()))
    }

    /// The way home of a transaction.
    pub fn home(&self, record: &Record) -> Result<Goal, Fault> {
        let (path, bytes) = self.bytes(record)?;
        way_home(&path, &bytes)
    }

    pub(crate) fn bytes(&self, record: &Record) -> Result<(PathBuf, Vec<u8>), Fault> {
        let path = self.path(record);
        let bytes = fs::read(&path).map_err(|e| Fault::Io(path.clone(), e))?;
        Ok((path, bytes))
    }

    /// When a transaction that waits is taken back, on the clock of [`process::boottime`]; `None` where that was said
    /// in another run of the machine, or not at all.
    pub fn until(&self, record: &Record) -> Option<Duration> {
        let text = fs::read_to_string(self.beside(record, "until")).ok()?;
        let (boot, nanos) = text.trim().split_once(' ')?;
        (boot == process::boot_id()).then(|| nanos.parse().ok().map(Duration::from_nanos)).flatten()
    }

    /// Why it is where it is.
    pub fn note(&self, record: &Record) -> Option<String> {
        fs::read_to_string(self.beside(record, "note")).ok().map(|t| t.trim_end().to_owned())
    }

    /// The lock that a transaction's guardian holds as long as it lives.
    pub fn guard(&self, record: &Record) -> PathBuf {
        self.beside(record, "guard")
    }

    fn path(&self, record: &Record) -> PathBuf {
        self.beside(record, record.state.word())
    }

    pub(crate) fn beside(&self, record: &Record, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", record.id))
    }
}

/// The transactions of one namespace, to change: only one process has it at a time.
#[derive(Debug)]
pub struct Journal {
    records: Records,
    /// Holds the lock.
    _lock: Lock,
}

impl Deref for Journal {
    type Target = Records;
    fn deref(&self) -> &Records {
        &self.records
    }
}

impl Journal {
    /// Opens the journal of a namespace below a folder; makes what is missing, for root alone. Waits for another
    /// process that has the lock, which is the host's, at most so long; then fails as [`Fault::Locked`].
    pub fn open(state: &Path, netns: Id, wait: Duration) -> Result<Self, Fault> {
        let records = Records::at(state, netns);
        disk::folder(state)?;
        disk::folder(&records.folder)?;
        let lock = Lock::take(&state.join("lock"), wait)?;
        let journal = Self { records, _lock: lock };
        bury(state, &journal.folder, netns);
        journal.sweep();
        Ok(journal)
    }

    /// Writes the way home, and where the goal is to be kept that too, before anything is changed.
    pub fn begin(&self, home: &Goal, goal: &Goal, about: &About) -> Result<Record, Fault> {
        let all = self.list()?;
        self.prune(&all);
        let record = Record { id: next_id(&all), state: State::Pending };
        self.propose(&record, goal, about)?;
        let about = About { spaces: Some(spaces(home)), ..about.clone() };
        let path = self.path(&record);
        about.write(&path, home).inspect_err(|_| {
            // It may be there all the same, and is no record of anything.
            let _ = fs::remove_file(&path);
        })?;
        Ok(record)
    }

    /// Says how far a transaction is, and why.
    pub fn mark(&self, record: &mut Record, state: State, note: &str) -> Result<(), Fault> {
        if !note.is_empty() {
            disk::write(&self.beside(record, "note"), format!("{note}\n").as_bytes())?;
        }
        let from = self.path(record);
        let next = Record { id: record.id.clone(), state };
        fs::rename(&from, self.path(&next)).map_err(|e| Fault::Io(from, e))?;
        *record = next;
        disk::sync(&self.folder)?;
        match state {
            State::Done => self.promote(record)?,
            State::Undone => _ = fs::remove_file(self.beside(record, "goal")),
            _ => {}
        }
        Ok(())
    }

    /// Says when a transaction is taken back unless it is confirmed, on the clock of [`process::boottime`].
    pub fn wait_until(&self, record: &Record, time: Duration) -> Result<(), Fault> {
        let text = format!("{} {}\n", process::boot_id(), time.as_nanos());
        disk::write(&self.beside(record, "until"), text.as_bytes())
    }

    /// Removes the oldest that are over, before a new one is begun: of those that hold and of those that were taken back each, so
    /// that to take back many does not remove what is still to be taken back. That it fails is no harm: they are removed
    /// another time.
    fn prune(&self, all: &[Record]) {
        for state in [State::Done, State::Undone] {
            let over: Vec<&Record> = all.iter().filter(|r| r.state == state).collect();
            for record in over.iter().take(over.len().saturating_sub(KEPT)) {
                for ending in
                    [state.word(), "until", "note", "guard", "goal", crate::owned::FILE, crate::layer3::FILE]
                {
                    let _ = fs::remove_file(self.beside(record, ending));
                }
            }
        }
    }

    /// Sees to what writers left that did not come to their end: whoever has the lock is the only one who writes.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|e| e == "new") {
                let _ = fs::remove_file(entry.path());
            }
        }
        for mut record in self.list().unwrap_or_default() {
            if self.never_began(&record) {
                let _ = self.mark(&mut record, State::Undone, "it was cut off before the first change");
            }
        }
    }
}

/// The way home that a record's bytes say.
pub(crate) fn way_home(path: &Path, bytes: &[u8]) -> Result<Goal, Fault> {
    let (_, body) = About::split(bytes).map_err(|why| Fault::Broken(path.into(), why.into()))?;
    load::restore(path, body).map_err(|errors| {
        let why: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Fault::Broken(path.into(), why.join("; "))
    })
}

/// `host` for the namespace of the machine's first process, else its numbers.
fn space((dev, inode, cookie): Id) -> String {
    match netns::first() {
        Some(first) if first == (dev, inode) => "host".into(),
        _ => format!("netns-{dev}-{inode}-{cookie}"),
    }
}

/// Removes what is kept of namespaces that are gone, as far as one that is there shows it: it has their inode.
fn bury(state: &Path, kept: &Path, (dev, inode, _): Id) {
    let prefix = format!("netns-{dev}-{inode}-");
    let all = fs::read_dir(state).into_iter().flatten().flatten().map(|e| e.path());
    let its =
        |p: &PathBuf| p.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(prefix.as_bytes()));
    for dead in all.filter(|p| its(p) && p != kept) {
        // What stays is in nobody's way.
        let _ = fs::remove_dir_all(dead);
    }
}

/// Whether a word can be an id: nothing else ever becomes part of a path.
fn is_id(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase())
}

/// An id that sorts behind all others, also where the clock was set back since they were given.
fn next_id(all: &[Record]) -> String {
    let last = all.last().map_or(0, |r| number(&r.id));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    id(u64::try_from(now.as_micros()).unwrap_or(0).max(last + 1))
}

/// Microseconds since 1970 in base 36, of one length until the year 5000 and more.
fn id(micros: u64) -> String {
    let mut rest = micros;
    let mut out = [b'0'; 12];
    for digit in out.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize];
        rest /= 36;
    }
    out.iter().map(|b| char::from(*b)).collect()
}

/// The number that an id stands for: twelve digits of 36 are below 2^63.
fn number(id: &str) -> u64 {
    u64::from_str_radix(id, 36).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_behind_and_are_plain_file_names() {
        let numbers = [0, 1, 35, 36, 1_795_000_000_000_000, 9_223_372_036_854_775];
        let ids = numbers.map(id);
        assert!(ids.is_sorted() && ids.iter().all(|i| is_id(i)), "{ids:?}");
        assert_eq!(ids.each_ref().map(|i| number(i)), numbers);
        assert!(number("zzzzzzzzzzzz") < u64::MAX);
        for word in ["", "../../../x", "0123456789a", "0123456789AB", "0123456789a/", "0123456789abc"] {
            assert!(!is_id(word), "{word}");
        }
    }
}
