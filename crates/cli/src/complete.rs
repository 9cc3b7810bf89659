//! Words that a shell may offer: read from the kernel and the book when asked.
//!
//! A name that a shell could take for more than a word is not offered: who makes links may name one `$(reboot)`.

use clap_complete::CompletionCandidate;

use linkctl::kernel::{Live, Place, netns};
use linkctl::kinds::KINDS;
use linkctl::link::Netns;

/// Whether a word is one in every shell.
fn harmless(word: &[u8]) -> bool {
    word.first().is_some_and(u8::is_ascii_alphanumeric)
        && word.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'@' | b'-' | b'+'))
}

/// The links of the namespace that the shell runs in.
pub(crate) fn links() -> Vec<CompletionCandidate> {
    let Ok(mut live) = Live::open(Place::Here) else { return Vec::new() };
    let Ok((snapshot, _)) = live.read(&[Netns::HERE], false) else { return Vec::new() };
    let names = snapshot.keys().filter(|k| harmless(k.name.as_bytes()));
    names.map(|k| CompletionCandidate::new(k.name.to_string())).collect()
}

/// The named namespaces.
pub(crate) fn namespaces() -> Vec<CompletionCandidate> {
    let names = netns::list().unwrap_or_default();
    names.into_iter().filter(|n| harmless(n.as_bytes())).map(CompletionCandidate::new).collect()
}

/// The kinds of the book.
pub(crate) fn kinds() -> Vec<CompletionCandidate> {
    KINDS.iter().map(|k| CompletionCandidate::new(k.name).help(Some(k.doc.into()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_a_shell_would_run_is_not_offered() {
        for name in ["$(id)", "a;b", "`x`", "-rf", "a b", "x\u{1b}[1m", "a|b", "a'b", ""] {
            assert!(!harmless(name.as_bytes()), "{name:?}");
        }
        for name in ["eth0", "br-lan", "eth0.7", "va_1"] {
            assert!(harmless(name.as_bytes()), "{name:?}");
        }
    }
}
