//! Which links are ours: those that an apply made and nobody else has made anew since.
//!
//! One file beside the journal, written whole and renamed into place. A link is known by its namespace, its index and its kind
//! beside its name: the kernel gives an index once until the machine starts again, and namespaces are told apart by a
//! number that none gets twice. So a link that someone else makes later under the same name is not taken for ours. What cannot
//! be told for certain is not ours.

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
use crate::journal::{Fault, Journal, Records};

/// The first word of the file, and the version of what follows.
const HEAD: &str = "linkctl-owned 1";
/// More than a hundred thousand links have.
const MOST: u64 = 64 << 20;

/// What a plan was carried out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// A goal: what it makes is ours.
    Apply,
    /// To go back: what was ours and is made again is ours again.
    Undo,
}

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
    /// Links that were ours until a plan deleted them.
    gone: BTreeSet<Key>,
}

impl Owned {
    /// Reads what is kept of the links that a namespace's applies made. Entries of before the machine started, and of
    /// namespaces that are not there any more, are left out.
    pub fn read(state: &Path, live: &mut Live) -> Result<Self, Fault> {
        Self::open(Records::at(state, live.id()).folder(), live)
    }

    /// The same, where the journal is open already.
    pub fn read_in(journal: &Journal, live: &mut Live) -> Result<Self, Fault> {
        Self::open(journal.folder(), live)
    }

    fn open(folder: &Path, live: &mut Live) -> Result<Self, Fault> {
        let path = file(folder);
        let mut text = String::new();
        let opened = File::open(&path).and_then(|f| f.take(MOST).read_to_string(&mut text));
        match opened {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Fault::Io(path, e)),
        }
        Self::parse(&text, live).ok_or_else(|| Fault::Broken(path, "it is not what linkctl writes".into()))
    }

    fn parse(text: &str, live: &mut Live) -> Option<Self> {
        let mut lines = text.lines();
        let boot = lines.next()?.strip_prefix(HEAD)?.trim_start();
        let mut out = Self::default();
        if boot != process::boot_id() {
            return Some(out);
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
                "link" | "gone" => {
                    let mut parts = rest.splitn(3, ' ');
                    let index = parts.next()?.parse().ok()?;
                    let kind = unescape(parts.next()?).into_owned();
                    let name = Name::from_kernel(&unescape(parts.next()?))?;
                    let Some(netns) = &space else { continue };
                    let key = Key::new(netns.clone(), name);
                    if word == "link" {
                        out.links.insert(key, Mark { index, kind });
                    } else {
                        out.gone.insert(key);
                    }
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

    /// Whether a plan makes, deletes or renames links, so that it has to be taken in.
    pub fn concerns(plan: &Plan) -> bool {
        let named =
            |act: &Act| matches!(act, Act::Create { .. } | Act::Delete(_) | Act::Rename(..) | Act::Move(..));
        plan.steps.iter().any(|s| named(&s.act))
    }

    /// Takes in that a change did not hold and all is as it was `before`: what was ours and had to be made again on the
    /// way is ours again.
    pub fn again(&mut self, before: &World, folder: &Path, live: &mut Live) -> Result<(), Fault> {
        let ours = |k: &Key, m: &Mark| before.get(k).is_some_and(|l| l.index == m.index);
        let ours: BTreeSet<Key> =
            self.links.iter().filter(|(k, m)| ours(k, m)).map(|(k, _)| k.clone()).collect();
        if ours.is_empty() {
            return Ok(());
        }
        self.learn(ours, folder, live)
    }

    /// Takes in what a plan did that led from `before` and holds, and writes it down.
    pub fn after(
        &mut self,
        what: After,
        plan: &Plan,
        before: &World,
        folder: &Path,
        live: &mut Live,
    ) -> Result<(), Fault> {
        let ours = self.follow(what, plan, before);
        self.learn(ours, folder, live)
    }

    /// Reads what links of ours are known by now, and writes it down.
    fn learn(&mut self, ours: BTreeSet<Key>, folder: &Path, live: &mut Live) -> Result<(), Fault> {
        let mut spaces: BTreeSet<Netns> =
            ours.iter().chain(self.links.keys()).map(|k| k.netns.clone()).collect();
        spaces.retain(|n| live.enter(n).is_ok());
        let spaces: Vec<Netns> = spaces.into_iter().collect();
        let unread = |e: linkctl_kernel::Error| Fault::Io(file(folder), io::Error::other(e.to_string()));
        let now = live.snapshot(&spaces, false).map_err(unread)?;
        self.links.retain(|k, m| seen(&now, k).as_ref() == Some(m));
        self.links.extend(ours.into_iter().filter_map(|key| seen(&now, &key).map(|mark| (key, mark))));
        self.gone.retain(|k| !now.contains(k));
        self.write(folder, live)
    }

    /// The links that are ours because of a plan, to be known by what they are afterwards.
    fn follow(&mut self, what: After, plan: &Plan, before: &World) -> BTreeSet<Key> {
        let was_ours = |key: &Key, links: &BTreeMap<Key, Mark>| {
            links.get(key).is_some_and(|m| before.get(key).is_some_and(|l| l.index == m.index))
        };
        let (mut ours, mut vacated) = (BTreeSet::new(), BTreeSet::new());
        for step in &plan.steps {
            match &step.act {
                Act::Create { key, peer, .. } => {
                    for key in std::iter::once(key).chain(peer.iter().map(|(k, _)| k)) {
                        // What is made anew is whose it was.
                        let again = before.contains_key(key) && !vacated.contains(key);
                        let made = match what {
                            _ if again => was_ours(key, &self.links),
                            After::Apply => true,
                            After::Undo => self.gone.contains(key),
                        };
                        if made {
                            ours.insert(key.clone());
                        }
                    }
                }
                Act::Delete(key) => {
                    ours.remove(key);
                    if was_ours(key, &self.links) {
                        self.gone.insert(key.clone());
                    }
                }
                Act::Rename(key, _) | Act::Move(key, _) => {
                    let to = match &step.act {
                        Act::Rename(key, name) => key.beside(*name),
                        Act::Move(_, to) => to.clone(),
                        _ => continue,
                    };
                    vacated.insert(key.clone());
                    let known = was_ours(key, &self.links) && !vacated.contains(&to);
                    if ours.remove(key) || known {
                        ours.insert(to);
                    }
                }
                _ => {}
            }
        }
        ours
    }

    fn write(&self, folder: &Path, live: &mut Live) -> Result<(), Fault> {
        let mut text = format!("{HEAD} {}\n", process::boot_id());
        let mut spaces = self.spaces();
        spaces.extend(self.gone.iter().map(|k| k.netns.clone()));
        for netns in spaces {
            let Ok((dev, inode, cookie)) = live.space_id(&netns) else { continue };
            let name = plain(netns.name().unwrap_or_default().as_bytes());
            let _ = writeln!(text, "netns {dev} {inode} {cookie} {name}");
            for (key, mark) in self.links.iter().filter(|(k, _)| k.netns == netns) {
                let _ = writeln!(
                    text,
                    "link {} {} {}",
                    mark.index,
                    plain(&mark.kind),
                    plain(key.name.as_bytes())
                );
            }
            for key in self.gone.iter().filter(|k| k.netns == netns) {
                let _ = writeln!(text, "gone 0 - {}", plain(key.name.as_bytes()));
            }
        }
        disk::write(&file(folder), &[text.as_bytes()])
    }
}

/// What a link is known by, where it is there.
fn seen(now: &Snapshot, key: &Key) -> Option<Mark> {
    let (seen, _) = now.seen(key)?;
    Some(Mark { index: seen.index, kind: seen.kind_word().to_vec() })
}

fn file(folder: &Path) -> PathBuf {
    folder.join("owned")
}

/// Bytes as one word of a line.
fn plain(bytes: &[u8]) -> String {
    escape(bytes).replace(' ', "\\x20")
}
