//! How a command ends: a status from one table, and for a person what, why and what next.

use std::fmt::Display;
use std::process::ExitCode;

use linkctl::link::Key;
use linkctl::link::load::{Error as FileError, Span, Text, find};
use linkctl::schema::Safe;
use linkctl::schema::out::Out;

use crate::term::{Colour, Term};

/// Why a command did not succeed. The numbers are stable and documented in `docs/exit-status.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// The kernel or the system refused; nothing changed, or all was rolled back.
    Refused = 1,
    /// Changes are pending.
    Pending = 2,
    /// The command line or a file is invalid.
    Usage = 3,
    /// What was read is inconsistent or partial.
    Partial = 4,
    /// Rolled back after the changes had been made: they did not hold, or a signal came.
    RolledBack = 5,
    /// There is no such transaction.
    Unknown = 6,
    /// Rolling back failed: a person must act.
    Broken = 7,
    /// No permission.
    Denied = 8,
    /// Another apply holds the lock.
    Locked = 9,
    /// This kernel cannot do it.
    Incapable = 10,
}

/// What went wrong, for a person.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the command ends.
    pub(crate) status: Status,
    /// What failed and why, one clause.
    pub(crate) what: String,
    /// The kernel's own sentence.
    pub(crate) kernel: Option<String>,
    /// What to do next.
    pub(crate) hints: Vec<String>,
    /// Already rendered text that stands for the clause, such as a file's snippet.
    pub(crate) rendered: Option<Box<str>>,
    /// What is wrong with files, each with its place.
    pub(crate) errors: Box<[FileError]>,
    /// The link that it is about, and its settings, those that are likelier to blame first.
    pub(crate) about: Option<Box<(Key, Vec<&'static str>)>>,
}

impl Failure {
    /// A failure without hints.
    pub(crate) fn new(status: Status, what: impl Display) -> Self {
        Self {
            status,
            what: what.to_string(),
            kernel: None,
            hints: Vec::new(),
            rendered: None,
            errors: Box::default(),
            about: None,
        }
    }

    /// A mistake on the command line.
    pub(crate) fn usage(what: impl Display) -> Self {
        Self::new(Status::Usage, what)
    }

    /// With one more thing to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// With the kernel's own sentence.
    #[must_use]
    pub(crate) fn kernel(mut self, kernel: impl Display) -> Self {
        self.kernel = Some(kernel.to_string());
        self
    }

    /// With the place where files say what it is about, unless a file's own fault was told.
    #[must_use]
    pub(crate) fn at(mut self, files: &[Text<'_>]) -> Self {
        let found = self.about.as_ref().and_then(|about| find(files, &about.0, &about.1));
        if let (Some((place, path)), true) = (found, self.errors.is_empty() && self.rendered.is_none()) {
            let (what, doc, hint, also) = (self.what.clone(), None, None, None);
            self.errors =
                Box::new([FileError { file: place.file, span: place.span, path, what, doc, hint, also }]);
        }
        self
    }

    /// Says it on standard error, as text or as JSON, and returns the status.
    pub(crate) fn say(&self, json: bool) -> ExitCode {
        if json {
            eprintln!("{}", self.json());
        } else {
            eprint!("{}", self.text(Term::stderr()));
        }
        ExitCode::from(self.status as u8)
    }

    fn text(&self, term: Term) -> String {
        let mut out = match &self.rendered {
            Some(text) => format!("{}\n", text.trim_end()),
            None => format!("{} {}\n", term.paint(Colour::Red, "error:"), self.what),
        };
        // A file's own faults are shown with their lines.
        for e in self.errors.iter().filter(|_| self.rendered.is_none()) {
            let (file, span) = (Safe(e.file.as_os_str().as_encoded_bytes()), e.span);
            let at = term.paint(Colour::Faint, "at:");
            out += &format!("  {at} {file}:{}:{}: {}\n", span.line, span.column, e.path);
        }
        if let Some(kernel) = &self.kernel {
            out += &format!("  {} {kernel}\n", term.paint(Colour::Faint, "kernel:"));
        }
        for hint in &self.hints {
            out += &format!("  {} {hint}\n", term.paint(Colour::Green, "hint:"));
        }
        out
    }

    fn json(&self) -> String {
        let mut out = Out::new(false);
        out.object();
        out.key("error");
        out.text(&self.what);
        if let Some(kernel) = &self.kernel {
            out.key("kernel");
            out.text(kernel);
        }
        out.key("hints");
        out.array();
        self.hints.iter().for_each(|h| out.text(h));
        out.end_array();
        if !self.errors.is_empty() {
            out.key("errors");
            out.array();
            self.errors.iter().for_each(|e| file_error(e, &mut out));
            out.end_array();
        }
        out.key("status");
        out.plain(self.status as u8);
        out.end();
        out.into_string()
    }
}

/// One thing that is wrong with a file: both places, where there are two.
fn file_error(e: &FileError, out: &mut Out) {
    out.object();
    place(&e.file, e.span, out);
    let texts = [
        ("path", Some(&e.path)),
        ("error", Some(&e.what)),
        ("doc", e.doc.as_ref()),
        ("hint", e.hint.as_ref()),
    ];
    for (key, text) in texts.into_iter().filter_map(|(k, t)| Some((k, t?))) {
        out.key(key);
        out.text(text);
    }
    if let Some(other) = &e.also {
        out.key("also");
        out.object();
        place(&other.file, other.span, out);
        out.end();
    }
    out.end();
}

fn place(file: &std::path::Path, span: Span, out: &mut Out) {
    out.key("file");
    out.text(&Safe(file.as_os_str().as_encoded_bytes()).to_string());
    out.key("line");
    out.plain(span.line);
    out.key("column");
    out.plain(span.column);
}
