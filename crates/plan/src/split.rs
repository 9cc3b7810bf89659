//! What of a goal can be had now, and what waits: for hardware that is not plugged in yet, for a namespace, for links
//! that others make. And a goal in parts that have nothing to do with each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use linkctl_link::topology::below;
use linkctl_link::{Goal, Key, Link, Netns, Scope, Want, World};
use linkctl_schema::Value;

/// What a link waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waits {
    /// No link is called so, or fits its match, and none is made: it is hardware, or others make it.
    Missing,
    /// Several links fit its match.
    Ambiguous,
    /// The link that its match finds is another's of the goal.
    Claimed(Key),
    /// Its namespace is not there.
    Netns(Netns),
    /// A link that waits itself, or is not there.
    On(Key),
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no such link yet"),
            Self::Ambiguous => f.write_str("its match fits several links"),
            Self::Claimed(key) => write!(f, "its match finds what {key} is, too"),
            Self::Netns(netns) => write!(f, "there is no namespace {netns} yet"),
            Self::On(key) => write!(f, "it waits for {key}"),
        }
    }
}

/// Takes from a goal what cannot be had in a world yet; tells what that is and why. `unmatched` are the keys whose match
/// does not tell a link, `closed` the namespaces that are not there.
pub fn split(
    goal: &Goal,
    have: &World,
    unmatched: &BTreeMap<Key, Waits>,
    closed: &BTreeSet<Netns>,
) -> (Goal, BTreeMap<Key, Waits>) {
    let mut waiting: BTreeMap<Key, Waits> = BTreeMap::new();
    for (key, link) in goal.present() {
        if closed.contains(&key.netns) {
            waiting.insert(key.clone(), Waits::Netns(key.netns.clone()));
        } else if let Some(waits) = unmatched.get(key) {
            waiting.insert(key.clone(), waits.clone());
        } else if !goal.matches.contains_key(key) && !comes_along(key, goal) && is_missing(key, link, have) {
            waiting.insert(key.clone(), Waits::Missing);
        }
    }
    loop {
        let more: Vec<(Key, Key)> = goal
            .present()
            .filter(|(key, _)| !waiting.contains_key(*key))
            .filter_map(|(key, link)| Some((key.clone(), lacks(key, link, goal, have, &waiting)?)))
            .collect();
        if more.is_empty() {
            break;
        }
        waiting.extend(more.into_iter().map(|(key, on)| (key, Waits::On(on))));
    }
    let mut now = goal.clone();
    now.links.retain(|key, _| !waiting.contains_key(key) && !closed.contains(&key.netns));
    now.matches.retain(|key, _| now.links.contains_key(key));
    // Whatever the scope, what waits is not in the way.
    now.spared.extend(waiting.keys().cloned());
    for (key, want) in &mut now.links {
        if let Want::Present(link) = want {
            unmention(key, link, &waiting);
        }
    }
    (now, waiting)
}

/// A link that is there as soon as its namespace is, which the goal wants.
fn comes_along(key: &Key, goal: &Goal) -> bool {
    key.is_loopback() && goal.namespaces.get(&key.netns) == Some(&true)
}

/// A link that nobody makes and that is not there, nor where the machine has it before it is moved.
fn is_missing(key: &Key, link: &Link, have: &World) -> bool {
    !link.can_go()
        && link.peer.is_none()
        && !have.contains_key(key)
        && !have.contains_key(&Key::here(key.name))
}

/// What a link cannot be without and that is not to be had.
fn lacks(key: &Key, link: &Link, goal: &Goal, have: &World, waiting: &BTreeMap<Key, Waits>) -> Option<Key> {
    let wanted = |k: &Key| matches!(goal.links.get(k), Some(Want::Present(_)));
    let away = |k: &Key| waiting.contains_key(k) || !wanted(k) && !have.contains_key(k);
    below(key, link).into_iter().find(away).or_else(|| link.peer.clone().filter(|p| waiting.contains_key(p)))
}

/// Leaves out settings that name a link that waits, such as a bond's primary.
fn unmention(key: &Key, link: &mut Link, waiting: &BTreeMap<Key, Waits>) {
    let named = |v: &Value<'_>| matches!(v, Value::Link(n) if waiting.contains_key(&key.beside(*n)));
    let fields: Vec<_> = link.data.iter().filter(|(_, v)| named(v)).map(|(f, _)| f).collect();
    for field in fields {
        link.data.take(field);
    }
}

/// A goal in parts, none of which names a link of another: what goes wrong in one is no harm to the rest. Each part is
/// in the order of its first key; namespaces that are to be come with the links in them, others last.
pub fn islands(goal: &Goal) -> Vec<Goal> {
    let mut near: BTreeMap<&Key, BTreeSet<Key>> = BTreeMap::new();
    for (key, want) in &goal.links {
        let others = want.link().map_or_else(Vec::new, |link| {
            let ends = link.peer.iter().cloned();
            below(key, link).into_iter().chain(ends).filter(|k| goal.links.contains_key(k)).collect()
        });
        for other in others {
            if let Some((other, _)) = goal.links.get_key_value(&other) {
                near.entry(other).or_default().insert(key.clone());
                near.entry(key).or_default().insert(other.clone());
            }
        }
        near.entry(key).or_default();
    }
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    let mut out = Vec::new();
    for key in goal.links.keys() {
        let mut part = BTreeSet::new();
        let mut todo = vec![key.clone()];
        while let Some(next) = todo.pop() {
            if seen.insert(next.clone()) {
                todo.extend(near.get(&next).into_iter().flatten().cloned());
                part.insert(next);
            }
        }
        if !part.is_empty() {
            out.push(only(goal, &part));
        }
    }
    let done = |netns: &Netns| out.iter().any(|part| part.namespaces.contains_key(netns));
    let rest: BTreeMap<Netns, bool> =
        goal.namespaces.iter().filter(|(n, _)| !done(n)).map(|(n, stays)| (n.clone(), *stays)).collect();
    if !rest.is_empty() {
        out.push(Goal { namespaces: rest, ..only(goal, &BTreeSet::new()) });
    }
    out
}

/// The part of a goal that is about some links, and about no others: whatever its scope, a part does not know what the
/// other parts want. A namespace is in it with a link in it that is to be, or with its loopback.
pub fn only(goal: &Goal, keys: &BTreeSet<Key>) -> Goal {
    let mut part =
        Goal { links: BTreeMap::new(), matches: BTreeMap::new(), scope: Scope::Partial, ..goal.clone() };
    part.links
        .extend(goal.links.iter().filter(|(k, _)| keys.contains(*k)).map(|(k, w)| (k.clone(), w.clone())));
    let matches = goal.matches.iter().filter(|(k, _)| keys.contains(*k));
    part.matches.extend(matches.map(|(k, m)| (k.clone(), m.clone())));
    let near = |k: &Key, w: &Want| {
        let link = w.link().into_iter().flat_map(|l| l.lower.iter().chain(&l.peer));
        [k].into_iter().chain(link).map(|k| k.netns.clone()).collect::<Vec<_>>()
    };
    let spaces: BTreeSet<Netns> = part.links.iter().flat_map(|(k, w)| near(k, w)).collect();
    let meant = |netns: &Netns| keys.contains(&Key::loopback(netns.clone()));
    part.namespaces.retain(|netns, stays| meant(netns) || *stays && spaces.contains(netns));
    part
}
