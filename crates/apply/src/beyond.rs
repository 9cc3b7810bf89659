//! Namespaces that a goal does not name and that what it takes reaches all the same: a link that goes has its other end
//! there, or stands on a link there, or a link there stands on it and goes with it.

use std::collections::BTreeSet;

use linkctl_kernel::{Error, Live};
use linkctl_link::attached::namespace;
use linkctl_link::{Netns, Snapshot, World};
use linkctl_plan::{Conflict, Plan};

/// The namespaces that have to be read as well before a plan is to be trusted, or before it is said that there is none. Asks for
/// nothing where the plan takes no link away.
///
/// Such a namespace has to have a name: nothing else leads into one.
pub fn beyond(
    live: &Live,
    read: &Snapshot,
    world: &World,
    plan: Result<&Plan, &[Conflict]>,
) -> Result<BTreeSet<Netns>, Error> {
    let unread = |netns: &Netns| !read.is_of(netns);
    let goes = match plan {
        Ok(plan) => plan.vanishing(world),
        Err(conflicts) => {
            let lame = conflicts.iter().filter(|c| matches!(c, Conflict::NoPeer(_) | Conflict::NoLower(_)));
            let keys = lame.filter_map(Conflict::link);
            return Ok(keys.filter_map(|key| namespace(read, key)).filter(unread).collect());
        }
    };
    let mut out: BTreeSet<Netns> =
        goes.iter().filter_map(|key| namespace(read, key)).filter(unread).collect();
    let on = goes.iter().filter_map(|key| Some((key.netns.clone(), read.index(key)?))).collect();
    out.extend(live.standing(&on)?.into_iter().filter(unread));
    Ok(out)
}
