//! The budget of lines per file.

use super::shown;
use crate::fault::{Doing, Result};
use std::path::{Path, PathBuf};

const FILE: usize = 800;
const KIND: usize = 280;
/// Three phases with a timing of eight numbers each, their bounds, and sixteen modes.
const CAN: usize = 360;

/// Prints the median and the 90th percentile.
pub(super) fn print(files: &[PathBuf]) -> Result<()> {
    let mut sizes = files.iter().map(|file| lines(file)).collect::<Result<Vec<usize>>>()?;
    sizes.sort_unstable();
    let at = |percent: usize| {
        sizes.get((sizes.len() * percent / 100).min(sizes.len().saturating_sub(1))).copied().unwrap_or(0)
    };
    let total: usize = sizes.iter().sum();
    println!(
        "layers: {} files in crates/*/src, {total} lines; median {}, p90 {}, longest {}",
        sizes.len(),
        at(50),
        at(90),
        at(100)
    );
    Ok(())
}

/// The files that are over budget.
pub(super) fn breaches(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in files {
        let (lines, budget) = (lines(file)?, budget(file));
        if lines > budget {
            found.push(format!(
                "{}: {lines} lines, the budget is {budget}: split it along a noun",
                shown(file)
            ));
        }
    }
    Ok(found)
}

fn lines(file: &Path) -> Result<usize> {
    Ok(std::fs::read_to_string(file).doing(format!("read {}", file.display()))?.lines().count())
}

fn budget(file: &Path) -> usize {
    let name = shown(file);
    let is_kind = name
        .strip_prefix("crates/kinds/src/")
        .is_some_and(|rest| !rest.contains('/') && !matches!(rest, "lib.rs" | "link.rs"));
    if name == "crates/kinds/src/can.rs" {
        CAN
    } else if is_kind {
        KIND
    } else {
        FILE
    }
}
