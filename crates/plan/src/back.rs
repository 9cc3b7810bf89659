//! The goal that leads home.

use std::collections::BTreeMap;

use linkctl_link::{Goal, Key, Link, World};
use linkctl_schema::{FieldDef, Name, Record, Type, Value, devconf};

use crate::delta::prune;

/// What to want now so that all is as it was before.
///
/// Names only links that are not as they were. Exact: what was not set is reset where "not set" can be said (text,
/// master, lists, switches). Left out: volatile fields, which change by themselves. Hardware that came in the
/// meantime stays. A rebuild is allowed: it may be the only way home.
pub fn back(before: &World, now: &World) -> Goal {
    let mut goal = Goal { rebuild: true, ..Goal::default() };
    for (key, was) in before {
        match now.get(key) {
            Some(is) if is == was => {}
            is => goal.want(key.clone(), home(was, is)),
        }
    }
    for (key, is) in now {
        if !before.contains_key(key) && is.can_go() {
            goal.forbid(key.clone());
        }
    }
    goal
}

/// Links that have another name now, told by their index: for [`crate::plan_with`], beside the goal that [`back`] says.
pub fn renames(before: &World, now: &World) -> BTreeMap<Key, Key> {
    let mut is: BTreeMap<(&Key, u32), &Key> = BTreeMap::new();
    let space = |k: &Key| Key::new(k.netns.clone(), Name::NONE);
    let spaces: BTreeMap<&Key, Key> = now.keys().chain(before.keys()).map(|k| (k, space(k))).collect();
    for (key, link) in now.iter().filter(|(_, l)| l.index != 0) {
        is.insert((&spaces[key], link.index), key);
    }
    let mut out = BTreeMap::new();
    for (key, was) in before {
        if let Some(now_key) = is.get(&(&spaces[key], was.index))
            && now_key.name != key.name
            && now.get(*now_key).is_some_and(|l| l.kind_word() == was.kind_word())
        {
            out.insert((*now_key).clone(), key.clone());
        }
    }
    out
}

fn home(was: &Link, is: Option<&Link>) -> Link {
    let mut want = was.clone();
    want.index = 0;
    want.base = exact(&was.base, is.map(|l| &l.base));
    want.base.put(&linkctl_kinds::link::MASTER.0, Value::Link(was.has_master().unwrap_or(Name::NONE)));
    settle(&was.base, is.map(|l| &l.base), &mut want.base);
    want.data = exact(&was.data, is.map(|l| &l.data));
    if let Some(kind) = was.kind {
        // The kernel tells fields that it does not take in the mode that the link is in. What stays broken is refused
        // when the way is planned.
        let _ = prune(kind, &mut want.data, &Record::new(kind.fields));
    }
    want.port = was.port.as_ref().map(|p| exact(p, is.and_then(|l| l.port.as_ref())));
    want
}

/// Of many settings in one field, those that are otherwise now or that a new link has not anyway. The others are said by
/// nobody: a goal that says them would have them written into a link that is made anew.
fn settle(was: &Record, is: Option<&Record>, want: &mut Record) {
    for (f, value) in was.iter().filter(|(f, _)| matches!(f.ty, Type::Devconf { .. }) && f.is_state()) {
        let now = match is.and_then(|r| r.value(f)) {
            Some(Value::Pairs(now)) => now.as_slice(),
            _ => &[],
        };
        let Value::Pairs(then) = value else { continue };
        let same = |n: u32| then.iter().filter(|(m, _)| *m == n).any(|pair| now.contains(pair));
        let other = |n: u32| now.iter().any(|(m, _)| *m == n) && !same(n);
        want.put(f, devconf::unborn(f, value, other));
    }
}

/// What was, and "nothing" for what is and was not.
fn exact(was: &Record, is: Option<&Record>) -> Record {
    let lasts = |f: &FieldDef| f.is_state() && !f.volatile;
    let mut out = was.only(lasts);
    let Some(is) = is.filter(|r| std::ptr::eq(r.fields(), was.fields())) else { return out };
    for (f, value) in is.iter().filter(|(f, _)| lasts(f)) {
        if was.value(f).is_none()
            && !value.is_nothing()
            && let Some(nothing) = nothing(f)
        {
            out.put(f, nothing);
        }
    }
    out
}

/// The value that says that nothing is set, where there is one.
fn nothing(f: &FieldDef) -> Option<Value<'static>> {
    match f.ty {
        Type::Str(_) => Some(Value::text("")),
        Type::Link => Some(Value::Link(Name::NONE)),
        Type::Switch | Type::OnOff | Type::Flag | Type::Bit { .. } => Some(Value::Bool(false)),
        Type::Header { not, .. } => Some(Value::Bool(not)),
        Type::Strs { .. } | Type::Macs { .. } | Type::Ips { .. } => Some(Value::List(Vec::new())),
        Type::Pairs { .. } => Some(Value::Pairs(Vec::new())),
        _ => None,
    }
}
