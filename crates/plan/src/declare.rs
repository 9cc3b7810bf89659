//! What is, as a goal that it meets.
//!
//! Says everything that a person's file can want of a link, and leaves out the rest: values that no file can say, what
//! changes by itself, settings of a kind that only count in another mode, and neighbours in namespaces that were not read.

use linkctl_link::{Goal, Key, Link, World, save};
use linkctl_schema::{Below, FieldDef, Record, Type, Value, devconf, rules};

use crate::delta::prune;
use crate::habit::driver;

/// The goal that these links meet as they are: a plan from `world` to it is empty, and so is one made from the file that
/// [`linkctl_link::save`] writes of it.
pub fn declare(world: &World, wanted: impl Fn(&Key) -> bool) -> Goal {
    let mut goal = Goal::new();
    for (key, link) in world.iter().filter(|(k, _)| wanted(k)) {
        goal.want(key.clone(), said(link));
    }
    goal
}

fn said(link: &Link) -> Link {
    // A link of which a file cannot say on what it stands or who its other end is, it cannot say the kind of.
    let stands = |k: &&'static linkctl_schema::Kind| k.below != Below::Link || link.lower.is_some();
    let kind = link.kind.filter(stands).filter(|k| k.pair.is_none() || link.peer.is_some());
    let mut out = Link::new(kind);
    out.base = record(&link.base);
    out.lower.clone_from(&link.lower);
    out.peer = link.peer.clone().filter(|_| kind.is_some());
    if let Some(kind) = kind {
        out.data = record(&link.data);
        if prune(kind, &mut out.data, &Record::new(kind.fields)).is_err() {
            out.data = Record::new(kind.fields);
        }
        out.data = driver::counting(&out);
    }
    if let Some(port) = link.port.as_ref().filter(|_| link.has_master().is_some()) {
        let port = record(port);
        let mut tables = linkctl_kinds::KINDS.iter().filter_map(|k| k.ports);
        let table = tables.find(|p| std::ptr::eq(p.fields, port.fields()));
        out.port = table.filter(|p| rules::check(p, &port).is_ok()).map(|_| port);
    }
    out
}

/// What a file can say of a record.
fn record(is: &Record) -> Record {
    let mut out = Record::new(is.fields());
    let lasts = |f: &FieldDef| f.is_state() && !f.volatile;
    for (f, value) in is.iter().filter(|(f, _)| lasts(f)) {
        let value = match f.ty {
            // Many settings in one: those that every link has are noise.
            Type::Devconf { .. } => devconf::unborn(f, value, |_| false),
            _ => value.clone(),
        };
        let empty = matches!(value, Value::Str(_) | Value::List(_) | Value::Pairs(_) | Value::Raw(_));
        if !(empty && value.is_nothing()) && save::sayable(f, &value) {
            out.put(f, value);
        }
    }
    out
}
