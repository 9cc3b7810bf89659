//! Links that do not go to another namespace.

use linkctl_link::Key;
use linkctl_schema::Safe;

use super::Said;
use super::case::{Case, altnames};
use super::command::{self, set, shell};
use super::errno::{EBUSY, EEXIST, EINVAL, ENOENT, ESRCH};
use super::rule::{On, Rule, rule};
use super::twin::whose;
use super::words::place;
use crate::Act;

pub(super) static RULES: &[Rule] = &[
    rule(
        On::Move,
        &[EINVAL],
        "",
        "the link is bound to its namespace: loopback, bridge, vrf, Wi-Fi",
        immutable,
    ),
    rule(On::Move, &[EEXIST], "altname", "an alternative name is taken there", alternative),
    rule(On::Move, &[EEXIST], "", "the name is taken there", taken),
    rule(On::Move, &[EBUSY], "", "its index is taken there", index),
    rule(On::Move, &[ESRCH, ENOENT], "", "the namespace is not there any more", gone),
];

fn target<'c>(case: &Case<'c>) -> Option<&'c Key> {
    match case.act {
        Act::Move(_, to) => Some(to),
        _ => None,
    }
}

fn immutable(case: &Case<'_>) -> Option<Said> {
    let to = target(case)?;
    if !case.bare() && !case.says("immutable") {
        return None;
    }
    if case.is_loopback(case.key) {
        let said = case.say("the loopback link stays in its namespace: every namespace has one of its own");
        return Some(
            said.hint(format!(
                "the one there: {}",
                command::show(&Key::new(to.netns.clone(), case.key.name))
            )),
        );
    }
    let said = |what: &str| case.say(format!("{what} stays in the namespace that it was made in"));
    Some(match case.link().map(|l| (l.can_go(), l.kind_word())) {
        Some((true, kind)) => {
            let word = Safe(kind).to_string();
            let add = command::add(to, format!("type {}", shell(kind)));
            said(&format!("a {word}"))
                .hint(format!("make it there instead: {} && {add}", command::del(case.key)))
                .hint("or move what is to be connected to it")
        }
        _ => said("this link").hint("a Wi-Fi link moves with its radio: iw phy PHY set netns name NAME"),
    })
}

fn alternative(case: &Case<'_>) -> Option<Said> {
    let to = target(case)?;
    let message = case.refused.message.as_deref().unwrap_or_default();
    let words: Vec<&[u8]> = message.split(' ').map(str::as_bytes).collect();
    let own = case.link().and_then(|l| altnames(l).find(|n| words.contains(n)));
    let said = match own {
        Some(name) => case.say(format!("its alternative name {} is taken in {}", Safe(name), place(to))),
        None => case.say(format!("one of its alternative names is taken in {}", place(to))),
    };
    let name = own.map_or_else(|| "NAME".into(), shell);
    Some(said.hint(format!("take it away first: {}", set(case.key, format!("noaltname {name}")))))
}

fn taken(case: &Case<'_>) -> Option<Said> {
    let to = target(case)?;
    let by = case.holder(to);
    let whose = by.as_ref().map_or_else(|| "is taken".into(), whose);
    let said = case.say(format!("the name {} {whose} in {}", to.name, place(to)));
    let there = by.map_or(to, |by| by.key);
    let netns = to.netns.name().map_or("NAMESPACE".into(), |n| shell(n.as_bytes()));
    Some(
        said.hint(format!(
            "give it another name on the way: {}",
            set(case.key, format!("netns {netns} name NEW"))
        ))
        .hint(format!("or look at the one there: {}", command::show(there))),
    )
}

fn index(case: &Case<'_>) -> Option<Said> {
    let to = target(case)?;
    Some(
        case.say(format!("its index is taken in {}", place(to)))
            .hint("run the command again: the kernel chooses another"),
    )
}

fn gone(case: &Case<'_>) -> Option<Said> {
    let to = target(case)?;
    Some(case.say(format!("{} is not there any more", place(to))).hint("those that there are: ip netns list"))
}
