//! Patterns of names.

use std::fmt;

/// A pattern of links' names: `*` stands for any bytes, `?` for one; `!` in front takes back what earlier ones took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    pattern: Vec<u8>,
    back: bool,
}

impl Glob {
    /// A pattern; `None` where it is empty.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let (pattern, back) = bytes.strip_prefix(b"!").map_or((bytes, false), |rest| (rest, true));
        (!pattern.is_empty()).then(|| Self { pattern: pattern.to_vec(), back })
    }

    /// As it is written, bytes as they are.
    pub fn to_bytes(&self) -> Vec<u8> {
        [if self.back { b"!".as_slice() } else { b"" }, &self.pattern].concat()
    }

    /// Whether it takes back.
    pub fn takes_back(&self) -> bool {
        self.back
    }

    /// Whether a name is such a name. Costs at most the product of both lengths.
    pub fn fits(&self, name: &[u8]) -> bool {
        let (mut p, mut n) = (0, 0);
        // Where to go on when a star has to stand for one byte more.
        let mut star: Option<(usize, usize)> = None;
        while n < name.len() {
            match self.pattern.get(p) {
                Some(b'*') => {
                    star = Some((p, n));
                    p += 1;
                }
                Some(c) if *c == b'?' || *c == name[n] => (p, n) = (p + 1, n + 1),
                _ => match star {
                    Some((at, from)) => {
                        star = Some((at, from + 1));
                        (p, n) = (at + 1, from + 1);
                    }
                    None => return false,
                },
            }
        }
        self.pattern[p..].iter().all(|c| *c == b'*')
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        linkctl_schema::Safe(&self.to_bytes()).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, name: &str) -> bool {
        Glob::new(pattern.as_bytes()).expect("a pattern").fits(name.as_bytes())
    }

    #[test]
    fn stars_stand_for_any_bytes_and_question_marks_for_one() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "eth0"),
            ("veth*", "veth"),
            ("veth*", "veth1a"),
            ("*-?-*", "br-a-b"),
            ("a*b*c", "aXbYbZc"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("veth*", "vet"), ("eth?", "eth"), ("eth?", "eth10"), ("a*b", "abc"), ("lo", "lo0"), ("?", "")]
        {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_mark_in_front_takes_back_and_an_empty_pattern_is_none() {
        let glob = Glob::new(b"!docker0").expect("a pattern");
        assert!(glob.takes_back() && glob.fits(b"docker0") && glob.to_bytes() == b"!docker0");
        assert!(Glob::new(b"").is_none() && Glob::new(b"!").is_none());
    }
}
