//! Names of users and of groups of users, from `/etc/passwd` and `/etc/group`.
//!
//! Knows the two files alone: directories of a network are asked by no one here, and their users keep their numbers.

use linkctl_link::Accounts;

/// Every name that the files have; the first of a number counts.
pub fn read() -> Accounts {
    let mut out = Accounts::new();
    for (group, path) in [(false, "/etc/passwd"), (true, "/etc/group")] {
        for line in std::fs::read(path).unwrap_or_default().split(|b| *b == b'\n') {
            if let Some((name, id)) = entry(line) {
                out.entry((group, id)).or_insert(name);
            }
        }
    }
    out
}

/// `NAME:PASSWORD:NUMBER:…`
fn entry(line: &[u8]) -> Option<(String, u32)> {
    let mut fields = std::str::from_utf8(line).ok()?.split(':');
    let name = fields.next().filter(|n| !n.is_empty())?;
    Some((name.to_owned(), fields.nth(1)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_number_and_what_is_no_such_line_names_none() {
        assert_eq!(entry(b"root:x:0:0:root:/root:/bin/bash"), Some(("root".into(), 0)));
        for other in [&b"root:x"[..], b"", b":x:0:", b"+::::", b"root:x:zero:", b"\xff:x:0:"] {
            assert_eq!(entry(other), None);
        }
    }
}
