//! What should be.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_schema::Mac;

use crate::glob::Glob;
use crate::key::Key;
use crate::link::Link;
use crate::netns::Netns;

/// What is wanted of one link.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// It is to be, and to be so.
    Present(Box<Link>),
    /// It is not to be.
    Absent,
}

impl Want {
    /// The link that is to be.
    pub fn link(&self) -> Option<&Link> {
        match self {
            Self::Present(link) => Some(link),
            Self::Absent => None,
        }
    }
}

/// How a file finds a link that is there under whatever name. All that is said must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    /// The address that the hardware was made with.
    pub perm_address: Option<Mac>,
    /// The address that it has.
    pub address: Option<Mac>,
    /// The name of its driver.
    pub driver: Option<String>,
    /// The place of its hardware on the bus.
    pub path: Option<String>,
    /// One of its alternative names.
    pub altname: Option<String>,
    /// Its kind.
    pub kind: Option<String>,
    /// Its index: only the journal knows it, and only in one run of the machine.
    pub index: Option<u32>,
    /// Where it is instead, if it is not there under its key: only the journal says so.
    pub at: Option<Key>,
}

impl Match {
    /// Whether it is the journal's: then a link that is not found any more is no failure.
    pub fn is_kept(&self) -> bool {
        self.index.is_some() || self.at.is_some()
    }
}

/// What becomes of links that a goal does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// They stay as they are.
    #[default]
    Partial,
    /// Those that an earlier apply made go.
    Owned,
    /// All go, but for those that are ignored and those that cannot.
    Full,
}

impl Scope {
    /// All, with the words that a file has for them.
    pub const WORDS: [(&str, Self); 3] =
        [("partial", Self::Partial), ("owned", Self::Owned), ("full", Self::Full)];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, s)| *s == self).map_or("", |(w, _)| w)
    }
}

/// What a file can say of a namespace; nothing is the first.
pub(crate) const PRESENCE: [&str; 2] = ["present", "absent"];

/// The links that should be, and those that should not. Links that it does not name are left as they are, unless its
/// scope says otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Goal {
    /// By namespace and name.
    pub links: BTreeMap<Key, Want>,
    /// How links are found that may have another name now; they are renamed to their key's.
    pub matches: BTreeMap<Key, Match>,
    /// A link may be deleted and made anew where that is the only way.
    pub rebuild: bool,
    /// What nobody asked for may be lost on the way: ports, addresses, links that go with others.
    pub disruption: bool,
    /// What becomes of links that are not among `links`.
    pub scope: Scope,
    /// Names of links that the scope does not reach, after those that it does not reach anyway. The last that fits
    /// counts.
    pub ignore: Vec<Glob>,
    /// Links that it does not reach either.
    pub spared: BTreeSet<Key>,
    /// Namespaces that are to be there, and those that are not. Others stay as they are.
    pub namespaces: BTreeMap<Netns, bool>,
}

impl Goal {
    /// Nothing is wanted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wants a link.
    pub fn want(&mut self, key: Key, link: Link) {
        self.links.insert(key, Want::Present(Box::new(link)));
    }

    /// Wants a link gone.
    pub fn forbid(&mut self, key: Key) {
        self.links.insert(key, Want::Absent);
    }

    /// The links that are to be.
    pub fn present(&self) -> impl Iterator<Item = (&Key, &Link)> {
        self.links.iter().filter_map(|(k, w)| w.link().map(|l| (k, l)))
    }
}
