//! `cargo xtask callers`: programs that call `ip`, with linkctl in its place: the effects must be those of the genuine one.
//!
//! The programs are Debian's: ifupdown with the hooks of vlan, bridge-utils and ifenslave, ifupdown2, wg-quick,
//! dhclient-script. They run in the rig, where their files can be put among the guest's own.

use crate::fault::{Doing, Result};
use crate::rig::{Cache, Closure, Guest, Sinks, fetch};
use crate::{peer, workspace};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

const SCRIPT: &str = include_str!("callers/callers.sh");
const SCENARIOS: &[&str] = &["ifupdown", "bond", "ifupdown2", "wg_quick", "dhclient"];

const PACKAGES: Closure = Closure {
    name: "peers/callers",
    suite: "trixie",
    packages: &["ifupdown", "vlan", "bridge-utils", "ifenslave", "wireguard-tools", "isc-dhcp-client"],
    programs: &[("ifup", &["ifdown", "ifquery"]), ("brctl", &[]), ("wg", &[])],
};

/// It cannot stand beside ifupdown.
const SECOND: Closure =
    Closure { name: "peers/ifupdown2", suite: "trixie", packages: &["ifupdown2"], programs: &[] };

pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    if !words.is_empty() {
        println!(
            "cargo xtask callers\n\nRuns {} with the genuine ip and with linkctl in its place.",
            SCENARIOS.join(", ")
        );
        return Ok(ExitCode::from(if words.iter().any(|w| w == "--help") { 0 } else { 2 }));
    }
    let linkctl = workspace::linkctl()?;
    Ok(if same(&linkctl)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs each scenario with both, and says whether all effects are the same.
pub(crate) fn same(linkctl: &Path) -> Result<bool> {
    let cache = Cache::open()?;
    let (genuine, packages, second) = (peer::folder()?, fetch(&cache, &PACKAGES)?, fetch(&cache, &SECOND)?);
    let folder = std::env::temp_dir().join(format!("linkctl-callers.{}", std::process::id()));
    let ours = folder.join("bin");
    fs::create_dir_all(&ours).doing(format!("create {}", ours.display()))?;
    for name in ["ip", "bridge"] {
        std::os::unix::fs::symlink(linkctl, ours.join(name)).doing(format!("link {name}"))?;
    }
    let script = folder.join("callers.sh");
    fs::write(&script, SCRIPT).doing(format!("write {}", script.display()))?;
    let guest = Guest {
        cpus: 2,
        timeout: Duration::from_mins(15),
        writable: vec![folder.clone()],
        ..Guest::default()
    };
    let line = |who: &str, mine: &Path| {
        format!(
            "bash {} {who} {} {} {} {} {}",
            script.display(),
            mine.display(),
            genuine.display(),
            packages.display(),
            second.display(),
            folder.display()
        )
    };
    let both = format!("{}; {}", line("theirs", &genuine), line("ours", &ours));
    let done = guest.run(&["/bin/bash".to_owned(), "-c".to_owned(), both], Sinks::stderr_only());
    let told: Vec<bool> = SCENARIOS.iter().map(|scenario| tell(scenario, &folder)).collect();
    let _ = fs::remove_dir_all(&folder);
    done?;
    Ok(told.into_iter().all(|good| good))
}

fn tell(scenario: &str, folder: &Path) -> bool {
    let read = |name: String| {
        let bytes = fs::read(folder.join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (theirs, ours) = (read(format!("theirs.{scenario}")), read(format!("ours.{scenario}")));
    let steps = ours.lines().filter(|line| line.starts_with("== ")).count();
    let good = theirs == ours && steps > 0;
    println!("{} {scenario}: {steps} steps", if good { "ok    " } else { "FAILED" });
    let parts = theirs.lines().zip(ours.lines()).find(|(a, b)| a != b);
    if let Some((theirs, ours)) = parts {
        println!("    theirs: {theirs}\n    ours:   {ours}");
    }
    if !good {
        let log = read(format!("ours.{scenario}.log"));
        log.lines().take(20).for_each(|line| println!("    {line}"));
    }
    // A caller that does nothing proves nothing.
    let failed: Vec<&str> =
        theirs.lines().filter(|l| l.starts_with("== ") && !l.ends_with("status 0")).collect();
    failed.iter().for_each(|line| println!("    with the genuine ip: {line}"));
    good
}
