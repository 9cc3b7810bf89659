//! From start to end: `show NAME` of one link.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::{ROUNDS, table};

/// Times both programs, interleaved.
pub(crate) fn run(linkctl: &Path, ip: &Path) -> Result<(), String> {
    let cases: [(&str, &Path, &[&str]); 4] = [
        ("ip link show lo", ip, &["link", "show", "lo"]),
        ("linkctl show lo", linkctl, &["show", "lo"]),
        ("ip -j -d -s link show lo", ip, &["-j", "-d", "-s", "link", "show", "lo"]),
        ("linkctl show lo -j", linkctl, &["show", "lo", "-j"]),
    ];
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS * 20 {
        for (case, times) in cases.iter().zip(&mut times) {
            let start = Instant::now();
            let mut command = Command::new(case.1);
            let status = command.args(case.2).stdout(Stdio::null()).status();
            status.map_err(|e| format!("{}: {e}", case.1.display()))?;
            times.push(start.elapsed().as_secs_f64());
        }
    }
    let rows = cases.iter().zip(times).map(|(c, t)| (c.0.to_owned(), t)).collect();
    table("start to end, one link (wall)", rows);
    Ok(())
}
