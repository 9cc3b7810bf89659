//! `cargo xtask`: what is generated, checked or run around the project.
//!
//! A subcommand is one file and one line in `COMMANDS`. Here is only the choice between them.

mod boots;
mod callers;
mod demo;
mod docs;
mod fault;
mod install;
mod layers;
mod peer;
mod rig;
mod selftests;
mod shell;
mod system;
mod test;
mod vm;
mod workspace;

use fault::{Fault, Result};
use std::process::ExitCode;

/// A subcommand: the words after its name go to `run`, the exit status comes back.
struct Command {
    name: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Result<ExitCode>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "test",
        help: "everything: format, lints, layers, tests here and in the rig",
        run: test::run,
    },
    Command { name: "demo", help: "the main job on a real kernel, in throw-away namespaces", run: demo::run },
    Command { name: "docs", help: "write the pages that come from the tables", run: docs::run },
    Command {
        name: "layers",
        help: "structure: who sees whom, unsafe, list of kinds, file sizes",
        run: layers::run,
    },
    Command { name: "vm", help: "run a command as root on a kernel of choice, in QEMU", run: vm::run },
    Command {
        name: "system",
        help: "boot a whole Debian with linkctl, reboot it, cut its power",
        run: system::run,
    },
    Command { name: "peer", help: "fetch the newest iproute2 and print its folder", run: peer::run },
    Command {
        name: "selftests",
        help: "the kernel's own tests, with linkctl in the place of ip",
        run: selftests::run,
    },
    Command { name: "callers", help: "programs that call ip, with linkctl in its place", run: callers::run },
    Command {
        name: "boots",
        help: "linkctl on whole systems: reboots, power cuts, other managers",
        run: boots::run,
    },
    Command { name: "install", help: "install the programs that the tests need", run: install::run },
];

fn main() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("xtask: {fault}");
            // 125 is the rig's word for "not the command's fault"; for all others a plain 1 would be as good.
            ExitCode::from(rig::FAILED)
        }
    }
}

fn start() -> Result<ExitCode> {
    let mut words = Vec::new();
    for (position, word) in std::env::args_os().enumerate().skip(1) {
        let word = word
            .into_string()
            .map_err(|bytes| Fault::new(format!("argument {position} ({}) is not UTF-8", bytes.display())))?;
        words.push(word);
    }
    let Some((name, rest)) = words.split_first() else {
        print!("{}", usage());
        return Ok(ExitCode::from(2));
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print!("{}", usage());
        return Ok(ExitCode::SUCCESS);
    }
    match COMMANDS.iter().find(|command| command.name == name) {
        Some(command) => (command.run)(rest),
        None => Err(Fault::new(format!("no subcommand `{name}`")).next("cargo xtask help")),
    }
}

fn usage() -> String {
    let line = |command: &Command| format!("  {:9} {}", command.name, command.help);
    let lines = COMMANDS.iter().map(line).collect::<Vec<_>>().join("\n");
    format!("cargo xtask SUBCOMMAND [--help]\n\n{lines}\n")
}
