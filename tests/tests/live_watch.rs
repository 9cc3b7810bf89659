//! The watcher: drift is told at once, put right if that is asked for, and never fought over for ever.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use linkctl_conformance::Space;
use linkctl_conformance::peer::Everything;

const GOAL: &str = "version: 1\nlinks:\n  br0: {kind: bridge, state: up, mtu: 1400}\n  va: {kind: veth, master: br0, alias: ours, veth: {peer: vb}}\n";

/// A watcher at work.
struct Watcher {
    child: Child,
    lines: Receiver<serde_json::Value>,
    heard: Vec<String>,
    folder: PathBuf,
    socket: PathBuf,
}

impl Watcher {
    fn start(space: &Space, goal: &str, more: &[&str]) -> Self {
        let folder = space.file("x", "").parent().expect("a folder").join("links.d");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("a.yaml"), goal).expect("writable");
        let socket = folder.with_extension("sock");
        let mut command = Command::new(space.binary());
        command.arg("watch").arg(&folder).arg("--json").arg("--state").arg(space.state());
        command.arg("--socket").arg(&socket).args(more);
        command.env("NOTIFY_SOCKET", folder.with_extension("notify")).env("WATCHDOG_USEC", "300000");
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("linkctl starts");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = send.send(serde_json::from_str(&line).expect("a line of JSON"));
            }
        });
        Self { child, lines, heard: Vec::new(), folder, socket }
    }

    /// Waits for an event that says something.
    #[track_caller]
    fn hears(&mut self, event: &str, text: &str) -> String {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(30) {
            let Ok(line) = self.lines.recv_timeout(Duration::from_millis(100)) else { continue };
            self.heard.push(line.to_string());
            let said = line["text"].as_str().unwrap_or_default();
            if line["event"] == event && said.contains(text) {
                return said.to_owned();
            }
        }
        panic!("no {event} with {text:?} in {:#?}", self.heard);
    }

    /// Takes what was said so far as heard.
    fn forget(&mut self) {
        std::thread::sleep(Duration::from_millis(300));
        self.heard.extend(self.lines.try_iter().map(|l| l.to_string()));
    }

    /// What it answers to whoever asks.
    fn asked(&self) -> serde_json::Value {
        let mut text = String::new();
        UnixStream::connect(&self.socket).expect("a socket").read_to_string(&mut text).expect("an answer");
        serde_json::from_str(&text).expect("JSON")
    }

    fn signal(&self, which: &str) {
        let status = Command::new("kill").args([which, &self.child.id().to_string()]).status();
        assert!(status.is_ok_and(|s| s.success()));
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Brings the goal first.
fn converged(space: &Space, goal: &str, more: &[&str]) -> Watcher {
    space.apply(goal, &[]).ok();
    let mut watcher = Watcher::start(space, goal, more);
    watcher.hears("converged", "as declared");
    watcher
}

#[test]
fn drift_is_told_at_once_and_so_is_its_end() {
    let Some(space) = Space::new() else { return };
    let mut watcher = converged(&space, GOAL, &[]);
    assert_eq!(watcher.asked()["state"], "converged");
    space.ip("link set br0 mtu 1300").ok();
    watcher.hears("drifted", "br0: mtu 1300 -> 1400");
    let asked = watcher.asked();
    assert_eq!((&asked["state"], &asked["links"]), (&"drifted".into(), &2.into()), "{asked}");
    assert_eq!(asked["drift"]["br0"]["what"][0], "mtu 1300 -> 1400");
    space.ip("link del va").ok();
    watcher.hears("drifted", "va: it is missing");
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1300, "only told");
    space.apply(GOAL, &[]).ok();
    watcher.hears("converged", "as declared");
    watcher.signal("-TERM");
    assert!(watcher.child.wait().expect("ours").success());
    assert!(!watcher.socket.exists(), "the socket goes with it");
}

#[test]
fn drift_is_put_right_where_that_is_asked_for() {
    let Some(space) = Space::new() else { return };
    let mut watcher = converged(&space, GOAL, &["--repair"]);
    let was = Everything::read(&space, &[]);
    space.ip("link set br0 mtu 1300 down").ok();
    watcher.hears("repaired", "br0: mtu 1300 -> 1400");
    watcher.hears("converged", "as declared");
    space.ip("link set va alias theirs").ok();
    watcher.hears("repaired", "va: alias theirs -> ours");
    was.assert_same(&space, "as it was");
    assert_eq!(watcher.asked()["repairs"], 2);
    space.ip("link del va").ok();
    watcher.hears("repaired", "va: it is missing");
    watcher.hears("converged", "as declared");
    was.forget_addresses(&["va", "vb", "br0"]).assert_same(&space, "made anew");
}

#[test]
fn a_repair_that_would_cut_the_machine_off_is_not_made() {
    let Some(space) = Space::new() else { return };
    let goal = "version: 1\nlinks:\n  lan0: {kind: veth, state: down, veth: {peer: lan1}}\n";
    let mut watcher = converged(&space, goal, &["--repair"]);
    watcher.signal("-STOP");
    for words in [
        "link set lan1 up",
        "link set lan0 up",
        "addr add 192.0.2.1/24 dev lan0",
        "route add default via 192.0.2.2 dev lan0",
    ] {
        space.ip(words).ok();
    }
    watcher.signal("-CONT");
    watcher.hears("failed", "default");
    space.linkctl("show lan0").ok().out_has(",UP");
    // Until it is tried again, later and later, it counts as drift.
    let state = watcher.asked()["state"].clone();
    assert!(state == "failed" || state == "drifted", "{state}");
    // Without the route there is nothing to lose that the file does not say.
    space.ip("route del default").ok();
    watcher.hears("repaired", "lan0: up on -> off");
    watcher.hears("converged", "as declared");
}

#[test]
fn after_a_sleep_the_picture_is_right_and_drift_is_put_right() {
    let Some(space) = Space::new() else { return };
    let mut watcher = converged(&space, GOAL, &["--repair"]);
    if !linkctl_conformance::sleep() {
        return;
    }
    assert_eq!(watcher.asked()["state"], "converged");
    space.ip("link set br0 mtu 1300").ok();
    watcher.hears("repaired", "br0: mtu 1300 -> 1400");
    watcher.hears("converged", "as declared");
}

#[test]
fn a_namespace_that_is_declared_is_made_again() {
    let Some(space) = Space::new() else { return };
    let goal = "version: 1\nnamespaces: {blue: , red: }\nlinks: {in0: {kind: bridge, netns: blue}}\n";
    let mut watcher = converged(&space, goal, &["--repair"]);
    for netns in ["red", "blue"] {
        space.ip(&format!("netns del {netns}")).ok();
        watcher.hears("repaired", &format!("{netns}/lo"));
        watcher.hears("converged", "as declared");
    }
    space.linkctl("show in0 --netns blue").ok();
    space.linkctl("show lo --netns red").ok();
}

#[test]
fn two_that_want_it_otherwise_do_not_fight_for_ever() {
    let Some(space) = Space::new() else { return };
    let mut watcher = converged(&space, GOAL, &["--repair"]);
    // Another program that insists: at every change back it changes again.
    let stop = std::sync::atomic::AtomicBool::new(false);
    let mut times = 0;
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut changes = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                if Everything::read(&space, &[]).at("br0", "/mtu") != 1300 {
                    space.ip("link set br0 mtu 1300").ok();
                    changes += 1;
                }
                std::thread::sleep(Duration::from_millis(30));
            }
            changes
        });
        // Four in the first seconds: at once, then after 1, 2 and 4 seconds.
        std::thread::sleep(Duration::from_secs(9));
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        times = other.join().expect("it ends");
    });
    assert!((3..=5).contains(&times), "put right {times} times in nine seconds");
    // Forgiven on request.
    watcher.forget();
    watcher.signal("-HUP");
    watcher.hears("converged", "as declared");
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1400);
}

#[test]
fn another_apply_and_another_watcher_are_named() {
    let Some(space) = Space::new() else { return };
    let mut watcher = converged(&space, GOAL, &["--repair"]);
    let other = "version: 1\nlinks: {br0: {mtu: 1300}}\n";
    let file = space.file("other.yaml", other);
    space.apply(other, &[]).ok();
    watcher.hears("repaired", "br0: mtu 1300 -> 1400 (by linkctl apply ");
    watcher.hears("converged", "as declared");
    watcher.signal("-HUP");
    let mut rival = Command::new(space.binary());
    rival.arg("watch").arg(&file).arg("--repair").arg("--state").arg(space.state());
    let mut rival = rival.stdout(Stdio::null()).spawn().expect("a second watcher");
    watcher.hears("repaired", "(by linkctl watch ");
    let _ = rival.kill();
    let _ = rival.wait();
}

#[test]
fn hardware_that_is_plugged_in_is_configured_without_being_asked() {
    let Some(space) = Space::new() else { return };
    let goal = GOAL.to_owned()
        + "  eth7: {master: br0, state: up, mtu: 1400}\n  lan0: {match: {address: '02:00:00:00:00:77'}, alias: found}\n";
    space.apply(GOAL, &[]).ok();
    let mut watcher = Watcher::start(&space, &goal, &[]);
    watcher.hears("waiting", "eth7: there is no such link yet");
    watcher.hears("converged", "");
    space.ip("link set br0 mtu 1450").ok();
    watcher.hears("drifted", "br0");
    space.ip("link add eth7 type veth peer name far address 02:00:00:00:00:77").ok();
    watcher.hears("repaired", "eth7");
    watcher.hears("repaired", "lan0");
    let now = Everything::read(&space, &[]);
    assert_eq!((now.at("eth7", "/master"), now.at("lan0", "/ifalias")), ("br0".into(), "found".into()));
    assert_eq!(now.at("br0", "/mtu"), 1450, "drift is another matter");
}

#[test]
fn while_an_apply_waits_to_be_confirmed_nothing_is_put_right() {
    let Some(space) = Space::new() else { return };
    let mut watcher = converged(&space, GOAL, &["--repair"]);
    let folder = watcher.folder.to_str().expect("text").to_owned();
    let next = GOAL.replace("1400", "1350");
    fs::write(watcher.folder.join("a.yaml"), &next).expect("writable");
    // The new file is followed at once unless an apply says otherwise.
    watcher.hears("converged", "");
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1350);
    fs::write(watcher.folder.join("a.yaml.new"), GOAL.replace("1400", "1320")).expect("writable");
    let apply = Command::new("sh")
        .arg("-c")
        .arg(format!("kill -STOP {pid}; mv {folder}/a.yaml.new {folder}/a.yaml; {bin} apply {folder} --confirm=2s --state {state}; kill -CONT {pid}", pid = watcher.child.id(), bin = space.binary().display(), state = space.state().display()))
        .output()
        .expect("sh starts");
    assert!(apply.status.success(), "{}", String::from_utf8_lossy(&apply.stderr));
    watcher.hears("suspended", "waits to be confirmed");
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1320);
    space.settled();
    // Taken back: the file is not followed, what held last is.
    watcher.hears("note", "what held last");
    watcher.hears("converged", "");
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1350);
}

#[test]
fn a_namespace_may_go_and_come_again() {
    let Some(space) = Space::new() else { return };
    let goal = GOAL.to_owned() + "  d0: {kind: bridge, netns: blue, state: up}\n";
    space.apply(GOAL, &[]).ok();
    let mut watcher = Watcher::start(&space, &goal, &[]);
    watcher.hears("waiting", "blue/d0: there is no namespace blue yet");
    space.ip("netns add blue").ok();
    watcher.hears("repaired", "blue/d0");
    space.ip("-n blue link set d0 alias drift").ok();
    space.ip("-n blue link set d0 down").ok();
    watcher.hears("drifted", "blue/d0");
    space.ip("netns del blue").ok();
    watcher.hears("waiting", "blue/d0");
    space.ip("netns add blue").ok();
    watcher.hears("repaired", "blue/d0");
    assert_eq!(Everything::read(&space, &["blue"]).at("blue/d0", "/flags/2"), "UP");
}

#[test]
fn a_flood_of_events_is_survived_and_the_picture_is_right_after_it() {
    let Some(space) = Space::new() else { return };
    let mut watcher = converged(&space, GOAL, &["--repair"]);
    watcher.signal("-STOP");
    let many = if std::env::var_os("LINKCTL_IN_VM").is_some() { 3000 } else { 20_000 };
    let batch: String = (0..many).map(|i| format!("link set va mtu {}\n", 1300 + i % 2)).collect();
    let file = space.file("batch", &batch);
    space.ip(&format!("-batch {}", file.display())).ok();
    space.ip("link set br0 mtu 1300").ok();
    watcher.signal("-CONT");
    watcher.hears("repaired", "br0: mtu 1300 -> 1400");
    watcher.hears("converged", "");
    let asked = watcher.asked();
    assert_eq!(asked["state"], "converged");
    println!("{} resyncs", asked["resyncs"]);
}

#[test]
fn the_supervisor_hears_that_it_is_ready_and_alive() {
    let Some(space) = Space::new() else { return };
    let folder = space.file("x", "").parent().expect("a folder").join("links.d");
    let socket = UnixDatagram::bind(folder.with_extension("notify")).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
    let watcher = converged(&space, GOAL, &[]);
    let mut buffer = [0; 256];
    let mut next = || {
        let n = socket.recv(&mut buffer).expect("told");
        String::from_utf8_lossy(&buffer[..n]).into_owned()
    };
    let first = next();
    assert!(first.contains("READY=1\n") && first.contains("STATUS=converged"), "{first}");
    let start = Instant::now();
    assert!(next().contains("WATCHDOG=1") && next().contains("WATCHDOG=1"));
    assert!(start.elapsed() < Duration::from_secs(2), "three times in each 300 ms");
    watcher.signal("-TERM");
    while !next().contains("STOPPING=1") {}
}

#[test]
fn a_single_look_tells_by_its_status() {
    let Some(space) = Space::new() else { return };
    let folder = space.file("x", "").parent().expect("a folder").join("links.d");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("a.yaml"), GOAL).expect("writable");
    let words = format!("watch --once {}", folder.display());
    space.linkctl(&words).fails(2).out_has("br0: it is missing");
    space.apply(GOAL, &[]).ok();
    space.linkctl(&words).ok().out_has("as declared");
    space.ip("link set va alias x").ok();
    space.linkctl(&(words.clone() + " --repair")).ok().out_has("repaired");
    fs::write(folder.join("a.yaml"), "nonsense").expect("writable");
    space.linkctl(&words).fails(4).out_has("what held last is followed instead");
    space.linkctl(&words.replace("watch --once", "status")).fails(4).out_has("as what held last declares");
}

#[test]
fn who_changed_a_link_is_told_where_the_kernel_tells_it() {
    let Some(space) = Space::new() else { return };
    if !std::path::Path::new("/sys/kernel/tracing").is_dir() && std::env::var_os("LINKCTL_IN_VM").is_none() {
        return linkctl_conformance::skip("this kernel has no tracefs");
    }
    // The private /sys of a test has no traces in it.
    let _ = Command::new("mount").args(["-t", "tracefs", "none", "/sys/kernel/tracing"]).status();
    if !std::path::Path::new("/sys/kernel/tracing/kprobe_events").exists() {
        return linkctl_conformance::skip("this kernel has no probes");
    }
    let mut watcher = converged(&space, GOAL, &["--who", "--repair"]);
    space.ip("link set br0 mtu 1300").ok();
    let said = watcher.hears("repaired", "br0");
    // Its words where it was not gone too soon, else its name.
    let by = said.split_once("(by ").map_or("", |(_, by)| by);
    assert!(by.contains("ip") && by.ends_with("])"), "{said}");
    drop(watcher);
}

#[test]
fn the_state_of_what_is_declared_is_told_by_status() {
    let Some(space) = Space::new() else { return };
    let folder = space.file("x", "").parent().expect("a folder").join("links.d");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("a.yaml"), GOAL.to_owned() + "  eth7: {mtu: 1400}\n").expect("writable");
    let words = format!("status {}", folder.display());
    space.linkctl(&words).fails(2).out_has("drifted br0");
    space.apply(GOAL, &[]).ok();
    let said = space.linkctl(&(words.clone() + " --json")).ok();
    assert_eq!(said.json()["kept"]["state"], "waiting");
    assert_eq!(said.json()["kept"]["waiting"]["eth7"], "there is no such link yet");
}
