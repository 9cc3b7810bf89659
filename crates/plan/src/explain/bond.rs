//! Settings of bonds: what the mode, the ports and being up allow.

use linkctl_schema::{FieldDef, Record, Rule as Constraint, Value};

use super::case::{Case, listed, named};
use super::command::{set, set_down};
use super::errno::{EACCES, EBUSY, EINVAL, ENOTEMPTY};
use super::rule::{On, Rule, rule};
use super::words::{typed_of, typed_one_of};
use super::{Said, offset};

const BOND: On = On::Data(&["bond"]);

pub(super) static RULES: &[Rule] = &[
    rule(BOND, &[EACCES], "", "the setting does not count in the bond's mode", mode),
    rule(BOND, &[ENOTEMPTY], "", "the setting changes only while the bond has no ports", ports),
    rule(BOND, &[EBUSY], "", "the setting changes only while the bond is down", up),
    rule(BOND, &[EINVAL], "arp monitoring", "`arp_interval` and `miimon` exclude each other", monitors),
    rule(BOND, &[EINVAL], "", "`arp_interval` and `miimon` exclude each other (bare)", both),
];

/// The setting that the kernel complains of: the one that its sentence names or points at, or the only one.
fn culprit<'r>(case: &Case<'_>, record: &'r Record) -> Option<(&'static FieldDef, &'r Value<'static>)> {
    let message = case.refused.message.as_deref().unwrap_or_default();
    let name =
        message.split_once("option ").and_then(|(_, rest)| rest.split_once(':')).map(|(name, _)| name.trim());
    let by_name = name.and_then(|n| record.iter().find(|(f, _)| f.answers_to(n)));
    let by_place = || offset::field(case).and_then(|field| record.iter().find(|(f, _)| f.name == field.name));
    by_name.or_else(by_place).or_else(|| {
        let mut all = record.iter();
        all.next().filter(|_| all.next().is_none())
    })
}

/// What to call it in a sentence.
fn called(case: &Case<'_>, record: &Record) -> String {
    culprit(case, record).map_or_else(|| "one of these settings".into(), |(f, _)| f.name.into())
}

/// The bond's mode: as it is to be, or is.
fn current<'c>(case: &Case<'c>) -> Option<&'static str> {
    let said = |r: &'c Record| match named(r, "mode") {
        Some(Value::Word(mode)) => Some(*mode),
        _ => None,
    };
    said(case.data()?).or_else(|| said(&case.at(case.key)?.data))
}

fn mode(case: &Case<'_>) -> Option<Said> {
    let record = case.data()?;
    let name = called(case, record);
    let mode = current(case).map_or(String::new(), |m| format!(" {m}"));
    let said = case.say(format!("{name} does not count in the bond's mode{mode}"));
    let rules = case.link().and_then(|l| l.kind).map_or(&[][..], |k| k.rules);
    let modes = rules.iter().find_map(|r| match r {
        Constraint::When(field, "mode", modes) if *field == name => Some(*modes),
        _ => None,
    });
    let said = match modes {
        Some(modes) => said.hint(format!("it counts in mode {}", modes.join(", "))),
        None => said.hint("what counts in which mode: linkctl kind bond"),
    };
    Some(said.hint("the mode changes only while the bond is down and has no ports"))
}

/// The words of what is to be set.
fn again(case: &Case<'_>, record: &Record) -> String {
    let kind = case.kind_word();
    culprit(case, record).map_or_else(|| typed_of(kind, record), |(f, v)| typed_one_of(kind, f, v))
}

fn ports(case: &Case<'_>) -> Option<Said> {
    let record = case.data()?;
    let keys: Vec<_> = case.ports(case.key).map(|(k, _)| k).collect();
    let name = called(case, record);
    let has = if keys.is_empty() {
        String::new()
    } else {
        format!(", and it has {}", listed(keys.iter().map(|k| &k.name)))
    };
    let said = case.say(format!("{name} changes only while the bond has no ports{has}"));
    let release: Vec<String> = keys.iter().take(6).map(|k| set(k, "nomaster")).collect();
    let said = if release.is_empty() {
        said
    } else {
        said.hint(format!("release them first: {}", release.join(" && ")))
    };
    Some(said.hint(format!("then: {}", set_down(case.key, again(case, record)))))
}

fn up(case: &Case<'_>) -> Option<Said> {
    let record = case.data()?;
    let said = case.say(format!("{} changes only while the bond is down", called(case, record)));
    Some(
        said.hint(format!(
            "take it down meanwhile (traffic stops): {}",
            set_down(case.key, again(case, record))
        )),
    )
}

fn monitors(case: &Case<'_>) -> Option<Said> {
    let said = case
        .say("a bond looks for dead ports either by ARP (arp_interval) or by carrier (miimon), not by both");
    let off = if named(case.data()?, "miimon").is_some() { "arp_interval 0" } else { "miimon 0" };
    Some(match case.created() {
        Some(_) => said.hint(format!("say one of them only, or {off}")),
        None => said.hint(format!("switch the other off: {}", set(case.key, off))),
    })
}

/// Before Linux 5.17 or so the kernel tells its log only.
fn both(case: &Case<'_>) -> Option<Said> {
    let on = |r: &Record, name| matches!(named(r, name), Some(Value::Num(n)) if *n != 0);
    let asked = case.data()?;
    let is = case.at(case.key).map(|l| &l.data);
    let has = |name| on(asked, name) || named(asked, name).is_none() && is.is_some_and(|r| on(r, name));
    if case.bare() && has("miimon") && has("arp_interval") { monitors(case) } else { None }
}
