//! The machine as the grammar asks for it: links by name, namespaces, names of numbers.

use std::collections::{BTreeMap, HashMap};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use linkctl::iproute::{Stop, World, number};
use linkctl::kernel::{Error, Netns, Part, Place, Socket, bpf, ids};
use linkctl::link::message::{self, To};
use linkctl::link::numbers::{
    IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS, RTEXT_FILTER_VF, RTM_GETLINK, RTM_NEWLINK,
};
use linkctl::link::show::Names;
use linkctl::link::{Netns as Called, Seen};
use linkctl::schema::Safe;
use linkctl::wire::Writer;

use super::Call;
use super::names;
use super::say::{err, refusal, strerror, unreached};

/// `IFLA_TARGET_NETNSID`: the namespace that is asked about.
const IFLA_TARGET_NETNSID: u16 = 46;
/// What is asked of a link whose counters do not matter.
pub(crate) const PLAIN: u32 = RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS;

/// One socket in the namespace that the command works in, and what was learnt through it.
pub(crate) struct Machine {
    /// The conversation with the kernel.
    pub(crate) socket: Socket,
    place: Place,
    indexes: HashMap<Vec<u8>, u32>,
    open: Vec<Netns>,
    programs: Vec<OwnedFd>,
    names: Option<Names>,
}

impl Machine {
    /// Opens the socket.
    pub(crate) fn open(call: &Call) -> Result<Self, Stop> {
        let (mut socket, place) = match &call.options.netns {
            None => (Socket::open().map_err(|e| unreached(&e))?, Place::Here),
            Some(word) => {
                let netns = netns(word)?;
                (Socket::open_in(&netns).map_err(|e| no_netns(word, &e))?, netns.place().clone())
            }
        };
        if let Some(bytes) = call.options.queue {
            socket.set_queue(bytes);
        }
        Ok(Self {
            socket,
            place,
            indexes: HashMap::new(),
            open: Vec::new(),
            programs: Vec::new(),
            names: None,
        })
    }

    /// The namespace that it is in.
    pub(crate) fn place(&self) -> Place {
        self.place.clone()
    }

    /// The messages of all links.
    pub(crate) fn all(&mut self) -> Result<Vec<Vec<u8>>, Error> {
        let request = message::get(None, false).map_err(|_| Error::Spent)?;
        let mut out = Vec::new();
        let dumped = self.socket.dump_consistent(request, |part| match part {
            Part::Begin => out.clear(),
            Part::Message(m) if m.header.kind == RTM_NEWLINK => out.push(m.payload.to_vec()),
            Part::Message(_) => {}
        });
        // What changed meanwhile is told by the events that follow.
        dumped.map(|_| out)
    }

    /// Remembers a link.
    pub(crate) fn remember(&mut self, name: &[u8], index: u32) {
        self.indexes.insert(name.to_vec(), index);
    }

    /// Forgets all names of a link, or with 0 all names: it changed.
    pub(crate) fn forget(&mut self, index: u32) {
        if index == 0 {
            self.indexes.clear();
        } else {
            self.indexes.retain(|_, i| *i != index);
        }
    }

    /// Closes what a command line opened.
    pub(crate) fn close(&mut self) {
        self.open.clear();
        self.programs.clear();
    }

    /// The message of the link of a name.
    pub(crate) fn by_name(&mut self, name: &[u8], mask: u32) -> Result<Vec<u8>, Error> {
        ask(&mut self.socket, name, mask, None)
    }

    /// A socket in the namespace of an open descriptor; the machine's own where there is none.
    fn at(&mut self, target: Option<i32>) -> Option<Own<'_>> {
        let there = target.and_then(|fd| self.open.iter().find(|n| n.as_fd().as_raw_fd() == fd));
        match there {
            Some(there) => Socket::open_in(there).ok().map(Box::new).map(Own::There),
            None => Some(Own::Here(&mut self.socket)),
        }
    }

    /// How the namespace numbers those that have names.
    pub(crate) fn numbers(&mut self) -> BTreeMap<i32, Called> {
        let names = ids::names(&mut self.socket).unwrap_or_default();
        names.into_iter().filter_map(|(id, name)| Some((id, Called::named(&name)?))).collect()
    }

    /// Names of numbers, read when first asked for.
    pub(crate) fn names(&mut self) -> &Names {
        self.names.get_or_insert_with(names::shown)
    }
}

/// A socket: the machine's, or one in another namespace.
enum Own<'s> {
    Here(&'s mut Socket),
    There(Box<Socket>),
}

impl Own<'_> {
    fn socket(&mut self) -> &mut Socket {
        match self {
            Self::Here(socket) => socket,
            Self::There(socket) => socket,
        }
    }
}

/// Asks for the message of a link by its name, in the namespace of a number or the socket's own.
fn ask(socket: &mut Socket, name: &[u8], mask: u32, nsid: Option<i32>) -> Result<Vec<u8>, Error> {
    let mut request = Writer::message(RTM_GETLINK, 0, &[0; 16]);
    if let Some(nsid) = nsid {
        request.put_i32(IFLA_TARGET_NETNSID, nsid);
    }
    request.put_u32(IFLA_EXT_MASK, mask);
    message::put_word(&mut request, name);
    socket.get(request.finish()?, |m| m.payload.to_vec())
}

/// Opens the namespace that `-netns` names.
pub(crate) fn netns(word: &[u8]) -> Result<Netns, Stop> {
    let name = String::from_utf8_lossy(word).into_owned();
    let place = if name.contains('/') { Place::Path(name.into()) } else { Place::Name(name) };
    Netns::open(&place).map_err(|e| no_netns(word, &e))
}

/// What is said of a namespace that is not there.
fn no_netns(word: &[u8], error: &Error) -> Stop {
    let why = error.errno().map_or_else(|| error.to_string(), strerror);
    let said = format!("Cannot open network namespace \"{}\": {why}", Safe(word));
    Stop::exits(said, 255)
}

impl World for Machine {
    fn index(&mut self, name: &[u8]) -> Option<u32> {
        if let Some(index) = self.indexes.get(name) {
            return Some(*index);
        }
        let told = if name.is_empty() { None } else { self.by_name(name, PLAIN).ok() };
        let index = match told.as_deref().and_then(Seen::new) {
            Some(seen) => seen.index,
            // `if7` is the link of index 7.
            None => number::up_to(name.strip_prefix(b"if")?, u32::MAX.into(), 10)? as u32,
        };
        if told.is_some() {
            self.remember(name, index);
        }
        Some(index)
    }

    fn index_in(&mut self, name: &[u8], nsid: i32, target: Option<i32>) -> Result<u32, String> {
        let Some(mut at) = self.at(target) else { return Err(String::new()) };
        match ask(at.socket(), name, PLAIN, Some(nsid)) {
            Ok(payload) => Seen::new(&payload).map(|s| s.index).ok_or_else(String::new),
            Err(Error::Refused(no)) => Err(refusal(&no)),
            Err(_) => Err(String::new()),
        }
    }

    fn link(&mut self, index: u32) -> Option<Vec<u8>> {
        let request = message::get(Some(To::Index(index)), false).ok()?;
        self.socket.get(request, |m| m.payload.to_vec()).ok()
    }

    fn group(&mut self, name: &str) -> Option<u32> {
        self.names().groups.number(name)
    }

    fn reason(&mut self, name: &str) -> Option<u32> {
        self.names().reasons.number(name)
    }

    fn table(&mut self, name: &str) -> Option<u32> {
        names::tables().number(name)
    }

    fn dsfield(&mut self, name: &str) -> Option<u8> {
        names::dsfields().number(name).and_then(|n| u8::try_from(n).ok())
    }

    fn netns(&mut self, word: &[u8]) -> Option<i32> {
        let text = std::str::from_utf8(word).ok()?;
        let netns = Netns::open(&Place::parse(text).ok()?).ok()?;
        let fd = netns.as_fd().as_raw_fd();
        self.open.push(netns);
        Some(fd)
    }

    fn nsid(&mut self, word: &[u8], target: Option<i32>) -> Option<i32> {
        let netns = Netns::open(&Place::parse(std::str::from_utf8(word).ok()?).ok()?).ok()?;
        let mut at = self.at(target)?;
        let socket = at.socket();
        if let Some(id) = ids::of(socket, &netns).ok()? {
            return Some(id);
        }
        ids::assign(socket, &netns, None).ok()?;
        ids::of(socket, &netns).ok()?
    }

    fn program(&mut self, path: &[u8]) -> Result<i32, String> {
        match bpf::pinned(Path::new(std::ffi::OsStr::from_bytes(path))) {
            Ok(fd) => {
                let number = fd.as_raw_fd();
                self.programs.push(fd);
                Ok(number)
            }
            Err(e) => {
                let why = e.errno().map_or_else(|| e.to_string(), strerror);
                Err(format!("Couldn't retrieve pinned program '{}': {why}", Safe(path)))
            }
        }
    }

    fn warn(&mut self, text: &str) {
        err(text);
    }
}
