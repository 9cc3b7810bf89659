//! What counts for many links: groups that a link names with `like`, defaults of a kind, defaults of all.
//!
//! What is said of the link itself goes first, then its groups in the order in which it names them, then its kind's
//! defaults, then everyone's. Blocks are joined setting by setting. No layer says who a link is or whether it is.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;

use linkctl_kinds::nic::{BLOCKS, vf};
use linkctl_kinds::{KINDS, link as base};
use linkctl_schema::Kind;
use linkctl_schema::field::spelt;
use linkctl_schema::near::near;

use super::{Reader, entry, get, scalar};
use crate::key::Key;
use crate::load::error::{Fault, Trail, clip};
use crate::load::node::{At, Node, What, Word};
use crate::load::words::{self, kind as known};
use crate::load::{elsewhere, escape, stranger};

type Map<'t> = [(Word<'t>, Node<'t>)];

/// The word for the defaults of all links.
pub(in crate::load) const ALL: &str = "all";
/// What no layer can say.
const NEVER: &[&str] = &["name", "netns", "match", "for", "count", "like"];

/// All groups and defaults; several files may say one.
#[derive(Default)]
pub(super) struct Layers<'t> {
    groups: BTreeMap<&'t str, Vec<Layer<'t>>>,
    defaults: BTreeMap<&'static str, Vec<Layer<'t>>>,
}

/// What one file says of a group, or by default.
pub(super) struct Layer<'t> {
    word: &'t Word<'t>,
    map: &'t Map<'t>,
    used: Cell<bool>,
}

impl<'t> Layers<'t> {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.defaults.is_empty()
    }

    fn defaults_of(&self, kind: Option<&Kind>) -> impl Iterator<Item = &'t Map<'t>> {
        let words = kind.map(|k| k.name).into_iter().chain([ALL]);
        words.filter_map(|w| self.defaults.get(w)).flatten().map(Layer::take)
    }

    /// Adds defaults to the other end of a pair, which is no link of the files itself if `alone` says so: what every
    /// link has, and whether it is up.
    pub(super) fn peer(&self, kind: &'static Kind, map: &mut Map<'t>, alone: impl Fn(&Node<'_>) -> bool) {
        let block = map.iter_mut().find(|(w, _)| spelt(kind.name, &w.text));
        let Some((_, Node { what: What::Map(block), .. })) = block else { return };
        let Some((_, peer)) = block.iter_mut().find(|(w, _)| w.text == "peer") else { return };
        if !alone(peer) {
            return;
        }
        let every =
            |w: &Word<'_>| w.text == "state" || base::FIELDS.list().iter().any(|f| f.answers_to(&w.text));
        let mut inside = match &peer.what {
            What::Map(map) => map.clone(),
            _ => vec![(Word { at: peer.at, text: "name".into() }, peer.clone())],
        };
        let before = inside.len();
        for layer in self.defaults_of(Some(kind)) {
            let layer: Vec<_> = layer.iter().filter(|(w, _)| every(w)).cloned().collect();
            add(&mut inside, &[], &layer);
        }
        if inside.len() > before {
            peer.what = What::Map(inside);
        }
    }
}

impl<'t> Layer<'t> {
    /// What it says, for a link.
    fn take(&self) -> &'t Map<'t> {
        self.used.set(true);
        self.map
    }
}

/// Who the other end of a pair is.
pub(in crate::load) fn peer_key(peer: &Node<'_>, near: &Key) -> Option<Key> {
    let text = scalar(peer).or_else(|| scalar(get(peer, "name")?))?;
    let name = escape::name(text).ok()?;
    match get(peer, "netns") {
        None => Some(near.beside(name)),
        Some(node) => Some(Key::new(entry::netns(node, &Trail::ROOT).ok()?, name)),
    }
}

impl Reader<'_> {
    /// Reads `defaults`: by kind, or for all.
    pub(super) fn defaults<'t>(&mut self, node: &'t Node<'t>, trail: &Trail<'_>, layers: &mut Layers<'t>) {
        for (word, node) in self.named(node, trail) {
            let trail = trail.then(&word.text);
            let kind = words::spelt_kind(&word.text).map(|k| k.name);
            let Some(kind) = kind.or((word.text == ALL).then_some(ALL)) else {
                let words = KINDS.iter().map(|k| k.name).chain([ALL]);
                let nearest = || stranger::meant(&near(&word.text, words, 2));
                let hint = elsewhere::kind(&word.text).map(str::to_owned).or_else(nearest);
                let what = format!("\"{}\" is no kind, nor all", clip(&word.text));
                self.fault(Fault::new(word.at, &Trail::ROOT.then("defaults"), what).hint(hint));
                continue;
            };
            if let Some((word, _)) = node.map().into_iter().flatten().find(|(w, _)| w.text == "kind") {
                self.fault(Fault::new(word.at, &trail, "defaults make no link one of a kind"));
            }
            let layer = self.layer(word, node, &trail);
            let all = layers.defaults.entry(kind).or_default();
            self.agreed(all, layer, &trail);
        }
    }

    /// Reads `groups`.
    pub(super) fn groups<'t>(&mut self, node: &'t Node<'t>, trail: &Trail<'_>, layers: &mut Layers<'t>) {
        for (word, node) in self.named(node, trail) {
            let trail = trail.then(&word.text);
            let layer = self.layer(word, node, &trail);
            let all = layers.groups.entry(&word.text).or_default();
            self.agreed(all, layer, &trail);
        }
    }

    fn named<'t>(&mut self, node: &'t Node<'t>, trail: &Trail<'_>) -> &'t Map<'t> {
        match &node.what {
            What::Map(map) => map,
            What::Null => &[],
            what => {
                let what = format!("a map of settings by name is expected, not {}", what.called());
                self.fault(Fault::new(node.at, trail, what));
                &[]
            }
        }
    }

    fn layer<'t>(&mut self, word: &'t Word<'t>, node: &'t Node<'t>, trail: &Trail<'_>) -> Layer<'t> {
        let map = self.named(node, trail);
        for (word, node) in map {
            let text = &*word.text;
            if NEVER.contains(&text) {
                self.fault(Fault::new(word.at, trail, format!("{text} is said of one link, not of many")));
            } else if text == "state" && matches!(scalar(node), Some("absent" | "ignore")) {
                let what = "up or down is expected: each link says itself that it is to be absent or ignored";
                self.fault(Fault::new(node.at, &trail.then(text), what));
            }
        }
        Layer { word, map, used: Cell::new(false) }
    }

    /// Takes a layer in that may be there from another file; what both say, they have to say alike.
    fn agreed<'t>(&mut self, all: &mut Vec<Layer<'t>>, layer: Layer<'t>, trail: &Trail<'_>) {
        for other in all.iter() {
            if let Some((path, at, first)) = differs(Level::Link, other.map, layer.map) {
                let mut fault = Fault::new(at, trail, "two files say this differently").also(Some(first));
                fault.path = format!("{}.{path}", fault.path);
                self.fault(fault);
            }
        }
        all.push(layer);
    }

    /// The groups of a link, of which several files may speak: all that say any say the same ones, in the same order, for
    /// the first goes before the next.
    pub(super) fn liked<'l, 't>(
        &mut self,
        layers: &'l Layers<'t>,
        parts: &[&Node<'_>],
        trail: &Trail<'_>,
    ) -> Vec<&'l [Layer<'t>]> {
        let trail = trail.then("like");
        let mut likes = parts.iter().filter_map(|n| get(n, "like"));
        let Some(like) = likes.next() else { return Vec::new() };
        let names = self.groups_of(like, &trail);
        for other in likes {
            if self.groups_of(other, &trail) != names && other.at.file != like.at.file {
                let fault = Fault::new(other.at, &trail, "two files say this differently");
                self.fault(fault.also(Some(like.at)));
            }
        }
        let mut out = Vec::new();
        for name in names {
            match layers.groups.get(name) {
                Some(group) => out.push(group.as_slice()),
                None if self.whole => {
                    let hint = stranger::meant(&near(name, layers.groups.keys().copied(), 2));
                    let what = format!("there is no group \"{}\"", clip(name));
                    self.fault(Fault::new(like.at, &trail, what).hint(hint));
                }
                None => {}
            }
        }
        out
    }

    /// The groups that `like` names.
    fn groups_of<'n>(&mut self, like: &'n Node<'n>, trail: &Trail<'_>) -> Vec<&'n str> {
        let items = match &like.what {
            What::List(items) => items.as_slice(),
            _ => std::slice::from_ref(like),
        };
        let names: Vec<&str> = items.iter().filter_map(scalar).collect();
        if names.len() < items.len() {
            self.fault(Fault::new(like.at, trail, "names of groups are expected"));
        }
        names
    }

    /// Reads what no link uses, for the mistakes in it.
    pub(super) fn unused(&mut self, layers: &Layers<'_>) {
        let groups = layers.groups.values().flatten().map(|l| ("groups", None, l));
        let defaults =
            layers.defaults.iter().flat_map(|(k, all)| all.iter().map(|l| ("defaults", known(k), l)));
        for (top, kind, layer) in groups.chain(defaults).filter(|(.., l)| !l.used.get()) {
            let block = layer.map.iter().find_map(|(w, _)| words::spelt_kind(&w.text));
            let said = layer.map.iter().any(|(w, _)| w.text == "kind");
            let mut map: Vec<(Word<'_>, Node<'_>)> = layer
                .map
                .iter()
                .filter(|(w, _)| w.text != "port" && !NEVER.contains(&&*w.text))
                .cloned()
                .collect();
            if let Some(kind) = kind.or(block).filter(|_| !said) {
                let at = At { file: layer.word.at.file, ..At::default() };
                let what = What::Scalar(kind.name.into());
                map.push((Word { at, text: "kind".into() }, Node { at, what }));
            }
            let name = Word { at: layer.word.at, text: "x".into() };
            let node = Node { at: layer.word.at, what: What::Map(map) };
            self.layer_entry((&name, &node), &layer.word.text, &Trail::ROOT.then(top));
        }
    }
}

/// What stands below a link, and the kind that it is of then.
pub(super) fn below<'l, 't>(
    layers: &'l Layers<'t>,
    parts: &[&Node<'_>],
    groups: &[&'l [Layer<'t>]],
) -> (Option<&'static Kind>, Vec<&'t Map<'t>>) {
    let mut out = Vec::new();
    let mut kind = parts.iter().find_map(|n| entry::kind_word(n));
    for group in groups {
        out.extend(group.iter().map(Layer::take));
        let mut said = group.iter().flat_map(|l| l.map).filter(|(w, _)| w.text == "kind");
        kind = kind.or_else(|| said.find_map(|(_, n)| known(scalar(n)?)));
    }
    out.extend(layers.defaults_of(kind));
    (kind, out)
}

/// Where in a link a map stands.
#[derive(Clone, Copy)]
enum Level {
    Link,
    Block(&'static Kind),
    Port,
    /// Virtual functions, by number.
    Functions,
    Deep,
}

impl Level {
    /// The one spelling of a word that has several.
    fn canon(self, word: &str) -> Cow<'_, str> {
        let of = |fields: &'static linkctl_schema::Fields| {
            fields.list().iter().find(|f| f.is_state() && f.answers_to(word)).map(|f| f.name)
        };
        let found = match self {
            Self::Link => of(&base::FIELDS).or_else(|| words::spelt_kind(word).map(|k| k.name)),
            Self::Block(kind) => of(kind.fields),
            Self::Port => KINDS.iter().filter_map(|k| k.ports).find_map(|p| of(p.fields)),
            Self::Functions | Self::Deep => None,
        };
        found.map_or(Cow::Borrowed(word), Cow::Borrowed)
    }

    /// The level of the map that a word names.
    fn below(self, word: &str) -> Self {
        match self {
            Self::Link if word == "port" => Self::Port,
            Self::Link if word == vf::KIND.name => Self::Functions,
            Self::Functions if word != "count" => Self::Block(&vf::KIND),
            Self::Link => {
                KINDS.iter().chain(BLOCKS).find(|k| k.name == word).map_or(Self::Deep, |k| Self::Block(k))
            }
            Self::Block(_) if word == "peer" => Self::Link,
            _ => Self::Deep,
        }
    }
}

/// `{isolated: on}` of `port: {bridge: {isolated: on}}`.
fn peel<'n, 't>(node: &'n Node<'t>, level: Level) -> Option<&'n Map<'t>> {
    let map = node.map()?;
    match (level, map) {
        (Level::Port, [(word, inner)])
            if words::spelt_kind(&word.text).is_some_and(|k| k.ports.is_some()) =>
        {
            inner.map().or(Some(map))
        }
        _ => Some(map),
    }
}

fn peel_mut<'n, 't>(node: &'n mut Node<'t>, level: Level) -> Option<&'n mut Vec<(Word<'t>, Node<'t>)>> {
    let peels = peel(node, level).zip(node.map()).is_some_and(|(a, b)| !std::ptr::eq(a, b));
    let What::Map(map) = &mut node.what else { return None };
    if !peels {
        return Some(map);
    }
    match map.first_mut() {
        Some((_, Node { what: What::Map(inner), .. })) => Some(inner),
        _ => None,
    }
}

/// Adds to a link's map what a layer says and neither it nor its other parts do.
pub(super) fn add<'t>(map: &mut Vec<(Word<'t>, Node<'t>)>, others: &[&Map<'t>], layer: &Map<'t>) {
    join(map, others, layer, Level::Link);
}

fn join<'t>(map: &mut Vec<(Word<'t>, Node<'t>)>, others: &[&Map<'t>], layer: &Map<'t>, level: Level) {
    for (word, node) in layer {
        let name = level.canon(&word.text);
        let other: Vec<&Node<'_>> = others
            .iter()
            .flat_map(|m| m.iter())
            .filter(|(w, _)| level.canon(&w.text) == name)
            .map(|(_, n)| n)
            .collect();
        let own = map.iter_mut().find(|(w, _)| level.canon(&w.text) == name);
        if own.is_none() && other.is_empty() {
            map.push((word.clone(), node.clone()));
            continue;
        }
        let next = level.below(&name);
        let Some(inside) = peel(node, next).filter(|_| name != "link") else { continue };
        let others: Vec<&Map<'_>> = other.iter().filter_map(|n| peel(n, next)).collect();
        if others.len() < other.len() {
            continue;
        }
        if let Some((_, own)) = own {
            if let Some(own) = peel_mut(own, next) {
                join(own, &others, inside, next);
            }
            continue;
        }
        let mut fresh = Vec::new();
        join(&mut fresh, &others, inside, next);
        if !fresh.is_empty() {
            map.push((word.clone(), Node { at: node.at, what: What::Map(fresh) }));
        }
    }
}

/// What two maps say differently: which word, and both places.
fn differs(level: Level, first: &Map<'_>, second: &Map<'_>) -> Option<(String, At, At)> {
    second.iter().find_map(|(word, node)| {
        let name = level.canon(&word.text);
        let (_, other) = first.iter().find(|(w, _)| level.canon(&w.text) == name)?;
        match (&other.what, &node.what) {
            (What::Map(first), What::Map(second)) => {
                let (path, at, other) = differs(level.below(&name), first, second)?;
                Some((format!("{name}.{path}"), at, other))
            }
            (a, b) if a.same(b) => None,
            _ => Some((name.into_owned(), node.at, other.at)),
        }
    })
}
