//! What happens to each link that was there as a plan is carried out, told by the model.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link, Netns, World};
use linkctl_schema::Name;

use super::Manner;
use crate::act::{Act, Plan};
use crate::habit;
use crate::model::{Model, What};

/// What happens to one link; by whom where it is another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fate {
    /// It vanishes, and which act on which link does that.
    pub fell: Option<Key>,
    /// It was up and goes down.
    pub down: Option<Key>,
    /// It loses its master.
    pub released: Option<Key>,
    /// It comes to a master that takes what it receives.
    pub joined: Option<Name>,
    /// It goes to another namespace, under a name.
    pub moved: Option<Key>,
    /// It gets another name.
    pub renamed: Option<Name>,
    /// The least MTU that it has on the way, where that is less than it had.
    pub mtu: Option<u32>,
    /// Settings that are changed while it is in use.
    pub set: BTreeSet<&'static str>,
}

/// A plan carried out on the model.
#[derive(Debug, Default)]
pub struct Trace {
    /// What happens to links that were there, under the names that they have before.
    pub fates: BTreeMap<Key, Fate>,
    /// Links that are made, under their names in the end.
    made: BTreeSet<Key>,
    /// What links are called by now, by what they are called before; `None` for those that vanished.
    last: BTreeMap<Key, Option<Key>>,
    /// What links that vanished were called by then, where that is not what they are called before.
    fell_as: BTreeMap<Key, Key>,
    /// The links in the end; nothing where all of the plan is new.
    after: World,
}

impl Trace {
    /// Follows a plan made for these links. Costs what the plan costs; nothing of the links where none of them is touched.
    pub fn new(before: &World, plan: &Plan) -> Self {
        let mut out = Self::default();
        if !plan.steps.iter().any(|s| touches(&s.act, before)) {
            plan.steps.iter().for_each(|s| keep_up(&mut out.made, &s.act));
            return out;
        }
        Run::all(before, plan, out)
    }

    /// The same, and in any case with the links as they are in the end.
    pub fn whole(before: &World, plan: &Plan) -> (Self, World) {
        let mut out = Run::all(before, plan, Self::default());
        let after = std::mem::take(&mut out.after);
        (out, after)
    }

    /// The links that are made, where there was none or after one that vanished.
    pub fn made(&self) -> impl Iterator<Item = &Key> {
        self.made.iter()
    }

    /// Whether links that were there lose anything but a setting.
    pub fn disturbs(&self) -> bool {
        self.fates.values().any(Fate::disturbs)
    }

    /// The namespaces whose links are disturbed.
    pub fn spaces(&self) -> BTreeSet<Netns> {
        self.fates.iter().filter(|(_, f)| f.disturbs()).map(|(k, _)| k.netns.clone()).collect()
    }

    /// What a link is called in the end; `None` where it is gone.
    pub fn finally(&self, before: &Key) -> Option<Key> {
        self.last.get(before).cloned().unwrap_or_else(|| Some(before.clone()))
    }

    /// The master that a link has in the end.
    pub(super) fn master(&self, before: &Key) -> Option<Name> {
        self.after.get(&self.finally(before)?)?.has_master()
    }

    /// In which manner each link changes.
    pub(super) fn manners(&self, before: &World, renames_down: bool) -> BTreeMap<Key, Manner> {
        let mut out: BTreeMap<Key, Manner> = self
            .made
            .iter()
            .filter(|k| !before.contains_key(k))
            .map(|k| (k.clone(), Manner::Create))
            .collect();
        for (key, fate) in &self.fates {
            let again = self.made.contains(self.fell_as.get(key).unwrap_or(key));
            let up = self.finally(key).and_then(|k| self.after.get(&k)?.up());
            let manner = match fate {
                Fate { fell: Some(_), .. } if again => Manner::Rebuild,
                Fate { fell: Some(_), .. } => Manner::Delete,
                Fate { moved: Some(_), .. } => Manner::Move,
                Fate { down: Some(_), .. } if up == Some(true) => Manner::Down,
                Fate { down: Some(_), .. } => Manner::Stopped,
                Fate { renamed: Some(_), .. } if renames_down && up == Some(true) => Manner::Down,
                _ => Manner::Live,
            };
            out.insert(key.clone(), manner);
        }
        out
    }
}

impl Fate {
    fn disturbs(&self) -> bool {
        let Self { fell, down, released, joined, moved, renamed, mtu, set } = self;
        [fell, down, released, moved].iter().any(|x| x.is_some())
            || joined.is_some()
            || renamed.is_some()
            || mtu.is_some()
            || !set.is_empty()
    }
}

/// A plan that is being carried out.
struct Run<'w> {
    model: Model,
    before: &'w World,
    /// What links were called before, by what they are called by now; only of those that were renamed or moved.
    first: BTreeMap<Key, Key>,
    out: Trace,
}

impl<'w> Run<'w> {
    fn all(before: &'w World, plan: &Plan, out: Trace) -> Trace {
        let mut run = Self { model: Model::new(before.clone()), first: BTreeMap::new(), before, out };
        plan.steps.iter().for_each(|step| run.step(&step.act));
        run.end()
    }

    fn step(&mut self, act: &Act) {
        let by = self.origin(act.key()).unwrap_or_else(|| act.key().clone());
        self.ask(act);
        // The planner has seen each act succeed on a model like this one.
        let _ = self.model.act(act);
        for (key, what) in self.model.events() {
            let Some(key) = self.origin(&key) else { continue };
            self.note(&key, what, &by);
        }
        self.follow(act);
    }

    /// The link that was there before under whatever name; `None` for one that is new.
    fn origin(&self, now: &Key) -> Option<Key> {
        if let Some(first) = self.first.get(now) {
            return Some(first.clone());
        }
        (self.before.contains_key(now) && !self.out.last.contains_key(now)).then(|| now.clone())
    }

    /// What the act itself says.
    fn ask(&mut self, act: &Act) {
        let takes = |master: &Name, model: &Model| {
            model.get(&act.key().beside(*master)).is_some_and(habit::takes_packets)
        };
        let joined = match act {
            Act::Master(_, Some(master)) if takes(master, &self.model) => Some(*master),
            _ => None,
        };
        let Some(key) = self.origin(act.key()) else { return };
        let was = self.before.get(&key);
        let fate = self.out.fates.entry(key).or_default();
        match act {
            Act::Master(..) => fate.joined = joined.filter(|m| was.and_then(Link::has_master) != Some(*m)),
            Act::Rename(_, name) => fate.renamed = Some(*name),
            Act::Move(_, to) => fate.moved = Some(to.clone()),
            Act::Ethtool(_, record) | Act::Function(_, _, record) => {
                fate.set.extend(record.iter().map(|(f, _)| f.name));
            }
            Act::Functions(..) => _ = fate.set.insert("vf"),
            Act::Base(_, record) | Act::Data(_, record) | Act::Port(_, record) => {
                fate.set.extend(record.iter().map(|(f, _)| f.name));
                if let (Act::Base(..), Some(mtu)) = (act, record.get(base::MTU)) {
                    lower(fate, was, mtu);
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, key: &Key, what: What, by: &Key) {
        let Some(was) = self.before.get(key) else { return };
        let called = self.now(key).clone();
        let now = self.model.get(&called).and_then(|l| l.base.get(base::MTU));
        let fate = self.out.fates.entry(key.clone()).or_default();
        let by = by.clone();
        match what {
            What::Fell => {
                fate.fell = Some(by);
                if called != *key {
                    self.out.fell_as.insert(key.clone(), called);
                }
                self.out.last.insert(key.clone(), None);
                self.first.retain(|_, first| first != key);
            }
            What::Released if was.has_master().is_some() => _ = fate.released.get_or_insert(by),
            What::Down if was.up() == Some(true) => _ = fate.down.get_or_insert(by),
            What::Lost => {
                if let Some(mtu) = now {
                    lower(fate, Some(was), mtu);
                }
            }
            _ => {}
        }
    }

    /// What a link is called by now.
    fn now<'k>(&'k self, before: &'k Key) -> &'k Key {
        self.out.last.get(before).and_then(Option::as_ref).unwrap_or(before)
    }

    /// Keeps up with names.
    fn follow(&mut self, act: &Act) {
        keep_up(&mut self.out.made, act);
        let (from, to) = match act {
            Act::Rename(key, name) => (key, key.beside(*name)),
            Act::Move(key, to) => (key, to.clone()),
            _ => return,
        };
        if let Some(first) = self.first.remove(from).or_else(|| self.origin(from)) {
            self.out.last.insert(first.clone(), Some(to.clone()));
            self.first.insert(to, first);
        }
    }

    fn end(mut self) -> Trace {
        self.out.after = self.model.into_world();
        let after = &self.out.after;
        self.out.made.retain(|k| after.contains_key(k));
        self.out
    }
}

/// Whether an act may change links that there are: its own, the master that a new one comes to, or those that share
/// settings with it.
fn touches(act: &Act, before: &World) -> bool {
    let master = |key: &Key, name: Name| before.contains_key(&key.beside(name));
    match act {
        Act::Create { key, link, .. } => {
            let alike = habit::shares(link) || habit::is_alone(link);
            let fellows = alike && link.lower.as_ref().is_some_and(|l| before.contains_key(l));
            fellows || link.has_master().is_some_and(|m| master(key, m))
        }
        Act::Master(key, to) => before.contains_key(key) || to.is_some_and(|m| master(key, m)),
        act => before.contains_key(act.key()),
    }
}

/// Notes an MTU that is less than what the link had.
fn lower(fate: &mut Fate, was: Option<&Link>, mtu: u32) {
    if was.and_then(|l| l.base.get(base::MTU)).is_some_and(|had| mtu < had) {
        fate.mtu = Some(fate.mtu.map_or(mtu, |least| least.min(mtu)));
    }
}

/// Keeps up with the links that are made: one may be made under a name that it does not keep.
fn keep_up(all: &mut BTreeSet<Key>, act: &Act) {
    let (from, to) = match act {
        Act::Rename(key, name) => (key, key.beside(*name)),
        Act::Move(key, to) => (key, to.clone()),
        _ => return all.extend(made(act)),
    };
    if all.remove(from) {
        all.insert(to);
    }
}

/// The links that an act makes.
fn made(act: &Act) -> Vec<Key> {
    match act {
        Act::Create { key, peer, .. } => {
            std::iter::once(key).chain(peer.iter().map(|(k, _)| k)).cloned().collect()
        }
        Act::NewNetns(key) => vec![key.clone()],
        _ => Vec::new(),
    }
}
