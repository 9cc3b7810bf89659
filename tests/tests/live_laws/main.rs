//! The laws of plans on a real kernel: random worlds are built there, random goals planned and applied, and what is read is
//! judged by the laws that `crates/plan/tests/laws` has on the model.

#[path = "../../../crates/plan/tests/common/mod.rs"]
mod common;
#[path = "../../../crates/plan/tests/laws/draw.rs"]
#[allow(dead_code)]
mod draw;
#[path = "../../../crates/plan/tests/laws/goal.rs"]
mod goal;
#[path = "../../../crates/plan/tests/laws/kept.rs"]
mod kept;
#[path = "../../../crates/plan/tests/laws/minimal.rs"]
mod minimal;
#[path = "../../../crates/plan/tests/laws/tally.rs"]
#[allow(dead_code)]
mod tally;
#[path = "../../../crates/plan/tests/laws/world.rs"]
mod world;

mod check;
mod excuse;
mod ground;
mod source;

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use check::{Verdict, case};
use draw::Source;
use ground::Ground;
use linkctl_conformance::running::{keep_empty, kernel};
use linkctl_conformance::skip;
use tally::Tally;

/// How many worlds there are at a time: the kernel waits much, and each for itself.
const THREADS: usize = 4;
/// How many cases a pair of namespaces sees, one after the other.
const EACH: u64 = 20;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|v| v.parse().ok())
}

/// What a run came to.
#[derive(Default)]
struct Run {
    cases: u64,
    held: u64,
    sums: [usize; 4],
    conflicts: u64,
    excused: BTreeMap<&'static str, u64>,
    refused: BTreeMap<String, u64>,
    broken: Vec<String>,
    tally: Tally,
}

impl Run {
    fn count(&mut self, seed: u64, at: u64, case: check::Case) {
        self.cases += 1;
        self.tally.add(case.tally);
        case.refused.into_iter().for_each(|(why, n)| *self.refused.entry(why).or_default() += n);
        match case.verdict {
            Verdict::Held { there, back, tried, spared } => {
                self.held += 1;
                self.sums.iter_mut().zip([there, back, tried, spared]).for_each(|(sum, n)| *sum += n);
            }
            Verdict::Conflict => self.conflicts += 1,
            Verdict::Excused(name) => *self.excused.entry(name).or_default() += 1,
            Verdict::Broken(why) => {
                self.broken.push(format!("LINKCTL_LAWS_SEED={seed} LINKCTL_LAWS_CASE={at}: {why}"));
            }
        }
    }

    fn told(&self, seed: u64) -> String {
        let (major, minor) = kernel();
        let [there, back, tried, spared] = self.sums;
        format!(
            "Linux {major}.{minor}, LINKCTL_LAWS_SEED={seed}: {} cases: the laws hold in {}, {} conflicts, excused {:?}\n\
             {there} steps there, {back} back; {tried} left out in turn, {spared} not\n\
             while building the kernel refused {:?}{}\n",
            self.cases,
            self.held,
            self.conflicts,
            self.excused,
            self.refused,
            self.tally.lines()
        )
    }
}

/// Cases in a thread of their own, for there is no way back from a namespace; until the namespaces are not as new any more.
fn some(source: &Source, seed: u64, cases: impl IntoIterator<Item = u64>, sum: &Mutex<Run>) {
    let ground = Ground::new();
    for at in cases {
        let case = case(source, seed.wrapping_mul(1_000_003).wrapping_add(at));
        sum.lock().expect("no panic holds it").count(seed, at, case);
        if !ground.sweep() {
            return;
        }
    }
}

/// So many cases in which the laws hold, or four times as many cases.
fn all(source: &Source, seed: u64, wanted: u64) -> Run {
    let (next, sum) = (AtomicU64::new(0), Mutex::new(Run::default()));
    let done = || {
        let sum = sum.lock().expect("no panic holds it");
        sum.held >= wanted || sum.cases >= 4 * wanted || sum.broken.len() >= 8
    };
    std::thread::scope(|s| {
        let work = || {
            while !done() {
                let cases = (0..EACH).map_while(|_| (!done()).then(|| next.fetch_add(1, Ordering::Relaxed)));
                std::thread::scope(|s| s.spawn(|| some(source, seed, cases, &sum)).join()).expect("no panic");
            }
        };
        (0..THREADS).for_each(|_| _ = s.spawn(work));
    });
    sum.into_inner().expect("no panic holds it")
}

#[test]
fn plans_carried_out_on_a_kernel_reach_their_goal_disturb_nothing_else_and_are_taken_back() {
    keep_empty();
    if let Err(e) = std::thread::spawn(linkctl::kernel::isolate).join().expect("no panic") {
        return skip(&e.to_string());
    }
    // What a tunnel can be put into; without them those settings are refused.
    for module in ["fou", "fou6"] {
        let _ = std::process::Command::new("modprobe").arg(module).status();
    }
    let short = std::env::var_os("LINKCTL_IN_VM").is_some() && std::env::var_os("LINKCTL_LONG").is_none();
    let wanted = number("LINKCTL_LAWS_CASES").unwrap_or(if short { 200 } else { 1_000 });
    let seed = number("LINKCTL_LAWS_SEED").unwrap_or(1);
    let source = source::source();
    let run = match number("LINKCTL_LAWS_CASE") {
        Some(at) => {
            let sum = Mutex::new(Run::default());
            std::thread::scope(|s| s.spawn(|| some(&source, seed, [at], &sum)).join()).expect("no panic");
            sum.into_inner().expect("no panic holds it")
        }
        None => all(&source, seed, wanted),
    };
    let _ = std::io::stderr().write_all(run.told(seed).as_bytes());
    assert!(run.broken.is_empty(), "{}", run.broken.join("\n\n"));
    if number("LINKCTL_LAWS_CASE").is_none() {
        assert!(run.held >= wanted, "too few cases could be tried");
        let excused: u64 = run.excused.values().sum();
        assert!(excused * 4 <= run.held, "what is excused is the exception");
    }
}
