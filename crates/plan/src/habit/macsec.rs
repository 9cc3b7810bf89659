//! What `macsec` says of its channel, and how.

use linkctl_kinds::{link as base, macsec};
use linkctl_link::Link;
use linkctl_schema::{FieldDef, Record, Value};

use super::kind;

/// The identifier of a channel of which only the port is said: the link's address goes before it (`dev_to_sci` of
/// `drivers/net/macsec.c`). `None` where the address is the kernel's to choose.
fn identifier(link: &Link) -> Option<u64> {
    let address = link.base.get(base::ADDRESS)?;
    let bytes = address.as_bytes().first_chunk::<6>()?;
    let port = link.data.get(macsec::PORT).unwrap_or(1);
    Some(bytes.iter().fold(0, |n, b| n << 8 | u64::from(*b)) << 16 | u64::from(port))
}

fn is_mute(link: &Link) -> bool {
    kind(link) == "macsec" && link.data.get(macsec::SEND_SCI) == Some(false)
}

/// Has the making of a link say its identifier by the port where that is the same: one that is not sent in packets the kernel
/// lets nobody choose otherwise (`macsec_validate_attr`).
pub(crate) fn complete(link: &mut Link) {
    let Some(sci) = link.data.get(macsec::SCI).filter(|_| is_mute(link)) else { return };
    let port = sci as u16;
    let mut other = link.clone();
    other.data.take(&macsec::SCI.0);
    other.data.set(macsec::PORT, port);
    if port != 0 && identifier(&other) == Some(sci) {
        *link = other;
    }
}

/// What each packet says of its sender. One message turns on one of these at most (`macsec_validate_attr`), though all may be on.
const HEADER: [&str; 3] = ["send_sci", "end_station", "scb"];

fn turns_on(said: &Record) -> impl Iterator<Item = &'static FieldDef> {
    let header = std::ptr::eq(said.fields(), &raw const macsec::FIELDS);
    let on = move |f: &str| header && HEADER.contains(&f);
    said.iter().filter(move |(f, v)| on(f.name) && **v == Value::Bool(true)).map(|(f, _)| f)
}

/// Why one message cannot say so much, as a clause.
pub(crate) fn crowded(said: &Record) -> Option<&'static str> {
    (turns_on(said).count() > 1)
        .then_some("of send_sci, end_station and scb one message turns on one at most")
}

/// What a message may say, and what is left for others.
pub(crate) fn split(mut said: Record) -> (Record, Vec<Record>) {
    let more: Vec<_> = turns_on(&said).skip(1).collect();
    let rest = more.iter().map(|m| said.only(|f| f.name == m.name)).collect();
    more.iter().for_each(|f| _ = said.take(f));
    (said, rest)
}

/// Why a link cannot be made so, as a clause.
pub(crate) fn spurned(link: &Link) -> Option<&'static str> {
    (is_mute(link) && link.data.get(macsec::SCI).is_some())
        .then_some("an sci that is not sent is that of the link's address: say a port, or send_sci on")
        .or_else(|| crowded(&link.data))
}

/// A new link tells its identifier, and no port.
pub(crate) fn born(link: &mut Link) {
    if kind(link) != "macsec" {
        return;
    }
    let sci = link.data.get(macsec::SCI).or_else(|| identifier(link));
    if let Some(sci) = sci {
        link.data.put(&macsec::SCI.0, Value::Num(sci));
        link.data.take(&macsec::PORT.0);
    }
}
