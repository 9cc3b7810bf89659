//! What a run has drawn: kinds as they are there, made, changed and deleted, and the fields of which something was said.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::{KINDS, link as base};
use linkctl_link::{Link, World};
use linkctl_plan::{Act, Model, Plan};
use linkctl_schema::{Fields, Record};

/// How often a kind was drawn.
#[derive(Default)]
struct Drawn {
    there: u64,
    made: u64,
    changed: u64,
    deleted: u64,
}

/// All that was drawn.
#[derive(Default)]
pub(crate) struct Tally {
    kinds: BTreeMap<&'static str, Drawn>,
    /// Fields that a step sets, by the address of their table.
    set: BTreeSet<(usize, &'static str)>,
}

fn table(fields: &'static Fields) -> usize {
    std::ptr::from_ref(fields).addr()
}

impl Tally {
    /// Counts a world and the plan for it.
    pub(crate) fn count(&mut self, have: &World, plan: &Plan) {
        have.values().for_each(|l| self.of(l, |d| d.there += 1));
        let mut model = Model::new(have.clone());
        for step in &plan.steps {
            let link = model.world().get(step.act.key());
            match (&step.act, link) {
                (Act::Create { link, .. }, _) => {
                    self.of(link, |d| d.made += 1);
                    link.lower.iter().for_each(|_| self.own("link"));
                    self.said(&link.base);
                    self.said(&link.data);
                }
                (Act::Delete(_), Some(link)) => self.of(link, |d| d.deleted += 1),
                (act, Some(link)) => {
                    self.of(link, |d| d.changed += 1);
                    match act {
                        Act::Base(_, r) | Act::Data(_, r) | Act::Port(_, r) => self.said(r),
                        // Fields that have acts of their own.
                        Act::Up(_) | Act::Down(_) => self.own("up"),
                        Act::Master(..) => self.own("master"),
                        Act::Altnames { .. } => self.own("altname"),
                        _ => {}
                    }
                }
                (_, None) => {}
            }
            // Law 1 is checked elsewhere.
            let _ = model.act(&step.act);
        }
    }

    fn of(&mut self, link: &Link, add: impl FnOnce(&mut Drawn)) {
        if let Some(kind) = link.kind {
            add(self.kinds.entry(kind.name).or_default());
        }
    }

    fn said(&mut self, record: &Record) {
        self.set.extend(record.iter().map(|(f, _)| (table(record.fields()), f.name)));
    }

    fn own(&mut self, field: &'static str) {
        self.set.insert((table(&base::FIELDS), field));
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (kind, d) in other.kinds {
            let mine = self.kinds.entry(kind).or_default();
            mine.there += d.there;
            mine.made += d.made;
            mine.changed += d.changed;
            mine.deleted += d.deleted;
        }
        self.set.extend(other.set);
    }

    /// A line for each kind.
    pub(crate) fn lines(&self) -> String {
        let line = |(k, d): (&&str, &Drawn)| {
            format!(
                "\n  {k}: there {}, made {}, changed {}, deleted {}",
                d.there, d.made, d.changed, d.deleted
            )
        };
        self.kinds.iter().map(line).collect()
    }

    /// Kinds of the book that were left out somewhere. What no request makes is neither made nor deleted.
    pub(crate) fn missing(&self) -> Vec<String> {
        let mut out = Vec::new();
        for kind in KINDS {
            let none = Drawn::default();
            let d = self.kinds.get(kind.name).unwrap_or(&none);
            let made = kind.made_by.is_none();
            for (what, is, can) in [
                ("there", d.there, true),
                ("made", d.made, made),
                ("changed", d.changed, true),
                ("deleted", d.deleted, made),
            ] {
                if can && is == 0 {
                    out.push(format!("{} was never {what}", kind.name));
                }
            }
        }
        out
    }

    /// Fields that can be set and were not: of what every link has, of kinds and of ports.
    pub(crate) fn silent(&self) -> Vec<String> {
        let ports = KINDS.iter().filter_map(|k| k.ports).map(|p| ("port", p.name, p.fields));
        let kinds = KINDS.iter().map(|k| ("kind", k.name, k.fields));
        let all = std::iter::once(("every link", "", &base::FIELDS)).chain(kinds).chain(ports);
        let never = |(what, name, fields): (&str, &str, &'static Fields)| {
            let set = |name| self.set.contains(&(table(fields), name));
            let fields = fields.list().iter().filter(|f| f.is_state() && !set(f.name));
            fields.map(|f| format!("{what} {name} {}", f.name)).collect::<Vec<_>>()
        };
        all.flat_map(never).collect()
    }
}
