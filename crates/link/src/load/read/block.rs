//! The block of a link's kind.

use linkctl_schema::Kind;
use linkctl_schema::field::spelt;

use super::Reader;
use super::entry::Entry;
use crate::load::error::{Fault, Trail, clip};
use crate::load::node::{Node, What, Word};
use crate::load::stranger::{self, Place};

impl Reader<'_> {
    /// Reads the block named after `kind`, which has to be the link's own.
    pub(super) fn block(
        &mut self,
        kind: &'static Kind,
        (word, node): (&Word<'_>, &Node<'_>),
        entry: &mut Entry,
        trail: &Trail<'_>,
        out: &mut Vec<Entry>,
    ) {
        let trail = trail.then(kind.name);
        match entry.link.kind {
            Some(own) if std::ptr::eq(own, kind) => {}
            Some(own) => {
                let what =
                    format!("this link is of kind {}, and has no settings of a {}", own.name, kind.name);
                return self.fault(Fault::new(word.at, &trail, what).also(Some(entry.place("kind"))));
            }
            None => {
                let fault = Fault::new(word.at, &trail, "settings of a kind want the kind");
                return self.fault(fault.hint(format!("add kind: {}", kind.name)));
            }
        }
        entry.said.push((kind.name, word.at));
        let map = match &node.what {
            What::Map(map) => map.as_slice(),
            What::Null => return,
            what => {
                let what =
                    format!("a map of the {}'s settings is expected, not {}", kind.name, what.called());
                return self.fault(Fault::new(node.at, &trail, what));
            }
        };
        // Its own list: a kind may call a setting as the link does.
        let mut said = Vec::new();
        for (word, node) in map {
            if kind.pair.is_some() && spelt("peer", &word.text) {
                entry.said.push(("peer", word.at.to(node.at)));
                self.peer(kind, node, entry, &trail.then("peer"), out);
            } else if !self.setting(kind.fields, &mut entry.link.data, (word, node), &trail, &mut said) {
                let hint = stranger::hint(&word.text, Place::Block(kind));
                let what = format!("a {} has no \"{}\"", kind.name, clip(&word.text));
                self.fault(Fault::new(word.at, &trail, what).hint(hint));
            }
        }
        entry.said.extend(said);
    }
}
