//! A request to the kernel in the making.

use linkctl_link::message::put_word;
use linkctl_link::numbers::IFINFOMSG;
use linkctl_wire::Writer;

/// One message about a link (`struct ifinfomsg` and attributes).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `RTM_NEWLINK` and its like.
    pub kind: u16,
    /// `NLM_F_*` but those of every request.
    pub flags: u16,
    /// `ifi_family`.
    pub family: u8,
    /// `ifi_index`.
    pub index: u32,
    /// `ifi_flags`.
    pub values: u32,
    /// `ifi_change`.
    pub mask: u32,
    /// The attributes, in the order in which they were said.
    pub attrs: Vec<u8>,
    /// The name that a link is created under.
    pub name: Option<Vec<u8>>,
    /// The link goes by this name, not by index: it is looked up only where the kernel does not find it.
    pub by_name: Option<Vec<u8>>,
}

impl Request {
    /// `struct ifinfomsg`.
    pub fn header(&self) -> [u8; IFINFOMSG] {
        let mut out = [0; IFINFOMSG];
        out[0] = self.family;
        out[4..8].copy_from_slice(&self.index.to_ne_bytes());
        out[8..12].copy_from_slice(&self.values.to_ne_bytes());
        out[12..16].copy_from_slice(&self.mask.to_ne_bytes());
        out
    }

    /// The message; sequence and port are the socket's to fill in. Fails where it is longer than a message can be.
    pub fn message(&self) -> Result<Vec<u8>, linkctl_wire::Error> {
        let mut out = Writer::message(self.kind, self.flags, &self.header());
        out.raw(&self.attrs);
        if let Some(name) = &self.by_name {
            put_word(&mut out, name);
        }
        out.finish()
    }

    /// Adds an attribute.
    pub fn put(&mut self, attr: u16, data: &[u8]) {
        let mut w = Writer::new();
        w.put(attr, data);
        self.append(w);
    }

    /// Adds a number of four bytes.
    pub fn put_u32(&mut self, attr: u16, n: u32) {
        self.put(attr, &n.to_ne_bytes());
    }

    /// Adds attributes. One that is too long for its length field is left out by the writer, and the message with it.
    pub fn append(&mut self, attrs: Writer) {
        self.attrs.extend(attrs.into_attrs().unwrap_or_default());
    }
}
