//! A plan for people: one block a link, what happens to it and why, and the steps below.
//!
//! Lines come in parts with roles, so that whoever shows them can colour them; there is no colour here.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt::{self, Write};

use linkctl_link::Key;
use linkctl_schema::Safe;

use super::json::harm;
use super::words::{tell, tell_early};
use crate::act::{Act, Harm, Plan, Step};
use crate::reason::{Plain, Reason};

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A link comes into being.
    Made,
    /// A link goes.
    Gone,
    /// A link is changed.
    Changed,
    /// A link is disturbed, though nobody asked for that.
    Disturbed,
    /// The name of a link.
    Name,
    /// What is done.
    Verb,
    /// With which settings.
    Words,
    /// Why.
    Why,
    /// What only guides the eye.
    Rule,
}

/// A line, in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// All of it, escaped.
    text: String,
    /// What each part is, and where it ends.
    parts: Vec<(Role, usize)>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Line {
    /// The parts.
    pub fn parts(&self) -> impl Iterator<Item = (Role, &str)> {
        let starts = std::iter::once(0).chain(self.parts.iter().map(|(_, end)| *end));
        starts.zip(&self.parts).map(|(start, (role, end))| (*role, &self.text[start..*end]))
    }

    pub(super) fn with(mut self, role: Role, text: impl fmt::Display) -> Self {
        // Writing to a string does not fail.
        let _ = write!(self.text, "{text}");
        self.parts.push((role, self.text.len()));
        self
    }
}

/// All that happens to one link.
struct Block<'p> {
    key: &'p Key,
    steps: Vec<&'p Step>,
}

impl Block<'_> {
    /// The link's name, or the namespace's that comes or goes with it.
    fn called(&self) -> String {
        if self.steps.iter().any(|s| matches!(s.act, Act::NewNetns(_) | Act::DropNetns(_))) {
            return format!("namespace {}", self.key.netns);
        }
        self.key.to_string()
    }
}

/// The plan, line by line; links in the order in which they are first touched. Nothing for an empty plan.
pub fn lines(plan: &Plan) -> Vec<Line> {
    let mut places: BTreeMap<&Key, usize> = BTreeMap::new();
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for step in &plan.steps {
        let key = step.act.key();
        let at = *places.entry(key).or_insert(blocks.len());
        if at == blocks.len() {
            blocks.push(Block { key, steps: Vec::new() });
        }
        blocks[at].steps.push(step);
    }
    let called: Vec<String> = blocks.iter().map(Block::called).collect();
    let aside = plan.disruptions.iter().filter(|d| !places.contains_key(&d.link) || d.harm != Harm::Rebuilt);
    let aside: Vec<_> = aside.map(|d| (d, d.link.to_string())).collect();
    let names = called.iter().chain(aside.iter().map(|(_, name)| name));
    let wide = names.map(|name| name.chars().count()).max().unwrap_or(0).min(24);
    let mut out = Vec::with_capacity(2 * blocks.len());
    blocks.iter().zip(&called).for_each(|(b, name)| block(b, format_args!("{name:<wide$}"), &mut out));
    out.extend(aside.into_iter().map(|(d, name)| {
        Line::default()
            .with(Role::Disturbed, "! ")
            .with(Role::Name, format_args!("{name:<wide$}"))
            .with(Role::Disturbed, format_args!("  {:<8}", harm(d.harm)))
            .with(Role::Why, format_args!("  {}", Joined(&d.why)))
    }));
    out
}

fn block(block: &Block<'_>, name: fmt::Arguments<'_>, out: &mut Vec<Line>) {
    let made = block.steps.iter().any(|s| matches!(s.act, Act::Create { .. } | Act::NewNetns(_)));
    let gone = block.steps.iter().any(|s| matches!(s.act, Act::Delete(_) | Act::DropNetns(_)));
    let again =
        block.steps.iter().any(|s| matches!(s.act, Act::Create { .. }) && !s.why.contains(&Reason::Missing));
    let (role, sign, verb) = match (made, gone || again) {
        (true, false) => (Role::Made, "+", "create"),
        (false, true) => (Role::Gone, "-", "delete"),
        (true, true) => (Role::Changed, "~", "rebuild"),
        (false, false) if block.steps.len() == 1 => (Role::Changed, "~", block.steps[0].act.word()),
        (false, false) => (Role::Changed, "~", "change"),
    };
    let mut reasons: Vec<&Reason> = Vec::new();
    for reason in block.steps.iter().flat_map(|s| &s.why) {
        if !reasons.contains(&reason) && (block.steps.len() == 1 || matters(reason)) {
            reasons.push(reason);
        }
    }
    let head = Line::default()
        .with(role, format_args!("{sign} "))
        .with(Role::Name, name)
        .with(Role::Verb, format_args!("  {verb:<8}"))
        .with(Role::Why, format_args!("  {}", Joined(&reasons)));
    out.push(head);
    let last = block.steps.len() - 1;
    if last > 0 || block.steps.iter().any(|s| matches!(s.act, Act::Create { .. })) {
        out.extend(block.steps.iter().enumerate().map(|(i, s)| step(s, i == last)));
    }
}

/// Whether a reason says what is not as wanted, rather than how to get there.
fn matters(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Differs(_)
            | Reason::Missing
            | Reason::Unwanted
            | Reason::Kind { .. }
            | Reason::Lower { .. }
            | Reason::Peer { .. }
            | Reason::Falls(_)
    )
}

fn step(step: &Step, last: bool) -> Line {
    let line = Line::default()
        .with(Role::Rule, if last { "  └ " } else { "  ├ " })
        .with(Role::Verb, format_args!("{:<8}", step.act.word()))
        .with(Role::Words, format_args!(" {}", Said(&step.act)));
    let aside: Vec<&Reason> = step.why.iter().filter(|r| !matters(r)).collect();
    if aside.is_empty() { line } else { line.with(Role::Why, format_args!("  ({})", Joined(&aside))) }
}

/// An act, behind its word.
struct Said<'a>(&'a Act);

impl fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Act::Create { key, link, peer } => {
                write!(f, "{key} type {}", Safe(link.kind_word()))?;
                link.lower.iter().try_for_each(|l| write!(f, " link {l}"))?;
                spaced(f, |put| tell_early(&link.base, put))?;
                spaced(f, |put| tell(&link.data, put))?;
                let Some((key, end)) = peer else { return Ok(()) };
                write!(f, " peer {key}")?;
                spaced(f, |put| tell_early(&end.base, put))
            }
            Act::Base(key, r) | Act::Data(key, r) | Act::Port(key, r) | Act::Ethtool(key, r) => {
                key.fmt(f)?;
                spaced(f, |put| tell(r, put))
            }
            Act::Functions(key, count) => write!(f, "{key} {count}"),
            Act::Function(key, number, r) => {
                write!(f, "{key} {number}")?;
                spaced(f, |put| tell(r, put))
            }
            Act::Altnames { key, add, remove } => {
                key.fmt(f)?;
                remove.iter().try_for_each(|n| write!(f, " -{}", Plain(n)))?;
                add.iter().try_for_each(|n| write!(f, " +{}", Plain(n)))
            }
            Act::Master(key, Some(master)) => write!(f, "{key} master {master}"),
            Act::Master(key, None) => write!(f, "{key} nomaster"),
            Act::Rename(key, name) => write!(f, "{key} → {name}"),
            Act::Move(key, to) => write!(f, "{key} → {to}"),
            Act::NewNetns(key) | Act::DropNetns(key) => key.netns.fmt(f),
            Act::Delete(key) | Act::Up(key) | Act::Down(key) => key.fmt(f),
        }
    }
}

/// Words that are told, each behind a space.
fn spaced(f: &mut fmt::Formatter<'_>, tell: impl FnOnce(&mut dyn FnMut(&[u8]))) -> fmt::Result {
    let mut done = Ok(());
    tell(&mut |word| done = done.and_then(|()| write!(f, " {}", Safe(word))));
    done
}

/// Reasons in a row.
struct Joined<'r, R>(&'r [R]);

impl<R: Borrow<Reason>> fmt::Display for Joined<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(i, reason)| {
            f.write_str(if i == 0 { "" } else { ", " })?;
            reason.borrow().fmt(f)
        })
    }
}
