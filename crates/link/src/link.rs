//! One link, as it is or as it should be.

use linkctl_kinds::link as base;
use linkctl_schema::{Kind, Name, Record, Value};

use crate::key::Key;
use crate::netns::Netns;
use crate::nic::Nic;

/// What is known or wanted of one link. What is not said is "don't care", never "default".
#[derive(Clone, Debug)]
pub struct Link {
    /// Its index in its namespace; 0 where it is only wanted.
    pub index: u32,
    /// Its kind; `None` for hardware, and for kinds that the book does not know.
    pub kind: Option<&'static Kind>,
    /// The kernel's word for a kind that the book does not know.
    pub foreign: Option<Box<[u8]>>,
    /// What every link has.
    pub base: Record,
    /// What its kind has.
    pub data: Record,
    /// What its master's kind says of its ports.
    pub port: Option<Record>,
    /// The link that it stands on, in whichever namespace. The base record names it too where that is the same.
    pub lower: Option<Key>,
    /// The other end, for kinds that come in pairs.
    pub peer: Option<Key>,
    /// The namespace that it was made for, where that is another than it is in: a tunnel's ends count there.
    pub home: Option<Netns>,
    /// Whether it is the end of a pair that changes no settings: the other one does.
    pub second: bool,
    /// The least and the greatest MTU that its driver takes, where the kernel told.
    pub mtus: Option<(u32, u32)>,
    /// What is beside its message; `None` where nobody asked.
    pub nic: Option<Box<Nic>>,
}

/// A table without fields, for links without a kind.
static NOTHING: linkctl_schema::Fields = linkctl_schema::Fields::new(&[]);

impl Link {
    /// A link of which nothing is said but its kind.
    pub fn new(kind: Option<&'static Kind>) -> Self {
        Self {
            index: 0,
            kind,
            foreign: None,
            base: Record::new(&base::FIELDS),
            data: Record::new(kind.map_or(&NOTHING, |k| k.fields)),
            port: None,
            lower: None,
            peer: None,
            home: None,
            second: false,
            mtus: None,
            nic: None,
        }
    }

    /// Whether it is up; `None` where nothing is said.
    pub fn up(&self) -> Option<bool> {
        self.base.get(base::UP)
    }

    /// The master that is said: [`Name::NONE`] for none; `None` where nothing is said.
    pub fn master(&self) -> Option<Name> {
        self.base.get(base::MASTER)
    }

    /// The master that it has; `None` where it has none or nothing is said.
    pub fn has_master(&self) -> Option<Name> {
        self.master().filter(|m| !m.is_none())
    }

    /// The links that a link of this kind names in its own attributes, such as what a vxlan sends through.
    pub fn named(&self) -> impl Iterator<Item = Name> {
        self.data.iter().filter(|(f, _)| !f.late).filter_map(|(_, v)| match v {
            Value::Link(name) if !name.is_none() => Some(*name),
            _ => None,
        })
    }

    /// Whether the kernel deletes it when asked: it has a kind. Hardware and the loopback have none, but for InfiniBand's,
    /// whose partitions alone go (`ipoib_unregister_child_dev`), and links of Open vSwitch are its own.
    pub fn can_go(&self) -> bool {
        self.kind.is_some_and(|k| k.name != "ipoib" || self.lower.is_some())
            || self.foreign.is_some() && !self.is_switch()
    }

    /// Whether it is a link of Open vSwitch's: a bridge, or what the kernel shows as the master of all their ports.
    pub fn is_switch(&self) -> bool {
        self.kind_word() == b"openvswitch"
    }

    /// The name of its kind, as the kernel says it; empty for hardware.
    pub fn kind_word(&self) -> &[u8] {
        self.kind.map_or_else(|| self.foreign.as_deref().unwrap_or_default(), |k| k.name.as_bytes())
    }
}

impl PartialEq for Link {
    /// Whether the same is said of both; what only the kernel decides does not count: index, home, which end it is,
    /// its driver's bounds.
    fn eq(&self, other: &Self) -> bool {
        self.kind_word() == other.kind_word()
            && self.base == other.base
            && self.data == other.data
            && self.port == other.port
            && self.lower == other.lower
            && self.peer == other.peer
            && self.nic == other.nic
    }
}
