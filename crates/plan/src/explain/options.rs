//! Settings of a kind: bounds, and what only a rebuild changes.

use linkctl_schema::text::numeral;
use linkctl_schema::{FieldDef, Record, Safe, Type, Value};

use super::Said;
use super::case::{Case, named};
use super::command::{self, set};
use super::errno::{EINVAL, EOPNOTSUPP, ERANGE};
use super::rule::{On, Rule, rule};
use super::words::{settings, time, typed_of};
use crate::Act;

pub(super) static RULES: &[Rule] = &[
    rule(On::Data(&[]), &[ERANGE, EINVAL], "", "a number outside of its bounds, which are told", outside),
    rule(On::Port(""), &[ERANGE, EINVAL], "", "a number of a port outside of its bounds", outside),
    rule(
        On::Port(""),
        &[EOPNOTSUPP, EINVAL],
        "",
        "it is no port, or its master has no such setting",
        no_port,
    ),
    rule(
        On::Data(&[]),
        &[EOPNOTSUPP, EINVAL],
        "cannot change",
        "the setting is fixed when the link is made",
        fixed,
    ),
    rule(
        On::Data(&[]),
        &[EOPNOTSUPP, EINVAL],
        "not supported",
        "the setting is fixed when the link is made",
        fixed,
    ),
    rule(
        On::Data(&["macvlan", "macvtap"]),
        &[EINVAL],
        "",
        "a macvlan cannot enter or leave mode passthru",
        passthru,
    ),
    rule(
        On::Data(&["vxlan"]),
        &[EINVAL],
        "address famil",
        "a tunnel is of one family of addresses for life",
        fixed,
    ),
    rule(On::Data(&[]), &[EOPNOTSUPP], "", "the hardware behind the link lacks the setting", lacking),
    rule(
        On::Data(&[]),
        &[EOPNOTSUPP],
        "",
        "the kind's settings are fixed, or the link is of another kind (bare)",
        bare,
    ),
];

/// Bounds of a number, in the kernel's own count.
#[derive(Clone, Copy)]
pub(super) struct Bound {
    pub(super) name: &'static str,
    pub(super) low: i64,
    pub(super) high: u64,
    /// When they count.
    pub(super) when: &'static str,
}

/// A number outside of its bounds.
pub(super) struct Broken {
    bound: Bound,
    field: &'static FieldDef,
    number: i128,
}

impl Bound {
    /// The number of a record that is outside of these bounds.
    pub(super) fn broken(self, record: &Record) -> Option<Broken> {
        let (field, value) = record.iter().find(|(f, _)| f.name == self.name)?;
        let number = match value {
            Value::Int(n) => i128::from(*n),
            value => i128::from(numeral(field, value)?),
        };
        let fits = (i128::from(self.low)..=i128::from(self.high)).contains(&number);
        (!fits).then_some(Broken { bound: self, field, number })
    }
}

impl Broken {
    /// Says it, with the command that sets the nearest that there is; `port` goes before a port's settings.
    pub(super) fn say(&self, case: &Case<'_>, port: &str) -> Said {
        let Bound { name, low, high, when } = self.bound;
        let shown = |n: i128| match (self.field.ty, u64::try_from(n)) {
            (Type::Time(_, unit), Ok(n)) => time(n.saturating_mul(unit.millis())),
            _ => n.to_string(),
        };
        let (low, high) = (i128::from(low), i128::from(high));
        let range = format!("{} to {}", shown(low), shown(high));
        let said = case.say(format!("{port}{name} {} is out of range: {range}{when}", shown(self.number)));
        let nearest = format!("{port}{name} {}", shown(self.number.clamp(low, high)));
        match case.created() {
            Some(_) => said.hint(format!("create it with {nearest}")),
            None => said.hint(format!("the nearest: {}", set(case.key, nearest))),
        }
    }
}

/// A number outside of the bounds that the book has for it.
fn outside(case: &Case<'_>) -> Option<Said> {
    let (record, port) = match case.act {
        Act::Port(_, record) => (record, "port "),
        _ => (case.data()?, ""),
    };
    let bound = |f: &FieldDef| f.bounds.map(|(low, high)| Bound { name: f.name, low, high, when: "" });
    record.iter().find_map(|(f, _)| Some(bound(f)?.broken(record)?.say(case, port)))
}

/// The command that makes the link anew.
fn rebuild(case: &Case<'_>, record: &Record) -> String {
    let command = set(case.key, format!("{} --rebuild", typed_of(case.kind_word(), record)));
    format!(
        "a rebuild would do it (the link is deleted and made anew, and traffic stops meanwhile): {command}"
    )
}

/// Links that drivers make are as able as their hardware.
fn lacking(case: &Case<'_>) -> Option<Said> {
    let Act::Data(_, record) = case.act else { return None };
    let kind = case.at(case.key)?.kind.filter(|k| k.made_by.is_some())?;
    let said = case.say(format!("this {} has no {}", kind.name, settings(record)));
    Some(said.hint(format!("what it can do: linkctl show -d {}", command::shell(case.key.name.as_bytes()))))
}

fn fixed(case: &Case<'_>) -> Option<Said> {
    let Act::Data(_, record) = case.act else { return None };
    let kind = Safe(case.kind_word()).to_string();
    let said = case.say(format!("{} cannot be had by a change: a {kind} is made with it", settings(record)));
    Some(said.hint(rebuild(case, record)))
}

fn passthru(case: &Case<'_>) -> Option<Said> {
    let Act::Data(_, record) = case.act else { return None };
    let is = |r: &Record| matches!(named(r, "mode"), Some(Value::Word("passthru")));
    let was = case.at(case.key).is_some_and(|l| is(&l.data));
    if named(record, "mode").is_none() || was == is(record) {
        return None;
    }
    let verb = if was { "leave" } else { "enter" };
    Some(case.say(format!("it cannot {verb} mode passthru: it is made with it")).hint(rebuild(case, record)))
}

fn bare(case: &Case<'_>) -> Option<Said> {
    let Act::Data(_, record) = case.act else { return None };
    if !case.bare() {
        return None;
    }
    let kind = Safe(case.kind_word()).to_string();
    let said = case.say(format!("the kernel does not change {} of a {kind} that is there", settings(record)));
    Some(
        said.hint(rebuild(case, record))
            .hint(format!("is it of that kind still? {}", command::show(case.key))),
    )
}

fn no_port(case: &Case<'_>) -> Option<Said> {
    let link = case.at(case.key)?;
    if let Some(master) = link.has_master() {
        if case.refused.errno == EINVAL {
            return None;
        }
        let said = case.say(format!("{master}, its master, does not have this setting for its ports"));
        return Some(said.hint("what ports of a kind take: linkctl kind KIND"));
    }
    let said = case.say("it is no port: it has no master");
    Some(said.hint(format!("make it one first: {}", set(case.key, "master MASTER"))))
}
