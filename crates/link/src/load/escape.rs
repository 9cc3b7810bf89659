//! Bytes that are no text, in a file that is text.
//!
//! Wherever a goal has a name or a free text, `\x1b` – a backslash, an x and two small hexadecimal digits – stands
//! for that byte. It is how such bytes are shown everywhere, so what `show` prints can be put in a file.

use std::borrow::Cow;
use std::fmt::Write;

use linkctl_schema::name::BadName;
use linkctl_schema::{Name, Safe};

/// Bytes as text without control characters, which [`unescape`] turns into the same bytes.
pub fn escape(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && text.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'\\')
    {
        return text.into();
    }
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let end = at + c.len_utf8();
            // What a terminal would obey is escaped byte by byte; so is a backslash that would look like an escape.
            let harmless = Safe(&bytes[at..end]).to_string().as_bytes() == &bytes[at..end];
            if !harmless || escaped(&bytes[at..]).is_some() {
                hex(&mut out, &bytes[at..end]);
            } else {
                out.push(c);
            }
            at = end;
        }
        hex(&mut out, chunk.invalid());
        at += chunk.invalid().len();
    }
    out
}

fn hex(out: &mut String, bytes: &[u8]) {
    for b in bytes {
        let _ = write!(out, "\\x{b:02x}");
    }
}

/// The bytes that a text stands for.
pub fn unescape(text: &str) -> Cow<'_, [u8]> {
    let bytes = text.as_bytes();
    if !bytes.contains(&b'\\') || !text.contains("\\x") {
        return Cow::Borrowed(bytes);
    }
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(b) = bytes.get(at) {
        let (b, step) = escaped(&bytes[at..]).map_or((*b, 1), |b| (b, 4));
        out.push(b);
        at += step;
    }
    Cow::Owned(out)
}

/// The byte whose escape stands first.
fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'\\', b'x', high, low, ..] = bytes else { return None };
    let digit = |b: u8| char::from(b).to_digit(16).filter(|_| !b.is_ascii_uppercase());
    Some((digit(*high)? * 16 + digit(*low)?) as u8)
}

/// The name that a text stands for. Control bytes and bytes that are not UTF-8 have to be escaped; what no kernel
/// would take is refused, escaped or not.
pub(crate) fn name(text: &str) -> Result<Name, BadName> {
    let bytes = match unescape(text) {
        Cow::Borrowed(_) => return Name::new(text),
        Cow::Owned(bytes) => bytes,
    };
    let white = |b: &u8| *b == 0 || *b == 11 || b.is_ascii_whitespace();
    let shadow = |b: &u8| if white(b) || b.is_ascii_graphic() { char::from(*b) } else { 'x' };
    Name::new(&bytes.iter().map(shadow).collect::<String>())?;
    Name::from_kernel(&bytes).ok_or(BadName::Long(bytes.len()))
}

/// The text, where it has to be one, that a text stands for.
pub(crate) fn plain(text: &str) -> Option<String> {
    String::from_utf8(unescape(text).into_owned()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back_and_the_text_between_has_no_controls() {
        let mut dice = linkctl_schema::arbitrary::Dice::new(7);
        let pool: &[&[u8]] = &[
            b"\\",
            b"x",
            b"\\x41",
            b"4",
            b"a",
            b"F",
            b"\n",
            b"\x1b",
            b"\xff",
            b"\xc2",
            b"\x9b",
            b"'",
            "é\u{202e}".as_bytes(),
        ];
        for _ in 0..20_000 {
            let bytes: Vec<u8> = (0..dice.below(12))
                .flat_map(|_| dice.pick(pool).copied().unwrap_or_default())
                .copied()
                .collect();
            let text = escape(&bytes);
            assert_eq!(&*unescape(&text), &bytes[..], "{text}");
            assert_eq!(Safe(text.as_bytes()).to_string(), text);
        }
    }

    #[test]
    fn what_no_kernel_takes_cannot_be_smuggled_in() {
        for text in ["a\\x2fb", "\\x2e\\x2e", "\\x00", "a\\x20", "a\\x0a", "\\x3a"] {
            assert!(name(text).is_err(), "{text}");
        }
        assert_eq!(name("\\xff\\x1b[31m").map(|n| n.as_bytes().to_vec()), Ok(b"\xff\x1b[31m".to_vec()));
        assert_eq!(name("C:\\XFF"), Err(BadName::Byte(b':')));
    }
}
