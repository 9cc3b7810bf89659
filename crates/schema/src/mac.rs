//! Link-layer addresses.

use std::fmt;

/// A link-layer address of at most 20 bytes (InfiniBand's; `MAX_ADDR_LEN` is 32, but no kind uses more).
///
/// Six bytes for Ethernet, four for IPv4 tunnels, sixteen for IPv6 tunnels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mac {
    bytes: [u8; 20],
    len: u8,
}

impl Mac {
    /// Takes the bytes of an address; `None` where they are more than 20.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut mac = Self { bytes: [0; 20], len: u8::try_from(bytes.len()).ok()? };
        mac.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(mac)
    }

    /// The bytes, in the order of the wire.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Reads `aa:bb:cc:dd:ee:ff`, of any length up to 20 bytes; `-` and `.` do as separators too, and one or
    /// two digits a byte.
    pub fn parse(word: &str) -> Option<Self> {
        let separator = [':', '-', '.'].into_iter().find(|c| word.contains(*c))?;
        let mut bytes = [0; 20];
        let mut len = 0;
        for part in word.split(separator) {
            if part.is_empty() || part.len() > 2 || !part.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            *bytes.get_mut(len)? = u8::from_str_radix(part, 16).ok()?;
            len += 1;
        }
        Self::new(&bytes[..len])
    }

    /// Whether the kernel would take this as an Ethernet link's own address: six bytes, not zero, not a group
    /// address (`is_valid_ether_addr` of `linux/etherdevice.h`).
    pub fn is_valid_ether(&self) -> bool {
        self.len == 6 && self.bytes[0] & 1 == 0 && self.bytes != [0; 20]
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, b) in self.as_bytes().iter().enumerate() {
            write!(f, "{}{b:02x}", if i == 0 { "" } else { ":" })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_again() {
        for word in ["02:00:00:00:00:01", "ff:ff:ff:ff:ff:ff", "0a:0b"] {
            assert_eq!(Mac::parse(word).expect("an address").to_string(), word);
        }
        assert_eq!(Mac::parse("2-0-0-0-0-1"), Mac::parse("02:00:00:00:00:01"));
        for word in ["", "02", "02:", "02:0g", "002:00", "1:2:3:4:5:6:7:8:9:0:1:2:3:4:5:6:7:8:9:0:1"] {
            assert_eq!(Mac::parse(word), None, "{word}");
        }
    }
}
