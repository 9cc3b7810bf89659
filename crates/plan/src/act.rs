//! What can be done to links, one kernel request each, and lists of it with reasons. Knows no order and no reason.

use std::borrow::Cow;
use std::collections::BTreeSet;

use linkctl_link::{Key, Link, World};
use linkctl_schema::{Name, Record, Value};

use crate::reason::Reason;
use crate::trail::Trail;

/// One thing to do, in the kernel's own terms.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Makes a link with all that the kernel takes at creation; of a pair, the other end with it.
    Create {
        /// Where, and how it is called.
        key: Key,
        /// What it is: no late fields; master and being up only where the kernel takes them here.
        link: Box<Link>,
        /// The other end: never with a master, never up.
        peer: Option<(Key, Box<Link>)>,
    },
    /// Deletes a link, and with it what stands on it and its other end.
    Delete(Key),
    /// Changes what every link has; exactly these fields.
    Base(Key, Record),
    /// Adds and removes alternative names.
    Altnames {
        /// Whose.
        key: Key,
        /// The names that it gets.
        add: Vec<Value<'static>>,
        /// The names that it loses.
        remove: Vec<Value<'static>>,
    },
    /// Changes what its kind has; exactly these fields.
    Data(Key, Record),
    /// Changes what its master's kind says of it as a port.
    Port(Key, Record),
    /// Changes settings of its hardware and driver; exactly these fields, all of one of ethtool's messages.
    Ethtool(Key, Record),
    /// Has so many virtual functions made.
    Functions(Key, u32),
    /// Changes settings of one of its virtual functions; exactly these fields.
    Function(Key, u32, Record),
    /// Makes a namespace with a name, and with it this link: its loopback.
    NewNetns(Key),
    /// Takes the name of a namespace away, which has no other links; this is its loopback.
    DropNetns(Key),
    /// Makes it a port of another link, or of none.
    Master(Key, Option<Name>),
    /// Gives it another name.
    Rename(Key, Name),
    /// Takes it to another namespace, under a name.
    Move(Key, Key),
    /// Takes it up.
    Up(Key),
    /// Takes it down.
    Down(Key),
}

impl Act {
    /// The link that it is about, as it is called before.
    pub fn key(&self) -> &Key {
        match self {
            Self::Create { key, .. } | Self::Altnames { key, .. } => key,
            Self::Delete(key) | Self::Base(key, _) | Self::Data(key, _) | Self::Port(key, _) => key,
            Self::Ethtool(key, _) | Self::Functions(key, _) | Self::Function(key, ..) => key,
            Self::NewNetns(key)
            | Self::DropNetns(key)
            | Self::Master(key, _)
            | Self::Rename(key, _)
            | Self::Move(key, _)
            | Self::Up(key)
            | Self::Down(key) => key,
        }
    }

    /// Its word: in JSON and in text.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Create { .. } => "create",
            Self::Delete(_) => "delete",
            Self::Base(..) | Self::Data(..) => "set",
            Self::Altnames { .. } => "altnames",
            Self::Port(..) => "port",
            Self::Ethtool(..) => "ethtool",
            Self::Functions(..) => "vfs",
            Self::Function(..) => "vf",
            Self::NewNetns(_) => "create-netns",
            Self::DropNetns(_) => "delete-netns",
            Self::Master(..) => "master",
            Self::Rename(..) => "rename",
            Self::Move(..) => "move",
            Self::Up(_) => "up",
            Self::Down(_) => "down",
        }
    }
}

/// One act, and why it is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is done.
    pub act: Act,
    /// Why; at least one reason.
    pub why: Vec<Reason>,
}

/// What a plan does to a link that is not only a change of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// It is deleted and made anew.
    Rebuilt,
    /// It vanishes with another, though nobody said so.
    Gone,
    /// It is without its master for a while, or stays so.
    Released,
    /// It is down for a while, or stays so, though nobody said so.
    Down,
    /// Its virtual functions go, and the links and settings of them.
    Functions,
    /// Its speed is fixed and, for want of a carrier, not told: no way leads back to it.
    Forgotten,
    /// Its hardware is set up anew: its carrier may go for a moment.
    Reset,
    /// It has a smaller MTU, as the link below it or a port of it has.
    Shrunk,
}

/// A link that a plan disturbs.
#[derive(Clone, Debug, PartialEq)]
pub struct Disruption {
    /// Which link.
    pub link: Key,
    /// What happens to it.
    pub harm: Harm,
    /// Why.
    pub why: Vec<Reason>,
}

/// Acts in an order in which each can succeed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The acts, first to last.
    pub steps: Vec<Step>,
    /// The links that are disturbed on the way, by key, at most one entry each.
    pub disruptions: Vec<Disruption>,
    /// What the planner saw of it, where it made all of these steps.
    trail: Option<Box<Trail>>,
}

impl Plan {
    /// These steps, of which nobody knows yet what they disturb.
    pub fn of(steps: Vec<Step>) -> Self {
        Self { steps, ..Self::default() }
    }

    /// What the planner found.
    pub(crate) fn found(steps: Vec<Step>, disruptions: Vec<Disruption>, trail: Option<Trail>) -> Self {
        Self { steps, disruptions, trail: trail.map(Box::new) }
    }

    /// What it does in all to the links that it was made for.
    pub(crate) fn trail(&self, before: &World) -> Cow<'_, Trail> {
        let known = self.trail.as_deref().map(Cow::Borrowed);
        known.unwrap_or_else(|| Cow::Owned(Trail::follow(before, &self.steps)))
    }

    /// Links that were there, under the names that they had, and that are deleted on the way or go with another that is, whether or
    /// not they come back. Where none is, this is found by a look at the steps alone.
    pub fn vanishing(&self, before: &World) -> BTreeSet<Key> {
        let falls = |act: &Act| match act {
            Act::Delete(_) | Act::DropNetns(_) => true,
            Act::Create { key, .. } => before.contains_key(key),
            _ => false,
        };
        let falling: Vec<&Key> =
            self.steps.iter().map(|s| &s.act).filter(|act| falls(act)).map(Act::key).collect();
        if falling.is_empty() {
            return BTreeSet::new();
        }
        let there = falling.into_iter().filter(|k| before.contains_key(*k));
        there.chain(&self.trail(before).gone).cloned().collect()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The links that are deleted, released or taken down though nobody asked for that, and why.
    pub fn disruptive(&self) -> &[Disruption] {
        &self.disruptions
    }
}
