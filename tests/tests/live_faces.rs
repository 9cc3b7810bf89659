//! What iproute2 shows of this kernel's links besides `ip link show`: ports of bridges, counters, what filters leave.

use linkctl::kernel::{Live, Place};
use linkctl::link::show::{Options, Paint, With, afstats, bridge, names::Names, text, xstats};
use linkctl::link::{Filter, Key, Netns, Seen, Snapshot, message};
use linkctl::schema::{Name, out::Out};
use linkctl_conformance::peer::FACES;
use linkctl_conformance::{Space, skip};

/// A bridge with two ports, one of them down, and a pair beside it.
fn world(space: &Space) -> Option<Live> {
    if !Space::newest_ip() {
        skip("the newest ip is not at hand (LINKCTL_PEER_IP)");
        return None;
    }
    for words in [
        "link add br0 type bridge mcast_stats_enabled 1",
        "link add p1 type veth peer name p1p",
        "link add p2 type veth peer name p2p",
        "link add va type veth peer name vb",
        "link set p1 master br0 up",
        "link set p2 master br0",
        "link set p2 type bridge_slave isolated on hairpin on backup_port p1",
        "link set br0 up",
        "link set va group 5 up",
    ] {
        space.ip(words).ok();
    }
    Some(Live::open(Place::Here).expect("a socket"))
}

fn snapshot(live: &mut Live) -> Snapshot {
    live.snapshot(&[Netns::HERE], false).expect("a dump")
}

/// Somebody who knows all links.
fn with<'s>(snapshot: &'s Snapshot, names: &'s Names) -> With<'s> {
    let (_, near) = snapshot.in_order(&Netns::HERE).next().expect("lo");
    With { near, names, host: None, program: None }
}

/// The payloads that answer a dump.
fn dump(live: &mut Live, request: Vec<u8>) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let socket = live.socket(&Netns::HERE).expect("open");
    let dumped = socket.dump(request, |m| out.push(m.payload.to_vec())).expect("a dump");
    dumped.consistent().expect("nothing else changes links here");
    out
}

/// What the genuine bridge prints, here.
fn bridge_program(words: &str) -> String {
    let ip = std::env::var_os("LINKCTL_PEER_IP").expect("there is a newest ip");
    let bridge = std::path::Path::new(&ip).with_file_name("bridge");
    let out = std::process::Command::new(bridge).args(words.split_whitespace()).output().expect("it starts");
    assert!(out.status.success(), "{out:?}");
    String::from_utf8(out.stdout).expect("text")
}

/// Fails the test unless ours is theirs, once nothing moves any more: carrier comes and goes up to a second late.
#[track_caller]
fn agree(about: &str, mut both: impl FnMut() -> (String, String)) -> String {
    for _ in 0..60 {
        let (ours, theirs) = both();
        if ours == theirs {
            return ours;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let (ours, theirs) = both();
    assert_eq!(ours, theirs, "{about}");
    ours
}

#[test]
fn ports_of_bridges_are_shown_as_bridge_shows_them() {
    let Some(space) = Space::new() else { return };
    let Some(mut live) = world(&space) else { return };
    let names = Names::default();
    for (words, details, paint) in
        [("", 0, Paint::None), ("-d", 1, Paint::None), ("-c=always -d", 1, Paint::Dark)]
    {
        let options = Options { details, paint, ..Options::default() };
        let shown = agree(words, || {
            let snapshot = snapshot(&mut live);
            let near = with(&snapshot, &names);
            let mut ours = String::new();
            for port in dump(&mut live, message::get_ports().expect("short")) {
                bridge::text(&Seen::new(&port).expect("a link"), &near, options, &mut ours);
            }
            (ours, bridge_program(&format!("{words} link show")))
        });
        assert!(shown.contains("@p1p"), "there are ports");
        agree(&format!("{words}, JSON"), || {
            let snapshot = snapshot(&mut live);
            let near = with(&snapshot, &names);
            let mut ours = Out::new(true);
            ours.array();
            for port in dump(&mut live, message::get_ports().expect("short")) {
                bridge::json(&Seen::new(&port).expect("a link"), &near, options, &mut ours);
            }
            ours.end_array();
            (ours.into_string() + "\n", bridge_program(&format!("{words} -j -p link show")))
        });
    }
}

#[test]
fn counters_are_shown_as_ip_shows_them() {
    let Some(space) = Space::new() else { return };
    let Some(mut live) = world(&space) else { return };
    let (snapshot, names) = (snapshot(&mut live), Names::default());
    let near = with(&snapshot, &names);
    for word in ["bridge", "bridge_slave"] {
        let (kind, ports) = xstats::Kind::find(word).expect("it counts");
        let shown = agree(word, || {
            let told = dump(&mut live, message::get_stats(0, xstats::Kind::mask(ports)).expect("short"));
            let mut ours = String::new();
            told.iter().for_each(|m| xstats::text(m, &near, kind, None, &mut ours));
            (ours, space.ip(&format!("link xstats type {word}")).ok().out)
        });
        assert!(shown.contains("IGMP queries"), "{word} is counted: {shown}");
    }
    // Without MPLS in the kernel there is nothing.
    agree("families", || {
        let mut ours = String::new();
        for told in dump(&mut live, message::get_stats(0, afstats::MASK).expect("short")) {
            afstats::text(&told, &near, Options::default(), &mut ours);
        }
        (ours, space.ip("link afstats").out)
    });
}

#[test]
fn filters_leave_what_ip_leaves() {
    let Some(space) = Space::new() else { return };
    let Some(mut live) = world(&space) else { return };
    let names = Names::default();
    let bridge = snapshot(&mut live).index(&Key::here(Name::new("br0").expect("a name")));
    let of = |word: &str| {
        let mut filter = Filter::default();
        filter.kind(word);
        filter
    };
    let all = Filter::default();
    for (words, filter) in [
        ("up", Filter { up: Some(true), ..all.clone() }),
        ("down", Filter { up: Some(false), ..all.clone() }),
        ("master br0", Filter { master: bridge, ..all.clone() }),
        ("nomaster", Filter { master: Some(0), ..all.clone() }),
        ("type bridge", of("bridge")),
        ("type veth", of("veth")),
        ("type bridge_slave", of("bridge_slave")),
        ("type nonsense", of("nonsense")),
        ("group 5", Filter { group: Some(5), ..all.clone() }),
        ("group default", Filter { group: Some(0), ..all.clone() }),
        ("type veth up", Filter { up: Some(true), ..of("veth") }),
        ("dev br0", Filter { index: bridge, ..all.clone() }),
        ("label v*", Filter { none: true, ..all.clone() }),
        ("novf", all.clone()),
        ("scope global permanent", all.clone()),
    ] {
        // Kernels before 5.16 look for a master of index -1.
        if words == "nomaster" && space.ip("link show nomaster").out.is_empty() {
            continue;
        }
        agree(words, || {
            let snapshot = snapshot(&mut live);
            let near = with(&snapshot, &names);
            let mut ours = String::new();
            for (seen, _) in snapshot.in_order(&Netns::HERE).filter(|(seen, _)| filter.shows(seen)) {
                text::write(&seen, &near, Options::default(), None, &mut ours);
            }
            (ours, space.ip(&format!("link show {words}")).ok().out)
        });
    }
}

#[test]
fn links_are_shown_as_ip_shows_them_in_every_face() {
    let Some(space) = Space::new() else { return };
    let Some(mut live) = world(&space) else { return };
    for words in ["vx type vxlan id 5 remote 192.0.2.1 dstport 4789", "mv link va type macvlan"] {
        // Not every kernel has these.
        let _ = space.ip(&format!("link add {words}"));
    }
    let told: Vec<String> = FACES.iter().filter_map(|v| v.difference(&space, &mut live)).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}
