//! What is read in one pass, and what the parser's events give, are one tree.

use std::fs;
use std::path::Path;

use linkctl_schema::arbitrary::Dice;

use super::super::super::limits::{Budget, MOST_DEPTH, MOST_NODES};
use super::super::super::node::{Node, What, Word};
use super::super::events;

const SEED: u64 = 31;
/// How many documents of each sort.
const MANY: u64 = 10_000;

/// All of a tree, places too.
fn told(node: &Node<'_>) -> String {
    let what = match &node.what {
        What::Null => "null".to_owned(),
        What::Scalar(text) => format!("{text:?}"),
        What::List(items) => format!("[{}]", items.iter().map(told).collect::<Vec<_>>().join(", ")),
        What::Map(map) => {
            let entry = |(word, node): &(Word<'_>, Node<'_>)| format!("{word:?}: {}", told(node));
            format!("{{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    };
    format!("{:?} {what}", node.at)
}

/// Whether the text was simple; if so, that both read the same, for which they count the same.
fn same(text: &str) -> bool {
    let mut left = Budget::new(MOST_NODES);
    let Some((tree, count)) = super::tree(text, MOST_NODES) else { return false };
    match events(text, &mut left) {
        Ok(full) => assert_eq!(told(&tree), told(&full), "{text:?}"),
        Err(fault) => panic!("{text:?} is refused: {fault:?}"),
    }
    assert_eq!(count, MOST_NODES - left.left(), "{text:?}");
    assert!(super::tree(text, count - 1).is_none(), "{text:?}");
    true
}

/// A document with an inside such as people write, and now and then with what nobody should.
struct Writer<'d> {
    dice: &'d mut Dice,
    out: String,
    /// One choice in so many is odd; 0 is never.
    odd: u64,
}

const WORDS: &[&str] = &[
    "a",
    "b0",
    "kind",
    "veth",
    "va17",
    "null",
    "~",
    "1",
    "-1",
    "02:00:00:00:00:01",
    "fe80::1",
    "a b",
    "a:b",
    "x#y",
    "on",
    "true",
    "é",
    "日本",
    "\"q\"",
    "'s'",
    "\"\"",
    "''",
    "'it''s'",
    "\"a: b, #{\"",
    "\"x\\\\x1b\"",
    "eth0.7",
    "-",
    "a-b",
    "a -b",
    "...",
    "..",
    "--",
    "'a' ",
    "\"ü\"",
    "1.5",
    "Null",
    "!x",
    "<",
    "<<",
    "0x1f",
];
const ODD: &[&str] = &[
    ": ", ":", "- ", "-", "#", " #", "# c", "\t", "\n", "{", "}", "[", "]", ",", "&a ", "*a", "!t ", "|\n",
    ">", "'", "\"", "?", "? ", "%", "@", "`", "---", "...", "--- ", "\n---\n", "\n...\n", "\r", "\u{feff}",
    "<<: ", "\\", "  ", "\n  ", "é", "a -,", "-]", ":{", ":,", "\"a\":b", "''", ",}", "{}", "[]",
];

impl Writer<'_> {
    fn put(&mut self, text: &str) {
        if self.odd > 0 && self.dice.one_in(self.odd) {
            let odd = self.dice.pick(ODD).copied().unwrap_or_default();
            self.out.push_str(odd);
        }
        self.out.push_str(text);
    }

    fn one_in(&mut self, n: u64, this: &str, else_this: &str) {
        let text = if self.dice.one_in(n) { this } else { else_this };
        self.put(text);
    }

    fn word(&mut self) {
        let word = self.dice.pick(WORDS).copied().unwrap_or_default();
        self.put(word);
        if self.dice.one_in(4) {
            let more = self.dice.below(100).to_string();
            self.out.push_str(&more);
        }
    }

    fn spaces(&mut self, least: usize) {
        let more = if self.dice.one_in(6) { self.dice.below(4) as usize } else { 0 };
        self.put(&" ".repeat(least + more));
    }

    fn end(&mut self) {
        match self.dice.below(16) {
            0 => self.put(" # a comment: {, \u{e9}\n"),
            1 => self.put("\n\n"),
            2 => self.put("\n   # more\n"),
            3 => self.put("   \n"),
            _ => self.put("\n"),
        }
    }

    /// Brackets; over several lines, whose indent is given.
    fn flow(&mut self, depth: u64, indent: Option<usize>) {
        let list = self.dice.one_in(3);
        self.put(if list { "[" } else { "{" });
        let many = self.dice.below(4);
        for i in 0..many {
            self.gap(indent);
            if !list {
                self.word();
                if self.dice.one_in(12) {
                    self.put(if i + 1 < many { ", " } else { "" });
                    continue;
                }
                self.one_in(8, ":", ": ");
                self.gap(indent);
            }
            match self.dice.below(6) {
                0 if depth > 0 => self.flow(depth - 1, indent),
                1 if !list => {}
                _ => self.word(),
            }
            self.gap(indent);
            if i + 1 < many || self.dice.one_in(20) {
                self.one_in(4, ",", ", ");
            }
        }
        self.gap(indent);
        self.put(if list { "]" } else { "}" });
    }

    fn gap(&mut self, indent: Option<usize>) {
        match indent {
            Some(indent) if self.dice.one_in(3) => {
                self.end();
                self.spaces(indent);
                if indent == 0 && self.dice.one_in(6) {
                    self.put("\t\t");
                }
            }
            _ if self.dice.one_in(5) => self.spaces(0),
            _ => {}
        }
    }

    fn block(&mut self, depth: u64, indent: usize) {
        let list = self.dice.one_in(5);
        for _ in 0..1 + self.dice.below(4) {
            self.put(&" ".repeat(indent));
            if list {
                self.put("- ");
                self.spaces(0);
                if self.dice.one_in(3) {
                    self.word();
                    self.put(": ");
                }
                self.value(depth, indent);
            } else {
                self.word();
                self.one_in(20, " :", ":");
                self.value(depth, indent);
            }
            if self.odd > 0 && self.dice.one_in(self.odd * 3) {
                self.put(" ");
            }
        }
    }

    fn value(&mut self, depth: u64, indent: usize) {
        match self.dice.below(8) {
            0 | 1 if depth > 0 => {
                self.end();
                let more = if self.dice.one_in(8) { 0 } else { 1 + self.dice.below(4) as usize };
                self.block(depth - 1, indent + more);
            }
            2 => {
                self.spaces(1);
                let lines = self.dice.one_in(4).then_some(indent + 1);
                self.flow(2, lines);
                self.end();
            }
            3 => self.end(),
            _ => {
                self.spaces(1);
                self.word();
                self.end();
            }
        }
    }
}

fn document(dice: &mut Dice, odd: u64) -> String {
    let mut writer = Writer { dice, out: String::new(), odd };
    match writer.dice.below(10) {
        0 => writer.put("# first\n"),
        1 => writer.put("---\n"),
        2 => writer.put("\n"),
        _ => {}
    }
    if writer.dice.one_in(5) {
        writer.flow(4, Some(0));
        writer.end();
    } else {
        let indent = if writer.dice.one_in(9) { 2 } else { 0 };
        writer.block(3, indent);
    }
    if writer.dice.one_in(10) {
        writer.out.truncate(writer.out.trim_end().len());
    }
    writer.out
}

#[test]
fn simple_documents_are_what_the_parser_reads() {
    let mut dice = Dice::new(SEED);
    let mut read = 0;
    for _ in 0..MANY {
        read += u64::from(same(&document(&mut dice, 0)));
    }
    assert!(read > MANY / 4, "{read} were simple");
}

#[test]
fn at_the_border_nothing_is_read_otherwise() {
    let mut dice = Dice::new(SEED + 1);
    let mut read = 0;
    for i in 0..MANY * 2 {
        read += u64::from(same(&document(&mut dice, 5 + i % 40)));
    }
    assert!(read > MANY / 10, "{read} were simple");
}

#[test]
fn whatever_a_handful_of_signs_make_is_read_alike() {
    const SIGNS: &[&str] = &[
        "a", "b", ":", ": ", " ", "\n", "\n  ", "\n ", "- ", "-", "{", "}", "[", "]", ",", ", ", "#", " #",
        "'", "\"", "~", "é", "\t",
    ];
    let mut dice = Dice::new(SEED + 3);
    let mut read = 0;
    for _ in 0..MANY * 10 {
        let text: String = (0..1 + dice.below(14)).filter_map(|_| dice.pick(SIGNS)).copied().collect();
        read += u64::from(same(&text));
    }
    assert!(read > MANY / 20, "{read} were simple");
}

#[test]
fn levels_are_as_many_as_the_parser_reads() {
    let mut told = Vec::new();
    for levels in MOST_DEPTH - 3..MOST_DEPTH + 3 {
        let keys: String = (0..levels).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
        let brackets = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let lists: String = (0..levels / 2).map(|i| format!("{0}a:\n{0}- b: c\n", "  ".repeat(i))).collect();
        let within = format!("a: {}{}\n", "{b: ".repeat(levels - 1), "}".repeat(levels - 1));
        for text in [keys, brackets, within, lists] {
            let full = events(&text, &mut Budget::new(MOST_NODES));
            assert_eq!(same(&text), full.is_ok(), "{text}");
            told.push(full.is_ok());
        }
    }
    assert!(told.contains(&true) && told.contains(&false));
}

#[test]
fn files_with_a_few_bytes_changed_are_what_the_parser_reads() {
    let mut dice = Dice::new(SEED + 2);
    for text in files() {
        assert!(same(&text), "what we write and what we show are simple: {text}");
        for _ in 0..MANY / 10 {
            // The parser's time is what this test takes.
            let lines: Vec<&str> = text.lines().collect();
            let start = dice.below(lines.len() as u64) as usize;
            let end = lines.len().min(start + 1 + dice.below(40) as usize);
            let mut part = lines[start..end].join("\n");
            for _ in 0..dice.below(4) {
                mutate(&mut part, &mut dice);
            }
            same(&part);
        }
    }
}

fn files() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/files", "../../examples", "../../examples/peers"].map(|f| root.join(f));
    let all = folders.iter().filter_map(|f| fs::read_dir(f).ok()).flatten().flatten().map(|f| f.path());
    let wanted = all.filter(|p| p.extension().is_some_and(|e| e == "yaml" || e == "json"));
    let texts: Vec<_> = wanted.filter_map(|p| fs::read_to_string(p).ok()).collect();
    assert!(texts.len() > 5, "the examples are there");
    texts
}

fn mutate(text: &mut String, dice: &mut Dice) {
    let bounds: Vec<usize> = text.char_indices().map(|(i, _)| i).chain([text.len()]).collect();
    let at = dice.pick(&bounds).copied().unwrap_or_default();
    match dice.below(3) {
        0 if at < text.len() => _ = text.remove(at),
        1 => text.insert_str(at, dice.pick(ODD).copied().unwrap_or_default()),
        _ => {
            let end = dice.pick(&bounds).copied().unwrap_or_default().clamp(at, at.saturating_add(8));
            let end = text.floor_char_boundary(end).max(at);
            let part = text[at..end].to_owned();
            let to = dice.pick(&bounds).copied().unwrap_or_default();
            text.insert_str(to, &part);
        }
    }
}
