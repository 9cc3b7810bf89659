//! Namespaces that come and go with a plan.

#[path = "common/mod.rs"]
mod common;

use std::collections::BTreeMap;

use common::{here, link};
use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, Link, Netns, World};
use linkctl_plan::split::{islands, split};
use linkctl_plan::{Act, Conflict, Model, Plan, back, back_from, plan, plan_asking, vacating};
use linkctl_schema::Name;

fn blue() -> Netns {
    Netns::named("blue").expect("a name")
}

fn inside(name: &str) -> Key {
    Key::new(blue(), Name::new(name).expect("a name"))
}

fn goal(stays: bool) -> Goal {
    Goal { namespaces: [(blue(), stays)].into(), ..Goal::new() }
}

/// A pair into blue, and its loopback up.
fn whole() -> Goal {
    let mut want = goal(true);
    let mut lo = Link::new(None);
    lo.base.set(base::UP, true);
    want.want(Key::loopback(blue()), lo);
    let mut v0 = link("veth");
    v0.peer = Some(inside("eth0"));
    want.want(here("v0"), v0);
    want
}

fn after(have: &World, plan: &Plan) -> World {
    let mut model = Model::new(have.clone());
    plan.steps.iter().for_each(|s| model.act(&s.act).expect("it was planned"));
    model.into_world()
}

#[test]
fn a_namespace_comes_before_all_and_goes_after_all() {
    let none = World::new();
    let there = plan(&none, &whole()).expect("it can be");
    assert_eq!(there.steps[0].act, Act::NewNetns(Key::loopback(blue())));
    let is = after(&none, &there);
    assert!(plan(&is, &whole()).expect("it is so").is_empty());
    let home = back(&none, &is);
    assert_eq!(home.namespaces.get(&blue()), Some(&false));
    let way = plan(&is, &home).expect("there is a way");
    assert_eq!(way.steps.last().expect("steps").act, Act::DropNetns(Key::loopback(blue())));
    assert!(after(&is, &way).is_empty());
    let mut less = goal(false);
    less.forbid(here("v0"));
    let gone = plan(&is, &less).expect("it is empty by then");
    assert!(gone.disruptions.is_empty(), "what is in it goes as was said: {:?}", gone.disruptions);
    let again = plan(&after(&is, &gone), &back_from(&is, &gone)).expect("there is a way");
    assert_eq!(after(&World::new(), &again).keys().collect::<Vec<_>>(), is.keys().collect::<Vec<_>>());
}

#[test]
fn from_each_step_the_way_home_is_found() {
    let none = World::new();
    let there = plan(&none, &whole()).expect("it can be");
    let home = back_from(&none, &there);
    for done in 0..=there.steps.len() {
        let part = Plan::of(there.steps[..done].to_vec());
        let is = after(&none, &part);
        let way = plan_asking(&is, &home, &BTreeMap::new()).expect("there is a way");
        assert!(after(&is, &way).is_empty(), "after {done} steps");
    }
}

#[test]
fn one_with_links_of_others_is_no_ones_to_take_away() {
    let is = after(&World::new(), &plan(&World::new(), &whole()).expect("it can be"));
    let refused = plan(&is, &goal(false)).expect_err("eth0 is in it");
    assert!(matches!(&refused[..], [Conflict::Refused { .. }]), "{refused:?}");
    assert!(refused[0].to_string().contains("still has the link eth0"), "{}", refused[0]);
    let mut with = is.clone();
    with.insert(inside("br0"), link("bridge"));
    let home = back(&World::new(), &is);
    assert!(vacating(&home, &is).namespaces.contains_key(&blue()), "all in it are of the apply");
    let kept = vacating(&home, &with);
    assert!(kept.namespaces.is_empty());
    let left = after(&with, &plan(&with, &kept).expect("there is a way"));
    assert_eq!(left.keys().cloned().collect::<Vec<_>>(), [inside("br0"), Key::loopback(blue())]);
}

#[test]
fn a_part_has_the_namespaces_that_its_links_are_in_and_the_last_has_the_others() {
    let mut want = whole();
    want.want(here("br0"), link("bridge"));
    want.namespaces.insert(Netns::named("red").expect("a name"), false);
    let (now, waiting) = split(&want, &World::new(), &BTreeMap::new(), &std::collections::BTreeSet::new());
    assert!(waiting.is_empty(), "the loopback comes with its namespace: {waiting:?}");
    let parts = islands(&now);
    let spaces: Vec<Vec<String>> =
        parts.iter().map(|p| p.namespaces.keys().map(ToString::to_string).collect()).collect();
    assert_eq!(spaces.last().expect("parts"), &["red"]);
    for part in &parts[..parts.len() - 1] {
        let away = part.links.keys().any(|k| k.netns == blue())
            || part.present().any(|(_, l)| l.peer.as_ref().is_some_and(|p| p.netns == blue()));
        assert_eq!(part.namespaces.contains_key(&blue()), away);
        assert!(plan(&World::new(), part).is_ok(), "each stands by itself");
    }
}
