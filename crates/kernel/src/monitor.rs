//! Notifications: what the kernel tells everyone who listens.
//!
//! Knows groups, the queue and its overflow. Refuses to know what is told, and to read again by itself: after a loss
//! the listener must, and only it knows what.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use linkctl_wire::Messages;

use crate::socket::enlarge;
use crate::{Error, sys};

/// Bytes of the kernel's queue: some 3,700 link notifications where we may go past the system's limit.
const QUEUE: i32 = 16 * 1024 * 1024;
/// Bytes of the receive buffer at the start.
const BUFFER: usize = 64 * 1024;
/// The most datagrams thrown away at once after a loss, so that a flood cannot hold us there.
const DRAIN: usize = 65_536;

/// One datagram of notifications.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// The messages, as received.
    pub bytes: &'a [u8],
    /// The number of the namespace it is about; `None` is the monitor's own.
    pub nsid: Option<i32>,
}

impl<'a> Notice<'a> {
    /// The messages in it.
    pub fn messages(&self) -> Messages<'a> {
        Messages::new(self.bytes)
    }
}

/// What a monitor has to say.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// The kernel told something.
    Notice(Notice<'a>),
    /// Something was told and lost. What was queued is forgotten: the listener must read everything again, and all
    /// later notices are newer than this event.
    Lost,
    /// Nothing was told in the time given, or a signal came.
    Timeout,
}

/// A listener to groups of notifications in one network namespace.
#[derive(Debug)]
pub struct Monitor {
    fd: OwnedFd,
    buffer: Vec<u8>,
    /// Set while a loss was reported and the queue not yet seen empty.
    full: bool,
    losses: u64,
    strangers: u64,
}

impl Monitor {
    /// Listens, in the calling thread's namespace, to groups by their numbers (`RTNLGRP_*`, such as 1 for links).
    ///
    /// Whoever wants no gap opens the monitor first and reads the state second.
    pub fn open(groups: &[u32]) -> Result<Monitor, Error> {
        let fd = sys::netlink(sys::ROUTE)?;
        enlarge(fd.as_fd(), QUEUE);
        sys::bind(fd.as_fd())?;
        for &group in groups {
            sys::add_membership(fd.as_fd(), group)?;
        }
        Ok(Monitor { fd, buffer: vec![0; BUFFER], full: false, losses: 0, strangers: 0 })
    }

    /// Listens, from now on, also to all namespaces that this one has numbers for (`NETLINK_LISTEN_ALL_NSID`).
    pub fn everywhere(self) -> Result<Monitor, Error> {
        sys::set(self.fd.as_fd(), libc::SOL_NETLINK, libc::NETLINK_LISTEN_ALL_NSID, 1)?;
        Ok(self)
    }

    /// How often something was lost.
    pub fn losses(&self) -> u64 {
        self.losses
    }

    /// How many datagrams were dropped because another process sent them.
    pub fn strangers(&self) -> u64 {
        self.strangers
    }

    /// Waits for the next event, at most `wait`; `None` waits for ever.
    pub fn next(&mut self, wait: Option<Duration>) -> Result<Event<'_>, Error> {
        if self.full {
            return Ok(self.lost());
        }
        let deadline = wait.map(|wait| Instant::now() + wait);
        loop {
            match sys::receive(self.fd.as_fd(), &mut self.buffer, sys::NONBLOCK) {
                Ok(datagram) if datagram.sender != 0 => self.strangers += 1,
                Ok(datagram) if datagram.truncated => {
                    self.buffer.resize(datagram.length.next_power_of_two(), 0);
                    return Ok(self.lost());
                }
                Ok(datagram) if datagram.length == 0 => return Err(Error::Ended),
                Ok(datagram) => {
                    let bytes = self.buffer.get(..datagram.length).unwrap_or_default();
                    return Ok(Event::Notice(Notice { bytes, nsid: datagram.nsid }));
                }
                Err(libc::ENOBUFS) => return Ok(self.lost()),
                Err(libc::EINTR) => {}
                Err(libc::EAGAIN) => {
                    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
                    if !sys::poll(self.fd.as_fd(), left)? {
                        return Ok(Event::Timeout);
                    }
                }
                Err(errno) => return Err(Error::Io { call: "recvmsg", errno }),
            }
        }
    }

    /// Forgets what is queued: it is older than what the listener will now read.
    ///
    /// An overflown queue takes nothing more until it is empty, and says so only once (`netlink_overrun` in
    /// `net/netlink/af_netlink.c`). So it must be emptied, or the loss be said again.
    fn lost(&mut self) -> Event<'_> {
        self.losses += 1;
        self.full = true;
        for _ in 0..DRAIN {
            match sys::receive(self.fd.as_fd(), &mut self.buffer, sys::NONBLOCK) {
                Ok(_) | Err(libc::EINTR | libc::ENOBUFS) => {}
                Err(_) => {
                    self.full = false;
                    break;
                }
            }
        }
        Event::Lost
    }
}

/// To wait for events together with other things; not to read from.
impl AsFd for Monitor {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}
