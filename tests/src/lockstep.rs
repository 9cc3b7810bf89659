//! The model kernel and a real one, side by side: every act is asked of both.
//!
//! Two models walk along. The one is told before each act how the links really are, and has to foresee every field of
//! them; the other is told once, when the world is empty, and knows as little as a planner does who makes links and goes on
//! with them.

pub mod compare;
pub mod draw;
pub mod known;
mod tell;

use std::process::Command;

use linkctl::apply::{self, Stopped};
use linkctl::kernel::{self, Live, Place};
use linkctl::link::{Key, Netns, World};
use linkctl::plan::{Act, Model, Plan, Refusal, Step};

pub use tell::act as told;

/// The namespace beside the test's own.
pub const BLUE: &str = "blue";

/// Both namespaces.
pub fn spaces() -> [Netns; 2] {
    [Netns::HERE, Netns::named(BLUE).expect("a good name")]
}

/// What the kernel said where it said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct No {
    /// The error number; 0 where the request could not even be made, such as one about a link that is not there.
    pub errno: i32,
    /// Its words.
    pub text: String,
}

/// How model and kernel differ over one act.
#[derive(Clone, Debug, PartialEq)]
pub enum Odds {
    /// The model takes it and the kernel does not.
    Promised(No),
    /// The model refuses what the kernel takes.
    Denied(Refusal),
    /// Both take it, and these fields are otherwise afterwards: link and field, with both values.
    Other(Vec<compare::Odd>),
}

/// One difference, with all that is needed to understand it.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What was asked.
    pub act: Act,
    /// The links before.
    pub before: World,
    /// The links afterwards.
    pub after: World,
    /// The difference.
    pub odds: Odds,
    /// Whether the kernel refused.
    pub refused: bool,
    /// Whether it is the model's that was told nothing since the world was empty.
    pub far: bool,
}

/// A kernel with a namespace of the calling thread's own and one beside it, and the models.
pub struct Pair {
    far: Model,
    real: World,
}

/// What became of an act.
pub struct Outcome {
    /// What the kernel said.
    pub kernel: Result<(), No>,
    /// How the models differ from it.
    pub odds: Vec<Difference>,
}

impl Pair {
    /// Takes the calling thread into an empty world.
    pub fn new() -> Result<Self, kernel::Error> {
        kernel::isolate()?;
        let ip = std::env::var_os("LINKCTL_PEER_IP").unwrap_or_else(|| "ip".into());
        let made = Command::new(ip).args(["netns", "add", BLUE]).status().expect("ip starts");
        assert!(made.success(), "a namespace beside this one");
        let real = read();
        Ok(Self { far: Model::new(real.clone()), real })
    }

    /// The world that the calling thread is in already, which both models are told as it is.
    pub fn here() -> Self {
        let real = read();
        Self { far: Model::new(real.clone()), real }
    }

    /// The links as they are.
    pub fn world(&self) -> &World {
        &self.real
    }

    /// Carries an act out on the kernel and on both models.
    pub fn step(&mut self, act: &Act) -> Outcome {
        let before = self.real.clone();
        let mut near = Model::new(before.clone());
        let said = [near.act(act), self.far.act(act)];
        let kernel = carry(act, &before);
        self.real = read();
        let mut odds: Vec<Difference> = Vec::new();
        for (far, model, said) in [(false, &near, &said[0]), (true, &self.far, &said[1])] {
            let found = match (said, &kernel) {
                (Ok(()), Err(no)) => Some(Odds::Promised(no.clone())),
                (Err(refusal), Ok(())) => Some(Odds::Denied(refusal.clone())),
                (Err(_), Err(_)) | (Ok(()), Ok(())) => {
                    let odd = compare::worlds(model.world(), &self.real, act, (!far).then_some(&before));
                    (!odd.is_empty()).then_some(Odds::Other(odd))
                }
            };
            // What both models take for another thing is told once.
            if let Some(found) = found.filter(|f| !far || odds.first().is_none_or(|o| o.odds != *f)) {
                odds.push(Difference {
                    act: act.clone(),
                    before: before.clone(),
                    after: self.real.clone(),
                    odds: found,
                    refused: kernel.is_err(),
                    far,
                });
            }
        }
        if !odds.is_empty() {
            self.far = Model::new(self.real.clone());
        }
        Outcome { kernel, odds }
    }
}

/// All links, by a connection of its own: indexes that were learned before may be others' by now.
pub fn read() -> World {
    let mut live = Live::open(Place::Here).expect("a socket");
    let snapshot = live.snapshot(&spaces(), false).expect("nobody else changes these links");
    snapshot.world(|_| true)
}

/// Sends one act and nothing else.
pub fn carry(act: &Act, world: &World) -> Result<(), No> {
    if matches!(act, Act::Delete(key) if !world.contains_key(key)) {
        // Who applies a plan counts what is gone as deleted.
        return Err(No { errno: 0, text: format!("{} is not there", act.key()) });
    }
    let mut live = Live::open(Place::Here).expect("a socket");
    live.snapshot(&spaces(), false).expect("nobody else changes these links");
    let step = Step { act: act.clone(), why: Vec::new() };
    let plan = Plan::of(vec![step]);
    match apply::run(&plan, world, &mut live, &mut |_| {}).stopped {
        None => Ok(()),
        Some(Stopped::Refused { error, .. }) => {
            Err(No { errno: error.errno().unwrap_or(0), text: error.to_string() })
        }
        Some(Stopped::Vanished { link, .. }) => Err(No { errno: 0, text: format!("{link} is not there") }),
        Some(Stopped::Unmade { error, .. }) => Err(No { errno: 0, text: error.to_string() }),
        Some(Stopped::Signal) => panic!("a signal ends the test"),
    }
}

/// The link that an act is about, or makes.
pub fn kind_of(act: &Act, before: &World) -> String {
    let link = match act {
        Act::Create { link, .. } => Some(&**link),
        _ => before.get(act.key()),
    };
    link.map_or_else(|| "-".into(), |l| String::from_utf8_lossy(l.kind_word()).into_owned())
}

/// The links that an act names, for a report.
pub(crate) fn named(act: &Act, before: &World) -> Vec<Key> {
    let key = act.key();
    let mut out = vec![key.clone()];
    match act {
        Act::Create { link, peer, .. } => {
            out.extend(link.lower.clone());
            out.extend(link.has_master().map(|m| key.beside(m)));
            out.extend(link.named().map(|n| key.beside(n)));
            out.extend(peer.iter().map(|(k, _)| k.clone()));
        }
        Act::Master(_, Some(name)) | Act::Rename(_, name) => out.push(key.beside(*name)),
        Act::Move(_, to) => out.push(to.clone()),
        _ => {}
    }
    if let Some(link) = before.get(key) {
        out.extend(link.lower.clone().into_iter().chain(link.peer.clone()));
        out.extend(link.has_master().map(|m| key.beside(m)));
    }
    for (other, link) in before {
        if out.contains(other) {
            continue;
        }
        if link.lower.as_ref() == Some(key)
            || link.has_master().map(|m| other.beside(m)).as_ref() == Some(key)
        {
            out.push(other.clone());
        }
    }
    out.sort();
    out.dedup();
    out
}
