//! Plans in files: kept by `plan --save`, carried out by `apply --plan`.

use std::path::Path;

use linkctl::apply::Fault;
use linkctl::apply::saved::{MOST, Saved, Stale};
use linkctl::kernel::Live;
use linkctl::link::Goal;
use linkctl::plan::Plan;
use linkctl::schema::Safe;

use super::declared::Declared;
use super::print;
use super::weigh::Given;
use crate::args::Common;
use crate::exit::{Failure, Status};
use crate::files;

/// Keeps a plan in a file, with the consent that was given. Where there is nothing to do, nothing is kept.
pub(crate) fn keep(
    path: &Path,
    declared: &Declared,
    plan: &Plan,
    given: Given,
    live: &Live,
    common: &Common,
) -> Result<(), Failure> {
    let shown = Safe(path.as_os_str().as_encoded_bytes());
    if plan.steps.is_empty() {
        eprintln!("note: there is nothing to do, and {shown} was not written");
        return Ok(());
    }
    let goal = Goal { rebuild: given.rebuild, disruption: given.disruption, ..declared.goal.clone() };
    Saved::new(plan, &goal, &declared.read, &declared.world, live).write(path).map_err(|fault| {
        let status = match &fault {
            Fault::Io(_, e) if e.kind() == std::io::ErrorKind::PermissionDenied => Status::Denied,
            _ => Status::Refused,
        };
        Failure::new(status, format!("the plan was not kept: {fault}"))
    })?;
    if common.json { Ok(()) } else { print(&format!("kept: linkctl apply --plan {shown}\n")) }
}

/// Reads a plan that was kept. Others must not have been able to write it.
pub(crate) fn read(path: &Path) -> Result<Saved, Failure> {
    let bytes = files::one(path, MOST)?;
    Saved::from_bytes(path, &bytes).map_err(|why| {
        let shown = Safe(path.as_os_str().as_encoded_bytes());
        Failure::new(Status::Usage, format!("{shown}: {why}")).hint("make it anew: linkctl plan FILE --save")
    })
}

/// Refuses a plan whose links changed since it was made. `now` is what it would take now: where nothing is to be done no
/// plan is needed, old or new, and where there is no way what changed says why.
pub(crate) fn fresh(
    saved: &Saved,
    declared: &Declared,
    now: &Result<Plan, Failure>,
    live: &Live,
) -> Result<(), Failure> {
    if now.as_ref().is_ok_and(|plan| plan.steps.is_empty()) {
        return Ok(());
    }
    saved.check(&declared.read, live).map_err(|all| stale(&all))?;
    match now {
        Ok(plan) => saved.check_plan(plan).map_err(|one| stale(&[one])),
        Err(_) => Ok(()),
    }
}

fn stale(all: &[Stale]) -> Failure {
    let what: Vec<String> = all.iter().map(|s| format!("  {s}")).collect();
    Failure::new(Status::Refused, format!("the plan is out of date:\n{}", what.join("\n")))
        .hint("plan again: linkctl plan FILE --save; nothing was changed")
}
