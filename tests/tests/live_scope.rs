//! What becomes of links that a file does not name: `scope`, `ignore`, and which links are ours.

use std::collections::BTreeSet;

use linkctl_conformance::Space;

/// The names of all links but the loopback and tunnels that modules put everywhere.
fn names(space: &Space) -> BTreeSet<String> {
    let links = space.linkctl("show -j").ok().json();
    let name = |l: &serde_json::Value| l["ifname"].as_str().unwrap_or_default().to_owned();
    let all = links.as_array().expect("a list").iter().map(name);
    let fallback =
        ["lo", "tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0"];
    all.filter(|n| !fallback.contains(&n.as_str())).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn owned(space: &Space) -> Vec<String> {
    space
        .linkctl("owned")
        .ok()
        .out
        .lines()
        .map(|l| l.split(' ').next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn what_an_apply_made_and_the_file_no_longer_names_goes_and_nothing_else() {
    let Some(space) = Space::new() else { return };
    space.add("other0 type bridge");
    space.add("mine1 type bridge");
    space.apply(
        "version: 1\nlinks:\n  \"b{n}\": {count: 3, kind: bridge}\n  va: {kind: veth, veth: {peer: vb}}\n  mine1: {mtu: 1400}\n",
        &[],
    )
    .ok();
    assert_eq!(owned(&space), ["b0", "b1", "b2", "va", "vb"], "mine1 was there before");
    let json = space.linkctl("owned --json").ok().json();
    assert_eq!((json[0]["ifname"].as_str(), json[0]["link_kind"].as_str()), (Some("b0"), Some("bridge")));
    let less = "version: 1\nscope: owned\nlinks: {b0: {kind: bridge}}\n";
    space.plan(less).fails(2).out_has("delete").out_has("b1").out_has("va");
    space.apply(less, &[]).ok();
    assert_eq!(names(&space), set(&["b0", "mine1", "other0"]));
    assert_eq!(owned(&space), ["b0"]);
    space.plan(less).ok();
    // Partial, the default, leaves all there is.
    space.apply("version: 1\nlinks: {}\n", &[]).ok();
    assert_eq!(names(&space), set(&["b0", "mine1", "other0"]));
}

#[test]
fn what_someone_else_made_anew_under_our_name_is_not_ours() {
    let Some(space) = Space::new() else { return };
    let nothing = "version: 1\nscope: owned\nlinks: {}\n";
    space
        .apply("version: 1\nlinks: {b0: {kind: bridge}, b1: {kind: bridge}, b2: {kind: bridge}}\n", &[])
        .ok();
    space.linkctl("del b0").ok();
    space.add("b0 type bridge");
    space.linkctl("set b1 name other").ok();
    assert_eq!(owned(&space), ["b2"]);
    space.apply(nothing, &[]).ok();
    assert_eq!(names(&space), set(&["b0", "other"]));
}

#[test]
fn ownership_goes_with_renames_rebuilds_and_undo() {
    let Some(space) = Space::new() else { return };
    space.add("low type bridge");
    space.add("theirs type vxlan id 3 dstport 4789");
    let two = "version: 1\nlinks:\n  x: {kind: vxlan, vxlan: {id: 1, dstport: 4789}}\n  b0: {kind: bridge, address: '02:00:00:00:00:01'}\n";
    space.apply(two, &[]).ok();
    let other = two.replace("id: 1", "id: 2") + "  theirs: {kind: vxlan, vxlan: {id: 4, dstport: 4789}}\n";
    space.apply(&other, &["--rebuild"]).ok();
    assert_eq!(owned(&space), ["b0", "x"], "what was theirs and was made anew is theirs");
    space.apply(
        "version: 1\nlinks: {b1: {match: {address: '02:00:00:00:00:01'}}, x: {state: absent}, theirs: {state: absent}}\n",
        &[],
    )
    .ok();
    assert_eq!(owned(&space), ["b1"]);
    space.linkctl("undo").ok();
    assert_eq!(owned(&space), ["b0", "x"], "what was deleted and came back is whose it was");
    assert_eq!(names(&space), set(&["b0", "low", "theirs", "x"]));
    space.linkctl("undo").ok();
    space.linkctl("undo").ok();
    assert_eq!(owned(&space), Vec::<String>::new());
}

#[test]
fn a_change_that_is_rolled_back_leaves_ours_ours() {
    let Some(space) = Space::new() else { return };
    space.apply("version: 1\nlinks: {x: {kind: vxlan, vxlan: {id: 1, dstport: 4789}}}\n", &[]).ok();
    // The second has the same port and VNI: the kernel refuses it, after x was made anew.
    space.add("y type vxlan id 9 dstport 4789");
    let bad = "version: 1\nrebuild: allow\nlinks:\n  x: {kind: vxlan, vxlan: {id: 2, dstport: 4789}}\n  z: {kind: vxlan, vxlan: {id: 9, dstport: 4789}}\n";
    let said = space.apply(bad, &[]);
    assert_ne!(said.status, 0, "{}", said.out);
    assert_eq!(names(&space), set(&["x", "y"]));
    assert_eq!(owned(&space), ["x"]);
}

#[test]
fn full_leaves_only_what_is_named_ignored_or_needed() {
    let Some(space) = Space::new() else { return };
    for words in [
        "docker0 type bridge",
        "br-12ab type bridge",
        "virbr0 type bridge",
        "dockervlan link docker0 type macvlan",
        "need type bridge",
        "spared type bridge",
        "kept1 type bridge",
        "old0 type bridge",
        "old1 type bridge",
        "v5 link old1 type macvlan",
        "pa type veth peer name pb",
        "qa type veth peer name qb",
    ] {
        if !space.add(words) {
            return;
        }
    }
    space.linkctl("set qa master need").ok();
    let goal = "version: 1\nscope: full\nignore: ['kept*', '!virbr0']\nlinks:\n  v9: {kind: macvlan, link: need}\n  spared: {state: ignore}\n  pb: {mtu: 1400}\n";
    space.plan(goal).fails(2).out_has("old0").out_has("virbr0");
    space.apply(goal, &[]).ok();
    let left = ["br-12ab", "docker0", "dockervlan", "kept1", "need", "pa", "pb", "spared", "v9"];
    assert_eq!(names(&space), set(&left));
    space.apply(goal, &[]).ok().out_has("nothing to do");
    space.linkctl("undo").ok();
    assert!(names(&space).contains("v5") && names(&space).contains("qb"), "{:?}", names(&space));
}

#[test]
fn full_reaches_only_namespaces_that_the_file_names() {
    let Some(space) = Space::new() else { return };
    for netns in ["blue", "green"] {
        space.ip(&format!("netns add {netns}")).ok();
        space.linkctl(&format!("-n {netns} add old type bridge")).ok();
    }
    space.apply("version: 1\nscope: full\nlinks: {new: {kind: bridge, netns: blue}}\n", &[]).ok();
    space.linkctl("-n blue show old").fails(1);
    space.linkctl("-n blue show new").ok();
    space.linkctl("-n green show old").ok();
    assert_eq!(owned(&space), ["blue/new"]);
    space.ip("netns del blue").ok();
    space.ip("netns add blue").ok();
    space.linkctl("-n blue add new type bridge").ok();
    assert_eq!(owned(&space), Vec::<String>::new(), "another namespace of the same name");
    space.apply("version: 1\nscope: owned\nlinks: {}\n", &[]).ok();
    space.linkctl("-n blue show new").ok();
}

#[test]
fn a_record_that_is_broken_is_told_and_only_matters_where_it_is_needed() {
    let Some(space) = Space::new() else { return };
    space.apply("version: 1\nlinks: {b0: {kind: bridge}}\n", &[]).ok();
    let mut all = std::fs::read_dir(space.state()).expect("it is there").flatten().map(|e| e.path());
    let path = all.find(|p| p.is_dir()).expect("one a namespace").join("owned");
    for text in ["noise", "linkctl-owned 1 another-start\nnoise", "\u{0}\u{1}"] {
        std::fs::write(&path, text).expect("ours");
        let said = space.plan("version: 1\nscope: owned\nlinks: {}\n");
        assert!(said.status == 0 && text.contains("another") || said.status == 1, "{text}: {}", said.err);
        space.plan("version: 1\nlinks: {b0: {kind: bridge}}\n").ok();
    }
    std::fs::write(&path, "linkctl-owned 1 another-start\n").expect("ours");
    assert_eq!(owned(&space), Vec::<String>::new(), "indexes begin anew with the machine");
}

#[test]
fn what_an_unconfirmed_apply_took_away_and_the_guardian_brought_back_is_ours_again() {
    let Some(space) = Space::new() else { return };
    space.add("theirs type bridge");
    space.apply("version: 1\nlinks: {b0: {kind: bridge}}\n", &[]).ok();
    let gone = "version: 1\nlinks: {b0: {state: absent}, theirs: {state: absent}, new: {kind: bridge}}\n";
    space.apply(gone, &["--confirm=1s"]).ok();
    assert_eq!(owned(&space), ["new"]);
    space.settled();
    assert_eq!(names(&space), set(&["b0", "theirs"]));
    assert_eq!(owned(&space), ["b0"]);
    space.apply(gone, &["--confirm"]).ok();
    space.linkctl("rollback").ok();
    assert_eq!(owned(&space), ["b0"]);
}
