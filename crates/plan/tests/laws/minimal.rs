//! Law 6: no step of a plan can be left out.

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, Link, World};
use linkctl_plan::{Act, Model, Plan, Reason, Step};

use crate::common::{self, met};
use crate::kept::kept;

/// Without any one step the goal is missed, something else is otherwise, or a later step is refused. Tells how many steps were
/// left out in turn, and how many were not, for only a kernel knows whether they are needed.
pub(crate) fn minimal(have: &World, plan: &Plan, goal: &Goal) -> Result<(usize, usize), String> {
    let (mut tried, mut spared) = (0, 0);
    for skip in 0..plan.steps.len() {
        if excused(have, plan, &plan.steps[skip]) {
            spared += 1;
            continue;
        }
        tried += 1;
        if let Some(after) = without(have, plan, skip)
            && met(&after, goal).is_ok()
            && kept(have, &after, goal).is_ok()
        {
            let step = &plan.steps[skip];
            return Err(format!("step {skip} is idle: {} for {:?}", common::act(&step.act), step.why));
        }
    }
    Ok((tried, spared))
}

/// The links after all steps but one; `None` where one of the others is refused.
fn without(have: &World, plan: &Plan, skip: usize) -> Option<World> {
    let mut model = Model::new(have.clone());
    let rest = plan.steps.iter().enumerate().filter(|(i, _)| *i != skip);
    rest.into_iter().try_for_each(|(_, s)| model.act(&s.act)).ok()?;
    Some(model.into_world())
}

/// Whether a step may be there for what only a kernel knows.
fn excused(have: &World, plan: &Plan, step: &Step) -> bool {
    let detour = step.why.iter().any(|r| matches!(r, Reason::Lifts(_) | Reason::Yields));
    let lifted = |s: &Step, key: &Key| {
        matches!(&s.act, Act::Up(k) if k == key) && s.why.iter().any(|r| matches!(r, Reason::Lifts(_)))
    };
    let lifts = |key: &Key| plan.steps.iter().any(|s| lifted(s, key));
    match &step.act {
        Act::Base(key, record) => {
            let all = |names: &[&str]| record.iter().all(|(f, _)| names.contains(&f.name));
            record.iter().all(|(f, _)| f.volatile)
                || all(&["mtu"]) && (leads(have, plan, key) || parts(have, plan, key))
                // Those on one link below resolve neighbours as their mode says, which another's changes again.
                || all(&["arp"]) && kind(have, plan, key).is_some_and(|k| matches!(k, "ipvlan" | "ipvtap"))
                || record.value(&base::INET4.0).is_some() && made(plan, key)
        }
        // What the kernel forgets as ports go comes back where it can.
        Act::Data(_, record) => record.iter().all(|(f, _)| f.volatile || f.late),
        // A detour round a link that is in the way is a last resort, not a shortest one.
        Act::Down(key) => lifts(key) || detour,
        _ => detour,
    }
}

/// Whether ports come to a link, leave it or get another MTU: a team has the MTU of its first tunnel, and a bridge, unless it was told one, that of
/// its ports. Whether it was no kernel tells, so that one that will follow by itself may be told all the same.
fn leads(have: &World, plan: &Plan, key: &Key) -> bool {
    let port = |k: &Key, master: Option<linkctl_schema::Name>| master.is_some_and(|m| k.beside(m) == *key);
    plan.steps.iter().any(|s| match &s.act {
        Act::Create { key, link, .. } => port(key, link.has_master()),
        Act::Base(k, r) if r.get(base::MTU).is_some() => port(k, have.get(k).and_then(Link::has_master)),
        Act::Master(k, to) => port(k, *to) || port(k, have.get(k).and_then(Link::has_master)),
        Act::Delete(k) => port(k, have.get(k).and_then(Link::has_master)),
        _ => false,
    })
}

/// Whether a link leaves a master that gives it back the MTU that it had when it came (`bond_release_one`, `team_port_del`):
/// no kernel tells which that is.
fn parts(have: &World, plan: &Plan, key: &Key) -> bool {
    let sizes = |m: &Key| have.get(m).and_then(|l| l.kind).is_some_and(|k| matches!(k.name, "bond" | "team"));
    let master = have.get(key).and_then(Link::has_master).map(|m| key.beside(m));
    master.is_some_and(|m| sizes(&m))
        && plan.steps.iter().any(|s| matches!(&s.act, Act::Master(k, _) if k == key))
}

/// The kind that a link has, or gets.
fn kind(have: &World, plan: &Plan, key: &Key) -> Option<&'static str> {
    let made = plan.steps.iter().find_map(|s| match &s.act {
        Act::Create { key: k, link, .. } if k == key => link.kind,
        _ => None,
    });
    made.or_else(|| have.get(key)?.kind).map(|k| k.name)
}

/// Whether a link is new, under its name or one that it had before: what IPv4 settings it has its namespace decides.
fn made(plan: &Plan, key: &Key) -> bool {
    let created = |k: &Key| {
        plan.steps.iter().any(|s| match &s.act {
            Act::Create { key, peer, .. } => key == k || peer.as_ref().is_some_and(|(p, _)| p == k),
            _ => false,
        })
    };
    let renamed =
        |s: &Step| matches!(&s.act, Act::Rename(from, to) if from.beside(*to) == *key && created(from));
    created(key) || plan.steps.iter().any(renamed)
}
