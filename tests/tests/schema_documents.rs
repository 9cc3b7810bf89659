//! The JSON Schema of goal files, with a validator that others wrote: documents that are good pass, and of those that are
//! refused all that a schema can tell.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use linkctl_conformance::skip;

/// What a schema cannot tell, as the headings of `errors.txt` and `errors_many.txt` call it: how texts look byte by byte, what one
/// link says of another, and rules among values.
const BEYOND: &[&str] = &[
    "a NUL byte",
    "a half of a character among private ones",
    "a loop",
    "a loop of a vlan and its bridge",
    "a lower link that is missing in the file",
    "a master that is none",
    "a raw escape sequence",
    "halves of characters in JSON",
    "its own master, its own lower link, its own other end",
    "pairs that do not fit",
    "ports without a master",
    "rules of kinds",
    "templates: mistakes in what is filled in",
    "templates: two make one link",
    "the same link twice",
    "two ends that are told different things",
    "two ends that are told different things, both readable",
];

/// What is wrong with each document, by Python's jsonschema; `None`, having said so, where it is not there.
fn verdicts(documents: &[(String, String)]) -> Option<Vec<Option<String>>> {
    let schema: serde_json::Value = serde_json::from_str(&linkctl::link::load::schema()).expect("JSON");
    let task = serde_json::json!({"schema": schema, "documents": documents});
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/schema.py");
    for python in ["python3", "/usr/bin/python3"] {
        let child = Command::new(python).arg(&script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let Ok(mut child) = child else { continue };
        let input = child.stdin.take().expect("piped").write_all(task.to_string().as_bytes());
        let out = child.wait_with_output().expect("python ends");
        let text = String::from_utf8_lossy(&out.stdout);
        if input.is_err() || text.starts_with("missing") {
            continue;
        }
        assert!(out.status.success(), "the validator fails");
        return Some(serde_json::from_str(&text).expect("JSON"));
    }
    skip("python3 with jsonschema and yaml is not there: apt-get install python3-jsonschema python3-yaml");
    None
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Files of a folder of the repository whose names end so.
fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace");
    let folder = root.join(folder);
    let paths = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths = paths.map(|e| e.expect("readable").path());
    let fits = |p: &Path| endings.iter().any(|e| p.extension().is_some_and(|x| x == *e));
    paths.filter(|p| fits(p)).map(|p| (p.display().to_string(), read(&p))).collect()
}

#[test]
fn good_documents_pass() {
    let mut documents = files("examples", &["yaml"]);
    documents.extend(files("crates/link/tests/files", &["yaml", "json", "toml"]));
    // The schema knows one spelling of each word.
    documents.retain(|(_, text)| !text.contains("perm-address"));
    let guide = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/goal.md"));
    for (i, block) in guide.split("```yaml\n").skip(1).enumerate() {
        let text = block.split("```").next().unwrap_or_default();
        let whole = if text.contains("version:") { text.to_owned() } else { format!("version: 1\n{text}") };
        documents.push((format!("docs/goal.md, block {i}"), whole));
    }
    for (name, text) in &documents {
        let file = if Path::new(name).extension().is_some_and(|e| e == "toml") { "x.toml" } else { "x.yaml" };
        let loaded = linkctl::link::load::load(Path::new(file), text.as_bytes());
        assert!(loaded.is_ok(), "{name}: {}", loaded.expect_err("it is wrong")[0]);
    }
    assert!(documents.len() >= 6, "{}", documents.len());
    let Some(verdicts) = verdicts(&documents) else { return };
    for ((name, _), verdict) in documents.iter().zip(verdicts) {
        assert_eq!(verdict, None, "{name}");
    }
}

#[test]
fn what_is_refused_fails_as_far_as_a_schema_can_tell() {
    let mut documents = Vec::new();
    for table in ["errors.txt", "errors_many.txt"] {
        let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/link/tests/files").join(table);
        for case in read(&table).split("== ").skip(1) {
            let (title, rest) = case.split_once('\n').expect("a title");
            let (text, _) = rest.split_once("=>\n").expect("a file");
            if !text.starts_with("-- ") {
                let ending = if title.contains("TOML") { "toml" } else { "yaml" };
                documents.push((format!("{title}.{ending}"), text.to_owned()));
            }
        }
    }
    assert!(documents.len() > 50, "{}", documents.len());
    let Some(verdicts) = verdicts(&documents) else { return };
    let title = |name: &str| name.rsplit_once('.').map_or(name, |(t, _)| t).to_owned();
    let passed: BTreeSet<String> =
        documents.iter().zip(&verdicts).filter(|(_, v)| v.is_none()).map(|((n, _), _)| title(n)).collect();
    let beyond: BTreeSet<String> = BEYOND.iter().map(|t| (*t).to_owned()).collect();
    let missed: Vec<_> = passed.difference(&beyond).collect();
    let better: Vec<_> = beyond.difference(&passed).collect();
    assert!(
        missed.is_empty() && better.is_empty(),
        "passes: {missed:#?}, and does not any more: {better:#?}"
    );
}

/// What a link can say, and what it cannot though it is a text, a list or a map as well.
const VALUES: &[(&[&str], &[&str])] = &[
    (
        &["mtu: 1500", "mtu: '0x05dc'", "mtu: 3G", "mtu: '0'"],
        &["mtu: 64Gi", "mtu: '0x1ffffffff'", "mtu: '007'"],
    ),
    (
        &["address: '02:00:00:00:00:01'", "address: '2-0-0-0-0-1'"],
        &["address: zzz", "address: ''", "address: 192"],
    ),
    (
        &["master: br0", "master: ''", "master: 'a\\xffb'", "master: null"],
        &["master: a/b", "master: 'a b'", "master: '..'", "master: sixteen-letters-"],
    ),
    (&["netns: blue", "netns: null"], &["netns: ''", "netns: a/b", "netns: '.'"]),
    (
        &["match: {driver: x}", "match: {address: '0:0:0:0:0:1'}"],
        &["match: {}", "match: {driver: ''}", "match: {address: x}"],
    ),
    (
        &["link: {name: e0, netns: b}", "link: ''"],
        &["link: 'a:b'", "link: {name: ''}", "link: {name: e0, netns: a/b}"],
    ),
    (&["altname: [a, 7]", "altname: a"], &["altname: [[a]]", "altname: [{a: b}]", "altname: [null]"]),
    (&["inet: {forwarding: on}", "inet: forwarding on rp_filter 1"], &["inet: forwards on", "inet: ''"]),
    (
        &[
            "kind: vxlan, vxlan: {id: 1, remote: 192.0.2.1}",
            "kind: vxlan, vxlan: {id: 1, remote: '2001:db8::1'}",
        ],
        &[
            "kind: vxlan, vxlan: {id: 1, remote: 192.0.2.256}",
            "kind: vxlan, vxlan: {id: 1, remote: '2001:db8'}",
        ],
    ),
    (
        &["kind: vxlan, vxlan: {id: 1, srcport: [1, 2]}", "kind: vxlan, vxlan: {id: 1, srcport: '1-2'}"],
        &["kind: vxlan, vxlan: {id: 1, srcport: [1]}", "kind: vxlan, vxlan: {id: 1, srcport: x}"],
    ),
    (
        &["kind: bond, bond: {mode: 1, arp_ip_target: [192.0.2.1], arp_interval: 1}"],
        &["kind: bond, bond: {mode: 1, arp_ip_target: [x], arp_interval: 1}"],
    ),
    (
        &["kind: vlan, link: e, vlan: {id: 1, egress_qos_map: ['1:2', {from: 3, to: 4}]}"],
        &["kind: vlan, link: e, vlan: {id: 1, egress_qos_map: [{from: 3}]}"],
    ),
];

#[test]
fn values_are_told_apart_as_the_loader_does() {
    let document = |said: &&str| (format!("{said}.yaml"), format!("version: 1\nlinks:\n  x: {{{said}}}\n"));
    let good: Vec<_> = VALUES.iter().flat_map(|(good, _)| good.iter().map(document)).collect();
    let bad: Vec<_> = VALUES.iter().flat_map(|(_, bad)| bad.iter().map(document)).collect();
    let loads = |(_, text): &(String, String)| {
        linkctl::link::load::load(Path::new("x.yaml"), text.as_bytes())
            .map(drop)
            .map_err(|e| e[0].to_string())
    };
    for document in &good {
        assert_eq!(loads(document), Ok(()), "{}", document.0);
    }
    for document in &bad {
        assert!(loads(document).is_err(), "{}", document.0);
    }
    let all = [good.clone(), bad].concat();
    let Some(verdicts) = verdicts(&all) else { return };
    for (i, ((name, _), verdict)) in all.iter().zip(&verdicts).enumerate() {
        assert_eq!(verdict.is_none(), i < good.len(), "{name}: {verdict:?}");
    }
}
