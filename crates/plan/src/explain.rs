//! What a refusal means: from the kernel's "no" to a sentence and what to do about it.
//!
//! The cases are rules in tables, one table for each thing that can be asked. The first rule that fits the act, the
//! error number and the kernel's sentence, and whose facts the reading bears out, speaks; where none does, the general
//! meaning of the error number does. Refuses to guess: a rule without evidence is silent. Nothing is asked of the
//! system here; what the links are like is in the [`Facts`].

#![allow(clippy::unnecessary_wraps, reason = "all rows of a table have one type")]

mod address;
mod bond;
mod bridge;
mod case;
mod command;
mod create;
mod delete;
mod errno;
mod fallback;
mod foreseen;
mod master;
mod missing;
mod module;
mod mtu;
mod name;
mod netns;
mod offset;
mod options;
mod privilege;
mod rule;
mod settings;
mod tunnel;
mod twin;
mod up;
mod words;

use linkctl_link::{Key, Snapshot, World};

use crate::Act;
use case::Case;
pub use foreseen::foreseen;
use rule::Rule;

/// What the kernel said to a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// The error number, positive.
    pub errno: i32,
    /// The kernel's own sentence, as it came.
    pub message: Option<String>,
    /// Where in the request the offending attribute begins. It can mislead.
    pub offset: Option<u32>,
    /// The number of an attribute that should have been there.
    pub missing: Option<u16>,
}

/// What is known of the links and of the process when a request was refused.
#[derive(Clone, Debug)]
pub struct Facts<'f> {
    /// What was read. The more of the link's namespace it holds, the more can be told.
    pub read: &'f Snapshot,
    /// The same, decoded.
    pub world: &'f World,
    /// The name of the link's driver.
    pub driver: Option<String>,
    /// The named namespaces that have a link of the name.
    pub elsewhere: Vec<String>,
    /// The process has `CAP_NET_ADMIN`.
    pub privileged: bool,
    /// The process is in a user namespace other than the first.
    pub user_namespace: bool,
}

/// What sort of refusal it is; decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// This link, or this value, cannot.
    Refused,
    /// The process may not.
    Denied,
    /// This kernel cannot.
    Incapable,
}

/// A refusal, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which link, what failed and why: one clause, harmless for a terminal.
    pub what: String,
    /// What to do next. Commands in them can be pasted into a shell.
    pub hints: Vec<String>,
    /// What sort of refusal it is.
    pub kind: Kind,
}

impl Said {
    /// With one more thing to do.
    #[must_use]
    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// With one more thing to do, if there is one.
    #[must_use]
    fn maybe(self, hint: Option<String>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// As a refusal of that sort.
    #[must_use]
    fn of(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }
}

/// The tables, in the order in which they are asked: the narrower before the wider.
static TABLES: &[&[Rule]] = &[
    privilege::RULES,
    missing::RULES,
    twin::RULES,
    create::RULES,
    mtu::RULES,
    name::RULES,
    address::RULES,
    master::RULES,
    settings::RULES,
    bridge::RULES,
    bond::RULES,
    tunnel::RULES,
    options::RULES,
    up::RULES,
    delete::RULES,
    netns::RULES,
    module::RULES,
    privilege::LAST,
];

/// The link that an act is about.
pub fn subject(act: &Act) -> &Key {
    act.key()
}

/// Why an act was refused, and what to do. Never panics; what it says holds no control character.
pub fn explain(act: &Act, refused: &Refused, facts: &Facts<'_>) -> Said {
    let case = Case::new(act, refused, facts);
    known(&case).unwrap_or_else(|| fallback::tell(&case))
}

/// What the first rule says that knows the cause.
fn known(case: &Case<'_>) -> Option<Said> {
    TABLES.iter().copied().flatten().filter(|rule| rule.fits(case)).find_map(|rule| rule.tell(case))
}

/// What is covered, as a table of Markdown for the documentation.
pub fn page() -> String {
    let mut out = String::from("| asked | error | the kernel says | what it is |\n|---|---|---|---|\n");
    for rule in TABLES.iter().copied().flatten() {
        out += &rule.row();
    }
    out
}
