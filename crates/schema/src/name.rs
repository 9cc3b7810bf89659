//! A link's name, as the kernel holds it.

use std::cmp::Ordering;
use std::fmt;

use crate::safe::Safe;

/// The name of a link: at most 15 bytes, any of them but NUL (`IFNAMSIZ` of `linux/if.h`, less its terminator).
///
/// Bytes, not text: the kernel accepts names that are not UTF-8 and names with escape sequences. [`fmt::Display`]
/// shows those escaped. Copying is free; there is no allocation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Name(
    /// The bytes, zeros, and last how many they are.
    [u8; 16],
);

/// By bytes; of two of which one begins with the other the shorter comes first.
impl Ord for Name {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        // Names by the ten thousand are sorted: one number tells what one byte after the other would.
        u128::from_be_bytes(self.0).cmp(&u128::from_be_bytes(other.0))
    }
}

impl PartialOrd for Name {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Why a word cannot be the name of a new link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadName {
    /// There is nothing in it.
    Empty,
    /// It has more than 15 bytes; the number is how many.
    Long(usize),
    /// It is `.` or `..`, which could not be a folder of sysfs.
    Dots,
    /// It holds a byte that the kernel refuses: `/`, `:`, white space or NUL.
    Byte(u8),
    /// It holds a control byte. The kernel would take it; we do not make such names.
    Control(u8),
}

impl Name {
    /// No name at all: stands for "no link".
    pub const NONE: Self = Self([0; 16]);

    /// The link that each network namespace has from its beginning.
    pub const LOOPBACK: Self = Self(*b"lo\0\0\0\0\0\0\0\0\0\0\0\0\0\x02");

    /// Takes bytes that the kernel sent, up to the first NUL; `None` where they are more than 15.
    pub fn from_kernel(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
        let mut name = [0; 16];
        name[..15].get_mut(..end)?.copy_from_slice(&bytes[..end]);
        name[15] = end as u8;
        Some(Self(name))
    }

    /// Takes a word as the name of an existing or new link, by the rules of the kernel (`dev_valid_name` in
    /// `net/core/dev.c`) and one of ours: no control bytes.
    pub fn new(word: &str) -> Result<Self, BadName> {
        let bytes = word.as_bytes();
        if bytes.is_empty() {
            return Err(BadName::Empty);
        }
        if word == "." || word == ".." {
            return Err(BadName::Dots);
        }
        if let Some(b) =
            bytes.iter().find(|b| matches!(b, b'/' | b':' | 0) || b.is_ascii_whitespace() || **b == 11)
        {
            return Err(BadName::Byte(*b));
        }
        if let Some(b) = bytes.iter().find(|b| b.is_ascii_control()) {
            return Err(BadName::Control(*b));
        }
        Self::from_kernel(bytes).ok_or(BadName::Long(bytes.len()))
    }

    /// What stands for a link that only its index tells, such as one that is gone: `if7`, as iproute2 writes it.
    pub fn of_index(index: u32) -> Self {
        Self::from_kernel(format!("if{index}").as_bytes()).unwrap_or_default()
    }

    /// The index, where this is all that is known of a link.
    pub fn index(&self) -> Option<u32> {
        let digits = self.as_bytes().strip_prefix(b"if")?;
        let plain = digits.iter().all(u8::is_ascii_digit);
        std::str::from_utf8(digits).ok().filter(|_| plain)?.parse().ok()
    }

    /// The bytes, without terminator.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0[..usize::from(self.0[15])]
    }

    /// Whether this stands for "no link".
    pub fn is_none(&self) -> bool {
        self.0[15] == 0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&Safe(self.as_bytes()), f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a link's name has at least one byte"),
            Self::Long(n) => write!(f, "a link's name has at most 15 bytes, this has {n}"),
            Self::Dots => f.write_str("a link cannot be called . or .."),
            Self::Byte(b) => write!(f, "a link's name cannot hold {}", byte(*b)),
            Self::Control(b) => write!(f, "a link's name should not hold the control byte {b:#04x}"),
        }
    }
}

/// A byte as a person would call it.
fn byte(b: u8) -> String {
    match b {
        b' ' => "a space".into(),
        b'\n' => "a newline".into(),
        b'\t' => "a tab".into(),
        0 => "a NUL byte".into(),
        b if b.is_ascii_graphic() => format!("'{}'", char::from(b)),
        b => format!("the byte {b:#04x}"),
    }
}

impl std::error::Error for BadName {}

impl std::str::FromStr for Name {
    type Err = BadName;
    fn from_str(word: &str) -> Result<Self, BadName> {
        Self::new(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_the_kernel_would_refuse_are_refused_with_the_reason() {
        for (word, why) in [
            ("", BadName::Empty),
            (".", BadName::Dots),
            ("..", BadName::Dots),
            ("a/b", BadName::Byte(b'/')),
            ("a:b", BadName::Byte(b':')),
            ("a b", BadName::Byte(b' ')),
            ("a\nb", BadName::Byte(b'\n')),
            ("a\u{b}b", BadName::Byte(11)),
            ("a\u{1b}[31m", BadName::Control(0x1b)),
            ("sixteen-bytes-xx", BadName::Long(16)),
        ] {
            assert_eq!(Name::new(word), Err(why), "{word:?}");
        }
        assert_eq!(Name::new("fifteen-bytes-x").map(|n| n.to_string()), Ok("fifteen-bytes-x".into()));
    }

    #[test]
    fn what_the_kernel_sent_is_kept_and_shown_escaped() {
        let name = Name::from_kernel(b"x\x1b]0;PWN\x07\0\0").expect("ten bytes fit");
        assert_eq!(name.as_bytes(), b"x\x1b]0;PWN\x07");
        assert_eq!(name.to_string(), "x\\x1b]0;PWN\\x07");
        assert_eq!(Name::from_kernel(&[b'a'; 16]), None);
    }
}
