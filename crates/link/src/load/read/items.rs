//! The links of all files, before they are read: templates written out, and what stands below each.

use std::collections::BTreeMap;

use linkctl_schema::{Kind, Name};

use super::layers::{add, below, peer_key};
use super::template::{self, Room};
use super::top::Top;
use super::{Reader, entry, get};
use crate::key::Key;
use crate::load::error::{Faults, Trail};
use crate::load::limits::{Budget, MOST_LINKS, MOST_NODES};
use crate::load::node::{Node, What, Word};

/// A link of a file, or one that a template makes.
pub(super) struct Item<'t> {
    pub(super) word: Word<'t>,
    pub(super) node: Node<'t>,
    /// By a template.
    pub(super) made: bool,
}

impl Item<'_> {
    /// Whether more is said of it than stands in its own map.
    pub(super) fn is_layered(&self) -> bool {
        self.made || get(&self.node, "like").is_some()
    }
}

/// Who a link of the files is, and what it says that counts for others.
pub(super) struct Known {
    /// Without a name where that cannot be read.
    pub(super) key: Key,
    pub(super) kind: Option<&'static Kind>,
    /// No name where it says none.
    pub(super) master: Name,
}

impl Known {
    pub(super) fn of(item: &Item<'_>) -> Self {
        Self {
            key: entry::key(&item.word, &item.node).unwrap_or_else(|| Key::here(Name::NONE)),
            kind: entry::kind_word(&item.node),
            master: entry::master_word(&item.node).unwrap_or(Name::NONE),
        }
    }
}

/// Each link that a tree says, and behind them those that its templates make, for whoever looks for the place of one.
/// Templates that are wrong make none.
pub(in crate::load) fn each_link<'n>(tree: &'n Node<'n>) -> Vec<(Word<'n>, Node<'n>)> {
    let links = get(tree, "links").and_then(Node::map).unwrap_or_default();
    let (forms, mut out): (Vec<_>, Vec<_>) = links.iter().cloned().partition(|(_, n)| template::is(n));
    let mut room = Room { links: MOST_LINKS, values: Budget::new(MOST_NODES) };
    for (word, node) in forms {
        out.extend(template::expand(&word, &node, &Trail::ROOT, &mut room, &mut Faults::default()));
    }
    out
}

impl Reader<'_> {
    /// Every link that is said.
    pub(super) fn items<'t>(
        &mut self,
        links: Vec<(Word<'t>, Node<'t>)>,
        root: &Trail<'_>,
        room: &mut Room,
    ) -> Vec<Item<'t>> {
        let mut out = Vec::with_capacity(links.len());
        for (word, node) in links {
            if self.strict && template::is(&node) {
                let trail = root.then(&word.text);
                let made = template::expand(&word, &node, &trail, room, &mut self.faults);
                out.extend(made.into_iter().map(|(word, node)| Item { word, node, made: true }));
            } else {
                out.push(Item { word, node, made: false });
            }
        }
        out
    }

    /// Adds to each link what its groups, the defaults and, where the same file says one of many itself, the template
    /// say of it.
    pub(super) fn lay<'t>(&mut self, top: &Top<'t>, root: &Trail<'_>, items: &mut Vec<Item<'t>>) {
        let mut parts: BTreeMap<Key, Vec<usize>> = BTreeMap::new();
        for (at, item) in items.iter().enumerate() {
            if let Some(key) = entry::key(&item.word, &item.node) {
                parts.entry(key).or_default().push(at);
            }
        }
        let mut gone = Vec::new();
        for (key, same) in &parts {
            let mut same = same.clone();
            let written = same.iter().copied().find(|i| !items[*i].made);
            if let Some(own) = written {
                same.retain(|i| {
                    let covered = items[*i].made && items[*i].word.at.file == items[own].word.at.file;
                    if covered {
                        let under = items[*i].node.clone();
                        gone.push(*i);
                        under_it(&mut items[own], &under);
                    }
                    !covered
                });
            }
            self.lay_one(top, root, items, key, &same, &parts);
        }
        let mut at = 0;
        gone.sort_unstable();
        items.retain(|_| {
            at += 1;
            gone.binary_search(&(at - 1)).is_err()
        });
    }

    fn lay_one<'t>(
        &mut self,
        top: &Top<'t>,
        root: &Trail<'_>,
        items: &mut [Item<'t>],
        key: &Key,
        same: &[usize],
        all: &BTreeMap<Key, Vec<usize>>,
    ) {
        let Some((first, others)) = same.split_first() else { return };
        let nodes: Vec<&Node<'_>> = same.iter().map(|i| &items[*i].node).collect();
        if nodes.iter().any(|n| is_absent(n)) {
            return;
        }
        let trail = root.then(&items[*first].word.text);
        let groups = self.liked(&top.layers, &nodes, &trail);
        if top.layers.is_empty() || nodes.iter().any(|n| is_out(n)) {
            return;
        }
        let (kind, layers) = below(&top.layers, &nodes, &groups);
        let mut node = nodes[0].clone();
        let others: Vec<Node> = others.iter().map(|i| items[*i].node.clone()).collect();
        let maps: Vec<&[(Word<'_>, Node<'_>)]> = others.iter().filter_map(Node::map).collect();
        if matches!(node.what, What::Null) {
            node.what = What::Map(Vec::new());
        }
        let What::Map(map) = &mut node.what else { return };
        for layer in layers {
            add(map, &maps, layer);
        }
        if let Some(pair) = kind.filter(|k| k.pair.is_some()) {
            top.layers
                .peer(pair, map, |peer| peer_key(peer, key).is_some_and(|other| !all.contains_key(&other)));
        }
        items[*first].node = node;
    }
}

/// Whether nothing can be said of it.
fn is_out(node: &Node<'_>) -> bool {
    is_absent(node) || get(node, "state").and_then(super::scalar) == Some("ignore")
}

/// Whether it is to be gone: then each word beside that is told.
fn is_absent(node: &Node<'_>) -> bool {
    get(node, "state").and_then(super::scalar) == Some("absent")
}

/// Adds what a template says to a link that the same file says itself.
fn under_it<'t>(own: &mut Item<'t>, under: &Node<'t>) {
    if is_out(&own.node) {
        return;
    }
    let node = &mut own.node;
    if matches!(node.what, What::Null) {
        node.what = What::Map(Vec::new());
    }
    if let (What::Map(map), What::Map(layer)) = (&mut node.what, &under.what) {
        add(map, &[], layer);
    }
}
