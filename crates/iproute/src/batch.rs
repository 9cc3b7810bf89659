//! Lines of a batch file: joined, cut at `#`, split into words.

use std::io::BufRead;

use crate::stop::Stop;

/// The most words of a line.
const MOST: usize = 511;

/// The commands of a file, one after the other, each with the number of its last line.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    /// Begins at the first line.
    pub fn new(input: R) -> Self {
        Self { input, number: 0 }
    }

    /// The number of the line that was read last.
    pub fn number(&self) -> usize {
        self.number
    }

    /// The next command that is not empty; `None` at the end. What cannot be read is the end too, as in iproute2.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Result<Vec<Vec<u8>>, Stop>> {
        loop {
            let mut line = self.physical()?;
            while let Some(at) = continued(&line) {
                line.truncate(at);
                let Some(more) = self.physical() else {
                    return Some(Err(Stop { ends: true, ..Stop::says("Missing continuation line", 0) }));
                };
                line.extend(more);
            }
            match words(&line) {
                Ok(words) if words.is_empty() => {}
                other => return Some(other),
            }
        }
    }

    /// One line of the file, up to `#`; with its newline where that is not behind one.
    fn physical(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        if self.input.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        self.number += 1;
        // A NUL ends text in C.
        let end = line.iter().position(|b| matches!(b, b'#' | 0)).unwrap_or(line.len());
        line.truncate(end);
        Some(line)
    }
}

/// Where a backslash joins the line with the next.
fn continued(line: &[u8]) -> Option<usize> {
    line.windows(2).position(|pair| pair == b"\\\n")
}

/// Splits a line. Quotes count at the beginning of a word only, and nothing is escaped.
pub fn words(line: &[u8]) -> Result<Vec<Vec<u8>>, Stop> {
    let space = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n');
    let mut out: Vec<Vec<u8>> = Vec::new();
    let mut rest = line;
    loop {
        let start = rest.iter().position(|b| !space(b)).unwrap_or(rest.len());
        rest = &rest[start..];
        let Some(first) = rest.first() else { return Ok(out) };
        if out.len() >= MOST {
            return Err(Stop::exits("Too many arguments to command", 1));
        }
        let (word, after) = if matches!(first, b'\'' | b'"') {
            let body = &rest[1..];
            let end = body.iter().position(|b| b == first);
            let end = end.ok_or_else(|| Stop::exits("Unterminated quoted string", 1))?;
            (&body[..end], &body[end + 1..])
        } else {
            let end = rest.iter().position(space).unwrap_or(rest.len());
            (&rest[..end], rest.get(end + 1..).unwrap_or_default())
        };
        out.push(word.to_vec());
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(usize, Vec<String>)> {
        let mut lines = Lines::new(text.as_bytes());
        let mut out = Vec::new();
        while let Some(Ok(words)) = lines.next() {
            let words = words.iter().map(|w| String::from_utf8_lossy(w).into_owned()).collect();
            out.push((lines.number(), words));
        }
        out
    }

    #[test]
    fn lines_are_joined_cut_and_split() {
        let text = "link add 'a b' type \"x\"\n\n# nothing\nlink \\\n set # rest\nlink show";
        assert_eq!(
            all(text),
            [
                (1, vec!["link".into(), "add".into(), "a b".into(), "type".into(), "x".into()]),
                (5, vec!["link".into(), "set".into()]),
                (6, vec!["link".into(), "show".into()]),
            ]
        );
    }

    #[test]
    fn a_quote_within_a_word_is_a_letter_and_an_open_one_ends_all() {
        assert_eq!(words(b"a'b c'").map(|w| w.len()), Ok(2));
        assert_eq!(words(b"'a'b").map(|w| w.len()), Ok(2));
        assert!(words(b"link 'x").is_err_and(|s| s.ends && s.status == 1));
        assert!(words("x ".repeat(512).as_bytes()).is_err());
    }
}
