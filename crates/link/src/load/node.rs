//! A file as a tree: what YAML, JSON and TOML have in common, with the place of everything.

use std::borrow::Cow;
use std::collections::HashMap;

/// A place in a file: from `start` to before `end`, as the file's parser counts. [`super::source::Source`] makes
/// a [`super::Span`] of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// Which of the files that are read together, from 0.
    pub(crate) file: u16,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl At {
    /// Files are far smaller than what would not fit ([`super::MOST_BYTES`]).
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let short = |n| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file: 0, start: short(start), end: short(end.max(start)) }
    }

    /// From the start of this to the end of `other`.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { end: other.end.max(self.end), ..self }
    }
}

/// A word with its place: a key.
#[derive(Clone, Debug)]
pub(crate) struct Word<'t> {
    pub(crate) at: At,
    /// A part of the file wherever it stands there as it is.
    pub(crate) text: Cow<'t, str>,
}

/// Something in a file, and where.
#[derive(Clone, Debug)]
pub(crate) struct Node<'t> {
    pub(crate) at: At,
    pub(crate) what: What<'t>,
}

/// What a node is. Numbers and booleans are their text: what it means is for the field that takes it to say.
#[derive(Clone, Debug)]
pub(crate) enum What<'t> {
    /// Nothing, said so.
    Null,
    /// One value.
    Scalar(Cow<'t, str>),
    /// Several, in order.
    List(Vec<Node<'t>>),
    /// Several by name, in order; no name twice.
    Map(Vec<(Word<'t>, Node<'t>)>),
}

impl What<'_> {
    /// How an error calls it.
    pub(crate) fn called(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Scalar(_) => "a word",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl What<'_> {
    /// Whether both say the same in the same words.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Scalar(a), Self::Scalar(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.what.same(&b.what))
            }
            (Self::Map(a), Self::Map(b)) => {
                a.len() == b.len()
                    && a.iter().zip(b).all(|((k, a), (l, b))| k.text == l.text && a.what.same(&b.what))
            }
            _ => false,
        }
    }
}

impl<'t> Node<'t> {
    /// Its entries, if it is a map.
    pub(crate) fn map(&self) -> Option<&[(Word<'t>, Self)]> {
        match &self.what {
            What::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Says of all of it that it is in a file.
    pub(crate) fn put_in(&mut self, file: u16) {
        self.at.file = file;
        match &mut self.what {
            What::Null | What::Scalar(_) => {}
            What::List(items) => items.iter_mut().for_each(|n| n.put_in(file)),
            What::Map(entries) => {
                for (word, node) in entries {
                    word.at.file = file;
                    node.put_in(file);
                }
            }
        }
    }

    /// How many nodes there are in it, itself counted, and how many levels.
    pub(crate) fn measure(&self) -> (usize, usize) {
        let below = |nodes: &mut dyn Iterator<Item = &Self>| {
            nodes.fold((1, 0), |(count, height), n| {
                let (more, high) = n.measure();
                (count + more, height.max(high))
            })
        };
        let (count, height) = match &self.what {
            What::Null | What::Scalar(_) => return (1, 0),
            What::List(items) => below(&mut items.iter()),
            What::Map(entries) => below(&mut entries.iter().map(|(_, n)| n)),
        };
        (count, height + 1)
    }
}

/// The first word of a map that stands in it a second time: both.
pub(crate) fn twice<'m, 't>(map: &'m [(Word<'t>, Node<'t>)]) -> Option<(&'m Word<'t>, &'m Word<'t>)> {
    // Most maps have a handful of words.
    if map.len() <= 8 {
        return map.iter().enumerate().find_map(|(i, (second, _))| {
            let (first, _) = map[..i].iter().find(|(first, _)| first.text == second.text)?;
            Some((first, second))
        });
    }
    let mut seen: HashMap<&str, &Word<'t>> = HashMap::with_capacity(map.len());
    map.iter().find_map(|(word, _)| Some((seen.insert(&word.text, word)?, word)))
}
