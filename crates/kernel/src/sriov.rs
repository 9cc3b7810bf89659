//! The files of a device that say how many virtual functions it has: there is no message for that.
//!
//! A device is named by its bus and its own name, as the kernel tells them of a link: a link's name and namespace say
//! nothing here, for `/sys/class/net` shows the links of one namespace only, and any of them can be renamed meanwhile.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use crate::{Error, sys};

/// A device.
pub(crate) struct Device(PathBuf);

impl Device {
    /// The device of that name on that bus; `None` where either cannot be the name of one, or there is none.
    pub(crate) fn open(bus: &[u8], name: &[u8]) -> Option<Self> {
        // One step of a path each, so that they lead nowhere else.
        let plain = |b: &u8| b.is_ascii_alphanumeric() || b":._-".contains(b);
        let step = |word: &[u8]| !word.is_empty() && word.iter().all(plain) && word[0] != b'.';
        if !step(bus) || !step(name) {
            return None;
        }
        let path = PathBuf::from("/sys/bus")
            .join(std::ffi::OsStr::from_bytes(bus))
            .join("devices")
            .join(std::ffi::OsStr::from_bytes(name));
        path.join("sriov_numvfs").is_file().then_some(Self(path))
    }

    /// The most virtual functions that it can have. Devices that are no hardware tell none, and have as many as one likes.
    pub(crate) fn most(&self) -> u32 {
        let mut text = String::new();
        let file = File::open(self.0.join("sriov_totalvfs"));
        match file.and_then(|f| f.take(32).read_to_string(&mut text)) {
            Ok(_) => text.trim().parse().unwrap_or(0),
            Err(_) => u32::from(u16::MAX),
        }
    }

    /// Has so many made. The kernel answers when it is done.
    pub(crate) fn make(&self, count: u32) -> Result<(), Error> {
        let fault = |e: std::io::Error| Error::Io { call: "sriov_numvfs", errno: sys::number(&e) };
        let mut options = OpenOptions::new();
        let file = options.write(true).custom_flags(libc::O_NOFOLLOW).open(self.0.join("sriov_numvfs"));
        file.and_then(|mut f| f.write_all(count.to_string().as_bytes())).map_err(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder_of_its_bus() {
        for name in ["..", ".", "", "a/b", "../../etc", "0000:00:02.0/..", "a\0b", "a b"] {
            assert!(Device::open(b"pci", name.as_bytes()).is_none(), "{name:?}");
            assert!(Device::open(name.as_bytes(), b"0000:00:02.0").is_none(), "{name:?}");
        }
    }
}
