//! The namespaces that files want, and those that they want gone.

use std::collections::BTreeMap;

use super::entry::{Entry, Fate, netns};
use super::top::Top;
use super::{Reader, scalar};
use crate::goal::PRESENCE;
use crate::key::Key;
use crate::load::error::{Fault, Faults, Trail, clip};
use crate::load::node::{At, Node, What, Word};
use crate::netns::Netns;

impl Reader<'_> {
    /// Reads a map of namespaces by name, or a list of those that are to be.
    pub(super) fn namespaces(&mut self, node: &Node<'_>, trail: &Trail<'_>, top: &mut Top<'_>) {
        match &node.what {
            What::Map(map) => {
                for (word, node) in map {
                    let trail = trail.then(&word.text);
                    let named = Node { at: word.at, what: What::Scalar(word.text.clone()) };
                    let (name, state) = (netns(&named, &trail), state(word, node, &trail));
                    self.namespace(name, state, word.at, &trail, top);
                }
            }
            What::List(items) => {
                for item in items {
                    let name = match item.what {
                        What::Null => Err(Fault::new(item.at, trail, "a namespace's name is expected")),
                        _ => netns(item, trail),
                    };
                    self.namespace(name, Ok(true), item.at, trail, top);
                }
            }
            What::Null => {}
            what @ What::Scalar(_) => {
                let what = format!("a map of namespaces by name is expected, not {}", what.called());
                self.fault(Fault::new(node.at, trail, what));
            }
        }
    }

    fn namespace(
        &mut self,
        name: Result<Netns, Fault>,
        state: Result<bool, Fault>,
        at: At,
        trail: &Trail<'_>,
        top: &mut Top<'_>,
    ) {
        match (name, state) {
            (Ok(name), Ok(stays)) => {
                let mut said = top.spaces.remove(&name);
                self.agree(&mut said, stays, at, trail);
                top.spaces.extend(said.map(|said| (name, said)));
            }
            (name, state) => {
                name.err().into_iter().chain(state.err()).for_each(|fault| self.fault(fault));
            }
        }
    }
}

/// Tells of links that are to be in a namespace that is to go.
pub(super) fn homeless(entries: &[Entry], spaces: &BTreeMap<Netns, (bool, At)>, faults: &mut Faults) {
    let goes = |key: &Key| spaces.get(&key.netns).filter(|(stays, _)| !stays).map(|(_, at)| *at);
    for entry in entries.iter().filter(|e| e.fate == Fate::Present && !spaces.is_empty()) {
        let near = entry.link.lower.iter().chain(&entry.link.peer);
        let Some((key, at)) = [&entry.key].into_iter().chain(near).find_map(|k| Some((k, goes(k)?))) else {
            continue;
        };
        let mut fault = Fault::file(entry.at, format!("{key} is in a namespace that is to be absent"));
        fault.path = entry.path();
        faults.push(fault.also(Some(at)));
    }
}

/// Whether a namespace is to be there: `present`, `absent`, a map with `state`, or nothing.
fn state(word: &Word<'_>, node: &Node<'_>, trail: &Trail<'_>) -> Result<bool, Fault> {
    let said = match &node.what {
        What::Null => return Ok(true),
        What::Map(map) => match map.as_slice() {
            [] => return Ok(true),
            [(word, node)] if word.text == "state" => scalar(node),
            [(word, _), ..] => {
                let what = format!("\"{}\" is not known here: state is", clip(&word.text));
                return Err(Fault::new(word.at, trail, what));
            }
        },
        _ => scalar(node),
    };
    let at = if said.is_some() { node.at } else { word.at };
    let place = PRESENCE.iter().position(|w| said == Some(w));
    place.map(|p| p == 0).ok_or_else(|| Fault::new(at, trail, "present or absent is expected"))
}
