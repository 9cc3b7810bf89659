//! What is beside a link's message, compared: ethtool's settings and virtual functions.
//!
//! Knows which of them belong together, and which are results and not settings: what a link negotiates is the other
//! side's as much as ours.

use std::collections::BTreeMap;

use linkctl_kinds::nic::ethtool::{self, LINKMODES, TABLE, WOL, group};
use linkctl_kinds::nic::vf;
use linkctl_link::{Functions, Link, Nic};
use linkctl_schema::diff::{Delta, diff};
use linkctl_schema::{FieldDef, Record, Value};

use crate::delta;

/// Whether all that is said of it is so.
pub(crate) fn met(have: &Link, said: &Link) -> bool {
    let Some(said_vf) = said.functions() else { return settings(have, said).is_empty() };
    let vf = have.functions();
    settings(have, said).is_empty()
        && said_vf.count.is_none_or(|n| vf.and_then(|f| f.count) == Some(n))
        && said_vf.each.iter().all(|(n, want)| function(have, *n, want, Some(want)).is_empty())
}

/// Settings of ethtool that are not as wanted.
pub(crate) fn settings(have: &Link, want: &Link) -> Vec<Delta> {
    match (have.ethtool(), want.ethtool()) {
        (_, None) => Vec::new(),
        (Some(have), Some(want)) => diff(have, want),
        // Nobody read it: "off" is no more certain than "on".
        (None, Some(want)) => want.iter().filter(|(f, _)| f.is_state()).map(|(f, v)| unread(f, v)).collect(),
    }
}

fn unread(f: &FieldDef, want: &Value<'static>) -> Delta {
    Delta { field: f.name, change: f.change, have: None, want: want.clone() }
}

/// Settings of a function that are not as wanted. Of one that is new all but what goes without saying and nobody said.
pub(crate) fn function(have: &Link, number: u32, want: &Record, said: Option<&Record>) -> Vec<Delta> {
    let spoken = |f: &FieldDef| said.is_some_and(|r| r.value(f).is_some());
    let counts = |f: &FieldDef, v: &Value<'_>| f.is_state() && (spoken(f) || !is_zero(f, v));
    match have.functions().and_then(|f| f.each.get(&number)) {
        Some(have) => diff(have, want),
        None => want.iter().filter(|(f, v)| counts(f, v)).map(|(f, v)| unread(f, v)).collect(),
    }
}

/// What a function has that was never told otherwise.
pub(crate) fn is_zero(f: &FieldDef, value: &Value<'_>) -> bool {
    match value {
        Value::Num(n) => *n == 0,
        Value::Mac(mac) => mac.as_bytes().iter().all(|b| *b == 0),
        Value::Word(word) => matches!((f.name, *word), ("state", "auto") | ("proto", "802.1Q")),
        _ => false,
    }
}

/// What is to be, of what was and what is said.
pub(crate) fn will(was: Option<&Nic>, said: Option<&Nic>) -> Option<Nic> {
    let Some(said) = said else { return was.cloned() };
    let mut out = was.cloned().unwrap_or_default();
    if let (Some(record), Some(more)) = (&mut out.ethtool, &said.ethtool)
        && more.iter().any(|(f, _)| group(f) == LINKMODES)
    {
        // What is said of a link's modes decides the others.
        *record = record.only(|f| group(f) != LINKMODES || !f.writable());
    }
    out.merge(said);
    // Fewer functions are without the last ones.
    if let (Some(functions), Some(count)) = (&mut out.vf, said.vf.as_ref().and_then(|f| f.count)) {
        functions.each.retain(|n, _| *n < count);
    }
    Some(out)
}

/// What is asked of the kernel to put differences right: a record for each of its messages, and its reasons.
pub(crate) fn requests(have: &Link, want: &Link, said: Option<&Record>) -> Vec<(Record, Vec<Delta>)> {
    let mut out: BTreeMap<usize, (Record, Vec<Delta>)> = BTreeMap::new();
    let nothing = Record::new(&TABLE);
    let (now, will) = (have.ethtool().unwrap_or(&nothing), want.ethtool().unwrap_or(&nothing));
    for d in settings(have, want) {
        let Some(f) = delta::field(&TABLE, d.field) else { continue };
        // In the order of the table.
        let at = TABLE.list().iter().position(|g| group(g) == group(f)).unwrap_or_default();
        let (record, why) =
            out.entry(at).or_insert_with(|| (together(group(f), now, will, said), Vec::new()));
        record.put(f, d.want.clone());
        why.push(d);
    }
    for (record, _) in out.values_mut() {
        offer(record, now);
    }
    out.into_values().collect()
}

/// What goes along with any change of a group: bits of one number whole, and all that is said of modes.
fn together(asked: u16, now: &Record, will: &Record, said: Option<&Record>) -> Record {
    let settable = |f: &FieldDef| group(f) == asked && f.is_state();
    match (asked, said) {
        (WOL, _) => {
            let mut all = now.only(settable);
            all.merge(&will.only(settable));
            all
        }
        (LINKMODES, Some(said)) => said.only(settable),
        _ => Record::new(&TABLE),
    }
}

/// Autonegotiation alone means to offer all that the hardware can; the kernel would offer what was offered last.
fn offer(record: &mut Record, now: &Record) {
    let more = [&ethtool::SPEED.0, &ethtool::DUPLEX.0, &ethtool::ADVERTISE.0];
    if record.get(ethtool::AUTONEG) == Some(true)
        && more.iter().all(|f| record.value(f).is_none())
        && let Some(able) = now.value(&ethtool::SUPPORTED.0).filter(|v| !v.is_nothing())
    {
        record.put(&ethtool::ADVERTISE.0, able.clone());
    }
}

/// The difference in one function, with what is of one struct with it.
pub(crate) fn whole(deltas: &[Delta], now: Option<&Record>, want: &Record) -> Record {
    let mut out = Record::new(&vf::FIELDS);
    for d in deltas {
        let Some(f) = delta::field(&vf::FIELDS, d.field) else { continue };
        let mates = |g: &FieldDef| !f.path.is_empty() && g.path == f.path;
        if let Some(now) = now {
            out.merge(&now.only(|g| mates(g) && out.value(g).is_none()));
        }
        out.merge(&want.only(mates));
        out.put(f, d.want.clone());
    }
    out
}

/// What leads home: of what was, what is not so now.
pub(crate) fn home(was: Option<&Nic>, is: Option<&Nic>) -> Option<Nic> {
    let was = was?;
    let is = is.cloned().unwrap_or_default();
    let ethtool = was.ethtool.as_ref().map(|was| home_settings(was, is.ethtool.as_ref()));
    let vf = was.vf.as_ref().map(|was| home_functions(was, is.vf.as_ref()));
    let out = Nic {
        ethtool: ethtool.filter(|r| !r.is_empty()),
        vf: vf.filter(|f| f.count.is_some() || !f.each.is_empty()),
    };
    (out != Nic::default()).then_some(out)
}

fn home_settings(was: &Record, is: Option<&Record>) -> Record {
    let nothing = Record::new(&TABLE);
    let is = is.unwrap_or(&nothing);
    let plain = |r: &Record| r.only(|f| group(f) != LINKMODES && f.is_state() && !f.volatile);
    let mut out = plain(was).only(|f| was.value(f) != is.value(f));
    if is_untold(was) {
        return out;
    }
    let (was, is) = (modes(was), modes(is));
    if was != is {
        out.merge(&was);
    }
    out
}

/// Whether a link's speed is fixed and nobody knows at which: drivers tell it with a carrier only.
pub(crate) fn is_untold(record: &Record) -> bool {
    record.get(ethtool::AUTONEG) == Some(false) && record.value(&ethtool::SPEED.0).is_none()
}

/// Of a link's modes, what was set and not negotiated.
fn modes(record: &Record) -> Record {
    let settled = record.get(ethtool::AUTONEG) == Some(true);
    record.only(|f| {
        let result = matches!(f.name, "speed" | "duplex" | "lanes");
        group(f) == LINKMODES && f.is_state() && if settled { !result } else { f.name != "advertise" }
    })
}

fn home_functions(was: &Functions, is: Option<&Functions>) -> Functions {
    let now = is.cloned().unwrap_or_default();
    let anew = was.count != now.count;
    let each = was.each.iter().map(|(n, record)| {
        let record = record.only(FieldDef::is_state);
        let same = |f: &FieldDef| now.each.get(n).is_some_and(|r| r.value(f) == record.value(f));
        let plain = |f: &FieldDef| record.value(f).is_some_and(|v| !is_zero(f, v));
        (*n, record.only(|f| if anew { plain(f) } else { !same(f) }))
    });
    Functions {
        count: was.count.filter(|_| anew),
        most: None,
        each: each.filter(|(_, r)| !r.is_empty()).collect(),
    }
}
