//! Links that stand on others, or are their other ends, in namespaces that the file does not name; and ways home that cannot be
//! gone to the end.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use linkctl_conformance::Space;
use linkctl_conformance::peer::Everything;

const BLUE: &[&str] = &["blue"];

fn file(links: &str) -> String {
    format!("version: 1\nlinks: {{{links}}}\n")
}

/// A namespace `blue` and what stands in it.
fn prepared(space: &Space, more: &[&str]) -> Everything {
    space.ip("netns add blue").ok();
    more.iter().for_each(|words| _ = space.ip(words).ok());
    Everything::read(space, BLUE)
}

/// The last apply, once it is taken back as the guardian does it, too, whether or not all of it could be.
fn taken_back(space: &Space) -> serde_json::Value {
    let said = space.linkctl("rollback");
    let last = space.applies()[0].clone();
    assert_eq!(said.status == 7, last["state"] == "broken", "{}", said.err);
    last
}

/// A process with a network namespace of its own, which has no name.
struct Nameless(Child);

impl Nameless {
    fn new() -> Self {
        let here = std::fs::read_link("/proc/thread-self/ns/net").expect("a namespace");
        let child = Command::new("unshare").args(["-n", "sleep", "1000"]).stdout(Stdio::null()).spawn();
        let child = child.expect("unshare starts");
        let its = format!("/proc/{}/ns/net", child.id());
        while std::fs::read_link(&its).is_ok_and(|now| now == here) {
            std::thread::sleep(Duration::from_millis(1));
        }
        Self(child)
    }
}

impl Drop for Nameless {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_end_elsewhere_is_told_and_comes_back() {
    let Some(space) = Space::new() else { return };
    let before = prepared(
        &space,
        &[
            "link add va mtu 1450 type veth peer name vb netns blue",
            "-n blue link set vb alias theirs mtu 1400 up",
            "link set va up",
        ],
    );
    let gone = file("va: {state: absent}");
    space.plan(&gone).fails(2).out_has("blue/vb").out_has("it falls with va");
    space.apply(&gone, &["--allow-disruption"]).ok();
    assert_eq!(space.ip("-n blue -j link show").ok().json().as_array().map(Vec::len), Some(1));
    space.linkctl("undo").ok();
    before.assert_same(&space, "undone");
    // The same where a link is made anew, and where a later step is refused.
    space.apply(&file("va: {kind: bridge}"), &["--rebuild", "--allow-disruption"]).ok();
    space.linkctl("undo").ok();
    before.assert_same(&space, "a rebuild undone");
    let bad = file("va: {state: absent}, zz: {kind: veth, gso_max_size: 600000, veth: {peer: zzp}}");
    space.apply(&bad, &["--allow-disruption"]).fails(1).err_has("gso_max_size").err_has("taken back");
    before.assert_same(&space, "refused in the middle");
    space.apply(&gone, &["--allow-disruption", "--confirm"]).ok();
    assert_eq!(taken_back(&space)["state"], "undone");
    before.assert_same(&space, "not confirmed");
}

#[test]
fn what_stands_on_a_link_from_elsewhere_is_not_taken_along() {
    let Some(space) = Space::new() else { return };
    let before = prepared(
        &space,
        &[
            "link add br0 address 02:00:00:00:00:09 up type bridge",
            "link add mv0 link br0 type macvlan mode bridge",
            "link set mv0 netns blue",
            "-n blue link set mv0 up",
        ],
    );
    let gone = file("br0: {state: absent}");
    space.plan(&gone).fails(1).err_has("blue/mv0 needs br0");
    before.assert_same(&space, "a plan");
    // A rebuild makes it again, and says so.
    let other = file("br0: {kind: veth, veth: {peer: br0p}}");
    space.plan(&other).fails(2).out_has("blue/mv0  rebuild   it falls with br0");
    space.apply(&other, &["--rebuild"]).ok();
    let now = Everything::read(&space, BLUE);
    assert_eq!(now.at("blue/mv0", "/linkinfo/info_kind"), "macvlan");
    space.linkctl("undo").ok();
    before.assert_same(&space, "undone");
}

#[test]
fn what_nobody_can_make_again_is_left_out_of_a_way_home_and_told() {
    let Some(space) = Space::new() else { return };
    let far = Nameless::new();
    let pair = format!("link add vu type veth peer name vz netns {}", far.0.id());
    prepared(&space, &[&pair]);
    let goal = file("vu: {state: absent}, v8: {kind: veth, veth: {peer: v9}}");
    space.plan(&goal).fails(2).out_has("vu loses: its other end").out_has("no way back makes it again");
    space.apply(&goal, &["--allow-disruption"]).ok();
    space.linkctl("undo").ok().err_has("vu is not made again");
    let links = |space: &Space| space.ip("-j link show").ok().json().as_array().map(Vec::len);
    assert_eq!(links(&space), Some(1));
    // A way home that nobody is asked for goes as far as it can, and says that it is not all.
    space.ip(&pair).ok();
    space.apply(&goal, &["--allow-disruption", "--confirm"]).ok();
    let last = taken_back(&space);
    assert_eq!(last["state"], "broken");
    let note = last["note"].as_str().expect("a note");
    assert!(note.contains("vu needs another end") && note.contains("all else is as it was"), "{note}");
    assert_eq!(links(&space), Some(1));
    space.linkctl("undo").ok().err_has("vu is not made again");
    space.linkctl("status").ok();
}

#[test]
fn what_others_use_by_now_stays_and_all_else_goes_home() {
    let Some(space) = Space::new() else { return };
    let before = prepared(&space, &["link add old type bridge"]);
    let goal = file(
        "br0: {kind: bridge}, br1: {kind: bridge}, v0: {kind: veth, veth: {peer: v1}}, old: {mtu: 1400}",
    );
    space.apply(&goal, &["--confirm"]).ok();
    space.ip("link add mv0 link br0 type macvlan").ok();
    space.ip("link add mv1 link br1 type macvlan").ok();
    space.ip("link set mv1 netns blue").ok();
    let last = taken_back(&space);
    assert_eq!(last["state"], "broken", "{last}");
    let note = last["note"].as_str().expect("a note");
    assert!(note.contains("br0 stays, for mv0 needs it") && note.contains("all else"), "{note}");
    let now = Everything::read(&space, BLUE);
    assert_eq!((now.at("old", "/mtu"), now.at("v0", "")), (1500.into(), serde_json::Value::Null));
    assert_eq!(now.at("blue/mv1", "/linkinfo/info_kind"), "macvlan");
    // One who is asked changes nothing before he has decided, and can go all the way then.
    space.linkctl("undo").fails(1).err_has("br0 cannot be taken back: mv0 needs it");
    space.ip("link del mv0").ok();
    space.linkctl("undo").fails(1).err_has("br1 cannot be taken back: blue/mv1 needs it");
    space.ip("-n blue link del mv1").ok();
    space.linkctl("undo").ok();
    before.assert_same(&space, "all of it");
}

#[test]
fn a_namespace_that_others_use_stays() {
    let Some(space) = Space::new() else { return };
    let goal =
        "version: 1\nnamespaces: {red: }\nlinks: {v0: {kind: veth, veth: {peer: {name: v1, netns: red}}}}\n";
    space.apply(goal, &[]).ok();
    space.ip("-n red link add theirs type bridge").ok();
    space.linkctl("undo").ok().err_has("red stays");
    let links = space.ip("-n red -j link show").ok().json();
    assert_eq!(links.as_array().map(Vec::len), Some(2), "{links}");
    space.linkctl("show v0").fails(1);
}

#[test]
fn a_link_of_others_under_the_name_of_ours_stays() {
    let Some(space) = Space::new() else { return };
    space.apply(&file("w0: {kind: bridge}, w1: {kind: bridge}"), &["--confirm"]).ok();
    space.ip("link del w0").ok();
    space.ip("link add w0 type bridge ageing_time 4000").ok();
    let last = taken_back(&space);
    assert_eq!(last["state"], "undone");
    assert!(last["note"].as_str().is_some_and(|n| n.contains("w0 is left alone")), "{last}");
    space.ip("-d link show w0").ok().out_has("ageing_time 4000");
    space.linkctl("show w1").fails(1);
}

#[test]
fn what_was_done_in_a_namespace_that_is_gone_is_not_undone_in_the_next() {
    let Some(space) = Space::new() else { return };
    let run = |words: &str| space.linkctl(&format!("{words} --netns blue"));
    let file = space.file("goal.yaml", &file("br0: {kind: bridge}"));
    // The kernel gives the lowest inode that is free, so that the next namespace gets the one of the last.
    for _ in 0..3 {
        space.ip("netns add blue").ok();
        run("undo").fails(6);
        run(&format!("apply {}", file.display())).ok();
        space.ip("netns del blue").ok();
        space.ip("netns add blue").ok();
        space.ip("-n blue link add br0 type bridge").ok();
        run("undo").fails(6).err_has("nothing to take back");
        run("status").ok();
        space.ip("-n blue link show br0").ok();
        space.ip("netns del blue").ok();
    }
}

#[test]
fn a_link_of_ours_that_others_renamed_stays_and_is_told() {
    let Some(space) = Space::new() else { return };
    let goal = file("w0: {kind: bridge}, w1: {kind: bridge}");
    space.apply(&goal, &["--confirm"]).ok();
    space.ip("link set w0 name theirs").ok();
    let last = taken_back(&space);
    let note = last["note"].as_str().expect("a note");
    assert!(note.contains("w0, which the apply made, is called theirs by now"), "{note}");
    space.ip("link show theirs").ok();
    space.apply(&goal, &[]).ok();
    space.ip("link set w0 name others").ok();
    space.ip("link add w0 type bridge").ok();
    space.linkctl("undo").ok().err_has("w0, which the apply made, is called others by now");
    for link in ["theirs", "others", "w0"] {
        space.ip(&format!("link show {link}")).ok();
    }
    space.linkctl("show w1").fails(1);
}

#[test]
fn a_link_of_others_under_the_name_of_one_that_is_to_come_back_is_not_deleted() {
    let Some(space) = Space::new() else { return };
    let before = prepared(
        &space,
        &[
            "link add va type veth peer name vb netns blue",
            "link add q0 mtu 1400 address 02:00:00:00:00:07 type bridge",
        ],
    );
    let gone = file("va: {state: absent}, q0: {state: absent}");
    space.apply(&gone, &["--allow-disruption"]).ok();
    space.ip("-n blue link add vb type bridge").ok();
    space.ip("-n blue addr add 192.0.2.1/24 dev vb").ok();
    let theirs = || _ = space.ip("-n blue addr show vb").ok().out_has("192.0.2.1");
    space.linkctl("undo").fails(1).err_has("blue/vb cannot be brought back").err_has("nothing was changed");
    theirs();
    space.linkctl("show q0").fails(1);
    space.ip("-n blue link del vb").ok();
    space.linkctl("undo").ok();
    before.assert_same(&space, "out of the way");
    // Whoever is not asked brings back the rest.
    space.apply(&gone, &["--allow-disruption", "--confirm"]).ok();
    space.ip("-n blue link add vb type bridge").ok();
    space.ip("-n blue addr add 192.0.2.1/24 dev vb").ok();
    let note = taken_back(&space)["note"].to_string();
    assert!(note.contains("blue/vb cannot be brought back") && note.contains("va cannot be made"), "{note}");
    theirs();
    space.ip("link show q0").ok();
    space.linkctl("undo").ok().err_has("blue/vb cannot be brought back");
    theirs();
    space.linkctl("status").ok();
}

#[test]
fn what_was_in_a_namespace_that_is_gone_is_told_and_all_else_comes_back() {
    let Some(space) = Space::new() else { return };
    prepared(
        &space,
        &[
            "link add va type veth peer name vb netns blue",
            "link add q0 mtu 1400 address 02:00:00:00:00:07 type bridge",
        ],
    );
    let gone = file("va: {state: absent}, q0: {state: absent}");
    space.apply(&gone, &["--allow-disruption", "--confirm=1s"]).ok();
    space.ip("netns del blue").ok();
    let start = Instant::now();
    let last = loop {
        let last = space.applies()[0].clone();
        if last["state"] != "waiting" {
            break last;
        }
        assert!(start.elapsed() < Duration::from_mins(1), "still: {last}");
        std::thread::sleep(Duration::from_millis(20));
    };
    let note = last["note"].to_string();
    assert!(last["state"] == "broken" && note.contains("there is no namespace blue any more"), "{last}");
    space.ip("link show q0").ok();
    space.linkctl("show va").fails(1);
    space.linkctl("undo").ok().err_has("there is no namespace blue any more");
    space.linkctl("status").ok();
}
