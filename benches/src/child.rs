//! What a program costs, with all that it starts: a process of its own runs it, adopts what outlives it (the guardian of an
//! apply) and waits for all of them.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use nix::sys::wait::{WaitStatus, wait};

/// The word that makes this program be that process.
pub(crate) const MEASURE: &str = "--measure";

/// What a program cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Seconds computed, by the program and in the kernel for it.
    pub(crate) cpu: f64,
    /// Seconds from its start to its end, without what outlives it.
    pub(crate) wall: f64,
    /// The most memory that one of its processes had, in KiB.
    pub(crate) peak: f64,
}

/// Runs a program in the namespace of the calling thread; fails where it does.
pub(crate) fn cost(program: &Path, words: &[&OsStr]) -> Result<Cost, String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut command = Command::new(me);
    command.arg(MEASURE).arg(program).args(words).stderr(Stdio::inherit());
    let out = command.output().map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&out.stdout);
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(Ok(cpu)), Some(Ok(wall)), Some(Ok(peak))) if out.status.success() => {
            Ok(Cost { cpu, wall, peak })
        }
        _ => Err(format!("{} {words:?} failed", program.display())),
    }
}

/// Is that process: `words` are the program and its arguments.
pub(crate) fn measure(mut words: impl Iterator<Item = std::ffi::OsString>) -> Result<(), String> {
    let program = words.next().ok_or("no program")?;
    set_child_subreaper(true).map_err(|e| e.to_string())?;
    let start = Instant::now();
    let child = Command::new(program).args(words).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let child = child.map_err(|e| e.to_string())?.id().cast_signed();
    let mut wall = 0.0;
    loop {
        match wait() {
            Ok(WaitStatus::Exited(pid, status)) if pid.as_raw() == child => {
                wall = start.elapsed().as_secs_f64();
                if status != 0 {
                    return Err(format!("it ended with {status}"));
                }
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid.as_raw() == child => {
                return Err(format!("it was ended by {signal:?}"));
            }
            Ok(_) => {}
            Err(Errno::ECHILD) => break,
            Err(e) => return Err(e.to_string()),
        }
    }
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|e| e.to_string())?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    let cpu = Duration::from_micros(micros.unsigned_abs()).as_secs_f64();
    println!("{cpu} {wall} {}", usage.max_rss());
    Ok(())
}
