//! Applies that are disturbed: other programs at the same links, other applies, signals, a kill.

use std::fmt::Write;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use linkctl::link::message::{self, To};
use linkctl_conformance::peer::Everything;
use linkctl_conformance::stage::{Stage, name};
use linkctl_conformance::{Said, Space};

/// A file of so many pairs.
fn pairs(many: usize) -> String {
    let mut out = "version: 1\nlinks:\n".to_owned();
    for i in 0..many {
        let _ = writeln!(out, "  v{i}: {{kind: veth, alias: pair, veth: {{peer: w{i}}}}}");
    }
    out
}

/// How many links take long enough to be interrupted.
fn many() -> usize {
    if std::env::var_os("LINKCTL_IN_VM").is_some() { 400 } else { 1500 }
}

/// Begins an apply and returns once it is in the middle of it.
fn begun(space: &Space, goal: &str) -> Child {
    let file = space.file("goal.yaml", goal);
    let mut child = Command::new(space.binary())
        .arg("apply")
        .arg(&file)
        .arg("--state")
        .arg(space.state())
        // A plan of this length would fill a pipe.
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("linkctl starts");
    let mut stage = Stage::new();
    while !stage.is_there("v20") {
        assert!(child.try_wait().expect("it is ours").is_none(), "it ended before it made a link");
    }
    child
}

fn signal(child: &Child, which: &str) {
    let status = Command::new("kill").args([which, &child.id().to_string()]).status().expect("kill starts");
    assert!(status.success(), "the apply was over before the signal");
}

fn ended(child: Child) -> Said {
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn an_apply_that_is_interrupted_leaves_no_link_behind() {
    let Some(space) = Space::new() else { return };
    let before = Everything::read(&space, &[]);
    for which in ["-INT", "-TERM", "-HUP"] {
        let child = begun(&space, &pairs(many()));
        signal(&child, which);
        ended(child).fails(5).err_has("signal").err_has("taken back");
        before.assert_same(&space, which);
        // It was taken back: nothing is.
        space.linkctl("undo").fails(6);
    }
}

#[test]
fn of_two_applies_at_once_one_waits_its_turn_or_is_told() {
    let Some(space) = Space::new() else { return };
    let goal = pairs(many() / 4);
    let first = begun(&space, &goal);
    let second = space.apply(&goal, &[]);
    ended(first).ok();
    match second.status {
        9 => drop(second.err_has("another apply")),
        0 => drop(second.out_has("nothing to do")),
        status => panic!("{status}: {}", second.err),
    }
    space.apply(&goal, &[]).ok().out_has("nothing to do");
}

#[test]
fn links_that_others_delete_meanwhile_harm_no_other_link() {
    let Some(space) = Space::new() else { return };
    let mut goal = "version: 1\nlinks:\n  br0: {kind: bridge, mtu: 1500}\n".to_owned();
    for i in 0..6 {
        let _ = writeln!(
            goal,
            "  s{i}: {{kind: veth, master: br0, state: up, alias: mine, veth: {{peer: t{i}}}}}"
        );
        let _ = writeln!(
            goal,
            "  v{i}: {{kind: veth, master: br0, state: up, alias: theirs, veth: {{peer: w{i}}}}}"
        );
    }
    let before = Everything::read(&space, &[]);
    let on = AtomicBool::new(true);
    let mut seen = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut stage = Stage::new();
            let mut at = 0;
            while on.load(Ordering::Relaxed) {
                at = (at + 1) % 6;
                let _ = stage.send(message::delete(To::Name(name(&format!("v{at}")))).expect("short"));
            }
        });
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..if std::env::var_os("LINKCTL_IN_VM").is_some() { 8 } else { 20 } {
                let said = space.apply(&goal, &[]);
                seen.push(said.status);
                assert!(!said.err.contains("panicked"), "round {round}: {}", said.err);
                assert!([0, 1, 4, 5].contains(&said.status), "round {round}: {} {}", said.status, said.err);
                let now = Everything::read(&space, &[]);
                let there = (0..6).filter(|i| !now.at(&format!("s{i}"), "/ifname").is_null()).count();
                let whole = (0..6).all(|i| {
                    let s = format!("s{i}");
                    now.at(&s, "/master") == "br0"
                        && now.at(&s, "/ifalias") == "mine"
                        && now.at(&s, "/flags/2") == "UP"
                });
                // Kept and whole, or taken back.
                if said.status == 0 {
                    assert!(there == 6 && whole, "round {round}: status 0 and {there} of 6");
                } else {
                    assert_eq!(
                        there, 0,
                        "round {round}: status {} and {there} of 6: {}",
                        said.status, said.err
                    );
                }
                if there > 0 {
                    let names: Vec<String> =
                        (0..6).flat_map(|i| [format!("s{i}"), format!("v{i}")]).collect();
                    let _ = space.linkctl(&format!("del br0 {}", names.join(" ")));
                    while space.ip("link show br0").status == 0 {
                        let _ = space.ip("link del br0");
                        (0..6).for_each(|i| _ = space.ip(&format!("link del s{i}")));
                    }
                }
                let _ = std::fs::remove_dir_all(space.state());
            }
        }));
        on.store(false, Ordering::Relaxed);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    (0..6).for_each(|i| _ = space.ip(&format!("link del v{i}")));
    before.assert_same(&space, "in the end");
}

#[test]
fn a_program_that_changes_the_same_links_all_the_time_leaves_an_apply_whole_or_taken_back() {
    let Some(space) = Space::new() else { return };
    let goal = |mtu: u32| {
        let mut goal = "version: 1\nlinks:\n  br0: {kind: bridge, state: up}\n".to_owned();
        for i in 0..6 {
            let _ = writeln!(
                goal,
                "  v{i}: {{kind: veth, master: br0, state: up, mtu: {mtu}, veth: {{peer: w{i}}}}}"
            );
        }
        goal
    };
    space.apply(&goal(1500), &[]).ok();
    let on = AtomicBool::new(true);
    let mut statuses = std::collections::BTreeMap::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut stage = Stage::new();
            let mut mtu = linkctl::schema::Record::new(&linkctl::kinds::link::FIELDS);
            mtu.set(linkctl::kinds::link::MTU, 1300);
            for at in (0..6).cycle() {
                if !on.load(Ordering::Relaxed) {
                    return;
                }
                // It neither hurries nor waits: some applies are alone, most are not.
                let _ = stage.set_base(&format!("v{at}"), &mtu);
                let _ = stage.up(&format!("v{at}"), at % 2 == 0);
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        });
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for round in 0..if std::env::var_os("LINKCTL_IN_VM").is_some() { 8 } else { 30 } {
                let said = space.apply(&goal(1400 + round), &[]);
                *statuses.entry(said.status).or_insert(0) += 1;
                assert!([0, 4, 5].contains(&said.status), "round {round}: {} {}", said.status, said.err);
                space.settled();
                let last = &space.applies()[0];
                let state = last["state"].as_str().unwrap_or_default();
                assert_eq!(state, if said.status == 0 { "done" } else { "undone" }, "round {round}: {last}");
            }
        }));
        on.store(false, Ordering::Relaxed);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    });
    println!("{statuses:?}");
    space.apply(&goal(1500), &[]).ok();
    space.plan(&goal(1500)).ok().out_has("nothing to do");
}
