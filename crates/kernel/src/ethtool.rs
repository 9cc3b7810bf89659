//! Ethtool over generic netlink, and how many virtual functions a device has made.
//!
//! Knows the way there: the number of the family, a socket of its own in each namespace, the file of the device.
//! Refuses to know settings: messages come from `linkctl-link`.

use linkctl_link::ethtool::{self as messages, family};
use linkctl_link::{Key, Seen};

use crate::live::{Live, malformed};
use crate::{Error, Socket, sriov};

/// A conversation about ethtool's settings in one namespace.
pub(crate) struct Generic {
    socket: Socket,
    family: u16,
}

impl Live {
    /// Asks for one group of a link's settings, and hands the answer over; `false` where its driver has none.
    pub fn ethtool(&mut self, key: &Key, group: u16, f: impl FnOnce(&[u8])) -> Result<bool, Error> {
        let index = self.known(key)?;
        let generic = self.generic(key)?;
        let request = messages::get(generic.family, group, index).map_err(malformed)?;
        match generic.socket.get(request, |m| f(m.payload)) {
            Ok(()) => Ok(true),
            Err(Error::Refused(no)) if no.errno == libc::EOPNOTSUPP => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Changes settings of one group, by a message that `make` writes for the family and the link's index.
    pub fn set_ethtool<E>(
        &mut self,
        key: &Key,
        make: impl FnOnce(u16, u32) -> Result<Vec<u8>, E>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let index = self.known(key)?;
        let generic = self.generic(key)?;
        let request = make(generic.family, index).map_err(|_| Error::Spent)?;
        generic.socket.request(request).map(|yes| yes.warning)
    }

    /// How many virtual functions a link can have; 0 where its hardware or driver has none.
    pub fn most_functions(&mut self, key: &Key) -> Result<u32, Error> {
        Ok(self.device(key)?.map_or(0, |device| device.most()))
    }

    /// Has so many virtual functions of a link made.
    pub fn make_functions(&mut self, key: &Key, count: u32) -> Result<(), Error> {
        let none = Error::Io { call: "sriov_numvfs", errno: libc::EOPNOTSUPP };
        self.device(key)?.ok_or(none)?.make(count)
    }

    /// The device of a link: what its message says of it, or where that is older than Linux 5.14, its driver.
    fn device(&mut self, key: &Key) -> Result<Option<sriov::Device>, Error> {
        let Some((snapshot, key)) = self.one(key, false)? else {
            return Err(Error::Io { call: "RTM_GETLINK", errno: libc::ENODEV });
        };
        let said = snapshot.seen(&key).and_then(|(seen, _)| parent(&seen));
        Ok(match said {
            Some((bus, name)) => sriov::Device::open(&bus, &name),
            None => self.driver(&key).and_then(|d| sriov::Device::open(b"pci", d.bus.as_bytes())),
        })
    }

    fn known(&mut self, key: &Key) -> Result<u32, Error> {
        use linkctl_link::message::Around;
        let known = self.index(key);
        let index = match known {
            Some(index) => Some(index),
            None => self.learn(key)?,
        };
        index.ok_or(Error::Io { call: "RTM_GETLINK", errno: libc::ENODEV })
    }

    fn generic(&mut self, key: &Key) -> Result<&mut Generic, Error> {
        self.enter(&key.netns)?;
        let space = self.space(&key.netns)?;
        if space.generic.is_none() {
            let mut socket = Socket::generic(&space.netns)?;
            let found = socket.get(messages::find_family().map_err(malformed)?, |m| family(m.payload));
            let family = match found {
                // Linux 5.6 has it, unless it was left out.
                Err(Error::Refused(no)) if no.errno == libc::ENOENT => {
                    return Err(Error::Io { call: "ethtool's netlink messages", errno: libc::EOPNOTSUPP });
                }
                found => found?.ok_or(Error::Ended)?,
            };
            space.generic = Some(Generic { socket, family });
        }
        space.generic.as_mut().ok_or(Error::Spent)
    }
}

/// Bus and name of the device that a link's message names.
fn parent(seen: &Seen<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    let (bus, name) = seen.parent()?;
    Some((bus.to_vec(), name.to_vec()))
}
