//! `ip link xstats` and `ip link afstats`.

use linkctl::iproute::{Stop, World, Xstats};
use linkctl::kernel::Part;
use linkctl::link::message;
use linkctl::link::numbers::RTM_NEWSTATS;
use linkctl::link::show::{Form, Near, afstats, xstats as print};
use linkctl::link::{Netns, Snapshot};
use linkctl::schema::{Safe, out::Out};
use linkctl::wire::number;

use super::machine::Machine;
use super::say::{err, interrupted, out, unreached};
use super::{Call, near};

/// The counters that a mask asks for, of one link or (0) of all, link by link.
fn read(machine: &mut Machine, mask: u32, index: u32) -> Result<Vec<Vec<u8>>, Stop> {
    let request = message::get_stats(index, mask).map_err(|e| Stop::says(e, 1))?;
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
        interrupted();
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

/// Where counters are written to.
enum To<'o> {
    Text(&'o mut String),
    Json(&'o mut Out),
}

/// Writes the counters of each link, as the command line wants them.
fn show(
    call: &Call,
    machine: &mut Machine,
    told: &[Vec<u8>],
    mut write: impl FnMut(&[u8], &dyn Near, To<'_>),
) {
    let snapshot = links(machine, told);
    let (mut text, mut json) = (String::new(), Out::new(call.options.pretty));
    json.array();
    for (payload, near) in told.iter().filter_map(|p| Some((p, of(&snapshot, p)?))) {
        write(payload, near, if call.options.json { To::Json(&mut json) } else { To::Text(&mut text) });
    }
    json.end_array();
    out(&if call.options.json { json.into_string() + "\n" } else { text });
}

/// Counters of bridges, bonds and their ports.
pub(crate) fn xstats(call: &Call, machine: &mut Machine, what: &Xstats) -> Result<u8, Stop> {
    let mask = print::Kind::mask(what.ports);
    let mut told = read(machine, mask, 0)?;
    told.retain(|p| what.index == 0 || p.get(4..8).and_then(number::u32) == Some(what.index));
    show(call, machine, &told, |payload, near, out| match out {
        To::Text(out) => print::text(payload, near, what.kind, what.only, out),
        To::Json(out) => print::json(payload, near, what.kind, what.only, out),
    });
    Ok(0)
}

/// The neighbours of the link that counters are of.
fn of<'s>(snapshot: &'s Snapshot, payload: &[u8]) -> Option<&'s dyn Near> {
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
    let options = near::options(call, Form::Link);
    show(call, machine, &told, |payload, near, out| match out {
        To::Text(out) => afstats::text(payload, near, options, out),
        To::Json(out) => afstats::json(payload, near, out),
    });
    Ok(0)
}
