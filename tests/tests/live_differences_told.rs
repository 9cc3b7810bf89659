//! Differences in what is told of events, counters and readings, both sides: `docs/differences.md`, by its numbers.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use linkctl::wire::Writer;
use linkctl_conformance::{Said, Space, skip};
use serde_json::{Value as Json, json};

/// `RTM_NEWLINK`.
const NEWLINK: u16 = 16;
/// `IFLA_ADDRESS`, `IFLA_BROADCAST`, `IFLA_IFNAME`, `IFLA_MTU`, `IFLA_PROTO_DOWN`, `IFLA_PROTO_DOWN_REASON`.
const ADDRESS: u16 = 1;
const BROADCAST: u16 = 2;
const NAME: u16 = 3;
const MTU: u16 = 4;
const DOWN: u16 = 39;
const REASON: u16 = 55;

/// A namespace, and both programs.
struct Both {
    space: Space,
    theirs: PathBuf,
}

fn both() -> Option<Both> {
    let space = Space::new()?;
    let Some(theirs) = std::env::var_os("LINKCTL_PEER_IP") else {
        skip("no newest ip to compare with");
        return None;
    };
    Some(Both { space, theirs: theirs.into() })
}

impl Both {
    fn theirs(&self, words: &[&str]) -> Said {
        Command::new(&self.theirs).args(words).stdin(Stdio::null()).output().expect("it starts").into()
    }

    fn ours(&self, words: &[&str]) -> Said {
        let mut command = Command::new(self.space.binary());
        command.arg("ip").args(words).stdin(Stdio::null());
        command.output().expect("it starts").into()
    }

    /// A file with one event, and more attributes as `more` writes them.
    fn event(&self, more: impl FnOnce(&mut Writer)) -> String {
        let mut fixed = [0u8; 16];
        (fixed[2], fixed[4], fixed[8]) = (1, 5, 1);
        let mut message = Writer::message(NEWLINK, 0, &fixed);
        message.put(NAME, b"eth0\0");
        message.put_u32(MTU, 1500);
        message.put(ADDRESS, &[2, 0, 0, 0, 0, 1]);
        more(&mut message);
        let path = self.space.file("event", "");
        std::fs::write(&path, message.finish().expect("short")).expect("writable");
        path.to_str().expect("text").to_owned()
    }
}

fn reasons(w: &mut Writer, bits: u32) {
    w.put_u8(DOWN, 1);
    w.nest(REASON, |w| w.put_u32(2, bits));
}

#[test]
fn d2_afstats_are_json() {
    let Some(both) = both() else { return };
    // Counters are there once MPLS is.
    let _ = Command::new("modprobe").arg("mpls_router").output();
    let (theirs, ours) =
        (both.theirs(&["-j", "link", "afstats"]).ok(), both.ours(&["-j", "link", "afstats"]).ok());
    let list = ours.json();
    if list.as_array().is_none_or(Vec::is_empty) {
        skip("this kernel counts nothing by address family");
        return;
    }
    assert!(serde_json::from_str::<Json>(&theirs.out).is_err(), "theirs is JSON now: {}", theirs.out);
    assert_eq!((&list[0]["ifindex"], &list[0]["ifname"]), (&json!(1), &json!("lo")), "{list}");
}

#[test]
fn d3_events_are_json() {
    let Some(both) = both() else { return };
    let file = both.event(|_| {});
    let words = ["-j", "monitor", "link", "file", &file];
    let theirs = both.theirs(&words).ok();
    assert!(theirs.out.starts_with("5: eth0: <NO-CARRIER,UP>"), "{}", theirs.out);
    let event = both.ours(&words).ok().json();
    assert_eq!((&event["ifname"], &event["mtu"]), (&json!("eth0"), &json!(1500)));
}

#[test]
fn d4_and_d24_every_reason_is_shown() {
    let Some(both) = both() else { return };
    let file = both.event(|w| {
        w.put(BROADCAST, &[255; 6]);
        reasons(w, 1 << 9 | 1 << 2);
    });
    let words = ["monitor", "link", "file", &file];
    both.theirs(&words).ok().out_has("protodown_reason <2>");
    both.ours(&words).ok().out_has("protodown_reason <2,9>");
    // Without a broadcast address iproute2 shows none at all.
    let file = both.event(|w| reasons(w, 1 << 2));
    let words = ["monitor", "link", "file", &file];
    assert!(!both.theirs(&words).ok().out.contains("protodown_reason"));
    both.ours(&words).ok().out_has("protodown_reason <2>");
}

#[test]
fn d7_brief_events_end_their_lines() {
    let Some(both) = both() else { return };
    let file = both.event(|_| {});
    let words = ["-br", "monitor", "link", "file", &file];
    let (theirs, ours) = (both.theirs(&words).ok(), both.ours(&words).ok());
    assert!(!theirs.out.ends_with('\n') && ours.out.ends_with('\n'), "{:?} {:?}", theirs.out, ours.out);
    assert!(ours.out.starts_with(theirs.out.trim_end()), "{:?} {:?}", theirs.out, ours.out);
}

#[test]
fn d16_nothing_leaks_from_one_line_of_a_batch_into_the_next() {
    let Some(both) = both() else { return };
    let lines = "link add n1 type netkit mode l2\nlink add n2 type netkit mode l3\n";
    let file = both.space.file("batch", lines);
    let words = ["-force", "-b", file.to_str().expect("text")];
    let twice = "duplicate \"mode\"";
    assert!(both.theirs(&words).err.contains(twice), "iproute2 has forgotten");
    assert!(!both.ours(&words).err.contains(twice));
}

#[test]
fn d20_a_dump_that_was_disturbed_is_read_again() {
    let Some(both) = both() else { return };
    let many: String = (0..400).map(|i| format!("link add t{i} type veth peer name p{i}\n")).collect();
    let file = both.space.file("many", &many);
    both.ours(&["-b", file.to_str().expect("text")]).ok();
    let warned = |said: &Said| said.err.contains("Dump was interrupted");
    let started = Instant::now();
    both.ours(&["link"]).ok();
    // An emulated machine reads slowly: the quiet in between has room for a reading that begins anywhere before it.
    let quiet = Duration::from_millis(60).max(started.elapsed() * 4);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                both.ours(&["link", "add", "x1", "type", "veth", "peer", "name", "x2"]);
                both.ours(&["link", "del", "x1"]);
                std::thread::sleep(quiet);
            }
        });
        let disturbed = (0..400).any(|_| warned(&both.theirs(&["link"])));
        let ours = (0..40).filter(|_| warned(&both.ours(&["link"]))).count();
        done.store(true, Ordering::Relaxed);
        if !disturbed {
            skip("no dump of iproute2's was disturbed");
            return;
        }
        assert_eq!(ours, 0, "of 40 readings");
    });
}

#[test]
fn d21_a_setting_that_is_said_twice_is_sent_once() {
    let Some(both) = both() else { return };
    let sent = |program: &std::path::Path, face: &[&str]| -> Option<usize> {
        let log = both.space.file("sent", "");
        let mut command = Command::new("strace");
        command.args(["-f", "-xx", "-s", "1024", "-e", "trace=sendmsg,sendto", "-o"]).arg(&log).arg(program);
        command
            .args(face)
            .args(["link", "add", "b1", "type", "bridge", "max_age", "1000", "max_age", "1200"]);
        if command.output().is_err() {
            skip("strace is not installed");
            return None;
        }
        let log = std::fs::read_to_string(&log).expect("strace writes it");
        both.theirs(&["link", "del", "b1"]).ok();
        // strace knows the attribute by name, or shows its length and number as bytes.
        let named = log.matches("IFLA_BR_MAX_AGE").count();
        Some(if named > 0 { named } else { log.matches("\\x08\\x00\\x03\\x00").count() })
    };
    let (Some(theirs), Some(ours)) = (sent(&both.theirs, &[]), sent(both.space.binary(), &["ip"])) else {
        return;
    };
    assert_eq!((theirs, ours), (2, 1), "how often the setting was sent");
}

#[test]
fn d25_an_echo_is_told_whatever_the_group() {
    let Some(both) = both() else { return };
    let theirs = both.theirs(&["-echo", "link", "add", "e1", "group", "7", "type", "bridge"]).ok();
    let ours = both.ours(&["-echo", "link", "add", "e2", "group", "7", "type", "bridge"]).ok();
    assert_eq!(theirs.out, "");
    assert!(ours.out.contains(": e2: <BROADCAST,MULTICAST> mtu 1500"), "{}", ours.out);
}
