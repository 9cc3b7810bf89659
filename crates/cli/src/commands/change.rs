//! What `set`, `add` and `del` have in common: a goal is planned, carried out, verified and told.

use linkctl::apply::{Cause, Failure as Undone, Note, Transaction};
use linkctl::kernel::Live;
use linkctl::link::{Goal, Snapshot, World};
use linkctl::plan::{Act, Conflict, Plan, Reason, plan_asking};
use linkctl::schema::out::Out;
use linkctl::schema::text::plain;
use linkctl::schema::{Safe, Value};

use super::print;
use crate::args::Common;
use crate::exit::{Failure, Status};
use crate::explain;
use crate::span::steps;
use crate::term::{Colour, Term};

/// A change that is wanted, and what it is wanted from.
pub(crate) struct Change<'c> {
    /// What should be.
    pub(crate) goal: &'c Goal,
    /// Where links are now that are to have other names or places.
    pub(crate) labels: &'c std::collections::BTreeMap<linkctl::link::Key, linkctl::link::Key>,
    /// What was read.
    pub(crate) read: &'c Snapshot,
    /// The same, decoded.
    pub(crate) world: &'c World,
    /// What the command is about, for its answer.
    pub(crate) about: &'c str,
}

impl Change<'_> {
    /// The plan, or why there is none.
    pub(crate) fn plan(&self) -> Result<Plan, Failure> {
        plan_asking(self.world, self.goal, self.labels).map_err(|all| match all.as_slice() {
            [one] => {
                explain::foreseen(one, self.goal, self.read, self.world).unwrap_or_else(|| conflict(&all))
            }
            _ => conflict(&all),
        })
    }

    /// Carries out a plan and says what was done.
    pub(crate) fn carry_out(&self, plan: &Plan, live: &mut Live, common: &Common) -> Result<(), Failure> {
        let notes = self.run(plan, live)?;
        tell(self.about, plan, &notes, common)
    }

    /// Carries out a plan; returns what was done otherwise than planned.
    pub(crate) fn run(&self, plan: &Plan, live: &mut Live) -> Result<Vec<Note>, Failure> {
        if plan.steps.is_empty() {
            return Ok(Vec::new());
        }
        let mut quiet = |_| {};
        let mut transaction = Transaction { live, kept: None, progress: &mut quiet };
        match transaction.run(plan, self.world, self.goal) {
            Ok((account, _)) => Ok(account.notes),
            Err(undone) => Err(failure(&undone, plan, live, self.read, self.world)),
        }
    }
}

/// Why a plan could not be made, for a person.
pub(crate) fn conflict(all: &[Conflict]) -> Failure {
    let mut what: Vec<String> = all.iter().map(ToString::to_string).collect();
    what.dedup();
    let rebuild = all.iter().any(|c| matches!(c, Conflict::NeedsRebuild { .. }));
    let about = all.first().and_then(|c| c.link().map(|key| Box::new((key.clone(), c.fields()))));
    let failure = Failure { about, ..Failure::new(Status::Refused, what.join("\n       ")) };
    if rebuild {
        failure.hint("a rebuild would do it: say --rebuild; the link is deleted and made anew, and traffic stops meanwhile")
    } else {
        failure
    }
}

/// Why a change does not hold, for a person.
pub(crate) fn failure(
    undone: &Undone,
    plan: &Plan,
    live: &mut Live,
    read: &Snapshot,
    world: &World,
) -> Failure {
    let mut out = match &undone.cause {
        Cause::Stopped(stopped) => {
            let step = match stopped {
                linkctl::apply::Stopped::Refused { step, .. } => plan.steps.get(*step),
                _ => None,
            };
            explain::stopped(stopped, step.map(|s| &s.act), live, read, world)
        }
        Cause::Unfulfilled(rest) => unfulfilled(rest),
        Cause::Unread(e) => super::unread(e),
        Cause::Journal(fault) => super::journal::unusable(fault),
    };
    match &undone.back {
        Err(why) => {
            out.status = Status::Broken;
            out = out
                .hint(format!("the links could not be brought back: {why}"))
                .hint("compare: linkctl show -d");
        }
        Ok(()) if !undone.account.done.is_empty() => {
            out =
                out.hint(format!("what had been done ({}) was taken back", steps(undone.account.done.len())));
        }
        Ok(()) => {}
    }
    out
}

/// The kernel accepted everything and the links are otherwise.
pub(crate) fn unfulfilled(rest: &Plan) -> Failure {
    let mut what = vec!["the kernel accepted every step, and the links are not as wanted:".to_owned()];
    for step in &rest.steps {
        for reason in &step.why {
            if let Reason::Differs(delta) = reason {
                let link = step.act.key();
                what.push(format!("  {link}: {}", differs(delta)));
            }
        }
    }
    Failure::new(Status::RolledBack, what.join("\n"))
        .hint("this kernel does not know the setting or rounds it, or another program changes the links too")
}

/// `mtu 1500 -> 9000`.
pub(crate) fn differs(delta: &linkctl::schema::diff::Delta) -> String {
    let have = delta.have.as_ref().map_or("nothing".into(), |v| shown(delta.field, v));
    format!("{} {have} -> {}", delta.field, shown(delta.field, &delta.want))
}

/// A value as its field writes it, wherever in the book the field is.
fn shown(field: &str, value: &Value<'_>) -> String {
    let tables = std::iter::once(&linkctl::kinds::link::FIELDS).chain(
        linkctl::kinds::KINDS
            .iter()
            .flat_map(|k| std::iter::once(k.fields).chain(k.ports.map(|p| p.fields)))
            .chain(linkctl::kinds::nic::BLOCKS.iter().map(|k| k.fields)),
    );
    let mut out = String::new();
    for table in tables {
        if let Some(f) = table.list().iter().find(|f| f.name == field) {
            let _ = plain(f, value, &mut out);
            break;
        }
    }
    if out.is_empty() { "\"\"".into() } else { out }
}

/// Says what was done, or that nothing had to be.
pub(crate) fn tell(about: &str, plan: &Plan, notes: &[Note], common: &Common) -> Result<(), Failure> {
    if common.json {
        return print(&json(about, plan, notes, common.pretty));
    }
    let term = Term::stdout();
    if plan.steps.is_empty() {
        return print(&format!("{}: already so\n", term.paint(Colour::Cyan, about)));
    }
    let mut out = String::new();
    for step in &plan.steps {
        out += &format!("{}\n", line(&step.act, &step.why, term));
    }
    for note in notes {
        out += &match note {
            Note::RenamedDown(key) => {
                format!("{key}: this kernel renames only links that are down: it was down for a moment\n")
            }
            Note::Warning(_, text) => format!("the kernel warns: {text}\n"),
        };
    }
    print(&out)
}

/// One line about one act.
fn line(act: &Act, why: &[Reason], term: Term) -> String {
    let deltas: Vec<String> =
        why.iter().filter_map(|r| if let Reason::Differs(d) = r { Some(differs(d)) } else { None }).collect();
    let name = |key: &linkctl::link::Key| term.paint(Colour::Cyan, &key.to_string());
    match act {
        Act::Create { key, link, peer } => {
            let peer = peer.as_ref().map_or(String::new(), |(p, _)| format!(" and its other end {p}"));
            format!("{}: created, {}{peer}", name(key), Safe(link.kind_word()))
        }
        Act::Delete(key) => format!("{}: deleted", name(key)),
        Act::Rename(key, new) => format!("{}: now called {new}", name(key)),
        Act::Move(key, to) => format!("{}: now in {}", name(key), to.netns),
        Act::NewNetns(key) => format!("namespace {}: created", key.netns),
        Act::DropNetns(key) => format!("namespace {}: taken away", key.netns),
        Act::Up(key) => format!("{}: up", name(key)),
        Act::Down(key) => format!("{}: down", name(key)),
        Act::Master(key, Some(master)) => format!("{}: now a port of {master}", name(key)),
        Act::Master(key, None) => format!("{}: a port no more", name(key)),
        Act::Functions(key, count) => format!("{}: {count} virtual functions", name(key)),
        Act::Base(key, _)
        | Act::Data(key, _)
        | Act::Port(key, _)
        | Act::Ethtool(key, _)
        | Act::Function(key, ..)
        | Act::Altnames { key, .. } => {
            let why = if deltas.is_empty() { why.iter().map(ToString::to_string).collect() } else { deltas };
            format!("{}: {}", name(key), why.join(", "))
        }
    }
}

fn json(about: &str, plan: &Plan, notes: &[Note], pretty: bool) -> String {
    let mut out = Out::new(pretty);
    out.object();
    out.key("link");
    out.text(about);
    out.key("changed");
    out.plain(!plan.steps.is_empty());
    out.key("plan");
    linkctl::plan::render::json::json(plan, &mut out);
    out.key("notes");
    out.array();
    for note in notes {
        out.text(&match note {
            Note::RenamedDown(key) => format!("{key} was down for its renaming"),
            Note::Warning(_, text) => text.clone(),
        });
    }
    out.end_array();
    out.end();
    out.into_string() + "\n"
}
