//! From messages to what `ip link show` prints, text and JSON, through the tables.

pub mod flags;
pub mod json;
pub mod kinds;
pub mod stats;
pub mod text;

use linkctl_schema::codec::Links;

/// Who the neighbours of a shown link are.
pub trait Near: Links {
    /// `ifi_flags` of a link, where it is known.
    fn flags(&self, index: u32) -> Option<u32>;
    /// The name of a namespace by its number.
    fn netns(&self, nsid: i32) -> Option<String>;
}

/// How much is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Kind and bounds (`-d`); 2 and more: values that go without saying.
    pub details: u8,
    /// Counters (`-s`); 2 and more: of errors too.
    pub stats: u8,
    /// `\` for the newlines within a link (`-o`).
    pub oneline: bool,
    /// What iproute2 has no output for, too.
    pub ours: bool,
}

impl Options {
    fn newline(self) -> char {
        if self.oneline { '\\' } else { '\n' }
    }

    fn level(self) -> linkctl_schema::text::Level {
        linkctl_schema::text::Level { all: self.details > 1, ours: self.ours }
    }
}

/// The driver behind a link, as ethtool tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Driver {
    /// Its name.
    pub driver: String,
    /// Its version; often the kernel's.
    pub version: String,
    /// The version of the hardware's firmware.
    pub firmware: String,
    /// The place of the hardware on its bus.
    pub bus: String,
}
