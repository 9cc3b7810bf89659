//! Creating 2,000 pairs through `apply`: the floor is the same requests, made beforehand and sent in a row.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::raw::{Kind, RAW};
use crate::{apart, cpu, table};

/// How many pairs.
const PAIRS: usize = 2000;
/// How often; each takes a second and a half, and a namespace that goes away in the background.
const ROUNDS: usize = 5;

/// Times both, each in a namespace of its own.
pub(crate) fn run(linkctl: &Path) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("linkctl-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    let file = folder.join("pairs.yaml");
    std::fs::write(&file, Kind::Veth.goal(2 * PAIRS)).map_err(|e| e.to_string())?;
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

/// Runs the floor as a program, so that both are measured alike.
fn floor() -> Result<f64, String> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let start = cpu::children();
    let status = Command::new(me)
        .args([RAW, "create", "veth", &(2 * PAIRS).to_string()])
        .status()
        .map_err(|e| e.to_string())?;
    if status.success() { Ok(cpu::children() - start) } else { Err(format!("the floor ended with {status}")) }
}

fn apply(linkctl: &Path, file: &Path, state: &Path) -> Result<f64, String> {
    let start = cpu::children();
    let status =
        Command::new(linkctl).arg("apply").arg(file).arg("--state").arg(state).stdout(Stdio::null()).status();
    let status = status.map_err(|e| format!("{}: {e}", linkctl.display()))?;
    if status.success() { Ok(cpu::children() - start) } else { Err(format!("apply ended with {status}")) }
}
