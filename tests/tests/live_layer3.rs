//! Addresses and routes that are lost on a plan's way come back with the links where it is taken back: who is cut off is reached again.

use std::time::Duration;

use linkctl_conformance::Space;

/// A pair with addresses and routes of all sorts, here and in `red`.
const SITE: &[&str] = &[
    "netns add red",
    "link add v0 type veth peer name v1",
    "link add w0 type veth peer name w1",
    "link set v1 up",
    "link set v0 up",
    "link set w1 up",
    "link set w0 up",
    "addr add 10.0.0.2/24 brd + dev v0 label v0:a",
    "addr add 10.0.0.3/24 dev v0",
    "addr add 10.1.0.2/24 dev w0",
    "-6 addr add fd00::2/64 dev v0 nodad",
    "route add default via 10.0.0.1",
    "route add 10.9.0.0/16 via 10.0.0.7 dev v0 metric 50 src 10.0.0.3",
    "route add 10.8.0.0/16 dev v0 scope link mtu 1400",
    "route add 10.7.0.0/16 nexthop via 10.0.0.7 dev v0 weight 2 nexthop via 10.1.0.7 dev w0",
    "route add 10.6.0.0/16 via 10.0.0.7 table 77",
    "-6 route add default via fd00::1",
    "-n red link add br0 up type bridge",
    "-n red addr add 10.5.0.1/24 dev br0",
    "-n red route add 10.4.0.0/16 via 10.5.0.9",
];

fn site() -> Option<Space> {
    let space = Space::new()?;
    for words in SITE {
        space.ip(words).ok();
    }
    Some(space)
}

/// All addresses and routes but those that a link makes for itself, in an order of their own.
fn bearings(space: &Space) -> Vec<String> {
    let own = |line: &&str| line.contains("fe80") || line.contains("multicast") || line.contains("ff00::");
    let mut out = Vec::new();
    for netns in ["", "-n red "] {
        for words in ["-o addr show", "-4 route show table all", "-6 route show table all"] {
            let said = space.ip(&format!("{netns}{words}")).ok();
            for line in said.out.lines().filter(|line| !own(line)) {
                // An index is another after a rebuild, and a bridge without ports has no carrier any more.
                let plain = line.split_once(": ").map_or(line, |(_, rest)| rest).replace(" linkdown", "");
                out.push(format!("{netns}{}", plain.trim_end()));
            }
        }
    }
    out.sort();
    out
}

/// Waits for IPv6, which takes its time to be back; what is missing then, and what is new.
fn differ(space: &Space, was: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for _ in 0..20 {
        let is = bearings(space);
        out = was.iter().filter(|l| !is.contains(l)).map(|l| format!("- {l}")).collect();
        out.extend(is.iter().filter(|l| !was.contains(l)).map(|l| format!("+ {l}")));
        if out.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    out
}

const DOWN: &str = "version: 1\nlinks: {v0: {state: down}, br: {name: br0, netns: red, state: down}}\n";
const REBUILT: &str = "version: 1\nlinks: {v0: {kind: veth, numtxqueues: 3, veth: {peer: v1}}, \
                       br: {name: br0, netns: red, kind: bridge, numtxqueues: 2}}\n";
const ALL: &[&str] = &["--rebuild", "--allow-disruption", "--allow-lockout"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [ALL, more].concat()
}

#[test]
fn what_is_not_confirmed_gives_back_addresses_and_routes() {
    let Some(space) = site() else { return };
    let was = bearings(&space);
    assert!(was.iter().any(|l| l.contains("10.6.0.0/16") && l.contains("table 77")), "{was:#?}");
    for (what, goal) in [("down", DOWN), ("made anew", REBUILT)] {
        space.apply(goal, &with(&["--confirm=1s"])).ok();
        assert!(!bearings(&space).iter().any(|l| l.contains("10.9.0.0/16")), "{what}: it was lost");
        space.settled();
        assert_eq!(differ(&space, &was), Vec::<String>::new(), "{what}");
        assert_eq!(space.applies()[0]["note"], "it was not confirmed in time", "{what}: all of it");
    }
    space.apply(REBUILT, &with(&["--confirm=60s"])).ok();
    space.linkctl("rollback").ok();
    assert_eq!(differ(&space, &was), Vec::<String>::new(), "by hand");
}

#[test]
fn a_change_that_fails_gives_them_back_and_an_undo_does_not() {
    let Some(space) = site() else { return };
    let was = bearings(&space);
    let refused = DOWN.replace("links: {", "links: {w1: {gso_max_size: 600000}, ");
    space.apply(&refused, &with(&["--rehearse=no"])).fails(1);
    assert_eq!(differ(&space, &was), Vec::<String>::new(), "refused");
    space.apply(DOWN, ALL).ok();
    space.linkctl("undo").ok();
    let left = bearings(&space);
    assert!(
        left.iter().any(|l| l.contains("10.0.0.2/24")) && !left.iter().any(|l| l.contains("10.9.0.0/16"))
    );
}

#[test]
fn what_others_said_meanwhile_stays() {
    let Some(space) = site() else { return };
    space.apply(DOWN, &with(&["--confirm=2s"])).ok();
    space.ip("route add default via 10.1.0.9").ok();
    space.settled();
    let now = bearings(&space);
    assert!(now.iter().any(|l| l.starts_with("default via 10.1.0.9")), "{now:#?}");
    assert!(!now.iter().any(|l| l.starts_with("default via 10.0.0.1")), "{now:#?}");
    assert!(now.iter().any(|l| l.contains("10.9.0.0/16")), "{now:#?}");
}
