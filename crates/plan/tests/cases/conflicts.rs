//! Goals that cannot be.

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Link, World};
use linkctl_plan::Conflict;
use linkctl_schema::{Mac, Value};

use crate::build::*;

#[test]
fn a_loop_of_masters_is_refused() {
    let want = goal(&[("b1", master(bond("802.3ad"), "b2")), ("b2", master(bond("802.3ad"), "b1"))]);
    let conflicts = no(&World::new(), &want);
    assert_eq!(conflicts[0].to_string(), "a loop: b1 needs b2 needs b1");
    let want = goal(&[("br0", link("bridge")), ("v7", master(vlan(7, "br0"), "br0"))]);
    assert!(
        matches!(no(&World::new(), &want)[..], [Conflict::Loop(_)]),
        "a port that stands on its own bridge"
    );
}

#[test]
fn what_is_needed_must_be_there() {
    let conflicts = no(&World::new(), &goal(&[("v7", vlan(7, "eth9"))]));
    assert_eq!(conflicts, [Conflict::Missing { link: here("v7"), needs: here("eth9") }]);
    assert_eq!(no(&World::new(), &goal(&[("v7", link("vlan"))])).len(), 2, "a link below, and an id");
    assert_eq!(no(&World::new(), &goal(&[("eth7", up(hardware()))])), [Conflict::NoKind(here("eth7"))]);
    let have = world(&[("d0", link("dummy")), ("v7", vlan(7, "d0"))]);
    let mut want = Goal::new();
    want.forbid(here("d0"));
    let conflicts = no(&have, &want);
    assert_eq!(
        conflicts,
        [Conflict::Bereft { link: here("v7"), of: here("d0") }],
        "nobody said that v7 may go"
    );
    want.forbid(here("v7"));
    assert_eq!(told(&done(&have, &want).0), ["delete d0"], "what falls is not deleted twice");
}

#[test]
fn a_link_that_is_meant_by_an_alternative_name_is_told() {
    let mut a1 = link("bridge");
    a1.base.put(&base::ALTNAME.0, Value::List(vec![Value::text("long"), Value::text("longer")]));
    let have = world(&[("a1", a1), ("d0", link("dummy"))]);
    let say = |word: &str, want: Link| {
        let told: Vec<String> = no(&have, &goal(&[(word, want)])).iter().map(ToString::to_string).collect();
        told.join("; ")
    };
    let needs = |word: &str| format!("{word} needs longer, which is an alternative name of a1: say a1");
    assert_eq!(say("longer", up(hardware())), "longer is an alternative name of a1: say a1");
    assert_eq!(say("d0", master(link("dummy"), "longer")), needs("d0"));
    assert_eq!(say("v7", vlan(7, "longer")), needs("v7"));
    assert_eq!(say("v7", vlan(7, "long0")), "v7 needs long0, which is not there");
}

#[test]
fn what_is_declared_can_be_made_from_nothing() {
    let mut tunnel = link("gre");
    tunnel.base.put(&base::ADDRESS.0, Value::Mac(Mac::new(&[10, 0, 0, 2]).expect("short enough")));
    set(&mut tunnel.data, "local", Value::Ip("10.0.0.2".parse().expect("an address")));
    set(&mut tunnel.data, "remote", Value::Ip("10.0.0.1".parse().expect("an address")));
    let d0 = port(link("dummy"), "bond", "prio", Value::Int(0));
    let have = world(&[("g", tunnel), ("bo", bond("802.3ad")), ("d0", master(d0, "bo"))]);
    let goal = linkctl_plan::declare::declare(&have, |_| true);
    assert!(done(&have, &goal).0.is_empty());
    let (_, made) = done(&World::new(), &goal);
    assert_eq!(made.len(), 3);
}

#[test]
fn not_every_link_is_a_master_nor_a_port() {
    let want = goal(&[("d0", master(link("dummy"), "d1")), ("d1", link("dummy"))]);
    assert_eq!(no(&World::new(), &want), [Conflict::NotAMaster { link: here("d0"), master: here("d1") }]);
    let want = goal(&[("br0", link("bridge")), ("br1", master(link("bridge"), "br0"))]);
    assert_eq!(no(&World::new(), &want), [Conflict::NotAPort { link: here("br1"), master: here("br0") }]);
    let alone = port(link("dummy"), "bridge", "isolated", Value::Bool(true));
    assert_eq!(no(&World::new(), &goal(&[("d0", alone)])), [Conflict::NoMaster(here("d0"))]);
}

#[test]
fn hardware_cannot_be_deleted_nor_made_anew() {
    let have = world(&[("eth0", hardware())]);
    let mut want = Goal::new();
    want.forbid(here("eth0"));
    assert_eq!(no(&have, &want), [Conflict::CannotDelete(here("eth0"))]);
    assert_eq!(no(&have, &goal(&[("eth0", link("dummy"))])), [Conflict::CannotDelete(here("eth0"))]);
}

#[test]
fn a_vlan_cannot_be_up_on_a_link_that_is_down() {
    let have = world(&[("d0", link("dummy"))]);
    let conflicts = no(&have, &goal(&[("v7", up(vlan(7, "d0")))]));
    assert_eq!(conflicts[0].to_string(), "v7: d0, which it stands on, is down");
    let mut loose = up(vlan(7, "d0"));
    set(&mut loose.data, "loose_binding", Value::Bool(true));
    assert_eq!(done(&have, &goal(&[("v7", loose)])).0.steps.len(), 1);
}

#[test]
fn a_link_of_an_unknown_kind_is_left_alone_and_never_made_anew() {
    let mut odd = on(Link::new(None), "d0");
    odd.foreign = Some(b"netdevsim"[..].into());
    let have = world(&[("d0", link("dummy")), ("x", odd)]);
    assert_eq!(done(&have, &goal(&[("x", up(hardware()))])).0.steps.len(), 1);
    let conflicts = no(&have, &goal(&[("d0", link("ifb"))]));
    assert_eq!(conflicts[0].to_string(), "x would have to be made anew, and the kind netdevsim is not known");
}
