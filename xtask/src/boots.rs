//! `cargo xtask boots`: what linkctl does on whole systems: at boot, over reboots, after power cuts, beside other managers.
//!
//! A scenario is a file of `boots/` and one line in `SCENARIOS`. Here is only how they are run and counted.

mod scenario;
mod verdict;

use crate::fault::{Doing, Fault, Result};
use crate::rig::{Cache, Guest, Sinks, System, image};
use crate::{vm, workspace};
use scenario::Scenario;
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use verdict::{Verdict, Words};

const HELP: &str = "\
cargo xtask boots [--kernel SERIES] [--verbose] [NAME...]

Runs scenarios on whole systems (cargo xtask system): each boots a Debian of its own once or several times, with reboots and
power cuts in between, and checks what linkctl made of it. Two at a time where there are two CPUs. Closes with
`N passed, M failed, K skipped`, which counts checks; a scenario that ends before its end is one that failed.

  --kernel SERIES   6.12 unless said otherwise
  --verbose         all that the systems print, not only of scenarios that fail
";

/// What all systems have besides the usual packages: one image for all.
const PACKAGES: &[&str] = &["openssh-server", "network-manager", "libpam-systemd"];
/// For one boot of a busy machine.
const LIMIT: Duration = Duration::from_mins(10);
/// What every script begins with.
const COMMON: &str = include_str!("boots/common.sh");
// The longest first: two run at a time.
const SCENARIOS: &[(&str, &str)] = &[
    ("ssh", include_str!("boots/ssh.sh")),
    ("cut", include_str!("boots/cut.sh")),
    ("boot", include_str!("boots/boot.sh")),
    ("window", include_str!("boots/window.sh")),
    ("plug", include_str!("boots/plug.sh")),
    ("managers", include_str!("boots/managers.sh")),
];

pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    let (mut names, mut guest, mut verbose) = (Vec::new(), vm::usual(), false);
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--kernel" => {
                let series = rest.next().ok_or_else(|| usage("--kernel wants a series"))?;
                guest.kernel.clone_from(series);
            }
            "--verbose" => verbose = true,
            "--help" | "-h" => {
                let names: Vec<_> = SCENARIOS.iter().map(|(name, _)| *name).collect();
                println!("{HELP}\nScenarios: {}", names.join(", "));
                return Ok(ExitCode::SUCCESS);
            }
            word if word.starts_with('-') => return Err(usage(&format!("no option {word}"))),
            _ => names.push(word.clone()),
        }
    }
    let mut wanted = VecDeque::new();
    for (name, text) in SCENARIOS {
        if names.is_empty() || names.iter().any(|wished| wished == name) {
            wanted.push_back(Scenario::read(name, text)?);
        }
    }
    if let Some(odd) = names.iter().find(|name| SCENARIOS.iter().all(|(known, _)| known != name)) {
        return Err(usage(&format!("no scenario {odd}")));
    }
    let start = Instant::now();
    let verdicts = all(wanted, &guest, verbose)?;
    println!("\n{:.0} s in all", start.elapsed().as_secs_f64());
    let sum = |part: fn(&Verdict) -> usize| verdicts.iter().map(part).sum::<usize>();
    let failed = sum(Verdict::failed);
    println!("{} passed, {failed} failed, {} skipped", sum(Verdict::passed), sum(Verdict::skipped));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs scenarios, as many at a time as there are CPUs, but two at most; tells each when it has ended.
fn all(wanted: VecDeque<Scenario>, guest: &Guest, verbose: bool) -> Result<Vec<Verdict>> {
    let packages: Vec<String> = PACKAGES.iter().map(|name| (*name).to_owned()).collect();
    let image = image(&Cache::open()?, &packages)?;
    let linkctl = workspace::linkctl()?;
    let workers = std::thread::available_parallelism().map_or(1, |cpus| cpus.get().min(2));
    let (queue, told) = (Mutex::new(wanted), Mutex::new(Vec::new()));
    let next = || queue.lock().map(|mut queue| queue.pop_front()).unwrap_or_default();
    let work = || -> Result<()> {
        while let Some(scenario) = next() {
            let verdict = one(&scenario, guest, &image, &linkctl)?;
            if let Ok(mut told) = told.lock() {
                print!("{}", verdict.text(verbose));
                told.push(verdict);
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().map_err(|_| Fault::new("a thread that runs scenarios died")).flatten()
        })
    })?;
    told.into_inner().map_err(|_| Fault::new("a thread that runs scenarios died"))
}

fn one(scenario: &Scenario, guest: &Guest, image: &Path, linkctl: &Path) -> Result<Verdict> {
    let start = Instant::now();
    let notes = Notes::create(scenario.name)?;
    let guest = Guest {
        cpus: scenario.cpus,
        cards: scenario.cards.clone(),
        qemu: scenario.qemu.clone(),
        append: scenario.append.clone(),
        mebibytes: 1024,
        timeout: LIMIT,
        writable: vec![notes.0.clone()],
        ..guest.clone()
    };
    let system = System::copy(image)?;
    let (words, programs) = (Words::default(), [linkctl.to_path_buf()]);
    let mut ended = Ok(());
    for (at, boot) in scenario.boots.iter().enumerate() {
        let mut boot = boot.clone();
        boot.script = format!("NOTES={}\n{COMMON}\n{}", notes.0.display(), boot.script);
        let sinks = Sinks { stdout: Box::new(words.clone()), stderr: Box::new(words.clone()) };
        let status = system.boot(&guest, &boot, &programs, sinks)?;
        if status != 0 {
            ended = Err(format!("boot {} of {} ended with status {status}", at + 1, scenario.boots.len()));
            break;
        }
    }
    Ok(Verdict::new(scenario, words.text(), ended, start.elapsed()))
}

/// A folder that a scenario writes over all of its boots: it is on this machine, where no power is cut.
struct Notes(PathBuf);

impl Notes {
    fn create(name: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("linkctl-boots.{}.{name}", std::process::id()));
        fs::create_dir(&folder).doing(format!("create {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn usage(what: &str) -> Fault {
    Fault::new(format!("boots: {what}")).next("cargo xtask boots --help")
}
