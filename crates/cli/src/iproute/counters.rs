//! `ip link xstats` and `ip link afstats`.

use linkctl::iproute::{Stop, World, Xstats};
use linkctl::kernel::Part;
use linkctl::link::show::{Form, afstats, xstats as print};
use linkctl::link::{Netns, Snapshot};
use linkctl::schema::{Safe, out::Out};
use linkctl::wire::{Writer, number};

use super::machine::Machine;
use super::say::{err, out, unreached};
use super::{Call, near};

/// `RTM_NEWSTATS` and `RTM_GETSTATS`.
const RTM_NEWSTATS: u16 = 92;
const RTM_GETSTATS: u16 = 94;

/// The counters that a mask asks for, of one link or (0) of all, link by link.
fn read(machine: &mut Machine, mask: u32, index: u32) -> Result<Vec<Vec<u8>>, Stop> {
    // struct if_stats_msg: family and padding, ifindex, filter_mask.
    let mut fixed = [0; 12];
    fixed[4..8].copy_from_slice(&index.to_ne_bytes());
    fixed[8..12].copy_from_slice(&mask.to_ne_bytes());
    let request = Writer::message(RTM_GETSTATS, 0, &fixed).finish().map_err(|e| Stop::says(e, 1))?;
    let mut told = Vec::new();
    if index != 0 {
        told.push(machine.socket.get(request, |m| m.payload.to_vec()).map_err(|e| unreached(&e))?);
        return Ok(told);
    }
    let dumped = machine.socket.dump_consistent(request, |part| match part {
        Part::Begin => told.clear(),
        Part::Message(m) if m.header.kind == RTM_NEWSTATS => told.push(m.payload.to_vec()),
        Part::Message(_) => {}
    });
    if dumped.map_err(|e| unreached(&e))?.interrupted {
        err("Dump was interrupted and may be inconsistent.\n");
    }
    Ok(told)
}

/// The links that counters are of, for their names.
fn links(machine: &mut Machine, told: &[Vec<u8>]) -> Snapshot {
    let mut snapshot = Snapshot::new();
    snapshot.open(Netns::HERE);
    for payload in told {
        let index = payload.get(4..8).and_then(number::u32).unwrap_or(0);
        if let Some(link) = machine.link(index) {
            snapshot.push(&link);
        }
    }
    snapshot
}

/// Counters of bridges, bonds and their ports.
pub(crate) fn xstats(call: &Call, machine: &mut Machine, what: &Xstats) -> Result<u8, Stop> {
    let mask = print::Kind::mask(what.ports);
    let mut told = read(machine, mask, 0)?;
    told.retain(|p| what.index == 0 || p.get(4..8).and_then(number::u32) == Some(what.index));
    let snapshot = links(machine, &told);
    let (mut text, mut json) = (String::new(), Out::new(call.options.pretty));
    json.array();
    for (payload, near) in told.iter().filter_map(|p| Some((p, of(&snapshot, p)?))) {
        if call.options.json {
            print::json(payload, near, what.kind, what.only, &mut json);
        } else {
            print::text(payload, near, what.kind, what.only, &mut text);
        }
    }
    json.end_array();
    out(&if call.options.json { json.into_string() + "\n" } else { text });
    Ok(0)
}

/// The neighbours of the link that counters are of.
fn of<'s>(snapshot: &'s Snapshot, payload: &[u8]) -> Option<&'s dyn linkctl::link::show::Near> {
    let index = payload.get(4..8).and_then(number::u32)?;
    let key = snapshot.by_index(&Netns::HERE, index)?;
    snapshot.seen(&key).map(|(_, near)| near)
}

/// Counters by address family. Whatever fails, iproute2 ends well.
pub(crate) fn afstats(call: &Call, machine: &mut Machine, dev: Option<&[u8]>) -> Result<u8, Stop> {
    let index = match dev {
        None => 0,
        Some(name) => {
            if let Some(index) = machine.index(name) {
                index
            } else {
                err(&format!("Device \"{}\" does not exist.\n", Safe(name)));
                return Ok(0);
            }
        }
    };
    let told = read(machine, afstats::MASK, index).or_else(|stop| {
        err(&stop.err);
        Ok(Vec::new())
    })?;
    let snapshot = links(machine, &told);
    let options = near::options(call, Form::Link);
    let (mut text, mut json) = (String::new(), Out::new(call.options.pretty));
    json.array();
    for (payload, near) in told.iter().filter_map(|p| Some((p, of(&snapshot, p)?))) {
        if call.options.json {
            afstats::json(payload, near, &mut json);
        } else {
            afstats::text(payload, near, options, &mut text);
        }
    }
    json.end_array();
    out(&if call.options.json { json.into_string() + "\n" } else { text });
    Ok(0)
}
