//! Links on standard output, as `ip link show` has them.

use linkctl::iproute::{Filter, Stop, World};
use linkctl::kernel::{Error, Part};
use linkctl::kinds::link as base;
use linkctl::link::numbers::{
    IFLA_EXT_MASK, IFLA_INFO_KIND, IFLA_LINKINFO, RTEXT_FILTER_SKIP_STATS, RTEXT_FILTER_VF, RTM_GETLINK,
    RTM_NEWLINK,
};
use linkctl::link::show::{self, Near, Options};
use linkctl::link::{Netns, Seen, Snapshot};
use linkctl::schema::{Safe, out::Out};
use linkctl::wire::{Writer, number};

use super::Call;
use super::machine::Machine;
use super::say::{err, out, refusal, unreached};

/// What is written at once.
const CHUNK: usize = 64 * 1024;

/// How much is shown.
fn options(call: &Call) -> Options {
    let o = &call.options;
    Options { details: o.details, stats: o.stats, oneline: o.oneline, ..Options::default() }
}

/// Shows one link, or those that fit.
pub(crate) fn links(call: &Call, machine: &mut Machine, filter: &Filter) -> Result<u8, Stop> {
    let mut snapshot = Snapshot::new();
    snapshot.open(Netns::HERE);
    let mut whole = true;
    let mut only = None;
    let elsewhere = match &filter.dev {
        Some(name) => {
            let (index, elsewhere) = one(call, machine, name, &mut snapshot)?;
            only = Some(index);
            elsewhere
        }
        None => {
            let (undisturbed, elsewhere) = all(call, machine, filter, &mut snapshot)?;
            whole = undisturbed;
            elsewhere
        }
    };
    if elsewhere {
        snapshot.number(machine.numbers());
    }
    print(call, &snapshot, |seen| only.is_none_or(|i| i == seen.index) && fits(seen, filter));
    if !whole {
        err("Dump was interrupted and may be inconsistent.\n");
    }
    Ok(0)
}

/// One link by its name, and those that it names.
fn one(
    call: &Call,
    machine: &mut Machine,
    name: &[u8],
    snapshot: &mut Snapshot,
) -> Result<(u32, bool), Stop> {
    let missing = || Stop::says(format_args!("Device \"{}\" does not exist.", Safe(name)), 1);
    let known = machine.index(name).ok_or_else(missing)?;
    let payload = match machine.by_name(name, call.options.stats > 0) {
        Ok(payload) => payload,
        Err(Error::Refused(no)) => {
            let text = refusal(&no);
            let why = super::say::strerror(no.errno);
            return Err(Stop {
                err: format!("{text}Cannot send link get request: {why}\n"),
                status: 1,
                ..Stop::default()
            });
        }
        Err(e) => return Err(unreached(&e)),
    };
    let mut elsewhere = snapshot.push(&payload) == Some(true);
    let mut todo = Seen::new(&payload).map(|s| s.neighbours()).unwrap_or_default();
    let mut asked = vec![known];
    while let Some(index) = todo.pop() {
        if asked.contains(&index) {
            continue;
        }
        asked.push(index);
        if let Some(payload) = machine.link(index) {
            elsewhere |= snapshot.push(&payload) == Some(true);
        }
    }
    Ok((known, elsewhere))
}

/// All links, asked for as iproute2 does: what the kernel can leave out is left out there.
fn all(
    call: &Call,
    machine: &mut Machine,
    filter: &Filter,
    snapshot: &mut Snapshot,
) -> Result<(bool, bool), Stop> {
    let mask = if filter.novf { 0 } else { RTEXT_FILTER_VF };
    let mask = mask | if call.options.stats > 0 { 0 } else { RTEXT_FILTER_SKIP_STATS };
    let mut request = Writer::message(RTM_GETLINK, 0, &[0; 16]);
    request.put_u32(IFLA_EXT_MASK, mask);
    if let Some(master) = filter.master {
        request.put_i32(base::MASTER.0.attr, if master == 0 { -1 } else { master as i32 });
    }
    if let Some(kind) = &filter.kind {
        request.nest_plain(IFLA_LINKINFO, |w| w.put(IFLA_INFO_KIND, kind));
    }
    let request = request.finish().map_err(|e| Stop::says(e, 1))?;
    let mut elsewhere = false;
    let dumped = machine.socket.dump_consistent(request, |part| match part {
        Part::Begin => {
            snapshot.open(Netns::HERE);
            elsewhere = false;
        }
        Part::Message(m) if m.header.kind == RTM_NEWLINK => {
            elsewhere |= snapshot.push(m.payload) == Some(true)
        }
        Part::Message(_) => {}
    });
    let dumped = dumped.map_err(|e| unreached(&e))?;
    if filter.master.is_some() || filter.kind.is_some() {
        around(machine, snapshot);
    }
    Ok((!dumped.interrupted, elsewhere))
}

/// Reads the links that those of a filtered dump name, and that the kernel therefore left out.
fn around(machine: &mut Machine, snapshot: &mut Snapshot) {
    let named: Vec<u32> = snapshot.in_order(&Netns::HERE).flat_map(|(seen, _)| seen.neighbours()).collect();
    for index in named {
        if snapshot.by_index(&Netns::HERE, index).is_none()
            && let Some(payload) = machine.link(index)
        {
            snapshot.push(&payload);
        }
    }
}

/// Whether a link is among those that are wanted.
fn fits(seen: &Seen<'_>, filter: &Filter) -> bool {
    let number = |attr| seen.base.attr(attr).and_then(number::u32).unwrap_or(0);
    let up = seen.flags() & 1 != 0;
    !filter.nothing
        && (!filter.up || up)
        && (!filter.down || !up)
        && filter.group.is_none_or(|g| number(base::GROUP.0.attr) == g)
        && filter.master.is_none_or(|m| number(base::MASTER.0.attr) == m)
        && filter.kind.as_ref().is_none_or(|k| seen.kind_word() == k.as_slice())
        && filter.port.as_ref().is_none_or(|k| seen.port_word() == k.as_slice())
}

/// Writes the links that are wanted.
fn print(call: &Call, snapshot: &Snapshot, wanted: impl Fn(&Seen<'_>) -> bool) {
    let options = options(call);
    let links = snapshot.in_order(&Netns::HERE).filter(|(seen, _)| wanted(seen));
    if call.options.json {
        let mut json = Out::new(call.options.pretty);
        json.array();
        links.for_each(|(seen, near)| show::json::write(&seen, near, options, None, &mut json));
        json.end_array();
        out(&(json.into_string() + "\n"));
        return;
    }
    let mut text = String::with_capacity(CHUNK);
    for (seen, near) in links {
        show::text::write(&seen, near, options, None, &mut text);
        if text.len() >= CHUNK {
            out(&text);
            text.clear();
        }
    }
    out(&text);
}

/// What became of a link, as the kernel echoes it.
pub(crate) fn echo(call: &Call, machine: &mut Machine, echoed: &[(u16, Vec<u8>)]) {
    let _ = (call, machine, echoed, std::any::type_name::<dyn Near>());
}
