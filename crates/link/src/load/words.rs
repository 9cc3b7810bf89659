//! Words of the tables, found without a walk over the table.

use std::sync::LazyLock;

use linkctl_kinds::KINDS;
use linkctl_schema::field::spelt;
use linkctl_schema::{FieldDef, Fields, Kind};

/// What tells most words apart: length, first byte, middle and last. The same for those that are spelt alike.
fn print(word: &str) -> u32 {
    let bytes = word.as_bytes();
    let one = |at: usize| bytes.get(at).map_or(0, |b| if *b == b'-' { b'_' } else { *b });
    u32::from_be_bytes([bytes.len() as u8, one(0), one(bytes.len() / 2), one(bytes.len().saturating_sub(1))])
}

/// What words stand for.
struct Words<T: 'static>(Vec<(u32, &'static str, &'static T)>);

impl<T> Words<T> {
    /// Of several that are spelt alike the first is meant.
    fn new(all: impl Iterator<Item = (&'static str, &'static T)>) -> Self {
        let mut all: Vec<_> = all.map(|(word, what)| (print(word), word, what)).collect();
        all.sort_by_key(|(print, ..)| *print);
        Self(all)
    }

    fn find(&self, word: &str) -> Option<&'static T> {
        let is = print(word);
        let from = self.0.partition_point(|(print, ..)| *print < is);
        let alike = self.0[from..].iter().take_while(|(print, ..)| *print == is);
        alike.into_iter().find(|(_, w, _)| *w == word || spelt(w, word)).map(|(_, _, what)| *what)
    }
}

static BY_NAME: LazyLock<Words<Kind>> = LazyLock::new(|| Words::new(KINDS.iter().map(|k| (k.name, *k))));

/// The kind that a word names; `-` does for `_`.
pub(super) fn spelt_kind(word: &str) -> Option<&'static Kind> {
    BY_NAME.find(word)
}

/// The kind of that name.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    spelt_kind(name).filter(|k| k.name == name)
}

/// The tables that a file has settings of, and the words of their fields that can be wanted.
#[derive(Default)]
pub(super) struct Tables(Vec<(&'static Fields, Words<FieldDef>)>);

impl Tables {
    /// The field of a table that a word names and that can be wanted.
    pub(super) fn find(&mut self, fields: &'static Fields, word: &str) -> Option<&'static FieldDef> {
        if let Some((_, words)) = self.0.iter().find(|(table, _)| std::ptr::eq(*table, fields)) {
            return words.find(word);
        }
        let states = fields.list().iter().filter(|f| f.is_state());
        let words =
            states.flat_map(|f| [f.name].into_iter().chain(f.also.iter().copied()).map(move |w| (w, f)));
        let words = Words::new(words);
        let found = words.find(word);
        self.0.push((fields, words));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use linkctl_kinds::link as base;

    #[test]
    fn what_is_found_is_the_first_that_answers() {
        let mut tables = Tables::default();
        let all = || KINDS.iter().flat_map(|k| [Some(k.fields), k.ports.map(|p| p.fields)]);
        let all: Vec<&'static Fields> = all().flatten().chain([&base::FIELDS]).collect();
        let fields = all.iter().flat_map(|t| t.list());
        let words: Vec<&str> =
            fields.flat_map(|f| std::iter::once(f.name).chain(f.also.iter().copied())).collect();
        let spellings =
            |w: &str| [w.replace('_', "-"), w.replace('-', "_"), w.to_uppercase(), format!("{w}x")];
        for table in all {
            for word in words.iter().flat_map(|w| spellings(w)) {
                let first = table.list().iter().find(|f| f.is_state() && f.answers_to(&word));
                let found = tables.find(table, &word);
                assert_eq!(found.map(std::ptr::from_ref), first.map(std::ptr::from_ref), "{word}");
            }
        }
        for word in KINDS.iter().flat_map(|k| spellings(k.name)).chain([String::new()]) {
            let first = KINDS.iter().find(|k| spelt(k.name, &word)).map(|k| k.name);
            assert_eq!(spelt_kind(&word).map(|k| k.name), first, "{word}");
            assert_eq!(kind(&word).map(|k| k.name), linkctl_kinds::kind(&word).map(|k| k.name), "{word}");
        }
    }
}
