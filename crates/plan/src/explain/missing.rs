//! Links that are not there, and names that were probably meant.

use linkctl_link::Key;
use linkctl_schema::Safe;
use linkctl_schema::near::near;

use super::case::Case;
use super::command::{self, shell};
use super::errno::ENODEV;
use super::rule::{On, Rule, rule};
use super::{Said, words};
use crate::Act;

pub(super) static RULES: &[Rule] = &[
    rule(On::Create(&[]), &[ENODEV], "", "the link that it is to stand on is not there", lower),
    rule(On::Any, &[ENODEV], "", "no link has this name", subject),
    rule(On::Any, &[ENODEV], "", "the link is there, its hardware is not: asleep, or unplugged", asleep),
];

fn lower(case: &Case<'_>) -> Option<Said> {
    let lower = case.lower().filter(|l| case.at(l).is_none())?;
    let said = case.say(format!("{lower}, which it is to stand on, is not there"));
    Some(suggest(case, &lower, said))
}

fn subject(case: &Case<'_>) -> Option<Said> {
    if case.created().is_some() || case.at(case.key).is_some() {
        return None;
    }
    let said = case.say("there is no link of this name");
    Some(suggest(case, case.key, said))
}

/// Names like it, and namespaces where it is.
pub(super) fn suggest(case: &Case<'_>, key: &Key, said: Said) -> Said {
    let names: Vec<String> =
        case.facts.world.keys().filter(|k| k.netns == key.netns).map(|k| k.name.to_string()).collect();
    let close = near(&key.name.to_string(), names.iter().map(String::as_str), 3);
    let said = match close.as_slice() {
        [] => said.hint(format!("the links that there are: {}", all(key))),
        close => said.hint(format!("did you mean {}?", close.join(", "))),
    };
    if key != case.key || case.facts.elsewhere.is_empty() {
        return said;
    }
    let first = shell(case.facts.elsewhere[0].as_bytes());
    let spaces: Vec<String> = case.facts.elsewhere.iter().map(|n| Safe(n.as_bytes()).to_string()).collect();
    let name = shell(key.name.as_bytes());
    said.hint(format!(
        "a link of this name is in the namespace {}: linkctl --netns {first} show {name}",
        spaces.join(", ")
    ))
}

fn all(key: &Key) -> String {
    match key.netns.name() {
        Some(netns) => format!("linkctl --netns {} show", shell(netns.as_bytes())),
        None => "linkctl show".into(),
    }
}

fn asleep(case: &Case<'_>) -> Option<Said> {
    if !matches!(case.act, Act::Base(..) | Act::Up(_) | Act::Down(_)) {
        return None;
    }
    let asked = words::infinitive(case.act);
    let said = case.say(format!("its hardware is not there, so it cannot be asked to {asked}"));
    Some(
        said.hint(format!("is it still there, or was it unplugged? {}", command::show(case.key)))
            .hint("hardware that sleeps wakes when its driver does: sudo dmesg | tail"),
    )
}
