//! Addresses and routes that go on a plan's way and that a way home gives back: what a lockout is over for.
//!
//! Read before the first change, and kept beside the record of the transaction for whoever leads home in this run of the
//! machine. Only what a rollback gives back: after an `undo`, days later perhaps, others have said what is right.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use linkctl_kernel::layer3::{self, Entry};
use linkctl_kernel::{Error, Live, process};
use linkctl_link::{Goal, Key, Netns, World};
use linkctl_plan::{Act, Plan};
use linkctl_schema::Name;

use crate::disk;
use crate::journal::{Fault, Record, Records};
use crate::saved::{hex, unhex};

/// The first word of the file, and the version of what follows.
const HEAD: &str = "linkctl-layer3 1";
/// The ending of its name.
pub(crate) const FILE: &str = "layer3";

/// What links had before a plan.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Layer3 {
    /// The links, by what they were called, with the indexes that they had.
    links: BTreeMap<Key, u32>,
    entries: Vec<(Netns, Entry)>,
}

impl Layer3 {
    /// Reads what the links have that a way home speaks of. Nothing is asked for a plan that takes nothing away.
    pub(crate) fn of(live: &mut Live, before: &World, plan: &Plan, home: &Goal) -> Result<Self, Error> {
        let adds = |act: &Act| {
            matches!(
                act,
                Act::Create { .. } | Act::Up(_) | Act::Altnames { .. } | Act::Port(..) | Act::NewNetns(_)
            )
        };
        let mut out = Self::default();
        if plan.steps.iter().all(|step| adds(&step.act)) {
            return Ok(out);
        }
        let index = |key: &Key| before.get(key).map(|l| l.index).filter(|i| *i != 0);
        out.links = home.links.keys().filter_map(|key| Some((key.clone(), index(key)?))).collect();
        let mut spaces: BTreeMap<&Netns, BTreeSet<u32>> = BTreeMap::new();
        for (key, index) in &out.links {
            spaces.entry(&key.netns).or_default().insert(*index);
        }
        for (netns, links) in spaces {
            let found = layer3::all(live.socket(netns)?, &links)?;
            out.entries.extend(found.into_iter().map(|e| (netns.clone(), e)));
        }
        Ok(out)
    }

    /// Writes it beside a record. It is of use in this run of the machine only, and may be lost with its power.
    pub(crate) fn keep(&self, records: &Records, record: &Record) -> Result<(), Fault> {
        if self.entries.is_empty() {
            return Ok(());
        }
        disk::jot(&records.beside(record, FILE), self.text().as_bytes())
    }

    /// Reads it again; nothing where there is none, or it is of another run, or torn.
    pub(crate) fn read(records: &Records, record: &Record) -> Self {
        let text = std::fs::read_to_string(records.beside(record, FILE)).unwrap_or_default();
        Self::parse(&text).unwrap_or_default()
    }

    /// Gives back what is missing. Why the links went home, with what could not be given back.
    pub(crate) fn give_back(&self, live: &mut Live, why: &str) -> String {
        match self.given(live) {
            Ok(0) => why.to_owned(),
            Ok(1) => format!("{why}; an address or route could not be given back"),
            Ok(n) => format!("{why}; {n} addresses and routes could not be given back"),
            Err(e) => format!("{why}; addresses and routes could not be given back: {e}"),
        }
    }

    fn given(&self, live: &mut Live) -> Result<usize, Error> {
        let mut refused = 0;
        let spaces: BTreeSet<&Netns> = self.entries.iter().map(|(netns, _)| netns).collect();
        for netns in spaces {
            let all: Vec<Entry> =
                self.entries.iter().filter(|(n, _)| n == netns).map(|(_, e)| e.clone()).collect();
            let Ok(read) = live.enter(netns).and_then(|()| live.snapshot(std::slice::from_ref(netns), false))
            else {
                refused += all.len();
                continue;
            };
            let here = self.links.iter().filter(|(key, _)| key.netns == *netns);
            // Of a link that is not there again nothing can be given back: no link has the index 0.
            let now: BTreeMap<u32, u32> =
                here.map(|(key, was)| (*was, read.index(key).unwrap_or(0))).collect();
            refused +=
                layer3::give_back(live.socket(netns)?, &all, |was| now.get(&was).copied().unwrap_or(was))?;
        }
        Ok(refused)
    }

    fn text(&self) -> String {
        let mut out = format!("{HEAD} {}\n", process::boot_id());
        let space = |netns: &Netns| hex(netns.name().unwrap_or_default().as_bytes());
        for (key, index) in &self.links {
            let _ = writeln!(out, "link {index} {} {}", hex(key.name.as_bytes()), space(&key.netns));
        }
        for (netns, entry) in &self.entries {
            let word = if entry.route { "route" } else { "address" };
            let _ = writeln!(out, "{word} {} {}", hex(&entry.payload), space(netns));
        }
        out
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()?.strip_prefix(HEAD)?.trim_start() != process::boot_id() {
            return None;
        }
        let space = |word: &str| {
            let name = String::from_utf8(unhex(word)?).ok()?;
            if name.is_empty() { Some(Netns::HERE) } else { Netns::named(&name) }
        };
        let mut out = Self::default();
        for line in lines {
            let mut words = line.split(' ');
            match words.next()? {
                "link" => {
                    let index = words.next()?.parse().ok()?;
                    let name = Name::from_kernel(&unhex(words.next()?)?)?;
                    out.links.insert(Key::new(space(words.next()?)?, name), index);
                }
                word @ ("route" | "address") => {
                    let payload = unhex(words.next()?)?;
                    out.entries.push((space(words.next()?)?, Entry { route: word == "route", payload }));
                }
                _ => return None,
            }
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_written_and_a_torn_one_is_none_or_less() {
        let key = |netns: &str, name: &str| {
            Key::new(Netns::named(netns).unwrap_or(Netns::HERE), Name::new(name).expect("a name"))
        };
        let entry = |route, payload: &[u8]| Entry { route, payload: payload.to_vec() };
        let all = Layer3 {
            links: [(key("", "eth0"), 5), (key("red", "eth0"), 6)].into(),
            entries: vec![
                (Netns::HERE, entry(false, &[0, 255])),
                (Netns::named("red").expect("a name"), entry(true, b"x")),
            ],
        };
        let text = all.text();
        assert_eq!(Layer3::parse(&text), Some(all));
        for end in 0..text.len() {
            let _ = Layer3::parse(&text[..end]);
        }
        assert_eq!(Layer3::parse(&text.replacen(&process::boot_id(), "another", 1)), None);
    }
}
