//! Reading and changing what is beside a link's message. Costs nothing for links of which nobody speaks of it.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kernel::{Error, Live};
use linkctl_kinds::nic::ethtool::{TABLE, group};
use linkctl_link::{Goal, Key, Link, Nic, Snapshot, World, ethtool, functions};
use linkctl_plan::Act;
use linkctl_schema::{FieldDef, Record};

use crate::vswitch;

/// What is to be read of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    /// Groups of ethtool's settings.
    groups: BTreeSet<u16>,
    functions: bool,
}

impl Asked {
    fn add(&mut self, nic: &Nic) {
        self.groups.extend(nic.ethtool.iter().flat_map(ethtool::groups));
        self.functions |= nic.vf.is_some();
    }
}

/// Reads it of the links of which a goal speaks of it, and of those in `also` of which it was known before. `labels`
/// says where links are now that are to have other names.
///
/// What a driver does not have stays unsaid; links that are not there are passed over.
pub fn fill(
    live: &mut Live,
    goal: &Goal,
    labels: &BTreeMap<Key, Key>,
    also: &World,
    read: &Snapshot,
    world: &mut World,
) -> Result<(), Error> {
    vswitch::fill(goal, labels, also, world)?;
    let mut asked: BTreeMap<Key, Asked> = BTreeMap::new();
    let said = goal.present().filter_map(|(key, link)| {
        let nic = link.nic.as_deref()?;
        Some((labels.iter().find(|(_, to)| *to == key).map_or(key, |(from, _)| from), nic))
    });
    for (key, nic) in said.chain(also.iter().filter_map(|(k, l)| Some((k, l.nic.as_deref()?)))) {
        asked.entry(key.clone()).or_default().add(nic);
    }
    for (key, asked) in asked {
        let Some(link) = world.get_mut(&key) else { continue };
        match one(live, &key, &asked, read) {
            Ok(nic) => link.nic = Some(Box::new(nic)),
            // It vanished after the reading: whoever acts on it will hear of that.
            Err(e) if e.errno() == Some(linkctl_kernel::errno::ENODEV) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Reads all of it of hardware, of which a goal can speak. What a driver does not tell, or not to this person, stays unsaid.
pub fn fill_hardware(live: &mut Live, read: &Snapshot, world: &mut World) {
    let groups: BTreeSet<u16> =
        TABLE.list().iter().filter(|f| f.is_state() && f.writable()).map(group).collect();
    let hardware = |key: &Key, l: &Link| l.kind_word().is_empty() && !key.is_loopback();
    for (key, link) in world.iter_mut().filter(|(k, l)| hardware(k, l)) {
        let mut found = Record::new(&TABLE);
        for asked in &groups {
            // Refused, or vanished.
            let _ = live.ethtool(key, *asked, |payload| ethtool::read(*asked, payload, &mut found));
        }
        let vf = read.seen(key).and_then(|(seen, _)| functions::read(&seen));
        link.nic = Some(Box::new(Nic { ethtool: Some(found), vf }));
    }
}

fn one(live: &mut Live, key: &Key, asked: &Asked, read: &Snapshot) -> Result<Nic, Error> {
    let mut out = Nic::default();
    if !asked.groups.is_empty() {
        out.ethtool = Some(settings(live, key, &asked.groups)?);
    }
    if asked.functions {
        let mut found = read.seen(key).and_then(|(seen, _)| functions::read(&seen)).unwrap_or_default();
        found.most = Some(live.most_functions(key)?);
        found.count = found.count.or(Some(0));
        out.vf = Some(found);
    }
    Ok(out)
}

fn settings(live: &mut Live, key: &Key, groups: &BTreeSet<u16>) -> Result<Record, Error> {
    let mut out = Record::new(&TABLE);
    for asked in groups {
        live.ethtool(key, *asked, |payload| ethtool::read(*asked, payload, &mut out))?;
    }
    Ok(out)
}

/// Whether an act is none of rtnetlink's.
pub(crate) fn is_apart(act: &Act) -> bool {
    matches!(act, Act::Ethtool(..) | Act::Functions(..))
}

/// Carries out an act that is none of rtnetlink's; the kernel's warning, where it gave one.
pub(crate) fn carry_out(live: &mut Live, act: &Act) -> Result<Option<Vec<u8>>, Error> {
    match act {
        Act::Functions(key, count) => live.make_functions(key, *count).map(|()| None),
        Act::Ethtool(key, record) => {
            let groups = ethtool::groups(record);
            // Modes that are not to be offered any more are told by what there is.
            let lists = |f: &FieldDef| matches!(f.ty, linkctl_schema::Type::Strs { .. });
            let now = if record.iter().any(|(f, _)| lists(f)) {
                settings(live, key, &groups)?
            } else {
                Record::new(&TABLE)
            };
            let mut warning = None;
            for asked in groups {
                let said = record.only(|f| group(f) == asked);
                let made =
                    live.set_ethtool(key, |family, index| ethtool::set(family, asked, index, &said, &now))?;
                warning = warning.or(made);
            }
            Ok(warning)
        }
        _ => Ok(None),
    }
}
