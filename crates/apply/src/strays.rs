//! Links that an apply made and that are not any more what, or where, they were: a way home leaves them alone.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_link::{Goal, Key, Snapshot, Want};

use crate::owned::Owned;

/// What a way home leaves alone.
#[derive(Debug, Default)]
pub struct Strays {
    /// Links that others made, under the name of one that went.
    pub replaced: BTreeSet<Key>,
    /// Links that others gave another name, and that one.
    pub renamed: BTreeMap<Key, Key>,
}

impl Strays {
    /// Those among the links that a way home wants gone. `labels` says which it knows under another name itself.
    pub fn of(home: &Goal, labels: &BTreeMap<Key, Key>, owned: &Owned, read: &Snapshot) -> Self {
        let unwanted = |key: &Key| matches!(home.links.get(key), Some(Want::Absent));
        let mut out = Self { replaced: owned.replaced(read), renamed: owned.renamed(read) };
        out.replaced.retain(|key| unwanted(key) && !labels.contains_key(key));
        out.renamed
            .retain(|key, now| unwanted(key) && !labels.contains_key(now) && !home.links.contains_key(now));
        out
    }

    /// What is to be told of them, a clause each.
    pub fn told(&self) -> impl Iterator<Item = String> {
        let replaced = self.replaced.iter().filter(|key| !self.renamed.contains_key(*key));
        let other =
            replaced.map(|key| format!("{key} is left alone: it is not the link that the apply made"));
        other.chain(self.renamed.iter().map(|(key, now)| {
            format!("{key}, which the apply made, is called {now} by now: others named it so, and it stays")
        }))
    }
}
