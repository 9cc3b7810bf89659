//! One link of a file.

use linkctl_kinds::{KINDS, link as base};
use linkctl_schema::name::BadName;
use linkctl_schema::near::near;
use linkctl_schema::{FieldDef, Kind, Record, Value, devconf};

use super::{Reader, Said, get, scalar};
use crate::goal::Match;
use crate::key::Key;
use crate::link::Link;
use crate::load::error::{Fault, Trail, clip};
use crate::load::node::{At, Node, What, Word};
use crate::load::stranger::{self, Place};
use crate::load::words::{self, kind as known};
use crate::load::{elsewhere, escape};
use crate::netns::Netns;

/// Whether a link is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::load) enum Fate {
    Present,
    Absent,
    /// Whatever it is, it is left alone.
    Ignored,
}

/// One link as a file says it.
#[derive(Debug)]
pub(in crate::load) struct Entry {
    /// Where it is named.
    pub(in crate::load) at: At,
    pub(in crate::load) path: Path,
    pub(in crate::load) key: Key,
    pub(in crate::load) fate: Fate,
    pub(in crate::load) link: Box<Link>,
    pub(in crate::load) found_by: Option<Box<Match>>,
    /// Settings by name, and the blocks `port` and the kind's.
    pub(in crate::load) said: Said,
    /// What blocks hold that two may fill in together.
    pub(in crate::load) parts: Vec<(Part, At)>,
    /// It is only given within the other end of its pair.
    pub(in crate::load) within: bool,
    /// Part of it could not be read.
    pub(in crate::load) broken: bool,
}

/// A setting within a block that is no table of the kind's: `inet`, `ethtool`, `vf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::load) struct Part {
    pub(in crate::load) block: &'static str,
    /// The virtual function that it is of.
    pub(in crate::load) function: Option<u32>,
    pub(in crate::load) name: &'static str,
}

/// What the path to a link is made of; few are ever shown.
#[derive(Debug)]
pub(in crate::load) struct Path {
    /// Its key, unless that is its name.
    word: Option<Box<str>>,
    /// The kind that has it as the other end of a pair.
    within: Option<&'static Kind>,
}

impl Path {
    fn of(word: &str, key: &Key) -> Self {
        let other = word.as_bytes() != key.name.as_bytes();
        Self { word: other.then(|| word.into()), within: None }
    }

    /// To the other end of a pair.
    pub(super) fn end(of: &Entry, kind: &'static Kind) -> Self {
        Self { word: Some(of.word().into()), within: Some(kind) }
    }
}

impl Entry {
    /// A link of which nothing is said.
    pub(super) fn new(at: At, path: Path, key: Key) -> Self {
        Self {
            at,
            path,
            key,
            fate: Fate::Present,
            link: Box::new(Link::new(None)),
            found_by: None,
            said: Said::new(),
            parts: Vec::new(),
            within: false,
            broken: false,
        }
    }

    /// The path to it.
    pub(in crate::load) fn path(&self) -> String {
        let links = Trail::ROOT.then("links");
        let link = links.then(self.word());
        match self.path.within {
            None => link.to_string(),
            Some(kind) => link.then(kind.name).then("peer").to_string(),
        }
    }

    /// The key of the link that it is, or is within.
    fn word(&self) -> &str {
        let name = || std::str::from_utf8(self.key.name.as_bytes()).unwrap_or_default();
        self.path.word.as_deref().unwrap_or_else(name)
    }

    /// Makes a new link one of a kind.
    fn of_kind(&mut self, kind: &'static Kind) {
        self.link.kind = Some(kind);
        self.link.data = Record::new(kind.fields);
    }

    /// Where something is said of it; else where it is named.
    pub(in crate::load) fn place(&self, what: &str) -> At {
        self.said.iter().find(|(name, _)| *name == what).map_or(self.at, |(_, at)| *at)
    }
}

/// Who a link is, where that can be read.
pub(in crate::load) fn key(word: &Word<'_>, node: &Node<'_>) -> Option<Key> {
    identity(word, node, &Trail::ROOT).ok()
}

/// The master that it names.
pub(super) fn master_word(node: &Node<'_>) -> Option<linkctl_schema::Name> {
    escape::name(scalar(get(node, "master")?)?).ok()
}

/// Its kind, where it says one that is known.
pub(super) fn kind_word(node: &Node<'_>) -> Option<&'static Kind> {
    known(scalar(get(node, "kind")?)?)
}

/// Namespace and name: the key's, unless the link has a `name`.
fn identity(word: &Word<'_>, node: &Node<'_>, trail: &Trail<'_>) -> Result<Key, Fault> {
    let (at, text) = match get(node, "name") {
        None => (word.at, &*word.text),
        Some(n) => (n.at, scalar(n).ok_or_else(|| Fault::new(n.at, trail, "a link's name is expected"))?),
    };
    let name = escape::name(text).map_err(|bad| bad_name(at, trail, text, bad))?;
    let netns = match get(node, "netns") {
        None => Netns::HERE,
        Some(n) => netns(n, &trail.then("netns"))?,
    };
    Ok(Key::new(netns, name))
}

/// A namespace by name; null is the one that the command runs in.
pub(super) fn netns(node: &Node<'_>, trail: &Trail<'_>) -> Result<Netns, Fault> {
    match &node.what {
        What::Null => Ok(Netns::HERE),
        What::Scalar(text) => {
            let name = escape::plain(text).and_then(|t| Netns::named(&t));
            name.ok_or_else(|| {
                Fault::new(node.at, trail, format!("\"{}\" is no name of a namespace", clip(text)))
            })
        }
        what => {
            Err(Fault::new(node.at, trail, format!("a namespace's name is expected, not {}", what.called())))
        }
    }
}

impl Reader<'_> {
    /// Reads a link, and what it says of the other end of its pair.
    pub(super) fn entry(
        &mut self,
        (word, node): (&Word<'_>, &Node<'_>),
        known: &Key,
        trail: &Trail<'_>,
        out: &mut Vec<Entry>,
    ) {
        let trail = trail.then(&word.text);
        let map = match &node.what {
            What::Map(map) => map.as_slice(),
            What::Null => &[],
            what => {
                let what = format!("a map of what the link should be is expected, not {}", what.called());
                return self.fault(Fault::new(node.at, &trail, what));
            }
        };
        let known = Some(known).filter(|key| !key.name.is_none()).cloned();
        let key = match known.map_or_else(|| identity(word, node, &trail), Ok) {
            Ok(key) => key,
            Err(fault) => return self.fault(fault),
        };
        let before = self.faults.found();
        let mut entry = Entry::new(word.at, Path::of(&word.text, &key), key);
        entry.said.reserve_exact(map.len() + 1);
        let state = get(node, "state");
        let state = state.and_then(|n| self.state(n, &mut entry, &trail.then("state")));
        if state == Some("absent") {
            entry.fate = Fate::Absent;
            self.absent(map, &mut entry, &trail);
        } else {
            self.kind_of(node, &mut entry, &trail);
            self.settings(map, &mut entry, &trail, out);
        }
        if state == Some("ignore") {
            // It is read for its mistakes alone.
            entry.fate = Fate::Ignored;
            *entry.link = Link::new(None);
        }
        entry.broken = self.faults.found() > before;
        out.push(entry);
    }

    /// Reads a group or defaults that no link uses.
    pub(super) fn layer_entry(
        &mut self,
        (word, node): (&Word<'_>, &Node<'_>),
        name: &str,
        trail: &Trail<'_>,
    ) {
        let trail = trail.then(name);
        let key = Key::here(linkctl_schema::Name::NONE);
        let mut entry = Entry::new(word.at, Path::of(name, &key), key);
        if let Some(node) = get(node, "state") {
            self.state(node, &mut entry, &trail.then("state"));
        }
        self.kind_of(node, &mut entry, &trail);
        self.settings(node.map().unwrap_or_default(), &mut entry, &trail, &mut Vec::new());
    }

    pub(super) fn state(
        &mut self,
        node: &Node<'_>,
        entry: &mut Entry,
        trail: &Trail<'_>,
    ) -> Option<&'static str> {
        entry.said.push(("state", node.at));
        let word = scalar(node).unwrap_or_default();
        let found = ["up", "down", "absent", "ignore"].into_iter().find(|w| *w == word);
        match found {
            Some("up") => entry.link.base.set(base::UP, true),
            Some("down") => entry.link.base.set(base::UP, false),
            Some(_) => {}
            None => {
                let said = scalar(node).map_or(node.what.called().into(), |t| format!("\"{}\"", clip(t)));
                let what = format!("{said} does not fit: expected up, down, absent or ignore");
                self.fault(Fault::new(node.at, trail, what));
            }
        }
        found
    }

    fn kind_of(&mut self, node: &Node<'_>, entry: &mut Entry, trail: &Trail<'_>) {
        let Some(node) = get(node, "kind") else {
            // Another file may say it.
            if let Some(kind) = self.kind_said(&entry.key) {
                entry.of_kind(kind);
            }
            return;
        };
        let trail = trail.then("kind");
        entry.said.push(("kind", node.at));
        let Some(word) = scalar(node) else {
            let what = format!("a kind is expected, not {}", node.what.called());
            return self.fault(Fault::new(node.at, &trail, what));
        };
        if let Some(kind) = known(word) {
            entry.of_kind(kind);
        } else if self.strict {
            let nearest = || stranger::meant(&near(word, KINDS.iter().map(|k| k.name), 2));
            let hint = elsewhere::kind(word).map(str::to_owned).or_else(nearest);
            self.fault(
                Fault::new(node.at, &trail, format!("the kind \"{}\" is not known", clip(word))).hint(hint),
            );
        } else {
            entry.link.foreign = Some(escape::unescape(word).into());
        }
    }

    /// Nothing can be said of a link that is not to be, but how it is found.
    fn absent(&mut self, map: &[(Word<'_>, Node<'_>)], entry: &mut Entry, trail: &Trail<'_>) {
        for (word, node) in map {
            match &*word.text {
                "state" | "name" | "netns" => {}
                "match" => {
                    entry.said.push(("match", word.at));
                    entry.found_by = self.finder(node, &entry.key, &trail.then("match")).map(Box::new);
                }
                text => {
                    let fault = Fault::new(
                        word.at,
                        &trail.then(text),
                        "a link that is to be absent takes no settings",
                    );
                    self.fault(fault.also(Some(entry.place("state"))));
                }
            }
        }
    }

    fn settings(
        &mut self,
        map: &[(Word<'_>, Node<'_>)],
        entry: &mut Entry,
        trail: &Trail<'_>,
        out: &mut Vec<Entry>,
    ) {
        let mut port = None;
        for (word, node) in map {
            match &*word.text {
                "kind" | "state" | "name" | "netns" => {}
                "like" if self.strict => {}
                "match" => {
                    entry.said.push(("match", word.at));
                    entry.found_by = self.finder(node, &entry.key, &trail.then("match")).map(Box::new);
                }
                "link" => self.lower(word, node, entry, trail),
                "port" => port = Some((word, node)),
                text => match words::spelt_kind(text) {
                    Some(kind) => self.block(kind, (word, node), entry, trail, out),
                    None => self.base((word, node), entry, trail),
                },
            }
        }
        // Last, for the master decides what can be said.
        if let Some((word, node)) = port {
            entry.said.push(("port", word.at));
            self.port(word, node, entry, &trail.then("port"));
        }
    }

    /// A setting that every link has.
    pub(super) fn base(&mut self, said: (&Word<'_>, &Node<'_>), entry: &mut Entry, trail: &Trail<'_>) {
        let word = said.0;
        let what = match &*word.text {
            "up" | "down" => Some("state says whether the link is up"),
            "xdp" => Some("it is not supported by this version yet"),
            _ => None,
        };
        if let Some(what) = what {
            let hint =
                matches!(&*word.text, "up" | "down").then(|| "write state: up or state: down".to_owned());
            return self.fault(Fault::new(word.at, &trail.then(&word.text), what).hint(hint));
        }
        if let Some(block) = super::nic::block(&word.text) {
            return self.beside(block, said, entry, trail);
        }
        let Entry { link, said: places, parts, .. } = entry;
        if let Some(f) = self.tables.find(&base::FIELDS, &word.text) {
            parts.extend(knobs(f, said.1));
        }
        if !self.setting(&base::FIELDS, &mut link.base, said, trail, places) {
            let hint = stranger::hint(&word.text, Place::Link(link.kind));
            let what = format!("\"{}\" is not known here", clip(&word.text));
            self.fault(Fault::new(word.at, trail, what).hint(hint));
        }
    }

    /// The link that it stands on: a name beside it, or a name and a namespace.
    fn lower(&mut self, word: &Word<'_>, node: &Node<'_>, entry: &mut Entry, trail: &Trail<'_>) {
        let What::Map(map) = &node.what else {
            let Entry { link, said, .. } = entry;
            self.setting(&base::FIELDS, &mut link.base, (word, node), trail, said);
            link.lower = link.base.get(base::LINK).filter(|n| !n.is_none()).map(|n| entry.key.beside(n));
            return;
        };
        let trail = trail.then("link");
        entry.said.push(("link", word.at.to(node.at)));
        if let Some((word, _)) = map.iter().find(|(w, _)| !["name", "netns"].contains(&&*w.text)) {
            let what = format!("\"{}\" is not known here: name and netns are", clip(&word.text));
            return self.fault(Fault::new(word.at, &trail, what));
        }
        let Some(key) = self.elsewhere(node, &entry.key, &trail) else { return };
        if key.netns == entry.key.netns {
            entry.link.base.put(&base::LINK.0, Value::Link(key.name));
        }
        entry.link.lower = Some(key);
    }

    /// `{name: .., netns: ..}`: another link, in the namespace of `near` unless it says another.
    pub(super) fn elsewhere(&mut self, node: &Node<'_>, near: &Key, trail: &Trail<'_>) -> Option<Key> {
        let Some(name) = get(node, "name") else {
            self.fault(Fault::new(node.at, trail, "name is missing"));
            return None;
        };
        let text = scalar(name).unwrap_or_default();
        let name = escape::name(text).map_err(|bad| bad_name(name.at, &trail.then("name"), text, bad));
        let netns = get(node, "netns").map_or(Ok(near.netns.clone()), |n| netns(n, &trail.then("netns")));
        match (name, netns) {
            (Ok(name), Ok(netns)) => Some(Key::new(netns, name)),
            (Err(fault), _) | (_, Err(fault)) => {
                self.fault(fault);
                None
            }
        }
    }
}

/// What is said within a setting that is a map of settings itself.
fn knobs<'n>(f: &'static FieldDef, node: &'n Node<'_>) -> impl Iterator<Item = (Part, At)> + use<'n> {
    let all = devconf::knobs(f).0;
    let map = node.map().filter(|_| !all.is_empty()).unwrap_or_default();
    map.iter().filter_map(move |(word, node)| {
        let name = all.iter().find(|k| k.name == word.text)?.name;
        Some((Part { block: f.name, function: None, name }, word.at.to(node.at)))
    })
}

/// A text that cannot be a link's name.
pub(super) fn bad_name(at: At, trail: &Trail<'_>, text: &str, bad: BadName) -> Fault {
    Fault::new(at, trail, format!("\"{}\" does not fit: {bad}", clip(text)))
}
