//! What a link has beside its message: settings of its hardware and driver, and its virtual functions.
//!
//! Not kinds: tables of their own, each a block of a goal file that any link can have.

pub mod ethtool;
mod feature;
pub mod vf;

use linkctl_schema::Kind;

/// The blocks, by name.
pub static BLOCKS: &[&Kind] = &[&ethtool::KIND, &vf::KIND];

/// The block of that name.
pub fn block(name: &str) -> Option<&'static Kind> {
    BLOCKS.iter().copied().find(|k| k.name == name)
}
