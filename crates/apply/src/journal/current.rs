//! The goal that holds: what was last applied and kept from some files.
//!
//! Files that were tried and taken back, or that wait to be confirmed, are still where they were: who applies them
//! again at boot, or keeps the links as they say, would bring back what cut a host off. So each goal that holds is
//! kept, and what became of files that differ is told by the journal.

use std::fs;
use std::path::PathBuf;

use linkctl_link::Goal;

use super::{About, Fault, Journal, Record, Records, State, way_home};
use crate::disk;

/// What tells some files: where they are, and what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sources {
    /// A sum of their paths.
    pub place: u64,
    /// A sum of their contents.
    pub content: u64,
}

impl Sources {
    /// Of files by path and content.
    pub fn of<'f>(place: &[u8], files: impl Iterator<Item = (&'f [u8], &'f [u8])>) -> Self {
        let mut all = Vec::new();
        for (path, bytes) in files {
            for part in [path, bytes] {
                all.extend((part.len() as u64).to_le_bytes());
                all.extend(part);
            }
        }
        Self { place: disk::sum(place), content: disk::sum(&all) }
    }
}

/// What the journal knows of files.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// They were never applied.
    New,
    /// They hold.
    Held,
    /// They were taken back, or wait: the transaction.
    Refused(Record),
}

impl Records {
    /// What became of files when they were last applied.
    pub fn verdict(&self, sources: Sources) -> Result<Verdict, Fault> {
        if self.kept(sources.place)?.is_some_and(|(_, about, _)| about.sources == Some(sources)) {
            return Ok(Verdict::Held);
        }
        for record in self.list()?.into_iter().rev() {
            // One that is damaged tells nothing.
            if self.about(&record).is_ok_and(|a| a.sources == Some(sources)) {
                return Ok(if record.state == State::Done {
                    Verdict::Held
                } else {
                    Verdict::Refused(record)
                });
            }
        }
        Ok(Verdict::New)
    }

    /// Whether the goal that holds of the files of a place is what these say.
    pub fn is_current(&self, sources: Sources) -> bool {
        let kept = self.kept(sources.place).ok().flatten();
        kept.is_some_and(|(_, about, _)| about.sources == Some(sources))
    }

    /// The goal that holds of the files of a place, where one was ever kept.
    pub fn current(&self, place: u64) -> Result<Option<(About, Goal)>, Fault> {
        let Some((path, about, bytes)) = self.kept(place)? else { return Ok(None) };
        Ok(Some((about, way_home(&path, &bytes)?)))
    }

    /// The same as it was kept.
    fn kept(&self, place: u64) -> Result<Option<(PathBuf, About, Vec<u8>)>, Fault> {
        let path = self.current_path(place);
        let bytes = match fs::read(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(|e| Fault::Io(path.clone(), e))?,
        };
        let (about, _) = About::split(&bytes).map_err(|why| Fault::Broken(path.clone(), why.into()))?;
        Ok(Some((path, about, bytes)))
    }

    fn current_path(&self, place: u64) -> PathBuf {
        self.folder.join(format!("current-{place:016x}"))
    }
}

impl Journal {
    /// Says that the links are as a goal says, with nothing to do for it.
    pub fn accept(&self, goal: &Goal, about: &About) -> Result<(), Fault> {
        let Some(sources) = about.sources else { return Ok(()) };
        if self.is_current(sources) {
            return Ok(());
        }
        about.write(&self.current_path(sources.place), goal)
    }

    /// Keeps the goal of a transaction beside it until it holds.
    pub(super) fn propose(&self, record: &Record, goal: &Goal, about: &About) -> Result<(), Fault> {
        if about.sources.is_none() {
            return Ok(());
        }
        about.write(&self.beside(record, "goal"), goal)
    }

    /// A transaction holds: so does its goal.
    pub(super) fn promote(&self, record: &Record) -> Result<(), Fault> {
        let path = self.beside(record, "goal");
        let Ok(bytes) = fs::read(&path) else { return Ok(()) };
        let about = About::split(&bytes).map_err(|why| Fault::Broken(path.clone(), why.into()))?.0;
        let Some(sources) = about.sources else { return Ok(()) };
        fs::rename(&path, self.current_path(sources.place)).map_err(|e| Fault::Io(path, e))?;
        disk::sync(&self.folder)
    }
}
