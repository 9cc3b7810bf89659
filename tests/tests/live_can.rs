//! A CAN controller: the SJA1000 that QEMU emulates, for no message makes such a link.

use std::process::Command;
use std::time::Duration;

use linkctl::kernel::{Live, Place};
use linkctl_conformance::peer::VIEWS;
use linkctl_conformance::{Space, skip};
use serde_json::{Value as Json, json};

/// Takes the rig's controller into the test's namespace, where there is one; it goes back when that ends.
fn controller(space: &Space) -> bool {
    if std::env::var_os("LINKCTL_IN_VM").is_none() {
        skip("the rig alone has a CAN controller");
        return false;
    }
    let loaded = Command::new("modprobe").arg("kvaser_pci").status().is_ok_and(|s| s.success());
    let own = std::fs::read_link("/proc/thread-self").expect("/proc is mounted");
    let ip = std::env::var("LINKCTL_PEER_IP").unwrap_or_else(|_| "ip".into());
    let netns = format!("/proc/{}/ns/net", own.display());
    for _ in 0..if loaded { 100 } else { 0 } {
        let mut first = Command::new("nsenter");
        first.args(["-t", "1", "-n", &ip, "link", "set", "can0", "netns", &netns]);
        if first.output().is_ok_and(|o| o.status.success()) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    space.ip("link show can0").status == 0 || {
        skip("this kernel, or this QEMU, has no CAN controller");
        false
    }
}

fn data(space: &Space, field: &str) -> Json {
    let all = space.ip("-d -j link show can0").ok().json();
    all[0].pointer(&format!("/linkinfo/info_data/{field}")).cloned().unwrap_or(Json::Null)
}

/// Fails the test unless all that is shown of it, counters included, is what ip shows.
fn shown_alike(space: &Space, about: &str) {
    let mut live = Live::open(Place::Here).expect("a socket");
    let told: Vec<String> = VIEWS.iter().filter_map(|v| v.difference(space, &mut live)).collect();
    assert!(!Space::newest_ip() || told.is_empty(), "{about}:\n{}", told.join("\n"));
}

#[test]
fn a_controller_is_set_up_shown_and_told_apart_from_what_it_cannot_do() {
    let Some(space) = Space::new() else { return };
    if !controller(&space) {
        return;
    }
    shown_alike(&space, "not set");
    space.linkctl("set can0 type can bitrate 500000 sample_point 0.875").ok();
    assert_eq!(data(&space, "bittiming/sample_point"), "0.875");
    shown_alike(&space, "set");
    space.linkctl("set can0 bitrate 500000").ok().out_has("already so");

    // Alone it would leave a bit rate of 0.
    space.linkctl("set can0 sample_point 0.75").ok().out_has("0.875 -> 0.750");
    assert_eq!(data(&space, "bittiming/bitrate"), 500_000);
    assert_eq!(data(&space, "bittiming/sample_point"), "0.750");

    space.linkctl("set can0 up").ok();
    shown_alike(&space, "up");
    // What is only taken while it is down is set by taking it down for it.
    let words = "set can0 bitrate 250000 restart_ms 100 loopback on one_shot on";
    space.linkctl(words).ok().out_has("restart_ms 0 -> 100");
    assert_eq!(data(&space, "ctrlmode"), json!(["LOOPBACK", "ONE-SHOT"]));
    assert_eq!(data(&space, "bittiming/bitrate"), 250_000);
    assert_eq!(data(&space, "state"), "ERROR-ACTIVE", "it is up again");
    space.linkctl(words).ok().out_has("already so");
    space.linkctl("set can0 one_shot off").ok();
    assert_eq!(data(&space, "ctrlmode"), json!(["LOOPBACK"]));
    shown_alike(&space, "with a mode");

    // Quanta in place of a bit rate.
    let said = space.linkctl("set can0 tq 125 prop_seg 6 phase_seg1 7 phase_seg2 2").ok();
    assert!(!said.out.contains("6 -> 6"), "{}", said.out);
    assert_eq!(data(&space, "bittiming/bitrate"), 500_000);

    space.linkctl("set can0 termination 120").fails(1).err_has("has no termination");
    space.linkctl("set can0 bitrate 5").fails(1).err_has("bitrate 5");
    assert_eq!(data(&space, "bittiming/bitrate"), 500_000, "nothing came of it");
    // Of contradicting words the last counts; iproute2 sends the first as well (docs/differences.md, 23).
    space.linkctl("set can0 down").ok();
    let words = "link set can0 type can loopback on loopback off";
    space.ip("link set can0 type can loopback off").ok();
    space.ip(words).ok();
    assert_eq!(data(&space, "ctrlmode"), json!(["LOOPBACK"]));
    space.linkctl(&format!("ip {words}")).ok();
    assert_eq!(data(&space, "ctrlmode"), Json::Null);

    space.linkctl("add can9 type can bitrate 500000").fails(1).err_has("the driver of the controller");
}
