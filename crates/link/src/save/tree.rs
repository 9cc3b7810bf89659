//! A goal on its way to text.

/// What both formats can say.
pub(super) enum Tree {
    Null,
    Switch(bool),
    /// A number, in decimal.
    Number(String),
    /// A text, which has no control characters in it.
    Text(String),
    /// Several; none of them a list or map.
    List(Vec<Tree>),
    Map(Vec<Entry>),
}

/// An entry of a map.
pub(super) type Entry = (String, Tree);

impl Tree {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}
