//! A plan carried out as one change: all of it holds, or the links are as they were.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use linkctl_kernel::{Error, Live, signal};
use linkctl_link::goal::{Match, Want};
use linkctl_link::{Goal, Key, World};
use linkctl_plan::{Act, Plan, back};

use crate::engine::{Account, Stopped, run};
use crate::journal::{Fault, Journal, Record, State};
use crate::lookup::{snapshot, world};

/// Why a change does not hold.
#[derive(Debug)]
pub enum Cause {
    /// A step was refused, or someone asked to stop.
    Stopped(Stopped),
    /// Every step was accepted, and the links are not as wanted: the kernel ignored a value, or another program
    /// interfered. The plan says what is missing.
    Unfulfilled(Plan),
    /// The links could not be read again.
    Unread(Error),
    /// The journal could not be written; nothing was changed.
    Journal(Fault),
}

/// A change that does not hold.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub cause: Cause,
    /// What had been done.
    pub account: Account,
    /// Whether the links are as they were again; the reason where not.
    pub back: Result<(), String>,
}

/// What a change needs.
pub struct Transaction<'t> {
    /// The kernel.
    pub live: &'t mut Live,
    /// Where the way home is kept; without it a kill in the middle leaves the links in between.
    pub journal: Option<&'t Journal>,
    /// Hears how many steps are done.
    pub progress: &'t mut dyn FnMut(usize),
}

impl Transaction<'_> {
    /// Carries out a plan that leads from `before` to `goal`, reads the links again and compares.
    ///
    /// On any failure it plans and carries out the way home. Signals that end a program are held back meanwhile, and
    /// lead home too.
    pub fn run(
        &mut self,
        plan: &Plan,
        before: &World,
        goal: &Goal,
    ) -> Result<(Account, Option<Record>), Box<Failure>> {
        let untouched = |cause| Box::new(Failure { cause, account: Account::default(), back: Ok(()) });
        let refused = |fault| untouched(Cause::Journal(fault));
        let held = signal::hold().map_err(|e| untouched(Cause::Unread(e)))?;
        let mut record = match self.journal {
            Some(journal) => Some(journal.begin(&way_home(before, plan)).map_err(refused)?),
            None => None,
        };
        let mut account = run(plan, before, self.live, self.progress);
        let cause = match &account.stopped {
            Some(stopped) => Some(Cause::Stopped(stopped.clone())),
            None => self.settle(goal, &mut account),
        };
        let Some(cause) = cause else {
            let cause = if held.consume() { Some(Cause::Stopped(Stopped::Signal)) } else { None };
            return match cause {
                None => {
                    self.mark(record.as_mut(), State::Done).map_err(refused)?;
                    Ok((account, record))
                }
                Some(cause) => Err(self.fail(plan, cause, account, before, goal, record)),
            };
        };
        let failure = self.fail(plan, cause, account, before, goal, record);
        held.consume();
        Err(failure)
    }

    fn fail(
        &mut self,
        plan: &Plan,
        cause: Cause,
        account: Account,
        before: &World,
        goal: &Goal,
        mut record: Option<Record>,
    ) -> Box<Failure> {
        let back = self.home(plan, before, goal, &account);
        if back.is_ok() {
            // Where this fails the record stays pending, and the next command says so.
            let _ = self.mark(record.as_mut(), State::Undone);
        }
        Box::new(Failure { cause, account, back })
    }

    fn mark(&self, record: Option<&mut Record>, state: State) -> Result<(), Fault> {
        match (self.journal, record) {
            (Some(journal), Some(record)) => journal.mark(record, state),
            _ => Ok(()),
        }
    }

    /// Sends once more what other steps undid: a bridge's MTU and address follow its ports, a port's its bond's.
    /// Returns what is still missing then. Only settings are sent again, nothing that disturbs.
    fn settle(&mut self, goal: &Goal, account: &mut Account) -> Option<Cause> {
        let cause = self.unfulfilled(goal)?;
        let Cause::Unfulfilled(rest) = &cause else { return Some(cause) };
        let mild = |act: &Act| matches!(act, Act::Base(..) | Act::Data(..) | Act::Port(..) | Act::Up(_));
        if rest.steps.is_empty() || !rest.steps.iter().all(|s| mild(&s.act)) {
            return Some(cause);
        }
        let now = match world(self.live, goal) {
            Ok((now, _)) => now,
            Err(e) => return Some(Cause::Unread(e)),
        };
        let more = run(rest, &now, self.live, &mut |_| {});
        account.requests += more.requests;
        match more.stopped {
            Some(Stopped::Signal) => Some(Cause::Stopped(Stopped::Signal)),
            Some(_) => Some(cause),
            None => self.unfulfilled(goal),
        }
    }

    /// What is still missing after all steps were accepted.
    fn unfulfilled(&mut self, goal: &Goal) -> Option<Cause> {
        let now = match snapshot(self.live, goal) {
            Ok(now) => now,
            Err(e) => return Some(Cause::Unread(e)),
        };
        // A match said where a link was; what it says now does not matter.
        let named = if goal.matches.is_empty() {
            Cow::Borrowed(goal)
        } else {
            Cow::Owned(Goal { matches: BTreeMap::new(), ..goal.clone() })
        };
        if now.plainly(&named) {
            return None;
        }
        match linkctl_plan::plan(&now.world(|_| true), &named) {
            Ok(rest) if rest.steps.is_empty() => None,
            Ok(rest) => Some(Cause::Unfulfilled(rest)),
            Err(_) => Some(Cause::Unfulfilled(Plan::default())),
        }
    }

    /// Leads back to what was before. Only links that were read before or that the plan made are looked at: others
    /// are someone else's, made meanwhile or never read, and are left alone.
    fn home(&mut self, plan: &Plan, before: &World, goal: &Goal, account: &Account) -> Result<(), String> {
        let now = world(self.live, goal).map_err(|e| e.to_string())?.0;
        let made = made(plan);
        let ours =
            |key: &Key| before.contains_key(key) || made.contains(key) && !account.foreign.contains(key);
        let seen: World = now.iter().filter(|(k, _)| ours(k)).map(|(k, l)| (k.clone(), l.clone())).collect();
        let home = back(before, &seen);
        let way =
            linkctl_plan::plan_with(&now, &home, &labels(plan, before, &seen)).map_err(|c| conflicts(&c))?;
        let done = run(&way, &now, self.live, &mut |_| {});
        match done.stopped {
            None | Some(Stopped::Signal) => match self.settle(&home, &mut Account::default()) {
                None => Ok(()),
                Some(_) => Err("the links are not as they were, though every step back was accepted".into()),
            },
            Some(Stopped::Refused { step, error }) => {
                Err(format!("step {} of the way back: {error}", step + 1))
            }
            Some(Stopped::Vanished { link, .. }) => Err(format!("{link} is gone")),
            Some(Stopped::Unmade { error, .. }) => Err(error.to_string()),
        }
    }
}

/// Where links are now that were called otherwise, or elsewhere, before.
fn labels(plan: &Plan, before: &World, now: &World) -> BTreeMap<Key, Key> {
    let mut out = linkctl_plan::renames(before, now);
    for step in &plan.steps {
        if let Act::Move(from, to) = &step.act
            && now.contains_key(to)
            && !now.contains_key(from)
        {
            out.insert(to.clone(), from.clone());
        }
    }
    out
}

/// The links that a plan gives a name to.
fn made(plan: &Plan) -> BTreeSet<Key> {
    let keys = plan.steps.iter().flat_map(|step| match &step.act {
        Act::Create { key, peer, .. } => {
            vec![key.clone()].into_iter().chain(peer.iter().map(|(k, _)| k.clone())).collect()
        }
        Act::Rename(key, name) => vec![key.beside(*name)],
        Act::Move(_, to) => vec![to.clone()],
        _ => Vec::new(),
    });
    keys.collect()
}

/// What leads from where a plan leads to what is now. Links that it renames are found by their addresses, for a file
/// knows no indexes.
pub(crate) fn way_home(before: &World, plan: &Plan) -> Goal {
    let made = made(plan);
    // Where everything is new the way home is plain.
    if plan.steps.iter().all(|s| made.contains(s.act.key())) && !made.iter().any(|k| before.contains_key(k)) {
        let mut home = Goal { rebuild: true, ..Goal::new() };
        made.into_iter().for_each(|key| home.forbid(key));
        return home;
    }
    let mut model = linkctl_plan::Model::new(before.clone());
    let mut names: BTreeMap<Key, Key> = BTreeMap::new();
    for step in &plan.steps {
        // What the model does not know the kernel may still do: the way home covers what both can.
        let _ = model.act(&step.act);
        if let Act::Rename(key, name) = &step.act {
            let first = names.remove(key).unwrap_or_else(|| key.clone());
            names.insert(key.beside(*name), first);
        }
    }
    let mut home = back(before, model.world());
    for (now, first) in names.into_iter().filter(|(now, first)| now != first) {
        // A bridge has the address of one of its ports: the kind tells them apart.
        let Some(was) = before.get(&first) else { continue };
        let address = was.base.get(linkctl_kinds::link::ADDRESS);
        let kind = std::str::from_utf8(was.kind_word()).ok().filter(|k| !k.is_empty()).map(str::to_owned);
        home.matches.insert(first, Match { address, kind, ..Match::default() });
        home.links.remove(&now).filter(|w| *w != Want::Absent).map(|w| home.links.insert(now, w));
    }
    home
}

fn conflicts(all: &[linkctl_plan::Conflict]) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
