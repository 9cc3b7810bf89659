//! `replace` of a link that is there: what of the request it does not have yet.
//!
//! iproute2 sends the request as it is, and the kernel refuses it for every link that exists.

use linkctl_link::Seen;
use linkctl_link::numbers::{
    IFINFOMSG, IFLA_IFNAME, IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_INFO_SLAVE_DATA, IFLA_LINKINFO, RTM_NEWLINK,
};
use linkctl_wire::{Attrs, Writer};

use crate::request::Request;

/// Requests that make a link what a request to create it says; empty where it is so already. `None` where only a new
/// link could be so: it is of another kind.
pub fn remainder(wanted: &Request, seen: &Seen<'_>) -> Option<Vec<Request>> {
    let blank = Request { kind: RTM_NEWLINK, family: wanted.family, index: seen.index, ..Request::default() };
    let (mut base, mut info) = (blank.clone(), Writer::new());
    for a in Attrs::new(&wanted.attrs).map_while(Result::ok) {
        match a.kind {
            IFLA_IFNAME => {}
            IFLA_LINKINFO => linkinfo(a.data, seen, &mut info)?,
            kind if seen.base.attr(kind).is_some_and(|have| same(have, a.data)) => {}
            kind => base.put(kind, a.data),
        }
    }
    base.mask = wanted.mask & (wanted.values ^ seen.flags());
    base.values = wanted.values & base.mask;
    // A kind's own settings go alone: some kinds refuse others beside them.
    let mut out = Vec::new();
    let info = info.into_attrs().unwrap_or_default();
    if !info.is_empty() {
        out.push(Request { attrs: info, ..blank });
    }
    if base.mask != 0 || !base.attrs.is_empty() {
        out.push(base);
    }
    Some(out)
}

/// What of the kind's settings is not so yet, with the kind; `None` where it is another.
fn linkinfo(data: &[u8], seen: &Seen<'_>, out: &mut Writer) -> Option<()> {
    let kind = Attrs::new(data).find(IFLA_INFO_KIND)?;
    let port = kind.ends_with(b"_slave");
    let is = if port { kind.strip_suffix(b"_slave")? == seen.port_word() } else { kind == seen.kind_word() };
    if !is {
        return None;
    }
    let (attr, view) = if port { (IFLA_INFO_SLAVE_DATA, seen.port()) } else { (IFLA_INFO_DATA, seen.data()) };
    let pair = seen.kind().and_then(|k| k.pair);
    let mut rest = Writer::new();
    for a in Attrs::new(Attrs::new(data).find(attr).unwrap_or_default()).map_while(Result::ok) {
        let have = view.as_ref().and_then(|v| v.attr(a.kind));
        // The other end of a pair is there with it; only what is said of it besides its name is more.
        let named = pair == Some(a.kind) && only_named(a.data);
        if !named && !have.is_some_and(|have| same(have, a.data)) {
            rest.put(a.kind, a.data);
        }
    }
    let mut rest = rest.into_attrs().unwrap_or_default();
    if !rest.is_empty() && seen.kind().is_some_and(|k| k.whole) {
        // The kernel takes what is not said for not wanted.
        rest = Attrs::new(data).find(attr).unwrap_or_default().to_vec();
    }
    if !rest.is_empty() {
        out.nest_plain(IFLA_LINKINFO, |w| {
            w.put(IFLA_INFO_KIND, kind);
            w.nest_plain(attr, |w| w.raw(&rest));
        });
    }
    Some(())
}

/// Whether two attributes say the same: texts may lack their terminator.
fn same(have: &[u8], want: &[u8]) -> bool {
    have == want || have.strip_suffix(b"\0") == Some(want)
}

/// Whether nothing is said of the other end but its name.
fn only_named(data: &[u8]) -> bool {
    let Some((header, attrs)) = data.split_at_checked(IFINFOMSG) else { return false };
    header.iter().all(|b| *b == 0) && Attrs::new(attrs).map_while(Result::ok).all(|a| a.kind == IFLA_IFNAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bridge of index 7 with an MTU of 1400 and one setting.
    fn bridge() -> Vec<u8> {
        let mut w = Writer::new();
        w.raw(&[0, 0, 1, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
        w.put(IFLA_IFNAME, b"br0\0");
        w.put_u32(4, 1400);
        w.nest_plain(IFLA_LINKINFO, |w| {
            w.put(IFLA_INFO_KIND, b"bridge\0");
            w.nest_plain(IFLA_INFO_DATA, |w| w.put_u32(3, 1200));
        });
        w.into_attrs().expect("short")
    }

    fn wanted(kind: &[u8], mtu: u32, max_age: u32) -> Request {
        let mut w = Writer::new();
        w.put_u32(4, mtu);
        w.put(IFLA_IFNAME, b"br0\0");
        w.nest_plain(IFLA_LINKINFO, |w| {
            w.put(IFLA_INFO_KIND, kind);
            w.nest_plain(IFLA_INFO_DATA, |w| w.put_u32(3, max_age));
        });
        Request { values: 1, mask: 1, attrs: w.into_attrs().expect("short"), ..Request::default() }
    }

    #[test]
    fn only_what_differs_is_left_and_another_kind_is_no_change() {
        let payload = bridge();
        let seen = Seen::new(&payload).expect("a link");
        assert_eq!(remainder(&wanted(b"bridge", 1400, 1200), &seen), Some(vec![]));
        let rest = remainder(&wanted(b"bridge", 1300, 1200), &seen).expect("the same kind");
        assert_eq!((rest.len(), rest[0].index, rest[0].attrs.len()), (1, 7, 8));
        assert_eq!(remainder(&wanted(b"bridge", 1300, 900), &seen).map(|r| r.len()), Some(2));
        assert_eq!(remainder(&wanted(b"dummy", 1400, 1200), &seen), None);
    }
}
