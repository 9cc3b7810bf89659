//! From trees to a goal: the order in which what they hold is read.

mod block;
mod entry;
mod finder;
mod items;
mod layers;
mod nic;
mod peer;
mod port;
mod spaces;
mod template;
mod top;

use std::collections::BTreeMap;

use linkctl_schema::{Fields, Kind, Name, Record};

use super::error::{Fault, Faults, Trail};
use super::limits::{Budget, MOST_LINKS};
use super::node::{At, Node, What, Word};
use super::{sense, value};
use crate::goal::{Goal, Scope};
use crate::key::Key;
pub(super) use entry::key as key_of;
pub(super) use entry::{Entry, Fate};
pub(super) use finder::WORDS as FINDER;
pub(super) use layers::ALL;
use template::Room;
use top::Top;

/// The goal that trees say together; else what is wrong with them, by place. Unless `whole`, further files could not be
/// read, and what is missing may be in them.
pub(super) fn goal(trees: &[Node<'_>], strict: bool, whole: bool, left: Budget) -> Result<Goal, Vec<Fault>> {
    let mut reader =
        Reader { strict, whole, faults: Faults::default(), kinds: BTreeMap::new(), masters: BTreeMap::new() };
    let mut top = Top::default();
    for (tree, file) in trees.iter().zip(0..) {
        reader.top(tree, file, &mut top);
    }
    let mut entries = reader.links(&top, Room { links: MOST_LINKS, values: left });
    sense::settle(&mut entries, strict, &mut reader.faults);
    reader.homeless(&entries, &top);
    if !reader.faults.is_empty() {
        return Err(reader.faults.sorted());
    }
    let said = |s: Option<(Scope, At)>| s.map_or(Scope::Partial, |(s, _)| s);
    let mut goal = Goal {
        rebuild: top.rebuild.is_some_and(|(allowed, _)| allowed),
        disruption: top.disruption.is_some_and(|(allowed, _)| allowed),
        scope: said(top.scope),
        ignore: top.ignore,
        namespaces: top.spaces.into_iter().map(|(name, (stays, _))| (name, stays)).collect(),
        ..Goal::new()
    };
    for entry in entries {
        if let Some(found_by) = entry.found_by.filter(|_| entry.fate != Fate::Ignored) {
            goal.matches.insert(entry.key.clone(), found_by);
        }
        match entry.fate {
            Fate::Present => goal.want(entry.key, entry.link),
            Fate::Absent => goal.forbid(entry.key),
            Fate::Ignored => _ = goal.spared.insert(entry.key),
        }
    }
    Ok(goal)
}

/// What is known while files are read.
pub(super) struct Reader {
    strict: bool,
    /// All files could be read.
    whole: bool,
    faults: Faults,
    /// The kinds of the files' links, which decide what their ports can be told.
    kinds: BTreeMap<Key, &'static Kind>,
    /// The masters of the files' links.
    masters: BTreeMap<Key, Name>,
}

/// Which settings were said, and where.
pub(super) type Said = Vec<(&'static str, At)>;

impl Reader {
    /// Reads the links of all files: templates are written out, and what groups and defaults say is added to what is
    /// said of each link itself.
    fn links(&mut self, top: &Top<'_>, mut room: Room) -> Vec<Entry> {
        let root = Trail::ROOT.then("links");
        let mut items = self.items(top, &root, &mut room);
        if !top.layers.is_empty() || items.iter().any(|i| i.made) {
            self.lay(top, &root, &mut items);
        }
        for item in &items {
            let Some(key) = entry::key(&item.word, &item.node) else { continue };
            if let Some(master) = entry::master_word(&item.node) {
                self.masters.insert(key.clone(), master);
            }
            if let Some(kind) = entry::kind_word(&item.node) {
                self.kinds.entry(key).or_insert(kind);
            }
        }
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            if self.faults.full() {
                break;
            }
            self.entry(&item.word, &item.node, &root, &mut out);
        }
        self.unused(&top.layers);
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
        (word, node): (&Word<'_>, &Node<'_>),
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
fn scalar<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.what {
        What::Scalar(text) => Some(text),
        _ => None,
    }
}

/// The value of a key of a map.
fn get<'n>(node: &'n Node<'n>, key: &str) -> Option<&'n Node<'n>> {
    let What::Map(entries) = &node.what else { return None };
    entries.iter().find(|(w, _)| linkctl_schema::field::spelt(key, &w.text)).map(|(_, n)| n)
}
