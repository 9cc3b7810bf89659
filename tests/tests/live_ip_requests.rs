//! What linkctl asks of the kernel for each recorded command is what iproute2 asked, attribute for attribute, order apart.

use std::fs;

use linkctl_conformance::ip::excuse::{self, Difference};
use linkctl_conformance::ip::golden::{Scenario, prepare, scenarios};
use linkctl_conformance::ip::{Programs, Who, finish, wire};
use linkctl_conformance::{Space, skip};

/// A command's requests, theirs as recorded and ours; `None` for ours where the kernel lacks what comes before.
struct Pair {
    typed: String,
    theirs: String,
    ours: Option<String>,
}

fn carry_out(scenario: &Scenario, programs: &Programs, space: &Space) -> Vec<Pair> {
    let log = space.file("strace", "");
    let scratch = log.parent().expect("in a folder").to_path_buf();
    // Links have the numbers that they had when it was recorded.
    prepare(programs, &scratch);
    let mut out = Vec::new();
    let mut command = 0;
    for typed in scenario.typed().split("; ") {
        command += usize::from(typed.starts_with("ip "));
        let strace = format!("strace -f -e trace=sendmsg,sendto,sendmmsg -e write=all -o {} ", log.display());
        let recorded = scenario
            .requests(command)
            .filter(|_| typed.starts_with("ip "))
            .map(|sent| wire::changes(&sent).join(""));
        let traced = recorded.as_ref().is_some_and(|r| !r.is_empty());
        let _ = fs::write(&log, "");
        let mut shell = std::process::Command::new("sh");
        shell.arg("-c").arg(format!("{}{typed}", if traced { strace.as_str() } else { "" }));
        shell.env("PATH", programs.path(Who::Ours)).env("LC_ALL", "C");
        let said = finish(&mut shell, None, &scratch).expect("a shell starts");
        if let (true, Some(theirs)) = (traced, recorded) {
            let log = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
            let ours = wire::changes(&wire::dumped(&log)).join("");
            let missing =
                ["Cannot find device", "does not exist", "Failed to get existing", "\"d0\" is wrong"];
            let absent = ours.is_empty() && missing.iter().any(|text| said.err.contains(text));
            out.push(Pair { typed: typed.into(), theirs, ours: (!absent).then_some(ours) });
        }
    }
    out
}

#[test]
fn every_recorded_command_asks_the_same_of_the_kernel() {
    let Some(space) = Space::new() else { return };
    let Some(programs) = Programs::find(&space) else { return };
    if !wire::can_trace() {
        return skip("strace is not installed");
    }
    let excuses = excuse::read(include_str!("../ip/differences.txt"));
    let (mut same, mut lacking, mut wrong) = (0, Vec::new(), Vec::new());
    for scenario in scenarios().iter().filter(|s| s.recorded() > 0) {
        for pair in space.another(|space| carry_out(scenario, &programs, space)) {
            let Some(ours) = pair.ours else {
                lacking.push(scenario.name.clone());
                continue;
            };
            let line = format!("golden {} request: {}", scenario.name, pair.typed);
            let d = Difference { line, what: "request", ours, theirs: pair.theirs };
            if d.ours == d.theirs {
                same += 1;
            } else if !excuses.iter().any(|e| e.covers(&d)) {
                wrong.push(format!("{}\nours:\n{}theirs:\n{}", d.line, d.ours, d.theirs));
            }
        }
    }
    lacking.dedup();
    println!("{same} requests are the same");
    if !lacking.is_empty() {
        skip(&format!("this kernel lacks links that these runs change: {}", lacking.join(", ")));
    }
    assert!(wrong.is_empty(), "{} requests differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(same >= 40, "only {same} requests were compared");
}
