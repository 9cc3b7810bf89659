//! One case: a world, a goal, the plan carried out, the laws on what is read, and the way back.

use std::collections::BTreeMap;

use linkctl_conformance::lockstep::{Difference, Odds, Pair, read};
use linkctl_link::{Goal, World};
use linkctl_plan::{Model, Plan, back, plan, plan_asking};

use crate::common::{self, met};
use crate::draw::{Draw, Source};
use crate::excuse::{self, excuse};
use crate::goal::goal;
use crate::ground::{Fall, Ground, build, transact};
use crate::kept::kept;
use crate::minimal::minimal;
use crate::tally::Tally;
use crate::world::world;

/// The longest plan of which each step is left out in turn.
const LONGEST: usize = 30;

/// What became of a case.
pub(crate) enum Verdict {
    /// All laws hold.
    Held { there: usize, back: usize, tried: usize, spared: usize },
    /// There is no plan.
    Conflict,
    /// Model and kernel differ in a known way.
    Excused(&'static str),
    /// A law is broken.
    Broken(String),
}

/// A case, and what building its world came to.
pub(crate) struct Case {
    pub(crate) verdict: Verdict,
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) tally: Tally,
}

/// A world in the calling thread's namespaces and a goal for it.
fn begin(source: &Source, seed: u64) -> (World, Goal, BTreeMap<String, u64>) {
    let mut draw = Draw::new(source, seed);
    let drawn = world(&mut draw, 8);
    let (have, refused) = build(&drawn);
    let want = goal(&mut draw, &have);
    (have, want, refused)
}

/// Goes through a case in the calling thread's namespaces.
pub(crate) fn case(source: &Source, seed: u64) -> Case {
    let (have, want, refused) = begin(source, seed);
    let mut tally = Tally::default();
    let verdict = match plan(&have, &want) {
        Err(_) => Verdict::Conflict,
        Ok(way) => {
            tally.count(&have, &way);
            laws(&have, &want, &way).unwrap_or_else(|why| doubt(source, seed, &why))
        }
    };
    Case { verdict, refused, tally }
}

/// Why a case does not hold.
struct Broken {
    law: String,
    /// The step that the kernel refused of the way there, or of the way back.
    refused: Option<Box<Difference>>,
    /// Whether it is a law about the way back.
    back: bool,
    /// Whether what failed was not taken back either: nothing excuses that.
    lost: bool,
    /// The word for it, where it may be so.
    known: Option<&'static str>,
}

impl Broken {
    fn law(law: String) -> Self {
        Self { law, refused: None, back: false, lost: false, known: None }
    }

    /// A plan that did not come to its end.
    fn fall(law: &str, fall: Fall, from: &World, way: &Plan, back: bool) -> Self {
        match fall {
            Fall::Refused(step, no) => {
                let mut model = Model::lenient(from.clone());
                way.steps[..step].iter().for_each(|s| _ = model.act(&s.act));
                let before = model.into_world();
                let act = way.steps[step].act.clone();
                let law = format!("{law}: step {step} is refused: {} ({})", no.text, no.errno);
                let odds = Odds::Promised(no);
                let d = Difference { act, after: before.clone(), before, odds, refused: true, far: true };
                Self { law, refused: Some(Box::new(d)), back, lost: false, known: None }
            }
            Fall::Missed(rest) => {
                let known = excuse::missing(&rest);
                Self { back, known, ..Self::law(format!("{law}: not as wanted, missing: {}", acts(&rest))) }
            }
            Fall::Odd(what) => Self { back, ..Self::law(format!("{law}: {what}")) },
            Fall::NoWayBack(what) => {
                Self { back, lost: true, ..Self::law(format!("{law}: it is not taken back: {what}")) }
            }
        }
    }
}

fn laws(have: &World, want: &Goal, way: &Plan) -> Result<Verdict, Broken> {
    let done = transact(way, have, want);
    let after = read();
    if let Err(fall) = done {
        let taken_back = !matches!(fall, Fall::NoWayBack(_));
        if taken_back && let Err(e) = kept(have, &after, &Goal::new()) {
            return Err(Broken { lost: true, ..Broken::law(format!("taken back, and not as before: {e}")) });
        }
        let stuck = matches!(&fall, Fall::Missed(rest) if rest.steps.is_empty());
        let broken = Broken::fall("law 1", fall, have, way, false);
        return Err(Broken {
            known: broken.known.or_else(|| excuse::stateless(want).filter(|_| stuck)),
            ..broken
        });
    }
    met(&after, want).map_err(|e| Broken::law(format!("law 2: {e}")))?;
    match plan(&after, want) {
        Ok(again) if again.is_empty() => {}
        Ok(again) => return Err(Broken::law(format!("law 3: {}", acts(&again)))),
        Err(e) => return Err(Broken::law(format!("law 3: {e:?}"))),
    }
    kept(have, &after, want).map_err(|e| Broken::law(format!("law 4: {e}")))?;
    // Which steps a kernel could do without nobody can try without a kernel for each: the model takes its place.
    let short = way.steps.len() <= LONGEST;
    let tried = if short { minimal(have, way, want) } else { Ok((0, 0)) };
    let (tried, spared) = tried.map_err(|e| Broken::law(format!("law 6: {e}")))?;
    let home = back(have, &after);
    let back = plan_asking(&after, &home, &BTreeMap::new())
        .map_err(|e| Broken { back: true, ..Broken::law(format!("law 5: no way: {e:?}")) })?;
    let there = way.steps.len();
    transact(&back, &after, &home).map_err(|fall| Broken::fall("law 5", fall, &after, &back, true))?;
    let at_home = read();
    let same = met(&at_home, &home).and_then(|()| kept(have, &at_home, &Goal::new()));
    same.map_err(|e| Broken { back: true, ..Broken::law(format!("law 5: {e}")) })?;
    Ok(Verdict::Held { there, back: back.steps.len(), tried, spared })
}

/// What to think of a broken law: goes through the case again, act by act beside a model, in a world of its own.
fn doubt(source: &Source, seed: u64, broken: &Broken) -> Verdict {
    if let Some(known) = excuse::hidden(&broken.law).filter(|_| broken.lost || broken.back) {
        return Verdict::Excused(known);
    }
    if broken.lost {
        return Verdict::Broken(format!("{}\n{}", broken.law, again(source, seed).1));
    }
    let known = broken.known.or_else(|| excuse::any_time(&broken.law));
    if let Some(known) = known.or_else(|| broken.refused.as_ref().and_then(|d| excuse(d))) {
        return Verdict::Excused(known);
    }
    let ((found, on_the_way_back), text) = again(source, seed);
    let found: Vec<Difference> =
        found.into_iter().chain(on_the_way_back.into_iter().filter(|_| broken.back)).collect();
    let known: Vec<Option<&'static str>> = found.iter().map(excuse).collect();
    match known.first() {
        Some(Some(first)) if known.iter().all(Option::is_some) => Verdict::Excused(first),
        _ => {
            let odd: Vec<String> =
                found.iter().filter(|d| excuse(d).is_none()).map(ToString::to_string).collect();
            let refused = broken.refused.iter().map(|d| format!("\n{d}")).collect::<String>();
            Verdict::Broken(format!("{}{refused}\nact by act: {}\n{text}", broken.law, odd.join("\n")))
        }
    }
}

/// Differences there and on the way back.
type Found = (Vec<Difference>, Vec<Difference>);

/// How model and kernel differ over each act of a case, in a world of its own; and the case for who reads it.
fn again(source: &Source, seed: u64) -> (Found, String) {
    let run = || {
        let _ground = Ground::new();
        let (have, want, _) = begin(source, seed);
        let Ok(way) = plan(&have, &want) else {
            return (Found::default(), "and there is no plan now".into());
        };
        let text =
            format!("have {}\nwant {}\nplan {}", common::all(&have), common::wanted(&want), acts(&way));
        let there = walk(&way);
        let after = read();
        let rest = plan(&after, &want).map_or_else(|e| format!("{e:?}"), |p| acts(&p));
        let text = format!("{text}\nthen {rest}");
        let home = plan_asking(&after, &back(&have, &after), &BTreeMap::new());
        let Ok(home) = home else { return ((there, Vec::new()), text) };
        ((there, walk(&home)), format!("{text}\nback {}", acts(&home)))
    };
    std::thread::scope(|s| s.spawn(run).join()).expect("no panic")
}

fn walk(way: &Plan) -> Vec<Difference> {
    let mut pair = Pair::here();
    way.steps.iter().flat_map(|s| pair.step(&s.act).odds).collect()
}

pub(crate) fn acts(plan: &Plan) -> String {
    plan.steps.iter().enumerate().map(|(i, s)| format!("\n  {i} {}", common::act(&s.act))).collect()
}
