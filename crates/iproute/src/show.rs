//! The words behind `show`: which links.

use linkctl_link::Filter;
use linkctl_schema::Safe;

use crate::args::{Args, short, text};
use crate::base::{group, vrf};
use crate::stop::Stop;
use crate::world::Context;
use crate::{number, usage, value};

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Only the link of this name.
    pub dev: Option<Vec<u8>>,
    /// Which links.
    pub filter: Filter,
    /// Without virtual functions.
    pub novf: bool,
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
pub fn read(args: &mut Args<'_>, cx: &mut Context<'_>) -> Result<Shown, Stop> {
    let mut out = Shown::default();
    while let Some(word) = args.take() {
        match text(word) {
            "to" => return Err(prefix(args.value()?)),
            "scope" => {
                let word = args.value()?;
                if !SCOPES.contains(&text(word)) && number::up_to(word, 255, 0).is_none() {
                    return Err(Stop::argument(word, "invalid \"scope\"\n"));
                }
            }
            "up" => is_up(&mut out.filter, true),
            "down" => is_up(&mut out.filter, false),
            "label" => {
                args.value()?;
                out.filter.none = true;
            }
            "group" => {
                let row = linkctl_kinds::link::IPROUTE.iter().find(|r| r.is("group"));
                let word = args.value()?;
                if let Some(row) = row {
                    out.filter.group = Some(group(row, word, cx)?);
                }
            }
            "master" => {
                let word = args.value()?;
                let none = || Stop::argument(word, "Device does not exist\n");
                out.filter.master = Some(cx.world.index(word).ok_or_else(none)?);
            }
            "vrf" => {
                let word = args.value()?;
                let none = || Stop::argument(word, "Not a valid VRF name\n");
                out.filter.master = Some(vrf(word, cx).ok_or_else(none)?);
            }
            "nomaster" => out.filter.master = Some(0),
            "type" => {
                let word = args.value()?;
                match word.strip_suffix(b"_slave") {
                    Some(master) => out.filter.port_kind = Some(master.to_vec()),
                    None => out.filter.kind = Some(word.to_vec()),
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
    // Only a dump asks for links that are no ports; of one link it is not looked at.
    if out.dev.is_some() && out.filter.master == Some(0) {
        out.filter.master = None;
    }
    Ok(out)
}

/// Up, or down; no link is both.
fn is_up(filter: &mut Filter, up: bool) {
    filter.none |= filter.up.is_some_and(|other| other != up);
    filter.up = Some(up);
}

fn device(word: &[u8], args: &mut Args<'_>, out: &mut Shown) -> Result<(), Stop> {
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
