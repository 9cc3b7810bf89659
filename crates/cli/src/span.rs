//! Times as people type them: `90`, `60s`, `2min`, `1h`; times and numbers as they read them.

use std::time::Duration;

/// The longest that is taken: a day is a window in which anyone has come back.
const MOST: Duration = Duration::from_hours(168);

/// Reads a time; a bare number counts seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let each = match unit {
        "ms" => 0.001,
        "" | "s" | "sec" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("\"{unit}\" is no unit of time: ms, s, min and h are")),
    };
    let number: f64 = number.parse().map_err(|_| "a time is expected, such as 60s".to_owned())?;
    let time = Duration::try_from_secs_f64(number * each).map_err(|e| e.to_string())?;
    if time > MOST { Err("at most a week is taken: 168h".into()) } else { Ok(time) }
}

/// A time as a person says it: whole seconds, then minutes and seconds, then hours.
pub(crate) fn shown(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_millis() >= 500);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// A number of steps: `1 step`, `7 steps`.
pub(crate) fn steps(many: usize) -> String {
    format!("{many} step{}", if many == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_units_and_nonsense_is_refused() {
        for (text, millis) in
            [("0", 0), ("90", 90_000), ("60s", 60_000), ("2min", 120_000), ("1.5h", 5_400_000), ("50ms", 50)]
        {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "-5", "5x", "1e9h", "169h", "..", "9999999999999999999999h"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(shown(Duration::from_secs(59)), "59 s");
        assert_eq!(shown(Duration::from_mins(10)), "10 min 0 s");
    }
}
