//! TCP connections as the kernel tells them (`linux/inet_diag.h`).
//!
//! Knows who talks with whom and which socket file that is. Refuses to know what is said.

use std::net::{IpAddr, SocketAddr};

use linkctl_wire::{Writer, number};

use crate::address::ip;
use crate::dump::Part;
use crate::{Error, Socket};

const SOCK_DIAG_BY_FAMILY: u16 = 20;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const TCP: u8 = 6;
/// `1 << TCP_ESTABLISHED`.
const ESTABLISHED: u32 = 1 << 1;
/// Bytes of `struct inet_diag_req_v2` and of `struct inet_diag_msg`.
const REQUEST: usize = 56;
const ANSWER: usize = 72;

/// An established connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// This side. IPv4 in IPv6's dress is told as IPv4.
    pub local: SocketAddr,
    /// The other side.
    pub remote: SocketAddr,
    /// The number of its socket among all files of sockets.
    pub inode: u32,
    /// The index of the link that it is bound to; 0 where to none.
    pub index: u32,
}

/// The connections of the calling thread's namespace.
pub(crate) fn established() -> Result<Vec<Connection>, Error> {
    let mut socket = Socket::open_diag()?;
    let mut out = Vec::new();
    for family in [AF_INET, AF_INET6] {
        let mut fixed = [0; REQUEST];
        fixed[0] = family;
        fixed[1] = TCP;
        fixed[4..8].copy_from_slice(&ESTABLISHED.to_ne_bytes());
        let mut found = Vec::new();
        let request = Writer::message(SOCK_DIAG_BY_FAMILY, 0, &fixed).finish()?;
        // Connections come and go while they are listed: none that stays is missed.
        let _ = socket.dump_consistent(request, |part| match part {
            Part::Begin => found.clear(),
            Part::Message(m) if m.header.kind == SOCK_DIAG_BY_FAMILY => found.extend(read(m.payload)),
            Part::Message(_) => {}
        })?;
        out.extend(found);
    }
    Ok(out)
}

fn read(payload: &[u8]) -> Option<Connection> {
    let fixed = payload.get(..ANSWER)?;
    let length = if fixed[0] == AF_INET { 4 } else { 16 };
    let side = |port: usize, address: usize| {
        let ip: IpAddr = ip(fixed.get(address..address + length)?)?;
        Some(SocketAddr::new(ip.to_canonical(), number::be16(fixed.get(port..port + 2)?)?))
    };
    Some(Connection {
        local: side(4, 8)?,
        remote: side(6, 24)?,
        inode: number::u32(&fixed[68..72])?,
        index: number::u32(&fixed[40..44])?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_read_in_either_family_and_a_torn_one_is_none() {
        let mut told = [0u8; ANSWER];
        told[0] = AF_INET;
        told[4..8].copy_from_slice(&[0, 22, 0xc3, 0x50]);
        told[8..12].copy_from_slice(&[10, 0, 0, 1]);
        told[24..28].copy_from_slice(&[10, 0, 0, 9]);
        told[68..72].copy_from_slice(&7u32.to_ne_bytes());
        let four = read(&told).expect("whole");
        assert_eq!(
            (four.local.to_string(), four.remote.to_string()),
            ("10.0.0.1:22".into(), "10.0.0.9:50000".into())
        );
        told[0] = AF_INET6;
        told[8..24].copy_from_slice(&[[0; 8].as_slice(), &[0, 0, 0xff, 0xff, 10, 0, 0, 1]].concat());
        assert_eq!(read(&told).expect("whole").local, four.local, "IPv4 in IPv6's dress");
        (0..ANSWER).for_each(|end| assert_eq!(read(&told[..end]), None));
    }
}
