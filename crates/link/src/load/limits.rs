//! How much is read, so that no file costs more than a large one.

use super::error::Fault;
use super::node::At;

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 4 << 20;
/// The most levels of lists and maps.
pub const MOST_DEPTH: usize = 64;
/// The most files that are read together.
pub const MOST_FILES: usize = 1000;
/// The most links that templates make.
pub const MOST_LINKS: usize = 50_000;
/// The most values of all levels, with what aliases and templates repeat.
pub const MOST_NODES: usize = 500_000;
/// The most errors that are told at a time.
pub const MOST_ERRORS: usize = 20;

/// How much of one file is read.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    pub(super) nodes: usize,
}

/// Of a person's file.
pub(super) const FILE: Limits = Limits { bytes: MOST_BYTES, nodes: MOST_NODES };
/// Of what we wrote ourselves: a hundred thousand links, with all that is known of each.
pub(super) const JOURNAL: Limits = Limits { bytes: 256 << 20, nodes: 32_000_000 };

/// What is left of the values that a file may have.
pub(super) struct Budget {
    most: usize,
    left: usize,
}

impl Budget {
    pub(super) fn new(most: usize) -> Self {
        Self { most, left: most }
    }

    /// How many there are.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Takes some away for what is at a place.
    pub(super) fn spend(&mut self, nodes: usize, at: At) -> Result<(), Fault> {
        self.left = self.left.checked_sub(nodes).ok_or_else(|| Fault::file(at, too_much(self.most)))?;
        Ok(())
    }
}

/// What is said of a file with too many values.
pub(super) fn too_much(most: usize) -> String {
    format!("there is too much in the file: more than {most} values, aliases and templates written out")
}

/// What is said of lists in lists in lists.
pub(super) fn too_deep(at: At) -> Fault {
    Fault::file(at, format!("there are more than {MOST_DEPTH} levels of lists and maps"))
}
