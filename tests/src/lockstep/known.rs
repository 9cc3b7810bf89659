//! Differences that stay, each with its reason, by subject. A run prints which entries were of use; a long one on the
//! kernel that they were reviewed on fails where one was of none.

mod masters;
mod messages;
mod telling;
mod tunnels;

use linkctl::link::{Key, Link};
use linkctl::plan::{Act, Refusal};
use linkctl::schema::{Kind, Record, Value};

use super::compare::Odd;
use super::{Difference, No, Odds};

/// A sort of differences that is right as it is.
pub struct Known {
    /// A word for it.
    pub name: &'static str,
    /// Why model and kernel may differ so.
    pub why: &'static str,
    /// The kernels that differ so.
    pub on: Kernels,
    /// Whether a difference is of this sort.
    pub fits: fn(&Difference) -> bool,
}

/// Kernels by version, and a kind that they have to have.
#[derive(Clone, Copy)]
pub struct Kernels {
    /// The first.
    pub from: (u16, u16),
    /// The first that does not any more.
    pub until: (u16, u16),
    /// The kind; any where it is empty.
    pub kind: &'static str,
    /// It takes more than twenty thousand acts to meet it.
    pub rare: bool,
}

/// All of them.
pub const ALL: Kernels = Kernels { from: (0, 0), until: (u16::MAX, 0), kind: "", rare: false };

/// Those that make links of a kind.
const fn with(kind: &'static str) -> Kernels {
    Kernels { kind, ..ALL }
}

impl Kernels {
    const fn rare(self) -> Self {
        Self { rare: true, ..self }
    }

    const fn from(self, major: u16, minor: u16) -> Self {
        Self { from: (major, minor), ..self }
    }

    const fn until(self, major: u16, minor: u16) -> Self {
        Self { until: (major, minor), ..self }
    }

    fn has(&self, version: (u16, u16)) -> bool {
        (self.from..self.until).contains(&version)
    }
}

fn all() -> impl Iterator<Item = &'static Known> {
    [messages::KNOWN, masters::KNOWN, tunnels::KNOWN, telling::KNOWN].into_iter().flatten()
}

/// The entry that a difference falls under; the first that fits counts.
pub fn excuse(d: &Difference) -> Option<&'static Known> {
    let version = crate::running::kernel();
    all().find(|k| k.on.has(version) && (k.fits)(d))
}

/// The entries that a long run on this kernel should have needed and did not.
pub fn idle(kinds: &[&'static Kind], used: impl Fn(&str) -> bool) -> Vec<&'static Known> {
    let version = crate::running::kernel();
    let here = |k: &Kernels| {
        !k.rare && k.has(version) && (k.kind.is_empty() || kinds.iter().any(|kind| kind.name == k.kind))
    };
    all().filter(|k| here(&k.on) && !used(k.name)).collect()
}

/// What the kernel said, where the model takes it.
fn promised(d: &Difference) -> Option<&No> {
    if let Odds::Promised(no) = &d.odds { Some(no) } else { None }
}

/// What the model said, where the kernel takes it.
fn denied(d: &Difference) -> Option<&Refusal> {
    if let Odds::Denied(refusal) = &d.odds { Some(refusal) } else { None }
}

/// Whether links are otherwise, all in that way.
fn all_odd(d: &Difference, is: impl Fn(&Odd) -> bool) -> bool {
    matches!(&d.odds, Odds::Other(odd) if odd.iter().all(is))
}

/// What an act says.
fn record(act: &Act) -> Option<&Record> {
    match act {
        Act::Base(_, r) | Act::Data(_, r) | Act::Port(_, r) => Some(r),
        _ => None,
    }
}

/// What it says of a field, a new link's own included.
fn said<'d>(d: &'d Difference, field: &str) -> Option<&'d Value<'static>> {
    let of = |r: &'d Record| r.iter().find(|(f, _)| f.name == field).map(|(_, v)| v);
    match &d.act {
        Act::Create { link, .. } => of(&link.base).or_else(|| of(&link.data)),
        act => record(act).and_then(of),
    }
}

/// The link that is made, where one is.
fn made(d: &Difference) -> Option<&Link> {
    if let Act::Create { link, .. } = &d.act { Some(link) } else { None }
}

/// The kind of the link that an act makes or is about.
fn kind(d: &Difference) -> &str {
    let link = made(d).or_else(|| d.before.get(d.act.key()));
    link.and_then(|l| l.kind).map_or("", |k| k.name)
}

/// The master that an act makes a link a port of.
fn joins(d: &Difference) -> Option<(Key, &Link)> {
    let master = match &d.act {
        Act::Master(_, master) => *master,
        Act::Create { link, .. } => link.has_master(),
        _ => None,
    }?;
    let key = d.act.key().beside(master);
    d.before.get(&key).map(|l| (key, l))
}
