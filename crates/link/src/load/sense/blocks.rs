//! Blocks that two may fill in together, setting by setting: `inet`, `ethtool`, `vf`.

use linkctl_kinds::nic::{ethtool, vf};
use linkctl_schema::{FieldDef, Record, Value, devconf};

use super::fault;
use crate::link::Link;
use crate::load::error::Faults;
use crate::load::read::{COUNT, Entry, Part};
use crate::load::value;

/// Whether a setting is such a block.
pub(super) fn is(f: &FieldDef) -> bool {
    !devconf::knobs(f).0.is_empty()
}

/// Tells what two say differently in these blocks, at both places.
pub(super) fn differences(first: &Entry, second: &Entry, what: &str, faults: &mut Faults) {
    let (one, other) = (&first.link, &second.link);
    for (part, f) in inet(one, other).into_iter().chain(nic(one, other)) {
        let place = |entry: &Entry| {
            let own = entry.parts.iter().find(|(p, _)| *p == part);
            own.map_or_else(|| entry.place(part.block), |(_, at)| *at)
        };
        let mut fault = fault(second, place(second), part.block, what);
        let function = part.function.map_or(String::new(), |n| format!(".{n}"));
        fault.path = format!("{}.{}{function}.{}", second.path(), part.block, part.name);
        if let Some(f) = f {
            fault = fault.doc(value::doc(f));
        }
        faults.push(fault.also(Some(place(first))));
    }
}

type Differs = (Part, Option<&'static FieldDef>);

/// Where both say another value of a setting of a protocol.
fn inet(one: &Link, other: &Link) -> Vec<Differs> {
    let mut out = Vec::new();
    for (f, value) in other.base.iter().filter(|(f, _)| is(f)) {
        let (Value::Pairs(second), Some(Value::Pairs(first))) = (value, one.base.value(f)) else { continue };
        let differ = |n: u32, v: u32| first.iter().any(|(m, w)| *m == n && *w != v);
        for (n, _) in second.iter().filter(|(n, v)| differ(*n, *v)) {
            let knob = devconf::knobs(f).0.iter().find(|k| u32::from(k.number) == *n);
            out.extend(knob.map(|k| (Part { block: f.name, function: None, name: k.name }, Some(f))));
        }
    }
    out
}

/// The same of what is beside a link's message.
fn nic(one: &Link, other: &Link) -> Vec<Differs> {
    let mut out = Vec::new();
    if let (Some(first), Some(second)) = (one.ethtool(), other.ethtool()) {
        let part = |name| Part { block: ethtool::KIND.name, function: None, name };
        out.extend(settings(first, second).map(|f| (part(f.name), Some(f))));
    }
    let (Some(first), Some(second)) = (one.functions(), other.functions()) else { return out };
    let part = |function, name| Part { block: vf::KIND.name, function, name };
    if first.count.zip(second.count).is_some_and(|(a, b)| a != b) {
        out.push((part(None, COUNT), None));
    }
    for (number, record) in &second.each {
        let Some(own) = first.each.get(number) else { continue };
        out.extend(settings(own, record).map(|f| (part(Some(*number), f.name), Some(f))));
    }
    out
}

fn settings<'r>(first: &'r Record, second: &'r Record) -> impl Iterator<Item = &'static FieldDef> + use<'r> {
    second.iter().filter(|(f, v)| first.value(f).is_some_and(|w| w != *v)).map(|(f, _)| f)
}
