//! Goal files as people keep them: several, in folders, of hands that can be trusted.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use linkctl_conformance::{Space, skip};

fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary folder's name is text")
}

/// A folder of goal files.
fn folder(space: &Space, files: &[(&str, &str)]) -> PathBuf {
    let folder = space.file("x", "").with_file_name("links.d");
    std::fs::create_dir_all(&folder).expect("writable");
    for (name, text) in files {
        std::fs::write(folder.join(name), text).expect("writable");
    }
    folder
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
}

#[test]
fn files_of_a_folder_are_one_goal_in_the_order_of_their_names() {
    let Some(space) = Space::new() else { return };
    let folder = folder(
        &space,
        &[
            ("10-bridge.yaml", "version: 1\ndefaults: {all: {state: up}}\nlinks: {br0: {kind: bridge}}"),
            (
                "20-ports.toml",
                "version = 1\n[links.\"d{n}\"]\ncount = 3\nkind = \"veth\"\nveth = {peer = \"e{n}\"}\nmaster = \"br0\"\n",
            ),
            ("30-more.json", r#"{"version": 1, "links": {"d1": {"mtu": 1400, "port": {"isolated": true}}}}"#),
            ("README", "no goal"),
            (".hidden.yaml", "neither"),
            ("40-old.yaml~", "nor this"),
        ],
    );
    let said = space.linkctl(&format!("plan {}", text(&folder))).fails(2);
    assert!(said.err.contains(
        "only files *.yaml, *.yml, *.json, *.toml are read, not .hidden.yaml, 40-old.yaml~, README"
    ));
    space.linkctl(&format!("apply {}", text(&folder))).ok();
    let links = space.linkctl("show -j master br0").ok().json();
    let mtus: Vec<_> = links.as_array().expect("links").iter().map(|l| l["mtu"].as_u64()).collect();
    assert_eq!(mtus, [Some(1500), Some(1400), Some(1500)]);
    space.linkctl(&format!("plan {}", text(&folder))).ok();
    assert_eq!(
        space.linkctl("show -j e2").ok().json()[0]["flags"].as_array().map(Vec::len),
        Some(4),
        "it is up"
    );
    let (one, two) = (folder.join("10-bridge.yaml"), folder.join("20-ports.toml"));
    space.linkctl(&format!("plan {} {}", text(&one), text(&two))).ok();
}

#[test]
fn files_that_disagree_are_told_at_both_places_as_text_and_json() {
    let Some(space) = Space::new() else { return };
    let folder = folder(
        &space,
        &[
            ("10-a.yaml", "version: 1\nlinks:\n  d0: {kind: bridge, mtu: 1400}\n"),
            ("20-b.yaml", "version: 1\n\nlinks:\n  d0: {mtu: 1500}\n"),
            ("30-c.yaml", "version: 1\nlinks:\n  d1: {mtuu: 1500}\n"),
        ],
    );
    for command in ["plan", "apply"] {
        let said = space.linkctl(&format!("{command} {}", text(&folder))).fails(3);
        for part in [
            "10-a.yaml:3:22",
            "20-b.yaml:4:8",
            "d0: {kind: bridge, mtu: 1400}",
            "d0: {mtu: 1500}",
            "two files say this differently",
            "and here",
            "30-c.yaml:3:8",
            "did you mean mtu?",
        ] {
            assert!(said.err.contains(part), "no {part} in {}", said.err);
        }
    }
    let said = space.linkctl(&format!("plan --json {}", text(&folder))).fails(3);
    let json: serde_json::Value = serde_json::from_str(&said.err).expect("JSON");
    let first = &json["errors"][0];
    assert_eq!((first["line"].as_u64(), first["column"].as_u64()), (Some(4), Some(8)));
    assert_eq!((first["also"]["line"].as_u64(), first["also"]["column"].as_u64()), (Some(3), Some(22)));
    assert!(first["also"]["file"].as_str().is_some_and(|f| f.ends_with("10-a.yaml")), "{json}");
    assert_eq!(json["errors"].as_array().map(Vec::len), Some(2));
    assert!(!space.linkctl("show d0").out.contains("d0"), "nothing was made");
}

/// An `/etc` of this test alone, with goal files in it.
fn etc(space: &Space) -> Option<PathBuf> {
    let done = Command::new("mount").args(["-t", "tmpfs", "none", "/etc"]).output();
    if !done.is_ok_and(|o| o.status.success()) {
        skip("mount is not allowed here");
        return None;
    }
    let _ = space;
    let folder = PathBuf::from("/etc/linkctl/links.d");
    std::fs::create_dir_all(&folder).expect("a new file system");
    Some(folder)
}

const GOOD: &str = "version: 1\nlinks: {d0: {kind: bridge}}\n";

#[test]
fn without_a_file_those_of_etc_count() {
    let Some(space) = Space::new() else { return };
    let Some(folder) = etc(&space) else { return };
    space.linkctl("plan").ok();
    std::fs::write(folder.join("a.yaml"), GOOD).expect("writable");
    space.linkctl("plan").fails(2);
    space.linkctl("apply").ok();
    space.linkctl("plan").ok();
    std::fs::remove_dir_all("/etc/linkctl").expect("it is ours");
    space.linkctl("apply").fails(3).err_has("there is no /etc/linkctl/links.d");
}

#[test]
fn what_others_could_have_written_below_etc_is_refused_with_the_fix() {
    let Some(space) = Space::new() else { return };
    let Some(folder) = etc(&space) else { return };
    let file = folder.join("a.yaml");
    std::fs::write(&file, GOOD).expect("writable");
    let other = Path::new("/etc/b.yaml");
    for (path, bits, why) in [
        (file.as_path(), 0o666, "everyone can write it"),
        (&file, 0o664, "its group can write it"),
        (&folder, 0o777, "everyone can write it"),
        (&folder, 0o1777, "everyone can write it"),
        (Path::new("/etc/linkctl"), 0o775, "its group can write it"),
        (Path::new("/etc"), 0o777, "everyone can write it"),
    ] {
        let before = std::fs::metadata(path).expect("there").permissions().mode();
        mode(path, bits);
        for command in ["plan", "apply", "plan /etc/linkctl/links.d/a.yaml", "apply /etc/linkctl/links.d"] {
            let fix = format!("chmod go-w {}", text(path));
            space.linkctl(command).fails(3).err_has(why).err_has(&fix);
        }
        mode(path, before & 0o7777);
        space.linkctl("plan").fails(2).out_has("create");
    }
    std::fs::rename(&file, other).expect("ours");
    symlink(other, &file).expect("ours");
    space.linkctl("apply").fails(3).err_has("a.yaml: it is a symbolic link").err_has("a regular file");
    space.linkctl("plan /etc/linkctl/links.d/a.yaml").fails(3).err_has("it is a symbolic link");
    std::fs::rename("/etc/linkctl/links.d", "/etc/real").expect("ours");
    symlink("/etc/real", "/etc/linkctl/links.d").expect("ours");
    space.linkctl("apply").fails(3).err_has("links.d: it is a symbolic link");
    std::fs::remove_file("/etc/linkctl/links.d").expect("ours");
    std::fs::remove_dir("/etc/linkctl").expect("ours");
    std::fs::create_dir_all("/etc/other/links.d").expect("ours");
    std::fs::write("/etc/other/links.d/a.yaml", GOOD).expect("ours");
    symlink("/etc/other", "/etc/linkctl").expect("ours");
    space.linkctl("apply").fails(3).err_has("/etc/linkctl: it is a symbolic link");
    assert!(!space.linkctl("show d0").out.contains("d0"), "nothing was made");
}

#[test]
fn a_file_of_another_user_below_etc_is_refused() {
    let Some(space) = Space::new() else { return };
    let Some(folder) = etc(&space) else { return };
    std::fs::write(folder.join("a.yaml"), GOOD).expect("writable");
    std::os::unix::fs::chown(folder.join("a.yaml"), Some(65_534), None).expect("root may");
    space.linkctl("apply").fails(3).err_has("it belongs to user 65534").err_has("chown root");
}

#[test]
fn root_applies_only_what_nobody_else_can_write_wherever_it_is() {
    let Some(space) = Space::new() else { return };
    let file = space.file("goal.yaml", GOOD);
    let folder = file.parent().expect("in a folder");
    mode(&file, 0o666);
    space.linkctl(&format!("apply {}", text(&file))).fails(3).err_has("everyone can write it");
    space.linkctl(&format!("plan {}", text(&file))).fails(2);
    mode(&file, 0o644);
    mode(folder, 0o777);
    space.linkctl(&format!("apply {}", text(&file))).fails(3).err_has("everyone can write it");
    mode(folder, 0o755);
    let link = file.with_file_name("link.yaml");
    symlink(&file, &link).expect("ours");
    space.linkctl(&format!("apply {}", text(&link))).fails(3).err_has("it is a symbolic link");
    space.linkctl(&format!("plan {}", text(&link))).fails(2);
    space.linkctl(&format!("apply {}", text(&file))).ok();
}

#[test]
fn a_file_readable_by_all_with_a_key_in_it_is_refused() {
    let Some(space) = Space::new() else { return };
    let goal = "version: 1\nlinks:\n  wg0: {kind: wireguard, wireguard: {private-key: \"c2VjcmV0\"}}\n";
    let file = space.file("wg.yaml", goal);
    mode(&file, 0o644);
    for command in ["plan", "apply"] {
        let said = space.linkctl(&format!("{command} {}", text(&file))).fails(3);
        assert!(said.err.contains("everyone on this machine can read the file"), "{}", said.err);
        assert!(said.err.contains("wg.yaml:3:38") && said.err.contains("chmod o-r"), "{}", said.err);
    }
    mode(&file, 0o600);
    space.linkctl(&format!("plan {}", text(&file))).fails(3).err_has("keys are set with wg");
}

#[test]
fn devices_and_fifos_in_a_folder_are_refused_unread() {
    let Some(space) = Space::new() else { return };
    let folder = folder(&space, &[("a.yaml", GOOD)]);
    let made = Command::new("mkfifo").arg(folder.join("b.yaml")).status();
    assert!(made.is_ok_and(|s| s.success()), "mkfifo is there");
    space.linkctl(&format!("plan {}", text(&folder))).fails(3).err_has("b.yaml: it is no regular file");
    std::fs::remove_file(folder.join("b.yaml")).expect("ours");
    std::fs::create_dir(folder.join("c.yaml")).expect("ours");
    let said = space.linkctl(&format!("plan {}", text(&folder))).fails(2);
    assert!(said.err.contains("are read, not c.yaml"), "a folder in it is passed over: {}", said.err);
    space.linkctl("plan /dev/zero").fails(3).err_has("it is no regular file");
    let said = space.linkctl("apply /dev/null").fails(3).err_has("it is no regular file");
    assert!(!said.err.contains("chmod"), "{}", said.err);
}
