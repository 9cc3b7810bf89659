//! Netlink bytes and messages: total, panic-free, without allocation when decoding.
//!
//! Knows the framing of RFC 3549 and `linux/netlink.h`: messages in a datagram, attributes in a message, nests in an
//! attribute, acknowledgements with their extended part. Refuses to know what any message or attribute is about, and
//! makes no system call.
//!
//! Integers are in the host's order unless a name says `be`, as in the kernel.

pub mod ack;
pub mod attr;
pub mod error;
pub mod message;
pub mod number;
pub mod policy;
pub mod table;
pub mod writer;

pub use ack::Ack;
pub use attr::{Attr, Attrs};
pub use error::{Error, What};
pub use message::{
    Header, Message, Messages, NLM_F_ACK, NLM_F_ACK_TLVS, NLM_F_APPEND, NLM_F_BULK, NLM_F_CAPPED,
    NLM_F_CREATE, NLM_F_DUMP, NLM_F_DUMP_FILTERED, NLM_F_DUMP_INTR, NLM_F_ECHO, NLM_F_EXCL, NLM_F_MATCH,
    NLM_F_MULTI, NLM_F_REPLACE, NLM_F_REQUEST, NLM_F_ROOT, NLMSG_DONE, NLMSG_ERROR, NLMSG_HDRLEN,
    NLMSG_MIN_TYPE, NLMSG_NOOP, NLMSG_OVERRUN,
};
pub use policy::Policy;
pub use table::Table;
pub use writer::Writer;

/// The size that a length takes up once padded to netlink's boundary of four bytes (`NLMSG_ALIGN`, `NLA_ALIGN`).
///
/// Saturates instead of wrapping.
pub const fn aligned(length: usize) -> usize {
    length.saturating_add(3) & !3
}
