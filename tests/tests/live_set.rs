//! `set`, `add` and `del` on a real kernel: what is not so is made so, what is so is left alone, and nothing else moves.

use linkctl::kinds::KINDS;
use linkctl::schema::Below;
use linkctl_conformance::Space;
use linkctl_conformance::peer::said;
use linkctl_conformance::running::kernel;
use linkctl_conformance::stage::Stage;
use serde_json::{Value as Json, json};

/// A bridge br0, and a pair va and vb whose one end is its port.
fn world() -> Option<Space> {
    let space = Space::new()?;
    space.ip("link add br0 type bridge").ok();
    space.ip("link add va master br0 type veth peer name vb").ok();
    Some(space)
}

/// One value of what ip tells of a link; null where it tells nothing.
fn is(space: &Space, link: &str, pointer: &str) -> Json {
    let all = space.ip(&format!("-d -j link show {link}")).ok().json();
    all[0].pointer(pointer).cloned().unwrap_or(Json::Null)
}

fn has_flag(space: &Space, link: &str, flag: &str) -> bool {
    is(space, link, "/flags").as_array().is_some_and(|f| f.iter().any(|x| x == flag))
}

/// Settings of va, where ip tells each, and what it tells.
fn settings() -> Vec<(&'static str, &'static str, Json)> {
    let port = "/linkinfo/info_slave_data";
    let port = |field: &str| -> &'static str { format!("{port}/{field}").leak() };
    vec![
        ("mtu 1400", "/mtu", json!(1400)),
        ("txqueuelen 77", "/txqlen", json!(77)),
        ("address 02:00:00:00:00:77", "/address", json!("02:00:00:00:00:77")),
        ("broadcast ff:ff:ff:ff:ff:fe", "/broadcast", json!("ff:ff:ff:ff:ff:fe")),
        ("group 77", "/group", json!("77")),
        ("group default", "/group", json!("default")),
        ("alias uplink", "/ifalias", json!("uplink")),
        ("altname to-the-lab", "/altnames", json!(["to-the-lab"])),
        ("noaltname to-the-lab", "/altnames", Json::Null),
        ("isolated on", port("isolated"), json!(true)),
        ("type bridge_slave isolated off cost 7", port("cost"), json!(7)),
        ("port hairpin on", port("hairpin"), json!(true)),
        ("nomaster", "/master", Json::Null),
        ("master br0", "/master", json!("br0")),
        ("gso_max_size 40000", "/gso_max_size", json!(40000)),
        ("addrgenmode none", "/inet6_addr_gen_mode", json!("none")),
        ("mtu 1300 alias both up", "/mtu", json!(1300)),
    ]
}

#[test]
fn a_setting_is_made_so_and_a_second_run_sends_nothing() {
    let Some(space) = world() else { return };
    for (words, pointer, value) in settings() {
        let words = format!("set va {words}");
        let Some((first, sent)) = space.traced(&words) else { return };
        first.ok();
        assert!(sent > 0, "{words}: the instrument sees what is sent");
        // Linux 5.10 tells addrgenmode only together with counters, which ip does not ask for.
        if kernel() >= (6, 0) || !words.contains("addrgenmode") {
            assert_eq!(is(&space, "va", pointer), value, "{words}");
        }
        let (second, sent) = space.traced(&words).expect("strace is there");
        second.ok().out_has("va: already so");
        assert_eq!(sent, 0, "{words}");
    }
}

#[test]
fn flags_are_settings_like_any_other() {
    let Some(space) = world() else { return };
    for (words, flag, on) in [
        ("up", "UP", true),
        ("arp off", "NOARP", true),
        ("arp on", "NOARP", false),
        ("promisc on", "PROMISC", true),
        ("promisc off", "PROMISC", false),
        ("allmulticast on", "ALLMULTI", true),
        ("multicast off", "MULTICAST", false),
        ("dynamic on", "DYNAMIC", true),
        ("down", "UP", false),
    ] {
        // The end that is no port: a bridge makes its ports promiscuous itself.
        space.linkctl(&format!("set vb {words}")).ok();
        assert_eq!(has_flag(&space, "vb", flag), on, "{words}");
        space.linkctl(&format!("set vb {words}")).ok().out_has("already so");
    }
}

#[test]
fn an_add_that_is_so_already_sends_nothing_whatever_the_kind() {
    let Some(outer) = Space::new() else { return };
    let mut stage = Stage::new();
    for kind in KINDS {
        if !stage.makes(kind) {
            continue;
        }
        let words = kind.examples.iter().map(|e| e.words).chain(kind.examples.is_empty().then_some(""));
        let mut has =
            |w: &&str| said(kind, w).is_some_and(|all| all.iter().all(|(f, _)| !stage.lacks(kind, f)));
        let words: Vec<&str> = words.filter(|w| has(w)).collect();
        for words in words {
            outer.another(|space| {
                space.ip("link add eth0 type veth peer name eth0p").ok();
                let before = if kind.below == Below::Link { "link eth0 " } else { "" };
                let behind = if kind.pair.is_some() { "peer name x1" } else { "" };
                let words = format!("add x0 {before}type {} {words} {behind}", kind.name);
                space.linkctl(&words).ok().out_has("created");
                let Some((again, sent)) = space.traced(&words) else { return };
                again.ok().out_has("already so");
                assert_eq!(sent, 0, "{words}");
            });
        }
    }
}

#[test]
fn an_add_that_differs_tells_how_and_changes_nothing() {
    let Some(space) = world() else { return };
    space.linkctl("add vx up mtu 1400 type vxlan id 7 dstport 4789 ageing 100").ok();
    let before = space.ip("-d -j link show").ok().json();
    for (words, told) in [
        ("type vxlan id 7 dstport 4789 ageing 200", "ageing 100 -> 200"),
        ("mtu 1300 type vxlan id 7 dstport 4789", "mtu 1400 -> 1300"),
        ("type vxlan id 8 dstport 4789", "id 7"),
        ("type bridge", "bridge"),
        ("down type vxlan id 7 dstport 4789", "is up"),
        ("master br0 type vxlan id 7 dstport 4789", "no port of br0"),
    ] {
        space.linkctl(&format!("add vx {words}")).fails(1).err_has(told).err_has("there already");
    }
    let after = space.ip("-d -j link show").ok().json();
    let calm = |v: &Json| linkctl_conformance::peer::masked(&v.to_string());
    assert_eq!(calm(&before), calm(&after));
}

#[test]
fn a_kinds_settings_need_no_type_before_them() {
    let Some(space) = world() else { return };
    space.linkctl("add vx type vxlan id 7 dstport 4789").ok();
    space.linkctl("set vx ageing 600 nolearning").ok().out_has("ageing 300 -> 600");
    space.linkctl("set vx type vxlan ageing 600 nolearning").ok().out_has("already so");
    space.linkctl("set vx type vxlan ageing 500").ok();
    assert_eq!(is(&space, "vx", "/linkinfo/info_data/ageing"), json!(500));
    space.linkctl("set br0 stp_state on forward_delay 4s").ok();
    assert_eq!(is(&space, "br0", "/linkinfo/info_data/forward_delay"), json!(400));
    space.linkctl("set br0 type vxlan id 5").fails(1).err_has("--rebuild");
    space.linkctl("set vx id 8").fails(1).err_has("id 7");
}

#[test]
fn a_rename_leaves_an_up_link_up_and_says_where_it_was_down_for_it() {
    let Some(space) = world() else { return };
    space.linkctl("set va up").ok();
    let said = space.linkctl("set va name vz").ok();
    assert!(has_flag(&space, "vz", "UP"));
    assert_eq!(is(&space, "vz", "/master"), json!("br0"), "it is a port still");
    let note = said.out.contains("down for a moment");
    assert_eq!(note, kernel() < (6, 2), "{}", said.out);
    space.linkctl("set vz name vz").ok().out_has("already so");
    space.linkctl("set vz name vb").fails(1).err_has("vb");
    space.linkctl("set vz name va mtu 1400 down").ok();
    assert_eq!(is(&space, "va", "/mtu"), json!(1400));
    assert!(!has_flag(&space, "va", "UP"));
}

#[test]
fn a_link_moves_to_a_namespace_under_a_new_name_and_keeps_its_settings() {
    let Some(space) = world() else { return };
    space.ip("netns add blue").ok();
    space.linkctl("set vb mtu 1400 alias far up").ok();
    space.linkctl("set vb netns blue name eth0").ok();
    let there = space.ip("-n blue -j link show eth0").ok().json();
    assert_eq!((&there[0]["mtu"], &there[0]["ifalias"]), (&json!(1400), &json!("far")));
    space.ip("link show vb").fails(1);
    space.linkctl("--netns blue set eth0 mtu 1300").ok();
    space.linkctl("--netns blue set eth0 mtu 1300").ok().out_has("already so");
    space.linkctl("set va netns blue").ok();
    space.ip("-n blue link show va").ok();
    space.linkctl("set br0 netns red").fails(1).err_has("red").err_has("blue");
}

#[test]
fn an_alternative_name_finds_the_link_and_is_nobody_elses() {
    let Some(space) = world() else { return };
    space.linkctl("set va altname first altname second").ok();
    space.linkctl("set first mtu 1400").ok();
    assert_eq!(is(&space, "va", "/mtu"), json!(1400));
    space.linkctl("show second").ok().out_has("va@vb");
    space.linkctl("set vb altname first").fails(1);
    space.linkctl("set va noaltname first altname third").ok();
    assert_eq!(is(&space, "va", "/altnames"), json!(["second", "third"]));
    space.linkctl("set vb altname first").ok();
}

#[test]
fn deleting_what_is_not_there_is_done_and_what_others_stand_on_goes_only_with_them() {
    let Some(space) = world() else { return };
    space.linkctl("del nobody").ok().out_has("already so");
    if space.add("mv0 link vb type macvlan mode bridge") {
        space.linkctl("del vb").fails(1).err_has("mv0");
        for there in ["va", "vb", "mv0"] {
            space.ip(&format!("link show {there}")).ok();
        }
        space.linkctl("del vb mv0").ok();
        for gone in ["va", "vb", "mv0"] {
            space.ip(&format!("link show {gone}")).fails(1);
        }
    }
    space.linkctl("del lo").fails(1).err_has("lo");
    let Some((said, sent)) = space.traced("del br0 nobody") else { return };
    said.ok().out_has("deleted");
    assert_eq!(sent, 1);
}

#[test]
fn many_links_go_in_one_request_and_their_ports_stay() {
    let Some(space) = world() else { return };
    let names: Vec<String> = (0..20).map(|i| format!("br1{i:02}")).collect();
    for name in &names {
        space.ip(&format!("link add {name} type bridge")).ok();
    }
    let Some((said, sent)) = space.traced(&format!("del {} br0", names.join(" "))) else { return };
    said.ok();
    assert_eq!(sent, 22, "21 into a group, and the group");
    let left = space.ip("-j link show").ok().json();
    assert_eq!(left.as_array().map(Vec::len), Some(3), "lo, va and vb: {left}");
}

#[test]
fn every_answer_is_json_where_json_is_asked_for() {
    let Some(space) = world() else { return };
    for (words, status) in [
        ("set va mtu 1400", 0),
        ("set va mtu 1400", 0),
        ("set va up name vz", 0),
        ("set vz mtu 99999999", 1),
        ("set vz nosuch", 3),
        ("set nobody up", 1),
        ("add x0 type bridge", 0),
        ("add x0 type bridge", 0),
        ("add x0 type veth peer name x1", 1),
        ("add x0 type nokind", 3),
        ("add x1 type macvlan", 3),
        ("del x0", 0),
        ("del x0", 0),
        ("show", 0),
        ("show vz", 0),
        ("show nobody", 1),
        ("kind", 0),
    ] {
        let said = space.linkctl(&format!("--json {words}")).fails(status);
        let text = if status == 0 { &said.out } else { &said.err };
        let json: Json = serde_json::from_str(text).unwrap_or_else(|e| panic!("{words}: {e}: {text}"));
        if status != 0 {
            assert_eq!(json["status"], json!(status), "{words}");
            assert!(json["error"].as_str().is_some_and(|e| !e.is_empty()), "{words}: {json}");
        } else if !words.starts_with("show") && words != "kind" {
            assert!(json["changed"].is_boolean(), "{words}: {json}");
        }
    }
}
