//! The disk that a guest boots its own system from, and how the boot ends.
//!
//! Knows nothing of what is on it: that is `image.rs`.

use crate::fault::{Doing, Result};
use crate::shell;
use std::fs;
use std::path::{Path, PathBuf};

/// A disk with a file system of type ext4 and a system in it.
#[derive(Clone)]
pub(crate) struct Disk {
    /// It is written: a copy, usually.
    pub(crate) image: PathBuf,
    pub(crate) end: End,
    /// Files of this machine that the system has in /usr/bin, from its very start and as they are now.
    pub(crate) programs: Vec<PathBuf>,
}

/// What becomes of the guest when its command has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The system's own reboot: units are stopped, file systems are unmounted.
    Reboot,
    /// The same without starting again.
    PowerOff,
    /// Nothing is stopped, nothing is written any more. The command may choose the moment: `echo quit >$RIG_MONITOR`.
    Cut,
}

impl Disk {
    /// Tells the initramfs to boot from the disk, and the system to start the unit that runs the command. Where the
    /// machine is busy a guest misjudges how fast its time stamp counter is, and minutes go by in seconds: units time
    /// out. The clock of the ACPI needs no judgement.
    pub(super) const APPEND: &str = "rig.disk systemd.wants=rig.service clocksource=acpi_pm";

    /// Where the programs are for the guest.
    pub(super) fn programs(share: &Path) -> PathBuf {
        share.join("programs")
    }

    /// What the guest reads besides the command.
    pub(super) fn fill(&self, share: &Path) -> Result<()> {
        let programs = Self::programs(share);
        fs::create_dir(&programs).doing(format!("create {}", programs.display()))?;
        for program in &self.programs {
            let copy = programs.join(shell::file_name(program));
            // A link is quick, and possible only within a file system.
            if fs::hard_link(program, &copy).is_err() {
                fs::copy(program, &copy).map(drop).doing(format!("copy {}", program.display()))?;
            }
        }
        let end = match self.end {
            End::Reboot => "reboot",
            End::PowerOff => "poweroff",
            End::Cut => "cut",
        };
        fs::write(share.join("end"), end).doing(format!("write {}/end", share.display()))
    }

    /// True when the power may have been cut by the command itself: it had been started.
    pub(super) fn may_be_cut(&self, share: &Path) -> bool {
        self.end == End::Cut && share.join("started").exists()
    }
}
