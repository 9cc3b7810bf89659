//! `linkctl completions`: the line that makes a shell ask linkctl for words.

use super::print;
use crate::args;
use crate::exit::Failure;

/// Prints what a shell's start-up file should run.
pub(crate) fn run(args: &args::Completions) -> Result<(), Failure> {
    let shells = ["bash", "zsh", "fish", "elvish", "powershell"];
    if !shells.contains(&args.shell.as_str()) {
        return Err(Failure::usage(format!("{:?} is none of {}", args.shell, shells.join(", "))));
    }
    // The script comes from the completion engine itself, run as the shell would.
    let binary = std::env::current_exe().map_err(|e| Failure::usage(format!("where am I? {e}")))?;
    let script = std::process::Command::new(binary).env("COMPLETE", &args.shell).output();
    let script = script.map_err(|e| Failure::usage(format!("the script could not be made: {e}")))?;
    print(&String::from_utf8_lossy(&script.stdout))
}
