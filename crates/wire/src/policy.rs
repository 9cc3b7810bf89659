//! What the kernel would have accepted (`enum netlink_policy_type_attr` of `linux/netlink.h`).
//!
//! Knows the bounds that come with a refusal. Refuses to judge them: the caller knows which attribute they are about.

use crate::{Table, number};

/// The bounds that a refused attribute broke.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// The type that was expected (`enum netlink_attribute_type`: 1 flag, 2 u8, 3 u16, 4 u32, 5 u64, …).
    pub kind: Option<u32>,
    /// Least value of a signed number.
    pub min_signed: Option<i64>,
    /// Greatest value of a signed number.
    pub max_signed: Option<i64>,
    /// Least value of an unsigned number.
    pub min_unsigned: Option<u64>,
    /// Greatest value of an unsigned number.
    pub max_unsigned: Option<u64>,
    /// Least length in bytes.
    pub min_len: Option<u32>,
    /// Greatest length in bytes; a string's is without its NUL.
    pub max_len: Option<u32>,
    /// Index of the policy of what is nested within.
    pub nested_index: Option<u32>,
    /// Greatest attribute number of what is nested within.
    pub nested_max: Option<u32>,
    /// Bits that a `struct nla_bitfield32` may select.
    pub bitfield_mask: Option<u32>,
    /// Bits that an unsigned number may have.
    pub mask: Option<u64>,
}

impl Policy {
    /// Reads the attributes inside `NLMSGERR_ATTR_POLICY`; what is malformed or missing is `None`.
    pub fn parse(bytes: &[u8]) -> Policy {
        let (table, _) = Table::<13>::parse(bytes);
        let narrow = |kind| table.get(kind).and_then(number::u32);
        let wide = |kind| table.get(kind).and_then(number::u64);
        let signed = |kind| table.get(kind).and_then(number::i64);
        Policy {
            kind: narrow(1),
            min_signed: signed(2),
            max_signed: signed(3),
            min_unsigned: wide(4),
            max_unsigned: wide(5),
            min_len: narrow(6),
            max_len: narrow(7),
            nested_index: narrow(8),
            nested_max: narrow(9),
            bitfield_mask: narrow(10),
            mask: wide(12),
        }
    }
}
