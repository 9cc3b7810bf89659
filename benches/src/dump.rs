//! Reading 4,000 links: the floor is receiving the bytes and looking at no attribute.
#![allow(clippy::cast_precision_loss, reason = "a handful of rounds")]

use std::path::Path;
use std::process::{Command, Stdio};

use linkctl::kernel::{Live, Place, Socket};
use linkctl::kinds::link as base;
use linkctl::link::message;
use linkctl::link::show::{self, Near, Options};
use linkctl::link::{Netns, Seen};
use linkctl::schema::Name;
use linkctl::schema::codec::{self, Links};
use linkctl::schema::out::Out;

use crate::raw::{self, Kind};
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

/// Times every way to read them.
pub(crate) fn run(linkctl: &Path, ip: &Path) -> Result<(), String> {
    raw::create(Kind::Veth, 2 * PAIRS, None)?;
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

/// How often each way is taken for one timing: the clock ticks in 4 ms.
const TIMES: usize = 10;

/// Every way, in process.
fn round() -> Result<Vec<(&'static str, f64)>, String> {
    let mut socket = Socket::open().map_err(|e| e.to_string())?;
    let mut live = Live::open(Place::Here).map_err(|e| e.to_string())?;
    let (mut bytes, mut values, mut links) = (0usize, 0usize, 0usize);
    let options = Options { details: 1, stats: 1, ..Options::default() };
    let mut out = Vec::new();
    out.push(("receive and discard", timed(|| dump(&mut socket, |payload| bytes += payload.len()))?));
    out.push((
        "decode every field through the tables",
        timed(|| dump(&mut socket, |payload| values += decode(payload)))?,
    ));
    out.push((
        "JSON with details and counters",
        timed(|| {
            let mut json = Out::new(false);
            json.array();
            dump(&mut socket, |payload| {
                if let Some(seen) = Seen::new(payload) {
                    show::json::write(&seen, &Alone, options, None, &mut json);
                }
            })?;
            json.end_array();
            Ok(())
        })?,
    ));
    let mut read = |decoded: bool| {
        let snapshot = live.snapshot(&[Netns::HERE], true).map_err(|e| e.to_string())?;
        links += if decoded { snapshot.world(|_| true).len() } else { snapshot.len() };
        Ok(())
    };
    out.push(("a Snapshot, kept", timed(|| read(false))?));
    out.push(("a Snapshot, every link decoded and kept", timed(|| read(true))?));
    if bytes == 0 || values == 0 || links == 0 {
        return Err("nothing was read".into());
    }
    Ok(out)
}

/// Seconds that one of several takes.
fn timed(mut f: impl FnMut() -> Result<(), String>) -> Result<f64, String> {
    let start = cpu::own();
    for _ in 0..TIMES {
        f()?;
    }
    Ok((cpu::own() - start) / TIMES as f64)
}

/// Every link, with its counters.
fn dump(socket: &mut Socket, mut each: impl FnMut(&[u8])) -> Result<(), String> {
    let request = message::get(None, true).map_err(|e| e.to_string())?;
    socket.dump(request, |m| each(m.payload)).map(drop).map_err(|e| e.to_string())
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
