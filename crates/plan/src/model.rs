//! The kernel as the book tells it: it carries out acts on a world in memory and refuses what a kernel refuses.
//!
//! What it knows: which fields change when, what vanishes with what, what masters, lower links and other ends do to
//! each other. What it refuses to know: drivers' bounds, defaults, addresses and anything that carries packets.
//! An act that is refused changes nothing. An act costs what it touches, and a logarithm of the world.

mod alter;
mod create;
mod nic;
mod place;
mod refusal;
mod space;
mod state;
mod timely;

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::link as base;
use linkctl_link::topology::stands_on;
use linkctl_link::{Key, Link, Netns, World};
use linkctl_schema::{Name, Record, Value};

use crate::act::Act;
use crate::delta::{mentions, partner};
use crate::habit::{self, identity};

pub use refusal::{Errno, Refusal};

/// What happened to a link as an act was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// It vanished.
    Fell,
    /// It lost its master.
    Released,
    /// It went up.
    Up,
    /// It went down.
    Down,
    /// A field of it was lost, because the link that it named went.
    Lost,
    /// Its hardware was set up anew.
    Reset,
    /// Its virtual functions went.
    Functions,
    /// Nobody knows how it was.
    Forgotten,
}

/// A world that acts can be carried out on.
#[derive(Clone, Debug, Default)]
pub struct Model {
    world: World,
    /// Whether it refuses what single drivers refuse.
    strict: bool,
    /// Who mentions a link, by the link mentioned.
    near: BTreeMap<Key, BTreeSet<Key>>,
    /// Who stands on a link, by the link below.
    above: BTreeMap<Key, BTreeSet<Key>>,
    /// The ports of a link, by the master.
    ports: BTreeMap<Key, BTreeSet<Key>>,
    /// The rings that a link is an end of, by the end.
    rings: BTreeMap<Key, BTreeSet<Key>>,
    /// The same of those that take over its packets, by their family, too: links of several do not stand there together.
    takers: BTreeMap<(Key, &'static str), BTreeSet<Key>>,
    /// Who has an alternative name, by namespace and name.
    called: BTreeMap<(Netns, Box<[u8]>), Key>,
    /// Links that another cannot be like, by the namespace where that counts and what tells them apart.
    twins: BTreeMap<(Netns, String), BTreeSet<Key>>,
    /// Links that listen on a port of UDP while they are up, by that and by their sort.
    listening: BTreeMap<(Netns, u64), BTreeMap<String, BTreeSet<Key>>>,
    /// Bridges whose MTU was said and no longer follows their ports'.
    firm: BTreeSet<Key>,
    /// Bridges whose MTU does.
    soft: BTreeSet<Key>,
    /// What a new link has, by the tables that were asked for.
    newborn: Vec<Record>,
    /// Bonds and teams that became what a port without Ethernet was, and are it still.
    alien: BTreeSet<Key>,
    events: Vec<(Key, What)>,
}

type Done = Result<(), Refusal>;

impl Model {
    /// A kernel with these links.
    pub fn new(world: World) -> Self {
        let mut model = Self { world, strict: true, ..Self::default() };
        let all: Vec<Key> = model.world.keys().cloned().collect();
        all.iter().for_each(|key| model.index(key));
        model
    }

    /// The same that leaves it to the kernel to say what its drivers refuse, for who has it explain that.
    pub fn lenient(world: World) -> Self {
        Self { strict: false, ..Self::new(world) }
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    /// The links that there are.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The links that there are, for good.
    pub fn into_world(self) -> World {
        self.world
    }

    /// Carries out an act; where it is refused, nothing has changed.
    pub fn act(&mut self, act: &Act) -> Done {
        self.events.clear();
        match act {
            Act::Create { key, link, peer } => self.create(key, link, peer.as_ref().map(|(k, l)| (k, &**l))),
            Act::Delete(key) => self.delete(key),
            Act::Base(key, record) => self.base(key, record),
            Act::Altnames { key, add, remove } => self.altnames(key, add, remove),
            Act::Data(key, record) => self.data(key, record),
            Act::Port(key, record) => self.port(key, record),
            Act::Ethtool(key, record) => self.ethtool(key, record),
            Act::Functions(key, count) => self.functions(key, *count),
            Act::Function(key, number, record) => self.function(key, *number, record),
            Act::NewNetns(key) => self.new_netns(key),
            Act::DropNetns(key) => self.drop_netns(key),
            Act::Master(key, master) => self.master(key, *master),
            Act::Rename(key, name) => self.rename(key, *name),
            Act::Move(key, to) => self.move_to(key, to),
            Act::Up(key) => self.up(key),
            Act::Down(key) => self.there(key).map(|_| ()).map(|()| self.close(key)),
        }
    }

    /// What the last act did, its own link included.
    pub(crate) fn events(&mut self) -> Vec<(Key, What)> {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn get(&self, key: &Key) -> Option<&Link> {
        self.world.get(key)
    }

    /// Whether a link there answers to that name, its own or an alternative one.
    pub(crate) fn has_name(&self, key: &Key) -> bool {
        self.free(key).is_err()
    }

    /// The link that has a word as an alternative name in the namespace of `beside`.
    pub(crate) fn holder(&self, beside: &Key, word: &[u8]) -> Option<&Key> {
        self.called.get(&(beside.netns.clone(), word.into()))
    }

    pub(crate) fn is_up(&self, key: &Key) -> bool {
        self.get(key).is_some_and(|l| l.up() == Some(true))
    }

    /// The master of a link, where it has one and it is there.
    pub(crate) fn master_of(&self, key: &Key) -> Option<(Key, &Link)> {
        let master = key.beside(self.get(key)?.has_master()?);
        self.world.get_key_value(&master).map(|(k, l)| (k.clone(), l))
    }

    /// The ports of a link.
    pub(crate) fn ports(&self, key: &Key) -> Vec<Key> {
        self.ports.get(key).into_iter().flatten().cloned().collect()
    }

    /// The same one by one, for those who need not all.
    pub(crate) fn some_ports<'m>(&'m self, key: &'m Key) -> impl Iterator<Item = (&'m Key, &'m Link)> {
        self.ports.get(key).into_iter().flatten().filter_map(|k| self.world.get_key_value(k))
    }

    /// The rings that a link is an end of.
    pub(crate) fn rings(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.rings.get(key).into_iter().flatten()
    }

    /// The links that stand on a link.
    pub(crate) fn above(&self, key: &Key) -> Vec<Key> {
        self.above.get(key).into_iter().flatten().cloned().collect()
    }

    /// The families that take over the packets of a link, each with one that does.
    fn takers(&self, lower: &Key) -> impl Iterator<Item = (&'static str, &Key)> {
        let all = self.takers.range((lower.clone(), "")..);
        let here = all.take_while(move |((key, _), _)| key == lower);
        here.filter_map(|((_, family), keys)| Some((*family, keys.first()?)))
    }

    /// The links that mention a link.
    pub(crate) fn near(&self, key: &Key) -> impl Iterator<Item = &Key> {
        self.near.get(key).into_iter().flatten()
    }

    /// The other end of a pair, where it is there.
    pub(crate) fn peer(&self, key: &Key) -> Option<Key> {
        partner(key, &self.world)
    }

    /// All that vanishes with these links where they are deleted, themselves included; a master's ports stay.
    pub fn falling(&self, roots: impl IntoIterator<Item = Key>) -> BTreeSet<Key> {
        let mut todo: Vec<Key> = roots.into_iter().filter(|k| self.world.contains_key(k)).collect();
        let mut out = BTreeSet::new();
        while let Some(next) = todo.pop() {
            if out.insert(next.clone()) {
                todo.extend(self.peer(&next));
                todo.extend(
                    self.above(&next).into_iter().filter(|k| !self.get(k).is_some_and(habit::takes_ends)),
                );
                todo.extend(self.rings(&next).filter(|ring| self.is_empty_ring(ring, &out)).cloned());
                todo.extend(self.bereft(&next, &out));
            }
        }
        out
    }

    /// Whether a ring has no end but such; it vanishes with the last of them (`hsr_slave_empty`).
    fn is_empty_ring(&self, ring: &Key, gone: &BTreeSet<Key>) -> bool {
        self.get(ring).is_some_and(|l| habit::ends(l).all(|n| gone.contains(&ring.beside(n))))
    }

    /// The bond that vanishes when such ports do: one that became what its first port was, and was no Ethernet, does with the
    /// last of them, not when that is let go (`bond_slave_netdev_event`, `bond_release_and_destroy`).
    pub(crate) fn bereft(&self, port: &Key, gone: &BTreeSet<Key>) -> Option<Key> {
        let bond = self.get(port)?.has_master().map(|name| port.beside(name))?;
        let link = self.get(&bond).filter(|l| habit::bonds(l) && !self.carries_frames(&bond, l))?;
        (link.can_go() && self.some_ports(&bond).all(|(k, _)| gone.contains(k))).then_some(bond)
    }

    /// Another link that is all that tells such links apart, or stands in its way for want of that.
    pub(crate) fn twin(&self, key: &Key, link: &Link) -> Option<&Key> {
        let found = |i| self.twins.get(&(identity::home(key, link), i))?.iter().find(|k| *k != key);
        identity::sought(link, self.get(key).is_some()).find_map(found)
    }

    /// A link that is up and listens where this one would, and does not share that.
    fn listener(&self, key: &Key, link: &Link) -> Option<&Key> {
        let (port, sort) = habit::socket(link)?;
        let sorts = self.listening.get(&(identity::home(key, link), port))?;
        let others = sorts.iter().filter(|(s, _)| **s != sort).flat_map(|(_, keys)| keys);
        let clash = |k: &&Key| self.is_up(k) && self.get(k).is_some_and(|l| habit::hear_alike(link, l));
        others.filter(|k| *k != key).find(clash)
    }

    /// Whether a link carries Ethernet frames; masters of any sort carry what their first port does.
    pub(crate) fn carries_frames(&self, key: &Key, link: &Link) -> bool {
        let first = self.some_ports(key).next().filter(|_| habit::opens_ports(link));
        match first {
            Some((_, port)) => habit::is_ethernet(port),
            None => !self.alien.contains(key) && habit::is_ethernet(link),
        }
    }

    /// Whether a link is up that the link above cannot be without: its lower link is down.
    pub(crate) fn grounded(&self, link: &Link) -> bool {
        habit::follows_lower(link)
            && link.lower.as_ref().is_some_and(|l| self.get(l).is_some() && !self.is_up(l))
    }

    fn there(&self, key: &Key) -> Result<&Link, Refusal> {
        self.world.get(key).ok_or_else(|| Refusal::new(Errno::NoDev, format!("no link is called {key}")))
    }

    fn named(&self, key: &Key, name: Name) -> Result<(Key, &Link), Refusal> {
        let other = key.beside(name);
        let link = self.there(&other)?;
        Ok((other, link))
    }

    fn note(&mut self, key: &Key, what: What) {
        self.events.push((key.clone(), what));
    }

    fn insert(&mut self, key: &Key, link: Link) {
        self.world.insert(key.clone(), link);
        self.index(key);
    }

    fn index(&mut self, key: &Key) {
        let Some(link) = self.world.get(key) else { return };
        for other in mentions(key, link) {
            self.near.entry(other).or_default().insert(key.clone());
        }
        if let Some(master) = link.has_master() {
            self.ports.entry(key.beside(master)).or_default().insert(key.clone());
        }
        for end in ringed(link) {
            self.rings.entry(key.beside(end)).or_default().insert(key.clone());
        }
        if let Some(lower) = stands_on(key, link) {
            if habit::taps_lower(link) {
                let at = (lower.clone(), habit::family(link));
                self.takers.entry(at).or_default().insert(key.clone());
            }
            self.above.entry(lower).or_default().insert(key.clone());
        }
        for held in identity::held(link) {
            self.twins.entry((identity::home(key, link), held)).or_default().insert(key.clone());
        }
        if let Some((port, sort)) = habit::socket(link) {
            let at = self.listening.entry((identity::home(key, link), port)).or_default();
            at.entry(sort).or_default().insert(key.clone());
        }
        for name in altnames(link) {
            self.called.insert((key.netns.clone(), name.into()), key.clone());
        }
    }

    fn remove(&mut self, key: &Key) -> Option<Link> {
        let link = self.world.remove(key)?;
        for other in mentions(key, &link) {
            forget(&mut self.near, &other, key);
        }
        if let Some(master) = link.has_master() {
            forget(&mut self.ports, &key.beside(master), key);
        }
        for end in ringed(&link) {
            forget(&mut self.rings, &key.beside(end), key);
        }
        if let Some(lower) = stands_on(key, &link) {
            if habit::taps_lower(&link) {
                forget(&mut self.takers, &(lower.clone(), habit::family(&link)), key);
            }
            forget(&mut self.above, &lower, key);
        }
        for held in identity::held(&link) {
            forget(&mut self.twins, &(identity::home(key, &link), held), key);
        }
        if let Some((port, sort)) = habit::socket(&link)
            && let Some(sorts) = self.listening.get_mut(&(identity::home(key, &link), port))
        {
            forget(sorts, &sort, key);
        }
        for name in altnames(&link) {
            self.called.remove(&(key.netns.clone(), name.into()));
        }
        Some(link)
    }

    /// Alters a link, whatever it mentions before and after.
    fn edit(&mut self, key: &Key, alter: impl FnOnce(&mut Link)) {
        if let Some(mut link) = self.remove(key) {
            alter(&mut link);
            self.insert(key, link);
        }
    }
}

/// The links that are in a ring, its interlink among them.
fn ringed(link: &Link) -> impl Iterator<Item = Name> {
    link.named().filter(|_| habit::takes_ends(link))
}

/// The alternative names of a link.
pub(crate) fn altnames(link: &Link) -> impl Iterator<Item = &[u8]> {
    let list = match link.base.value(&base::ALTNAME.0) {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|v| if let Value::Str(name) = v { Some(&**name) } else { None })
}

fn forget<K: Ord>(index: &mut BTreeMap<K, BTreeSet<Key>>, at: &K, key: &Key) {
    if let Some(keys) = index.get_mut(at) {
        keys.remove(key);
        if keys.is_empty() {
            index.remove(at);
        }
    }
}
