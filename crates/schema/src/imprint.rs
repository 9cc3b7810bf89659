//! What of a nest's bytes tells how a link is set, so that two readings can be compared without decoding them.

use linkctl_wire::Attrs;

use crate::field::{FieldDef, Fields, all, has, with};
use crate::types::Type;

/// What of one table's nest counts: all but what only tells something that nobody can set, such as a counter, a timer or a
/// state. What no field knows counts, for nobody knows what it is.
#[derive(Clone, Debug)]
pub struct Imprint {
    /// Attributes that do not count as a whole, a bit each.
    dull: [u64; 2],
    /// Those of them that fields lie in that can be set.
    nests: [u64; 2],
    /// These fields.
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
        let deep: Vec<_> = fields.list().iter().filter(|f| f.is_state() && !f.path.is_empty()).collect();
        let nests = deep.iter().fold([0; 2], |nests, f| with(nests, f.path[0]));
        Self { dull, nests, deep, bits }
    }

    /// What of the message's header counts.
    pub fn flags(&self, flags: u32) -> u32 {
        flags & self.bits
    }

    /// Gathers what counts of a nest, in the order in which it is there.
    pub fn nest(&self, bytes: &[u8], out: &mut Vec<u8>) {
        for a in Attrs::new(bytes).map_while(Result::ok) {
            if !has(self.dull, a.kind) {
                part(a.kind, a.data, out);
            } else if has(self.nests, a.kind) {
                self.within(&[a.kind], a.data, out);
            }
        }
    }

    fn within(&self, way: &[u16], bytes: &[u8], out: &mut Vec<u8>) {
        for a in Attrs::new(bytes).map_while(Result::ok) {
            for f in self.deep.iter().filter(|f| f.path.starts_with(way)) {
                let last = f.path.len() == way.len();
                let of = f.attr == a.kind || matches!(f.ty, Type::Span { max } if max == a.kind);
                if last && of {
                    part(a.kind, a.data, out);
                    break;
                }
                if !last && f.path[way.len()] == a.kind {
                    self.within(&f.path[..=way.len()], a.data, out);
                    break;
                }
            }
        }
    }
}

/// Number and length first, so that what is in one attribute is never taken for what is in two.
pub fn part(attr: u16, data: &[u8], out: &mut Vec<u8>) {
    let head = u64::from(attr) << 32 | data.len() as u64;
    out.extend_from_slice(&head.to_ne_bytes());
    out.extend_from_slice(data);
}
