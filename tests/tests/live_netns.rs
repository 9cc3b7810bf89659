//! Namespaces that a file has made or taken away, with the links in them, and every way back.

use std::process::{Child, Command};
use std::time::Duration;

use linkctl_conformance::upheaval::has_strace;
use linkctl_conformance::{Space, skip};

/// Two namespaces with a pair into each, and one pair within.
const GOAL: &str = "\
version: 1
namespaces: {blue: , red: present}
links:
  lo: {netns: blue, state: up}
  v0: {kind: veth, state: up, veth: {peer: {name: eth0, netns: blue, state: up}}}
  v1: {kind: veth, veth: {peer: {name: eth0, netns: red}}}
  in0: {kind: veth, netns: red, veth: {peer: {name: in1, netns: red}}}
";
const MADE: &[&str] = &["blue", "red"];
/// Takes blue away, of which v0's other end is part.
const LESS: &str = "version: 1\nnamespaces: {blue: {state: absent}}\nlinks: {v0: {state: absent}}\n";

/// The namespaces that have names, and whether a namespace stands behind each.
fn names(space: &Space) -> Vec<String> {
    let out = space.ip("netns list").ok().out;
    let mut names: Vec<String> = out.lines().filter_map(|l| Some(l.split(' ').next()?.to_owned())).collect();
    names.sort();
    names
}

fn has(space: &Space, netns: &str, link: &str) -> bool {
    space.linkctl(&format!("show {link} --netns {netns}")).status == 0
}

#[test]
fn they_come_before_their_links_and_go_after_them() {
    let Some(space) = Space::new() else { return };
    let said = space.plan(GOAL).fails(2).out_has("+ namespace blue").out_has("create-netns blue");
    assert!(said.out.find("namespace red") < said.out.find("create   v1"), "{}", said.out);
    assert!(names(&space).is_empty(), "a plan makes nothing");
    let file = space.file("goal.yaml", GOAL);
    let commands = space.linkctl(&format!("plan --commands {}", file.display())).fails(2).out;
    assert!(commands.starts_with("ip netns add blue\nip netns add red\n"), "{commands}");
    let plan = space.linkctl(&format!("plan --json {}", file.display())).fails(2).json();
    assert_eq!(
        (&plan["steps"][0]["act"], &plan["steps"][0]["netns"]),
        (&"create-netns".into(), &"blue".into())
    );
    space.apply(GOAL, &[]).ok();
    assert_eq!(names(&space), MADE);
    assert!(has(&space, "blue", "eth0") && has(&space, "red", "in1"));
    space.linkctl("show lo --netns blue").ok().out_has(",UP");
    space.plan(GOAL).ok().out_has("nothing to do");
    space.apply(GOAL, &[]).ok().out_has("nothing to do");
    space.linkctl("undo").ok().out_has("- namespace blue");
    assert!(names(&space).is_empty(), "{:?}", names(&space));
    // The commands do the same, and take nothing that the plan does not say.
    for line in commands.lines() {
        space.ip(line.strip_prefix("ip ").expect("a command of ip")).ok();
    }
    space.plan(GOAL).ok().out_has("nothing to do");
}

#[test]
fn only_an_empty_one_is_taken_away_and_the_undo_brings_it_back() {
    let Some(space) = Space::new() else { return };
    space.apply(GOAL, &[]).ok();
    let all = "version: 1\nnamespaces: {blue: absent}\n";
    space.apply(all, &[]).fails(1).err_has("namespace blue still has the link eth0");
    space.apply(LESS, &[]).ok().out_has("- namespace blue");
    assert_eq!(names(&space), ["red"]);
    space.apply(LESS, &[]).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    assert_eq!(names(&space), MADE);
    assert!(has(&space, "blue", "eth0"));
    space.linkctl("show lo --netns blue").ok().out_has(",UP");
    space.plan(GOAL).ok().out_has("nothing to do");
}

/// A process that ends with the test, however that ends.
struct Sleeper(Child);

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill().and_then(|()| self.0.wait().map(drop));
    }
}

#[test]
fn one_that_processes_are_in_stays_unless_that_is_said() {
    let Some(space) = Space::new() else { return };
    space.apply(GOAL, &[]).ok();
    let mut other = Command::new("nsenter");
    other.args(["--net=/run/netns/blue", "sleep", "600"]);
    let Ok(child) = other.spawn() else { return skip("nsenter is not installed") };
    let child = Sleeper(child);
    let comm = format!("/proc/{}/comm", child.0.id());
    while !std::fs::read_to_string(&comm).is_ok_and(|c| c.trim() == "sleep") {
        std::thread::sleep(Duration::from_millis(5));
    }
    let said = space.apply(LESS, &[]).fails(1).err_has("processes run in it").err_has("(sleep)");
    assert!(said.err.contains(&child.0.id().to_string()) && said.err.contains("--take-over"), "{}", said.err);
    assert!(has(&space, "blue", "eth0"));
    space.apply(LESS, &["--take-over"]).ok();
    assert_eq!(names(&space), ["red"]);
}

#[test]
fn what_others_put_into_it_in_the_meantime_keeps_it() {
    let Some(space) = Space::new() else { return };
    space.apply(GOAL, &["--confirm=1s"]).ok();
    space.ip("link add theirs0 type bridge").ok();
    space.ip("-n blue link add theirs1 type bridge").ok();
    space.settled();
    assert_eq!(space.applies()[0]["state"], "undone");
    assert_eq!(names(&space), ["blue"], "red is empty and goes");
    assert!(has(&space, "blue", "theirs1") && !has(&space, "blue", "eth0"));
    space.linkctl("show theirs0").ok();
}

#[test]
fn a_rehearsal_gives_no_names() {
    let Some(space) = Space::new() else { return };
    space.ip("link add v1 type bridge").ok();
    // Refused in the middle: v1 is a bridge, and nobody consents to its end.
    space.apply(GOAL, &["--rehearse"]).fails(1).err_has("--rebuild");
    assert!(names(&space).is_empty());
    space.ip("link del v1").ok();
    space.apply(GOAL, &["--rehearse"]).ok().out_has("rehearsed");
    assert_eq!(names(&space), MADE);
}

#[test]
fn boot_makes_them_and_status_tells_that_one_is_gone() {
    let Some(space) = Space::new() else { return };
    let folder = space.file("links.d", "").with_extension("folder");
    std::fs::create_dir_all(&folder).expect("writable");
    std::fs::write(folder.join("a.yaml"), GOAL).expect("writable");
    let dir = folder.to_str().expect("text");
    space.linkctl_with(&["boot", dir]).ok();
    assert_eq!(names(&space), MADE);
    space.linkctl_with(&["boot", dir]).ok().out_has("as declared");
    space.ip("netns del red").ok();
    // The kernel takes what is in it down at its leisure.
    while space.linkctl("show v1").status == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    space.linkctl_with(&["plan", dir]).fails(2).out_has("+ namespace red").out_has("v1");
    space.linkctl_with(&["boot", dir]).ok();
    assert_eq!(names(&space), MADE);
    assert!(has(&space, "red", "in0"));
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn killed_anywhere_as_they_come_or_go_all_is_as_before_or_as_wanted() {
    let Some(space) = Space::new() else { return };
    if !has_strace() {
        return;
    }
    let step = if std::env::var_os("LINKCTL_IN_VM").is_some() { 3 } else { 1 };
    let mut kills = 0;
    for (goal, calls) in [(GOAL, ["mount", "sendto"]), (LESS, ["umount2", "unlink"])] {
        for call in calls {
            for n in (1..60).step_by(step) {
                if goal == LESS && !names(&space).contains(&"blue".to_owned()) {
                    space.apply(GOAL, &[]).ok();
                }
                let before = names(&space);
                // What is mounted is mounted by a thread; the guardian mounts nothing on the way back.
                let kill = format!("{call}:signal=KILL:when={n}");
                if space.injected(goal, &kill, call == "mount").is_none() {
                    break;
                }
                kills += 1;
                space.settled();
                let what = format!("killed at {call} {n}");
                let state = space.applies().first().map(|a| a["state"].as_str().unwrap_or("").to_owned());
                let state = state.unwrap_or_default();
                if state == "done" {
                    space.plan(goal).ok();
                    space.linkctl("undo").ok();
                }
                assert!(["done", "undone", ""].contains(&&*state), "{what}: {state}");
                assert_eq!(names(&space), before, "{what}, {state}");
                let blue = before.contains(&"blue".to_owned());
                assert_eq!(has(&space, "blue", "eth0"), blue, "{what}");
                let left = std::fs::read_dir("/run/netns").expect("a folder").count();
                assert_eq!(left, before.len(), "{what}: no file is left over");
            }
            if goal == GOAL && !names(&space).is_empty() {
                space.linkctl("undo").ok();
            }
        }
    }
    assert!(kills >= 8 / step, "{kills}");
}
