//! Numbers of network namespaces (`linux/net_namespace.h`).
//!
//! Knows that each namespace numbers the others for itself, and only those that someone asked it to. Refuses to make a
//! number up: none is assigned unless told to.

use std::collections::BTreeMap;
use std::os::fd::{AsFd, AsRawFd};

use linkctl_wire::{Attrs, Writer, number};

use crate::dump::Part;
use crate::netns::{Netns, Place, list as named};
use crate::{Error, Socket};

const RTM_NEWNSID: u16 = 88;
const RTM_GETNSID: u16 = 90;
/// The namespace's number, -1 for none.
const NETNSA_NSID: u16 = 1;
/// A descriptor of the namespace.
const NETNSA_FD: u16 = 3;
/// `struct rtgenmsg`: the address family, none.
const FIXED: &[u8] = &[0];

/// The number that the socket's namespace has for another; `None` if it has none.
pub fn of(socket: &mut Socket, netns: &Netns) -> Result<Option<i32>, Error> {
    let mut question = Writer::message(RTM_GETNSID, 0, FIXED);
    question.put_i32(NETNSA_FD, netns.as_fd().as_raw_fd());
    socket.get(question.finish()?, |message| read(message.payload))
}

/// Gives another namespace a number in the socket's namespace; the kernel chooses if `number` is `None`.
///
/// Refused with `EEXIST` if it has one already. A number stays as long as both namespaces.
pub fn assign(socket: &mut Socket, netns: &Netns, number: Option<i32>) -> Result<(), Error> {
    let mut request = Writer::message(RTM_NEWNSID, 0, FIXED);
    request.put_i32(NETNSA_FD, netns.as_fd().as_raw_fd());
    request.put_i32(NETNSA_NSID, number.unwrap_or(-1));
    socket.request(request.finish()?).map(drop)
}

/// The numbers that the socket's namespace has for others, ascending.
pub fn list(socket: &mut Socket) -> Result<Vec<i32>, Error> {
    let mut numbers = Vec::new();
    let dumped =
        socket.dump_consistent(Writer::message(RTM_GETNSID, 0, FIXED).finish()?, |part| match part {
            Part::Begin => numbers.clear(),
            Part::Message(message) if message.header.kind == RTM_NEWNSID => {
                numbers.extend(read(message.payload))
            }
            Part::Message(_) => {}
        })?;
    dumped.consistent()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// The names of numbered namespaces, by the number that the socket's namespace has for them.
///
/// Names that cannot be opened (gone meanwhile, or no namespace) are left out; of two names for one namespace the first
/// counts.
pub fn names(socket: &mut Socket) -> Result<BTreeMap<i32, String>, Error> {
    let mut names = BTreeMap::new();
    for name in named()? {
        let Ok(netns) = Netns::open(&Place::Name(name.clone())) else { continue };
        if let Some(number) = of(socket, &netns)? {
            names.entry(number).or_insert(name);
        }
    }
    Ok(names)
}

fn read(payload: &[u8]) -> Option<i32> {
    let attributes = Attrs::new(payload.get(4..)?);
    attributes.find(NETNSA_NSID).and_then(number::i32).filter(|&number| number >= 0)
}
