//! A command line that is read word by word.

use crate::stop::Stop;

/// The words, and how far the reading is. Words are bytes: names of links need not be text.
#[derive(Debug)]
pub struct Args<'a> {
    words: &'a [Vec<u8>],
    at: usize,
}

impl<'a> Args<'a> {
    /// Begins at the first word.
    pub fn new(words: &'a [Vec<u8>]) -> Self {
        Self { words, at: 0 }
    }

    /// How many words are left.
    pub fn left(&self) -> usize {
        self.words.len().saturating_sub(self.at)
    }

    /// The next word, which stays.
    pub fn peek(&self) -> Option<&'a [u8]> {
        self.words.get(self.at).map(Vec::as_slice)
    }

    /// The next word, which is read.
    pub fn take(&mut self) -> Option<&'a [u8]> {
        let word = self.peek()?;
        self.at += 1;
        Some(word)
    }

    /// The word behind the one that was read; there must be one.
    pub fn value(&mut self) -> Result<&'a [u8], Stop> {
        self.take().ok_or_else(Stop::incomplete)
    }

    /// Goes back by one word.
    pub fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    /// All words that are left.
    pub fn rest(&self) -> &'a [Vec<u8>] {
        self.words.get(self.at..).unwrap_or_default()
    }

    /// Nothing more is read.
    pub fn finish(&mut self) {
        self.at = self.words.len();
    }
}

/// A word as text; what is not UTF-8 is no word of any grammar.
pub fn text(word: &[u8]) -> &str {
    std::str::from_utf8(word).unwrap_or("\u{fffd}")
}

/// Whether a word is another, or a beginning of it (`matches()`).
pub fn short(word: &[u8], of: &str) -> bool {
    !word.is_empty() && of.as_bytes().starts_with(word)
}
