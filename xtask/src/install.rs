//! `cargo xtask install`: programs and headers that the tests need, from the machine's own apt, and only what is not there.
//!
//! The rig needs none of it: it brings its own (`rig/qemu.rs`). Tests that miss something of it say so and skip.

use crate::fault::{Fault, Result};
use crate::shell;
use std::path::Path;
use std::process::{Command, ExitCode};

/// What shows that a package is there, the package, and what for.
const NEEDS: &[(&str, &str, &str)] = &[
    ("cc", "gcc", "link Rust programs"),
    ("/usr/include/stdlib.h", "libc6-dev", "link Rust programs"),
    ("/usr/include/linux/if_link.h", "linux-libc-dev", "compare our numbers with the kernel's"),
    ("make", "make", "build an InfiniBand device for the rig"),
    ("ip", "iproute2", "compare with ip"),
    ("modprobe", "kmod", "load link kinds in the rig"),
    ("ethtool", "ethtool", "compare with ethtool"),
    ("ping", "iputils-ping", "tests with traffic"),
    ("strace", "strace", "end programs at any of their calls"),
    ("hyperfine", "hyperfine", "benchmarks"),
    ("python3", "python3-minimal", "check generated files with other readers"),
    (
        "/usr/lib/python3/dist-packages/jsonschema",
        "python3-jsonschema",
        "check the JSON Schema with another's validator",
    ),
    ("/usr/lib/python3/dist-packages/yaml", "python3-yaml", "read goal files with another's reader"),
];

pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    if !words.is_empty() {
        return Err(Fault::new("install takes no words").next("cargo xtask install"));
    }
    Ok(if install() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Installs what is missing; false when something still is.
pub(crate) fn install() -> bool {
    let missing: Vec<_> = NEEDS.iter().filter(|(sign, ..)| !is_there(sign)).collect();
    if missing.is_empty() {
        println!("install: nothing is missing");
        return true;
    }
    let packages: Vec<_> = missing.iter().map(|(_, package, _)| *package).collect();
    for (_, package, reason) in &missing {
        println!("install: {package} is missing ({reason})");
    }
    if shell::which("apt-get").is_none() {
        eprintln!("install: no apt-get here: install what is named above with this machine's own means");
        return false;
    }
    if !shell::is_root() {
        eprintln!(
            "install: not root: going on without; to have them: sudo apt-get install {}",
            packages.join(" ")
        );
        return false;
    }
    println!("install: apt-get install {}", packages.join(" "));
    let installed = apt(&["install", "-y", "-qq", "--no-install-recommends"], &packages).or_else(|_| {
        apt(&["update", "-qq"], &[])
            .and_then(|()| apt(&["install", "-y", "-qq", "--no-install-recommends"], &packages))
    });
    if let Err(fault) = &installed {
        eprintln!("install: {fault}\ninstall: going on without");
    }
    installed.is_ok()
}

fn is_there(sign: &str) -> bool {
    if sign.starts_with('/') { Path::new(sign).exists() } else { shell::which(sign).is_some() }
}

fn apt(words: &[&str], packages: &[&str]) -> Result<()> {
    shell::quiet(Command::new("apt-get").args(words).args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
}
