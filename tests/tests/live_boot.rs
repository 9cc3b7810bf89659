//! What the boot unit runs: what is declared is brought, what was not confirmed is not brought back.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use linkctl_conformance::peer::Everything;
use linkctl_conformance::{Said, Space};

/// A folder of goal files.
struct Folder(PathBuf);

impl Folder {
    fn new(space: &Space, files: &[(&str, &str)]) -> Self {
        let folder = space.file("x", "").parent().expect("a folder").join("links.d");
        fs::create_dir_all(&folder).expect("a folder");
        let out = Self(folder);
        files.iter().for_each(|(name, text)| out.write(name, text));
        out
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).expect("writable");
    }

    fn run(&self, space: &Space, words: &str) -> Said {
        space.linkctl(&words.replace("DIR", self.0.to_str().expect("text")))
    }
}

const GOOD: &str = "version: 1\nlinks:\n  br0: {kind: bridge, state: up, mtu: 1400}\n  va: {kind: veth, master: br0, veth: {peer: vb}}\n";

/// What a record of another run of the machine looks like.
fn restarted(space: &Space) {
    for entry in fs::read_dir(space.state()).expect("a state folder").flatten().filter(|e| e.path().is_dir())
    {
        for entry in fs::read_dir(entry.path()).expect("records").flatten() {
            let Ok(text) = fs::read_to_string(entry.path()) else { continue };
            let boot = linkctl::kernel::process::boot_id();
            fs::write(entry.path(), text.replace(&boot, "another-boot")).expect("writable");
        }
    }
}

/// Ends the guardians, as a power cut does.
fn unguarded(space: &Space) {
    let pid = fs::read_dir(space.state()).expect("state").flatten().filter(|e| e.path().is_dir());
    for entry in pid.flat_map(|e| fs::read_dir(e.path()).expect("records").flatten()) {
        if entry.path().extension().is_some_and(|e| e == "guard") {
            let pid = fs::read_to_string(entry.path()).expect("a number");
            let _ = std::process::Command::new("kill").args(["-KILL", pid.trim()]).status();
        }
    }
    let end = Instant::now() + Duration::from_secs(10);
    while space.linkctl("status --json").json()["open"]["guarded"] == true && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_folder_is_brought_at_boot_and_again_nothing_is_done() {
    let Some(space) = Space::new() else { return };
    let folder = Folder::new(
        &space,
        &[("10-a.yaml", GOOD), ("20-b.yaml", "version: 1\nlinks:\n  d0: {kind: bridge, alias: second}\n")],
    );
    folder.run(&space, "boot DIR").ok().out_has("steps were carried out");
    let now = Everything::read(&space, &[]);
    assert_eq!((now.at("br0", "/mtu"), now.at("d0", "/ifalias")), (1400.into(), "second".into()));
    folder.run(&space, "boot DIR").ok().out_has("as declared");
    folder.run(&space, "plan DIR").ok();
    now.assert_same(&space, "a second time");
}

#[test]
fn files_that_were_not_confirmed_are_not_brought_after_a_restart() {
    let Some(space) = Space::new() else { return };
    let folder = Folder::new(&space, &[("a.yaml", GOOD)]);
    folder.run(&space, "apply DIR").ok();
    folder.write("a.yaml", &GOOD.replace("1400", "1300"));
    folder.run(&space, "apply DIR --confirm=60s").ok();
    // While it waits, boot's unit has no business here.
    folder.run(&space, "boot DIR").fails(6).err_has("waits to be confirmed");
    // The machine is restarted: its links are gone, its files are not.
    space.linkctl("extend 1ms").ok();
    space.settled();
    space.ip("link del br0").ok();
    space.ip("link del va").ok();
    restarted(&space);
    folder.run(&space, "boot DIR").fails(4).out_has("what held last");
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1400, "what held last");
    folder.run(&space, "boot DIR").fails(4).out_has("what held last").out_has("as declared");
    // Once they are applied for good they are followed.
    folder.run(&space, "apply DIR --confirm=60s").ok();
    space.linkctl("confirm").ok();
    folder.run(&space, "boot DIR").ok();
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1300);
}

#[test]
fn an_apply_that_a_restart_cut_off_is_over() {
    let Some(space) = Space::new() else { return };
    let folder = Folder::new(&space, &[("a.yaml", GOOD)]);
    folder.run(&space, "apply DIR --confirm=60s").ok();
    unguarded(&space);
    restarted(&space);
    space.ip("link del br0").ok();
    space.ip("link del va").ok();
    // Nothing ever held: nothing is brought, and that is said.
    folder.run(&space, "boot DIR").fails(5).err_has("nothing ever held");
    let last = &space.applies()[0];
    assert_eq!(last["state"], "undone");
    assert!(last["note"].as_str().is_some_and(|n| n.contains("restarted before it was confirmed")), "{last}");
    assert!(Everything::read(&space, &[]).at("br0", "/ifname").is_null());
    folder.write("a.yaml", &GOOD.replace("1400", "1350"));
    folder.run(&space, "boot DIR").ok();
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1350, "files that are new are followed");
}

#[test]
fn what_waited_before_a_restart_cannot_be_confirmed_any_more() {
    let Some(space) = Space::new() else { return };
    let folder = Folder::new(&space, &[("a.yaml", GOOD)]);
    folder.run(&space, "apply DIR --confirm=60s").ok();
    unguarded(&space);
    restarted(&space);
    space.linkctl("status").fails(6).out_has("the machine was restarted since").out_has("rollback");
    space.linkctl("confirm").fails(6).err_has("not there any more");
    space.linkctl("extend 60s").fails(6).err_has("not there any more");
    space.linkctl("rollback").ok();
    space.linkctl("status").ok();
}

#[test]
fn hardware_that_is_not_there_is_waited_for_and_the_rest_is_brought() {
    let Some(space) = Space::new() else { return };
    let text = GOOD.to_owned()
        + "  eth7: {master: br0, mtu: 1400}\n  lan0: {match: {perm_address: '02:00:00:00:00:77'}}\n  eth8: {mtu: 1300}\n  mv0: {kind: macvlan, link: eth8}\n  x0: {kind: veth, netns: away, veth: {peer: x1}}\n";
    let folder = Folder::new(&space, &[("a.yaml", &text)]);
    let said = folder.run(&space, "boot DIR --json").ok();
    let waiting = said.json()["waiting"].clone();
    assert_eq!(waiting.as_object().map(serde_json::Map::len), Some(5), "{waiting}");
    assert_eq!(waiting["mv0"], "it waits for eth8");
    space.ip("link add eth7 type veth peer name eth8").ok();
    folder.run(&space, "boot DIR").ok().out_has("lan0 waits");
    let now = Everything::read(&space, &[]);
    assert_eq!((now.at("eth7", "/master"), now.at("mv0", "/link")), ("br0".into(), "eth8".into()));
}

#[test]
fn one_link_that_cannot_be_had_does_not_keep_the_others_away() {
    let Some(space) = Space::new() else { return };
    // Two tunnels of one id: the kernel refuses the second.
    let text = GOOD.to_owned()
        + "  wx1: {kind: vxlan, vxlan: {id: 5, dstport: 4789}}\n  wx2: {kind: vxlan, vxlan: {id: 5, dstport: 4789}}\n";
    let folder = Folder::new(&space, &[("a.yaml", &text)]);
    folder.run(&space, "boot DIR").fails(4).err_has("wx2");
    let now = Everything::read(&space, &[]);
    assert_eq!((now.at("br0", "/mtu"), now.at("wx1", "/ifname")), (1400.into(), "wx1".into()));
    assert!(now.at("wx2", "/ifname").is_null());
}

#[test]
fn files_that_cannot_be_read_give_way_to_what_held_last() {
    let Some(space) = Space::new() else { return };
    let folder = Folder::new(&space, &[("a.yaml", GOOD)]);
    folder.run(&space, "boot DIR").ok();
    folder.write("a.yaml", "version: 1\nlinks: {br0: {knid: bridge}}\n");
    space.ip("link del br0").ok();
    folder.run(&space, "boot DIR").fails(4).out_has("what held last");
    assert_eq!(Everything::read(&space, &[]).at("br0", "/mtu"), 1400);
}

#[test]
fn links_whose_matches_find_the_same_wait_and_the_rest_is_brought() {
    let Some(space) = Space::new() else { return };
    space.add("b1 type bridge");
    let two =
        "version: 1\nlinks:\n  x: {match: {kind: bridge}}\n  y: {match: {kind: bridge}}\n  i0: {kind: ifb}\n";
    let folder = Folder::new(&space, &[("10.yaml", two)]);
    let said = folder.run(&space, "boot DIR --json").ok().json();
    assert_eq!(said["waiting"]["x"], "its match finds what y is, too", "{said}");
    assert_eq!(said["waiting"]["y"], "its match finds what x is, too", "{said}");
    space.linkctl("show b1").ok();
    space.linkctl("show i0").ok();
}
