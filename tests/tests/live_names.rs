//! Names that clash: matches that tell no link, names that go round, names that are another's.

use linkctl_conformance::Space;
use linkctl_conformance::peer::Everything;

fn mac(space: &Space, link: &str) -> String {
    space.linkctl(&format!("show -j {link}")).ok().json()[0]["address"]
        .as_str()
        .expect("an address")
        .to_owned()
}

#[test]
fn a_match_that_fits_two_links_or_none_is_told_with_what_it_fits() {
    let Some(space) = Space::new() else { return };
    space.add("b1 type bridge");
    space.add("b2 type bridge");
    let two = "version: 1\nlinks: {b0: {match: {kind: bridge}, mtu: 1400}}\n";
    for said in [space.plan(two), space.apply(two, &[])] {
        said.fails(1).err_has("its match fits several links: b1, b2").err_has(":2:14: links.b0.match");
    }
    let none = "version: 1\nlinks: {b0: {match: {kind: bridge, altname: nothing}, mtu: 1400}}\n";
    space.plan(none).fails(1).err_has("no link fits its match");
    let one = "version: 1\nlinks: {b0: {match: {address: 'ADDRESS'}, mtu: 1400}}\n"
        .replace("ADDRESS", &mac(&space, "b2"));
    space.apply(&one, &[]).ok();
    space.linkctl("show b2").fails(1);
    assert_eq!(space.linkctl("show -j b0").ok().json()[0]["mtu"].as_u64(), Some(1400));
}

#[test]
fn two_matches_that_fit_one_link_are_refused() {
    let Some(space) = Space::new() else { return };
    space.add("b1 type bridge");
    let both = "version: 1\nlinks: {x: {match: {kind: bridge}}, y: {match: {kind: bridge}}}\n";
    for said in [space.plan(both), space.apply(both, &[])] {
        said.fails(1).err_has("x: its match finds b1, and so does that of y").err_has(":2:13: links.x.match");
    }
    let named = "version: 1\nlinks: {b1: {mtu: 1400}, y: {match: {kind: bridge}}}\n";
    let said = "y: its match finds b1, of which more is said under its own name";
    space.apply(named, &[]).fails(1).err_has(said).err_has(":2:30: links.y.match");
    space.linkctl("show b1").ok();
}

#[test]
fn a_refusal_about_one_of_many_is_told_with_its_templates_place() {
    let Some(space) = Space::new() else { return };
    let many = "version: 1\nlinks:\n  'v{n}': {count: 2, kind: macvlan, link: e9}\n";
    space.plan(many).fails(1).err_has("v0 needs e9, which is not there").err_has(":3:3: links.v0");
}

#[test]
fn an_alternative_name_for_a_link_or_its_master_is_told_as_such() {
    let Some(space) = Space::new() else { return };
    space.add("b1 type bridge");
    space.add("i0 type ifb");
    space.ip("link property add dev b1 altname bridge-of-all").ok();
    let file = |link: &str| format!("version: 1\nlinks: {{{link}}}\n");
    let whose = "bridge-of-all is an alternative name of b1: say b1";
    space.plan(&file("bridge-of-all: {mtu: 1400}")).fails(1).err_has(whose);
    let needs = "i0 needs bridge-of-all, which is an alternative name of b1: say b1";
    space.plan(&file("i0: {master: bridge-of-all}")).fails(1).err_has(needs);
}

#[test]
fn names_that_go_round_are_exchanged() {
    let Some(space) = Space::new() else { return };
    for name in ["a", "b", "c"] {
        space.add(&format!("{name} type bridge"));
    }
    let (a, b, c) = (mac(&space, "a"), mac(&space, "b"), mac(&space, "c"));
    let two = format!(
        "version: 1\nlinks: {{b: {{match: {{address: '{a}'}}}}, a: {{match: {{address: '{b}'}}}}}}\n"
    );
    space.apply(&two, &[]).ok();
    assert_eq!((mac(&space, "a"), mac(&space, "b")), (b.clone(), a.clone()));
    let three = format!(
        "version: 1\nlinks: {{b: {{match: {{address: '{b}'}}}}, c: {{match: {{address: '{a}'}}}}, a: {{match: {{address: '{c}'}}}}}}\n"
    );
    space.apply(&three, &[]).ok();
    assert_eq!((mac(&space, "b"), mac(&space, "c"), mac(&space, "a")), (b, a, c));
    space.plan(&three).ok();
    space.linkctl("undo").ok();
    space.linkctl("undo").ok();
}

#[test]
fn what_a_link_got_under_another_name_is_gone_when_it_is_undone() {
    let Some(space) = Space::new() else { return };
    for name in ["a", "b", "c"] {
        space.add(&format!("{name} type veth peer name {name}p"));
    }
    space.ip("link set c alias before").ok();
    let was = Everything::read(&space, &[]);
    let found = |link: &str| format!("match: {{address: '{}'}}", mac(&space, link));
    // One gets a new name, two exchange theirs.
    let goal = format!(
        "version: 1\nlinks:\n  fresh: {{{}, alias: one, altname: [first], group: 7}}\n  \
         c: {{{}, alias: two, mtu: 1400}}\n  b: {{{}, altname: [third]}}\n",
        found("a"),
        found("b"),
        found("c"),
    );
    space.apply(&goal, &[]).ok();
    space.plan(&goal).ok();
    space.linkctl("undo").ok();
    was.assert_same(&space, "taken back");
    space.apply(&goal, &["--confirm=1s"]).ok();
    space.settled();
    was.assert_same(&space, "not confirmed");
}

#[test]
fn a_name_that_is_anothers_alternative_name_is_refused_and_nothing_is_left() {
    let Some(space) = Space::new() else { return };
    space.add("b1 type bridge");
    space.linkctl("set b1 altname taken").ok();
    let made = "version: 1\nlinks: {first: {kind: bridge}, taken: {kind: bridge}}\n";
    let said = space.apply(made, &[]);
    assert!(said.status != 0 && said.err.contains("taken"), "{}{}", said.out, said.err);
    space.linkctl("show first").fails(1);
    let renamed = format!("version: 1\nlinks: {{taken: {{match: {{address: '{}'}}}}}}\n", mac(&space, "b1"));
    space.plan(&renamed).out_has("b1");
    let other = "version: 1\nlinks: {b2: {kind: bridge, altname: [taken]}}\n";
    let said = space.apply(other, &[]);
    assert!(said.status != 0 && said.err.contains("taken"), "{}{}", said.out, said.err);
    space.linkctl("show b2").fails(1);
}

#[test]
fn a_namespace_that_is_not_there_is_told_where_the_file_names_it() {
    let Some(space) = Space::new() else { return };
    let goal = "version: 1\nlinks:\n  b0: {kind: bridge}\n  b1: {kind: bridge, netns: blue}\n  va: {kind: veth, veth: {peer: {name: vb, netns: blue}}}\n";
    for said in [space.plan(goal), space.apply(goal, &[])] {
        let said = said.fails(1).err_has("there is no network namespace blue").err_has("ip netns add blue");
        assert!(said.err.contains(":4:29") && said.err.contains("and here"), "{}", said.err);
    }
    space.linkctl("show b0").fails(1);
    space.ip("netns add blue").ok();
    space.apply(goal, &[]).ok();
    space.plan("version: 1\nnetns: {red: {}}\n").fails(3).err_has("namespaces: {NAME: present}");
}

#[test]
fn a_name_that_means_all_links_is_refused_before_anything_is_sent() {
    let Some(space) = Space::new() else { return };
    for name in ["all", "default"] {
        let goal = format!("version: 1\nlinks: {{b0: {{kind: bridge}}, {name}: {{kind: bridge}}}}\n");
        space.plan(&goal).fails(1).err_has(&format!("makes no link called {name}"));
        space.apply(&goal, &[]).fails(1);
        space.ip("link show b0").fails(1);
        // The kernel's own word.
        assert_ne!(space.ip(&format!("link add {name} type bridge")).status, 0);
    }
}

#[test]
fn a_match_by_address_finds_its_link_again_below_what_took_the_address() {
    let Some(space) = Space::new() else { return };
    space.ip("link add e0 address 02:00:00:00:00:01 type veth peer name e1").ok();
    let goal = "version: 1\nlinks:\n  b: {kind: bridge, state: up}\n  \
                x: {match: {address: '02:00:00:00:00:01'}, master: b}\n  \
                mv: {kind: macvlan, link: e1}\n";
    space.apply(goal, &[]).ok();
    assert_eq!(mac(&space, "b"), mac(&space, "x"), "the bridge has its port's");
    space.plan(goal).ok().out_has("nothing to do");
    // Others of that address that the file does not speak of are not told from it.
    space.ip("link add y0 address 02:00:00:00:00:01 type ifb").ok();
    space.plan(goal).fails(1).err_has("its match fits several links");
}

#[test]
fn what_a_match_wants_gone_may_be_gone() {
    let Some(space) = Space::new() else { return };
    space.ip("link add i0 address 02:00:00:00:00:05 type ifb").ok();
    let goal = "version: 1\nlinks: {x: {match: {address: '02:00:00:00:00:05'}, state: absent}}\n";
    space.apply(goal, &[]).ok();
    space.ip("link show i0").fails(1);
    space.plan(goal).ok().out_has("nothing to do");
    // Another link of that name is not what was meant.
    space.ip("link add x type ifb").ok();
    space.plan(goal).fails(1).err_has("no link fits its match");
}

#[test]
fn a_rebuild_under_another_name_wants_the_consent_that_it_wants_under_its_own() {
    let Some(space) = Space::new() else { return };
    for words in [
        "link add vl address 02:00:00:00:00:07 up type vxlan id 7 dstport 4789",
        "addr add 10.9.0.1/24 dev vl",
    ] {
        space.ip(words).ok();
    }
    let goal =
        "version: 1\nlinks: {x: {kind: vxlan, match: {address: '02:00:00:00:00:07'}, vxlan: {id: 8}}}\n";
    let said = space.apply(goal, &["--rebuild"]);
    said.fails(1).err_has("--allow-disruption").err_has("10.9.0.1");
    space.ip("link show vl").ok();
    space.apply(goal, &["--rebuild", "--allow-disruption"]).ok();
}
