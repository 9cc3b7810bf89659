//! The door: checks first, then names and places, then deletions, then every link below before above.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, Link, Netns, Want, World};
use linkctl_schema::{Name, Value};

use crate::act::{Act, Plan, Step};
use crate::conflict::{Conflict, by_altnames};
use crate::course::Course;
use crate::delta;
use crate::doom::{doom, order};
use crate::intent::Intent;
use crate::model::Model;
use crate::reason::Reason;

/// How to bring `have` to `want`, or everything that is in the way.
///
/// Links that `want` does not name are in the end as they are now; what it does not say of a link that it names
/// stays, where it can. Each act succeeds on the [`Model`], in order. A goal that is met makes an empty plan.
/// Costs n log n in the links of both. Never panics.
pub fn plan(have: &World, want: &Goal) -> Result<Plan, Vec<Conflict>> {
    plan_with(have, want, &BTreeMap::new())
}

/// The same, where some links are to get other names or places first: from the key that a link has to the one that
/// it gets. Whoever resolves [`Goal::matches`] knows them, and whoever is told to move a link. The goal uses the
/// new keys.
pub fn plan_with(have: &World, want: &Goal, labels: &BTreeMap<Key, Key>) -> Result<Plan, Vec<Conflict>> {
    plan_on(Model::new, have, want, labels)
}

/// The same where the kernel is to say what its drivers refuse: for single commands, whose refusals are explained by what
/// it says, and for ways back, which had better be tried.
pub fn plan_asking(have: &World, want: &Goal, labels: &BTreeMap<Key, Key>) -> Result<Plan, Vec<Conflict>> {
    plan_on(Model::lenient, have, want, labels)
}

fn plan_on(
    model: fn(World) -> Model,
    have: &World,
    want: &Goal,
    labels: &BTreeMap<Key, Key>,
) -> Result<Plan, Vec<Conflict>> {
    let changed = || labels.iter().filter(|(from, to)| from != to && have.contains_key(from));
    let renames: BTreeMap<&Key, Name> =
        changed().filter(|(from, to)| from.netns == to.netns).map(|(from, to)| (from, to.name)).collect();
    let moves: Vec<(&Key, &Key)> = changed().filter(|(from, to)| from.netns != to.netns).collect();
    let spaces = spaces(have, want);
    let still = renames.is_empty() && moves.is_empty() && spaces.is_empty();
    if still && want.links.iter().all(|(k, w)| met(have.get(k), w)) {
        return Ok(Plan::default());
    }
    let mut model = model(have.clone());
    let mut conflicts = Vec::new();
    let (come, go): (Vec<Key>, Vec<Key>) = spaces.into_iter().partition(|k| model.get(k).is_none());
    let mut acts: Vec<(Act, Reason)> =
        come.into_iter().map(|key| (Act::NewNetns(key), Reason::Missing)).collect();
    acts.iter().for_each(|(act, _)| _ = model.act(act));
    acts.extend(names(&mut model, want, &renames, &mut conflicts));
    for (from, to) in moves {
        let act = Act::Move(from.clone(), to.clone());
        match model.act(&act) {
            Ok(()) => acts.push((act, Reason::Placed)),
            Err(_) => conflicts.push(Conflict::NameTaken { link: to.clone(), name: to.name }),
        }
    }
    acts.extend(places(&mut model, want));
    let was = if acts.is_empty() { Cow::Borrowed(have) } else { Cow::Owned(relabelled(have, &acts)) };
    let moved: Vec<Key> = was.keys().filter(|_| !acts.is_empty()).cloned().collect();
    let steps = acts.into_iter().map(|(act, why)| Step { act, why: vec![why] }).collect();
    let (mut intent, more) = Intent::new(was, want);
    conflicts.extend(more);
    let doom = doom(&intent, &model, want.rebuild, &mut conflicts);
    intent.remake(&doom.falling);
    let order = order(&intent, &model, &doom, &mut conflicts);
    if !conflicts.is_empty() {
        return Err(by_altnames(conflicts, have));
    }
    Course::new(&intent, model, steps, order).run(&doom, moved, go).map_err(|c| vec![c])
}

/// Namespaces that are not as wanted: there or not. Each by its loopback.
fn spaces(have: &World, want: &Goal) -> Vec<Key> {
    let odd = |key: &Key, stays: bool| have.contains_key(key) != stays;
    let all = want.namespaces.iter().map(|(netns, stays)| (Key::loopback(netns.clone()), *stays));
    all.filter(|(key, stays)| odd(key, *stays)).map(|(key, _)| key).collect()
}

fn met(have: Option<&Link>, want: &Want) -> bool {
    match (have, want) {
        (None, Want::Absent) => true,
        (Some(have), Want::Present(said)) => delta::met(have, said),
        _ => false,
    }
}

/// Renames; two that want each other's name go by a third.
fn names(
    model: &mut Model,
    goal: &Goal,
    renames: &BTreeMap<&Key, Name>,
    conflicts: &mut Vec<Conflict>,
) -> Vec<(Act, Reason)> {
    let mut acts = Vec::new();
    let mut targets = BTreeSet::new();
    let mut todo: Vec<(Key, Name)> = Vec::new();
    for (key, name) in renames {
        let to = key.beside(*name);
        if name.as_bytes().contains(&b'%') {
            conflicts.push(Conflict::Pattern(to));
        } else if !targets.insert(to.clone())
            || model.get(&to).is_some() && !renames.contains_key(&to)
            || model.is_strict() && !unname(model, goal, key, &to, &mut acts)
        {
            conflicts.push(Conflict::NameTaken { link: (*key).clone(), name: *name });
        } else {
            todo.push(((*key).clone(), *name));
        }
    }
    while !todo.is_empty() {
        let before = todo.len();
        todo.retain(|(key, name)| {
            let act = Act::Rename(key.clone(), *name);
            let done = model.act(&act).is_ok();
            if done {
                acts.push((act, Reason::Named));
            }
            !done
        });
        if todo.len() == before {
            let Some((key, _)) = todo.first_mut() else { break };
            let spare = spare(model, goal, key);
            let act = Act::Rename(key.clone(), spare);
            if model.act(&act).is_err() {
                break;
            }
            acts.push((act, Reason::Yields));
            *key = key.beside(spare);
        }
    }
    acts
}

/// Takes the name that a link is to have from who has it as an alternative one and is not to keep it: the link itself, or one
/// that the goal gives other ones. Whether nobody has it so any more.
fn unname(model: &mut Model, goal: &Goal, key: &Key, to: &Key, acts: &mut Vec<(Act, Reason)>) -> bool {
    let Some(holder) = model.holder(to, to.name.as_bytes()).cloned() else { return true };
    let name = Value::text(to.name.as_bytes());
    let said = goal.links.get(&holder).and_then(Want::link).and_then(|l| l.base.get(base::ALTNAME));
    if holder != *key && said.is_none_or(|names| names.contains(&name)) {
        return false;
    }
    let act = Act::Altnames { key: holder, add: Vec::new(), remove: vec![name] };
    let done = model.act(&act).is_ok();
    if done {
        acts.push((act, Reason::Yields));
    }
    done
}

/// A name that nobody has or is to have.
fn spare(model: &Model, goal: &Goal, key: &Key) -> Name {
    let names = (0u32..).filter_map(|i| Name::new(&format!("lctl-tmp{i}")).ok());
    names
        .into_iter()
        .find(|n| !model.has_name(&key.beside(*n)) && !goal.links.contains_key(&key.beside(*n)))
        .unwrap_or(Name::NONE)
}

/// Hardware that is wanted in another namespace than the one that it is in: the one that the command runs in, or
/// else the only one that has such a link.
fn places(model: &mut Model, goal: &Goal) -> Vec<(Act, Reason)> {
    let hardware = |l: &Link| l.kind.is_none() && l.foreign.is_none();
    let missing: Vec<&Key> = goal
        .present()
        .filter(|(k, l)| hardware(l) && l.peer.is_none() && model.get(k).is_none() && !k.is_loopback())
        .map(|(k, _)| k)
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let spaces: BTreeSet<Netns> = model.world().keys().map(|k| k.netns.clone()).collect();
    let mut acts = Vec::new();
    for to in missing {
        let free = |k: &Key| model.get(k).is_some_and(hardware) && !goal.links.contains_key(k);
        let here = Some(Key::here(to.name)).filter(free);
        let mut others = spaces.iter().map(|n| Key::new(n.clone(), to.name)).filter(free);
        let Some(from) = here.or_else(|| others.next().filter(|_| others.next().is_none())) else { continue };
        let act = Act::Move(from, to.clone());
        if model.act(&act).is_ok() {
            acts.push((act, Reason::Placed));
        }
    }
    acts
}

/// The links as they were, under the names and in the places that they get.
fn relabelled(have: &World, acts: &[(Act, Reason)]) -> World {
    let mut model = Model::new(have.clone());
    for (act, _) in acts {
        match act {
            Act::Rename(key, name) => model.relabel(key, &key.beside(*name)),
            Act::Move(from, to) => model.relabel(from, to),
            Act::Altnames { .. } | Act::NewNetns(_) => _ = model.act(act),
            _ => {}
        }
    }
    model.into_world()
}
