//! A plan carried out on the real kernel before the real links are touched.
//!
//! The links that the plan is about, and those that they stand on, are built once more in network namespaces without
//! names, which end with the process. There the plan is carried out by the same engine; what the kernel refuses there it
//! would refuse here. Where a link cannot be built a stand-in takes its name, and what that hides is told. Nothing
//! is sent to a namespace that somebody uses.

mod affected;
mod scene;

use std::collections::BTreeSet;
use std::fmt;

use linkctl_kernel::{Error, Live, Refusal};
use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, Snapshot, World, message};
use linkctl_plan::{Act, Plan};
use linkctl_schema::Value;

use crate::engine::{Account, Stopped, run};
use crate::transaction::Cause;
use crate::verify::settle;
pub(crate) use affected::touched;
use scene::{Scene, Standing};

/// Why a rehearsal could not be held.
#[derive(Debug)]
pub enum Impossible {
    /// The kernel could not be asked, or gives no namespace.
    Kernel(Error),
    /// The links could not be built once more.
    Unbuilt(String),
}

impl fmt::Display for Impossible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kernel(e) => e.fmt(f),
            Self::Unbuilt(why) => write!(f, "the links could not be built once more: {why}"),
        }
    }
}

impl std::error::Error for Impossible {}

impl From<Error> for Impossible {
    fn from(e: Error) -> Self {
        Self::Kernel(e)
    }
}

/// What a rehearsal cannot tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untold {
    /// Another kind of link stood in for one.
    StandIn {
        /// The link.
        link: Key,
        /// What it is: its kind, or `hardware`.
        is: String,
        /// The kind that stood in.
        stood: &'static str,
    },
    /// A step was left out, for a stand-in has no such settings.
    Step(usize),
    /// So many links that may have a say were left out, for there are too many.
    Left(usize),
}

/// How a rehearsal ended.
#[derive(Debug)]
pub enum End {
    /// The kernel took all of it.
    Taken,
    /// It refused a step.
    Refused(Stopped),
    /// It took all, and the links are not as wanted: the plan says what is missing.
    Unfulfilled(Plan),
}

/// A rehearsal that was held. What explains a refusal is still there: the namespaces end with it.
pub struct Rehearsal {
    /// How it ended.
    pub end: End,
    /// How many steps were carried out.
    pub steps: usize,
    /// What it cannot tell.
    pub untold: Vec<Untold>,
    /// The namespaces of the rehearsal, as they are after it.
    pub live: Live,
    /// What was read of them before the first step.
    pub read: Snapshot,
    /// The same, decoded.
    pub world: World,
}

/// Rehearses a plan that leads from `world`, decoded from `read`, to `goal`.
pub fn rehearse(plan: &Plan, read: &Snapshot, world: &World, goal: &Goal) -> Result<Rehearsal, Impossible> {
    let affected = affected::of(plan, world);
    let mut scene = Scene::build(plan, world, &affected.links)?;
    let mut untold = scene.stand_ins();
    if affected.left > 0 {
        untold.push(Untold::Left(affected.left));
    }
    let (steps, places) = scene.steps(plan, &mut untold);
    let mut out = Rehearsal {
        end: End::Taken,
        steps: 0,
        untold,
        world: scene.read.world(|_| true),
        read: std::mem::take(&mut scene.read),
        live: scene.live,
    };
    if let Some(stopped) = out_of_bounds(plan, read, &scene.standing) {
        out.end = End::Refused(stopped);
        return Ok(out);
    }
    let part = Plan::of(steps);
    let account = run(&part, &out.world, &mut out.live, &mut |_| {});
    out.steps = account.done.len();
    out.end = match account.stopped {
        Some(stopped) => End::Refused(placed(stopped, &places)),
        None => unfulfilled(plan, goal, &scene.standing, &mut out.live)?,
    };
    Ok(out)
}

/// A place in what was rehearsed as the place in the plan.
fn placed(stopped: Stopped, places: &[usize]) -> Stopped {
    let at = |step: usize| places.get(step).copied().unwrap_or(step);
    match stopped {
        Stopped::Refused { step, error } => Stopped::Refused { step: at(step), error },
        Stopped::Vanished { step, link } => Stopped::Vanished { step: at(step), link },
        Stopped::Unmade { step, error } => Stopped::Unmade { step: at(step), error },
        Stopped::Signal => Stopped::Signal,
    }
}

/// The first step that gives a link an MTU which its driver does not take: a stand-in would (`dev_validate_mtu` of
/// `net/core/dev.c`).
fn out_of_bounds(plan: &Plan, read: &Snapshot, standing: &Standing) -> Option<Stopped> {
    plan.steps.iter().enumerate().find_map(|(step, s)| {
        let Act::Base(key, record) = &s.act else { return None };
        let mtu = record.get(base::MTU).filter(|_| standing.contains_key(key))?;
        let (seen, near) = read.seen(key)?;
        let bound = |f| match seen.base.get(f, near) {
            Some(Ok(Value::Num(n))) if n > 0 => Some(n),
            _ => None,
        };
        let least = bound(&base::MIN_MTU.0).is_some_and(|least| u64::from(mtu) < least);
        let most = bound(&base::MAX_MTU.0).is_some_and(|most| u64::from(mtu) > most);
        let message = match (least, most) {
            (true, _) => "mtu less than device minimum",
            (_, true) => "mtu greater than device maximum",
            _ => return None,
        };
        let refusal = Refusal {
            errno: linkctl_kernel::errno::EINVAL,
            message: Some(message.into()),
            offset: None,
            missing: None,
            missing_nest: None,
            policy: None,
        };
        Some(Stopped::Refused { step, error: refusal.into() })
    })
}

/// Reads the links again and compares, as is done after the plan is carried out in earnest: what other steps undid is
/// sent once more.
fn unfulfilled(plan: &Plan, goal: &Goal, standing: &Standing, live: &mut Live) -> Result<End, Impossible> {
    let touched: BTreeSet<Key> = plan.steps.iter().flat_map(|s| finally(&s.act)).collect();
    let ours = |k: &Key| touched.contains(k) && !standing.contains_key(k);
    let part = Goal {
        links: goal.links.iter().filter(|(k, _)| ours(k)).map(|(k, w)| (k.clone(), w.clone())).collect(),
        rebuild: goal.rebuild,
        disruption: goal.disruption,
        ..Goal::new()
    };
    Ok(match settle(live, &part, &mut Account::default()) {
        // A plan that cannot be made here says more of the stand-ins than of the links.
        Some(Cause::Unfulfilled(rest)) if !rest.steps.is_empty() => End::Unfulfilled(rest),
        Some(Cause::Stopped(Stopped::Signal)) => End::Refused(Stopped::Signal),
        Some(Cause::Unread(e)) => return Err(e.into()),
        _ => End::Taken,
    })
}

/// The links of an act, as they are called after it.
fn finally(act: &Act) -> Vec<Key> {
    match act {
        Act::Create { key, peer, .. } => {
            std::iter::once(key).chain(peer.iter().map(|(k, _)| k)).cloned().collect()
        }
        Act::Rename(key, name) => vec![key.beside(*name)],
        Act::Move(_, to) => vec![to.clone()],
        other => vec![other.key().clone()],
    }
}

/// The namespaces in which an act works.
pub(crate) fn spaces(act: &Act) -> Vec<linkctl_link::Netns> {
    let mut out = vec![act.key().netns.clone()];
    match act {
        Act::Create { key, link, peer } => {
            out.push(message::created_from(key, link).clone());
            out.extend(peer.iter().map(|(k, _)| k.netns.clone()));
        }
        Act::Move(_, to) => out.push(to.netns.clone()),
        _ => {}
    }
    out
}
