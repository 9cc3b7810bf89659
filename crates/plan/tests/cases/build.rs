//! Links, worlds and goals in few words, and plans that are carried out and checked.

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Link, World};
use linkctl_plan::{Conflict, Model, Plan, back, plan};
use linkctl_schema::{Record, Value};

use crate::common::{self, met};
pub(crate) use crate::common::{here, kind, link, name, set, there};

pub(crate) fn up(mut link: Link) -> Link {
    link.base.set(base::UP, true);
    link
}

pub(crate) fn master(mut link: Link, of: &str) -> Link {
    link.base.set(base::MASTER, name(of));
    link
}

pub(crate) fn on(mut link: Link, lower: &str) -> Link {
    link.lower = Some(here(lower));
    link
}

pub(crate) fn vlan(id: u64, lower: &str) -> Link {
    let mut out = on(link("vlan"), lower);
    set(&mut out.data, "id", Value::Num(id));
    out
}

pub(crate) fn vxlan(id: u64) -> Link {
    let mut out = link("vxlan");
    set(&mut out.data, "id", Value::Num(id));
    set(&mut out.data, "dstport", Value::Num(4789));
    out
}

pub(crate) fn bond(mode: &'static str) -> Link {
    let mut out = link("bond");
    set(&mut out.data, "mode", Value::Word(mode));
    out
}

pub(crate) fn port(mut link: Link, of: &str, field: &str, value: Value<'static>) -> Link {
    let mut settings = Record::new(kind(of).ports.expect("a kind with ports").fields);
    set(&mut settings, field, value);
    link.port = Some(settings);
    link
}

pub(crate) fn hardware() -> Link {
    Link::new(None)
}

pub(crate) fn world(links: &[(&str, Link)]) -> World {
    let mut out = World::new();
    for (word, link) in links {
        let mut link = link.clone();
        if link.up().is_none() {
            link.base.set(base::UP, false);
        }
        if let Some(m) = link.has_master()
            && link.port.is_none()
        {
            let of = links.iter().find(|(w, _)| name(w) == m).and_then(|(_, l)| l.kind);
            link.port = of.and_then(|k| k.ports).map(|k| Record::new(k.fields));
        }
        out.insert(here(word), link);
    }
    out
}

pub(crate) fn goal(links: &[(&str, Link)]) -> Goal {
    let mut out = Goal { rebuild: true, ..Goal::default() };
    links.iter().for_each(|(word, link)| out.want(here(word), link.clone()));
    out
}

pub(crate) fn told(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(|s| common::act(&s.act)).collect()
}

/// Plans, carries out, checks and goes home again; returns the plan and where it led.
pub(crate) fn done(have: &World, want: &Goal) -> (Plan, World) {
    let found = plan(have, want).expect("a plan");
    let mut model = Model::new(have.clone());
    for step in &found.steps {
        model.act(&step.act).unwrap_or_else(|e| panic!("{}: {e}", common::act(&step.act)));
    }
    let after = model.into_world();
    met(&after, want).expect("the goal is met");
    assert!(plan(&after, want).expect("a plan").is_empty(), "planning again yields something");
    plan(&after, &back(have, &after)).expect("a way home");
    (found, after)
}

pub(crate) fn no(have: &World, want: &Goal) -> Vec<Conflict> {
    plan(have, want).expect_err("a conflict")
}
