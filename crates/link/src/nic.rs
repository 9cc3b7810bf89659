//! What a link has beside its message: settings of its hardware and driver, and its virtual functions.
//!
//! Known only of links that someone asked about: it costs requests of its own.

use std::collections::BTreeMap;

use linkctl_kinds::nic::vf;
use linkctl_schema::Record;

use crate::link::Link;

/// What is known or wanted of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nic {
    /// Settings of ethtool ([`linkctl_kinds::nic::ethtool::TABLE`]); where asked, those of the groups asked for.
    pub ethtool: Option<Record>,
    /// Virtual functions.
    pub vf: Option<Functions>,
}

/// The virtual functions of a link.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Functions {
    /// How many there are; `None` where nothing is said of it.
    pub count: Option<u32>,
    /// How many there can be, where that is known.
    pub most: Option<u32>,
    /// Settings of each, by its number.
    pub each: BTreeMap<u32, Record>,
}

impl Nic {
    /// Says all that `other` says; what it does not say stays.
    pub fn merge(&mut self, other: &Self) {
        if let Some(more) = &other.ethtool {
            match &mut self.ethtool {
                Some(own) => own.merge(more),
                own => *own = Some(more.clone()),
            }
        }
        if let Some(more) = &other.vf {
            self.vf.get_or_insert_default().merge(more);
        }
    }
}

impl Functions {
    /// Says all that `other` says; what it does not say stays.
    pub fn merge(&mut self, other: &Self) {
        self.count = other.count.or(self.count);
        self.most = other.most.or(self.most);
        for (number, record) in &other.each {
            self.each.entry(*number).or_insert_with(|| Record::new(&vf::FIELDS)).merge(record);
        }
    }
}

impl Link {
    /// What is known or wanted of its ethtool settings.
    pub fn ethtool(&self) -> Option<&Record> {
        self.nic.as_ref()?.ethtool.as_ref()
    }

    /// What is known or wanted of its virtual functions.
    pub fn functions(&self) -> Option<&Functions> {
        self.nic.as_ref()?.vf.as_ref()
    }

    /// A place for what is beside its message.
    pub fn nic_mut(&mut self) -> &mut Nic {
        self.nic.get_or_insert_default()
    }
}
