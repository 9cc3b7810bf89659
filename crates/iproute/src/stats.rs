//! The words behind `xstats` and `afstats`.

use linkctl_schema::Safe;

use crate::args::{Args, short};
use crate::stop::Stop;
use crate::usage;
use crate::verb::Command;
use crate::world::Context;

/// Which counters of a kind's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Xstats {
    /// The kind: `bridge`, `bridge_slave`, `bond`, `bond_slave`.
    pub kind: String,
    /// Only these: `igmp`, `stp`, `lacp`; all where none.
    pub only: Option<&'static str>,
    /// Only of this link; 0 for all.
    pub index: u32,
}

/// Kinds with counters of their own, and which they have: words and what they mean.
const KINDS: &[(&str, &[(&str, &str)])] = &[
    ("bridge", &[("igmp", "igmp"), ("mcast", "igmp"), ("stp", "stp")]),
    ("bridge_slave", &[("igmp", "igmp"), ("mcast", "igmp"), ("stp", "stp")]),
    ("bond", &[("lacp", "lacp"), ("802.3ad", "lacp")]),
    ("bond_slave", &[("lacp", "lacp"), ("802.3ad", "lacp")]),
];

/// `xstats type KIND [ARGS]`.
pub fn xstats(args: &mut Args<'_>, cx: &mut Context<'_>) -> Result<Xstats, Stop> {
    let Some(word) = args.take() else { return Err(Stop::says("xstats: missing argument", 1)) };
    if short(word, "help") {
        return Err(Stop::exits(usage::link().trim_end(), 255));
    }
    if !short(word, "type") {
        return Err(Stop::argument(word, "unknown argument"));
    }
    let word = args.value()?;
    if usage::kind_of(word).is_none() {
        return Err(Stop::argument(word, "invalid type"));
    }
    let Some((kind, list)) = KINDS.iter().find(|(k, _)| k.as_bytes() == word) else {
        let said = format!("xstats: link type {} doesn't support xstats", Safe(word));
        return Err(Stop::says(said, 1));
    };
    let mut out = Xstats { kind: (*kind).to_owned(), ..Xstats::default() };
    while let Some(word) = args.take() {
        if let Some((_, means)) = list.iter().find(|(w, _)| short(word, w)) {
            out.only = Some(means);
        } else if word == b"dev" {
            let word = args.value()?;
            out.index = cx.world.index(word).ok_or_else(|| Stop::no_device(word))?;
        } else if word == b"help" {
            let words: Vec<&str> = list.iter().map(|(w, _)| *w).collect();
            let text = format!("Usage: ... {kind} [ {} ] [ dev DEV ]", words.join(" | "));
            return Err(Stop::exits(text, 0).aloud());
        } else {
            return Err(Stop::argument(word, "unknown attribute"));
        }
    }
    Ok(out)
}

/// `afstats [dev LINK]`.
pub fn afstats(args: &mut Args<'_>) -> Result<Command, Stop> {
    let mut dev = None;
    while let Some(word) = args.take() {
        match word {
            b"dev" => dev = Some(args.value()?.to_vec()),
            b"help" => return Err(Stop::exits(usage::link().trim_end(), 255)),
            _ => {
                let said = format!("Command \"{}\" is unknown, try \"ip link help\".", Safe(word));
                return Err(Stop::exits(said, 255));
            }
        }
    }
    Ok(Command::Afstats(dev))
}
