//! The other end of a pair: its name, or its name and what it should be.

use linkctl_schema::Kind;

use super::entry::{Entry, Path, bad_name};
use super::{Reader, scalar};
use crate::link::Link;
use crate::load::error::{Fault, Trail};
use crate::load::node::{Node, What, Word};
use crate::load::{escape, words};

impl Reader<'_> {
    /// Reads `peer`, and adds a link for the other end where something is said of it.
    pub(super) fn peer(
        &mut self,
        kind: &'static Kind,
        node: &Node<'_>,
        entry: &mut Entry,
        trail: &Trail<'_>,
        out: &mut Vec<Entry>,
    ) {
        let What::Map(map) = &node.what else {
            let Some(text) = scalar(node) else {
                let what = format!("the name of the other end is expected, not {}", node.what.called());
                return self.fault(Fault::new(node.at, trail, what));
            };
            return match escape::name(text) {
                Ok(name) => entry.link.peer = Some(entry.key.beside(name)),
                Err(bad) => self.fault(bad_name(node.at, trail, text, bad)),
            };
        };
        let Some(key) = self.elsewhere(node, &entry.key, trail) else { return };
        entry.link.peer = Some(key.clone());
        let settings: Vec<_> = map.iter().filter(|(w, _)| !matches!(&*w.text, "name" | "netns")).collect();
        if settings.is_empty() {
            return;
        }
        let path = Path::end(entry, kind);
        let mut end = Entry::new(node.at, path, key);
        *end.link = Link::new(Some(kind));
        end.within = true;
        end.link.peer = Some(entry.key.clone());
        let before = self.faults.found();
        self.end(&settings, &mut end, trail);
        end.broken = self.faults.found() > before;
        out.push(end);
    }

    fn end(&mut self, settings: &[&(Word<'_>, Node<'_>)], end: &mut Entry, trail: &Trail<'_>) {
        let mut port = None;
        for (word, node) in settings {
            let text = &*word.text;
            match text {
                "state" => match self.state(node, end, &trail.then(text)) {
                    Some("up" | "down") | None => {}
                    Some(_) => {
                        let what = "the other end of a pair comes and goes with it: expected up or down";
                        self.fault(Fault::new(node.at, &trail.then(text), what));
                    }
                },
                "port" => port = Some((word, node)),
                "kind" | "match" | "link" => self.unsaid(word, trail),
                _ if words::spelt_kind(text).is_some() => self.unsaid(word, trail),
                _ => self.base((word, node), end, trail),
            }
        }
        if let Some((word, node)) = port {
            end.said.push(("port", word.at));
            self.port(word, node, end, &trail.then("port"));
        }
    }

    fn unsaid(&mut self, word: &Word<'_>, trail: &Trail<'_>) {
        let what = "it cannot be said of the other end of a pair here";
        self.fault(Fault::new(word.at, &trail.then(&word.text), what));
    }
}
