//! Virtual functions of a real driver: what linkctl sets and shows of them is what the genuine ip sets and shows.
//! The card is the rig's: QEMU's igb, which has SR-IOV.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use linkctl_conformance::{Said, Space, skip};

/// What can be said of a function, and what cannot.
const SETTINGS: &[&str] = &[
    "mac 02:00:00:00:00:77",
    "vlan 5 qos 3",
    "vlan 7 proto 802.1ad",
    "max_tx_rate 100 min_tx_rate 10",
    "max_tx_rate 200",
    "rate 50",
    "spoofchk on",
    "spoofchk off",
    "query_rss on",
    "trust on",
    "state enable",
    "state auto",
    "mac 2:0",
    "vlan 0",
    "vlan 5000",
    "node_guid 00:11:22:33:44:55:66:77",
    "trust maybe",
];

/// The card's first port with two functions, moved into the test's namespace: its name.
fn card() -> Option<(Space, String)> {
    if std::env::var_os("LINKCTL_IN_VM").is_none() {
        skip("a card with virtual functions is only in the rig");
        return None;
    }
    let space = Space::new()?;
    if !Space::newest_ip() {
        skip("no newest ip to compare with");
        return None;
    }
    let _ = Command::new("modprobe").arg("igb").output();
    let devices = std::fs::read_dir("/sys/bus/pci/drivers/igb").into_iter().flatten().flatten();
    let device: Option<PathBuf> =
        devices.map(|d| d.path()).find(|d: &PathBuf| d.join("sriov_numvfs").exists());
    let Some(device) = device else {
        skip("this rig has no card with virtual functions");
        return None;
    };
    if std::fs::write(device.join("sriov_numvfs"), "2").is_err() {
        skip("this kernel makes no virtual functions of the card");
        return None;
    }
    let address = device.file_name().expect("a device").to_str().expect("text").to_owned();
    let first = |words: &str| -> Said {
        let ip = std::env::var_os("LINKCTL_PEER_IP").expect("found before");
        let mut command = Command::new("nsenter");
        command.args(["-t", "1", "-n"]).arg(ip).args(words.split_whitespace());
        command.output().expect("nsenter starts").into()
    };
    let links = first("-d -j link show").ok().json();
    let port = links.as_array().expect("links").iter().find(|l| l["parentdev"] == address.as_str());
    let name = port.expect("the card's link")["ifname"].as_str().expect("a name").to_owned();
    // The namespace of this thread, by a descriptor that nsenter's program can open.
    let here = format!("/proc/{}/task/{}/ns/net", std::process::id(), thread_id());
    first(&format!("link set {name} netns {here}")).ok();
    space.ip(&format!("link set {name} up")).ok();
    Some((space, name))
}

/// The number of the calling thread.
fn thread_id() -> String {
    let link = std::fs::read_link("/proc/thread-self").expect("proc is mounted");
    link.file_name().expect("a number").to_str().expect("text").to_owned()
}

fn ours(space: &Space, words: &str) -> Said {
    let mut command = Command::new(space.binary());
    command.arg("ip").args(words.split_whitespace()).stdin(Stdio::null());
    command.output().expect("linkctl starts").into()
}

#[test]
fn functions_of_a_card_are_set_and_shown_as_ip_sets_and_shows_them() {
    let Some((space, name)) = card() else { return };
    for setting in SETTINGS {
        let theirs = space.ip(&format!("link set {name} vf 0 {setting}"));
        let ours = ours(&space, &format!("link set {name} vf 1 {setting}"));
        assert_eq!((ours.status, &ours.err), (theirs.status, &theirs.err), "vf {setting}");
        let shown = space.ip(&format!("link show {name}")).ok().out;
        let of = |n: u32| -> Option<String> {
            let line = shown.lines().find(|l| l.trim_start().starts_with(&format!("vf {n} ")))?;
            Some(line.replace(&format!("vf {n} "), "vf "))
        };
        assert!(of(0).is_some(), "{shown}");
        assert_eq!(of(1), of(0), "vf {setting}");
    }
    let one =
        ["", "-d", "-s -s", "-j -s", "-j -p -d", "-o"].map(|options| format!("{options} link show {name}"));
    let more = [format!("link show {name} novf"), "link show novf".to_owned(), "link show".to_owned()];
    for words in one.into_iter().chain(more) {
        // Counters of the card itself may move between the two.
        let same = (0..20).any(|_| ours(&space, &words).ok().out == space.ip(&words).ok().out);
        assert!(same, "ip {words}");
    }
    assert!(!ours(&space, "link show novf").ok().out.contains("vf 0"));
}
