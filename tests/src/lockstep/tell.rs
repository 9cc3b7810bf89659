//! Acts, links and differences in lines that a reader can reproduce them from.

use std::fmt;

use linkctl::link::{Link, World};
use linkctl::plan::Act;
use linkctl::schema::Record;

use super::{Difference, Odds, kind_of, named};

/// A record in one line.
fn record(record: &Record) -> String {
    record.iter().map(|(f, v)| format!("{}={v:?}", f.name)).collect::<Vec<_>>().join(" ")
}

/// A link in one line; of what every link has only what tells links apart.
fn link(link: &Link, all: bool) -> String {
    let base = link.base.only(|f| {
        all || matches!(f.name, "up" | "mtu" | "master" | "link" | "altname" | "address" | "numtxqueues")
    });
    let port = link.port.as_ref().map(record);
    let word = String::from_utf8_lossy(link.kind_word()).into_owned();
    format!(
        "{word} on {:?} to {:?} [{}] [{}] port {port:?}",
        link.lower,
        link.peer,
        record(&base),
        record(&link.data)
    )
}

/// An act in one line.
pub fn act(act: &Act) -> String {
    match act {
        Act::Create { key, link: l, peer } => {
            let peer = peer.as_ref().map(|(k, l)| format!(" + {k} {}", link(l, true))).unwrap_or_default();
            format!("create {key} {}{peer}", link(l, true))
        }
        Act::Base(key, r) => format!("base {key} {}", record(r)),
        Act::Data(key, r) => format!("data {key} {}", record(r)),
        Act::Port(key, r) => format!("port {key} {}", record(r)),
        Act::Altnames { key, add, remove } => format!("altnames {key} +{add:?} -{remove:?}"),
        Act::Master(key, master) => format!("master {key} {master:?}"),
        Act::Rename(key, name) => format!("rename {key} {name}"),
        Act::NewNetns(key) => format!("netns add {key}"),
        Act::DropNetns(key) => format!("netns del {key}"),
        Act::Move(key, to) => format!("move {key} {to}"),
        other => format!("{} {}", other.word(), other.key()),
    }
}

fn around(act: &Act, before: &World) -> String {
    let line = |k| Some(format!("\n    {k}: {}", link(before.get(&k)?, false)));
    named(act, before).into_iter().filter_map(line).collect()
}

impl Difference {
    /// What differences of one cause share.
    pub fn signature(&self) -> String {
        let side = if self.far { "far " } else { "" };
        let act = match &self.act {
            Act::Base(_, r) | Act::Data(_, r) | Act::Port(_, r)
                if matches!(self.odds, Odds::Denied(_) | Odds::Promised(_)) =>
            {
                let fields: Vec<&str> = r.iter().map(|(f, _)| f.name).collect();
                let part = match &self.act {
                    Act::Base(..) => "base",
                    Act::Data(..) => "data",
                    _ => "port",
                };
                format!("{part} {}", fields.join("+"))
            }
            other => other.word().into(),
        };
        let mut kind = kind_of(&self.act, &self.before);
        let word = |k: Option<&linkctl::link::Link>| {
            k.map_or_else(|| "-".into(), |l| String::from_utf8_lossy(l.kind_word()).into_owned())
        };
        match &self.act {
            Act::Create { key, link, .. } => {
                if let Some(lower) = &link.lower {
                    kind += &format!(" on {}", word(self.before.get(lower)));
                }
                if let Some(master) = link.has_master() {
                    kind += &format!(" in {}", word(self.before.get(&key.beside(master))));
                }
            }
            Act::Master(key, Some(master)) => {
                kind += &format!(" in {}", word(self.before.get(&key.beside(*master))));
            }
            _ => {}
        }
        match &self.odds {
            Odds::Promised(no) => format!("{side}PROMISED {act} {kind}: {}", no.text),
            Odds::Denied(refusal) => format!("{side}DENIED {act} {kind}: {:?}", refusal.errno),
            Odds::Other(odd) => {
                let mut fields: Vec<String> = odd.iter().map(|o| format!("{} {}", o.kind, o.field)).collect();
                fields.sort();
                fields.dedup();
                format!("{side}OTHER {act} {kind}: {}", fields.join(", "))
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}{}", self.signature(), act(&self.act), around(&self.act, &self.before))?;
        if self.refused {
            f.write_str("\n  both refuse")?;
        }
        match &self.odds {
            Odds::Promised(no) => write!(f, "\n  the kernel: {} ({})", no.text, no.errno),
            Odds::Denied(refusal) => write!(f, "\n  the model: {refusal}"),
            Odds::Other(odd) => odd.iter().take(8).try_for_each(|o| {
                write!(f, "\n  {} {}: the model {}, the kernel {}", o.link, o.field, o.model, o.kernel)
            }),
        }
    }
}
