//! What the machine calls things: its time, its hosts.

use std::net::IpAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::sys;

/// The time of the place's clocks: seconds since 1970 as if they showed UTC, and microseconds of the second.
pub fn now() -> (i64, u32) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(now.as_secs()).unwrap_or(0);
    (local(seconds), now.subsec_micros())
}

/// A time by the place's clocks, from one of UTC: seconds since 1970.
pub fn local(seconds: i64) -> i64 {
    seconds + sys::place::ahead(seconds)
}

/// The name of a host, where the resolver has one for its address. May ask a server, and wait.
pub fn host(address: IpAddr) -> Option<String> {
    sys::place::host(address)
}
