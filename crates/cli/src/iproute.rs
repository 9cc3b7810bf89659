//! The compatibility face: `linkctl ip …`, `linkctl bridge …`, and this program under the names `ip` and `bridge`.
//!
//! Objects that are links are ours; all others go to the next program of that name, see [`elsewhere`].

mod batch;
mod change;
mod counters;
mod elsewhere;
mod link;
mod machine;
mod monitor;
mod names;
mod near;
mod say;
mod shown;

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::ExitCode;

use linkctl::iproute::{Mood, Options, Stop, object, options, usage};

use machine::Machine;
use say::say;

/// Which program this is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// `ip`.
    Ip,
    /// `bridge`.
    Bridge,
}

impl Face {
    /// The name of the program.
    fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Bridge => "bridge",
        }
    }
}

/// The face that a command line asks for, and its words: by the name of the program, or by the first word.
pub(crate) fn wanted(words: &[OsString]) -> Option<(Face, Vec<OsString>)> {
    let name = words.first()?.as_bytes().rsplit(|b| *b == b'/').next()?;
    let rest = words.get(1..).unwrap_or_default();
    match name {
        b"bridge" => return Some((Face::Bridge, rest.to_vec())),
        b"ip" => return Some((Face::Ip, rest.to_vec())),
        // `iplink` is `ip link`.
        [b'i', b'p', object @ ..] if object::ip(object).is_some() => {
            let first = OsString::from_vec(object.to_vec());
            return Some((Face::Ip, std::iter::once(first).chain(rest.iter().cloned()).collect()));
        }
        _ => {}
    }
    match rest.first()?.to_str()? {
        "ip" => Some((Face::Ip, rest[1..].to_vec())),
        "bridge" => Some((Face::Bridge, rest[1..].to_vec())),
        _ => None,
    }
}

/// Words with the options of linkctl before them: `linkctl -n blue ip link`.
pub(crate) fn with(common: &crate::args::Common, words: &[OsString]) -> Vec<OsString> {
    let mut out = Vec::new();
    if let Some(netns) = &common.netns {
        out.extend(["-netns".into(), netns.into()]);
    }
    if common.json {
        out.push("-json".into());
    }
    if common.pretty {
        out.push("-pretty".into());
    }
    out.extend_from_slice(words);
    out
}

/// One call of the program: what was said before the object.
pub(crate) struct Call {
    /// Which program this is.
    pub(crate) face: Face,
    /// The options.
    pub(crate) options: Options,
    /// The words of the options, to hand on.
    pub(crate) said: Vec<OsString>,
}

impl Call {
    /// How the options change the reading of what follows.
    fn mood(&self) -> Mood {
        Mood { family: self.options.family, force: self.options.force, many: self.options.batch.is_some() }
    }
}

/// Runs a command line; returns the exit status.
pub(crate) fn run(face: Face, words: &[OsString]) -> ExitCode {
    let bytes: Vec<Vec<u8>> = words.iter().map(|w| w.as_bytes().to_vec()).collect();
    ExitCode::from(match start(face, words, &bytes) {
        Ok(status) => status,
        Err(stop) => say(&stop, face),
    })
}

fn start(face: Face, words: &[OsString], bytes: &[Vec<u8>]) -> Result<u8, Stop> {
    let mut enter = |name: &[u8]| machine::netns(name).map(drop);
    let mut program = match face {
        Face::Ip => options::Program::ip(&mut enter),
        Face::Bridge => options::Program::bridge(&mut enter),
    };
    let (options, used) = options::read(bytes, &mut program)?;
    if options.version {
        return Ok(say::version(face));
    }
    let call = Call { face, options, said: words[..used].to_vec() };
    if let Some(file) = call.options.batch.clone() {
        return batch::run(&call, &file);
    }
    let rest = &bytes[used..];
    let usage = || match face {
        Face::Ip => usage::ip(),
        Face::Bridge => usage::bridge(),
    };
    let Some(first) = rest.first() else { return Err(Stop::exits(usage().trim_end(), 255)) };
    match ours(face, first, &rest[1..]) {
        Some(Ours::Help) => Err(Stop::exits(usage().trim_end(), 255)),
        Some(Ours::Monitor) => monitor::run(&call, &rest[1..]),
        Some(Ours::Link) => {
            let mut machine = Machine::open(&call)?;
            link::run(&call, &mut machine, &rest[1..])
        }
        None => Err(elsewhere::hand_over(face, words, first)),
    }
}

/// What of the objects is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ours {
    /// Links.
    Link,
    /// Events of links.
    Monitor,
    /// Usage.
    Help,
}

/// Whether an object is ours, as its words ask for it.
pub(crate) fn ours(face: Face, object: &[u8], words: &[Vec<u8>]) -> Option<Ours> {
    let found = match face {
        Face::Ip => object::ip(object)?,
        Face::Bridge => object::bridge(object)?,
    };
    match (face, found) {
        // Loading a program from an object file is libbpf's: who has it does it.
        (Face::Ip, "link") if linkctl::iproute::xdp::is_loaded(words) => None,
        (_, "link") => Some(Ours::Link),
        (_, "monitor") if monitor::is_ours(words) => Some(Ours::Monitor),
        (_, "help") => Some(Ours::Help),
        _ => None,
    }
}
