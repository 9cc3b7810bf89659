//! How iproute2 refuses a command line: what it says, and its exit status.

use std::fmt::Write;

use linkctl_schema::Safe;

/// A command that ends before anything is asked of the kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// What goes to standard output.
    pub out: String,
    /// What goes to standard error.
    pub err: String,
    /// The exit status.
    pub status: u8,
    /// It ends a batch at once, `-force` or not (`exit()` in iproute2, where others return).
    pub ends: bool,
}

impl Stop {
    /// One sentence, and the command fails: `return -1`.
    pub fn says(text: impl std::fmt::Display, status: u8) -> Self {
        Self { err: format!("{text}\n"), status, ..Self::default() }
    }

    /// One sentence, and the program ends: `exit()`.
    pub fn exits(text: impl std::fmt::Display, status: u8) -> Self {
        Self { ends: true, ..Self::says(text, status) }
    }

    /// `invarg`: a value is none. A text that ends in a newline leaves a blank line, as there.
    pub fn argument(value: &[u8], text: &str) -> Self {
        Self::exits(format_args!("Error: argument \"{}\" is wrong: {text}", Safe(value)), 255)
    }

    /// `missarg`: something that must be said is not.
    pub fn required(key: &str) -> Self {
        Self::exits(format_args!("Error: argument \"{key}\" is required"), 255)
    }

    /// `duparg`: said before.
    pub fn twice(key: &str, value: &[u8]) -> Self {
        Self::exits(format_args!("Error: duplicate \"{key}\": \"{}\" is the second value.", Safe(value)), 255)
    }

    /// `duparg2`: said before, or no word at all.
    pub fn either(key: &str, value: &[u8]) -> Self {
        let value = Safe(value);
        Self::exits(format_args!("Error: either \"{key}\" is duplicate, or \"{value}\" is garbage."), 255)
    }

    /// A word wants another behind it.
    pub fn incomplete() -> Self {
        Self::exits("Command line is not complete. Try option \"help\"", 255)
    }

    /// No link has that name.
    pub fn no_device(name: &[u8]) -> Self {
        Self::says(format_args!("Cannot find device \"{}\"", Safe(name)), 1)
    }

    /// `on_off`: neither on nor off.
    pub fn on_or_off(word: &str, value: &[u8], status: u8) -> Self {
        let value = Safe(value);
        Self::says(
            format_args!("Error: argument of \"{word}\" must be \"on\" or \"off\", not \"{value}\""),
            status,
        )
    }

    /// None of some words, as `parse_one_of` says it.
    pub fn one_of(word: &str, list: &[&str], value: &[u8], status: u8) -> Self {
        let mut quoted = String::new();
        for (i, w) in list.iter().enumerate() {
            let _ = write!(quoted, "{}\"{w}\"", if i == 0 { "" } else { ", " });
        }
        let value = Safe(value);
        Self::says(
            format_args!("Error: argument of \"{word}\" must be one of {quoted}, not \"{value}\""),
            status,
        )
    }

    /// None of some words, as kinds with lists of their own say it.
    pub fn among(word: &str, list: &[&str], value: &[u8], status: u8) -> Self {
        let quoted: Vec<String> = list.iter().map(|w| format!("\"{w}\"")).collect();
        let listed = match quoted.as_slice() {
            [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
            _ => quoted.concat(),
        };
        let value = Safe(value);
        Self::says(format_args!("Error: argument of \"{word}\" must be {listed}, not \"{value}\""), status)
    }

    /// Words that nobody reads.
    pub fn garbage(word: &[u8]) -> Self {
        Self::says(
            format_args!("Garbage instead of arguments \"{} ...\". Try \"ip link help\".", Safe(word)),
            1,
        )
    }

    /// The same, and a batch ends.
    #[must_use]
    pub fn ending(mut self, status: u8) -> Self {
        self.ends = true;
        self.status = status;
        self
    }

    /// With the text on standard output.
    #[must_use]
    pub fn aloud(mut self) -> Self {
        self.out = std::mem::take(&mut self.err);
        self
    }
}
