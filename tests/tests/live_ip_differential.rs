//! The compatibility face is the genuine `ip` and `bridge`: thousands of command lines drawn from the tables, each carried
//! out by both, each in a world of its own.
//!
//! `LINKCTL_DIFF_CASES` says how many lines, `LINKCTL_DIFF_SEED` which; both are printed. What may differ stands in
//! `tests/ip/differences.txt`, each with its reason.

use std::collections::BTreeMap;
use std::fmt::Write;

use linkctl::kinds::KINDS;
use linkctl_conformance::Space;
use linkctl_conformance::ip::excuse::{self, Difference, Excuse};
use linkctl_conformance::ip::generate::Generator;
use linkctl_conformance::ip::script::{Script, Watch};
use linkctl_conformance::ip::{Programs, wire};
use linkctl_conformance::stage::Stage;

/// How many lines run every time, here and in the rig, where starting a program takes ten times as long.
const USUAL: (u64, u64) = (600, 150);
/// How many in a long run (`cargo xtask test --long`).
const LONG: (u64, u64) = (10_000, 1_500);
/// Every so many scripts the requests are compared, too: strace is slow.
const TRACED: u64 = 8;
/// So many are told in full.
const TOLD: usize = 40;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable)
        .ok()
        .map(|v| v.parse().unwrap_or_else(|_| panic!("{variable}: a number, not {v}")))
}

/// The differences that no excuse covers, of a script that differed once: carried out again, step by step.
fn defects(
    script: &Script,
    programs: &Programs,
    space: &Space,
    excuses: &[Excuse],
    used: &mut BTreeMap<String, u64>,
) -> Vec<Difference> {
    let mut left = Vec::new();
    // What is only a matter of time differs another time elsewhere.
    for _ in 0..3 {
        left = script.differences(programs, space, Watch { steps: true, requests: wire::can_trace() });
        // Once the links differ for a good reason, everything after may differ for the same.
        let mut parted = false;
        left.retain(|d| {
            if parted {
                return false;
            }
            let excuse = excuses.iter().find(|e| e.covers(d));
            parted |= d.what == "links" && excuse.is_some();
            if let Some(e) = excuse {
                *used.entry(e.name.clone()).or_default() += 1;
            }
            excuse.is_none()
        });
        if left.is_empty() {
            break;
        }
    }
    // One line's: the first; later ones may follow from it.
    let first = left.first().map(|d| d.line.clone());
    left.retain(|d| Some(&d.line) == first.as_ref());
    left
}

fn by_the_clock() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |t| t.as_secs() % 1_000_000)
}

#[test]
fn every_line_does_and_says_what_the_genuine_ip_does_and_says() {
    let Some(space) = Space::new() else { return };
    let Some(programs) = Programs::find(&space) else { return };
    let many = if std::env::var_os("LINKCTL_LONG").is_some() { LONG } else { USUAL };
    let usual = if std::env::var_os("LINKCTL_IN_VM").is_some() { many.1 } else { many.0 };
    let cases = number("LINKCTL_DIFF_CASES").unwrap_or(usual);
    // The same lines every time, so that a failure is the change's; a long run draws its own.
    let seed = number("LINKCTL_DIFF_SEED").unwrap_or_else(|| if cases > usual { by_the_clock() } else { 1 });
    println!("seed {seed}: LINKCTL_DIFF_SEED={seed} LINKCTL_DIFF_CASES={cases} repeats this run");
    let excuses = excuse::read(include_str!("../ip/differences.txt"));
    let there = space.another(|_| {
        let mut stage = Stage::new();
        KINDS.iter().filter(|k| stage.makes(k)).map(|k| k.name).collect::<Vec<_>>()
    });
    let mut generator = Generator::new(seed, &there);
    let mut statuses: BTreeMap<i32, u64> = BTreeMap::new();
    let (mut lines, mut scripts, mut used, mut told) = (0, 0, BTreeMap::new(), Vec::new());
    while lines < cases {
        let script = generator.script();
        scripts += 1;
        lines += script.lines.len() as u64;
        let requests = scripts % TRACED == 1 && wire::can_trace();
        let (ended, first) = script.carried_out(&programs, &space, Watch { steps: false, requests });
        ended.into_iter().for_each(|status| *statuses.entry(status).or_default() += 1);
        if first.is_empty() {
            continue;
        }
        let left = defects(&script, &programs, &space, &excuses, &mut used);
        if !left.is_empty() {
            told.push((script, left));
        }
    }
    println!(
        "{lines} lines in {scripts} scripts; the genuine ip's statuses: {statuses:?}; excused: {used:?}"
    );
    // Lines that all fail would prove little.
    assert!(statuses.get(&0).is_some_and(|n| n * 5 > lines), "too few lines succeed");
    let report = report(&told);
    if let Some(file) = std::env::var_os("LINKCTL_DIFF_REPORT") {
        std::fs::write(file, &report).expect("the report's file is writable");
    }
    assert!(told.is_empty(), "{} of {scripts} scripts differ (seed {seed}):\n{report}", told.len());
}

fn report(told: &[(Script, Vec<Difference>)]) -> String {
    let mut out = String::new();
    let limit = if std::env::var_os("LINKCTL_DIFF_REPORT").is_some() { usize::MAX } else { TOLD };
    for (script, list) in told.iter().take(limit) {
        let _ = writeln!(out, "== about {}:", script.kind);
        for line in &script.lines {
            let _ = writeln!(out, "   {line}");
        }
        for d in list {
            let _ = writeln!(out, "-- {} of: {}", d.what, d.line);
            let (ours, theirs): (Vec<_>, Vec<_>) = (d.ours.lines().collect(), d.theirs.lines().collect());
            // The lines that only one of them has.
            theirs.iter().filter(|l| !ours.contains(l)).take(6).for_each(|l| {
                let _ = writeln!(out, "theirs: {l}");
            });
            ours.iter().filter(|l| !theirs.contains(l)).take(6).for_each(|l| {
                let _ = writeln!(out, "ours:   {l}");
            });
        }
    }
    out
}
