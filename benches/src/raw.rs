//! The least that the kernel can be asked for: messages made beforehand and sent in a row. A program of its own, so that
//! what a process costs is in both.

use std::ffi::OsString;
use std::fmt::Write;
use std::ops::ControlFlow;

use linkctl::kernel::{Dumped, Live, Place, Socket, Stop, WINDOW};
use linkctl::kinds::{link as base, vlan};
use linkctl::link::message::{self, Around, To};
use linkctl::link::{Key, Link, Netns};
use linkctl::schema::{Name, Record, Value};

/// The word that makes this program be a floor.
pub(crate) const RAW: &str = "--raw";
/// A group that nothing else has.
const GROUP: u32 = 77;
/// How many links stand on one link below: a VLAN has 4094 numbers, and the kernel goes through all to add one.
const ABOVE: usize = 1000;

/// Kinds of links that there can be thousands of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Pairs with one queue each, which spares the kernel a wait.
    Veth,
    /// Bridges without ports.
    Bridge,
    /// Links on ends of pairs.
    Macvlan,
    /// The same.
    Vlan,
}

impl Kind {
    const WORDS: [(&str, Self); 4] =
        [("veth", Self::Veth), ("bridge", Self::Bridge), ("macvlan", Self::Macvlan), ("vlan", Self::Vlan)];

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(w, _)| *w == word).map(|(_, kind)| *kind)
    }

    pub(crate) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }

    /// How many pairs the others stand on.
    fn lowers(self, many: usize) -> usize {
        if matches!(self, Self::Macvlan | Self::Vlan) { many.div_ceil(ABOVE) } else { 0 }
    }

    /// The links as a goal file, those below included.
    pub(crate) fn goal(self, many: usize) -> String {
        let mut out = String::from("version: 1\nlinks:\n");
        (0..self.lowers(many)).for_each(|i| pair(&mut out, "la", "lb", i));
        for i in 0..many {
            let (low, id) = (i / ABOVE, i % ABOVE + 1);
            match self {
                Self::Veth if i % 2 == 0 => pair(&mut out, "va", "vb", i / 2),
                Self::Veth => {}
                Self::Bridge => _ = writeln!(out, "  br{i}: {{kind: bridge}}"),
                Self::Macvlan => {
                    _ = writeln!(out, "  mv{i}: {{kind: macvlan, link: la{low}, macvlan: {{mode: bridge}}}}");
                }
                Self::Vlan => _ = writeln!(out, "  vl{i}: {{kind: vlan, link: la{low}, vlan: {{id: {id}}}}}"),
            }
        }
        out
    }

    /// A goal file without the links, but with those below.
    pub(crate) fn gone(self, many: usize) -> String {
        let mut out = String::from("version: 1\nlinks:\n");
        for i in 0..many {
            let _ = match self {
                Self::Veth if i % 2 == 1 => writeln!(out, "  vb{}: {{state: absent}}", i / 2),
                _ => writeln!(out, "  {}: {{state: absent}}", self.name(i)),
            };
        }
        out
    }

    /// The name of a link that can be deleted by itself: the first ends of pairs stand for both.
    fn name(self, i: usize) -> String {
        match self {
            Self::Veth => format!("va{}", i / 2),
            Self::Bridge => format!("br{i}"),
            Self::Macvlan => format!("mv{i}"),
            Self::Vlan => format!("vl{i}"),
        }
    }

    /// The names of all links that are to be deleted.
    fn roots(self, many: usize) -> impl Iterator<Item = Key> {
        (0..many).step_by(if self == Self::Veth { 2 } else { 1 }).map(move |i| key(&self.name(i)))
    }

    /// The requests that make the links; those below are there.
    fn requests(self, many: usize, group: Option<u32>, live: &Live) -> Vec<Vec<u8>> {
        let made = |key: &Key, i: usize| {
            let mut link = Link::new(linkctl::kinds::kind(self.word()));
            if let Some(group) = group {
                link.base.put(&base::GROUP.0, Value::Num(group.into()));
            }
            match self {
                Self::Veth => {
                    link.base.merge(&queues());
                    let mut end = Link::new(None);
                    end.base = queues();
                    let peer = self::key(&format!("vb{}", i / 2));
                    return message::create(key, &link, Some((&peer, &end)), live);
                }
                Self::Bridge => {}
                Self::Macvlan => link.data.set(linkctl::kinds::macvlan::MODE, "bridge"),
                Self::Vlan => link.data.set(vlan::ID, (i % ABOVE + 1) as u16),
            }
            link.lower = (self.lowers(many) > 0).then(|| self::key(&format!("la{}", i / ABOVE)));
            message::create(key, &link, None, live)
        };
        let step = if self == Self::Veth { 2 } else { 1 };
        (0..many).step_by(step).filter_map(|i| made(&key(&self.name(i)), i).ok()).collect()
    }
}

/// A pair in a goal file.
fn pair(out: &mut String, a: &str, b: &str, i: usize) {
    for (one, other) in [(a, b), (b, a)] {
        let queues = "numtxqueues: 1, numrxqueues: 1";
        let _ = writeln!(out, "  {one}{i}: {{kind: veth, {queues}, veth: {{peer: {other}{i}}}}}");
    }
}

fn queues() -> Record {
    Record::new(&base::FIELDS).with(base::NUMTXQUEUES, 1).with(base::NUMRXQUEUES, 1)
}

fn key(name: &str) -> Key {
    Key::here(Name::new(name).unwrap_or_default())
}

/// Is a floor: `create KIND NUMBER`, `grouped KIND NUMBER`, `dump`, `sweep KIND NUMBER` or `drop`.
pub(crate) fn run(words: impl Iterator<Item = OsString>) -> Result<(), String> {
    let words: Vec<OsString> = words.collect();
    let words: Vec<&str> = words.iter().filter_map(|w| w.to_str()).collect();
    let kind = |word: &str| Kind::parse(word).ok_or("no such kind");
    let number = |word: &str| word.parse::<usize>().map_err(|e| e.to_string());
    match words[..] {
        ["create", word, many] => create(kind(word)?, number(many)?, None),
        ["grouped", word, many] => create(kind(word)?, number(many)?, Some(GROUP)),
        ["dump"] => dump(),
        ["sweep", word, many] => sweep(kind(word)?, number(many)?),
        ["drop"] => delete_group(),
        _ => Err("no such floor".into()),
    }
}

/// Makes the links, and those below.
pub(crate) fn create(kind: Kind, many: usize, group: Option<u32>) -> Result<(), String> {
    let mut live = Live::open(Place::Here).map_err(|e| e.to_string())?;
    let lowers: Vec<Key> = (0..kind.lowers(many)).map(|i| key(&format!("la{i}"))).collect();
    let below = |(i, key): (usize, &Key)| {
        let mut link = Link::new(linkctl::kinds::kind("veth"));
        link.base = queues();
        message::create(key, &link, Some((&self::key(&format!("lb{i}")), &link)), &live).ok()
    };
    let requests = lowers.iter().enumerate().filter_map(below).collect();
    send(requests)?;
    for lower in &lowers {
        live.learn(lower).map_err(|e| e.to_string())?.ok_or("a link below is missing")?;
    }
    send(kind.requests(many, group, &live))
}

/// Sends requests on a socket of their own.
fn send(requests: Vec<Vec<u8>>) -> Result<(), String> {
    let mut socket = Socket::open().map_err(|e| e.to_string())?;
    let report = socket.pipeline(requests.into_iter(), WINDOW, Stop::AtEnd, |_, _| ControlFlow::Continue(()));
    if report.clean() { Ok(()) } else { Err(format!("{} requests were refused", report.refused.len())) }
}

fn dump() -> Result<(), String> {
    let request = message::get(None, false).map_err(|e| e.to_string())?;
    let mut socket = Socket::open().map_err(|e| e.to_string())?;
    let mut bytes = 0;
    let dumped = socket.dump(request, |m| bytes += m.payload.len());
    dumped.and_then(Dumped::consistent).map_err(|e| e.to_string())?;
    if bytes > 0 { Ok(()) } else { Err("nothing was read".into()) }
}

/// Puts all into a group, and deletes that.
fn sweep(kind: Kind, many: usize) -> Result<(), String> {
    let mut record = Record::new(&base::FIELDS);
    record.put(&base::GROUP.0, Value::Num(GROUP.into()));
    let set = |key: Key| message::set_base(To::Name(key.name), &Netns::HERE, &record, &Nothing).ok();
    send(kind.roots(many).filter_map(set).collect())?;
    delete_group()
}

fn delete_group() -> Result<(), String> {
    send(vec![message::delete_group(GROUP).map_err(|e| e.to_string())?])
}

/// Knows no other link.
struct Nothing;

impl Around for Nothing {
    fn index(&self, _: &Key) -> Option<u32> {
        None
    }
    fn fd(&self, _: &Netns) -> Option<i32> {
        None
    }
}
