//! The lines of a goal file: two spaces a level, no blanks at their ends, one empty line at a time.

use super::node::{At, Node, What};
use super::source::Count;

/// Bytes of places, looked up at once.
pub(super) struct Places {
    /// The byte of each character, where characters are counted and some have several bytes.
    table: Option<Vec<usize>>,
    len: usize,
}

impl Places {
    pub(super) fn new(text: &str, count: Count) -> Self {
        let plain = count == Count::Bytes || text.is_ascii();
        Self { table: (!plain).then(|| text.char_indices().map(|(i, _)| i).collect()), len: text.len() }
    }

    /// The byte that a place is at.
    pub(super) fn byte(&self, n: u32) -> usize {
        let n = n as usize;
        match &self.table {
            None => n.min(self.len),
            Some(table) => table.get(n).copied().unwrap_or(self.len),
        }
    }
}

/// How a line has to be dealt with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    /// It begins something.
    Own,
    /// It goes on with a list or map in brackets: it moves with the line that begins that.
    Inside,
    /// It is part of a text of several lines.
    Text,
}

/// The text, laid out. `indented` also moves lines to where their level is.
pub(super) fn lay(text: &str, tree: &Node<'_>, indented: bool, count: Count) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let kinds = Lines::new(text, count).kinds(tree);
    let texts: Vec<bool> = kinds.iter().map(|k| *k == Line::Text).collect();
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut levels = Levels(Vec::new());
    // Comments wait for the line that they stand above.
    let mut waiting: Vec<(usize, &str)> = Vec::new();
    let mut shift = 0isize;
    for (line, kind) in lines.iter().zip(kinds) {
        let body = line.trim();
        let old = line.len() - line.trim_start_matches(' ').len();
        match kind {
            Line::Text => out.push((*line).to_owned()),
            Line::Inside if indented => {
                out.push(placed(old.saturating_add_signed(shift), body));
            }
            _ if !indented || body.is_empty() || line.starts_with('\t') => {
                out.push(line.trim_end().to_owned());
            }
            Line::Inside => out.push(line.trim_end().to_owned()),
            Line::Own if body.starts_with('#') => {
                waiting.push((out.len(), body));
                out.push((*line).to_owned());
            }
            Line::Own => {
                let before = levels.0.clone();
                let new = if matches!(body, "---" | "...") { old } else { levels.place(old) };
                for (at, body) in waiting.drain(..) {
                    let own = out[at].len() - out[at].trim_start_matches(' ').len();
                    let known = before.iter().find(|(o, _)| *o == own).map(|(_, n)| *n);
                    out[at] = placed(if own == old { new } else { known.unwrap_or(new) }, body);
                }
                shift = new as isize - old as isize;
                out.push(placed(new, body));
            }
        }
    }
    for (at, body) in waiting {
        let own = out[at].len() - out[at].trim_start_matches(' ').len();
        let known = levels.0.iter().find(|(o, _)| *o == own).map(|(_, n)| *n);
        out[at] = placed(known.unwrap_or(own), body);
    }
    joined(&out, &texts)
}

fn placed(indent: usize, body: &str) -> String {
    format!("{:indent$}{body}", "")
}

/// One empty line at a time, none at either end; lines of texts as they are.
fn joined(lines: &[String], texts: &[bool]) -> String {
    let mut out = String::new();
    let mut empty = true;
    for (i, line) in lines.iter().enumerate() {
        let text = texts.get(i).copied().unwrap_or(false);
        if line.is_empty() && !text && empty {
            continue;
        }
        empty = line.is_empty() && !text;
        out.push_str(line);
        out.push('\n');
    }
    let keep = texts.last().copied().unwrap_or(false);
    if !keep {
        out.truncate(out.trim_end_matches('\n').len());
        out.push('\n');
    }
    out
}

/// Old and new indents of the levels that are open.
struct Levels(Vec<(usize, usize)>);

impl Levels {
    fn place(&mut self, old: usize) -> usize {
        while self.0.last().is_some_and(|(o, _)| *o > old) {
            self.0.pop();
        }
        match self.0.last() {
            Some((o, new)) if *o == old => *new,
            Some((_, above)) => {
                let new = above + 2;
                self.0.push((old, new));
                new
            }
            None => {
                self.0.push((old, 0));
                0
            }
        }
    }
}

/// Where the lines of a text are.
struct Lines<'t> {
    text: &'t str,
    places: Places,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str, count: Count) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        Self { text, places: Places::new(text, count), starts }
    }

    /// The line of a byte.
    fn of(&self, byte: usize) -> usize {
        self.starts.partition_point(|s| *s <= byte).saturating_sub(1)
    }

    /// Whether something is written in brackets.
    fn bracket(&self, at: At) -> bool {
        matches!(self.text.as_bytes().get(self.places.byte(at.start)), Some(b'[' | b'{'))
    }

    /// How each line has to be dealt with.
    fn kinds(&self, tree: &Node<'_>) -> Vec<Line> {
        let mut kinds = vec![Line::Own; self.text.lines().count()];
        self.mark(tree, &mut kinds);
        kinds
    }

    /// Marks the lines that are part of something that begins in an earlier one.
    fn mark(&self, node: &Node<'_>, kinds: &mut [Line]) {
        let kind = match &node.what {
            What::Scalar(_) => Some(Line::Text),
            What::List(_) | What::Map(_) if self.bracket(node.at) => Some(Line::Inside),
            _ => None,
        };
        if let Some(kind) = kind {
            let (start, end) = (self.places.byte(node.at.start), self.places.byte(node.at.end));
            for line in self.of(start) + 1..=self.of(end.max(start + 1) - 1) {
                if let Some(is) = kinds.get_mut(line).filter(|k| **k != Line::Text) {
                    *is = kind;
                }
            }
        }
        match &node.what {
            What::List(items) => items.iter().for_each(|n| self.mark(n, kinds)),
            What::Map(map) => map.iter().for_each(|(_, n)| self.mark(n, kinds)),
            _ => {}
        }
    }
}
