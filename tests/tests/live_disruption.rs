//! What a plan promises to cost, against what it costs on a real kernel; and that nothing is lost without consent.

use std::collections::BTreeSet;

use linkctl_conformance::peer::Everything;
use linkctl_conformance::{Space, skip};
use serde_json::Value as Json;

/// The addresses and routes that are there, but for what every link makes for itself.
fn possessions(space: &Space) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let read = |words: &str| match space.ip(words).ok().out.trim() {
        "" => Json::Array(Vec::new()),
        text => serde_json::from_str(text).expect("JSON"),
    };
    for link in read("-j addr").as_array().into_iter().flatten() {
        for address in link["addr_info"].as_array().into_iter().flatten().filter(|a| a["scope"] == "global") {
            let ip = address["local"].as_str().expect("an address");
            out.insert(format!("{} {ip}/{}", link["ifname"].as_str().expect("a name"), address["prefixlen"]));
        }
    }
    for (words, all, bits) in [("-j -4 route", "0.0.0.0", 32), ("-j -6 route", "::", 128)] {
        for route in read(words).as_array().into_iter().flatten().filter(|r| r["protocol"] != "kernel") {
            let to = route["dst"].as_str().expect("a destination").replace("default", &format!("{all}/0"));
            let to = if to.contains('/') { to } else { format!("{to}/{bits}") };
            out.insert(format!("{} to {to}", route["dev"].as_str().expect("a name")));
        }
    }
    out
}

/// What a plan says that is lost for good.
fn promised(plan: &Json) -> BTreeSet<String> {
    let lasting = plan["losses"].as_array().expect("a list").iter().filter(|l| l["lasts"] == true);
    lasting
        .filter_map(|l| {
            let link = l["link"].as_str().expect("a name");
            match l["loss"].as_str().expect("a word") {
                "address" => Some(format!("{link} {}", l["address"].as_str().expect("an address"))),
                "route" => Some(format!("{link} to {}", l["to"].as_str().expect("a route"))),
                _ => None,
            }
        })
        .collect()
}

/// Plans and applies a goal; what was lost is what was promised, and `lost` of it, in a world with `commands`. Returns
/// the plan.
fn costs(commands: &[&str], goal: &str, lost: &[&str]) -> Option<Json> {
    let outer = Space::new()?;
    outer.another(|space| {
        space.ip("netns add red").ok();
        if !space.prepare(commands) {
            return None;
        }
        let before = possessions(space);
        let file = space.file("goal.yaml", &format!("version: 1\nlinks:\n{goal}"));
        let path = file.to_str().expect("text");
        let plan = space.linkctl_with(&["plan", path, "--json"]).fails(2).json();
        space.linkctl_with(&["apply", path, "--rebuild", "--allow-disruption", "--allow-lockout"]).ok();
        let gone: BTreeSet<String> = before.difference(&possessions(space)).cloned().collect();
        assert_eq!(promised(&plan), gone, "{goal}: what it promised, what went\n{plan:#}");
        assert_eq!(gone, lost.iter().map(ToString::to_string).collect(), "{goal}");
        Some(plan)
    })
}

/// A pair `va` and `vb`, up, with addresses and routes on `va`.
const PAIR: &[&str] = &[
    "link add va type veth peer name vb",
    "link set va up",
    "link set vb up",
    "addr add 10.0.0.1/24 dev va",
    "addr add 2001:db8::1/64 dev va nodad",
    "route add 192.168.0.0/16 via 10.0.0.9",
    "route add default via 10.0.0.254",
    "-6 route add 2001:db8:1::/48 via 2001:db8::9",
    "-6 route add default via 2001:db8::9",
];
const ROUTES: &[&str] = &["va to 0.0.0.0/0", "va to 192.168.0.0/16", "va to 2001:db8:1::/48", "va to ::/0"];

fn pair<'c>(more: &[&'c str]) -> Vec<&'c str> {
    PAIR.iter().copied().chain(more.iter().copied()).collect()
}

fn with_routes<'l>(more: &[&'l str]) -> Vec<&'l str> {
    ROUTES.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn a_link_that_goes_down_keeps_ipv4_and_loses_ipv6_and_its_routes() {
    let Some(plan) = costs(PAIR, "  va: {state: down}\n", &with_routes(&["va 2001:db8::1/64"])) else {
        return;
    };
    assert_eq!(plan["summary"]["stopped"], 1);
    let carrier = plan["losses"].as_array().expect("a list").iter().find(|l| l["loss"] == "carrier");
    assert_eq!(carrier.expect("the other end is told")["link"], "vb");
}

#[test]
fn kept_ipv6_addresses_outlive_that_their_link_is_down() {
    let Some(outer) = Space::new() else { return };
    outer.another(|space| {
        PAIR.iter().for_each(|words| _ = space.ip(words).ok());
        std::fs::write("/proc/sys/net/ipv6/conf/va/keep_addr_on_down", "1").expect("the setting is there");
        let before = possessions(space);
        let file = space.file("goal.yaml", "version: 1\nlinks:\n  va: {state: down}\n");
        let path = file.to_str().expect("text");
        let plan = space.linkctl_with(&["plan", path, "--json"]).fails(2).json();
        space.linkctl_with(&["apply", path, "--allow-lockout"]).ok();
        let gone: BTreeSet<String> = before.difference(&possessions(space)).cloned().collect();
        assert_eq!(promised(&plan), gone);
        assert_eq!(gone, ROUTES.iter().map(ToString::to_string).collect());
    });
}

#[test]
fn a_rebuilt_link_loses_all_that_it_has_and_its_consent_says_so() {
    let tunnel = [
        "link add vx type vxlan id 7 dstport 4789",
        "link set vx up",
        "addr add 10.7.0.1/24 dev vx",
        "addr add 2001:db8:7::1/64 dev vx nodad",
        "route add 172.16.0.0/12 via 10.7.0.9",
    ];
    let goal = "  vx: {kind: vxlan, vxlan: {id: 8}}\n";
    let lost = ["vx 10.7.0.1/24", "vx 2001:db8:7::1/64", "vx to 172.16.0.0/12"];
    let Some(plan) = costs(&tunnel, goal, &lost) else { return };
    let consents: BTreeSet<&str> =
        plan["consent"].as_array().expect("a list").iter().filter_map(|c| c["consent"].as_str()).collect();
    assert_eq!(consents, ["disruption", "rebuild"].into());
    let Some(space) = Space::new() else { return };
    tunnel.iter().for_each(|words| _ = space.ip(words).ok());
    let before = Everything::read(&space, &[]);
    let file = format!("version: 1\nlinks:\n{goal}");
    space
        .apply(&file, &["--rebuild"])
        .fails(1)
        .err_has("vx: it loses 10.7.0.1/24")
        .err_has("--allow-disruption");
    space.apply(&file, &["--allow-disruption"]).fails(1).err_has("--rebuild");
    before.assert_same(&space, "a refusal changes nothing");
    space.apply(&format!("version: 1\nrebuild: allow\ndisruption: allow\nlinks:\n{goal}"), &[]).ok();
}

#[test]
fn a_moved_link_leaves_its_addresses_behind() {
    // A file moves hardware alone, which is not to be had here: what the kernel does is the same.
    let Some(space) = Space::new() else { return };
    space.ip("netns add red").ok();
    PAIR.iter().for_each(|words| _ = space.ip(words).ok());
    space.linkctl("set va netns red").ok();
    assert!(possessions(&space).is_empty(), "nothing is left, as the model of losses says");
    let there = space.ip("-n red -j addr show va").ok();
    assert!(!there.out.contains("10.0.0.1") && !there.out.contains("2001:db8::1"));
}

#[test]
fn an_mtu_below_what_ipv6_needs_takes_ipv6_away() {
    costs(PAIR, "  va: {mtu: 1279}\n", &["va 2001:db8::1/64", "va to 2001:db8:1::/48", "va to ::/0"]);
    costs(PAIR, "  va: {mtu: 1280}\n", &[]);
}

#[test]
fn a_port_of_a_bridge_keeps_addresses_that_nobody_reaches() {
    let commands = pair(&["link add br0 type bridge", "link set br0 up"]);
    let Some(plan) = costs(&commands, "  va: {master: br0}\n", &[]) else { return };
    let reach: Vec<&Json> =
        plan["losses"].as_array().expect("a list").iter().filter(|l| l["loss"] == "reach").collect();
    assert_eq!(reach.len(), 2, "{plan:#}");
}

#[test]
fn the_other_end_of_a_deleted_pair_loses_what_it_has_and_wants_consent() {
    let Some(plan) =
        costs(PAIR, "  vb: {state: absent}\n", &with_routes(&["va 10.0.0.1/24", "va 2001:db8::1/64"]))
    else {
        return;
    };
    assert!(plan["consent"].as_array().expect("a list").iter().all(|c| c["link"] == "va"), "{plan:#}");
    let Some(space) = Space::new() else { return };
    PAIR.iter().for_each(|words| _ = space.ip(words).ok());
    space
        .apply("version: 1\nlinks: {vb: {state: absent}}\n", &[])
        .fails(1)
        .err_has("va: it loses 10.0.0.1/24");
    space.ip("link show vb").ok();
}

#[test]
fn ports_that_a_deleted_bridge_releases_want_consent() {
    let Some(space) = Space::new() else { return };
    for words in ["link add br0 up type bridge", "link add p0 up master br0 type veth peer name p1"] {
        space.ip(words).ok();
    }
    let goal = "version: 1\nlinks: {br0: {state: absent}}\n";
    space.plan(goal).fails(2).out_has("apply wants --allow-disruption");
    space.apply(goal, &[]).fails(1).err_has("p0: it leaves its master").err_has("disruption: allow");
    space.linkctl("show br0").ok();
    space.apply(goal, &["--allow-disruption"]).ok();
    space.ip("link show br0").fails(1);
}

#[test]
fn a_bond_that_has_to_go_down_takes_what_stands_on_it_along() {
    let commands = [
        "link add bond0 up type bond mode active-backup",
        "link add link bond0 name v7 up type vlan id 7",
        "addr add 10.7.0.1/24 dev v7",
        "addr add 2001:db8:7::1/64 dev v7 nodad",
        "addr add 10.0.0.1/24 dev bond0",
        "addr add 2001:db8::1/64 dev bond0 nodad",
        "route add 172.16.0.0/12 via 10.7.0.9",
    ];
    let goal = "  bond0: {kind: bond, bond: {mode: balance-tlb}}\n";
    let lost = ["bond0 2001:db8::1/64", "v7 2001:db8:7::1/64", "v7 to 172.16.0.0/12"];
    let Some(plan) = costs(&commands, goal, &lost) else { return };
    assert_eq!((&plan["summary"]["down"], &plan["summary"]["links"]), (&2.into(), &2.into()));
}

#[test]
fn a_link_that_comes_to_a_vrf_loses_its_ipv6_and_its_routes() {
    let commands = pair(&["link add blue up type vrf table 7"]);
    costs(&commands, "  va: {master: blue}\n", &with_routes(&["va 2001:db8::1/64"]));
}

#[test]
fn a_plan_of_new_links_asks_for_nothing_and_counts_them() {
    let Some(space) = Space::new() else { return };
    let goal = "version: 1\nlinks: {br0: {kind: bridge}, va: {kind: veth, master: br0, veth: {peer: vb}}}\n";
    let said = space.plan(goal).fails(2).out_has("3 links: 3 created");
    assert!(!said.out.contains("wants"), "{}", said.out);
    space.apply(goal, &[]).ok();
}

/// Runs a program from beside the peer's ip where there is one; whether it did what it was told.
fn runs(program: &str, words: &str) -> bool {
    let ip = std::env::var_os("LINKCTL_PEER_IP");
    let beside = ip.map(|ip| std::path::Path::new(&ip).with_file_name(program));
    let found = beside.filter(|path| path.exists()).unwrap_or_else(|| program.into());
    let done = std::process::Command::new(found).args(words.split(' ')).output();
    done.is_ok_and(|d| d.status.success())
}

fn tc(words: &str) -> bool {
    runs("tc", words)
}

#[test]
fn what_other_programs_put_onto_a_link_is_told_as_lost_with_it() {
    let Some(space) = Space::new() else { return };
    for words in ["link add vx0 type vxlan id 5 dstport 4789", "link set vx0 up"] {
        space.ip(words).ok();
    }
    let rebuilt = "version: 1\nlinks:\n  vx0: {kind: vxlan, vxlan: {id: 6}}\n";
    space.apply(rebuilt, &["--rebuild"]).ok();
    if !tc("qdisc replace dev vx0 root pfifo limit 7") {
        return skip("tc sets no queueing discipline here");
    }
    let goal = "version: 1\nlinks:\n  vx0: {kind: vxlan, vxlan: {id: 7}}\n";
    space.plan(goal).fails(2).out_has("vx0 loses: its queueing discipline pfifo (tc)");
    space.apply(goal, &["--rebuild"]).fails(1).err_has("--allow-disruption").err_has("pfifo");
    space.ip("link show vx0").ok().out_has("qdisc pfifo");
    space.apply(goal, &["--rebuild", "--allow-disruption"]).ok();
    let gone = space.ip("link show vx0").ok();
    assert!(!gone.out.contains("pfifo"), "{}", gone.out);
}

#[test]
fn filters_entries_and_neighbours_that_go_with_a_link_are_told_and_what_it_has_by_itself_is_not() {
    let Some(space) = Space::new() else { return };
    for words in [
        "link add vx0 up type vxlan id 5 dstport 4789 remote 192.0.2.1 local 192.0.2.2",
        "link add br0 up type bridge",
        "link add va up type veth peer name vb",
        "link set va master br0",
        "link set vb up",
        "link add if0 up type ifb",
        "addr add 192.0.2.2/24 dev vb",
    ] {
        space.ip(words).ok();
    }
    let gone = "version: 1\nlinks: {vx0: {state: absent}, va: {state: absent}, if0: {state: absent}}\n";
    // Queues of one's own are given to what goes up, its own addresses are entries, and a remote end is one.
    let before = space.plan(gone).fails(2);
    for word in ["tc", "fdb", "neigh"] {
        assert!(!before.out.contains(word), "{}", before.out);
    }
    let all = tc("qdisc add dev va clsact")
        && tc("qdisc replace dev if0 root handle 7: pfifo_fast")
        && runs("bridge", "fdb append 00:00:00:00:00:00 dev vx0 dst 192.0.2.9")
        && runs("bridge", "fdb append 02:00:00:00:00:09 dev vx0 dst 192.0.2.9")
        && runs("bridge", "fdb add 02:00:00:00:00:08 dev va master static");
    if !all {
        return skip("tc or bridge of iproute2 does not do its part here");
    }
    space.ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev vb nud permanent").ok();
    space.ip("neigh add 192.0.2.6 lladdr 02:00:00:00:00:06 dev vb nud permanent").ok();
    let said = space.plan(gone).fails(2);
    said.out_has("vx0 loses: 2 entries of its forwarding table (bridge fdb)")
        .out_has("its filters (tc, clsact)")
        .out_has("a static entry of its bridge (bridge fdb)")
        .out_has("its queueing discipline pfifo_fast (tc)")
        .out_has("2 permanent neighbours (ip neigh)");
    // The file wants them gone, with what they have; of a link that is made anew nobody asked for that.
    let rebuilt = "version: 1\nlinks: {vx0: {kind: vxlan, vxlan: {id: 7}}}\n";
    space.apply(rebuilt, &["--rebuild"]).fails(1).err_has("forwarding table").err_has("--allow-disruption");
    space
        .apply(gone, &[])
        .fails(1)
        .err_has("vb: it loses 2 permanent neighbours")
        .err_has("--allow-disruption");
    space.apply(gone, &["--allow-disruption"]).ok();
}

#[test]
fn what_stands_on_a_link_has_no_more_than_its_mtu_and_that_is_told() {
    let Some(space) = Space::new() else { return };
    for words in [
        "link add va type veth peer name vb",
        "link add mv0 link va type macvlan",
        "link add br0 type bridge",
        "link set vb master br0",
        "link add mb link br0 type macvlan",
    ] {
        space.ip(words).ok();
    }
    let mtus = || -> Vec<u64> {
        let all = space.ip("-j link show").ok().json();
        let of = |name: &str| all.as_array()?.iter().find(|l| l["ifname"] == name)?["mtu"].as_u64();
        ["va", "mv0", "vb", "br0", "mb"].iter().filter_map(|name| of(name)).collect()
    };
    let goal = "version: 1\nlinks: {va: {mtu: 1400}, mv0: {alias: x}, vb: {mtu: 1300}}\n";
    let said = space.plan(goal).fails(2);
    for told in
        ["mv0  shrunk    mtu 1500 → 1400, because of va", "br0  shrunk    mtu 1500 → 1300", "mb   shrunk"]
    {
        assert!(said.out.contains(told), "{told}: {}", said.out);
    }
    space.apply(goal, &[]).ok();
    assert_eq!(mtus(), [1400, 1400, 1300, 1300, 1300]);
    space.apply(goal, &[]).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    assert_eq!(mtus(), [1500; 5]);
    // IPv6 goes with a smaller one, and comes back with the greater.
    space.apply("version: 1\nlinks: {vb: {mtu: 1200}}\n", &[]).ok().out_has("br0  shrunk");
    space.linkctl("undo").ok();
    assert_eq!(mtus(), [1500; 5]);
    // One that the kernel does not shrink gets no more than it can have when it is made anew.
    space.ip("link add vx type vxlan id 5 dev va group 239.1.1.1 dstport 4789").ok();
    space.ip("link set va mtu 1300").ok();
    space.ip("link show vx").ok().out_has("mtu 1450");
    space.apply("version: 1\nlinks: {vx: {kind: vxlan, vxlan: {id: 6}}}\n", &["--rebuild"]).ok();
    space.ip("link show vx").ok().out_has("mtu 1250");
    space.ip("link set va mtu 1500").ok();
    // What is said of both is not to be had, and is refused.
    let both = "version: 1\nlinks: {va: {mtu: 1400}, mv0: {mtu: 1500}}\n";
    space.plan(both).fails(1).err_has("mv0: mtu 1500 is more than the 1400");
}

/// Two bridges, `va` a port of the first, and a VXLAN that filters networks. `None` where that cannot be had here.
fn bridged() -> Option<Space> {
    let space = Space::new()?;
    let made = space.prepare(&[
        "link add br0 up type bridge",
        "link add br1 up type bridge",
        "link add va up master br0 type veth peer name vb",
        "link set vb up",
        "link add vx0 up type vxlan dstport 4789 external vnifilter",
    ]);
    made.then_some(space)
}

const LEAVES: &str = "version: 1\nlinks: {va: {master: br1}}\n";
const ALONE: &str = "version: 1\nlinks: {va: {master: null}}\n";
const REBUILT: &str = "version: 1\nlinks: {br0: {kind: bridge, numtxqueues: 2}}\n";

#[test]
fn groups_and_entries_of_a_bridge_go_with_the_port_that_leaves_it_and_want_consent() {
    let Some(space) = bridged() else { return };
    for goal in [LEAVES, ALONE, REBUILT] {
        let plain = space.plan(goal).fails(2);
        assert!(!plain.out.contains("(bridge"), "what they have by themselves: {}", plain.out);
    }
    let all = runs("bridge", "mdb add dev br0 port va grp 239.1.1.1 permanent")
        && runs("bridge", "mdb add dev br0 port va grp 239.1.1.2 temp")
        && runs("bridge", "fdb add 02:00:00:00:00:08 dev va master static");
    if !all {
        return skip("bridge of iproute2 does not do its part here");
    }
    let host = runs("bridge", "mdb add dev br0 port br0 grp 239.1.1.3 permanent");
    for goal in [LEAVES, ALONE, REBUILT] {
        space
            .plan(goal)
            .fails(2)
            .out_has("a permanent multicast group (bridge mdb)")
            .out_has("a static entry of its bridge (bridge fdb)");
        space
            .apply(goal, &["--rebuild"])
            .fails(1)
            .err_has("va: it loses a permanent multicast group (bridge mdb)")
            .err_has("--allow-disruption");
    }
    if host {
        space.apply(REBUILT, &["--rebuild"]).fails(1).err_has("br0: it loses a permanent multicast group");
    }
    // What stays a port keeps what the bridge has of it.
    space.apply("version: 1\nlinks: {va: {state: down}}\n", &[]).ok();
    space.apply(LEAVES, &["--allow-disruption"]).ok();
    let after = space.plan(ALONE).fails(2);
    assert!(!after.out.contains("(bridge"), "{}", after.out);
}

#[test]
fn vlans_of_a_port_and_of_a_bridge_are_told_and_the_one_that_it_gets_by_itself_is_not() {
    let Some(space) = bridged() else { return };
    if !runs("bridge", "vlan add dev va vid 10-19") {
        return skip("this kernel's bridges have no VLANs");
    }
    assert!(runs("bridge", "vlan add dev br0 vid 7 self"));
    for goal in [LEAVES, ALONE, REBUILT] {
        space.plan(goal).fails(2).out_has("10 VLANs (bridge vlan)");
        space
            .apply(goal, &["--rebuild"])
            .fails(1)
            .err_has("va: it loses 10 VLANs")
            .err_has("--allow-disruption");
    }
    space.plan(REBUILT).fails(2).out_has("br0 loses: ").out_has("a VLAN (bridge vlan)");
    assert!(runs("bridge", "vlan del dev va vid 1-19"));
    space.plan(LEAVES).fails(2).out_has("that it is not in VLAN 1 (bridge vlan)");
    space.apply(LEAVES, &["--allow-disruption"]).ok();
    let after = space.plan(ALONE).fails(2);
    assert!(!after.out.contains("(bridge"), "{}", after.out);
}

#[test]
fn networks_that_a_vxlan_takes_and_their_groups_go_with_it() {
    let Some(space) = bridged() else { return };
    let rebuilt =
        "version: 1\nlinks: {vx0: {kind: vxlan, vxlan: {external: true, vnifilter: true, dstport: 4790}}}\n";
    let plain = space.plan(rebuilt).fails(2);
    assert!(!plain.out.contains("(bridge"), "{}", plain.out);
    if !runs("bridge", "vni add vni 100-110 dev vx0") {
        return skip("bridge of iproute2 sets no VNIs here");
    }
    space.plan(rebuilt).fails(2).out_has("vx0 loses: ").out_has("11 VNIs (bridge vni)");
    space
        .apply(rebuilt, &["--rebuild"])
        .fails(1)
        .err_has("vx0: it loses 11 VNIs")
        .err_has("--allow-disruption");
    if runs("bridge", "mdb add dev vx0 port vx0 grp 239.1.1.1 permanent dst 192.0.2.1 src_vni 100") {
        space.plan(rebuilt).fails(2).out_has("a permanent multicast group (bridge mdb)");
    }
}

/// How many questions of some kinds `plan` of a goal asks, by the words that strace has for them.
fn asks(space: &Space, goal: &str, words: &[&str]) -> Option<usize> {
    let file = space.file("goal.yaml", goal);
    let (_, log) = space.trace(&format!("plan {}", file.display()))?;
    Some(words.iter().map(|w| log.matches(w).count()).sum())
}

#[test]
fn what_touches_no_bridge_asks_no_bridge() {
    let Some(space) = bridged() else { return };
    let words = ["RTM_GETMDB", "family=AF_BRIDGE", "nlmsg_type=0x7a"];
    let Some(none) = asks(&space, "version: 1\nlinks: {vb: {state: down}}\n", &words) else { return };
    assert_eq!(none, 0);
    assert!(asks(&space, REBUILT, &words).is_some_and(|n| n > 0));
}

#[test]
fn of_a_pair_either_end_is_asked_to_go_and_one_that_is_ignored_wants_consent() {
    for (end, other) in [("va", "vb"), ("vb", "va")] {
        let Some(space) = Space::new() else { return };
        space.ip("link add va type veth peer name vb").ok();
        let before = Everything::read(&space, &[]);
        let ignored =
            format!("version: 1\nlinks: {{{end}: {{state: absent}}, {other}: {{state: ignore}}}}\n");
        space
            .apply(&ignored, &[])
            .fails(1)
            .err_has(&format!("{other}: it is deleted: it falls with {end}, though it is to be left alone"))
            .err_has("--allow-disruption");
        before.assert_same(&space, "a refusal changes nothing");
        space.apply(&format!("version: 1\nlinks: {{{end}: {{state: absent}}}}\n"), &[]).ok();
        space.ip("link show va").fails(1);
    }
}

/// Two pairs with routes over both, and one over the second that sends from the first.
const TWO: &[&str] = &[
    "link add va up type veth peer name vb",
    "link add wa up type veth peer name wb",
    "link set vb up",
    "link set wb up",
    "addr add 10.1.0.1/24 dev va",
    "addr add 10.2.0.1/24 dev wa",
    "addr add fd01::1/64 dev va nodad",
    "addr add fd02::1/64 dev wa nodad",
    "route add 10.9.0.0/16 nexthop via 10.1.0.9 dev va nexthop via 10.2.0.9 dev wa",
    "-6 route add fd09::/48 nexthop via fd01::9 dev va nexthop via fd02::9 dev wa",
    "route add 10.8.0.0/16 via 10.2.0.9 src 10.1.0.1",
    "route add 10.7.0.0/16 via 10.2.0.9 src 10.1.0.1 table 77",
];

/// Which routes of [`TWO`] are there, each with how many of its next hops packets can take.
fn two_routes(space: &Space) -> Vec<(String, usize)> {
    let said = [space.ip("-4 -o route show table all").ok(), space.ip("-6 -o route show table all").ok()];
    let all = said.iter().flat_map(|s| s.out.lines()).filter_map(|line| {
        let to = line.split(' ').next()?;
        let hops = line.split("via ").skip(1).filter(|hop| !hop.contains("dead")).count();
        (to.starts_with("10.") || to.starts_with("fd09")).then(|| (to.to_owned(), hops))
    });
    all.filter(|(_, hops)| *hops > 0).collect()
}

#[test]
fn routes_of_several_next_hops_and_those_that_send_from_a_lost_address_are_told() {
    let Some(outer) = Space::new() else { return };
    let way = "va loses: a way of the route to fd09::/48 by fd01::9";
    let whole = "the route to 10.9.0.0/16 by 10.1.0.9";
    let source = "wa loses: the route to 10.8.0.0/16 by 10.2.0.9";
    for (goal, told, left) in [
        ("va: {state: down}", &[][..], [("10.9", 1), ("10.8", 1), ("10.7", 1), ("fd09", 1)]),
        ("va: {mtu: 1200}", &[way], [("10.9", 2), ("10.8", 1), ("10.7", 1), ("fd09", 1)]),
        ("va: {state: absent}", &[whole, way, source], [("10.9", 0), ("10.8", 0), ("10.7", 1), ("fd09", 1)]),
        (
            "va: {state: down}, wa: {state: down}",
            &[whole, "the route to fd09::/48 by fd02::9"],
            [("10.9", 0), ("10.8", 0), ("10.7", 0), ("fd09", 0)],
        ),
    ] {
        outer.another(|space| {
            if !space.prepare(TWO) {
                return;
            }
            let goal = format!("version: 1\nlinks: {{{goal}}}\n");
            let plan = space.plan(&goal).fails(2);
            for words in [way, whole, source] {
                // Of both that go down the whole routes are told.
                let words = words.trim_start_matches("va loses: ").trim_start_matches("wa loses: ");
                let is = told.iter().any(|t| t.contains(words));
                let both = goal.contains("wa:");
                assert!(both || plan.out.contains(words) == is, "{goal}: {words}\n{}", plan.out);
            }
            told.iter().for_each(|t| {
                let t = t.split_once("loses: ").map_or(*t, |(_, what)| what);
                assert!(plan.out.contains(t), "{goal}: {t}\n{}", plan.out);
            });
            space.apply(&goal, &["--allow-disruption", "--allow-lockout"]).ok();
            let is = two_routes(space);
            for (to, hops) in left {
                let found = is.iter().find(|(t, _)| t.starts_with(to)).map_or(0, |(_, n)| *n);
                assert_eq!(found, hops, "{goal}: {to} {is:?}");
            }
        });
    }
    let Some(space) = Space::new() else { return };
    space.prepare(TWO);
    // What goes by another link nobody asked for.
    let gone = "version: 1\nlinks: {va: {state: absent}}\n";
    space
        .apply(gone, &[])
        .fails(1)
        .err_has("wa: it loses the route to 10.8.0.0/16 by 10.2.0.9")
        .err_has("--allow-disruption");
    // Another link that has the address keeps the route.
    space.ip("addr add 10.1.0.1/32 dev wb").ok();
    assert!(!space.plan(gone).fails(2).out.contains("10.8.0.0/16"));
    space.apply(gone, &[]).ok();
    space.ip("route show 10.8.0.0/16").ok().out_has("10.2.0.9");
}

#[test]
fn next_hops_that_are_objects_go_with_a_link_that_goes_down_and_routes_through_them() {
    let Some(space) = Space::new() else { return };
    space.prepare(TWO);
    let said = space.ip("nexthop add id 1 via 10.1.0.9 dev va");
    if said.status != 0 {
        return skip("no next hop objects here");
    }
    for words in [
        "nexthop add id 2 via 10.2.0.9 dev wa",
        "nexthop add id 3 group 1/2",
        "nexthop add id 4 via 10.1.0.8 dev va proto zebra",
        "route add 10.6.0.0/16 nhid 3",
        "route add 10.5.0.0/16 nhid 1",
    ] {
        space.ip(words).ok();
    }
    let set = "version: 1\nlinks: {va: {state: down}}\n";
    space
        .plan(set)
        .fails(2)
        .out_has("a next hop object (ip nexthop)")
        .out_has("a way of the route to 10.6.0.0/16 by 10.1.0.9")
        .out_has("the route to 10.5.0.0/16 by 10.1.0.9");
    // One that is made anew nobody asked to lose them.
    space
        .apply("version: 1\nlinks: {va: {kind: veth, numtxqueues: 3, veth: {peer: vb}}}\n", &["--rebuild"])
        .fails(1)
        .err_has("va: it loses a next hop object (ip nexthop)")
        .err_has("--allow-disruption");
    space.apply(set, &[]).ok();
    let left = space.ip("nexthop show").ok();
    assert!(!left.out.contains("id 1 ") && left.out.contains("id 2 "), "{}", left.out);
}
