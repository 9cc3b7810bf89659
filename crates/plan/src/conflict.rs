//! Why no plan exists, in the user's words.

use std::fmt;

use linkctl_kinds::{KINDS, link as base};
use linkctl_link::{Key, Link, World};
use linkctl_schema::rules::Broken;
use linkctl_schema::{Name, Safe};

use crate::model::{Refusal, altnames};
use crate::reason::Reason;

/// Why a goal cannot be reached. Shown as one lower-case clause.
#[derive(Clone, Debug, PartialEq)]
pub enum Conflict {
    /// A link needs another that is not there, or that is not to be.
    Missing {
        /// The link.
        link: Key,
        /// What it stands on, is a port of, or names.
        needs: Key,
    },
    /// A link of which nothing is said stands on another that is to go, or names it.
    Bereft {
        /// The link.
        link: Key,
        /// What is to go.
        of: Key,
    },
    /// It is known, or names another, by an alternative name; goals know links by their own.
    Alternative {
        /// The link; where it is itself meant, with that name.
        link: Key,
        /// The name.
        name: Key,
        /// Whose it is.
        of: Key,
    },
    /// It is not there, and nothing is said of what it should be.
    NoKind(Key),
    /// Links of its kind stand on another, and none is named.
    NoLower(Key),
    /// Links of its kind come in pairs, and the other end is not named.
    NoPeer(Key),
    /// A new name holds a `%`, where the kernel would put a number of its own (`__dev_alloc_name` of
    /// `net/core/dev.c`), so that nobody knew what the link is called.
    Pattern(Key),
    /// Each stands on the next or is a port of it, and the last of the first.
    Loop(Vec<Key>),
    /// Its master cannot have ports.
    NotAMaster {
        /// The link.
        link: Key,
        /// What was to be its master.
        master: Key,
    },
    /// Its master does not take links of its kind.
    NotAPort {
        /// The link.
        link: Key,
        /// What was to be its master.
        master: Key,
    },
    /// Settings of a port are wanted of a link that has no such master.
    NoMaster(Key),
    /// A rule of its kind is broken.
    RuleBroken {
        /// The link.
        link: Key,
        /// The rule.
        broken: Broken,
    },
    /// It would have to be made anew, and its kind is not in the book.
    KindUnknown {
        /// The link.
        link: Key,
        /// The kernel's word for its kind.
        word: Box<[u8]>,
    },
    /// It would have to be deleted, and is Open vSwitch's.
    OfSwitch(Key),
    /// It would have to be deleted, and is hardware or the loopback.
    CannotDelete(Key),
    /// Only a rebuild would do it, and that is not allowed.
    NeedsRebuild {
        /// The link.
        link: Key,
        /// What cannot be changed.
        because: Vec<Reason>,
    },
    /// Two ends of a pair do not name each other, or one is not to be.
    PeerDisagrees {
        /// The one end.
        link: Key,
        /// The other.
        peer: Key,
    },
    /// The name that a link is to have is another's.
    NameTaken {
        /// The link that is to be called so.
        link: Key,
        /// The name.
        name: Name,
    },
    /// The kernel would refuse one of the steps.
    Refused {
        /// The link of that step.
        link: Key,
        /// What it would say.
        refusal: Refusal,
    },
}

impl Conflict {
    /// The link that it is about.
    pub fn link(&self) -> Option<&Key> {
        match self {
            Self::Missing { link, .. }
            | Self::Bereft { link, .. }
            | Self::Alternative { link, .. }
            | Self::NotAMaster { link, .. }
            | Self::NotAPort { link, .. }
            | Self::RuleBroken { link, .. }
            | Self::KindUnknown { link, .. }
            | Self::NeedsRebuild { link, .. }
            | Self::PeerDisagrees { link, .. }
            | Self::NameTaken { link, .. }
            | Self::Refused { link, .. }
            | Self::NoKind(link)
            | Self::NoLower(link)
            | Self::NoPeer(link)
            | Self::Pattern(link)
            | Self::NoMaster(link)
            | Self::OfSwitch(link)
            | Self::CannotDelete(link) => Some(link),
            Self::Loop(links) => links.first(),
        }
    }

    /// The settings that cause it, where it tells any.
    pub fn fields(&self) -> Vec<&'static str> {
        match self {
            // A refusal of a setting begins with its name.
            Self::Refused { refusal, .. } => {
                let first = refusal.why.split(' ').next().unwrap_or_default();
                let kinds = KINDS.iter().flat_map(|k| k.fields.list());
                let mut all = base::FIELDS.list().iter().chain(kinds);
                all.find(|f| f.name == first).map(|f| f.name).into_iter().collect()
            }
            Self::NeedsRebuild { because, .. } => because.iter().filter_map(Reason::field).collect(),
            Self::NotAMaster { .. } | Self::NotAPort { .. } => vec!["master"],
            _ => Vec::new(),
        }
    }
}

/// Tells of links that were not found whether there is one that has that name as well.
pub(crate) fn by_altnames(conflicts: Vec<Conflict>, have: &World) -> Vec<Conflict> {
    let owner = |key: &Key| {
        let named = |(k, link): &(&Key, &Link)| {
            k.netns == key.netns && altnames(link).any(|name| name == key.name.as_bytes())
        };
        have.iter().find(named).map(|(of, _)| of.clone())
    };
    let told = |conflict: Conflict| {
        let (link, name) = match &conflict {
            Conflict::Missing { link, needs } => (link, needs),
            Conflict::NoKind(link) => (link, link),
            _ => return conflict,
        };
        match owner(name) {
            Some(of) => Conflict::Alternative { link: link.clone(), name: name.clone(), of },
            None => conflict,
        }
    };
    conflicts.into_iter().map(told).collect()
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { link, needs } => write!(f, "{link} needs {needs}, which is not there"),
            Self::Bereft { link, of } => {
                write!(
                    f,
                    "{link} needs {of}, which is to go: say that {link} is to go, too, or what else it is to stand on"
                )
            }
            Self::Alternative { link, name, of } if link == name => {
                write!(f, "{name} is an alternative name of {of}: say {of}")
            }
            Self::Alternative { link, name, of } => {
                write!(f, "{link} needs {name}, which is an alternative name of {of}: say {of}")
            }
            Self::NoKind(link) => write!(f, "{link} is not there, and no kind is said to make it of"),
            Self::NoLower(link) => write!(f, "{link} needs a link to stand on"),
            Self::Pattern(link) => {
                write!(f, "{link}: a new name cannot hold '%', for the kernel puts a number there")
            }
            Self::NoPeer(link) => write!(f, "{link} needs another end"),
            Self::Loop(keys) => {
                f.write_str("a loop: ")?;
                keys.iter().try_for_each(|k| write!(f, "{k} needs "))?;
                keys.first().map_or(Ok(()), |k| k.fmt(f))
            }
            Self::NotAMaster { link, master } => {
                write!(f, "{link} cannot be a port of {master}, which is no master")
            }
            Self::NotAPort { link, master } => write!(f, "{master} does not take {link} as a port"),
            Self::NoMaster(link) => write!(f, "{link} has settings of a port, and no master that has them"),
            Self::RuleBroken { link, broken } => write!(f, "{link}: {broken}"),
            Self::KindUnknown { link, word } => {
                write!(f, "{link} would have to be made anew, and the kind {} is not known", Safe(word))
            }
            Self::OfSwitch(link) => {
                write!(
                    f,
                    "{link} is a link of Open vSwitch's, which alone makes it go: ovs-vsctl del-br, del-port"
                )
            }
            Self::CannotDelete(link) => write!(f, "{link} is hardware or the loopback and cannot be deleted"),
            Self::NeedsRebuild { link, because } => {
                write!(f, "{link} would have to be deleted and made anew: ")?;
                because
                    .iter()
                    .enumerate()
                    .try_for_each(|(i, r)| write!(f, "{}{r}", if i > 0 { ", " } else { "" }))
            }
            Self::PeerDisagrees { link, peer } => {
                write!(f, "{link} and {peer} cannot be two ends of one pair")
            }
            Self::NameTaken { link, name } => write!(f, "{link} cannot be called {name}, another link is"),
            Self::Refused { link, refusal } => write!(f, "{link}: {refusal}"),
        }
    }
}

impl std::error::Error for Conflict {}
