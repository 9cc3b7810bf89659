//! Tests on this machine and its own kernel.

use super::Surroundings;
use super::binaries::Binary;
use super::counts::Outcome;
use crate::fault::{Doing, Result};
use crate::workspace;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A program of tests that takes longer hangs.
const LIMIT: Duration = Duration::from_mins(15);

/// Runs one program.
pub(super) fn run(binary: &Binary, surroundings: &Surroundings, names: &[String]) -> Result<Outcome> {
    let mut command = Command::new(&binary.program);
    command.args(names).current_dir(&binary.folder).env("CARGO_MANIFEST_DIR", &binary.folder);
    Ok(Outcome { name: binary.name.clone(), ..limited(&mut command, surroundings, &binary.name)? })
}

/// Runs the examples in the documentation.
pub(super) fn documentation(surroundings: &Surroundings) -> Result<Outcome> {
    let mut cargo = workspace::cargo();
    cargo.args(["test", "--workspace", "--doc", "--quiet"]);
    Ok(Outcome { name: "documentation".to_owned(), ..limited(&mut cargo, surroundings, "documentation")? })
}

fn limited(command: &mut Command, surroundings: &Surroundings, name: &str) -> Result<Outcome> {
    let start = Instant::now();
    let file = |end: &str| surroundings.folder.join(format!("{}.{end}", name.replace('/', "-")));
    let (output, skips) = (file("out"), file("skips"));
    let stdout = File::create(&output).doing(format!("create {}", output.display()))?;
    let stderr = stdout.try_clone().doing(format!("open {}", output.display()))?;
    for (variable, value) in surroundings.variables() {
        command.env(variable, value);
    }
    command.env("LINKCTL_SKIPS", &skips).stdin(Stdio::null()).stdout(stdout).stderr(stderr);
    let success = wait(command.spawn().doing(format!("start {name}"))?)?;
    let mut said = read(&output);
    if success.is_none() {
        said.push_str("\nended after 15 minutes: it hangs");
    }
    let mut outcome = Outcome::read(said, &read(&skips), success == Some(true));
    outcome.took = start.elapsed();
    Ok(outcome)
}

/// Whether the program ended well; none when it had to be ended.
fn wait(mut child: Child) -> Result<Option<bool>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().doing("wait for a test program")? {
            return Ok(Some(status.success()));
        }
        if start.elapsed() > LIMIT {
            child.kill().and_then(|()| child.wait()).doing("end a test program")?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What is in a file, nothing when it is not there.
pub(super) fn read(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

impl Surroundings {
    /// The variables that tests read, but for the file of skips, which is each program's own.
    pub(super) fn variables(&self) -> Vec<(&'static str, &Path)> {
        let bin = self.linkctl.as_deref().map(|path| ("LINKCTL_BIN", path));
        let peer = self.peer.as_deref().map(|path| ("LINKCTL_PEER_IP", path));
        let header = self.header.as_deref().map(|path| ("LINKCTL_IF_LINK_H", path));
        let tools = self.tools.as_deref().map(|path| ("LINKCTL_PEER_TOOLS", path));
        let long = self.long.then(|| ("LINKCTL_LONG", Path::new("1")));
        bin.into_iter().chain(peer).chain(header).chain(tools).chain(long).collect()
    }
}
