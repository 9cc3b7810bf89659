//! Processes that watch each other, and time that goes on while the machine sleeps.
//!
//! Knows how a process is told from a later one of the same number, when it ends, and the clock that counts from boot.
//! Refuses to decide what follows from it.

use std::fs;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use crate::{Error, sys};

/// A process, held by a descriptor: another one that gets its number later is not taken for it.
#[derive(Debug)]
pub struct Process {
    pid: u32,
    fd: OwnedFd,
}

impl Process {
    /// Takes hold of a process; `ESRCH` where there is none. Needs Linux 5.3.
    pub fn open(pid: u32) -> Result<Self, Error> {
        Ok(Self { pid, fd: sys::pidfd(pid)? })
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it was stopped by a signal (`T` in `/proc/PID/stat`): it does nothing until told to go on.
    pub fn is_stopped(&self) -> bool {
        stat(self.pid).is_some_and(|s| s.starts_with('T'))
    }

    /// Ends it at once, whatever it does.
    pub fn kill(&self) -> Result<(), Error> {
        sys::signal(self.fd.as_fd(), libc::SIGKILL)
    }
}

/// Readable when it has ended.
impl AsFd for Process {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// When a process was started, in the kernel's ticks since boot: tells it from others that had its number.
pub fn started(pid: u32) -> Option<u64> {
    // Field 22 of proc(5); what is behind the name begins with field 3.
    stat(pid)?.split_whitespace().nth(19)?.parse().ok()
}

/// What `/proc/PID/stat` says behind the name, which may hold anything.
fn stat(pid: u32) -> Option<String> {
    let text = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let end = text.iter().rposition(|b| *b == b')')?;
    Some(String::from_utf8_lossy(text.get(end + 1..)?).trim_start().to_owned())
}

/// What tells one run of the machine from the next.
pub fn boot_id() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

/// Time since boot, suspended time counted (`CLOCK_BOOTTIME`); setting the clock does not change it.
pub fn boottime() -> Duration {
    sys::boottime()
}

/// The user that logged in, however many times it changed since (`/proc/self/loginuid`); `None` for services.
pub fn login() -> Option<u32> {
    let text = fs::read_to_string("/proc/self/loginuid").ok()?;
    text.trim().parse().ok().filter(|uid| *uid != u32::MAX)
}

/// Leaves the terminal and its session: what ends those does not end this process.
pub fn detach() -> Result<(), Error> {
    sys::setsid()
}

/// A timer on the clock of [`boottime`].
#[derive(Debug)]
pub struct Alarm(OwnedFd);

impl Alarm {
    /// A timer that is not set.
    pub fn new() -> Result<Self, Error> {
        sys::timer().map(Self)
    }

    /// Sets it to a time of [`boottime`]; `None` takes that back.
    pub fn set(&self, at: Option<Duration>) -> Result<(), Error> {
        sys::drain(self.0.as_fd());
        // A time of zero would take it back.
        sys::set_timer(self.0.as_fd(), at.map_or(Duration::ZERO, |t| t.max(Duration::from_nanos(1))))
    }
}

/// Readable when the time has come.
impl AsFd for Alarm {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A folder that is watched.
#[derive(Debug)]
pub struct Folder(OwnedFd);

impl Folder {
    /// Watches a folder for files that are made, renamed, written or deleted.
    pub fn watch(path: &Path) -> Result<Self, Error> {
        sys::watch(path).map(Self)
    }

    /// Forgets what has happened so far.
    pub fn drain(&self) {
        sys::drain(self.0.as_fd());
    }
}

/// Readable when something happened.
impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Waits until one of the descriptors is readable, and says which are; none of them where a signal came.
pub fn wait(fds: &[BorrowedFd<'_>]) -> Result<Vec<bool>, Error> {
    sys::poll_any(fds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_is_told_from_others_and_its_end_is_seen() {
        let mut child = Command::new("sleep").arg("100").spawn().expect("sleep starts");
        let process = Process::open(child.id()).expect("it is there");
        assert!(started(child.id()).is_some() && !process.is_stopped());
        process.kill().expect("it is ours");
        assert_eq!(wait(&[process.as_fd()]).expect("it ends"), [true]);
        child.wait().expect("it is ours");
        assert_eq!(started(child.id()), None);
    }

    #[test]
    fn an_alarm_goes_off_at_its_time_and_not_when_taken_back() {
        let alarm = Alarm::new().expect("a timer");
        let long = Alarm::new().expect("a timer");
        long.set(Some(boottime() + Duration::from_secs(100))).expect("set");
        long.set(None).expect("taken back");
        alarm.set(Some(boottime() + Duration::from_millis(20))).expect("set");
        assert_eq!(wait(&[alarm.as_fd(), long.as_fd()]).expect("a time"), [true, false]);
    }

    #[test]
    fn a_folder_tells_what_happens_in_it() {
        let path = std::env::temp_dir().join(format!("linkctl-watch-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        let folder = Folder::watch(&path).expect("watched");
        fs::write(path.join("a"), "b").expect("written");
        assert_eq!(wait(&[folder.as_fd()]).expect("told"), [true]);
        fs::remove_dir_all(&path).expect("ours");
    }
}
