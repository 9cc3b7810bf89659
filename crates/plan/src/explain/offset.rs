//! Which setting the kernel points at: the offset in its answer, mapped back to a field of the request.
//!
//! The offset can lie (vxlan points with inner numbers at outer attributes), so it only counts where exactly a field
//! begins that was asked for, and nothing but a hint comes of it.

use linkctl_link::message::{self, Around, To};
use linkctl_link::numbers::{IFINFOMSG, IFLA_INFO_DATA, IFLA_INFO_SLAVE_DATA, IFLA_LINKINFO};
use linkctl_link::{Key, Netns};
use linkctl_schema::{FieldDef, Record};

use super::case::Case;
use crate::Act;

/// `struct nlmsghdr`, and the header of an attribute (`linux/netlink.h`).
const HEADER: usize = 16;
const ATTRIBUTE: usize = 4;
/// `NLA_TYPE_MASK`.
const NUMBER: u16 = 0x3fff;

/// Indexes and descriptors are of one size, whichever they are.
struct Any;

impl Around for Any {
    fn index(&self, _: &Key) -> Option<u32> {
        Some(1)
    }
    fn fd(&self, _: &Netns) -> Option<i32> {
        Some(0)
    }
}

/// The setting at which the kernel points, if it is one of several that were asked for.
pub(super) fn field(case: &Case<'_>) -> Option<&'static FieldDef> {
    let at = usize::try_from(case.refused.offset?).ok()?;
    // Links that are known are addressed by index, those just made by name.
    let to = if case.at(case.key).is_some() { To::Index(1) } else { To::Name(case.key.name) };
    let netns = &case.key.netns;
    let (bytes, record) = match case.act {
        Act::Base(_, record) => (message::set_base(to, netns, record, &Any).ok()?, record),
        Act::Data(_, record) => (message::set_data(to, netns, case.kind_word(), record, &Any).ok()?, record),
        Act::Create { key, link, peer } => {
            let peer = peer.as_ref().map(|(k, l)| (k, &**l));
            let record = if within(at, key, link) { &link.base } else { &link.data };
            (message::create(key, link, peer, &Any).ok()?, record)
        }
        _ => return None,
    };
    let path = path(bytes.get(HEADER + IFINFOMSG..)?, at.checked_sub(HEADER + IFINFOMSG)?)?;
    let outer = matches!(case.act, Act::Base(..)) || path.len() == 1;
    let inner = [IFLA_INFO_DATA, IFLA_INFO_SLAVE_DATA];
    let number = match path.as_slice() {
        [number] if outer => *number,
        [IFLA_LINKINFO, nest, number] if inner.contains(nest) => *number,
        _ => return None,
    };
    asked(record, number)
}

/// Whether the offset lies before the kind's own attributes.
fn within(at: usize, key: &Key, link: &linkctl_link::Link) -> bool {
    let mut bare = link.clone();
    bare.data = Record::new(link.data.fields());
    message::create(key, &bare, None, &Any).is_ok_and(|m| at < m.len())
}

/// The field of a record that an attribute holds.
fn asked(record: &Record, number: u16) -> Option<&'static FieldDef> {
    record.iter().map(|(f, _)| f).find(|f| f.attr == number && f.path.is_empty())
}

/// The numbers of the attributes that begin at an offset, outermost first.
fn path(mut bytes: &[u8], mut at: usize) -> Option<Vec<u16>> {
    loop {
        let length = usize::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?));
        let number = u16::from_ne_bytes(bytes.get(2..4)?.try_into().ok()?) & NUMBER;
        if at == 0 {
            return Some(vec![number]);
        }
        let whole = length.max(ATTRIBUTE).next_multiple_of(4);
        if at < whole {
            let inner = path(bytes.get(ATTRIBUTE..length)?, at.checked_sub(ATTRIBUTE)?)?;
            return Some([&[number], inner.as_slice()].concat());
        }
        (bytes, at) = (bytes.get(whole..)?, at - whole);
    }
}
