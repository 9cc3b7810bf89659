//! A table of attributes by number, filled in one walk.
//!
//! Knows the kernel's rule that the last of several wins (`nla_parse`). Refuses to keep numbers beyond its size: a
//! caller who must not lose them walks [`Attrs`] for what is left over.

use crate::attr::NLA_HDRLEN;
use crate::{Attrs, Error};

/// The attributes of one buffer, by number, up to `N - 1`.
///
/// Lives on the stack (8 bytes a slot) and borrows the buffer.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a, const N: usize> {
    bytes: &'a [u8],
    slots: [Slot; N],
}

/// Where a payload lies. It never begins at 0, where an attribute's header is: that stands for "absent".
#[derive(Clone, Copy, Debug)]
struct Slot {
    start: u32,
    length: u32,
}

const ABSENT: Slot = Slot { start: 0, length: 0 };

impl<'a, const N: usize> Table<'a, N> {
    /// Indexes the attributes of `bytes`.
    ///
    /// Malformed bytes end the walk: the table holds what came before, and the error says where they are.
    pub fn parse(bytes: &'a [u8]) -> (Self, Option<Error>) {
        let mut table = Table { bytes, slots: [ABSENT; N] };
        let mut attrs = Attrs::new(bytes);
        loop {
            // A buffer of 4 GiB is no message: what lies beyond is not found.
            let start = attrs.offset() + NLA_HDRLEN;
            match attrs.next() {
                Some(Ok(attr)) => {
                    if let (Some(slot), Ok(start)) =
                        (table.slots.get_mut(usize::from(attr.kind)), start.try_into())
                    {
                        *slot = Slot { start, length: attr.data.len() as u32 };
                    }
                }
                Some(Err(error)) => return (table, Some(error)),
                None => return (table, None),
            }
        }
    }

    /// The payload of attribute `kind`; `None` if absent or if the number is `N` or more.
    pub fn get(&self, kind: u16) -> Option<&'a [u8]> {
        let slot = self.slots.get(usize::from(kind)).filter(|slot| slot.start != 0)?;
        let start = slot.start as usize;
        self.bytes.get(start..start + slot.length as usize)
    }
}

impl<const N: usize> Default for Table<'_, N> {
    fn default() -> Self {
        Table { bytes: &[], slots: [ABSENT; N] }
    }
}
