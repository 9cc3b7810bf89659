//! A world of its own for each test, and the programs to run in it.
//!
//! A test that needs a feature which is not there says so and counts as skipped: see [`skip`].

pub mod card;
pub mod chance;
pub mod feed;
pub mod ip;
pub mod lockstep;
pub mod peer;
pub mod running;
pub mod stage;
pub mod trial;
pub mod upheaval;
pub mod values;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use linkctl::kernel;

/// Says that a test could not be made, to stderr and to the file that `LINKCTL_SKIPS` names.
pub fn skip(reason: &str) {
    let thread = std::thread::current();
    let line = format!("SKIP {}: {reason}\n", thread.name().unwrap_or("?"));
    // Past libtest's capture, which would hide it.
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(path) = std::env::var_os("LINKCTL_SKIPS") {
        let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut f| f.write_all(line.as_bytes())).expect("the list of skips is writable");
    }
}

/// Freezes every process for the five seconds of the kernel's own test of a suspend, devices apart, which the rig's
/// guests do not wake up from (`Documentation/power/basic-pm-debugging.rst`). `false`, having said so, where that
/// cannot be: on a machine that is not the test's.
pub fn sleep() -> bool {
    let asked = std::env::var_os("LINKCTL_IN_VM").is_some()
        && std::fs::write("/sys/power/pm_test", "freezer").is_ok()
        && std::fs::write("/sys/power/state", "freeze").is_ok();
    if !asked {
        skip("this machine is not put to sleep by a test");
    }
    asked
}

/// The commands that keep something in the state folder.
const KEEPERS: &[&str] = &[
    "apply", "undo", "confirm", "rollback", "extend", "history", "status", "plan", "owned", "boot", "watch",
];

/// An isolated network and mount namespace for the calling thread and the programs that it starts.
#[derive(Debug)]
pub struct Space {
    bin: PathBuf,
    state: PathBuf,
}

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Said {
    /// Exit status; -1 where a signal ended it.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl From<Output> for Said {
    fn from(o: Output) -> Self {
        Self {
            status: o.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&o.stdout).into_owned(),
            err: String::from_utf8_lossy(&o.stderr).into_owned(),
        }
    }
}

impl Said {
    /// Fails the test unless the program succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, 0, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Fails the test unless the program ended with that status.
    #[track_caller]
    pub fn fails(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Fails the test unless standard error holds a text.
    #[track_caller]
    pub fn err_has(self, text: &str) -> Self {
        assert!(self.err.contains(text), "no {text:?} in: {}", self.err);
        self
    }

    /// Fails the test unless standard output holds a text.
    #[track_caller]
    pub fn out_has(self, text: &str) -> Self {
        assert!(self.out.contains(text), "no {text:?} in: {}", self.out);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e} in: {}", self.out))
    }
}

impl Space {
    /// Isolates the calling thread; `None`, having said so, where that is not allowed.
    pub fn new() -> Option<Self> {
        running::keep_empty();
        if let Err(e) = kernel::isolate() {
            skip(&e.to_string());
            return None;
        }
        let bin = binary()?;
        let thread = std::thread::current();
        let unique = thread.name().unwrap_or("main").replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let state = std::env::temp_dir().join(format!("linkctl-test-{}-{unique}", std::process::id()));
        let _ = std::fs::remove_dir_all(&state);
        Some(Self { bin, state })
    }

    /// Runs `f` in a thread with another world of its own.
    pub fn another<T: Send>(&self, f: impl FnOnce(&Space) -> T + Send) -> T {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let thread = std::thread::current();
        let name = format!("{}-{}", thread.name().unwrap_or("main"), MADE.fetch_add(1, Ordering::Relaxed));
        let run = || f(&Self::new().expect("it was possible before"));
        std::thread::scope(|scope| {
            let thread =
                std::thread::Builder::new().name(name).spawn_scoped(scope, run).expect("a thread starts");
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// The state folder of this test's applies.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The linkctl that is tested.
    pub fn binary(&self) -> &Path {
        &self.bin
    }

    /// Runs linkctl; `words` are separated by spaces.
    pub fn linkctl(&self, words: &str) -> Said {
        self.linkctl_with(&words.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs linkctl with words that may hold anything.
    pub fn linkctl_with(&self, words: &[&str]) -> Said {
        let mut command = Command::new(&self.bin);
        command.args(words).env("NO_COLOR", "1");
        if words.first().is_some_and(|w| KEEPERS.contains(w)) {
            command.arg("--state").arg(&self.state);
        }
        command.output().expect("linkctl starts").into()
    }

    /// Runs linkctl with something on its standard input.
    pub fn linkctl_fed(&self, words: &[&str], input: &[u8]) -> Said {
        let mut command = Command::new(&self.bin);
        command
            .args(words)
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("linkctl starts");
        // Whoever refuses early reads no more.
        let _ = child.stdin.take().expect("piped").write_all(input);
        child.wait_with_output().expect("linkctl ends").into()
    }

    /// Runs linkctl under strace; the second value is how many messages it sent that change links. `None`, having said
    /// so, where strace is not at hand.
    pub fn traced(&self, words: &str) -> Option<(Said, usize)> {
        let (said, log) = self.trace(words)?;
        let changes = ["RTM_NEWLINK", "RTM_DELLINK", "RTM_SETLINK", "RTM_NEWLINKPROP", "RTM_DELLINKPROP"];
        let sent = changes.iter().map(|m| log.matches(&format!("nlmsg_type={m},")).count()).sum();
        Some((said, sent))
    }

    /// The same with all that strace told of what was sent.
    pub fn trace(&self, words: &str) -> Option<(Said, String)> {
        let log = self.file("strace", "");
        let mut command = Command::new("strace");
        command.args(["-f", "-e", "trace=sendto,sendmsg", "-o"]).arg(&log).arg(&self.bin);
        command.args(words.split_whitespace()).env("NO_COLOR", "1");
        if words.split_whitespace().next().is_some_and(|w| KEEPERS.contains(&w)) {
            command.arg("--state").arg(&self.state);
        }
        let Ok(output) = command.output() else {
            skip("strace is not installed");
            return None;
        };
        let log = std::fs::read_to_string(&log).expect("strace writes it");
        assert!(log.contains("RTM_GETLINK"), "strace tells messages: {log}");
        Some((output.into(), log))
    }

    /// Writes a file and applies it.
    pub fn apply(&self, goal: &str, more: &[&str]) -> Said {
        let file = self.file("goal.yaml", goal);
        let path = file.to_str().expect("a temporary folder's name is text");
        self.linkctl_with(&[&["apply", path], more].concat())
    }

    /// Writes a file and plans it.
    pub fn plan(&self, goal: &str) -> Said {
        let file = self.file("goal.yaml", goal);
        self.linkctl_with(&["plan", file.to_str().expect("a temporary folder's name is text")])
    }

    /// Writes a file of this test.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let folder = self.state.with_extension("files");
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let path = folder.join(name);
        std::fs::write(&path, text).expect("the temporary folder is writable");
        path
    }

    /// Runs the genuine ip, the newest where the rig fetched it; the machine's own otherwise.
    pub fn ip(&self, words: &str) -> Said {
        let ip = std::env::var_os("LINKCTL_PEER_IP").unwrap_or_else(|| "ip".into());
        Command::new(ip).args(words.split_whitespace()).output().expect("ip starts").into()
    }

    /// Runs commands of ip; `false`, having said so, where the kernel has no such kind of link.
    #[track_caller]
    pub fn prepare(&self, commands: &[&str]) -> bool {
        commands.iter().all(|words| {
            let said = self.ip(words);
            if said.err.contains("Unknown device type") {
                skip(&format!("this kernel has no such kind: ip {words}"));
                return false;
            }
            said.ok();
            true
        })
    }

    /// Whether the newest ip is at hand, whose output is the reference.
    pub fn newest_ip() -> bool {
        std::env::var_os("LINKCTL_PEER_IP").is_some()
    }

    /// Creates a link with linkctl; `false`, having said so, where the kernel has no such kind.
    #[track_caller]
    pub fn add(&self, words: &str) -> bool {
        let said = self.linkctl(&format!("add {words}"));
        if said.status == 10 {
            skip(&format!("this kernel has no such kind: add {words}"));
            return false;
        }
        said.ok();
        true
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.state);
        let _ = std::fs::remove_dir_all(self.state.with_extension("files"));
    }
}

/// The linkctl to test: what the runner says, else what lies beside the test programs.
fn binary() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("LINKCTL_BIN") {
        return Some(path.into());
    }
    let me = std::env::current_exe().ok()?;
    let beside = me.ancestors().skip(1).take(3).map(|f| f.join("linkctl")).find(|f| f.is_file());
    if beside.is_none() {
        skip("no linkctl is built: cargo build -p linkctl-cli");
    }
    beside
}
