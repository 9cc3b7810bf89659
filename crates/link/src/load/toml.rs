//! TOML to a tree.

use std::ops::Range;

use toml_edit::{Document, InlineTable, Item, Table, Value};

use super::error::Fault;
use super::limits::{Budget, MOST_DEPTH, too_deep};
use super::node::{At, Node, What, Word};

/// The tree of a TOML text. TOML has no null: an empty text stands for "no link".
pub(crate) fn tree(text: &str, left: &mut Budget) -> Result<Node<'static>, Fault> {
    let document = Document::parse(text).map_err(|e| {
        let what = format!("not valid TOML: {}", e.message().replace('\n', ", "));
        Fault::file(place(e.span()), what)
    })?;
    let mut walk = Walk { text, left };
    let entries = walk.table(document.as_table(), MOST_DEPTH)?;
    let what = if entries.is_empty() { What::Null } else { What::Map(entries) };
    Ok(Node { at: At::default(), what })
}

fn place(span: Option<Range<usize>>) -> At {
    span.map_or(At::default(), |s| At::new(s.start, s.end))
}

struct Walk<'b> {
    text: &'b str,
    left: &'b mut Budget,
}

type Entries = Vec<(Word<'static>, Node<'static>)>;

impl Walk<'_> {
    fn table(&mut self, table: &Table, depth: usize) -> Result<Entries, Fault> {
        let mut out = Vec::with_capacity(table.len());
        for (text, item) in table {
            let at = place(table.key(text).and_then(toml_edit::Key::span));
            let node = self.item(item, at, depth)?;
            out.push((Word { at, text: text.to_owned().into() }, node));
        }
        Ok(out)
    }

    fn inline(&mut self, table: &InlineTable, depth: usize) -> Result<Entries, Fault> {
        let mut out = Vec::with_capacity(table.len());
        for (text, value) in table {
            let at = place(table.key(text).and_then(toml_edit::Key::span));
            let node = self.value(value, at, depth)?;
            out.push((Word { at, text: text.to_owned().into() }, node));
        }
        Ok(out)
    }

    /// One step down: into what has the key at `key`.
    fn step(&mut self, key: At, depth: usize) -> Result<usize, Fault> {
        self.left.spend(1, key)?;
        depth.checked_sub(1).ok_or_else(|| too_deep(key))
    }

    fn item(&mut self, item: &Item, key: At, depth: usize) -> Result<Node<'static>, Fault> {
        let node = |what| Node { at: key, what };
        Ok(match item {
            Item::None => node(What::Null),
            Item::Value(value) => self.value(value, key, depth)?,
            Item::Table(table) => {
                let depth = self.step(key, depth)?;
                node(What::Map(self.table(table, depth)?))
            }
            Item::ArrayOfTables(tables) => {
                let depth = self.step(key, depth)?;
                let items: Result<_, Fault> =
                    tables.iter().map(|t| Ok(node(What::Map(self.table(t, depth)?)))).collect();
                node(What::List(items?))
            }
        })
    }

    fn value(&mut self, value: &Value, key: At, depth: usize) -> Result<Node<'static>, Fault> {
        let at = value.span().map_or(key, |s| At::new(s.start, s.end));
        let depth = self.step(key, depth)?;
        let what = match value {
            Value::String(s) => What::Scalar(s.value().clone().into()),
            Value::Integer(n) => What::Scalar(n.value().to_string().into()),
            // As it is written: what has a point is no whole number, whatever it comes to.
            Value::Float(n) => {
                let raw = value.span().and_then(|s| self.text.get(s));
                What::Scalar(raw.map_or_else(|| n.value().to_string(), str::to_owned).into())
            }
            Value::Boolean(b) => What::Scalar(b.value().to_string().into()),
            Value::Datetime(d) => What::Scalar(d.value().to_string().into()),
            Value::Array(list) => {
                let items: Result<_, Fault> = list.iter().map(|v| self.value(v, at, depth)).collect();
                What::List(items?)
            }
            Value::InlineTable(table) => What::Map(self.inline(table, depth)?),
        };
        Ok(Node { at, what })
    }
}
