//! The bytes of a file as text, and where in them a place is.

use std::path::Path;

use super::error::{Error, Fault, Place, Span};
use super::limits::{Limits, too_much};
use super::node::At;

/// A file's text and name.
pub(crate) struct Source<'s> {
    file: &'s Path,
    /// Without a byte order mark.
    pub(crate) text: &'s str,
    /// How many bytes of the file are before the text.
    skipped: usize,
    /// How places are counted.
    count: Count,
}

/// How a parser counts places.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Bytes,
    Chars,
}

impl<'s> Source<'s> {
    /// Takes a file's bytes for text. Refused is what cannot be a goal, before anything parses it: too large, empty,
    /// not UTF-8, control bytes.
    pub(crate) fn new(
        file: &'s Path,
        bytes: &'s [u8],
        count: Count,
        limits: Limits,
    ) -> Result<Self, Box<Error>> {
        let source = |text, skipped| Self { file, text, skipped, count };
        let refuse = |text: &'s str, what: String| {
            let place = Self { count: Count::Bytes, ..source(text, 0) };
            Box::new(place.error(Fault::file(At::new(text.len(), text.len()), what)))
        };
        if bytes.len() > limits.bytes {
            let what = format!("the file has {} bytes, at most {} are read", bytes.len(), limits.bytes);
            return Err(refuse("", what));
        }
        if bytes.is_empty() {
            return Err(refuse("", "the file is empty".into()));
        }
        let whole = std::str::from_utf8(bytes).map_err(|e| {
            let (valid, rest) = bytes.split_at(e.valid_up_to());
            let byte = rest.first().copied().unwrap_or_default();
            refuse(
                std::str::from_utf8(valid).unwrap_or_default(),
                format!("the byte {byte:#04x} is not UTF-8 text"),
            )
        })?;
        // Sums over all bytes, for they are taken many at a time; which one it is is asked where there is one.
        let noise = |b: u8| b.is_ascii_control() && !matches!(b, b'\t' | b'\n' | b'\r');
        if bytes.iter().fold(false, |any, b| any | noise(*b))
            && let Some(at) = bytes.iter().position(|b| noise(*b))
        {
            return Err(refuse(&whole[..at], format!("the control byte {:#04x} is no text", bytes[at])));
        }
        // Parsers keep much for each value before they tell the first: what has too many is not handed to them.
        let sign = |b: &u8| u8::from(matches!(b, b',' | b'[' | b'{' | b'='));
        let signs = |few: &[u8]| usize::from(few.iter().map(sign).sum::<u8>());
        if bytes.chunks(u8::MAX.into()).map(signs).sum::<usize>() > limits.nodes {
            return Err(refuse("", too_much(limits.nodes)));
        }
        let text = whole.strip_prefix('\u{feff}').unwrap_or(whole);
        Ok(source(text, whole.len() - text.len()))
    }

    /// A file of which nothing was read.
    pub(crate) fn bare(file: &'s Path) -> Self {
        Self { file, text: "", skipped: 0, count: Count::Bytes }
    }

    /// Where a place is.
    pub(crate) fn span(&self, at: At) -> Span {
        let (start, end) = (self.byte(at.start as usize), self.byte(at.end as usize));
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Span {
            start: start + self.skipped,
            end: end.max(start) + self.skipped,
            line: before.bytes().filter(|b| *b == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The byte that a place is at, on a character's boundary.
    fn byte(&self, n: usize) -> usize {
        match self.count {
            Count::Chars => self.text.char_indices().nth(n).map_or(self.text.len(), |(i, _)| i),
            Count::Bytes => self.text.floor_char_boundary(n),
        }
    }

    /// A fault of this file, with its places looked up.
    pub(crate) fn error(&self, fault: Fault) -> Error {
        error(&[self], fault)
    }
}

/// A fault of files that are read together, with its places looked up. A file that is none of them is the first.
pub(crate) fn error(sources: &[&Source<'_>], fault: Fault) -> Error {
    let place = |at: At| {
        let source = sources.get(usize::from(at.file)).unwrap_or(&sources[0]);
        Place { file: source.file.to_owned(), span: source.span(at) }
    };
    let Place { file, span } = place(fault.at);
    let Fault { path, what, doc, hint, also, .. } = fault;
    let (doc, hint) = (doc.map(String::from), hint.map(String::from));
    Error { file, span, path, what, doc, hint, also: also.map(place) }
}
