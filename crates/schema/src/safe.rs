//! What others named, made harmless for a terminal, a log or a line-based format.

use std::fmt;

/// Bytes that came from the kernel or a file, shown so that no terminal obeys them and no line is faked.
///
/// C0 and C1 controls, DEL, bidirectional overrides, invisible separators and bytes that are not UTF-8 appear as
/// `\x1b` or `\u{202e}`; a backslash stays as it is. Width and fill of the format are honoured.
pub struct Safe<'a>(pub &'a [u8]);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.iter().all(|b| (0x20..0x7f).contains(b)) {
            return f.pad(std::str::from_utf8(self.0).unwrap_or_default());
        }
        f.pad(&escape(self.0))
    }
}

/// Whether a character may change how a terminal shows what surrounds it.
fn dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn escape(bytes: &[u8]) -> String {
    use fmt::Write;
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let _ = match c {
                c if !dangerous(c) => write!(out, "{c}"),
                c if (c as u32) < 0x100 => write!(out, "\\x{:02x}", c as u32),
                c => write!(out, "\\u{{{:x}}}", c as u32),
            };
        }
        for b in chunk.invalid() {
            let _ = write!(out, "\\x{b:02x}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_byte_survives() {
        for (raw, shown) in [
            (&b"eth0"[..], "eth0"),
            (b"a\x1b[31m", "a\\x1b[31m"),
            (b"l1\r\nl2", "l1\\x0d\\x0al2"),
            (b"\xff\xfe", "\\xff\\xfe"),
            ("\u{9b}31m".as_bytes(), "\\x9b31m"),
            ("a\u{202e}b".as_bytes(), "a\\u{202e}b"),
            ("schön".as_bytes(), "schön"),
        ] {
            assert_eq!(Safe(raw).to_string(), shown);
        }
    }

    #[test]
    fn width_is_honoured() {
        assert_eq!(format!("{:<6}|", Safe(b"ab")), "ab    |");
    }
}
