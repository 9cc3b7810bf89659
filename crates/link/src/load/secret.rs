//! Keys that are nobody's business.
//!
//! No setting of the tables is a secret yet: those of wireguard and macsec do not go through links' messages. Whoever
//! writes one into a file that everyone can read is told that first, before being told that it is no setting.

use linkctl_schema::field::spelt;

use super::error::{Fault, Trail};
use super::node::{Node, What};

/// Words behind which a secret stands, of ours and of other tools.
const WORDS: &[&str] = &[
    "private_key",
    "PrivateKey",
    "privatekey",
    "preshared_key",
    "PresharedKey",
    "pre_shared_key",
    "psk",
    "mka_cak",
    "cak",
    "password",
];

/// Whether a word has a secret behind it.
pub(super) fn is(word: &str) -> bool {
    WORDS.iter().any(|w| w.len() == word.len() && spelt(w, word))
}

/// Refuses a tree that holds a secret. Names of links and groups are only names.
pub(super) fn none(tree: &Node<'_>) -> Result<(), Fault> {
    let What::Map(top) = &tree.what else { return Ok(()) };
    top.iter().try_for_each(|(_, node)| match &node.what {
        What::Map(named) => named.iter().try_for_each(|(_, node)| within(node)),
        _ => within(node),
    })
}

fn within(node: &Node<'_>) -> Result<(), Fault> {
    match &node.what {
        What::Null | What::Scalar(_) => Ok(()),
        What::List(items) => items.iter().try_for_each(within),
        What::Map(entries) => entries.iter().try_for_each(|(word, node)| {
            if !is(&word.text) || matches!(node.what, What::Null) {
                return within(node);
            }
            let what = "a secret stands here, and everyone on this machine can read the file";
            let hint = "chmod o-r FILE, and take the secret for known: make a new one".to_owned();
            Err(Fault::new(word.at, &Trail::ROOT, what).hint(hint))
        }),
    }
}
