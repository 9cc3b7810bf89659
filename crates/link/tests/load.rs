//! Goal files that are read: what they say becomes of a goal.

use std::collections::BTreeSet;
use std::path::Path;

use linkctl_kinds::{KINDS, link as base, veth, vlan, vxlan};
use linkctl_link::load::load;
use linkctl_link::{Goal, Key, Link, Netns, save};
use linkctl_schema::{Name, Value};

fn name(word: &str) -> Name {
    Name::new(word).expect("a name")
}

fn here(word: &str) -> Key {
    Key::here(name(word))
}

fn there(netns: &str, word: &str) -> Key {
    Key::new(Netns::named(netns).expect("a namespace"), name(word))
}

fn goal_of(file: &str, text: &str) -> Goal {
    load(Path::new(file), text.as_bytes()).unwrap_or_else(|e| panic!("{}", e[0]))
}

/// A YAML file's links, without the lines that all have.
fn links(text: &str) -> Goal {
    goal_of("net.yaml", &format!("version: 1\nlinks:\n{text}"))
}

fn link<'g>(goal: &'g Goal, key: &Key) -> &'g Link {
    goal.links.get(key).and_then(|w| w.link()).unwrap_or_else(|| panic!("{key} is not wanted"))
}

fn value(link: &Link, word: &str) -> Value<'static> {
    let records = [Some(&link.base), Some(&link.data), link.port.as_ref()];
    let found = records.into_iter().flatten().find_map(|r| r.value(r.fields().find(word)?));
    found.unwrap_or_else(|| panic!("nothing is said of {word}")).clone()
}

#[test]
fn the_example_of_the_architecture_is_one_goal_in_three_formats() {
    let yaml = goal_of("a.yaml", include_str!("files/architecture.yaml"));
    assert_eq!(yaml, goal_of("a.json", include_str!("files/architecture.json")));
    assert_eq!(yaml, goal_of("a.toml", include_str!("files/architecture.toml")));
    assert_eq!(yaml.links.len(), 8);
    assert_eq!(link(&yaml, &here("eth1")).master(), Some(name("bond0")));
    assert_eq!(link(&yaml, &here("v7")).lower, Some(here("bond0")));
    assert_eq!(link(&yaml, &here("v7")).data.get(vlan::ID), Some(7));
    assert_eq!(link(&yaml, &here("vx7")).data.get(vxlan::DSTPORT), Some(4789));
    assert_eq!(link(&yaml, &here("va")).peer, Some(there("blue", "eth0")));
    assert!(yaml.links[&here("old0")].link().is_none());
    assert_eq!(
        yaml.matches[&here("eth0")].perm_address.map(|m| m.to_string()),
        Some("52:54:00:12:34:56".into())
    );
}

#[test]
fn unset_is_not_said_and_null_is_none() {
    let goal = links("  a: {master: null}\n  b:\n  c: {master: ''}");
    assert_eq!(link(&goal, &here("a")).master(), Some(Name::NONE));
    assert_eq!(link(&goal, &here("c")).master(), Some(Name::NONE));
    assert_eq!(*link(&goal, &here("b")), Link::new(None));
}

#[test]
fn one_name_in_several_namespaces() {
    let goal = links(
        "  eth0: {mtu: 1400}
  blue eth0: {name: eth0, netns: blue, mtu: 1500}
  v7: {kind: vlan, netns: blue, link: {name: eth0, netns: null}, vlan: {id: 7}}
  v8: {kind: vlan, netns: blue, link: eth0, vlan: {id: 8}}",
    );
    assert_eq!(link(&goal, &here("eth0")).base.get(base::MTU), Some(1400));
    assert_eq!(link(&goal, &there("blue", "eth0")).base.get(base::MTU), Some(1500));
    let (v7, v8) = (link(&goal, &there("blue", "v7")), link(&goal, &there("blue", "v8")));
    assert_eq!((v7.lower.clone(), v7.base.get(base::LINK)), (Some(here("eth0")), None));
    assert_eq!(
        (v8.lower.clone(), v8.base.get(base::LINK)),
        (Some(there("blue", "eth0")), Some(name("eth0")))
    );
}

#[test]
fn the_other_end_of_a_pair_is_a_link_of_its_own() {
    let short = links("  va: {kind: veth, veth: {peer: {name: vb, netns: blue, mtu: 1400, state: up}}}");
    let long = links(
        "  va: {kind: veth, veth: {peer: {name: vb, netns: blue}}}
  vb: {netns: blue, mtu: 1400, state: up}",
    );
    assert_eq!(short, long);
    let vb = link(&short, &there("blue", "vb"));
    assert_eq!(
        (vb.peer.clone(), vb.kind_word(), vb.up()),
        (Some(here("va")), veth::KIND.name.as_bytes(), Some(true))
    );
    let mixed = links(
        "  vb: {netns: blue, state: up}
  va: {kind: veth, veth: {peer: {name: vb, netns: blue, mtu: 1400}}}",
    );
    assert_eq!(short, mixed);
    // Alone, the other end comes and nothing is wanted of it.
    assert_eq!(links("  va: {kind: veth, veth: {peer: vb}}").links.len(), 1);
}

#[test]
fn a_port_is_told_what_its_masters_kind_knows() {
    let by_master = links("  br0: {kind: bridge}\n  a: {master: br0, port: {isolated: on}}");
    let by_words = links("  a: {master: br0, port: {isolated: on}}");
    let by_kind = links("  a: {master: br0, port: {bridge: {isolated: on}}}");
    assert_eq!(link(&by_master, &here("a")), link(&by_words, &here("a")));
    assert_eq!(by_words, by_kind);
    assert_eq!(value(link(&by_words, &here("a")), "isolated"), Value::Bool(true));
}

#[test]
fn every_form_of_a_value() {
    let goal = links(
        r#"  v: {kind: vlan, link: e, vlan: {id: 0x10, egress-qos-map: ["1:2", {from: 3, to: 4}], ingress_qos_map: 1:2 3:4}}
  x: {kind: vxlan, vxlan: {vni: 1k, srcport: [1000, 2000], ttl: inherit, learning: off}}
  y: {kind: vxlan, vxlan: {id: 8, srcport: 1000-2000, ttl: 64, learning: false}}
  m: {kind: macvlan, link: e, altnames: [one, 'two, three'], macvlan: {mode: source, macaddr: ["02:00:00:00:00:01"]}}
  b: {kind: bond, altname: 'one,two', alias: "tab\tend\\xff", bond: {miimon: 2s, arp_ip_target: [10.0.0.1, 10.0.0.2]}}"#,
    );
    let said = |link_name: &str, word: &str| value(link(&goal, &here(link_name)), word);
    assert_eq!(said("v", "id"), Value::Num(16));
    assert_eq!(said("v", "egress_qos_map"), Value::Pairs(vec![(1, 2), (3, 4)]));
    assert_eq!(said("v", "ingress_qos_map"), Value::Pairs(vec![(1, 2), (3, 4)]));
    assert_eq!(said("x", "id"), Value::Num(1000));
    assert_eq!(said("x", "srcport"), said("y", "srcport"));
    assert_eq!(said("x", "learning"), said("y", "learning"));
    assert_eq!(said("m", "altname"), Value::List(vec![Value::text("one"), Value::text("two, three")]));
    assert_eq!(said("b", "altname"), Value::List(vec![Value::text("one"), Value::text("two")]));
    assert_eq!(said("b", "alias"), Value::text(*b"tab\tend\xff"));
    assert_eq!(said("b", "miimon"), Value::Num(2000));
}

#[test]
fn characters_in_two_escapes_are_read_as_json_writes_them() {
    let alias = |file: &str, text: &str| value(link(&goal_of(file, text), &here("e")), "alias");
    let json = r#"{"version": 1, "links": {"e": {"alias": "a \ud83d\ude00 \uD83D\uDE00 \\ud83d"}}}"#;
    assert_eq!(alias("net.json", json), Value::text("a \u{1f600} \u{1f600} \\ud83d"));
    // Where a backslash is none, it stays one.
    let block = "version: 1\nlinks:\n  e: {alias: '\\ud83d\\ude00'}\n  \"\\ud83d\\ude00\": {state: ignore}";
    assert_eq!(alias("net.yaml", block), Value::text("\\ud83d\\ude00"));
}

#[test]
fn anchors_are_followed_and_merged() {
    let goal = links(
        "  a: &a {mtu: 1400, state: up}\n  b: *a\n  c: {<<: *a, mtu: 1500}\n  d: {<<: [*a, {group: 7}]}",
    );
    assert_eq!(link(&goal, &here("a")), link(&goal, &here("b")));
    let c = link(&goal, &here("c"));
    assert_eq!((c.up(), c.base.get(base::MTU)), (Some(true), Some(1500)));
    assert_eq!(value(link(&goal, &here("d")), "group"), Value::Num(7));
}

#[test]
fn words_that_yaml_might_take_for_others_are_names() {
    let goal = links("  on: {state: up}\n  null: {state: up}\n  010: {state: up}\n  '~': {master: \"null\"}");
    for word in ["on", "null", "010"] {
        assert_eq!(link(&goal, &here(word)).up(), Some(true), "{word}");
    }
    assert_eq!(link(&goal, &here("~")).master(), Some(name("null")));
}

#[test]
fn what_is_ignored_is_not_in_the_goal() {
    let goal = links("  a: {state: ignore, mtu: 1400}");
    assert!(goal.links.is_empty() && goal.spared == BTreeSet::from([here("a")]));
    assert!(goal_of("x.yaml", "version: 1\nrebuild: allow\nscope: partial\n").rebuild);
    let consent = |text: &str| goal_of("x.yaml", &format!("version: 1\n{text}"));
    assert!(consent("disruption: allow\n").disruption && !consent("disruption: allow\n").rebuild);
    assert!(!consent("disruption: deny\n").disruption && !consent("rebuild: allow\n").disruption);
}

#[test]
fn the_example_is_written_in_one_way() {
    let goal = goal_of("a.yaml", include_str!("files/architecture.yaml"));
    for (file, is) in [("canonical.yaml", save::yaml(&goal)), ("canonical.json", save::json(&goal))] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(file);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &is).expect("it is written");
        }
        assert_eq!(is, std::fs::read_to_string(&path).expect("it is there"), "{file}");
    }
}

#[test]
fn each_kinds_schema_is_there() {
    let schema = linkctl_link::load::schema();
    for kind in KINDS {
        assert!(schema.contains(&format!("\"$ref\": \"#/$defs/{}\"", kind.name)), "{}", kind.name);
    }
    // It is JSON: the reader of goals reads it, and finds no version in it.
    let errors = load(Path::new("schema.json"), schema.as_bytes()).expect_err("a schema is no goal");
    assert_eq!(errors[0].what, "version is missing");
}
