//! Whose turn it is: links below before links above.

use std::collections::BTreeSet;

use linkctl_link::Key;

/// Links by their places, those that wait for their turn, and how often each has had one.
pub(super) struct Queue {
    /// All of them, below before above.
    order: Vec<Key>,
    /// Their places by their keys.
    places: Vec<usize>,
    waiting: BTreeSet<usize>,
    turns: Vec<u8>,
}

impl Queue {
    /// Nobody waits yet.
    pub(super) fn new(order: Vec<Key>) -> Self {
        let mut places: Vec<usize> = (0..order.len()).collect();
        places.sort_unstable_by_key(|at| &order[*at]);
        let turns = vec![0; order.len()];
        Self { order, places, waiting: BTreeSet::new(), turns }
    }

    /// A link waits for its turn, unless it is none of these.
    pub(super) fn add(&mut self, key: &Key) {
        if let Ok(i) = self.places.binary_search_by_key(&key, |at| &self.order[*at]) {
            self.waiting.insert(self.places[i]);
        }
    }

    /// The lowest that waits, and how often it has had its turn by now.
    pub(super) fn next(&mut self) -> Option<(Key, u8)> {
        let at = self.waiting.pop_first()?;
        let turns = self.turns[at].saturating_add(1);
        self.turns[at] = turns;
        Some((self.order[at].clone(), turns))
    }

    /// Those that wait.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Key> {
        self.waiting.iter().map(|at| &self.order[*at])
    }

    /// Those that have had a turn, by their keys.
    pub(super) fn done(&self) -> Vec<Key> {
        self.places.iter().filter(|at| self.turns[**at] > 0).map(|at| self.order[*at].clone()).collect()
    }
}
