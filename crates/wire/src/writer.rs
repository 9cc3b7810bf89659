//! Messages and attributes, written front to back into one buffer.
//!
//! Knows lengths, padding and nests, and patches lengths on the way out. Refuses to know numbers, and to send
//! anything: sequence and port stay 0 for whoever owns the socket.

use crate::attr::{NLA_F_NESTED, NLA_HDRLEN};
use crate::{Error, Header, What, aligned};

/// A message, or bare attributes, in the making.
///
/// The first failure sticks: writing goes on without effect, and [`Writer::finish`] or [`Writer::into_attrs`] reports
/// it. Every byte of the result is written; padding is zero.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
    message: bool,
    error: Option<Error>,
}

impl Writer {
    /// Begins bare attributes, to be taken by [`Writer::into_attrs`].
    pub fn new() -> Writer {
        Writer::default()
    }

    /// Begins a message with the family's fixed header, padded to four bytes; sequence and port are 0.
    pub fn message(kind: u16, flags: u16, fixed: &[u8]) -> Writer {
        Writer::message_in(Vec::with_capacity(256), kind, flags, fixed)
    }

    /// Begins a message in a buffer of the caller's, whose content is forgotten and whose memory is reused.
    pub fn message_in(mut buffer: Vec<u8>, kind: u16, flags: u16, fixed: &[u8]) -> Writer {
        buffer.clear();
        buffer.extend_from_slice(&Header { kind, flags, seq: 0, port: 0 }.bytes(0));
        let mut writer = Writer { bytes: buffer, message: true, error: None };
        writer.raw(fixed);
        writer
    }

    /// Bytes written so far, header and padding included.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds an attribute. One of more than 65,535 bytes with its header is left out and reported at the end.
    pub fn put(&mut self, kind: u16, data: &[u8]) {
        self.parts(kind, &[data]);
    }

    /// Adds a byte.
    pub fn put_u8(&mut self, kind: u16, value: u8) {
        self.put(kind, &[value]);
    }

    /// Adds two bytes in the host's order.
    pub fn put_u16(&mut self, kind: u16, value: u16) {
        self.put(kind, &value.to_ne_bytes());
    }

    /// Adds four bytes in the host's order.
    pub fn put_u32(&mut self, kind: u16, value: u32) {
        self.put(kind, &value.to_ne_bytes());
    }

    /// Adds eight bytes in the host's order.
    pub fn put_u64(&mut self, kind: u16, value: u64) {
        self.put(kind, &value.to_ne_bytes());
    }

    /// Adds four bytes in the host's order, signed.
    pub fn put_i32(&mut self, kind: u16, value: i32) {
        self.put(kind, &value.to_ne_bytes());
    }

    /// Adds two bytes in network order.
    pub fn put_be16(&mut self, kind: u16, value: u16) {
        self.put(kind, &value.to_be_bytes());
    }

    /// Adds four bytes in network order.
    pub fn put_be32(&mut self, kind: u16, value: u32) {
        self.put(kind, &value.to_be_bytes());
    }

    /// Adds eight bytes in network order.
    pub fn put_be64(&mut self, kind: u16, value: u64) {
        self.put(kind, &value.to_be_bytes());
    }

    /// Adds a string and the NUL that ends it.
    pub fn put_str(&mut self, kind: u16, text: &str) {
        self.parts(kind, &[text.as_bytes(), &[0]]);
    }

    /// Adds an attribute that says all by being there.
    pub fn put_flag(&mut self, kind: u16) {
        self.put(kind, &[]);
    }

    /// Adds a nest, marked as one, with what `f` writes.
    pub fn nest(&mut self, kind: u16, f: impl FnOnce(&mut Writer)) {
        self.enclose(kind | NLA_F_NESTED, f);
    }

    /// Adds a nest without the mark, as older senders do; kernels before 5.2 know none.
    pub fn nest_plain(&mut self, kind: u16, f: impl FnOnce(&mut Writer)) {
        self.enclose(kind, f);
    }

    /// Adds bytes as they are, then zeros up to the boundary.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.pad();
    }

    /// The message, its length in place.
    ///
    /// Fails with the first failure, or with [`What::Shape`] if the writer was begun by [`Writer::new`].
    pub fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.settled(true)?;
        let wanted = self.bytes.len();
        let length = u32::try_from(wanted).map_err(|_| Error { at: 0, what: What::TooLong(wanted) })?;
        if let Some(field) = self.bytes.first_chunk_mut::<4>() {
            *field = length.to_ne_bytes();
        }
        Ok(self.bytes)
    }

    /// The attributes.
    ///
    /// Fails with the first failure, or with [`What::Shape`] if the writer was begun by [`Writer::message`].
    pub fn into_attrs(self) -> Result<Vec<u8>, Error> {
        self.settled(false)?;
        Ok(self.bytes)
    }

    fn settled(&self, message: bool) -> Result<(), Error> {
        let shape = (self.message != message).then_some(Error { at: 0, what: What::Shape });
        self.error.or(shape).map_or(Ok(()), Err)
    }

    fn parts(&mut self, kind: u16, parts: &[&[u8]]) {
        let wanted = parts.iter().fold(NLA_HDRLEN, |sum, part| sum.saturating_add(part.len()));
        let Some(length) = self.fitting(self.bytes.len(), wanted) else { return };
        self.bytes.extend_from_slice(&length.to_ne_bytes());
        self.bytes.extend_from_slice(&kind.to_ne_bytes());
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        self.pad();
    }

    fn enclose(&mut self, kind: u16, f: impl FnOnce(&mut Writer)) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(&[0, 0]);
        self.bytes.extend_from_slice(&kind.to_ne_bytes());
        f(self);
        let Some(length) = self.fitting(start, self.bytes.len().saturating_sub(start)) else { return };
        if let Some(field) = self.bytes.get_mut(start..start.saturating_add(2)) {
            field.copy_from_slice(&length.to_ne_bytes());
        }
    }

    fn fitting(&mut self, at: usize, wanted: usize) -> Option<u16> {
        let length = u16::try_from(wanted).ok();
        if length.is_none() {
            self.error.get_or_insert(Error { at, what: What::TooLong(wanted) });
        }
        length
    }

    fn pad(&mut self) {
        self.bytes.resize(aligned(self.bytes.len()), 0);
    }
}
