//! Bringing the links to what the files of a folder declare, as far as that can be had: what boot and watch do.

use std::collections::BTreeMap;
use std::path::PathBuf;

use linkctl::apply::{Records, Sources, Verdict};
use linkctl::kernel::Live;
use linkctl::link::{Goal, Key};
use linkctl::plan::Plan;
use linkctl::plan::split::{Waits, islands};

use super::declared::{Declared, Keeping};
use super::foreign;
use super::journal::unusable;
use super::weigh::{Given, Weighed};
use crate::exit::{Failure, Status};
use crate::files::{self, For};

/// What is declared: by the files, or by what held last.
pub(crate) struct Declaration {
    /// All that is wanted.
    pub(crate) goal: Goal,
    /// The files that say it; `None` where they say otherwise and are not followed.
    pub(crate) sources: Option<Sources>,
    /// Why the files are not followed.
    pub(crate) note: Option<String>,
}

impl Declaration {
    /// Reads what is declared. Files that were tried and taken back, that wait to be confirmed, or that cannot be read
    /// are not followed: what held last is, where anything ever did.
    pub(crate) fn read(paths: &[PathBuf], records: &Records) -> Result<Self, Failure> {
        let place = files::sources(paths, &[]).map(|s| s.place);
        let files = match files::read(paths, For::Doing).and_then(|f| Ok((files::goal_of(&f)?, f))) {
            Ok(files) => files,
            Err(failure) => {
                let last = place.and_then(|p| records.current(p).ok().flatten());
                let Some((_, goal)) = last else { return Err(failure) };
                let note = format!("{}: what held last is followed instead", failure.what);
                return Ok(Self { goal, sources: None, note: Some(note) });
            }
        };
        let (goal, files) = files;
        let Some(sources) = files::sources(paths, &files) else {
            return Ok(Self { goal, sources: None, note: None });
        };
        let Verdict::Refused(record) = records.verdict(sources).map_err(|f| unusable(&f))? else {
            return Ok(Self { goal, sources: Some(sources), note: None });
        };
        let (id, state) = (&record.id, record.state.word());
        match records.current(sources.place).map_err(|f| unusable(&f))? {
            Some((_, goal)) => {
                let note = format!(
                    "the files are those of the apply {id}, which is {state}: what held last is followed instead"
                );
                Ok(Self { goal, sources: None, note: Some(note) })
            }
            None => Err(Failure::new(
                Status::RolledBack,
                format!(
                    "the files are those of the apply {id}, which is {state}, and nothing ever held before"
                ),
            )
            .hint("mend the files, then linkctl apply")),
        }
    }
}

/// What was done, and what could not be.
#[derive(Default)]
pub(crate) struct Brought {
    /// How many steps were carried out.
    pub(crate) steps: usize,
    /// What waits.
    pub(crate) waiting: BTreeMap<Key, Waits>,
    /// Parts that could not be had, and why.
    pub(crate) failed: Vec<(Goal, Failure)>,
}

/// Brings all of a goal, or where that fails each part of it that can be had by itself: one bad link is no reason to
/// leave a host without the others.
pub(crate) fn all(goal: &Goal, live: &mut Live, keeping: &Keeping<'_>) -> Brought {
    let mut out = Brought::default();
    let Err(failure) = one(goal, live, keeping, None, &mut out) else { return out };
    let parts = islands(goal);
    if parts.len() < 2 {
        out.failed.push((goal.clone(), failure));
        return out;
    }
    let apart = Keeping { declared: None, ..*keeping };
    for part in parts {
        if let Err(failure) = one(&part, live, &apart, None, &mut out) {
            out.failed.push((part, failure));
        }
    }
    out
}

/// Brings a goal whole, but for what waits. With `given` nothing is lost or cut that this does not cover; at boot there is
/// nobody yet who could lose it.
pub(crate) fn one(
    goal: &Goal,
    live: &mut Live,
    keeping: &Keeping<'_>,
    given: Option<Given>,
    out: &mut Brought,
) -> Result<Plan, Failure> {
    let (mut declared, waiting) = Declared::as_far_as(goal, live, keeping.state)?;
    out.waiting.extend(waiting);
    let plan = declared.plan(live)?;
    if plan.steps.is_empty() {
        keeping.accept()?;
    } else {
        given.map_or(Ok(()), |given| Weighed::new(&declared, &plan, live)?.permit(given))?;
        foreign::permit(&plan, &declared.world, live, keeping.take_over)?;
        let (record, read) = declared.carry_out(&plan, live, keeping)?;
        declared.note(&plan, (record.as_ref(), read), live, keeping)?;
        out.steps += plan.steps.len();
    }
    Ok(plan)
}
