//! Links on standard output: `ip link show`, `bridge link show`, and what `-echo` tells.

use linkctl::iproute::{Shown, Stop, World};
use linkctl::kernel::{Error, Part, accounts};
use linkctl::kinds::link as base;
use linkctl::link::message;
use linkctl::link::numbers::{
    IFLA_EXT_MASK, IFLA_INFO_KIND, IFLA_LINKINFO, RTEXT_FILTER_SKIP_STATS, RTEXT_FILTER_VF, RTM_DELLINK,
    RTM_GETLINK, RTM_NEWLINK,
};
use linkctl::link::show::{self, Form, Near, Options};
use linkctl::link::{Netns, Seen, Snapshot};
use linkctl::schema::{Safe, out::Out};
use linkctl::wire::Writer;

use super::machine::Machine;
use super::say::{interrupted, out, refusal, strerror, truncated, unreached};
use super::{Call, near};

/// What is written at once.
const CHUNK: usize = 64 * 1024;

/// A way to print one link: text, and JSON.
struct Printer {
    text: fn(&Seen<'_>, &dyn Near, Options, &mut String),
    json: fn(&Seen<'_>, &dyn Near, Options, &mut Out),
}

const WHOLE: Printer = Printer {
    text: |seen, near, options, out| {
        show::text::write(seen, near, options, None, out);
        truncated(seen, options);
    },
    json: |seen, near, options, out| {
        show::json::write(seen, near, options, None, out);
        truncated(seen, options);
    },
};
const BRIEF: Printer = Printer { text: show::brief::text, json: show::brief::json };
const BRIDGE: Printer = Printer { text: show::bridge::text, json: show::bridge::json };

fn printer(call: &Call) -> &'static Printer {
    if call.options.brief { &BRIEF } else { &WHOLE }
}

/// Shows one link, or those that fit.
pub(crate) fn links(call: &Call, machine: &mut Machine, shown: &Shown) -> Result<u8, Stop> {
    let mut snapshot = Snapshot::new();
    snapshot.open(Netns::HERE);
    let mut filter = shown.filter.clone();
    let mut whole = true;
    if let Some(name) = &shown.dev {
        filter.index = Some(one(machine, name, mask(call, shown), &mut snapshot)?);
    } else {
        whole = all(call, machine, shown, &mut snapshot)?;
    }
    print(call, machine, &snapshot, printer(call), near::options(call, Form::Link), |seen| {
        filter.shows(seen)
    });
    if !whole {
        interrupted();
    }
    Ok(0)
}

/// What is asked of the kernel besides the usual.
fn mask(call: &Call, shown: &Shown) -> u32 {
    let functions = if shown.novf { 0 } else { RTEXT_FILTER_VF };
    functions | if call.options.stats > 0 { 0 } else { RTEXT_FILTER_SKIP_STATS }
}

/// One link by its name, and those that it names; its index.
fn one(machine: &mut Machine, name: &[u8], mask: u32, snapshot: &mut Snapshot) -> Result<u32, Stop> {
    let payload = match machine.by_name(name, mask) {
        Ok(payload) => payload,
        Err(Error::Refused(no)) => {
            if machine.index(name).is_none() {
                return Err(Stop::says(format_args!("Device \"{}\" does not exist.", Safe(name)), 1));
            }
            let why = strerror(no.errno);
            let err = format!("{}Cannot send link get request: {why}\n", refusal(&no));
            return Err(Stop { err, status: 1, ..Stop::default() });
        }
        Err(e) => return Err(unreached(&e)),
    };
    let index = Seen::new(&payload).map_or(0, |s| s.index);
    let elsewhere = snapshot.push(&payload) == Some(true);
    around(machine, snapshot, elsewhere);
    Ok(index)
}

/// All links, asked for as iproute2 does: what the kernel can leave out is left out there. Whether the reading was
/// undisturbed.
fn all(call: &Call, machine: &mut Machine, shown: &Shown, snapshot: &mut Snapshot) -> Result<bool, Stop> {
    let filter = &shown.filter;
    let mut request = Writer::message(RTM_GETLINK, 0, &[0; 16]);
    request.put_u32(IFLA_EXT_MASK, mask(call, shown));
    if let Some(master) = filter.master {
        request.put_i32(base::MASTER.0.attr, if master == 0 { -1 } else { master as i32 });
    }
    if let Some(kind) = &filter.kind {
        request.nest_plain(IFLA_LINKINFO, |w| w.put(IFLA_INFO_KIND, kind));
    }
    let request = request.finish().map_err(|e| Stop::says(e, 1))?;
    let (whole, elsewhere) = dump(machine, request, snapshot)?;
    if filter.master.is_some() || filter.kind.is_some() {
        around(machine, snapshot, elsewhere);
    } else {
        name(machine, snapshot, elsewhere);
    }
    Ok(whole)
}

/// Reads a dump into a snapshot: whether it was undisturbed, and whether some link has its other end elsewhere.
fn dump(machine: &mut Machine, request: Vec<u8>, snapshot: &mut Snapshot) -> Result<(bool, bool), Stop> {
    let mut elsewhere = false;
    let dumped = machine.socket.dump_consistent(request, |part| match part {
        Part::Begin => {
            snapshot.open(Netns::HERE);
            elsewhere = false;
        }
        Part::Message(m) if m.header.kind == RTM_NEWLINK => {
            elsewhere |= snapshot.push(m.payload) == Some(true);
        }
        Part::Message(_) => {}
    });
    let dumped = dumped.map_err(|e| unreached(&e))?;
    Ok((!dumped.interrupted, elsewhere))
}

/// Reads the links that those of a snapshot name and that are not in it.
fn around(machine: &mut Machine, snapshot: &mut Snapshot, mut elsewhere: bool) {
    let mut named: Vec<u32> =
        snapshot.in_order(&Netns::HERE).flat_map(|(seen, _)| seen.neighbours()).collect();
    named.sort_unstable();
    named.dedup();
    for index in named {
        if snapshot.by_index(&Netns::HERE, index).is_none()
            && let Some(payload) = machine.link(index)
        {
            elsewhere |= snapshot.push(&payload) == Some(true);
        }
    }
    name(machine, snapshot, elsewhere);
}

/// Says what namespaces and users are called, where a link wants to know.
fn name(machine: &mut Machine, snapshot: &mut Snapshot, elsewhere: bool) {
    if elsewhere {
        snapshot.number(machine.numbers());
    }
    if snapshot.is_owned() {
        snapshot.call(accounts::read());
    }
}

/// Writes the links that are wanted.
fn print(
    call: &Call,
    machine: &mut Machine,
    snapshot: &Snapshot,
    printer: &Printer,
    options: Options,
    wanted: impl Fn(&Seen<'_>) -> bool,
) {
    let names = machine.names();
    let links = snapshot.in_order(&Netns::HERE).filter(|(seen, _)| wanted(seen));
    if call.options.json {
        let mut json = Out::new(call.options.pretty);
        json.array();
        for (seen, near) in links {
            (printer.json)(&seen, &near::with(call, near, names), options, &mut json);
            if json.len() >= CHUNK {
                out(&json.drain());
            }
        }
        json.end_array();
        out(&(json.drain() + "\n"));
        return;
    }
    let mut text = String::with_capacity(CHUNK);
    for (seen, near) in links {
        (printer.text)(&seen, &near::with(call, near, names), options, &mut text);
        if text.len() >= CHUNK {
            out(&text);
            text.clear();
        }
    }
    out(&text);
}

/// What became of a link, as the kernel echoes it.
pub(crate) fn echo(call: &Call, machine: &mut Machine, echoed: &[(u16, Vec<u8>)]) {
    for (kind, payload) in echoed.iter().filter(|(kind, _)| matches!(*kind, RTM_NEWLINK | RTM_DELLINK)) {
        let mut snapshot = Snapshot::new();
        snapshot.open(Netns::HERE);
        let elsewhere = snapshot.push(payload) == Some(true);
        around(machine, &mut snapshot, elsewhere);
        let index = Seen::new(payload).map_or(0, |s| s.index);
        let options = Options { deleted: *kind == RTM_DELLINK, ..near::options(call, Form::Event) };
        print(call, machine, &snapshot, printer(call), options, |seen| seen.index == index);
    }
}

/// `bridge link show`: ports of bridges, all or those of a name or of a master.
pub(crate) fn ports(
    call: &Call,
    machine: &mut Machine,
    dev: Option<u32>,
    master: Option<u32>,
) -> Result<u8, Stop> {
    let request = message::get_ports().map_err(|e| Stop::says(e, 1))?;
    let mut snapshot = Snapshot::new();
    snapshot.open(Netns::HERE);
    let (whole, elsewhere) = dump(machine, request, &mut snapshot)?;
    let told: Vec<u32> = snapshot.in_order(&Netns::HERE).map(|(seen, _)| seen.index).collect();
    around(machine, &mut snapshot, elsewhere);
    let filter = linkctl::link::Filter { index: dev, master, ..linkctl::link::Filter::default() };
    let options = near::options(call, Form::Link);
    print(call, machine, &snapshot, &BRIDGE, options, |seen| {
        told.contains(&seen.index) && filter.shows(seen)
    });
    if !whole {
        interrupted();
    }
    Ok(0)
}
