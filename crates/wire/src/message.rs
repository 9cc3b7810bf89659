//! The messages in a datagram (`struct nlmsghdr` of `linux/netlink.h`).
//!
//! Knows the header and how messages follow each other. Refuses to know families' fixed headers and message types
//! beyond the four that belong to netlink itself.

use crate::{Error, What, aligned};

/// Bytes of a message's header (`NLMSG_HDRLEN`).
pub const NLMSG_HDRLEN: usize = 16;

/// Nothing; to be skipped.
pub const NLMSG_NOOP: u16 = 1;
/// An acknowledgement, of a failure or of success: see [`crate::Ack`].
pub const NLMSG_ERROR: u16 = 2;
/// The end of a dump.
pub const NLMSG_DONE: u16 = 3;
/// Data lost; never sent by current kernels.
pub const NLMSG_OVERRUN: u16 = 4;
/// The first type that belongs to a family.
pub const NLMSG_MIN_TYPE: u16 = 0x10;

/// A request to the kernel.
pub const NLM_F_REQUEST: u16 = 0x01;
/// Part of several messages, ended by [`NLMSG_DONE`].
pub const NLM_F_MULTI: u16 = 0x02;
/// The sender wants an acknowledgement.
pub const NLM_F_ACK: u16 = 0x04;
/// The sender wants the resulting object back.
pub const NLM_F_ECHO: u16 = 0x08;
/// The dump is inconsistent: something changed between two of its parts.
pub const NLM_F_DUMP_INTR: u16 = 0x10;
/// The dump was filtered as requested.
pub const NLM_F_DUMP_FILTERED: u16 = 0x20;

/// Reading: the whole tree.
pub const NLM_F_ROOT: u16 = 0x100;
/// Reading: all that match.
pub const NLM_F_MATCH: u16 = 0x200;
/// Reading: everything.
pub const NLM_F_DUMP: u16 = NLM_F_ROOT | NLM_F_MATCH;

/// Writing: replace what exists.
pub const NLM_F_REPLACE: u16 = 0x100;
/// Writing: refuse if it exists.
pub const NLM_F_EXCL: u16 = 0x200;
/// Writing: create if it does not exist.
pub const NLM_F_CREATE: u16 = 0x400;
/// Writing: add to the end of a list.
pub const NLM_F_APPEND: u16 = 0x800;

/// Deleting: one object, not what is below it.
pub const NLM_F_NONREC: u16 = 0x100;
/// Deleting: all that match.
pub const NLM_F_BULK: u16 = 0x200;

/// Acknowledgement: the request was not repeated in it beyond its header.
pub const NLM_F_CAPPED: u16 = 0x100;
/// Acknowledgement: attributes with details follow.
pub const NLM_F_ACK_TLVS: u16 = 0x200;

/// What every message begins with, but for the length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Header {
    /// The type of the message (`nlmsg_type`).
    pub kind: u16,
    /// `NLM_F_*`; the meaning of the upper byte depends on the type.
    pub flags: u16,
    /// The number by which an answer is matched to its request (`nlmsg_seq`).
    pub seq: u32,
    /// The port that the answer is for (`nlmsg_pid`); not proof of who sent it.
    pub port: u32,
}

impl Header {
    /// The sixteen bytes of a header for a message of `length` bytes, itself included.
    pub fn bytes(&self, length: u32) -> [u8; NLMSG_HDRLEN] {
        let mut bytes = [0; NLMSG_HDRLEN];
        bytes[0..4].copy_from_slice(&length.to_ne_bytes());
        bytes[4..6].copy_from_slice(&self.kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&self.flags.to_ne_bytes());
        bytes[8..12].copy_from_slice(&self.seq.to_ne_bytes());
        bytes[12..16].copy_from_slice(&self.port.to_ne_bytes());
        bytes
    }

    /// The announced length of a message and the rest of its header.
    pub fn read(bytes: &[u8; NLMSG_HDRLEN]) -> (u32, Header) {
        let [l0, l1, l2, l3, k0, k1, f0, f1, s0, s1, s2, s3, p0, p1, p2, p3] = *bytes;
        let header = Header {
            kind: u16::from_ne_bytes([k0, k1]),
            flags: u16::from_ne_bytes([f0, f1]),
            seq: u32::from_ne_bytes([s0, s1, s2, s3]),
            port: u32::from_ne_bytes([p0, p1, p2, p3]),
        };
        (u32::from_ne_bytes([l0, l1, l2, l3]), header)
    }
}

/// One message of a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The header.
    pub header: Header,
    /// All that follows the header, without padding.
    pub payload: &'a [u8],
}

/// The messages of one datagram, in order.
///
/// Yields `Err` at most once, as its last item: a message cut short is never yielded in part. Never panics, never
/// reads past the buffer, and each step consumes at least sixteen bytes. Fewer than four zero bytes at the end are
/// padding.
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Messages<'a> {
    /// Reads `datagram` as messages.
    pub const fn new(datagram: &'a [u8]) -> Self {
        Messages { bytes: datagram, at: 0 }
    }

    /// Where the next message begins, in bytes from the start of the datagram.
    pub const fn offset(&self) -> usize {
        self.at
    }

    fn split(&self) -> Result<Option<(Message<'a>, usize)>, What> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let got = rest.len();
        if got < 4 && rest.iter().all(|&byte| byte == 0) {
            return Ok(None);
        }
        let (header, _) =
            rest.split_first_chunk::<NLMSG_HDRLEN>().ok_or(What::Short { want: NLMSG_HDRLEN, got })?;
        let (length, header) = Header::read(header);
        let end = usize::try_from(length).unwrap_or(usize::MAX);
        if end < NLMSG_HDRLEN {
            return Err(What::MessageLength(length));
        }
        let payload = rest.get(NLMSG_HDRLEN..end).ok_or(What::Short { want: end, got })?;
        Ok(Some((Message { header, payload }, aligned(end).min(got))))
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        match self.split() {
            Ok(Some((message, step))) => {
                self.at += step;
                Some(Ok(message))
            }
            Ok(None) => {
                self.at = self.bytes.len();
                None
            }
            Err(what) => {
                self.at = self.bytes.len();
                Some(Err(Error { at, what }))
            }
        }
    }
}

impl std::iter::FusedIterator for Messages<'_> {}
