//! What the scripts say, and what it means: lines that begin with `passed:`, `failed:` or `skipped:` are checks.

use super::scenario::Scenario;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// All that the boots of a scenario print, in the order in which it came.
#[derive(Clone, Default)]
pub(super) struct Words(Arc<Mutex<Vec<u8>>>);

impl Words {
    pub(super) fn text(&self) -> String {
        self.0.lock().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}

impl Write for Words {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::Error::other("a writer died"))?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How a scenario went.
pub(super) struct Verdict {
    head: String,
    text: String,
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Verdict {
    /// `ended` says why it ended before its end.
    pub(super) fn new(
        scenario: &Scenario,
        mut text: String,
        ended: Result<(), String>,
        took: Duration,
    ) -> Self {
        if let Err(why) = ended {
            // What a cut left of a line stands alone.
            let _ = write!(text, "\nfailed: {why}\n");
        }
        let count = |mark: &str| text.lines().filter(|line| line.starts_with(mark)).count();
        let (passed, mut failed, skipped) = (count("passed: "), count("failed: "), count("skipped: "));
        if passed + failed + skipped == 0 {
            text.push_str("\nfailed: it checked nothing\n");
            failed = 1;
        }
        let word = if failed > 0 { "FAILED" } else { "ok    " };
        let (name, about, boots) = (scenario.name, &scenario.about, scenario.boots.len());
        let head = format!("{word} {name}: {about} ({boots} boots, {:.0} s)", took.as_secs_f64());
        Self { head, text, passed, failed, skipped }
    }

    pub(super) fn passed(&self) -> usize {
        self.passed
    }

    pub(super) fn failed(&self) -> usize {
        self.failed
    }

    pub(super) fn skipped(&self) -> usize {
        self.skipped
    }

    /// The verdict with its checks; all that was printed where something failed or everything is wanted.
    pub(super) fn text(&self, verbose: bool) -> String {
        let whole = verbose || self.failed > 0;
        let is_check =
            |line: &&str| ["passed: ", "failed: ", "skipped: "].iter().any(|mark| line.starts_with(mark));
        let lines = self.text.lines().filter(|line| whole || is_check(line));
        let mut out = format!("{}\n", self.head);
        lines.for_each(|line| out += &format!("    {line}\n"));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(text: &str, ended: Result<(), String>) -> Verdict {
        let scenario = Scenario::read("x", "# It works.\n#: boot\n").unwrap();
        Verdict::new(&scenario, text.to_owned(), ended, Duration::ZERO)
    }

    #[test]
    fn checks_are_counted_and_nothing_checked_is_a_failure() {
        let told = verdict("passed: a\nnoise\nskipped: b\npassed: c\n", Ok(()));
        assert_eq!((told.passed(), told.failed(), told.skipped()), (2, 0, 1));
        assert!(told.text(false).starts_with("ok     x: It works.") && !told.text(false).contains("noise"));
        assert!(told.text(true).contains("noise"));
        assert_eq!(verdict("noise\n", Ok(())).failed(), 1);
    }

    #[test]
    fn a_script_that_broke_off_failed_whatever_it_had_shown() {
        let told = verdict("passed: a\nhalf a li", Err("boot 1 of 2 ended with status 3".to_owned()));
        assert_eq!((told.passed(), told.failed()), (1, 1));
        assert!(told.text(false).starts_with("FAILED") && told.text(false).contains("half a li"));
    }
}
