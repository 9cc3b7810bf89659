//! The way home where not all of it can be gone.
//!
//! Whoever is cut off is not helped by a way home that is refused as a whole, since of ten links one is in use by then. What
//! stands in the way is left out, link by link, and told.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::link as base;
use linkctl_link::topology::below;
use linkctl_link::{Goal, Key, Link, World};
use linkctl_schema::Below;

use crate::act::Plan;
use crate::conflict::Conflict;
use crate::plan::plan_asking;

/// How often a plan is made anew without what stood in the way of the last.
const ROUNDS: usize = 32;

/// A way home, as far as it goes.
#[derive(Debug)]
pub struct Retreat<'g> {
    /// What is led to.
    pub goal: Cow<'g, Goal>,
    /// The way there.
    pub plan: Plan,
    /// What is left as it is, and why.
    pub left: Vec<Conflict>,
}

/// Plans the way home as far as it goes.
///
/// Fails with all conflicts where leaving links out does not help.
pub fn retreat<'g>(
    now: &World,
    home: Cow<'g, Goal>,
    labels: &BTreeMap<Key, Key>,
) -> Result<Retreat<'g>, Vec<Conflict>> {
    let (mut goal, mut labels) = (home, Cow::Borrowed(labels));
    let mut left = Vec::new();
    for _ in 0..ROUNDS {
        let conflicts = match plan_asking(now, &goal, &labels) {
            Ok(plan) => return Ok(Retreat { goal, plan, left }),
            Err(conflicts) => conflicts,
        };
        let out = in_the_way(&conflicts, &goal, now);
        if out.is_empty() {
            left.extend(conflicts);
            return Err(left);
        }
        goal = Cow::Owned(without(&goal, &out));
        labels.to_mut().retain(|_, to| !out.contains(to));
        left.extend(conflicts);
    }
    Err(left)
}

/// A goal that says nothing of some links.
#[must_use]
pub fn without(goal: &Goal, out: &BTreeSet<Key>) -> Goal {
    let mut less = goal.clone();
    less.links.retain(|key, _| !out.contains(key));
    less.matches.retain(|key, _| !out.contains(key));
    // A namespace that a link is left in stays.
    let held = |netns: &_| out.iter().any(|k| k.netns == *netns);
    less.namespaces.retain(|netns, stays| *stays || !held(netns));
    less
}

/// The same without links that were there and that nobody can make again, for they need another in a namespace that was not
/// read. Whoever planned their end was told so.
pub fn without_lost<'g>(
    home: &'g Goal,
    now: &World,
    labels: &BTreeMap<Key, Key>,
) -> (Cow<'g, Goal>, Vec<Key>) {
    let there: BTreeSet<&Key> = labels.values().collect();
    let lost = |key: &Key, link: &Link| {
        let kind = link.kind.filter(|_| !now.contains_key(key) && !there.contains(key));
        let said = |f| link.base.value(f).is_some();
        kind.is_some_and(|k| {
            let lame = matches!(k.below, Below::Link) && link.lower.is_none() && !said(&base::LINK.0);
            lame || k.pair.is_some() && link.peer.is_none()
        })
    };
    let mut out: BTreeSet<Key> =
        home.present().filter(|(key, link)| lost(key, link)).map(|(key, _)| key.clone()).collect();
    if out.is_empty() {
        return (Cow::Borrowed(home), Vec::new());
    }
    let told = out.iter().cloned().collect();
    spread(home, now, &mut out, |_| false);
    (Cow::Owned(without(home, &out)), told)
}

/// A way home without some links that cannot come back, and without those that would have to be made on them or as their other
/// ends. Tells all that are left out.
pub fn apart(home: &Goal, now: &World, mut out: BTreeSet<Key>) -> (Goal, BTreeSet<Key>) {
    let lost = out.clone();
    spread(home, now, &mut out, |key| lost.contains(key));
    (without(home, &out), out)
}

/// The links that have to be left out for a plan to be made.
fn in_the_way(conflicts: &[Conflict], goal: &Goal, now: &World) -> BTreeSet<Key> {
    let mut out = BTreeSet::new();
    for conflict in conflicts {
        let keys = match conflict {
            Conflict::Bereft { of, .. } => vec![of],
            Conflict::Loop(keys) => keys.iter().collect(),
            other => other.link().into_iter().collect(),
        };
        out.extend(keys.into_iter().filter(|k| goal.links.contains_key(k)).cloned());
    }
    spread(goal, now, &mut out, |_| false);
    out
}

/// Adds the links that are to be made on those that are left out and are not there, or are others by now, or as ends of theirs.
fn spread(goal: &Goal, now: &World, out: &mut BTreeSet<Key>, other: impl Fn(&Key) -> bool) {
    loop {
        let lost = |key: &Key| out.contains(key) && (!now.contains_key(key) || other(key));
        let needs = |key: &Key, link: &Link| below(key, link).iter().chain(&link.peer).any(&lost);
        let more: Vec<Key> = goal
            .present()
            .filter(|(key, link)| !out.contains(*key) && !now.contains_key(*key) && needs(key, link))
            .map(|(key, _)| key.clone())
            .collect();
        if more.is_empty() {
            return;
        }
        out.extend(more);
    }
}

/// What a conflict means for somebody who goes home.
pub fn stays(conflict: &Conflict) -> String {
    match conflict {
        Conflict::Bereft { link, of } => format!("{of} stays, for {link} needs it"),
        other => other.to_string(),
    }
}
