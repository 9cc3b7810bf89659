//! JSON, indented.

use super::tree::{Entry, Tree};

/// How much is gathered before it is handed over.
const PIECE: usize = 1 << 16;

/// A document of these members and a last one, whose entries are written one by one: none need be there before or after.
/// It is handed over in pieces.
pub(super) fn write(
    head: &[Entry],
    last: &str,
    entries: impl Iterator<Item = Entry>,
    sink: &mut dyn FnMut(&str),
) {
    let mut out = String::new();
    let mut sign = '{';
    for entry in head {
        member(sign, entry, 1, &mut out);
        sign = ',';
    }
    name(sign, last, 1, &mut out);
    sign = '{';
    for entry in entries {
        member(sign, &entry, 2, &mut out);
        sign = ',';
        if out.len() >= PIECE {
            sink(&out);
            out.clear();
        }
    }
    if sign == '{' {
        out.push('{');
    } else {
        line(1, &mut out);
    }
    out.push_str("}\n}\n");
    sink(&out);
}

/// A tree in one line, unless it is a map.
pub(super) fn one(tree: &Tree) -> String {
    let mut out = String::new();
    item(tree, 0, &mut out);
    out
}

fn item(tree: &Tree, depth: usize, out: &mut String) {
    match tree {
        Tree::Null => out.push_str("null"),
        Tree::Switch(on) => out.push_str(if *on { "true" } else { "false" }),
        Tree::Number(n) => out.push_str(n),
        Tree::Text(t) => text(t, out),
        Tree::List(items) => {
            out.push('[');
            for (i, one) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                item(one, depth, out);
            }
            out.push(']');
        }
        Tree::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Tree::Map(entries) => {
            let mut sign = '{';
            for entry in entries {
                member(sign, entry, depth + 1, out);
                sign = ',';
            }
            line(depth, out);
            out.push('}');
        }
    }
}

/// An entry of a map, behind what opens the map or parts it from the one before.
fn member(sign: char, (key, value): &Entry, depth: usize, out: &mut String) {
    name(sign, key, depth, out);
    item(value, depth, out);
}

fn name(sign: char, key: &str, depth: usize, out: &mut String) {
    out.push(sign);
    line(depth, out);
    text(key, out);
    out.push_str(": ");
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A text, which has no control characters: these two are all that JSON wants escaped.
fn text(text: &str, out: &mut String) {
    out.push('"');
    if text.contains(['\\', '"']) {
        out.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
    } else {
        out.push_str(text);
    }
    out.push('"');
}
