//! A plan for people: one block a link, what happens to it and why, and the steps below.
//!
//! Lines come in parts with roles, so that whoever shows them can colour them; there is no colour here.

use std::collections::BTreeMap;
use std::fmt;

use linkctl_link::Key;
use linkctl_schema::Safe;

use super::commands::early;
use super::json::harm;
use super::words::{Word, record};
use crate::act::{Act, Harm, Plan, Step};
use crate::reason::Reason;

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

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub role: Role,
    /// Its text, escaped.
    pub text: String,
}

/// A line, in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Span>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|span| f.write_str(&span.text))
    }
}

impl Line {
    pub(super) fn with(mut self, role: Role, text: impl Into<String>) -> Self {
        self.0.push(Span { role, text: text.into() });
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
    let wide = blocks.iter().map(|b| b.called().chars().count()).max().unwrap_or(0).min(24);
    let mut out: Vec<Line> = blocks.iter().flat_map(|b| block(b, wide)).collect();
    let aside = plan.disruptions.iter().filter(|d| !places.contains_key(&d.link) || d.harm != Harm::Rebuilt);
    out.extend(aside.map(|d| {
        Line::default()
            .with(Role::Disturbed, "! ")
            .with(Role::Name, format!("{:<wide$}", d.link.to_string()))
            .with(Role::Disturbed, format!("  {:<8}", harm(d.harm)))
            .with(Role::Why, format!("  {}", joined(d.why.iter())))
    }));
    out
}

fn block(block: &Block<'_>, wide: usize) -> Vec<Line> {
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
        .with(role, format!("{sign} "))
        .with(Role::Name, format!("{:<wide$}", block.called()))
        .with(Role::Verb, format!("  {verb:<8}"))
        .with(Role::Why, format!("  {}", joined(reasons.iter().copied())));
    let mut out = vec![head];
    let last = block.steps.len() - 1;
    if last > 0 || block.steps.iter().any(|s| matches!(s.act, Act::Create { .. })) {
        out.extend(block.steps.iter().enumerate().map(|(i, s)| step(s, i == last)));
    }
    out
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
    let mut line = Line::default()
        .with(Role::Rule, if last { "  └ " } else { "  ├ " })
        .with(Role::Verb, format!("{:<8}", step.act.word()))
        .with(Role::Words, format!(" {}", said(&step.act)));
    let aside: Vec<&Reason> = step.why.iter().filter(|r| !matters(r)).collect();
    if !aside.is_empty() {
        line = line.with(Role::Why, format!("  ({})", joined(aside.into_iter())));
    }
    line
}

fn said(act: &Act) -> String {
    match act {
        Act::Create { key, link, peer } => {
            let lower = link.lower.as_ref().map_or(String::new(), |l| format!(" link {l}"));
            let peer =
                peer.as_ref().map_or(String::new(), |(k, l)| format!(" peer {k}{}", shown(&early(&l.base))));
            format!(
                "{key} type {}{lower}{}{}{peer}",
                Safe(link.kind_word()),
                shown(&early(&link.base)),
                shown(&record(&link.data))
            )
        }
        Act::Base(key, r) | Act::Data(key, r) | Act::Port(key, r) | Act::Ethtool(key, r) => {
            format!("{key}{}", shown(&record(r)))
        }
        Act::Functions(key, count) => format!("{key} {count}"),
        Act::Function(key, number, r) => format!("{key} {number}{}", shown(&record(r))),
        Act::Altnames { key, add, remove } => {
            let names = |sign: char, list: &[linkctl_schema::Value<'static>]| -> String {
                list.iter().map(|n| format!(" {sign}{}", crate::reason::Plain(n))).collect()
            };
            format!("{key}{}{}", names('-', remove), names('+', add))
        }
        Act::Master(key, Some(master)) => format!("{key} master {master}"),
        Act::Master(key, None) => format!("{key} nomaster"),
        Act::Rename(key, name) => format!("{key} → {name}"),
        Act::Move(key, to) => format!("{key} → {to}"),
        Act::NewNetns(key) | Act::DropNetns(key) => key.netns.to_string(),
        Act::Delete(key) | Act::Up(key) | Act::Down(key) => key.to_string(),
    }
}

fn shown(words: &[Word]) -> String {
    words.iter().map(|w| format!(" {}", Safe(w))).collect()
}

fn joined<'r>(reasons: impl Iterator<Item = &'r Reason>) -> String {
    reasons.map(Reason::to_string).collect::<Vec<_>>().join(", ")
}
