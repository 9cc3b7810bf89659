//! What the kernel said to a request.
//!
//! Knows the extended acknowledgement, copied out of the receive buffer. Refuses to map an offset to a field: the
//! offset can mislead, and only who wrote the request can check it.

use std::fmt;

use linkctl_wire::{Ack, Policy};

use crate::errno::{Errno, Symbol};

/// The kernel's "no", with its reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The error number, positive.
    pub errno: i32,
    /// The kernel's own sentence; its bytes are not to be trusted by a terminal.
    pub message: Option<Vec<u8>>,
    /// Where the offending attribute begins in the request, in bytes from its header. It can mislead.
    pub offset: Option<u32>,
    /// The number of an attribute that should have been there.
    pub missing: Option<u16>,
    /// Where the nest begins that lacks it; absent if the top level does.
    pub missing_nest: Option<u32>,
    /// The bounds that the offending attribute broke.
    pub policy: Option<Box<Policy>>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "refused: {} ({})", message.escape_ascii(), Symbol(self.errno)),
            None => write!(f, "refused: {}", Errno(self.errno)),
        }
    }
}

impl std::error::Error for Refusal {}

/// The kernel's "yes".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// A warning that came with it; its bytes are not to be trusted by a terminal.
    pub warning: Option<Vec<u8>>,
}

/// Copies an acknowledgement out of the buffer it was read from.
pub(crate) fn verdict(ack: &Ack<'_>) -> Result<Accepted, Refusal> {
    let message = ack.text.map(<[u8]>::to_vec);
    if ack.errno == 0 {
        return Ok(Accepted { warning: message });
    }
    let Ack { errno, offset, missing, missing_nest, policy, .. } = *ack;
    Err(Refusal { errno, message, offset, missing, missing_nest, policy: policy.map(Box::new) })
}
