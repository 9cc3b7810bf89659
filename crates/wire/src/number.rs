//! Integers in attributes, read only at their exact length.
//!
//! Knows widths and byte orders. Refuses to guess: a payload of another length is no number, so that a kernel which
//! widens or shortens an attribute is noticed instead of misread.

macro_rules! readers {
    ($($(#[doc = $doc:literal])* $name:ident: $type:ty = $from:ident;)*) => {$(
        $(#[doc = $doc])*
        ///
        /// `None` unless the payload has exactly that length.
        pub fn $name(data: &[u8]) -> Option<$type> {
            data.try_into().ok().map(<$type>::$from)
        }
    )*};
}

readers! {
    /// A byte.
    u8: u8 = from_ne_bytes;
    /// Two bytes in the host's order.
    u16: u16 = from_ne_bytes;
    /// Four bytes in the host's order.
    u32: u32 = from_ne_bytes;
    /// Eight bytes in the host's order.
    u64: u64 = from_ne_bytes;
    /// A signed byte.
    i8: i8 = from_ne_bytes;
    /// Two bytes in the host's order, signed.
    i16: i16 = from_ne_bytes;
    /// Four bytes in the host's order, signed.
    i32: i32 = from_ne_bytes;
    /// Eight bytes in the host's order, signed.
    i64: i64 = from_ne_bytes;
    /// Two bytes in network order.
    be16: u16 = from_be_bytes;
    /// Four bytes in network order.
    be32: u32 = from_be_bytes;
    /// Eight bytes in network order.
    be64: u64 = from_be_bytes;
}

/// The bytes before the first NUL, or all of them (`NLA_STRING` may come without one, `NLA_NUL_STRING` has one).
pub fn text(data: &[u8]) -> &[u8] {
    data.iter().position(|&byte| byte == 0).map_or(data, |end| &data[..end])
}
