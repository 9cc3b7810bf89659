//! Settings of IPv4 and IPv6 that a link message has and `ip link` does not show, on a real kernel. What is so is read where
//! everybody reads it, in `/proc/sys/net`.

use linkctl::kinds::link::inet;
use linkctl_conformance::{Space, skip};
use serde_json::json;

/// Two veths, v0 and v1.
fn world() -> Option<Space> {
    let space = Space::new()?;
    space.ip("link add v0 type veth peer name v1").ok();
    Some(space)
}

/// A setting of IPv4, as the kernel has it for the namespace of this thread.
#[track_caller]
fn sysctl(link: &str, name: &str) -> i32 {
    let path = format!("/proc/sys/net/ipv4/conf/{link}/{name}");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.trim().parse().unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// All of them of a link, but those that this kernel or its files lack.
fn all(link: &str) -> Vec<(&'static str, i32)> {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/sys/net/ipv4/conf/{link}/{name}")).ok();
    inet::INET.iter().filter_map(|k| Some((k.name, read(k.name)?.trim().parse().ok()?))).collect()
}

/// What a new link of this namespace has; `false`, having said so, where that cannot be set.
fn by_default(name: &str, value: i32) -> bool {
    let done = std::fs::write(format!("/proc/sys/net/ipv4/conf/default/{name}"), value.to_string());
    done.map_err(|e| skip(&format!("net.ipv4.conf.default.{name}: {e}"))).is_ok()
}

#[test]
fn a_setting_of_ipv4_is_one_request_and_then_already_so() {
    let Some(space) = world() else { return };
    let before = all("v0");
    assert!(before.len() > 25, "{before:?}");
    for (words, is) in [
        ("inet forwarding on", &[("forwarding", 1)][..]),
        (
            "inet forwarding off rp_filter 2 medium_id -1",
            &[("forwarding", 0), ("rp_filter", 2), ("medium_id", -1)],
        ),
        ("inet { log_martians on arp_ignore 1 } mtu 1400", &[("log_martians", 1), ("arp_ignore", 1)]),
        ("mtu 1300 inet arp_notify on alias x", &[("arp_notify", 1), ("rp_filter", 2)]),
    ] {
        let words = format!("set v0 {words}");
        let Some((first, sent)) = space.traced(&words) else { return };
        first.ok();
        assert_eq!(sent, 1, "{words}");
        for (name, value) in is {
            assert_eq!(sysctl("v0", name), *value, "{words}: {name}");
        }
        let (second, sent) = space.traced(&words).expect("strace is there");
        second.ok().out_has("v0: already so");
        assert_eq!(sent, 0, "{words}");
    }
    let said = ["forwarding", "rp_filter", "medium_id", "log_martians", "arp_ignore", "arp_notify"];
    for (name, value) in before.iter().filter(|(n, _)| !said.contains(n)) {
        assert_eq!(sysctl("v0", name), *value, "{name} was not spoken of");
    }
    // Exactly what differs is told, and sent.
    space
        .linkctl("set v0 inet rp_filter 2 forwarding on")
        .ok()
        .out_has("inet forwarding off -> forwarding on");
}

#[test]
fn words_that_are_no_settings_are_told() {
    let Some(space) = world() else { return };
    for (words, told) in [
        ("inet", "wants names of settings"),
        ("inet forwading on", "expected forwarding"),
        ("inet forwarding maybe", "on or off"),
        ("inet { forwarding on", "inet"),
        ("inet arp_ignore x", "0 to 8"),
        ("inet6_conf forwarding on", "cannot be set"),
    ] {
        space.linkctl(&format!("set v0 {words}")).fails(3).err_has(told);
    }
}

#[test]
fn what_is_shown_can_be_asked_for() {
    let Some(space) = world() else { return };
    space.linkctl("set v0 inet forwarding on rp_filter 1 medium_id -1").ok();
    let shown = space.linkctl("--json show -d v0").ok().json();
    let v0 = &shown[0];
    for (pointer, value) in [
        ("/inet/forwarding", json!(true)),
        ("/inet/proxy_arp", json!(false)),
        ("/inet/rp_filter", json!(1)),
        ("/inet/medium_id", json!(-1)),
        ("/inet6_conf/hoplimit", json!(64)),
        ("/inet6_conf/rtr_solicits", json!(-1)),
        ("/inet6_cacheinfo/max_reasm_len", json!(65535)),
        ("/inet6_token", json!("::")),
    ] {
        assert_eq!(v0.pointer(pointer), Some(&value), "{pointer} in {v0}");
    }
    for empty in ["devlink_port", "dpll_pin", "map", "port_self", "mctp_net"] {
        assert_eq!(v0.get(empty), None, "a veth has no {empty}");
    }
    assert!(!space.linkctl("show -d v0").ok().out.contains("rp_filter"));
    space.linkctl("show -d -d v0").ok().out_has("inet { forwarding on ").out_has(" rp_filter 1 ");
    let found = space.linkctl("show inet forwarding on rp_filter 1").ok();
    assert!(found.out.contains("v0@v1") && !found.out.contains("v1@v0"), "{}", found.out);
    // iproute2 has no output for it, and nor has linkctl as ip.
    let one = space.linkctl("show -d -d v0").ok().out;
    let words =
        one.split_once("inet {").and_then(|(_, rest)| rest.split_once('}')).expect("braces").0.to_owned();
    space.linkctl(&format!("set v0 inet {{{words}}}")).ok().out_has("already so");
}

#[test]
fn a_goal_says_them_and_an_undo_takes_them_back() {
    let Some(space) = world() else { return };
    space.linkctl("set v0 inet forwarding on").ok();
    let before = all("v0");
    let goal = "
version: 1
links:
  v0: {inet: {forwarding: off, rp_filter: 1, medium_id: -1}}
  d0: {kind: veth, inet: {proxy_arp: on}, veth: {peer: d1}}
";
    let plan = space.plan(goal).fails(2);
    assert!(plan.out.contains("forwarding on") && !plan.out.contains("shared_media"), "{}", plan.out);
    space.apply(goal, &[]).ok();
    for (link, name, value) in
        [("v0", "forwarding", 0), ("v0", "rp_filter", 1), ("v0", "medium_id", -1), ("d0", "proxy_arp", 1)]
    {
        assert_eq!(sysctl(link, name), value, "{link} {name}");
    }
    space.plan(goal).ok().out_has("nothing to do");
    let file = space.file("inet.yaml", goal);
    if let Some((again, sent)) = space.traced(&format!("apply {}", file.display())) {
        again.ok().out_has("nothing to do");
        assert_eq!(sent, 0);
    }
    space.linkctl("undo").ok();
    assert_eq!(all("v0"), before);
    space.ip("link show d0").fails(1);
    for bad in ["{forwarding: maybe}", "{forwading: on}", "{rp_filter: []}", "[forwarding]", "{}x"] {
        space.plan(&format!("version: 1\nlinks:\n  v0: {{inet: {bad}}}\n")).fails(3);
    }
}

#[test]
fn a_value_that_means_nothing_is_refused_and_one_that_is_there_stands_in_no_ones_way() {
    let Some(space) = world() else { return };
    for (bad, bounds) in [
        ("{rp_filter: 3}", "0 to 2"),
        ("{forwarding: 2}", "on or off"),
        ("{arp_ignore: 9}", "0 to 8"),
        ("{force_igmp_version: 4}", "0 to 3"),
        ("{medium_id: -2}", "-1 to 2147483647"),
        ("'rp_filter -1'", "0 to 2"),
    ] {
        space.plan(&format!("version: 1\nlinks:\n  v0: {{inet: {bad}}}\n")).fails(3).err_has(bounds);
    }
    space.linkctl("set v0 inet rp_filter 3").fails(3).err_has("0 to 2");
    // The sysctl takes it, whatever it means.
    std::fs::write("/proc/sys/net/ipv4/conf/v0/rp_filter", "7").expect("a sysctl");
    let file = space.linkctl("show --as-goal v0").ok().out;
    assert!(!file.contains("rp_filter"), "{file}");
    space.plan(&file).ok().out_has("nothing to do");
    space.apply("version: 1\nlinks:\n  v0: {inet: {rp_filter: 1}}\n", &[]).ok();
    assert_eq!(sysctl("v0", "rp_filter"), 1);
    // Not every kernel would take it back from a message: the rest goes home without it.
    space.apply("version: 1\nlinks:\n  v0: {alias: x, inet: {rp_filter: 2}}\n", &[]).ok();
    std::fs::write("/proc/sys/net/ipv4/conf/v0/rp_filter", "7").expect("a sysctl");
    space.linkctl("undo").ok();
    assert!(!space.linkctl("show v0 -j").ok().out.contains("ifalias"));
}

#[test]
fn a_link_that_is_made_anew_has_what_it_had_and_nothing_else_is_said() {
    let Some(space) = world() else { return };
    if !space.add("vx type vxlan id 7 dstport 4789") {
        return;
    }
    space.linkctl("set vx inet rp_filter 2 arp_notify on").ok();
    let before = all("vx");
    let Some((said, sent)) = space.traced("--json set vx id 8 --rebuild") else { return };
    let text = said.ok().out;
    assert_eq!(sent, 3, "deleted, created, and told what it had: {text}");
    assert!(!text.contains("shared_media"), "{text}");
    assert_eq!(all("vx"), before);
    let goal = "version: 1\nlinks:\n  vx: {kind: vxlan, inet: {rp_filter: 0}, vxlan: {id: 9}}\n";
    space.apply(goal, &["--rebuild"]).ok();
    assert_eq!((sysctl("vx", "rp_filter"), sysctl("vx", "arp_notify")), (0, 1));
    space.linkctl("undo").ok();
    assert_eq!(all("vx"), before);
    // And of one that was deleted.
    space.apply("version: 1\nlinks:\n  vx: {state: absent}\n", &[]).ok();
    space.linkctl("undo").ok();
    assert_eq!(all("vx"), before);
}

#[test]
fn what_is_said_of_a_new_link_holds_whatever_the_namespace_gives_new_links() {
    let Some(space) = world() else { return };
    if !by_default("rp_filter", 2) {
        return;
    }
    space.linkctl("add a0 inet rp_filter 0 type veth peer name a1").ok();
    assert_eq!((sysctl("a0", "rp_filter"), sysctl("a1", "rp_filter")), (0, 2));
    space.apply("version: 1\nlinks:\n  b0: {kind: veth, inet: {rp_filter: 0}, veth: {peer: b1}}\n", &[]).ok();
    assert_eq!((sysctl("b0", "rp_filter"), sysctl("b1", "rp_filter")), (0, 2));
}

#[test]
fn a_token_is_the_end_of_an_address() {
    let Some(space) = world() else { return };
    let token = |space: &Space| {
        let shown = space.linkctl("--json show -d v0").ok().json();
        shown[0]["inet6_token"].as_str().unwrap_or_default().to_owned()
    };
    let Some((said, sent)) = space.traced("set v0 inet6_token ::5") else { return };
    said.ok();
    assert_eq!((sent, token(&space).as_str()), (1, "::5"));
    for same in ["::5", "2001:db8::5"] {
        space.linkctl(&format!("set v0 inet6_token {same}")).ok().out_has("already so");
    }
    space.linkctl("set v0 inet6_token ::").ok();
    assert_eq!(token(&space), "::");
    space.linkctl("set lo inet6_token ::5").fails(1).err_has("loopback");
    space.linkctl("set v0 mctp_net 3").fails(10).err_has("MCTP");
}
