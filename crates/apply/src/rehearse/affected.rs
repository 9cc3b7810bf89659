//! Which links have a say in what becomes of a plan: those that it changes, those around them, and those of the same
//! kind that the kernel compares them with.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_link::topology::{below, stands_on};
use linkctl_link::{Key, Link, World};
use linkctl_plan::{Act, Plan};
use linkctl_schema::Value;

/// The most links that are built only because they may have a say.
const MOST: usize = 256;
/// Kinds of which the kernel takes no two of the same settings.
const COMPARED: &[&str] = &[
    "bareudp",
    "erspan",
    "geneve",
    "gre",
    "gretap",
    "ip6erspan",
    "ip6gre",
    "ip6gretap",
    "ip6tnl",
    "ipip",
    "ipvlan",
    "ipvtap",
    "macsec",
    "macvlan",
    "macvtap",
    "sit",
    "vlan",
    "vti",
    "vti6",
    "vxlan",
    "wireguard",
];

/// The links to be built.
pub(super) struct Affected {
    pub(super) links: BTreeSet<Key>,
    /// How many more may have a say.
    pub(super) left: usize,
}

/// The links that a plan made for `world` has to do with.
pub(super) fn of(plan: &Plan, world: &World) -> Affected {
    let mut links = BTreeSet::new();
    for step in &plan.steps {
        named(&step.act).into_iter().for_each(|k| take(&k, world, &mut links));
    }
    let mut left = 0;
    let mut room = MOST;
    for key in around(plan, world, &links) {
        if links.contains(&key) {
            continue;
        }
        if room == 0 {
            left += 1;
            continue;
        }
        room -= 1;
        take(&key, world, &mut links);
    }
    Affected { links, left }
}

/// The links that the acts of a plan are about or name, as far as they are there.
pub(crate) fn touched(plan: &Plan, world: &World) -> BTreeSet<Key> {
    let all = plan.steps.iter().flat_map(|s| named(&s.act));
    all.filter(|k| world.contains_key(k)).collect()
}

/// A link with all that it stands on, names or is a port of, and the other end of each.
fn take(key: &Key, world: &World, out: &mut BTreeSet<Key>) {
    let mut todo = vec![key.clone()];
    while let Some(key) = todo.pop() {
        let Some(link) = world.get(&key) else { continue };
        if out.insert(key.clone()) {
            todo.extend(below(&key, link));
            todo.extend(link.peer.clone());
            let late = link.data.iter().chain(link.port.iter().flat_map(linkctl_schema::Record::iter));
            todo.extend(late.filter_map(|(_, v)| match v {
                Value::Link(name) if !name.is_none() => Some(key.beside(*name)),
                _ => None,
            }));
        }
    }
}

/// The links that an act names.
fn named(act: &Act) -> Vec<Key> {
    let key = act.key();
    let mut out = vec![key.clone()];
    let mut of = |key: &Key, link: &Link| {
        out.extend(below(key, link));
        out.extend(link.peer.clone());
    };
    match act {
        Act::Create { key, link, peer } => {
            of(key, link);
            if let Some((k, l)) = peer {
                of(k, l);
            }
        }
        Act::Master(_, Some(master)) => out.push(key.beside(*master)),
        Act::Base(_, record) | Act::Data(_, record) | Act::Port(_, record) => {
            out.extend(record.iter().filter_map(|(_, v)| match v {
                Value::Link(name) if !name.is_none() => Some(key.beside(*name)),
                _ => None,
            }));
        }
        _ => {}
    }
    out
}

/// Links that stand on those that the plan changes, their ports, and those of the kinds that it makes or sets.
fn around(plan: &Plan, world: &World, taken: &BTreeSet<Key>) -> Vec<Key> {
    let subjects: BTreeSet<&Key> =
        plan.steps.iter().map(|s| s.act.key()).filter(|k| taken.contains(k)).collect();
    let mut kinds: BTreeMap<&[u8], BTreeSet<Option<Key>>> = BTreeMap::new();
    for step in &plan.steps {
        let (key, link) = match &step.act {
            Act::Create { key, link, .. } => (key, &**link),
            Act::Data(key, _) => match world.get(key) {
                Some(link) => (key, link),
                None => continue,
            },
            _ => continue,
        };
        if COMPARED.iter().any(|k| k.as_bytes() == link.kind_word()) {
            kinds
                .entry(link.kind_word())
                .or_default()
                .insert(stands_on(key, link).filter(|_| link.lower.is_some()));
        }
    }
    let has_say = |(key, link): &(&Key, &Link)| {
        let lower = stands_on(key, link);
        let above = lower.as_ref().is_some_and(|l| subjects.contains(l));
        let port = link.has_master().is_some_and(|m| subjects.contains(&key.beside(m)));
        let like = kinds
            .get(link.kind_word())
            .is_some_and(|on| on.contains(&lower.filter(|_| link.lower.is_some())));
        above || port || like
    };
    world.iter().filter(has_say).map(|(k, _)| k.clone()).collect()
}
