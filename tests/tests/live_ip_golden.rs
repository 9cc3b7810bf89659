//! Recorded runs of iproute2 are what they were with linkctl in its place: what setting up says, and every view of the link.
//!
//! On Linux 6.12, where they were recorded, the recordings are the reference; elsewhere what the genuine ip says today.

use std::path::PathBuf;
use std::process::Command;

use linkctl_conformance::ip::excuse::{self, Difference, Excuse};
use linkctl_conformance::ip::golden::{Scenario, calmed, mistakes, prepare, scenarios};
use linkctl_conformance::ip::mask::{steady, without_usage};
use linkctl_conformance::ip::{Line, Programs, Who, finish};
use linkctl_conformance::{Space, running, skip};

/// What was said and shown of one run.
struct Shown {
    setup: String,
    views: Vec<String>,
}

fn scratch(space: &Space) -> PathBuf {
    space.file("in", "").parent().expect("in a folder").to_path_buf()
}

/// Sets up with one program and shows with the same, again and again until it is as the reference has it or time is up.
fn carry_out(
    scenario: &Scenario,
    who: Who,
    programs: &Programs,
    space: &Space,
    reference: Option<&Shown>,
) -> Shown {
    let folder = scratch(space);
    prepare(programs, &folder);
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1; {}; echo rc=$?", scenario.typed()));
    shell.env("PATH", programs.path(who)).env("LC_ALL", "C");
    let setup = finish(&mut shell, None, &folder).expect("a shell starts").out;
    if lacks(scenario, &setup) {
        return Shown { setup, views: Vec::new() };
    }
    // Carrier comes a moment after the link is up.
    let wait = || std::thread::sleep(std::time::Duration::from_millis(50));
    if scenario.typed().contains(" up") && reference.is_none() {
        (0..6).for_each(|_| wait());
    }
    let show = |options: &str| {
        let line = Line::ip(&format!("{options} link show dev {}", scenario.dev()));
        let said = programs.run(who, &line, &folder);
        said.out + &said.err
    };
    let view = |(i, (options, _)): (usize, (String, &str))| {
        let mut shown = show(&options);
        for _ in 0..if scenario.typed().contains(" up") { 20 } else { 1 } {
            if reference.is_none_or(|r| calmed(&r.views[i]) == calmed(&shown)) {
                break;
            }
            wait();
            shown = show(&options);
        }
        shown
    };
    Shown { setup, views: views(scenario).into_iter().enumerate().map(view).collect() }
}

/// The views that are compared: in the rig, where each start of a program takes its time, those that hold the most, and
/// all of them in a long run.
fn views(scenario: &Scenario) -> Vec<(String, &str)> {
    let few = std::env::var_os("LINKCTL_IN_VM").is_some() && std::env::var_os("LINKCTL_LONG").is_none();
    let most = ["-d -s -s", "-j -p -d -s -s", "-br", ""];
    scenario.views().filter(|(options, _)| !few || most.contains(&options.as_str())).collect()
}

fn recorded(scenario: &Scenario) -> Shown {
    let setup = scenario.section("setup").unwrap_or_default().to_owned();
    Shown { setup, views: views(scenario).into_iter().map(|(_, text)| text.to_owned()).collect() }
}

/// Whether the kernel lacks something that the scenario wants.
fn lacks(scenario: &Scenario, said: &str) -> bool {
    let recorded = scenario.section("setup").unwrap_or_default();
    ["Unknown device type", "Operation not supported", "No such file or directory"]
        .iter()
        .any(|text| said.matches(text).count() > recorded.matches(text).count())
}

fn differences(scenario: &Scenario, ours: &Shown, theirs: &Shown, excuses: &[Excuse]) -> Vec<Difference> {
    let options = views(scenario).into_iter().map(|(options, _)| options);
    let names = std::iter::once("setup".to_owned()).chain(options);
    let texts =
        |shown: &Shown| std::iter::once(&shown.setup).chain(&shown.views).cloned().collect::<Vec<_>>();
    let made = |(name, (ours, theirs)): (String, (String, String))| Difference {
        line: format!("golden {} {name}", scenario.name),
        what: "out",
        ours: calmed(&ours),
        theirs: calmed(&theirs),
    };
    names
        .zip(texts(ours).into_iter().zip(texts(theirs)))
        .map(made)
        .filter(|d| d.ours != d.theirs && !excuses.iter().any(|e| e.covers(d)))
        .collect()
}

fn told(d: &Difference) -> String {
    let at = d.ours.lines().zip(d.theirs.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(at).unwrap_or("(nothing)").to_owned();
    format!("{}, line {}:\n  ours:   {}\n  theirs: {}", d.line, at + 1, line(&d.ours), line(&d.theirs))
}

#[test]
fn every_recorded_run_is_the_same_with_linkctl_in_the_place_of_ip() {
    let Some(space) = Space::new() else { return };
    let Some(programs) = Programs::find(&space) else { return };
    let excuses = excuse::read(include_str!("../ip/differences.txt"));
    let as_recorded = running::kernel() == (6, 12);
    let (mut lacking, mut wrong, mut ran) = (Vec::new(), Vec::new(), 0);
    for scenario in scenarios() {
        let golden = recorded(&scenario);
        let genuine = || space.another(|space| carry_out(&scenario, Who::Theirs, &programs, space, None));
        let reference = if as_recorded { None } else { Some(genuine()) };
        if reference.as_ref().is_some_and(|now| lacks(&scenario, &now.setup)) {
            lacking.push(scenario.name.clone());
            continue;
        }
        let reference = reference.as_ref().unwrap_or(&golden);
        let ours = space.another(|space| carry_out(&scenario, Who::Ours, &programs, space, Some(reference)));
        let list = differences(&scenario, &ours, reference, &excuses);
        // Where the genuine one does not reproduce its own recording, the kernel is another.
        if !list.is_empty() && as_recorded && lacks(&scenario, &genuine().setup) {
            lacking.push(scenario.name.clone());
            continue;
        }
        ran += 1;
        wrong.extend(list.iter().map(told));
    }
    println!("{ran} runs compared, lacking: {lacking:?}");
    if !lacking.is_empty() {
        skip(&format!("this kernel lacks what these runs want: {}", lacking.join(", ")));
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(ran >= 10, "only {ran} runs were possible");
}

/// What a line says in a fresh world, as the recordings have it: the first lines of each stream, and of usage the first.
fn said(
    line: &str,
    who: Who,
    programs: &Programs,
    space: &Space,
) -> linkctl_conformance::ip::golden::Mistake {
    let folder = scratch(space);
    let setup = "link set lo down\nlink add v0 type veth peer name v1\nlink add b0 type bridge\n";
    programs.run(Who::Theirs, &Line { input: Some(setup.into()), ..Line::ip("-batch -") }, &folder);
    let (program, words) = line.split_once(' ').unwrap_or((line, ""));
    let program = if program == "bridge" { "bridge" } else { "ip" };
    let said = programs.run(who, &Line { program, ..Line::ip(words) }, &folder);
    let lines = |text: &str| lines(&text.lines().take(6).map(str::to_owned).collect::<Vec<_>>());
    let (out, err) = (lines(&said.out), lines(&said.err));
    linkctl_conformance::ip::golden::Mistake { line: line.into(), out, err, status: said.status & 0xff }
}

fn lines(list: &[String]) -> Vec<String> {
    let trimmed = list.iter().map(|l| l.trim_end()).collect::<Vec<_>>().join("\n");
    without_usage(&steady(&trimmed)).lines().map(str::to_owned).collect()
}

#[test]
fn every_recorded_mistake_is_answered_as_it_was() {
    let Some(space) = Space::new() else { return };
    let Some(programs) = Programs::find(&space) else { return };
    let excuses = excuse::read(include_str!("../ip/differences.txt"));
    let (mut wrong, mut as_recorded, mut otherwise) = (Vec::new(), 0, Vec::new());
    // In the rig every fifth: what they say is no matter of the kernel's.
    let step = if std::env::var_os("LINKCTL_IN_VM").is_some() { 5 } else { 1 };
    for mut golden in mistakes().into_iter().step_by(step) {
        golden.out = lines(&golden.out);
        golden.err = lines(&golden.err);
        // Its version is not ours.
        if golden.line == "ip -V" {
            continue;
        }
        let ours = space.another(|space| said(&golden.line, Who::Ours, &programs, space));
        if ours == golden {
            as_recorded += 1;
            continue;
        }
        // Another kernel says other things.
        let genuine = space.another(|space| said(&golden.line, Who::Theirs, &programs, space));
        if ours == genuine {
            otherwise.push(golden.line);
            continue;
        }
        let parts = [
            ("out", ours.out.join("\n"), genuine.out.join("\n")),
            ("err", ours.err.join("\n"), genuine.err.join("\n")),
            ("status", ours.status.to_string(), genuine.status.to_string()),
        ];
        for (what, ours, theirs) in parts.into_iter().filter(|(_, ours, theirs)| ours != theirs) {
            let d = Difference { line: golden.line.clone(), what, ours, theirs };
            if !excuses.iter().any(|e| e.covers(&d)) {
                wrong.push(told(&d));
            }
        }
    }
    println!("{as_recorded} as recorded, as the genuine one says today: {otherwise:?}");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert!(as_recorded * step > 90, "only {as_recorded} as recorded");
}
