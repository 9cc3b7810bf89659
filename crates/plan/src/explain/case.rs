//! One refusal with what is known around it, and the questions that rules ask.

use std::fmt::Display;

use linkctl_kinds::{KINDS, link as base};
use linkctl_link::topology::stands_on;
use linkctl_link::{Key, Link};
use linkctl_schema::{FieldDef, Mac, Name, Record, Safe, Value};

use super::{Facts, Kind, Refused, Said, subject};
use crate::Act;

/// `ARPHRD_ETHER` of `linux/if_arp.h`.
const ETHER: u16 = 1;
/// `ARPHRD_LOOPBACK` of `linux/if_arp.h`.
const LOOPBACK: u16 = 772;

/// One refusal.
pub(super) struct Case<'c> {
    pub(super) act: &'c Act,
    pub(super) refused: &'c Refused,
    pub(super) facts: &'c Facts<'c>,
    /// The link that the act is about.
    pub(super) key: &'c Key,
}

/// Who has a name.
pub(super) struct Holder<'c> {
    pub(super) key: &'c Key,
    pub(super) link: &'c Link,
    /// As an alternative name.
    pub(super) alternative: bool,
}

impl<'c> Case<'c> {
    pub(super) fn new(act: &'c Act, refused: &'c Refused, facts: &'c Facts<'c>) -> Self {
        Self { act, refused, facts, key: subject(act) }
    }

    /// Begins what is said, with the link's name.
    pub(super) fn say(&self, what: impl Display) -> Said {
        Said { what: format!("{}: {what}", self.key), hints: Vec::new(), kind: Kind::Refused }
    }

    /// Whether the kernel's sentence holds a text, which is given in lower case.
    pub(super) fn says(&self, text: &str) -> bool {
        self.refused.message.as_ref().is_some_and(|m| m.to_ascii_lowercase().contains(text))
    }

    /// Whether the kernel gave the number alone.
    pub(super) fn bare(&self) -> bool {
        self.refused.message.as_ref().is_none_or(String::is_empty)
    }

    /// The link that is to be made.
    pub(super) fn created(&self) -> Option<&'c Link> {
        match self.act {
            Act::Create { link, .. } => Some(link),
            _ => None,
        }
    }

    /// The other end that is to be made with it.
    pub(super) fn other(&self) -> Option<(&'c Key, &'c Link)> {
        match self.act {
            Act::Create { peer: Some((key, link)), .. } => Some((key, link)),
            _ => None,
        }
    }

    /// The link as it is, or as it is to be made.
    pub(super) fn link(&self) -> Option<&'c Link> {
        self.created().or_else(|| self.at(self.key))
    }

    /// A link as it is.
    pub(super) fn at(&self, key: &Key) -> Option<&'c Link> {
        self.facts.world.get(key)
    }

    /// What is asked for of what every link has.
    pub(super) fn base(&self) -> Option<&'c Record> {
        match self.act {
            Act::Base(_, record) => Some(record),
            Act::Create { link, .. } => Some(&link.base),
            _ => None,
        }
    }

    /// What is asked for of what the kind has.
    pub(super) fn data(&self) -> Option<&'c Record> {
        match self.act {
            Act::Data(_, record) => Some(record),
            Act::Create { link, .. } if !link.data.is_empty() => Some(&link.data),
            _ => None,
        }
    }

    /// A number that is asked for of what every link has.
    pub(super) fn number(&self, field: &FieldDef) -> Option<u64> {
        number(self.base()?, field)
    }

    /// The master that is asked for.
    pub(super) fn master(&self) -> Option<Key> {
        let name = match self.act {
            Act::Master(_, name) => *name,
            _ => self.base()?.get(base::MASTER),
        };
        name.filter(|n| !n.is_none()).map(|n| self.key.beside(n))
    }

    /// Whether it is to be up.
    pub(super) fn goes_up(&self) -> bool {
        matches!(self.act, Act::Up(_)) || self.base().and_then(|r| r.get(base::UP)) == Some(true)
    }

    /// Whether it is up.
    pub(super) fn is_up(&self) -> bool {
        self.at(self.key).and_then(Link::up) == Some(true)
    }

    /// The kernel's word for its kind; empty for hardware, and where nothing is known.
    pub(super) fn kind_word(&self) -> &'c [u8] {
        if let Some(link) = self.link() {
            return link.kind_word();
        }
        // Made by an earlier step, so that no reading has it: its table tells.
        let kind = self.data().and_then(|r| KINDS.iter().find(|k| std::ptr::eq(k.fields, r.fields())));
        kind.map_or(&[], |k| k.name.as_bytes())
    }

    /// The link that it stands on.
    pub(super) fn lower(&self) -> Option<Key> {
        stands_on(self.key, self.link()?)
    }

    /// The links that stand on one.
    pub(super) fn above(&self, key: &Key) -> impl Iterator<Item = (&'c Key, &'c Link)> {
        self.facts.world.iter().filter(move |(k, l)| stands_on(k, l).as_ref() == Some(key))
    }

    /// The ports of a link.
    pub(super) fn ports(&self, key: &Key) -> impl Iterator<Item = (&'c Key, &'c Link)> {
        let of = move |k: &Key, l: &Link| k.netns == key.netns && l.has_master() == Some(key.name);
        self.facts.world.iter().filter(move |(k, l)| of(k, l))
    }

    /// A number of a link's message, also of what cannot be set.
    pub(super) fn reads(&self, key: &Key, field: &FieldDef) -> Option<u64> {
        let (seen, near) = self.facts.read.seen(key)?;
        match seen.base.get(field, near) {
            Some(Ok(Value::Num(n))) => Some(n),
            _ => None,
        }
    }

    /// The bounds of a link's MTU; the upper is 0 where there is none.
    pub(super) fn mtu_bounds(&self, key: &Key) -> Option<(u64, u64)> {
        Some((self.reads(key, &base::MIN_MTU.0)?, self.reads(key, &base::MAX_MTU.0)?))
    }

    fn iftype(&self, key: &Key) -> Option<u16> {
        self.facts.read.seen(key).map(|(seen, _)| seen.iftype)
    }

    /// Whether it is known to be the loopback link.
    pub(super) fn is_loopback(&self, key: &Key) -> bool {
        self.iftype(key) == Some(LOOPBACK)
    }

    /// Whether it is known to be no Ethernet link.
    pub(super) fn is_foreign_layer(&self, key: &Key) -> bool {
        self.iftype(key).is_some_and(|t| t != ETHER)
    }

    /// The address that a link has.
    pub(super) fn address(&self, key: &Key) -> Option<Mac> {
        self.at(key)?.base.get(base::ADDRESS)
    }

    /// Which link answers to a name.
    pub(super) fn holder(&self, name: &Key) -> Option<Holder<'c>> {
        if let Some((key, link)) = self.facts.world.get_key_value(name) {
            return Some(Holder { key, link, alternative: false });
        }
        self.alternative(name, name.name.as_bytes())
    }

    /// Which link of a namespace has an alternative name.
    pub(super) fn alternative(&self, near: &Key, name: &[u8]) -> Option<Holder<'c>> {
        let mut links = self.facts.world.iter().filter(|(k, _)| k.netns == near.netns);
        let (key, link) = links.find(|(_, l)| altnames(l).any(|n| n == name))?;
        Some(Holder { key, link, alternative: true })
    }

    /// `its driver (e1000e)`.
    pub(super) fn driver(&self) -> String {
        match (&self.facts.driver, self.kind_word()) {
            (Some(driver), _) => format!("its driver ({})", Safe(driver.as_bytes())),
            (None, []) => "its driver".into(),
            (None, kind) => format!("its driver ({})", Safe(kind)),
        }
    }
}

/// A number that a record says.
pub(super) fn number(record: &Record, field: &FieldDef) -> Option<u64> {
    match record.value(field) {
        Some(Value::Num(n)) => Some(*n),
        _ => None,
    }
}

/// What a record says of the field of that name.
pub(super) fn named<'r>(record: &'r Record, name: &str) -> Option<&'r Value<'static>> {
    record.iter().find(|(f, _)| f.name == name).map(|(_, v)| v)
}

/// A link's alternative names.
pub(super) fn altnames(link: &Link) -> impl Iterator<Item = &[u8]> {
    let list = match link.base.value(&base::ALTNAME.0) {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|v| if let Value::Str(name) = v { Some(name.as_ref()) } else { None })
}

/// The index and kind of a link, in brackets behind its name.
pub(super) fn described(link: &Link) -> String {
    match link.kind_word() {
        [] => format!("link {}, hardware", link.index),
        kind => format!("link {}, {}", link.index, Safe(kind)),
    }
}

/// Names, or the first few of many.
pub(super) fn listed<'k>(keys: impl Iterator<Item = &'k Name>) -> String {
    let names: Vec<String> = keys.map(ToString::to_string).collect();
    match names.len() {
        0..=6 => names.join(", "),
        n => format!("{} and {} more", names[..5].join(", "), n - 5),
    }
}
