//! The same for what was refused before the kernel was asked: the planner's conflicts.
//!
//! A conflict says what is in the way; the rules know what to do about it. Each conflict is turned into the act that the
//! kernel would have refused, and the number with which it would have.

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, Link};

use super::case::Case;
use super::errno::{
    EACCES, EADDRINUSE, EADDRNOTAVAIL, EBUSY, EEXIST, EINVAL, ELOOP, ENETDOWN, ENODEV, EOPNOTSUPP, EPERM,
    ERANGE,
};
use super::{Facts, Refused, Said, known, missing};
use crate::{Act, Conflict, Errno};

/// Why a goal cannot be planned, and what to do about it; nothing where the conflict says all that is known.
pub fn foreseen(conflict: &Conflict, goal: &Goal, facts: &Facts<'_>) -> Option<Said> {
    // Nobody has been refused for want of a privilege yet.
    let facts = &Facts { privileged: true, user_namespace: false, ..facts.clone() };
    if let Conflict::Missing { link, needs } = conflict {
        let (act, refused) = (Act::Up(link.clone()), Refused::default());
        let case = Case::new(&act, &refused, facts);
        let said = case.say(format!("{needs}, which it needs, is not there"));
        return Some(missing::suggest(&case, needs, said));
    }
    candidates(conflict, goal, facts).iter().find_map(|(act, errno)| {
        let refused = Refused { errno: *errno, ..Refused::default() };
        known(&Case::new(act, &refused, facts))
    })
}

/// The acts that it may be about, with their numbers.
fn candidates(conflict: &Conflict, goal: &Goal, facts: &Facts<'_>) -> Vec<(Act, i32)> {
    match conflict {
        Conflict::NotAMaster { link, master } => {
            vec![(Act::Master(link.clone(), Some(master.name)), EOPNOTSUPP)]
        }
        Conflict::NotAPort { link, master } => {
            let act = Act::Master(link.clone(), Some(master.name));
            vec![(act.clone(), ELOOP), (act, EINVAL)]
        }
        Conflict::Loop(keys) => match keys.as_slice() {
            [one] => vec![(Act::Master(one.clone(), Some(one.name)), ELOOP)],
            _ => Vec::new(),
        },
        // The loopback is only found in another namespace when this one's is told to go there.
        Conflict::NameTaken { link, name } if link.name == *name && is_loopback(link, facts) => {
            vec![(Act::Move(link.clone(), link.clone()), EINVAL)]
        }
        Conflict::NameTaken { link, name } => vec![(Act::Rename(link.clone(), *name), EEXIST)],
        Conflict::CannotDelete(link) => vec![(Act::Delete(link.clone()), EOPNOTSUPP)],
        Conflict::NoLower(link) => wanted(goal, link)
            .map(|l| (Act::Create { key: link.clone(), link: l, peer: None }, EINVAL))
            .into_iter()
            .collect(),
        Conflict::Refused { link, refusal } => {
            let Some(want) = wanted(goal, link) else { return Vec::new() };
            let act = if facts.world.contains_key(link) {
                change(link, &want, refusal.errno)
            } else {
                Some(Act::Create { key: link.clone(), link: want, peer: None })
            };
            act.into_iter().map(|act| (act, number(refusal.errno))).collect()
        }
        _ => Vec::new(),
    }
}

fn is_loopback(key: &Key, facts: &Facts<'_>) -> bool {
    let (act, refused) = (Act::Up(key.clone()), Refused::default());
    Case::new(&act, &refused, facts).is_loopback(key)
}

fn wanted(goal: &Goal, key: &Key) -> Option<Box<Link>> {
    goal.links.get(key).and_then(|w| w.link()).cloned().map(Box::new)
}

/// The change that is refused with that number, where the number leaves no doubt which.
fn change(key: &Key, want: &Link, errno: Errno) -> Option<Act> {
    match errno {
        Errno::Range => Some(Act::Base(key.clone(), want.base.only(|f| f.attr == base::MTU.0.attr))),
        Errno::Loop | Errno::Busy => want.has_master().map(|m| Act::Master(key.clone(), Some(m))),
        Errno::NetDown | Errno::AddrInUse | Errno::AddrNotAvail => {
            (want.up() == Some(true)).then(|| Act::Up(key.clone()))
        }
        _ => None,
    }
}

fn number(errno: Errno) -> i32 {
    match errno {
        Errno::Perm => EPERM,
        Errno::NoDev => ENODEV,
        Errno::Exist => EEXIST,
        Errno::Busy => EBUSY,
        Errno::Loop => ELOOP,
        Errno::Inval => EINVAL,
        Errno::NotSupp => EOPNOTSUPP,
        Errno::NetDown => ENETDOWN,
        Errno::Range => ERANGE,
        Errno::Access => EACCES,
        Errno::AddrInUse => EADDRINUSE,
        Errno::AddrNotAvail => EADDRNOTAVAIL,
    }
}
