//! `cargo xtask test`: everything that must hold, here and on real kernels, closed by one line of counts.
//!
//! Tests whose target's name begins with `kernel_` or `live_` run once more in the rig, all of them in one boot a kernel.
//! A test that cannot run says `SKIP name: reason` into the file `$LINKCTL_SKIPS` and returns: here it is not counted as passed.

mod binaries;
mod checks;
mod counts;
mod here;
mod inside;
mod report;

use crate::fault::{Doing, Fault, Result};
use crate::rig::{self, Cache};
use crate::{callers, install, peer, selftests};
use binaries::Binary;
use report::Report;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "\
cargo xtask test [--quick] [--long] [--no-vm] [NAME...]

Installs what is missing, checks format, lints and layers, runs all tests here, and those of kernel_* and live_* targets
once more on kernel 6.12 in the rig. Closes with `N passed, M failed, K skipped`.

  NAME      only tests with NAME in their name, without the checks
  --quick   format, layers, tests here: no lints, no examples of the documentation, no rig
  --long    in the rig: kernels 5.10, 6.1, 6.12 and the newest of Debian, and the kernel's selftests; ten thousand lines
            of ip by chance
  --no-vm   without the rig
";

const USUAL: &[&str] = &["6.12"];
const LONG: &[&str] = &["5.10", "6.1", "6.12", "newest"];

/// What the words of the command line ask for.
#[derive(Default)]
struct Wish {
    quick: bool,
    long: bool,
    no_vm: bool,
    names: Vec<String>,
}

/// What tests are told by their environment.
struct Surroundings {
    /// For what the tests write: skips, output, statuses.
    folder: PathBuf,
    linkctl: Option<PathBuf>,
    peer: Option<PathBuf>,
    header: Option<PathBuf>,
    tools: Option<PathBuf>,
    long: bool,
}

pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    let mut wish = Wish::default();
    for word in words {
        match word.as_str() {
            "--quick" => wish.quick = true,
            "--long" => wish.long = true,
            "--no-vm" => wish.no_vm = true,
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(ExitCode::SUCCESS);
            }
            word if word.starts_with('-') => {
                return Err(Fault::new(format!("test: no option {word}")).next("cargo xtask test --help"));
            }
            _ => wish.names.push(word.clone()),
        }
    }
    let start = Instant::now();
    let folder = std::env::temp_dir().join(format!("linkctl-test.{}", std::process::id()));
    std::fs::create_dir_all(&folder).doing(format!("create {}", folder.display()))?;
    let mut report = Report::default();
    let done = all(&wish, &folder, &mut report);
    let _ = std::fs::remove_dir_all(&folder);
    if let Err(fault) = done {
        report.broken(&fault.to_string());
    }
    println!("\n{:.0} s in all", start.elapsed().as_secs_f64());
    Ok(if report.close() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all(wish: &Wish, folder: &Path, report: &mut Report) -> Result<()> {
    let some = !wish.names.is_empty();
    if !some {
        report.phase("install", || {
            install::install();
            Ok(true)
        });
        checks::run(wish.quick, report);
    }
    let Some(built) = report.timed("build", binaries::build) else { return Ok(()) };
    let surroundings = Surroundings {
        folder: folder.to_path_buf(),
        linkctl: built.linkctl,
        peer: peer_ip(wish),
        header: header(wish),
        tools: tools(wish),
        long: wish.long,
    };
    Report::head("tests here");
    for binary in &built.tests {
        report.add(here::run(binary, &surroundings, &wish.names)?);
    }
    if !wish.quick && !some {
        report.add(here::documentation(&surroundings)?);
    }
    in_the_rig(wish, &built.tests, &surroundings, report);
    if let (true, false, false, Some(linkctl)) = (wish.long, wish.no_vm, some, &surroundings.linkctl) {
        report.phase("selftests of the kernel", || selftests::usual(linkctl));
        report.phase("callers of ip", || callers::same(linkctl));
    }
    Ok(())
}

fn in_the_rig(wish: &Wish, tests: &[Binary], surroundings: &Surroundings, report: &mut Report) {
    let tests: Vec<_> = tests.iter().filter(|binary| binary.needs_kernel()).collect();
    if wish.quick || wish.no_vm {
        println!("\nthe rig is left out, as wished: {} targets did not run there", tests.len());
        return;
    }
    if tests.is_empty() {
        println!("\nno kernel_* or live_* targets: nothing to run in the rig");
        return;
    }
    for wanted in if wish.long { LONG } else { USUAL } {
        let series = if *wanted == "newest" {
            Cache::open().and_then(|cache| rig::newest(&cache))
        } else {
            Ok((*wanted).to_owned())
        };
        let kernel = series.as_deref().unwrap_or(wanted).to_owned();
        Report::head(&format!("tests on kernel {kernel}"));
        match series.and_then(|kernel| inside::run(&kernel, &tests, surroundings, &wish.names)) {
            Ok(outcomes) => outcomes.into_iter().for_each(|outcome| report.add(outcome)),
            Err(fault) => report.unavailable(&kernel, &tests, &fault),
        }
    }
}

/// The newest ip, to compare with; without it, the tests that want it skip.
fn peer_ip(wish: &Wish) -> Option<PathBuf> {
    let folder = if wish.quick {
        peer::present()
    } else {
        peer::folder().map_err(|fault| eprintln!("no peer to compare with: {fault}")).ok()
    };
    folder.map(|folder| folder.join("ip"))
}

/// The newest header of links, to compare the tables with.
fn header(wish: &Wish) -> Option<PathBuf> {
    if wish.quick {
        return peer::present_header();
    }
    peer::header().map_err(|fault| eprintln!("no newer headers to compare with: {fault}")).ok()
}

/// Ethtool and Open vSwitch; without them, the tests that want them skip.
fn tools(wish: &Wish) -> Option<PathBuf> {
    if wish.quick || wish.no_vm {
        return peer::present_tools();
    }
    peer::tools().map_err(|fault| eprintln!("neither ethtool nor Open vSwitch: {fault}")).ok()
}
