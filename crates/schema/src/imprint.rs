//! What of a nest's bytes tells how a link is set, so that two readings can be compared without decoding them.

use linkctl_wire::Attrs;

use crate::field::{FieldDef, Fields, all, has, own, with};
use crate::types::Type;

/// What of one table's nest counts: all but what only tells something that nobody can set, such as a counter, a timer or a
/// state. What no field knows counts, for nobody knows what it is.
#[derive(Clone, Debug)]
pub struct Imprint {
    /// Attributes that do not count as a whole, a bit each.
    dull: [u64; 2],
    /// What of those counts that fields lie in which can be set.
    within: Deep,
    /// The bits of `ifi_flags` that can be set.
    bits: u32,
}

/// What counts of a nest of which only what can be set does.
#[derive(Clone, Debug, Default)]
struct Deep {
    /// Attributes that count, a bit each.
    set: [u64; 2],
    /// Nests in it in which some do.
    nests: Vec<(u16, Deep)>,
}

impl Deep {
    /// Takes in a field that lies `way` further in.
    fn take(&mut self, f: &FieldDef, way: &[u16]) {
        match way.split_first() {
            None => self.set = own(self.set, f),
            Some((first, rest)) => {
                let at = self.nests.iter().position(|(attr, _)| attr == first).unwrap_or_else(|| {
                    self.nests.push((*first, Self::default()));
                    self.nests.len() - 1
                });
                self.nests[at].1.take(f, rest);
            }
        }
    }

    fn nest(&self, bytes: &[u8], out: &mut Vec<u8>) {
        for a in Attrs::new(bytes).map_while(Result::ok) {
            if has(self.set, a.kind) {
                part(a.kind, a.data, out);
            } else {
                self.of(a.kind, a.data, out);
            }
        }
    }

    /// Gathers what counts of one attribute.
    fn of(&self, attr: u16, bytes: &[u8], out: &mut Vec<u8>) {
        if let Some((_, deep)) = self.nests.iter().find(|(nest, _)| *nest == attr) {
            deep.nest(bytes, out);
        }
    }
}

impl Imprint {
    /// Of a table. Of attributes that nobody can set `also` count, and none of `not`.
    pub fn new(fields: &'static Fields, also: &[u16], not: &[u16]) -> Self {
        let (mut told, mut set, mut bits) = ([0; 2], [0; 2], 0);
        let mut within = Deep::default();
        for f in fields.list() {
            match f.ty {
                Type::Header { bit, .. } if f.is_state() => bits |= bit,
                _ if f.is_state() && f.path.is_empty() => set = all(set, f),
                _ => told = all(told, f),
            }
            if f.is_state() && !f.path.is_empty() {
                within.take(f, f.path);
            }
        }
        set = also.iter().fold(set, |set, attr| with(set, *attr));
        let dull = [told[0] & !set[0], told[1] & !set[1]];
        let dull = not.iter().fold(dull, |dull, attr| with(dull, *attr));
        Self { dull, within, bits }
    }

    /// What of the message's header counts.
    pub fn flags(&self, flags: u32) -> u32 {
        flags & self.bits
    }

    /// Gathers what counts of a nest, in the order in which it is there.
    pub fn nest(&self, bytes: &[u8], out: &mut Vec<u8>) {
        for a in Attrs::new(bytes).map_while(Result::ok) {
            if has(self.dull, a.kind) {
                self.within.of(a.kind, a.data, out);
            } else {
                part(a.kind, a.data, out);
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
