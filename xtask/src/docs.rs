//! `docs`: writes the pages that come from the tables.
//!
//! The test that compares them does it: it knows the tables, and xtask builds without them.

use crate::fault::{Fault, Result};
use crate::{shell, workspace};
use std::process::ExitCode;

/// Writes `docs/kinds/*.md`.
pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    if let Some(word) = words.first() {
        return Err(Fault::new(format!("docs takes no words, got `{word}`")));
    }
    let mut cargo = workspace::cargo();
    cargo
        .args(["test", "--quiet", "--package", "linkctl-kinds", "--test", "pages"])
        .env("LINKCTL_WRITE_DOCS", "1");
    Ok(if shell::shown(&mut cargo)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
