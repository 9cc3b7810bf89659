//! Links that are not any more what, or where, an apply left them, for others have been there: a way home leaves them alone.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_link::{Goal, Key, Link, Snapshot};

use crate::lookup::is_gone;
use crate::owned::Owned;

/// What a way home leaves alone.
#[derive(Debug, Default)]
pub struct Strays {
    /// Links that others made, under the name of one that an apply made and that went.
    pub replaced: BTreeSet<Key>,
    /// Links of the apply that others gave another name, and that one.
    pub renamed: BTreeMap<Key, Key>,
    /// Links that others made, of another kind, under the name of one that an apply took away, and that is to come back.
    pub taken: BTreeSet<Key>,
}

impl Strays {
    /// Those among the links that a way home from an apply that held speaks of. `labels` says which it knows under another name
    /// itself.
    pub fn of(home: &Goal, labels: &BTreeMap<Key, Key>, owned: &Owned, read: &Snapshot) -> Self {
        let unwanted = |key: &Key| is_gone(home, key);
        let other = |key: &Key, link: &Link| {
            let word = link.kind_word();
            !word.is_empty() && read.kind_word(key).is_some_and(|is| is != word)
        };
        let taken = home.present().filter(|(key, link)| {
            !owned.is_made(read, key) && !labels.contains_key(*key) && other(key, link)
        });
        let taken = taken.map(|(key, _)| key.clone()).collect();
        let mut out = Self { replaced: owned.replaced(read), renamed: owned.renamed(read), taken };
        out.replaced.retain(|key| unwanted(key) && !labels.contains_key(key));
        out.renamed
            .retain(|key, now| unwanted(key) && !labels.contains_key(now) && !home.links.contains_key(now));
        out
    }

    /// What is to be told of those that are left as they are, a clause each.
    pub fn told(&self) -> impl Iterator<Item = String> {
        let replaced = self.replaced.iter().filter(|key| !self.renamed.contains_key(*key));
        let other =
            replaced.map(|key| format!("{key} is left alone: it is not the link that the apply made"));
        other.chain(self.renamed.iter().map(|(key, now)| {
            format!("{key}, which the apply made, is called {now} by now: others named it so, and it stays")
        }))
    }

    /// What cannot be brought back for others have its name, a clause each.
    pub fn missing(&self) -> impl Iterator<Item = String> {
        self.taken
            .iter()
            .map(|key| format!("{key} cannot be brought back: others have made a link of that name since"))
    }
}
