//! Where among the entries a link is.

use crate::key::Key;
use crate::load::read::Entry;

/// The entries by their keys. Whoever asks hands the same entries over, for they change meanwhile; their keys do not.
pub(super) struct Places(Vec<usize>);

impl Places {
    pub(super) fn new(entries: &[Entry]) -> Self {
        let mut all: Vec<usize> = (0..entries.len()).collect();
        all.sort_by(|a, b| entries[*a].key.cmp(&entries[*b].key));
        Self(all)
    }

    /// Whether a link has several entries.
    pub(super) fn are_shared(&self, entries: &[Entry]) -> bool {
        self.0.windows(2).any(|two| entries[two[0]].key == entries[two[1]].key)
    }

    /// Where the entry of a link is.
    pub(super) fn get(&self, entries: &[Entry], key: &Key) -> Option<usize> {
        self.0.binary_search_by(|at| entries[*at].key.cmp(key)).ok().map(|i| self.0[i])
    }
}
