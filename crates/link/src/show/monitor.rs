//! What stands before an event, and an event as JSON.

use std::fmt::{self, Write};

use linkctl_schema::out::Out;

use super::{Form, Near, Options, json as whole};
use crate::snapshot::Seen;

/// What is said before each event, in the order in which iproute2 says it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prefix {
    /// When it came (`-t`, `-ts`).
    pub time: Option<(Time, Clock)>,
    /// The namespace that it came from, where events of all are heard (`all-nsid`); `None` in it is the program's own.
    pub nsid: Option<Option<i32>>,
    /// `[LINK]`, where events of several sorts are heard (`label`, `all`).
    pub label: bool,
}

/// How a time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// `Timestamp: Mon Nov 23 22:51:30 2026 511233 usec`, on a line of its own (`-t`).
    Long,
    /// `[2026-11-23T22:51:30.313777] ` (`-ts`).
    Short,
}

/// A time, already that of a place: what `localtime(3)` makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Seconds since 1970 by the place's clocks: those of UTC, and how far the place is ahead of it.
    pub seconds: i64,
    /// Microseconds of the second.
    pub micros: u32,
}

/// Year, month and day (from 1) of a day since 1970, by the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, usize, i64) {
    // Years that begin in March, so that the leap day is their last; 400 of them are 146097 days.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let date = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month < 3), usize::try_from(month).unwrap_or(1), date)
}

impl Time {
    fn parts(self) -> ((i64, usize, i64), [i64; 3]) {
        let (days, rest) = (self.seconds.div_euclid(86_400), self.seconds.rem_euclid(86_400));
        (civil(days), [rest / 3600, rest / 60 % 60, rest % 60])
    }
}

/// As in `-ts`, without brackets.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), [h, m, s]) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{:06}", self.micros)
    }
}

fn long(time: Time, out: &mut String) {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let ((year, month, day), [h, m, s]) = time.parts();
    let weekday = time.seconds.div_euclid(86_400).rem_euclid(7);
    let weekday = usize::try_from(weekday).ok().and_then(|d| DAYS.get(d)).copied().unwrap_or_default();
    let month = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default();
    let _ = writeln!(
        out,
        "Timestamp: {weekday} {month} {day:2} {h:02}:{m:02}:{s:02} {year} {} usec",
        time.micros
    );
}

/// Writes what stands before an event.
pub fn prefix(prefix: Prefix, out: &mut String) {
    match prefix.time {
        Some((time, Clock::Long)) => long(time, out),
        Some((time, Clock::Short)) => _ = write!(out, "[{time}] "),
        None => {}
    }
    match prefix.nsid {
        Some(Some(nsid)) if nsid >= 0 => _ = write!(out, "[nsid {nsid}]"),
        Some(_) => out.push_str("[nsid current]"),
        None => {}
    }
    if prefix.label {
        out.push_str("[LINK]");
    }
}

/// Writes an event as an object on a line of its own.
///
/// `ip -j monitor` prints text; so there is nothing to be equal to. The members are those of `ip -j link show`, less
/// what an event has not, behind `timestamp`, `nsid` and `deleted`.
pub fn json(seen: &Seen<'_>, near: &dyn Near, options: Options, prefix: Prefix, out: &mut String) {
    let mut line = Out::new(false);
    line.object();
    if let Some((time, _)) = prefix.time {
        line.key("timestamp");
        line.text(&time.to_string());
    }
    if let Some(Some(nsid)) = prefix.nsid {
        line.key("nsid");
        line.plain(nsid);
    }
    whole::members(seen, near, Options { form: Form::Event, ..options }, None, &mut line);
    line.end();
    out.push_str(&line.into_string());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_ip_monitor_writes_them() {
        let shown = |seconds, clock| {
            let mut out = String::new();
            let time = Time { seconds, micros: 4098 };
            prefix(Prefix { time: Some((time, clock)), ..Prefix::default() }, &mut out);
            out
        };
        assert_eq!(shown(1_795_543_152, Clock::Long), "Timestamp: Tue Nov 24 17:59:12 2026 4098 usec\n");
        assert_eq!(shown(1_795_543_152, Clock::Short), "[2026-11-24T17:59:12.004098] ");
        assert_eq!(shown(0, Clock::Long), "Timestamp: Thu Jan  1 00:00:00 1970 4098 usec\n");
        assert_eq!(shown(951_782_400, Clock::Short), "[2000-02-29T00:00:00.004098] ");
        assert_eq!(shown(-1, Clock::Short), "[1969-12-31T23:59:59.004098] ");
        assert_eq!(shown(4_102_444_800, Clock::Short), "[2100-01-01T00:00:00.004098] ");
    }

    #[test]
    fn namespace_and_label_follow_the_time() {
        let shown = |nsid, label| {
            let mut out = String::new();
            prefix(Prefix { nsid, label, time: None }, &mut out);
            out
        };
        assert_eq!(shown(Some(None), true), "[nsid current][LINK]");
        assert_eq!(shown(Some(Some(3)), false), "[nsid 3]");
        assert_eq!(shown(None, false), "");
    }
}
