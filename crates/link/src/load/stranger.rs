//! What to say of a key that is not known where it stands.

use linkctl_kinds::{KINDS, link as base};
use linkctl_schema::near::near;
use linkctl_schema::{Fields, Kind};

use super::elsewhere;

/// Words of a link that are no settings, and so in no table.
pub(super) const LINK_WORDS: &[&str] =
    &["kind", "state", "netns", "name", "link", "match", "port", "ethtool", "vf", "like", "for", "count"];

/// Where in a link a key stands.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// In the link itself.
    Link(Option<&'static Kind>),
    /// In the block of its kind.
    Block(&'static Kind),
    /// In its `port`, its master being of that kind.
    Port(&'static Kind),
}

/// What was probably meant: the same word elsewhere in the link, our word for another tool's, or the nearest word.
pub(super) fn hint(key: &str, place: Place) -> Option<String> {
    elsewhere_in_link(key, place).or_else(|| elsewhere::word(key)).or_else(|| nearest(key, place))
}

fn has(fields: &'static Fields, key: &str) -> bool {
    fields.list().iter().any(|f| f.is_state() && f.answers_to(key))
}

fn elsewhere_in_link(key: &str, place: Place) -> Option<String> {
    let port_of = || KINDS.iter().find(|k| k.ports.is_some_and(|p| has(p.fields, key)));
    let block = match place {
        Place::Link(None) => KINDS.iter().copied().find(|k| has(k.fields, key)),
        Place::Link(kind) => kind.filter(|k| has(k.fields, key)),
        Place::Block(_) | Place::Port(_) => {
            if LINK_WORDS.contains(&key) || has(&base::FIELDS, key) {
                return Some(format!("{key} is said of the link itself, outside of this block"));
            }
            None
        }
    };
    match (block, place) {
        (Some(kind), _) => Some(format!("write {}: {{{key}: ..}}", kind.name)),
        (None, Place::Port(_)) => port_of().map(|k| format!("ports of a {} have it", k.name)),
        (None, _) => {
            port_of().map(|k| format!("it is said of a port of a {}: write port: {{{key}: ..}}", k.name))
        }
    }
}

fn nearest(key: &str, place: Place) -> Option<String> {
    let names = |fields: &'static Fields| {
        fields
            .list()
            .iter()
            .filter(|f| f.is_state())
            .flat_map(|f| std::iter::once(f.name).chain(f.also.iter().copied()))
    };
    let found = match place {
        Place::Link(kind) => {
            let words = LINK_WORDS.iter().copied().chain(names(&base::FIELDS)).chain(kind.map(|k| k.name));
            near(key, words, 3)
        }
        Place::Block(kind) => near(key, names(kind.fields).chain(kind.pair.map(|_| "peer")), 3),
        Place::Port(kind) => near(key, kind.ports.into_iter().flat_map(|p| names(p.fields)), 3),
    };
    meant(&found)
}

/// "did you mean …?", of the nearest words.
pub(super) fn meant(found: &[&str]) -> Option<String> {
    (!found.is_empty()).then(|| format!("did you mean {}?", linkctl_schema::scalar::list(found)))
}
