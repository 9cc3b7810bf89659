//! From a tree to a goal: the top of a file, and the order in which the rest is read.

mod block;
mod entry;
mod finder;
mod peer;
mod port;

use std::collections::BTreeMap;

use linkctl_schema::near::near;
use linkctl_schema::{Fields, Kind, Record};

use super::error::{Fault, Faults, Trail, clip};
use super::node::{At, Node, What, Word};
use super::{elsewhere, sense, stranger, value};
use crate::goal::Goal;
use crate::key::Key;
pub(super) use entry::{Entry, Fate};
pub(super) use finder::WORDS as FINDER;

/// What a file can say of all links.
const TOP: &[&str] = &["version", "links", "rebuild", "scope", "ignore"];

/// The goal that a tree says; else what is wrong with it, by place.
pub(super) fn goal(tree: &Node, strict: bool) -> Result<Goal, Vec<Fault>> {
    let mut reader = Reader { strict, faults: Faults::default(), kinds: BTreeMap::new() };
    let mut rebuild = false;
    let mut entries = reader.top(tree, &mut rebuild);
    sense::settle(&mut entries, strict, &mut reader.faults);
    if !reader.faults.is_empty() {
        return Err(reader.faults.sorted());
    }
    let mut goal = Goal { rebuild, ..Goal::new() };
    for entry in entries {
        if let Some(found_by) = entry.found_by {
            goal.matches.insert(entry.key.clone(), found_by);
        }
        match entry.fate {
            Fate::Present => goal.want(entry.key, entry.link),
            Fate::Absent => goal.forbid(entry.key),
        }
    }
    Ok(goal)
}

/// What is known while a file is read.
pub(super) struct Reader {
    strict: bool,
    faults: Faults,
    /// The kinds of the file's links, which decide what their ports can be told.
    kinds: BTreeMap<Key, &'static Kind>,
}

/// Which settings were said, and where.
pub(super) type Said = Vec<(&'static str, At)>;

impl Reader {
    fn top(&mut self, tree: &Node, rebuild: &mut bool) -> Vec<Entry> {
        let entries = match &tree.what {
            What::Map(entries) => entries.as_slice(),
            What::Null => {
                self.faults.push(Fault::file(tree.at, "the file is empty"));
                return Vec::new();
            }
            what => {
                let what = format!("a map with version and links is expected, not {}", what.called());
                self.faults.push(Fault::file(tree.at, what));
                return Vec::new();
            }
        };
        if !entries.iter().any(|(w, _)| w.text == "version") {
            let fault =
                Fault::file(At::new(0, 0), "version is missing").hint("begin with version: 1".to_owned());
            self.faults.push(fault);
        }
        let mut links = Vec::new();
        for (word, node) in entries {
            let trail = Trail::ROOT.then(&word.text);
            match word.text.as_str() {
                "version" => self.one_of(node, &trail, &["1"], "this program reads version 1"),
                "rebuild" => {
                    self.one_of(node, &trail, &["allow", "deny"], "allow or deny is expected");
                    *rebuild = scalar(node) == Some("allow");
                }
                "scope" if matches!(scalar(node), Some("owned" | "full")) => {
                    self.fault(Fault::new(node.at, &trail, "only partial is supported by this version"));
                }
                "scope" => self.one_of(node, &trail, &["partial"], "partial is expected"),
                "ignore" => {
                    self.fault(Fault::new(word.at, &trail, "it is not supported by this version yet"));
                }
                "links" => links = self.links(node, &trail),
                _ => self.strange_top(word),
            }
        }
        links
    }

    fn strange_top(&mut self, word: &Word) {
        let hint = elsewhere::word(&word.text)
            .or_else(|| stranger::meant(&near(&word.text, TOP.iter().copied(), 2)));
        let what = format!("\"{}\" is not known here", clip(&word.text));
        self.fault(Fault::new(word.at, &Trail::ROOT, what).hint(hint));
    }

    fn one_of(&mut self, node: &Node, trail: &Trail<'_>, words: &[&str], otherwise: &str) {
        if !scalar(node).is_some_and(|t| words.contains(&t)) {
            self.fault(Fault::new(node.at, trail, otherwise));
        }
    }

    fn links(&mut self, node: &Node, trail: &Trail<'_>) -> Vec<Entry> {
        let entries = match &node.what {
            What::Map(entries) => entries,
            What::Null => return Vec::new(),
            what => {
                let what = format!("a map of links by name is expected, not {}", what.called());
                let hint = matches!(node.what, What::List(_))
                    .then(|| "write NAME: {..} for - name: NAME".to_owned());
                self.fault(Fault::new(node.at, trail, what).hint(hint));
                return Vec::new();
            }
        };
        self.kinds = entries.iter().filter_map(|(w, n)| entry::outline(w, n)).collect();
        let mut out = Vec::new();
        for (word, node) in entries {
            if self.faults.full() {
                break;
            }
            self.entry(word, node, trail, &mut out);
        }
        out
    }

    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Reads a setting into a record, if the table has it: whether it has.
    fn setting(
        &mut self,
        fields: &'static Fields,
        into: &mut Record,
        (word, node): (&Word, &Node),
        trail: &Trail<'_>,
        said: &mut Said,
    ) -> bool {
        let trail = trail.then(&word.text);
        let Some(f) = fields.list().iter().find(|f| f.is_state() && f.answers_to(&word.text)) else {
            let Some(f) = fields.find(&word.text) else { return false };
            let what = if f.writable() {
                "it is something to do, not a state to want"
            } else {
                "it is reported by the kernel and cannot be set"
            };
            self.fault(Fault::new(word.at, &trail, what).doc(value::doc(f)));
            return true;
        };
        if let Some((_, first)) = said.iter().find(|(name, _)| *name == f.name) {
            let what = format!("{} is said twice", f.name);
            self.fault(Fault::new(word.at, &trail, what).also(Some(*first)));
            return true;
        }
        said.push((f.name, word.at.to(node.at)));
        match value::value(f, node, self.strict) {
            Ok(value) => into.put(f, value),
            Err(wrong) => {
                let hint = wrong.near(node);
                self.fault(Fault::new(wrong.at, &trail, wrong.what).hint(hint).doc(value::doc(f)));
            }
        }
        true
    }
}

/// The text of a scalar.
fn scalar(node: &Node) -> Option<&str> {
    match &node.what {
        What::Scalar(text) => Some(text),
        _ => None,
    }
}

/// The value of a key of a map.
fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let What::Map(entries) = &node.what else { return None };
    entries.iter().find(|(w, _)| linkctl_schema::field::spelt(key, &w.text)).map(|(_, n)| n)
}
