//! Two namespaces of a real kernel, and worlds that are built there.

use std::collections::BTreeMap;

use linkctl::apply::{Stopped, Transaction, run};
use linkctl::kernel::{self, Live, Place};
use linkctl_conformance::lockstep::{BLUE, No, read, spaces};
use linkctl_link::{Goal, Key, Link, World};
use linkctl_plan::{Plan, plan};

/// How often building a world goes on without what was refused.
const ROUNDS: usize = 24;

/// The calling thread's namespaces, with nothing but their loopback links.
pub(crate) struct Ground {
    empty: World,
}

/// Why a transaction does not hold.
pub(crate) enum Fall {
    /// The kernel refused a step.
    Refused(usize, No),
    /// All was taken, and it is not as wanted: this is missing.
    Missed(Plan),
    /// Something else went wrong.
    Odd(String),
    /// It was not taken back.
    NoWayBack(String),
}

impl Ground {
    /// Takes the calling thread there.
    pub(crate) fn new() -> Self {
        kernel::isolate().expect("it was possible before");
        kernel::netns::create(BLUE).expect("a namespace beside this one");
        Self { empty: read() }
    }

    /// Deletes all links; whether nothing is left of them, such as a setting of a loopback.
    pub(crate) fn sweep(&self) -> bool {
        let now = read();
        let mut goal = Goal::new();
        now.iter().filter(|(_, l)| l.can_go()).for_each(|(k, _)| goal.forbid(k.clone()));
        let Ok(way) = plan(&now, &goal) else { return false };
        let done = run(&way, &now, &mut open(), &mut |_| {}).stopped.is_none();
        done && read() == self.empty
    }
}

/// Builds a world in the calling thread's namespaces, as far as the kernel goes along. Tells what it refused: kind of link and words.
pub(crate) fn build(drawn: &World) -> (World, BTreeMap<String, u64>) {
    let mut goal = linkctl_plan::declare::declare(drawn, |_| true);
    let mut refused = BTreeMap::new();
    for _ in 0..ROUNDS {
        let real = read();
        let way = match plan(&real, &goal) {
            Ok(way) if way.is_empty() => break,
            Ok(way) => way,
            Err(conflicts) => {
                let odd: Vec<Key> = conflicts.iter().filter_map(|c| c.link().cloned()).collect();
                odd.iter().for_each(|k| leave(&mut goal, k));
                continue;
            }
        };
        match run(&way, &real, &mut open(), &mut |_| {}).stopped {
            // What was taken and is not so: the world is what is read.
            None => break,
            Some(Stopped::Refused { step, error }) => {
                let act = &way.steps[step].act;
                let kind = linkctl_conformance::lockstep::kind_of(act, &real);
                *refused.entry(format!("{} {kind}: {error}", act.word())).or_default() += 1;
                leave(&mut goal, act.key());
            }
            Some(_) => break,
        }
    }
    (read(), refused)
}

/// Wants nothing more of a link and its other end.
fn leave(goal: &mut Goal, key: &Key) {
    let peer = goal.links.remove(key).and_then(|w| w.link().and_then(|l| l.peer.clone()));
    peer.iter().for_each(|p| _ = goal.links.remove(p));
}

/// A connection that knows both namespaces.
fn open() -> Live {
    let mut live = Live::open(Place::Here).expect("a socket");
    live.snapshot(&spaces(), false).expect("nobody else changes these links");
    live
}

/// Carries a plan out as `linkctl apply` does: all of it, verified, or nothing of it.
pub(crate) fn transact(way: &Plan, before: &World, goal: &Goal) -> Result<(), Fall> {
    let mut goal = goal.clone();
    // Both namespaces are read, whatever the goal names.
    for space in spaces() {
        let lo = Key::new(space, linkctl_conformance::stage::name("lo"));
        goal.links.entry(lo).or_insert_with(|| linkctl_link::Want::Present(Box::new(Link::new(None))));
    }
    let mut live = open();
    let mut transaction = Transaction { live: &mut live, kept: None, progress: &mut |_| {} };
    let Err(failure) = transaction.run(way, before, &goal) else { return Ok(()) };
    if let Err(why) = &failure.back {
        let missing = match &failure.cause {
            linkctl::apply::Cause::Unfulfilled(rest) => crate::check::acts(rest),
            _ => String::new(),
        };
        return Err(Fall::NoWayBack(format!("{}; {why}{missing}", failure.cause)));
    }
    Err(match &failure.cause {
        linkctl::apply::Cause::Stopped(Stopped::Refused { step, error }) => {
            Fall::Refused(*step, No { errno: error.errno().unwrap_or(0), text: error.to_string() })
        }
        linkctl::apply::Cause::Unfulfilled(rest) => Fall::Missed(rest.clone()),
        other => Fall::Odd(other.to_string()),
    })
}
