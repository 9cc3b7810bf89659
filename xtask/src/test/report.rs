//! What is printed while tests run, and the count at the end.

use super::binaries::Binary;
use super::counts::Outcome;
use super::inside;
use crate::fault::{Fault, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// Everything that was done so far.
#[derive(Default)]
pub(super) struct Report {
    outcomes: Vec<Outcome>,
    /// Checks and phases that failed.
    broken: Vec<String>,
}

impl Report {
    pub(super) fn head(what: &str) {
        println!("\n== {what}");
    }

    /// Runs a check, with its time; false and errors are failures.
    pub(super) fn phase(&mut self, name: &str, check: impl FnOnce() -> Result<bool>) {
        self.timed(name, || if check()? { Ok(()) } else { Err(Fault::new("see above")) });
    }

    /// Runs a phase that gives something, with its time.
    pub(super) fn timed<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        Self::head(name);
        let start = Instant::now();
        let done = work();
        let took = start.elapsed().as_secs_f64();
        match done {
            Ok(value) => {
                println!("   ok {took:.1} s");
                Some(value)
            }
            Err(fault) => {
                println!("   FAILED {took:.1} s: {fault}");
                self.broken.push(name.to_owned());
                None
            }
        }
    }

    /// Notes that something outside of any test failed.
    pub(super) fn broken(&mut self, what: &str) {
        self.broken.push(what.to_owned());
    }

    /// Takes what a program did and prints it; all it said when something failed.
    pub(super) fn add(&mut self, outcome: Outcome) {
        if outcome.failed > 0 {
            println!("{}", outcome.said.trim_end());
        }
        if outcome.total() > 0 {
            let word = if outcome.failed > 0 { "FAILED" } else { "ok" };
            let (name, passed, failed, skipped) =
                (&outcome.name, outcome.passed, outcome.failed, outcome.skipped.len());
            println!(
                "   {word:6} {name:32} {passed:4} passed {failed:3} failed {skipped:3} skipped {:6.1} s",
                outcome.took.as_secs_f64()
            );
        }
        self.outcomes.push(outcome);
    }

    /// The rig did not start: what would have run there counts as skipped, or as failed where it must run.
    pub(super) fn unavailable(&mut self, kernel: &str, tests: &[&Binary], fault: &Fault) {
        println!("   !! kernel {kernel} could not be started: {fault}");
        if inside::is_must() {
            println!("   !! CI is set: that is a failure");
            self.broken.push(format!("tests on kernel {kernel}"));
            return;
        }
        let names: BTreeSet<_> = tests.iter().map(|binary| binary.name.as_str()).collect();
        let here = self
            .outcomes
            .iter()
            .filter(|outcome| outcome.place.is_empty() && names.contains(outcome.name.as_str()));
        let counts: Vec<_> = here.map(|outcome| (outcome.name.clone(), outcome.total())).collect();
        for (name, count) in counts {
            println!("   !! skipped, of {name}: {count}");
            let reason = format!("kernel {kernel} could not be started");
            let skipped = (0..count).map(|at| (format!("#{at}"), reason.clone())).collect();
            self.outcomes.push(Outcome { place: kernel.to_owned(), name, skipped, ..Outcome::default() });
        }
    }

    /// Prints the skips by reason, the failures, and the last line; true when nothing failed.
    pub(super) fn close(&self) -> bool {
        let (mut passed, mut failed) = (0, self.broken.len());
        for outcome in &self.outcomes {
            passed += outcome.passed;
            failed += outcome.failed;
        }
        let (reasons, made_good) = self.skips();
        if made_good > 0 {
            println!("{made_good} tests that this machine cannot run ran in the rig: they are counted there");
        }
        for (reason, tests) in &reasons {
            let mut shown = tests.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
            if tests.len() > 4 {
                shown += ", …";
            }
            println!("skipped {:4}: {reason} ({shown})", tests.len());
        }
        for name in &self.broken {
            println!("failed: {name}");
        }
        for outcome in self.outcomes.iter().filter(|outcome| outcome.failed > 0) {
            println!("failed: {}{}", outcome.name, place(outcome));
        }
        let skipped: usize = reasons.values().map(Vec::len).sum();
        println!("\n{passed} passed, {failed} failed, {skipped} skipped");
        failed == 0
    }

    /// Skips by reason, without those of this machine that ran in the rig; and how many the latter are.
    fn skips(&self) -> (BTreeMap<String, Vec<String>>, usize) {
        let (mut reasons, mut made_good) = (BTreeMap::<String, Vec<String>>::new(), 0);
        for outcome in &self.outcomes {
            for (test, reason) in &outcome.skipped {
                if outcome.place.is_empty() && self.ran_in_the_rig(&outcome.name, test) {
                    made_good += 1;
                } else {
                    reasons.entry(reason.clone()).or_default().push(format!(
                        "{}: {test}{}",
                        outcome.name,
                        place(outcome)
                    ));
                }
            }
        }
        (reasons, made_good)
    }

    fn ran_in_the_rig(&self, name: &str, test: &str) -> bool {
        let mut there =
            self.outcomes.iter().filter(|outcome| !outcome.place.is_empty() && outcome.name == name);
        there.any(|outcome| outcome.passed > 0 && !outcome.skipped.contains_key(test))
    }
}

fn place(outcome: &Outcome) -> String {
    if outcome.place.is_empty() { String::new() } else { format!(" on {}", outcome.place) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(place: &str, said: &str, skips: &str) -> Outcome {
        let said = format!("test result: ok. {said} passed; 0 failed; 0 ignored;\n");
        Outcome { place: place.to_owned(), name: "t/live_x".to_owned(), ..Outcome::read(said, skips, true) }
    }

    #[test]
    fn a_skip_here_is_made_good_by_the_rig_but_not_one_that_is_skipped_there_too() {
        let mut report = Report::default();
        report.add(outcome("", "3", "SKIP a: no root\nSKIP b: no root\n"));
        report.add(outcome("6.12", "3", "SKIP b: no hardware\n"));
        let (reasons, made_good) = report.skips();
        assert_eq!(made_good, 1);
        assert_eq!(reasons["no root"], ["t/live_x: b"]);
        assert_eq!(reasons["no hardware"], ["t/live_x: b on 6.12"]);
        assert!(report.close());
    }

    #[test]
    fn a_broken_check_fails_the_whole() {
        let mut report = Report::default();
        report.phase("lints", || Ok(false));
        assert!(!report.close());
    }
}
