//! `linkctl del`: deletes links; one that is not there is already so.

use std::collections::{BTreeMap, BTreeSet};

use linkctl::link::{Goal, Key, World};
use linkctl::plan::Model;

use super::change::{Change, tell};
use super::{live, print};
use crate::args::{self, Common};
use crate::exit::{Failure, Status};
use crate::explain::read_all;
use crate::term::{Colour, Term};
use crate::words;

/// Deletes the links that are there.
pub(crate) fn run(args: &args::Del, common: &Common) -> Result<(), Failure> {
    let mut live = live(common)?;
    let named: BTreeSet<Key> =
        args.names.iter().map(|n| words::name(n).map(Key::here)).collect::<Result<_, Failure>>()?;
    let read = read_all(&mut live)?;
    let world = read.world(|_| true);
    alone(&named, &world)?;
    let mut goal = Goal::new();
    named.iter().for_each(|key| goal.forbid(key.clone()));
    let about = listed(named.iter());
    let none = BTreeMap::new();
    let change = Change { goal: &goal, labels: &none, read: &read, world: &world, about: &about };
    let plan = change.plan()?;
    let notes = change.run(&plan, &mut live)?;
    if common.json {
        return tell(&about, &plan, &notes, common);
    }
    let term = Term::stdout();
    let line = |key: &Key| {
        let what = if world.contains_key(key) { "deleted" } else { "not there, already so" };
        format!("{}: {what}\n", term.paint(Colour::Cyan, &key.to_string()))
    };
    print(&named.iter().map(line).collect::<String>())
}

/// Refuses to take links along that were not named. The other end of a pair always goes along.
fn alone(named: &BTreeSet<Key>, world: &World) -> Result<(), Failure> {
    let ends: BTreeSet<&Key> = named.iter().filter_map(|k| world.get(k)?.peer.as_ref()).collect();
    let mut along = Model::new(world.clone()).falling(named.iter().cloned());
    along.retain(|k| !named.contains(k) && !ends.contains(k));
    if along.is_empty() {
        return Ok(());
    }
    let all = named.iter().chain(&along).map(|k| k.name.to_string()).collect::<Vec<_>>().join(" ");
    let what = format!("{} would go along: it stands on what is to be deleted", listed(along.iter()));
    Err(Failure::new(Status::Refused, what).hint(format!("name it too: linkctl del {all}")))
}

fn listed<'k>(keys: impl Iterator<Item = &'k Key>) -> String {
    keys.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
