//! JSON, indented.

use super::tree::Tree;

/// A tree as a document.
pub(super) fn write(tree: &Tree) -> String {
    let mut out = String::new();
    item(tree, 0, &mut out);
    out.push('\n');
    out
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
            for (key, value) in entries {
                out.push(sign);
                line(depth + 1, out);
                text(key, out);
                out.push_str(": ");
                item(value, depth + 1, out);
                sign = ',';
            }
            line(depth, out);
            out.push('}');
        }
    }
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// A text, which has no control characters: these two are all that JSON wants escaped.
fn text(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
    out.push('"');
}
