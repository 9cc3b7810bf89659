//! What stands before the object: options of `ip` and of `bridge`, in the order in which they are tried.

use linkctl_schema::Safe;

use crate::args::{Args, short, text};
use crate::number;
use crate::stop::Stop;
use crate::value::{AF_INET, AF_INET6};

/// Whether output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Nobody said: it is not, as Debian builds iproute2.
    #[default]
    Unsaid,
    /// It is, terminal or not.
    Always,
    /// It is on a terminal.
    Auto,
    /// It is not.
    Never,
}

/// What the options say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `AF_*` of requests; 0 where nothing was said.
    pub family: u8,
    /// Counters with `k`, `M`, `G`.
    pub human: bool,
    /// Those by 1024.
    pub iec: bool,
    /// How often `-s` was said.
    pub stats: u8,
    /// How often `-d` was said.
    pub details: u8,
    /// Addresses by name.
    pub resolve: bool,
    /// A link a line.
    pub oneline: bool,
    /// When it happened, before each event.
    pub timestamp: bool,
    /// In the short form.
    pub tshort: bool,
    /// Go on after errors; replace an XDP program.
    pub force: bool,
    /// The file with commands; `-` for standard input.
    pub batch: Option<Vec<u8>>,
    /// A few columns.
    pub brief: bool,
    /// JSON.
    pub json: bool,
    /// JSON with indentation.
    pub pretty: bool,
    /// Bytes of the socket's queue.
    pub queue: Option<i32>,
    /// Colours.
    pub colour: Colour,
    /// The namespace to work in.
    pub netns: Option<Vec<u8>>,
    /// Numbers where there are names.
    pub numeric: bool,
    /// Show what a change made of the link.
    pub echo: bool,
    /// Version, and nothing else.
    pub version: bool,
}

/// `AF_BRIDGE`, `AF_MPLS`, `AF_PACKET` and `AF_IPX` of `linux/socket.h`.
const FAMILIES: &[(&str, u8)] =
    &[("inet", AF_INET), ("inet6", AF_INET6), ("link", 17), ("ipx", 4), ("mpls", 28), ("bridge", 7)];

/// Options of `ip` with one dash, in order; `=` only whole.
const IP: &[&str] = &[
    "-loops",
    "-family",
    "=-4",
    "=-6",
    "=-0",
    "=-M",
    "=-B",
    "-human",
    "-human-readable",
    "-iec",
    "-stats",
    "-statistics",
    "-details",
    "-resolve",
    "-oneline",
    "-timestamp",
    "-tshort",
    "-Version",
    "-force",
    "-batch",
    "-brief",
    "-json",
    "-pretty",
    "-rcvbuf",
    "-color",
    "-help",
    "-netns",
    "-Numeric",
    "-all",
    "=-echo",
];

/// Options of `bridge`.
const BRIDGE: &[&str] = &[
    "-help",
    "-Version",
    "-stats",
    "-statistics",
    "-details",
    "-oneline",
    "-timestamp",
    "-family",
    "=-4",
    "=-6",
    "-netns",
    "-color",
    "-compressvlans",
    "-force",
    "-json",
    "-pretty",
    "-batch",
];

/// What a program says of its options, and what it does with one of them at once.
pub struct Program<'p> {
    /// Its options, in the order in which they are tried.
    known: &'static [&'static str],
    /// What an unknown option is told to try.
    hint: &'static str,
    /// What is said of an option that lacks its word; usage where nothing is.
    asks: bool,
    /// Usage.
    usage: String,
    /// Enters a namespace: what is wrong with one is said before what is wrong behind it.
    enter: &'p mut dyn FnMut(&[u8]) -> Result<(), Stop>,
}

impl<'p> Program<'p> {
    /// `ip`.
    pub fn ip(enter: &'p mut dyn FnMut(&[u8]) -> Result<(), Stop>) -> Self {
        Self { known: IP, hint: "ip -help", asks: true, usage: crate::usage::ip(), enter }
    }

    /// `bridge`.
    pub fn bridge(enter: &'p mut dyn FnMut(&[u8]) -> Result<(), Stop>) -> Self {
        Self { known: BRIDGE, hint: "bridge help", asks: false, usage: crate::usage::bridge(), enter }
    }

    fn ends(&self) -> Stop {
        Stop::exits(self.usage.trim_end(), 255)
    }

    fn missing(&self, what: &str) -> Stop {
        if self.asks { Stop::required(what) } else { self.ends() }
    }
}

/// Reads the options; returns how many words they were.
pub fn read(words: &[Vec<u8>], program: &mut Program<'_>) -> Result<(Options, usize), Stop> {
    let mut out = Options::default();
    let mut args = Args::new(words);
    while let Some(word) = args.peek() {
        if word == b"--" {
            args.take();
            break;
        }
        if word.first() != Some(&b'-') {
            break;
        }
        args.take();
        // Two dashes do for one.
        let option = if word.starts_with(b"--") { &word[1..] } else { word };
        let found = program.known.iter().find(|k| match k.strip_prefix('=') {
            Some(whole) => option == whole.as_bytes(),
            None if **k == "-color" => colour(option).is_some(),
            None => short(option, k),
        });
        let Some(found) = found else {
            let said = format!("Option \"{}\" is unknown, try \"{}\".", Safe(option), program.hint);
            return Err(Stop::exits(said, 255));
        };
        one(found.trim_start_matches('='), option, &mut args, &mut out, program)?;
        if out.version {
            break;
        }
    }
    let used = words.len() - args.left();
    Ok((out, used))
}

fn one(
    found: &str,
    typed: &[u8],
    args: &mut Args<'_>,
    out: &mut Options,
    program: &mut Program<'_>,
) -> Result<(), Stop> {
    match found {
        "-loops" => _ = args.take().ok_or_else(|| program.missing("loop count"))?,
        "-family" => {
            let word = args.take().ok_or_else(|| program.missing("family type"))?;
            if word == b"help" {
                return Err(program.ends());
            }
            let family = FAMILIES.iter().find(|(name, _)| name.as_bytes() == word);
            out.family = family.ok_or_else(|| Stop::argument(word, "invalid protocol family"))?.1;
        }
        "-4" => out.family = AF_INET,
        "-6" => out.family = AF_INET6,
        "-0" => out.family = 17,
        "-M" => out.family = 28,
        "-B" => out.family = 7,
        "-human" | "-human-readable" => out.human = true,
        "-iec" => out.iec = true,
        "-stats" | "-statistics" => out.stats = out.stats.saturating_add(1),
        "-details" => out.details = out.details.saturating_add(1),
        "-resolve" => out.resolve = true,
        "-oneline" => out.oneline = true,
        "-timestamp" => out.timestamp = true,
        "-tshort" => (out.timestamp, out.tshort) = (true, true),
        "-Version" => out.version = true,
        "-force" => out.force = true,
        "-batch" => out.batch = Some(args.take().ok_or_else(|| program.missing("batch file"))?.to_vec()),
        "-brief" => out.brief = true,
        "-json" => out.json = true,
        "-pretty" => out.pretty = true,
        "-rcvbuf" => {
            let word = args.take().ok_or_else(|| program.missing("rcvbuf size"))?;
            let wrong = || Stop::exits(format_args!("Invalid rcvbuf size '{}'", Safe(word)), 255);
            out.queue = Some(number::up_to(word, i32::MAX as u64, 0).ok_or_else(wrong)? as i32);
        }
        "-color" => out.colour = colour(typed).unwrap_or_default(),
        "-help" => return Err(program.ends()),
        "-netns" => {
            let word = args.take().ok_or_else(|| program.missing("netns name"))?;
            (program.enter)(word)?;
            out.netns = Some(word.to_vec());
        }
        "-Numeric" => out.numeric = true,
        "-echo" => out.echo = true,
        // They are about objects that are not links: all addresses, compressed VLAN lists.
        _ => {}
    }
    Ok(())
}

/// `-c`, `-color`, `-color=always`.
fn colour(word: &[u8]) -> Option<Colour> {
    let (name, value) = text(word).split_once('=').map_or((text(word), None), |(n, v)| (n, Some(v)));
    if !short(name.as_bytes(), "-color") || name.len() < 2 {
        return None;
    }
    match value {
        None | Some("always") => Some(Colour::Always),
        Some("auto") => Some(Colour::Auto),
        Some("never") => Some(Colour::Never),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<(Options, usize), Stop> {
        let words: Vec<Vec<u8>> = line.split(' ').map(|w| w.as_bytes().to_vec()).collect();
        super::read(&words, &mut Program::ip(&mut |_| Ok(())))
    }

    #[test]
    fn the_first_option_that_begins_so_is_meant() {
        let (o, used) = read("-s -d -s --json -br -h link").expect("options");
        assert_eq!((o.stats, o.details, o.json, o.brief, o.human, used), (2, 1, true, true, true, 6));
        assert_eq!(read("-c=auto -N -n x l").expect("options").0.colour, Colour::Auto);
        assert_eq!(read("-t -ts link").map(|(o, _)| (o.timestamp, o.tshort)), Ok((true, true)));
        assert!(read("-e link").is_err_and(|s| s.err == "Option \"-e\" is unknown, try \"ip -help\".\n"));
        assert!(read("-c=foo link").is_err());
        assert_eq!(read("-- -x").map(|(_, used)| used), Ok(1));
    }
}
