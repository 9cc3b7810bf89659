//! Through which port of a bridge a neighbour is reached (`linux/neighbour.h`).
//!
//! Knows two questions: a neighbour's link-layer address, and the port behind which a bridge has seen it. Kernels before
//! 5.0 answer neither.

use std::net::IpAddr;

use linkctl_wire::{Attrs, Writer, number};

use crate::address::bytes;
use crate::{Error, Socket};

pub(crate) const RTM_GETNEIGH: u16 = 30;
const NDA_DST: u16 = 1;
pub(crate) const NDA_LLADDR: u16 = 2;
pub(crate) const NDA_MASTER: u16 = 9;
/// Bytes of `struct ndmsg`.
pub(crate) const NDMSG: usize = 12;
pub(crate) const AF_BRIDGE: u8 = 7;

/// The port of a bridge behind which a neighbour was seen: its index. `None` where nobody knows.
pub fn port(socket: &mut Socket, bridge: u32, neighbour: IpAddr) -> Result<Option<u32>, Error> {
    let mut fixed = [0; NDMSG];
    fixed[0] = if neighbour.is_ipv4() { 2 } else { 10 };
    fixed[4..8].copy_from_slice(&bridge.to_ne_bytes());
    let mut request = Writer::message(RTM_GETNEIGH, 0, &fixed);
    request.put(NDA_DST, &bytes(neighbour));
    let address = asked(socket, request, |payload| {
        Attrs::new(payload.get(NDMSG..)?).find(NDA_LLADDR).map(<[u8]>::to_vec)
    })?;
    let Some(address) = address else { return Ok(None) };
    let mut request = Writer::message(RTM_GETNEIGH, 0, &[[AF_BRIDGE, 0, 0, 0], [0; 4], [0; 4]].concat());
    request.put(NDA_LLADDR, &address);
    request.put_u32(NDA_MASTER, bridge);
    let port = asked(socket, request, |payload| number::u32(payload.get(4..8)?))?;
    Ok(port.filter(|p| *p != bridge && *p != 0))
}

fn asked<T>(
    socket: &mut Socket,
    request: Writer,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Result<Option<T>, Error> {
    match socket.get(request.finish()?, |m| read(m.payload)) {
        Err(Error::Refused(_) | Error::Ended) => Ok(None),
        other => other,
    }
}
