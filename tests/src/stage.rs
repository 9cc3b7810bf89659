//! A kernel to try things on, without a program in between: raw messages of the library, and readings.

use linkctl::kernel::{Error, Live, Place};
use linkctl::kinds::{self, link as base};
use linkctl::link::message::{self, Around, To};
use linkctl::link::{Key, Link, Netns};
use linkctl::schema::{FieldDef, Kind, Name, Record, Type};

/// The group that trial links are in, so that they go all at once; what they stand on is in the next. Linux 5.10 hangs
/// where a VLAN goes in one request with the link below it.
const GROUP: u32 = 7777;

/// The namespace of the calling thread, and names for what is made in it.
pub struct Stage {
    /// The kernel.
    pub live: Live,
    made: u32,
}

/// Fields that a kernel built without an option lacks: kind, the field whose absence tells it, the fields.
const WITHOUT: &[(&str, &str, &[&str])] = &[(
    "bridge",
    "vlan_protocol",
    &[
        "vlan_filtering",
        "vlan_protocol",
        "vlan_default_pvid",
        "vlan_stats_enabled",
        "vlan_stats_per_port",
        "mcast_vlan_snooping",
        "mst_enabled",
        "fdb_local_vlan_0",
    ],
)];

/// What the kernel said to a request: its error number where it refused.
pub type Answer = Result<(), i32>;

/// Whether some kernels are built without a field.
pub fn optional(kind: &Kind, field: &FieldDef) -> bool {
    WITHOUT.iter().any(|w| w.0 == kind.name && w.2.contains(&field.name))
}

/// Whether links of the kind can be made on request, without hardware.
pub fn possible(kind: &Kind) -> bool {
    kind.made_by.is_none() && kind.below != linkctl::schema::Below::Device && kind.name != "ipoib"
}

/// A name of a link; those of tests are always possible ones.
pub fn name(text: &str) -> Name {
    Name::new(text).expect("a possible name")
}

impl Stage {
    /// The calling thread's namespace, which should be its own.
    pub fn new() -> Self {
        Self { live: Live::open(Place::Here).expect("a socket"), made: 0 }
    }

    /// A name that was not given before.
    pub fn fresh(&mut self, stem: &str) -> String {
        self.made += 1;
        format!("{stem}{}", self.made)
    }

    /// Sends a message; anything but a refusal fails the test.
    pub fn send(&mut self, bytes: Vec<u8>) -> Answer {
        match self.live.socket(&Netns::HERE).expect("open").request(bytes) {
            Ok(_) => Ok(()),
            Err(Error::Refused(no)) => Err(no.errno),
            Err(e) => panic!("{e}"),
        }
    }

    /// The index of a link that is there.
    pub fn index(&mut self, link: &str) -> u32 {
        let key = Key::here(name(link));
        let known = self.live.index(&key);
        known.or_else(|| self.live.learn(&key).expect("readable")).unwrap_or_else(|| panic!("no {link}"))
    }

    /// How messages address a link.
    pub fn to(&mut self, link: &str) -> To {
        To::Index(self.index(link))
    }

    /// Creates a link, of the group of trials unless its group is said.
    pub fn create(&mut self, as_name: &str, link: &Link) -> Answer {
        let mut link = link.clone();
        if link.base.value(&base::GROUP.0).is_none() {
            link.base.put(&base::GROUP.0, linkctl::schema::Value::Num(GROUP.into()));
        }
        for named in link.named().chain(link.lower.iter().map(|k| k.name)).chain(link.has_master()) {
            self.index(&named.to_string());
        }
        let key = Key::here(name(as_name));
        let peer = link.kind.is_some_and(|k| k.pair.is_some()).then(|| {
            let mut end = Link::new(link.kind);
            end.base.merge(&link.base.only(|f| f.name == "group"));
            (Key::here(name(&format!("{as_name}p"))), end)
        });
        let made = message::create(&key, &link, peer.as_ref().map(|(k, l)| (k, l)), &self.live);
        self.send(made.unwrap_or_else(|e| panic!("{as_name}: {e}")))
    }

    /// Creates a link that is needed and not what is tried; of a kind that every kernel here has.
    pub fn pair(&mut self, stem: &str) -> String {
        let made = self.fresh(stem);
        let mut link = Link::new(kinds::kind("veth"));
        link.base.put(&base::GROUP.0, linkctl::schema::Value::Num(u64::from(GROUP) + 1));
        self.create(&made, &link).expect("the kernel has veth");
        self.up(&format!("{made}p"), true).expect("a veth goes up");
        made
    }

    /// Takes a link up or down.
    pub fn up(&mut self, link: &str, up: bool) -> Answer {
        let to = self.to(link);
        self.send(message::set_up(to, up).expect("short"))
    }

    /// Makes a link a port.
    pub fn enslave(&mut self, link: &str, master: &str) -> Answer {
        self.index(master);
        let to = self.to(link);
        let made = message::set_master(to, &Netns::HERE, Some(name(master)), &self.live);
        self.send(made.expect("the master is known"))
    }

    /// Changes what every link has.
    pub fn set_base(&mut self, link: &str, record: &Record) -> Answer {
        self.know(record);
        let to = self.to(link);
        let made = message::set_base(to, &Netns::HERE, record, &self.live);
        self.send(made.unwrap_or_else(|e| panic!("{link}: {e}")))
    }

    /// Changes a kind's own settings.
    pub fn set_data(&mut self, link: &str, kind: &Kind, record: &Record) -> Answer {
        self.know(record);
        let to = self.to(link);
        let made = message::set_data(to, &Netns::HERE, kind.name.as_bytes(), record, &self.live);
        self.send(made.unwrap_or_else(|e| panic!("{link}: {e}")))
    }

    /// Changes settings of a port.
    pub fn set_port(&mut self, link: &str, master: &Kind, record: &Record) -> Answer {
        self.know(record);
        let to = self.to(link);
        let made = message::set_port(to, &Netns::HERE, master.name.as_bytes(), record, &self.live);
        self.send(made.unwrap_or_else(|e| panic!("{link}: {e}")))
    }

    /// Changes alternative names: all that there are go, these come.
    pub fn set_altnames(&mut self, link: &str, names: &[linkctl::schema::Value<'static>]) -> Answer {
        let to = self.to(link);
        if let Some(linkctl::schema::Value::List(old)) = self.read(link).base.value(&base::ALTNAME.0) {
            self.send(message::altnames(to, old, false).expect("short"))?;
        }
        self.send(message::altnames(to, names, true).expect("short"))
    }

    /// Asks for the indexes of links that a record names.
    fn know(&mut self, record: &Record) {
        for (f, v) in record.iter() {
            if let (Type::Link, linkctl::schema::Value::Link(link)) = (f.ty, v)
                && !link.is_none()
            {
                self.index(&link.to_string());
            }
        }
    }

    /// A link as it is, with its counters: without them Linux 5.10 does not tell addrgenmode.
    pub fn read(&mut self, link: &str) -> Link {
        let found = self.live.one(&Key::here(name(link)), true).expect("readable");
        let (snapshot, key) = found.unwrap_or_else(|| panic!("no {link}"));
        snapshot.link(&key).expect("just read")
    }

    /// Whether a link is there.
    pub fn is_there(&mut self, link: &str) -> bool {
        self.live.one(&Key::here(name(link)), false).expect("readable").is_some()
    }

    /// Deletes a link.
    pub fn delete(&mut self, link: &str) -> Answer {
        let to = self.to(link);
        self.live.forget(&Key::here(name(link)));
        self.send(message::delete(to).expect("short"))
    }

    /// Deletes every link that was created here.
    pub fn purge(&mut self) {
        // None left is as good.
        for group in [GROUP, GROUP + 1] {
            let _ = self.send(message::delete_group(group).expect("short"));
        }
        self.live = Live::open(Place::Here).expect("a socket");
    }

    /// Whether the kernel, which makes links of the kind, is built without a field of theirs.
    pub fn lacks(&mut self, kind: &'static Kind, field: &FieldDef) -> bool {
        let row = WITHOUT.iter().find(|w| w.0 == kind.name && w.2.contains(&field.name));
        let Some((_, witness, _)) = row else { return false };
        !self.has(kind, kind.fields.find(witness).expect("a field of the table"))
    }

    /// Whether the kernel tells a field of a new link of a kind that it makes.
    pub fn has(&mut self, kind: &'static Kind, field: &FieldDef) -> bool {
        let probe = self.fresh("probe");
        self.create(&probe, &Link::new(Some(kind))).expect("the kernel makes them");
        let told = self.read(&probe).data.value(field).is_some();
        self.purge();
        told
    }

    /// Whether the kernel makes links of a kind.
    pub fn makes(&mut self, kind: &'static Kind) -> bool {
        // What every new link is given, and cannot be read back: without it none is made.
        let needs = |f: &FieldDef| f.given.is_some() && !f.is_state();
        let lacks = kind.fields.list().iter().any(|f| needs(f) && !crate::running::has_field(f));
        if lacks || !possible(kind) {
            return false;
        }
        let probe = self.fresh("probe");
        let mut link = Link::new(Some(kind));
        if kind.below == linkctl::schema::Below::Link {
            link.lower = Some(Key::here(name(&self.pair("probel"))));
        }
        // EOPNOTSUPP is the answer to a kind that is not known, before its settings are looked at.
        let answer = self.create(&probe, &link);
        self.purge();
        answer != Err(linkctl::kernel::errno::EOPNOTSUPP)
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}
