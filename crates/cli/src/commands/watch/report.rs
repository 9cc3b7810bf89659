//! How it stands with the links that are kept: in text, in JSON, and what of it is new.

use std::collections::BTreeMap;

use linkctl::link::Key;
use linkctl::plan::split::Waits;
use linkctl::plan::{Plan, Reason};
use linkctl::schema::out::Out;

use super::super::change::differs;
use crate::exit::Status;

/// How it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Report {
    /// What is otherwise than declared, by link.
    pub(crate) drift: BTreeMap<Key, Drift>,
    /// What waits, and for what.
    pub(crate) waiting: BTreeMap<Key, Waits>,
    /// Why it cannot be told, or cannot be had.
    pub(crate) failed: Option<String>,
    /// An apply is open: until it is over nothing is put right.
    pub(crate) suspended: Option<String>,
    /// Why the files are not followed.
    pub(crate) note: Option<String>,
}

/// What is otherwise with one link.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Drift {
    /// In words: what is so, and what should be.
    pub(super) what: Vec<String>,
    /// Who did it, where that is known.
    pub(super) by: Option<String>,
    /// It was put right so often that it is not any more.
    pub(super) contested: bool,
}

impl Report {
    /// What a plan says of the links as they are.
    pub(super) fn of(plan: &Plan) -> BTreeMap<Key, Drift> {
        let mut out: BTreeMap<Key, Drift> = BTreeMap::new();
        for step in &plan.steps {
            let drift = out.entry(step.act.key().clone()).or_default();
            for reason in &step.why {
                let what = match reason {
                    Reason::Differs(delta) => differs(delta),
                    other => other.to_string(),
                };
                if !drift.what.contains(&what) {
                    drift.what.push(what);
                }
            }
        }
        out
    }

    /// One word for all of it.
    pub(crate) fn state(&self) -> &'static str {
        match self {
            Self { suspended: Some(_), .. } => "suspended",
            Self { failed: Some(_), .. } => "failed",
            Self { drift, .. } if !drift.is_empty() => "drifted",
            Self { waiting, .. } if !waiting.is_empty() => "waiting",
            _ => "converged",
        }
    }

    /// The status of whoever asks once.
    pub(crate) fn status(&self) -> Option<Status> {
        match self.state() {
            "failed" => Some(Status::Refused),
            "suspended" => Some(Status::Unknown),
            "drifted" => Some(Status::Pending),
            // What held last is not what the files say.
            _ => self.note.as_ref().map(|_| Status::Partial),
        }
    }

    /// What is as it should be where nothing is otherwise.
    fn holds(&self) -> &'static str {
        match (self.waiting.is_empty(), &self.note) {
            (false, _) => "all else is as declared",
            (true, Some(_)) => "the links are as what held last declares",
            (true, None) => "the links are as declared",
        }
    }

    /// What is new since another report, a line each.
    pub(crate) fn news(&self, before: Option<&Self>) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        let none = Self::default();
        let old = before.unwrap_or(&none);
        for (key, drift) in self.drift.iter().filter(|(k, d)| old.drift.get(*k) != Some(*d)) {
            let by = drift.by.as_ref().map_or(String::new(), |by| format!(" (by {by})"));
            let what = drift.what.join(", ");
            if drift.contested {
                out.push((
                    "contested",
                    format!("{key}: {what}{by}: it is changed again and again, and is left so"),
                ));
            } else {
                out.push(("drifted", format!("{key}: {what}{by}")));
            }
        }
        for (key, waits) in self.waiting.iter().filter(|(k, w)| old.waiting.get(*k) != Some(*w)) {
            out.push(("waiting", format!("{key}: {waits}")));
        }
        let lines = [
            ("failed", &self.failed, &old.failed),
            ("suspended", &self.suspended, &old.suspended),
            ("note", &self.note, &old.note),
        ];
        for (word, new, old) in lines {
            if let Some(text) = new.as_ref().filter(|_| new != old) {
                out.push((word, text.clone()));
            }
        }
        if before.is_none_or(|b| b.state() != self.state()) && matches!(self.state(), "converged" | "waiting")
        {
            out.push(("converged", self.holds().to_owned()));
        }
        out
    }

    /// What is otherwise, waits or failed, as members of an object.
    pub(crate) fn members(&self, out: &mut Out) {
        out.key("drift");
        out.object();
        for (key, drift) in &self.drift {
            out.key(&key.to_string());
            drift.json(out);
        }
        out.end();
        out.key("waiting");
        out.object();
        for (key, waits) in &self.waiting {
            out.key(&key.to_string());
            out.text(&waits.to_string());
        }
        out.end();
        for (word, text) in [("failed", &self.failed), ("suspended", &self.suspended), ("note", &self.note)] {
            if let Some(text) = text {
                out.key(word);
                out.text(text);
            }
        }
    }

    /// All of it, in one line.
    pub(super) fn json(&self, links: usize, losses: u64, repairs: u64) -> String {
        let mut out = Out::new(false);
        out.object();
        out.key("version");
        out.plain(1);
        out.key("state");
        out.text(self.state());
        out.key("links");
        out.plain(links);
        out.key("repairs");
        out.plain(repairs);
        out.key("resyncs");
        out.plain(losses);
        self.members(&mut out);
        out.end();
        out.into_string() + "\n"
    }
}

impl Drift {
    fn json(&self, out: &mut Out) {
        out.object();
        out.key("what");
        out.array();
        self.what.iter().for_each(|w| out.text(w));
        out.end_array();
        if let Some(by) = &self.by {
            out.key("by");
            out.text(by);
        }
        out.key("contested");
        out.plain(self.contested);
        out.end();
    }
}
