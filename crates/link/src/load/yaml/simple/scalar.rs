//! Keys and values of one line: plain, or in quotes.

use std::borrow::Cow;

use super::super::super::node::{At, Node, What, Word};
use super::super::is_null;
use super::Scan;

/// At which bytes a plain scalar may end: in blocks, in brackets.
pub(super) const BLOCK: u8 = 1;
pub(super) const FLOW: u8 = 2;
/// Which bytes begin no plain scalar, or none that is simple.
const FIRST: u8 = 4;

static CLASSES: [u8; 256] = {
    let all = marked([0; 256], b"\n\t:#", BLOCK | FLOW);
    let all = marked(all, b",[]{}", FLOW);
    marked(all, b" \n\t:#,[]{}?&*!|>%@`'\"", FIRST)
};

const fn marked(mut all: [u8; 256], bytes: &[u8], class: u8) -> [u8; 256] {
    let mut i = 0;
    while i < bytes.len() {
        all[bytes[i] as usize] |= class;
        i += 1;
    }
    all
}

fn is(byte: u8, class: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// The longest key: the parser has a bound of 1024 characters from its beginning to the colon.
const LONGEST: usize = 1000;

impl<'t> Scan<'t> {
    /// A key of a block, and its colon.
    pub(super) fn block_key(&mut self) -> Option<Word<'t>> {
        let start = self.at;
        let word = self.word(BLOCK)?;
        let ends = matches!(self.bytes.get(self.at + 1), None | Some(b' ' | b'\n'));
        if self.byte()? != b':' || !ends || self.at - start > LONGEST {
            return None;
        }
        self.at += 1;
        Some(word)
    }

    /// A key; what follows it is next.
    pub(super) fn word(&mut self, class: u8) -> Option<Word<'t>> {
        self.spend()?;
        if matches!(self.byte()?, b'"' | b'\'') {
            let (at, text) = self.quoted()?;
            return Some(Word { at, text });
        }
        let (at, text) = self.plain(class)?;
        (text != "<<").then_some(Word { at, text: Cow::Borrowed(text) })
    }

    pub(super) fn plain_node(&mut self, class: u8) -> Option<Node<'t>> {
        self.spend()?;
        let (at, text) = self.plain(class)?;
        let what = if is_null(text) { What::Null } else { What::Scalar(Cow::Borrowed(text)) };
        Some(Node { at, what })
    }

    pub(super) fn quoted_node(&mut self) -> Option<Node<'t>> {
        self.spend()?;
        let (at, text) = self.quoted()?;
        Some(Node { at, what: What::Scalar(text) })
    }

    /// A plain scalar; what ends it is next.
    fn plain(&mut self, class: u8) -> Option<(At, &'t str)> {
        let start = self.at;
        let first = self.byte()?;
        if is(first, FIRST) || matches!(first, b'-' | b'.') && !self.is_word() {
            return None;
        }
        loop {
            let rest = self.rest();
            self.at += rest.iter().position(|b| is(*b, class)).unwrap_or(rest.len());
            match self.byte() {
                Some(b':') => match self.bytes.get(self.at + 1) {
                    None | Some(b' ' | b'\n') => break,
                    Some(b) if class == FLOW && is(*b, FLOW) && !is(*b, BLOCK) => break,
                    Some(_) => self.at += 1,
                },
                Some(b'#') if self.bytes[self.at - 1] != b' ' => self.at += 1,
                Some(b'\t') => return None,
                _ => break,
            }
        }
        let mut end = self.at;
        while self.bytes[end - 1] == b' ' {
            end -= 1;
        }
        // In brackets, a dash that is a word of its own is refused before a bracket or comma.
        if class == FLOW
            && self.bytes[self.at - 1] == b'-'
            && (end - start == 1 || self.bytes[end - 2] == b' ')
        {
            return None;
        }
        Some((self.span(start, end), self.text.get(start..end)?))
    }

    /// Whether a dash or dot begins a plain scalar: no item of a list, no document.
    fn is_word(&self) -> bool {
        let rest = self.rest();
        !rest.starts_with(b"---")
            && !rest.starts_with(b"...")
            && (rest[0] == b'.' || rest.get(1).is_some_and(|next| !is(*next, FIRST)))
    }

    /// A scalar in quotes, with the blanks and the comment behind it; what follows them is next.
    fn quoted(&mut self) -> Option<(At, Cow<'t, str>)> {
        let start = self.at;
        let quote = self.byte()?;
        let mut escapes = false;
        loop {
            self.at += 1;
            match self.byte()? {
                b'\n' | b'\t' => return None,
                b'\\' if quote == b'"' => {
                    self.at += 1;
                    escapes = true;
                    if !matches!(self.byte()?, b'"' | b'\\' | b'/') {
                        return None;
                    }
                }
                b if b != quote => {}
                b'\'' if self.bytes.get(self.at + 1) == Some(&b'\'') => {
                    self.at += 1;
                    escapes = true;
                }
                _ => break,
            }
        }
        let inside = self.text.get(start + 1..self.at)?;
        self.at += 1;
        self.skip_trail()?;
        let text = if escapes { unescaped(inside, char::from(quote)).into() } else { Cow::Borrowed(inside) };
        Some((self.span(start, self.at), text))
    }
}

/// The text with the first of each two characters left out that are an escape.
fn unescaped(text: &str, quote: char) -> String {
    let sign = if quote == '"' { '\\' } else { quote };
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == sign { chars.next() } else { Some(c) });
    }
    out
}
