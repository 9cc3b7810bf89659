//! YAML: blocks of maps, lists in one line.

use super::tree::Tree;

/// A tree as a document.
pub(super) fn write(tree: &Tree) -> String {
    let mut out = String::new();
    block(tree, 0, &mut out);
    out
}

/// A tree in one line.
pub(super) fn one(tree: &Tree) -> String {
    let mut out = String::new();
    inline(tree, &mut out);
    out
}

/// A map's entries, one a line.
fn block(tree: &Tree, depth: usize, out: &mut String) {
    let Tree::Map(entries) = tree else { return };
    for (key, value) in entries {
        out.extend(std::iter::repeat_n("  ", depth));
        text(key, out);
        out.push(':');
        match value {
            Tree::Map(inner) if !inner.is_empty() => {
                out.push('\n');
                block(value, depth + 1, out);
            }
            _ => {
                out.push(' ');
                inline(value, out);
                out.push('\n');
            }
        }
    }
}

/// A value in one line.
pub(super) fn inline(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Null => out.push_str("null"),
        Tree::Switch(on) => out.push_str(if *on { "on" } else { "off" }),
        Tree::Number(n) => out.push_str(n),
        Tree::Text(t) => text(t, out),
        Tree::Map(_) => out.push_str("{}"),
        Tree::List(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i == 0 { "" } else { ", " });
                inline(item, out);
            }
            out.push(']');
        }
    }
}

/// A text, in quotes unless no YAML of any version takes it for something else.
fn text(text: &str, out: &mut String) {
    if is_plain(text) {
        return out.push_str(text);
    }
    out.push('\'');
    out.push_str(&text.replace('\'', "''"));
    out.push('\'');
}

fn is_plain(text: &str) -> bool {
    // Also what YAML 1.1 takes for a boolean: others read our files too.
    const TAKEN: &[&str] = &["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    let number = digit && (text.parse::<f64>().is_ok() || text.contains(['_', '-']) || radix(text));
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./@".contains(&b))
        && !number
        && !TAKEN.iter().any(|t| text.eq_ignore_ascii_case(t))
}

fn radix(text: &str) -> bool {
    text.starts_with('0') && text[1..].starts_with(|c: char| c.is_ascii_alphabetic())
}
