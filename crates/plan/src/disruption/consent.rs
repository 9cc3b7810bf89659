//! What a person has to consent to before a plan is carried out.
//!
//! The rule: what the goal says is asked for, and so is what it plainly entails. A rebuild wants one consent, which
//! covers what comes back by itself: the link, what stands on it, its ports. What nobody asked for, and what no way
//! back restores (addresses, routes, keys), wants the other. Refuses to know which consent was given.

use std::collections::BTreeSet;

use linkctl_link::{Key, World};

use super::loss::{Loss, Lost};
use super::{Effects, Manner};
use crate::act::{Disruption, Harm, Plan};
use crate::delta::partner;
use crate::reason::Reason;

/// A consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consent {
    /// Links may be deleted and made anew.
    Rebuild,
    /// What nobody asked for may be lost.
    Disruption,
}

/// Why a consent is needed.
#[derive(Clone, Debug, PartialEq)]
pub enum Need {
    /// A link is made anew, for these reasons.
    Rebuilt(Key, Vec<Reason>),
    /// A link is disturbed, though nobody asked for that.
    Disturbed(Disruption),
    /// Something is lost for good.
    Lost(Loss),
}

impl Need {
    /// Which consent it takes.
    pub fn consent(&self) -> Consent {
        match self {
            Self::Rebuilt(..) => Consent::Rebuild,
            Self::Disturbed(_) | Self::Lost(_) => Consent::Disruption,
        }
    }

    /// The link that it is about.
    pub fn link(&self) -> &Key {
        match self {
            Self::Rebuilt(key, _) => key,
            Self::Disturbed(d) => &d.link,
            Self::Lost(loss) => &loss.link,
        }
    }
}

/// All that needs consent.
pub fn needs(before: &World, plan: &Plan, effects: &Effects) -> Vec<Need> {
    let rebuilt: BTreeSet<&Key> =
        plan.disruptions.iter().filter(|d| d.harm == Harm::Rebuilt).map(|d| &d.link).collect();
    let unasked: BTreeSet<&Key> =
        plan.disruptions.iter().filter(|d| d.harm != Harm::Rebuilt).map(|d| &d.link).collect();
    let mut out = Vec::new();
    for d in &plan.disruptions {
        match d.harm {
            Harm::Rebuilt => out.push(Need::Rebuilt(d.link.clone(), d.why.clone())),
            // Whoever asks for other rings asks for what the driver does for them; the plan says it.
            Harm::Reset => {}
            // What stands on a link has no more than that link.
            Harm::Shrunk => {}
            _ if entailed(d, &rebuilt, before) => {}
            _ => out.push(Need::Disturbed(d.clone())),
        }
    }
    for loss in effects.losses.iter().filter(|l| l.lasts) {
        let gone = matches!(loss.what, Lost::Address(_) | Lost::Route(_) | Lost::Way(_) | Lost::Elsewhere(_));
        // The goal wants the link gone or down, and so what it has.
        let said = match effects.links.get(&loss.link) {
            Some(Manner::Delete | Manner::Stopped) => !unasked.contains(&loss.link),
            _ => false,
        };
        if gone && !said {
            out.push(Need::Lost(loss.clone()));
        }
    }
    out
}

/// Whether the goal entails a disturbance: it is part of a rebuild, of a change of the link's own master, or the link
/// is the idle other end of one that is not wanted: a port of nothing, not up in another namespace, and not said to be left
/// alone.
fn entailed(d: &Disruption, rebuilt: &BTreeSet<&Key>, before: &World) -> bool {
    let cause = |r: &Reason| match r {
        Reason::Falls(key) | Reason::Follows(key) => Some(key.clone()),
        _ => None,
    };
    let causes: Vec<Key> = d.why.iter().filter_map(cause).collect();
    if d.harm == Harm::Gone {
        let Some(link) = before.get(&d.link) else { return true };
        let ignored = d.why.contains(&Reason::Ignored);
        let idle = |p: &Key| {
            !ignored && link.has_master().is_none() && (p.netns == d.link.netns || link.up() != Some(true))
        };
        return partner(&d.link, before).is_some_and(|p| causes == [p.clone()] && idle(&p));
    }
    let own = |r: &Reason| match r {
        Reason::Joins(_) | Reason::Placed | Reason::Named => true,
        Reason::Differs(delta) => matches!(delta.field, "master" | "up"),
        _ => false,
    };
    !d.why.is_empty() && d.why.iter().all(|r| own(r) || cause(r).is_some_and(|k| rebuilt.contains(&k)))
}
