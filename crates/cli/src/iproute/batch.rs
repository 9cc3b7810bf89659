//! `-batch`: commands from a file, one a line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::ffi::OsStrExt;

use linkctl::iproute::{Lines, Stop};
use linkctl::schema::Safe;

use super::machine::Machine;
use super::say::{err, say, strerror};
use super::{Call, Ours, elsewhere, link, ours};

/// Runs every line; returns the exit status.
pub(crate) fn run(call: &Call, file: &[u8]) -> Result<u8, Stop> {
    let input: Box<dyn BufRead> = if file == b"-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        match File::open(std::ffi::OsStr::from_bytes(file)) {
            Ok(opened) => Box::new(BufReader::new(opened)),
            Err(e) => {
                let why = strerror(e.raw_os_error().unwrap_or(2));
                err(&format!("Cannot open file \"{}\" for reading: {why}\n", Safe(file)));
                return Ok(1);
            }
        }
    };
    let mut machine = Machine::open(call)?;
    let mut lines = Lines::new(input);
    let mut failed = false;
    while let Some(words) = lines.next() {
        let stop = match words.and_then(|words| one(call, &mut machine, &words)) {
            Ok(0) => continue,
            Ok(status) => Stop { status, ends: status == 255, ..Stop::default() },
            Err(stop) => stop,
        };
        let status = say(&stop, call.face);
        if stop.ends {
            return Ok(status);
        }
        if status == 0 {
            continue;
        }
        failed = true;
        err(&format!("Command failed {}:{}\n", Safe(file), lines.number()));
        if !call.options.force {
            break;
        }
    }
    Ok(u8::from(failed))
}

/// One line, ours or another's.
fn one(call: &Call, machine: &mut Machine, words: &[Vec<u8>]) -> Result<u8, Stop> {
    let Some(first) = words.first() else { return Ok(0) };
    match ours(call.face, first, &words[1..]) {
        Some(Ours::Link) => link::run(call, machine, &words[1..]),
        Some(Ours::Monitor) => super::monitor::run(call, &words[1..]),
        Some(Ours::Help) => Err(Stop::exits(linkctl::iproute::usage::ip().trim_end(), 255)),
        None => {
            let status = elsewhere::line(call, words);
            // Whatever it did, names may mean other links now.
            machine.forget(0);
            status
        }
    }
}
