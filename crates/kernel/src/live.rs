//! The links of this machine: readings of them, and what messages about them need to know.
//!
//! Knows how to turn a dump into a [`Snapshot`], and keeps one socket for each namespace. Refuses to decide what is
//! to be changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::os::fd::{AsFd, AsRawFd};
use std::path::Path;
use std::time::Duration;

use linkctl_link::message::{self, Around, To};
use linkctl_link::numbers::RTM_NEWLINK;
use linkctl_link::{Imprint, Key, Netns as Called, Seen, Snapshot};

use crate::ethtool::Generic;
use crate::netns::{NAMES, Netns, Place, inside};
use crate::{Error, Event, Monitor, Part, Socket, accounts, driver, ids};

/// The kernel, as seen from one namespace, and from others by name.
pub struct Live {
    spaces: BTreeMap<Called, Space>,
    home: Place,
    indexes: HashMap<Key, u32>,
    /// No namespace is opened but those that it began with.
    sealed: bool,
}

pub(crate) struct Space {
    pub(crate) netns: Netns,
    socket: Socket,
    pub(crate) generic: Option<Generic>,
    /// What was told since somebody wanted to know of it.
    ear: Option<Monitor>,
}

/// Device and inode of a namespace, and the kernel's cookie (0 before Linux 5.14): an inode alone passes from a namespace that ends
/// to the next that is made.
pub type Id = (u64, u64, u64);

impl Space {
    fn id(&self) -> Id {
        let (dev, inode) = self.netns.id();
        (dev, inode, self.socket.cookie())
    }
}

impl Live {
    /// Opens a socket in the namespace that `home` says; [`Called::HERE`] means that one from now on.
    pub fn open(home: Place) -> Result<Self, Error> {
        let mut live = Self { spaces: BTreeMap::new(), home, indexes: HashMap::new(), sealed: false };
        live.enter(&Called::HERE)?;
        Ok(live)
    }

    /// The kernel as seen from these namespaces alone, the home among them: no name leads to another one.
    pub fn sealed(spaces: Vec<(Called, Netns)>) -> Result<Self, Error> {
        let mut live =
            Self { spaces: BTreeMap::new(), home: Place::Here, indexes: HashMap::new(), sealed: true };
        for (called, netns) in spaces {
            let socket = Socket::open_in(&netns)?;
            live.spaces.insert(called, Space { netns, socket, generic: None, ear: None });
        }
        Ok(live)
    }

    /// Whether no name leads to another namespace.
    pub(crate) fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// The namespace that goes by a name here, if it is open.
    pub fn netns(&self, called: &Called) -> Option<&Netns> {
        self.spaces.get(called).map(|s| &s.netns)
    }

    /// How a namespace is called here, if it is open: home above all.
    pub fn called(&self, id: (u64, u64)) -> Option<Called> {
        self.spaces.iter().find(|(_, s)| s.netns.id() == id).map(|(called, _)| called.clone())
    }

    /// Opens a namespace, unless it is open. Until then messages cannot be sent there or name it.
    pub fn enter(&mut self, called: &Called) -> Result<(), Error> {
        if self.spaces.contains_key(called) {
            return Ok(());
        }
        if self.sealed {
            let path = called.name().map_or_else(Default::default, |n| Path::new(NAMES).join(n));
            return Err(Error::Netns { path, errno: libc::ENOENT });
        }
        let place = called.name().map_or_else(|| self.home.clone(), |name| Place::Name(name.into()));
        let netns = Netns::open(&place)?;
        let socket = if place == Place::Here { Socket::open()? } else { Socket::open_in(&netns)? };
        self.spaces.insert(called.clone(), Space { netns, socket, generic: None, ear: None });
        Ok(())
    }

    /// Closes a namespace that is named, and forgets the indexes of its links: its name may mean another by now. One that
    /// could not be opened again stays open.
    pub fn leave(&mut self, called: &Called) {
        if called.name().is_some() && !self.sealed {
            self.spaces.remove(called);
            self.indexes.retain(|key, _| key.netns != *called);
        }
    }

    /// Whether there is a namespace of a name, as far as that can be told. One that is open and that its name does not lead to any more
    /// is closed.
    pub fn is_there(&mut self, called: &Called) -> bool {
        let Some(name) = called.name().filter(|_| !self.sealed) else { return true };
        let now = match Netns::open(&Place::Name(name.into())) {
            Ok(netns) => Some(netns.id()),
            Err(e) if e.is_no_netns() => None,
            Err(_) => return true,
        };
        if self.spaces.get(called).is_some_and(|space| now != Some(space.netns.id())) {
            self.leave(called);
        }
        now.is_some()
    }

    /// The socket of a namespace, opened where it is not.
    pub fn socket(&mut self, called: &Called) -> Result<&mut Socket, Error> {
        self.enter(called)?;
        self.spaces.get_mut(called).map(|s| &mut s.socket).ok_or(Error::Spent)
    }

    /// A listener to what happens to the links of a namespace.
    pub fn monitor(&mut self, called: &Called) -> Result<Monitor, Error> {
        self.enter(called)?;
        let space = self.spaces.get(called).ok_or(Error::Spent)?;
        let open = || Monitor::open(&[libc::RTNLGRP_LINK]);
        if *space.netns.place() == Place::Here { open() } else { inside(&space.netns, open)? }
    }

    /// Listens to what happens to the links of a namespace, until [`Live::silent`] is asked. What cannot be listened to is
    /// not silent.
    pub fn listen(&mut self, called: &Called) {
        let ear = self.monitor(called).ok();
        if let Some(space) = self.spaces.get_mut(called) {
            space.ear = ear;
        }
    }

    /// The namespaces in which nothing happened to any link since they were listened to; ends the listening. Whoever read
    /// them after that knows them still.
    pub fn silent(&mut self) -> BTreeSet<Called> {
        let mut out = BTreeSet::new();
        for (called, space) in &mut self.spaces {
            let told = space
                .ear
                .take()
                .map(|mut ear| ear.next(Some(Duration::ZERO)).map(|e| matches!(e, Event::Timeout)));
            if matches!(told, Some(Ok(true))) {
                out.insert(called.clone());
            }
        }
        out
    }

    /// A namespace that is open.
    pub(crate) fn space(&mut self, called: &Called) -> Result<&mut Space, Error> {
        self.spaces.get_mut(called).ok_or(Error::Spent)
    }

    /// What tells the home namespace from any other, as [`Live::space_id`] does.
    pub fn id(&self) -> Id {
        self.spaces.get(&Called::HERE).map_or(Id::default(), Space::id)
    }

    /// What tells a namespace from any other that there is, was or will be until the machine starts again.
    pub fn space_id(&mut self, called: &Called) -> Result<Id, Error> {
        self.enter(called)?;
        self.spaces.get(called).map(Space::id).ok_or(Error::Spent)
    }

    /// All links of some namespaces. With `stats` their counters too.
    ///
    /// Fails as [`Error::Interrupted`] where links changed during every attempt: a plan from a mixture is none.
    pub fn snapshot(&mut self, spaces: &[Called], stats: bool) -> Result<Snapshot, Error> {
        let (snapshot, whole) = self.read(spaces, stats || thorough())?;
        self.remember(&snapshot);
        if whole { Ok(snapshot) } else { Err(Error::Interrupted) }
    }

    /// The same for those who can do with a mixture and say so: `false` with a reading that was disturbed.
    pub fn read(&mut self, spaces: &[Called], stats: bool) -> Result<(Snapshot, bool), Error> {
        for called in spaces {
            self.enter(called)?;
        }
        let mut out = Snapshot::new();
        let mut whole = true;
        for called in spaces {
            let mut elsewhere = false;
            whole &= self.links(called, stats, |link| match link {
                None => {
                    out.open(called.clone());
                    elsewhere = false;
                }
                Some(payload) => elsewhere |= out.push(payload) == Some(true),
            })?;
            if elsewhere {
                out.number(self.nsids(called)?);
            }
            if out.is_owned() {
                out.call(accounts::read());
            }
        }
        Ok((out, whole))
    }

    /// A number for all that can be set of the links of some namespaces, as [`Imprint`] counts it, without keeping what was
    /// read; `None` where links changed during every attempt.
    pub fn imprint(&mut self, spaces: &[Called], seed: u64) -> Result<Option<u64>, Error> {
        let (mut out, stats) = (Imprint::new(seed), thorough());
        let mut whole = true;
        for called in spaces {
            let before = out.clone();
            whole &= self.links(called, stats, |link| match link {
                None => out.clone_from(&before),
                Some(payload) => out.link(payload),
            })?;
        }
        Ok(whole.then(|| out.number()))
    }

    /// Reads the links of a namespace: nothing where a reading begins, or begins again, and the payload of each link. Whether
    /// the reading was undisturbed.
    fn links(
        &mut self,
        called: &Called,
        stats: bool,
        mut each: impl FnMut(Option<&[u8]>),
    ) -> Result<bool, Error> {
        let request = message::get(None, stats).map_err(malformed)?;
        let dumped = self.socket(called)?.dump_consistent(request, |part| match part {
            Part::Begin => each(None),
            Part::Message(m) if m.header.kind == RTM_NEWLINK => each(Some(m.payload)),
            Part::Message(_) => {}
        })?;
        Ok(!dumped.interrupted)
    }

    /// How one namespace numbers the others: those that are open here, and those that have names.
    fn nsids(&mut self, called: &Called) -> Result<BTreeMap<i32, Called>, Error> {
        let mut space = self.spaces.remove(called).ok_or(Error::Spent)?;
        let mut out = BTreeMap::new();
        let sealed = self.sealed;
        let mut named = || if sealed { Ok(BTreeMap::new()) } else { ids::names(&mut space.socket) };
        let found = named().map(|names| {
            out.extend(names.into_iter().filter_map(|(id, name)| Some((id, Called::named(&name)?))));
        });
        // What is open goes by the name that it is open under, home above all: it is put in last.
        let mut open = Ok(());
        for (other, known) in self.spaces.iter().rev() {
            match ids::of(&mut space.socket, &known.netns) {
                Ok(Some(id)) => _ = out.insert(id, other.clone()),
                Ok(None) => {}
                Err(e) => open = Err(e),
            }
        }
        self.spaces.insert(called.clone(), space);
        found.and(open)?;
        Ok(out)
    }

    /// One link, the links that it names, and those that they name, by one request each; `None` where there is no
    /// such link.
    ///
    /// It is found by its name, and by its alternative names, under the name that it has. With `stats` its counters
    /// are read too.
    pub fn one(&mut self, key: &Key, stats: bool) -> Result<Option<(Snapshot, Key)>, Error> {
        self.enter(&key.netns)?;
        let Some(first) = self.payload(&key.netns, To::Name(key.name), stats)? else { return Ok(None) };
        let mut out = Snapshot::new();
        out.open(key.netns.clone());
        let mut elsewhere = out.push(&first) == Some(true);
        let seen = Seen::new(&first);
        let name = seen.as_ref().and_then(Seen::name).unwrap_or(key.name);
        let mut known: BTreeSet<u32> = seen.iter().map(|s| s.index).collect();
        let mut todo = seen.map(|s| s.neighbours()).unwrap_or_default();
        while let Some(index) = todo.pop() {
            if !known.insert(index) {
                continue;
            }
            if let Some(payload) = self.payload(&key.netns, To::Index(index), false)? {
                elsewhere |= out.push(&payload) == Some(true);
                todo.extend(Seen::new(&payload).map(|s| s.neighbours()).unwrap_or_default());
            }
        }
        if elsewhere {
            out.number(self.nsids(&key.netns)?);
        }
        if out.is_owned() {
            out.call(accounts::read());
        }
        self.remember(&out);
        Ok(Some((out, key.beside(name))))
    }

    /// The message of one link; `None` where there is none.
    fn payload(&mut self, called: &Called, to: To, stats: bool) -> Result<Option<Vec<u8>>, Error> {
        let request = message::get(Some(to), stats).map_err(malformed)?;
        match self.socket(called)?.get(request, |m| m.payload.to_vec()) {
            Ok(payload) => Ok(Some(payload)),
            Err(Error::Refused(r)) if r.errno == libc::ENODEV => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Asks for the index of a link that is not known yet, and remembers it.
    pub fn learn(&mut self, key: &Key) -> Result<Option<u32>, Error> {
        let payload = self.payload(&key.netns, To::Name(key.name), false)?;
        let index = payload.as_deref().and_then(Seen::new).map(|s| s.index);
        if let Some(index) = index {
            self.indexes.insert(key.clone(), index);
        }
        Ok(index)
    }

    /// Whether the index that is known of a link is still that of one of its name. The kernel gives no index twice by
    /// itself, but who makes a link may say which it gets. Nothing known, and nothing there, is no other link.
    pub fn is_same(&mut self, key: &Key) -> Result<bool, Error> {
        let Some(index) = self.index(key) else { return Ok(true) };
        let payload = self.payload(&key.netns, To::Index(index), false)?;
        let name = payload.as_deref().and_then(Seen::new).and_then(|s| s.name());
        Ok(name.is_none_or(|n| n == key.name))
    }

    /// Forgets a link's index: it is renamed, moved or deleted.
    pub fn forget(&mut self, key: &Key) {
        self.indexes.remove(key);
    }

    /// The driver of a link, as ethtool tells it.
    pub fn driver(&mut self, key: &Key) -> Option<linkctl_link::show::Driver> {
        let d = driver::of(self.socket(&key.netns).ok()?, key.name.as_bytes()).ok()??;
        Some(linkctl_link::show::Driver {
            driver: d.name,
            version: d.version,
            firmware: d.firmware,
            bus: d.bus,
        })
    }

    fn remember(&mut self, snapshot: &Snapshot) {
        for key in snapshot.keys() {
            if let Some(index) = snapshot.index(&key) {
                self.indexes.insert(key, index);
            }
        }
    }
}

impl Around for Live {
    fn index(&self, key: &Key) -> Option<u32> {
        self.indexes.get(key).copied()
    }
    fn fd(&self, called: &Called) -> Option<i32> {
        self.spaces.get(called).map(|s| s.netns.as_fd().as_raw_fd())
    }
}

/// Whether a reading for a plan must ask for counters too: kernels before 6.1 leave the IPv6 settings out with them
/// (`RTEXT_FILTER_SKIP_STATS` in `inet6_fill_ifla6_attrs` of `net/ipv6/addrconf.c`).
pub fn thorough() -> bool {
    version() < (6, 1)
}

/// Whether the kernel refuses to rename a link that is up, so that it has to go down for it (before 6.2,
/// `dev_change_name` of `net/core/dev.c`).
pub fn renames_down() -> bool {
    version() < (6, 2)
}

/// The kernel's first two numbers.
fn version() -> (u32, u32) {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut parts = release.split(['.', '-']).map(|n| n.trim().parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// A request of a few bytes always fits into a message.
pub(crate) fn malformed(_: message::Error) -> Error {
    Error::Spent
}
