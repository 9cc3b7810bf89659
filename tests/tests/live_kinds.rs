//! Settings that only some kinds have, and what it takes to change them while traffic flows.

use linkctl_conformance::peer::Everything;
use linkctl_conformance::running::kernel;
use linkctl_conformance::{Space, skip};
use serde_json::{Value as Json, json};

fn is(space: &Space, link: &str, pointer: &str) -> Json {
    let all = space.ip(&format!("-d -j link show {link}")).ok().json();
    all[0].pointer(pointer).cloned().unwrap_or(Json::Null)
}

fn data(space: &Space, link: &str, field: &str) -> Json {
    is(space, link, &format!("/linkinfo/info_data/{field}"))
}

fn is_up(space: &Space, link: &str) -> bool {
    is(space, link, "/flags").as_array().is_some_and(|f| f.iter().any(|x| x == "UP"))
}

/// A pair whose first end has this name.
fn pair(space: &Space, link: &str) {
    space.ip(&format!("link add {link} type veth peer name {link}x")).ok();
    space.ip(&format!("link set {link}x up")).ok();
}

#[test]
fn a_bond_in_use_gets_another_mode_and_has_its_ports_again() {
    let Some(space) = Space::new() else { return };
    if !space.add("bond0 type bond mode balance-rr miimon 100") {
        return;
    }
    for port in ["p1", "p2"] {
        pair(&space, port);
        space.linkctl(&format!("set {port} master bond0")).ok();
    }
    space.linkctl("set bond0 up").ok();
    space.linkctl("set p1 queue_id 3").ok();
    space.linkctl("set bond0 type bond mode active-backup").ok();
    assert_eq!(data(&space, "bond0", "mode"), "active-backup");
    for port in ["p1", "p2"] {
        assert_eq!(is(&space, port, "/master"), "bond0");
        assert!(is_up(&space, port), "{port} is up");
    }
    assert_eq!(is(&space, "p1", "/linkinfo/info_slave_data/queue_id"), 3);
    assert!(is_up(&space, "bond0"));
    space.linkctl("set bond0 type bond mode active-backup").ok().out_has("already so");
    space.linkctl("set bond0 primary p2").ok();
    assert_eq!(data(&space, "bond0", "primary"), "p2");
    space.linkctl("set bond0 primary p2 miimon 100ms").ok().out_has("already so");
    space.linkctl("set bond0 updelay 250").ok();
    assert_eq!(data(&space, "bond0", "updelay"), 200, "the kernel rounds down to miimon");
    space.linkctl("set bond0 updelay 250").ok().out_has("already so");
}

#[test]
fn what_a_bond_takes_only_while_down_is_set_by_taking_it_down_for_it() {
    let Some(space) = Space::new() else { return };
    if !space.add("bond0 up type bond mode 802.3ad miimon 100 lacp_rate slow") {
        return;
    }
    pair(&space, "p1");
    space.linkctl("set p1 master bond0").ok();
    space.linkctl("set bond0 lacp_rate fast").ok().out_has("lacp_rate");
    assert_eq!(data(&space, "bond0", "ad_lacp_rate"), "fast");
    assert!(is_up(&space, "bond0"), "it is up again");
    assert_eq!(is(&space, "p1", "/master"), "bond0");
    space.linkctl("set bond0 lacp_rate fast").ok().out_has("already so");
    space.linkctl("set bond0 arp_interval 100").fails(1);
}

#[test]
fn settings_that_exclude_each_other_are_told_before_the_kernel_is_asked() {
    let Some(space) = Space::new() else { return };
    for (words, told) in [
        ("add x type bond miimon 100 arp_interval 100", "miimon"),
        ("add x type bond mode balance-rr lacp_rate fast", "lacp_rate"),
        ("add x type vlan id 5", "x"),
        ("add x type vrf", "table"),
        ("add x type vxlan dstport 4789", "id"),
        ("add x type vxlan id 5 external", "external"),
        ("add x type veth", "peer"),
        ("add x type macvlan mode bridge", "x"),
    ] {
        let said = space.linkctl(words);
        assert!([1, 3].contains(&said.status), "{words}: {} {}", said.status, said.err);
        said.err_has(told);
        space.ip("link show x").fails(1);
    }
}

#[test]
fn a_vlans_maps_are_as_they_are_said_and_not_more() {
    let Some(space) = Space::new() else { return };
    pair(&space, "eth0");
    if !space.add("v5 link eth0 type vlan id 5 egress_qos_map 0:5 7:7 ingress_qos_map 1:2") {
        return;
    }
    space.linkctl("set v5 egress_qos_map 0:5").ok();
    assert_eq!(data(&space, "v5", "egress_qos"), json!([{"from": 0, "to": 5}]));
    assert_eq!(data(&space, "v5", "ingress_qos"), json!([{"from": 1, "to": 2}]));
    space.linkctl("set v5 egress_qos_map 0:5").ok().out_has("already so");
    space.linkctl("set v5 gvrp on loose_binding on").ok();
    space.linkctl("set v5 gvrp off").ok();
    assert_eq!(data(&space, "v5", "flags"), json!(["REORDER_HDR", "LOOSE_BINDING"]));
}

#[test]
fn a_vlans_identifier_is_fixed_and_a_rebuild_gives_it_another() {
    let Some(space) = Space::new() else { return };
    pair(&space, "eth0");
    space.linkctl("set eth0 up").ok();
    if !space.add("v5 link eth0 up mtu 1400 type vlan id 5") {
        return;
    }
    space.ip("link add br0 type bridge").ok();
    space.linkctl("set v5 master br0 alias five altname five-alt").ok();
    space.linkctl("set v5 port cost 9").ok();
    space.linkctl("set v5 id 6").fails(1).err_has("id 5").err_has("--rebuild");
    assert_eq!(data(&space, "v5", "id"), 5);
    space.linkctl("set v5 id 6 --rebuild").ok();
    assert_eq!(data(&space, "v5", "id"), 6);
    for (pointer, value) in [
        ("/mtu", json!(1400)),
        ("/master", json!("br0")),
        ("/ifalias", json!("five")),
        ("/altnames", json!(["five-alt"])),
    ] {
        assert_eq!(is(&space, "v5", pointer), value, "{pointer}");
    }
    assert_eq!(is(&space, "v5", "/linkinfo/info_slave_data/cost"), 9);
    assert!(is_up(&space, "v5"));
}

#[test]
fn a_rebuilt_bridge_or_vrf_has_its_ports_again() {
    let Some(space) = Space::new() else { return };
    if !space.add("vrf0 up type vrf table 100") {
        return;
    }
    pair(&space, "p1");
    space.linkctl("set p1 up master vrf0").ok();
    space.linkctl("set vrf0 table 101").fails(1).err_has("table 100");
    space.linkctl("set vrf0 table 101 --rebuild").ok();
    assert_eq!(data(&space, "vrf0", "table"), 101);
    assert_eq!(is(&space, "p1", "/master"), "vrf0");
    assert!(is_up(&space, "vrf0") && is_up(&space, "p1"));
}

/// Linux 5.10 waits forever, with its lock held, where a VLAN and the link below it are deleted as one group.
#[test]
fn a_vlan_never_goes_in_one_request_with_the_link_below_it() {
    let Some(space) = Space::new() else { return };
    if kernel() < (6, 0) {
        return skip("this kernel hangs for good where it fails; newer ones tell as well");
    }
    pair(&space, "eth0");
    if !space.add("v5 link eth0 type vlan id 5") {
        return;
    }
    let more: Vec<String> = (0..10).map(|i| format!("b{i}")).collect();
    more.iter().for_each(|b| _ = space.ip(&format!("link add {b} type bridge")).ok());
    let Some((said, log)) = space.trace(&format!("del {} v5 eth0", more.join(" "))) else { return };
    said.ok();
    // The bridges and the lower link go as one group; the VLAN falls with its lower link and is not put into it.
    let requests = log.matches("nlmsg_type=RTM_DELLINK,").count();
    assert!((1..8).contains(&requests), "{requests} deletions");
    let grouped = log.matches("nla_type=IFLA_GROUP").count();
    assert!(grouped <= 11 + requests, "{grouped} links in groups");
}

#[test]
fn a_macvlan_changes_its_mode_but_to_passthru_only_by_a_rebuild() {
    let Some(space) = Space::new() else { return };
    pair(&space, "eth0");
    if !space.add("mv0 link eth0 up type macvlan mode bridge") {
        return;
    }
    space.linkctl("set mv0 type macvlan mode private").ok();
    assert_eq!(data(&space, "mv0", "mode"), "private");
    space.linkctl("set mv0 type macvlan mode source macaddr set 02:00:00:00:00:aa 02:00:00:00:00:bb").ok();
    assert_eq!(data(&space, "mv0", "macaddr_data"), json!(["02:00:00:00:00:aa", "02:00:00:00:00:bb"]));
    space.linkctl("set mv0 macaddr set 02:00:00:00:00:bb 02:00:00:00:00:aa").ok().out_has("already so");
    space.linkctl("set mv0 macaddr flush").ok();
    space.linkctl("set mv0 type macvlan mode passthru").fails(1).err_has("--rebuild");
    space.linkctl("set mv0 type macvlan mode passthru --rebuild").ok();
    assert_eq!(data(&space, "mv0", "mode"), "passthru");
    assert!(is_up(&space, "mv0"));
    let lent = is(&space, "eth0", "/address");
    assert_eq!(is(&space, "mv0", "/address"), lent);
    space.linkctl("set mv0 type macvlan mode bridge --rebuild").ok();
    assert!(is_up(&space, "mv0"));
    assert_ne!(is(&space, "mv0", "/address"), lent, "it has its own again");
    let address = lent.as_str().expect("an address");
    space.linkctl(&format!("set mv0 address {address}")).fails(1).err_has("eth0");
}

#[test]
fn a_bond_that_stops_watching_its_ports_and_a_macsec_of_two_switches_come_back() {
    let Some(space) = Space::new() else { return };
    let made = [
        "bond0 type bond mode active-backup miimon 100 downdelay 200 updelay 300",
        "p0 type dummy",
        "m0 link p0 type macsec port 7 end_station on",
    ];
    if !made.iter().all(|words| space.add(words)) {
        return;
    }
    let before = Everything::read(&space, &[]);
    let goal = "version: 1\nlinks:\n  bond0: {kind: bond, bond: {mode: broadcast, miimon: 0}}\n  \
                m0: {kind: macsec, link: p0, macsec: {scb: on, send_sci: off, end_station: off}}\n";
    space.apply(goal, &[]).ok();
    assert_eq!([data(&space, "bond0", "miimon"), data(&space, "bond0", "downdelay")], [json!(0), json!(0)]);
    let both = "version: 1\nlinks:\n  m0: {kind: macsec, link: p0, macsec: {scb: on, send_sci: on, end_station: on}}\n";
    space.apply(both, &[]).ok();
    for switch in ["scb", "inc_sci", "es"] {
        assert_eq!(data(&space, "m0", switch), true, "{switch}");
    }
    space.linkctl("undo").ok();
    space.linkctl("undo").ok();
    before.assert_same(&space, "after both undos");
}

#[test]
fn mode_without_a_type_is_the_kinds_own_and_a_links_where_the_kind_has_none() {
    let Some(space) = Space::new() else { return };
    pair(&space, "eth0");
    if space.add("mv0 link eth0 type macvlan mode bridge") {
        space.linkctl("set mv0 mode private").ok();
        assert_eq!(data(&space, "mv0", "mode"), "private");
    }
    space.linkctl("set eth0 mode dormant").ok();
    assert_eq!(is(&space, "eth0", "/linkmode"), "DORMANT");
}

#[test]
fn carrier_and_protodown_are_set_where_the_driver_has_them() {
    let Some(space) = Space::new() else { return };
    pair(&space, "eth0");
    if space.add("mv0 link eth0 type macvlan") {
        space.linkctl("set mv0 protodown on").ok();
        assert_eq!(is(&space, "mv0", "/proto_down"), true);
        space.linkctl("set mv0 protodown on").ok().out_has("already so");
        space.linkctl("set mv0 protodown off").ok();
    }
    if space.add("d0 up type dummy") {
        space.linkctl("set d0 carrier off").ok();
        space.linkctl("set d0 carrier off").ok().out_has("already so");
        space.linkctl("set d0 carrier on").ok();
    }
}

#[test]
fn what_the_kernel_is_too_old_or_built_without_is_told_as_such() {
    let Some(space) = Space::new() else { return };
    // The kind is there; what is refused is one of its settings, if any.
    let said = space.linkctl("add br0 type bridge vlan_filtering on");
    assert!(said.status == 0 || !said.err.contains("no links of the kind bridge"), "{}", said.err);
    let said = space.linkctl("add vx type vxlan external vnifilter nolearning dstport 4789");
    if kernel() < (5, 18) {
        assert!([1, 5, 10].contains(&said.status), "{}: {}", said.status, said.err);
        space.ip("link show vx").fails(1);
    } else {
        said.ok();
    }
}

#[test]
fn a_tunnel_keeps_its_other_settings_when_one_changes() {
    let Some(space) = Space::new() else { return };
    pair(&space, "eth0");
    let words = "remote 192.0.2.1 local 192.0.2.2 dev eth0 ttl 64 tos 4 ikey 5 okey 6 iseq ocsum fwmark 7";
    if !space.add(&format!("g0 type gre {words}")) {
        return;
    }
    space.linkctl("set g0 up").ok();
    space.linkctl("set g0 ttl 9").ok().out_has("ttl 64 -> 9");
    space
        .linkctl(&format!("add g0 up type gre {}", words.replace("ttl 64", "ttl 9")))
        .ok()
        .out_has("already so");
    space.linkctl("set g0 noikey iseq off").fails(3);
    space.linkctl("set g0 noikey noiseq okey 1.2.3.4").ok();
    assert_eq!(data(&space, "g0", "ikey"), Json::Null);
    assert_eq!(data(&space, "g0", "okey"), "1.2.3.4");
    assert_eq!(data(&space, "g0", "ocsum"), true);
    assert_eq!(data(&space, "g0", "link"), "eth0");
    // It was made point to point.
    space.linkctl("set g0 remote any").fails(1).err_has("--rebuild");
    space.linkctl("set g0 remote any --rebuild").ok();
    assert_eq!(data(&space, "g0", "remote"), "any");
    assert_eq!(data(&space, "g0", "fwmark"), "0x7");
    assert!(is_up(&space, "g0"));
}

#[test]
fn a_tunnel_outlives_the_link_that_it_sends_by() {
    let Some(space) = Space::new() else { return };
    pair(&space, "eth0");
    if !space.add(
        "t0 type ip6tnl mode any remote 2001:db8::1 local 2001:db8::2 dev eth0 hoplimit 64 encaplimit none",
    ) {
        return;
    }
    space.linkctl("del eth0").ok();
    space.ip("link show eth0").fails(1);
    space.ip("link show t0").ok();
    space.linkctl("del t0").ok();
}

#[test]
fn keys_tell_tunnels_of_gre_apart_and_those_of_vti_not() {
    let Some(space) = Space::new() else { return };
    let ends = "local 192.0.2.2 remote 192.0.2.1";
    for kind in ["gre", "vti"] {
        if !space.add(&format!("{kind}5 type {kind} {ends} ikey 5 okey 5")) {
            return;
        }
    }
    space.linkctl(&format!("add gre6 type gre {ends} ikey 6 okey 6")).ok();
    let other = "{kind: vti, vti: {local: 192.0.2.2, remote: 192.0.2.1, ikey: 6, okey: 6}}";
    space
        .plan(&format!("version: 1\nlinks: {{vti6: {other}}}\n"))
        .fails(1)
        .err_has("vti5")
        .err_has("same identifiers");
    space.linkctl(&format!("add vti6 type vti {ends} ikey 6 okey 6")).fails(1).err_has("vti5");
}

#[test]
fn a_bond_of_tunnels_goes_with_its_last_port_and_comes_back() {
    let Some(space) = Space::new() else { return };
    let tunnel = |name: &str| space.add(&format!("{name} type ipip local 192.0.2.2 remote 192.0.2.1"));
    if !space.add("b0 type bond mode active-backup") || !tunnel("t0") {
        return;
    }
    for words in ["t0 master b0", "b0 up"] {
        space.ip(&format!("link set {words}")).ok();
    }
    let was = Everything::read(&space, &[]);
    // The bond alone: what it has of its port is not said when it is made anew.
    space.apply("version: 1\nlinks: {b0: {state: absent}}\n", &["--allow-disruption"]).ok();
    space.linkctl("undo").ok();
    was.assert_same(&space, "the bond went");
    // Its last port: the kernel takes the bond, too.
    let gone = "version: 1\nlinks: {t0: {state: absent}}\n";
    space.plan(gone).fails(2).out_has("b0  rebuild").out_has("it falls with t0");
    space.apply(gone, &["--rebuild", "--allow-disruption"]).ok();
    assert_eq!(is(&space, "b0", "/link_type"), "ether");
    space.linkctl("undo").ok();
    was.assert_same(&space, "the port went");
    let both = "version: 1\nlinks: {t0: {state: absent}, b0: {state: absent}}\n";
    space.apply(both, &["--allow-disruption"]).ok();
    space.linkctl("undo").ok();
    was.assert_same(&space, "both went");
    space.linkctl("del t0").fails(1).err_has("b0");
    space.linkctl("del t0 b0").ok();
    space.ip("link show b0").fails(1);
}
