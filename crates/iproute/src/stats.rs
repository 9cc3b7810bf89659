//! The words behind `xstats` and `afstats`.

use linkctl_link::show::xstats::{Kind, Part};
use linkctl_schema::Safe;
use linkctl_schema::iproute::Unknown;

use crate::args::{Args, short, text};
use crate::stop::Stop;
use crate::usage;
use crate::verb::Command;
use crate::world::Context;

/// Which counters of a kind's own.
#[derive(Clone, Copy)]
pub struct Xstats {
    /// The kind.
    pub kind: &'static Kind,
    /// Its ports, not itself.
    pub ports: bool,
    /// Only this part.
    pub only: Option<&'static Part>,
    /// Only of this link; 0 for all.
    pub index: u32,
}

impl std::fmt::Debug for Xstats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = self.kind.words;
        f.debug_struct("Xstats").field("kind", &words).field("index", &self.index).finish_non_exhaustive()
    }
}

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
    if usage::kind_of(word).is_none_or(|k| k.iproute.unknown == Unknown::Stranger) {
        return Err(Stop::argument(word, "invalid type"));
    }
    let Some((kind, ports)) = Kind::find(text(word)) else {
        let said = format!("xstats: link type {} doesn't support xstats", Safe(word));
        return Err(Stop::says(said, 1));
    };
    let mut out = Xstats { kind, ports, only: None, index: 0 };
    while let Some(word) = args.take() {
        if let Some(part) = kind.parts.iter().find(|p| p.words.iter().any(|w| short(word, w))) {
            out.only = Some(part);
        } else if word == b"dev" {
            let word = args.value()?;
            out.index = cx.world.index(word).ok_or_else(|| Stop::no_device(word))?;
        } else if word == b"help" {
            let words: Vec<&str> = kind.parts.iter().flat_map(|p| p.words).copied().collect();
            let kind = kind.words[usize::from(ports)];
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
