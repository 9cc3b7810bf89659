//! Words of the tables, found without a walk over the table.

use std::cmp::Ordering;
use std::sync::LazyLock;

use linkctl_kinds::KINDS;
use linkctl_schema::{FieldDef, Fields, Kind};

/// An order in which those are equal that are spelt alike (`linkctl_schema::field::spelt`). By length first: few words of a
/// table share one.
fn order(a: &str, b: &str) -> Ordering {
    let one = |b: u8| if b == b'-' { b'_' } else { b };
    a.len().cmp(&b.len()).then_with(|| a.bytes().map(one).cmp(b.bytes().map(one)))
}

static BY_NAME: LazyLock<Vec<&'static Kind>> = LazyLock::new(|| {
    let mut all = KINDS.to_vec();
    all.sort_by(|a, b| order(a.name, b.name));
    all
});

/// The kind that a word names; `-` does for `_`.
pub(super) fn spelt_kind(word: &str) -> Option<&'static Kind> {
    BY_NAME.binary_search_by(|k| order(k.name, word)).ok().map(|at| BY_NAME[at])
}

/// The kind of that name.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    spelt_kind(name).filter(|k| k.name == name)
}

/// The words of the fields of a table that can be wanted.
pub(super) struct Words {
    fields: &'static Fields,
    all: Vec<(&'static str, &'static FieldDef)>,
}

impl Words {
    fn new(fields: &'static Fields) -> Self {
        let states = fields.list().iter().filter(|f| f.is_state());
        let mut all: Vec<_> = states
            .flat_map(|f| std::iter::once(f.name).chain(f.also.iter().copied()).map(move |w| (w, f)))
            .collect();
        // Of several fields the first of the table is meant.
        all.sort_by(|(a, _), (b, _)| order(a, b));
        all.dedup_by(|(later, _), (first, _)| order(first, later).is_eq());
        Self { fields, all }
    }

    fn find(&self, word: &str) -> Option<&'static FieldDef> {
        self.all.binary_search_by(|(w, _)| order(w, word)).ok().map(|at| self.all[at].1)
    }
}

/// The tables that a file has settings of.
#[derive(Default)]
pub(super) struct Tables(Vec<Words>);

impl Tables {
    /// The field of a table that a word names and that can be wanted.
    pub(super) fn find(&mut self, fields: &'static Fields, word: &str) -> Option<&'static FieldDef> {
        if let Some(words) = self.0.iter().find(|t| std::ptr::eq(t.fields, fields)) {
            return words.find(word);
        }
        let words = Words::new(fields);
        let found = words.find(word);
        self.0.push(words);
        found
    }
}

#[cfg(test)]
mod tests {
    use linkctl_kinds::link as base;
    use linkctl_schema::field::spelt;

    use super::*;

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
