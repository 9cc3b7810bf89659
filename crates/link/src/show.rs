//! From messages to what `ip link show` and its relatives print, text and JSON, through the tables.
//!
//! | | text | JSON |
//! |---|---|---|
//! | `ip link show`, `ip monitor`, `-echo` | [`text::write`] | [`json::write`] |
//! | `ip -br link show` | [`brief::text`] | [`brief::json`] |
//! | `bridge link show`, `bridge monitor` | [`bridge::text`] | [`bridge::json`] |
//! | `ip link xstats` | [`xstats::text`] | [`xstats::json`] |
//! | `ip link afstats` | [`afstats::text`] | [`afstats::json`] |
//! | what stands before an event | [`monitor::prefix`] | [`monitor::json`] |
//!
//! Nothing here makes a system call: names of hosts, groups, programs come through [`Near`], which [`With`] adds to.

pub mod afstats;
pub mod bridge;
pub mod brief;
pub mod flags;
pub mod human;
pub mod json;
pub mod kinds;
pub mod monitor;
pub mod names;
pub mod stats;
pub mod text;
pub mod vf;
pub mod xdp;
pub mod xstats;

use std::borrow::Cow;
use std::net::IpAddr;

use linkctl_schema::Name;
use linkctl_schema::codec::{Links, View};
use linkctl_schema::text::{Level, Seen, Style, Styled};

pub use human::Human;
pub use linkctl_schema::{Hue, Paint};
pub use names::Names;

/// Who the neighbours of a shown link are, and what else has a name.
pub trait Near: Links {
    /// `ifi_flags` of a link, where it is known.
    fn flags(&self, index: u32) -> Option<u32>;
    /// The name of a namespace by its number.
    fn netns(&self, nsid: i32) -> Option<String>;
    /// The name of a group of links.
    fn group(&self, number: u32) -> Option<Cow<'_, str>> {
        (number == 0).then_some(Cow::Borrowed("default"))
    }
    /// The name of a reason for `protodown`, by its bit's number.
    fn reason(&self, _: u32) -> Option<Cow<'_, str>> {
        None
    }
    /// What the kernel knows of a BPF program.
    fn program(&self, _: u32) -> Option<Program> {
        None
    }
}

/// What `bpf(2)` tells of a program (`struct bpf_prog_info`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// Its name; may be empty.
    pub name: String,
    /// What tells it from other programs.
    pub tag: [u8; 8],
    /// It was compiled for the machine.
    pub jited: bool,
    /// When it was loaded, in nanoseconds since the machine started; 0 where the kernel does not tell.
    pub load_time: u64,
    /// Who loaded it.
    pub created_by_uid: u32,
    /// Its type information; 0 is none.
    pub btf_id: u32,
}

/// Neighbours, and names that are looked up elsewhere.
#[derive(Clone, Copy)]
pub struct With<'a> {
    /// The links around.
    pub near: &'a dyn Near,
    /// Names of groups and of reasons.
    pub names: &'a Names,
    /// Names of hosts (`-r`).
    pub host: Option<&'a dyn Fn(&IpAddr) -> Option<String>>,
    /// BPF programs.
    pub program: Option<&'a dyn Fn(u32) -> Option<Program>>,
}

impl Links for With<'_> {
    fn index(&self, name: &Name) -> Option<u32> {
        self.near.index(name)
    }
    fn name(&self, index: u32) -> Option<Name> {
        self.near.name(index)
    }
    fn account(&self, id: u32, group: bool) -> Option<&str> {
        self.near.account(id, group)
    }
    fn host(&self, address: &IpAddr) -> Option<String> {
        self.host.and_then(|host| host(address)).or_else(|| self.near.host(address))
    }
}

impl Near for With<'_> {
    fn flags(&self, index: u32) -> Option<u32> {
        self.near.flags(index)
    }
    fn netns(&self, nsid: i32) -> Option<String> {
        self.near.netns(nsid)
    }
    fn group(&self, number: u32) -> Option<Cow<'_, str>> {
        self.names.groups.name(number).map(Cow::Borrowed).or_else(|| self.near.group(number))
    }
    fn reason(&self, bit: u32) -> Option<Cow<'_, str>> {
        self.names.reasons.name(bit).map(Cow::Borrowed).or_else(|| self.near.reason(bit))
    }
    fn program(&self, id: u32) -> Option<Program> {
        self.program.and_then(|program| program(id)).or_else(|| self.near.program(id))
    }
}

/// Which of a link's attributes belong to what is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// `ip link show`.
    #[default]
    Link,
    /// `ip monitor link`, and what `-echo` prints: no link mode, queue length, address generation, counters.
    Event,
}

/// How much is shown, and how.
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
    /// For which command.
    pub form: Form,
    /// The link is gone: the message was an `RTM_DELLINK`.
    pub deleted: bool,
    /// Groups, link types, protocols and reasons as numbers (`-N`).
    pub numeric: bool,
    /// Counters rounded to three digits (`-h`, `-h -iec`).
    pub human: Human,
    /// In colours (`-c`); text only.
    pub paint: Paint,
}

impl Options {
    fn newline(self) -> char {
        if self.oneline { '\\' } else { '\n' }
    }

    fn level(self) -> Level {
        Level { all: self.details > 1, ours: self.ours }
    }

    /// Fields of a nest, in this style.
    fn source<'v, 'a>(self, view: &'v View<'a>, links: &'v dyn Near) -> Styled<'v, 'a> {
        Styled { seen: Seen { view, links }, style: Style { numeric: self.numeric, paint: self.paint } }
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
