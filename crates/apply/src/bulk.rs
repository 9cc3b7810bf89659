//! Deleting many links at once.
//!
//! The kernel waits for all readers once per request (`netdev_run_todo`, some 20 ms), so that deleting a thousand
//! links one by one takes half a minute. All links of a group go in one request: the links are put into a group that
//! nobody has, and the group is deleted.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use linkctl_kernel::{Error, Live, Stop, WINDOW};
use linkctl_kinds::link as base;
use linkctl_link::message::{self, Around, To};
use linkctl_link::show::Near;
use linkctl_link::{Key, Link, Netns, Seen, World};
use linkctl_schema::{Record, Value};

/// From how many links on it is worth it.
pub(crate) const LEAST: usize = 8;
/// How many links go at once, so that the kernel does not hold its lock for longer than a quarter of a second.
pub(crate) const CHUNK: usize = 500;

/// Deletes links of one namespace by way of a group that nobody has. Where that fails nothing is deleted, and the links may
/// be in the group.
pub(crate) fn delete(live: &mut Live, netns: &Netns, keys: &[Key], group: u32) -> Result<(), Error> {
    let mut record = Record::new(&base::FIELDS);
    record.put(&base::GROUP.0, Value::Num(group.into()));
    let mut requests = Vec::with_capacity(keys.len());
    for key in keys {
        let index = live.index(key).ok_or(Error::Spent)?;
        requests.push(message::set_base(To::Index(index), netns, &record, live).map_err(|_| Error::Spent)?);
    }
    let mut refused = None;
    let socket = live.socket(netns)?;
    let report =
        socket.pipeline(requests.into_iter(), WINDOW, Stop::AtFirstRefusal, |_, answer| match answer {
            Ok(_) => ControlFlow::Continue(()),
            Err(no) => {
                refused.get_or_insert(no);
                ControlFlow::Break(())
            }
        });
    match (refused, report.failure) {
        (Some(no), _) => return Err(no.into()),
        (None, Some(e)) => return Err(e),
        (None, None) => {}
    }
    let request = message::delete_group(group).map_err(|_| Error::Spent)?;
    live.socket(netns)?.request(request)?;
    for key in keys {
        live.forget(key);
    }
    Ok(())
}

/// A group number that no link of a namespace has.
///
/// Fails where one of the links to be deleted is not there under the index that is known of it: that may be another link's
/// by now, which is told one by one.
pub(crate) fn scratch<'k>(
    live: &mut Live,
    netns: &Netns,
    doomed: impl IntoIterator<Item = &'k Key>,
) -> Result<u32, Error> {
    let (snapshot, _) = live.read(std::slice::from_ref(netns), false)?;
    if doomed.into_iter().any(|k| live.index(k).is_none() || snapshot.index(k) != live.index(k)) {
        return Err(Error::Spent);
    }
    let group = |(seen, near): (Seen<'_>, &dyn Near)| match seen.base.get(&base::GROUP.0, near) {
        Some(Ok(Value::Num(n))) => Some(n),
        _ => None,
    };
    Ok(apart(&snapshot.in_order(netns).filter_map(group).collect()))
}

/// The same of a namespace that is as `world` says, which was read when the indexes of its links were.
pub(crate) fn spare(world: &World, netns: &Netns) -> u32 {
    let group = |link: &Link| match link.base.value(&base::GROUP.0) {
        Some(Value::Num(n)) => Some(*n),
        _ => None,
    };
    apart(&world.iter().filter(|(key, _)| key.netns == *netns).filter_map(|(_, link)| group(link)).collect())
}

/// A number that is none of these: from the clock, far from those that people choose.
fn apart(taken: &BTreeSet<u64>) -> u32 {
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
    let mut group = 0x4000_0000 | (now ^ std::process::id().rotate_left(12)) & 0x3fff_ffff;
    while taken.contains(&u64::from(group)) {
        group = 0x4000_0000 | group.wrapping_add(1) & 0x3fff_ffff;
    }
    group
}
