//! What other programs put onto a link: it goes with the link, and no link message brings it back.

use linkctl_kinds::link as base;
use linkctl_wire::number;

use crate::key::Key;
use crate::netns::Netns;
use crate::show::xdp;
use crate::snapshot::Snapshot;

/// Something that is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// What it is, as a noun.
    pub what: String,
    /// How firmly.
    pub hold: Hold,
}

/// What something that is attached to a link goes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// The link, its namespace, or its being up.
    Up,
    /// The link.
    Link,
    /// The link, or its namespace: a discipline does not go to another one (`dev_shutdown`).
    Namespace,
    /// The link, its namespace, or its master, whose table it is in.
    Master,
}

/// Whether a link's message tells of an XDP program.
pub fn has_program(read: &Snapshot, key: &Key) -> bool {
    read.attrs(key).and_then(|attrs| attrs.find(base::XDP.0.attr)).is_some_and(xdp::is_attached)
}

/// Whether a link's message tells that its other end, or the link below it, is in another namespace.
pub fn is_tied_elsewhere(read: &Snapshot, key: &Key) -> bool {
    read.attrs(key).and_then(|attrs| attrs.find(base::LINK_NETNSID.0.attr)).is_some()
}

/// The namespace of a link's other end, or of the link below it, where that is another one and has a name.
pub fn namespace(read: &Snapshot, key: &Key) -> Option<Netns> {
    let number = read.attrs(key)?.find(base::LINK_NETNSID.0.attr).and_then(number::i32)?;
    read.numbered(&key.netns, number)
}
