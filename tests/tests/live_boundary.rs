//! A plan of thirty steps, ended everywhere: at each message by a kill, at each step by the library, at each write of
//! the journal by a disk that says no. Afterwards the links are as they were or as wanted, and the journal says which.

use linkctl::apply::{go_home, lookup, run};
use linkctl::kernel::{Live, Place};
use linkctl::link::{Goal, load};
use linkctl::plan::{Plan, back_from, plan_with};
use linkctl_conformance::Space;
use linkctl_conformance::peer::Everything;
use linkctl_conformance::upheaval::{GOAL, SPACES, before, has_strace};

/// Addresses that the kernel draws for what is made anew are not those of before.
const DRAWN: &[&str] = &["br1", "va", "vb", "red/eth0", "blue/eth0", "mv0", "old0", "br0"];

/// In the rig each start of a program takes its time.
fn stride() -> usize {
    if std::env::var_os("LINKCTL_IN_VM").is_some() { 5 } else { 1 }
}

/// One state or the other, and the journal knows which.
#[track_caller]
fn settled(space: &Space, was: &Everything, what: &str) -> bool {
    println!("{what}");
    space.settled();
    let now = Everything::read(space, SPACES);
    let applied = now.at("lab", "/ifname") == "lab";
    let last = space.applies().first().cloned();
    let state = last.as_ref().and_then(|a| a["state"].as_str()).unwrap_or("none").to_owned();
    if applied {
        assert_eq!(state, "done", "{what}: it holds");
        space.plan(GOAL).ok();
        space.linkctl("undo").ok();
    } else {
        assert!(["undone", "none"].contains(&state.as_str()), "{what}: {state}, it was taken back");
    }
    was.forget_addresses(DRAWN).assert_same(space, what);
    applied
}

#[test]
fn killed_at_any_message_the_links_are_as_before_or_as_wanted() {
    let Some(space) = Space::new() else { return };
    if !has_strace() {
        return;
    }
    let was = before(&space);
    let (mut kills, mut held) = (0, 0);
    for call in ["sendto", "fsync", "rename"] {
        for n in (1..200).step_by(stride()) {
            let Some(said) = space.injected(GOAL, &format!("{call}:signal=KILL:when={n}"), false) else {
                settled(&space, &was, &format!("{call} was called less than {n} times"));
                break;
            };
            assert_ne!(said.status, 0, "it was killed");
            kills += 1;
            held += usize::from(settled(&space, &was, &format!("killed at {call} {n}")));
        }
    }
    println!("{kills} kills, after {held} of them the links were as wanted");
    assert!(kills > 20 / stride() && held < kills / 2);
}

#[test]
fn a_call_that_fails_anywhere_leaves_the_links_as_before_or_as_wanted() {
    let Some(space) = Space::new() else { return };
    if !has_strace() {
        return;
    }
    let was = before(&space);
    let mut tried = 0;
    let calls = [
        ("fsync", "EIO"),
        ("rename", "ENOSPC"),
        ("sendto", "ENOBUFS"),
        ("recvmsg", "ENOMEM"),
        ("recvmsg", "EINTR"),
        ("write", "EROFS"),
    ];
    for (call, errno) in calls {
        for n in (1..60).step_by(stride()) {
            let inject = format!("{call}:error={errno}:when={n}");
            let Some(said) = space.injected(GOAL, &inject, false) else {
                settled(&space, &was, &inject);
                break;
            };
            tried += 1;
            assert!(!said.err.contains("panicked"), "{inject}: {}", said.err);
            // Broken is when nothing works any more: then the guardian has led home.
            let applied = settled(&space, &was, &inject);
            // 4: all is as wanted, and whose the links are could not be recorded.
            let honest =
                if applied { [0, 4].contains(&said.status) || call == "write" } else { said.status != 0 };
            assert!(honest, "{inject}: applied {applied}, status {} {}", said.status, said.err);
        }
    }
    println!("{tried} calls failed");
    assert!(tried > 30 / stride());
}

/// Reads the goal, and plans it.
fn planned(live: &mut Live) -> (Goal, Plan, linkctl::link::World) {
    let goal = load::load("goal.yaml".as_ref(), GOAL.as_bytes()).expect("a goal");
    let (world, snapshot) = lookup::world(live, &goal).expect("readable");
    let labels = lookup::labels(live, &goal, &snapshot).expect("found");
    let plan = plan_with(&world, &goal, &labels).expect("a plan");
    (goal, plan, world)
}

#[test]
fn from_each_of_thirty_steps_the_record_leads_home() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    let live = || Live::open(Place::Here).expect("a socket");
    let (_, plan, _) = planned(&mut live());
    assert!(plan.steps.len() >= 30, "{} steps", plan.steps.len());
    for many in 0..=plan.steps.len() {
        let (_, plan, world) = planned(&mut live());
        let home = back_from(&world, &plan);
        let part = Plan::of(plan.steps[..many].to_vec());
        let account = run(&part, &world, &mut live(), &mut |_| {});
        assert!(account.stopped.is_none(), "step {many}: {:?}", account.stopped);
        // As another process would: from what the disk says.
        let text = linkctl::link::save::json(&home);
        let home = load::restore("record".as_ref(), text.as_bytes()).expect("it reads back");
        go_home(&mut live(), &home)
            .unwrap_or_else(|e| panic!("from step {many}, {:?}: {e}", plan.steps.get(many)));
        was.forget_addresses(DRAWN).assert_same(&space, &format!("from step {many} of {}", plan.steps.len()));
    }
}
