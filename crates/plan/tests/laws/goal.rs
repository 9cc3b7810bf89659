//! Random goals that have something to do with a world, and are mostly possible.

use linkctl_kinds::link as base;
use linkctl_link::topology::{below, stands_on};
use linkctl_link::{Goal, Key, Link, Want, World};
use linkctl_schema::{Change, Name, Value};

use crate::common;
use crate::draw::Draw;
use crate::world::{data, early, mtu, other_card, world};

/// A goal that has something to do with the world.
pub(crate) fn goal(draw: &mut Draw<'_>, have: &World) -> Goal {
    let mut goal = Goal { rebuild: !draw.one_in(8), ..Goal::default() };
    let future = world(draw, 7);
    let makable = |l: &&Link| l.kind.is_none_or(|k| k.made_by.is_none());
    for (key, link) in future.iter().filter(|(_, l)| makable(l)) {
        if draw.one_in(3) && (have.get(key).is_none() || draw.one_in(4)) {
            let mut link = link.clone();
            // The model gives new links what the tables tell of them.
            link.data = link.data.only(draw.source.has);
            if link.kind.is_none() {
                link = Link::new(None);
                link.base.set(base::UP, draw.one_in(2));
            }
            if let Some(have) = have.get(key).filter(|_| !draw.one_in(3)) {
                if have.kind_word() != link.kind_word() {
                    continue;
                }
                link.lower.clone_from(&have.lower);
                link.peer.clone_from(&have.peer);
            }
            goal.want(key.clone(), link);
        }
    }
    for key in have.keys() {
        match draw.below(6) {
            // Nothing leads back from what no request makes.
            0 if have[key].can_go() && makable(&&have[key]) => goal.forbid(key.clone()),
            1..=3 => {
                let link = variation(draw, key, have);
                goal.want(key.clone(), link);
            }
            _ => {}
        }
    }
    sensible(draw, have, &mut goal);
    goal
}

/// An existing link, somewhat otherwise.
fn variation(draw: &mut Draw<'_>, key: &Key, have: &World) -> Link {
    let was = &have[key];
    let mut link = Link::new(if draw.one_in(2) { was.kind } else { None });
    // A carrier that nobody can say comes and goes with being up; and no kernel takes back the loopback's address, which is zero.
    let zero = |v: &Value<'_>| matches!(v, Value::Mac(mac) if mac.as_bytes().iter().all(|b| *b == 0));
    let loopback = was.base.value(&base::ADDRESS.0).is_some_and(zero);
    for (f, v) in was.base.iter().filter(|(f, _)| !matches!(f.name, "link" | "master" | "up" | "carrier")) {
        if draw.one_in(3) {
            link.base.put(f, v.clone());
        }
    }
    if draw.one_in(2) {
        link.base.merge(&early(&base::FIELDS, draw).only(|f| f.change < Change::Rebuild));
    }
    if loopback || was.kind.is_some_and(|k| !k.frames) {
        // Nor does anybody say what follows a tunnel's ends.
        link.base.take(&base::ADDRESS.0);
        link.base.take(&base::BROADCAST.0);
    }
    if draw.one_in(4) {
        mtu(&mut link, draw);
    }
    if draw.one_in(2) {
        link.base.set(base::UP, draw.one_in(2));
    }
    if draw.one_in(4) {
        link.base.set(base::ALTNAME, vec![Value::text(format!("alt{}", draw.below(50)))]);
    }
    if draw.one_in(6) {
        link.base.set(base::ALIAS, b"who".to_vec());
    }
    if let Some(kind) = link.kind {
        let some = data(kind, draw);
        link.data = some.only(|f| f.change < Change::Rebuild || draw.one_in(6));
    }
    if let Some(nic) = was.nic.as_ref().filter(|_| draw.one_in(2)) {
        link.nic = Some(Box::new(other_card(nic, draw)));
    }
    let masters: Vec<Name> = have
        .iter()
        .filter(|(k, l)| k.netns == key.netns && *k != key && l.kind.is_some_and(|k| k.master))
        .map(|(k, _)| k.name)
        .collect();
    match draw.below(4) {
        // Nor the one that a bond gives it.
        _ if loopback => {}
        0 => link.base.set(base::MASTER, Name::NONE),
        1 | 2 => {
            if let Some(master) = draw.pick(&masters) {
                link.base.set(base::MASTER, *master);
                let table = have[&key.beside(*master)].kind.and_then(|k| k.ports);
                link.port = table.map(|k| draw.record(k.fields, &[])).filter(|p| !p.is_empty());
            }
        }
        _ => {}
    }
    link
}

/// Takes out what would only ever be a conflict, most of the time.
fn sensible(draw: &mut Draw<'_>, have: &World, goal: &mut Goal) {
    if draw.one_in(6) {
        return;
    }
    for _ in 0..4 {
        let keys: Vec<Key> = goal.links.keys().cloned().collect();
        let stays = |goal: &Goal, k: &Key| match goal.links.get(k) {
            Some(want) => want.link().is_some(),
            None => have.contains_key(k),
        };
        for key in &keys {
            let bad = match goal.links.get(key) {
                None => false,
                Some(Want::Absent) => have.iter().any(|(k, l)| {
                    (stands_on(k, l).as_ref() == Some(key) || l.peer.as_ref() == Some(key)) && stays(goal, k)
                }),
                Some(Want::Present(link)) => {
                    let known = link.kind.or(have.get(key).and_then(|l| l.kind));
                    let needs = below(key, link);
                    needs.iter().any(|n| !stays(goal, n))
                        || link.peer.as_ref().is_some_and(|p| {
                            !stays(goal, p) && goal.links.contains_key(p)
                                || goal
                                    .links
                                    .get(p)
                                    .and_then(Want::link)
                                    .is_some_and(|o| o.peer.as_ref().is_some_and(|q| q != key))
                                || have.get(p).is_some_and(|o| o.peer.as_ref() != Some(key))
                        })
                        || known.is_none() && !have.contains_key(key)
                        || link.has_master().is_some_and(|m| unfit(key, link, m, have, goal))
                }
            };
            if bad {
                goal.links.remove(key);
            }
        }
    }
}

/// Whether the master would refuse it for what it is.
fn unfit(key: &Key, link: &Link, master: Name, have: &World, goal: &Goal) -> bool {
    let word = |k: &Key| {
        let said = goal.links.get(k).and_then(Want::link).and_then(|l| l.kind);
        said.or(have.get(k).and_then(|l| l.kind)).map_or("", |k| k.name)
    };
    let m = word(&key.beside(master));
    let own = link.kind.map_or(word(key), |k| k.name);
    !linkctl_kinds::kind(m).is_some_and(|k| k.master)
        || matches!((m, own), ("bridge", "bridge") | ("vrf" | "bond" | "bridge" | "team", "vrf"))
        || matches!(m, "team" | "bond" | "bridge" | "batadv") && !common::frames(own)
        || matches!((m, own), ("bond" | "bridge", "bond" | "bridge")) && key.name < master
}
