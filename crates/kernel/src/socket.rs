//! A routing netlink socket: opening, sending, and receiving what the kernel sent and nobody else.
//!
//! Knows socket options, ports, sequence numbers, truncation and the deadline. Refuses to know what an answer is: the
//! modules `request`, `dump` and `pipeline` add the three ways of asking.

use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use linkctl_wire::{Error as Malformed, Header, Message, Messages, NLMSG_HDRLEN, What};

use crate::{Error, Netns, Place, inside, sys};

/// Bytes of the receive buffer at the start; the kernel's dumps come in datagrams of at most 32 KiB but for a message
/// that alone is larger (`netlink_dump` in `net/netlink/af_netlink.c`).
const BUFFER: usize = 64 * 1024;
/// Bytes of the kernel's queue for us: 128 acknowledgements with text, several times over.
const QUEUE: i32 = 1024 * 1024;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A conversation with the kernel in one network namespace.
///
/// One exchange at a time. Only datagrams from the kernel itself are read; answers are matched by sequence and port.
/// An exchange that breaks off (timeout, failed receive, a panicking callback) leaves the socket [`Error::Spent`].
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    port: u32,
    seq: u32,
    strict: bool,
    patience: Duration,
    buffer: Vec<u8>,
    /// Set by the first truncation: from then on, each datagram's length is asked for before it is taken.
    peek: bool,
    busy: bool,
    strangers: u64,
    late: u64,
}

impl Socket {
    /// Opens a socket in the calling thread's network namespace.
    ///
    /// Asks for extended and capped acknowledgements (Linux 4.12, 4.3) and for strict checking of what is asked
    /// (4.20); an older kernel goes without, see [`Socket::strict`].
    pub fn open() -> Result<Socket, Error> {
        Self::open_to(sys::ROUTE)
    }

    /// The same, to the part of the kernel that tells of sockets.
    pub(crate) fn open_diag() -> Result<Socket, Error> {
        Self::open_to(sys::SOCK_DIAG)
    }

    fn open_to(part: i32) -> Result<Socket, Error> {
        let fd = sys::netlink(part)?;
        sys::bind(fd.as_fd())?;
        let port = sys::port(fd.as_fd())?;
        let ask = |option| sys::set(fd.as_fd(), libc::SOL_NETLINK, option, 1);
        // An old kernel knows neither: answers are then less telling, and still answers.
        let _ = ask(libc::NETLINK_EXT_ACK);
        let _ = ask(libc::NETLINK_CAP_ACK);
        let strict = ask(libc::NETLINK_GET_STRICT_CHK).is_ok();
        enlarge(fd.as_fd(), QUEUE);
        let mut socket = Socket {
            fd,
            port,
            seq: 0,
            strict,
            patience: PATIENCE,
            buffer: vec![0; BUFFER],
            peek: false,
            busy: false,
            strangers: 0,
            late: 0,
        };
        socket.set_patience(PATIENCE)?;
        Ok(socket)
    }

    /// Opens a socket in that network namespace. The calling thread stays where it is.
    pub fn open_in(netns: &Netns) -> Result<Socket, Error> {
        inside(netns, Socket::open)?
    }

    /// Opens a socket of generic netlink in that network namespace, or in the calling thread's own.
    pub fn generic(netns: &Netns) -> Result<Socket, Error> {
        let open = || Socket::open_to(sys::GENERIC);
        if *netns.place() == Place::Here { open() } else { inside(netns, open)? }
    }

    /// Sets how long the kernel may stay silent before an exchange ends as [`Error::Timeout`]; 30 seconds at first.
    ///
    /// It covers waiting for answers. Time that the kernel takes inside the send itself cannot be bounded.
    pub fn set_patience(&mut self, patience: Duration) -> Result<(), Error> {
        sys::deadline(self.fd.as_fd(), patience)?;
        self.patience = patience;
        Ok(())
    }

    /// Sets how many bytes the kernel queues for us; without privilege at most `net.core.rmem_max`.
    pub fn set_queue(&mut self, bytes: i32) {
        enlarge(self.fd.as_fd(), bytes);
    }

    /// The port that the kernel chose for this socket.
    pub fn port(&self) -> u32 {
        self.port
    }

    /// The number of its namespace that no other has until the machine starts again; 0 where the kernel tells none.
    pub fn cookie(&self) -> u64 {
        sys::cookie(self.fd.as_fd())
    }

    /// Whether the kernel checks what is asked and honours filters, instead of ignoring what it does not know.
    pub fn strict(&self) -> bool {
        self.strict
    }

    /// How many datagrams were dropped because another process sent them.
    pub fn strangers(&self) -> u64 {
        self.strangers
    }

    /// How many messages from the kernel were dropped because they answered no pending request.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Takes the socket for one exchange; [`Socket::settle`] gives it back.
    pub(crate) fn begin(&mut self) -> Result<(), Error> {
        if std::mem::replace(&mut self.busy, true) { Err(Error::Spent) } else { Ok(()) }
    }

    /// Ends an exchange of which no answer is outstanding.
    pub(crate) fn settle(&mut self) {
        self.busy = false;
    }

    /// Writes the next sequence number into a message, and flags over its own.
    ///
    /// Fails if the bytes are not one whole message.
    pub(crate) fn stamp(&mut self, message: &mut [u8], set: u16, clear: u16) -> Result<u32, Error> {
        let got = message.len();
        let short = Malformed { at: 0, what: What::Short { want: NLMSG_HDRLEN, got } };
        let first = message.first_chunk_mut::<NLMSG_HDRLEN>().ok_or(short)?;
        let (length, header) = Header::read(first);
        if u32::try_from(got) != Ok(length) {
            return Err(Malformed { at: 0, what: What::Short { want: length as usize, got } }.into());
        }
        self.seq = self.seq.wrapping_add(1);
        let flags = (header.flags | set) & !clear;
        *first = Header { flags, seq: self.seq, port: 0, ..header }.bytes(length);
        Ok(self.seq)
    }

    /// Sends bytes; if that fails, nothing was sent and the exchange is over.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let deadline = Instant::now() + self.patience;
        loop {
            match sys::send(self.fd.as_fd(), bytes) {
                Err(Error::Io { errno: libc::EINTR | libc::EAGAIN, .. }) if Instant::now() < deadline => {}
                Err(error) => {
                    self.settle();
                    return Err(error);
                }
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Hands over the messages of the last datagram that answer a `wanted` sequence number, until `f` breaks.
    pub(crate) fn read<T>(
        &mut self,
        length: usize,
        wanted: impl Fn(u32) -> bool,
        mut f: impl FnMut(Message<'_>) -> Result<ControlFlow<T>, Error>,
    ) -> Result<ControlFlow<T>, Error> {
        for message in Messages::new(self.buffer.get(..length).unwrap_or_default()) {
            let message = message?;
            if message.header.port != self.port || !wanted(message.header.seq) {
                self.late += 1;
            } else if let ControlFlow::Break(found) = f(message)? {
                return Ok(ControlFlow::Break(found));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Waits for a datagram from the kernel and returns its length in `buffer`.
    ///
    /// Fails as [`Error::Truncated`] if the datagram did not fit; it is gone then, and the buffer has grown.
    pub(crate) fn receive(&mut self) -> Result<usize, Error> {
        let deadline = Instant::now() + self.patience;
        loop {
            match self.take(0) {
                Err(Error::Io { errno: libc::EINTR | libc::EAGAIN, .. }) | Ok(None) => {}
                Err(error) => return Err(error),
                Ok(Some(length)) => return Ok(length),
            }
            if Instant::now() >= deadline {
                return Err(Error::Timeout);
            }
        }
    }

    /// Receives one datagram; `None` if another process sent it.
    pub(crate) fn take(&mut self, flags: libc::c_int) -> Result<Option<usize>, Error> {
        if self.peek {
            let next = self.recvmsg(flags | sys::PEEK)?;
            if next.truncated && next.sender == 0 {
                self.grow(next.length);
            }
        }
        let datagram = self.recvmsg(flags)?;
        if datagram.sender != 0 {
            self.strangers += 1;
            return Ok(None);
        }
        if datagram.truncated {
            self.peek = true;
            self.grow(datagram.length);
            return Err(Error::Truncated { want: datagram.length });
        }
        if datagram.length == 0 {
            return Err(Error::Ended);
        }
        Ok(Some(datagram.length))
    }

    /// Takes all that is queued and forgets it. The kernel fills the queue inside our own calls, so that an empty
    /// queue means that nothing is outstanding.
    pub(crate) fn drain(&mut self) -> Result<(), Error> {
        loop {
            match self.take(sys::NONBLOCK) {
                Err(Error::Io { errno: libc::EAGAIN, .. }) => return Ok(()),
                Err(Error::Io { errno: libc::EINTR, .. } | Error::Truncated { .. }) | Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn recvmsg(&mut self, flags: libc::c_int) -> Result<sys::Received, Error> {
        sys::receive(self.fd.as_fd(), &mut self.buffer, flags)
            .map_err(|errno| Error::Io { call: "recvmsg", errno })
    }

    fn grow(&mut self, length: usize) {
        let length = length.max(BUFFER).checked_next_power_of_two().unwrap_or(length);
        self.buffer.resize(length.max(self.buffer.len()), 0);
    }
}

/// To wait for answers together with other things; not to read from.
impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Raises the kernel's queue for a socket: past the system's limit if we may, else up to it.
pub(crate) fn enlarge(fd: BorrowedFd<'_>, bytes: i32) {
    if sys::set(fd, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, bytes).is_err() {
        // A smaller queue is no failure: an overflow is noticed and said.
        let _ = sys::set(fd, libc::SOL_SOCKET, libc::SO_RCVBUF, bytes);
    }
}
