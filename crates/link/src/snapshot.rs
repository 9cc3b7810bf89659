//! What is: the messages of one reading, kept as bytes and decoded when asked for.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use linkctl_kinds::link as base;
use linkctl_schema::codec::{self, Links, View};
use linkctl_schema::{Below, FieldDef, Fields, Kind, Name, Record, Type, diff};
use linkctl_wire::{Attrs, number};

use crate::goal::{Goal, Want};
use crate::imprint::Imprint;
use crate::key::Key;
use crate::link::Link;
use crate::netns::Netns;
use crate::numbers::{
    IFINFOMSG, IFLA_IFNAME, IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_INFO_SLAVE_DATA, IFLA_INFO_SLAVE_KIND,
    IFLA_INFO_XSTATS, IFLA_LINK, IFLA_LINK_NETNSID, IFLA_LINKINFO,
};
use crate::show::Near;
use crate::topology::World;

/// The links of one or several namespaces at one time.
///
/// One arena of messages a namespace; per link its index, name and place. A [`Link`] is built only when asked for,
/// and the ways to find one only when first needed.
#[derive(Debug, Default)]
pub struct Snapshot {
    spaces: Vec<Space>,
}

/// Names of users (`false`) and of groups of users (`true`) by their numbers.
pub type Accounts = BTreeMap<(bool, u32), String>;

/// What one namespace said, in the order in which the kernel told it.
#[derive(Debug, Default)]
struct Space {
    netns: Netns,
    arena: Vec<u8>,
    entries: Vec<Entry>,
    by_index: OnceLock<Vec<(u32, u32)>>,
    by_name: OnceLock<Vec<(Name, u32)>>,
    nsids: BTreeMap<i32, Netns>,
    owned: bool,
    accounts: Accounts,
}

/// Where a link's message is, and what is most asked for.
#[derive(Clone, Copy, Debug)]
struct Entry {
    index: u32,
    flags: u32,
    name: Name,
    start: usize,
    end: usize,
}

impl Space {
    /// The link of an index.
    fn of_index(&self, index: u32) -> Option<&Entry> {
        let sorted = self.by_index.get_or_init(|| sorted(&self.entries, |e| e.index));
        found(sorted, &index).and_then(|at| self.entries.get(at))
    }

    /// The place of the link of a name.
    fn of_name(&self, name: &Name) -> Option<usize> {
        found(self.names(), name)
    }

    /// The names, in order, with the places of their links.
    fn names(&self) -> &[(Name, u32)] {
        self.by_name.get_or_init(|| sorted(&self.entries, |e| e.name))
    }

    fn seen(&self, at: usize) -> Option<Seen<'_>> {
        let entry = self.entries.get(at)?;
        Seen::new(self.arena.get(entry.start..entry.end)?)
    }
}

/// Entries by a key of theirs. Of two with one key, which an interrupted dump may hold, the later counts.
fn sorted<K: Ord + Copy>(entries: &[Entry], key: impl Fn(&Entry) -> K) -> Vec<(K, u32)> {
    let mut out: Vec<(K, u32)> = entries.iter().zip(0..).map(|(e, at)| (key(e), at)).collect();
    out.sort_unstable();
    out.dedup_by(|later, first| {
        let same = later.0 == first.0;
        if same {
            first.1 = later.1;
        }
        same
    });
    out
}

fn found<K: Ord>(sorted: &[(K, u32)], key: &K) -> Option<usize> {
    sorted.binary_search_by(|(k, _)| k.cmp(key)).ok().map(|i| sorted[i].1 as usize)
}

impl Links for Space {
    fn index(&self, name: &Name) -> Option<u32> {
        self.of_name(name).map(|at| self.entries[at].index)
    }
    fn name(&self, index: u32) -> Option<Name> {
        self.of_index(index).map(|e| e.name)
    }
    fn account(&self, id: u32, group: bool) -> Option<&str> {
        self.accounts.get(&(group, id)).map(String::as_str)
    }
}

impl Near for Space {
    fn flags(&self, index: u32) -> Option<u32> {
        self.of_index(index).map(|e| e.flags)
    }
    fn netns(&self, nsid: i32) -> Option<String> {
        self.nsids.get(&nsid).and_then(|n| n.name()).map(str::to_owned)
    }
}

impl Snapshot {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a namespace. One that was begun before is begun anew: what it said is forgotten.
    pub fn open(&mut self, netns: Netns) {
        self.spaces.retain(|s| s.netns != netns);
        self.spaces.push(Space { netns, ..Space::default() });
    }

    /// Whether it is of that namespace, too.
    pub fn is_of(&self, netns: &Netns) -> bool {
        self.spaces.iter().any(|s| s.netns == *netns)
    }

    /// The namespaces that it is of.
    pub fn spaces(&self) -> impl Iterator<Item = &Netns> {
        self.spaces.iter().map(|s| &s.netns)
    }

    /// Says by which numbers the namespace begun last knows others.
    pub fn number(&mut self, nsids: BTreeMap<i32, Netns>) {
        if let Some(space) = self.spaces.last_mut() {
            space.nsids = nsids;
        }
    }

    /// Whether it knows any namespace by a number.
    pub fn is_numbered(&self) -> bool {
        self.spaces.iter().any(|s| !s.nsids.is_empty())
    }

    /// Which namespace goes by a number in another one; `None` where that is not known.
    pub fn numbered(&self, netns: &Netns, number: i32) -> Option<Netns> {
        self.space(netns)?.nsids.get(&number).cloned()
    }

    /// A number for all that can be set of the links of some namespaces, as [`Imprint`] counts it.
    pub fn imprint(&self, spaces: &[Netns], seed: u64) -> u64 {
        let mut out = Imprint::new(seed);
        for space in spaces.iter().filter_map(|netns| self.space(netns)) {
            let messages = space.entries.iter().filter_map(|e| space.arena.get(e.start..e.end));
            messages.for_each(|payload| out.link(payload));
        }
        out.number()
    }

    /// Whether some setting of a link is told by what is beside its message: names of users.
    pub fn is_called(&self) -> bool {
        self.spaces.iter().any(|s| s.owned)
    }

    /// Whether a link of the namespace begun last belongs to a user, so that names of users tell more.
    pub fn is_owned(&self) -> bool {
        self.spaces.last().is_some_and(|s| s.owned)
    }

    /// Says how the users are called for the namespace begun last.
    pub fn call(&mut self, accounts: Accounts) {
        if let Some(space) = self.spaces.last_mut() {
            space.accounts = accounts;
        }
    }

    /// Takes one `RTM_NEWLINK` payload into the namespace begun last. Bytes that are no link are passed over:
    /// `None`. Returns whether the link has another end or a lower link in another namespace.
    pub fn push(&mut self, payload: &[u8]) -> Option<bool> {
        let (index, flags) = header(payload)?;
        let (mut name, mut elsewhere, mut info) = (None, false, &[][..]);
        // All of a message is looked at when it is asked for: this is done for each.
        for a in Attrs::new(&payload[IFINFOMSG..]).map_while(Result::ok) {
            match a.kind {
                IFLA_IFNAME => name = Name::from_kernel(a.data),
                IFLA_LINK_NETNSID => elsewhere = true,
                IFLA_LINKINFO => info = a.data,
                _ => {}
            }
        }
        let name = name.filter(|n| !n.is_none())?;
        let owned = kind_of(info) == b"tun";
        let space = self.spaces.last_mut()?;
        space.owned |= owned;
        let start = space.arena.len();
        space.arena.extend_from_slice(payload);
        space.entries.push(Entry { index, flags, name, start, end: space.arena.len() });
        space.by_index.take();
        space.by_name.take();
        Some(elsewhere)
    }

    /// How many links there are.
    pub fn len(&self) -> usize {
        self.spaces.iter().map(|s| s.names().len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spaces.iter().all(|s| s.entries.is_empty())
    }

    fn space(&self, netns: &Netns) -> Option<&Space> {
        self.spaces.iter().find(|s| s.netns == *netns)
    }

    /// The links, namespace by namespace, by name.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.spaces.iter().flat_map(|s| s.names().iter().map(|(name, _)| Key::new(s.netns.clone(), *name)))
    }

    /// Whether there is such a link.
    pub fn contains(&self, key: &Key) -> bool {
        self.space(&key.netns).is_some_and(|s| s.of_name(&key.name).is_some())
    }

    /// The index of a link.
    pub fn index(&self, key: &Key) -> Option<u32> {
        self.space(&key.netns)?.index(&key.name)
    }

    /// The kernel's word for a link's kind; empty for hardware.
    pub fn kind_word(&self, key: &Key) -> Option<&[u8]> {
        Some(kind_of(self.attrs(key)?.find(IFLA_LINKINFO).unwrap_or_default()))
    }

    /// The attributes of a link's message, for one or two of which an index is not worth its while.
    pub(crate) fn attrs(&self, key: &Key) -> Option<Attrs<'_>> {
        let space = self.space(&key.netns)?;
        let entry = space.entries.get(space.of_name(&key.name)?)?;
        Some(Attrs::new(space.arena.get(entry.start + IFINFOMSG..entry.end)?))
    }

    /// The message of a link, and who its neighbours are.
    pub fn seen(&self, key: &Key) -> Option<(Seen<'_>, &dyn Near)> {
        let space = self.space(&key.netns)?;
        Some((space.seen(space.of_name(&key.name)?)?, space))
    }

    /// The links of one namespace in the order in which the kernel told them, with their neighbours.
    pub fn in_order(&self, netns: &Netns) -> impl Iterator<Item = (Seen<'_>, &dyn Near)> {
        self.space(netns).into_iter().flat_map(|space| {
            (0..space.entries.len()).filter_map(move |at| Some((space.seen(at)?, space as &dyn Near)))
        })
    }

    /// The link of an index.
    pub fn by_index(&self, netns: &Netns, index: u32) -> Option<Key> {
        Some(Key::new(netns.clone(), self.space(netns)?.name(index)?))
    }

    /// The link below or the other end, where that is in a namespace that was read.
    fn below(&self, space: &Space, seen: &Seen<'_>) -> Option<Key> {
        let (nsid, index) = seen.below()?;
        let netns = nsid.map_or(Some(&space.netns), |id| space.nsids.get(&id))?;
        self.by_index(netns, index)
    }

    /// The same of a link by its key.
    fn below_of(&self, key: &Key) -> Option<Key> {
        let space = self.space(&key.netns)?;
        self.below(space, &space.seen(space.of_name(&key.name)?)?)
    }

    /// A link, decoded: what can be set of it, and on whom it stands.
    pub fn link(&self, key: &Key) -> Option<Link> {
        let space = self.space(&key.netns)?;
        let seen = space.seen(space.of_name(&key.name)?)?;
        let mut link = seen.state(space);
        let below = self.below(space, &seen);
        // Of a kind that the book does not know: two that stand on each other are the ends of a pair.
        let mutual = || below.as_ref().is_some_and(|b| self.below_of(b).as_ref() == Some(key));
        if link.kind.is_some_and(|k| k.pair.is_some()) || link.foreign.is_some() && mutual() {
            link.peer = below;
            link.base.take(&base::LINK.0);
        } else if link.kind.is_some_and(|k| matches!(k.below, Below::Loose(_))) {
            // A field of its kind says it, and it outlives that link.
            link.base.take(&base::LINK.0);
        } else {
            link.lower = below;
            if link.lower.as_ref().is_none_or(|l| l.netns != key.netns) {
                link.base.take(&base::LINK.0);
            }
        }
        if link.kind.is_some_and(|k| k.pair.is_none() && k.below != Below::Link) {
            link.home = seen.home().and_then(|id| space.nsids.get(&id)).filter(|n| **n != key.netns).cloned();
        }
        link.second = seen.is_second();
        link.mtus = seen.mtus();
        Some(link)
    }

    /// Whether every link is plainly as a goal says: told from the bytes, without decoding a link. A quick yes; a
    /// no may still be one that a plan finds nothing to do for.
    pub fn plainly(&self, goal: &Goal) -> bool {
        let there = |netns: &Netns| self.contains(&Key::loopback(netns.clone()));
        goal.matches.is_empty()
            && goal.namespaces.iter().all(|(netns, stays)| there(netns) == *stays)
            && goal.links.iter().all(|(key, want)| match want {
                Want::Absent => !self.contains(key),
                Want::Present(link) => self.plainly_is(key, link).unwrap_or(false),
            })
    }

    fn plainly_is(&self, key: &Key, want: &Link) -> Option<bool> {
        // What is beside the message is not in it.
        if want.nic.is_some() {
            return None;
        }
        let space = self.space(&key.netns)?;
        let seen = space.seen(space.of_name(&key.name)?)?;
        let kind = want.kind.is_none_or(|k| seen.kind_word() == k.name.as_bytes())
            && want.foreign.as_ref().is_none_or(|f| seen.kind_word() == &**f);
        let below = || self.below(space, &seen);
        let pair = seen.kind().is_some_and(|k| k.pair.is_some());
        let stands = want.lower.as_ref().is_none_or(|l| !pair && below().as_ref() == Some(l))
            && want.peer.as_ref().is_none_or(|p| pair && below().as_ref() == Some(p));
        let part = |view: Option<View<'_>>, want: &Record| {
            want.is_empty() || view.is_some_and(|v| diff::plainly(&v, want, space))
        };
        let port = want.port.as_ref().is_none_or(|want| {
            seen.port_kind().is_some_and(|k| std::ptr::eq(k.fields, want.fields())) && part(seen.port(), want)
        });
        Some(
            kind && stands
                && diff::plainly(&seen.base, &want.base, space)
                && part(seen.data(), &want.data)
                && port,
        )
    }

    /// All links that `keep` wants, decoded.
    pub fn world(&self, mut keep: impl FnMut(&Key) -> bool) -> World {
        self.keys().filter(|k| keep(k)).filter_map(|k| self.link(&k).map(|l| (k, l))).collect()
    }
}

/// One link's message, its attributes indexed once.
pub struct Seen<'a> {
    /// `ARPHRD_*`, the link-layer type.
    pub iftype: u16,
    /// The link's index.
    pub index: u32,
    /// What every link has.
    pub base: View<'a>,
    info: Info<'a>,
}

/// The parts of `IFLA_LINKINFO`.
#[derive(Clone, Copy, Default)]
struct Info<'a> {
    kind: Option<&'a [u8]>,
    data: Option<&'a [u8]>,
    counters: Option<&'a [u8]>,
    port_kind: Option<&'a [u8]>,
    port: Option<&'a [u8]>,
}

impl<'a> Seen<'a> {
    /// Reads the payload of an `RTM_NEWLINK` or `RTM_DELLINK`; `None` where it is too short to be one.
    pub fn new(payload: &'a [u8]) -> Option<Self> {
        let (index, flags) = header(payload)?;
        let iftype = number::u16(&payload[2..4])?;
        let base = View::with_flags(&payload[IFINFOMSG..], flags);
        let mut info = Info::default();
        for a in Attrs::new(base.attr(IFLA_LINKINFO).unwrap_or_default()).map_while(Result::ok) {
            match a.kind {
                IFLA_INFO_KIND => info.kind = Some(trimmed(a.data)),
                IFLA_INFO_DATA => info.data = Some(a.data),
                IFLA_INFO_XSTATS => info.counters = Some(a.data),
                IFLA_INFO_SLAVE_KIND => info.port_kind = Some(trimmed(a.data)),
                IFLA_INFO_SLAVE_DATA => info.port = Some(a.data),
                _ => {}
            }
        }
        Some(Self { iftype, index, base, info })
    }

    /// `ifi_flags`.
    pub fn flags(&self) -> u32 {
        self.base.flags()
    }

    /// The link's name.
    pub fn name(&self) -> Option<Name> {
        self.base.attr(IFLA_IFNAME).and_then(Name::from_kernel).filter(|n| !n.is_none())
    }

    /// Bus and name of the device that it is the link of; kernels before 5.14 do not tell.
    pub fn parent(&self) -> Option<(&'a [u8], &'a [u8])> {
        let text = |attr: u16| self.base.attr(attr).map(trimmed);
        Some((text(base::PARENTBUS.0.attr)?, text(base::PARENTDEV.0.attr)?))
    }

    /// The kernel's word for its kind; empty for hardware.
    pub fn kind_word(&self) -> &'a [u8] {
        self.info.kind.unwrap_or_default()
    }

    /// Its kind, where the book knows it.
    pub fn kind(&self) -> Option<&'static Kind> {
        std::str::from_utf8(self.info.kind?).ok().and_then(linkctl_kinds::kind)
    }

    /// The kind's own attributes.
    pub fn data(&self) -> Option<View<'a>> {
        self.info.data.map(View::new)
    }

    /// The kind's counters.
    pub fn counters(&self) -> Option<&'a [u8]> {
        self.info.counters
    }

    /// The kernel's word for its master's kind; empty where it is no port.
    pub fn port_word(&self) -> &'a [u8] {
        self.info.port_kind.unwrap_or_default()
    }

    /// What is known of ports of its master's kind, where the book knows that.
    pub fn port_kind(&self) -> Option<&'static Kind> {
        std::str::from_utf8(self.info.port_kind?).ok().and_then(linkctl_kinds::port)
    }

    /// What its master's kind says of this port.
    pub fn port(&self) -> Option<View<'a>> {
        self.info.port.map(View::new)
    }

    /// The link below or the other end: the number of its namespace where that is another, and its index.
    pub fn below(&self) -> Option<(Option<i32>, u32)> {
        let index = number::u32(self.base.attr(IFLA_LINK)?)?;
        let nsid = self.home();
        (index != 0 && (nsid.is_some() || index != self.index)).then_some((nsid, index))
    }

    /// The number of the namespace that it was made for, or that the link below is in.
    fn home(&self) -> Option<i32> {
        self.base.attr(IFLA_LINK_NETNSID).and_then(number::u32).map(|n| n as i32)
    }

    /// The least and the greatest MTU that its driver takes.
    fn mtus(&self) -> Option<(u32, u32)> {
        let number = |f: &FieldDef| self.base.attr(f.attr).and_then(number::u32);
        let most = number(&base::MAX_MTU.0)?;
        // 0 is no bound.
        Some((number(&base::MIN_MTU.0)?, if most == 0 { u32::MAX } else { most }))
    }

    /// Whether its kind tells which end of a pair it is, and it is the other one.
    fn is_second(&self) -> bool {
        let told = || {
            let field = self.kind()?.fields.find("primary").filter(|f| !f.writable())?;
            self.data()?.attr(field.attr).map(|bytes| bytes.first() == Some(&0))
        };
        told().unwrap_or(false)
    }

    /// The indexes of links of its own namespace that its message names: master, lower link, what its kind names.
    pub fn neighbours(&self) -> Vec<u32> {
        // The index of a link in another namespace says nothing of the link that has it here.
        let elsewhere = self.base.attr(IFLA_LINK_NETNSID).is_some();
        let links = |fields: &'static Fields, view: &View<'_>| -> Vec<u32> {
            let named = fields.list().iter().filter(|f| f.ty == Type::Link && f.path.is_empty());
            let of_all = std::ptr::eq(fields, std::ptr::from_ref(&base::FIELDS));
            let named = named.filter(|f| !(elsewhere && of_all && f.attr == IFLA_LINK));
            named.filter_map(|f| view.attr(f.attr).and_then(number::u32)).collect()
        };
        let mut out = links(&base::FIELDS, &self.base);
        if let (Some(kind), Some(view)) = (self.kind(), self.data()) {
            out.extend(links(kind.fields, &view));
        }
        if let (Some(kind), Some(view)) = (self.port_kind(), self.port()) {
            out.extend(links(kind.fields, &view));
        }
        out.retain(|i| *i != 0 && *i != self.index);
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The settable part as a [`Link`], without relations to other namespaces.
    pub fn state(&self, links: &dyn Links) -> Link {
        let kind = self.kind();
        let mut link = Link::new(kind);
        link.index = self.index;
        if kind.is_none() && !self.kind_word().is_empty() {
            link.foreign = Some(self.kind_word().into());
        }
        link.base = state(&base::FIELDS, &self.base, links);
        if let (Some(kind), Some(view)) = (kind, self.data()) {
            link.data = state(kind.fields, &view, links);
        }
        if let (Some(kind), Some(view)) = (self.port_kind(), self.port()) {
            link.port = Some(state(kind.fields, &view, links));
        }
        link
    }
}

/// Index and flags; `None` where bytes are too short to be about a link.
fn header(payload: &[u8]) -> Option<(u32, u32)> {
    let fixed = payload.get(..IFINFOMSG)?;
    Some((number::u32(&fixed[4..8])?, number::u32(&fixed[8..12])?))
}

/// The word for its kind in what `IFLA_LINKINFO` holds.
fn kind_of(info: &[u8]) -> &[u8] {
    Attrs::new(info).find(IFLA_INFO_KIND).map(trimmed).unwrap_or_default()
}

/// The fields of a table that can be set, decoded.
fn state(fields: &'static Fields, view: &View<'_>, links: &dyn Links) -> Record {
    codec::decode::state(fields, view, links)
}

/// Text without the terminator that the kernel puts behind it.
fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes.split(|b| *b == 0).next().unwrap_or_default()
}
