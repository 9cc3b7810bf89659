//! Kinds that come in pairs: `peer`, and the common words again for the other end.

use linkctl_link::numbers::IFINFOMSG;

use super::Odd;
use crate::base;
use crate::kind::Reading;
use crate::stop::Stop;

pub(super) static ODD: Odd = Odd { kinds: &["veth", "vxcan"], word: |r, _, _| peer(r), ..Odd::NONE };

/// Reads the other end, up to the end of the line: a header and attributes of its own in the pair's nest.
pub(super) fn peer(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let Some(attr) = r.kind.pair else { return Ok(()) };
    let mut said = base::read(r.args, r.cx)?;
    if let Some(kind) = said.kind {
        return Err(Stop::twice("type", kind));
    }
    said.wished(r.create)?;
    said.resolve(r.cx)?;
    if let Some(group) = said.group {
        if said.dev.is_none() {
            return Err(Stop::exits("group cannot be used when creating devices.", 255));
        }
        said.request.put_u32(linkctl_kinds::link::GROUP.0.attr, group);
    }
    if r.create {
        said.fresh(r.cx)?;
    } else {
        said.existing(r.cx)?;
        // The header of the other end has room for an index only, in a batch, too.
        if let Some(name) = said.request.by_name.take() {
            said.request.index = r.cx.world.index(&name).ok_or_else(|| Stop::no_device(&name))?;
        }
    }
    let header: [u8; IFINFOMSG] = said.request.header();
    r.raw.nest_plain(attr, |w| {
        w.raw(&header);
        w.raw(&said.request.attrs);
    });
    Ok(())
}
