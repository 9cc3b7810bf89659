//! How much processor time something took.

#![allow(clippy::cast_precision_loss, reason = "seconds of a benchmark need no 53 bits")]

use std::fs;

/// Seconds that this thread has computed, to the nanosecond (`/proc/thread-self/schedstat`).
pub(crate) fn own() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: u64 = text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0);
    nanos as f64 / 1e9
}

/// Seconds that ended children have computed, to 10 ms (`cutime` and `cstime` of `/proc/self/stat`).
pub(crate) fn children() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
    (ticks(13) + ticks(14)) as f64 / 100.0
}
