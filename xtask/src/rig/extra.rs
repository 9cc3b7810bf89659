//! A module that Debian has not: an `InfiniBand` device that sends nowhere (`rig_ib`). It is built with this machine's compiler, so
//! only for kernels that were built with the same.
//!
//! Kinds that Debian leaves out (amt, bareudp, rmnet, `virt_wifi`) could be built from its sources in the same way. They are not:
//! one of them takes the whole guest down under acts by chance, and with it the tests of all others.

use super::Archive;
use crate::fault::{Doing, Result};
use crate::shell;
use std::fs;
use std::path::Path;
use std::process::Command;

const BUILD: &str = include_str!("extra/build.sh");
const RIG_IB: &str = include_str!("extra/rig_ib.c");

/// What the releases of kernels have in their names that were built on this machine's Debian; none elsewhere.
pub(super) fn own_mark() -> Option<String> {
    let about = fs::read_to_string("/etc/os-release").ok()?;
    let value = |name: &str| {
        let line = about.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.map(|value| value.trim_matches('"'))
    };
    Some(format!("+deb{}", value("VERSION_ID").filter(|_| value("ID") == Some("debian"))?))
}

/// Adds it to the modules of a release, in `modules`. Says so where it cannot be: tests that want it are skipped.
pub(super) fn add(archive: &Archive, release: &str, modules: &Path, work: &Path) -> Result<()> {
    let able = ["make", "gcc", "strip"].iter().find(|program| shell::which(program).is_none());
    let why = match able {
        Some(program) => Some(format!("there is no {program}")),
        None if !own_mark().is_some_and(|mark| is_of(release, &mark)) => {
            Some("it was built with another compiler than this machine has".to_owned())
        }
        None => build(archive, release, work).err().map(|fault| fault.to_string()),
    };
    let made = work.join("made");
    match why {
        None => fs::rename(&made, modules.join("extra")).doing(format!("move {}", made.display()))?,
        Some(why) => eprintln!("rig: {release} without rig_ib: {why}"),
    }
    Ok(())
}

/// Whether a release bears a mark, and not one that begins alike.
pub(super) fn is_of(release: &str, mark: &str) -> bool {
    release.split_once(mark).is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn build(archive: &Archive, release: &str, work: &Path) -> Result<()> {
    let packages = work.join("packages");
    fs::create_dir_all(&packages).doing(format!("create {}", packages.display()))?;
    let plain = release.strip_suffix("-amd64").unwrap_or(release);
    let headers = format!("linux-headers-{release}");
    let of = archive.version(&headers)?;
    let wanted = [headers, format!("linux-headers-{plain}-common"), format!("linux-kbuild-{plain}")];
    archive.download(&wanted.map(|package| format!("{package}={of}")), &packages)?;
    for (name, text) in [("rig_ib.c", RIG_IB), ("build.sh", BUILD)] {
        fs::write(work.join(name), text).doing(format!("write {}/{name}", work.display()))?;
    }
    shell::quiet(Command::new("sh").args(["build.sh", release]).current_dir(work))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_of_the_debian_that_it_names() {
        assert!(is_of("6.12.117+deb12-amd64", "+deb12") && is_of("6.12.90+deb12.1-amd64", "+deb12"));
        assert!(!is_of("6.12.118+deb13-amd64", "+deb12") && !is_of("6.12.118+deb13-amd64", "+deb1"));
        assert!(!is_of("6.1.0-56-amd64", "+deb12"));
    }
}
