//! Commands of this program that a person can paste into a shell.
//!
//! Names are the kernel's or a file's and may hold anything; quoted, they cannot run anything.

use std::fmt::{Display, Write};

use linkctl_link::Key;

/// `linkctl set NAME WORDS`, in the link's namespace.
pub(super) fn set(key: &Key, words: impl Display) -> String {
    format!("{} {words}", about("set", key))
}

/// `linkctl show -d NAME`.
pub(super) fn show(key: &Key) -> String {
    about("show -d", key)
}

/// `linkctl del NAME`.
pub(super) fn del(key: &Key) -> String {
    about("del", key)
}

/// `linkctl add NAME WORDS`.
pub(super) fn add(key: &Key, words: impl Display) -> String {
    format!("{} {words}", about("add", key))
}

/// A change that needs the link down meanwhile.
pub(super) fn set_down(key: &Key, words: impl Display) -> String {
    format!("{} && {} && {}", set(key, "down"), set(key, words), set(key, "up"))
}

fn about(verb: &str, key: &Key) -> String {
    let netns = key.netns.name().map_or(String::new(), |n| format!("--netns {} ", shell(n.as_bytes())));
    // A name that begins with a dash would be taken for an option.
    let dashes = if key.name.as_bytes().starts_with(b"-") { "-- " } else { "" };
    format!("linkctl {netns}{verb} {dashes}{}", shell(key.name.as_bytes()))
}

/// A word for a shell: as it is where that is harmless, else quoted, and with nothing in it that a terminal obeys.
pub(super) fn shell(word: &[u8]) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._-:/@%+=,".contains(b);
    if !word.is_empty() && word.iter().all(plain) {
        return word.iter().copied().map(char::from).collect();
    }
    if word.iter().all(|b| (0x20..0x7f).contains(b)) {
        let text: String = word.iter().copied().map(char::from).collect();
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut out = String::from("$'");
    for b in word {
        let _ = match b {
            b'\'' | b'\\' => write!(out, "\\{}", char::from(*b)),
            0x20..0x7f => write!(out, "{}", char::from(*b)),
            b => write!(out, "\\{b:03o}"),
        };
    }
    out + "'"
}

#[cfg(test)]
mod tests {
    use linkctl_link::Netns;
    use linkctl_schema::Name;

    use super::*;

    #[test]
    fn odd_names_are_quoted_so_that_a_paste_runs_nothing() {
        for (word, quoted) in [
            (&b"eth0.7"[..], "eth0.7"),
            (b"a;reboot", "'a;reboot'"),
            (b"$(reboot)", "'$(reboot)'"),
            (b"`x`", "'`x`'"),
            (b"it's", r"'it'\''s'"),
            (b"~", "'~'"),
            (b"*", "'*'"),
            (b"a'\n\x1b\\", r"$'a\'\012\033\\'"),
            ("ö".as_bytes(), r"$'\303\266'"),
            (b"", "''"),
        ] {
            assert_eq!(shell(word), quoted);
        }
    }

    #[test]
    fn namespace_and_dash_are_seen_to() {
        let key = |netns: &str, name: &[u8]| {
            Key::new(Netns::named(netns).unwrap_or_default(), Name::from_kernel(name).expect("short"))
        };
        assert_eq!(set(&key("", b"eth0"), "up"), "linkctl set eth0 up");
        assert_eq!(set(&key("a b", b"eth0"), "up"), "linkctl --netns 'a b' set eth0 up");
        assert_eq!(del(&key("", b"-rf")), "linkctl del -- -rf");
    }
}
