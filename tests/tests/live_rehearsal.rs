//! A plan is carried out on copies of the links first: what only a kernel knows is told before anything is touched.

use std::time::Duration;

use linkctl::kernel::{Event, Monitor};
use linkctl_conformance::peer::Everything;
use linkctl_conformance::{Space, skip};

/// `RTNLGRP_LINK`.
const LINKS: u32 = 1;

/// How many notifications about links come until there are none for so long.
fn told(monitor: &mut Monitor, quiet: u64) -> usize {
    let mut seen = 0;
    while let Ok(Event::Notice(notice)) = monitor.next(Some(Duration::from_millis(quiet))) {
        seen += notice.messages().count();
    }
    seen
}

/// Listens from when the kernel has told of all that was done before: of carriers it tells once a second
/// (`linkwatch_schedule_work` of `net/core/link_watch.c`).
fn listen() -> Monitor {
    let mut monitor = Monitor::open(&[LINKS]).expect("a socket");
    told(&mut monitor, 1200);
    monitor
}

/// Applies a goal that a rehearsal refuses; nothing is changed, nor was for a moment.
fn refused(space: &Space, links: &str, says: &[&str]) {
    let goal = format!("version: 1\nlinks: {{{links}}}\n");
    let before = Everything::read(space, &["red"]);
    let mut monitor = listen();
    let said = space.apply(&goal, &["--rehearse", "--rebuild", "--allow-disruption"]).fails(1);
    assert_eq!(told(&mut monitor, 100), 0, "{links}: the real links were touched");
    says.iter().fold(said.err_has("rehearsed, and refused"), |said, text| said.err_has(text));
    before.assert_same(space, links);
    let file = space.file("goal.yaml", &goal);
    let plan =
        space.linkctl_with(&["plan", file.to_str().expect("text"), "--rehearse", "--json"]).fails(1).json();
    let why = plan["rehearsal"]["refused"].as_str().expect("a refusal").to_owned();
    assert!(says.iter().any(|text| why.contains(text)), "{why}");
}

fn world(commands: &[&str]) -> Option<Space> {
    let space = Space::new()?;
    space.ip("netns add red").ok();
    space.prepare(commands).then_some(space)
}

#[test]
fn what_only_the_kernel_knows_is_told_before_anything_is_touched() {
    let Some(space) =
        world(&["link add va up type veth peer name eth0 netns red", "link add br0 up type bridge"])
    else {
        return;
    };
    refused(&space, "va: {gso_max_size: 600000}, br0: {mtu: 1400}", &["gso_max_size 600000", "va"]);
    refused(
        &space,
        "n0: {kind: veth, numtxqueues: 5000, veth: {peer: {name: eth1, netns: red}}}",
        &["n0", "queues"],
    );
    refused(
        &space,
        "e: {name: eth0, netns: red, gso_max_size: 600000}",
        &["gso_max_size 600000", "red/eth0"],
    );
    // Accepted, and another value afterwards.
    refused(&space, "w: {kind: vxlan, vxlan: {id: 9, dstport: 4789, ageing: 0}}", &["ageing"]);
}

#[test]
fn a_refusal_is_told_with_the_place_in_the_file() {
    let Some(space) = world(&["link add br0 type bridge", "link add va type veth peer name vb"]) else {
        return;
    };
    let goal = "version: 1
links:
  br0: {kind: bridge, mtu: 1400}
  va:
    alias: uplink
    gso_max_size: 600000
";
    for more in [&["--rehearse"][..], &[]] {
        space.apply(goal, more).fails(1).err_has("goal.yaml:6:5: links.va.gso_max_size");
    }
    let file = space.file("goal.yaml", goal);
    let said = space.linkctl_with(&["plan", file.to_str().expect("text"), "--rehearse", "--json"]).fails(1);
    let told: serde_json::Value = serde_json::from_str(&said.err).expect("JSON");
    assert_eq!(
        (&told["errors"][0]["path"], &told["errors"][0]["line"]),
        (&"links.va.gso_max_size".into(), &6.into())
    );
    // What the planner refuses has a place as well.
    let large = goal.replace("gso_max_size: 600000", "mtu: 99999");
    space.apply(&large, &[]).fails(1).err_has("goal.yaml:6:5: links.va.mtu").err_has("68 to 65535");
    space.ip("link add vx type vxlan id 7 dstport 4789").ok();
    let goal = "version: 1\nlinks:\n  vx:\n    kind: vxlan\n    vxlan:\n      id: 8\n";
    space.apply(goal, &[]).fails(1).err_has("goal.yaml:6:7: links.vx.vxlan.id").err_has("--rebuild");
    space
        .plan("version: 1\nlinks:\n  vx: {state: up}\n  new: {state: up}\n")
        .fails(1)
        .err_has("goal.yaml:4:3: links.new");
}

#[test]
fn a_plan_that_the_kernel_takes_is_rehearsed_and_then_applied() {
    let Some(space) = world(&[
        "link add br0 up type bridge",
        "link add va up master br0 type veth peer name eth0 netns red",
        "link add vx up master br0 type vxlan id 7 dstport 4789",
        "link set va type bridge_slave isolated on",
        "link property add dev va altname to-the-lab",
    ]) else {
        return;
    };
    let goal = "version: 1
links:
  br0: {kind: bridge, mtu: 1400, bridge: {forward_delay: 4s}}
  vx: {kind: vxlan, vxlan: {id: 8}}
  va: {port: {bridge: {cost: 7}}, altname: [to-the-lab, uplink]}
  mv: {kind: macvlan, link: br0, state: up}
  vb: {kind: veth, master: br0, veth: {peer: {name: eth1, netns: red, state: up}}}
  eth0: {netns: red, mtu: 1300}
";
    let before = Everything::read(&space, &["red"]);
    let mut monitor = listen();
    let file = space.file("goal.yaml", goal);
    let path = file.to_str().expect("text");
    space.linkctl_with(&["plan", path, "--rehearse"]).fails(2).out_has("steps, and the kernel took them");
    assert_eq!(told(&mut monitor, 100), 0, "a plan touches nothing");
    before.assert_same(&space, "a plan changes nothing");
    let plan = space.linkctl_with(&["plan", path, "--rehearse", "--json"]).fails(2).json();
    assert_eq!(plan["rehearsal"]["refused"], serde_json::Value::Null);
    assert_eq!(plan["rehearsal"]["steps"], plan["steps"].as_array().expect("a list").len());
    assert_eq!(
        plan["rehearsal"]["untold"],
        serde_json::json!([]),
        "veth, bridge and vxlan need no stand-ins"
    );
    space.apply(goal, &["--rehearse", "--rebuild"]).ok().out_has("rehearsed").out_has("applied");
    space.plan(goal).ok();
    assert_eq!(space.ip("netns list").ok().out.lines().count(), 1, "no namespace is left");
}

#[test]
fn only_what_the_plan_is_about_is_built() {
    let Some(space) = world(&["link add br0 up type bridge"]) else { return };
    for i in 0..40 {
        space.ip(&format!("link add p{i} master br0 type veth peer name q{i}")).ok();
    }
    let file = space.file("goal.yaml", "version: 1\nlinks: {p3: {mtu: 1400}}\n");
    let Some((said, sent)) = space.traced(&format!("plan {} --rehearse", file.display())) else { return };
    said.fails(2).out_has("rehearsed 1 step, ");
    assert!(sent < 24, "{sent} messages for one link, its other end and its bridge");
}

#[test]
fn links_that_nobody_can_make_have_stand_ins_and_that_is_said() {
    let Some(space) = world(&["link add br0 up type bridge"]) else { return };
    if space.ip("tuntap add t0 mode tap").status != 0 {
        return skip("this kernel has no tap");
    }
    let goal = "version: 1\nlinks: {t0: {mtu: 1400, master: br0, state: up}}\n";
    let said = space.apply(goal, &["--rehearse"]).ok();
    said.out_has("not rehearsed: t0 is tun").out_has("stood in for it");
    // Its bounds are told of it, whatever stands in.
    let large = "version: 1\nlinks: {t0: {mtu: 70000}}\n";
    space.apply(large, &["--rehearse"]).fails(1).err_has("t0: mtu 70000 is out of range");
}

#[test]
fn a_bond_with_its_vlans_is_rehearsed_as_it_is() {
    let Some(space) = world(&[
        "link add bond0 up type bond mode 802.3ad",
        "link add p0 type veth peer name q0",
        "link add p1 type veth peer name q1",
        "link set p0 master bond0",
        "link set p1 master bond0",
        "link add link bond0 name v7 up type vlan id 7",
        "link add blue up type vrf table 7",
        "link set v7 master blue",
    ]) else {
        return;
    };
    let goal = "version: 1\nlinks: {bond0: {kind: bond, bond: {mode: active-backup}}, v8: {kind: vlan, link: bond0, master: blue, vlan: {id: 8}}}\n";
    space.apply(goal, &["--rehearse", "--allow-disruption"]).ok().out_has("the kernel took them");
    // A twin is foreseen: there is nothing to rehearse.
    let twin = "version: 1\nlinks: {v9: {kind: vlan, link: bond0, vlan: {id: 8}}}\n";
    space.apply(twin, &["--rehearse"]).fails(1).err_has("v9").err_has("same identifiers");
}

#[test]
fn without_the_privilege_it_is_said_that_nothing_can_be_rehearsed() {
    let Some(space) = world(&["link add br0 type bridge"]) else { return };
    let file = space.file("goal.yaml", "version: 1\nlinks: {br0: {mtu: 1400}}\n");
    let output = std::process::Command::new("setpriv")
        .args(["--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin", "--"])
        .arg(space.binary())
        .args(["plan", "--rehearse"])
        .arg(&file)
        .output();
    let Ok(output) = output else { return skip("setpriv is not installed") };
    let said: linkctl_conformance::Said = output.into();
    said.fails(8).err_has("cannot be rehearsed").err_has("CAP_SYS_ADMIN");
}
