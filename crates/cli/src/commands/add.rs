//! `linkctl add`: creates a link; one that is already so is left alone, one that is otherwise is told.

use std::collections::BTreeMap;

use linkctl::kinds::link as base;
use linkctl::link::{Goal, Key, Link};
use linkctl::plan::{Act, Plan};
use linkctl::schema::{Below, Name, Value};

use super::change::{Change, differs};
use super::set::place;
use super::{HERE, live, unread};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::words::{self, About, Said};

/// Creates one link, or a pair.
pub(crate) fn run(args: &args::Add, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let said = words::read(&words::text(&args.words)?, About::default())?;
    let word = args.name.to_str().ok_or_else(|| Failure::usage("a new link's name is UTF-8 text"))?;
    let name = Name::new(word).map_err(|e| Failure::usage(format!("{word:?}: {e}")))?;
    if said.name.is_some() {
        return Err(Failure::usage("the new link's name is said twice"));
    }
    let Some(kind) = said.link.kind else {
        return Err(Failure::usage("what kind of link? say type KIND").hint("linkctl kind lists them"));
    };
    if kind.below == Below::Device && said.link.base.get(base::PARENTDEV).is_none() {
        return Err(Failure::usage(format!("a {} stands on a device: which one?", kind.name))
            .hint(format!("linkctl add {name} parentdev DEVICE type {} ...", kind.name)));
    }
    if kind.below == Below::Link && said.lower().is_none() {
        return Err(Failure::usage(format!("a {} stands on another link: which one?", kind.name))
            .hint(format!("linkctl add {name} link LINK type {} ...", kind.name)));
    }
    let netns = match &said.netns {
        Some(word) => place(word, &mut live)?,
        None => HERE,
    };
    let key = Key::new(netns.clone(), name);
    let mut goal = Goal::new();
    let mut want = wanted(&said);
    // A lower link is looked for where the command works, as ip does, also where the new link goes elsewhere.
    want.lower = said.lower().map(Key::here);
    let mut spaces = vec![HERE, netns];
    if let Some(peer) = &said.peer {
        let other = match (&peer.netns, peer.name) {
            (Some(word), name) => Key::new(place(word, &mut live)?, name.unwrap_or(key.name)),
            (None, Some(name)) => key.beside(name),
            (None, None) => return Err(Failure::usage("the peer has no name: say peer name NAME")),
        };
        let mut end = wanted(peer);
        end.kind = Some(kind);
        end.peer = Some(key.clone());
        want.peer = Some(other.clone());
        spaces.push(other.netns.clone());
        goal.want(other, end);
    } else if kind.pair.is_some() {
        return Err(Failure::usage(format!("a {} has two ends: say peer name NAME", kind.name)));
    }
    goal.want(key.clone(), want);
    spaces.sort();
    spaces.dedup();
    let read = live.snapshot(&spaces, false).map_err(|e| unread(&e))?;
    let world = read.world(|_| true);
    let about = key.to_string();
    let none = BTreeMap::new();
    let change = Change { goal: &goal, labels: &none, read: &read, world: &world, about: &about };
    let plan = match change.plan() {
        Err(failure) if world.contains_key(&key) => return Err(exists(&key, &failure.what)),
        plan => plan?,
    };
    if world.contains_key(&key) && !plan.steps.is_empty() {
        return Err(exists(&key, &differences(&plan)));
    }
    change.carry_out(&plan, &mut live, common)
}

fn wanted(said: &Said) -> Link {
    let mut link = said.link.clone();
    link.port = said.port.as_ref().map(|(_, record)| record.clone());
    if !said.altnames.is_empty() {
        link.base.put(
            &base::ALTNAME.0,
            Value::List(said.altnames.iter().map(|n| Value::text(n.as_str())).collect()),
        );
    }
    link
}

/// The link is there, and otherwise.
fn exists(key: &Key, how: &str) -> Failure {
    Failure::new(Status::Refused, format!("{key} is there already, and differs: {how}"))
        .hint(format!("change it: linkctl set {} ...", key.name))
        .hint(format!("or delete it first: linkctl del {}", key.name))
}

fn differences(plan: &Plan) -> String {
    let mut out = Vec::new();
    for step in &plan.steps {
        let deltas = step.why.iter().filter_map(|r| match r {
            linkctl::plan::Reason::Differs(d) => Some(differs(d)),
            _ => None,
        });
        out.extend(deltas);
        match &step.act {
            Act::Up(_) => out.push("it is down".into()),
            Act::Down(_) => out.push("it is up".into()),
            Act::Master(_, Some(m)) => out.push(format!("it is no port of {m}")),
            _ => {}
        }
    }
    out.dedup();
    out.join(", ")
}
