//! Which links are ours: those that an apply made and nobody else has made anew since.
//!
//! One file beside the journal, written whole and renamed into place; and one a transaction, of what was ours before it, so that
//! whoever leads home can say whose the links are that come back. A link is known by its namespace, its index and its kind
//! beside its name: the kernel gives an index once until the machine starts again, and namespaces are told apart by a
//! number that none gets twice. So a link that someone else makes later under the same name is not taken for ours. What cannot
//! be told for certain is not ours.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use linkctl_kernel::{Live, process};
use linkctl_link::load::{escape, unescape};
use linkctl_link::{Key, Netns, Snapshot, World};
use linkctl_plan::{Act, Plan};
use linkctl_schema::Name;

use crate::disk;
use crate::journal::{Fault, Record, Records, State};

/// The first word of the file, and the version of what follows.
const HEAD: &str = "linkctl-owned 1";
/// The file's name, and the ending of a transaction's.
pub(crate) const FILE: &str = "owned";
/// More than a hundred thousand links have.
const MOST: u64 = 64 << 20;

/// What a link of ours is known by.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    index: u32,
    kind: Vec<u8>,
}

/// The links that are ours, as the file says.
#[derive(Debug, Default)]
pub struct Owned {
    links: BTreeMap<Key, Mark>,
    /// Links that are not ours and that an apply made anew: as they are, others have not made them.
    anew: BTreeMap<Key, Mark>,
    /// The last apply that was taken in; empty where it was taken back since.
    last: String,
}

impl Owned {
    /// Reads what is kept of the links that a namespace's applies made. Entries of before the machine started, and of
    /// namespaces that are not there any more, are left out.
    pub fn read(state: &Path, live: &mut Live) -> Result<Self, Fault> {
        Self::read_in(&Records::at(state, live.id()), live)
    }

    /// The same, where it is known where that is.
    pub fn read_in(records: &Records, live: &mut Live) -> Result<Self, Fault> {
        Self::open(&records.folder().join(FILE), live)
    }

    fn open(path: &Path, live: &mut Live) -> Result<Self, Fault> {
        let mut text = String::new();
        match File::open(path).and_then(|f| f.take(MOST).read_to_string(&mut text)) {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Fault::Io(path.into(), e)),
        }
        Self::parse(&text, live)
            .ok_or_else(|| Fault::Broken(path.into(), "it is not what linkctl writes".into()))
    }

    fn parse(text: &str, live: &mut Live) -> Option<Self> {
        let mut lines = text.lines();
        let head = lines.next()?.strip_prefix(HEAD)?.trim_start();
        let (boot, last) = head.split_once(' ').unwrap_or((head, ""));
        let mut out = Self { last: last.to_owned(), ..Self::default() };
        if boot != process::boot_id() {
            return Some(Self::default());
        }
        let mut space = None;
        for line in lines {
            let (word, rest) = line.split_once(' ')?;
            match word {
                "netns" => {
                    let mut parts = rest.splitn(4, ' ');
                    let mut number = || parts.next()?.parse::<u64>().ok();
                    let id = (number()?, number()?, number()?);
                    let name = unescape(parts.next()?).into_owned();
                    let netns = if name.is_empty() {
                        Netns::HERE
                    } else {
                        Netns::named(std::str::from_utf8(&name).ok()?)?
                    };
                    space = live.space_id(&netns).is_ok_and(|is| is == id).then_some(netns);
                }
                "link" | "anew" => {
                    let mut parts = rest.splitn(3, ' ');
                    let index = parts.next()?.parse().ok()?;
                    let kind = unescape(parts.next()?).into_owned();
                    let name = Name::from_kernel(&unescape(parts.next()?))?;
                    let Some(netns) = &space else { continue };
                    let key = Key::new(netns.clone(), name);
                    let links = if word == "link" { &mut out.links } else { &mut out.anew };
                    links.insert(key, Mark { index, kind });
                }
                _ => return None,
            }
        }
        Some(out)
    }

    /// The namespaces that links of ours are in.
    pub fn spaces(&self) -> BTreeSet<Netns> {
        self.links.keys().map(|k| k.netns.clone()).collect()
    }

    /// Those that are there and still ours.
    pub fn among(&self, now: &Snapshot) -> BTreeSet<Key> {
        self.links.iter().filter(|(k, m)| seen(now, k).as_ref() == Some(*m)).map(|(k, _)| k.clone()).collect()
    }

    /// Whether what a transaction made is known: it held, and if it does not any more, it is the last of which that was written down.
    pub fn knows(&self, record: &Record) -> bool {
        record.state == State::Done || self.last == record.id
    }

    /// Whether a link is as an apply made it, ours or not.
    pub fn is_made(&self, now: &Snapshot, key: &Key) -> bool {
        let mark = seen(now, key);
        mark.is_some() && [&self.links, &self.anew].into_iter().any(|all| all.get(key) == mark.as_ref())
    }

    /// Those that there are links of the name of which are others: someone else made them anew.
    pub fn replaced(&self, now: &Snapshot) -> BTreeSet<Key> {
        let other = |k: &Key, m: &Mark| seen(now, k).is_some_and(|is| is != *m);
        self.links.iter().filter(|(k, m)| other(k, m)).map(|(k, _)| k.clone()).collect()
    }

    /// Those that have another name by now, and that one.
    pub fn renamed(&self, now: &Snapshot) -> BTreeMap<Key, Key> {
        let other = |k: &Key, m: &Mark| {
            let found = now.by_index(&k.netns, m.index).filter(|found| found != k)?;
            (seen(now, &found).as_ref() == Some(m)).then_some((k.clone(), found))
        };
        self.links.iter().filter_map(|(k, m)| other(k, m)).collect()
    }

    /// Whether a plan makes, deletes or renames links, so that it has to be taken in.
    pub fn concerns(plan: &Plan) -> bool {
        let named =
            |act: &Act| matches!(act, Act::Create { .. } | Act::Delete(_) | Act::Rename(..) | Act::Move(..));
        plan.steps.iter().any(|s| named(&s.act))
    }

    /// What is ours of the links before a transaction, with the text that says so.
    pub fn before(self, before: &World, live: &mut Live) -> Before {
        let ours = |k: &Key, m: &Mark| before.get(k).is_some_and(|l| l.index == m.index);
        let links: BTreeMap<Key, Mark> = self.links.into_iter().filter(|(k, m)| ours(k, m)).collect();
        Before((!links.is_empty()).then(|| Self { links, ..Self::default() }.text(live)))
    }

    /// Takes in what a plan did, by a transaction, that led from `before` and holds, and writes it down.
    pub fn applied(
        mut self,
        plan: &Plan,
        before: &World,
        read: Option<Snapshot>,
        by: &Record,
        records: &Records,
        live: &mut Live,
    ) -> Result<(), Fault> {
        self.last.clone_from(&by.id);
        let (ours, anew) = self.follow(plan, before);
        self.learn(ours, anew, read, records, live)
    }

    /// Takes in that all is as it was before a transaction: what was ours then is ours again, under whatever index it
    /// came back. What was not ours and came back is not.
    pub fn went_home(records: &Records, id: &str, live: &mut Live) -> Result<(), Fault> {
        let before = Self::open(&beside(records, id), live)?;
        let mut now = Self::read_in(records, live)?;
        if before.links.is_empty() && now.links.is_empty() && now.anew.is_empty() {
            return Ok(());
        }
        now.last.clear();
        now.learn(before.links.into_keys().collect(), BTreeSet::new(), None, records, live)
    }

    /// Reads what links of ours are known by now, and writes it down.
    fn learn(
        &mut self,
        ours: BTreeSet<Key>,
        anew: BTreeSet<Key>,
        read: Option<Snapshot>,
        records: &Records,
        live: &mut Live,
    ) -> Result<(), Fault> {
        let path = records.folder().join(FILE);
        let known = self.links.keys().chain(self.anew.keys());
        let mut spaces: BTreeSet<Netns> =
            ours.iter().chain(&anew).chain(known).map(|k| k.netns.clone()).collect();
        spaces.retain(|n| live.enter(n).is_ok());
        let spaces: Vec<Netns> = spaces.into_iter().collect();
        let unread = |e: linkctl_kernel::Error| Fault::Io(path.clone(), io::Error::other(e.to_string()));
        let now = match read.filter(|read| spaces.iter().all(|n| read.is_of(n))) {
            Some(read) => read,
            None => live.snapshot(&spaces, false).map_err(unread)?,
        };
        for (known, more) in [(&mut self.links, ours), (&mut self.anew, anew)] {
            known.retain(|k, m| seen(&now, k).as_ref() == Some(m));
            known.extend(more.into_iter().filter_map(|key| seen(&now, &key).map(|mark| (key, mark))));
        }
        disk::write(&path, self.text(live).as_bytes())
    }

    /// The links that are ours because of a plan, to be known by what they are afterwards; and those that it made anew and that
    /// are not.
    fn follow(&self, plan: &Plan, before: &World) -> (BTreeSet<Key>, BTreeSet<Key>) {
        let was_ours = |key: &Key| {
            self.links.get(key).is_some_and(|m| before.get(key).is_some_and(|l| l.index == m.index))
        };
        let (mut ours, mut anew, mut vacated) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for step in &plan.steps {
            match &step.act {
                Act::Create { key, peer, .. } => {
                    for key in std::iter::once(key).chain(peer.iter().map(|(k, _)| k)) {
                        // What is made anew is whose it was.
                        let again = before.contains_key(key) && !vacated.contains(key);
                        if !again || was_ours(key) {
                            ours.insert(key.clone());
                        } else {
                            anew.insert(key.clone());
                        }
                    }
                }
                Act::Delete(key) => _ = ours.remove(key),
                Act::Rename(from, _) | Act::Move(from, _) => {
                    let to = match &step.act {
                        Act::Move(_, to) => to.clone(),
                        Act::Rename(_, name) => from.beside(*name),
                        _ => continue,
                    };
                    if ours.remove(from) || !vacated.contains(from) && was_ours(from) {
                        ours.insert(to);
                    }
                    vacated.insert(from.clone());
                }
                _ => {}
            }
        }
        (ours, anew)
    }

    fn text(&self, live: &mut Live) -> String {
        let mut text = format!("{HEAD} {} {}\n", process::boot_id(), self.last);
        let all = [("link", &self.links), ("anew", &self.anew)];
        let spaces: BTreeSet<&Netns> = all.iter().flat_map(|(_, m)| m.keys()).map(|k| &k.netns).collect();
        for netns in spaces {
            let Ok((dev, inode, cookie)) = live.space_id(netns) else { continue };
            let name = plain(netns.name().unwrap_or_default().as_bytes());
            let _ = writeln!(text, "netns {dev} {inode} {cookie} {name}");
            for (word, links) in all {
                for (key, mark) in links.iter().filter(|(k, _)| k.netns == *netns) {
                    let (kind, name) = (plain(&mark.kind), plain(key.name.as_bytes()));
                    let _ = writeln!(text, "{word} {} {kind} {name}", mark.index);
                }
            }
        }
        text
    }
}

/// What is ours before a transaction's first change.
#[derive(Debug)]
pub struct Before(Option<String>);

impl Before {
    /// Writes it down beside the transaction.
    pub fn keep(&self, records: &Records, record: &Record) -> Result<(), Fault> {
        match &self.0 {
            Some(text) => disk::write(&beside(records, &record.id), text.as_bytes()),
            None => Ok(()),
        }
    }
}

/// What a link is known by, where it is there.
fn seen(now: &Snapshot, key: &Key) -> Option<Mark> {
    Some(Mark { index: now.index(key)?, kind: now.kind_word(key)?.to_vec() })
}

/// What was ours before a transaction.
fn beside(records: &Records, id: &str) -> PathBuf {
    records.folder().join(format!("{id}.{FILE}"))
}

/// Bytes as one word of a line.
fn plain(bytes: &[u8]) -> Cow<'_, str> {
    let word = |b: &u8| b.is_ascii_graphic() && *b != b'\\';
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().all(word) => Cow::Borrowed(text),
        _ => Cow::Owned(escape(bytes).replace(' ', "\\x20")),
    }
}
