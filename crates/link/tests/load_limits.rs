//! Files that are made to hurt: refused in time, whatever they are.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use linkctl_link::load::{Error, MOST_BYTES, load, restore};
use linkctl_link::{Goal, Key, Link, save};
use linkctl_schema::Name;
use linkctl_schema::arbitrary::{self, Dice};

/// The first error, and that it came in time: ten times what a release build on a slow machine takes.
fn refused(file: &str, bytes: &[u8], within: Duration) -> Error {
    let start = Instant::now();
    let errors = load(Path::new(file), bytes).expect_err("it is refused");
    let took = start.elapsed();
    assert!(took < within, "{file}: {took:?} for {}", errors[0]);
    errors[0].clone()
}

const MOMENT: Duration = Duration::from_secs(5);
const WHILE: Duration = Duration::from_secs(20);

#[test]
fn a_file_that_is_too_large_is_not_even_looked_at() {
    let noise = vec![0xa5; 100 << 20];
    let error = refused("noise", &noise, Duration::from_secs(1));
    assert_eq!(error.to_string(), "noise:1:1: the file has 104857600 bytes, at most 4194304 are read");
}

#[test]
fn aliases_do_not_multiply() {
    let mut wide = String::from("version: 1\na: &a [x, x, x, x, x, x, x, x, x]\n");
    for (this, last) in ('b'..='k').zip('a'..) {
        let _ = writeln!(wide, "{this}: &{this} [{}]", vec![format!("*{last}"); 9].join(", "));
    }
    assert!(refused("bomb.yaml", wide.as_bytes(), MOMENT).what.starts_with("there is too much in the file"));

    let mut deep = String::from("version: 1\na0: &a0 [x]\n");
    for i in 1..200 {
        let _ = writeln!(deep, "a{i}: &a{i} [*a{}]", i - 1);
    }
    assert!(refused("deep.yaml", deep.as_bytes(), MOMENT).what.starts_with("there are more than 64 levels"));

    let long = format!("version: 1\na: &a [{}]\nb: [{}]\n", "x,".repeat(1000), "*a,".repeat(100_000));
    assert!(refused("long.yaml", long.as_bytes(), MOMENT).what.starts_with("there is too much in the file"));

    let mut merge = String::from("version: 1\nm0: &m0 {k: 1}\n");
    for i in 1..60 {
        let _ = writeln!(merge, "m{i}: &m{i} {{<<: [*m{0}, *m{0}, *m{0}], k{i}: 1}}", i - 1);
    }
    refused("merge.yaml", merge.as_bytes(), MOMENT);
    let anchors = format!("version: 1\na: &a [{}{}", "[".repeat(60), "]".repeat(61));
    refused("anchors.yaml", anchors.as_bytes(), MOMENT);
}

#[test]
fn depth_is_bounded() {
    for open in ["[", "{", "{a: ", "[[a, ", "? ", "- ", "!a [", "&a ["] {
        for many in [100, 200_000, MOST_BYTES / open.len()] {
            refused("deep.yaml", open.repeat(many).as_bytes(), WHILE);
        }
    }
    let indents: String = (0..2800).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    assert!(indents.len() < MOST_BYTES);
    refused("indents.yaml", indents.as_bytes(), MOMENT);
    refused("deep.toml", format!("a = {}1{}", "[".repeat(70), "]".repeat(70)).as_bytes(), MOMENT);
    refused("deep.toml", format!("a = {}", "[".repeat(MOST_BYTES - 8)).as_bytes(), WHILE);
    refused("deep.toml", format!("a = {}", "{a=".repeat(MOST_BYTES / 4)).as_bytes(), WHILE);
    refused("dots.toml", format!("[a{}]", ".a".repeat(MOST_BYTES / 3)).as_bytes(), WHILE);
    refused("dots.toml", "[a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a]\n".repeat(10).as_bytes(), WHILE);
}

#[test]
fn large_files_of_one_thing_are_read_or_refused_in_time() {
    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        "#\n", "\n", " ", "a: b\n", "a\n", "- a\n", "\"", "'", "|\n", "a: |\n ", "? a\n", "&a ", "*a ", "!!a ", "a,", "[a],",
        "x: {}\n", ":", ": ", "-", "<<: 1\n", "\u{feff}", "\t", "%", "ü", "\\", "\"\\", "{}", "[]", "a: &a b\n", "\r",
    ];
    let fill = |piece: &str| piece.repeat(MOST_BYTES / 16 / piece.len());
    for piece in PIECES {
        for file in ["net.yaml", "net.toml"] {
            refused(file, fill(piece).as_bytes(), WHILE);
            refused(file, format!("version: 1\nlinks: {{a: \"{}", fill(piece)).as_bytes(), WHILE);
        }
    }
}

#[test]
fn fifty_thousand_links_are_read() {
    let mut text = String::from("version: 1\nlinks:\n");
    for i in 0..50_000 {
        let _ = writeln!(text, "  d{i}: {{kind: dummy, state: up, mtu: 1400}}");
    }
    let start = Instant::now();
    let goal = load(Path::new("many.yaml"), text.as_bytes()).expect("they are links");
    assert_eq!(goal.links.len(), 50_000);
    assert!(start.elapsed() < WHILE, "{:?}", start.elapsed());
    let bad = text.replace("1400", "x");
    assert_eq!(load(Path::new("many.yaml"), bad.as_bytes()).expect_err("none is a number").len(), 20);
}

#[test]
fn a_journal_may_be_larger_than_a_persons_file() {
    let mut goal = Goal::new();
    for i in 0..7_000 {
        let name = Name::new(&format!("port{i}")).expect("a name");
        let mut link = Link::new(linkctl_kinds::kind("bridge"));
        link.base = arbitrary::record(&linkctl_kinds::link::FIELDS, &[], &mut Dice::new(i));
        link.data = arbitrary::record(link.data.fields(), &[], &mut Dice::new(i));
        goal.want(Key::here(name), link);
    }
    for text in [save::json(&goal), save::yaml(&goal)] {
        assert!(text.len() > MOST_BYTES);
        assert_eq!(restore(Path::new("journal"), text.as_bytes()).as_ref(), Ok(&goal));
        assert_eq!(load(Path::new("journal"), text.as_bytes()).expect_err("too large").len(), 1);
    }
}

/// Files that are nearly goals: pieces of goals, put together at random, and then cut and spoilt.
fn nearly(dice: &mut Dice) -> Vec<u8> {
    const PIECES: &[&str] = &[
        "version: 1\n",
        "links:\n",
        "  a: ",
        "  vb: ",
        "{",
        "}",
        "[",
        "]",
        "kind: ",
        "veth",
        "vlan",
        "bridge",
        ", ",
        ": ",
        "\n",
        "master: ",
        "a",
        "vb",
        "link: ",
        "peer: ",
        "veth: {",
        "name: ",
        "netns: ",
        "port: ",
        "isolated: on",
        "state: ",
        "absent",
        "up",
        "mtu: ",
        "1400",
        "&x ",
        "*x",
        "<<: ",
        "\"",
        "'",
        "\\x41",
        "null",
        "~",
        "- ",
        "? ",
        "|",
        ">",
        "#",
        "match: ",
        "perm_address: ",
        "02:00:00:00:00:01",
        "vlan: {id: 7}",
        "[links.a]\n",
        "a = ",
        "= ",
        "\"\"\"",
        "\u{1b}",
        "ü",
        "\u{feff}",
        "---\n",
        "...\n",
        "!t ",
        "%YAML 1.2\n",
        "  ",
    ];
    let mut out = if dice.one_in(2) { b"version: 1\nlinks:\n".to_vec() } else { Vec::new() };
    for _ in 0..dice.below(40) {
        out.extend_from_slice(dice.pick(PIECES).map_or(&[], |p| p.as_bytes()));
    }
    if dice.one_in(4) && !out.is_empty() {
        let at = dice.below(out.len() as u64) as usize;
        out[at] = dice.roll() as u8;
    }
    out
}

#[test]
fn any_bytes_are_read_or_refused_and_each_error_is_at_a_place() {
    let read: [fn(&Path, &[u8]) -> Result<Goal, Vec<Error>>; 2] = [load, restore];
    for seed in 0..30_000 {
        let bytes = nearly(&mut Dice::new(seed));
        for (file, read) in ["a.yaml", "a.toml"].iter().flat_map(|f| read.map(|r| (Path::new(f), r))) {
            match read(file, &bytes) {
                // What was read can be written, and is read as the same.
                Ok(goal) => assert_eq!(read(Path::new("b.yaml"), save::yaml(&goal).as_bytes()), Ok(goal)),
                Err(errors) => errors.iter().for_each(|e| {
                    assert!(
                        e.span.start <= e.span.end && e.span.end <= bytes.len(),
                        "{e} {:?} {bytes:?}",
                        e.span
                    );
                    assert!(e.span.line >= 1 && e.span.column >= 1);
                }),
            }
        }
    }
}
