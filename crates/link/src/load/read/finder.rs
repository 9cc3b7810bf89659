//! How a link is found that is there under whatever name.

use linkctl_schema::near::near;
use linkctl_schema::scalar::list;
use linkctl_schema::{Mac, field::spelt};

use super::{Reader, scalar};
use crate::goal::Match;
use crate::key::Key;
use crate::load::error::{Fault, Trail, clip};
use crate::load::node::{Node, What, Word};
use crate::load::{elsewhere, escape, stranger};

/// What a link can be found by.
pub(in crate::load) const WORDS: &[&str] = &["perm_address", "address", "driver", "path", "altname", "kind"];

impl Reader<'_> {
    /// Reads `match`.
    pub(super) fn finder(&mut self, node: &Node<'_>, key: &Key, trail: &Trail<'_>) -> Option<Match> {
        let mut out = Match::default();
        let What::Map(map) = &node.what else {
            let what = format!("a map of what the link is found by is expected, not {}", node.what.called());
            self.fault(Fault::new(node.at, trail, what));
            return None;
        };
        if map.is_empty() && self.strict {
            let what = format!("nothing is said to find it by: {}", list(WORDS));
            self.fault(Fault::new(node.at, trail, what));
        }
        for (word, node) in map {
            if !self.strict && self.kept(word, node, key, trail, &mut out) {
                continue;
            }
            let Some(at) = WORDS.iter().position(|w| spelt(w, &word.text)) else {
                let what = format!("a link is not found by \"{}\"", clip(&word.text));
                let hint = stranger::meant(&near(&word.text, WORDS.iter().copied(), 2));
                self.fault(
                    Fault::new(word.at, trail, what).hint(hint.or_else(|| elsewhere::word(&word.text))),
                );
                continue;
            };
            let trail = trail.then(WORDS[at]);
            match at {
                0 => out.perm_address = self.address(node, &trail),
                1 => out.address = self.address(node, &trail),
                2 => out.driver = self.text(node, &trail),
                3 => out.path = self.text(node, &trail),
                4 => out.altname = self.text(node, &trail),
                _ => out.kind = self.text(node, &trail),
            }
        }
        Some(out)
    }

    /// What only the journal says: whether it was that.
    fn kept(
        &mut self,
        word: &Word<'_>,
        node: &Node<'_>,
        key: &Key,
        trail: &Trail<'_>,
        out: &mut Match,
    ) -> bool {
        match (&*word.text, &node.what) {
            ("index", _) => out.index = scalar(node).and_then(|t| t.parse().ok()),
            ("at", What::Map(_)) => out.at = self.elsewhere(node, key, &trail.then("at")),
            ("at", _) => {
                out.at = scalar(node).and_then(|t| escape::name(t).ok()).map(|name| key.beside(name));
            }
            _ => return false,
        }
        true
    }

    fn address(&mut self, node: &Node<'_>, trail: &Trail<'_>) -> Option<Mac> {
        let found = scalar(node).and_then(Mac::parse);
        if found.is_none() {
            self.fault(Fault::new(node.at, trail, "an address such as 02:00:00:00:00:01 is expected"));
        }
        found
    }

    fn text(&mut self, node: &Node<'_>, trail: &Trail<'_>) -> Option<String> {
        let found = scalar(node).and_then(escape::plain).filter(|t| !self.strict || !t.is_empty());
        if found.is_none() {
            self.fault(Fault::new(node.at, trail, "a text is expected"));
        }
        found
    }
}
