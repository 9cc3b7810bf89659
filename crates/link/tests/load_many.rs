//! Several files as one goal; templates, groups and defaults.

use std::path::Path;
use std::time::{Duration, Instant};

use linkctl_kinds::{link as base, vlan, vxlan};
use linkctl_link::load::{MOST_FILES, Text, load, load_all, restore};
use linkctl_link::{Goal, Key, Link, Netns, Scope, save};
use linkctl_schema::Name;

fn here(word: &str) -> Key {
    Key::here(Name::new(word).expect("a name"))
}

fn goal(files: &[(&str, &str)]) -> Goal {
    let text = |(file, text): &(&'static str, &'static str)| Text {
        file: Path::new(*file),
        bytes: text.as_bytes(),
        exposed: true,
    };
    let files: Vec<(&'static str, &'static str)> =
        files.iter().map(|(a, b)| (&*String::from(*a).leak(), &*String::from(*b).leak())).collect();
    let texts: Vec<Text<'_>> = files.iter().map(text).collect();
    load_all(&texts).unwrap_or_else(|e| panic!("{}", e[0]))
}

fn one(text: &str) -> Goal {
    goal(&[("net.yaml", &format!("version: 1\n{text}"))])
}

fn link<'g>(goal: &'g Goal, word: &str) -> &'g Link {
    goal.links.get(&here(word)).and_then(|w| w.link()).unwrap_or_else(|| panic!("{word} is not wanted"))
}

fn names(goal: &Goal) -> Vec<String> {
    goal.links.keys().map(ToString::to_string).collect()
}

#[test]
fn several_files_in_any_format_are_one_goal() {
    let whole = one(
        "rebuild: allow\nlinks:\n  br0: {kind: bridge, state: up}\n  p: {master: br0, mtu: 1400, port: {isolated: on, cost: 7}}
  v7: {kind: vlan, link: p, vlan: {id: 7, protocol: 802.1ad}}",
    );
    let parts = goal(&[
        (
            "10.yaml",
            "version: 1\nlinks:\n  p: {master: br0, port: {isolated: on}}\n  v7: {link: p, vlan: {id: 7}}",
        ),
        (
            "20.toml",
            "version = 1\nrebuild = \"allow\"\n[links.br0]\nkind = \"bridge\"\n[links.p]\nport = {cost = 7}",
        ),
        (
            "30.json",
            r#"{"version": 1, "links": {"br0": {"state": "up"}, "p": {"mtu": 1400, "master": "br0"},
                "v7": {"kind": "vlan", "vlan": {"id": "0x7", "protocol": "802.1ad"}}}}"#,
        ),
    ]);
    assert_eq!(parts, whole);
}

#[test]
fn the_ends_of_a_pair_may_be_in_two_files_and_two_namespaces() {
    let parts = goal(&[
        ("a.yaml", "version: 1\nlinks: {va: {kind: veth, veth: {peer: {name: e, netns: blue, mtu: 1400}}}}"),
        ("b.yaml", "version: 1\nlinks: {e: {netns: blue, state: up}}"),
    ]);
    let end = Key::new(Netns::named("blue").expect("a namespace"), Name::new("e").expect("a name"));
    let end = parts.links[&end].link().expect("it is to be");
    assert_eq!(
        (end.peer.clone(), end.up(), end.base.get(base::MTU)),
        (Some(here("va")), Some(true), Some(1400))
    );
}

#[test]
fn no_files_want_nothing_and_too_much_in_all_is_refused() {
    assert_eq!(goal(&[]), Goal::new());
    let half = format!("version: 1\n#{}", "x".repeat(3 << 20));
    let texts = [1, 2].map(|_| Text { file: Path::new("h.yaml"), bytes: half.as_bytes(), exposed: false });
    let errors = load_all(&texts).expect_err("six of four MiB");
    assert!(errors[0].what.starts_with("up to this file there are 6291"), "{}", errors[0]);
    let many = "version: 1\nlinks: {a: {}}";
    let text = Text { file: Path::new("m.yaml"), bytes: many.as_bytes(), exposed: false };
    assert!(load_all(&vec![text; MOST_FILES]).is_ok(), "one link in a thousand files");
}

#[test]
fn defaults_and_groups_fill_in_what_is_not_said() {
    let goal = one("defaults:
  vxlan: {mtu: 1400, vxlan: {dstport: 4789, ttl: 3}}
  all: {mtu: 9000, state: up}
groups:
  quiet: {state: down, vxlan: {learning: off, hoplimit: 7}}
  red: {kind: vxlan, alias: red, vxlan: {id: 9, ttl: 8}}
links:
  a: {kind: vxlan, vxlan: {id: 1}}
  b: {kind: vxlan, like: quiet, mtu: 1300, vxlan: {vni: 2, dstport: 8472}}
  c: {like: [quiet, red]}
  d: {}
  e: {state: absent}
  f: {state: ignore}");
    let is = |word: &str| {
        let link = link(&goal, word);
        let data = |f| link.data.value(f).cloned();
        (
            link.base.get(base::MTU),
            link.up(),
            data(&vxlan::ID.0),
            data(&vxlan::DSTPORT.0),
            data(&vxlan::TTL.0),
        )
    };
    let num = |n: u64| Some(linkctl_schema::Value::Num(n));
    let ttl = |n: u8| Some(linkctl_schema::Value::Hops(linkctl_schema::Hops::Fixed(n)));
    assert_eq!(is("a"), (Some(1400), Some(true), num(1), num(4789), ttl(3)));
    assert_eq!(is("b"), (Some(1300), Some(false), num(2), num(8472), ttl(7)));
    assert_eq!(is("c"), (Some(1400), Some(false), num(9), num(4789), ttl(7)));
    assert_eq!(link(&goal, "d").base.get(base::MTU), Some(9000));
    assert!(goal.links[&here("e")].link().is_none() && goal.spared.contains(&here("f")));
}

#[test]
fn defaults_count_in_all_files_and_below_what_any_file_says() {
    let goal = goal(&[
        (
            "00.yaml",
            "version: 1\ndefaults: {vlan: {mtu: 1400, vlan: {protocol: 802.1ad}}}\ngroups: {g: {alias: x}}",
        ),
        ("10.yaml", "version: 1\nlinks: {v: {kind: vlan, link: e, vlan: {id: 7}}}"),
        (
            "20.yaml",
            "version: 1\nlinks: {v: {like: g, mtu: 1300, vlan: {protocol: 802.1Q}}, w: {kind: vlan, link: e, vlan: {id: 8}}}",
        ),
    ]);
    let is = |word| (link(&goal, word).base.get(base::MTU), link(&goal, word).data.get(vlan::PROTOCOL));
    assert_eq!((is("v"), is("w")), ((Some(1300), Some("802.1Q")), (Some(1400), Some("802.1ad"))));
    assert_eq!(link(&goal, "v").base.value(&base::ALIAS.0), Some(&linkctl_schema::Value::text("x")));
}

#[test]
fn defaults_of_pairs_count_for_both_ends() {
    let goal = one("defaults: {veth: {mtu: 9000}, all: {state: up}}
links:
  a: {kind: veth, veth: {peer: b}}
  c: {kind: veth, veth: {peer: {name: d, netns: blue, mtu: 1400}}}
  e: {kind: veth, veth: {peer: f}}
  f: {mtu: 1300}");
    let mtu = |link: &Link| (link.base.get(base::MTU), link.up());
    let d = Key::new(Netns::named("blue").expect("a namespace"), Name::new("d").expect("a name"));
    assert_eq!(mtu(link(&goal, "a")), (Some(9000), Some(true)));
    assert_eq!(mtu(link(&goal, "b")), (Some(9000), Some(true)));
    assert_eq!(mtu(goal.links[&d].link().expect("wanted")), (Some(1400), Some(true)));
    assert_eq!(mtu(link(&goal, "f")), (Some(1300), Some(true)));
}

#[test]
fn templates_make_many() {
    let goal = one(r#"links:
  "v{n:03}": {for: {n: 1-3}, kind: vlan, link: eth0, vlan: {id: "{n+100}"}, alias: "{{{n}}}"}
  "{port}.{vid}": {for: {port: [eth1, eth2], vid: "7, 10-11"}, kind: vlan, link: "{port}", vlan: {id: "{vid}"}}
  "d{n}": {count: 2, kind: dummy, address: "02:00:00:00:00:{n+16:02x}"}
  "x{n}": {for: {n: 5}, name: "y{n}", kind: dummy, altname: ["z{n}"]}
  plain: {alias: "{n}"}"#);
    let all = "d0 d1 eth1.10 eth1.11 eth1.7 eth2.10 eth2.11 eth2.7 plain v001 v002 v003 y5";
    assert_eq!(names(&goal).join(" "), all);
    assert_eq!(link(&goal, "v002").data.get(vlan::ID), Some(102));
    assert_eq!(link(&goal, "v002").base.value(&base::ALIAS.0), Some(&linkctl_schema::Value::text("{2}")));
    assert_eq!(link(&goal, "eth2.7").lower, Some(here("eth2")));
    assert_eq!(
        link(&goal, "d1").base.get(base::ADDRESS).map(|m| m.to_string()),
        Some("02:00:00:00:00:11".into())
    );
    assert_eq!(link(&goal, "plain").base.value(&base::ALIAS.0), Some(&linkctl_schema::Value::text("{n}")));
}

#[test]
fn one_of_many_can_be_otherwise_and_pairs_can_be_made() {
    let goal = one(r#"defaults: {veth: {mtu: 9000}}
links:
  "v{n}": {count: 4, kind: veth, mtu: 1400, veth: {peer: "w{n}"}, state: up}
  v1: {mtu: 1300}
  v2: {state: absent}
  v3: {state: ignore}"#);
    let is = |word| (link(&goal, word).base.get(base::MTU), link(&goal, word).up());
    assert_eq!((is("v0"), is("v1")), ((Some(1400), Some(true)), (Some(1300), Some(true))));
    assert_eq!(link(&goal, "w0").peer, Some(here("v0")));
    assert!(goal.links[&here("v2")].link().is_none() && !goal.links.contains_key(&here("w2")));
    assert!(goal.spared.contains(&here("v3")));
}

#[test]
fn ten_thousand_links_of_a_template_are_there_at_once() {
    let text = r#"version: 1
defaults: {vlan: {mtu: 1400, vlan: {protocol: 802.1ad}}, all: {state: up, txqueuelen: 100}}
groups: {g: {alias: many}}
links: {"{p}.{n}": {for: {p: [e0, e1, e2, e3], n: 1-2500}, kind: vlan, link: "{p}", like: g, vlan: {id: "{n}"}}}"#;
    let start = Instant::now();
    let goal = load(Path::new("many.yaml"), text.as_bytes()).expect("they are links");
    let took = start.elapsed();
    assert_eq!(goal.links.len(), 10_000);
    assert_eq!(link(&goal, "e3.2500").base.get(base::TXQUEUELEN), Some(100));
    assert!(took < Duration::from_secs(20), "{took:?}");
    println!("10,000 links of a template: {took:?}");
}

#[test]
fn what_is_said_of_the_whole_comes_back_from_what_is_written() {
    let goal = one(
        "namespaces: {blue: , red: {state: absent}, 'a b': present}\nscope: full\nignore: ['ok*', '!docker0', '\\x01']\nlinks: {a: {state: ignore, netns: blue}, b: {kind: dummy}}",
    );
    assert_eq!((goal.scope, goal.ignore.len(), goal.spared.len()), (Scope::Full, 3, 1));
    for text in [save::yaml(&goal), save::json(&goal)] {
        assert_eq!(restore(Path::new("journal"), text.as_bytes()).as_ref(), Ok(&goal), "{text}");
        assert_eq!(load(Path::new("file"), text.as_bytes()).as_ref(), Ok(&goal), "{text}");
    }
}

#[test]
fn namespaces_are_said_in_any_file_and_all_must_agree() {
    let spaces = |goal: &Goal| -> Vec<(String, bool)> {
        goal.namespaces.iter().map(|(n, stays)| (n.to_string(), *stays)).collect()
    };
    let said = goal(&[
        ("1.yaml", "version: 1\nnamespaces: [blue, red]"),
        ("2.toml", "version = 1\nnamespaces = {blue = \"present\", green = {state = \"absent\"}}"),
    ]);
    assert_eq!(spaces(&said), [("blue".into(), true), ("green".into(), false), ("red".into(), true)]);
    let one = |bytes: &str| told(&[("a.yaml", bytes)]);
    assert_eq!(
        told(&[("1", "version: 1\nnamespaces: [blue]"), ("2", "version: 1\nnamespaces: {blue: absent}")]),
        "2:2:14: namespaces.blue: two files say this differently and 1:2"
    );
    assert_eq!(
        one("version: 1\nnamespaces:\n  blue: absent\nlinks:\n  b0: {kind: bridge, netns: blue}"),
        "a.yaml:5:3: links.b0: blue/b0 is in a namespace that is to be absent and a.yaml:3"
    );
    assert!(
        one("version: 1\nnamespaces: {blue: absent}\nlinks: {v: {kind: veth, veth: {peer: {name: w, netns: blue}}}}")
            .contains("blue/w is in a namespace that is to be absent")
    );
    assert_eq!(
        one("version: 1\nnamespaces: {blue: up}"),
        "a.yaml:2:20: namespaces.blue: present or absent is expected"
    );
    assert!(one("version: 1\nnamespaces: {blue: {mtu: 5}}").contains("\"mtu\" is not known here: state is"));
    for bad in ["a/b", "..", "'\\x01'", "''"] {
        let said = told(&[("a", &format!("version: 1\nnamespaces: [{bad}]"))]);
        assert!(said.contains("is no name of a namespace"), "{bad}: {said}");
    }
    assert!(one("version: 1\nnamespaces: [null]").contains("a namespace's name is expected"));
    assert!(one("version: 1\nnamespaces: blue").contains("a map of namespaces by name is expected"));
}

#[test]
fn hardware_and_functions_are_said_in_parts_too() {
    let whole = one(
        "links:\n  eth0: {ethtool: {rx_ring: 512, rx-gro: off, tx-tcp-segmentation: on}, vf: {count: 2, 0: {vlan: 5, max_tx_rate: 9}}}",
    );
    let groups = one("groups:\n  fast: {ethtool: {rx_gro: on, rx_ring: 512, tx_tcp_segmentation: on}, vf: {count: 2, 0: {rate: 9}}}
links:\n  eth0: {like: fast, ethtool: {rx-gro: off}, vf: {0: {vlan: 5}}}");
    assert_eq!(groups, whole);
    let files = goal(&[
        ("1.yaml", "version: 1\nlinks:\n  eth0: {ethtool: {rx_ring: 512, tx-tcp-segmentation: on}, vf: 2}"),
        (
            "2.yaml",
            "version: 1\nlinks:\n  eth0: {ethtool: {rx-gro: off}, vf: {0: {vlan: 5, max_tx_rate: 9}}}",
        ),
    ]);
    assert_eq!(files, whole);
    for (first, second, told) in [
        ("vf: {0: {vlan: 5}}", "vf: {0: {vlan: 6}}", "2.yaml:1:35: links.e.vf.0.vlan"),
        ("vf: {count: 2}", "vf: 3", "2.yaml:1:30: links.e.vf.count"),
        (
            "ethtool: {rx-gro: on, rx_ring: 5}",
            "ethtool: {rx_ring: 5, rx-gro: off}",
            "2.yaml:1:48: links.e.ethtool.rx-gro",
        ),
    ] {
        let told = format!("{told}: two files say this differently and 1.yaml:1");
        assert_eq!(disagree(first, second), told, "{first} and {second}");
    }
}

/// What is told of two files that say this of one link.
fn disagree(first: &str, second: &str) -> String {
    let whole = |said: &str| format!("{{version: 1, links: {{e: {{{said}}}}}}}");
    told(&[("1.yaml", &whole(first)), ("2.yaml", &whole(second))])
}

/// What is told of files that are wrong, with the other place that it has to do with.
fn told(files: &[(&str, &str)]) -> String {
    let text = |(file, text): &(&'static str, &'static str)| Text {
        file: Path::new(*file),
        bytes: text.as_bytes(),
        exposed: true,
    };
    let files: Vec<(&'static str, &'static str)> =
        files.iter().map(|(a, b)| (&*String::from(*a).leak(), &*String::from(*b).leak())).collect();
    let texts: Vec<Text<'_>> = files.iter().map(text).collect();
    let all = load_all(&texts).expect_err("it is wrong");
    let also = |e: &linkctl_link::load::Error| {
        e.also.as_ref().map_or(String::new(), |p| format!(" and {}:{}", p.file.display(), p.span.line))
    };
    all.iter().map(|e| format!("{e}{}", also(e))).collect::<Vec<_>>().join("; ")
}

#[test]
fn settings_of_a_protocol_are_said_in_parts_too() {
    let whole = one("links: {e: {inet: {forwarding: on, rp_filter: 1, proxy_arp: off}}}");
    let files = goal(&[
        ("1.yaml", "version: 1\nlinks: {e: {inet: {forwarding: on, rp_filter: 1}}}"),
        ("2.yaml", "version: 1\nlinks: {e: {inet: {proxy_arp: off, forwarding: 1}}}"),
    ]);
    assert_eq!(files, whole);
    let pair = goal(&[
        ("1.yaml", "version: 1\nlinks: {e: {kind: veth, veth: {peer: {name: f, inet: {forwarding: on}}}}}"),
        ("2.yaml", "version: 1\nlinks: {f: {inet: {rp_filter: 1, proxy_arp: off}}}"),
    ]);
    assert_eq!(link(&pair, "f").base.value(&base::INET4.0), link(&whole, "e").base.value(&base::INET4.0));
    assert_eq!(
        disagree("inet: {rp_filter: 1, forwarding: on}", "inet: {proxy_arp: off, forwarding: off}"),
        "2.yaml:1:49: links.e.inet.forwarding: two files say this differently and 1.yaml:1"
    );
}

#[test]
fn files_that_speak_of_a_links_groups_name_the_same_ones() {
    let groups = "groups: {a: {mtu: 1400}, b: {mtu: 1300, alias: x}}";
    let first = format!("version: 1\n{groups}\nlinks: {{e: {{like: [a, b]}}}}");
    let same = goal(&[("1.yaml", &first), ("2.yaml", "version: 1\nlinks: {e: {like: [a, b], mtu: 1200}}")]);
    assert_eq!(link(&same, "e").base.get(base::MTU), Some(1200));
    for other in ["b", "[b, a]"] {
        let second = format!("version: 1\nlinks: {{e: {{like: {other}}}}}");
        let expected = "2.yaml:2:19: links.e.like: two files say this differently and 1.yaml:3";
        assert_eq!(told(&[("1.yaml", &first), ("2.yaml", &second)]), expected, "{other}");
    }
}

#[test]
fn a_group_that_is_nowhere_is_told_also_where_no_file_has_any() {
    for (links, at) in [
        ("e: {like: g}", "1:32: links.e.like"),
        ("e: {like: g, state: ignore}", "1:32: links.e.like"),
        ("'e{n}': {count: 2, like: g}", "1:47: links.e0.like"),
    ] {
        let file = format!("{{version: 1, links: {{{links}}}}}");
        assert_eq!(told(&[("f.yaml", &file)]), format!("f.yaml:{at}: there is no group \"g\""), "{links}");
    }
    let shape = told(&[("f.yaml", "{version: 1, links: {e: {like: {g: 1}}}}")]);
    assert_eq!(shape, "f.yaml:1:32: links.e.like: names of groups are expected");
}

#[test]
fn what_is_refused_later_is_found_in_its_file() {
    let one = "version: 1\nlinks:\n  va: {mtu: 1400}\n  e: {name: eth0, netns: red, state: up}\n";
    let two =
        "version: 1\nlinks:\n  br0:\n    kind: bridge\n    bridge:\n      stp_state: on\n  va: {alias: x}\n";
    let toml = "version = 1\n[links.vx]\nkind = \"vxlan\"\nvxlan.id = 7\n";
    let many = "version: 1\nlinks:\n  w3: {alias: x}\n  'w{n}': {count: 4, mtu: 1400}
  'p{n}':\n    for: {n: 1-2}\n    kind: veth\n    veth: {peer: {name: 'q{n}', mtu: 1400}}\n  bad: {count: x}\n";
    let files = [("a.yaml", one), ("b.yaml", two), ("c.toml", toml), ("d.yaml", many)];
    let texts =
        files.map(|(name, text)| Text { file: name.as_ref(), bytes: text.as_bytes(), exposed: false });
    let find = |netns: Option<&str>, name: &str, words: &[&str]| {
        let netns = netns.map_or(Netns::HERE, |n| Netns::named(n).expect("a name"));
        let key = Key::new(netns, Name::new(name).expect("a name"));
        let (place, path) = linkctl_link::load::find(&texts, &key, words)?;
        Some(format!("{}:{}:{} {path}", place.file.display(), place.span.line, place.span.column))
    };
    assert_eq!(find(None, "va", &["mtu"]).as_deref(), Some("a.yaml:3:8 links.va.mtu"));
    assert_eq!(find(None, "va", &[]).as_deref(), Some("a.yaml:3:3 links.va"));
    assert_eq!(find(Some("red"), "eth0", &["state"]).as_deref(), Some("a.yaml:4:31 links.e.state"));
    assert_eq!(
        find(None, "br0", &["group", "stp_state"]).as_deref(),
        Some("b.yaml:6:7 links.br0.bridge.stp_state")
    );
    assert_eq!(find(None, "vx", &["id"]).as_deref(), Some("c.toml:4:7 links.vx.vxlan.id"));
    assert_eq!(find(None, "vx", &["nonsense"]).as_deref(), Some("c.toml:2:8 links.vx"));
    assert_eq!(find(None, "va", &["alias"]).as_deref(), Some("b.yaml:7:8 links.va.alias"));
    assert_eq!(find(None, "w2", &["mtu"]).as_deref(), Some("d.yaml:4:22 links.w2.mtu"));
    assert_eq!(find(None, "w3", &["mtu"]).as_deref(), Some("d.yaml:4:22 links.w3.mtu"));
    assert_eq!(find(None, "w3", &["state"]).as_deref(), Some("d.yaml:3:3 links.w3"));
    assert_eq!(find(None, "q2", &["mtu"]).as_deref(), Some("d.yaml:8:33 links.p2.veth.peer.mtu"));
    assert_eq!(find(None, "q2", &[]).as_deref(), Some("d.yaml:8:18 links.p2.veth.peer"));
    assert_eq!((find(None, "eth0", &[]), find(None, "w4", &["mtu"])), (None, None));
    let broken = [Text { file: "a.yaml".as_ref(), bytes: b"\xff", exposed: false }];
    assert!(linkctl_link::load::find(&broken, &Key::here(Name::new("va").expect("a name")), &[]).is_none());
}
