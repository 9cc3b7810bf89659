//! What is not about links: the next program of the same name on `PATH` does it, never this one.

use std::ffi::{OsStr, OsString};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use linkctl::iproute::Stop;
use linkctl::schema::Safe;

use super::say::strerror;
use super::{Call, Face};

/// The next program of a name: on `PATH` behind the last place where this program is found, else from the start.
/// Search goes only onwards, so that copies of this program cannot call each other in a circle.
fn next(name: &str) -> Option<PathBuf> {
    let me = std::fs::metadata("/proc/self/exe").ok().map(|m| (m.dev(), m.ino()));
    let path =
        std::env::var_os("PATH").unwrap_or_else(|| OsStr::new("/usr/sbin:/usr/bin:/sbin:/bin").to_owned());
    let found: Vec<PathBuf> =
        std::env::split_paths(&path).map(|folder| folder.join(name)).filter(|p| is_program(p)).collect();
    let mine = |p: &PathBuf| std::fs::metadata(p).ok().map(|m| (m.dev(), m.ino())) == me;
    let from = found.iter().rposition(mine).map_or(0, |at| at + 1);
    found.into_iter().nth(from)
}

fn is_program(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// Becomes that program, with the words as they are. Returns only where there is none.
pub(crate) fn hand_over(face: Face, words: &[OsString], object: &[u8]) -> Stop {
    let name = face.name();
    let Some(program) = next(name) else { return nobody(face, object) };
    let error = Command::new(&program).arg0(name).args(words).exec();
    let why = strerror(error.raw_os_error().unwrap_or(libc_enoent()));
    Stop::exits(format_args!("{}: {why}", program.display()), 1)
}

const fn libc_enoent() -> i32 {
    2
}

/// Runs that program for one line of a batch, and waits for it; its status.
pub(crate) fn line(call: &Call, words: &[Vec<u8>]) -> Result<u8, Stop> {
    use std::os::unix::ffi::OsStringExt;
    let name = call.face.name();
    let program = next(name).ok_or_else(|| nobody(call.face, words.first().map_or(b"", Vec::as_slice)))?;
    let mut command = Command::new(&program);
    command.arg0(name).args(without_batch(&call.said));
    command.args(words.iter().map(|w| OsString::from_vec(w.clone())));
    let status = command
        .stdin(std::process::Stdio::null())
        .status()
        .map_err(|e| Stop::says(format_args!("{}: {e}", program.display()), 1))?;
    Ok(status.code().map_or(255, |c| c.clamp(0, 255) as u8))
}

/// The options of a batch, for one of its lines.
fn without_batch(said: &[OsString]) -> Vec<OsString> {
    let mut out = Vec::new();
    let mut words = said.iter();
    while let Some(word) = words.next() {
        let option = word.to_string_lossy();
        let option = option.trim_start_matches('-');
        if word == "--" {
            break;
        }
        if !option.is_empty() && "batch".starts_with(option) {
            words.next();
        } else {
            out.push(word.clone());
        }
    }
    out
}

/// Nobody else is there to do it.
fn nobody(face: Face, object: &[u8]) -> Stop {
    let (name, object) = (face.name(), Safe(object));
    let known = match face {
        Face::Ip => linkctl::iproute::object::ip(object.0).is_some(),
        Face::Bridge => linkctl::iproute::object::bridge(object.0).is_some(),
    };
    if known {
        let said = format!(
            "Object \"{object}\" is not a link's: linkctl hands it to the next {name} on PATH, and there is none."
        );
        return Stop::says(said, 1);
    }
    Stop::says(format_args!("Object \"{object}\" is unknown, try \"{name} help\"."), 1)
}
