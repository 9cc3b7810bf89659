//! `plan`, `apply` and `undo` on a real kernel: all of it, or all as it was.

use std::time::Duration;

use linkctl_conformance::Space;
use linkctl_conformance::peer::Everything;

/// The shape of `examples/site.yaml`.
const SITE: &str = "
version: 1
links:
  br0: {kind: bridge, state: up, bridge: {stp_state: on, forward_delay: 2s}}
  va: {kind: veth, master: br0, state: up, port: {isolated: on}, veth: {peer: {name: eth0, netns: red, state: up}}}
  vb: {kind: veth, master: br0, state: up, veth: {peer: {name: eth0, netns: blue, state: up}}}
  vx7: {kind: vxlan, master: br0, state: up, vxlan: {id: 7, local: 10.0.0.1, dstport: 4789, learning: off}}
  mv0: {kind: macvlan, link: br0, state: up, macvlan: {mode: bridge}}
";
const SPACES: &[&str] = &["red", "blue"];

/// A world with two named namespaces and links that nobody's file names.
fn world() -> Option<Space> {
    let space = Space::new()?;
    SPACES.iter().for_each(|name| _ = space.ip(&format!("netns add {name}")).ok());
    for words in [
        "link add old0 mtu 1400 type bridge forward_delay 700",
        "link add p0 address 02:00:00:00:00:01 type veth peer name p0p",
        "link set p0 alias kept master old0 up",
        "link property add dev p0 altname to-the-lab",
    ] {
        space.ip(words).ok();
    }
    Some(space)
}

#[test]
fn a_site_is_planned_applied_left_alone_and_taken_back() {
    let Some(space) = world() else { return };
    let before = Everything::read(&space, SPACES);
    space.plan(SITE).fails(2);
    before.assert_same(&space, "a plan changes nothing");
    space.apply(SITE, &[]).ok().out_has("applied");
    let now = Everything::read(&space, SPACES);
    for link in ["red/eth0", "blue/eth0", "va", "mv0"] {
        assert_eq!(now.at(link, "/flags/2"), "UP", "{link}");
    }
    space.plan(SITE).ok().out_has("nothing to do");
    let file = space.file("goal.yaml", SITE);
    if let Some((again, sent)) = space.traced(&format!("apply {}", file.display())) {
        again.ok().out_has("nothing to do");
        assert_eq!(sent, 0, "a second apply sends nothing");
    }
    space.linkctl("undo").ok().out_has("took back");
    before.assert_same(&space, "after the undo");
    space.linkctl("undo").fails(6);
}

#[test]
fn two_applies_are_taken_back_one_by_one() {
    let Some(space) = world() else { return };
    let before = Everything::read(&space, SPACES);
    space.apply(SITE, &[]).ok();
    let between = Everything::read(&space, SPACES);
    let edited =
        SITE.replace("forward_delay: 2s", "forward_delay: 4s").replace("isolated: on", "isolated: off");
    let edited = edited
        + "  old0: {kind: bridge, mtu: 1500, bridge: {forward_delay: 8s}}\n  p0: {state: down, alias: other, master: br0}\n";
    space.apply(&edited, &[]).ok();
    assert!(Everything::read(&space, SPACES) != between, "the second apply changed something");
    space.linkctl("undo").ok();
    between.assert_same(&space, "after the first undo");
    space.linkctl("undo").ok();
    before.assert_same(&space, "after the second undo");
}

#[test]
fn a_rebuild_wants_consent_and_puts_back_all_that_hung_on_the_link() {
    let Some(space) = world() else { return };
    space.apply(SITE, &[]).ok();
    let more = "
version: 1
links:
  vx7: {master: br0, alias: tunnel, altname: [vni7, lab7], mtu: 1400, txqueuelen: 55, group: 9, port: {cost: 9, isolated: on}}
  mx: {kind: macvlan, link: vx7, state: up, alias: above, macvlan: {mode: private}}
";
    space.apply(more, &[]).fails(1).err_has("mx");
    // A port's packets are its master's: the macvlan stands on a tunnel that is no port.
    let alone = more.replace("master: br0", "master: null").replace(", port: {cost: 9, isolated: on}", "");
    space.apply(&alone, &[]).ok();
    let before = Everything::read(&space, SPACES);
    let edited = "version: 1\nlinks:\n  vx7: {kind: vxlan, vxlan: {id: 8}}\n";
    space.plan(edited).fails(2).out_has("id 7 ").out_has("apply wants --rebuild");
    space.apply(edited, &[]).fails(1).err_has("--rebuild");
    before.assert_same(&space, "a refusal changes nothing");
    space.apply(edited, &["--rebuild"]).ok();
    let after = Everything::read(&space, SPACES);
    assert_eq!(after.at("vx7", "/linkinfo/info_data/id"), 8);
    before
        .without("vx7", "/linkinfo/info_data/id")
        .forget_addresses(&["vx7", "mx"])
        .assert_same(&space, "but for the id");
    space.linkctl("undo").ok();
    before.forget_addresses(&["vx7", "mx"]).assert_same(&space, "after the undo");
}

#[test]
fn a_rebuilt_port_is_a_port_again_with_its_settings() {
    let Some(space) = world() else { return };
    space.apply(SITE, &[]).ok();
    space.linkctl("set vx7 port cost 9 isolated on").ok();
    space.linkctl("set vx7 altname vni7 alias tunnel").ok();
    let before = Everything::read(&space, SPACES);
    space.linkctl("set vx7 id 8 --rebuild").ok();
    let calm = before.without("vx7", "/linkinfo/info_data/id").forget_addresses(&["vx7"]);
    calm.assert_same(&space, "vx7 is a port of br0 as before");
}

#[test]
fn tunnels_go_out_of_a_link_that_was_made_anew_and_keep_the_number_of_one_that_went() {
    let Some(space) = Space::new() else { return };
    let have = [
        "link add p0 address 02:00:00:00:00:01 type veth peer name p1",
        "link add link p0 v7 type vlan id 7",
        "link add g type gre remote 192.0.2.1 ttl 9 dev v7",
        "link add i type ip6tnl remote 2001:db8::1 dev v7",
        "link add x type xfrm dev v7 if_id 5",
    ];
    if !space.prepare(&have) {
        return;
    }
    let before = Everything::read(&space, &[]);
    let goal = "version: 1\nlinks:\n  v7: {kind: vlan, link: p0, vlan: {id: 8}}\n";
    space.plan(goal).fails(2).out_has("x   rebuild").out_has("because of v7");
    space.apply(goal, &["--rebuild"]).ok();
    before.without("v7", "/linkinfo/info_data/id").assert_same(&space, "but for the VLAN's number");
    space.plan(goal).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    before.assert_same(&space, "after the undo");
    let gone = "version: 1\nlinks:\n  v7: {state: absent}\n  g: {kind: gre, gre: {ttl: 10}}\n";
    space.apply(gone, &["--allow-disruption"]).ok();
    let after = Everything::read(&space, &[]);
    assert_eq!(after.at("g", "/linkinfo/info_data/ttl"), 10);
    for tunnel in ["g", "i", "x"] {
        let link = after.at(tunnel, "/link");
        assert!(link.as_str().is_some_and(|l| l.starts_with("if")), "{tunnel}: {link}");
    }
    space.linkctl("undo").ok();
    before.assert_same(&space, "after the second undo");
}

#[test]
fn a_tunnel_for_whoever_sends_makes_way_with_consent_and_is_made_again() {
    let Some(space) = Space::new() else { return };
    if !space.prepare(&["link add plain type ipip remote any", "link add every type ipip external"]) {
        return;
    }
    let before = Everything::read(&space, &[]);
    space
        .linkctl("set plain type ipip fwmark 7")
        .fails(1)
        .err_has("every, which is external, has the same local, remote, dev");
    let goal = "version: 1\nlinks:\n  plain: {kind: ipip, ipip: {fwmark: 7}}\n";
    space.apply(goal, &[]).fails(1).err_has("every would have to be deleted").err_has("--rebuild");
    before.assert_same(&space, "a refusal changes nothing");
    space.apply(goal, &["--rebuild"]).ok();
    let after = Everything::read(&space, &[]);
    assert_eq!(after.at("plain", "/linkinfo/info_data/fwmark"), "0x7");
    assert_eq!(after.at("every", "/linkinfo/info_data/external"), true);
    space.linkctl("undo").ok();
    before.assert_same(&space, "after the undo");
}

#[test]
fn a_step_that_is_refused_takes_all_before_it_back() {
    let Some(space) = world() else { return };
    let before = Everything::read(&space, SPACES);
    // The last in order of names, and of a driver's bound that the planner cannot know.
    let bad = format!(
        "{SITE}  zz: {{kind: veth, gso_max_size: 600000, veth: {{peer: {{name: zzp}}}}}}\n  old0: {{mtu: 1300}}\n"
    );
    space.apply(&bad, &[]).fails(1).err_has("gso_max_size").err_has("taken back");
    before.assert_same(&space, "all was taken back");
    let bad = "version: 1\nlinks:\n  old0: {kind: bridge, mtu: 1300, bridge: {forward_delay: 9s}}\n  p0: {mtu: 12, alias: x, altname: []}\n";
    space.apply(bad, &[]).fails(1);
    before.assert_same(&space, "changes of links that were there are taken back");
    space.linkctl("undo").fails(6);
}

#[test]
fn a_value_that_the_kernel_makes_another_is_taken_back() {
    let Some(space) = world() else { return };
    space.linkctl("add vx type vxlan id 9 dstport 4789 ageing 200").ok();
    let before = Everything::read(&space, SPACES);
    // Zero means the default: it reads 300.
    let goal = "version: 1\nlinks:\n  n0: {kind: bridge}\n  vx: {mtu: 1400}\n  wx: {kind: vxlan, vxlan: {id: 10, dstport: 4789, ageing: 0}}\n";
    space.apply(goal, &[]).fails(5).err_has("ageing");
    before.assert_same(&space, "all was taken back");
}

#[test]
fn yaml_json_and_toml_say_the_same() {
    let Some(outer) = Space::new() else { return };
    let yaml = "version: 1\nlinks:\n  br0: {kind: bridge, txqueuelen: 7, state: up, bridge: {stp_state: on, forward_delay: 4s}}\n  va: {kind: veth, master: br0, veth: {peer: vb}, port: {isolated: on}}\n";
    let json = r#"{"version": 1, "links": {"br0": {"kind": "bridge", "txqueuelen": 7, "state": "up", "bridge": {"stp_state": "on", "forward_delay": "4s"}},
        "va": {"kind": "veth", "master": "br0", "veth": {"peer": "vb"}, "port": {"isolated": true}}}}"#;
    let toml = "version = 1\n[links.br0]\nkind = \"bridge\"\ntxqueuelen = 7\nstate = \"up\"\nbridge = { stp_state = \"on\", forward_delay = \"4s\" }\n\
        [links.va]\nkind = \"veth\"\nmaster = \"br0\"\nveth.peer = \"vb\"\nport.isolated = true\n";
    let effects = [("goal.yaml", yaml), ("goal.json", json), ("goal.toml", toml)].map(|(name, text)| {
        outer.another(|space| {
            let file = space.file(name, text);
            space.linkctl_with(&["apply", file.to_str().expect("text")]).ok();
            for (other, text) in [("goal.yaml", yaml), ("goal.json", json), ("goal.toml", toml)] {
                let file = space.file(other, text);
                space.linkctl_with(&["plan", file.to_str().expect("text")]).ok();
            }
            Everything::read(space, &[]).forget_addresses(&["br0", "va", "vb"])
        })
    });
    assert!(effects[0] == effects[1] && effects[1] == effects[2]);
}

#[test]
fn a_match_finds_a_link_under_any_name_and_names_are_swapped() {
    let Some(space) = world() else { return };
    let before = Everything::read(&space, SPACES);
    let by = |how: &str| format!("version: 1\nlinks:\n  lab: {{match: {{{how}}}, mtu: 1400}}\n");
    for how in [
        "kind: veth, address: \"02:00:00:00:00:01\"",
        "altname: to-the-lab",
        "altname: to-the-lab, kind: veth",
    ] {
        space.apply(&by(how), &[]).ok();
        assert_eq!(Everything::read(&space, SPACES).at("lab", "/ifalias"), "kept", "{how}");
        space.plan(&by(how)).ok();
        space.linkctl("undo").ok();
        before.assert_same(&space, how);
    }
    // A bridge has the address of its port.
    space.plan(&by("address: \"02:00:00:00:00:01\"")).fails(1).err_has("several links");
    space.plan(&by("address: \"02:00:00:00:00:99\"")).fails(1).err_has("no link fits");
    space.plan(&by("kind: veth")).fails(1).err_has("several");
    space.plan(&by("perm_address: \"02:00:00:00:00:01\"")).fails(1).err_has("no link fits");
    space.ip("link set p0p address 02:00:00:00:00:02 up").ok();
    let before = Everything::read(&space, SPACES);
    let swap = "version: 1\nlinks:\n  p0p: {match: {kind: veth, address: \"02:00:00:00:00:01\"}}\n  p0: {match: {address: \"02:00:00:00:00:02\"}}\n";
    space.apply(swap, &[]).ok();
    let after = Everything::read(&space, SPACES);
    assert_eq!(
        (after.at("p0p", "/address"), after.at("p0", "/address")),
        ("02:00:00:00:00:01".into(), "02:00:00:00:00:02".into())
    );
    assert_eq!(after.at("p0p", "/master"), "old0");
    space.plan(swap).ok();
    space.linkctl("undo").ok();
    before.assert_same(&space, "the names are swapped back");
}

#[test]
fn a_new_bridge_has_the_mtu_that_is_said_whatever_its_ports_have() {
    let Some(space) = Space::new() else { return };
    let goal = "version: 1\nlinks:\n  br0: {kind: bridge, mtu: 1400}\n  va: {kind: veth, master: br0, veth: {peer: vb}}\n";
    space.apply(goal, &[]).ok();
    space.plan(goal).ok();
}

#[test]
fn standard_input_is_a_file_too() {
    let Some(space) = world() else { return };
    let said = space.linkctl_fed(&["plan", "-"], SITE.as_bytes());
    said.fails(2).out_has("br0");
    space.linkctl_fed(&["plan", "-"], b"version: 1\nlinks: {x: 5}\n").fails(3).err_has("standard input");
}

/// What holds of a second apply, whichever way it is found out.
#[test]
fn an_apply_that_was_proven_is_looked_at_again_where_anything_changed() {
    let Some(space) = world() else { return };
    space.apply(SITE, &[]).ok().out_has("applied");
    let file = space.file("goal.yaml", SITE);
    let apply = format!("apply {}", file.display());
    let again = || space.linkctl(&apply);
    again().ok().out_has("nothing to do");
    let proof = || {
        let folders = std::fs::read_dir(space.state()).expect("a folder").flatten();
        folders.map(|f| f.path().join("proof")).find(|p| p.exists()).expect("it is noted")
    };
    let noted = std::fs::read(proof()).expect("a file");
    // Each of these undoes what the file says, here and in the other namespaces, on the link, its kind and its port.
    for words in [
        "link set br0 type bridge forward_delay 300",
        "link set va type bridge_slave isolated off",
        "link set vb nomaster",
        "link set mv0 down",
        "link del mv0",
        "-n red link set eth0 down",
    ] {
        space.ip(words).ok();
        again().ok().out_has("applied");
        again().ok().out_has("nothing to do");
    }
    // What no file names is another reading, and changes nothing.
    space.ip("link add other type bridge").ok();
    again().ok().out_has("nothing to do");
    space.ip("link del other").ok();
    again().ok().out_has("nothing to do");
    // The same links, and files that say something else.
    space.apply(&SITE.replace("forward_delay: 2s", "forward_delay: 3s"), &[]).ok().out_has("applied");
    space.apply(SITE, &[]).ok().out_has("applied");
    // A note of anything else is none: damaged, of other links, empty.
    let whole = std::fs::read(proof()).expect("a file");
    assert_ne!(noted, whole);
    space.ip("link set mv0 down").ok();
    for wrong in [&noted, &whole[..whole.len() / 2], b"", b"linkctl-proof 1 files=0 seed=0 links=0 spaces=\n"]
    {
        std::fs::write(proof(), wrong).expect("a file");
        again().ok().out_has("applied");
        space.ip("link set mv0 down").ok();
    }
    // The same name, and another namespace.
    space.ip("link set mv0 up").ok();
    again().ok();
    space.ip("netns del red").ok();
    // The kernel takes a namespace down when it comes to it.
    let gone = || space.ip("link show va").status != 0;
    assert!((0..200).any(|_| gone() || {
        std::thread::sleep(Duration::from_millis(25));
        false
    }));
    space.ip("netns add red").ok();
    again().ok().out_has("applied");
}
