//! Reading 4,000 links: the floor is receiving the bytes and looking at no attribute.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};

use linkctl::kernel::{Live, Place, Socket, Stop, WINDOW};
use linkctl::kinds::link as base;
use linkctl::link::message::{self, Around};
use linkctl::link::show::{self, Near, Options};
use linkctl::link::{Key, Link, Netns, Seen};
use linkctl::schema::codec::{self, Links};
use linkctl::schema::out::Out;
use linkctl::schema::{Name, Record};

use crate::{ROUNDS, cpu, table};

/// How many pairs there are; two links each.
const PAIRS: usize = 2000;

/// No neighbours: names of indexes are not part of what is measured.
struct Alone;

impl Links for Alone {
    fn index(&self, _: &Name) -> Option<u32> {
        None
    }
    fn name(&self, _: u32) -> Option<Name> {
        None
    }
}

impl Near for Alone {
    fn flags(&self, _: u32) -> Option<u32> {
        None
    }
    fn netns(&self, _: i32) -> Option<String> {
        None
    }
}

impl Around for Alone {
    fn index(&self, _: &Key) -> Option<u32> {
        None
    }
    fn fd(&self, _: &Netns) -> Option<i32> {
        None
    }
}

/// The requests that create pairs with one queue each, which spares the kernel a wait.
pub(crate) fn pairs(many: usize) -> Vec<Vec<u8>> {
    let kind = linkctl::kinds::kind("veth");
    let end = || {
        let mut link = Link::new(kind);
        link.base = Record::new(&base::FIELDS).with(base::NUMTXQUEUES, 1).with(base::NUMRXQUEUES, 1);
        link
    };
    let key = |side: char, i: usize| Key::here(Name::new(&format!("v{side}{i}")).unwrap_or_default());
    (0..many)
        .filter_map(|i| message::create(&key('a', i), &end(), Some((&key('b', i), &end())), &Alone).ok())
        .collect()
}

/// Sends requests on a socket of their own.
pub(crate) fn send(requests: Vec<Vec<u8>>) -> Result<(), String> {
    let mut socket = Socket::open().map_err(|e| e.to_string())?;
    let report = socket.pipeline(requests.into_iter(), WINDOW, Stop::AtEnd, |_, _| ControlFlow::Continue(()));
    if report.clean() { Ok(()) } else { Err(format!("{} requests were refused", report.refused.len())) }
}

/// Times every way to read them.
pub(crate) fn run(linkctl: &Path, ip: &Path) -> Result<(), String> {
    send(pairs(PAIRS))?;
    let mut rows: Vec<(String, Vec<f64>)> = Vec::new();
    for _ in 0..ROUNDS {
        for (i, (name, seconds)) in round()?.into_iter().enumerate() {
            if rows.len() <= i {
                rows.push((name.into(), Vec::new()));
            }
            rows[i].1.push(seconds);
        }
    }
    table("4,000 veth, reading, in process (CPU)", rows);
    programs(linkctl, ip)
}

/// Every way once, in process.
fn round() -> Result<Vec<(&'static str, f64)>, String> {
    let request = || message::get(None, true).map_err(|e| e.to_string());
    let mut socket = Socket::open().map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    let mut bytes = 0usize;
    let start = cpu::own();
    let _ = socket.dump(request()?, |m| bytes += m.payload.len()).map_err(|e| e.to_string())?;
    out.push(("receive and discard", cpu::own() - start));

    let mut values = 0usize;
    let start = cpu::own();
    let _ = socket.dump(request()?, |m| values += decode(m.payload)).map_err(|e| e.to_string())?;
    out.push(("decode every field through the tables", cpu::own() - start));

    let options = Options { details: 1, stats: 1, oneline: false, ours: false };
    let mut json = Out::new(false);
    let start = cpu::own();
    json.array();
    let _ = socket
        .dump(request()?, |m| {
            if let Some(seen) = Seen::new(m.payload) {
                show::json::write(&seen, &Alone, options, None, &mut json);
            }
        })
        .map_err(|e| e.to_string())?;
    json.end_array();
    out.push(("JSON with details and counters", cpu::own() - start));

    let mut live = Live::open(Place::Here).map_err(|e| e.to_string())?;
    let start = cpu::own();
    let snapshot = live.snapshot(&[Netns::HERE], false).map_err(|e| e.to_string())?;
    out.push(("a Snapshot, kept", cpu::own() - start));
    let world = snapshot.world(|_| true);
    out.push(("a Snapshot, every link decoded and kept", cpu::own() - start));
    if bytes == 0 || values == 0 || world.is_empty() {
        return Err("nothing was read".into());
    }
    Ok(out)
}

/// Decodes all that a message says; returns how many values there were.
fn decode(payload: &[u8]) -> usize {
    let Some(seen) = Seen::new(payload) else { return 0 };
    let mut values = 0;
    let count = |fields: &'static linkctl::schema::Fields, view: &codec::View<'_>| {
        fields.list().iter().filter(|f| view.get(f, &Alone).is_some_and(|v| v.is_ok())).count()
    };
    values += count(&base::FIELDS, &seen.base);
    if let (Some(kind), Some(view)) = (seen.kind(), seen.data()) {
        values += count(kind.fields, &view);
    }
    if let (Some(kind), Some(view)) = (seen.port_kind(), seen.port()) {
        values += count(kind.fields, &view);
    }
    values
}

/// Whole programs, children's CPU.
fn programs(linkctl: &Path, ip: &Path) -> Result<(), String> {
    let cases: [(&str, &Path, &[&str]); 4] = [
        ("ip -j -d -s link", ip, &["-j", "-d", "-s", "link"]),
        ("linkctl show -j -s", linkctl, &["show", "-j", "-s"]),
        ("ip link", ip, &["link"]),
        ("linkctl show", linkctl, &["show"]),
    ];
    let mut rows: Vec<(String, Vec<f64>)> = cases.iter().map(|c| (c.0.to_owned(), Vec::new())).collect();
    for _ in 0..5 {
        for (case, row) in cases.iter().zip(&mut rows) {
            let start = cpu::children();
            // The clock of children ticks in 10 ms: ten runs are timed as one.
            for _ in 0..10 {
                let status = Command::new(case.1).args(case.2).stdout(Stdio::null()).status();
                status.map_err(|e| format!("{}: {e}", case.1.display()))?;
            }
            row.1.push((cpu::children() - start) / 10.0);
        }
    }
    table("4,000 veth, whole programs (CPU)", rows);
    Ok(())
}
