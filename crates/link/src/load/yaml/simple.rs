//! YAML as it is mostly written, in one pass: maps and lists in blocks or brackets, scalars of one line, comments.
//!
//! What is read here is the tree that the parser's events give, place by place. Whatever else YAML has – anchors, tags,
//! texts of several lines, keys that are no words, tabs, all that is an error – is not read here, not even in part: the
//! parser reads such a file, and tells what is wrong with it.

mod scalar;
#[cfg(test)]
mod tests;

use super::super::limits::MOST_DEPTH;
use super::super::node::{At, Node, What, Word, twice};

/// The tree of a text, and how many values it has: at most `most`. `None` where it is not that simple.
pub(super) fn tree(text: &str, most: usize) -> Option<(Node<'_>, usize)> {
    let bytes = text.as_bytes();
    let ascii = text.is_ascii();
    if bytes.contains(&b'\r') || !ascii && text.contains('\u{feff}') {
        return None;
    }
    let mut scan = Scan {
        text,
        bytes,
        ascii,
        at: 0,
        column: None,
        tabs: false,
        known: (0, 0),
        entries: Vec::new(),
        items: Vec::new(),
        count: 0,
        most,
    };
    Some((scan.document()?, scan.count))
}

struct Scan<'t> {
    text: &'t str,
    bytes: &'t [u8],
    ascii: bool,
    /// The byte that is read next.
    at: usize,
    /// Which column it is in, where it begins what is on a line; `None` at the end of the text.
    column: Option<usize>,
    /// Tabs are blanks: within brackets that are in no block, such as all of a JSON file.
    tabs: bool,
    /// A byte, and how many characters are before it.
    known: (usize, usize),
    /// Entries of maps that are open, and items of lists: each is moved once, into room of its size.
    entries: Vec<(Word<'t>, Node<'t>)>,
    items: Vec<Node<'t>>,
    count: usize,
    most: usize,
}

impl<'t> Scan<'t> {
    fn document(&mut self) -> Option<Node<'t>> {
        self.skip_lines();
        if self.column == Some(0) && self.rest().starts_with(b"---\n") {
            self.at += 3;
            self.skip_lines();
        }
        let column = self.column?;
        let node = match self.byte()? {
            b'{' | b'[' => {
                self.tabs = true;
                let node = self.flow(0, 0)?;
                self.tabs = false;
                self.end_line()?;
                node
            }
            b'-' if self.is_dash() => self.block_list(column, false, 0)?,
            _ => self.block_map(column, 0)?,
        };
        self.column.is_none().then_some(node)
    }

    fn rest(&self) -> &'t [u8] {
        &self.bytes[self.at..]
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn is_dash(&self) -> bool {
        self.rest().starts_with(b"- ")
    }

    /// Counts one more value.
    fn spend(&mut self) -> Option<()> {
        self.count += 1;
        (self.count <= self.most).then_some(())
    }

    /// The character that a byte is.
    fn place(&mut self, byte: usize) -> usize {
        let (before, chars) = self.known;
        let count = |bytes: &[u8]| bytes.iter().filter(|b| **b & 0xc0 != 0x80).count();
        let chars = match self.bytes.get(before..byte) {
            Some(more) => chars + count(more),
            None => chars.saturating_sub(count(&self.bytes[byte..before])),
        };
        self.known = (byte, chars);
        chars
    }

    fn span(&mut self, start: usize, end: usize) -> At {
        if self.ascii {
            return At::new(start, end);
        }
        let start = self.place(start);
        At::new(start, self.place(end))
    }

    fn here(&mut self) -> At {
        self.span(self.at, self.at)
    }

    fn skip_spaces(&mut self) {
        while self.byte().is_some_and(|b| b == b' ' || b == b'\t' && self.tabs) {
            self.at += 1;
        }
    }

    fn skip_to_break(&mut self) {
        self.at += self.rest().iter().position(|b| *b == b'\n').unwrap_or(self.rest().len());
    }

    /// Goes to what is on this line or a later one, over empty lines and comments.
    fn skip_lines(&mut self) {
        loop {
            if self.byte() == Some(b'\n') {
                self.at += 1;
            }
            let start = self.at;
            self.skip_spaces();
            match self.byte() {
                None => return self.column = None,
                Some(b'\n') => {}
                Some(b'#') => self.skip_to_break(),
                Some(_) => return self.column = Some(self.at - start),
            }
        }
    }

    /// Goes over blanks and a comment behind them.
    fn skip_trail(&mut self) -> Option<()> {
        self.skip_spaces();
        if self.byte() == Some(b'#') {
            if self.bytes[self.at - 1] != b' ' {
                return None;
            }
            self.skip_to_break();
        }
        Some(())
    }

    /// Nothing more is on this line: goes to what is on the next.
    fn end_line(&mut self) -> Option<()> {
        self.skip_trail()?;
        if !matches!(self.byte(), None | Some(b'\n')) {
            return None;
        }
        self.skip_lines();
        Some(())
    }

    /// A map whose keys are in a column, the first of them here.
    fn block_map(&mut self, column: usize, depth: usize) -> Option<Node<'t>> {
        self.enter(depth)?;
        // The outermost may be as large as the file: they keep the room in which they grew.
        let outer = (depth < 2).then(|| std::mem::take(&mut self.entries));
        let (before, start) = (self.entries.len(), self.here());
        loop {
            let word = self.block_key()?;
            let node = self.block_value(column, depth)?;
            self.entries.push((word, node));
            match self.column {
                Some(next) if next > column => return None,
                Some(next) if next == column => {}
                _ => break,
            }
        }
        let map: Vec<_> = match outer {
            Some(outer) => std::mem::replace(&mut self.entries, outer),
            None => self.entries.drain(before..).collect(),
        };
        let end = map.last().map_or(start, |(_, node)| node.at);
        twice(&map).is_none().then_some(Node { at: start.to(end), what: What::Map(map) })
    }

    /// A list or map more is open.
    fn enter(&mut self, depth: usize) -> Option<()> {
        self.spend()?;
        (depth < MOST_DEPTH).then_some(())
    }

    /// What is behind the colon of a key in that column.
    fn block_value(&mut self, column: usize, depth: usize) -> Option<Node<'t>> {
        let colon = self.span(self.at - 1, self.at - 1);
        self.skip_spaces();
        if !matches!(self.byte(), None | Some(b'\n' | b'#')) {
            return self.inline(column, depth);
        }
        self.end_line()?;
        match self.column {
            Some(next) if next > column && self.is_dash() => self.block_list(next, false, depth + 1),
            Some(next) if next == column && self.is_dash() => self.block_list(next, true, depth + 1),
            Some(next) if next > column => self.block_map(next, depth + 1),
            _ => {
                self.spend()?;
                Some(Node { at: colon, what: What::Null })
            }
        }
    }

    /// A list whose dashes are in a column, the first of them here. One that is not indented begins, for the parser, with
    /// its first item.
    fn block_list(&mut self, column: usize, indentless: bool, depth: usize) -> Option<Node<'t>> {
        self.enter(depth)?;
        let (before, mut start) = (self.items.len(), self.here());
        loop {
            let dash = self.at;
            self.at += 1;
            self.skip_spaces();
            if indentless && self.items.len() == before {
                start = self.here();
            }
            let first = (self.at, self.count);
            let map = !matches!(self.byte(), Some(b'{' | b'[')) && self.block_key().is_some();
            (self.at, self.count) = first;
            let node = if map {
                self.block_map(column + self.at - dash, depth + 1)?
            } else {
                self.inline(column, depth)?
            };
            self.items.push(node);
            match self.column {
                Some(next) if next > column => return None,
                Some(next) if next == column && self.is_dash() => {}
                Some(next) if next == column && !indentless => return None,
                _ => break,
            }
        }
        let items: Vec<_> = self.items.drain(before..).collect();
        let end = items.last().map_or(start, |node| node.at);
        Some(Node { at: start.to(end), what: What::List(items) })
    }

    /// A value that ends with its line, or is in brackets.
    fn inline(&mut self, column: usize, depth: usize) -> Option<Node<'t>> {
        let node = match self.byte()? {
            b'{' | b'[' => self.flow(column + 1, depth + 1)?,
            b'"' | b'\'' => self.quoted_node()?,
            _ => self.plain_node(scalar::BLOCK)?,
        };
        self.end_line()?;
        Some(node)
    }

    /// A list or map in brackets, whose lines begin in a column or right of it.
    fn flow(&mut self, floor: usize, depth: usize) -> Option<Node<'t>> {
        self.enter(depth)?;
        let start = self.here();
        let list = self.byte()? == b'[';
        let (entries, items) = (self.entries.len(), self.items.len());
        self.bracket()?;
        self.skip_flow(floor)?;
        let last = if list { b']' } else { b'}' };
        let mut more = self.byte()? != last;
        while more {
            if list {
                let node = self.flow_node(floor, depth)?;
                self.items.push(node);
            } else {
                let entry = self.flow_entry(floor, depth)?;
                self.entries.push(entry);
            }
            self.skip_flow(floor)?;
            more = self.byte()? == b',';
            if more {
                self.bracket()?;
                self.skip_flow(floor)?;
            }
        }
        if self.byte()? != last {
            return None;
        }
        let close = self.bracket()?;
        let at = start.to(close);
        if list {
            return Some(Node { at, what: What::List(self.items.drain(items..).collect()) });
        }
        let map: Vec<_> = self.entries.drain(entries..).collect();
        twice(&map).is_none().then_some(Node { at, what: What::Map(map) })
    }

    /// A bracket or comma, with the blanks and the comment behind it.
    fn bracket(&mut self) -> Option<At> {
        let start = self.at;
        self.at += 1;
        self.skip_trail()?;
        Some(self.span(start, self.at))
    }

    /// Goes to what is next within brackets.
    fn skip_flow(&mut self, floor: usize) -> Option<()> {
        self.skip_trail()?;
        if self.byte()? == b'\n' {
            self.skip_lines();
            self.column.filter(|column| *column >= floor)?;
        }
        Some(())
    }

    fn flow_node(&mut self, floor: usize, depth: usize) -> Option<Node<'t>> {
        match self.byte()? {
            b'{' | b'[' => self.flow(floor, depth + 1),
            b'"' | b'\'' => self.quoted_node(),
            _ => self.plain_node(scalar::FLOW),
        }
    }

    /// A key of a map in brackets, and its value if it has one.
    fn flow_entry(&mut self, floor: usize, depth: usize) -> Option<(Word<'t>, Node<'t>)> {
        let quoted = matches!(self.byte()?, b'"' | b'\'');
        let word = self.word(scalar::FLOW)?;
        match self.byte()? {
            b':' => {}
            b',' | b'}' => {
                // The parser takes what follows for the place of the value.
                let at = self.at;
                let place = self.bracket()?;
                self.at = at;
                self.spend()?;
                return Some((word, Node { at: place, what: What::Null }));
            }
            _ => return None,
        }
        let colon = self.here();
        self.at += 1;
        let next = self.byte()?;
        if next == b'\t' || !quoted && matches!(next, b'{' | b'[') {
            return None;
        }
        self.skip_flow(floor)?;
        if matches!(self.byte()?, b',' | b'}') {
            self.spend()?;
            return Some((word, Node { at: colon, what: What::Null }));
        }
        Some((word, self.flow_node(floor, depth)?))
    }
}
