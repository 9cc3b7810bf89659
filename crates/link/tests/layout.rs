//! The one layout of goal files: what changes, what stays, and that nothing changes its meaning.

use std::path::Path;
use std::time::{Duration, Instant};

use linkctl_link::load::{layout, load};
use linkctl_link::{Goal, Key, Link, save};
use linkctl_schema::Name;
use linkctl_schema::arbitrary::{self, Dice};

fn laid(file: &str, text: &str) -> String {
    let once = layout(Path::new(file), text.as_bytes()).unwrap_or_else(|e| panic!("{}", e[0]));
    let twice = layout(Path::new(file), once.as_bytes()).unwrap_or_else(|e| panic!("{}", e[0]));
    assert_eq!(once, twice, "the layout of a layout is itself");
    once
}

#[test]
fn words_values_and_lines_get_one_form_and_comments_stay() {
    let text = "\u{feff}# a host\r\nversion: 1   \r\n\r\n\r\n\r\nlinks:\r\n    # the bridge\r\n    br0:\r\n          kind: bridge   # it is one\r\n          state: up\r\n          bridge:\r\n              stp-state: yes\r\n              forward-delay: 2000ms\r\n\r\n          # of the bridge\r\n          txqlen: 0x3e8\r\n    vx: {kind: vxlan, vxlan: {vni: 0x7, hoplimit: 5, learning: no}, match: {perm-address: \"02:00:00:00:00:0A\"}}\r\n    p:\r\n      master: 'br0'\r\n      port: {isolated: true}\r\n      address: 02-00-00-00-00-0A\r\n# the end\r\n\r\n";
    let want = "# a host
version: 1

links:
  # the bridge
  br0:
    kind: bridge   # it is one
    state: up
    bridge:
      stp_state: on
      forward_delay: 2s

    # of the bridge
    txqueuelen: 1000
  vx: {kind: vxlan, vxlan: {id: 7, ttl: 5, learning: off}, match: {perm_address: \"02:00:00:00:00:0A\"}}
  p:
    master: br0
    port: {isolated: on}
    address: '02:00:00:00:00:0a'
# the end
";
    assert_eq!(laid("net.yaml", text), want);
    assert_eq!(load(Path::new("a"), text.as_bytes()), load(Path::new("a"), want.as_bytes()));
}

#[test]
fn what_is_not_understood_and_texts_of_several_lines_stay() {
    let text = "version: 1
links:
  a:
    alias: >-
        two   lines

        with a gap   \n    nonsense-word: [1,   2]
    mtu: a-lot
  \"v{n}\": {for: {n: 1-3}, mtu: \"{n+1400}\", kind: vlan, link: a, vlan: {id: \"{n}\"}}
  b: &b {mtu: 0x5dc}
  c: *b
  d: {
      mtu: 1400,
        state: up
    }
";
    let want = text.replace("0x5dc", "1500");
    assert_eq!(laid("net.yaml", text), want);
}

#[test]
fn a_repetition_that_means_something_else_elsewhere_keeps_its_text() {
    let text = "version: 1\nlinks:\n  a: {mtu: &m 0x5dc, alias: *m}\n";
    assert_eq!(laid("net.yaml", text), text);
}

#[test]
fn json_and_toml_keep_their_quotes() {
    let json = "{\"version\": 1,\n \"links\": {\"a\": {\"perm-x\": 1, \"mtu\": \"0x5dc\", \"arp\": \"off\", \"txqlen\": 5}}}";
    let want = "{\"version\": 1,\n \"links\": {\"a\": {\"perm-x\": 1, \"mtu\": 1500, \"arp\": false, \"txqueuelen\": 5}}}\n";
    assert_eq!(laid("net.json", json), want);
    let toml = "version = 1\n\n\n[links.br0]   # a bridge\nkind = \"bridge\"\nbridge = {stp-state = \"yes\", forward_delay = \"2000ms\"}\nmaster = \"\"\n";
    let want = "version = 1\n\n[links.br0]   # a bridge\nkind = \"bridge\"\nbridge = {stp_state = true, forward_delay = \"2s\"}\nmaster = \"\"\n";
    assert_eq!(laid("net.toml", toml), want);
}

#[test]
fn goals_by_chance_mean_the_same_in_their_layout() {
    for seed in 0..50 {
        let mut dice = Dice::new(seed);
        let mut goal = Goal::new();
        for (i, kind) in linkctl_kinds::KINDS
            .iter()
            .copied()
            .enumerate()
            .filter(|(i, _)| (i + seed as usize).is_multiple_of(7))
        {
            let mut link = Link::new(Some(kind));
            link.base = arbitrary::record(&linkctl_kinds::link::FIELDS, &[], &mut dice);
            link.data = arbitrary::record(link.data.fields(), &[], &mut dice);
            goal.want(Key::here(Name::new(&format!("l{i}")).expect("a name")), link);
        }
        for (file, text) in [("a.yaml", save::yaml(&goal)), ("a.json", save::json(&goal))] {
            let out = laid(file, &text);
            let read = |text: &str| linkctl_link::load::restore(Path::new(file), text.as_bytes());
            assert_eq!(read(&out), read(&text), "seed {seed}\n{text}\n{out}");
        }
    }
}

#[test]
fn what_is_written_is_laid_out_already() {
    let text = include_str!("files/canonical.yaml");
    assert_eq!(laid("canonical.yaml", text), text);
}

#[test]
fn no_file_makes_it_hang_or_panic() {
    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        "#\n", "\n", " ", "a: b\n", "- a\n", "\"", "|\n", "a: |\n ü\n", "&a ", "{}", "a,", "x: {}\n", "ü: ü\n", "\t", "\r", "[a],", "  b:\n",
    ];
    let start = Instant::now();
    for piece in PIECES {
        let fill = piece.repeat(20_000 / piece.len());
        for head in ["", "version: 1\nlinks:\n  ü: {mtu: 1}\n", "version: 1\nlinks:\n  a:\n    alias: \""] {
            let text = format!("{head}{fill}");
            for file in ["a.yaml", "a.json", "a.toml"] {
                let _ = layout(Path::new(file), text.as_bytes());
            }
        }
    }
    let links: String = (0..5_000).map(|i| format!("  ü{i}: {{mtu: 0x5dc, alias: 'ü'}}\n")).collect();
    let out = laid("a.yaml", &format!("version: 1\nlinks:\n{links}"));
    assert!(out.contains("ü4999: {mtu: 1500"));
    assert!(start.elapsed() < Duration::from_mins(2), "{:?}", start.elapsed());
}
