//! A plan carried out on copies of the links first: what became of it, in words and as JSON.

use linkctl::apply::Stopped;
use linkctl::apply::rehearse::{End, Impossible, Rehearsal, Untold, rehearse};
use linkctl::kernel::{Error, errno};
use linkctl::plan::{Act, Plan};
use linkctl::schema::out::Out;

use super::change::unfulfilled;
use super::declared::Declared;
use crate::args::{self, Rehearse};
use crate::exit::{Failure, Status};
use crate::explain;
use crate::span::steps;
use crate::term::{Colour, Term};

/// Whether a plan is to be rehearsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// No.
    No,
    /// Where it can be.
    IfPossible,
    /// Else nothing is done.
    Yes,
}

impl Wanted {
    /// What `apply` is told: who wants to confirm wants to know first, too.
    pub(crate) fn of(args: &args::Apply) -> Self {
        match (args.rehearse, args.cutting.confirm) {
            (Some(Rehearse::Yes), _) => Self::Yes,
            (None, Some(_)) => Self::IfPossible,
            (Some(Rehearse::No), _) | (None, None) => Self::No,
        }
    }
}

/// A rehearsal that was held, or could not be.
pub(crate) struct Rehearsed {
    held: bool,
    steps: usize,
    untold: Vec<String>,
    refused: Option<Failure>,
}

impl Rehearsed {
    /// Rehearses where that is wanted and there is anything to do.
    pub(crate) fn maybe(wanted: Wanted, declared: &Declared, plan: &Plan) -> Result<Option<Self>, Failure> {
        if wanted == Wanted::No || plan.steps.is_empty() {
            return Ok(None);
        }
        match rehearse(plan, &declared.read, &declared.world, &declared.goal) {
            Ok(held) => Ok(Some(told(held, declared, plan))),
            Err(why) if wanted == Wanted::Yes => Err(cannot(&why)),
            Err(why) => {
                let untold = vec![format!("anything: {why}")];
                Ok(Some(Self { held: false, steps: 0, untold, refused: None }))
            }
        }
    }

    /// Why the plan must not be carried out, if so.
    pub(crate) fn verdict(self) -> Result<(), Failure> {
        self.refused.map_or(Ok(()), Err)
    }

    /// The lines below a plan.
    pub(crate) fn text(&self, term: Term) -> String {
        let mut out = match &self.refused {
            None if !self.held => String::new(),
            None => format!(
                "{} {}, and the kernel took them\n",
                term.paint(Colour::Green, "rehearsed"),
                steps(self.steps)
            ),
            Some(_) => format!(
                "{} {}, and the kernel refused the next\n",
                term.paint(Colour::Red, "rehearsed"),
                steps(self.steps)
            ),
        };
        for what in &self.untold {
            out += &format!("  {} {what}\n", term.paint(Colour::Faint, "not rehearsed:"));
        }
        out
    }

    /// `"rehearsal":{…}` of the plan's JSON.
    pub(crate) fn member(&self, out: &mut Out) {
        out.key("rehearsal");
        out.object();
        out.key("steps");
        out.plain(self.steps);
        out.key("refused");
        match &self.refused {
            Some(failure) => out.text(&failure.what),
            None => out.null(),
        }
        out.key("untold");
        out.array();
        self.untold.iter().for_each(|what| out.text(what));
        out.end_array();
        out.end();
    }
}

fn told(mut held: Rehearsal, declared: &Declared, plan: &Plan) -> Rehearsed {
    let untold = held.untold.iter().map(|what| untold(what, plan)).collect();
    let failure = match &held.end {
        End::Taken => None,
        End::Unfulfilled(rest) => Some(unfulfilled(rest)),
        End::Refused(stopped) => {
            let act = match stopped {
                Stopped::Refused { step, .. } => plan.steps.get(*step).map(|s| &s.act),
                _ => None,
            };
            let stood = held
                .untold
                .iter()
                .any(|u| matches!(u, Untold::StandIn { link, .. } if act.is_some_and(|a| a.key() == link)));
            // Of a stand-in the real link tells more.
            let (read, world) =
                if stood { (&declared.read, &declared.world) } else { (&held.read, &held.world) };
            Some(explain::stopped(stopped, act, &mut held.live, read, world))
        }
    };
    let refused = failure.map(|mut failure| {
        failure.what = format!("rehearsed, and refused: {}", failure.what);
        if failure.status == Status::RolledBack {
            failure.status = Status::Refused;
        }
        failure.hint("nothing was changed: this was told by copies of the links")
    });
    Rehearsed { held: true, steps: held.steps, untold, refused }
}

fn untold(what: &Untold, plan: &Plan) -> String {
    match what {
        Untold::StandIn { link, is, stood } => {
            format!(
                "{link} is {is}, and a link of kind {stood} stood in for it: what its driver says is not known"
            )
        }
        Untold::Step(at) => match plan.steps.get(*at).map(|s| &s.act) {
            Some(act @ Act::Create { .. }) => format!("what {} is a port of", act.key()),
            Some(act) => format!("{} {}, which no stand-in can", act.word(), act.key()),
            None => String::new(),
        },
        Untold::Left(n) => format!("{n} more links that may have a say: there are too many"),
    }
}

/// Why no rehearsal could be held.
fn cannot(why: &Impossible) -> Failure {
    let failure = Failure::new(Status::Refused, format!("it cannot be rehearsed: {why}"));
    match why {
        Impossible::Kernel(Error::Io { call: "unshare", errno: errno::EPERM }) => Failure {
            status: Status::Denied,
            ..failure.hint("a network namespace of its own needs CAP_SYS_ADMIN: run it with sudo")
        },
        _ => failure.hint("nothing was changed"),
    }
}
