//! Links made by hand, and the shortest way to ask.

use linkctl_kinds::kind;
use linkctl_link::{Key, Link, Netns, Snapshot};
use linkctl_plan::Act;
use linkctl_plan::explain::{Facts, Kind, Refused, Said, explain};
use linkctl_schema::{Name, Record, Value};

/// A link's message in the making.
#[derive(Clone)]
pub struct Made {
    index: u32,
    iftype: u16,
    flags: u32,
    attrs: Vec<u8>,
    kind: Vec<u8>,
    data: Vec<u8>,
    port: Vec<u8>,
}

/// One attribute, padded.
fn attr(number: u16, data: &[u8]) -> Vec<u8> {
    let mut out = (data.len() as u16 + 4).to_ne_bytes().to_vec();
    out.extend(number.to_ne_bytes());
    out.extend(data);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

/// An Ethernet link without a kind.
pub fn eth(index: u32, name: impl AsRef<[u8]>) -> Made {
    let made = Made {
        index,
        iftype: 1,
        flags: 0,
        attrs: Vec::new(),
        kind: Vec::new(),
        data: Vec::new(),
        port: Vec::new(),
    };
    made.with(3, &[name.as_ref(), b"\0"].concat()).address([2, 0, 0, 0, 0, index as u8]).mtu(1500)
}

/// The loopback link.
pub fn lo() -> Made {
    let mut made = eth(1, "lo").address([0; 6]);
    (made.iftype, made.flags) = (772, 0x9);
    made
}

impl Made {
    pub fn with(mut self, number: u16, data: &[u8]) -> Self {
        // The last of a number counts when read; the first is taken out, so that there is one.
        self.attrs = without(&self.attrs, number);
        self.attrs.extend(attr(number, data));
        self
    }
    pub fn kind(mut self, kind: &str) -> Self {
        self.kind = attr(1, &[kind.as_bytes(), b"\0"].concat());
        self
    }
    pub fn data(mut self, number: u16, data: &[u8]) -> Self {
        self.data.extend(attr(number, data));
        self
    }
    pub fn up(mut self) -> Self {
        self.flags |= 1;
        self
    }
    pub fn iftype(mut self, iftype: u16) -> Self {
        self.iftype = iftype;
        self
    }
    pub fn mtu(self, mtu: u32) -> Self {
        self.with(4, &mtu.to_ne_bytes())
    }
    pub fn bounds(self, low: u32, high: u32) -> Self {
        self.with(50, &low.to_ne_bytes()).with(51, &high.to_ne_bytes())
    }
    pub fn address(self, mac: [u8; 6]) -> Self {
        self.with(1, &mac)
    }
    /// On the link of that index.
    pub fn on(self, index: u32) -> Self {
        self.with(5, &index.to_ne_bytes())
    }
    pub fn master(mut self, index: u32, kind: &str) -> Self {
        self.port = attr(4, &[kind.as_bytes(), b"\0"].concat());
        self.with(10, &index.to_ne_bytes())
    }
    pub fn altname(self, name: &str) -> Self {
        let list = attr(53, &[name.as_bytes(), b"\0"].concat());
        self.with(52, &list)
    }

    fn payload(&self) -> Vec<u8> {
        let mut out = vec![0; 16];
        out[2..4].copy_from_slice(&self.iftype.to_ne_bytes());
        out[4..8].copy_from_slice(&self.index.to_ne_bytes());
        out[8..12].copy_from_slice(&self.flags.to_ne_bytes());
        out.extend(&self.attrs);
        let data = if self.data.is_empty() { Vec::new() } else { attr(2, &self.data) };
        out.extend(attr(18, &[&self.kind[..], &data, &self.port].concat()));
        out
    }
}

fn without(mut bytes: &[u8], number: u16) -> Vec<u8> {
    let mut out = Vec::new();
    while bytes.len() >= 4 {
        let length = usize::from(u16::from_ne_bytes([bytes[0], bytes[1]])).next_multiple_of(4);
        if u16::from_ne_bytes([bytes[2], bytes[3]]) != number {
            out.extend(&bytes[..length]);
        }
        bytes = &bytes[length..];
    }
    out
}

/// Links of this namespace, and of one called `blue`.
pub fn read(here: &[Made], blue: &[Made]) -> Snapshot {
    let mut out = Snapshot::new();
    for (netns, links) in [(Netns::HERE, here), (Netns::named("blue").expect("a name"), blue)] {
        out.open(netns);
        links.iter().for_each(|l| assert_eq!(out.push(&l.payload()), Some(false)));
    }
    out
}

/// A link of this namespace.
pub fn key(name: impl AsRef<[u8]>) -> Key {
    Key::here(self::name(name))
}

/// A link of the namespace `blue`.
pub fn blue(name: &str) -> Key {
    Key::new(Netns::named("blue").expect("a name"), self::name(name))
}

pub fn name(name: impl AsRef<[u8]>) -> Name {
    Name::from_kernel(name.as_ref()).expect("short enough")
}

/// A change of what every link has.
pub fn base(name: &str, set: impl FnOnce(&mut Record)) -> Act {
    let mut record = Link::new(None).base;
    set(&mut record);
    Act::Base(key(name), record)
}

/// A change of what a kind has.
pub fn data(name: &str, word: &str, set: impl FnOnce(&mut Record)) -> Act {
    let mut record = Record::new(kind(word).expect("a kind").fields);
    set(&mut record);
    Act::Data(key(name), record)
}

/// A link of a kind to be made.
pub fn create(name: &str, word: &str, set: impl FnOnce(&mut Link)) -> Act {
    let mut link = Link::new(kind(word));
    if link.kind.is_none() {
        link.foreign = Some(word.as_bytes().into());
    }
    set(&mut link);
    Act::Create { key: key(name), link: Box::new(link), peer: None }
}

/// A pair to be made.
pub fn pair(a: &str, b: &str) -> Act {
    let other = (key(b), Box::new(Link::new(kind("veth"))));
    Act::Create { key: key(a), link: Box::new(Link::new(kind("veth"))), peer: Some(other) }
}

/// Alternative names to give and to take.
pub fn altnames(name: &str, add: &[&str], remove: &[&str]) -> Act {
    let texts = |list: &[&str]| list.iter().map(|n| Value::text(*n)).collect();
    Act::Altnames { key: key(name), add: texts(add), remove: texts(remove) }
}

/// What is said to a refusal by a process that may do everything.
pub fn ask(act: &Act, errno: i32, message: &str, read: &Snapshot) -> Said {
    ask_with(act, errno, message, read, |_| {})
}

/// The same with other facts.
pub fn ask_with(
    act: &Act,
    errno: i32,
    message: &str,
    read: &Snapshot,
    change: impl FnOnce(&mut Facts),
) -> Said {
    let message = (!message.is_empty()).then(|| message.to_owned());
    let refused = Refused { errno, message, ..Refused::default() };
    let world = read.world(|_| true);
    let mut facts = Facts {
        read,
        world: &world,
        driver: None,
        elsewhere: Vec::new(),
        privileged: true,
        user_namespace: false,
    };
    change(&mut facts);
    explain(act, &refused, &facts)
}

/// What is said, to the letter, of an ordinary refusal.
#[track_caller]
pub fn says(said: &Said, what: &str, hints: &[&str]) {
    assert_eq!(said.what, what);
    assert_eq!(said.hints, hints, "{what}");
    assert_eq!(said.kind, Kind::Refused, "{what}");
}
