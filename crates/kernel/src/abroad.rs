//! Links of namespaces that nobody has opened, that stand on links of those that are open.
//!
//! A link tells where the link below it is, or its other end; that one does not tell what stands on it. So all namespaces
//! that have a name are looked through, each with a socket of its own that lives as long as that takes: there may be more
//! namespaces than a process may have files.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_link::Netns as Called;
use linkctl_link::message;
use linkctl_link::numbers::{IFINFOMSG, IFLA_LINK, IFLA_LINK_NETNSID, RTM_NEWLINK};
use linkctl_wire::{Attrs, number};

use crate::live::malformed;
use crate::netns::{Netns, Place, list};
use crate::{Error, Live, Part, Socket, ids};

impl Live {
    /// The namespaces that have a name, but for those of which this is known. What cannot be opened is passed over. Behind a seal
    /// there are none.
    pub fn others(&self, known: impl Fn(&Called) -> bool) -> Result<Vec<Called>, Error> {
        let names = if self.is_sealed() { Vec::new() } else { list()? };
        let other = |name: String| {
            let id = Netns::open(&Place::Name(name.clone())).ok()?.id();
            // One that is open goes by the name that it is open under.
            self.called(id).or_else(|| Called::named(&name)).filter(|called| !known(called))
        };
        Ok(names.into_iter().filter_map(other).collect())
    }

    /// Those of some namespaces in which a link stands on one of these (a namespace and an index each), or is its other end.
    pub fn standing(
        &self,
        spaces: Vec<Called>,
        on: &BTreeSet<(Called, u32)>,
    ) -> Result<BTreeSet<Called>, Error> {
        let mut out = BTreeSet::new();
        for called in spaces {
            let Some(name) = called.name() else { continue };
            // It may have gone since.
            let netns = Netns::open(&Place::Name(name.into()));
            let Ok(mut socket) = netns.and_then(|netns| Socket::open_in(&netns)) else { continue };
            let numbers = self.numbers(&mut socket, on)?;
            if !numbers.is_empty() && stands(&mut socket, &numbers, on)? {
                out.insert(called);
            }
        }
        Ok(out)
    }

    /// By which numbers a socket's namespace knows those of some links: none where nothing in it has to do with them.
    fn numbers(
        &self,
        socket: &mut Socket,
        on: &BTreeSet<(Called, u32)>,
    ) -> Result<BTreeMap<i32, Called>, Error> {
        let mut out = BTreeMap::new();
        let spaces: BTreeSet<&Called> = on.iter().map(|(called, _)| called).collect();
        for called in spaces {
            let Some(netns) = self.netns(called) else { continue };
            out.extend(ids::of(socket, netns)?.map(|id| (id, called.clone())));
        }
        Ok(out)
    }
}

/// Whether a link of the socket's namespace stands on one of these.
fn stands(
    socket: &mut Socket,
    numbers: &BTreeMap<i32, Called>,
    on: &BTreeSet<(Called, u32)>,
) -> Result<bool, Error> {
    let mut found = false;
    // Of a namespace where links come and go meanwhile, what was there counts.
    let _ = socket.dump_consistent(message::get(None, false).map_err(malformed)?, |part| match part {
        Part::Message(m) if m.header.kind == RTM_NEWLINK => {
            let tie = tie(m.payload).and_then(|(id, index)| Some((numbers.get(&id)?.clone(), index)));
            found |= tie.is_some_and(|tie| on.contains(&tie));
        }
        _ => {}
    })?;
    Ok(found)
}

/// The number of the namespace that a link is tied to, and the index there.
fn tie(payload: &[u8]) -> Option<(i32, u32)> {
    let attrs = Attrs::new(payload.get(IFINFOMSG..)?);
    let id = attrs.clone().find(IFLA_LINK_NETNSID).and_then(number::i32)?;
    Some((id, attrs.find(IFLA_LINK).and_then(number::u32)?))
}
