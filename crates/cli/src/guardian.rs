//! Starting the guardian: a process of its own, out of reach of what may end this one.

use std::io::IsTerminal;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use linkctl::apply::guard::is_guarded;
use linkctl::apply::{Fault, Record, Records};

/// How long a guardian may take to its post.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts the guardian of a transaction and waits until it is at its post. One that is to outlive this process
/// (`lasting`) is handed to systemd where that runs the machine, so that the end of a login does not end it.
pub(crate) fn start(
    state: &Path,
    netns: Option<&str>,
    records: &Records,
    record: &Record,
    lasting: bool,
) -> Result<(), Fault> {
    let failed = |e: std::io::Error| Fault::Unguarded(e.to_string());
    let state = std::path::absolute(state).map_err(failed)?;
    let program = std::env::current_exe().map_err(failed)?;
    let mut words = vec!["guard".into(), "--state".into(), state.into_os_string()];
    words.extend(["--id", &record.id, "--applier", &std::process::id().to_string()].map(Into::into));
    words.extend(netns.into_iter().flat_map(|n| ["--netns", n]).map(Into::into));
    if lasting && has_systemd() {
        let mut command = Command::new("systemd-run");
        command.args(["--quiet", "--collect", "--description=linkctl: takes back what is not confirmed"]);
        command.arg(format!("--unit=linkctl-guard-{}", record.id)).arg("--").arg(&program).args(&words);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if command.status().is_ok_and(|s| s.success()) && arrives(records, record, None) {
            return Ok(());
        }
    }
    let mut command = Command::new(&program);
    // An open pipe would keep a caller waiting that reads to its end, ssh for one.
    let stderr = if std::io::stderr().is_terminal() { Stdio::inherit() } else { Stdio::null() };
    command.args(&words).current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
    let mut child = command.spawn().map_err(failed)?;
    if arrives(records, record, Some(&mut child)) {
        return Ok(());
    }
    let _ = child.kill();
    Err(Fault::Unguarded(format!("{} guard did not come to its post", program.display())))
}

/// Whether the guardian takes its post in time.
fn arrives(records: &Records, record: &Record, mut child: Option<&mut Child>) -> bool {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if is_guarded(records, record) {
            return true;
        }
        if child.as_mut().is_some_and(|c| !matches!(c.try_wait(), Ok(None))) {
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    false
}

/// Whether systemd runs the machine that this process sees: its network and its files.
fn has_systemd() -> bool {
    let same = |what: &str| {
        let id =
            |who: &str| std::fs::metadata(format!("/proc/{who}/ns/{what}")).map(|m| (m.dev(), m.ino())).ok();
        id("self").is_some() && id("self") == id("1")
    };
    Path::new("/run/systemd/system").is_dir() && same("net") && same("mnt")
}
