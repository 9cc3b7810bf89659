//! Timings side by side: linkctl, the floor (what the kernel itself costs), and the genuine ip.
//!
//! `cargo run --release -p linkctl-bench -- [LINKCTL [IP [start|dump|create]]]`, as root. Cases are interleaved and medians compared;
//! under load trust the ratios. Nothing here is an assertion.

mod cpu;
mod create;
mod dump;
mod start;

use std::path::PathBuf;

/// How often each case is run.
const ROUNDS: usize = 15;

fn main() {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let beside = || std::env::current_exe().ok().and_then(|me| Some(me.parent()?.join("linkctl")));
    let linkctl = args.next().or_else(beside).unwrap_or_else(|| "linkctl".into());
    let ip = args.next().unwrap_or_else(|| "ip".into());
    if let Err(e) = linkctl::kernel::isolate() {
        eprintln!("bench: {e}; run it as root");
        std::process::exit(1);
    }
    if linkctl.as_os_str() == create::RAW {
        std::process::exit(i32::from(create::raw().is_err()));
    }
    println!("| case | median ms | against the first row |\n|---|---|---|");
    let only = args.next();
    let wanted = |case: &str| only.as_ref().is_none_or(|o| o.as_os_str() == case);
    let cases: [(&str, &dyn Fn() -> Result<(), String>); 3] = [
        ("start", &|| start::run(&linkctl, &ip)),
        ("dump", &|| dump::run(&linkctl, &ip)),
        ("create", &|| create::run(&linkctl)),
    ];
    for (_, case) in cases.iter().filter(|(name, _)| wanted(name)) {
        if let Err(e) = case() {
            eprintln!("bench: {e}");
            std::process::exit(1);
        }
    }
}

/// The median of some timings.
fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints rows, each against the first.
fn table(title: &str, rows: Vec<(String, Vec<f64>)>) {
    println!("| **{title}** | | |");
    let mut floor = None;
    for (name, times) in rows {
        let ms = median(times) * 1000.0;
        let floor = *floor.get_or_insert(ms);
        println!("| {name} | {ms:.2} | {:.2} × |", ms / floor);
    }
}
