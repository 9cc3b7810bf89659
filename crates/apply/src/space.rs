//! Namespaces come and go: files below `/run/netns`, not messages.

use linkctl_kernel::{Error, Live, errno, netns};
use linkctl_link::{Goal, Netns};
use linkctl_plan::Act;
use linkctl_plan::scope::is_native;

/// Whether an act is one about a namespace.
pub(crate) fn is_apart(act: &Act) -> bool {
    matches!(act, Act::NewNetns(_) | Act::DropNetns(_))
}

/// Carries it out.
pub(crate) fn carry_out(live: &mut Live, act: &Act) -> Result<(), Error> {
    let key = act.key();
    let Some(name) = key.netns.name() else { return Err(Error::BadName(String::new())) };
    if matches!(act, Act::NewNetns(_)) {
        netns::create(name)?;
        return live.enter(&key.netns);
    }
    vacant(live, &key.netns)?;
    netns::remove(name)?;
    live.leave(&key.netns);
    Ok(())
}

/// Takes away what is left of namespaces that a goal wants gone, where somebody was killed as he made them.
pub(crate) fn tidy(goal: &Goal) -> Result<(), Error> {
    let gone = goal.namespaces.iter().filter(|(_, stays)| !**stays);
    gone.filter_map(|(n, _)| n.name()).try_for_each(netns::tidy)
}

/// Fails with `EBUSY` where links are in it that came since the plan was made: hardware would be torn from its
/// settings, others would be lost.
fn vacant(live: &mut Live, space: &Netns) -> Result<(), Error> {
    let (read, _) = live.read(std::slice::from_ref(space), false)?;
    if read.world(|_| true).iter().all(|(k, l)| is_native(k, l.kind_word())) {
        return Ok(());
    }
    let path = netns::Place::Name(space.name().unwrap_or_default().into()).path()?;
    Err(Error::Netns { path, errno: errno::EBUSY })
}
