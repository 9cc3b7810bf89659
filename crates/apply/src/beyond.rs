//! Namespaces that a goal does not name and that what it takes reaches all the same: a link that goes has its other end
//! there, or stands on a link there, or a link there stands on it and goes with it.

use std::collections::BTreeSet;

use linkctl_kernel::{Error, Live};
use linkctl_link::attached::namespace;
use linkctl_link::{Key, Netns, Snapshot, World};
use linkctl_plan::{Conflict, Plan};

/// The namespaces that have to be read as well before a plan is to be trusted, or before it is said that there is none. Asks for
/// nothing where the plan takes no link away.
///
/// Such a namespace has to have a name: nothing else leads into one.
pub fn beyond(
    live: &mut Live,
    read: &Snapshot,
    world: &World,
    plan: Result<&Plan, &[Conflict]>,
) -> Result<BTreeSet<Netns>, Error> {
    let unread = |netns: &Netns| !read.is_of(netns);
    let tied = |keys: &mut dyn Iterator<Item = &Key>| -> BTreeSet<Netns> {
        // Messages are looked through only where one of them is known to tell something.
        let keys = keys.filter(|_| read.is_numbered());
        keys.filter_map(|key| namespace(read, key)).filter(unread).collect()
    };
    let goes = match plan {
        Ok(plan) => plan.vanishing(world),
        Err(conflicts) => {
            let lame = conflicts.iter().filter(|c| matches!(c, Conflict::NoPeer(_) | Conflict::NoLower(_)));
            return Ok(there(live, tied(&mut lame.filter_map(Conflict::link))));
        }
    };
    if goes.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut out = tied(&mut goes.iter());
    let others = live.others(|netns| read.is_of(netns))?;
    if !others.is_empty() {
        let on = goes.iter().filter_map(|key| Some((key.netns.clone(), read.index(key)?))).collect();
        out.extend(live.standing(others, &on)?);
    }
    Ok(there(live, out))
}

/// Those that are there still.
fn there(live: &mut Live, mut spaces: BTreeSet<Netns>) -> BTreeSet<Netns> {
    spaces.retain(|netns| live.enter(netns).is_ok());
    spaces
}
