//! Which links a goal's scope wants gone.

#[path = "common/mod.rs"]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{here, link, name, there};
use linkctl_kinds::link as base;
use linkctl_link::{Glob, Goal, Key, Link, Scope, World};
use linkctl_plan::plan_with;
use linkctl_plan::scope::{IGNORED, Sieve, widen};
use linkctl_plan::split::{islands, split};
use linkctl_schema::Value;

fn goal(scope: Scope) -> Goal {
    Goal { scope, ..Goal::new() }
}

fn gone(goal: &Goal, world: &World, labels: &BTreeMap<Key, Key>, owned: &[&str]) -> Vec<String> {
    let owned: BTreeSet<Key> = owned.iter().map(|w| here(w)).collect();
    let wide = widen(goal, world, labels, &owned);
    let gone = |(k, w): (&Key, &linkctl_link::Want)| {
        (w.link().is_none() && !goal.links.contains_key(k)).then(|| k.to_string())
    };
    let out: Vec<String> = wide.links.iter().filter_map(gone).collect();
    let plan = plan_with(world, &wide, labels).expect("what the scope wants can be planned");
    assert_eq!(plan.steps.is_empty(), out.is_empty() && labels.is_empty(), "{out:?}");
    out
}

fn upon(lower: &str, kind: &str) -> Link {
    let mut out = link(kind);
    out.lower = Some(here(lower));
    out.base.put(&base::LINK.0, Value::Link(name(lower)));
    out
}

#[test]
fn hardware_the_loopback_and_what_the_kernel_keeps_stay_in_full_scope() {
    let mut foreign = Link::new(None);
    foreign.foreign = Some(b"strange".as_slice().into());
    let world: World = [
        ("lo", Link::new(None)),
        ("eth0", Link::new(None)),
        ("odd0", foreign),
        ("can0", link("can")),
        ("lan1", link("dsa")),
        ("gre0", link("gre")),
        ("sit0", link("sit")),
        ("tunl0", link("ipip")),
        ("gre1", link("gre")),
        ("d0", link("dummy")),
    ]
    .into_iter()
    .map(|(k, l)| (here(k), l))
    .collect();
    assert_eq!(gone(&goal(Scope::Full), &world, &BTreeMap::new(), &[]), ["d0", "gre1"]);
    assert_eq!(gone(&goal(Scope::Owned), &world, &BTreeMap::new(), &["gre1", "gre0", "none"]), ["gre1"]);
    assert!(gone(&goal(Scope::Partial), &world, &BTreeMap::new(), &["gre1"]).is_empty());
}

#[test]
fn what_a_link_that_stays_needs_stays_with_all_below_it() {
    let mut port = link("dummy");
    port.base.put(&base::MASTER.0, Value::Link(name("br1")));
    let world: World = [
        ("low", link("dummy")),
        ("v1", upon("low", "vlan")),
        ("v2", upon("v1", "vlan")),
        ("br1", link("bridge")),
        ("veth-port", port),
        ("x", upon("other", "macvlan")),
        ("other", link("dummy")),
    ]
    .into_iter()
    .map(|(k, l)| (here(k), l))
    .collect();
    let mut goal = goal(Scope::Full);
    goal.want(here("v2"), Link::new(None));
    // The port is ignored by its name, and its master is needed by it.
    assert_eq!(gone(&goal, &world, &BTreeMap::new(), &[]), ["other", "x"]);
    goal.ignore.push(Glob::new(b"!veth*").expect("a pattern"));
    assert_eq!(gone(&goal, &world, &BTreeMap::new(), &[]), ["br1", "other", "veth-port", "x"]);
    goal.spared.insert(here("x"));
    assert_eq!(gone(&goal, &world, &BTreeMap::new(), &[]), ["br1", "veth-port"]);
}

#[test]
fn what_is_said_otherwise_is_not_needed_any_more() {
    let mut port = link("dummy");
    port.base.put(&base::MASTER.0, Value::Link(name("br1")));
    let world = World::from([(here("br1"), link("bridge")), (here("p"), port)]);
    let mut goal = goal(Scope::Full);
    let mut free = Link::new(None);
    free.base.put(&base::MASTER.0, Value::Link(linkctl_schema::Name::NONE));
    goal.want(here("p"), free);
    assert_eq!(gone(&goal, &world, &BTreeMap::new(), &[]), ["br1"]);
}

#[test]
fn a_link_that_gets_another_name_is_no_stranger() {
    let world = World::from([(here("old"), link("dummy")), (here("d1"), upon("old", "macvlan"))]);
    let mut goal = goal(Scope::Full);
    goal.want(here("new"), Link::new(None));
    let labels = BTreeMap::from([(here("old"), here("new"))]);
    assert_eq!(gone(&goal, &world, &labels, &[]), ["d1"]);
}

#[test]
fn other_namespaces_count_where_the_goal_names_a_link_of_theirs() {
    let world = World::from([(there("blue", "a"), link("dummy")), (there("red", "b"), link("dummy"))]);
    let mut goal = goal(Scope::Full);
    assert!(gone(&goal, &world, &BTreeMap::new(), &[]).is_empty());
    goal.forbid(there("blue", "c"));
    assert_eq!(gone(&goal, &world, &BTreeMap::new(), &[]), ["blue/a"]);
}

#[test]
fn the_last_pattern_that_fits_counts() {
    let mut goal = goal(Scope::Full);
    goal.ignore = ["!*", "x*", "!xy"].iter().filter_map(|p| Glob::new(p.as_bytes())).collect();
    let owned = BTreeSet::new();
    let sieve = Sieve::new(&goal, &owned);
    for (word, goes) in [("docker0", true), ("x1", false), ("xy", true), ("lo", false)] {
        assert_eq!(sieve.may_go(&here(word)), goes, "{word}");
    }
    assert!(IGNORED.iter().all(|p| Glob::new(p.as_bytes()).is_some_and(|g| !g.takes_back())));
}

#[test]
fn ten_thousand_links_are_looked_through_at_once() {
    let world: World = (0..10_000).map(|i| (here(&format!("d{i}")), link("dummy"))).collect();
    let mut goal = goal(Scope::Full);
    (0..5_000).for_each(|i| goal.want(here(&format!("d{i}")), Link::new(None)));
    let start = std::time::Instant::now();
    let wide = widen(&goal, &world, &BTreeMap::new(), &BTreeSet::new());
    assert_eq!(wide.links.len(), 10_000);
    assert!(start.elapsed() < std::time::Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn what_waits_stays_and_a_part_of_a_goal_takes_nothing_of_the_others_away() {
    let world = World::from([(here("d0"), link("dummy")), (here("v1"), upon("old", "vlan"))]);
    let mut goal = goal(Scope::Full);
    goal.want(here("d0"), link("dummy"));
    goal.want(here("v1"), upon("late0", "vlan"));
    goal.want(here("late0"), Link::new(None));
    let (now, waiting) = split(&goal, &world, &BTreeMap::new(), &BTreeSet::new());
    assert_eq!(waiting.len(), 2, "{waiting:?}");
    assert!(gone(&now, &world, &BTreeMap::new(), &[]).is_empty());
    let parts = islands(&goal);
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().all(|p| p.scope == Scope::Partial));
}
