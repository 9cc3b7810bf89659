//! A goal on its way to text.

use std::borrow::Cow;

/// What both formats can say.
pub(super) enum Tree {
    Null,
    Switch(bool),
    /// A number, in decimal.
    Number(String),
    /// A text, which has no control characters in it.
    Text(Cow<'static, str>),
    /// Several; none of them a list or map.
    List(Vec<Tree>),
    Map(Vec<Entry>),
}

/// An entry of a map.
pub(super) type Entry = (Cow<'static, str>, Tree);

impl Tree {
    pub(super) fn text(text: impl Into<Cow<'static, str>>) -> Self {
        Self::Text(text.into())
    }
}
