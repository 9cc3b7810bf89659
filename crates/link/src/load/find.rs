//! Where files speak of a link, or of a setting of it: for what is found wrong later, when a kernel refuses it.

use std::path::Path;

use super::error::{Error, Fault, Place, Trail};
use super::limits::{Budget, FILE};
use super::node::{At, Node, What, Word};
use super::read::{each_link, get, key_of, peer_key};
use super::source::{self, Source};
use super::{Text, open, tree};
use crate::key::Key;

/// Where the files say a setting of a link, the first of `words` that they say; else where they speak of the link, or of one
/// that has it for its other end. With the way to it, such as `links.va.mtu`. A link that a template makes is where the
/// template is. `None` where no file speaks of it.
pub fn find(files: &[Text<'_>], key: &Key, words: &[&str]) -> Option<(Place, String)> {
    let mut left = Budget::new(FILE.nodes);
    let (mut sources, mut trees) = (Vec::new(), Vec::new());
    for text in files {
        let source = open(text, text.bytes.len(), FILE).ok()?;
        trees.push(tree(&source, text, sources.len(), &mut left).ok()?);
        sources.push(source);
    }
    let links: Vec<_> = trees.iter().flat_map(each_link).collect();
    let root = Trail::ROOT.then("links");
    let said: Vec<_> = links.iter().filter(|(w, n)| key_of(w, n).as_ref() == Some(key)).collect();
    let of = |(word, node): &&(Word<'_>, Node<'_>)| {
        words.iter().find_map(|w| setting(node, w, &root.then(&word.text)))
    };
    let named = || said.first().map(|(word, _)| (word.at, root.then(&word.text).to_string()));
    let end = || links.iter().find_map(|(word, node)| as_end(node, key, words, &root.then(&word.text), word));
    let (at, path) = said.iter().find_map(of).or_else(named).or_else(end)?;
    let sources: Vec<&Source<'_>> = sources.iter().collect();
    let Error { file, span, .. } = source::error(&sources, Fault::file(at, String::new()));
    Some((Place { file: Path::new(&file).to_owned(), span }, path))
}

/// The same within a link that has it for its other end.
fn as_end(
    node: &Node<'_>,
    key: &Key,
    words: &[&str],
    trail: &Trail<'_>,
    word: &Word<'_>,
) -> Option<(At, String)> {
    let near = key_of(word, node)?;
    let (kind, block) = map(node)?.iter().find(|(_, n)| get(n, "peer").is_some())?;
    let peer = get(block, "peer").filter(|p| peer_key(p, &near).as_ref() == Some(key))?;
    let trail = trail.then(&kind.text);
    let trail = trail.then("peer");
    let found = words.iter().find_map(|w| setting(peer, w, &trail));
    Some(found.unwrap_or_else(|| (peer.at, trail.to_string())))
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
