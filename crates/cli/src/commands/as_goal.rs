//! `linkctl show --as-goal`: links as a file that plans to nothing.

use std::collections::BTreeSet;
use std::ffi::OsString;

use linkctl::apply::fill_hardware;
use linkctl::link::{Key, save};
use linkctl::plan::declare::declare;

use super::{HERE, live, print, unread};
use crate::args::Common;
use crate::exit::Failure;
use crate::words;

/// Writes all links, or those that are named.
pub(crate) fn run(names: &[OsString], common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let names: BTreeSet<Key> =
        names.iter().map(|w| words::name(w).map(Key::here)).collect::<Result<_, _>>()?;
    let read = live.snapshot(&[HERE], false).map_err(|e| unread(&e))?;
    if let Some(gone) = names.iter().find(|k| !read.contains(k)) {
        return Err(crate::explain::no_link(&mut live, gone));
    }
    let mut world = read.world(|_| true);
    fill_hardware(&mut live, &read, &mut world);
    let goal = declare(&world, |key| names.is_empty() || names.contains(key));
    print(&if common.json { save::json(&goal) } else { save::yaml(&goal) })
}
