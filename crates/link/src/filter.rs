//! Which links `ip link show` is to show.

use linkctl_wire::number;

use crate::numbers::{IFF_UP, IFLA_MASTER};
use crate::snapshot::Seen;
use linkctl_kinds::link as base;

/// What was asked for. Whatever is not said fits every link; words of iproute2 that are about addresses leave every
/// link in, and need no place here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The link of this index (`dev X`).
    pub index: Option<u32>,
    /// Up, or down.
    pub up: Option<bool>,
    /// A port of the link of this index (`master X`, `vrf X`); 0: of none (`nomaster`).
    pub master: Option<u32>,
    /// Of this kind, by the kernel's word.
    pub kind: Option<Vec<u8>>,
    /// A port of a link of this kind.
    pub port_kind: Option<Vec<u8>>,
    /// In this group.
    pub group: Option<u32>,
    /// None at all: a pattern for labels of addresses was given, which no link has (`label X`).
    pub none: bool,
}

impl Filter {
    /// Takes what stands behind `type`: a kind, or `KIND_slave` for ports of one.
    pub fn kind(&mut self, word: &str) {
        match word.strip_suffix("_slave") {
            Some(kind) => self.port_kind = Some(kind.into()),
            None => self.kind = Some(word.into()),
        }
    }

    /// Whether a link is to be shown.
    pub fn shows(&self, seen: &Seen<'_>) -> bool {
        let word = |attr: u16| seen.base.attr(attr).and_then(number::u32).unwrap_or(0);
        !self.none
            && self.index.is_none_or(|i| i == seen.index)
            && self.up.is_none_or(|up| up == (seen.flags() & IFF_UP != 0))
            && self.master.is_none_or(|m| m == word(IFLA_MASTER))
            && self.kind.as_ref().is_none_or(|k| k == seen.kind_word())
            && self.port_kind.as_ref().is_none_or(|k| k == seen.port_word())
            && self.group.is_none_or(|g| g == word(base::GROUP.0.attr))
    }
}
