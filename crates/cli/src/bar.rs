//! A progress bar on standard error, where that is a terminal and the work is long.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// A bar that is only there where anybody sees it.
pub(crate) struct Bar {
    all: usize,
    terminal: bool,
    shown: bool,
    last: Instant,
}

impl Bar {
    /// None is shown yet.
    pub(crate) fn new(all: usize) -> Self {
        Self { all, terminal: std::io::stderr().is_terminal(), shown: false, last: Instant::now() }
    }

    /// So many steps are done.
    pub(crate) fn show(&mut self, done: usize) {
        if !self.terminal || self.last.elapsed() < Duration::from_millis(100) {
            return;
        }
        self.last = Instant::now();
        self.shown = true;
        let full = 40 * done / self.all.max(1);
        eprint!("\r[{:<40}] {done} of {} steps ", "#".repeat(full), self.all);
        let _ = std::io::stderr().flush();
    }

    /// Takes it away.
    pub(crate) fn clear(&self) {
        if self.shown {
            eprint!("\r{:70}\r", "");
        }
    }
}
