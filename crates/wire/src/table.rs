//! A table of attributes by number, filled in one walk.
//!
//! Knows the kernel's rule that the last of several wins (`nla_parse`). Refuses to keep numbers beyond its size: a
//! caller who must not lose them walks [`Attrs`] for what is left over.

use crate::{Attrs, Error};

/// The attributes of one buffer, by number, up to `N - 1`.
///
/// Lives on the stack (16 bytes a slot) and borrows the payloads.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a, const N: usize> {
    slots: [Option<&'a [u8]>; N],
}

impl<'a, const N: usize> Table<'a, N> {
    /// Indexes the attributes of `bytes`.
    ///
    /// Malformed bytes end the walk: the table holds what came before, and the error says where they are.
    pub fn parse(bytes: &'a [u8]) -> (Self, Option<Error>) {
        let mut slots = [None; N];
        for attr in Attrs::new(bytes) {
            match attr {
                Ok(attr) => {
                    if let Some(slot) = slots.get_mut(usize::from(attr.kind)) {
                        *slot = Some(attr.data);
                    }
                }
                Err(error) => return (Table { slots }, Some(error)),
            }
        }
        (Table { slots }, None)
    }

    /// The payload of attribute `kind`; `None` if absent or if the number is `N` or more.
    pub fn get(&self, kind: u16) -> Option<&'a [u8]> {
        self.slots.get(usize::from(kind)).copied().flatten()
    }
}

impl<const N: usize> Default for Table<'_, N> {
    fn default() -> Self {
        Table { slots: [None; N] }
    }
}
