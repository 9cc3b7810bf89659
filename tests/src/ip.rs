//! The compatibility face beside the genuine `ip` and `bridge`: the same lines for both, each in a world of its own.

pub mod excuse;
pub mod generate;
pub mod golden;
pub mod mask;
pub mod script;
pub mod wire;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Said, Space, skip};

/// A program that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// Where the programs are: a folder with `ip` and `bridge` each.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The genuine ones, the newest.
    pub theirs: PathBuf,
    /// Ours under their names.
    pub ours: PathBuf,
}

/// Whose program is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The genuine one.
    Theirs,
    /// linkctl.
    Ours,
}

impl Programs {
    /// Both; `None`, having said so, where the genuine ones are not at hand.
    pub fn find(space: &Space) -> Option<Self> {
        let Some(ip) = std::env::var_os("LINKCTL_PEER_IP").map(PathBuf::from) else {
            skip("the newest ip is not at hand (LINKCTL_PEER_IP)");
            return None;
        };
        let theirs = ip.parent()?.to_path_buf();
        // To prove the proof: the genuine programs in our place must differ in nothing.
        if std::env::var_os("LINKCTL_DIFF_SELF").is_some() {
            return Some(Self { ours: theirs.clone(), theirs });
        }
        Some(Self { theirs, ours: shims(space) })
    }

    /// A command of one of them, with a search path on which the genuine ones stand behind ours.
    pub fn command(&self, who: Who, program: &str) -> Command {
        let folder = if who == Who::Ours { &self.ours } else { &self.theirs };
        let mut command = Command::new(folder.join(program));
        command.env("PATH", self.path(who)).env("LC_ALL", "C").env_remove("NO_COLOR").env_remove("COLORFGBG");
        command
    }

    /// The search path under which other programs find them.
    pub fn path(&self, who: Who) -> OsString {
        let mut path = OsString::new();
        for folder in (who == Who::Ours).then_some(&self.ours).into_iter().chain([&self.theirs]) {
            path.push(folder);
            path.push(":");
        }
        path.push(std::env::var_os("PATH").unwrap_or_else(|| "/usr/sbin:/usr/bin:/sbin:/bin".into()));
        path
    }

    /// Runs one line; strange ends are told in the status.
    pub fn run(&self, who: Who, line: &Line, scratch: &Path) -> Said {
        let mut command = self.command(who, line.program);
        command.args(&line.words);
        finish(&mut command, line.input.as_deref(), scratch).expect("it starts")
    }
}

/// linkctl under the names of the genuine programs, in the space's folder.
pub fn shims(space: &Space) -> PathBuf {
    let folder = space.file("shims", "").with_file_name("bin");
    fs::create_dir_all(&folder).expect("the temporary folder is writable");
    for name in ["ip", "bridge"] {
        let link = folder.join(name);
        if link.symlink_metadata().is_err() {
            std::os::unix::fs::symlink(space.binary(), &link).expect("the temporary folder takes links");
        }
    }
    folder
}

/// One command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `ip` or `bridge`.
    pub program: &'static str,
    /// Its words.
    pub words: Vec<String>,
    /// What it reads.
    pub input: Option<String>,
}

impl Line {
    /// A line of `ip`, from words with spaces between.
    pub fn ip(words: &str) -> Self {
        Self { program: "ip", words: words.split_whitespace().map(str::to_owned).collect(), input: None }
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.program)?;
        for word in &self.words {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/,=+@%".contains(c);
            if !word.is_empty() && word.chars().all(plain) {
                write!(f, " {word}")?;
            } else {
                write!(f, " '{}'", word.replace('\'', "'\\''"))?;
            }
        }
        self.input.as_ref().map_or(Ok(()), |text| write!(f, " <<'.'\n{text}\n."))
    }
}

/// Runs a command to its end with files for its output, so that nothing it does can block it; ends it where it hangs.
pub fn finish(command: &mut Command, input: Option<&str>, scratch: &Path) -> io::Result<Said> {
    let file = |end: &str| scratch.join(end);
    let stdin = match input {
        None => Stdio::null(),
        Some(text) => {
            fs::write(file("in"), text)?;
            File::open(file("in"))?.into()
        }
    };
    command.stdin(stdin).stdout(File::create(file("out"))?).stderr(File::create(file("err"))?);
    let mut child = command.spawn()?;
    let (start, mut pause) = (Instant::now(), Duration::from_micros(300));
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status.code().unwrap_or_else(|| -status.signal().unwrap_or(1));
        }
        if start.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            break -9;
        }
        std::thread::sleep(pause);
        pause = (pause * 5 / 4).min(Duration::from_millis(20));
    };
    let read =
        |end: &str| -> io::Result<String> { Ok(String::from_utf8_lossy(&fs::read(file(end))?).into_owned()) };
    Ok(Said { status, out: read("out")?, err: read("err")? })
}
