//! The links as they are, built once more in namespaces of their own.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kernel::{Error, Live, Netns as Held};
use linkctl_kinds::{kind, link as base};
use linkctl_link::{Key, Link, Netns, Snapshot, World};
use linkctl_plan::{Act, Conflict, Plan, Step, back};
use linkctl_schema::{Below, Kind, Name};

use super::{Impossible, Untold, spaces};
use crate::disk;
use crate::engine::{Stopped, run};

/// How often a link that cannot be built is replaced before it is given up.
const PATIENCE: usize = 16;
/// What stands in for a link: of these kinds, the first that the kernel makes.
const STAND_INS: &[&str] = &["dummy", "ifb", "veth"];
/// What a stand-in has of the link that it stands for.
const KEPT: &[&str] = &[
    "up",
    "address",
    "mtu",
    "txqueuelen",
    "group",
    "alias",
    "altname",
    "master",
    "addrgenmode",
    "arp",
    "multicast",
];

/// The links that others stand in for, with what they are.
pub(super) type Standing = BTreeMap<Key, String>;

/// The namespaces of a rehearsal.
pub(super) struct Scene {
    pub(super) live: Live,
    pub(super) standing: Standing,
    /// How the links were before the plan.
    pub(super) read: Snapshot,
    stood: &'static str,
}

impl Scene {
    /// Builds the links of a plan in new namespaces.
    pub(super) fn build(plan: &Plan, world: &World, links: &BTreeSet<Key>) -> Result<Self, Impossible> {
        let mut inside: BTreeSet<Netns> = plan.steps.iter().flat_map(|s| spaces(&s.act)).collect();
        inside.extend(links.iter().map(|k| k.netns.clone()));
        inside.insert(Netns::HERE);
        let mut standing: Standing = links
            .iter()
            .filter_map(|k| Some((k.clone(), unmakeable(world.get(k)?)?)))
            .filter(|(k, _)| !k.is_loopback())
            .collect();
        let mut failure = String::new();
        for _ in 0..PATIENCE {
            let mut scene = Self::empty(&inside)?;
            let stage = stage(world, links, &standing, scene.stood);
            match scene.raise(&stage, &inside)? {
                None => {
                    scene.standing = standing;
                    // Links that are to come and cannot be made here are stood in for as well.
                    for step in &plan.steps {
                        if let Act::Create { key, link, .. } = &step.act
                            && let Some(is) = unmakeable(link)
                        {
                            scene.standing.insert(key.clone(), is);
                        }
                    }
                    return Ok(scene);
                }
                Some((key, why)) => {
                    failure = format!("{key}: {why}");
                    let Some(link) = world.get(&key).filter(|_| !standing.contains_key(&key)) else { break };
                    standing.insert(key, called(link));
                }
            }
        }
        Err(Impossible::Unbuilt(failure))
    }

    fn empty(inside: &BTreeSet<Netns>) -> Result<Self, Error> {
        let held = inside.iter().map(|n| Ok((n.clone(), Held::fresh()?)));
        let mut live = Live::sealed(held.collect::<Result<_, Error>>()?)?;
        let stood = stand_in(&mut live);
        Ok(Self { live, standing: Standing::new(), read: Snapshot::new(), stood })
    }

    /// Makes the links; the one that cannot be made, with the reason, where there is one.
    fn raise(&mut self, stage: &World, inside: &BTreeSet<Netns>) -> Result<Option<(Key, String)>, Error> {
        let spaces: Vec<Netns> = inside.iter().cloned().collect();
        // A bridge takes its address and MTU from its ports until it is told: it is told a second time.
        for attempt in 0..2 {
            let (read, _) = self.live.read(&spaces, false)?;
            let now = read.world(|_| true);
            let known: World = now
                .iter()
                .filter(|(k, _)| stage.contains_key(k))
                .map(|(k, l)| (k.clone(), l.clone()))
                .collect();
            let plan = match linkctl_plan::plan(&now, &back(stage, &known)) {
                Ok(plan) => plan,
                Err(conflicts) if attempt == 0 => return Ok(Some(blamed(&conflicts))),
                Err(_) => break,
            };
            let account = run(&plan, &now, &mut self.live, &mut |_| {});
            if let (Some(stopped), 0) = (&account.stopped, attempt) {
                return Ok(Some(stopper(stopped, &plan)));
            }
        }
        self.read = self.live.snapshot(&spaces, false)?;
        Ok(None)
    }

    /// Which links have stand-ins.
    pub(super) fn stand_ins(&self) -> Vec<Untold> {
        let told = |(link, is): (&Key, &String)| Untold::StandIn {
            link: link.clone(),
            is: is.clone(),
            stood: self.stood,
        };
        self.standing.iter().map(told).collect()
    }

    /// The steps that can be rehearsed, with their places in the plan. Stand-ins have no settings of the kind that they
    /// stand for.
    pub(super) fn steps(&mut self, plan: &Plan, untold: &mut Vec<Untold>) -> (Vec<Step>, Vec<usize>) {
        let mut steps = Vec::new();
        let mut places = Vec::new();
        // Whoever is a port of a stand-in has no settings of such a port.
        let mut masters: BTreeMap<Key, Option<Name>> =
            self.read.keys().filter_map(|k| Some((k.clone(), self.read.link(&k)?.has_master()))).collect();
        for (at, step) in plan.steps.iter().enumerate() {
            let standing = |k: &Key| self.standing.contains_key(k);
            let act = match &step.act {
                Act::Create { key, link, peer } => {
                    let mut link = link.clone();
                    if link.has_master().is_some_and(|m| standing(&key.beside(m))) {
                        link.base.take(&base::MASTER.0);
                        untold.push(Untold::Step(at));
                    }
                    masters.insert(key.clone(), link.has_master());
                    if standing(key) {
                        made_up(key, &link, self.stood)
                    } else {
                        Act::Create { key: key.clone(), link, peer: peer.clone() }
                    }
                }
                Act::Master(key, Some(master)) if standing(&key.beside(*master)) => {
                    untold.push(Untold::Step(at));
                    continue;
                }
                Act::Data(key, _) if standing(key) => {
                    untold.push(Untold::Step(at));
                    continue;
                }
                // The rehearsal's namespaces are there from the start, and have no names.
                Act::NewNetns(_) | Act::DropNetns(_) => continue,
                // Only the hardware itself answers.
                Act::Ethtool(..) | Act::Functions(..) | Act::Function(..) => {
                    untold.push(Untold::Step(at));
                    continue;
                }
                Act::Port(key, _)
                    if masters.get(key).copied().flatten().is_some_and(|m| standing(&key.beside(m))) =>
                {
                    untold.push(Untold::Step(at));
                    continue;
                }
                Act::Master(key, master) => {
                    masters.insert(key.clone(), *master);
                    step.act.clone()
                }
                Act::Rename(from, name) => {
                    let to = from.beside(*name);
                    follow(&mut self.standing, &mut masters, from, &to);
                    step.act.clone()
                }
                Act::Move(from, to) => {
                    follow(&mut self.standing, &mut masters, from, to);
                    step.act.clone()
                }
                _ => step.act.clone(),
            };
            steps.push(Step { act, why: step.why.clone() });
            places.push(at);
        }
        (steps, places)
    }
}

fn follow(standing: &mut Standing, masters: &mut BTreeMap<Key, Option<Name>>, from: &Key, to: &Key) {
    if let Some(is) = standing.remove(from) {
        standing.insert(to.clone(), is);
    }
    if let Some(master) = masters.remove(from) {
        masters.insert(to.clone(), master.filter(|_| from.netns == to.netns));
    }
}

/// What a link is that nobody can ask a kernel to make; `None` for others.
fn unmakeable(link: &Link) -> Option<String> {
    let able = |k: &Kind| k.made_by.is_none() && k.below != Below::Device;
    (!link.kind.is_some_and(able)).then(|| called(link))
}

fn called(link: &Link) -> String {
    match link.kind_word() {
        b"" => "hardware".to_owned(),
        word => linkctl_schema::Safe(word).to_string(),
    }
}

/// The first kind that the kernel makes of those that can stand in.
fn stand_in(live: &mut Live) -> &'static str {
    let probe = |n: &str| Key::here(Name::new(n).unwrap_or(Name::NONE));
    for word in STAND_INS {
        let act = made_up(&probe("lctl-probe"), &Link::new(None), word);
        let plan = Plan::of(vec![Step { act, why: Vec::new() }]);
        if run(&plan, &World::new(), live, &mut |_| {}).stopped.is_none() {
            let gone = Act::Delete(probe("lctl-probe"));
            let plan = Plan::of(vec![Step { act: gone, why: Vec::new() }]);
            run(&plan, &World::new(), live, &mut |_| {});
            return word;
        }
    }
    "veth"
}

/// The making of a stand-in.
fn made_up(key: &Key, link: &Link, stood: &str) -> Act {
    let mut out = Link::new(kind(stood));
    out.base = link.base.only(|f| KEPT.contains(&f.name) && !f.late && f.name != "altname");
    let pair = out.kind.is_some_and(|k| k.pair.is_some());
    let peer = pair.then(|| (end(key), Box::new(Link::new(out.kind))));
    out.peer = peer.as_ref().map(|(k, _)| k.clone());
    Act::Create { key: key.clone(), link: Box::new(out), peer }
}

/// A name for the other end of a pair that nobody knows: one for each name, and not likely anybody's.
fn end(key: &Key) -> Key {
    let hash = disk::sum(key.name.as_bytes());
    key.beside(Name::new(&format!("lctl{:010x}", hash & 0xff_ffff_ffff)).unwrap_or(Name::NONE))
}

/// The links as they are to be built: whole as far as that can be, in a world of their own.
fn stage(world: &World, links: &BTreeSet<Key>, standing: &Standing, stood: &str) -> World {
    let mut out = World::new();
    for key in links {
        let Some(was) = world.get(key) else { continue };
        let mut link = was.clone();
        link.index = 0;
        if standing.contains_key(key) {
            link = Link::new(kind(stood));
            link.base = was.base.only(|f| KEPT.contains(&f.name));
            link.port.clone_from(&was.port);
        }
        if link
            .has_master()
            .is_some_and(|m| !links.contains(&key.beside(m)) || standing.contains_key(&key.beside(m)))
        {
            link.base.set(base::MASTER, Name::NONE);
            link.port = None;
        }
        let pair = link.kind.is_some_and(|k| k.pair.is_some());
        let known = |k: &Key| links.contains(k) && !standing.contains_key(k);
        if pair && !link.peer.as_ref().is_some_and(known) {
            let mut other = Link::new(link.kind);
            other.base.set(base::UP, true);
            other.peer = Some(key.clone());
            link.peer = Some(end(key));
            out.insert(end(key), other);
        }
        if link.kind.is_some_and(|k| k.below == Below::Link)
            && link.lower.as_ref().is_none_or(|l| !links.contains(l))
        {
            let below = end(key);
            let mut lower = Link::new(kind(stood));
            lower.base.set(base::UP, true);
            if lower.kind.is_some_and(|k| k.pair.is_some()) {
                lower.peer = Some(end(&below));
                let mut other = Link::new(lower.kind);
                other.base.set(base::UP, true);
                other.peer = Some(below.clone());
                out.insert(end(&below), other);
            }
            out.insert(below.clone(), lower);
            link.lower = Some(below);
        }
        out.insert(key.clone(), link);
    }
    out
}

/// The link that a conflict is about, and the conflict.
fn blamed(conflicts: &[Conflict]) -> (Key, String) {
    let nobody = || (Key::here(Name::NONE), "there is no way".to_owned());
    let told = |c: &Conflict| c.link().map(|key| (key.clone(), c.to_string()));
    conflicts.first().and_then(told).unwrap_or_else(nobody)
}

/// The link of the step that could not be carried out.
fn stopper(stopped: &Stopped, plan: &Plan) -> (Key, String) {
    let at = |step: usize| plan.steps.get(step).map(|s| s.act.key().clone());
    let (key, why) = match stopped {
        Stopped::Refused { step, error } => (at(*step), error.to_string()),
        Stopped::Vanished { link, .. } => (Some(link.clone()), "it vanished".to_owned()),
        Stopped::Unmade { step, error } => (at(*step), error.to_string()),
        Stopped::Signal => (None, "stopped by a signal".to_owned()),
    };
    (key.unwrap_or_else(|| Key::here(Name::NONE)), why)
}
