//! What a link's master says of it.

use linkctl_kinds::KINDS;
use linkctl_schema::scalar::list;
use linkctl_schema::{Kind, Name, Record};

use super::Reader;
use super::entry::Entry;
use crate::load::error::{Fault, Trail, clip};
use crate::load::node::{Node, What, Word};
use crate::load::stranger::{self, Place};
use crate::load::words;

type Map<'t> = [(Word<'t>, Node<'t>)];

impl Reader<'_> {
    /// Reads `port: {..}` or `port: {KIND: {..}}`, where KIND is the master's.
    pub(super) fn port(&mut self, word: &Word<'_>, node: &Node<'_>, entry: &mut Entry, trail: &Trail<'_>) {
        let Some(map) = self.port_map(node, trail) else { return };
        let said = said_kind(map);
        if let Some(fault) = self.unfounded(word, entry, said.is_some(), trail) {
            return self.fault(fault);
        }
        let of_master =
            self.master(entry).filter(|m| !m.is_none()).and_then(|m| self.kind_said(&entry.key.beside(m)));
        let found = match (said, of_master) {
            (Some((kind, _)), Some(own)) if self.strict && !std::ptr::eq(kind, own) => {
                let what = format!("its master is of kind {}, not {}", own.name, kind.name);
                return self.fault(Fault::new(word.at, trail, what).also(Some(entry.place("master"))));
            }
            (Some((kind, node)), _) => self.port_map(node, &trail.then(kind.name)).map(|map| (kind, map)),
            (None, Some(own)) => Some((own, map)),
            (None, None) => self.guess(word, map, trail).map(|kind| (kind, map)),
        };
        let Some((kind, map)) = found else { return };
        let Some(ports) = kind.ports else {
            let what = format!("its master is of kind {}, which says nothing of its ports", kind.name);
            return self.fault(Fault::new(word.at, trail, what).also(Some(entry.place("master"))));
        };
        let (mut record, mut places) = (Record::new(ports.fields), Vec::new());
        for (word, node) in map {
            if !self.setting(ports.fields, &mut record, (word, node), trail, &mut places) {
                let what = format!("a port of a {} has no \"{}\"", kind.name, clip(&word.text));
                self.fault(
                    Fault::new(word.at, trail, what).hint(stranger::hint(&word.text, Place::Port(kind))),
                );
            }
        }
        entry.link.port = Some(record);
        entry.said.extend(places);
    }

    /// The master that is said, here or in another file.
    fn master(&self, entry: &Entry) -> Option<Name> {
        entry.link.master().or_else(|| self.master_said(&entry.key))
    }

    /// Why a link can be told nothing as a port: it has no master, or none is said, nor of which kind it is.
    fn unfounded(&self, word: &Word<'_>, entry: &Entry, kind_said: bool, trail: &Trail<'_>) -> Option<Fault> {
        match self.master(entry) {
            _ if !self.strict => None,
            Some(master) if master.is_none() => {
                let fault = Fault::new(word.at, trail, "a link without master is no port");
                Some(fault.also(Some(entry.place("master"))))
            }
            None if !kind_said => {
                let fault = Fault::new(word.at, trail, "what is said of a port wants its master");
                Some(fault.hint("add master: NAME, or write port: {bridge: {..}}".to_owned()))
            }
            _ => None,
        }
    }

    fn port_map<'n>(&mut self, node: &'n Node<'n>, trail: &Trail<'_>) -> Option<&'n Map<'n>> {
        match &node.what {
            What::Map(map) => Some(map),
            What::Null => Some(&[]),
            what => {
                let what = format!("a map of settings is expected, not {}", what.called());
                self.fault(Fault::new(node.at, trail, what));
                None
            }
        }
    }

    /// The kind of master whose ports know all that is said; else the one that knows most of it.
    fn guess(&mut self, word: &Word<'_>, map: &Map<'_>, trail: &Trail<'_>) -> Option<&'static Kind> {
        let fields = |kind: &Kind| kind.ports.map_or(&[][..], |p| p.fields.list());
        let knows = |kind: &Kind| {
            map.iter().filter(|(w, _)| fields(kind).iter().any(|f| f.answers_to(&w.text))).count()
        };
        let masters =
            || KINDS.iter().copied().filter(|k| fields(k).iter().any(linkctl_schema::FieldDef::is_state));
        let all: Vec<_> = masters().filter(|k| knows(k) == map.len()).collect();
        match all.as_slice() {
            [one] => Some(one),
            [] => masters().rev().max_by_key(|k| knows(k)),
            _ if map.is_empty() => None,
            [first, ..] => {
                let names: Vec<_> = all.iter().map(|k| k.name).collect();
                let what = format!(
                    "it can be a port of a {}, and the file does not say the master's kind",
                    list(&names)
                );
                let hint = format!("write port: {{{}: {{..}}}}, or give the master its kind", first.name);
                self.fault(Fault::new(word.at, trail, what).hint(hint));
                None
            }
        }
    }
}

/// The kind of master that `port: {KIND: {..}}` names.
fn said_kind<'n>(map: &'n Map<'n>) -> Option<(&'static Kind, &'n Node<'n>)> {
    let [(word, node)] = map else { return None };
    let kind = words::spelt_kind(&word.text).filter(|k| k.ports.is_some())?;
    matches!(node.what, What::Map(_) | What::Null).then_some((kind, node))
}
