//! The one layout of a goal file: `linkctl fmt`.
//!
//! A file is changed word by word and line by line, never written anew, so that comments, order and quoting of what is not
//! understood stay. Known words get their one spelling, values their one form, blocks two spaces a level. What cannot be
//! read as a setting's value is left as it is: this is about looks, not about sense.

use std::collections::BTreeMap;
use std::path::Path;

use linkctl_kinds::{KINDS, kind as known, link as base};
use linkctl_schema::field::spelt;
use linkctl_schema::{FieldDef, Kind};

use super::error::{Error, Fault};
use super::limits::{Budget, FILE};
use super::node::{At, Node, What, Word};
use super::read::FINDER;
use super::source::{Count, Source};
use super::stranger::LINK_WORDS;
use super::value::value;
use super::{is_toml, lines, toml, yaml};
use crate::save;

/// A goal file in its one layout. The error is why it cannot be read as YAML, JSON or TOML; whether it makes sense does not
/// matter. What [`super::load`] reads of both is the same, and the layout of a layout is itself.
pub fn layout(file: &Path, bytes: &[u8]) -> Result<String, Vec<Error>> {
    let style = match file.extension().and_then(|e| e.to_str()) {
        _ if is_toml(file) => Style::Toml,
        Some(e) if e.eq_ignore_ascii_case("json") => Style::Json,
        _ => Style::Yaml,
    };
    let count = if style == Style::Toml { Count::Bytes } else { Count::Chars };
    let source = Source::new(file, bytes, count, FILE).map_err(|e| vec![*e])?;
    let read = tree(source.text, style).map_err(|f| vec![source.error(f)])?;
    let places = lines::Places::new(source.text, count);
    let mut edits = Edits { text: source.text, places, style, all: BTreeMap::new() };
    edits.top(&read);
    let mut worded = edits.made();
    // A repetition may stand where the same text means something else.
    if let Ok(goal) = super::load(file, source.text.as_bytes())
        && super::load(file, worded.as_bytes()).as_ref() != Ok(&goal)
    {
        source.text.clone_into(&mut worded);
    }
    let Ok(read) = tree(&worded, style) else { return Ok(source.text.to_owned()) };
    // Wherever the lines do not fit into the layout, they stay as they are.
    for indented in [style == Style::Yaml, false] {
        let laid = lines::lay(&worded, &read, indented, count);
        if tree(&laid, style).is_ok_and(|t| t.what.same(&read.what)) {
            return Ok(laid);
        }
    }
    Ok(worded)
}

fn tree(text: &str, style: Style) -> Result<Node<'_>, Fault> {
    let mut left = Budget::new(FILE.nodes);
    if style == Style::Toml { toml::tree(text, &mut left) } else { yaml::tree(text, &mut left) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Yaml,
    Json,
    Toml,
}

/// What is written otherwise, by place.
struct Edits<'t> {
    text: &'t str,
    places: lines::Places,
    style: Style,
    all: BTreeMap<usize, (usize, String)>,
}

impl<'t> Edits<'t> {
    fn top(&mut self, tree: &Node<'_>) {
        for (word, node) in tree.map().unwrap_or_default() {
            for (name, node) in node.map().unwrap_or_default() {
                match &*word.text {
                    "links" | "groups" => self.link(node, None),
                    "defaults" => {
                        let kind = KINDS.iter().copied().find(|k| spelt(k.name, &name.text));
                        if let Some(kind) = kind {
                            self.word(name, kind.name);
                        }
                        self.link(node, kind);
                    }
                    _ => {}
                }
            }
        }
    }

    fn link(&mut self, node: &Node<'_>, hint: Option<&'static Kind>) {
        let Some(map) = node.map() else { return };
        for (word, node) in map {
            let field = base::FIELDS.list().iter().find(|f| f.is_state() && f.answers_to(&word.text));
            let kind = KINDS.iter().copied().find(|k| spelt(k.name, &word.text));
            if let Some(own) = LINK_WORDS.iter().find(|w| spelt(w, &word.text)) {
                self.word(word, own);
                match *own {
                    "port" => self.port(node),
                    "match" => self.finder(node),
                    _ => {}
                }
            } else if let Some(f) = field {
                self.word(word, f.name);
                self.value(f, node);
            } else if let Some(kind) = kind {
                self.word(word, kind.name);
                self.block(node, hint.unwrap_or(kind));
            }
        }
    }

    fn block(&mut self, node: &Node<'_>, kind: &'static Kind) {
        for (word, node) in node.map().unwrap_or_default() {
            if kind.pair.is_some() && word.text == "peer" {
                self.link(node, known(kind.name));
            } else {
                self.setting(word, node, kind.fields.list());
            }
        }
    }

    fn port(&mut self, node: &Node<'_>) {
        let map = node.map().unwrap_or_default();
        let tables = || KINDS.iter().copied().filter_map(|k| k.ports.map(|p| (k, p)));
        if let [(word, inside)] = map
            && let Some((kind, _)) = tables().find(|(k, _)| spelt(k.name, &word.text))
            && inside.map().is_some()
        {
            self.word(word, kind.name);
            return self.port(inside);
        }
        let knows = |p: &Kind| map.iter().all(|(w, _)| p.fields.list().iter().any(|f| f.answers_to(&w.text)));
        // Where several kinds of masters have all the words, nobody knows what their values mean.
        let mut fit = tables().map(|(_, p)| p).filter(|p| knows(p));
        let (Some(ports), None) = (fit.next(), fit.next()) else { return };
        for (word, node) in map {
            self.setting(word, node, ports.fields.list());
        }
    }

    fn finder(&mut self, node: &Node<'_>) {
        for (word, _) in node.map().unwrap_or_default() {
            if let Some(own) = FINDER.iter().find(|w| spelt(w, &word.text)) {
                self.word(word, own);
            }
        }
    }

    fn setting(&mut self, word: &Word<'_>, node: &Node<'_>, fields: &'static [FieldDef]) {
        if let Some(f) = fields.iter().find(|f| f.is_state() && f.answers_to(&word.text)) {
            self.word(word, f.name);
            self.value(f, node);
        }
    }

    /// A key in its one spelling, in the quotes that it has.
    fn word(&mut self, word: &Word<'_>, own: &str) {
        let Some((start, end, raw)) = self.raw(word.at) else { return };
        let quote = if raw.starts_with(['"', '\'']) { &raw[..1] } else { "" };
        if raw == format!("{quote}{}{quote}", word.text) && word.text != own {
            self.all.insert(start, (end, format!("{quote}{own}{quote}")));
        }
    }

    /// A value in its one form; what is none, a template's gap or a repetition is left alone.
    fn value(&mut self, f: &'static FieldDef, node: &Node<'_>) {
        let What::Scalar(text) = &node.what else { return };
        let Some((start, end, raw)) = self.raw(node.at) else { return };
        if text.contains(['{', '}']) || raw.starts_with(['&', '*', '|', '>', '!']) || raw.contains('\n') {
            return;
        }
        let Ok(is) = value(f, node, true) else { return };
        let Some(form) = save::form(f, &is, self.style == Style::Yaml) else { return };
        let null = form == "null" && self.style == Style::Toml;
        if !null && form != raw && save::sayable(f, &is) {
            self.all.insert(start, (end, form));
        }
    }

    /// The text at a place; `None` where it is empty.
    fn raw(&self, at: At) -> Option<(usize, usize, &'t str)> {
        let (start, end) = (self.places.byte(at.start), self.places.byte(at.end));
        let raw = self.text.get(start..end)?;
        let short = raw.trim_end();
        (!short.is_empty()).then_some((start, start + short.len(), short))
    }

    fn made(self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for (start, (end, new)) in self.all {
            if start >= at {
                out.push_str(&self.text[at..start]);
                out.push_str(&new);
                at = end;
            }
        }
        out + &self.text[at..]
    }
}
