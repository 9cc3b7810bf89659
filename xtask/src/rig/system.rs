//! A system over several boots: a copy of its image, and what is run between one end and the next.

use super::disk::{Disk, End};
use super::guest::{Guest, Sinks};
use crate::fault::Result;
use crate::shell;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One boot: a script for bash that runs when it has finished, and how it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Boot {
    pub(crate) script: String,
    pub(crate) end: End,
}

/// The disk of one system, from its first boot to its last.
pub(crate) struct System {
    image: PathBuf,
    kept: bool,
}

impl System {
    /// A copy of an image; it goes with this value.
    pub(crate) fn copy(image: &Path) -> Result<Self> {
        let name = format!("linkctl-system.{}.{:?}", std::process::id(), std::thread::current().id());
        let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || ".-".contains(*c)).collect();
        let system = Self { image: std::env::temp_dir().join(name), kept: false };
        copy(image, &system.image)?;
        Ok(system)
    }

    /// The disk of an earlier run, or a copy of an image in its place; it stays.
    pub(crate) fn kept(image: &Path, place: &Path) -> Result<Self> {
        if !place.exists() {
            copy(image, place)?;
        }
        Ok(Self { image: place.to_path_buf(), kept: true })
    }

    /// Boots `guest` from this disk, with `programs` in its /usr/bin.
    pub(crate) fn boot(&self, guest: &Guest, boot: &Boot, programs: &[PathBuf], sinks: Sinks) -> Result<u8> {
        let disk = Disk { image: self.image.clone(), end: boot.end, programs: programs.to_vec() };
        Guest { disk: Some(disk), ..guest.clone() }
            .run(&["/bin/bash".to_owned(), "-c".to_owned(), boot.script.clone()], sinks)
    }
}

impl Drop for System {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.image);
        }
    }
}

/// Holes stay holes.
fn copy(image: &Path, place: &Path) -> Result<()> {
    let mut copy = Command::new("cp");
    shell::quiet(copy.args(["--sparse=always", "--reflink=auto"]).arg(image).arg(place))
}
