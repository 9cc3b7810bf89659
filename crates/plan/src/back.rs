//! The goal that leads home.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::link as base;
use linkctl_link::goal::Match;
use linkctl_link::{Goal, Key, Link, Netns, World};
use linkctl_schema::{FieldDef, Name, Record, Type, Value, devconf};

use crate::act::{Act, Plan};
use crate::delta::prune;
use crate::habit;
use crate::scope::is_native;
use crate::trail::Trail;

/// What to want now so that all is as it was before.
///
/// Names only links that are not as they were. Exact: what was not set is reset where "not set" can be said (text,
/// master, lists, switches). Left out: volatile fields, which change by themselves. Hardware that came in the
/// meantime stays. A rebuild is allowed: it may be the only way home.
pub fn back(before: &World, now: &World) -> Goal {
    let renamed = renames(before, now).into_iter().map(|(now, was)| (was, now)).collect();
    between(before, before.iter(), now, &renamed)
}

/// The same where it is known which links may differ: `was` has all of those as they were, and `now` as they are; `renamed` tells
/// under which key those are that have another.
fn between<'w>(
    before: &'w World,
    was: impl Iterator<Item = (&'w Key, &'w Link)> + Clone,
    now: &World,
    renamed: &BTreeMap<Key, Key>,
) -> Goal {
    let mut goal = Goal { rebuild: true, ..Goal::default() };
    for (key, link) in was.clone() {
        // What a link got under another name is taken from it there.
        match now.get(renamed.get(key).unwrap_or(key)) {
            Some(is) if is == link && !renamed.contains_key(key) => {}
            is => goal.want(key.clone(), settled(before, key, home(link, is))),
        }
    }
    // Namespaces that came are to go, and those that went to come.
    let named = |k: &Key| k.is_loopback() && k.netns.name().is_some();
    let lost = was.map(|(k, _)| k).filter(|k| named(k) && !now.contains_key(k));
    goal.namespaces.extend(lost.map(|k| (k.netns.clone(), true)));
    for (key, is) in now.iter().filter(|(key, _)| !before.contains_key(key)) {
        if named(key) {
            goal.namespaces.insert(key.netns.clone(), false);
        }
        if is.can_go() {
            goal.forbid(key.clone());
        }
    }
    goal
}

/// The same goal without namespaces to be taken away that somebody has put links of his own into since: they stay.
pub fn vacating<'g>(goal: &'g Goal, now: &World) -> Cow<'g, Goal> {
    let theirs = |k: &Key, l: &Link| !goal.links.contains_key(k) && !is_native(k, l.kind_word());
    let held = |netns: &Netns| now.iter().any(|(k, l)| k.netns == *netns && theirs(k, l));
    let kept: Vec<&Netns> =
        goal.namespaces.iter().filter(|(n, stays)| !**stays && held(n)).map(|(n, _)| n).collect();
    if kept.is_empty() {
        return Cow::Borrowed(goal);
    }
    let mut out = goal.clone();
    out.namespaces.retain(|netns, _| !kept.contains(&netns));
    Cow::Owned(out)
}

/// What leads from anywhere on the way of a plan to what was before it.
///
/// Names every link that the plan touches, whether or not it is in the end as it was: on the way it may not be, and
/// whoever carries out the plan may be killed there. Links that get another name or place are told by their index and
/// by where the plan takes them.
pub fn back_from(before: &World, plan: &Plan) -> Goal {
    let mut way = Way::default();
    plan.steps.iter().for_each(|step| way.follow(&step.act));
    let trail = plan.trail(before);
    way.touched.extend(trail.met.iter().cloned());
    let differ = trail.gone.iter().chain(trail.after.keys());
    let others = way.names.iter().filter(|(now, first)| now != first);
    let renamed = others.clone().map(|(now, first)| (first.clone(), now.clone())).collect();
    let mut goal = between(before, differ.filter_map(|k| before.get_key_value(k)), &trail.after, &renamed);
    let homes: BTreeSet<Key> = way.touched.iter().map(|key| way.first(key)).collect();
    for key in homes {
        match before.get(&key) {
            Some(was) if !goal.links.contains_key(&key) => {
                goal.want(key.clone(), settled(before, &key, home(was, trail.end(before, &key))));
            }
            Some(_) => {}
            None if key.is_loopback() => {}
            None => goal.forbid(key),
        }
    }
    for (now, first) in others {
        let Some(was) = before.get(first) else { continue };
        let kind = std::str::from_utf8(was.kind_word()).ok().filter(|k| !k.is_empty()).map(str::to_owned);
        let index = Some(was.index).filter(|n| *n != 0);
        goal.matches.insert(first.clone(), Match { index, kind, at: Some(now.clone()), ..Match::default() });
        squatter(first, &way, before, &trail, &mut goal);
    }
    goal
}

/// A link that the plan makes under a name that another one had before: it has to make room.
fn squatter(first: &Key, way: &Way, before: &World, trail: &Trail, goal: &mut Goal) {
    let (true, Some(link)) = (way.made.contains(first), trail.end(before, first)) else { return };
    let kind = Some(String::from_utf8_lossy(link.kind_word()).into_owned()).filter(|k| !k.is_empty());
    let taken = |k: &Key| trail.end(before, k).is_some() || goal.links.contains_key(k);
    let mut names = (0u32..).filter_map(|i| Name::new(&format!("lctl-gone{i}")).ok());
    let Some(aside) = names.find_map(|n| Some(first.beside(n)).filter(|k| !taken(k))) else { return };
    goal.forbid(aside.clone());
    goal.matches.insert(aside, Match { kind, at: Some(first.clone()), ..Match::default() });
}

/// Where the links are now that [`back_from`] told by index and place: for [`crate::plan_with`]. What is where it was,
/// or nowhere, has no label.
pub fn labels(goal: &Goal, now: &World) -> BTreeMap<Key, Key> {
    let fits = |key: &Key, how: &Match| {
        let word = now.get(key).map(Link::kind_word);
        word.is_some_and(|w| w == how.kind.as_deref().unwrap_or_default().as_bytes())
    };
    let mut indexes: BTreeMap<(&Netns, u32), &Key> = BTreeMap::new();
    indexes.extend(now.iter().map(|(k, l)| ((&k.netns, l.index), k)));
    let kept = || goal.matches.iter().filter(|(_, m)| m.is_kept());
    let mut found: BTreeMap<&Key, &Key> = BTreeMap::new();
    for (first, how) in kept() {
        let by_index = how.index.and_then(|i| indexes.get(&(&first.netns, i)).copied());
        found.extend(by_index.filter(|k| fits(k, how)).map(|k| (k, first)));
    }
    let known: BTreeSet<&Key> = found.values().copied().collect();
    for (first, how) in kept().filter(|(first, _)| !known.contains(first)) {
        let there = now.contains_key(first) && !found.contains_key(first);
        let by_place = how.at.as_ref().filter(|k| !there && !found.contains_key(*k) && fits(k, how));
        by_place.and_then(|k| now.get_key_value(k)).map(|(k, _)| found.insert(k, first));
    }
    found.into_iter().filter(|(key, first)| key != first).map(|(k, f)| (k.clone(), f.clone())).collect()
}

/// What a plan touches, and how its links are called before and after.
#[derive(Default)]
struct Way {
    touched: BTreeSet<Key>,
    /// The links that it makes.
    made: BTreeSet<Key>,
    /// From the key that a link has to the one that it had first.
    names: BTreeMap<Key, Key>,
}

impl Way {
    fn follow(&mut self, act: &Act) {
        self.touched.insert(act.key().clone());
        match act {
            Act::Create { key, peer, .. } => {
                let made = [Some(key), peer.as_ref().map(|(k, _)| k)];
                self.made.extend(made.into_iter().flatten().cloned());
                self.touched.extend(peer.iter().map(|(k, _)| k.clone()));
            }
            Act::Rename(key, name) => self.relabel(key, key.beside(*name)),
            Act::Move(from, to) => self.relabel(from, to.clone()),
            _ => {}
        }
    }

    fn relabel(&mut self, from: &Key, to: Key) {
        let first = self.names.remove(from).unwrap_or_else(|| from.clone());
        self.touched.insert(to.clone());
        self.names.insert(to, first);
    }

    fn first(&self, key: &Key) -> Key {
        self.names.get(key).unwrap_or(key).clone()
    }
}

/// Links that have another name now, told by their index: for [`crate::plan_with`], beside the goal that [`back`] says.
pub fn renames(before: &World, now: &World) -> BTreeMap<Key, Key> {
    let index = |k: &Key, l: &Link| (k.netns.clone(), l.index);
    let known = now.iter().filter(|(_, l)| l.index != 0);
    let is: BTreeMap<(Netns, u32), &Key> = known.map(|(k, l)| (index(k, l), k)).collect();
    let mut out = BTreeMap::new();
    for (key, link) in before {
        if let Some(now_key) = is.get(&index(key, link))
            && now_key.name != key.name
            && now.get(*now_key).is_some_and(|l| l.kind_word() == link.kind_word())
        {
            out.insert((*now_key).clone(), key.clone());
        }
    }
    out
}

/// Without what the kernel tells and does not take: settings of a port that do not count in the mode that its master had, and links
/// that were not there.
fn settled(before: &World, key: &Key, mut want: Link) -> Link {
    let master = want.has_master().and_then(|m| before.get(&key.beside(m)));
    if let (Some(port), Some(master)) = (&want.port, master) {
        want.port = Some(port.only(|f| habit::counts_in(master, f.name)));
    }
    // A tunnel outlives the link that it sends through, and tells the number of one that is gone.
    let gone = |f: &FieldDef| match want.data.value(f) {
        Some(Value::Link(name)) => !f.late && !name.is_none() && !before.contains_key(&key.beside(*name)),
        _ => false,
    };
    want.data = want.data.only(|f| !gone(f));
    want
}

fn home(was: &Link, is: Option<&Link>) -> Link {
    let mut want = was.clone();
    want.index = 0;
    want.base = exact(&was.base, is.map(|l| &l.base));
    want.base.put(&linkctl_kinds::link::MASTER.0, Value::Link(was.has_master().unwrap_or(Name::NONE)));
    settle(&was.base, is.map(|l| &l.base), &mut want.base);
    let by_others = habit::is_addressed_by_ends(was) || habit::is_addressed_by_ports(was);
    if habit::has_no_choice(was) || by_others {
        // It follows the link below, the ports, or the tunnel's ends, which are led home themselves; or none can be said at all.
        want.base.take(&base::ADDRESS.0);
    }
    if by_others {
        want.base.take(&base::BROADCAST.0);
    }
    if habit::is_addressed(was) {
        unaddressed(&was.base, is.map(|l| &l.base), &mut want.base);
    }
    want.data = exact(&was.data, is.map(|l| &l.data));
    if let Some(kind) = was.kind {
        // The kernel tells fields that it does not take in the mode that the link is in. What stays broken is refused
        // when the way is planned.
        let _ = prune(kind, &mut want.data, &Record::new(kind.fields));
        want.data = habit::driver::counting(&want);
    }
    want.nic = crate::nic::home(was.nic.as_deref(), is.and_then(|l| l.nic.as_deref())).map(Box::new);
    want.port = was.port.as_ref().map(|p| exact(p, is.and_then(|l| l.port.as_ref())));
    want
}

/// Takes out addresses that are no longer to be had: the first four bytes of one are the number of a queue that another
/// link has since, or none (RFC 4391, section 9.1.1).
fn unaddressed(was: &Record, is: Option<&Record>, want: &mut Record) {
    let queue = |r: &Record| r.get(base::ADDRESS).and_then(|a| a.as_bytes().get(..4).map(<[u8]>::to_vec));
    if queue(was) != is.and_then(queue) {
        want.take(&base::ADDRESS.0);
    }
    want.take(&base::BROADCAST.0);
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
            && let Some(nothing) = nothing(f, value)
        {
            out.put(f, nothing);
        }
    }
    out
}

/// The value that says that nothing is set in place of another, where there is one.
fn nothing(f: &FieldDef, is: &Value<'_>) -> Option<Value<'static>> {
    match f.ty {
        Type::Str(_) => Some(Value::text("")),
        Type::Link => Some(Value::Link(Name::NONE)),
        Type::Switch | Type::OnOff | Type::Flag | Type::Bit { .. } => Some(Value::Bool(false)),
        Type::Header { not, .. } => Some(Value::Bool(not)),
        // A tunnel is of one family for life.
        Type::Ip { .. } if matches!(is, Value::Ip(ip) if ip.is_ipv6()) => {
            Some(Value::Ip(std::net::Ipv6Addr::UNSPECIFIED.into()))
        }
        Type::Ip { .. } => Some(Value::Ip(std::net::Ipv4Addr::UNSPECIFIED.into())),
        Type::Strs { .. } | Type::Macs { .. } | Type::Ips { .. } => Some(Value::List(Vec::new())),
        Type::Pairs { .. } => Some(Value::Pairs(Vec::new())),
        _ => None,
    }
}
