//! What a run of test programs says, as numbers.

use std::collections::BTreeMap;
use std::time::Duration;

/// What one test program did in one place.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Empty for this machine, else the kernel.
    pub(super) place: String,
    pub(super) name: String,
    pub(super) passed: usize,
    pub(super) failed: usize,
    /// Why each test that did not run did not.
    pub(super) skipped: BTreeMap<String, String>,
    pub(super) took: Duration,
    /// Everything it said, for when something failed.
    pub(super) said: String,
}

impl Outcome {
    /// Reads the lines of libtest and those of the skips. `success` is whether the program ended well.
    pub(super) fn read(said: String, skips: &str, success: bool) -> Self {
        let mut outcome = Self::default();
        let mut results = 0;
        for line in said.lines() {
            if let Some(result) = line.strip_prefix("test result: ") {
                results += 1;
                outcome.passed += number(result, "passed");
                outcome.failed += number(result, "failed");
            } else if let Some(name) = ignored(line) {
                outcome.skipped.insert(name.to_owned(), "marked #[ignore]".to_owned());
            }
        }
        // A program that died, or that is no libtest's and failed.
        if !success && outcome.failed == 0 {
            outcome.failed = 1;
        } else if success && results == 0 {
            outcome.passed = 1;
        }
        let own: BTreeMap<_, _> = skips.lines().filter_map(skip).collect();
        // libtest counted these as passed, each test once.
        outcome.passed = outcome.passed.saturating_sub(own.len());
        outcome.skipped.extend(own);
        outcome.said = said;
        outcome
    }

    /// How many tests there were.
    pub(super) fn total(&self) -> usize {
        self.passed + self.failed + self.skipped.len()
    }
}

/// `SKIP name: reason`.
fn skip(line: &str) -> Option<(String, String)> {
    let rest = line.strip_prefix("SKIP ")?;
    // A name may have `::` in it, so the end is the first colon with a blank.
    let (name, reason) = rest.split_once(": ").unwrap_or((rest, "no reason given"));
    Some((name.to_owned(), reason.trim().to_owned()))
}

/// `test NAME ... ignored` or `... ignored, REASON`.
fn ignored(line: &str) -> Option<&str> {
    let (name, result) = line.strip_prefix("test ")?.split_once(" ... ")?;
    result.starts_with("ignored").then_some(name)
}

fn number(result: &str, word: &str) -> usize {
    let part = result.split(['.', ';']).find_map(|part| part.trim().strip_suffix(word));
    part.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "running 5 tests\ntest a ... ok\ntest m::b ... FAILED\ntest c ... ignored\n\n\
        test result: FAILED. 3 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";

    #[test]
    fn a_skipped_test_is_not_a_passed_one_and_counts_once() {
        let outcome = Outcome::read(SAID.to_owned(), "SKIP m::a: no root\nSKIP m::a: no root\n", false);
        assert_eq!((outcome.passed, outcome.failed, outcome.skipped.len(), outcome.total()), (2, 1, 2, 5));
        assert_eq!(outcome.skipped["m::a"], "no root");
        assert_eq!(outcome.skipped["c"], "marked #[ignore]");
    }

    #[test]
    fn a_program_that_died_without_a_word_failed() {
        assert_eq!(Outcome::read("running 3 tests\n".to_owned(), "", false).failed, 1);
        assert_eq!(Outcome::read("own harness: fine\n".to_owned(), "", true).passed, 1);
    }

    #[test]
    fn several_results_are_summed() {
        let two = "test result: ok. 4 passed; 0 failed; 0 ignored;\ntest result: ok. 5 passed; 0 failed; 0 ignored;\n";
        assert_eq!(Outcome::read(two.to_owned(), "", true).passed, 9);
    }
}
