//! What the planner refuses, with what to do about it.

use linkctl_kinds::{kind, link as field};
use linkctl_link::{Goal, Link};
use linkctl_plan::explain::{Facts, foreseen};
use linkctl_plan::{Conflict, plan};
use linkctl_schema::Name;

use crate::world::*;

/// What is said of the one conflict of a goal on these links.
#[track_caller]
fn conflict(name: &str, want: Link) -> Option<(String, Vec<String>)> {
    let mut goal = Goal::new();
    goal.want(key(name), want);
    of(None, &goal)
}

/// What is said of a conflict, or of the first that a goal meets.
#[track_caller]
fn of(conflict: Option<Conflict>, goal: &Goal) -> Option<(String, Vec<String>)> {
    let read = read(
        &[
            lo(),
            eth(2, "eth0").up(),
            eth(3, "mv0").kind("macvlan").on(2),
            eth(4, "br0").kind("bridge"),
            eth(5, "br1").kind("bridge"),
        ],
        &[lo()],
    );
    let world = read.world(|_| true);
    let facts = Facts {
        read: &read,
        world: &world,
        driver: None,
        elsewhere: Vec::new(),
        privileged: false,
        user_namespace: true,
    };
    let conflict = conflict.or_else(|| plan(&world, goal).expect_err("a conflict").pop())?;
    foreseen(&conflict, goal, &facts).map(|s| (s.what, s.hints))
}

#[track_caller]
fn foresees(got: Option<(String, Vec<String>)>, what: &str, hints: &[&str]) {
    let (said, advice) = got.expect("a rule knows it");
    assert_eq!(said, what);
    assert_eq!(advice, hints);
}

fn link(word: Option<&str>, set: impl FnOnce(&mut Link)) -> Link {
    let mut link = Link::new(word.and_then(kind));
    set(&mut link);
    link
}

fn under(master: &str) -> impl FnOnce(&mut Link) {
    let master: Name = name(master);
    move |l| l.base.set(field::MASTER, master)
}

#[test]
fn conflicts_get_the_hints_of_the_refusal_that_they_foresee() {
    foresees(
        conflict("mv0", link(None, |l| l.base.set(field::MTU, 9000))),
        "mv0: mtu 9000 is more than eth0, on which it stands, has: 1500",
        &[
            "raise eth0 first: linkctl set eth0 mtu 9000 && linkctl set mv0 mtu 9000",
            "or stay within it: linkctl set mv0 mtu 1500",
        ],
    );
    foresees(
        conflict("eth0", link(None, under("br0"))),
        "eth0: mv0 on it takes its packets, so it cannot be a port of br0 too",
        &[
            "delete what stands on it: linkctl del mv0",
            "and let it stand on br0 instead: linkctl add mv0 link br0 type macvlan",
        ],
    );
    foresees(
        conflict("eth0", link(None, under("br9"))),
        "eth0: br9, which it needs, is not there",
        &["did you mean br0, br1?"],
    );
    foresees(
        conflict("br1", link(None, under("br0"))),
        "br1: it is a bridge, as br0 is, and a bridge cannot be a port of a bridge",
        &["connect the two by a pair: linkctl add va master br1 up type veth peer name vb master br0 up"],
    );
    foresees(
        conflict("mv0", link(None, under("mv0"))),
        "mv0: it cannot be its own master",
        &["name another link as its master"],
    );
    foresees(
        conflict("br1", link(None, under("eth0"))),
        "br1: eth0 (hardware) takes no ports: a master is a bridge, a bond or a vrf",
        &["make one: linkctl add br0 up type bridge"],
    );
    foresees(
        conflict("mv1", link(Some("macvlan"), |_| {})),
        "mv1: a macvlan stands on another link, and none is given",
        &["say which: linkctl add mv1 link LINK type macvlan"],
    );
}

#[test]
fn names_and_deletions() {
    let taken = Conflict::NameTaken { link: key("br1"), name: name("br0") };
    foresees(
        of(Some(taken), &Goal::new()),
        "br1: it cannot be called br0: this name is taken (link 4, bridge)",
        &["look at it: linkctl show -d br0", "choose another name, or delete that link: linkctl del br0"],
    );
    let lo = Conflict::NameTaken { link: blue("lo"), name: name("lo") };
    foresees(
        of(Some(lo), &Goal::new()),
        "blue/lo: the loopback link stays in its namespace: every namespace has one of its own",
        &["the one there: linkctl --netns blue show -d lo"],
    );
    let mut goal = Goal::new();
    goal.forbid(key("lo"));
    foresees(
        of(None, &goal),
        "lo: the loopback link cannot be deleted: every network namespace has it",
        &["to have none of its traffic: linkctl set lo down"],
    );
    let mut goal = Goal::new();
    goal.want(key("x"), link(None, |_| {}));
    assert_eq!(of(None, &goal), None);
}
