//! How a goal names a network namespace.

use std::fmt;
use std::sync::Arc;

use linkctl_schema::Safe;

/// A network namespace: the one that the command runs in, or one with a name under `/run/netns`.
///
/// Cheap to copy. Only a name that is one plain file name can be made, so that no path is ever built from it that
/// leaves the folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Netns(Option<Arc<str>>);

impl Netns {
    /// The namespace that the command runs in.
    pub const HERE: Self = Self(None);

    /// A namespace by name; `None` where the name could not be one: empty, `.`, `..`, more than 255 bytes, or
    /// with `/` or a control byte in it. An empty name is not "here".
    pub fn named(name: &str) -> Option<Self> {
        let fits = !name.is_empty()
            && name.len() <= 255
            && name != "."
            && name != ".."
            && !name.bytes().any(|b| b == b'/' || b.is_ascii_control());
        fits.then(|| Self(Some(name.into())))
    }

    /// The name; `None` for the one that the command runs in.
    pub fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl fmt::Display for Netns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => Safe(name.as_bytes()).fmt(f),
            None => f.write_str("this namespace"),
        }
    }
}

impl fmt::Debug for Netns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
