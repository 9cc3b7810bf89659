//! What is, as a file: `show --as-goal` plans to nothing.

use linkctl::kinds::KINDS;
use linkctl::schema::Below;
use linkctl_conformance::stage::{Stage, possible};
use linkctl_conformance::{Space, skip};

/// Fails unless the links as a file are what they are.
fn plans_to_nothing(space: &Space, what: &str) {
    as_files(space, what, &["show --as-goal"]);
}

fn as_files(space: &Space, what: &str, all: &[&str]) {
    for words in all {
        let file = space.linkctl(words).ok().out;
        let said = space.linkctl_fed(&["plan", "-"], file.as_bytes());
        assert_eq!(said.status, 0, "{what}, {words}: {}{}\n{file}", said.out, said.err);
    }
}

/// Fails unless a link that is taken away comes back by its file alone, as it was.
fn comes_from_nothing(space: &Space, what: &str) {
    let pair = space.linkctl("show t0p").status == 0;
    let file = space.linkctl(if pair { "show --as-goal t0 t0p" } else { "show --as-goal t0" }).ok().out;
    space.linkctl("del t0").ok();
    let said = space.apply(&file, &[]);
    assert_eq!(said.status, 0, "{what}: {}{}\n{file}", said.out, said.err);
    let said = space.plan(&file);
    assert_eq!(said.status, 0, "{what}: {}{}\n{file}", said.out, said.err);
}

/// Kinds that want something said, beside what their examples say.
const WANTED: &[(&str, &str)] = &[
    ("erspan", "local 192.0.2.1 remote 192.0.2.2 key 7 seq erspan_ver 1 erspan 7"),
    ("geneve", "id 7 remote 192.0.2.2"),
    ("hsr", "slave1 eth0 slave2 eth1"),
    ("vlan", "id 7"),
    ("vrf", "table 10"),
    ("vxlan", "id 7 dstport 4789 remote 192.0.2.2"),
    ("xfrm", "if_id 7"),
];

#[test]
fn every_kind_with_nothing_said_and_as_its_examples_plans_to_nothing_as_a_file() {
    let Some(space) = Space::new() else { return };
    let mut stage = Stage::new();
    for name in ["eth0", "eth1", "low"] {
        space.add(&format!("{name} up type veth peer name {name}p"));
    }
    let mut tried = 0;
    for kind in KINDS.iter().copied().filter(|k| possible(k)) {
        if !stage.makes(kind) {
            skip(&format!("this kernel has no {}", kind.name));
            continue;
        }
        let pair = kind.pair.map(|_| "peer name t0p");
        let wanted = WANTED.iter().filter(|(k, _)| *k == kind.name).map(|(_, words)| *words);
        let all: Vec<&str> =
            [""].into_iter().chain(pair).chain(wanted).chain(kind.examples.iter().map(|e| e.words)).collect();
        let lower = if kind.below == Below::Link { "link low" } else { "" };
        let mut made = 0;
        for words in all {
            if space.linkctl(&format!("add t0 {lower} type {} {words}", kind.name)).status != 0 {
                continue;
            }
            made += 1;
            let what = format!("{} {words}", kind.name);
            as_files(
                &space,
                &what,
                if made == 1 { &["show --as-goal", "show --as-goal --json"] } else { &["show --as-goal"] },
            );
            // One without keys is made only where no setting at all is said (`ip6erspan_tap_validate`).
            if (kind.name, words) != ("ip6erspan", "") {
                comes_from_nothing(&space, &what);
            }
            let is_up = space.linkctl("set t0 up").status == 0;
            if kind.master && space.linkctl("set eth1p master t0").status == 0 {
                plans_to_nothing(&space, &format!("{what} with a port"));
                space.linkctl("set eth1p nomaster").ok();
            }
            if is_up {
                plans_to_nothing(&space, &format!("{what}, up"));
            }
            space.linkctl("del t0").ok();
        }
        assert!(made > 0, "{} is made in some way", kind.name);
        tried += 1;
    }
    assert!(tried >= 5, "bridge, veth, vxlan, netkit and macvlan are everywhere: {tried}");
}

#[test]
fn ports_of_bonds_of_every_mode_come_from_nothing() {
    let Some(space) = Space::new() else { return };
    let modes =
        ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"];
    for mode in modes {
        let bond = format!("link add bo type bond mode {mode} miimon 100");
        if !space.prepare(&["link add va type veth peer name vb", &bond, "link set va master bo"]) {
            return;
        }
        let file = space.linkctl("show --as-goal bo va vb").ok().out;
        space.prepare(&["link del bo", "link del va"]);
        space.apply(&file, &[]).ok();
        space.plan(&file).ok().out_has("nothing to do");
        space.prepare(&["link del bo", "link del va"]);
    }
}

#[test]
fn a_plan_for_a_vxlan_is_commands_that_ip_takes_whether_to_a_host_or_to_a_group() {
    let Some(space) = Space::new() else { return };
    space.add("low type veth peer name lowp");
    for remote in ["192.0.2.1", "239.1.1.1", "2001:db8::1", "'ff02::7'"] {
        let goal = format!(
            "version: 1\nlinks: {{vx: {{kind: vxlan, vxlan: {{id: 7, dstport: 4789, dev: low, remote: {remote}}}}}}}\n"
        );
        let file = space.file("goal.yaml", &goal);
        let commands = space.linkctl(&format!("plan --commands {}", file.display())).fails(2).out;
        for line in commands.lines() {
            space.ip(line.strip_prefix("ip ").expect("a command of ip")).ok();
        }
        space.plan(&goal).ok().out_has("nothing to do");
        space.linkctl("del vx").ok();
    }
}

#[test]
fn the_flags_of_a_macvlan_are_words_that_ip_takes() {
    let Some(space) = Space::new() else { return };
    space.add("low type veth peer name lowp");
    for flags in ["nopromisc: on, nodst: off", "nopromisc: off, nodst: on", "nopromisc: off, nodst: off"] {
        let goal = format!(
            "version: 1\nlinks: {{mv: {{kind: macvlan, link: low, macvlan: {{mode: passthru, {flags}}}}}}}\n"
        );
        let file = space.file("goal.yaml", &goal);
        let commands = space.linkctl(&format!("plan --commands {}", file.display())).fails(2).out;
        for line in commands.lines() {
            space.ip(line.strip_prefix("ip ").expect("a command of ip")).ok();
        }
        space.plan(&goal).ok().out_has("nothing to do");
    }
}

#[test]
fn names_choose_and_odd_names_and_texts_are_kept() {
    let Some(space) = Space::new() else { return };
    let odd = std::process::Command::new("ip")
        .args(["link", "add", "name", "b\u{1}d#\u{fc}", "type", "bridge"])
        .output();
    assert!(odd.is_ok_and(|o| o.status.success()), "the kernel takes nearly any name");
    space.add("b0 type bridge");
    space.add("va type veth peer name vb");
    let set = ["set", "b0", "alias", "a: [b]\u{1b}[31m # 'c'\\x41"];
    space.linkctl_with(&set).ok();
    space.linkctl("set b0 altname a-long-alternative-name").ok();
    let one = space.linkctl("show --as-goal b0").ok();
    assert!(
        one.out.contains("b0:") && !one.out.contains("va:") && !one.out.contains('\u{1b}'),
        "{}",
        one.out
    );
    let all = space.linkctl("show --as-goal").ok().out;
    assert!(all.contains("peer: vb") && all.contains("lo:") && all.contains("\\x01"), "{all}");
    plans_to_nothing(&space, "odd texts");
    space.linkctl("show --as-goal nosuch").fails(1).err_has("nosuch");
    // No two links have one alternative name.
    let other = one.out.replace("b0:", "b1:").replace("a-long-alternative-name", "another");
    space.linkctl_fed(&["plan", "-"], other.as_bytes()).fails(2).out_has("create");
}

#[test]
fn a_pair_into_a_namespace_that_is_not_read_is_said_without_its_kind() {
    let Some(space) = Space::new() else { return };
    space.ip("netns add blue").ok();
    space.add("va type veth peer name vb netns blue");
    let file = space.linkctl("show --as-goal va").ok().out;
    assert!(!file.contains("kind"), "{file}");
    space.linkctl_fed(&["plan", "-"], file.as_bytes()).ok();
}
