//! Why bytes were not netlink, or values could not become netlink.
//!
//! Knows offsets and lengths. Refuses to know names: who asked for the bytes knows what they were to be.

use std::fmt;

/// Why bytes were not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// Byte offset of the offending header, from the start of the buffer that was decoded or written.
    pub at: usize,
    /// What was wrong there.
    pub what: What,
}

/// The ways in which bytes can fail to be a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// The buffer ends before what it announces.
    Short {
        /// Bytes needed, from `at`.
        want: usize,
        /// Bytes there, from `at`.
        got: usize,
    },
    /// An attribute that claims to be shorter than its own header of four bytes.
    Length(u16),
    /// A message that claims to be shorter than its own header of sixteen bytes.
    MessageLength(u32),
    /// An attribute or a message longer than its length field can say; the number is the length that was wanted.
    TooLong(usize),
    /// A message was wanted from a writer of attributes, or attributes from a writer of a message.
    Shape,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            What::Short { want, got } => write!(f, "{want} bytes needed where {got} are left"),
            What::Length(length) => write!(f, "an attribute of {length} bytes is shorter than its header"),
            What::MessageLength(length) => {
                write!(f, "a message of {length} bytes is shorter than its header")
            }
            What::TooLong(length) => write!(f, "{length} bytes are more than a length field can say"),
            What::Shape => write!(f, "not the kind of writer that was asked to finish"),
        }?;
        write!(f, ", at byte {}", self.at)
    }
}

impl std::error::Error for Error {}
