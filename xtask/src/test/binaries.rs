//! The test programs: built once, then run here and in the rig.

use crate::fault::{Doing, Fault, Result};
use crate::workspace;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A program full of tests.
pub(super) struct Binary {
    /// The package's folder and the target: `kernel/kernel_dump`.
    pub(super) name: String,
    pub(super) program: PathBuf,
    /// The package's folder: tests run in it, as with `cargo test`.
    pub(super) folder: PathBuf,
    target: String,
}

pub(super) struct Built {
    pub(super) tests: Vec<Binary>,
    /// The program itself, for tests that start it.
    pub(super) linkctl: Option<PathBuf>,
}

impl Binary {
    /// True for tests that are about a real kernel.
    pub(super) fn needs_kernel(&self) -> bool {
        self.target.starts_with("kernel_") || self.target.starts_with("live_")
    }
}

pub(super) fn build() -> Result<Built> {
    let mut built = Built { tests: Vec::new(), linkctl: None };
    for words in [["build", "--workspace", "--bins"], ["test", "--workspace", "--no-run"]] {
        let mut cargo = workspace::cargo();
        cargo.args(words).args(["--quiet", "--message-format=json-render-diagnostics"]);
        let done = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().doing("start cargo")?;
        if !done.status.success() {
            return Err(Fault::new(format!("cargo {} failed: see above", words.join(" "))));
        }
        for line in String::from_utf8_lossy(&done.stdout).lines() {
            read(line, &mut built);
        }
    }
    built.tests.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(built)
}

/// One message of Cargo's: <https://doc.rust-lang.org/cargo/reference/external-tools.html#artifact-messages>
fn read(line: &str, built: &mut Built) {
    let Ok(message) = serde_json::from_str::<Value>(line) else { return };
    let Some(program) = message["executable"].as_str().map(PathBuf::from) else { return };
    let target = message["target"]["name"].as_str().unwrap_or_default().to_owned();
    if message["profile"]["test"].as_bool() == Some(true) {
        let folder = Path::new(message["manifest_path"].as_str().unwrap_or_default())
            .parent()
            .map_or_else(workspace::root, Path::to_path_buf);
        let package = crate::shell::file_name(&folder);
        let library = message["target"]["kind"][0].as_str().is_some_and(|kind| kind == "lib");
        let name = if library { package } else { format!("{package}/{target}") };
        built.tests.push(Binary { name, program, folder, target });
    } else if target == "linkctl" && message["target"]["kind"][0].as_str() == Some("bin") {
        built.linkctl = Some(program);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_programs_and_the_binary_are_told_apart() {
        let mut built = Built { tests: Vec::new(), linkctl: None };
        let lines = [
            r#"{"reason":"compiler-artifact","manifest_path":"/p/crates/wire/Cargo.toml","target":{"kind":["lib"],"name":"linkctl_wire"},"profile":{"test":true},"executable":"/t/wire-1"}"#,
            r#"{"reason":"compiler-artifact","manifest_path":"/p/tests/Cargo.toml","target":{"kind":["test"],"name":"live_bond"},"profile":{"test":true},"executable":"/t/live-1"}"#,
            r#"{"reason":"compiler-artifact","manifest_path":"/p/crates/cli/Cargo.toml","target":{"kind":["bin"],"name":"linkctl"},"profile":{"test":false},"executable":"/t/linkctl"}"#,
            r#"{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"x"},"profile":{"test":false},"executable":null}"#,
            "not json",
        ];
        lines.iter().for_each(|line| read(line, &mut built));
        let names: Vec<_> =
            built.tests.iter().map(|binary| (binary.name.as_str(), binary.needs_kernel())).collect();
        assert_eq!(names, [("wire", false), ("tests/live_bond", true)]);
        assert_eq!(built.linkctl.as_deref(), Some(Path::new("/t/linkctl")));
    }
}
