//! A plan as differences between the links before and after it, in the words of goal files.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_link::save::lines as settings;
use linkctl_link::{Key, Link, World};
use linkctl_schema::{FieldDef, Record};

use super::text::{Line, Role};
use crate::act::{Act, Plan};
use crate::disruption::Trace;

/// Where a link is that is not there.
const NOTHING: &str = "/dev/null";

/// The differences, link by link: a head of two lines, then what is said before (`-`) and after (`+`) where that differs.
///
/// Told by the model: of a new link only what the plan says. Links that only differ for a moment are left out; those
/// that are deleted and made anew have what differs in the end.
pub fn lines(have: &World, plan: &Plan) -> Vec<Line> {
    let (trace, mut after) = Trace::whole(have, plan);
    let made: BTreeSet<&Key> = trace.made().collect();
    let said = said(plan);
    for (key, link) in after.iter_mut().filter(|(k, _)| made.contains(k)) {
        let was = have.get(key);
        let told = said.get(key);
        let keep = |part: fn(&Link) -> Option<&Record>, f: &FieldDef| {
            told.is_some_and(|t| t.contains(f.name)) || was.and_then(part).is_some_and(|r| has(r, f.name))
        };
        link.base = link.base.only(|f| keep(|l| Some(&l.base), f));
        link.data = link.data.only(|f| keep(|l| Some(&l.data), f));
        link.port = link.port.take().map(|p| p.only(|f| keep(|l| l.port.as_ref(), f)));
    }
    let mut out = Vec::new();
    for key in trace.fates.keys() {
        let then = trace.finally(key).or_else(|| made.contains(key).then(|| key.clone()));
        one(Some(key), then.as_ref(), have, &after, &mut out);
    }
    for key in made.into_iter().filter(|k| !trace.fates.contains_key(k)) {
        one(None, Some(key), have, &after, &mut out);
    }
    out
}

fn has(record: &Record, name: &str) -> bool {
    record.iter().any(|(f, _)| f.name == name)
}

/// The settings that a plan names, by link.
fn said(plan: &Plan) -> BTreeMap<&Key, BTreeSet<&'static str>> {
    let mut out: BTreeMap<&Key, BTreeSet<&'static str>> = BTreeMap::new();
    for step in &plan.steps {
        let names = out.entry(step.act.key()).or_default();
        let of = |r: &Record| r.iter().map(|(f, _)| f.name).collect::<Vec<_>>();
        match &step.act {
            Act::Create { link, peer, .. } => {
                names.extend(of(&link.base).into_iter().chain(of(&link.data)));
                if let Some((key, end)) = peer {
                    out.entry(key).or_default().extend(of(&end.base).into_iter().chain(of(&end.data)));
                }
            }
            Act::Base(_, r) | Act::Data(_, r) | Act::Port(_, r) => names.extend(of(r)),
            Act::Master(..) => _ = names.insert("master"),
            Act::Altnames { .. } => _ = names.insert("altname"),
            Act::Up(_) | Act::Down(_) => _ = names.insert("up"),
            // Hardware is never new.
            Act::Ethtool(..) | Act::Functions(..) | Act::Function(..) => {}
            Act::NewNetns(_) | Act::DropNetns(_) | Act::Delete(_) | Act::Rename(..) | Act::Move(..) => {}
        }
    }
    out
}

fn one(before: Option<&Key>, then: Option<&Key>, have: &World, after: &World, out: &mut Vec<Line>) {
    let said = |key: Option<&Key>, world: &World| {
        key.and_then(|k| Some(settings(k, world.get(k)?))).unwrap_or_default()
    };
    let (was, is) = (said(before, have), said(then, after));
    if was == is && before == then {
        return;
    }
    let head = |sign: &str, key: Option<&Key>| {
        let name = key.map_or_else(|| NOTHING.to_owned(), ToString::to_string);
        Line::default().with(Role::Rule, format_args!("{sign} ")).with(Role::Name, name)
    };
    out.push(head("---", before));
    out.push(head("+++", then));
    let old: BTreeMap<&str, &str> = was.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let new: BTreeMap<&str, &str> = is.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    let line = |role, sign: char, word: &str, value: &str| {
        Line::default().with(role, format_args!("{sign}{word}: {value}"))
    };
    for (word, value) in &was {
        match new.get(word.as_str()) {
            Some(now) if now == value => {}
            Some(now) => {
                out.push(line(Role::Gone, '-', word, value));
                out.push(line(Role::Made, '+', word, now));
            }
            None => out.push(line(Role::Gone, '-', word, value)),
        }
    }
    for (word, value) in is.iter().filter(|(w, _)| !old.contains_key(w.as_str())) {
        out.push(line(Role::Made, '+', word, value));
    }
}
