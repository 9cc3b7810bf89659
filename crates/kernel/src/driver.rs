//! The driver behind a link (`struct ethtool_drvinfo` of `linux/ethtool.h`).
//!
//! Knows one question of ethtool's ioctl. Refuses all others: they enter as tables.

use std::os::fd::AsFd;

use linkctl_wire::number;

use crate::{Error, Socket, sys};

const ETHTOOL_GDRVINFO: u32 = 3;
/// Bytes of `struct ethtool_drvinfo`: a command, five strings of 32, twelve reserved, five numbers.
const SIZE: usize = 4 + 5 * 32 + 12 + 5 * 4;

/// What a driver says of itself; what it does not say is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Driver {
    /// Its name, such as `veth`.
    pub name: String,
    /// Its version; most say the kernel's.
    pub version: String,
    /// The device's firmware.
    pub firmware: String,
    /// Where the device is, such as `0000:00:05.0`.
    pub bus: String,
}

/// The driver of the link `name` in the socket's namespace.
///
/// `None` if there is none to ask: no such link, or one whose driver does not say (`EOPNOTSUPP`), or a name that cannot
/// be a link's.
pub fn of(socket: &Socket, name: &[u8]) -> Result<Option<Driver>, Error> {
    let mut padded = [0; libc::IFNAMSIZ];
    match padded.get_mut(..name.len()) {
        // The last byte must stay for the NUL.
        Some(room) if name.len() < libc::IFNAMSIZ && !name.contains(&0) => room.copy_from_slice(name),
        _ => return Ok(None),
    }
    let mut answer = [0; SIZE];
    answer[..4].copy_from_slice(&ETHTOOL_GDRVINFO.to_ne_bytes());
    match sys::ethtool(socket.as_fd(), &padded, &mut answer) {
        Ok(()) => {}
        Err(Error::Io { errno: libc::ENODEV | libc::EOPNOTSUPP | libc::EINVAL | libc::EPERM, .. }) => {
            return Ok(None);
        }
        Err(error) => return Err(error),
    }
    let text = |place: usize| {
        let start = 4 + 32 * place;
        let bytes = answer.get(start..start + 32).unwrap_or_default();
        String::from_utf8_lossy(number::text(bytes)).into_owned()
    };
    Ok(Some(Driver { name: text(0), version: text(1), firmware: text(2), bus: text(3) }))
}
