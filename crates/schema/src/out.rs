//! A writer of JSON into one buffer, in the two layouts that iproute2 has.

use std::fmt::Write;

/// JSON being written: compact, or with iproute2's indentation (`-p`).
///
/// What is written is always valid: control bytes are escaped, bytes that are not UTF-8 become U+FFFD. The caller
/// keeps opened and closed in balance.
pub struct Out {
    text: String,
    pretty: bool,
    depth: usize,
    comma: bool,
}

impl Out {
    /// Nothing written yet.
    pub fn new(pretty: bool) -> Self {
        Self { text: String::new(), pretty, depth: 0, comma: false }
    }

    /// All that was written.
    pub fn into_string(self) -> String {
        self.text
    }

    /// Hands over what was written so far, so that long output needs little memory.
    pub fn drain(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// How much there is to drain, in bytes.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether there is nothing to drain.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn separate(&mut self) {
        if self.comma {
            self.text.push(',');
        }
        self.comma = true;
    }

    fn line(&mut self) {
        if self.pretty {
            self.text.push('\n');
            for _ in 0..self.depth {
                self.text.push_str("    ");
            }
        }
    }

    fn open(&mut self, bracket: char) {
        self.separate();
        self.text.push(bracket);
        self.depth += 1;
        self.comma = false;
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        if self.comma {
            self.line();
        }
        self.text.push(bracket);
        self.comma = true;
    }

    /// `{`, as an item or a value.
    pub fn object(&mut self) {
        self.open('{');
    }

    /// `}`.
    pub fn end(&mut self) {
        self.close('}');
    }

    /// `[`, as an item or a value.
    pub fn array(&mut self) {
        self.open('[');
        if self.pretty {
            self.text.push(' ');
        }
    }

    /// `]`.
    pub fn end_array(&mut self) {
        if self.pretty && self.comma {
            self.text.push(' ');
        }
        self.comma = false;
        self.close(']');
    }

    /// The name of the member whose value comes next. Names are ours and need no escaping.
    pub fn key(&mut self, name: &str) {
        self.separate();
        self.line();
        self.comma = false;
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str(if self.pretty { "\": " } else { "\":" });
    }

    /// A value that writes itself: a number, `true`.
    pub fn plain(&mut self, value: impl std::fmt::Display) {
        self.separate();
        let _ = write!(self.text, "{value}");
    }

    /// `null`.
    pub fn null(&mut self) {
        self.plain("null");
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// A text as the kernel holds it.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.separate();
        self.text.push('"');
        // Nearly all texts are plain.
        let plain = bytes.iter().all(|b| (0x20..0x7f).contains(b) && !matches!(b, b'"' | b'\\'));
        match std::str::from_utf8(bytes) {
            Ok(text) if plain => self.text.push_str(text),
            _ => {
                for chunk in bytes.utf8_chunks() {
                    escape(&mut self.text, chunk.valid());
                    if !chunk.invalid().is_empty() {
                        self.text.push('\u{fffd}');
                    }
                }
            }
        }
        self.text.push('"');
    }
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        let _ = match c {
            '\t' => out.write_str("\\t"),
            '\n' => out.write_str("\\n"),
            '\r' => out.write_str("\\r"),
            '\u{c}' => out.write_str("\\f"),
            '\u{8}' => out.write_str("\\b"),
            '\\' => out.write_str("\\\\"),
            '"' => out.write_str("\\\""),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => write!(out, "\\u{:04x}", c as u32),
            _ => out.write_char(c),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(pretty: bool) -> String {
        let mut out = Out::new(pretty);
        out.array();
        out.object();
        out.key("a");
        out.plain(1);
        out.key("b");
        out.array();
        out.text("x");
        out.text("y\"\n");
        out.end_array();
        out.key("c");
        out.object();
        out.end();
        out.end();
        out.end_array();
        out.into_string()
    }

    #[test]
    fn both_layouts_are_iproute2s() {
        assert_eq!(sample(false), r#"[{"a":1,"b":["x","y\"\n"],"c":{}}]"#);
        let pretty =
            "[ {\n        \"a\": 1,\n        \"b\": [ \"x\",\"y\\\"\\n\" ],\n        \"c\": {}\n    } ]";
        assert_eq!(sample(true), pretty);
    }

    #[test]
    fn bytes_that_are_no_text_do_not_make_it_invalid() {
        let mut out = Out::new(false);
        out.bytes(b"a\xff\x1bb\x7f");
        assert_eq!(out.into_string(), "\"a\u{fffd}\\u001bb\\u007f\"");
    }
}
