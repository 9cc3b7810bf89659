//! The attributes in a buffer (`struct nlattr` of `linux/netlink.h`).
//!
//! Knows lengths, padding and the two flag bits of a type. Refuses to know which numbers exist or what they hold.

use crate::{Error, What, aligned};

/// Bytes of an attribute's header (`NLA_HDRLEN`).
pub const NLA_HDRLEN: usize = 4;
/// The payload is itself a list of attributes (`NLA_F_NESTED`).
pub const NLA_F_NESTED: u16 = 0x8000;
/// The payload is in network order (`NLA_F_NET_BYTEORDER`).
pub const NLA_F_NET_BYTEORDER: u16 = 0x4000;
/// What remains of a type without its flags (`NLA_TYPE_MASK`).
pub const NLA_TYPE_MASK: u16 = !(NLA_F_NESTED | NLA_F_NET_BYTEORDER);

/// One attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attr<'a> {
    /// The attribute's number, without the flag bits.
    pub kind: u16,
    /// Whether the sender marked the payload as attributes; many that are nests come without the mark.
    pub nested: bool,
    /// The payload, without padding.
    pub data: &'a [u8],
}

/// The attributes in a buffer, in order.
///
/// Yields `Err` at most once, as its last item. Never panics, never reads past the buffer, and terminates on every
/// input: each step consumes at least four bytes. Fewer than four zero bytes at the end are padding, not an error.
#[derive(Clone, Debug)]
pub struct Attrs<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Attrs<'a> {
    /// Reads `bytes` as attributes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Attrs { bytes, at: 0 }
    }

    /// Where the next attribute begins, in bytes from the start of the buffer.
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// The payload of the last attribute of that number, as the kernel's `nla_parse` would find it.
    ///
    /// Attributes after malformed bytes are not found.
    pub fn find(self, kind: u16) -> Option<&'a [u8]> {
        let mut rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut found = None;
        // The same walk as the iterator's, without what it says of each attribute: messages have forty and more.
        while let Some([l0, l1, k0, k1]) = rest.first_chunk::<NLA_HDRLEN>() {
            let end = usize::from(u16::from_ne_bytes([*l0, *l1]));
            let Some(data) = rest.get(NLA_HDRLEN..end) else { break };
            if u16::from_ne_bytes([*k0, *k1]) & NLA_TYPE_MASK == kind {
                found = Some(data);
            }
            rest = rest.get(aligned(end)..).unwrap_or_default();
        }
        found
    }

    #[inline]
    fn split(&self) -> Result<Option<(Attr<'a>, usize)>, What> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let got = rest.len();
        let Some((header, _)) = rest.split_first_chunk::<NLA_HDRLEN>() else {
            return if rest.iter().all(|&byte| byte == 0) {
                Ok(None)
            } else {
                Err(What::Short { want: NLA_HDRLEN, got })
            };
        };
        let [l0, l1, k0, k1] = *header;
        let length = u16::from_ne_bytes([l0, l1]);
        let kind = u16::from_ne_bytes([k0, k1]);
        let end = usize::from(length);
        if end < NLA_HDRLEN {
            return Err(What::Length(length));
        }
        let data = rest.get(NLA_HDRLEN..end).ok_or(What::Short { want: end, got })?;
        let attr = Attr { kind: kind & NLA_TYPE_MASK, nested: kind & NLA_F_NESTED != 0, data };
        // The last attribute may come without its padding.
        Ok(Some((attr, aligned(end).min(got))))
    }
}

impl<'a> Iterator for Attrs<'a> {
    type Item = Result<Attr<'a>, Error>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        match self.split() {
            Ok(Some((attr, step))) => {
                self.at += step;
                Some(Ok(attr))
            }
            Ok(None) => {
                self.at = self.bytes.len();
                None
            }
            Err(what) => {
                self.at = self.bytes.len();
                Some(Err(Error { at, what }))
            }
        }
    }
}

impl std::iter::FusedIterator for Attrs<'_> {}
