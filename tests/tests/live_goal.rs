//! What is, as a file: `show --as-goal` plans to nothing.

use linkctl::kinds::KINDS;
use linkctl::link::{Key, Link};
use linkctl::schema::Below;
use linkctl_conformance::stage::{Stage, name, possible};
use linkctl_conformance::{Space, skip};

/// Fails unless the links as a file are what they are, in both formats and by any name alone.
fn plans_to_nothing(space: &Space, what: &str) {
    for words in ["show --as-goal", "show --as-goal --json"] {
        let file = space.linkctl(words).ok().out;
        let said = space.linkctl_fed(&["plan", "-"], file.as_bytes());
        assert_eq!(said.status, 0, "{what}, {words}: {}{}\n{file}", said.out, said.err);
    }
}

#[test]
fn every_kind_as_a_file_plans_to_nothing() {
    let Some(space) = Space::new() else { return };
    let (mut stage, mut tried) = (Stage::new(), 0);
    for kind in KINDS.iter().copied().filter(|k| possible(k)) {
        if !stage.makes(kind) {
            skip(&format!("this kernel has no {}", kind.name));
            continue;
        }
        let mut link = Link::new(Some(kind));
        if kind.name == "xfrm" {
            // It wants one.
            let id = kind.fields.find("if_id").expect("a field of the table");
            link.data.put(id, linkctl::schema::Value::Num(7));
        }
        if kind.below == Below::Link {
            link.lower = Some(Key::here(name(&stage.pair("low"))));
        }
        if let Err(e) = stage.create("t0", &link) {
            skip(&format!("{} cannot be made of nothing here: {e}", kind.name));
            stage.purge();
            continue;
        }
        tried += 1;
        plans_to_nothing(&space, kind.name);
        let _ = stage.up("t0", true);
        if kind.ports.is_some() || kind.master {
            let port = stage.pair("port");
            if stage.enslave(&port, "t0").is_ok() {
                plans_to_nothing(&space, &format!("{} with a port", kind.name));
            }
        }
        plans_to_nothing(&space, &format!("{} that is up", kind.name));
        stage.purge();
    }
    assert!(tried >= 5, "bridge, veth, vxlan, vrf and macvlan are everywhere: {tried}");
}

#[test]
fn every_example_as_a_file_plans_to_nothing() {
    let Some(space) = Space::new() else { return };
    let (mut stage, mut tried) = (Stage::new(), 0);
    for kind in KINDS.iter().copied().filter(|k| possible(k)) {
        for example in kind.examples {
            let lower =
                if kind.below == Below::Link { format!("link {}", stage.pair("low")) } else { String::new() };
            let said = space.linkctl(&format!("add t0 {lower} type {} {}", kind.name, example.words));
            if said.status == 0 {
                tried += 1;
                plans_to_nothing(&space, &format!("{} {}", kind.name, example.words));
                space.linkctl("del t0").ok();
            }
            stage.purge();
        }
    }
    assert!(tried >= 5, "{tried}");
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
    space.linkctl_fed(&["plan", "-"], one.out.replace("b0:", "b1:").as_bytes()).fails(2).out_has("create");
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
