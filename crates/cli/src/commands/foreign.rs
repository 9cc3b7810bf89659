//! Links that other programs manage, and namespaces that they are in: neither is changed unless that is said.

use linkctl::kernel::managers::{self, Manager};
use linkctl::kernel::{Live, netns};
use linkctl::link::{Key, World};
use linkctl::plan::{Act, Plan};
use linkctl::schema::Safe;

use crate::exit::{Failure, Status};

/// Links that a plan changes, or that lose something by it, and that somebody else manages, each once.
pub(crate) fn managed(plan: &Plan, world: &World) -> Vec<(Key, Manager)> {
    if !managers::are_heard() {
        return Vec::new();
    }
    let disturbed = plan.disruptive().iter().map(|d| &d.link);
    let mut keys: Vec<&Key> = plan.steps.iter().map(|s| s.act.key()).chain(disturbed).collect();
    keys.sort();
    keys.dedup();
    let here = keys.into_iter().filter(|k| k.netns.name().is_none());
    let known = here.filter_map(|k| Some((k, world.get(k)?.index)));
    known
        .flat_map(|(key, index)| {
            managers::of(index, key.name.as_bytes()).into_iter().map(move |m| (key.clone(), m))
        })
        .collect()
}

/// Refuses a plan that changes what somebody else manages, or takes away the namespace that he is in.
pub(crate) fn permit(plan: &Plan, world: &World, live: &Live, take_over: bool) -> Result<(), Failure> {
    if take_over {
        return Ok(());
    }
    vacant(plan, live)?;
    let all = managed(plan, world);
    let Some((first, manager)) = all.first() else { return Ok(()) };
    let what: Vec<String> =
        all.iter().map(|(key, manager)| format!("{key} is managed by {manager}")).collect();
    Err(Failure::new(Status::Refused, format!("{}, which would change it back", what.join(", ")))
        .hint(manager.advice(&first.to_string()))
        .hint("or say --take-over, and it is changed all the same"))
}

/// Refuses to take the name of a namespace away that processes are in: they would go on in one that nobody finds.
fn vacant(plan: &Plan, live: &Live) -> Result<(), Failure> {
    for step in &plan.steps {
        let Act::DropNetns(key) = &step.act else { continue };
        let inside = live.netns(&key.netns).map(netns::inhabitants).unwrap_or_default();
        if inside.is_empty() {
            continue;
        }
        let more = if inside.len() > 4 { format!(" and {} more", inside.len() - 4) } else { String::new() };
        let told = |(pid, name): &(u32, String)| format!("{pid} ({})", Safe(name.as_bytes()));
        let first: Vec<String> = inside.iter().take(4).map(told).collect();
        let what = format!("namespace {}: processes run in it: {}{more}", key.netns, first.join(", "));
        return Err(Failure::new(Status::Refused, what)
            .hint("end them first")
            .hint("or say --take-over: its name goes, and the namespace with the last of them"));
    }
    Ok(())
}
