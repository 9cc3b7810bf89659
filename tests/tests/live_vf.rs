//! Virtual functions of a real driver: what linkctl sets and shows of them is what the genuine ip sets and shows.
//! The card is the rig's: QEMU's igb, which has SR-IOV.

use std::process::{Command, Stdio};

use linkctl_conformance::card::Card;
use linkctl_conformance::{Said, Space};

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

fn ours(space: &Space, words: &str) -> Said {
    let mut command = Command::new(space.binary());
    command.arg("ip").args(words.split_whitespace()).stdin(Stdio::null());
    command.output().expect("linkctl starts").into()
}

#[test]
fn functions_of_a_card_are_set_and_shown_as_ip_sets_and_shows_them() {
    let Some(space) = Space::new() else { return };
    let Some(card) = Card::take(&space) else { return };
    assert!(card.functions(2), "the card has seven");
    let name = &card.name;
    space.ip(&format!("link set {name} up")).ok();
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
