//! `ip monitor link` and `bridge monitor link`: events as they come, or from a file.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;

use linkctl::iproute::{Context, Monitor, Stop, monitor as read, object};
use linkctl::kernel::{self, Event, Netns, Place, place};
use linkctl::link::numbers::{RTM_DELLINK, RTM_NEWLINK};
use linkctl::link::show::monitor::{Clock, Prefix, Time, json, prefix};
use linkctl::link::show::{self, Form, Near, Options};
use linkctl::link::{Netns as Called, Seen};
use linkctl::schema::Name;
use linkctl::schema::codec::Links;
use linkctl::wire::{Messages, number};

use super::machine::Machine;
use super::say::{err, out, strerror, truncated, unreached};
use super::{Call, Face, near};

/// `RTNLGRP_LINK`.
const GROUP: u32 = 1;
/// A time within a file, as rtmon writes it: seconds and microseconds.
const NLMSG_TSTAMP: u16 = 15;

/// The links that are known so far, by what was told of them.
#[derive(Default)]
struct Known {
    links: BTreeMap<u32, (Name, u32)>,
    numbers: BTreeMap<i32, Called>,
}

impl Known {
    fn learn(&mut self, seen: &Seen<'_>, deleted: bool) {
        if deleted {
            self.links.remove(&seen.index);
        } else if let Some(name) = seen.name() {
            self.links.insert(seen.index, (name, seen.flags()));
        }
    }
}

impl Links for Known {
    fn index(&self, name: &Name) -> Option<u32> {
        self.links.iter().find(|(_, (n, _))| n == name).map(|(index, _)| *index)
    }
    fn name(&self, index: u32) -> Option<Name> {
        self.links.get(&index).map(|(name, _)| *name)
    }
}

impl Near for Known {
    fn flags(&self, index: u32) -> Option<u32> {
        self.links.get(&index).map(|(_, flags)| *flags)
    }
    fn netns(&self, nsid: i32) -> Option<String> {
        self.numbers.get(&nsid).and_then(|n| n.name()).map(str::to_owned)
    }
}

/// Whether `monitor` with these words is ours: it is about links, or about a file that holds nothing else.
pub(crate) fn is_ours(words: &[Vec<u8>]) -> bool {
    if object::monitors_links(words) {
        return true;
    }
    let file = words.iter().position(|w| object::is_file(w)).and_then(|at| words.get(at + 1));
    let only_links = |bytes: &[u8]| {
        let mut kinds = Messages::new(bytes).map_while(Result::ok).map(|m| m.header.kind);
        kinds.all(|k| matches!(k, RTM_NEWLINK | RTM_DELLINK | NLMSG_TSTAMP))
    };
    let read = |path: &Vec<u8>| std::fs::read(std::ffi::OsStr::from_bytes(path)).ok();
    !object::monitors_others(words) && file.and_then(read).is_some_and(|bytes| only_links(&bytes))
}

/// Runs what stands behind `monitor`.
pub(crate) fn run(call: &Call, words: &[Vec<u8>]) -> Result<u8, Stop> {
    let mut machine = Machine::open(call)?;
    let mood = call.mood();
    let wish = match call.face {
        Face::Ip => read::ip(words, &mut Context { world: &mut machine, mood })?,
        Face::Bridge => read::bridge(words)?,
    };
    let mut teller = Teller { call, machine, wish, known: Known::default() };
    match teller.wish.file.clone() {
        Some(path) => teller.file(&path),
        None => teller.live(),
    }
}

struct Teller<'c> {
    call: &'c Call,
    machine: Machine,
    wish: Monitor,
    known: Known,
}

impl Teller<'_> {
    /// Tells what a file holds.
    fn file(&mut self, path: &[u8]) -> Result<u8, Stop> {
        let bytes = std::fs::read(std::ffi::OsStr::from_bytes(path)).map_err(|e| {
            Stop::exits(format_args!("Cannot fopen: {}", strerror(e.raw_os_error().unwrap_or(2))), 255)
        })?;
        for message in Messages::new(&bytes) {
            let Ok(message) = message else {
                err("rtnl-from_file: truncated message\n");
                break;
            };
            match message.header.kind {
                NLMSG_TSTAMP => self.stamp(message.payload),
                kind => self.tell(kind, message.payload, None),
            }
        }
        Ok(0)
    }

    /// A time that stands in a file.
    fn stamp(&self, payload: &[u8]) {
        let at = |from: usize| payload.get(from..from + 4).and_then(number::u32).unwrap_or(0);
        if self.call.options.json {
            return;
        }
        let time = Time { seconds: place::local(at(0).into()), micros: at(4) };
        let mut text = String::new();
        prefix(Prefix { time: Some((time, Clock::Long)), ..Prefix::default() }, &mut text);
        out(&text.replace(" usec\n", " us\n"));
    }

    /// Tells what the kernel tells, until it is ended.
    fn live(&mut self) -> Result<u8, Stop> {
        let everywhere = self.wish.everywhere;
        let open = || {
            let monitor = kernel::Monitor::open(&[GROUP])?;
            if everywhere { monitor.everywhere() } else { Ok(monitor) }
        };
        let opened = match self.machine.place() {
            Place::Here => open(),
            place => Netns::open(&place).and_then(|netns| kernel::inside(&netns, open)).and_then(|m| m),
        };
        let mut monitor = opened.map_err(|e| unreached(&e))?;
        self.read_links()?;
        loop {
            match monitor.next(None) {
                Ok(Event::Notice(notice)) => {
                    let nsid = notice.nsid;
                    let told: Vec<(u16, Vec<u8>)> = notice
                        .messages()
                        .map_while(Result::ok)
                        .map(|m| (m.header.kind, m.payload.to_vec()))
                        .collect();
                    told.iter().for_each(|(kind, payload)| self.tell(*kind, payload, nsid));
                }
                Ok(Event::Lost) => {
                    err("netlink receive error No buffer space available (105)\n");
                    self.read_links()?;
                }
                Ok(Event::Timeout) => {}
                Err(e) => return Err(Stop { status: 2, ..unreached(&e) }),
            }
        }
    }

    /// Reads the links that there are, for the names in events.
    fn read_links(&mut self) -> Result<(), Stop> {
        self.known.links.clear();
        let payloads = self.machine.all().map_err(|e| unreached(&e))?;
        payloads.iter().filter_map(|p| Seen::new(p)).for_each(|seen| self.known.learn(&seen, false));
        Ok(())
    }

    /// Tells one event.
    fn tell(&mut self, kind: u16, payload: &[u8], nsid: Option<i32>) {
        let Some(seen) = Seen::new(payload).filter(|_| matches!(kind, RTM_NEWLINK | RTM_DELLINK)) else {
            return;
        };
        let family = payload.first().copied().unwrap_or(0);
        let deleted = kind == RTM_DELLINK;
        let wanted = match self.call.face {
            Face::Ip => self.wish.index.is_none_or(|i| i == seen.index),
            // All of them, ports or not.
            Face::Bridge => true,
        };
        if self.wish.file.is_none() && !deleted && family == 0 {
            self.known.learn(&seen, false);
        }
        if seen.below().is_some_and(|(nsid, _)| nsid.is_some()) && self.wish.file.is_none() {
            self.known.numbers = self.machine.numbers();
        }
        if wanted {
            self.print(&seen, deleted, nsid);
        }
        if deleted && family == 0 {
            self.known.learn(&seen, true);
        }
    }

    fn print(&mut self, seen: &Seen<'_>, deleted: bool, nsid: Option<i32>) {
        let before = self.prefix(nsid);
        let options = Options { deleted, ..near::options(self.call, Form::Event) };
        let names = self.machine.names();
        let near = near::with(self.call, &self.known, names);
        let mut text = String::new();
        if self.call.options.json {
            json(seen, &near, options, before, &mut text);
            truncated(seen, options);
        } else {
            prefix(before, &mut text);
            match self.call.face {
                Face::Bridge => show::bridge::text(seen, &near, options, &mut text),
                Face::Ip if self.call.options.brief => show::brief::text(seen, &near, options, &mut text),
                Face::Ip => {
                    show::text::write(seen, &near, options, None, &mut text);
                    truncated(seen, options);
                }
            }
        }
        out(&text);
    }

    /// What stands before an event.
    fn prefix(&self, nsid: Option<i32>) -> Prefix {
        let o = &self.call.options;
        // A file tells its times itself.
        let time = (o.timestamp && self.wish.file.is_none()).then(|| {
            let (seconds, micros) = place::now();
            (Time { seconds, micros }, if o.tshort { Clock::Short } else { Clock::Long })
        });
        Prefix { time, nsid: self.wish.everywhere.then_some(nsid), label: self.wish.label }
    }
}
