//! From a file to a goal.
//!
//! A file is YAML, JSON or TOML; all three become one tree, and the trees of several files one goal, read through the
//! tables of the book: no setting is named here. What is wrong is told with its place, its setting's doc and, where
//! another tool says it otherwise, our word for it. Nothing is opened here: bytes in, goal out.

mod elsewhere;
mod error;
pub(crate) mod escape;
mod fill;
mod find;
mod layout;
mod limits;
mod lines;
pub(crate) mod node;
mod read;
mod schema;
mod secret;
mod sense;
mod source;
mod stranger;
mod toml;
pub(crate) mod value;
mod words;
mod yaml;

use std::path::Path;

pub use error::{Error, Place, Span};
pub use escape::{escape, unescape};
pub use find::find;
pub use layout::layout;
pub use limits::{MOST_BYTES, MOST_DEPTH, MOST_ERRORS, MOST_FILES, MOST_LINKS, MOST_NODES};
pub use schema::schema;

use crate::goal::Goal;
use error::Fault;
use limits::{Budget, FILE, JOURNAL, Limits};
use node::{At, Node};
use source::{Count, Source};

/// A file that was read: its name, and what is in it.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    /// Its name, as it was given.
    pub file: &'t Path,
    /// Its content.
    pub bytes: &'t [u8],
    /// Everyone on the machine can read it, so that no secret may be in it.
    pub exposed: bool,
}

/// Reads a person's file.
///
/// TOML where the name ends in `.toml`, else YAML, of which JSON is a part. The goal fits together as far as that
/// can be told without a kernel: no loops, masters that can be masters, each pair with two ends, the rules of each
/// kind. Else all errors that were found, by place, at most [`MOST_ERRORS`].
///
/// Any bytes are read or refused, within about a second and 350 MB at worst; none make it panic.
pub fn load(file: &Path, bytes: &[u8]) -> Result<Goal, Vec<Error>> {
    read(&[Text { file, bytes, exposed: false }], FILE, true)
}

/// Reads several files as one goal; the limits are those of one.
///
/// What they say of one link is joined. Where two say one setting differently both places are told. Errors are in the
/// order of the files.
pub fn load_all(files: &[Text<'_>]) -> Result<Goal, Vec<Error>> {
    read(files, FILE, true)
}

/// Reads back what [`crate::save`] wrote, such as a journal.
///
/// Sixty times as much is read as of a person's file, and whatever a kernel may hold is taken: kinds that the book
/// does not know, numbers without a word or out of bounds, settings that do not fit together. For each goal,
/// `restore(save(goal))` is that goal.
pub fn restore(file: &Path, bytes: &[u8]) -> Result<Goal, Vec<Error>> {
    read(&[Text { file, bytes, exposed: false }], JOURNAL, false)
}

fn read(files: &[Text<'_>], limits: Limits, strict: bool) -> Result<Goal, Vec<Error>> {
    let mut left = Budget::new(limits.nodes);
    let (mut sources, mut trees, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    let mut bytes = 0;
    for text in files {
        bytes += text.bytes.len();
        match open(text, bytes, limits) {
            Ok(source) => match tree(&source, text, sources.len(), &mut left) {
                Ok(tree) => {
                    sources.push(source);
                    trees.push(tree);
                }
                Err(fault) => errors.push(source.error(fault)),
            },
            Err(error) => errors.push(*error),
        }
    }
    let whole = errors.is_empty();
    let faults = match read::goal(trees, strict, whole, left) {
        Ok(goal) if whole => return Ok(goal),
        Ok(_) => Vec::new(),
        Err(faults) => faults,
    };
    let sources: Vec<&Source<'_>> = sources.iter().collect();
    errors.extend(faults.into_iter().map(|fault| source::error(&sources, fault)));
    errors.truncate(MOST_ERRORS);
    Err(errors)
}

/// Where files name a network namespace, first to last: each value of a `netns` that is this name. For whoever knows that
/// there is none. Files that cannot be read name none.
pub fn mentions(files: &[Text<'_>], netns: &crate::Netns) -> Vec<Place> {
    fn find(node: &Node<'_>, name: &str, out: &mut Vec<At>) {
        match &node.what {
            node::What::Map(map) => map.iter().for_each(|(word, node)| match &node.what {
                node::What::Scalar(text) if word.text == "netns" && *unescape(text) == *name.as_bytes() => {
                    out.push(node.at);
                }
                _ => find(node, name, out),
            }),
            node::What::List(items) => items.iter().for_each(|n| find(n, name, out)),
            _ => {}
        }
    }
    let mut out = Vec::new();
    let (Some(name), mut left) = (netns.name(), Budget::new(FILE.nodes)) else { return out };
    for text in files {
        let Ok(source) = open(text, text.bytes.len(), FILE) else { continue };
        let Ok(tree) = tree(&source, text, 0, &mut left) else { continue };
        let mut found = Vec::new();
        find(&tree, name, &mut found);
        out.extend(found.into_iter().map(|at| Place { file: text.file.into(), span: source.span(at) }));
    }
    out
}

/// The text of a file, where all that was read up to it is not too much.
fn open<'t>(text: &Text<'t>, bytes: usize, limits: Limits) -> Result<Source<'t>, Box<Error>> {
    let count = if is_toml(text.file) { Count::Bytes } else { Count::Chars };
    if bytes > limits.bytes && text.bytes.len() <= limits.bytes {
        let what =
            format!("up to this file there are {bytes} bytes, at most {} are read of all", limits.bytes);
        return Err(Box::new(Source::bare(text.file).error(Fault::file(At::default(), what))));
    }
    Source::new(text.file, text.bytes, count, limits)
}

fn tree<'t>(
    source: &Source<'t>,
    text: &Text<'_>,
    place: usize,
    left: &mut Budget,
) -> Result<Node<'t>, Fault> {
    let mut tree =
        if is_toml(text.file) { toml::tree(source.text, left) } else { yaml::tree(source.text, left) }?;
    if text.exposed {
        secret::none(&tree)?;
    }
    if place > 0 {
        tree.put_in(u16::try_from(place).unwrap_or(u16::MAX));
    }
    Ok(tree)
}

fn is_toml(file: &Path) -> bool {
    file.extension().is_some_and(|e| e.eq_ignore_ascii_case("toml"))
}
