//! Characters that JSON writes as two escapes, `\ud83d\ude00`, each with half of the number. YAML has one for the whole
//! (`\U0001F600`), and its scanner refuses halves.
//!
//! So it is shown private characters in their place, which the file uses nowhere else: `\ue83d\ue600`. They are as long, so that
//! all places stay, and what is no escape where it stands is turned back into what it was.

/// Half of a character without the other.
pub(super) const LONE: &str = "an escape is half of a character, and the other half is missing";

/// The private character in the place of a half.
fn half(c: char) -> Option<u16> {
    matches!(c, '\u{e800}'..='\u{efff}').then(|| c as u16 - 0x1000)
}

/// The text with private characters for halves; `None` where it has no halves, or such characters of its own.
pub(super) fn hide(text: &str) -> Option<String> {
    let halves: Vec<usize> = escapes(text, "\\u", b'd').collect();
    let own = |lead| escapes(text, lead, b'e').next().is_some();
    if halves.is_empty() || own("\\u") || own("\\U0000") || text.contains(|c| half(c).is_some()) {
        return None;
    }
    let mut out = text.as_bytes().to_vec();
    // `d` and `D` become `e` and `E`.
    halves.into_iter().for_each(|at| out[at] += 1);
    String::from_utf8(out).ok()
}

/// A scalar of such a text as it was meant; `None` where a half is without the other.
pub(super) fn show(text: &str) -> Option<String> {
    let mut units = Vec::with_capacity(text.len());
    for c in text.chars() {
        match half(c) {
            Some(unit) => units.push(unit),
            None => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
    }
    let whole = String::from_utf16(&units).ok()?;
    let still: Vec<usize> = escapes(&whole, "\\u", b'e').collect();
    let mut out = whole.into_bytes();
    still.into_iter().for_each(|at| out[at] -= 1);
    String::from_utf8(out).ok()
}

/// Where four digits behind `lead` begin, the first being that one and the next 8 at least.
fn escapes<'t>(text: &'t str, lead: &'static str, first: u8) -> impl Iterator<Item = usize> + 't {
    let fits = move |at: &usize| match text.as_bytes().get(*at..*at + 4) {
        Some([a, more @ ..]) => {
            a.to_ascii_lowercase() == first && more[0] >= b'8' && more.iter().all(u8::is_ascii_hexdigit)
        }
        _ => false,
    };
    text.match_indices(lead).map(move |(at, _)| at + lead.len()).filter(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_hidden_in_their_place_and_come_back() {
        let hidden = hide(r#"{a: "\ud83d\uDE00 \\ud83D", b: '\ud83d'}"#);
        assert_eq!(hidden.as_deref(), Some(r#"{a: "\ue83d\uEE00 \\ue83D", b: '\ue83d'}"#));
        assert_eq!(show("\u{e83d}\u{ee00} \\ue83D").as_deref(), Some("\u{1f600} \\ud83D"));
        assert_eq!(show("plain \u{1f600}").as_deref(), Some("plain \u{1f600}"));
        for lone in ["\u{e83d}", "\u{ee00}", "\u{ee00}\u{e83d}", "\u{e83d} \u{ee00}", "\u{e83d}\u{1f600}"] {
            assert_eq!(show(lone), None, "{lone:?}");
        }
    }

    #[test]
    fn a_text_without_halves_or_with_private_characters_is_left_alone() {
        for text in
            ["a: b", r#""\u00e9""#, r#""\ud7ff""#, r#""\ud83"#, "\"\\ud83d\u{e801}\"", r#""\ud83d\ue801""#]
        {
            assert_eq!(hide(text), None, "{text}");
        }
        assert_eq!(hide(r#""\ud83d\U0000E801""#), None);
    }
}
