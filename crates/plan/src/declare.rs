//! What is, as a goal that it meets.
//!
//! Says everything that a person's file can want of a link, and leaves out the rest: values that no file can say, what
//! changes by itself, settings of a kind that only count in another mode, and neighbours in namespaces that were not read.

use linkctl_kinds::link as base;
use linkctl_kinds::nic::ethtool;
use linkctl_link::nic::Functions;
use linkctl_link::{Goal, Key, Link, Nic, World, save};
use linkctl_schema::{Below, FieldDef, Record, Type, Value, devconf, rules};

use crate::delta::prune;
use crate::habit::{self, driver, outlet};
use crate::nic;

/// The goal that these links meet as they are: a plan from `world` to it is empty, and so is one made from the file that
/// [`linkctl_link::save`] writes of it.
pub fn declare(world: &World, wanted: impl Fn(&Key) -> bool) -> Goal {
    let mut goal = Goal::new();
    for (key, link) in world.iter().filter(|(k, _)| wanted(k)) {
        let master = link.has_master().and_then(|m| world.get(&key.beside(m)));
        let mut said = said(link, master);
        if outlet::of(link).is_some_and(|n| !world.contains_key(&key.beside(n))) {
            outlet::unset(&mut said);
        }
        goal.want(key.clone(), said);
    }
    goal
}

fn said(link: &Link, master: Option<&Link>) -> Link {
    // A link of which a file cannot say on what it stands or who its other end is, it cannot say the kind of.
    let stands = |k: &&'static linkctl_schema::Kind| k.below != Below::Link || link.lower.is_some();
    let kind = link.kind.filter(stands).filter(|k| k.pair.is_none() || link.peer.is_some());
    let mut out = Link::new(kind);
    out.base = record(&link.base).only(|f| is_choice(link, f));
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
        let port = record(port).only(|f| master.is_none_or(|m| habit::counts_in(m, f.name)));
        let mut tables = linkctl_kinds::KINDS.iter().filter_map(|k| k.ports);
        let table = tables.find(|p| std::ptr::eq(p.fields, port.fields()));
        out.port = table.filter(|p| rules::check(p, &port).is_ok()).map(|_| port);
    }
    out.nic = link.nic.as_deref().map(|nic| Box::new(hardware(nic))).filter(|nic| **nic != Nic::default());
    out
}

/// Whether a new link could be told a setting as well: it is no address that comes from elsewhere, such as that of a tunnel's end.
fn is_choice(link: &Link, f: &FieldDef) -> bool {
    let own = || !habit::borrows_address(link) && habit::bad_address(link, &link.base).is_none();
    habit::unmakable(link, f.name).is_none() && (f.name != base::ADDRESS.0.name || own())
}

/// What a file can say of hardware. Its functions only where there are any, and of those what was told them.
fn hardware(is: &Nic) -> Nic {
    let settings = is.ethtool.as_ref().map(settings).filter(|r| !r.is_empty());
    let functions = is.vf.as_ref().filter(|vf| vf.count.is_some_and(|n| n > 0)).map(|vf| {
        let told = |r: &Record| record(r).only(|f| r.value(f).is_some_and(|v| !nic::is_zero(f, v)));
        let each = vf.each.iter().map(|(n, r)| (*n, told(r))).filter(|(_, r)| !r.is_empty()).collect();
        Functions { count: vf.count, most: None, each }
    });
    Nic { ethtool: settings, vf: functions }
}

/// Without features that the driver does not let anybody change, and without what a link negotiates.
fn settings(is: &Record) -> Record {
    let fixed = match is.value(&ethtool::FIXED.0) {
        Some(Value::List(names)) => names.as_slice(),
        _ => &[],
    };
    let chosen = is.get(ethtool::AUTONEG) == Some(false);
    let lasts = |f: &FieldDef| !f.volatile || chosen && matches!(f.name, "speed" | "duplex");
    is.only(|f| {
        let firm = fixed.contains(&Value::text(f.text.as_bytes()));
        let said = |v: &Value<'_>| save::sayable(f, v) && *v != Value::List(Vec::new());
        f.is_state() && f.writable() && lasts(f) && !firm && is.value(f).is_some_and(said)
    })
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
