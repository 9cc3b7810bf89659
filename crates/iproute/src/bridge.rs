//! `bridge link`: settings of a port through `RTM_SETLINK`, and which ports to show.

use linkctl_kinds::port::bridge as port;
use linkctl_schema::{FieldDef, Safe, Type};
use linkctl_wire::Writer;

use crate::args::{Args, short, text};
use crate::request::Request;
use crate::stop::Stop;
use crate::world::Context;
use crate::{number, usage};

/// `RTM_SETLINK` and `AF_BRIDGE`.
const RTM_SETLINK: u16 = 19;
const AF_BRIDGE: u8 = 7;
/// `IFLA_PROTINFO` and `IFLA_AF_SPEC`.
const IFLA_PROTINFO: u16 = 12;
const IFLA_AF_SPEC: u16 = 26;
/// In `IFLA_AF_SPEC`: `IFLA_BRIDGE_FLAGS` and `IFLA_BRIDGE_MODE` (`linux/if_bridge.h`).
const FLAGS: u16 = 0;
const MODE: u16 = 1;
/// Whom the message is for: the master, or the link's own driver.
const MASTER: u16 = 1;
const SELF: u16 = 2;
const VEB: u16 = 0;
const VEPA: u16 = 1;
/// What `-EINVAL` is as an exit status.
const EINVAL: u8 = 234;

/// Settings that are on or off: words, and the port's fields.
const SWITCHES: &[(&str, &str)] = &[
    ("guard", "guard"),
    ("hairpin", "hairpin"),
    ("fastleave", "fastleave"),
    ("root_block", "root_block"),
    ("learning", "learning"),
    ("learning_sync", "learning_sync"),
    ("flood", "flood"),
    ("mcast_flood", "mcast_flood"),
    ("bcast_flood", "bcast_flood"),
    ("mcast_to_unicast", "mcast_to_unicast"),
    ("neigh_suppress", "neigh_suppress"),
    ("neigh_vlan_suppress", "neigh_vlan_suppress"),
    ("neigh_forward_grat", "neigh_forward_grat"),
    ("vlan_tunnel", "vlan_tunnel"),
    ("isolated", "isolated"),
    ("locked", "locked"),
    ("mab", "mab"),
];

/// All words with what follows each, for usage.
pub fn words() -> impl Iterator<Item = (&'static str, &'static str)> {
    let rest = [
        ("mcast_router", " MULTICAST_ROUTER"),
        ("mcast_max_groups", " NUMBER"),
        ("cost", " COST"),
        ("priority", " PRIO"),
        ("state", " STATE"),
        ("hwmode", " { vepa | veb }"),
        ("backup_port", " DEVICE"),
        ("nobackup_port", ""),
        ("backup_nhid", " NHID"),
    ];
    SWITCHES.iter().map(|(word, _)| (*word, " { on | off }")).chain(rest)
}

/// What `bridge link` asks for.
#[derive(Debug)]
pub enum Command {
    /// A request.
    Change(Request),
    /// Ports to show: of this name, of that master.
    Show {
        /// Only this port.
        dev: Option<u32>,
        /// Only ports of this master.
        master: Option<u32>,
    },
}

/// Reads what stands behind `link`.
pub fn link(words: &[Vec<u8>], cx: &mut Context<'_>) -> Result<Command, Stop> {
    let mut args = Args::new(words);
    let Some(verb) = args.take() else { return show(&mut args, cx) };
    let is = |word: &str| short(verb, word);
    if is("set") || is("change") {
        set(&mut args, cx).map(Command::Change)
    } else if is("show") || is("lst") || is("list") {
        show(&mut args, cx)
    } else if is("help") {
        Err(Stop::exits(usage::bridge_link().trim_end(), 255))
    } else {
        let verb = Safe(verb);
        Err(Stop::exits(format_args!("Command \"{verb}\" is unknown, try \"bridge link help\"."), 255))
    }
}

/// Words that are none are passed over, as iproute2 does; we say so.
fn show(args: &mut Args<'_>, cx: &mut Context<'_>) -> Result<Command, Stop> {
    let (mut dev, mut master) = (None, None);
    while let Some(word) = args.take() {
        match word {
            b"dev" => {
                let word = args.value()?;
                if dev.is_some() {
                    return Err(Stop::twice("dev", word));
                }
                dev = Some(word);
            }
            b"master" => {
                let word = args.value()?;
                if master.is_some() {
                    return Err(Stop::twice("master", word));
                }
                master = Some(word);
            }
            other => {
                let other = Safe(other);
                cx.world
                    .warn(&format!("Warning: \"{other}\" is no word of bridge link show and is ignored.\n"));
            }
        }
    }
    let mut index = |word: Option<&[u8]>| -> Result<Option<u32>, Stop> {
        word.map(|w| cx.world.index(w).ok_or_else(|| Stop::no_device(w).ending(255))).transpose()
    };
    Ok(Command::Show { dev: index(dev)?, master: index(master)? })
}

fn field(name: &str) -> Option<&'static FieldDef> {
    port::FIELDS.list().iter().find(|f| f.name == name)
}

/// What was said of a port: attributes of it, and whom it is for.
#[derive(Default)]
struct Said<'a> {
    dev: Option<&'a [u8]>,
    attrs: Writer,
    flags: u16,
    mode: Option<u16>,
}

fn set(args: &mut Args<'_>, cx: &mut Context<'_>) -> Result<Request, Stop> {
    let mut said = Said::default();
    while let Some(word) = args.take() {
        one(word, args, cx, &mut said)?;
    }
    let Some(dev) = said.dev else { return Err(Stop::exits("Device is a required argument.", 255)) };
    let none = || Stop::exits(format_args!("Cannot find bridge device \"{}\"", Safe(dev)), 255);
    let index = cx.world.index(dev).ok_or_else(none)?;
    let mut request = Request { kind: RTM_SETLINK, family: AF_BRIDGE, index, ..Request::default() };
    let inner = said.attrs.into_attrs().unwrap_or_default();
    let mut out = Writer::new();
    out.nest(IFLA_PROTINFO, |w| w.raw(&inner));
    if said.mode.is_some() || said.flags != 0 {
        out.nest_plain(IFLA_AF_SPEC, |w| {
            if let Some(mode) = said.mode {
                w.put_u16(MODE, mode);
            }
            if said.flags != 0 {
                w.put_u16(FLAGS, said.flags);
            }
        });
    }
    request.append(out);
    Ok(request)
}

fn one<'a>(
    word: &'a [u8],
    args: &mut Args<'a>,
    cx: &mut Context<'_>,
    said: &mut Said<'a>,
) -> Result<(), Stop> {
    let name = text(word);
    if let Some((_, f)) = SWITCHES.iter().find(|(w, _)| *w == name) {
        let value = args.value()?;
        let on = match value {
            b"on" => 1,
            b"off" => 0,
            _ => return Err(Stop::one_of(name, &["off", "on"], value, EINVAL)),
        };
        if let Some(f) = field(f) {
            said.attrs.put_u8(f.attr, on);
        }
        return Ok(());
    }
    match name {
        "dev" => said.dev = Some(args.value()?),
        "self" => said.flags |= SELF,
        "master" => said.flags |= MASTER,
        "cost" => {
            let n = number::atoi(args.value()?);
            if n != 0 {
                put(said, "cost", &(n as u32).to_ne_bytes());
            }
        }
        "priority" => {
            let n = number::atoi(args.value()?) as i16;
            if n >= 0 {
                put(said, "priority", &(n as u16).to_ne_bytes());
            }
        }
        "state" => state(args.value()?, said)?,
        "mcast_router" => {
            let n = number::atoi(args.value()?) as i8;
            if n >= 0 {
                put(said, "mcast_router", &[n as u8]);
            }
        }
        "mcast_max_groups" => {
            let value = args.value()?;
            let n = number::int(value).ok_or_else(|| Stop::argument(value, "invalid mcast_max_groups"))?;
            // A negative number says nothing.
            if n >= 0 {
                put(said, "mcast_max_groups", &(n as u32).to_ne_bytes());
            }
        }
        "hwmode" => {
            let value = args.value()?;
            // It forgets a `master` before it.
            said.flags = SELF;
            said.mode = Some(match value {
                b"vepa" => VEPA,
                b"veb" => VEB,
                _ => {
                    return Err(Stop::exits("Mode argument must be \"vepa\" or \"veb\".", 255));
                }
            });
        }
        "backup_port" => {
            let value = args.value()?;
            let index = cx.world.index(value).ok_or_else(|| {
                Stop::exits(format_args!("Error: device {} does not exist", Safe(value)), 255)
            })?;
            put(said, "backup_port", &index.to_ne_bytes());
        }
        "nobackup_port" => put(said, "backup_port", &0u32.to_ne_bytes()),
        "backup_nhid" => {
            let value = args.value()?;
            let n = number::up_to(value, u32::MAX.into(), 0);
            let n = n.ok_or_else(|| Stop::argument(value, "invalid backup_nhid"))?;
            put(said, "backup_nhid", &(n as u32).to_ne_bytes());
        }
        _ => return Err(Stop::exits(usage::bridge_link().trim_end(), 255)),
    }
    Ok(())
}

fn put(said: &mut Said<'_>, name: &str, data: &[u8]) {
    if let Some(f) = field(name) {
        said.attrs.put(f.attr, data);
    }
}

/// A state by name, or by number, of which the last byte counts; a negative one is none.
fn state(value: &[u8], said: &mut Said<'_>) -> Result<(), Stop> {
    let known = field("state").and_then(|f| match f.ty {
        Type::Words(_, list) => list.iter().find(|(w, _)| w.as_bytes() == value),
        _ => None,
    });
    let n = known.map(|(_, n)| *n).or_else(|| number::int(value).map(|n| n as u8 as u64));
    let n = n.ok_or_else(|| Stop::exits("Error: invalid STP port state", 255))?;
    if (n as u8 as i8) >= 0 {
        put(said, "state", &[n as u8]);
    }
    Ok(())
}
