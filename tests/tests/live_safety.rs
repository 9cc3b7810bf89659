//! What must never happen to links that a command was not about.

use linkctl_conformance::Space;

/// Everything that ip tells of every link, but what moves by itself.
fn all(space: &Space) -> Vec<(String, serde_json::Value)> {
    let said = space.ip("-d -j link show").ok().json();
    let mut links: Vec<(String, serde_json::Value)> = said
        .as_array()
        .expect("an array of links")
        .iter()
        .map(|l| (l["ifname"].as_str().unwrap_or_default().to_owned(), l.clone()))
        .collect();
    for (_, link) in &mut links {
        if let Some(data) = link.pointer_mut("/linkinfo/info_data").and_then(|d| d.as_object_mut()) {
            data.retain(|key, _| !key.ends_with("_timer"));
        }
        if let Some(port) = link.pointer_mut("/linkinfo/info_slave_data").and_then(|d| d.as_object_mut()) {
            port.retain(|key, _| !key.ends_with("_timer"));
        }
    }
    links
}

#[test]
fn a_set_that_fails_leaves_every_other_link_alone() {
    let Some(space) = Space::new() else { return };
    if !(space.add("br0 type bridge")
        && space.add("va type veth peer name vb")
        && space.add("vc type veth peer name vd"))
    {
        return;
    }
    space.linkctl("set va master br0").ok();
    let before = all(&space);
    space.linkctl("set va mtu 900000").fails(1).err_has("out of range");
    assert_eq!(all(&space), before);
    space.linkctl("set va mtu 1400 txqueuelen 77 address 01:00:00:00:00:01").fails(1);
    assert_eq!(all(&space), before, "what a refused set had done is taken back");
}

#[test]
fn links_that_others_make_meanwhile_outlive_an_apply_that_fails() {
    let Some(space) = Space::new() else { return };
    if !space.add("va type veth peer name vb") {
        return;
    }
    // The last link's MTU is refused; what was made before it goes, what was there stays.
    let goal = "version: 1\nlinks:\n  br7: {kind: bridge, state: up}\n  vx7: {kind: vxlan, mtu: 100000, vxlan: {id: 7, dstport: 4789}}\n";
    let before = all(&space);
    space.apply(goal, &[]).fails(1);
    assert_eq!(all(&space), before);
}

#[test]
fn a_link_that_someone_else_made_first_is_neither_changed_nor_deleted() {
    let Some(space) = Space::new() else { return };
    if !space.add("br0 type bridge") {
        return;
    }
    let before = all(&space);
    // Planned as if br0 were not there: creation is refused, and the rest must not touch the other's link.
    let key = |n: &str| linkctl::link::Key::here(linkctl::schema::Name::new(n).expect("a name"));
    let mut live = linkctl::kernel::Live::open(linkctl::kernel::Place::Here).expect("a socket");
    let (world, _) = linkctl::apply::world(&mut live, &linkctl::link::Goal::new()).expect("links are read");
    let blind =
        world.iter().filter(|(k, _)| **k != key("br0")).map(|(k, l)| (k.clone(), l.clone())).collect();
    let mut goal = linkctl::link::Goal::new();
    let mut link = linkctl::link::Link::new(linkctl::kinds::kind("bridge"));
    link.base.set(linkctl::kinds::link::UP, true);
    link.base.set(linkctl::kinds::link::ALIAS, b"ours".to_vec());
    goal.want(key("br0"), link);
    let plan = linkctl::plan::plan(&blind, &goal).expect("a plan");
    let mut quiet = |_| {};
    let mut transaction = linkctl::apply::Transaction { live: &mut live, kept: None, progress: &mut quiet };
    let failure = transaction.run(&plan, &blind, &goal).expect_err("br0 is there");
    assert_eq!(failure.back, Ok(()));
    assert_eq!(all(&space), before);
}

#[test]
fn a_link_that_has_the_index_of_one_that_was_read_is_not_deleted_in_its_place() {
    let Some(space) = Space::new() else { return };
    let key = |n: &str| linkctl::link::Key::here(linkctl::schema::Name::new(n).expect("a name"));
    // One by one, and so many that they go as a group; listened to since they were read, or not.
    for (many, heed) in [(1, true), (40, true), (40, false)] {
        let names: Vec<String> = (0..many).map(|i| format!("r{i}")).collect();
        for (i, name) in names.iter().enumerate() {
            space.ip(&format!("link add {name} index {} type bridge", 7000 + i)).ok();
        }
        let mut live = linkctl::kernel::Live::open(linkctl::kernel::Place::Here).expect("a socket");
        let mut goal = linkctl::link::Goal::new();
        names.iter().for_each(|n| goal.forbid(key(n)));
        if heed {
            linkctl::apply::lookup::heed(&mut live, &goal, &[linkctl::link::Netns::HERE]);
        }
        let (world, _) = linkctl::apply::world(&mut live, &goal).expect("links are read");
        let plan = linkctl::plan::plan(&world, &goal).expect("a plan");
        // Between the plan and its first act.
        space.ip("link del r0").ok();
        space.ip("link add theirs index 7000 type bridge").ok();
        let mut quiet = |_| {};
        let mut transaction =
            linkctl::apply::Transaction { live: &mut live, kept: None, progress: &mut quiet };
        let failure = transaction.run(&plan, &world, &goal).expect_err("r0 is not what it was");
        assert!(failure.cause.to_string().contains("r0 vanished"), "{}", failure.cause);
        let theirs = space.ip("-j link show theirs").ok().json();
        assert_eq!(theirs[0]["ifindex"], 7000);
        let left = all(&space).iter().filter(|(n, _)| n.starts_with('r')).count();
        assert!(left >= many - 1, "the others are back: {left}");
        for name in names.iter().chain(&["theirs".to_owned()]) {
            let _ = space.ip(&format!("link del {name}"));
        }
    }
}
