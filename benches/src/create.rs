//! Creating 2,000 pairs through `apply`: the floor is the same requests, made beforehand and sent in a row.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use linkctl::kernel::isolate;

use crate::dump::{pairs, send};
use crate::{cpu, table};

/// How many pairs.
const PAIRS: usize = 2000;
/// How often; each takes a second and a half, and a namespace that goes away in the background.
const ROUNDS: usize = 5;

/// Times both, each in a namespace of its own.
pub(crate) fn run(linkctl: &Path) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("linkctl-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let file = folder.join("pairs.yaml");
    std::fs::write(&file, goal()).map_err(|e| e.to_string())?;
    let mut rows = vec![
        ("requests in a row".to_owned(), Vec::new()),
        ("linkctl apply".into(), Vec::new()),
        ("linkctl apply again: nothing to do".into(), Vec::new()),
    ];
    for round in 0..ROUNDS {
        rows[0].1.push(apart(floor)?);
        let state = folder.join(format!("state{round}"));
        let (first, second) = apart(|| {
            let first = apply(linkctl, &file, &state)?;
            Ok((first, apply(linkctl, &file, &state)?))
        })?;
        rows[1].1.push(first);
        rows[2].1.push(second);
    }
    let _ = std::fs::remove_dir_all(&folder);
    table("2,000 veth pairs, creating (CPU)", rows);
    Ok(())
}

/// Runs something in a thread with a namespace of its own.
fn apart<T: Send>(f: impl FnOnce() -> Result<T, String> + Send) -> Result<T, String> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            isolate().map_err(|e| e.to_string())?;
            f()
        });
        thread.join().unwrap_or_else(|_| Err("a case panicked".into()))
    })
}

/// The word that makes this program be the floor.
pub(crate) const RAW: &str = "--raw";

/// The floor itself: requests made and sent in a row, in the namespace that [`main`](crate::main) made.
pub(crate) fn raw() -> Result<(), String> {
    send(pairs(PAIRS))
}

/// Runs the floor as a program, so that both are measured alike.
fn floor() -> Result<f64, String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let start = cpu::children();
    let status = Command::new(me).arg(RAW).status().map_err(|e| e.to_string())?;
    if status.success() { Ok(cpu::children() - start) } else { Err(format!("the floor ended with {status}")) }
}

fn apply(linkctl: &Path, file: &Path, state: &Path) -> Result<f64, String> {
    let start = cpu::children();
    let status =
        Command::new(linkctl).arg("apply").arg(file).arg("--state").arg(state).stdout(Stdio::null()).status();
    let status = status.map_err(|e| format!("{}: {e}", linkctl.display()))?;
    if status.success() { Ok(cpu::children() - start) } else { Err(format!("apply ended with {status}")) }
}

/// The same pairs as a goal file.
fn goal() -> String {
    let mut out = String::from("version: 1\nlinks:\n");
    for i in 0..PAIRS {
        let queues = "numtxqueues: 1, numrxqueues: 1";
        let _ = writeln!(out, "  va{i}: {{kind: veth, {queues}, veth: {{peer: vb{i}}}}}");
        let _ = writeln!(out, "  vb{i}: {{kind: veth, {queues}, veth: {{peer: va{i}}}}}");
    }
    out
}
