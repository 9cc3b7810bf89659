//! What a plan costs, shown with it, and whether whoever asked for it consented.

use linkctl::apply::facts;
use linkctl::kernel::{Live, session};
use linkctl::link::{Goal, Netns};
use linkctl::plan::disruption::{Consent, Need, needs};
use linkctl::plan::guard::{Cut, Use, Way, cuts};
use linkctl::plan::{Effects, Harm, Plan, Trace, render};
use linkctl::schema::out::Out;

use super::declared::Declared;
use super::plan::paint;
use super::unread;
use crate::exit::{Failure, Status};
use crate::term::{Colour, Term};

/// How many causes a refusal names.
const MOST: usize = 12;

/// What a person consented to, by words on the command line or in the file.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Given {
    /// Links may be deleted and made anew.
    pub(crate) rebuild: bool,
    /// What nobody asked for may be lost.
    pub(crate) disruption: bool,
    /// The session and the default route may be cut, or all is taken back unless it is confirmed in time.
    pub(crate) lockout: bool,
}

impl crate::args::Allowed {
    /// What these words and a file allow together.
    pub(crate) fn given(self, goal: &Goal) -> Given {
        let file = Given::by(goal);
        Given {
            rebuild: self.rebuild || file.rebuild,
            disruption: self.allow_disruption || file.disruption,
            ..file
        }
    }
}

impl Given {
    /// What a file allows by itself.
    pub(crate) fn by(goal: &Goal) -> Self {
        Self { rebuild: goal.rebuild, disruption: goal.disruption, ..Self::default() }
    }

    fn covers(self, need: &Need) -> bool {
        match need.consent() {
            Consent::Rebuild => self.rebuild,
            Consent::Disruption => self.disruption,
        }
    }
}

impl crate::args::Cutting {
    /// Whether these words allow that whoever asks is cut off.
    pub(crate) fn covers(self) -> bool {
        self.allow_lockout || self.confirm.is_some()
    }
}

/// The ways of whoever asks that a plan cuts.
#[derive(Default)]
pub(crate) struct Cuts(Vec<Cut>);

impl Cuts {
    /// Asks the kernel for the ways, and for what a plan costs where there are any.
    pub(crate) fn new(declared: &Declared, plan: &Plan, live: &mut Live) -> Result<Self, Failure> {
        let trace = Trace::new(&declared.world, plan);
        let ways = ways(declared, &trace, live)?;
        if ways.is_empty() {
            return Ok(Self::default());
        }
        let (_, effects) =
            facts::effects(live, &declared.read, &declared.world, &trace).map_err(|e| unread(&e))?;
        Ok(Self(cuts(&declared.world, &trace, &effects, &ways)))
    }

    /// A line for each.
    pub(crate) fn text(&self, term: Term) -> String {
        self.0.iter().map(|cut| format!("{} {cut}\n", term.paint(Colour::Red, "cuts:"))).collect()
    }

    /// Refuses them unless they are allowed.
    pub(crate) fn permit(&self, lockout: bool) -> Result<(), Failure> {
        if self.0.is_empty() || lockout {
            return Ok(());
        }
        let what: Vec<String> = self.0.iter().map(|c| format!("  {c}")).collect();
        let session = self.0.iter().any(|c| matches!(c.used, Use::Session { .. }));
        let who = if session { "the plan may cut you off:" } else { "the plan may cut the machine off:" };
        Err(Failure::new(Status::Refused, format!("{who}\n{}", what.join("\n")))
            .hint("say --confirm: all is taken back unless you confirm in time that you are still there")
            .hint("or --allow-lockout, where you have another way in; nothing was changed"))
    }
}

/// The ways that must not be cut; none where a plan disturbs nothing.
fn ways(declared: &Declared, trace: &Trace, live: &mut Live) -> Result<Vec<Way>, Failure> {
    if !trace.disturbs() {
        return Ok(Vec::new());
    }
    let mut spaces: Vec<Netns> = declared.world.keys().map(|k| k.netns.clone()).collect();
    spaces.dedup();
    let hint = std::env::var("SSH_CONNECTION").ok();
    let sessions = session::of_this_process(hint.as_deref());
    facts::ways(live, &declared.read, &declared.world, &spaces, &sessions).map_err(|e| unread(&e))
}

/// What a plan costs.
pub(crate) struct Weighed {
    /// The links in numbers, and what they lose.
    pub(crate) effects: Effects,
    cuts: Cuts,
    needs: Vec<Need>,
}

impl Weighed {
    /// Asks the kernel for what the links have to lose, where the plan disturbs any.
    pub(crate) fn new(declared: &Declared, plan: &Plan, live: &mut Live) -> Result<Self, Failure> {
        let trace = Trace::new(&declared.world, plan);
        let (_, effects) =
            facts::effects(live, &declared.read, &declared.world, &trace).map_err(|e| unread(&e))?;
        let cuts = cuts(&declared.world, &trace, &effects, &ways(declared, &trace, live)?);
        Ok(Self { cuts: Cuts(cuts), needs: needs(&declared.world, plan, &effects), effects })
    }

    /// The lines below a plan. `given` tells which consent is still to be asked for.
    pub(crate) fn text(&self, given: Given, term: Term) -> String {
        let mut out = String::new();
        for line in render::effects::lines(&self.effects) {
            paint(&line, term, &mut out);
        }
        out += &self.cuts.text(term);
        let words = self.wanted(given);
        if !words.is_empty() {
            out += &format!("{} {}\n", term.paint(Colour::Yellow, "apply wants"), words.join(" "));
        }
        out
    }

    /// The words on the command line that are missing.
    fn wanted(&self, given: Given) -> Vec<&'static str> {
        let missing = |c: Consent| self.needs.iter().any(|n| n.consent() == c && !given.covers(n));
        let cut = !self.cuts.0.is_empty() && !given.lockout;
        [
            (missing(Consent::Rebuild), "--rebuild"),
            (missing(Consent::Disruption), "--allow-disruption"),
            (cut, "--confirm or --allow-lockout"),
        ]
        .into_iter()
        .filter_map(|(is, word)| is.then_some(word))
        .collect()
    }

    /// The same as members of the plan's JSON.
    pub(crate) fn members(&self, out: &mut Out) {
        render::effects::members(&self.effects, &self.cuts.0, &self.needs, out);
    }

    /// Refuses what nobody consented to.
    pub(crate) fn permit(&self, given: Given) -> Result<(), Failure> {
        let missing: Vec<&Need> = self.needs.iter().filter(|n| !given.covers(n)).collect();
        if let Some(first) = missing.first() {
            return Err(unasked(first.consent(), &missing));
        }
        self.cuts.permit(given.lockout)
    }
}

/// Why a plan is refused that nobody consented to.
fn unasked(consent: Consent, missing: &[&Need]) -> Failure {
    let of = missing.iter().filter(|n| n.consent() == consent);
    let mut what: Vec<String> = of.map(|need| format!("  {}: {}", need.link(), clause(need))).collect();
    let more = what.len().saturating_sub(MOST);
    what.truncate(MOST);
    if more > 0 {
        what.push(format!("  and {more} more"));
    }
    let (head, word, entry) = match consent {
        Consent::Rebuild => ("links would be deleted and made anew:", "--rebuild", "rebuild: allow"),
        Consent::Disruption => {
            ("the plan takes more than it was asked for:", "--allow-disruption", "disruption: allow")
        }
    };
    Failure::new(Status::Refused, format!("{head}\n{}", what.join("\n")))
        .hint(format!("say {word}, or {entry} in the file; nothing was changed"))
}

fn clause(need: &Need) -> String {
    let why =
        |why: &[linkctl::plan::Reason]| why.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match need {
        Need::Rebuilt(_, reasons) => why(reasons),
        Need::Disturbed(d) => {
            let harm = match d.harm {
                Harm::Rebuilt => "it is made anew",
                Harm::Gone => "it is deleted",
                Harm::Released => "it leaves its master",
                Harm::Down => "it goes down",
                Harm::Functions => "its virtual functions go, and who uses them loses them",
                Harm::Forgotten => "its fixed speed is not told, so that no undo brings it back",
                Harm::Reset => "its hardware is set up anew",
                Harm::Shrunk => "its MTU is smaller then",
            };
            format!("{harm}: {}", why(&d.why))
        }
        Need::Lost(loss) => render::effects::clause(loss),
    }
}
