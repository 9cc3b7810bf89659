//! Seven laws, on random worlds and goals, against the model kernel.

#[path = "../common/mod.rs"]
mod common;
mod goal;
mod kept;
mod killed;
mod torn;
mod world;

use std::collections::BTreeMap;

use common::met;
use goal::goal;
use kept::kept;
use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, World};
use linkctl_plan::disruption::{Facts, Manner, losses};
use linkctl_plan::{Act, Conflict, Harm, Model, Plan, Reason, Trace, back, plan};
use linkctl_schema::arbitrary::Dice;
use world::world;

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

/// Law 6: without any one step the goal is missed, something is disturbed, or a later step is refused.
fn minimal(have: &World, plan: &Plan, goal: &Goal) -> Result<(), String> {
    // A detour round a link that is in the way is a last resort, not a shortest one.
    if plan.steps.iter().flat_map(|s| &s.why).any(|r| matches!(r, Reason::Lifts(_) | Reason::Yields)) {
        return Ok(());
    }
    for skip in 0..plan.steps.len() {
        let mut rest = plan.clone();
        let step = rest.steps.remove(skip);
        if matches!(&step.act, Act::Base(_, r) | Act::Data(_, r) if r.iter().all(|(f, _)| f.volatile)) {
            continue;
        }
        // Tunnels bring a team their MTU, which may be the one that is wanted.
        let only = |name: &str| matches!(&step.act, Act::Base(_, r) if r.iter().all(|(f, _)| f.name == name));
        // And those on one link below resolve neighbours as their mode says, which another's may change again.
        if only("arp") {
            continue;
        }
        if only("mtu") && plan.steps.iter().any(|s| matches!(s.act, Act::Master(_, Some(_)))) {
            continue;
        }
        // What the kernel forgets as ports go comes back where it can.
        if matches!(&step.act, Act::Data(_, r) if r.iter().all(|(f, _)| f.late)) {
            continue;
        }
        // What a new link has of these only the kernel knows.
        let made = |k: &Key| {
            let made = |k: &Key| {
                plan.steps.iter().any(|s| matches!(&s.act, Act::Create { key, peer, .. } if key == k || peer.as_ref().is_some_and(|(p, _)| p == k)))
            };
            made(k)
                || plan
                    .steps
                    .iter()
                    .any(|s| matches!(&s.act, Act::Rename(from, to) if from.beside(*to) == *k && made(from)))
        };
        if matches!(&step.act, Act::Base(k, r) if made(k) && r.value(&base::INET4.0).is_some()) {
            continue;
        }
        if let Ok(after) = run(have, &rest)
            && met(&after, goal).is_ok()
            && kept(have, &after, goal).is_ok()
        {
            return Err(format!("step {skip} is idle: {:?} in {}", step.why, acts(plan)));
        }
    }
    Ok(())
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

fn laws(have: &World, want: &Goal, plan_: &Plan) -> Result<usize, String> {
    let after = run(have, plan_).map_err(|e| format!("law 1: {e}"))?;
    met(&after, want).map_err(|e| format!("law 2: {e}"))?;
    match plan(&after, want) {
        Ok(again) if again.is_empty() => {}
        again => return Err(format!("law 3: {}", again.map_or_else(|e| format!("{e:?}"), |p| acts(&p)))),
    }
    kept(have, &after, want).map_err(|e| format!("law 4: {e}"))?;
    told(have, &after, plan_).map_err(|e| format!("law 7: {e}"))?;
    let home = back(have, &after);
    let way = plan(&after, &home).map_err(|e| format!("law 5: no way: {e:?}"))?;
    let at_home = run(&after, &way).map_err(|e| format!("law 5: {e}"))?;
    met(&at_home, &home).map_err(|e| format!("law 5: {e}"))?;
    if at_home.keys().ne(have.keys()) {
        return Err(format!("law 5: {:?} is not {:?}", at_home.keys(), have.keys()));
    }
    if plan_.steps.len() <= 6 {
        minimal(have, plan_, want).map_err(|e| format!("law 6: {e}"))?;
    }
    Ok(way.steps.len())
}

fn word(conflict: &Conflict) -> String {
    let text = format!("{conflict:?}");
    let word = text.split(['(', ' ', '{']).next().unwrap_or_default().to_owned();
    match conflict {
        Conflict::Refused { refusal, .. } => format!("{word} {:?}", refusal.errno),
        _ => word,
    }
}

#[test]
fn plans_succeed_reach_their_goal_disturb_nothing_else_waste_nothing_and_can_be_walked_back() {
    let seed = number("LINKCTL_SEED", 1);
    let cases = number("LINKCTL_CASES", 20_000);
    println!("LINKCTL_SEED={seed} LINKCTL_CASES={cases}");
    let (mut plans, mut empty, mut steps, mut returns) = (0, 0, 0, 0);
    let mut conflicts: BTreeMap<String, usize> = BTreeMap::new();
    let mut broken: Vec<String> = Vec::new();
    for case in 0..cases {
        if broken.len() >= 8 {
            break;
        }
        let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(case));
        let have = world(&mut dice, 10);
        let want = goal(&mut dice, &have);
        match plan(&have, &want) {
            Ok(found) => {
                plans += 1;
                empty += usize::from(found.is_empty());
                steps += found.steps.len();
                match laws(&have, &want, &found) {
                    Ok(n) => returns += n,
                    Err(e) => broken.push(format!(
                        "case {case} (LINKCTL_SEED={seed}): {e}\nhave {}\nwant {}\nplan {}",
                        common::all(&have),
                        common::wanted(&want),
                        acts(&found)
                    )),
                }
            }
            Err(found) => *conflicts.entry(word(&found[0])).or_default() += 1,
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n\n"));
    let refused: usize = conflicts.values().sum();
    println!(
        "{plans} plans ({empty} empty), {steps} steps there, {returns} steps back; {refused} conflicts {conflicts:?}"
    );
    assert!(refused * 2 <= cases as usize, "more than half of all goals are conflicts");
}

#[test]
fn what_is_declared_plans_to_nothing_and_so_does_the_file_of_it() {
    let seed = number("LINKCTL_SEED", 1);
    for case in 0..number("LINKCTL_CASES", 20_000) / 10 {
        let mut dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(case));
        let have = world(&mut dice, 10);
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
