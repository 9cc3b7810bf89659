//! What linkctl says when a real kernel refuses: each refusal that can be brought about without hardware, to the letter.
//! Here the kernel has bridge, veth, vxlan and macvlan; the rig has the rest.
#![allow(missing_docs)]

use std::path::PathBuf;
use std::process::Command;

use linkctl_conformance::{Said, Space, skip};

/// Carries out each command behind a `$`; fails the test unless it is refused, with every line that follows.
#[track_caller]
fn refused(space: &Space, transcript: &str) {
    for part in transcript.split("$ ").skip(1) {
        let (words, lines) = part.split_once('\n').unwrap_or_default();
        tells(&space.linkctl(words.trim()).fails(1), lines);
    }
}

/// Fails the test unless every line was said.
#[track_caller]
fn tells(said: &Said, lines: &str) {
    for line in lines.lines().map(str::trim) {
        assert!(
            line.is_empty() || said.err.lines().any(|l| l.trim() == line),
            "no {line:?} in:\n{}",
            said.err
        );
    }
}

/// Creates links; `false`, having said so, where the kernel lacks a kind.
#[track_caller]
fn made(space: &Space, all: &[&str]) -> bool {
    all.iter().all(|words| space.add(words))
}

/// A space with a pair and a bridge, which every kernel has.
fn pair() -> Option<Space> {
    let space = Space::new()?;
    made(&space, &["va type veth peer name vb", "br0 type bridge"]).then_some(space)
}

#[test]
fn mtus_of_the_driver_and_of_the_link_below() {
    let Some(space) = pair() else { return };
    refused(
        &space,
        "
        $ set va mtu 99999
        error: va: mtu 99999 is out of range: its driver (veth) takes 68 to 65535
        kernel: mtu greater than device maximum (EINVAL)
        hint: the most that it takes: linkctl set va mtu 65535
        $ add vx type veth mtu 99999 peer name vy
        error: vx: mtu 99999 is out of range: a veth takes 68 to 65535
        kernel: invalid argument (EINVAL)
        hint: without mtu it has 1500; what a veth takes else: linkctl kind veth
        ",
    );
}

#[test]
fn a_refused_command_disturbs_nothing_else() {
    let Some(space) = pair() else { return };
    let before = space.linkctl("show").ok().out;
    space.linkctl("set va mtu 99999").fails(1);
    assert_eq!(space.linkctl("show").ok().out, before);
}

#[test]
fn a_vxlan_leaves_room_for_its_headers() {
    let Some(space) = pair() else { return };
    if !made(&space, &["vx0 type vxlan id 42 dstport 4789 dev va remote 10.0.0.1"]) {
        return;
    }
    refused(
        &space,
        "
        $ set vx0 mtu 1500
        error: vx0: mtu 1500 does not fit into the 1500 of va below: 50 go to headers
        hint: raise va first: linkctl set va mtu 1550 && linkctl set vx0 mtu 1500
        $ add vx1 type vxlan id 42 dstport 4789
        error: vx1: vx0 has VNI 42 on UDP port 4789 already
        kernel: A VXLAN device with the specified VNI already exists (EEXIST)
        hint: choose another id or dstport
        ",
    );
    assert!(made(&space, &["g type vxlan id 4 dstport 4790 gbp up", "h type vxlan id 5 dstport 4790"]));
    refused(
        &space,
        "
        $ set h up
        error: h: UDP port 4790 is in use by another program, or by a vxlan with other settings
        kernel: address already in use (EADDRINUSE)
        hint: see which: sudo ss -lunp
        ",
    );
}

#[test]
fn names_and_who_has_them() {
    let Some(space) = pair() else { return };
    space.linkctl("set va altname lan").ok();
    let index = space.linkctl("--json show va").ok().json()[0]["ifindex"].to_string();
    let holder = format!("this name is an alternative name of va (link {index}, veth)");
    let transcript = format!(
        "
        $ set vb name lan
        error: vb: it cannot be called lan: {holder}
        kernel: file exists (EEXIST)
        hint: free it: linkctl set va noaltname lan
        $ add lan type bridge
        error: lan: {holder}
        kernel: file exists (EEXIST)
        hint: free it: linkctl set va noaltname lan
        $ set vb altname lan
        error: vb: it cannot have the alternative name lan: {holder}
        kernel: file exists (EEXIST)
        hint: look at it: linkctl show -d va
        $ set br1 up
        error: there is no link called br1
        kernel: no such device (ENODEV)
        hint: did you mean br0?
        "
    );
    refused(&space, &transcript);
}

#[test]
fn addresses_that_no_link_can_have() {
    let Some(space) = pair() else { return };
    refused(
        &space,
        "
        $ set vb address 01:00:5e:00:00:01
        error: vb: 01:00:5e:00:00:01 cannot be its address: it is a group's (multicast): its first octet is odd
        kernel: cannot assign requested address (EADDRNOTAVAIL)
        hint: an address of one's own begins with 02, for instance: linkctl set vb address 02:00:5e:00:00:01
        $ add z address ff:ff:ff:ff:ff:ff type bridge
        error: z: ff:ff:ff:ff:ff:ff cannot be its address: it is the broadcast address
        kernel: cannot assign requested address (EADDRNOTAVAIL)
        hint: an address of one's own begins with 02, for instance: address fe:ff:ff:ff:ff:ff
        ",
    );
}

#[test]
fn macvlans_and_their_siblings() {
    let Some(space) = pair() else { return };
    let first = "m0 address 02:00:00:00:00:77 link va type macvlan mode bridge";
    if !made(&space, &[first, "m1 address 02:00:00:00:00:78 link va type macvlan mode bridge"]) {
        return;
    }
    space.linkctl("set va up").ok();
    space.linkctl("set m0 up").ok();
    // Who has it is told where it was read.
    space
        .linkctl("set m1 address 02:00:00:00:00:77")
        .fails(1)
        .err_has("on va")
        .err_has("has the address 02:00:00:00:00:77 already")
        .err_has("hint: choose one that is free there: linkctl set m1 address 02:XX:XX:XX:XX:XX");
    refused(
        &space,
        "
        $ add m2 link va type macvlan mode passthru
        error: m2: mode passthru wants va to itself, and m0, m1 stands on it
        kernel: invalid argument (EINVAL)
        hint: choose mode bridge, or delete the others first
        $ add m2 link lo type macvlan
        error: m2: lo is the loopback link, and a macvlan stands on an Ethernet link only
        kernel: invalid argument (EINVAL)
        ",
    );
}

#[test]
fn masters_that_do_not_take_a_link() {
    let Some(space) = pair() else { return };
    refused(
        &space,
        "
        $ set lo master br0
        error: lo: the loopback link cannot be a port of br0: a bridge takes links that lead somewhere
        kernel: invalid argument (EINVAL)
        ",
    );
    if space.ip("tuntap add dev t0 mode tun").status != 0 {
        return skip("no tun links here");
    }
    refused(
        &space,
        "
        $ set t0 master br0
        error: t0: it carries no Ethernet, and a bridge such as br0 takes Ethernet links only
        kernel: invalid argument (EINVAL)
        hint: route between the two; or carry Ethernet: tap instead of tun, gretap instead of gre
        ",
    );
}

#[test]
fn a_bridge_stays_in_its_namespace() {
    let Some(space) = pair() else { return };
    space.ip("netns add blue").ok();
    let said = space.linkctl("set br0 netns blue").fails(1).err_has("(EINVAL)");
    tells(
        &said,
        "error: br0: a bridge stays in the namespace that it was made in
         hint: make it there instead: linkctl del br0 && linkctl --netns blue add br0 type bridge",
    );
}

#[test]
fn settings_of_bridges_and_ports() {
    let Some(space) = pair() else { return };
    space.linkctl("set br0 stp_state on").ok();
    refused(
        &space,
        "
        $ set br0 forward_delay 1s
        error: br0: forward_delay 1s is out of range: 2s to 30s while STP runs
        kernel: numerical result out of range (ERANGE)
        hint: the nearest: linkctl set br0 forward_delay 2s
        $ set br0 group_fwd_mask 0x4007
        error: br0: group_fwd_mask 0x4007 has bits of STP, pause frames or LACP, which no bridge forwards
        kernel: invalid argument (EINVAL)
        hint: without them: linkctl set br0 group_fwd_mask 0x4000
        $ set br0 group_address 01:80:c2:00:00:01
        error: br0: 01:80:c2:00:00:01 cannot be the address of its group
        kernel: invalid argument (EINVAL)
        hint: 01:80:c2:00:00:00 to 0f can, but for 01, 02 and 03
        ",
    );
    space.linkctl("set va master br0").ok();
    refused(
        &space,
        "
        $ set va port state forwarding
        error: va: the state of the port is set by the kernel's spanning tree
        kernel: device or resource busy (EBUSY)
        hint: switch it off first: linkctl set br0 stp_state off
        ",
    );
    space.linkctl("set br0 stp_state off").ok();
    refused(
        &space,
        "
        $ set va port state forwarding
        error: va: the state of the port cannot be set while it is down
        kernel: network is down (ENETDOWN)
        hint: take it up first, and its other end: linkctl set va up
        ",
    );
}

#[test]
fn settings_of_every_link() {
    let Some(space) = pair() else { return };
    refused(
        &space,
        "
        $ set va protodown on
        error: va: its driver (veth) cannot hold it down by protodown
        kernel: Protodown not supported by device (EOPNOTSUPP)
        hint: taken down it does not pass packets either: linkctl set va down
        ",
    );
    // Older kernels say the number alone, and older ones not what the bound is.
    let said = space.linkctl("set va gso_max_size 99999999").fails(1).err_has("(EINVAL)");
    let most = space.linkctl("--json show -d va").ok().json()[0]["tso_max_size"].to_string();
    if most == "null" {
        return skip("this kernel does not say what it cuts up");
    }
    tells(&said, &format!("error: va: gso_max_size 99999999 is more than its driver (veth) takes: {most}"));
}

#[test]
fn kinds_that_this_kernel_has_not() {
    let Some(space) = Space::new() else { return };
    let said = space.linkctl("add d0 type dummy");
    if said.status == 0 {
        return skip("this kernel has all kinds");
    }
    tells(
        &said.fails(10),
        "error: d0: this kernel has no links of the kind dummy
         kernel: Unknown device type (EOPNOTSUPP)
         hint: load its module: sudo modprobe dummy",
    );
}

#[test]
fn a_vlan_and_the_link_below() {
    let Some(space) = Space::new() else { return };
    if !made(&space, &["d0 type dummy", "d0.7 link d0 type vlan id 7"]) {
        return;
    }
    refused(
        &space,
        "
        $ add v7 link d0 type vlan id 7
        error: v7: d0 has VLAN 7 already: it is called d0.7
        kernel: 8021q: VLAN device already exists (EEXIST)
        hint: use d0.7, or give it the name: linkctl set d0.7 name v7
        $ add v8 link lo type vlan id 8
        error: v8: lo takes no VLANs: its driver does not let tags through
        kernel: 8021q: VLANs not supported on device (EOPNOTSUPP)
        hint: what it is: linkctl show -d lo
        ",
    );
}

#[test]
fn a_bond_and_its_mode() {
    let Some(space) = Space::new() else { return };
    if !made(&space, &["bond0 type bond mode balance-rr", "d0 type dummy"]) {
        return;
    }
    // The planner knows the rule too, and may say so first.
    space.linkctl("set bond0 lacp_rate fast").fails(1).err_has("lacp_rate").err_has("802.3ad");
    space.linkctl("set d0 master bond0").ok();
    refused(
        &space,
        "
        $ set bond0 mtu 70000
        error: bond0: mtu 70000 is out of range: its driver (bonding) takes 68 to 65535
        kernel: mtu greater than device maximum (EINVAL)
        hint: the most that it takes: linkctl set bond0 mtu 65535
        ",
    );
}

#[test]
fn a_vrf_stays_where_it_is_and_takes_no_loopback() {
    let Some(space) = Space::new() else { return };
    if !made(&space, &["r0 type vrf table 10"]) {
        return;
    }
    refused(
        &space,
        "
        $ set lo master r0
        error: lo: the loopback link cannot be a port of r0: a vrf takes links that lead somewhere
        kernel: Can not enslave loopback device to a VRF (EOPNOTSUPP)
        ",
    );
}

/// The linkctl to test, where a user without privileges can run it.
fn reachable(space: &Space) -> Option<PathBuf> {
    let mut beside = std::env::current_exe().ok()?;
    let given = std::env::var_os("LINKCTL_BIN").map(PathBuf::from);
    let from = given.or_else(|| {
        beside.pop();
        [beside.join("linkctl"), beside.join("../linkctl")].into_iter().find(|p| p.is_file())
    })?;
    let to = space.file("linkctl", "");
    std::fs::copy(from, &to).ok()?;
    Some(to)
}

#[test]
fn without_privileges_the_ways_to_get_them_are_told() {
    let Some(space) = pair() else { return };
    let Some(program) = reachable(&space) else { return skip("no linkctl is built") };
    let nobody = "--reuid 65534 --regid 65534 --clear-groups --bounding-set -all --inh-caps -all";
    let run = |words: &[&str]| {
        let mut command = Command::new("setpriv");
        command
            .args(nobody.split(' '))
            .arg(&program)
            .args(words)
            .env("NO_COLOR", "1")
            .output()
            .map(Said::from)
    };
    match run(&["show", "va"]) {
        Ok(said) if said.status == 0 => {}
        _ => return skip("setpriv cannot run linkctl as nobody"),
    }
    let change = run(&["set", "va", "mtu", "1400"]).expect("it ran before").fails(8);
    tells(
        &change,
        "error: va: it takes the capability CAP_NET_ADMIN to set mtu 1400, and this process does not have it
         kernel: operation not permitted (EPERM)
         hint: as root: put sudo before the same command
         hint: in a container: start it with --cap-add NET_ADMIN
         hint: to try things out without root: unshare -rn gives a shell with a network of its own",
    );
    change.err_has("setcap cap_net_admin+ep");
    let new = run(&["add", "x", "type", "bridge"]).expect("it ran before").fails(8);
    tells(
        &new,
        "error: x: it takes the capability CAP_NET_ADMIN to create it (bridge), and this process does not have it
         kernel: operation not permitted (EPERM)",
    );
    let gone = run(&["--json", "del", "br0"]).expect("it ran before").fails(8);
    gone.err_has("\"status\":8").err_has("to delete it");
}

#[test]
fn a_command_line_that_cannot_be_read_is_told_as_json_where_that_is_asked_for() {
    let Some(space) = Space::new() else { return };
    for words in ["plan --json --nonsense", "--json plam", "set -jp"] {
        let said = space.linkctl(words).fails(3);
        let error: serde_json::Value =
            serde_json::from_str(&said.err).unwrap_or_else(|e| panic!("{e} in: {}", said.err));
        assert_eq!(error["status"], 3, "{error}");
        let hints = error["hints"].as_array().expect("a list");
        assert!(hints.iter().any(|h| h.as_str().is_some_and(|h| h.starts_with("usage: linkctl"))), "{error}");
    }
    space.linkctl("plam").fails(3).err_has("error: unrecognized subcommand 'plam'");
}
