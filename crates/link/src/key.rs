//! What tells one link from another in a goal: namespace and name.

use std::fmt;

use linkctl_schema::Name;

use crate::netns::Netns;

/// A link's identity in goals and plans. Shown as `eth0`, or `blue/eth0` in another namespace.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Where it is.
    pub netns: Netns,
    /// What it is called there.
    pub name: Name,
}

impl Key {
    /// A link of the namespace that the command runs in.
    pub fn here(name: Name) -> Self {
        Self { netns: Netns::HERE, name }
    }

    /// A link of a namespace.
    pub fn new(netns: Netns, name: Name) -> Self {
        Self { netns, name }
    }

    /// The link that comes and goes with its namespace: where it is, that is (`loopback_net_init` of
    /// `drivers/net/loopback.c`).
    pub fn loopback(netns: Netns) -> Self {
        Self { netns, name: Name::LOOPBACK }
    }

    /// Whether it is that link: nothing else can have its name, for no namespace is without it.
    pub fn is_loopback(&self) -> bool {
        self.name == Name::LOOPBACK
    }

    /// The link of that name in the same namespace as this.
    #[must_use]
    pub fn beside(&self, name: Name) -> Self {
        Self { netns: self.netns.clone(), name }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.netns.name().is_some() {
            write!(f, "{}/", self.netns)?;
        }
        self.name.fmt(f)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
