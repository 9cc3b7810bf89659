//! Files that are refused, and what is said of them: `files/errors.txt`, a file and its errors after each heading.
//!
//! `BLESS=1 cargo test -p linkctl-link --test load_errors` writes what is said now; read the difference.

use std::fmt::Write;
use std::path::Path;

use linkctl_link::load::{Error, Text, load, load_all};

/// An error as the table has it: its line, and what goes with it.
fn show(e: &Error) -> String {
    let mut out = format!("{e}\n");
    if let Some(also) = &e.also {
        let file = if also.file == e.file { String::new() } else { format!("{}:", also.file.display()) };
        let _ = writeln!(out, "  also: {file}{}:{}", also.span.line, also.span.column);
    }
    if let Some(hint) = &e.hint {
        let _ = writeln!(out, "  hint: {hint}");
    }
    // The rest is the book's, and its own.
    if let Some((doc, _)) = e.doc.as_ref().and_then(|d| d.split_once(": ")) {
        let _ = writeln!(out, "  doc: {doc}: ...");
    }
    out
}

/// The files of a case: `-- NAME` begins one, and a table that needs only one has none.
fn files<'t>(title: &str, text: &'t str) -> Vec<(&'t str, &'t str)> {
    let name = if title.contains("TOML") { "net.toml" } else { "net.yaml" };
    match text.strip_prefix("-- ") {
        None => vec![(name, text)],
        Some(text) => text.split("\n-- ").filter_map(|file| file.split_once('\n')).collect(),
    }
}

/// What is said of a case: a title of a line, and files.
fn said(title: &str, text: &str) -> String {
    // What no text file should hold stands escaped in the table.
    let text = text.replace("<ESC>", "\u{1b}").replace("<NUL>", "\0");
    let files = files(title, &text);
    let exposed = title.contains("readable by all");
    let texts: Vec<Text<'_>> = files
        .iter()
        .map(|(file, text)| Text { file: Path::new(file), bytes: text.as_bytes(), exposed })
        .collect();
    match load_all(&texts) {
        Ok(_) => "nothing\n".into(),
        Err(errors) => errors.iter().map(show).collect(),
    }
}

#[test]
fn each_mistake_is_told_with_its_place_and_what_to_do() {
    told("errors.txt");
}

#[test]
fn files_that_disagree_and_wrong_templates_are_told_with_both_places() {
    told("errors_many.txt");
}

fn told(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(table);
    let table = std::fs::read_to_string(&path).expect("the table is there");
    let mut out = String::new();
    for case in table.split("== ").skip(1) {
        let (title, rest) = case.split_once('\n').expect("a title");
        let (text, _) = rest.split_once("=>\n").expect("a file, and => behind it");
        let _ = write!(out, "== {title}\n{text}=>\n{}\n", said(title, text));
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &out).expect("the table is written");
    }
    for (is, was) in out.split("== ").zip(table.split("== ")) {
        assert_eq!(is, was);
    }
}

#[test]
fn files_that_are_no_text_are_refused_before_they_are_parsed() {
    let one = |bytes: &[u8]| {
        let errors = load(Path::new("net.yaml"), bytes).expect_err("it is no goal");
        assert_eq!(errors.len(), 1);
        errors[0].to_string()
    };
    assert_eq!(one(b""), "net.yaml:1:1: the file is empty");
    assert_eq!(one(b"version: 1\nli\xffnks:"), "net.yaml:2:3: the byte 0xff is not UTF-8 text");
    assert_eq!(one(b"version: 1\nli\0nks:"), "net.yaml:2:3: the control byte 0x00 is no text");
    assert_eq!(one("\u{feff}ü: 1\nversion: 1".as_bytes()), "net.yaml:1:1: \"ü\" is not known here");
    assert_eq!(one("ü: 1\r\nversion: 1\r\n ä: 1".as_bytes()).split(": ").next(), Some("net.yaml:3:3"));
}

#[test]
fn a_place_is_a_place_in_the_files_bytes() {
    for (file, text) in [
        ("a.yaml", "\u{feff}version: 1\r\nlinks:\r\n  ä: {mtu: 1400}\r\n  ö: {mtu: -1 }\r\n"),
        ("a.json", "{\"version\": 1, \"links\": {\"ä\": {\"mtu\": 1400}, \"ö\": {\"mtu\": -1}}}"),
        ("a.toml", "\u{feff}version = 1\r\n[links.\"ä\"]\r\nmtu = 1400\r\n[links.\"ö\"]\r\nmtu = -1\r\n"),
    ] {
        let errors = load(Path::new(file), text.as_bytes()).expect_err("an MTU is not negative");
        let span = errors[0].span;
        assert_eq!(&text[span.start..span.end], "-1", "{file}: {span:?}");
        let line = text.trim_start_matches('\u{feff}').lines().nth(span.line - 1).expect("the line is there");
        assert!(line.chars().skip(span.column - 1).collect::<String>().starts_with("-1"), "{file}: {span:?}");
    }
}

#[test]
fn no_error_shows_what_a_terminal_would_obey() {
    let evil = "\\e]0;PWN\\a\\e[2K\\r99: eth0: <UP>\\u202e";
    for text in [
        format!("version: 1\nlinks: {{\"{evil}\": {{mtu: 1}}}}"),
        format!("version: 1\n\"{evil}\": 1"),
        format!(
            "version: 1\nlinks: {{a: {{\"{evil}\": 1, mtu: \"{evil}\", kind: \"{evil}\", match: {{\"{evil}\": 1}}}}}}"
        ),
        format!(
            "version: 1\nlinks: {{a: {{netns: \"{evil}\", master: \"{evil}\", kind: vlan, vlan: {{\"{evil}\": 1}}}}}}"
        ),
        format!("version: 1\nlinks: {{a: {{port: {{\"{evil}\": 1}}, master: b, state: \"{evil}\"}}}}"),
    ] {
        let errors = load(Path::new("\u{1b}[31m.yaml"), text.as_bytes()).expect_err("no such thing is known");
        for e in errors {
            let shown = show(&e);
            assert!(!shown.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'), "{shown:?}");
        }
    }
}

#[test]
fn no_more_errors_are_told_than_are_read() {
    let many: String = (0..50).map(|i| format!("  e{i}: {{bad: 1}}\n")).collect();
    let errors = load(Path::new("a"), format!("version: 1\nlinks:\n{many}").as_bytes()).expect_err("bad");
    assert_eq!(errors.len(), linkctl_link::load::MOST_ERRORS);
    assert!(errors.is_sorted_by_key(|e| e.span));
}
