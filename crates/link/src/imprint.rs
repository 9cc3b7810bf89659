//! A number for all links of some readings: as long as it is the same, so is all that can be set of them.

use std::hash::{DefaultHasher, Hasher};

use linkctl_kinds::{kind, link as base, port};
use linkctl_schema::Fields;
use linkctl_schema::imprint::{Imprint as Nest, part};
use linkctl_wire::Attrs;

use crate::numbers::{
    IFINFOMSG, IFLA_IFNAME, IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_INFO_SLAVE_DATA, IFLA_INFO_SLAVE_KIND,
    IFLA_INFO_XSTATS, IFLA_LINK_NETNSID, IFLA_LINKINFO, IFLA_STATS, IFLA_STATS64,
};

/// What is looked into by itself, or changes all the time.
const ELSEWHERE: [u16; 3] = [IFLA_LINKINFO, IFLA_STATS, IFLA_STATS64];

/// Takes in the messages of links, one by one, in any order.
///
/// Index, type, name, kind and every setting count, of links that no goal names too; counters, timers and states do not. Two
/// sets of links that differ have the same number once in 2⁶⁴, for whoever does not know the seed. The number means something
/// to this build of the program alone.
#[derive(Clone, Debug)]
pub struct Imprint {
    seed: u64,
    base: Nest,
    /// Of kinds and of ports, by their tables.
    nests: Vec<(&'static Fields, Nest)>,
    sum: u64,
    links: u64,
    /// What counts of one link.
    parts: Vec<u8>,
}

impl Imprint {
    /// Of no links.
    pub fn new(seed: u64) -> Self {
        let base = Nest::new(&base::FIELDS, &[IFLA_IFNAME, IFLA_LINK_NETNSID], &ELSEWHERE);
        Self { seed, base, nests: Vec::new(), sum: 0, links: 0, parts: Vec::new() }
    }

    /// The number.
    pub fn number(&self) -> u64 {
        let mut sum = DefaultHasher::new();
        [self.seed, self.sum, self.links].into_iter().for_each(|n| sum.write_u64(n));
        sum.finish()
    }

    /// Takes in the payload of an `RTM_NEWLINK`; bytes that are too short to be one are a link of their own.
    pub fn link(&mut self, payload: &[u8]) {
        let mut parts = std::mem::take(&mut self.parts);
        parts.clear();
        if let Some((header, attrs)) = payload.split_at_checked(IFINFOMSG) {
            let flags = u32::from_ne_bytes([header[8], header[9], header[10], header[11]]);
            parts.extend_from_slice(&header[..8]);
            parts.extend_from_slice(&self.base.flags(flags).to_ne_bytes());
            self.base.nest(attrs, &mut parts);
            if let Some(info) = Attrs::new(attrs).find(IFLA_LINKINFO) {
                self.info(info, &mut parts);
            }
        }
        let mut sum = DefaultHasher::new();
        sum.write_u64(self.seed);
        sum.write(&parts);
        // A sum, for a dump tells links in whatever order; of numbers that are as good as drawn.
        self.sum = self.sum.wrapping_add(sum.finish());
        self.links += 1;
        self.parts = parts;
    }

    fn info(&mut self, bytes: &[u8], parts: &mut Vec<u8>) {
        let (mut own, mut of_port) = (None, None);
        for a in Attrs::new(bytes).map_while(Result::ok) {
            let word = || std::str::from_utf8(a.data).ok().map(|w| w.trim_end_matches('\0'));
            let known = match a.kind {
                IFLA_INFO_XSTATS => continue,
                IFLA_INFO_DATA => own,
                IFLA_INFO_SLAVE_DATA => of_port,
                _ => None,
            };
            match a.kind {
                IFLA_INFO_KIND => own = word().and_then(kind),
                IFLA_INFO_SLAVE_KIND => of_port = word().and_then(port),
                _ => {}
            }
            match known {
                Some(known) => {
                    part(a.kind, &[], parts);
                    self.of(known.fields).nest(a.data, parts);
                }
                None => part(a.kind, a.data, parts),
            }
        }
    }

    fn of(&mut self, fields: &'static Fields) -> &Nest {
        let at = self.nests.iter().position(|(known, _)| std::ptr::eq(*known, fields));
        let at = at.unwrap_or_else(|| {
            self.nests.push((fields, Nest::new(fields, &[], &[])));
            self.nests.len() - 1
        });
        &self.nests[at].1
    }
}
