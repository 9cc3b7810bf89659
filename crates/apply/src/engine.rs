//! Sends the acts of a plan, many at once, in an order that cannot go wrong.
//!
//! Guarantees: acts take effect in the plan's order, as far as they depend on each other; after a refusal nothing
//! further is sent; an act about a link is only sent once that link's creation was confirmed, so that no other's
//! link of the same name is touched. The kernel works on through what was sent together with a refused request:
//! those are acts on other links, and the account tells of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;

use linkctl_kernel::{Error, Live, Refusal, Stop, WINDOW, signal};
use linkctl_link::message::{self, Around, To};
use linkctl_link::{Key, Netns, Snapshot, World};
use linkctl_plan::{Act, Plan};
use linkctl_schema::Safe;

use crate::requests::{self, Words};
use crate::{bulk, nic, space, vswitch};

/// How many requests are gathered before they are sent.
const BATCH: usize = 1024;

/// What became of a plan.
#[derive(Debug, Default)]
pub struct Account {
    /// The steps that were carried out, by their place in the plan.
    pub done: Vec<usize>,
    /// What ended it early.
    pub stopped: Option<Stopped>,
    /// Links that were to be created and are someone else's.
    pub foreign: Vec<Key>,
    /// What was done otherwise than planned.
    pub notes: Vec<Note>,
    /// How many requests were sent.
    pub requests: usize,
    /// The reading that showed that the links are as wanted, where there was one and nothing was sent after it.
    pub read: Option<Snapshot>,
}

/// Why a plan was not carried out to its end.
#[derive(Clone, Debug)]
pub enum Stopped {
    /// The kernel refused a step.
    Refused {
        /// The step's place in the plan.
        step: usize,
        /// What the kernel said.
        error: Error,
    },
    /// A link that a step names is not there any more.
    Vanished {
        /// The step's place in the plan.
        step: usize,
        /// The link.
        link: Key,
    },
    /// A request could not be made.
    Unmade {
        /// The step's place in the plan.
        step: usize,
        /// Why.
        error: message::Error,
    },
    /// Someone asked to stop: Ctrl-C, a lost terminal, a shutdown.
    Signal,
}

impl Stopped {
    /// The place in the plan of the step that could not be taken.
    pub(crate) fn step(&self) -> Option<usize> {
        match self {
            Self::Refused { step, .. } | Self::Vanished { step, .. } | Self::Unmade { step, .. } => {
                Some(*step)
            }
            Self::Signal => None,
        }
    }
}

/// Something that a user should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// This kernel renames links only while they are down: it was taken down and up again.
    RenamedDown(Key),
    /// The kernel's warning to a step that it carried out.
    Warning(usize, String),
}

/// Carries out a plan made from `world`. `progress` hears how many steps are done. A signal that is held back stops it.
pub fn run(plan: &Plan, world: &World, live: &mut Live, progress: &mut dyn FnMut(usize)) -> Account {
    carry_out(plan, world, live, progress, true)
}

/// The same, whatever signals come: for the way home.
pub(crate) fn run_through(plan: &Plan, world: &World, live: &mut Live) -> Account {
    carry_out(plan, world, live, &mut |_| {}, false)
}

fn carry_out(
    plan: &Plan,
    world: &World,
    live: &mut Live,
    progress: &mut dyn FnMut(usize),
    heed: bool,
) -> Account {
    let mut engine = Engine {
        heed,
        plan,
        world,
        silent: live.silent(),
        kinds: Kinds::new(world),
        live,
        out: Account::default(),
        batch: Vec::new(),
        creating: HashSet::new(),
        scratch: None,
    };
    let mut at = 0;
    while at < plan.steps.len() && engine.out.stopped.is_none() {
        at = engine.step(at);
        if engine.batch.len() >= BATCH {
            engine.flush();
        }
        progress(engine.out.done.len());
    }
    engine.flush();
    progress(engine.out.done.len());
    engine.out
}

/// A request that waits to be sent.
struct Waiting {
    step: usize,
    netns: Netns,
    bytes: Vec<u8>,
}

struct Engine<'p> {
    /// Whether a signal ends it.
    heed: bool,
    plan: &'p Plan,
    world: &'p World,
    /// The namespaces that are as `world` says, as long as nothing was sent.
    silent: BTreeSet<Netns>,
    kinds: Kinds,
    live: &'p mut Live,
    out: Account,
    batch: Vec<Waiting>,
    /// The links that what waits will create.
    creating: HashSet<Key>,
    /// A group that nobody of that namespace has, for links that go at once. Empty between steps.
    scratch: Option<(Netns, u32)>,
}

impl Engine<'_> {
    /// Takes one step, or several that go together; returns the next one's place.
    fn step(&mut self, at: usize) -> usize {
        let act = &self.plan.steps[at].act;
        let together = self.deletions(at);
        if together >= bulk::LEAST {
            return self.delete_many(at, together);
        }
        match act {
            Act::Rename(key, name) => {
                self.flush();
                if self.out.stopped.is_none() {
                    self.rename(at, key, name);
                }
            }
            Act::Master(key, to) if self.kinds.is_switched(key, *to) => {
                self.flush();
                if self.out.stopped.is_none() {
                    self.switch(at, key, *to);
                }
            }
            act if nic::is_apart(act) || space::is_apart(act) => {
                self.flush();
                if self.out.stopped.is_none() {
                    self.apart(at, act);
                }
            }
            Act::Delete(key) if !self.is_same(at, key) => {}
            Act::Move(key, other) => {
                self.flush();
                self.prepare(at);
                self.flush();
                self.live.forget(key);
                self.live.forget(other);
            }
            _ => {
                if self.creating.contains(act.key()) {
                    self.flush();
                }
                if self.out.stopped.is_none() {
                    self.note_creation(act);
                    self.prepare(at);
                }
            }
        }
        self.kinds.follow(act);
        at + 1
    }

    /// Whether a link that is to go is the one that was read: what is deleted is lost. Stops where it is not.
    fn is_same(&mut self, at: usize, key: &Key) -> bool {
        match self.live.is_same(key) {
            Ok(true) => return true,
            Ok(false) => self.stop(Stopped::Vanished { step: at, link: key.clone() }),
            Err(error) => self.stop(Stopped::Refused { step: at, error }),
        }
        false
    }

    /// Makes a link a port of Open vSwitch, or no longer one. Another master that it is to have takes it by a message.
    fn switch(&mut self, at: usize, key: &Key, to: Option<linkctl_schema::Name>) {
        if signal::pending() {
            return self.stop(Stopped::Signal);
        }
        let from = self.kinds.master(key).filter(|m| self.kinds.is_switch(key, *m));
        let bridge = to.filter(|m| self.kinds.is_switch(key, *m));
        // The switch takes no port of another master, and the kernel no other way to part it from that.
        let leaves = bridge.is_some() && from.is_none() && self.kinds.master(key).is_some();
        self.out.requests += 1 + usize::from(leaves);
        match vswitch::change(self.live, key, leaves, from, bridge) {
            Ok(()) if to != bridge => self.prepare(at),
            Ok(()) => self.out.done.push(at),
            Err(error) => self.stop(Stopped::Refused { step: at, error }),
        }
    }

    /// Carries out a step that is no message of rtnetlink.
    fn apart(&mut self, at: usize, act: &Act) {
        if signal::pending() {
            return self.stop(Stopped::Signal);
        }
        self.out.requests += 1;
        let done = match act {
            act if space::is_apart(act) => space::carry_out(self.live, act).map(|()| None),
            act => nic::carry_out(self.live, act),
        };
        match done {
            Ok(warning) => {
                self.out.done.push(at);
                let note = |text: Vec<u8>| Note::Warning(at, Safe(&text).to_string());
                self.out.notes.extend(warning.map(note));
            }
            Err(error) => self.stop(Stopped::Refused { step: at, error }),
        }
    }

    /// Makes the requests of a step, and asks for what they need to know.
    fn prepare(&mut self, at: usize) {
        let act = &self.plan.steps[at].act;
        let words = self.kinds.words(act.key());
        // Each round learns one index or namespace; an act names a few of them.
        for _ in 0..64 {
            match requests::of(act, &words, self.live) {
                Ok(made) => {
                    for request in made {
                        if self.batch.last().is_some_and(|w| w.netns != request.netns) {
                            self.flush();
                        }
                        self.batch.push(Waiting { step: at, netns: request.netns, bytes: request.bytes });
                    }
                    return;
                }
                Err(message::Error::NoIndex(key)) => {
                    self.flush();
                    match self.out.stopped.is_none().then(|| self.live.learn(&key)) {
                        None => return,
                        Some(Ok(Some(_))) => {}
                        Some(Ok(None)) => return self.stop(Stopped::Vanished { step: at, link: key }),
                        Some(Err(error)) => return self.stop(Stopped::Refused { step: at, error }),
                    }
                }
                Err(message::Error::NoNetns(netns)) => {
                    if let Err(error) = self.live.enter(&netns) {
                        return self.stop(Stopped::Refused { step: at, error });
                    }
                }
                Err(error) => return self.stop(Stopped::Unmade { step: at, error }),
            }
        }
    }

    /// A link that is to be made has no index yet, whatever one of its name had that fell before.
    fn note_creation(&mut self, act: &Act) {
        let Act::Create { key, peer, .. } = act else { return };
        for key in std::iter::once(key).chain(peer.iter().map(|(k, _)| k)) {
            self.live.forget(key);
            self.creating.insert(key.clone());
        }
    }

    fn stop(&mut self, why: Stopped) {
        self.out.stopped.get_or_insert(why);
    }

    /// Sends what waits, and takes the answers.
    fn flush(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        self.creating.clear();
        if self.heed && !batch.is_empty() && signal::pending() {
            self.stop(Stopped::Signal);
        }
        if self.out.stopped.is_some() {
            return;
        }
        let Some(first) = batch.first() else { return };
        let steps: Vec<usize> = batch.iter().map(|w| w.step).collect();
        let netns = first.netns.clone();
        let socket = match self.live.socket(&netns) {
            Ok(socket) => socket,
            Err(error) => return self.stop(Stopped::Refused { step: steps[0], error }),
        };
        let mut answers: Vec<(usize, Result<Option<Vec<u8>>, Refusal>)> = Vec::with_capacity(steps.len());
        let requests = batch.into_iter().map(|w| w.bytes);
        let report = socket.pipeline(requests, WINDOW, Stop::AtFirstRefusal, |i, answer| {
            answers.push((i, answer.map(|yes| yes.warning)));
            ControlFlow::Continue(())
        });
        self.out.requests += report.sent;
        for (i, answer) in answers {
            self.answered(steps[i], answer);
        }
        if let Some(error) = report.failure {
            self.stop(Stopped::Refused { step: steps.get(report.acked).copied().unwrap_or(steps[0]), error });
        }
    }

    fn answered(&mut self, step: usize, answer: Result<Option<Vec<u8>>, Refusal>) {
        let act = &self.plan.steps[step].act;
        match answer {
            Ok(warning) => {
                if self.out.done.last() != Some(&step) {
                    self.out.done.push(step);
                }
                if let Some(text) = warning {
                    self.out.notes.push(Note::Warning(step, Safe(&text).to_string()));
                }
                if let Act::Delete(key) = act {
                    self.live.forget(key);
                }
            }
            // Deleting what is gone is done.
            Err(no) if matches!(act, Act::Delete(_)) && no.errno == linkctl_kernel::errno::ENODEV => {
                self.out.done.push(step);
            }
            Err(no) => {
                self.out.done.retain(|s| *s != step);
                if let Act::Create { key, peer, .. } = act {
                    self.out.foreign.push(key.clone());
                    self.out.foreign.extend(peer.iter().map(|(k, _)| k.clone()));
                }
                self.stop(Stopped::Refused { step, error: no.into() });
            }
        }
    }

    /// Renames a link live; where the kernel refuses that of a link that is up (before 6.2), it goes down for it.
    fn rename(&mut self, at: usize, key: &Key, name: &linkctl_schema::Name) {
        self.prepare(at);
        self.flush();
        let busy = |s: &Stopped| match s {
            Stopped::Refused { step, error } => {
                *step == at && error.errno() == Some(linkctl_kernel::errno::EBUSY)
            }
            _ => false,
        };
        if self.out.stopped.as_ref().is_some_and(busy) {
            self.out.stopped = None;
            match self.rename_down(key, name) {
                Ok(()) => {
                    self.out.done.push(at);
                    self.out.notes.push(Note::RenamedDown(key.beside(*name)));
                }
                Err(error) => self.stop(Stopped::Refused { step: at, error }),
            }
        }
        self.live.forget(key);
        self.live.forget(&key.beside(*name));
    }

    /// Down, rename, up; up again also where the rename is refused.
    fn rename_down(&mut self, key: &Key, name: &linkctl_schema::Name) -> Result<(), Error> {
        let index = self.live.index(key).ok_or(Error::Ended)?;
        let to = To::Index(index);
        let made = |m: Result<Vec<u8>, message::Error>| m.map_err(|_| Error::Spent);
        let socket = self.live.socket(&key.netns)?;
        socket.request(made(message::set_up(to, false))?)?;
        let renamed = socket.request(made(message::rename(index, name))?);
        socket.request(made(message::set_up(to, true))?)?;
        self.out.requests += 3;
        renamed.map(drop)
    }

    /// How many deletions of one namespace begin at a step.
    fn deletions(&self, at: usize) -> usize {
        let Act::Delete(first) = &self.plan.steps[at].act else { return 0 };
        let rest = self.plan.steps[at..].iter();
        rest.take_while(|s| matches!(&s.act, Act::Delete(k) if k.netns == first.netns))
            .take(bulk::CHUNK)
            .count()
    }

    /// Deletes many at once; where the kernel refuses, one by one, which tells which one it is.
    fn delete_many(&mut self, at: usize, many: usize) -> usize {
        self.flush();
        if self.out.stopped.is_some() {
            return at;
        }
        let keys: Vec<Key> = (at..at + many).map(|i| self.plan.steps[i].act.key().clone()).collect();
        let netns = keys[0].netns.clone();
        let group = match self.scratch.take() {
            Some((of, group)) if of == netns => Ok(group),
            _ if self.out.requests == 0 && self.silent.contains(&netns) => {
                Ok(bulk::spare(self.world, &netns))
            }
            _ => {
                let rest = self.plan.steps[at..].iter().map(|s| &s.act);
                let doomed = rest.map_while(|act| match act {
                    Act::Delete(key) if key.netns == netns => Some(key),
                    _ => None,
                });
                bulk::scratch(self.live, &netns, doomed)
            }
        };
        if let Ok(group) = group
            && bulk::delete(self.live, &netns, &keys, group).is_ok()
        {
            self.scratch = Some((netns, group));
            self.out.done.extend(at..at + many);
            self.out.requests += many + 1;
        } else {
            for (i, key) in (at..).zip(&keys) {
                if self.out.stopped.is_none() && self.is_same(i, key) {
                    self.prepare(i);
                }
            }
            self.flush();
        }
        at + many
    }
}

/// The kinds of links and their masters, as they come and go.
struct Kinds {
    world: HashMap<Key, (Vec<u8>, Option<linkctl_schema::Name>)>,
}

impl Kinds {
    fn new(world: &World) -> Self {
        let entry =
            |(k, l): (&Key, &linkctl_link::Link)| (k.clone(), (l.kind_word().to_vec(), l.has_master()));
        Self { world: world.iter().map(entry).collect() }
    }

    /// The words that messages about a link have to say.
    fn words(&self, key: &Key) -> Words {
        let Some((kind, master)) = self.world.get(key) else { return Words::default() };
        let master = master.and_then(|m| self.world.get(&key.beside(m))).map(|(k, _)| k.clone());
        Words { kind: kind.clone(), master: master.unwrap_or_default() }
    }

    /// The master of a link.
    fn master(&self, key: &Key) -> Option<linkctl_schema::Name> {
        self.world.get(key)?.1
    }

    /// Whether a link beside another is Open vSwitch's.
    fn is_switch(&self, key: &Key, name: linkctl_schema::Name) -> bool {
        self.world.get(&key.beside(name)).is_some_and(|(kind, _)| vswitch::is_switch(kind))
    }

    /// Whether a link comes from or to a master of Open vSwitch.
    fn is_switched(&self, key: &Key, to: Option<linkctl_schema::Name>) -> bool {
        self.master(key).into_iter().chain(to).any(|m| self.is_switch(key, m))
    }

    fn follow(&mut self, act: &Act) {
        let entry = |l: &linkctl_link::Link| (l.kind_word().to_vec(), l.has_master());
        match act {
            Act::Create { key, link, peer } => {
                self.world.insert(key.clone(), entry(link));
                if let Some((key, link)) = peer {
                    self.world.insert(key.clone(), entry(link));
                }
            }
            Act::Master(key, master) => {
                if let Some((_, m)) = self.world.get_mut(key) {
                    *m = *master;
                }
            }
            Act::Rename(key, name) => {
                if let Some(link) = self.world.remove(key) {
                    self.world.insert(key.beside(*name), link);
                }
            }
            Act::Move(key, other) => {
                if let Some((kind, _)) = self.world.remove(key) {
                    self.world.insert(other.clone(), (kind, None));
                }
            }
            Act::Delete(key) => _ = self.world.remove(key),
            _ => {}
        }
    }
}
