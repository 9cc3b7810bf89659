//! Links of InfiniBand, declared like others: addresses of 20 bytes, of which the hardware gives the first four, and
//! partitions. Their device is one that sends nowhere (`xtask/src/rig/extra/rig_ib.c`).

use std::process::Command;

use linkctl_conformance::card::fetch;
use linkctl_conformance::{Space, skip};
use serde_json::Value as Json;

fn link(space: &Space, name: &str) -> Json {
    space.ip(&format!("-d -j link show dev {name}")).ok().json()[0].clone()
}

fn goal(links: &str) -> String {
    format!("version: 1\nlinks:\n{links}")
}

/// What lasts of a partition that is made anew.
fn settings(space: &Space) -> [Json; 4] {
    let link = link(space, "part");
    let data = &link["linkinfo"]["info_data"];
    [data["key"].clone(), data["mode"].clone(), data["umcast"].clone(), link["mtu"].clone()]
}

/// The device is gone again afterwards: other tests have the kinds that they always had.
struct Device;

impl Drop for Device {
    fn drop(&mut self) {
        let _ = Command::new("modprobe").args(["-r", "ib_ipoib", "rig_ib"]).output();
    }
}

#[test]
fn partitions_and_addresses_of_infiniband_are_declared_like_others() {
    let Some(space) = Space::new() else { return };
    if std::env::var_os("LINKCTL_IN_VM").is_none() {
        return skip("a device of InfiniBand is only in the rig");
    }
    let _ = Command::new("modprobe").args(["-a", "rig_ib", "ib_ipoib"]).output();
    let _device = Device;
    if fetch("ib0").status != 0 {
        return skip("this guest has no InfiniBand link ib0: no device was built for its kernel");
    }
    let address = link(&space, "ib0")["address"].as_str().expect("an address").to_owned();
    assert_eq!(address.split(':').count(), 20);

    // A partition: made, left alone, changed live, made anew, and all of it taken back.
    let part = "  ib0: {state: up, mtu: 2044}\n  part: {kind: ipoib, link: ib0, state: up, ipoib: {pkey: 0x8001, umcast: on}}\n";
    space.apply(&goal(part), &[]).ok();
    space.plan(&goal(part)).ok().out_has("nothing to do");
    let first = settings(&space);
    assert_eq!(first[..2], [Json::from("0x8001"), "datagram".into()]);
    let large =
        part.replace("umcast: on", "umcast: off, mode: connected").replace("part: {", "part: {mtu: 4000, ");
    space.apply(&goal(&large), &[]).ok();
    assert_eq!(link(&space, "part")["mtu"], 4000, "the mode comes before the MTU that it takes");
    space.linkctl("undo").ok();
    assert_eq!(settings(&space), first);
    let other = large.replace("0x8001", "0x8002");
    space.plan(&goal(&other)).fails(2).out_has("pkey").out_has("--rebuild");
    space.apply(&goal(&other), &["--rebuild"]).ok();
    space.plan(&goal(&other)).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    assert_eq!(settings(&space), first, "the hardware gave it another address, and all else is as before");
    space.apply(&goal("  part: {state: absent}\n"), &[]).ok();
    space.linkctl("undo").ok();
    assert_eq!(settings(&space), first);

    // Found by its address, renamed, and back.
    let found =
        goal(&format!("  fabric: {{match: {{address: \"{address}\", kind: ipoib}}, alias: found}}\n"));
    space.apply(&found, &[]).ok();
    assert_eq!(link(&space, "fabric")["ifalias"], "found");
    space.plan(&found).ok();
    space.linkctl("undo").ok();
    assert!(link(&space, "ib0")["ifalias"].is_null(), "what it got under the other name is gone, too");

    // Of the address only the end is ours, and only while it is down; six bytes are none of it.
    let end = |state: &str, address: &str| goal(&format!("  ib0: {{{state}address: \"{address}\"}}\n"));
    let mine = format!("{}:77", &address[..address.len() - 3]);
    space.apply(&end("", &mine), &[]).fails(1).err_has("only while the link is down");
    space.apply(&end("", "02:00:00:00:00:01"), &[]).fails(1).err_has("has 6 bytes, and its address has 20");
    space.apply(&end("", &address), &[]).ok().out_has("nothing to do");
    space.apply(&end("state: down, ", &mine), &[]).ok();
    assert_eq!(link(&space, "ib0")["address"], mine.as_str());
    space.linkctl("undo").ok();
    assert_eq!(link(&space, "ib0")["address"], address.as_str());
    assert!(link(&space, "ib0")["flags"].as_array().expect("flags").contains(&"UP".into()));

    // A bond takes it, a bridge does not; hardware is not deleted.
    space
        .apply(&goal("  br0: {kind: bridge}\n  ib0: {master: br0}\n"), &[])
        .fails(1)
        .err_has("carries no Ethernet");
    space
        .apply(&goal("  part: {state: absent}\n  ib0: {state: absent}\n"), &[])
        .fails(1)
        .err_has("cannot be deleted");
    assert_eq!(settings(&space), first);
}
