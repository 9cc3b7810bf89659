//! Counters as people read them.

use std::fmt;

/// How counters are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Human {
    /// All digits.
    #[default]
    Exact,
    /// Three digits and a suffix of the powers of 1000 (`-h`).
    Decimal,
    /// Three digits and a suffix of the powers of 1024 (`-h -iec`).
    Binary,
}

/// A counter to be written so.
#[derive(Clone, Copy, Debug)]
pub struct Number(pub u64, pub Human);

const SUFFIXES: [char; 6] = ['k', 'M', 'G', 'T', 'P', 'E'];

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (base, mark) = match self.1 {
            Human::Exact => return self.0.fmt(f),
            Human::Decimal => (1000, ""),
            Human::Binary => (1024, "i"),
        };
        let mut power = 1;
        let mut suffix = None;
        for next in SUFFIXES {
            match u64::checked_mul(power, base) {
                Some(more) if self.0 >= more => (power, suffix) = (more, Some(next)),
                _ => break,
            }
        }
        let Some(suffix) = suffix else { return self.0.fmt(f) };
        let places = match self.0 / power {
            0..10 => 2,
            10..100 => 1,
            _ => 0,
        };
        #[allow(clippy::cast_precision_loss)] // three digits are shown
        let value = self.0 as f64 / power as f64;
        f.pad(&format!("{value:.places$}{suffix}{mark}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_what_iproute2_shows() {
        for (n, decimal, binary) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1000, "1.00k", "1000"),
            (1005, "1.00k", "1005"),
            (1050, "1.05k", "1.03ki"),
            (9999, "10.00k", "9.76ki"),
            (99_950, "100.0k", "97.6ki"),
            (100_500, "100k", "98.1ki"),
            (999_999, "1000k", "977ki"),
            (1_048_575, "1.05M", "1024ki"),
            (1 << 30, "1.07G", "1.00Gi"),
            (u64::MAX, "18.4E", "16.0Ei"),
        ] {
            assert_eq!(Number(n, Human::Decimal).to_string(), decimal);
            assert_eq!(Number(n, Human::Binary).to_string(), binary);
            assert_eq!(Number(n, Human::Exact).to_string(), n.to_string());
        }
        assert_eq!(
            format!("{:>8}|{:>8}", Number(5000, Human::Decimal), Number(7, Human::Decimal)),
            "   5.00k|       7"
        );
    }
}
