//! Whether the links are as wanted, by reading them again: that the kernel said yes is not enough.

use std::borrow::Cow;
use std::collections::BTreeMap;

use linkctl_kernel::Live;
use linkctl_link::{Goal, Snapshot, World};
use linkctl_plan::{Act, Plan};

use crate::engine::{Account, Stopped, run, run_through};
use crate::lookup::{snapshot, world};
use crate::nic::fill;
use crate::transaction::Cause;

/// What is still missing after all steps were accepted; else the reading that shows that nothing is.
fn fulfilled(live: &mut Live, goal: &Goal) -> Result<Snapshot, Cause> {
    let now = snapshot(live, goal).map_err(Cause::Unread)?;
    // A match said where a link was; what it says now does not matter.
    let named = if goal.matches.is_empty() {
        Cow::Borrowed(goal)
    } else {
        Cow::Owned(Goal { matches: BTreeMap::new(), ..goal.clone() })
    };
    if now.plainly(&named) {
        return Ok(now);
    }
    let mut world = now.world(|_| true);
    fill(live, &named, &BTreeMap::new(), &World::new(), &now, &mut world).map_err(Cause::Unread)?;
    match linkctl_plan::plan(&world, &named) {
        Ok(rest) if rest.steps.is_empty() => Ok(now),
        Ok(rest) => Err(Cause::Unfulfilled(rest)),
        Err(_) => Err(Cause::Unfulfilled(Plan::default())),
    }
}

/// The same, having sent once more what other steps undid: a bridge's MTU and address follow its ports, a port's its
/// bond's. Only settings are sent again, nothing that disturbs.
pub(crate) fn settle(live: &mut Live, goal: &Goal, account: &mut Account) -> Option<Cause> {
    again(live, goal, account, true)
}

/// The same on the way home, which no signal ends.
pub(crate) fn settle_through(live: &mut Live, goal: &Goal) -> Option<Cause> {
    again(live, goal, &mut Account::default(), false)
}

fn again(live: &mut Live, goal: &Goal, account: &mut Account, heed: bool) -> Option<Cause> {
    let cause = seen(fulfilled(live, goal), account)?;
    let Cause::Unfulfilled(rest) = &cause else { return Some(cause) };
    let mild = |act: &Act| {
        let settings = matches!(act, Act::Base(..) | Act::Data(..) | Act::Port(..) | Act::Up(_));
        settings || matches!(act, Act::Ethtool(..) | Act::Function(..))
    };
    if rest.steps.is_empty() || !rest.steps.iter().all(|s| mild(&s.act)) {
        return Some(cause);
    }
    let now = match world(live, goal) {
        Ok((now, _)) => now,
        Err(e) => return Some(Cause::Unread(e)),
    };
    let more = if heed { run(rest, &now, live, &mut |_| {}) } else { run_through(rest, &now, live) };
    account.requests += more.requests;
    match more.stopped {
        Some(Stopped::Signal) => Some(Cause::Stopped(Stopped::Signal)),
        Some(_) => Some(cause),
        None => seen(fulfilled(live, goal), account),
    }
}

/// Keeps a reading that shows all as wanted.
fn seen(outcome: Result<Snapshot, Cause>, account: &mut Account) -> Option<Cause> {
    match outcome {
        Ok(read) => {
            account.read = Some(read);
            None
        }
        Err(cause) => Some(cause),
    }
}
