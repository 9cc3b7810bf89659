//! `cargo xtask layers`: the structure of the house, compared with the picture of it.
//!
//! Four checks, one file each; every breach is a line that says what to do.

mod edges;
mod kinds;
mod sizes;
mod unsafety;

use crate::fault::{Doing, Result};
use crate::workspace;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Runs all checks. Prints what it measured on stdout, breaches on stderr.
pub(crate) fn run(_words: &[String]) -> Result<ExitCode> {
    Ok(if check()? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// True when nothing is in breach.
pub(crate) fn check() -> Result<bool> {
    let crates = workspace::crates()?;
    let mut breaches = edges::breaches(&crates)?;
    let mut files = Vec::new();
    for package in &crates {
        let sources = sources(&package.folder.join("src"))?;
        if package.name != unsafety::ALLOWED {
            breaches.extend(unsafety::breaches(&sources)?);
        }
        files.extend(sources);
    }
    breaches.extend(kinds::breaches(&workspace::root().join("crates/kinds/src"))?);
    sizes::print(&files)?;
    for folder in ["benches", "crates", "fuzz", "tests", "xtask"] {
        breaches.extend(sizes::breaches(&sources(&workspace::root().join(folder))?)?);
    }
    for breach in &breaches {
        eprintln!("layers: {breach}");
    }
    Ok(breaches.is_empty())
}

/// All Rust files below `folder`, in order; what a build left there is none.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).doing(format!("read {}", folder.display()))? {
        let path = entry.doing(format!("read {}", folder.display()))?.path();
        if path.is_dir() && path.ends_with("target") {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// `path` as people know it: from the project's root.
fn shown(path: &Path) -> String {
    path.strip_prefix(workspace::root()).unwrap_or(path).display().to_string()
}
