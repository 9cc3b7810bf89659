//! What of a goal can be had now, and what waits.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::link as base;
use linkctl_link::Netns;
use linkctl_plan::split::{Waits, islands, split};
use linkctl_schema::Value;

use crate::build::*;

/// A port of a bond, hardware.
fn port(master: &str) -> linkctl_link::Link {
    let mut link = hardware();
    link.base.set(base::MASTER, name(master));
    link
}

#[test]
fn what_stands_on_missing_hardware_waits_with_it_and_the_rest_does_not() {
    let have = world(&[("eth0", hardware())]);
    let mut bond = link("bond");
    set(&mut bond.data, "primary", Value::Link(name("eth1")));
    let want = goal(&[
        ("bond0", bond),
        ("eth0", port("bond0")),
        ("eth1", port("bond0")),
        ("v7", vlan(7, "eth1")),
        ("v8", vlan(8, "bond0")),
        ("m7", {
            let mut l = link("macvlan");
            l.lower = Some(here("v7"));
            l
        }),
    ]);
    let (now, waiting) = split(&want, &have, &BTreeMap::new(), &BTreeSet::new());
    let names: Vec<String> = now.links.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["bond0", "eth0", "v8"]);
    assert_eq!(waiting[&here("eth1")], Waits::Missing);
    assert_eq!(waiting[&here("v7")], Waits::On(here("eth1")));
    assert_eq!(waiting[&here("m7")], Waits::On(here("v7")));
    let bond = now.links[&here("bond0")].link().expect("wanted");
    assert!(bond.data.is_empty(), "its primary is not there");
    let all = split(
        &want,
        &world(&[("eth0", hardware()), ("eth1", hardware())]),
        &BTreeMap::new(),
        &BTreeSet::new(),
    );
    assert_eq!((all.0 == want, all.1.len()), (true, 0));
}

#[test]
fn a_namespace_that_is_not_there_and_a_match_that_fits_nothing_are_waited_for() {
    let mut want = goal(&[("a", link("dummy")), ("lan0", hardware())]);
    let (mut va, mut vb) = (link("veth"), link("veth"));
    (va.peer, vb.peer) = (Some(there("blue", "vb")), Some(here("va")));
    want.want(here("va"), va);
    want.want(there("blue", "vb"), vb);
    want.forbid(there("blue", "old"));
    want.matches.insert(here("lan0"), linkctl_link::goal::Match::default());
    let closed = BTreeSet::from([Netns::named("blue").expect("a name")]);
    let (now, waiting) =
        split(&want, &world(&[]), &BTreeMap::from([(here("lan0"), Waits::Missing)]), &closed);
    assert_eq!(now.links.keys().collect::<Vec<_>>(), [&here("a")]);
    assert!(now.matches.is_empty());
    assert_eq!(waiting[&here("va")], Waits::On(there("blue", "vb")));
    assert_eq!(waiting[&there("blue", "vb")], Waits::Netns(Netns::named("blue").expect("a name")));
    assert_eq!(waiting[&here("lan0")], Waits::Missing);
}

#[test]
fn a_goal_falls_into_parts_that_do_not_name_each_other() {
    let want = goal(&[
        ("bond0", link("bond")),
        ("eth0", port("bond0")),
        ("v8", vlan(8, "bond0")),
        ("d0", link("dummy")),
        ("eth9", port("elsewhere")),
    ]);
    let parts: Vec<Vec<String>> =
        islands(&want).iter().map(|g| g.links.keys().map(ToString::to_string).collect()).collect();
    assert_eq!(parts, [vec!["bond0", "eth0", "v8"], vec!["d0"], vec!["eth9"]]);
}
