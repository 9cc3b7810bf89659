//! The blocks that any link can have beside its own settings: `ethtool` and `vf`.

use linkctl_kinds::nic::{BLOCKS, ethtool, vf};
use linkctl_schema::{Fields, Kind, Record};

use super::Reader;
use super::entry::{Entry, Part};
use crate::load::error::{Fault, Trail, clip};
use crate::load::node::{At, Node, What, Word};
use crate::load::{escape, stranger};
use crate::nic::Functions;

/// More functions than hardware has (`PCI_SRIOV_TOTAL_VF` is 16 bits).
const MOST: u32 = u16::MAX as u32;

/// The word for how many there are.
pub(in crate::load) const COUNT: &str = "count";

type Parts = Vec<(Part, At)>;

/// Words of `ethtool -K` that mean several features, or none of one name.
const SEVERAL: &[(&str, &str)] = &[
    ("tso", "tx-tcp-segmentation, tx-tcp6-segmentation and tx-tcp-ecn-segmentation"),
    ("tx", "tx-checksum-ip-generic or tx-checksum-ipv4 and tx-checksum-ipv6"),
    ("rx", "rx-checksum; of rings rx_ring, of pause frames pause_rx"),
    ("ufo", "tx-udp-segmentation"),
    ("combined", "combined_channels"),
    ("wol", "wol_magic, wol_phy, wol_ucast and so on, each on or off"),
];

/// The block of that name, if it is one of these.
pub(super) fn block(word: &str) -> Option<&'static Kind> {
    BLOCKS.iter().copied().find(|k| k.name == word)
}

impl Reader<'_> {
    /// Reads one of the blocks.
    pub(super) fn beside(
        &mut self,
        kind: &'static Kind,
        (word, node): (&Word<'_>, &Node<'_>),
        entry: &mut Entry,
        trail: &Trail<'_>,
    ) {
        let trail = trail.then(kind.name);
        entry.said.push((kind.name, word.at));
        if kind.name == ethtool::KIND.name {
            let of = |name| Part { block: kind.name, function: None, name };
            if let Some(record) = self.record(&ethtool::TABLE, kind, node, &trail, (&of, &mut entry.parts)) {
                entry.link.nic_mut().ethtool = Some(record);
            }
        } else if let Some(functions) = self.functions(node, &trail, &mut entry.parts) {
            entry.link.nic_mut().vf = Some(functions);
        }
    }

    /// A map of settings, whose places are told; `None` where there is nothing in it.
    fn record(
        &mut self,
        fields: &'static Fields,
        kind: &Kind,
        node: &Node<'_>,
        trail: &Trail<'_>,
        (part, parts): (&dyn Fn(&'static str) -> Part, &mut Parts),
    ) -> Option<Record> {
        let mut record = Record::new(fields);
        let mut said = Vec::new();
        for (word, node) in self.map(kind, node, trail) {
            if !self.setting(fields, &mut record, (word, node), trail, &mut said) {
                let several =
                    SEVERAL.iter().find(|(w, _)| *w == word.text && kind.name == ethtool::KIND.name);
                let names = fields.list().iter().filter(|f| f.is_state()).map(|f| f.name);
                let near = || stranger::meant(&linkctl_schema::near::near(&word.text, names, 3));
                let hint = several.map(|(_, ours)| format!("write {ours}")).or_else(near);
                let what = format!("{} has no \"{}\"", kind.name, clip(&word.text));
                self.fault(Fault::new(word.at, trail, what).hint(hint));
            }
        }
        parts.extend(said.into_iter().map(|(name, at)| (part(name), at)));
        (!record.is_empty()).then_some(record)
    }

    fn map<'n>(&mut self, kind: &Kind, node: &'n Node<'n>, trail: &Trail<'_>) -> &'n [(Word<'n>, Node<'n>)] {
        match &node.what {
            What::Map(map) => map,
            What::Null => &[],
            what => {
                let what = format!("a map of settings of {} is expected, not {}", kind.name, what.called());
                self.fault(Fault::new(node.at, trail, what));
                &[]
            }
        }
    }

    /// `{count: 2, 0: {..}, 1: {..}}`, or only the number of them.
    fn functions(&mut self, node: &Node<'_>, trail: &Trail<'_>, parts: &mut Parts) -> Option<Functions> {
        let of = |function, name| Part { block: vf::KIND.name, function, name };
        let mut out = Functions::default();
        if let What::Scalar(text) = &node.what {
            out.count = self.number(node, text, MOST, trail);
            parts.push((of(None, COUNT), node.at));
            return Some(out);
        }
        for (word, node) in self.map(&vf::KIND, node, trail) {
            let trail = trail.then(&word.text);
            if word.text == COUNT {
                let text = if let What::Scalar(text) = &node.what { text.as_ref() } else { "" };
                out.count = self.number(node, text, MOST, &trail);
                parts.push((of(None, COUNT), word.at.to(node.at)));
            } else if let Some(number) = word.text.parse().ok().filter(|n| *n < MOST) {
                let of = |name| of(Some(number), name);
                let record = self.record(&vf::FIELDS, &vf::KIND, node, &trail, (&of, parts));
                if out.each.contains_key(&number) {
                    self.fault(Fault::new(word.at, &trail, "the function is said twice"));
                }
                out.each.insert(number, record.unwrap_or_else(|| Record::new(&vf::FIELDS)));
            } else {
                let what =
                    format!("\"{}\" is not known here: count and numbers of functions are", clip(&word.text));
                self.fault(Fault::new(word.at, &trail, what));
            }
        }
        if let (Some(count), Some(last)) = (out.count, out.each.keys().last())
            && *last >= count
            && self.strict
        {
            let what = format!("there are to be {count} functions, numbered from 0: none is {last}");
            self.fault(Fault::new(node.at, trail, what));
        }
        (out != Functions::default()).then_some(out)
    }

    fn number(&mut self, node: &Node<'_>, text: &str, most: u32, trail: &Trail<'_>) -> Option<u32> {
        let found = escape::plain(text).and_then(|t| t.parse().ok()).filter(|n| *n <= most);
        if found.is_none() {
            let what = format!("how many virtual functions there are to be is expected, 0 to {most}");
            self.fault(Fault::new(node.at, trail, what));
        }
        found
    }
}
