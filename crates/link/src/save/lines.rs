//! A link as single settings, each with the way to it in a goal file: to compare and to show differences.

use linkctl_schema::Record;

use super::tree::Tree;
use super::{Map, identity, present, yaml};
use crate::goal::Goal;
use crate::key::Key;
use crate::link::Link;

/// What a goal file would say of a link, setting by setting in its order: `("bridge.stp_state", "on")`. Left out is what
/// changes by itself. Equal for two links of which the same is said; harmless for a terminal.
pub fn lines(key: &Key, link: &Link) -> Vec<(String, String)> {
    let lasting = |r: &Record| r.only(|f| f.is_state() && !f.volatile);
    let still = Link {
        base: lasting(&link.base),
        data: lasting(&link.data),
        port: link.port.as_ref().map(lasting).filter(|p| !p.is_empty()),
        ..link.clone()
    };
    let mut map = Map::new();
    identity(&still, &mut map);
    present(&Goal::new(), key, &still, &mut map);
    let mut out = Vec::new();
    flatten("", &Tree::Map(map), &mut out);
    out
}

fn flatten(way: &str, tree: &Tree, out: &mut Vec<(String, String)>) {
    match tree {
        Tree::Map(entries) if !entries.is_empty() => {
            for (word, inner) in entries {
                let way = if way.is_empty() { word.to_string() } else { format!("{way}.{word}") };
                flatten(&way, inner, out);
            }
        }
        _ => {
            let mut value = String::new();
            yaml::inline(tree, &mut value);
            out.push((way.to_owned(), value));
        }
    }
}
