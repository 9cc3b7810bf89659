//! The top of files: what they say of all links.

use std::collections::BTreeMap;

use linkctl_schema::near::near;

use super::layers::Layers;
use super::{Reader, scalar};
use crate::glob::Glob;
use crate::goal::Scope;
use crate::load::error::{Fault, Trail, clip};
use crate::load::node::{At, Node, What, Word};
use crate::load::{elsewhere, escape, stranger};
use crate::netns::Netns;

/// What a file can say of all links.
pub(in crate::load) const WORDS: &[&str] =
    &["version", "links", "namespaces", "rebuild", "disruption", "scope", "ignore", "defaults", "groups"];

/// The tops of all files, as one.
#[derive(Default)]
pub(super) struct Top<'t> {
    pub(super) rebuild: Option<(bool, At)>,
    pub(super) disruption: Option<(bool, At)>,
    pub(super) scope: Option<(Scope, At)>,
    pub(super) ignore: Vec<Glob>,
    pub(super) layers: Layers<'t>,
    /// Whether namespaces are to be there.
    pub(super) spaces: BTreeMap<Netns, (bool, At)>,
}

/// Takes its links out of the tree of a file.
pub(super) fn links_of<'t>(tree: &mut Node<'t>) -> Vec<(Word<'t>, Node<'t>)> {
    let What::Map(top) = &mut tree.what else { return Vec::new() };
    match top.iter_mut().find(|(word, _)| word.text == "links") {
        Some((_, Node { what: What::Map(links), .. })) => std::mem::take(links),
        _ => Vec::new(),
    }
}

impl Reader<'_> {
    /// Reads the top of one more file.
    pub(super) fn top<'t>(&mut self, tree: &'t Node<'t>, file: u16, top: &mut Top<'t>) {
        let first = At { file, ..At::default() };
        let entries = match &tree.what {
            What::Map(entries) => entries.as_slice(),
            What::Null => return self.fault(Fault::file(At { file, ..tree.at }, "the file is empty")),
            what => {
                let what = format!("a map with version and links is expected, not {}", what.called());
                return self.fault(Fault::file(tree.at, what));
            }
        };
        if !entries.iter().any(|(w, _)| w.text == "version") {
            self.fault(Fault::file(first, "version is missing").hint("begin with version: 1".to_owned()));
        }
        for (word, node) in entries {
            let trail = Trail::ROOT.then(&word.text);
            match &*word.text {
                "version" => self.one_of(node, &trail, &["1"], "this program reads version 1"),
                consent @ ("rebuild" | "disruption") => {
                    self.one_of(node, &trail, &["allow", "deny"], "allow or deny is expected");
                    let into = if consent == "rebuild" { &mut top.rebuild } else { &mut top.disruption };
                    self.agree(into, scalar(node) == Some("allow"), node.at, &trail);
                }
                "scope" => self.scope(node, &trail, top),
                "ignore" => self.ignore(node, &trail, top),
                "defaults" => self.defaults(node, &trail, &mut top.layers),
                "groups" => self.groups(node, &trail, &mut top.layers),
                "namespaces" => self.namespaces(node, &trail, top),
                "links" => self.map_of_links(node, &trail),
                _ => self.strange_top(word),
            }
        }
    }

    /// Takes a value for all files; two that differ are told.
    pub(super) fn agree<T: Copy + PartialEq>(
        &mut self,
        into: &mut Option<(T, At)>,
        value: T,
        at: At,
        trail: &Trail<'_>,
    ) {
        match into {
            Some((first, other)) if *first != value => {
                let other = *other;
                self.fault(Fault::new(at, trail, "two files say this differently").also(Some(other)));
            }
            _ => *into = Some((value, at)),
        }
    }

    fn scope(&mut self, node: &Node<'_>, trail: &Trail<'_>, top: &mut Top<'_>) {
        let word = scalar(node).unwrap_or_default();
        if let Some((_, scope)) = Scope::WORDS.iter().find(|(w, _)| *w == word) {
            return self.agree(&mut top.scope, *scope, node.at, trail);
        }
        let words = Scope::WORDS.map(|(w, _)| w);
        let hint = stranger::meant(&near(word, words.iter().copied(), 2));
        self.fault(Fault::new(node.at, trail, "partial, owned or full is expected").hint(hint));
    }

    fn ignore(&mut self, node: &Node<'_>, trail: &Trail<'_>, top: &mut Top<'_>) {
        let items = match &node.what {
            What::List(items) => items.as_slice(),
            What::Scalar(_) => std::slice::from_ref(node),
            What::Null => return,
            What::Map(_) => {
                return self.fault(Fault::new(node.at, trail, "a list of names is expected, not a map"));
            }
        };
        for item in items {
            let glob = scalar(item).and_then(|text| Glob::new(&escape::unescape(text)));
            if glob.is_none() {
                let what = "a name is expected, with * for any text and ? for one character";
                self.fault(Fault::new(item.at, trail, what));
            }
            top.ignore.extend(glob);
        }
    }

    fn map_of_links(&mut self, node: &Node<'_>, trail: &Trail<'_>) {
        match &node.what {
            // They were taken out of it.
            What::Map(_) | What::Null => {}
            what => {
                let what = format!("a map of links by name is expected, not {}", what.called());
                let hint = matches!(node.what, What::List(_))
                    .then(|| "write NAME: {..} for - name: NAME".to_owned());
                self.fault(Fault::new(node.at, trail, what).hint(hint));
            }
        }
    }

    fn strange_top(&mut self, word: &Word<'_>) {
        let netns = "a link says itself where it is; namespaces: {NAME: present} has one made";
        let hint = (word.text == "netns").then(|| netns.to_owned());
        let hint = hint
            .or_else(|| elsewhere::word(&word.text))
            .or_else(|| stranger::meant(&near(&word.text, WORDS.iter().copied(), 2)));
        let what = format!("\"{}\" is not known here", clip(&word.text));
        self.fault(Fault::new(word.at, &Trail::ROOT, what).hint(hint));
    }

    fn one_of(&mut self, node: &Node<'_>, trail: &Trail<'_>, words: &[&str], otherwise: &str) {
        if !scalar(node).is_some_and(|t| words.contains(&t)) {
            let hint = scalar(node).and_then(|t| stranger::meant(&near(t, words.iter().copied(), 2)));
            self.fault(Fault::new(node.at, trail, otherwise).hint(hint.filter(|_| words != ["1"])));
        }
    }
}
