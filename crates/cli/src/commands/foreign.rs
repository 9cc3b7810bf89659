//! Links that other programs manage: they are not changed unless that is said.

use linkctl::kernel::managers::{self, Manager};
use linkctl::link::{Key, World};
use linkctl::plan::Plan;

use crate::exit::{Failure, Status};

/// Links that a plan changes and that somebody else manages, each once.
pub(crate) fn managed(plan: &Plan, world: &World) -> Vec<(Key, Manager)> {
    if !managers::are_heard() {
        return Vec::new();
    }
    let mut keys: Vec<&Key> = plan.steps.iter().map(|s| s.act.key()).collect();
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

/// Refuses a plan that changes what somebody else manages.
pub(crate) fn permit(plan: &Plan, world: &World, take_over: bool) -> Result<(), Failure> {
    let all = if take_over { Vec::new() } else { managed(plan, world) };
    let Some((first, manager)) = all.first() else { return Ok(()) };
    let what: Vec<String> =
        all.iter().map(|(key, manager)| format!("{key} is managed by {manager}")).collect();
    Err(Failure::new(Status::Refused, format!("{}, which would change it back", what.join(", ")))
        .hint(manager.advice(&first.to_string()))
        .hint("or say --take-over, and it is changed all the same"))
}
