//! Which links have to go, and which of them come back; and whether the goal can be at all.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_link::topology::{below, stands_on};
use linkctl_link::{Key, Link};
use linkctl_schema::{Below, Record, Value};

use crate::conflict::Conflict;
use crate::habit::{self, identity, outlet};
use crate::intent::Intent;
use crate::model::Model;
use crate::order::sort;

/// The links that vanish on the way.
pub(crate) struct Doom {
    /// Those that have to be deleted by an act, in order; the rest falls with them.
    pub roots: Vec<Key>,
    /// All that vanish.
    pub falling: BTreeSet<Key>,
}

/// Finds what has to go.
pub(crate) fn doom(intent: &Intent<'_>, model: &Model, allowed: bool, conflicts: &mut Vec<Conflict>) -> Doom {
    let mut wanted: BTreeSet<Key> = intent.gone.iter().chain(intent.fatal.keys()).cloned().collect();
    for (key, because) in intent.fatal.iter().filter(|(k, _)| !intent.gone.contains(k)) {
        if !model.get(key).is_some_and(Link::can_go) {
            conflicts.push(stays(key, model));
        } else if !allowed {
            conflicts.push(Conflict::NeedsRebuild { link: key.clone(), because: because.clone() });
        }
    }
    for key in &intent.gone {
        if !model.get(key).is_some_and(Link::can_go) {
            conflicts.push(stays(key, model));
        }
    }
    let falling = loop {
        let falling = model.falling(wanted.iter().cloned());
        // A ring stays that loses an end, and never gets another.
        let rings = falling.iter().flat_map(|k| model.rings(k));
        // Nor does a tunnel that is for life bound to a link that comes back as another.
        let back = falling.iter().filter(|k| intent.will(k).is_some());
        let bound = back.flat_map(|k| model.near(k).filter(|near| is_bound(near, k, intent, model)));
        let lame: Vec<Key> = rings.chain(bound).filter(|k| !falling.contains(*k)).cloned().collect();
        if lame.is_empty() {
            break falling;
        }
        wanted.extend(lame);
    };
    let asked = |k: &Key| intent.said.contains_key(k);
    let roots = wanted.iter().filter(|k| !covered(k, &wanted, &falling, model, &asked)).cloned().collect();
    for key in &falling {
        if let Some(word) = intent.will(key).and_then(|l| l.foreign.clone()) {
            conflicts.push(Conflict::KindUnknown { link: key.clone(), word });
        }
    }
    Doom { roots, falling }
}

/// Whether a tunnel is to go out of a link that it went out of before, and cannot be told the one that comes in its place.
fn is_bound(key: &Key, outlet: &Key, intent: &Intent<'_>, model: &Model) -> bool {
    let out = |l: &Link| key.netns == outlet.netns && outlet::of(l) == Some(outlet.name);
    model.get(key).is_some_and(|l| outlet::is_bound(l) && out(l)) && intent.will(key).is_some_and(out)
}

/// Why a link cannot be deleted.
fn stays(key: &Key, model: &Model) -> Conflict {
    match model.get(key) {
        Some(link) if link.is_switch() => Conflict::OfSwitch(key.clone()),
        _ => Conflict::CannotDelete(key.clone()),
    }
}

/// Whether a link falls with another that is to be deleted. Of a pair, the end goes that was `asked` to.
fn covered(
    key: &Key,
    wanted: &BTreeSet<Key>,
    falling: &BTreeSet<Key>,
    model: &Model,
    asked: &impl Fn(&Key) -> bool,
) -> bool {
    let first = |p: &Key| (!asked(p), p) < (!asked(key), key);
    if model.peer(key).is_some_and(|p| first(&p) && wanted.contains(&p)) {
        return true;
    }
    if model.ports(key).iter().any(|port| model.bereft(port, falling).is_some()) {
        return true;
    }
    let mut at = key.clone();
    let mut seen = BTreeSet::new();
    while seen.insert(at.clone()) {
        let ends = [Some(at.clone()), model.peer(&at)];
        let lower = ends.iter().flatten().find_map(|k| {
            let link = model.get(k)?;
            let whole = !habit::ends(link).all(|n| falling.contains(&k.beside(n)));
            let lower = stands_on(k, link).filter(|_| !whole)?;
            (!ends.contains(&Some(lower.clone()))).then_some(lower)
        });
        let Some(lower) = lower.filter(|l| model.get(l).is_some()) else { return false };
        if lower != *key
            && (wanted.contains(&lower) || model.peer(&lower).is_some_and(|p| wanted.contains(&p)))
        {
            return true;
        }
        at = lower;
    }
    false
}

/// Refuses goals that no order of acts reaches; returns all links that are to be, below before above.
pub(crate) fn order(
    intent: &Intent<'_>,
    model: &Model,
    doom: &Doom,
    conflicts: &mut Vec<Conflict>,
) -> Vec<Key> {
    for (key, link) in intent.named() {
        needs(key, link, intent, conflicts);
        master(key, link, intent, conflicts);
        if model.get(key).is_none() || doom.falling.contains(key) {
            made(key, link, conflicts);
        }
    }
    for gone in &intent.gone {
        let near = model.near(gone).filter(|k| !intent.said.contains_key(k));
        for key in near {
            if let Some(link) = intent.will(key)
                && (stands_on(key, link).as_ref() == Some(gone)
                    || !outlives(key, link, intent) && link.named().any(|n| key.beside(n) == *gone))
            {
                conflicts.push(Conflict::Bereft { link: key.clone(), of: gone.clone() });
            }
        }
    }
    for key in intent.fatal.keys() {
        for port in model.ports(key).iter().filter(|p| !intent.said.contains_key(p)) {
            if let Some(link) = intent.will(port) {
                master(port, link, intent, conflicts);
            }
        }
    }
    // The kernel counts masters above their ports, making counts them below: neither may come round.
    let mut ports: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    for key in intent.all().map(|(k, _)| k) {
        if let Some(name) = intent.master(key) {
            ports.entry(key.beside(name)).or_default().push(key.clone());
        }
    }
    let carried = |k: &Key, l: &Link| {
        let lower = stands_on(k, l).filter(|_| l.kind.is_some());
        lower.into_iter().chain(ports.get(k).into_iter().flatten().cloned()).collect()
    };
    let behind = behind(intent);
    let before = |k: &Key, l: &Link| {
        let mut needs = match l.kind {
            Some(_) => below(k, l),
            None => l.has_master().map(|m| k.beside(m)).into_iter().collect(),
        };
        needs.extend(behind.get(k).into_iter().flatten().cloned());
        needs
    };
    let order = sort(intent.all(), before);
    // Without ports the second says nothing that the first has not said.
    let rings = if ports.is_empty() { Ok(Vec::new()) } else { sort(intent.all(), carried) };
    match (order, rings) {
        (Ok(order), Ok(_)) => order,
        (Err(ring), _) | (_, Err(ring)) => {
            conflicts.push(Conflict::Loop(ring));
            Vec::new()
        }
    }
}

/// Links that come after others without needing them: they are in the way of making and changing those once they are there.
fn behind(intent: &Intent<'_>) -> BTreeMap<Key, Vec<Key>> {
    let takers = intent.all().filter(|(_, l)| identity::takes_all(l));
    let others = |taker: (&Key, &Link)| {
        let yields = |other: &(&Key, &Link)| {
            [false, true].iter().any(|there| identity::is_in_the_way(taker, *other, *there))
        };
        intent.all().filter(yields).map(|(k, _)| k.clone()).collect()
    };
    takers.map(|taker| (taker.0.clone(), others(taker))).collect()
}

/// Whether the link stays whatever becomes of those that it names: a tunnel that is there.
fn outlives(key: &Key, link: &Link, intent: &Intent<'_>) -> bool {
    link.kind.is_some_and(|k| matches!(k.below, Below::Loose(_)))
        && intent.was.contains_key(key)
        && !intent.fatal.contains_key(key)
}

fn needs(key: &Key, link: &Link, intent: &Intent<'_>, conflicts: &mut Vec<Conflict>) {
    let explicit = intent.said(key);
    let outlives = outlives(key, link, intent);
    for need in link.named().map(|n| key.beside(n)).chain(link.lower.clone()) {
        let told = explicit
            .is_some_and(|s| s.lower.as_ref() == Some(&need) || s.named().any(|n| key.beside(n) == need));
        if intent.will(&need).is_none() && (told || !outlives && intent.was.contains_key(&need)) {
            conflicts.push(Conflict::Missing { link: key.clone(), needs: need });
        }
    }
    let records = explicit.into_iter().flat_map(|s| std::iter::once(&s.data).chain(&s.port));
    let late = records
        .flat_map(Record::iter)
        .filter_map(|(_, v)| if let Value::Link(n) = v { Some(*n) } else { None });
    for need in late.filter(|n| !n.is_none()).map(|n| key.beside(n)) {
        let told = Conflict::Missing { link: key.clone(), needs: need };
        if matches!(&told, Conflict::Missing { needs, .. } if intent.will(needs).is_none())
            && !conflicts.contains(&told)
        {
            conflicts.push(told);
        }
    }
}

fn master(key: &Key, link: &Link, intent: &Intent<'_>, conflicts: &mut Vec<Conflict>) {
    let Some(name) = intent.master(key) else {
        if intent.said(key).is_some_and(|s| s.port.as_ref().is_some_and(|p| !p.is_empty())) {
            conflicts.push(Conflict::NoMaster(key.clone()));
        }
        return;
    };
    let master = key.beside(name);
    let Some(m) = intent.will(&master) else {
        if intent.said(key).is_some_and(|s| s.master().is_some()) {
            conflicts.push(Conflict::Missing { link: key.clone(), needs: master });
        }
        return;
    };
    let said = intent.said(key).and_then(|s| s.port.as_ref()).filter(|p| !p.is_empty());
    let table = m.kind.and_then(|k| k.ports);
    if !habit::is_master(m) {
        conflicts.push(Conflict::NotAMaster { link: key.clone(), master });
    } else if !habit::takes(m, link) {
        conflicts.push(Conflict::NotAPort { link: key.clone(), master });
    } else if said.is_some_and(|p| !table.is_some_and(|k| std::ptr::eq(k.fields, p.fields()))) {
        conflicts.push(Conflict::NoMaster(key.clone()));
    }
}

/// What a link that is to be made cannot be without.
fn made(key: &Key, link: &Link, conflicts: &mut Vec<Conflict>) {
    if key.name.as_bytes().contains(&b'%') {
        conflicts.push(Conflict::Pattern(key.clone()));
    }
    let Some(kind) = link.kind else { return };
    if kind.below == Below::Link && link.lower.is_none() {
        conflicts.push(Conflict::NoLower(key.clone()));
    }
    if kind.pair.is_some() && link.peer.is_none() {
        conflicts.push(Conflict::NoPeer(key.clone()));
    }
}
