//! Timings side by side: linkctl, the floor (what the kernel itself costs), and the genuine ip.
//!
//! `cargo run --release -p linkctl-bench -- [LINKCTL [IP [CASE [WORD]...]]]`, as root. Cases are interleaved and medians compared;
//! under load trust the ratios. Nothing here is an assertion.

mod child;
mod cpu;
mod create;
mod dump;
mod fleet;
mod growth;
mod peers;
mod raw;
mod start;

use std::ffi::OsString;
use std::path::PathBuf;

use linkctl::kernel::isolate;

/// How often each case is run.
const ROUNDS: usize = 15;

fn main() {
    let mut args = std::env::args_os().skip(1).peekable();
    let done = match args.peek().and_then(|w| w.to_str()) {
        Some(child::MEASURE) => child::measure(args.skip(1)),
        Some(raw::RAW) => raw::run(args.skip(1)),
        _ => all(args),
    };
    if let Err(e) = done {
        eprintln!("bench: {e}");
        std::process::exit(1);
    }
}

/// All cases, or the one that is named.
fn all(mut args: impl Iterator<Item = OsString>) -> Result<(), String> {
    let beside = || std::env::current_exe().ok().and_then(|me| Some(me.parent()?.join("linkctl")));
    let linkctl = args.next().map(PathBuf::from).or_else(beside).unwrap_or_else(|| "linkctl".into());
    let ip = args.next().map_or_else(|| "ip".into(), PathBuf::from);
    let only = args.next();
    let words: Vec<OsString> = args.collect();
    isolate().map_err(|e| format!("{e}; run it as root"))?;
    let plain = || println!("| case | median ms | against the first row |\n|---|---|---|");
    let cases: [(&str, &dyn Fn() -> Result<(), String>); 6] = [
        ("start", &|| start::run(&linkctl, &ip)),
        ("dump", &|| dump::run(&linkctl, &ip)),
        ("create", &|| create::run(&linkctl)),
        ("fleet", &|| fleet::run(&linkctl, &words)),
        ("growth", &growth::run),
        ("peers", &|| peers::run(&linkctl)),
    ];
    for (name, case) in cases.iter().filter(|(name, _)| only.as_ref().is_none_or(|o| o.as_os_str() == *name))
    {
        if !matches!(*name, "fleet" | "growth" | "peers") {
            plain();
        }
        case()?;
    }
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
