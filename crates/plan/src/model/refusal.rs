//! How the model says no.

use std::fmt;

/// The kernel's number for a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errno {
    /// EPERM: not like this.
    Perm,
    /// ENODEV: no such link.
    NoDev,
    /// EEXIST: there is one already.
    Exist,
    /// EBUSY: another has it.
    Busy,
    /// ELOOP: it would stand on itself.
    Loop,
    /// EINVAL: it makes no sense.
    Inval,
    /// EOPNOTSUPP: it cannot be done.
    NotSupp,
    /// ENETDOWN: the link below is down.
    NetDown,
    /// ERANGE: too much.
    Range,
    /// EACCES: not here.
    Access,
    /// EADDRINUSE: another listens there.
    AddrInUse,
    /// EADDRNOTAVAIL: it has no such address.
    AddrNotAvail,
}

/// A refused act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kernel's number.
    pub errno: Errno,
    /// Why, as a clause.
    pub why: String,
}

impl Refusal {
    pub(crate) fn new(errno: Errno, why: impl Into<String>) -> Self {
        Self { errno, why: why.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for Refusal {}
