//! The way from what is to what should be, one link after the other, rehearsed act by act on the model.
//!
//! Each link is made or changed after those that it needs. What an act does to other links is seen in the model and
//! put right when their turn comes.

mod change;
mod create;
mod harm;
mod nic;
mod queue;

use std::collections::BTreeSet;

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link, Netns};
use linkctl_schema::diff::Delta;
use linkctl_schema::{Name, Value};

use crate::act::{Act, Plan, Step};
use crate::conflict::Conflict;
use crate::delta;
use crate::doom::Doom;
use crate::habit::{self, outlet};
use crate::intent::Intent;
use crate::model::{Errno, Model, Refusal, What};
use crate::reason::Reason;
use crate::trail::Trail;
use harm::Harms;
use queue::Queue;

/// How often one link may be put right before the goal counts as one that never settles.
const PATIENCE: u8 = 16;

/// A way in the making.
pub(crate) struct Course<'i> {
    model: Model,
    intent: &'i Intent<'i>,
    queue: Queue,
    steps: Vec<Step>,
    harms: Harms,
    /// Links that are to be made and set what all have on one link below.
    sharers: Vec<Key>,
    /// Links that acts about others did something to; `None` where the first steps were not seen.
    met: Option<BTreeSet<Key>>,
    /// The link whose turn it is.
    turn: Option<Turn<'i>>,
    /// Links that are new: what the kernel gave them is known as far as their namespace has no defaults of its own.
    unsure: BTreeSet<Key>,
}

/// A link with what was asked for most, so that it is looked up once: the intent does not change on the way.
struct Turn<'i> {
    key: Key,
    was: Option<&'i Link>,
    said: Option<&'i Link>,
    will: Option<&'i Link>,
}

type Done = Result<(), Conflict>;

impl<'i> Course<'i> {
    /// Starts from a model that the first steps have been rehearsed on.
    pub(crate) fn new(intent: &'i Intent<'i>, model: Model, steps: Vec<Step>, order: Vec<Key>) -> Self {
        let met = steps.is_empty().then(BTreeSet::new);
        let shares = |(key, link): &(&Key, &Link)| habit::shares(link) && model.get(key).is_none();
        let sharers = intent.named().iter().filter(shares).map(|(key, _)| key.clone()).collect();
        Self {
            model,
            intent,
            queue: Queue::new(order),
            steps,
            sharers,
            met,
            harms: Harms::default(),
            turn: None,
            unsure: BTreeSet::new(),
        }
    }

    /// Goes all the way; namespaces go last, when they are empty.
    pub(crate) fn run(
        mut self,
        doom: &Doom,
        first: impl IntoIterator<Item = Key>,
        spaces: Vec<Key>,
    ) -> Result<Plan, Conflict> {
        for key in &doom.roots {
            let why = self.intent.fatal.get(key).filter(|_| !self.intent.gone.contains(key)).cloned();
            let lost = self.intent.was.get(key).and_then(|l| {
                let ends = habit::ends(l).chain(outlet::of(l));
                ends.map(|n| key.beside(n)).find(|end| doom.falling.contains(end))
            });
            let lame = lost.filter(|_| !self.intent.gone.contains(key)).map(|end| vec![Reason::Follows(end)]);
            self.act(Act::Delete(key.clone()), why.or(lame).unwrap_or_else(|| vec![Reason::Unwanted]))?;
        }
        let named: Vec<Key> = self.intent.named().keys().cloned().collect();
        named.iter().chain(&doom.falling).for_each(|k| self.touch(k));
        first.into_iter().for_each(|k| self.touch(&k));
        while let Some((key, times)) = self.queue.next() {
            if times > PATIENCE {
                let refusal = Refusal::new(Errno::Loop, "it does not settle: steps undo each other");
                return Err(Conflict::Refused { link: key, refusal });
            }
            self.settle(&key)?;
        }
        for key in &self.queue.done() {
            self.look(key);
            self.late(key)?;
        }
        let gone: Vec<Netns> = spaces.iter().map(|k| k.netns.clone()).collect();
        for key in spaces {
            self.act(Act::DropNetns(key), vec![Reason::Unwanted])?;
        }
        let disruptions = self.harms.told(self.intent, &self.model, &gone);
        let trail = self.met.map(|met| Trail::of(&self.intent.was, self.model, met));
        Ok(Plan::found(self.steps, disruptions, trail))
    }

    fn settle(&mut self, key: &Key) -> Done {
        self.look(key);
        if self.will(key).is_none() {
            return Ok(());
        }
        if self.model.get(key).is_none() {
            self.create(key)?;
        }
        self.change(key)
    }

    /// It is a link's turn.
    fn look(&mut self, key: &Key) {
        let intent = self.intent;
        let (was, said, will) = (intent.was.get(key), intent.said(key), intent.will(key));
        self.turn = Some(Turn { key: key.clone(), was, said, will });
    }

    fn turn(&self, key: &Key) -> Option<&Turn<'i>> {
        self.turn.as_ref().filter(|turn| turn.key == *key)
    }

    /// What a link was.
    fn was(&self, key: &Key) -> Option<&'i Link> {
        self.turn(key).map_or_else(|| self.intent.was.get(key), |turn| turn.was)
    }

    /// What the goal says of a link.
    fn said(&self, key: &Key) -> Option<&'i Link> {
        self.turn(key).map_or_else(|| self.intent.said(key), |turn| turn.said)
    }

    /// What a link is to be.
    fn will(&self, key: &Key) -> Option<&'i Link> {
        self.turn(key).map_or_else(|| self.intent.will(key), |turn| turn.will)
    }

    /// The master that a link is to have.
    fn master_of(&self, key: &Key) -> Option<Name> {
        self.will(key)?.has_master()?;
        self.intent.master(key)
    }

    /// Has a link looked at when its turn comes.
    fn touch(&mut self, key: &Key) {
        self.queue.add(key);
    }

    /// Adds a step, and notes what it does to others.
    fn act(&mut self, act: Act, why: Vec<Reason>) -> Done {
        if let Err(refusal) = self.model.act(&act) {
            // Such a port may be why: it closes a ring, takes packets, cannot have its master's MTU, or makes that one
            // of another sort.
            let errnos = matches!(refusal.errno, Errno::Loop | Errno::Busy | Errno::Inval | Errno::Range);
            if !errnos || !self.clear(act.key()) {
                return Err(Conflict::Refused { link: act.key().clone(), refusal });
            }
            let again = self.model.act(&act);
            again.map_err(|refusal| Conflict::Refused { link: act.key().clone(), refusal })?;
        }
        self.took(act, why, |key, what, act| key != act.key() || what == What::Lost);
        Ok(())
    }

    /// Takes in a step that the model has carried out, and what that did to others.
    fn took(&mut self, act: Act, why: Vec<Reason>, again: impl Fn(&Key, What, &Act) -> bool) {
        for (key, what) in self.model.events() {
            self.harms.note(&key, what, act.key(), &why);
            if again(&key, what, &act) {
                self.touch(&key);
            }
            if let Some(met) = self.met.as_mut().filter(|_| key != *act.key()) {
                met.insert(key);
            }
        }
        self.steps.push(Step { act, why });
    }

    /// Takes links out of masters that they are to leave anyway; whether there were any.
    fn clear(&mut self, key: &Key) -> bool {
        let waiting: Vec<Key> = self.queue.waiting().chain([key]).cloned().collect();
        let mut any = false;
        for key in waiting {
            let have = self.model.get(&key).and_then(Link::has_master);
            if have.is_some() && have != self.master_of(&key) {
                let act = Act::Master(key.clone(), None);
                if self.model.act(&act).is_ok() {
                    any = true;
                    self.took(act, vec![Reason::Yields], |_, _, _| true);
                }
            }
        }
        any
    }

    /// Takes an alternative name from a link that is not to keep it, so that another can have it.
    fn unname(&mut self, beside: &Key, word: &[u8]) -> Done {
        let Some(holder) = self.model.holder(beside, word).cloned() else { return Ok(()) };
        let name = Value::text(word);
        let keeps = |l: &Link| l.base.get(base::ALTNAME).unwrap_or_default().contains(&name);
        if self.will(&holder).is_some_and(keeps) {
            return Ok(());
        }
        self.act(Act::Altnames { key: holder, add: Vec::new(), remove: vec![name] }, vec![Reason::Yields])
    }

    /// Whether a link is to be up; `None` where it does not matter, or follows from the rest.
    fn up(&self, key: &Key) -> Option<bool> {
        if let Some(up) = self.said(key).and_then(Link::up) {
            return Some(up);
        }
        let was = self.was(key)?;
        let replaced = self.will(key).is_some_and(|l| l.kind_word() != was.kind_word());
        let master = self.master_of(key);
        let joins = master != was.has_master() && self.opens(key, master);
        let grounded = self.will(key).is_some_and(|l| self.model.grounded(l));
        was.up().filter(|up| !replaced && !joins && (!*up || !grounded))
    }

    /// Whether that master takes its ports up itself.
    fn opens(&self, key: &Key, master: Option<Name>) -> bool {
        master.and_then(|m| self.model.get(&key.beside(m))).is_some_and(habit::opens_ports)
    }

    /// Reasons for fields: differences that the goal speaks of, else that it was so before.
    fn why(&self, key: &Key, deltas: &[Delta]) -> Vec<Reason> {
        let said = self.said(key);
        let spoken = |name: &str| {
            let records =
                said.into_iter().flat_map(|l| [Some(&l.base), Some(&l.data), l.port.as_ref(), l.ethtool()]);
            records.flatten().any(|r| delta::field(r.fields(), name).is_some_and(|f| r.value(f).is_some()))
        };
        let mut out: Vec<Reason> =
            deltas.iter().filter(|d| spoken(d.field)).cloned().map(Reason::Differs).collect();
        if out.len() < deltas.len() {
            out.push(Reason::Restores);
        }
        out
    }

    fn why_master(&self, key: &Key, want: Option<Name>) -> Vec<Reason> {
        let was = self.was(key).and_then(Link::has_master);
        let have = self.model.get(key).and_then(Link::has_master);
        if was == want && was.is_some() {
            return vec![Reason::Returns];
        }
        vec![delta::of("master", have.map(Value::Link), Value::Link(want.unwrap_or(Name::NONE)))]
    }

    fn why_up(&self, key: &Key, up: bool) -> Vec<Reason> {
        match self.said(key).and_then(|l| l.base.get(base::UP)) {
            Some(_) => vec![delta::of("up", Some(Value::Bool(!up)), Value::Bool(up))],
            None => vec![Reason::Restores],
        }
    }
}
