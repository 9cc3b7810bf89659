//! From what is to be done to one link to the message that asks the kernel for it.
//!
//! Each function returns a whole message but for sequence and port, which the socket stamps. Nothing is sent that
//! was not said: a kernel refuses fixed attributes even where they are unchanged.

use std::fmt;

use linkctl_kinds::link as base;
use linkctl_schema::codec::{self, Links};
use linkctl_schema::{Name, Record, Type, Value, rules};
use linkctl_wire::{NLM_F_CREATE, NLM_F_EXCL, Writer};

use crate::functions;
use crate::key::Key;
use crate::link::Link;
use crate::netns::Netns;
use crate::numbers::{
    AF_BRIDGE, IF_STATS_MSG, IFF_UP, IFLA_EXT_MASK, IFLA_IFNAME, IFLA_INFO_DATA, IFLA_INFO_KIND,
    IFLA_INFO_SLAVE_DATA, IFLA_INFO_SLAVE_KIND, IFLA_LINK, IFLA_LINKINFO, IFLA_MASTER, IFLA_NET_NS_FD,
    RTEXT_FILTER_SKIP_STATS, RTEXT_FILTER_VF, RTM_DELLINK, RTM_DELLINKPROP, RTM_GETLINK, RTM_GETSTATS,
    RTM_NEWLINK, RTM_NEWLINKPROP,
};

/// What a message needs to know of the world: indexes of links, and descriptors of namespaces.
pub trait Around {
    /// The index of a link; the error names what has to be looked up first.
    fn index(&self, key: &Key) -> Option<u32>;
    /// An open descriptor of a namespace.
    fn fd(&self, netns: &Netns) -> Option<i32>;
}

/// Why a message could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// No index is known for this link.
    NoIndex(Key),
    /// No descriptor is known for this namespace.
    NoNetns(Netns),
    /// A value does not fit its field.
    Field(codec::Error),
    /// It would not fit into one message.
    Long(linkctl_wire::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoIndex(key) => write!(f, "no link is called {key}"),
            Self::NoNetns(netns) => write!(f, "no namespace is called {netns}"),
            Self::Field(e) => e.fmt(f),
            Self::Long(_) => f.write_str("the request does not fit into one message"),
        }
    }
}

impl std::error::Error for Error {}

/// How a message says which link it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// By index: safe while links are renamed.
    Index(u32),
    /// By name: for links whose index nobody has asked for yet.
    Name(Name),
}

type Result<T> = std::result::Result<T, Error>;

/// Resolves the names of one namespace; remembers the first that it could not.
struct Local<'a> {
    around: &'a dyn Around,
    netns: &'a Netns,
}

impl Links for Local<'_> {
    fn index(&self, name: &Name) -> Option<u32> {
        self.around.index(&Key::new(self.netns.clone(), *name))
    }
    fn name(&self, _: u32) -> Option<Name> {
        None
    }
}

fn field_error(netns: &Netns) -> impl Fn(codec::Error) -> Error + '_ {
    |e| match e.what {
        codec::What::NoLink(name) => Error::NoIndex(Key::new(netns.clone(), name)),
        _ => Error::Field(e),
    }
}

/// Bits of the header that a record says: values, and which of them count.
fn header_bits(record: &Record) -> (u32, u32) {
    record.iter().fold((0, 0), |(values, mask), (f, v)| match (f.ty, v) {
        (Type::Header { bit, not }, Value::Bool(on)) => {
            (if *on == not { values } else { values | bit }, mask | bit)
        }
        _ => (values, mask),
    })
}

/// `struct ifinfomsg`.
fn header(index: u32, flags: u32, change: u32) -> [u8; 16] {
    let mut out = [0; 16];
    out[4..8].copy_from_slice(&index.to_ne_bytes());
    out[8..12].copy_from_slice(&flags.to_ne_bytes());
    out[12..16].copy_from_slice(&change.to_ne_bytes());
    out
}

fn start(kind: u16, flags: u16, to: To, bits: (u32, u32)) -> Writer {
    let index = if let To::Index(i) = to { i } else { 0 };
    let mut out = Writer::message(kind, flags, &header(index, bits.0, bits.1));
    if let To::Name(name) = to {
        put_name(&mut out, &name);
    }
    out
}

fn put_name(out: &mut Writer, name: &Name) {
    out.put(IFLA_IFNAME, &[name.as_bytes(), b"\0"].concat());
}

/// Says a link by a name of its own or, where the word is longer than such can be (`IFNAMSIZ`), by an alternative one.
pub fn put_word(out: &mut Writer, word: &[u8]) {
    let attr = if word.len() < 16 { IFLA_IFNAME } else { base::ALT_IFNAME };
    out.put(attr, &[word, b"\0"].concat());
}

fn done(out: Writer) -> Result<Vec<u8>> {
    out.finish().map_err(Error::Long)
}

/// The namespace whose socket must carry the creation of a link: its lower link's, where that is elsewhere, for
/// the kernel looks the index up there.
pub fn created_from<'k>(key: &'k Key, link: &'k Link) -> &'k Netns {
    link.lower.as_ref().map_or(&key.netns, |l| &l.netns)
}

/// Creates a link with all of it that the kernel takes at creation. It is made in its own namespace, sent from
/// [`created_from`]'s. `peer` is the other end of a pair.
///
/// Left out, for a later message: fields that are late, the peer's being up, and being up where `up` says so.
pub fn create(key: &Key, link: &Link, peer: Option<(&Key, &Link)>, around: &dyn Around) -> Result<Vec<u8>> {
    let from = created_from(key, link);
    let early = link.base.only(|f| !f.late && f.attr != IFLA_LINK);
    let mut out = Writer::message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &{
        let (flags, mask) = header_bits(&early);
        header(0, flags, mask)
    });
    put_name(&mut out, &key.name);
    if let Some(lower) = &link.lower {
        out.put_u32(IFLA_LINK, around.index(lower).ok_or_else(|| Error::NoIndex(lower.clone()))?);
    }
    if from != &key.netns {
        out.put(IFLA_NET_NS_FD, &fd(&key.netns, around)?);
    }
    let local = Local { around, netns: &key.netns };
    codec::encode(&early, &local, &mut out).map_err(field_error(&key.netns))?;
    let mut result = Ok(());
    out.nest_plain(IFLA_LINKINFO, |w| {
        w.put(IFLA_INFO_KIND, link.kind_word());
        result = info(link, peer, from, around, w);
    });
    result?;
    done(out)
}

fn info(
    link: &Link,
    peer: Option<(&Key, &Link)>,
    from: &Netns,
    around: &dyn Around,
    out: &mut Writer,
) -> Result<()> {
    let early = link.data.only(|f| !f.late);
    let early = link.kind.map_or_else(|| early.clone(), |kind| given(rules::creatable(kind, &early)));
    let pair = link.kind.and_then(|k| k.pair);
    if early.is_empty() && (pair.is_none() || peer.is_none()) {
        return Ok(());
    }
    let mut result = Ok(());
    out.nest_plain(IFLA_INFO_DATA, |w| {
        if let (Some(attr), Some((key, other))) = (pair, peer) {
            w.nest_plain(attr, |w| result = end(key, other, from, around, w));
        }
        if result.is_ok() {
            let local = Local { around, netns: from };
            result = codec::encode(&early, &local, w).map_err(field_error(from));
        }
    });
    result
}

/// With what a new link is given where nothing is said.
fn given(mut said: Record) -> Record {
    for f in said.fields().list() {
        if let (Some(n), None) = (f.given, said.value(f)) {
            said.put(f, if matches!(f.ty, Type::Switch) { Value::Bool(n != 0) } else { Value::Num(n) });
        }
    }
    said
}

/// The other end of a pair, inside the creation of the first: a header and base attributes of its own.
fn end(key: &Key, link: &Link, from: &Netns, around: &dyn Around, out: &mut Writer) -> Result<()> {
    // The kernel refuses a peer that is to be up before the first end is there (ENOTCONN), and its master.
    let early = link.base.only(|f| !f.late && f.attr != IFLA_LINK && f.attr != IFLA_MASTER);
    let (flags, mask) = header_bits(&early);
    out.raw(&header(0, flags & !IFF_UP, mask & !IFF_UP));
    put_name(out, &key.name);
    if &key.netns != from {
        out.put(IFLA_NET_NS_FD, &fd(&key.netns, around)?);
    }
    codec::encode(&early, &Local { around, netns: &key.netns }, out).map_err(field_error(&key.netns))
}

fn fd(netns: &Netns, around: &dyn Around) -> Result<[u8; 4]> {
    around.fd(netns).map(i32::to_ne_bytes).ok_or_else(|| Error::NoNetns(netns.clone()))
}

/// Changes what every link has, header bits included. Alternative names are not among it: see [`altnames`].
pub fn set_base(to: To, netns: &Netns, record: &Record, around: &dyn Around) -> Result<Vec<u8>> {
    let record = record.only(|f| f.attr != base::PROP_LIST || matches!(f.ty, Type::Header { .. }));
    let mut out = start(RTM_NEWLINK, 0, to, header_bits(&record));
    codec::encode(&record, &Local { around, netns }, &mut out).map_err(field_error(netns))?;
    done(out)
}

/// Changes a kind's own attributes: exactly those that are said.
pub fn set_data(to: To, netns: &Netns, kind: &[u8], record: &Record, around: &dyn Around) -> Result<Vec<u8>> {
    nested(to, netns, (IFLA_INFO_KIND, kind), (IFLA_INFO_DATA, record), around)
}

/// Changes what the master's kind says of a port.
pub fn set_port(
    to: To,
    netns: &Netns,
    master: &[u8],
    record: &Record,
    around: &dyn Around,
) -> Result<Vec<u8>> {
    nested(to, netns, (IFLA_INFO_SLAVE_KIND, master), (IFLA_INFO_SLAVE_DATA, record), around)
}

fn nested(
    to: To,
    netns: &Netns,
    kind: (u16, &[u8]),
    data: (u16, &Record),
    around: &dyn Around,
) -> Result<Vec<u8>> {
    let mut out = start(RTM_NEWLINK, 0, to, (0, 0));
    let mut result = Ok(());
    out.nest_plain(IFLA_LINKINFO, |w| {
        w.put(kind.0, kind.1);
        w.nest_plain(data.0, |w| {
            result = codec::encode(data.1, &Local { around, netns }, w).map_err(field_error(netns));
        });
    });
    result?;
    done(out)
}

/// Takes a link up or down.
pub fn set_up(to: To, up: bool) -> Result<Vec<u8>> {
    done(start(RTM_NEWLINK, 0, to, (if up { IFF_UP } else { 0 }, IFF_UP)))
}

/// Makes a link a port of another, or of none.
pub fn set_master(to: To, netns: &Netns, master: Option<Name>, around: &dyn Around) -> Result<Vec<u8>> {
    let mut out = start(RTM_NEWLINK, 0, to, (0, 0));
    let index = match master {
        None => 0,
        Some(name) => {
            let key = Key::new(netns.clone(), name);
            around.index(&key).ok_or(Error::NoIndex(key))?
        }
    };
    out.put_u32(IFLA_MASTER, index);
    done(out)
}

/// Changes settings of a virtual function.
pub fn set_vf(to: To, vf: u32, record: &Record) -> Result<Vec<u8>> {
    let mut out = start(RTM_NEWLINK, 0, to, (0, 0));
    functions::write(vf, record, &mut out);
    done(out)
}

/// Renames the link of an index.
pub fn rename(index: u32, name: &Name) -> Result<Vec<u8>> {
    let mut out = start(RTM_NEWLINK, 0, To::Index(index), (0, 0));
    put_name(&mut out, name);
    done(out)
}

/// Moves the link of an index to another namespace, under a name.
pub fn move_to(index: u32, netns: &Netns, name: Option<&Name>, around: &dyn Around) -> Result<Vec<u8>> {
    let mut out = start(RTM_NEWLINK, 0, To::Index(index), (0, 0));
    out.put(IFLA_NET_NS_FD, &fd(netns, around)?);
    if let Some(name) = name {
        put_name(&mut out, name);
    }
    done(out)
}

/// Adds alternative names, or removes them.
pub fn altnames(to: To, names: &[Value<'_>], add: bool) -> Result<Vec<u8>> {
    let (kind, flags) = if add { (RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_EXCL) } else { (RTM_DELLINKPROP, 0) };
    let mut out = start(kind, flags, to, (0, 0));
    out.nest(base::PROP_LIST, |w| {
        for name in names {
            if let Value::Str(name) = name {
                w.put(base::ALT_IFNAME, &[name.as_ref(), b"\0"].concat());
            }
        }
    });
    done(out)
}

/// Deletes a link.
pub fn delete(to: To) -> Result<Vec<u8>> {
    done(start(RTM_DELLINK, 0, to, (0, 0)))
}

/// Deletes all links of a group at once.
pub fn delete_group(group: u32) -> Result<Vec<u8>> {
    let mut out = start(RTM_DELLINK, 0, To::Index(0), (0, 0));
    out.put_u32(base::GROUP.0.attr, group);
    done(out)
}

/// Asks for one link by name or index, or for all: `None`.
///
/// The mask is never zero: without one the kernel silently ends a dump at a link that does not fit.
pub fn get(to: Option<To>, stats: bool) -> Result<Vec<u8>> {
    let mut out = start(RTM_GETLINK, 0, to.unwrap_or(To::Index(0)), (0, 0));
    out.put_u32(IFLA_EXT_MASK, RTEXT_FILTER_VF | if stats { 0 } else { RTEXT_FILTER_SKIP_STATS });
    done(out)
}

/// Asks for the ports of all bridges, as `bridge link show` does: to be sent as a dump. Each answer is a link message
/// of the family `AF_BRIDGE`.
pub fn get_ports() -> Result<Vec<u8>> {
    let mut fixed = header(0, 0, 0);
    fixed[0] = AF_BRIDGE;
    let mut out = Writer::message(RTM_GETLINK, 0, &fixed);
    out.put_u32(IFLA_EXT_MASK, RTEXT_FILTER_VF);
    done(out)
}

/// Asks for counters (`RTM_GETSTATS`) of one link, or with index 0 of all, to be sent as a dump. The mask is that of
/// [`crate::show::xstats::Kind::mask`] or of [`crate::show::afstats::MASK`].
pub fn get_stats(index: u32, mask: u32) -> Result<Vec<u8>> {
    let mut fixed = [0; IF_STATS_MSG];
    fixed[4..8].copy_from_slice(&index.to_ne_bytes());
    fixed[8..12].copy_from_slice(&mask.to_ne_bytes());
    done(Writer::message(RTM_GETSTATS, 0, &fixed))
}
