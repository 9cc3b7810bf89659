//! What of a nest's bytes tells how a link is set, so that two readings can be compared without decoding them.

use std::hash::Hasher;

use linkctl_wire::Attrs;

use crate::field::{FieldDef, Fields, all, with};
use crate::types::Type;

/// What of one table's nest counts: all but what only tells something that nobody can set, such as a counter, a timer or a
/// state. What no field knows counts, for nobody knows what it is.
#[derive(Clone, Debug)]
pub struct Imprint {
    /// Attributes that do not count as a whole, a bit each.
    dull: [u64; 2],
    /// Fields within those that can be set.
    deep: Vec<&'static FieldDef>,
    /// The bits of `ifi_flags` that can be set.
    bits: u32,
}

impl Imprint {
    /// Of a table. Of attributes that nobody can set `also` count, and none of `not`.
    pub fn new(fields: &'static Fields, also: &[u16], not: &[u16]) -> Self {
        let (mut told, mut set, mut bits) = ([0; 2], [0; 2], 0);
        for f in fields.list() {
            match f.ty {
                Type::Header { bit, .. } if f.is_state() => bits |= bit,
                _ if f.is_state() && f.path.is_empty() => set = all(set, f),
                _ => told = all(told, f),
            }
        }
        set = also.iter().fold(set, |set, attr| with(set, *attr));
        let dull = [told[0] & !set[0], told[1] & !set[1]];
        let dull = not.iter().fold(dull, |dull, attr| with(dull, *attr));
        let deep = fields.list().iter().filter(|f| f.is_state() && !f.path.is_empty()).collect();
        Self { dull, deep, bits }
    }

    /// What of the message's header counts.
    pub fn flags(&self, flags: u32) -> u32 {
        flags & self.bits
    }

    /// Takes what counts of a nest into a sum, in the order in which it is there.
    pub fn nest(&self, bytes: &[u8], sum: &mut impl Hasher) {
        for a in Attrs::new(bytes).map_while(Result::ok) {
            let dull = self.dull.get(usize::from(a.kind / 64)).is_some_and(|w| w & (1 << (a.kind % 64)) != 0);
            if !dull {
                part(a.kind, a.data, sum);
            } else if self.deep.iter().any(|f| f.path[0] == a.kind) {
                self.within(a.kind, a.data, sum);
            }
        }
    }

    fn within(&self, nest: u16, bytes: &[u8], sum: &mut impl Hasher) {
        for f in self.deep.iter().filter(|f| f.path[0] == nest) {
            let rest = f.path[1..].iter().try_fold(bytes, |bytes, step| Attrs::new(bytes).find(*step));
            let more = if let Type::Span { max } = f.ty { Some(max) } else { None };
            for attr in std::iter::once(f.attr).chain(more) {
                if let Some(data) = rest.and_then(|bytes| Attrs::new(bytes).find(attr)) {
                    part(attr, data, sum);
                }
            }
        }
    }
}

/// Number and length first, so that what is in one attribute is never taken for what is in two.
fn part(attr: u16, data: &[u8], sum: &mut impl Hasher) {
    sum.write_u64(u64::from(attr) << 32 | data.len() as u64);
    sum.write(data);
}
