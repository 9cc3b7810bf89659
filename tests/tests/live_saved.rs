//! Plans that are kept in a file and applied later, and plans as differences.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use linkctl_conformance::Space;
use linkctl_conformance::peer::Everything;

/// Two links, and a goal for one of them that also makes a third.
fn world() -> Option<(Space, String)> {
    let space = Space::new()?;
    for words in ["link add br0 type bridge", "link add va type veth peer name vb", "netns add red"] {
        space.ip(words).ok();
    }
    let goal = "version: 1\nlinks: {va: {mtu: 1400, master: br0}, n0: {kind: bridge, mtu: 1300}}\n";
    let goal = space.file("goal.yaml", goal).to_str().expect("text").to_owned();
    Some((space, goal))
}

fn kept(space: &Space, goal: &str, more: &[&str]) -> String {
    let path = space.file("kept.plan", "").to_str().expect("text").to_owned();
    space
        .linkctl_with(&[&["plan", goal, "--save", path.as_str()], more].concat())
        .fails(2)
        .out_has("apply --plan");
    path
}

#[test]
fn a_kept_plan_is_applied_later_whatever_other_links_do() {
    let Some((space, goal)) = world() else { return };
    let path = kept(&space, &goal, &[]);
    let found = std::fs::metadata(&path).expect("it was written");
    assert_eq!(found.permissions().mode() & 0o777, 0o600);
    let beside =
        std::fs::read_dir(std::path::Path::new(&path).parent().expect("a folder")).expect("readable");
    assert_eq!(beside.count(), 2, "the goal and the plan, and nothing half written");
    // Neither is named by the plan.
    for words in ["link set vb mtu 1200", "link add other type bridge"] {
        space.ip(words).ok();
    }
    std::fs::remove_file(&goal).expect("it is not needed any more");
    space.linkctl_with(&["apply", "--plan", &path]).ok().out_has("applied");
    let now = Everything::read(&space, &[]);
    assert_eq!((now.at("va", "/mtu"), now.at("vb", "/mtu")), (1400.into(), 1200.into()));
    space.linkctl_with(&["apply", "--plan", &path]).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    assert_eq!(Everything::read(&space, &[]).at("va", "/mtu"), 1500);
    space.linkctl_with(&["apply", "--plan", &path, &goal]).fails(3);
}

#[test]
fn a_plan_is_refused_when_its_links_changed_in_between() {
    for (change, says) in [
        ("link set va mtu 1450", "va was changed: mtu 1500 → 1450"),
        ("link set va alias hello", "alias"),
        ("link set br0 type bridge ageing_time 100", "br0 was changed: bridge.ageing_time"),
        ("link set va name vz", "va is not there any more"),
        ("link del va", "va is not there any more"),
    ] {
        let Some((space, goal)) = world() else { return };
        let path = kept(&space, &goal, &[]);
        space.ip(change).ok();
        let before = Everything::read(&space, &[]);
        space.linkctl_with(&["apply", "--plan", &path]).fails(1).err_has("out of date").err_has(says);
        before.assert_same(&space, change);
    }
    // Another link of the same name and settings; of the same index too, but of another kind.
    let Some((space, goal)) = world() else { return };
    let path = kept(&space, &goal, &[]);
    let index = space.ip("-j link show br0").ok().json()[0]["ifindex"].to_string();
    space.ip("link del br0").ok();
    space.ip("link add br0 type bridge").ok();
    space.linkctl_with(&["apply", "--plan", &path]).fails(1).err_has("br0 is another link of that name");
    space.ip("link del br0").ok();
    space.ip(&format!("link add br0 index {index} type vxlan id 9 dstport 4789")).ok();
    space.linkctl_with(&["apply", "--plan", &path]).fails(1).err_has("br0 is another link of that name");
    // All that it touches is as it was, and what it makes is there by now.
    let Some((space, goal)) = world() else { return };
    let path = kept(&space, &goal, &[]);
    space.ip("link add n0 type bridge").ok();
    space.linkctl_with(&["apply", "--plan", &path]).fails(1).err_has("it would take other steps now");
}

#[test]
fn a_plan_belongs_to_its_namespaces() {
    let Some((space, _)) = world() else { return };
    space.ip("-n red link add br9 type bridge").ok();
    let goal = space.file("goal.yaml", "version: 1\nlinks: {br9: {netns: red, mtu: 1400}}\n");
    let path = kept(&space, goal.to_str().expect("text"), &[]);
    space.ip("netns del red").ok();
    space.ip("netns add red").ok();
    space.ip("-n red link add br9 type bridge").ok();
    // A kernel may give the new namespace the number of the old one: then its links tell.
    space.linkctl_with(&["apply", "--plan", &path]).fails(1).err_has("red").err_has("nothing was changed");
    // In another world there is no such namespace at all, or it is another.
    space.another(|other| {
        other.ip("netns add red").ok();
        other.ip("-n red link add br9 type bridge").ok();
        other.linkctl_with(&["apply", "--plan", &path]).fails(1).err_has("is another namespace");
    });
}

#[test]
fn consent_is_kept_with_the_plan() {
    let Some(space) = Space::new() else { return };
    space.ip("link add vx type vxlan id 7 dstport 4789").ok();
    let goal = space.file("goal.yaml", "version: 1\nlinks: {vx: {kind: vxlan, vxlan: {id: 8}}}\n");
    let goal = goal.to_str().expect("text");
    let without = kept(&space, goal, &[]);
    space.linkctl_with(&["apply", "--plan", &without]).fails(1).err_has("--rebuild");
    space.linkctl_with(&["apply", "--plan", &without, "--rebuild"]).ok();
    space.linkctl("undo").ok();
    let with = kept(&space, goal, &["--rebuild"]);
    space.linkctl_with(&["apply", "--plan", &with]).ok();
}

#[test]
fn what_is_no_kept_plan_is_refused_unread_or_unbelieved() {
    let Some((space, goal)) = world() else { return };
    let before = Everything::read(&space, &[]);
    let path = kept(&space, &goal, &[]);
    let text = std::fs::read_to_string(&path).expect("text");
    let apply = |path: &str| space.linkctl_with(&["apply", "--plan", path]);
    for (name, bytes) in [
        ("empty", String::new()),
        ("cut", text[..text.len() / 2].to_owned()),
        ("damaged", text.replacen("1400", "1300", 1)),
        ("goal", std::fs::read_to_string(&goal).expect("text")),
        ("version", text.replacen("version=1", "version=2", 1)),
    ] {
        let path = space.file(name, &bytes);
        apply(path.to_str().expect("text")).fails(3);
    }
    apply("/dev/zero").fails(3);
    apply("/nonexistent").fails(3);
    apply(space.state().parent().expect("a folder").to_str().expect("text")).fails(3);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o666)).expect("it is ours");
    apply(&path).fails(3).err_has("everyone can write it");
    let link = space.file("link", "");
    std::fs::remove_file(&link).expect("it is ours");
    symlink(&path, &link).expect("made");
    apply(link.to_str().expect("text")).fails(3).err_has("symbolic link");
    before.assert_same(&space, "none of it was applied");
    // Nor is one written where something else is.
    let plan = |to: &str| space.linkctl_with(&["plan", &goal, "--save", to]);
    plan(link.to_str().expect("text")).fails(1).err_has("no regular file");
    plan("/dev/null").fails(1).err_has("no regular file");
    plan("/nonexistent/kept.plan").fails(1);
    assert_ne!(std::fs::metadata("/dev/null").expect("there").mode() & 0o020_000, 0, "a device still");
}

#[test]
fn a_plan_with_nothing_to_do_is_not_kept() {
    let Some((space, _)) = world() else { return };
    let goal = space.file("goal.yaml", "version: 1\nlinks: {br0: {kind: bridge}}\n");
    let path = space.file("x", "").with_file_name("kept.plan");
    let to = path.to_str().expect("text");
    space.linkctl_with(&["plan", goal.to_str().expect("text"), "--save", to]).ok().err_has("was not written");
    assert!(!path.exists());
}

#[test]
fn a_difference_is_in_the_words_of_a_goal_file_and_comes_true() {
    let Some((space, goal)) = world() else { return };
    space.ip("link set va address 02:00:00:00:00:01").ok();
    let said = space.linkctl_with(&["plan", &goal, "--diff"]).fails(2);
    assert_eq!(
        said.out,
        "--- br0\n+++ br0\n-mtu: 1500\n+mtu: 1400\n--- va\n+++ va\n-mtu: 1500\n+mtu: 1400\n+master: br0\n--- /dev/null\n+++ n0\n+kind: bridge\n+mtu: 1300\n",
        "a bridge follows its ports"
    );
    space.linkctl_with(&["plan", &goal, "--diff", "--json"]).fails(3);
    space.linkctl_with(&["apply", &goal]).ok();
    assert_eq!(space.linkctl_with(&["plan", &goal, "--diff"]).ok().out, "");
}
