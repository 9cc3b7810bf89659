//! What the supervisor wants to hear: `sd_notify(3)`, a datagram to the socket that it names. Without one nothing is said.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// Whom to tell.
pub(super) struct Supervisor {
    to: Option<(UnixDatagram, SocketAddr)>,
    /// How often it wants to hear that all is well.
    pub(super) pulse: Option<Duration>,
}

impl Supervisor {
    /// Whoever started this process, if it listens.
    pub(super) fn found() -> Self {
        let to = std::env::var_os("NOTIFY_SOCKET").and_then(|path| {
            let address = match path.as_bytes() {
                [b'@', name @ ..] => SocketAddr::from_abstract_name(name),
                _ => SocketAddr::from_pathname(&path),
            };
            Some((UnixDatagram::unbound().ok()?, address.ok()?))
        });
        let micros = std::env::var("WATCHDOG_USEC").ok().and_then(|t| t.parse().ok());
        let pulse = micros.map(|m: u64| Duration::from_micros(m) / 3).filter(|d| !d.is_zero());
        Self { to, pulse }
    }

    /// Says something; that nobody listens any more is no harm.
    pub(super) fn say(&self, what: &str) {
        if let Some((socket, address)) = &self.to {
            let _ = socket.send_to_addr(what.as_bytes(), address);
        }
    }
}
