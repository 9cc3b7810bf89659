//! Differences between two links, beyond what one table can tell.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link, World};
use linkctl_schema::diff::{Delta, diff};
use linkctl_schema::rules::{self, Broken};
use linkctl_schema::{Change, FieldDef, Fields, Kind, Layout, Record, Round, Rule, Type, Value, devconf};

use crate::habit::{self, tunnel};
use crate::reason::Reason;

/// Base fields that have acts of their own, or that go without saying.
pub(crate) fn special(field: &str) -> bool {
    matches!(field, "up" | "master" | "link" | "altname")
}

/// The field of exactly that name.
pub(crate) fn field(fields: &'static Fields, name: &str) -> Option<&'static FieldDef> {
    fields.list().iter().find(|f| f.name == name)
}

/// Base fields that [`crate::Act::Base`] has to change.
pub(crate) fn base(have: &Link, want: &Link) -> Vec<Delta> {
    let mut out = diff(&have.base, &want.base);
    out.retain(|d| !special(d.field));
    out
}

/// Sizes for IPv4 that would follow the size for all as that changes: they are said again.
pub(crate) fn size(have: &Record, want: &Record, deltas: &mut Vec<Delta>) {
    for (all, v4) in
        [(base::GSO_MAX_SIZE, base::GSO_IPV4_MAX_SIZE), (base::GRO_MAX_SIZE, base::GRO_IPV4_MAX_SIZE)]
    {
        let has = |f: &FieldDef| deltas.iter().any(|d| d.field == f.name);
        if let (true, false, Some(value)) = (has(&all.0), has(&v4.0), want.value(&v4.0))
            && want.get(all) != want.get(v4)
        {
            let change = v4.0.change;
            deltas.push(Delta {
                field: v4.0.name,
                change,
                have: have.value(&v4.0).cloned(),
                want: value.clone(),
            });
        }
    }
}

/// Fields of the kind that are not as wanted; empty where the kinds differ.
pub(crate) fn data(have: &Link, want: &Link) -> Vec<Delta> {
    if !std::ptr::eq(have.data.fields(), want.data.fields()) {
        return Vec::new();
    }
    let mut out = diff(&have.data, &want.data);
    out.extend(scaled(&have.data, &want.data, &out));
    // Multiples of what is off from now on are none by themselves, and not to be said then (`bond_option_updelay_set`).
    let off: Vec<&str> = out.iter().filter(|d| d.want == Value::Num(0)).map(|d| d.field).collect();
    let step = |d: &Delta| match field(have.data.fields(), d.field)?.round {
        Round::MultipleOf(step) => Some(step),
        _ => None,
    };
    out.retain(|d| d.want != Value::Num(0) || !step(d).is_some_and(|step| off.contains(&step)));
    out
}

/// Fields that are kept as multiples of one that changes: they change along, unless they are said again.
fn scaled(have: &Record, want: &Record, deltas: &[Delta]) -> Vec<Delta> {
    let said = |name: &str| deltas.iter().any(|d| d.field == name);
    let along = want
        .iter()
        .filter(|(f, _)| matches!(f.round, Round::MultipleOf(step) if said(step)) && !said(f.name));
    along
        .filter(|(f, v)| **v != Value::Num(0) || have.value(f).is_some_and(|h| h != *v))
        .map(|(f, v)| Delta {
            field: f.name,
            change: f.change,
            have: have.value(f).cloned(),
            want: v.clone(),
        })
        .collect()
}

/// What goes along with differences: what else was said of the same struct, which is written whole, what the kernel wants
/// beside, and what a number in a struct needs there. Of two such that exclude each other the second decides.
pub(crate) fn along(kind: &Kind, have: &Record, said: &Record, deltas: &mut Vec<Delta>) {
    if deltas.is_empty() {
        return;
    }
    let has = |deltas: &[Delta], name: &str| deltas.iter().any(|d| d.field == name);
    let part = |name: &str| field(kind.fields, name).filter(|f| matches!(f.ty, Type::Part { .. }));
    let mates = |d: &Delta, f: &FieldDef| part(d.field).is_some_and(|g| g.attr == f.attr && g.path == f.path);
    let wanted = |deltas: &[Delta], f: &FieldDef| {
        kind.rules.iter().any(|r| matches!(*r, Rule::Wants(a, b) if b == f.name && has(deltas, a)))
    };
    let same = |f: &FieldDef, value: &Value<'static>| Delta {
        field: f.name,
        change: f.change,
        have: have.value(f).cloned(),
        want: value.clone(),
    };
    for (f, value) in said.iter().filter(|(f, _)| f.is_state()) {
        let shared = part(f.name).is_some() && deltas.iter().any(|d| mates(d, f));
        if !has(deltas, f.name) && (shared || wanted(deltas, f)) {
            deltas.push(same(f, value));
        }
    }
    for rule in kind.rules {
        match *rule {
            Rule::Needs(a, b) if has(deltas, a) && !has(deltas, b) => {
                if let (Some(_), Some(f)) = (part(a), part(b))
                    && let Some(value) = have.value(f)
                {
                    deltas.push(same(f, value));
                }
            }
            Rule::Excludes(a, b) if part(a).is_some() => {
                let on = |name: &str| deltas.iter().any(|d| d.field == name && d.want != Value::Num(0));
                if on(a) && on(b) {
                    deltas.retain(|d| d.field != a);
                }
            }
            _ => {}
        }
    }
}

/// What becomes of such fields as a kernel takes `record` (`bond_option_miimon_set` of `bond_options.c` keeps the
/// number of steps).
pub(crate) fn rescale(all: &mut Record, had: &Record, record: &Record) {
    for f in all.fields().list() {
        let Round::MultipleOf(name) = f.round else { continue };
        let step =
            |r: &Record| field(r.fields(), name).and_then(|s| r.value(s)).and_then(number).filter(|n| *n > 0);
        let (said, new) = (field(all.fields(), name).and_then(|s| all.value(s)), step(all));
        // Of none all multiples are told as none.
        let none = (said == Some(&Value::Num(0))).then_some(0);
        let Some(value) = all.value(f).and_then(number).or(none) else { continue };
        let kept = match (record.value(f), step(had), new) {
            (Some(_), _, Some(new)) => value - value % new,
            (None, Some(old), Some(new)) => value / old * new,
            (_, _, None) => 0,
            (None, None, Some(_)) => value,
        };
        all.put(f, Value::Num(kept));
    }
}

fn number(value: &Value<'_>) -> Option<u64> {
    if let Value::Num(n) = value { Some(*n) } else { None }
}

/// Fields whose absence is no difference where a link is only looked at, and is one where it was just made.
pub(crate) fn unsaid(have: &Record, want: &Record, keep: impl Fn(&'static FieldDef) -> bool) -> Vec<Delta> {
    want.iter()
        .filter(|(f, v)| f.volatile && f.is_state() && !v.is_nothing() && have.value(f).is_none() && keep(f))
        .map(|(f, v)| Delta { field: f.name, change: f.change, have: None, want: v.clone() })
        .collect()
}

fn both(f: &FieldDef, one: Value<'static>, more: &Value<'static>) -> Value<'static> {
    match (one, more) {
        (Value::Pairs(mut pairs), Value::Pairs(more)) if matches!(f.ty, Type::Devconf { .. }) => {
            devconf::merge(&mut pairs, more);
            Value::Pairs(pairs)
        }
        (_, more) => more.clone(),
    }
}

/// Of many settings in one field, all that are said: what a new link has of them is known only as far as its namespace has no
/// defaults of its own.
pub(crate) fn insist(deltas: &mut Vec<Delta>, said: &Record) {
    for (f, value) in said.iter().filter(|(f, _)| matches!(f.ty, Type::Devconf { .. }) && f.is_state()) {
        let all = match deltas.iter().position(|d| d.field == f.name).map(|i| deltas.remove(i)) {
            Some(d) => both(f, d.want, value),
            None => value.clone(),
        };
        if !all.is_nothing() {
            deltas.push(Delta { field: f.name, change: f.change, have: None, want: all });
        }
    }
}

/// What its master's kind says of it that is not as wanted.
pub(crate) fn port(have: &Link, want: &Link) -> Vec<Delta> {
    let Some(wanted) = &want.port else { return Vec::new() };
    let none = Record::new(wanted.fields());
    let have = have.port.as_ref().filter(|p| std::ptr::eq(p.fields(), wanted.fields())).unwrap_or(&none);
    let mut out = diff(have, wanted);
    // Off is a difference where a port that is new has it on.
    let on = |f: &'static FieldDef| f.born().is_some_and(|b| !b.is_nothing());
    let off = wanted.iter().filter(|(f, v)| v.is_nothing() && have.value(f).is_none() && on(f));
    out.extend(off.map(|(f, v)| Delta { field: f.name, change: f.change, have: f.born(), want: v.clone() }));
    out
}

/// Whether the field is set only once all else is there.
pub(crate) fn is_late(fields: &'static Fields, name: &str) -> bool {
    field(fields, name).is_some_and(|f| f.late)
}

/// Whether the field of a port names another port, which has to be one first.
pub(crate) fn names_port(fields: &'static Fields, name: &str) -> bool {
    field(fields, name).is_some_and(|f| f.ty == Type::Link)
}

/// What a change of a link's own settings has to say: exactly the wanted values, or where the kernel takes what is not
/// said for not wanted, all that it is to be.
pub(crate) fn settings(have: &Link, want: &Link, deltas: &[Delta]) -> Record {
    let wanted = record(have.data.fields(), deltas, &have.data);
    if !have.kind.is_some_and(|k| k.whole) {
        return wanted;
    }
    let mut all = want.data.only(FieldDef::is_state);
    all.merge(&wanted);
    habit::tunnel::sent(have, all)
}

/// Exactly the wanted values. Bits that share one number travel together: writing one writes all.
pub(crate) fn record(fields: &'static Fields, deltas: &[Delta], now: &Record) -> Record {
    let mut out = Record::new(fields);
    for d in deltas {
        let Some(f) = field(fields, d.field) else { continue };
        if is_shared(f) {
            for (g, value) in now.iter().filter(|(g, _)| is_shared(g) && g.attr == f.attr && g.path == f.path)
            {
                if out.value(g).is_none() {
                    out.put(g, value.clone());
                }
            }
        }
    }
    for d in deltas {
        if let Some(f) = field(fields, d.field) {
            out.put(f, whole(f, d));
        }
    }
    out
}

/// What is sent so that a field is as wanted. Mappings only ever come (`vlan_dev_set_egress_priority`): one that is
/// not wanted any more is mapped to 0, which is none.
fn whole(f: &FieldDef, d: &Delta) -> Value<'static> {
    match (&d.have, &d.want) {
        (Some(Value::Pairs(have)), Value::Pairs(want)) if matches!(f.ty, Type::Pairs { .. }) => {
            let gone = have.iter().filter(|(from, _)| !want.iter().any(|(f, _)| f == from));
            Value::Pairs(want.iter().copied().chain(gone.map(|(from, _)| (*from, 0))).collect())
        }
        _ => d.want.clone(),
    }
}

/// Whether the field is one bit of a number that is always written whole.
pub(crate) fn is_shared(f: &FieldDef) -> bool {
    matches!(f.ty, Type::Bit { layout: Layout::Plain(_), .. })
}

/// Why an existing link can only be made anew to be as the goal says; empty where it need not.
pub(crate) fn fatal(have: &Link, said: &Link) -> Vec<Reason> {
    let mut why = Vec::new();
    let says_kind = said.kind.is_some() || said.foreign.is_some();
    if says_kind && have.kind_word() != said.kind_word() {
        why.push(Reason::Kind { have: have.kind_word().into(), want: said.kind_word().into() });
        return why;
    }
    if let Some(want) = said.lower.as_ref().filter(|l| have.lower.as_ref() != Some(l)) {
        why.push(Reason::Lower { have: have.lower.clone(), want: want.clone() });
    }
    if let Some(want) = said.peer.as_ref().filter(|p| have.peer.as_ref() != Some(p)) {
        why.push(Reason::Peer { have: have.peer.clone(), want: want.clone() });
    }
    let frozen = habit::is_frozen(have) || tunnel::is_mistaken(have);
    let own = data(have, said).into_iter().filter(|d| frozen || d.change >= Change::Rebuild);
    let fixed = base(have, said).into_iter().filter(|d| d.change >= Change::Rebuild);
    why.extend(fixed.chain(own).map(Reason::Differs));
    why
}

/// Whether a link is all that is said of it.
pub(crate) fn met(have: &Link, said: &Link) -> bool {
    let altered = |d: &Delta| d.field != "link";
    fatal(have, said).is_empty()
        && !diff(&have.base, &said.base).iter().any(altered)
        && data(have, said).is_empty()
        && port(have, said).is_empty()
        && crate::nic::met(have, said)
}

/// Drops what nobody said and what the rest does not go with. The error is a rule that is broken by what was said.
pub(crate) fn prune(kind: &'static Kind, all: &mut Record, said: &Record) -> Result<(), Broken> {
    let free = |name: &str| field(kind.fields, name).filter(|f| said.value(f).is_none());
    loop {
        let Err(broken) = rules::check(kind, all) else { return Ok(()) };
        let victim = match broken {
            Broken::Needs(a, _) | Broken::When(a, ..) => free(a),
            Broken::Excludes(a, b) => free(a).or_else(|| free(b)),
            Broken::OneOf(_) => None,
        };
        match victim {
            Some(f) if all.take(f).is_some() => {}
            _ => return Err(broken),
        }
    }
}

/// The difference of a name, as other fields' differences are shown.
pub(crate) fn of(field: &'static str, have: Option<Value<'static>>, want: Value<'static>) -> Reason {
    Reason::Differs(Delta { field, change: Change::Live, have, want })
}

/// The links that `link` mentions in any way.
pub(crate) fn mentions(key: &Key, link: &Link) -> Vec<Key> {
    let records = std::iter::once(&link.data).chain(&link.port);
    let named = records.flat_map(Record::iter).filter_map(|(_, v)| match v {
        Value::Link(name) if !name.is_none() => Some(key.beside(*name)),
        _ => None,
    });
    let master = link.has_master().map(|m| key.beside(m));
    named.chain(master).chain(link.lower.clone()).chain(link.peer.clone()).collect()
}

/// The other end of a pair, where both say so. Of kinds that the book does not know, each stands on the other.
pub(crate) fn partner(key: &Key, world: &World) -> Option<Key> {
    let other = |l: &Link| l.peer.clone().or_else(|| l.lower.clone().filter(|_| l.foreign.is_some()));
    let peer = other(world.get(key)?)?;
    (peer != *key && other(world.get(&peer)?).as_ref() == Some(key)).then_some(peer)
}
