//! Seven laws, on random worlds and goals, against the model kernel.

#[path = "../common/mod.rs"]
mod common;
mod draw;
mod goal;
mod kept;
mod killed;
mod minimal;
mod tally;
mod torn;
mod world;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use common::met;
use draw::{Draw, Source};
use goal::goal;
use kept::kept;
use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, World};
use linkctl_plan::disruption::{Facts, Manner, losses};
use linkctl_plan::{Conflict, Errno, Harm, Model, Plan, Trace, back, plan};
use minimal::minimal;
use tally::Tally;
use world::world;

/// How many cases a run has where nothing else is said. Laws that take many plans to one case have a part of them.
const CASES: u64 = 100_000;
/// The longest plan of which each step is left out in turn.
const LONGEST: usize = 30;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// Carries a plan out; law 1.
fn run(have: &World, plan: &Plan) -> Result<World, String> {
    let mut model = Model::new(have.clone());
    for (i, step) in plan.steps.iter().enumerate() {
        model.act(&step.act).map_err(|e| format!("step {i} of {}: {e:?}", acts(plan)))?;
        assert!(!step.why.is_empty(), "a step without a reason: {}", common::act(&step.act));
    }
    Ok(model.into_world())
}

fn acts(plan: &Plan) -> String {
    plan.steps.iter().enumerate().map(|(i, s)| format!("\n  {i} {}", common::act(&s.act))).collect()
}

/// Law 7: what is told of a plan's cost is what happens: every link that changes is counted, in the right manner.
fn told(have: &World, after: &World, plan: &Plan) -> Result<(), String> {
    let effects = losses(have, &Trace::new(have, plan), &Facts::default());
    for key in have.keys().chain(after.keys()) {
        let (was, is, manner) = (have.get(key), after.get(key), effects.links.get(key));
        let right = match (was, is) {
            (Some(_), None) => manner == Some(&Manner::Delete),
            (None, Some(_)) => manner == Some(&Manner::Create),
            (Some(was), Some(is)) => {
                let down = matches!(manner, Some(Manner::Down | Manner::Stopped | Manner::Rebuild));
                (was == is || manner.is_some())
                    && (was.up() != Some(true) || is.up() == Some(true) || down)
                    && manner != Some(&Manner::Create)
                    && manner != Some(&Manner::Delete)
            }
            (None, None) => true,
        };
        if !right {
            return Err(format!("{key} is told as {manner:?}"));
        }
    }
    let rebuilt = plan.disruptions.iter().filter(|d| d.harm == Harm::Rebuilt);
    match rebuilt.map(|d| &d.link).find(|k| effects.links.get(k) != Some(&Manner::Rebuild)) {
        Some(key) => Err(format!("{key} is rebuilt and told as {:?}", effects.links.get(key))),
        None => Ok(()),
    }
}

/// What the laws went through: steps of the way back, steps that were left out in turn, and those that were not.
type Gone = (usize, usize, usize);

fn laws(have: &World, want: &Goal, plan_: &Plan) -> Result<Gone, String> {
    let after = run(have, plan_).map_err(|e| format!("law 1: {e}"))?;
    met(&after, want).map_err(|e| format!("law 2: {e}"))?;
    match plan(&after, want) {
        Ok(again) if again.is_empty() => {}
        again => return Err(format!("law 3: {}", again.map_or_else(|e| format!("{e:?}"), |p| acts(&p)))),
    }
    kept(have, &after, want).map_err(|e| format!("law 4: {e}"))?;
    told(have, &after, plan_).map_err(|e| format!("law 7: {e}"))?;
    let home = back(have, &after);
    let way = match plan(&after, &home) {
        Ok(way) => way,
        Err(e) if is_of_another_sort(&e) || is_lent(have, &e) => return Ok((0, 0, 0)),
        Err(e) => return Err(format!("law 5: no way: {e:?}")),
    };
    let at_home = run(&after, &way).map_err(|e| format!("law 5: {e}"))?;
    met(&at_home, &home).map_err(|e| format!("law 5: {e}"))?;
    if at_home.keys().ne(have.keys()) {
        return Err(format!("law 5: {:?} is not {:?}", at_home.keys(), have.keys()));
    }
    let short = plan_.steps.len() <= LONGEST;
    let tried = if short { minimal(have, plan_, want) } else { Ok((0, 0)) };
    let (tried, spared) = tried.map_err(|e| format!("law 6: {e}"))?;
    Ok((way.steps.len(), tried, spared))
}

/// Whether a link below, whose address was told of nobody, was lent another's: a kernel tells each link's, so that it gets it back.
fn is_lent(have: &World, all: &[Conflict]) -> bool {
    let untold = |key: &Key| {
        let lower = have.get(key).and_then(|l| have.get(l.lower.as_ref()?));
        lower.is_some_and(|l| l.base.get(base::ADDRESS).is_none())
    };
    all.iter().all(|c| matches!(c, Conflict::Refused { link, refusal } if refusal.errno == Errno::AddrInUse && untold(link)))
}

/// Whether it is for a bond or team that became what its port is, after something had been put on it that only Ethernet
/// carries: it becomes that again by being made anew, which no plan does for another link's sake.
fn is_of_another_sort(conflicts: &[Conflict]) -> bool {
    let alien = |c: &Conflict| matches!(c, Conflict::Refused { refusal, .. } if refusal.why.contains("carry no Ethernet"));
    conflicts.iter().all(alien)
}

fn word(conflict: &Conflict) -> String {
    let text = format!("{conflict:?}");
    let word = text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned();
    match conflict {
        Conflict::Refused { refusal, .. } => format!("{word} {:?}", refusal.errno),
        _ => word,
    }
}

/// What a run came to.
#[derive(Default)]
struct Run {
    plans: usize,
    empty: usize,
    steps: usize,
    gone: [usize; 3],
    conflicts: BTreeMap<String, usize>,
    broken: Vec<String>,
    tally: Tally,
}

impl Run {
    fn case(&mut self, book: &Source, seed: u64, case: u64) {
        let mut draw = Draw::new(book, seed.wrapping_mul(1_000_003).wrapping_add(case));
        let have = world(&mut draw, 10);
        let want = goal(&mut draw, &have);
        let found = match plan(&have, &want) {
            Ok(found) => found,
            Err(found) => return *self.conflicts.entry(word(&found[0])).or_default() += 1,
        };
        self.plans += 1;
        self.empty += usize::from(found.is_empty());
        self.steps += found.steps.len();
        self.tally.count(&have, &found);
        match laws(&have, &want, &found) {
            Ok((back, tried, spared)) => {
                self.gone.iter_mut().zip([back, tried, spared]).for_each(|(sum, n)| *sum += n);
            }
            Err(e) => self.broken.push(format!(
                "LINKCTL_SEED={seed} LINKCTL_CASE={case}: {e}\nhave {}\nwant {}\nplan {}",
                common::all(&have),
                common::wanted(&want),
                acts(&found)
            )),
        }
    }

    fn add(&mut self, other: Self) {
        self.plans += other.plans;
        self.empty += other.empty;
        self.steps += other.steps;
        self.gone.iter_mut().zip(other.gone).for_each(|(sum, n)| *sum += n);
        other.conflicts.into_iter().for_each(|(word, n)| *self.conflicts.entry(word).or_default() += n);
        self.broken.extend(other.broken);
        self.tally.add(other.tally);
    }
}

/// All cases of a seed, on all processors; as soon as eight are broken the rest is left out.
fn all(seed: u64, cases: std::ops::Range<u64>) -> Run {
    let (book, next, sum) = (Source::book(), AtomicU64::new(cases.start), Mutex::new(Run::default()));
    let work = || {
        let mut run = Run::default();
        loop {
            let case = next.fetch_add(1, Ordering::Relaxed);
            if case >= cases.end || run.broken.len() >= 8 {
                break sum.lock().expect("no panic holds it").add(run);
            }
            run.case(&book, seed, case);
        }
    };
    std::thread::scope(|s| {
        (0..std::thread::available_parallelism().map_or(1, usize::from)).for_each(|_| _ = s.spawn(work));
    });
    sum.into_inner().expect("no panic holds it")
}

#[test]
fn plans_succeed_reach_their_goal_disturb_nothing_else_waste_nothing_and_can_be_walked_back() {
    let seed = number("LINKCTL_SEED", 1);
    let cases = number("LINKCTL_CASES", CASES);
    println!("LINKCTL_SEED={seed} LINKCTL_CASES={cases}");
    let one = std::env::var("LINKCTL_CASE").ok().and_then(|v| v.parse().ok());
    let run = all(seed, one.map_or(0..cases, |case: u64| case..case + 1));
    let refused: usize = run.conflicts.values().sum();
    let (Run { plans, empty, steps, conflicts, .. }, [back, tried, spared]) = (&run, run.gone);
    println!(
        "{plans} plans ({empty} empty), {steps} steps there, {back} steps back; {tried} left out in turn, {spared} not"
    );
    println!("{refused} conflicts {conflicts:?}{}", run.tally.lines());
    println!("never set: {:?}", run.tally.silent());
    assert!(run.broken.is_empty(), "{}", run.broken.join("\n\n"));
    if one.is_none() {
        assert!(refused * 2 <= cases as usize, "more than half of all goals are conflicts");
        assert!(spared * 5 <= tried, "steps that may be idle are the exception");
    }
    if cases >= 5_000 && one.is_none() {
        assert!(run.tally.missing().is_empty(), "{:?}", run.tally.missing());
    }
}

#[test]
fn what_is_declared_plans_to_nothing_and_so_does_the_file_of_it() {
    let seed = number("LINKCTL_SEED", 1);
    let book = Source::book();
    for case in 0..number("LINKCTL_CASES", CASES) / 50 {
        let mut draw = Draw::new(&book, seed.wrapping_mul(1_000_003).wrapping_add(case));
        let have = world(&mut draw, 10);
        let goal = linkctl_plan::declare::declare(&have, |_| true);
        let file = linkctl_link::save::yaml(&goal);
        let read = linkctl_link::load::load(std::path::Path::new("a.yaml"), file.as_bytes());
        let read = read.unwrap_or_else(|e| panic!("case {case}: {}\n{file}", e[0]));
        for goal in [&goal, &read] {
            match plan(&have, goal) {
                Ok(found) => {
                    assert!(
                        found.is_empty(),
                        "case {case}: {}\n{}\n{file}",
                        acts(&found),
                        common::all(&have)
                    );
                }
                Err(e) => panic!("case {case}: {}\n{}\n{file}", e[0], common::all(&have)),
            }
        }
    }
}
