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

use std::cell::OnceCell;

use linkctl_schema::{Fields, Kind, Name, Record};

use super::error::{Fault, Faults, Trail};
use super::limits::{Budget, MOST_LINKS};
use super::node::{At, Node, What, Word};
use super::words::Tables;
use super::{sense, value};
use crate::goal::{Goal, Scope, Want};
use crate::key::Key;
pub(super) use entry::key as key_of;
pub(super) use entry::{Entry, Fate, Part};
pub(super) use finder::WORDS as FINDER;
pub(super) use items::each_link;
use items::{Item, Known};
pub(super) use layers::ALL;
pub(super) use layers::peer_key;
pub(super) use nic::COUNT;
use template::Room;
use top::Top;

/// The goal that trees say together; else what is wrong with them, by place. Unless `whole`, further files could not be
/// read, and what is missing may be in them.
pub(super) fn goal(
    mut trees: Vec<Node<'_>>,
    strict: bool,
    whole: bool,
    left: Budget,
) -> Result<Goal, Vec<Fault>> {
    let mut reader = Reader::new(strict, whole);
    let mut top = Top::default();
    // Apart from the rest, so that each can go once it is read: a tree is larger than its text.
    let mut links = Vec::new();
    for more in trees.iter_mut().map(top::links_of) {
        if links.is_empty() { links = more } else { links.extend(more) }
    }
    for (tree, file) in trees.iter().zip(0..) {
        reader.top(tree, file, &mut top);
    }
    let mut entries = reader.links(links, &top, Room { links: MOST_LINKS, values: left });
    let Top { rebuild, disruption, scope, ignore, spaces, .. } = top;
    let mut faults = reader.faults;
    sense::settle(&mut entries, strict, &mut faults);
    spaces::homeless(&entries, &spaces, &mut faults);
    if !faults.is_empty() {
        return Err(faults.sorted());
    }
    let said = |s: Option<(Scope, At)>| s.map_or(Scope::Partial, |(s, _)| s);
    let mut goal = Goal {
        rebuild: rebuild.is_some_and(|(allowed, _)| allowed),
        disruption: disruption.is_some_and(|(allowed, _)| allowed),
        scope: said(scope),
        ignore,
        namespaces: spaces.into_iter().map(|(name, (stays, _))| (name, stays)).collect(),
        ..Goal::new()
    };
    let mut links = Vec::with_capacity(entries.len());
    for entry in entries {
        if let Some(found_by) = entry.found_by.filter(|_| entry.fate != Fate::Ignored) {
            goal.matches.insert(entry.key.clone(), *found_by);
        }
        match entry.fate {
            Fate::Present => links.push((entry.key, Want::Present(entry.link))),
            Fate::Absent => links.push((entry.key, Want::Absent)),
            Fate::Ignored => _ = goal.spared.insert(entry.key),
        }
    }
    // All at once: so each is put where it belongs without a search.
    goal.links = links.into_iter().collect();
    Ok(goal)
}

/// What is known while files are read.
pub(super) struct Reader<'i> {
    strict: bool,
    /// All files could be read.
    whole: bool,
    faults: Faults,
    tables: Tables,
    /// The links of the files.
    known: &'i [Known],
    /// The same by key; sorted where it is asked for.
    order: OnceCell<Vec<&'i Known>>,
}

/// Which settings were said, and where.
pub(super) type Said = Vec<(&'static str, At)>;

impl<'i> Reader<'i> {
    fn new(strict: bool, whole: bool) -> Self {
        let (faults, tables) = (Faults::default(), Tables::default());
        Self { strict, whole, faults, tables, known: &[], order: OnceCell::new() }
    }

    /// Reads the links of all files: templates are written out, and what groups and defaults say is added to what is
    /// said of each link itself.
    fn links<'t>(&mut self, links: Vec<(Word<'t>, Node<'t>)>, top: &Top<'t>, mut room: Room) -> Vec<Entry> {
        let root = Trail::ROOT.then("links");
        let mut items = self.items(links, &root, &mut room);
        if !top.layers.is_empty() || self.strict && items.iter().any(Item::is_layered) {
            self.lay(top, &root, &mut items);
        }
        let known: Vec<_> = items.iter().map(Known::of).collect();
        let mut reader = Reader { known: &known, ..Reader::new(self.strict, self.whole) };
        std::mem::swap(&mut reader.faults, &mut self.faults);
        let mut out = Vec::with_capacity(items.len());
        for (item, known) in items.into_iter().zip(&known) {
            if reader.faults.full() {
                break;
            }
            reader.entry((&item.word, &item.node), &known.key, &root, &mut out);
        }
        reader.unused(&top.layers);
        self.faults = reader.faults;
        out
    }

    /// All that the files say of a link, first to last.
    fn said_of(&self, key: &Key) -> impl Iterator<Item = &'i Known> {
        let order = self.order.get_or_init(|| {
            let mut order: Vec<_> = self.known.iter().collect();
            order.sort_by(|a, b| a.key.cmp(&b.key));
            order
        });
        let from = order.partition_point(|k| k.key < *key);
        let to = from + order[from..].partition_point(|k| k.key == *key);
        order[from..to].iter().copied()
    }

    /// The kind of a link of the files, which decides what its ports can be told.
    fn kind_said(&self, key: &Key) -> Option<&'static Kind> {
        self.said_of(key).find_map(|known| known.kind)
    }

    /// The master of a link of the files.
    fn master_said(&self, key: &Key) -> Option<Name> {
        self.said_of(key).map(|known| known.master).filter(|master| !master.is_none()).last()
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
        let Some(f) = self.tables.find(fields, &word.text) else {
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

/// The value of a key of a map; keys that may be spelt in several ways are not asked for so.
pub(super) fn get<'n>(node: &'n Node<'n>, key: &str) -> Option<&'n Node<'n>> {
    let What::Map(entries) = &node.what else { return None };
    entries.iter().find(|(w, _)| w.text == key).map(|(_, n)| n)
}
