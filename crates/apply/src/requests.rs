//! From one act to the messages that ask the kernel for it.

use linkctl_kernel::Live;
use linkctl_kinds::link as base;
use linkctl_link::message::{self, Around, Error, To};
use linkctl_link::{Key, Netns};
use linkctl_plan::Act;
use linkctl_schema::{FieldDef, Record, Value};

/// One message and the namespace whose socket carries it.
pub(crate) struct Request {
    /// Where it is sent.
    pub(crate) netns: Netns,
    /// The message.
    pub(crate) bytes: Vec<u8>,
}

/// How to address a link: by index where it is known, else by name, which spares asking.
fn to(live: &Live, key: &Key) -> To {
    live.index(key).map_or(To::Name(key.name), To::Index)
}

/// The index of a link, or which one is missing.
fn index(live: &Live, key: &Key) -> Result<u32, Error> {
    live.index(key).ok_or_else(|| Error::NoIndex(key.clone()))
}

/// The messages of an act, in order. `kind` and `master` are the words of the link's kind and its master's.
pub(crate) fn of(act: &Act, words: &Words, live: &Live) -> Result<Vec<Request>, Error> {
    let key = act.key();
    let here = |bytes: Vec<u8>| vec![Request { netns: key.netns.clone(), bytes }];
    Ok(match act {
        Act::Create { key, link, peer } => {
            let peer = peer.as_ref().map(|(k, l)| (k, &**l));
            let netns = message::created_from(key, link).clone();
            vec![Request { netns, bytes: message::create(key, link, peer, live)? }]
        }
        Act::Delete(key) => here(message::delete(to(live, key))?),
        Act::Base(key, record) => {
            let mut out = Vec::new();
            for part in parts(record) {
                out.extend(here(message::set_base(to(live, key), &key.netns, &part, live)?));
            }
            out
        }
        Act::Altnames { key, add, remove } => {
            let mut out = Vec::new();
            for (names, adding) in [(remove, false), (add, true)] {
                if !names.is_empty() {
                    let names: &[Value<'_>] = names;
                    out.extend(here(message::altnames(to(live, key), names, adding)?));
                }
            }
            out
        }
        Act::Data(key, record) => here(data(key, record, &words.kind, live)?),
        Act::Port(key, record) => {
            here(message::set_port(to(live, key), &key.netns, &words.master, record, live)?)
        }
        Act::Function(key, number, record) => here(message::set_vf(to(live, key), *number, record)?),
        // Another way: `nic::carry_out`.
        Act::Ethtool(..) | Act::Functions(..) => Vec::new(),
        // And another: `space::carry_out`.
        Act::NewNetns(_) | Act::DropNetns(_) => Vec::new(),
        Act::Master(key, master) => here(message::set_master(to(live, key), &key.netns, *master, live)?),
        Act::Rename(key, name) => here(message::rename(index(live, key)?, name)?),
        Act::Move(key, other) => {
            let name = (other.name != key.name).then_some(&other.name);
            here(message::move_to(index(live, key)?, &other.netns, name, live)?)
        }
        Act::Up(key) => here(message::set_up(to(live, key), true)?),
        Act::Down(key) => here(message::set_up(to(live, key), false)?),
    })
}

/// A record in as many parts as the kernel needs: IPv6 is only there from an MTU of 1280 on, and its settings are looked
/// at before any of the message is carried out (`validate_linkmsg` in `net/core/rtnetlink.c`).
fn parts(record: &Record) -> Vec<Record> {
    let of_ipv6 = |f: &FieldDef| f.path == base::INET6_TOKEN.0.path;
    let mtu = record.get(base::MTU).is_some_and(|mtu| mtu >= IPV6_LEAST);
    if !mtu || !record.iter().any(|(f, _)| of_ipv6(f)) {
        return vec![record.clone()];
    }
    vec![record.only(|f| !of_ipv6(f)), record.only(of_ipv6)]
}

/// The least MTU that IPv6 takes (RFC 8200, section 5).
const IPV6_LEAST: u32 = 1280;

fn data(key: &Key, record: &Record, kind: &[u8], live: &Live) -> Result<Vec<u8>, Error> {
    message::set_data(to(live, key), &key.netns, kind, record, live)
}

/// Words of kinds that a message has to say.
#[derive(Default)]
pub(crate) struct Words {
    /// The link's kind.
    pub(crate) kind: Vec<u8>,
    /// Its master's kind.
    pub(crate) master: Vec<u8>,
}
