//! `ip link set … xdp pinned`: a real program is attached, shown and taken off, as with the genuine ip.

use std::process::{Command, Stdio};

use linkctl_conformance::{Said, Space, skip};

/// The folder of a bpf file system of the test's own with a program pinned in it, and a pair.
fn pinned() -> Option<(Space, String)> {
    let space = Space::new()?;
    if !Space::newest_ip() {
        skip("no newest ip to compare with");
        return None;
    }
    if !cfg!(target_arch = "x86_64") {
        skip("the program that pins knows the numbers of x86-64 alone");
        return None;
    }
    let folder = space.file("placeholder", "").parent().expect("a folder").join("bpf");
    std::fs::create_dir_all(&folder).expect("writable");
    let mounted = Command::new("mount").args(["-t", "bpf", "bpf"]).arg(&folder).output();
    let script = space.file("pin.py", include_str!("../files/pin.py"));
    let program = folder.join("passes");
    let loaded = Command::new("python3").arg(&script).arg(&program).output();
    if !mounted.is_ok_and(|o| o.status.success()) || !loaded.is_ok_and(|o| o.status.success()) {
        skip("no program can be loaded and pinned here");
        return None;
    }
    space.ip("link add v0 type veth peer name v1").ok();
    Some((space, program.to_str().expect("text").to_owned()))
}

fn ours(space: &Space, words: &str) -> Said {
    let mut command = Command::new(space.binary());
    command.arg("ip").args(words.split_whitespace()).stdin(Stdio::null());
    command.output().expect("linkctl starts").into()
}

#[test]
fn a_pinned_program_is_attached_shown_replaced_and_taken_off() {
    let Some((space, program)) = pinned() else { return };
    for mode in ["xdpgeneric", "xdpdrv", "xdp"] {
        let attach = format!("link set v0 {mode} pinned {program}");
        ours(&space, &attach).ok();
        for options in ["", "-d", "-j -d", "-j -p", "-o -d"] {
            let show = format!("{options} link show v0");
            let (theirs, ours) = (space.ip(&show).ok(), ours(&space, &show).ok());
            assert_eq!(ours.out, theirs.out, "{mode}: ip {show}");
            assert!(ours.out.contains("passes"), "the program's name: {}", ours.out);
        }
        // A second one replaces it only by force.
        let (again, theirs) = (ours(&space, &attach).fails(2), space.ip(&attach).fails(2));
        assert_eq!(again.err, theirs.err, "{mode}");
        ours(&space, &format!("-force {attach}")).ok();
        ours(&space, &format!("link set v0 {mode} off")).ok();
        let shown = space.ip("link show v0").ok();
        assert!(!shown.out.contains("prog/"), "{mode}: {}", shown.out);
    }
    let (theirs, mine) = ("link set v0 xdp pinned /nope", "link set v0 xdp pinned /nope");
    assert_eq!(ours(&space, mine).fails(255).err, space.ip(theirs).fails(255).err);
}

#[test]
fn a_plan_tells_that_a_program_goes_with_its_link() {
    let Some((space, program)) = pinned() else { return };
    let gone = "version: 1\nlinks:\n  v0: {state: absent}\n";
    let before = space.plan(gone).fails(2);
    assert!(!before.out.contains("XDP"), "{}", before.out);
    space.ip(&format!("link set v0 xdp pinned {program}")).ok();
    space.plan(gone).fails(2).out_has("v0 loses: its XDP program");
}
