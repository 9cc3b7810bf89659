//! What every link is to be in the end: what it was, what the goal says of it, and what follows from both.
//!
//! Unsaid is as it was. What nobody said gives way where it cannot stay: a master that goes, a field that the rest
//! does not go with.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, Link, Want, World};
use linkctl_schema::diff::diff;
use linkctl_schema::{FieldDef, Name, Record};

use crate::conflict::Conflict;
use crate::delta;
use crate::habit::{self, identity, outlet};
use crate::reason::Reason;

/// What every link is to be.
pub(crate) struct Intent<'w> {
    /// The links before the first act, under the names and in the namespaces that they are to have.
    pub was: Cow<'w, World>,
    /// What the goal says; `None` for links that are not to be.
    pub said: BTreeMap<Key, Option<Link>>,
    /// The links that the goal names, with what it does not say of them.
    named: BTreeMap<Key, Link>,
    /// Bystanders that do not stay as they were: those that have to be made anew, without what the kernel tells and does not
    /// take, and those that lose the link that they go out of.
    again: BTreeMap<Key, Link>,
    /// Links that the goal leaves alone, in so many words.
    pub spared: BTreeSet<Key>,
    /// Links that will not be, whoever decided that.
    pub gone: BTreeSet<Key>,
    /// Links that only a rebuild makes so, and why.
    pub fatal: BTreeMap<Key, Vec<Reason>>,
}

impl<'w> Intent<'w> {
    /// Reads the goal. The second part tells what is wrong with it by itself.
    pub(crate) fn new(was: Cow<'w, World>, goal: &Goal) -> (Self, Vec<Conflict>) {
        let mut out = Self {
            was,
            said: goal.links.iter().map(|(k, w)| (k.clone(), said(k, w))).collect(),
            named: BTreeMap::new(),
            again: BTreeMap::new(),
            spared: goal.spared.clone(),
            gone: BTreeSet::new(),
            fatal: BTreeMap::new(),
        };
        let mut conflicts = Vec::new();
        out.pair(&mut conflicts);
        out.ground();
        out.gone = out
            .said
            .iter()
            .filter(|(k, w)| w.is_none() && out.was.contains_key(k))
            .map(|(k, _)| k.clone())
            .collect();
        let keys: Vec<Key> = out.said.keys().cloned().collect();
        for key in &keys {
            out.name(key, &mut conflicts);
        }
        out.part(&keys, &mut conflicts);
        out.make_way();
        out.loosen();
        (out, conflicts)
    }

    /// What a link is to be; `None` where it is not to be.
    pub(crate) fn will(&self, key: &Key) -> Option<&Link> {
        if self.gone.contains(key) {
            return None;
        }
        self.named.get(key).or_else(|| self.again.get(key)).or_else(|| self.was.get(key))
    }

    /// Readies bystanders among these to be made anew: fields that only count in another mode are told by the kernel
    /// and refused at creation.
    pub(crate) fn remake(&mut self, falling: &BTreeSet<Key>) {
        for key in falling.iter().filter(|k| !self.said.contains_key(k)) {
            let was = self.again.get(key).or_else(|| self.was.get(key));
            let Some(mut link) = was.cloned() else { continue };
            if let Some(kind) = link.kind {
                let nothing = Record::new(kind.fields);
                // Where a rule stays broken the rehearsal says so.
                let _ = delta::prune(kind, &mut link.data, &nothing);
            }
            if habit::has_no_choice(&link) {
                link.base.take(&base::ADDRESS.0);
            }
            link.base = makable(&link, None);
            self.again.insert(key.clone(), link);
        }
    }

    /// Every link that is to be.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Key, &Link)> {
        let bystanders =
            self.was.iter().filter(|(k, _)| !self.said.contains_key(k) && !self.gone.contains(k));
        self.named.iter().chain(bystanders)
    }

    /// The links that the goal wants, whole.
    pub(crate) fn named(&self) -> &BTreeMap<Key, Link> {
        &self.named
    }

    /// What the goal says of a link that is to be.
    pub(crate) fn said(&self, key: &Key) -> Option<&Link> {
        self.said.get(key)?.as_ref()
    }

    /// The master that a link is to have. One that nobody said and that goes is none.
    pub(crate) fn master(&self, key: &Key) -> Option<Name> {
        let master = self.will(key)?.has_master()?;
        let explicit = self.said(key).is_some_and(|l| l.master().is_some());
        let stays = explicit
            || self.will(&key.beside(master)).is_some()
            || !self.was.contains_key(&key.beside(master));
        stays.then_some(master)
    }

    /// Links that name each other as two ends do; the other end need not be named as a link of its own.
    fn pair(&mut self, conflicts: &mut Vec<Conflict>) {
        let mut ends: BTreeMap<Key, Key> = BTreeMap::new();
        let pairs: Vec<(Key, Key, Link)> = self
            .said
            .iter()
            .filter_map(|(k, l)| l.as_ref().and_then(|l| Some((k.clone(), l.peer.clone()?, l.clone()))))
            .collect();
        for (key, peer, link) in pairs {
            let other = self.said.get(&peer);
            let there = self.was.get(&peer);
            let known = self.was.get(&key).filter(|_| link.kind.is_none()).and_then(|l| l.kind);
            let kind = link.kind.or(known);
            let same = |l: &Link| l.kind.is_some_and(|k| kind.is_some_and(|own| own.name == k.name));
            let agrees = match other {
                None => true,
                Some(None) => false,
                Some(Some(o)) => {
                    o.peer.as_ref().is_none_or(|p| *p == key)
                        && o.foreign.is_none()
                        && if o.kind.is_some() { same(o) } else { there.is_none_or(same) }
                }
            };
            if peer == key || !agrees || *ends.entry(peer.clone()).or_insert_with(|| key.clone()) != key {
                conflicts.push(Conflict::PeerDisagrees { link: key, peer });
                continue;
            }
            if other.is_none() && there.is_some_and(|l| l.peer.as_ref() != Some(&key)) {
                conflicts.push(Conflict::NameTaken { link: peer.clone(), name: peer.name });
            }
            if other.is_none() && there.is_some() {
                continue;
            }
            let end = self.said.entry(peer).or_insert_with(|| Some(Link::new(None)));
            if let Some(end) = end {
                end.peer = Some(key);
                if end.kind.is_none() {
                    become_kind(end, kind);
                }
            }
        }
    }

    /// What a link is said to stand on is what it will be read to stand on: a macvlan on a macvlan is one beside it.
    fn ground(&mut self) {
        let kind = |key: &Key| self.said(key).filter(|l| l.kind.is_some()).or_else(|| self.was.get(key));
        let lower = |key: &Key| {
            let said = self.said(key).and_then(|l| l.lower.clone());
            said.or_else(|| self.was.get(key).and_then(|l| l.lower.clone()))
        };
        let mut moved = Vec::new();
        for (key, link) in self.said.iter().filter_map(|(k, l)| Some((k, kind(k)?)).filter(|_| l.is_some())) {
            let Some(mut at) = self.said(key).and_then(|l| l.lower.clone()) else { continue };
            let mut seen = BTreeSet::from([key.clone()]);
            let goes = |key: &Key| matches!(self.said.get(key), Some(None));
            while !goes(&at)
                && seen.insert(at.clone())
                && kind(&at).is_some_and(|l| habit::stands_beside(link, l))
            {
                let Some(next) = lower(&at) else { break };
                at = next;
            }
            if self.said(key).is_some_and(|l| l.lower.as_ref() != Some(&at)) {
                moved.push((key.clone(), at));
            }
        }
        for (key, lower) in moved {
            if let Some(Some(link)) = self.said.get_mut(&key) {
                link.lower = Some(lower);
            }
        }
    }

    /// Puts together what a named link is to be.
    fn name(&mut self, key: &Key, conflicts: &mut Vec<Conflict>) {
        let Some(Some(said)) = self.said.get(key) else { return };
        let was = self.was.get(key);
        if let Some(was) = was {
            let mut fatal = delta::fatal(was, said);
            if let Some(address) = said.base.value(&base::ADDRESS.0)
                && self.is_unaddressed(key, was)
            {
                fatal.push(delta::of(base::ADDRESS.0.name, None, address.clone()));
            }
            if !fatal.is_empty() {
                self.fatal.insert(key.clone(), fatal);
            }
        } else if said.kind.is_none() && said.foreign.is_none() {
            conflicts.push(Conflict::NoKind(key.clone()));
            return;
        }
        let same = was
            .filter(|w| said.kind.is_none() && said.foreign.is_none() || w.kind_word() == said.kind_word());
        let mut will = same.map_or_else(|| said.clone(), |was| merged(was, said));
        if let Some(kind) = will.kind
            && let Err(broken) = delta::prune(kind, &mut will.data, &said.data)
            && (same.is_none() || !said.data.is_empty())
        {
            conflicts.push(Conflict::RuleBroken { link: key.clone(), broken });
        }
        if self.fatal.contains_key(key) {
            will.base = makable(&will, Some(said));
            if was.is_some_and(habit::borrows_address) && said.base.value(&base::ADDRESS.0).is_none() {
                // It gives back what it was lent, and gets its own.
                will.base.take(&base::ADDRESS.0);
            }
        }
        self.named.insert(key.clone(), will);
    }

    /// Whether a link became what a port without an address is: it stays that until it is made anew.
    fn is_unaddressed(&self, key: &Key, was: &Link) -> bool {
        let port = |(k, l): &(&Key, &Link)| k.netns == key.netns && l.has_master() == Some(key.name);
        habit::is_unaddressed(was, self.was.iter().filter(port).map(|(_, l)| l))
    }

    /// Tunnels that outlive the link that they go out of keep its number, where nobody says another.
    fn loosen(&mut self) {
        let left = |(key, link): (&Key, &Link)| {
            let outlet = key.beside(outlet::of(link)?);
            let said = self.said(key).and_then(outlet::of).is_some();
            let gone = self.gone.contains(&outlet) && !said && link.home.is_none();
            Some((key.clone(), Name::of_index(self.was.get(&outlet).filter(|_| gone)?.index)))
        };
        let left: Vec<(Key, Name)> = self.all().filter_map(left).collect();
        for (key, number) in left {
            let link = match self.named.get_mut(&key) {
                Some(link) => link,
                None => self.again.entry(key.clone()).or_insert_with(|| self.was[&key].clone()),
            };
            outlet::set(link, number);
        }
    }

    /// Finds links that are in the way of making or changing others, and out of it only while they are not there.
    fn make_way(&mut self) {
        let stays = |k: &Key| !self.fatal.contains_key(k) && self.will(k).is_some_and(identity::takes_all);
        let takers = self.was.iter().filter(|(k, l)| identity::takes_all(l) && stays(k));
        let because = |taker: (&Key, &Link)| {
            let held = |(k, will): &(&Key, &Link)| {
                let was = self.was.get(k).filter(|_| !self.fatal.contains_key(k));
                was.is_none_or(|was| !diff(&was.data, &will.data).is_empty())
                    && identity::is_in_the_way(taker, (k, will), was.is_some())
            };
            Some(Reason::Follows(self.named.iter().find(held)?.0.clone()))
        };
        let found: Vec<(Key, Reason)> =
            takers.filter_map(|taker| Some((taker.0.clone(), because(taker)?))).collect();
        for (key, why) in found {
            let said = self.said.get(&key).and_then(Option::as_ref);
            if let Some(will) = self.named.get_mut(&key) {
                will.base = makable(will, said);
            }
            self.fatal.insert(key, vec![why]);
        }
    }

    /// Finds ends that go because the other end goes, or gets another.
    fn part(&mut self, keys: &[Key], conflicts: &mut Vec<Conflict>) {
        for key in keys {
            let Some(peer) = delta::partner(key, &self.was) else { continue };
            let holds = |l: &Link, other: &Key| l.peer.as_ref() == Some(other) || l.foreign.is_some();
            if self.will(key).is_some_and(|l| holds(l, &peer)) {
                continue;
            }
            match self.said.get(&peer) {
                Some(Some(_)) if self.will(&peer).is_some_and(|l| holds(l, key)) => {
                    conflicts.push(Conflict::PeerDisagrees { link: key.clone(), peer });
                }
                Some(_) => {}
                None => {
                    self.gone.insert(peer);
                }
            }
        }
    }
}

/// What the goal says, with the lower link where it belongs.
fn said(key: &Key, want: &Want) -> Option<Link> {
    let mut link = want.link()?.clone();
    let lower = link.base.take(&base::LINK.0);
    if let (None, None, Some(linkctl_schema::Value::Link(name))) = (&link.lower, &link.peer, lower)
        && !name.is_none()
    {
        link.lower = Some(key.beside(name));
    }
    Some(link)
}

/// What every link has of one that is to be made anew, without what nobody said and nobody can say then: another sort of link of
/// its kind may have no address, or another's. What was said is refused by the model.
fn makable(will: &Link, said: Option<&Link>) -> Record {
    let lent = |f: &FieldDef| habit::borrows_address(will) && f.name == "address";
    let unfit = |f: &FieldDef| lent(f) || habit::unmakable(will, f.name).is_some();
    will.base.only(|f| said.is_some_and(|s| s.base.value(f).is_some()) || !unfit(f))
}

fn become_kind(link: &mut Link, kind: Option<&'static linkctl_schema::Kind>) {
    link.kind = kind;
    if let Some(kind) = kind.filter(|_| link.data.is_empty()) {
        link.data = Record::new(kind.fields);
    }
}

/// What it was, and what is said of it.
fn merged(was: &Link, said: &Link) -> Link {
    let mut out = was.clone();
    out.base.merge(&said.base);
    out.data.merge(&said.data);
    out.nic = crate::nic::will(was.nic.as_deref(), said.nic.as_deref()).map(Box::new);
    if said.lower.is_some() {
        out.lower.clone_from(&said.lower);
    }
    if said.peer.is_some() {
        out.peer.clone_from(&said.peer);
    }
    if said.master().is_some_and(|m| m != was.master().unwrap_or(Name::NONE)) {
        out.port = None;
    }
    match (&mut out.port, &said.port) {
        (Some(port), Some(more)) if std::ptr::eq(port.fields(), more.fields()) => port.merge(more),
        (port, Some(more)) => *port = Some(more.clone()),
        (_, None) => {}
    }
    out
}
