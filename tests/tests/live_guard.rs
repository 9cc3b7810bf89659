//! The guardian: applies that wait to be confirmed, and applies that die, hang or cannot be taken back.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use linkctl_conformance::peer::Everything;
use linkctl_conformance::stage::Stage;
use linkctl_conformance::upheaval::{GOAL, SPACES, before};
use linkctl_conformance::{Said, Space, skip};

const SMALL: &str = "version: 1\nlinks:\n  br0: {kind: bridge, state: up}\n  va: {kind: veth, master: br0, veth: {peer: vb}}\n";

/// A file of so many pairs.
fn pairs(many: usize) -> String {
    let entry = |i| format!("  v{i}: {{kind: veth, veth: {{peer: w{i}}}}}\n");
    "version: 1\nlinks:\n".to_owned() + &(0..many).map(entry).collect::<String>()
}

/// Begins an apply and returns once it is in the middle of it.
fn begun(space: &Space, goal: &str, more: &[&str]) -> Child {
    let file = space.file("goal.yaml", goal);
    let mut command = Command::new(space.binary());
    command.arg("apply").arg(&file).arg("--state").arg(space.state()).args(more);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("linkctl starts");
    let mut stage = Stage::new();
    while !stage.is_there("v20") {
        assert!(child.try_wait().expect("it is ours").is_none(), "it ended before it made a link");
    }
    child
}

fn signal(pid: u32, which: &str) {
    let status = Command::new("kill").args([which, &pid.to_string()]).status().expect("kill starts");
    assert!(status.success(), "kill {which} {pid}");
}

/// The folder of the records.
fn records(space: &Space) -> PathBuf {
    let found = fs::read_dir(space.state()).expect("a state folder").flatten().map(|e| e.path());
    found.into_iter().find(|p| p.is_dir()).expect("a folder of records")
}

/// The process that guards the last apply.
fn guardian(space: &Space) -> u32 {
    let id = space.applies()[0]["id"].as_str().expect("an id").to_owned();
    let text = fs::read_to_string(records(space).join(format!("{id}.guard"))).expect("a guardian");
    text.trim().parse().expect("a number")
}

#[test]
fn what_is_not_confirmed_in_time_is_taken_back_and_told() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    space.apply(GOAL, &["--confirm=1s"]).ok().out_has("linkctl confirm");
    space.linkctl("status").fails(2).out_has("waits to be confirmed").out_has("linkctl rollback");
    space.settled();
    was.assert_same(&space, "not confirmed");
    let last = space.applies()[0].clone();
    assert_eq!((last["state"].as_str(), last["window"].as_f64()), (Some("undone"), Some(1.0)));
    assert!(last["note"].as_str().is_some_and(|n| n.contains("not confirmed")), "{last}");
    space.linkctl("confirm").fails(6).err_has("history");
}

#[test]
fn what_is_confirmed_stays_and_can_be_undone_later() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    space.apply(GOAL, &["--confirm=2s"]).ok();
    // One at a time.
    space.apply(SMALL, &[]).fails(6).err_has("waits to be confirmed").err_has("linkctl rollback");
    let id = space.applies()[0]["id"].as_str().expect("an id").to_owned();
    space.linkctl("confirm ../../../etc").fails(6);
    space.linkctl("confirm zzzzzzzzzzzz").fails(6);
    space.linkctl(&format!("confirm {}", &id[..11])).ok().out_has(&id);
    let after = Everything::read(&space, SPACES);
    std::thread::sleep(Duration::from_millis(2300));
    after.assert_same(&space, "confirmed");
    space.linkctl("status").ok();
    space.linkctl("undo").ok();
    was.assert_same(&space, "undone");
}

#[test]
fn more_time_is_given_and_a_rollback_needs_none() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    space.apply(GOAL, &["--confirm=1s"]).ok();
    space.linkctl("extend 60s").ok().out_has("60 s left");
    let after = Everything::read(&space, SPACES);
    std::thread::sleep(Duration::from_millis(1500));
    after.assert_same(&space, "there is time");
    space.linkctl("extend nonsense").fails(3);
    space.linkctl("rollback").ok();
    was.assert_same(&space, "taken back");
    space.linkctl("rollback").fails(6);
}

#[test]
fn a_guardian_that_is_killed_is_missed_and_one_that_is_told_to_end_leads_home_first() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    space.apply(GOAL, &["--confirm=60s"]).ok();
    signal(guardian(&space), "-KILL");
    std::thread::sleep(Duration::from_millis(100));
    space.linkctl("status").fails(6).out_has("its guardian is gone");
    // More time would be a window that nobody guards.
    space.linkctl("extend 5s").fails(6).err_has("its guardian is gone").err_has("linkctl rollback");
    space.linkctl("rollback").ok();
    was.assert_same(&space, "taken back by hand");
    space.apply(GOAL, &["--confirm=60s"]).ok();
    signal(guardian(&space), "-TERM");
    space.settled();
    was.assert_same(&space, "the guardian was told to end");
}

#[test]
fn an_apply_that_is_killed_is_taken_back_by_its_guardian() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    let mut child =
        begun(&space, &pairs(if std::env::var_os("LINKCTL_IN_VM").is_some() { 400 } else { 1500 }), &[]);
    child.kill().expect("it is ours");
    child.wait().expect("it is ours");
    // The next apply waits for the guardian, and goes on.
    let said = space.apply(SMALL, &[]).ok();
    assert!(!said.err.contains("cut off"), "{}", said.err);
    space.linkctl("undo").ok();
    was.assert_same(&space, "killed");
    assert!(
        space.applies().iter().any(|a| a["note"].as_str().is_some_and(|n| n.contains("ended in the middle")))
    );
}

#[test]
fn an_apply_that_is_stopped_is_ended_and_taken_back() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    let mut child =
        begun(&space, &pairs(if std::env::var_os("LINKCTL_IN_VM").is_some() { 400 } else { 1500 }), &[]);
    signal(child.id(), "-STOP");
    let start = Instant::now();
    let status = child.wait().expect("it is ours");
    assert!(
        !status.success() && start.elapsed() > Duration::from_secs(8),
        "{status} after {:?}",
        start.elapsed()
    );
    space.settled();
    was.assert_same(&space, "stopped");
}

#[test]
fn what_cannot_be_taken_back_is_said_until_it_could() {
    let Some(space) = Space::new() else { return };
    space.ip("link add lo0 address 02:00:00:00:00:01 type veth peer name lo1").ok();
    space.ip("link add mv0 link lo0 address 02:00:00:00:00:02 type macvlan").ok();
    let was = Everything::read(&space, &[]);
    space.apply("version: 1\nlinks: {mv0: {state: absent}}\n", &["--confirm=60s"]).ok();
    // Somebody takes away what it stood on.
    space.ip("link del lo0").ok();
    space.linkctl("rollback").fails(7).err_has("lo0");
    space.linkctl("status").fails(7).out_has("could not be taken back");
    space.apply(SMALL, &[]).fails(6).err_has("could not be taken back");
    space.ip("link add lo0 address 02:00:00:00:00:01 type veth peer name lo1").ok();
    // The guardian tries again by itself for a while: one of the two succeeds.
    let _ = space.linkctl("rollback");
    space.settled();
    was.forget_addresses(&["lo1"]).assert_same(&space, "taken back at last");
}

#[test]
fn a_record_that_is_damaged_is_told_and_not_carried_out() {
    let Some(space) = Space::new() else { return };
    space.apply(SMALL, &[]).ok();
    let after = Everything::read(&space, &[]);
    let file = fs::read_dir(records(&space)).expect("records").flatten().map(|e| e.path());
    let file = file.into_iter().find(|p| p.extension().is_some_and(|e| e == "done")).expect("a record");
    let bytes = fs::read(&file).expect("readable");
    for bad in [&bytes[..bytes.len() / 2], b"", b"garbage\n{}", &[&bytes[..], b" "].concat()] {
        fs::write(&file, bad).expect("writable");
        space.linkctl("undo").fails(1).err_has(".done").err_has("nothing was changed");
        space.linkctl("history").ok();
        after.assert_same(&space, "a damaged record changes nothing");
    }
    fs::write(&file, bytes).expect("writable");
    space.linkctl("undo").ok();
}

#[test]
fn a_guardian_needs_no_disk_to_lead_home() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    space.apply(GOAL, &["--confirm=2s"]).ok();
    for entry in fs::read_dir(records(&space)).expect("records").flatten() {
        if entry.path().extension().is_some_and(|e| e == "waiting") {
            fs::write(entry.path(), b"lost").expect("writable");
        }
    }
    space.settled();
    was.assert_same(&space, "the record was damaged meanwhile");
}

#[test]
fn a_full_disk_is_told_before_anything_is_changed() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    let folder = space.state().with_extension("full");
    fs::create_dir_all(&folder).expect("a folder");
    let mounted =
        Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k,mode=700", "none"]).arg(&folder).status();
    if !mounted.is_ok_and(|s| s.success()) {
        return skip("no tmpfs can be mounted here");
    }
    let filler = vec![0u8; 1 << 20];
    let _ = fs::write(folder.join("filler"), &filler);
    let file = space.file("goal.yaml", GOAL);
    let apply = |state: &std::path::Path| -> Said {
        let mut command = Command::new(space.binary());
        command.arg("apply").arg(&file).arg("--state").arg(state).env("NO_COLOR", "1");
        command.output().expect("linkctl starts").into()
    };
    apply(&folder).fails(1).err_has("No space left");
    was.assert_same(&space, "a full disk");
    fs::remove_file(folder.join("filler")).expect("ours");
    let read_only = Command::new("mount").args(["-o", "remount,ro"]).arg(&folder).status();
    assert!(read_only.is_ok_and(|s| s.success()));
    apply(&folder).fails(1).err_has("Read-only");
    was.assert_same(&space, "a read-only disk");
    let _ = Command::new("umount").arg(&folder).status();
    let _ = fs::remove_dir(&folder);
}

#[test]
fn of_twenty_applies_at_once_each_holds_whole_or_not_at_all() {
    let Some(space) = Space::new() else { return };
    let goal = |n: usize| {
        format!(
            "version: 1\nlinks:\n  br0: {{kind: bridge, state: up, mtu: {}}}\n  va: {{kind: veth, master: br0, mtu: {}, alias: n{n}, veth: {{peer: vb}}}}\n",
            1300 + n,
            1300 + n
        )
    };
    let all: Vec<Child> = (0..20)
        .map(|n| {
            let file = space.file(&format!("goal{n}.yaml"), &goal(n));
            let wait = if n % 2 == 0 { "--wait=60s" } else { "--wait=0" };
            let mut command = Command::new(space.binary());
            command.arg("apply").arg(file).arg("--state").arg(space.state()).arg(wait);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("linkctl starts")
        })
        .collect();
    let said: Vec<Said> = all.into_iter().map(|c| c.wait_with_output().expect("it ends").into()).collect();
    for (n, said) in said.iter().enumerate() {
        let fits = said.status == 0 || n % 2 == 1 && said.status == 9;
        assert!(fits, "apply {n}: {} {}", said.status, said.err);
    }
    let now = Everything::read(&space, &[]);
    let n = now.at("va", "/mtu").as_u64().expect("an MTU") - 1300;
    assert_eq!(now.at("va", "/ifalias"), format!("n{n}"), "one of them, whole");
    assert_eq!(now.at("br0", "/mtu"), 1300 + n);
    let held = said.iter().filter(|s| s.status == 0).count();
    assert!(space.applies().iter().filter(|a| a["state"] == "done").count() <= held);
    space.linkctl("status").ok();
}

#[test]
fn several_applies_are_taken_back_at_once() {
    let Some(space) = Space::new() else { return };
    let was = Everything::read(&space, &[]);
    for mtu in [1400, 1300, 1200] {
        space.apply(&SMALL.replace("state: up", &format!("state: up, mtu: {mtu}")), &[]).ok();
    }
    let said = space.linkctl("undo 2 --json").ok();
    assert_eq!(said.json()["undone"].as_array().map(Vec::len), Some(2));
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1400);
    space.linkctl("undo 9").ok().err_has("there were only 1 to take back, not 9");
    was.assert_same(&space, "all of them");
    space.linkctl("undo 0").fails(3);
}

/// Lets the last apply be of a time when the clock was far ahead.
fn ahead(space: &Space) {
    let id = space.applies()[0]["id"].as_str().expect("an id").to_owned();
    for entry in fs::read_dir(records(space)).expect("records").flatten().map(|e| e.path()) {
        let name = entry.file_name().and_then(|n| n.to_str()).expect("plain").to_owned();
        if let Some(ending) = name.strip_prefix(&id) {
            fs::rename(&entry, entry.with_file_name(format!("01zzzzzzzzzz{ending}"))).expect("ours");
        }
    }
}

#[test]
fn applies_keep_their_order_where_the_clock_was_set_back() {
    let Some(space) = Space::new() else { return };
    let was = Everything::read(&space, &[]);
    let mtu = |mtu| SMALL.replace("state: up", &format!("state: up, mtu: {mtu}"));
    space.apply(&mtu(1400), &[]).ok();
    ahead(&space);
    space.apply(&mtu(1300), &[]).ok();
    space.apply(&mtu(1200), &[]).ok();
    let ids: Vec<String> = space.applies().iter().map(|a| a["id"].as_str().expect("one").into()).collect();
    assert_eq!(ids, ["020000000001", "020000000000", "01zzzzzzzzzz"]);
    space.linkctl("undo").ok().out_has(&ids[0]);
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1300);
    space.linkctl("undo 2").ok();
    was.assert_same(&space, "all of them");
}

#[test]
fn an_undo_leaves_a_link_alone_that_others_made_under_the_name() {
    let Some(space) = Space::new() else { return };
    space.apply("version: 1\nlinks: {a0: {kind: ifb}, b0: {kind: ifb}}\n", &[]).ok();
    for words in ["del a0", "add a0 type bridge", "add v0 type veth peer name v1", "set v0 master a0"] {
        space.ip(&format!("link {words}")).ok();
    }
    space.linkctl("undo").ok().err_has("a0 is left alone");
    space.ip("link show master a0").ok().out_has("v0");
    space.ip("link show b0").fails(1);
    space.linkctl("undo").fails(6);
}

#[test]
fn a_window_that_ends_in_a_sleep_is_over_after_it() {
    let Some(space) = Space::new() else { return };
    let was = before(&space);
    space.apply(GOAL, &["--confirm=4s"]).ok();
    if !linkctl_conformance::sleep() {
        return;
    }
    let awake = Instant::now();
    space.settled();
    assert!(awake.elapsed() < Duration::from_secs(4), "{:?}", awake.elapsed());
    assert_eq!(space.applies()[0]["state"], "undone");
    was.assert_same(&space, "taken back after the sleep");
}

/// Sets the machine's clock, which only the rig's machines let a test do.
fn clock(to: SystemTime) {
    let seconds = to.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let status = Command::new("date").args(["-s", &format!("@{seconds}")]).stdout(Stdio::null()).status();
    assert!(status.expect("date starts").success());
}

#[test]
fn setting_the_clock_moves_no_window() {
    if std::env::var_os("LINKCTL_IN_VM").is_none() {
        return skip("the clock of this machine is not a test's to set");
    }
    let Some(space) = Space::new() else { return };
    let (began, start) = (SystemTime::now(), Instant::now());
    let day = Duration::from_hours(24);
    for to in [began + day, began - day] {
        space.apply(SMALL, &["--confirm=6s"]).ok();
        let applied = Instant::now();
        clock(to);
        space.linkctl("status").fails(2).out_has("waits to be confirmed");
        let left = space.linkctl("status --json").json()["open"]["left"].as_f64().expect("seconds");
        assert!((0.0..=6.0).contains(&left), "{left}");
        space.settled();
        assert!(applied.elapsed() > Duration::from_secs(4), "{:?}", applied.elapsed());
        assert_eq!(space.applies()[0]["state"], "undone");
        clock(began + start.elapsed());
    }
}
