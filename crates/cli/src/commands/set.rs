//! `linkctl set`: changes a link, and sends only what is not so.

use std::collections::BTreeMap;

use linkctl::apply::fill;
use linkctl::kernel::Live;
use linkctl::kinds::{self, link as base};
use linkctl::link::{Goal, Key, Link, Netns, Snapshot, World};
use linkctl::plan::Act;
use linkctl::schema::Value;

use super::change::Change;
use super::live;
use crate::args::{self, Common};
use crate::exit::Failure;
use crate::explain::{read_all, read_one};
use crate::words::{self, About, Said};

/// Changes one link.
pub(crate) fn run(args: &args::Set, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let words = words::text(&args.words)?;
    let (read, key) = read_one(&mut live, &Key::here(words::name(&args.name)?))?;
    let said = words::read(&words, about(&read, &key))?;
    if said.peer.is_some() {
        return Err(Failure::usage("the other end of a pair is set by its own name"));
    }
    let wanted = Wanted::new(&said, &read, &key, args.rebuild, &mut live)?;
    // A plan that only sets live needs to know this one link; one that does more must see who is disturbed.
    let world = wanted.world(&read, &mut live)?;
    let change = wanted.change(&read, &world);
    let plan = change.plan();
    let small = plan.as_ref().is_ok_and(|p| p.steps.iter().all(|s| is_live(&s.act)));
    if small {
        return change.carry_out(&plan?, &mut live, common);
    }
    let mut spaces = vec![super::HERE];
    spaces.extend(wanted.to.iter().map(|k| k.netns.clone()).filter(|n| *n != super::HERE));
    let read = if spaces.len() > 1 {
        live.snapshot(&spaces, false).map_err(|e| super::unread(&e))?
    } else {
        read_all(&mut live)?
    };
    let world = wanted.world(&read, &mut live)?;
    let change = wanted.change(&read, &world);
    change.carry_out(&change.plan()?, &mut live, common)
}

/// Whether an act leaves everything but its own link alone.
fn is_live(act: &Act) -> bool {
    matches!(
        act,
        Act::Base(..)
            | Act::Data(..)
            | Act::Port(..)
            | Act::Altnames { .. }
            | Act::Ethtool(..)
            | Act::Functions(..)
            | Act::Function(..)
            | Act::Up(_)
    )
}

/// What the words can be about: the kinds of a link and of its master.
fn about(read: &Snapshot, key: &Key) -> About {
    let Some((seen, _)) = read.seen(key) else { return About::default() };
    let master = std::str::from_utf8(seen.port_word()).ok().and_then(kinds::kind);
    About { kind: seen.kind(), master, beside: true }
}

/// A goal for one link, and where the link is now.
struct Wanted {
    goal: Goal,
    labels: BTreeMap<Key, Key>,
    name: String,
    to: Option<Key>,
}

impl Wanted {
    fn new(said: &Said, read: &Snapshot, key: &Key, rebuild: bool, live: &mut Live) -> Result<Self, Failure> {
        let have = read.link(key).unwrap_or_else(|| Link::new(None));
        let mut want = said.link.clone();
        if let Some(lower) = said.lower() {
            want.lower = Some(key.beside(lower));
        }
        want.port = said.port.as_ref().map(|(_, record)| record.clone());
        let names: &[Value<'static>] = match have.base.value(&base::ALTNAME.0) {
            Some(Value::List(list)) => list,
            _ => &[],
        };
        if let Some(names) = said.altnames(names) {
            want.base.put(&base::ALTNAME.0, Value::List(names));
        }
        let to = match &said.netns {
            Some(word) => Some(Key::new(place(word, live)?, said.name.unwrap_or(key.name))),
            None => None,
        };
        let mut goal = Goal { rebuild, ..Goal::new() };
        let mut labels = BTreeMap::new();
        let target = match (&to, said.name) {
            (Some(to), _) => to.clone(),
            (None, Some(name)) => key.beside(name),
            (None, None) => key.clone(),
        };
        if target != *key {
            labels.insert(key.clone(), target.clone());
        }
        goal.want(target, want);
        Ok(Self { goal, labels, name: key.name.to_string(), to })
    }

    /// What was read, decoded, with what is beside the messages where the words speak of it.
    fn world(&self, read: &Snapshot, live: &mut Live) -> Result<World, Failure> {
        let mut world = read.world(|_| true);
        fill(live, &self.goal, &self.labels, &World::new(), read, &mut world)
            .map_err(|e| super::unread(&e))?;
        Ok(world)
    }

    fn change<'c>(&'c self, read: &'c Snapshot, world: &'c linkctl::link::World) -> Change<'c> {
        Change { goal: &self.goal, labels: &self.labels, read, world, about: &self.name }
    }
}

/// A namespace that a word names, opened. Moving takes names alone: a path or a process would not be found again.
pub(crate) fn place(word: &str, live: &mut Live) -> Result<Netns, Failure> {
    let netns = Netns::named(word).ok_or_else(|| {
        Failure::usage(format!("netns {word:?}: the name of a namespace under /run/netns is expected"))
    })?;
    live.enter(&netns).map_err(|e| crate::explain::netns(&e))?;
    Ok(netns)
}
