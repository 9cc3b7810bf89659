//! `linkctl plan`: what it would take.

use std::process::ExitCode;

use linkctl::plan::{Plan, render};
use linkctl::schema::out::Out;

use super::declared::Declared;
use super::rehearse::{Rehearsed, Wanted};
use super::weigh::{Given, Weighed};
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::files::{self, For};
use crate::term::{Colour, Term};

/// Says what it would take to make the links as a file declares them. Changes nothing.
pub(crate) fn run(args: &args::Plan, common: &Common) -> Result<ExitCode, Failure> {
    let files = files::read(&args.files, For::Telling)?;
    let mut goal = files::goal_of(&files)?;
    files::spaces(&files, &goal)?;
    let given = args.allowed.given(&goal);
    // What it would take is told, whatever of it is allowed.
    goal.rebuild = true;
    let mut live = live(common)?;
    let placed = |failure| files::placed(&files, failure);
    let mut declared = Declared::new(goal, &mut live, &args.state).map_err(placed)?;
    let plan = declared.plan(&mut live).map_err(placed)?;
    if args.commands {
        print(&lines(&render::commands::commands(&plan, &declared.world)))?;
    } else {
        let weighed = Weighed::new(&declared, &plan, &mut live)?;
        let rehearsed =
            Rehearsed::maybe(if args.rehearse { Wanted::Yes } else { Wanted::No }, &declared, &plan)?;
        if args.diff {
            show_diff(&plan, &declared)?;
        } else {
            show_weighed(&plan, &weighed, rehearsed.as_ref(), given, common)?;
        }
        rehearsed.map_or(Ok(()), Rehearsed::verdict).map_err(placed)?;
    }
    if let Some(path) = &args.save {
        super::saved::keep(path, &declared, &plan, given, &live, common)?;
    }
    Ok(if plan.steps.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(Status::Pending as u8) })
}

/// Prints a plan as the differences that it makes.
fn show_diff(plan: &Plan, declared: &Declared) -> Result<(), Failure> {
    let term = Term::stdout();
    let mut out = String::new();
    render::diff::lines(&declared.world, plan).iter().for_each(|line| paint(line, term, &mut out));
    print(&out)
}

/// Prints a plan and what it costs, as text or JSON.
pub(crate) fn show_weighed(
    plan: &Plan,
    weighed: &Weighed,
    rehearsed: Option<&Rehearsed>,
    given: Given,
    common: &Common,
) -> Result<(), Failure> {
    if common.json {
        let mut out = Out::new(common.pretty);
        render::json::json_with(plan, &mut out, |out| {
            weighed.members(out);
            rehearsed.into_iter().for_each(|r| r.member(out));
        });
        return print(&(out.into_string() + "\n"));
    }
    show(plan, common)?;
    let term = Term::stdout();
    print(&(weighed.text(given, term) + &rehearsed.map_or_else(String::new, |r| r.text(term))))
}

/// Prints a plan, as text or JSON.
pub(crate) fn show(plan: &Plan, common: &Common) -> Result<(), Failure> {
    if common.json {
        let mut out = Out::new(common.pretty);
        render::json::json(plan, &mut out);
        return print(&(out.into_string() + "\n"));
    }
    let term = Term::stdout();
    if plan.steps.is_empty() {
        return print("nothing to do: the links are as declared\n");
    }
    let mut out = String::new();
    for line in render::text::lines(plan) {
        paint(&line, term, &mut out);
    }
    print(&out)
}

/// Writes a line of a plan in its colours.
pub(crate) fn paint(line: &render::text::Line, term: Term, out: &mut String) {
    use render::text::Role;
    for (role, text) in line.parts() {
        let colour = match role {
            Role::Made => Colour::Green,
            Role::Gone | Role::Disturbed => Colour::Red,
            Role::Changed => Colour::Yellow,
            Role::Name => Colour::Cyan,
            Role::Why | Role::Rule => Colour::Faint,
            Role::Verb | Role::Words => {
                *out += text;
                continue;
            }
        };
        term.paint_into(colour, text, out);
    }
    out.push('\n');
}

/// Commands, a line each.
fn lines(commands: &[String]) -> String {
    commands.iter().map(|c| format!("{c}\n")).collect()
}
