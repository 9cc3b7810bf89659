//! Texts with gaps: `{n}`, and what they are filled with.
//!
//! A gap is `{NAME}`, `{NAME+100}` or `{NAME-1}`; behind a colon, for numbers, how many digits at least and in which
//! base: `{n:03}`, `{n:02x}`, `{n+16:x}`. `{{` and `}}` are braces.

use std::fmt::Write;

use super::error::clip;

/// What a gap is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'v> {
    Number(u64),
    Word(&'v str),
}

/// Why a gap cannot be filled.
#[derive(Debug)]
pub(super) struct Unfit {
    pub(super) what: String,
    /// A variable that nobody named.
    pub(super) unknown: Option<String>,
}

impl Unfit {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), unknown: None }
    }
}

/// Whether a word can be a variable.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A part of a text.
enum Piece<'t> {
    Text(&'t str),
    Gap(&'t str),
}

/// Takes a text apart.
fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Unfit> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        out.push(Piece::Text(&rest[..at]));
        let (brace, behind) = rest[at..].split_at(1);
        if behind.starts_with(brace) {
            out.push(Piece::Text(brace));
            rest = &behind[1..];
        } else if brace == "}" {
            return Err(Unfit::new(format!("\"{}\": a }} that closes nothing; }}}} is one", clip(text))));
        } else {
            let Some((gap, more)) = behind.split_once('}') else {
                return Err(Unfit::new(format!("\"{}\": a {{ that is not closed; {{{{ is one", clip(text))));
            };
            out.push(Piece::Gap(gap));
            rest = more;
        }
    }
    out.push(Piece::Text(rest));
    Ok(out)
}

/// Whether a text has a gap for a variable.
pub(super) fn names(text: &str, var: &str) -> bool {
    let named = |gap: &str| gap.split(['+', '-', ':']).next() == Some(var);
    pieces(text).is_ok_and(|all| all.iter().any(|p| matches!(p, Piece::Gap(gap) if named(gap))))
}

/// The text with its gaps filled.
pub(super) fn fill(text: &str, values: &[(&str, Value<'_>)]) -> Result<String, Unfit> {
    let mut out = String::with_capacity(text.len() + 8);
    if !text.contains(['{', '}']) {
        out.push_str(text);
        return Ok(out);
    }
    for piece in pieces(text)? {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Gap(gap) => one(gap, values, &mut out)?,
        }
    }
    Ok(out)
}

fn one(gap: &str, values: &[(&str, Value<'_>)], out: &mut String) -> Result<(), Unfit> {
    let (sum, digits) = gap.split_once(':').map_or((gap, None), |(sum, digits)| (sum, Some(digits)));
    let (name, offset) = sum.find(['+', '-']).map_or((sum, ""), |at| sum.split_at(at));
    let Some((_, value)) = values.iter().find(|(n, _)| *n == name) else {
        let what = format!("for names no variable \"{}\"", clip(name));
        return Err(Unfit { unknown: Some(name.into()), ..Unfit::new(what) });
    };
    let number = match value {
        Value::Word(word) if offset.is_empty() && digits.is_none() => {
            out.push_str(word);
            return Ok(());
        }
        Value::Word(word) => {
            let what = format!("{{{}}} wants a number, and {name} is \"{}\"", clip(gap), clip(word));
            return Err(Unfit::new(what));
        }
        Value::Number(n) => shifted(*n, offset),
    };
    let fault = |what: &str| Err(Unfit::new(format!("{{{}}}: {what}", clip(gap))));
    let Some(number) = number else {
        return match offset[1..].parse::<u32>() {
            Ok(_) => fault("this is less than nothing"),
            Err(_) => fault("a number is expected behind + or -"),
        };
    };
    let (width, hex) = match digits.map(|d| d.strip_suffix('x').map_or((d, false), |d| (d, true))) {
        None => ("0", false),
        Some(("", true)) => ("0", true),
        Some(form) => form,
    };
    let Some(width) = width.parse::<usize>().ok().filter(|w| *w <= 15) else {
        return fault(
            "behind the colon stands how many digits, and x for hexadecimal ones, such as 03 or 02x",
        );
    };
    let _ = if hex { write!(out, "{number:0width$x}") } else { write!(out, "{number:0width$}") };
    Ok(())
}

/// A number with `+100` or `-1` added.
fn shifted(number: u64, offset: &str) -> Option<u64> {
    if offset.is_empty() {
        return Some(number);
    }
    let (sign, by) = offset.split_at(1);
    if !by.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let by = u64::from(by.parse::<u32>().ok()?);
    if sign == "+" { number.checked_add(by) } else { number.checked_sub(by) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: &[(&str, Value<'_>)] = &[("n", Value::Number(7)), ("port", Value::Word("eth1"))];

    #[test]
    fn gaps_are_filled_with_words_and_numbers() {
        for (text, filled) in [
            ("v{n}", "v7"),
            ("{port}.{n:04}", "eth1.0007"),
            ("{n+100}", "107"),
            ("{n-7:02}", "00"),
            ("02:00:00:00:00:{n+248:02x}", "02:00:00:00:00:ff"),
            ("{n:x}{{n}}", "7{n}"),
            ("plain", "plain"),
        ] {
            assert_eq!(fill(text, VALUES).map_err(|e| e.what), Ok(filled.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_filled_is_told() {
        for (text, why) in [
            ("{m}", "for names no variable \"m\""),
            ("{}", "for names no variable \"\""),
            ("{n-8}", "{n-8}: this is less than nothing"),
            ("{n+x}", "{n+x}: a number is expected behind + or -"),
            ("{n+}", "{n+}: a number is expected behind + or -"),
            (
                "{n:y}",
                "{n:y}: behind the colon stands how many digits, and x for hexadecimal ones, such as 03 or 02x",
            ),
            (
                "{n:99}",
                "{n:99}: behind the colon stands how many digits, and x for hexadecimal ones, such as 03 or 02x",
            ),
            ("{port+1}", "{port+1} wants a number, and port is \"eth1\""),
            ("{n", "\"{n\": a { that is not closed; {{ is one"),
            ("n}", "\"n}\": a } that closes nothing; }} is one"),
        ] {
            assert_eq!(fill(text, VALUES).map_err(|e| e.what), Err(why.to_owned()), "{text}");
        }
    }
}
