//! How the planner's cost grows with the links: in memory, without a kernel.

#![allow(clippy::cast_precision_loss, reason = "links are counted in thousands")]

use linkctl::kinds::{bond, kind, link as base, vlan};
use linkctl::link::{Goal, Key, Link, Want, World};
use linkctl::plan::{Model, plan};
use linkctl::schema::{Name, Value};

use crate::{cpu, median};

/// How many links; each size is four times the one before.
const SIZES: [usize; 4] = [1_000, 4_000, 16_000, 64_000];

/// How links hang together: the name, and the links of some number.
type Shape = (&'static str, fn(usize) -> Goal);

const SHAPES: [Shape; 5] = [
    ("pairs", pairs),
    ("bridges of 32 ports", |n| bridges(n, 33)),
    ("one bridge", |n| bridges(n, n)),
    ("bonds of two ports, eight VLANs each", stacks),
    ("MACVLANs, all on one link", crowd),
];

/// What is to be done, as a world and a goal.
type Task = (&'static str, fn(&Goal, &World) -> (World, Goal));

const TASKS: [Task; 4] = [
    ("create", |goal, _| (World::new(), goal.clone())),
    ("change", |goal, world| (world.clone(), each(goal, |link| link.base.set(base::TXQUEUELEN, 77)))),
    ("delete", |goal, world| {
        let gone = goal.links.keys().map(|k| (k.clone(), Want::Absent)).collect();
        (world.clone(), Goal { links: gone, ..Goal::new() })
    }),
    ("nothing", |goal, world| (world.clone(), goal.clone())),
];

/// Times all shapes and tasks.
pub(crate) fn run() -> Result<(), String> {
    println!(
        "| planning, ns of CPU a link and log₂ of their number | {} |",
        SIZES.map(|n| n.to_string()).join(" | ")
    );
    println!("|---|{}", "---|".repeat(SIZES.len()));
    for (shape, links) in SHAPES {
        for (task, of) in TASKS {
            let mut cells = Vec::new();
            for n in SIZES {
                let goal = links(n);
                let (have, want) = of(&goal, &world(&goal)?);
                // A few hundred thousand links in all tell enough.
                let times = (0..(64_000 / n).clamp(1, 5)).map(|_| timed(&have, &want));
                let seconds = median(times.collect::<Result<_, _>>()?);
                cells.push(format!("{:.0}", seconds * 1e9 / (n as f64 * (n as f64).log2())));
            }
            println!("| {shape}: {task} | {} |", cells.join(" | "));
        }
    }
    Ok(())
}

fn timed(have: &World, want: &Goal) -> Result<f64, String> {
    let start = cpu::own();
    let made = plan(have, want).map_err(|all| all[0].to_string())?;
    let seconds = cpu::own() - start;
    drop(made);
    Ok(seconds)
}

/// The links as the model makes them.
fn world(goal: &Goal) -> Result<World, String> {
    let made = plan(&World::new(), goal).map_err(|all| all[0].to_string())?;
    let mut model = Model::new(World::new());
    for step in &made.steps {
        model.act(&step.act).map_err(|e| e.to_string())?;
    }
    Ok(model.into_world())
}

fn each(goal: &Goal, change: impl Fn(&mut Link)) -> Goal {
    let mut out = goal.clone();
    for want in out.links.values_mut() {
        if let Want::Present(link) = want {
            change(link);
        }
    }
    out
}

fn key(name: &str) -> Key {
    Key::here(Name::new(name).unwrap_or_default())
}

fn pairs(n: usize) -> Goal {
    let mut goal = Goal::new();
    for i in 0..n / 2 {
        for (one, other) in [("va", "vb"), ("vb", "va")] {
            let mut link = Link::new(kind("veth"));
            link.peer = Some(key(&format!("{other}{i}")));
            goal.want(key(&format!("{one}{i}")), link);
        }
    }
    goal
}

/// Bridges with ports, so many links to each.
fn bridges(n: usize, each: usize) -> Goal {
    let mut goal = Goal::new();
    for i in 0..n {
        let master = format!("br{}", i / each);
        if i % each == 0 {
            goal.want(key(&master), up("bridge"));
        } else {
            goal.want(key(&format!("d{i}")), port("dummy", &master));
        }
    }
    goal
}

fn stacks(n: usize) -> Goal {
    let mut goal = Goal::new();
    for i in 0..n {
        let name = format!("bond{}", i / 11);
        match i % 11 {
            0 => {
                let mut link = up("bond");
                link.data.set(bond::MODE, "active-backup");
                goal.want(key(&name), link);
            }
            1 | 2 => goal.want(key(&format!("d{i}")), port("dummy", &name)),
            tag => goal.want(key(&format!("v{i}")), tagged(&name, tag)),
        }
    }
    goal
}

/// MACVLANs, all on one link.
fn crowd(n: usize) -> Goal {
    let mut goal = Goal::new();
    goal.want(key("d0"), up("dummy"));
    for i in 1..n {
        let mut link = up("macvlan");
        link.lower = Some(key("d0"));
        goal.want(key(&format!("m{i}")), link);
    }
    goal
}

fn up(word: &str) -> Link {
    let mut link = Link::new(kind(word));
    link.base.set(base::UP, true);
    link
}

fn port(word: &str, master: &str) -> Link {
    let mut link = up(word);
    link.base.put(&base::MASTER.0, Value::Link(key(master).name));
    link
}

fn tagged(lower: &str, tag: usize) -> Link {
    let mut link = up("vlan");
    link.lower = Some(key(lower));
    link.data.set(vlan::ID, tag as u16);
    link
}
