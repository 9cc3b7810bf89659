//! That files are fulfilled is proven by a reading. As long as the next reading says the same, so they are.
//!
//! What a plan has to do follows from the files, the links and the program alone. So an apply that ends with the links as
//! its files want them notes a number for each of the three; one that finds the same three again has nothing to do, and
//! knows it without making out what the files mean and without keeping what it read. Whatever differs, if only a link that no
//! file names, is looked at in full. Goals are left out whose fulfilment hangs on more than the links' messages: what
//! drivers tell, whose the links are, which namespaces there are, how users are called.

use std::fs;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use linkctl_kernel::{Live, process};
use linkctl_link::{Goal, Netns, Scope, Snapshot};

use crate::disk;
use crate::journal::about::{listed, spaces};
use crate::journal::{Records, Sources};
use crate::lookup;

/// How one begins.
const SIGN: &str = "linkctl-proof 1 ";

/// Where it is noted that some files are fulfilled.
#[derive(Debug)]
pub struct Proof {
    records: Records,
    /// Of the files, the program and the machine's run.
    files: u64,
}

/// What was noted: how the links were.
#[derive(Debug, PartialEq, Eq)]
pub struct Claim {
    files: u64,
    seed: u64,
    links: u64,
    spaces: Vec<Netns>,
}

impl Proof {
    /// For files, told by a number of the caller's, in the namespace that the command works in.
    pub fn of(state: &Path, live: &Live, files: u64) -> Self {
        let mut sum = DefaultHasher::new();
        files.hash(&mut sum);
        process::boot_id().hash(&mut sum);
        // Another build may find something to do where this one does not.
        env!("CARGO_PKG_VERSION").hash(&mut sum);
        if let Ok(found) = fs::metadata("/proc/self/exe") {
            (found.dev(), found.ino(), found.size(), found.mtime(), found.mtime_nsec()).hash(&mut sum);
        }
        Self { records: Records::at(state, live.id()), files: sum.finish() }
    }

    fn path(&self) -> PathBuf {
        self.records.folder().join("proof")
    }

    /// What was noted of these files. Those of folders, told by `sources`, have to be those that hold, too.
    pub fn claim(&self, sources: Option<Sources>) -> Option<Claim> {
        let claim = Claim::parse(&fs::read_to_string(self.path()).ok()?)?;
        let same = claim.files == self.files;
        (same && sources.is_none_or(|s| self.records.is_current(s))).then_some(claim)
    }

    /// Notes that the links are as these files want them, as `read` shows. `spaces` are of [`spaces_of`].
    pub fn note(&self, spaces: Option<&[Netns]>, read: &Snapshot, live: &mut Live) {
        let Some(spaces) = spaces.filter(|_| !read.is_called()) else { return };
        let seed = RandomState::new().hash_one(self.files);
        let Some(links) = numbered(live, spaces, seed, |_| Some(read.imprint(spaces, seed))) else { return };
        let claim = Claim { files: self.files, seed, links, spaces: spaces.to_vec() };
        // Without it the next apply takes longer, and no more.
        let _ = disk::jot(&self.path(), claim.line().as_bytes());
    }
}

impl Claim {
    /// Whether the links are as they were then.
    pub fn holds(&self, live: &mut Live) -> bool {
        let read = |live: &mut Live| live.imprint(&self.spaces, self.seed).ok().flatten();
        numbered(live, &self.spaces, self.seed, read) == Some(self.links)
    }

    fn line(&self) -> String {
        let Self { files, seed, links, spaces } = self;
        format!("{SIGN}files={files:016x} seed={seed:016x} links={links:016x} spaces={}\n", listed(spaces))
    }

    fn parse(text: &str) -> Option<Self> {
        let line = text.strip_suffix('\n')?.strip_prefix(SIGN)?;
        let field = |name: &str| line.split(' ').find_map(|f| f.strip_prefix(name)?.strip_prefix('='));
        let number = |name: &str| u64::from_str_radix(field(name)?, 16).ok();
        Some(Self {
            files: number("files")?,
            seed: number("seed")?,
            links: number("links")?,
            spaces: spaces(field("spaces")?)?,
        })
    }
}

/// The namespaces whose links tell whether a goal is fulfilled; `None` where more than they does.
pub fn spaces_of(goal: &Goal) -> Option<Vec<Netns>> {
    let apart = goal.matches.is_empty()
        && goal.namespaces.is_empty()
        && goal.scope != Scope::Owned
        && goal.present().all(|(_, link)| link.nic.is_none());
    apart.then(|| lookup::spaces(goal))
}

/// A number for the links with one for what tells their namespaces from others of the same names.
fn numbered(
    live: &mut Live,
    spaces: &[Netns],
    seed: u64,
    links: impl FnOnce(&mut Live) -> Option<u64>,
) -> Option<u64> {
    let mut sum = DefaultHasher::new();
    seed.hash(&mut sum);
    for netns in spaces {
        live.space_id(netns).ok()?.hash(&mut sum);
    }
    links(live)?.hash(&mut sum);
    Some(sum.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_read_back_and_no_part_of_one_is_another() {
        let claim = Claim {
            files: 1,
            seed: u64::MAX,
            links: 0x0123_4567_89ab_cdef,
            spaces: vec![Netns::HERE, Netns::named("a, b=\\ links=9").expect("a name")],
        };
        let line = claim.line();
        assert_eq!(Claim::parse(&line), Some(claim));
        for cut in 0..line.len() {
            assert_eq!(Claim::parse(&line[..cut]), None, "cut at {cut}");
        }
    }
}
