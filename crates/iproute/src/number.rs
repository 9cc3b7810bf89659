//! Numbers as C reads them: `strtoul` and `strtol` with base 0, of which all must be used up.

/// Digits in some base, as magnitude and sign; `None` where there are none or something is left. Too large: `Err`.
fn parse(word: &[u8], base: u32) -> Option<Result<(bool, u64), ()>> {
    let word = std::str::from_utf8(word).ok()?;
    let (negative, digits, base) = split(word, base);
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    Some(u64::from_str_radix(digits, base).map(|n| (negative, n)).map_err(drop))
}

/// Sign, digits and base.
fn split(word: &str, base: u32) -> (bool, &str, u32) {
    let word = word.trim_start_matches([' ', '\t', '\n', '\x0b', '\x0c', '\r']);
    let (negative, word) = match word.as_bytes().first() {
        Some(b'-') => (true, &word[1..]),
        Some(b'+') => (false, &word[1..]),
        _ => (false, word),
    };
    let hex = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    match (base, hex) {
        (0 | 16, Some(digits)) if !digits.is_empty() => (negative, digits, 16),
        (0, _) if word.len() > 1 && word.starts_with('0') => (negative, &word[1..], 8),
        (0, _) => (negative, word, 10),
        (base, _) => (negative, word, base),
    }
}

/// `strtoul`: a negative number wraps around.
fn unsigned(word: &[u8], base: u32) -> Option<u64> {
    let (negative, n) = parse(word, base)?.ok()?;
    Some(if negative { n.wrapping_neg() } else { n })
}

/// A number of at most `max` (`get_u8`, `get_u16`, `get_u32`, `get_u64`, `get_unsigned`).
pub fn up_to(word: &[u8], max: u64, base: u32) -> Option<u64> {
    unsigned(word, base).filter(|n| *n <= max)
}

/// A signed number of 32 bits (`get_integer`, `get_s32`).
pub fn int(word: &[u8]) -> Option<i32> {
    let (negative, n) = parse(word, 0)?.ok()?;
    let n = i128::from(n) * if negative { -1 } else { 1 };
    i32::try_from(n).ok()
}

/// `atoi`: what digits there are at the beginning; 0 where there are none.
pub fn atoi(word: &[u8]) -> i32 {
    let word = String::from_utf8_lossy(word);
    let (negative, digits, _) = split(&word, 10);
    let digits: String = digits.chars().take_while(char::is_ascii_digit).take(18).collect();
    let n: i64 = digits.parse().unwrap_or(0);
    (if negative { -n } else { n }) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        for (word, want) in [
            ("10", Some(10)),
            ("0x10", Some(16)),
            ("010", Some(8)),
            ("0", Some(0)),
            (" 7", Some(7)),
            ("+7", Some(7)),
            ("08", None),
            ("0x", None),
            ("", None),
            ("7 ", None),
            ("-1", None),
            ("256", None),
            ("99999999999999999999", None),
            ("-18446744073709551615", Some(1)),
        ] {
            assert_eq!(up_to(word.as_bytes(), 255, 0), want, "{word:?}");
        }
        assert_eq!((int(b"-5"), int(b"2147483648"), int(b"-2147483648")), (Some(-5), None, Some(i32::MIN)));
        assert_eq!((atoi(b"12x"), atoi(b"x"), atoi(b"-3")), (12, 0, -3));
    }
}
