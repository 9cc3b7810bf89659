//! What must be on disk before the first change: how to get back.
//!
//! One file a transaction, whose name's ending says how far it is: `pending` while it is carried out, `done` when it
//! holds, `undone` when it was taken back. A file is written whole, synced and renamed into place, and its folder is
//! synced: it is there entirely or not at all, also after a power cut. The content is a goal file: the way home.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use linkctl_link::{Goal, load, save};

/// Where transactions are kept unless told otherwise.
pub const STATE: &str = "/var/lib/linkctl";
/// Transactions that held and are kept.
const KEPT: usize = 50;

/// How far a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was begun; if nobody is at it, it was cut off.
    Pending,
    /// It holds.
    Done,
    /// It was taken back.
    Undone,
}

impl State {
    fn ending(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Undone => "undone",
        }
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

/// Why the journal cannot be used.
#[derive(Debug)]
pub enum Fault {
    /// A file or folder cannot be used.
    Io(PathBuf, io::Error),
    /// Another apply is at work.
    Locked(PathBuf),
    /// Others could write there.
    Open(PathBuf),
    /// A record is not readable as a goal.
    Broken(PathBuf, String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, e) => write!(f, "{}: {e}", path.display()),
            Self::Locked(path) => write!(f, "another apply is at work (it holds {})", path.display()),
            Self::Open(path) => write!(f, "{} can be written by others than root", path.display()),
            Self::Broken(path, why) => write!(f, "{}: {why}", path.display()),
        }
    }
}

impl std::error::Error for Fault {}

/// The transactions of one namespace, locked for as long as this lives.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    /// Holds the lock.
    _lock: File,
}

impl Journal {
    /// Opens the journal of a namespace, told by device and inode, below a folder; makes what is missing, for root
    /// alone. Fails as [`Fault::Locked`] where another process has it.
    pub fn open(state: &Path, netns: (u64, u64)) -> Result<Self, Fault> {
        let folder = Self::place(state, netns);
        let fault = |e| Fault::Io(folder.clone(), e);
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(fault)?;
        for path in [state, &folder] {
            let found = fs::symlink_metadata(path).map_err(|e| Fault::Io(path.into(), e))?;
            if !found.is_dir() || found.mode() & 0o022 != 0 {
                return Err(Fault::Open(path.into()));
            }
        }
        let path = folder.join("lock");
        let options = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let lock = options.map_err(|e| Fault::Io(path.clone(), e))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder, _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(Fault::Locked(path)),
            Err(fs::TryLockError::Error(e)) => Err(Fault::Io(path, e)),
        }
    }

    /// Where all that is kept of this namespace lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where all that is kept of a namespace lies below a folder, without opening anything.
    pub fn place(state: &Path, netns: (u64, u64)) -> PathBuf {
        state.join(space(netns))
    }

    /// Writes the way home before anything is changed.
    pub fn begin(&self, home: &Goal) -> Result<Record, Fault> {
        let record = Record { id: id(), state: State::Pending };
        let path = self.path(&record);
        let new = path.with_extension("new");
        let fault = |e| Fault::Io(new.clone(), e);
        let mut file =
            OpenOptions::new().create_new(true).write(true).mode(0o600).open(&new).map_err(fault)?;
        file.write_all(save::json(home).as_bytes()).and_then(|()| file.sync_all()).map_err(fault)?;
        fs::rename(&new, &path).map_err(|e| Fault::Io(path.clone(), e))?;
        self.sync()?;
        Ok(record)
    }

    /// Says how far a transaction is.
    pub fn mark(&self, record: &mut Record, state: State) -> Result<(), Fault> {
        let from = self.path(record);
        let next = Record { id: record.id.clone(), state };
        fs::rename(&from, self.path(&next)).map_err(|e| Fault::Io(from, e))?;
        *record = next;
        self.sync()?;
        self.prune();
        Ok(())
    }

    /// The transactions, oldest first.
    pub fn records(&self) -> Result<Vec<Record>, Fault> {
        let mut out = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(|e| Fault::Io(self.folder.clone(), e))? {
            let name = entry.map_err(|e| Fault::Io(self.folder.clone(), e))?.file_name();
            let Some((id, ending)) = name.to_str().and_then(|n| n.split_once('.')) else { continue };
            let state =
                [State::Pending, State::Done, State::Undone].into_iter().find(|s| s.ending() == ending);
            out.extend(state.map(|state| Record { id: id.into(), state }));
        }
        out.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(out)
    }

    /// The last transaction that can be taken back.
    pub fn last(&self) -> Result<Option<Record>, Fault> {
        Ok(self.records()?.into_iter().rev().find(|r| r.state != State::Undone))
    }

    /// The way home of a transaction.
    pub fn home(&self, record: &Record) -> Result<Goal, Fault> {
        let path = self.path(record);
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|mut f| f.read_to_end(&mut bytes))
            .map_err(|e| Fault::Io(path.clone(), e))?;
        load::restore(&path, &bytes).map_err(|errors| {
            let why: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Fault::Broken(path, why.join("; "))
        })
    }

    fn path(&self, record: &Record) -> PathBuf {
        self.folder.join(format!("{}.{}", record.id, record.state.ending()))
    }

    /// Makes renames last: they are entries of the folder.
    fn sync(&self) -> Result<(), Fault> {
        let folder = File::open(&self.folder).and_then(|f| f.sync_all());
        folder.map_err(|e| Fault::Io(self.folder.clone(), e))
    }

    /// Removes the oldest that are over. That it fails is no harm: they are removed another time.
    fn prune(&self) {
        let over: Vec<Record> =
            self.records().unwrap_or_default().into_iter().filter(|r| r.state != State::Pending).collect();
        for record in over.iter().take(over.len().saturating_sub(KEPT)) {
            let _ = fs::remove_file(self.path(record));
        }
    }
}

/// `host` for the namespace of the machine's first process, else its numbers.
fn space((dev, inode): (u64, u64)) -> String {
    let first = fs::metadata("/proc/1/ns/net").map(|m| (m.dev(), m.ino()));
    match first {
        Ok(first) if first == (dev, inode) => "host".into(),
        _ => format!("netns-{dev}-{inode}"),
    }
}

/// Microseconds since 1970 in base 36, of one length until the year 5000 and more.
fn id() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_micros());
    let mut rest = u64::try_from(now).unwrap_or(u64::MAX);
    let mut out = [b'0'; 12];
    for digit in out.iter_mut().rev() {
        *digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[(rest % 36) as usize];
        rest /= 36;
    }
    out.iter().map(|b| char::from(*b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_behind_and_are_plain_file_names() {
        let first = id();
        std::thread::sleep(std::time::Duration::from_millis(2));
        let second = id();
        assert!(first < second, "{first} {second}");
        assert!(first.bytes().all(|b| b.is_ascii_alphanumeric()) && first.len() == 12);
    }
}
