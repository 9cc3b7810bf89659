//! What can go wrong here, told so that a person knows what to do next.
//!
//! A `Fault` is a sentence for stderr. It knows nothing of exit statuses but one: whether the rig, not the command in it, failed.

use std::fmt::{self, Display};

/// The outcome of everything in xtask.
pub(crate) type Result<T> = std::result::Result<T, Fault>;

/// What failed, where and why, and what to do about it.
#[derive(Debug)]
pub(crate) struct Fault {
    what: String,
    next: Option<String>,
}

impl Fault {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), next: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub(crate) fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        self.next.as_ref().map_or(Ok(()), |next| write!(f, "\n  try: {next}"))
    }
}

/// Says what was being done when an error of another kind came up.
pub(crate) trait Doing<T> {
    fn doing(self, what: impl Display) -> Result<T>;
}

impl<T, E: Display> Doing<T> for std::result::Result<T, E> {
    fn doing(self, what: impl Display) -> Result<T> {
        self.map_err(|why| Fault::new(format!("{what}: {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_what_where_why_and_what_next() {
        let fault = std::fs::read("/no/such").doing("read /no/such").unwrap_err().next("make it");
        assert_eq!(
            fault.to_string(),
            "read /no/such: No such file or directory (os error 2)\n  try: make it"
        );
    }
}
