//! The words behind `show`: which links.

use linkctl_schema::Safe;

use crate::args::{Args, short, text};
use crate::base::{group, vrf};
use crate::stop::Stop;
use crate::world::Context;
use crate::{number, usage, value};

/// Which links are shown, and how much is asked of the kernel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only the link of this name.
    pub dev: Option<Vec<u8>>,
    /// Only links that are up.
    pub up: bool,
    /// Only links that are down.
    pub down: bool,
    /// Only links of a group.
    pub group: Option<u32>,
    /// Only ports of a master; 0: only links without one.
    pub master: Option<u32>,
    /// Only links of a kind.
    pub kind: Option<Vec<u8>>,
    /// Only ports of masters of a kind.
    pub port: Option<Vec<u8>>,
    /// Without virtual functions.
    pub novf: bool,
    /// Nothing is shown: a label selects addresses, and a link has none.
    pub nothing: bool,
}

/// Words about addresses, which do not matter to links; each may have a `-` before it.
const ADDRESS: &[&str] = &[
    "dynamic",
    "permanent",
    "secondary",
    "primary",
    "temporary",
    "tentative",
    "deprecated",
    "dadfailed",
    "optimistic",
    "homeaddress",
    "nodad",
    "mngtmpaddr",
    "noprefixroute",
    "autojoin",
    "stable-privacy",
];

/// Names of scopes (`RT_SCOPE_*`); numbers up to 255 do too.
const SCOPES: &[&str] = &["global", "nowhere", "host", "link", "site", "all"];

/// Reads the words.
pub fn read(args: &mut Args<'_>, cx: &mut Context<'_>) -> Result<Filter, Stop> {
    let mut out = Filter::default();
    while let Some(word) = args.take() {
        match text(word) {
            "to" => return Err(prefix(args.value()?)),
            "scope" => {
                let word = args.value()?;
                if !SCOPES.contains(&text(word)) && number::up_to(word, 255, 0).is_none() {
                    return Err(Stop::argument(word, "invalid \"scope\"\n"));
                }
            }
            "up" => out.up = true,
            "down" => out.down = true,
            "label" => {
                args.value()?;
                out.nothing = true;
            }
            "group" => {
                let row = linkctl_kinds::link::IPROUTE.iter().find(|r| r.is("group"));
                let word = args.value()?;
                if let Some(row) = row {
                    out.group = Some(group(row, word, cx)?);
                }
            }
            "master" => {
                let word = args.value()?;
                let none = || Stop::argument(word, "Device does not exist\n");
                out.master = Some(cx.world.index(word).ok_or_else(none)?);
            }
            "vrf" => {
                let word = args.value()?;
                let none = || Stop::argument(word, "Not a valid VRF name\n");
                out.master = Some(vrf(word, cx).ok_or_else(none)?);
            }
            "nomaster" => out.master = Some(0),
            "type" => {
                let word = args.value()?;
                match word.strip_suffix(b"_slave") {
                    Some(master) => (out.port, out.kind) = (Some(master.to_vec()), None),
                    None => out.kind = Some(word.to_vec()),
                }
            }
            "proto" => {
                let word = args.value()?;
                if number::up_to(word, 255, 0).is_none()
                    && !matches!(text(word), "kernel_lo" | "kernel_ra" | "kernel_ll")
                {
                    return Err(Stop::argument(word, "\"proto\" value is invalid\n"));
                }
            }
            "novf" => out.novf = true,
            w if ADDRESS.contains(&w.strip_prefix('-').unwrap_or(w)) => {}
            _ => device(word, args, &mut out)?,
        }
    }
    Ok(out)
}

fn device(word: &[u8], args: &mut Args<'_>, out: &mut Filter) -> Result<(), Stop> {
    let word = if word == b"dev" {
        args.value()?
    } else if short(word, "help") {
        return Err(Stop::exits(usage::link().trim_end(), 255));
    } else {
        word
    };
    if out.dev.is_some() {
        return Err(Stop::either("dev", word));
    }
    out.dev = Some(word.to_vec());
    Ok(())
}

/// A prefix selects addresses; among links iproute2 refuses it.
fn prefix(word: &[u8]) -> Stop {
    let shown = Safe(word);
    let address = text(word).split_once('/').map_or(text(word), |(a, _)| a);
    match value::parse(address, value::AF_UNSPEC) {
        Some(a) => {
            let family = if a.is_ipv4() { "inet" } else { "inet6" };
            let said =
                format!("Error: \"{shown}\" may be {family} prefix, but it is not allowed in this context.");
            Stop::exits(said, 1)
        }
        None => Stop::exits(format!("Error: any valid prefix is expected rather than \"{shown}\"."), 1),
    }
}
