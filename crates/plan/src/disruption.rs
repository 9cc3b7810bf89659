//! What a plan costs those who use the links: packets, addresses, routes, ports and the other ends.
//!
//! A [`Trace`] carries the plan out on the model and notes what happens to every link that was there. What that means
//! for addresses and routes is told by [`Facts`], which only a kernel knows. Refuses to judge: what needs consent is in
//! `consent`, what cuts off the person who asks in `guard`.

mod consent;
mod facts;
mod loss;
mod route;
mod spread;
mod trace;

use std::collections::BTreeMap;
use std::fmt;

use linkctl_link::Key;

pub use consent::{Consent, Need, needs};
pub use facts::{Address, Facts, Origin, Route};
pub use loss::{Loss, Lost, losses};
pub use trace::{Fate, Trace};

/// How a link comes to be as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manner {
    /// While it is in use.
    Live,
    /// It was up, and is down for a moment.
    Down,
    /// It was up, and is down in the end.
    Stopped,
    /// It is made, where there was none.
    Create,
    /// It goes to another namespace.
    Move,
    /// It is deleted and made anew.
    Rebuild,
    /// It is deleted.
    Delete,
}

impl Manner {
    /// Its word in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Down => "down",
            Self::Stopped => "stopped",
            Self::Create => "create",
            Self::Move => "move",
            Self::Rebuild => "rebuild",
            Self::Delete => "delete",
        }
    }
}

/// How many links a plan changes in which manner. Shown in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary(BTreeMap<Manner, usize>);

impl Summary {
    /// Counts links.
    pub fn new(manners: impl IntoIterator<Item = Manner>) -> Self {
        let mut out = BTreeMap::new();
        manners.into_iter().for_each(|m| *out.entry(m).or_default() += 1);
        Self(out)
    }

    /// How many links there are of a manner.
    pub fn count(&self, manner: Manner) -> usize {
        self.0.get(&manner).copied().unwrap_or(0)
    }

    /// How many links there are.
    pub fn links(&self) -> usize {
        self.0.values().sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.links();
        write!(f, "{all} link{}: ", if all == 1 { "" } else { "s" })?;
        for (i, (manner, n)) in self.0.iter().enumerate() {
            let goes = if *n == 1 { "goes" } else { "go" };
            f.write_str(if i > 0 { ", " } else { "" })?;
            match manner {
                Manner::Live => write!(f, "{n} live"),
                Manner::Down => write!(f, "{n} {goes} down for a moment"),
                Manner::Stopped => write!(f, "{n} {goes} down"),
                Manner::Create => write!(f, "{n} created"),
                Manner::Move => write!(f, "{n} moved to another namespace"),
                Manner::Rebuild => write!(f, "{n} rebuilt"),
                Manner::Delete => write!(f, "{n} deleted"),
            }?;
        }
        Ok(())
    }
}

/// What a plan does, as far as a person wants to know before it is carried out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Effects {
    /// Every link that changes, under the name that it has, or gets where it is new.
    pub links: BTreeMap<Key, Manner>,
    /// What links lose, by link.
    pub losses: Vec<Loss>,
}

impl Effects {
    /// The links in numbers.
    pub fn summary(&self) -> Summary {
        Summary::new(self.links.values().copied())
    }
}
