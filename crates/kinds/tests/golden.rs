//! What kernels said of links, and what iproute2 7.3.0 made of it: our text and JSON of the kind are the same bytes.
//!
//! Each capture in `tests/golden` is one `RTM_NEWLINK` (`.hex`, with the commands that made the link and the links
//! around it) and the output of `ip -d link show` (`.txt`), `ip -d -d` where it differs (`.all`) and `ip -j -d`
//! (`.json`) for exactly that message. The number behind the name is the kernel's; `made` stands for a message that was
//! composed, of a kind that none of these kernels makes: ip was given it in place of the kernel's answer.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use linkctl_kinds::{kind, port};
use linkctl_schema::codec::{Links, View, decode, encode};
use linkctl_schema::out::Out;
use linkctl_schema::text::{Level, Seen};
use linkctl_schema::{Kind, Name, json, text};
use linkctl_wire::{Attrs, Writer};

/// The links around a capture.
struct Around(BTreeMap<u32, Name>);

impl Links for Around {
    fn index(&self, name: &Name) -> Option<u32> {
        self.0.iter().find(|(_, n)| *n == name).map(|(i, _)| *i)
    }
    fn name(&self, index: u32) -> Option<Name> {
        self.0.get(&index).copied()
    }
    fn account(&self, id: u32, _: bool) -> Option<&str> {
        (id == 0).then_some("root")
    }
}

/// One capture, taken apart.
struct Capture {
    path: PathBuf,
    links: Around,
    linkinfo: Vec<u8>,
}

fn captures() -> Vec<Capture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut all: Vec<_> = fs::read_dir(folder)
        .expect("the captures are in the repository")
        .map(|e| e.expect("a folder can be read").path())
        .filter(|p| p.extension().is_some_and(|e| e == "hex"))
        .map(read)
        .collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(all.len() > 50, "only {} captures", all.len());
    all
}

fn read(path: PathBuf) -> Capture {
    let source = fs::read_to_string(&path).expect("a capture is text");
    let mut links = BTreeMap::new();
    let mut bytes = Vec::new();
    for line in source.lines() {
        if let Some(list) = line.strip_prefix("# links: ") {
            for pair in list.split(' ') {
                let (index, name) = pair.split_once('=').expect("INDEX=NAME");
                links.insert(index.parse().expect("an index"), Name::new(name).expect("a name"));
            }
        } else if !line.starts_with('#') {
            let byte = |i: usize| u8::from_str_radix(&line[i..i + 2], 16).expect("hexadecimal");
            bytes.extend((0..line.len()).step_by(2).map(byte));
        }
    }
    // struct nlmsghdr, struct ifinfomsg; IFLA_LINKINFO
    let linkinfo = Attrs::new(&bytes[32..]).find(18).expect("a link with a kind").to_vec();
    Capture { path, links: Around(links), linkinfo }
}

impl Capture {
    fn file(&self, extension: &str) -> Option<String> {
        fs::read_to_string(self.path.with_extension(extension)).ok()
    }

    /// The kind and its nest, then the same of what the link is a port of; the words that output has for each.
    fn parts(&self) -> Vec<(&'static Kind, &[u8], String, &'static str)> {
        let attr = |number| Attrs::new(&self.linkinfo).find(number);
        let name =
            |number| attr(number).map(|b| String::from_utf8_lossy(b).trim_end_matches('\0').to_owned());
        let mut out = Vec::new();
        if let Some(name) = name(1) {
            let kind = kind(&name).unwrap_or_else(|| panic!("no kind {name}"));
            out.push((kind, attr(2).unwrap_or_default(), format!("\n    {name} "), "\"info_data\":"));
        }
        if let Some(name) = name(4) {
            let kind = port(&name).unwrap_or_else(|| panic!("no ports of {name}"));
            out.push((
                kind,
                attr(5).unwrap_or_default(),
                format!("\n    {name}_slave "),
                "\"info_slave_data\":",
            ));
        }
        out
    }
}

/// Panics unless `ours` follows `key` in `theirs` and ends where a part of the output ends.
fn compare(path: &Path, theirs: &str, key: &str, ours: &str, ends: &[&str]) {
    let at = theirs.find(key).unwrap_or_else(|| panic!("{}: no {key:?}", path.display())) + key.len();
    let rest = &theirs[at..];
    let same = rest.bytes().zip(ours.bytes()).take_while(|(a, b)| a == b).count();
    let what = format!("{}, after {:?}", path.display(), &rest[..same.min(rest.len())]);
    assert_eq!(same, ours.len(), "{what}: theirs {:?}, ours {:?}", rest.get(same..same + 40), &ours[same..]);
    let end = &rest[same..];
    assert!(
        end == "\n" || ends.iter().any(|e| end.starts_with(e)),
        "{what}: theirs goes on {:?}",
        end.get(..60)
    );
}

#[test]
fn text_is_what_iproute2_prints() {
    for capture in captures() {
        for (kind, nest, key, _) in capture.parts() {
            let view = View::new(nest);
            let seen = Seen { view: &view, links: &capture.links };
            for (extension, all) in [("txt", false), ("all", true)] {
                let theirs =
                    capture.file(extension).or_else(|| capture.file("txt")).expect("text of the capture");
                let mut ours = String::new();
                text::write(kind.fields, &seen, Level { all, ours: false }, &mut ours);
                compare(&capture.path, &theirs, &key, &ours, &["addrgenmode ", "numtxqueues ", "\n    "]);
            }
        }
    }
}

#[test]
fn json_is_what_iproute2_prints() {
    for capture in captures() {
        let theirs = capture.file("json").expect("JSON of the capture");
        for (kind, nest, _, key) in capture.parts() {
            let view = View::new(nest);
            let mut out = Out::new(false);
            out.object();
            json::write(
                kind.fields,
                &Seen { view: &view, links: &capture.links },
                Level::default(),
                &mut out,
            );
            out.end();
            let ours = out.into_string();
            if ours == "{}" {
                assert!(!theirs.contains(key), "{}: theirs has {key}", capture.path.display());
            } else {
                compare(&capture.path, &theirs, key, &ours, &["}", ","]);
            }
        }
    }
}

#[test]
fn nothing_in_a_capture_is_unknown_or_of_another_type() {
    for capture in captures() {
        for (kind, nest, ..) in capture.parts() {
            let (record, errors) = decode::record(kind.fields, &View::new(nest), &capture.links);
            assert_eq!(errors, [], "{}", capture.path.display());
            assert_eq!(record.unknown, [], "{}", capture.path.display());
        }
    }
}

#[test]
fn the_state_of_a_capture_can_be_said_again() {
    for capture in captures() {
        for (kind, nest, ..) in capture.parts() {
            let state = decode::state(kind.fields, &View::new(nest), &capture.links);
            let mut w = Writer::new();
            encode(&state, &capture.links, &mut w).expect("a state can be encoded");
            let bytes = w.into_attrs().expect("attributes fit");
            let again = decode::state(kind.fields, &View::new(&bytes), &capture.links);
            // What is off may be said by absence.
            let on = |r: &linkctl_schema::Record| {
                r.iter()
                    .filter(|(_, v)| !v.is_nothing())
                    .map(|(f, v)| (f.name, v.clone()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(on(&again), on(&state), "{}", capture.path.display());
        }
    }
}
