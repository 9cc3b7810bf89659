//! Where files speak of a link, or of a setting of it: for what is found wrong later, when a kernel refuses it.

use std::path::Path;

use super::error::{Error, Fault, Place, Trail};
use super::limits::{Budget, FILE};
use super::node::{At, Node, What, Word};
use super::read::key_of;
use super::source::{self, Source};
use super::{Text, open, tree};
use crate::key::Key;

/// Where the files say a setting of a link, the first of `words` that they say; else where they speak of the link. With
/// the way to it, such as `links.va.mtu`. `None` where no file speaks of it: a template made it, or another link did.
pub fn find(files: &[Text<'_>], key: &Key, words: &[&str]) -> Option<(Place, String)> {
    let mut left = Budget::new(FILE.nodes);
    let (mut sources, mut trees) = (Vec::new(), Vec::new());
    for text in files {
        let source = open(text, text.bytes.len(), FILE).ok()?;
        trees.push(tree(&source, text, sources.len(), &mut left).ok()?);
        sources.push(source);
    }
    let (at, path) = trees.iter().find_map(|tree| within(tree, key, words))?;
    let sources: Vec<&Source<'_>> = sources.iter().collect();
    let Error { file, span, .. } = source::error(&sources, Fault::file(at, String::new()));
    Some((Place { file: Path::new(&file).to_owned(), span }, path))
}

fn within(tree: &Node<'_>, key: &Key, words: &[&str]) -> Option<(At, String)> {
    let entries = map(tree)?.iter().filter(|(w, _)| w.text == "links").filter_map(|(_, n)| map(n)).flatten();
    let (word, node) = entries.into_iter().find(|(w, n)| key_of(w, n).as_ref() == Some(key))?;
    let (root, link) = (Trail::ROOT.then("links"), &word.text);
    let trail = root.then(link);
    let found = words.iter().find_map(|w| setting(node, w, &trail));
    Some(found.unwrap_or_else(|| (word.at, trail.to_string())))
}

/// A setting of a link: its own, or one in a block of it.
fn setting(node: &Node<'_>, word: &str, trail: &Trail<'_>) -> Option<(At, String)> {
    let entries = map(node)?;
    let own = entries.iter().find(|(w, _)| linkctl_schema::field::spelt(word, &w.text));
    if let Some((w, value)) = own {
        return Some((w.at.to(value.at), trail.then(&w.text).to_string()));
    }
    entries
        .iter()
        .filter(|(w, _)| w.text != "match")
        .find_map(|(w, n)| setting(n, word, &trail.then(&w.text)))
}

fn map<'n>(node: &'n Node<'n>) -> Option<&'n [(Word<'n>, Node<'n>)]> {
    match &node.what {
        What::Map(entries) => Some(entries),
        _ => None,
    }
}
