//! What is wrong with a file, and where.

use std::fmt;
use std::path::PathBuf;

use linkctl_schema::Safe;

use super::node::At;

/// A place in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Its first byte.
    pub start: usize,
    /// The byte behind its last one.
    pub end: usize,
    /// The line that it begins in, from 1.
    pub line: usize,
    /// The character of that line that it begins with, from 1.
    pub column: usize,
}

/// One thing that is wrong with a file. Shown in one line, with all that the file said escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The file, as it was given.
    pub file: PathBuf,
    /// Where.
    pub span: Span,
    /// What it is about, such as `links.vx7.vxlan.id`; empty where it is about the file as a whole.
    pub path: String,
    /// What is wrong: a clause.
    pub what: String,
    /// What the setting is and takes.
    pub doc: Option<String>,
    /// What to do.
    pub hint: Option<String>,
    /// Another place that has to do with it.
    pub also: Option<Place>,
}

/// A place in one of several files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was given.
    pub file: PathBuf,
    /// Where in it.
    pub span: Span,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = Safe(self.file.as_os_str().as_encoded_bytes());
        write!(f, "{file}:{}:{}: ", self.span.line, self.span.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for Error {}

/// An [`Error`] before its places are looked up.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) at: At,
    pub(crate) path: String,
    pub(crate) what: String,
    pub(crate) doc: Option<Box<str>>,
    pub(crate) hint: Option<Box<str>>,
    pub(crate) also: Option<At>,
}

impl Fault {
    /// About something in the file.
    pub(crate) fn new(at: At, trail: &Trail<'_>, what: impl Into<String>) -> Self {
        Self { at, path: trail.to_string(), what: what.into(), doc: None, hint: None, also: None }
    }

    /// About the file as such.
    pub(crate) fn file(at: At, what: impl Into<String>) -> Self {
        Self::new(at, &Trail::ROOT, what)
    }

    pub(crate) fn hint(mut self, hint: impl Into<Option<String>>) -> Self {
        self.hint = hint.into().map(String::into_boxed_str);
        self
    }

    pub(crate) fn doc(mut self, doc: String) -> Self {
        self.doc = Some(doc.into_boxed_str());
        self
    }

    pub(crate) fn also(mut self, at: Option<At>) -> Self {
        self.also = at;
        self
    }
}

/// Faults found so far, as many as a person wants to read at a time.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    all: Vec<Fault>,
    /// How many were found, told or not.
    found: usize,
}

impl Faults {
    /// Takes one in, if there is room. What stands in one place and counts for many links is told of one of them.
    pub(crate) fn push(&mut self, fault: Fault) {
        self.found += 1;
        let told = |f: &Fault| f.at == fault.at && f.at.start < f.at.end && f.path != fault.path;
        if !self.full() && !self.all.iter().any(told) {
            self.all.push(fault);
        }
    }

    /// Whether looking for more is in vain.
    pub(crate) fn full(&self) -> bool {
        self.all.len() >= super::MOST_ERRORS
    }

    /// How many were found, also those that are not told.
    pub(crate) fn found(&self) -> usize {
        self.found
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// All of them, by place.
    pub(crate) fn sorted(mut self) -> Vec<Fault> {
        self.all.sort_by_key(|f| f.at);
        self.all
    }
}

/// The way from the top of a file to where the reading is.
#[derive(Clone, Copy)]
pub(crate) struct Trail<'t> {
    up: Option<&'t Trail<'t>>,
    word: &'t str,
}

impl<'t> Trail<'t> {
    /// The top.
    pub(crate) const ROOT: Self = Self { up: None, word: "" };

    /// One step down.
    pub(crate) fn then(&'t self, word: &'t str) -> Self {
        Self { up: Some(self), word }
    }
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(up) = self.up else { return Ok(()) };
        up.fmt(f)?;
        if up.up.is_some() {
            f.write_str(".")?;
        }
        // `eth0.7` must not look like two steps.
        let plain = !self.word.is_empty()
            && self.word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-@".contains(&b));
        if plain { f.write_str(&clip(self.word)) } else { write!(f, "\"{}\"", clip(self.word)) }
    }
}

/// A text from a file as an error shows it: escaped, and not longer than a line.
pub(crate) fn clip(text: &str) -> String {
    const MOST: usize = 48;
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(MOST).collect();
    let dots = if chars.next().is_some() { "…" } else { "" };
    format!("{}{dots}", Safe(head.as_bytes()))
}
