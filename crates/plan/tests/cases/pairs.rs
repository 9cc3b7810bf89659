//! Pairs, names and namespaces.

use std::collections::BTreeMap;

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, World};
use linkctl_plan::{Conflict, Harm, Model, back, plan, plan_with, renames};

use crate::build::*;

#[test]
fn two_links_swap_their_names() {
    let (mut a, mut b) = (up(hardware()), hardware());
    (a.index, b.index) = (2, 3);
    let have = world(&[("a", a), ("b", b), ("v7", up(vlan(7, "a")))]);
    let swap: BTreeMap<Key, Key> = [(here("a"), here("b")), (here("b"), here("a"))].into();
    let found = plan_with(&have, &goal(&[("a", up(hardware()))]), &swap).expect("a plan");
    assert_eq!(told(&found), ["rename a lctl-tmp0", "rename b a", "rename lctl-tmp0 b", "up a"]);
    let mut model = Model::new(have.clone());
    found.steps.iter().for_each(|s| model.act(&s.act).expect("an act"));
    assert_eq!(model.world()[&here("v7")].lower, Some(here("b")), "what stands on it follows");
    assert_eq!(renames(&have, model.world()), swap);
}

#[test]
fn a_link_is_moved_and_stays_as_it_was() {
    let (mut a, mut b) = (up(link("veth")), link("veth"));
    (a.peer, b.peer) = (Some(here("b")), Some(here("a")));
    let have = world(&[("a", a), ("b", b)]);
    let to = there("blue", "c");
    let moves: BTreeMap<Key, Key> = [(here("a"), to.clone())].into();
    let mut want = Goal::new();
    want.want(to.clone(), hardware());
    let found = plan_with(&have, &want, &moves).expect("a plan");
    assert_eq!(told(&found), ["move a blue/c", "up blue/c"]);
    let mut model = Model::new(have);
    found.steps.iter().for_each(|s| model.act(&s.act).expect("an act"));
    assert_eq!(model.world()[&here("b")].peer, Some(to), "the other end follows");
}

#[test]
fn a_name_that_is_another_links_cannot_be_given() {
    let have = world(&[("a", hardware()), ("b", hardware())]);
    let take: BTreeMap<Key, Key> = [(here("a"), here("b"))].into();
    let conflicts = plan_with(&have, &Goal::new(), &take).expect_err("a conflict");
    assert_eq!(conflicts, [Conflict::NameTaken { link: here("a"), name: name("b") }]);
}

#[test]
fn a_pair_across_namespaces_is_one_creation() {
    let mut a = up(master(link("veth"), "br0"));
    a.peer = Some(there("blue", "eth0"));
    let mut b = link("veth");
    b.base.set(base::MTU, 9000);
    let mut want = goal(&[("va", a), ("br0", up(link("bridge")))]);
    want.want(there("blue", "eth0"), up(b));
    let (found, after) = done(&World::new(), &want);
    let words: Vec<String> =
        found.steps.iter().map(|s| format!("{} {}", s.act.word(), s.act.key())).collect();
    assert_eq!(words, ["create br0", "create va", "up blue/eth0"]);
    assert_eq!(after[&there("blue", "eth0")].peer, Some(here("va")));
    assert_eq!(after[&there("blue", "eth0")].base.get(base::MTU), Some(9000));
}

#[test]
fn the_end_that_needs_more_is_the_one_that_is_created() {
    let (mut a, mut b) = (link("veth"), up(master(link("veth"), "br0")));
    (a.peer, b.peer) = (Some(here("b")), Some(here("a")));
    let (found, _) = done(&world(&[("br0", link("bridge"))]), &goal(&[("a", a), ("b", b)]));
    assert_eq!(found.steps.len(), 1);
    assert_eq!(found.steps[0].act.key(), &here("b"));
}

#[test]
fn ends_of_a_pair_go_together_and_must_agree() {
    let (mut a, mut b) = (link("veth"), link("veth"));
    (a.peer, b.peer) = (Some(here("b")), Some(here("a")));
    let have = world(&[("a", a.clone()), ("b", b)]);
    let mut want = Goal::new();
    want.forbid(here("a"));
    let (found, after) = done(&have, &want);
    assert_eq!((told(&found), after.len()), (vec!["delete a".to_owned()], 0));
    assert_eq!(found.disruptive()[0].harm, Harm::Gone);
    want.want(here("b"), link("veth"));
    assert_eq!(no(&have, &want), [Conflict::PeerDisagrees { link: here("a"), peer: here("b") }]);
    assert_eq!(no(&World::new(), &goal(&[("x", link("veth"))])), [Conflict::NoPeer(here("x"))]);
    assert_eq!(
        no(&world(&[("b", link("dummy"))]), &goal(&[("a", a)])),
        [Conflict::NameTaken { link: here("b"), name: name("b") }]
    );
}

#[test]
fn hardware_moves_to_the_namespace_that_wants_it_and_back() {
    let have = world(&[("eth0", up(hardware()))]);
    let mut want = Goal::new();
    want.want(there("blue", "eth0"), up(hardware()));
    let (found, after) = done(&have, &want);
    assert_eq!(told(&found), ["move eth0 blue/eth0", "up blue/eth0"]);
    let home = plan(&after, &back(&have, &after)).expect("a plan");
    assert_eq!(told(&home), ["move blue/eth0 eth0", "up eth0"]);
}
