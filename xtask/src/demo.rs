//! `demo`: builds linkctl and runs the main job in throw-away namespaces.

use crate::fault::{Fault, Result};
use crate::{shell, workspace};
use std::process::{Command, ExitCode};

/// Builds what is needed, then runs the demonstration; as an ordinary user inside a user namespace.
pub(crate) fn run(words: &[String]) -> Result<ExitCode> {
    if let Some(word) = words.first() {
        return Err(Fault::new(format!("demo takes no words, got `{word}`")));
    }
    let root = workspace::root();
    let mut cargo = workspace::cargo();
    cargo.args(["build", "--quiet", "--package", "linkctl-cli", "--package", "linkctl-conformance"]);
    cargo.args(["--bin", "linkctl", "--bin", "demo"]);
    println!("building linkctl ...");
    if !shell::shown(&mut cargo)? {
        return Err(Fault::new("linkctl does not build"));
    }
    let built = workspace::target()?.join("debug");
    let mut demo = if shell::is_root() {
        Command::new(built.join("demo"))
    } else {
        // util-linux is on every Debian; the kernel decides whether users may make namespaces.
        let mut unshare = Command::new("unshare");
        unshare.args(["--user", "--map-root-user"]).arg(built.join("demo"));
        unshare
    };
    demo.arg(built.join("linkctl")).arg(root.join("examples/site.yaml"));
    Ok(if shell::shown(&mut demo)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
