//! What linkctl shows is what ip shows, byte for byte, of every kind and example of the book; and the other way round.

use std::collections::BTreeSet;

use linkctl::kernel::{Live, Place};
use linkctl::kinds::KINDS;
use linkctl::schema::{Below, Kind};
use linkctl_conformance::peer::{VIEWS, effect, ip_words, said};
use linkctl_conformance::stage::{Stage, possible};
use linkctl_conformance::{Space, skip};

/// The kinds that the kernel makes; what is missing is added to the other list.
fn there(missing: &mut BTreeSet<&'static str>) -> Vec<&'static Kind> {
    let mut stage = Stage::new();
    let (there, not): (Vec<&'static Kind>, Vec<_>) =
        KINDS.iter().copied().filter(|k| possible(k)).partition(|k| stage.makes(k));
    missing.extend(not.iter().map(|k| k.name));
    there
}

/// A world whose ip is the newest.
fn space() -> Option<Space> {
    if !Space::newest_ip() {
        skip("the newest ip is not at hand (LINKCTL_PEER_IP)");
        return None;
    }
    Space::new()
}

/// Ends a test for which the kernel lacks something.
fn lacking(missing: BTreeSet<&'static str>) {
    if !missing.is_empty() {
        skip(&format!("this kernel lacks {}", missing.into_iter().collect::<Vec<_>>().join(", ")));
    }
}

/// The words of each example, of which the kernel has every field; one without words where there is none.
fn examples(table: &'static Kind) -> Vec<&'static str> {
    if table.examples.is_empty() {
        return vec![""];
    }
    let mut stage = Stage::new();
    let mut has =
        |words: &&str| said(table, words).is_some_and(|all| all.iter().all(|(f, _)| !stage.lacks(table, f)));
    table.examples.iter().map(|e| e.words).filter(|w| has(w)).collect()
}

/// What stands before and behind `type KIND` for a link of the kind.
fn around(space: &Space, kind: &Kind) -> (&'static str, &'static str) {
    space.ip("link add eth0 type veth peer name eth0p").ok();
    space.ip("link set eth0p up").ok();
    match kind {
        Kind { below: Below::Link, .. } => ("link eth0 ", ""),
        Kind { pair: Some(_), .. } => ("", " peer name x0p"),
        _ => ("", ""),
    }
}

fn differences(space: &Space, about: &str) {
    let mut live = Live::open(Place::Here).expect("a socket");
    let told: Vec<String> = VIEWS.iter().filter_map(|v| v.difference(space, &mut live)).collect();
    assert!(told.is_empty(), "{about}:\n{}", told.join("\n"));
}

/// A world for each example of each kind that is here, with the link x0 made so; `each` gets the words that made it,
/// as far as they are the same for `ip`: before `type`, and behind the example's.
fn every_example(each: impl Fn(&Space, &'static Kind, &str, (&str, &str)) + Sync) {
    let Some(outer) = space() else { return };
    let mut missing = BTreeSet::new();
    for kind in there(&mut missing) {
        for words in examples(kind) {
            outer.another(|space| {
                let (before, behind) = around(space, kind);
                space.linkctl(&format!("add x0 {before}type {} {words}{behind}", kind.name)).ok();
                each(space, kind, words, (before, behind));
            });
        }
    }
    lacking(missing);
}

#[test]
fn every_kind_and_example_is_shown_as_ip_shows_it() {
    every_example(|space, kind, words, _| {
        differences(space, &format!("{} {words}, down", kind.name));
        space.linkctl("set eth0 up").ok();
        space.linkctl("set x0 up").ok();
        differences(space, &format!("{} {words}, up", kind.name));
    });
}

#[test]
fn ports_of_every_kind_are_shown_as_ip_shows_them() {
    let Some(outer) = space() else { return };
    let mut missing = BTreeSet::new();
    for kind in there(&mut missing) {
        let Some(ports) = kind.ports else { continue };
        for words in examples(ports) {
            outer.another(|space| {
                master(space, kind);
                if !words.is_empty() {
                    space.linkctl(&format!("set p1 type {}_slave {words}", kind.name)).ok();
                }
                differences(space, &format!("a port of a {} with {words}", kind.name));
                space.linkctl("set x0 up").ok();
                space.linkctl("set p1 up").ok();
                differences(space, &format!("a port of a {} with {words}, up", kind.name));
            });
        }
    }
    lacking(missing);
}

/// A master x0 with ports p1 and p2. Priorities of ports count in some modes only.
fn master(space: &Space, kind: &Kind) {
    let words = match kind.name {
        "vrf" => "table 100",
        "bond" => "mode active-backup",
        _ => "",
    };
    space.linkctl(&format!("add x0 type {} {words}", kind.name)).ok();
    for port in ["p1", "p2"] {
        space.ip(&format!("link add {port} type veth peer name {port}p")).ok();
        space.ip(&format!("link set {port}p up")).ok();
        space.linkctl(&format!("set {port} master x0")).ok();
    }
}

#[test]
fn what_ip_and_linkctl_make_of_the_same_words_is_the_same() {
    every_example(|space, kind, words, (before, behind)| {
        let ours = effect(space, "x0");
        space.linkctl("del x0").ok();
        let theirs = ip_words(kind, words);
        space.ip(&format!("link add x0 {before}type {} {theirs}{behind}", kind.name)).ok();
        assert_eq!(ours, effect(space, "x0"), "ours and theirs: {} {words}", kind.name);
        differences(space, &format!("made by ip: {} {words}", kind.name));
        // Ours finds nothing to do about theirs.
        let again = space.linkctl(&format!("add x0 {before}type {} {words}{behind}", kind.name));
        again.ok().out_has("already so");
    });
}

#[test]
fn what_ip_and_linkctl_make_of_a_port_is_the_same() {
    let Some(outer) = space() else { return };
    let mut missing = BTreeSet::new();
    for kind in there(&mut missing) {
        let Some(ports) = kind.ports else { continue };
        for words in examples(ports).into_iter().filter(|w| !w.is_empty()) {
            let ours = outer.another(|space| {
                master(space, kind);
                let fresh = effect(space, "p1");
                space.linkctl(&format!("set p1 type {}_slave {words}", kind.name)).ok();
                let ours = effect(space, "p1");
                assert!(ours != fresh || words == "fdb_flush", "{words} changed nothing");
                ours
            });
            let theirs = outer.another(|space| {
                master(space, kind);
                space.ip(&format!("link set p1 type {}_slave {}", kind.name, ip_words(ports, words))).ok();
                effect(space, "p1")
            });
            assert_eq!(ours, theirs, "ours and theirs: a port of a {} with {words}", kind.name);
        }
    }
    lacking(missing);
}

#[test]
fn a_filter_is_written_as_settings_are_and_finds_just_what_fits() {
    every_example(|space, kind, words, _| {
        // Links of the same kind that are otherwise.
        if kind.pair.is_none() && !words.is_empty() {
            other(space, kind);
        }
        let found = space.linkctl(&format!("show --json type {} {words}", kind.name)).ok().json();
        let found: Vec<&str> =
            found.as_array().expect("a list").iter().filter_map(|l| l["ifname"].as_str()).collect();
        let fitting = match kind {
            Kind { name: "veth", .. } => vec!["eth0p", "eth0", "x0p", "x0"],
            // A policy is one end's.
            Kind { pair: Some(_), .. } if !words.contains("policy") => vec!["x0p", "x0"],
            _ => vec!["x0"],
        };
        let sorted = |mut list: Vec<&str>| {
            list.sort_unstable();
            list.join(" ")
        };
        assert_eq!(sorted(found), sorted(fitting), "{} {words}", kind.name);
    });
}

/// A link of the kind with settings that no example has.
fn other(space: &Space, kind: &Kind) {
    let words = match kind.name {
        "vlan" => "link eth0p type vlan id 77",
        "vrf" => "type vrf table 77",
        "vxlan" => "type vxlan id 77 dstport 7777",
        "geneve" => "type geneve id 77 remote 192.0.2.77 dstport 7777",
        "gre" | "gretap" | "ipip" | "sit" | "vti" => &format!("type {} remote 192.0.2.77", kind.name),
        "ip6gre" | "ip6gretap" | "ip6tnl" | "vti6" => &format!("type {} remote 2001:db8::77", kind.name),
        "erspan" => "type erspan erspan_ver 0",
        "ip6erspan" => "type ip6erspan ikey 77 okey 77 iseq oseq",
        "xfrm" => "type xfrm if_id 77",
        "macvlan" | "macvtap" => &format!("link eth0p type {} mode private", kind.name),
        "ipvlan" | "ipvtap" => &format!("link eth0p type {} mode l3s", kind.name),
        "macsec" => "link eth0p type macsec port 77",
        "hsr" => {
            space.ip("link add h1 type veth peer name h2").ok();
            "type hsr slave1 h1 slave2 h2"
        }
        // Nothing of it is told.
        "batadv" => return,
        // Two of them want the same port.
        "gtp" => return,
        name => &format!("type {name}"),
    };
    space.linkctl(&format!("add other {words}")).ok();
}

#[test]
fn a_filter_of_base_settings_finds_what_set_would_leave_alone() {
    let Some(space) = Space::new() else { return };
    for words in
        ["add br0 up type bridge", "add va mtu 1400 master br0 type veth peer name vb", "set vb alias b"]
    {
        space.linkctl(words).ok();
    }
    let names = |filter: &str| {
        let found = space.linkctl(&format!("show --json {filter}")).ok().json();
        let mut out: Vec<String> = found
            .as_array()
            .expect("a list")
            .iter()
            .map(|l| l["ifname"].as_str().expect("text").into())
            .collect();
        out.sort();
        out.join(" ")
    };
    assert_eq!(names("up"), "br0 lo");
    assert_eq!(names("mtu 1400"), "br0 va", "a bridge is as large as its smallest port");
    assert_eq!(names("master br0"), "va");
    assert_eq!(names("nomaster"), "br0 lo vb");
    assert_eq!(names("alias b"), "vb");
    assert_eq!(names("type veth down"), "va vb");
    assert_eq!(names("type bridge_slave isolated off"), "va");
    assert_eq!(names("type bridge_slave isolated on"), "");
    assert_eq!(names("va mtu 1500"), "", "a name and a filter that it does not fit");
}

#[test]
fn a_pair_across_namespaces_is_shown_with_where_the_other_end_is() {
    let Some(outer) = space() else { return };
    outer.another(|space| {
        space.ip("netns add blue").ok();
        space.linkctl("add va type veth peer name vb netns blue").ok();
        differences(space, "a pair into a namespace with a name");
        space.linkctl("show va").ok().out_has("link-netns blue");
        space.linkctl("--netns blue show vb").ok().out_has("link-netnsid 0");
    });
    outer.another(|space| {
        // A namespace without a name: that of a program which sleeps.
        let mut sleeper = std::process::Command::new("unshare")
            .args(["-n", "sleep", "60"])
            .spawn()
            .expect("unshare starts");
        let own = std::fs::read_link("/proc/thread-self/ns/net").expect("/proc is mounted");
        let file = format!("/proc/{}/ns/net", sleeper.id());
        while std::fs::read_link(&file).is_ok_and(|other| other == own) {
            std::thread::yield_now();
        }
        space.ip(&format!("link add va type veth peer name vb netns {}", sleeper.id())).ok();
        differences(space, "a pair into a namespace without a name");
        sleeper.kill().and_then(|()| sleeper.wait()).expect("it is ours");
    });
}

#[test]
fn many_names_an_alias_and_every_flag_are_shown_as_ip_shows_them() {
    let Some(space) = space() else { return };
    space.linkctl("add va type veth peer name vb").ok();
    for i in 0..30 {
        space.linkctl(&format!("set va altname a-long-alternative-name-of-a-link-{i:0>60}")).ok();
    }
    space.linkctl_with(&["set", "va", "alias", "to the \"lab\" \\ über 'all' <ä>"]).ok();
    differences(&space, "names");
    for words in [
        "arp off",
        "multicast off",
        "allmulticast on",
        "promisc on",
        "dynamic on",
        "trailers off",
        "group 7",
        "mode dormant",
        "txqueuelen 0",
        "up",
    ] {
        space.linkctl(&format!("set va {words}")).ok();
        differences(&space, words);
    }
    space.linkctl("set vb up").ok();
    differences(&space, "both ends up");
}

#[test]
fn links_of_kinds_that_the_book_lacks_are_shown_with_all_that_the_kernel_tells() {
    let Some(outer) = space() else { return };
    let mut seen = Vec::new();
    for (kind, words) in [("vsockmon", "type vsockmon"), ("lowpan", "link eth0 type lowpan")] {
        outer.another(|space| {
            space.ip("link add eth0 type veth peer name eth0p").ok();
            if space.ip(&format!("link add x0 {words}")).status != 0 {
                return;
            }
            seen.push(kind);
            let mut live = Live::open(Place::Here).expect("a socket");
            for view in VIEWS.iter().filter(|v| !v.words.contains("-d")) {
                assert_eq!(view.difference(space, &mut live), None, "{words}");
            }
            space.linkctl("show -d x0").ok().out_has(kind);
            let json = space.linkctl("show --json x0").ok().json();
            assert_eq!(json[0]["linkinfo"]["info_kind"], kind);
            space.linkctl("set x0 alias changed").ok();
            space.linkctl("del x0").ok();
            space.ip("link show x0").fails(1);
        });
    }
    if seen.is_empty() {
        skip("this kernel has no kind that the book lacks");
    }
}

#[test]
fn links_that_a_program_made_are_shown_as_ip_shows_them_and_made_by_no_request() {
    let Some(outer) = space() else { return };
    let kinds = [
        "mode tun user 0 group 0 pi multi_queue vnet_hdr",
        "mode tap",
        "mode tap user 12345",
        "mode tun group 4294967294",
    ];
    for words in kinds {
        outer.another(|space| {
            if space.ip(&format!("tuntap add dev t0 {words}")).status != 0 {
                return skip("no tun links here");
            }
            differences(space, words);
            space.linkctl("show type tun").ok().out_has("t0");
            space.linkctl("set t0 mtu 1400 up").ok();
            space.linkctl("set t0 user root").fails(3);
            space.linkctl("add t1 type tun").fails(1).err_has("ip tuntap add");
            space.linkctl("del t0").ok();
        });
    }
}

#[test]
fn attributes_that_nobody_knows_are_kept_and_shown() {
    let Some(space) = Space::new() else { return };
    space.linkctl("add va type veth peer name vb").ok();
    let mut live = Live::open(Place::Here).expect("a socket");
    let ask = linkctl::link::message::get(
        Some(linkctl::link::message::To::Name(linkctl_conformance::stage::name("va"))),
        false,
    );
    let socket = live.socket(&linkctl::link::Netns::HERE).expect("open");
    let mut payload = socket.get(ask.expect("short"), |m| m.payload.to_vec()).expect("it is there");
    payload.extend([8, 0, 120, 0, 0xde, 0xad, 0xbe, 0xef]);
    let mut snapshot = linkctl::link::Snapshot::new();
    snapshot.open(linkctl::link::Netns::HERE);
    snapshot.push(&payload).expect("a link");
    let options = linkctl::link::show::Options { details: 1, ours: true, ..Default::default() };
    let mut text = String::new();
    let mut json = linkctl::schema::out::Out::new(false);
    for (seen, near) in snapshot.in_order(&linkctl::link::Netns::HERE) {
        linkctl::link::show::text::write(&seen, near, options, None, &mut text);
        linkctl::link::show::json::write(&seen, near, options, None, &mut json);
    }
    assert!(text.contains("attr 120 0xdeadbeef"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&json.into_string()).expect("JSON");
    assert!(json.to_string().contains("deadbeef"), "{json}");
}
