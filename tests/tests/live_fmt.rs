//! `linkctl fmt` on files.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use linkctl_conformance::Space;

const ROUGH: &str =
    "version: 1\nlinks:\n    b0:   # a bridge\n        kind: bridge\n        bridge: {stp-state: yes}\n";
const FINE: &str = "version: 1\nlinks:\n  b0:   # a bridge\n    kind: bridge\n    bridge: {stp_state: on}\n";

#[test]
fn files_are_laid_out_in_place_with_their_mode_and_checked_without_being_touched() {
    let Some(space) = Space::new() else { return };
    let file = space.file("a.yaml", ROUGH);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("ours");
    let path = file.to_str().expect("text");
    space.linkctl(&format!("fmt --check {path}")).fails(2).out_has("a.yaml");
    assert_eq!(std::fs::read_to_string(&file).expect("there"), ROUGH);
    space.linkctl(&format!("fmt {path}")).ok().out_has("a.yaml");
    assert_eq!(std::fs::read_to_string(&file).expect("there"), FINE);
    assert_eq!(std::fs::metadata(&file).expect("there").mode() & 0o777, 0o640);
    let said = space.linkctl(&format!("fmt --check {path}")).ok();
    assert_eq!(said.out, "");
    let left: Vec<_> = std::fs::read_dir(file.parent().expect("a folder")).expect("readable").collect();
    assert_eq!(left.len(), 1, "nothing else is left there");
}

#[test]
fn standard_input_goes_to_standard_output_and_what_is_no_file_is_told() {
    let Some(space) = Space::new() else { return };
    assert_eq!(space.linkctl_fed(&["fmt", "-"], ROUGH.as_bytes()).ok().out, FINE);
    space.linkctl_fed(&["fmt", "--check", "-"], ROUGH.as_bytes()).fails(2);
    space.linkctl_fed(&["fmt", "-"], b"version: [1").fails(3).err_has("not valid YAML");
    let file = space.file("a.yaml", ROUGH);
    let link = file.with_file_name("b.yaml");
    symlink(&file, &link).expect("ours");
    space.linkctl(&format!("fmt {}", link.display())).ok();
    assert!(std::fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(std::fs::read_to_string(&file).expect("there"), FINE);
    let said = space.linkctl(&format!("--json fmt --check {}", file.display())).ok();
    assert_eq!(said.json(), serde_json::json!([]));
}

#[test]
fn the_examples_are_laid_out() {
    let Some(space) = Space::new() else { return };
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for file in [
        "site.yaml",
        "namespaces.yaml",
        "peers/bond/linkctl.yaml",
        "peers/vlan/linkctl.yaml",
        "peers/bridge/linkctl.yaml",
        "peers/vxlan/linkctl.yaml",
        "peers/veth/linkctl.yaml",
        "peers/vrf/linkctl.yaml",
    ] {
        space.linkctl(&format!("fmt --check {}", examples.join(file).display())).ok();
    }
}
