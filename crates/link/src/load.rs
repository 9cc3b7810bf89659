//! From a file to a goal.
//!
//! A file is YAML, JSON or TOML; all three become one tree, which is read through the tables of the
//! book: no setting is named here. What is wrong is told with its place, its setting's doc and, where another tool
//! says it otherwise, our word for it. Nothing is opened here: bytes in, goal out.

mod elsewhere;
mod error;
pub(crate) mod escape;
mod limits;
mod node;
mod read;
mod schema;
mod sense;
mod source;
mod stranger;
mod toml;
mod value;
mod yaml;

use std::path::Path;

pub use error::{Error, Span};
pub use limits::{MOST_BYTES, MOST_DEPTH, MOST_ERRORS, MOST_NODES};
pub use schema::schema;

use crate::goal::Goal;
use limits::{FILE, JOURNAL, Limits};
use source::{Count, Source};

/// Reads a person's file.
///
/// TOML where the name ends in `.toml`, else YAML, of which JSON is a part. The goal fits together as far as that
/// can be told without a kernel: no loops, masters that can be masters, each pair with two ends, the rules of each
/// kind. Else all errors that were found, by place, at most [`MOST_ERRORS`].
///
/// Any bytes are read or refused, within about a second and 350 MB at worst; none make it panic.
pub fn load(file: &Path, bytes: &[u8]) -> Result<Goal, Vec<Error>> {
    read(file, bytes, FILE, true)
}

/// Reads back what [`crate::save`] wrote, such as a journal.
///
/// Sixty times as much is read as of a person's file, and whatever a kernel may hold is taken: kinds that the book
/// does not know, numbers without a word or out of bounds, settings that do not fit together. For each goal,
/// `restore(save(goal))` is that goal.
pub fn restore(file: &Path, bytes: &[u8]) -> Result<Goal, Vec<Error>> {
    read(file, bytes, JOURNAL, false)
}

fn read(file: &Path, bytes: &[u8], limits: Limits, strict: bool) -> Result<Goal, Vec<Error>> {
    let is_toml = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"));
    let count = if is_toml { Count::Bytes } else { Count::Chars };
    let source = Source::new(file, bytes, count, limits)?;
    let tree =
        if is_toml { toml::tree(source.text, limits.nodes) } else { yaml::tree(source.text, limits.nodes) };
    let tree = tree.map_err(|fault| vec![source.error(fault)])?;
    read::goal(&tree, strict).map_err(|faults| faults.into_iter().map(|f| source.error(f)).collect())
}
