//! Who changes links: the kernel's own probes, where they are to be had (tracefs, `CONFIG_KPROBE_EVENTS`, root).
//!
//! A probe on each way that a change comes in tells the process; a tracepoint tells new programs in time, for one that
//! changes a link may be gone a millisecond later. Knows the folder of traces. Refuses to stay: all that it set up is
//! taken away when it is dropped.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::{Error, sys};

/// Where traces are, newer kernels first.
const PLACES: [&str; 2] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];
/// The functions that changes of links come in by: three messages, and the old ioctls.
const WAYS: [&str; 4] = ["rtnl_newlink", "rtnl_setlink", "rtnl_dellink", "dev_ioctl"];
/// How many programs are remembered.
const MOST: usize = 512;

/// Who changed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// The process.
    pub pid: u32,
    /// Its command line as it is, to be escaped by whoever shows it; only its name where it was gone already.
    pub command: String,
}

/// Listens to who changes links.
#[derive(Debug)]
pub struct Culprits {
    place: PathBuf,
    instance: PathBuf,
    group: String,
    pipe: File,
    /// Command lines of programs that were started lately.
    started: HashMap<u32, String>,
    order: VecDeque<u32>,
    rest: String,
}

impl Culprits {
    /// Sets the probes. Fails where the kernel has none or the place is not to be written.
    pub fn open() -> Result<Self, Error> {
        let fault = |call| move |e: std::io::Error| Error::Io { call, errno: sys::number(&e) };
        let there = |p: &&&str| Path::new(**p).join("kprobe_events").exists();
        let place = PLACES.iter().find(there).ok_or(Error::Io { call: "tracefs", errno: libc::ENOENT })?;
        let place = PathBuf::from(place);
        let group = format!("linkctl{}", std::process::id());
        let instance = place.join("instances").join(&group);
        fs::create_dir(&instance).map_err(fault("tracefs"))?;
        let mut any = false;
        for way in WAYS {
            any |= append(&place.join("kprobe_events"), &format!("p:{group}/{way} {way}")).is_ok();
        }
        let set = || -> Result<File, std::io::Error> {
            if !any {
                return Err(std::io::Error::from_raw_os_error(libc::ENOSYS));
            }
            fs::write(instance.join("events").join(&group).join("enable"), "1")?;
            // Without it only the names of short programs are known.
            let _ = fs::write(instance.join("events/sched/sched_process_exec/enable"), "1");
            OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(instance.join("trace_pipe"))
        };
        match set() {
            Ok(pipe) => Ok(Self {
                place,
                instance,
                group,
                pipe,
                started: HashMap::new(),
                order: VecDeque::new(),
                rest: String::new(),
            }),
            Err(e) => {
                clear(&place, &instance, &group);
                Err(fault("kprobe_events")(e))
            }
        }
    }

    /// Those who changed links since the last time, each once, in order; this process is not among them.
    pub fn told(&mut self) -> Vec<Culprit> {
        let mut out: Vec<Culprit> = Vec::new();
        let mut buffer = [0; 16 * 1024];
        // A flood that does not end is looked at again the next time.
        for _ in 0..64 {
            let Ok(n) = self.pipe.read(&mut buffer) else { break };
            if n == 0 {
                break;
            }
            self.rest.push_str(&String::from_utf8_lossy(&buffer[..n]));
            let text = std::mem::take(&mut self.rest);
            let (whole, rest) = text.rsplit_once('\n').unwrap_or(("", &text));
            self.rest = rest.to_owned();
            for (comm, pid, event) in whole.lines().filter_map(parsed) {
                if event == "sched_process_exec" {
                    self.remember(pid);
                } else if pid != std::process::id() && !out.iter().any(|c| c.pid == pid) {
                    out.push(Culprit { pid, command: self.command(pid, comm) });
                }
            }
        }
        out
    }

    fn remember(&mut self, pid: u32) {
        let Some(command) = command_line(pid) else { return };
        if self.started.insert(pid, command).is_none() {
            self.order.push_back(pid);
        }
        while self.order.len() > MOST {
            if let Some(old) = self.order.pop_front() {
                self.started.remove(&old);
            }
        }
    }

    fn command(&self, pid: u32, comm: &str) -> String {
        let known = || self.started.get(&pid).cloned();
        known().or_else(|| command_line(pid)).unwrap_or_else(|| comm.to_owned())
    }
}

impl AsFd for Culprits {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

impl Drop for Culprits {
    fn drop(&mut self) {
        clear(&self.place, &self.instance, &self.group);
    }
}

/// `            ip-1234    [000] ...1.    12.345678: rtnl_setlink: (rtnl_setlink+0x0/0x1b0)`: name, process, event.
fn parsed(line: &str) -> Option<(&str, u32, &str)> {
    let (who, rest) = line.split_once(" [")?;
    let (comm, pid) = who.trim_end().rsplit_once('-')?;
    let event = rest.split_once(": ")?.1.split(':').next()?;
    Some((comm.trim_start(), pid.parse().ok()?, event.trim()))
}

/// A process's command line; `None` where it is gone, or is the kernel's own.
fn command_line(pid: u32) -> Option<String> {
    let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok().filter(|b| !b.is_empty())?;
    let words: Vec<&[u8]> = bytes.split(|b| *b == 0).filter(|w| !w.is_empty()).collect();
    Some(String::from_utf8_lossy(&words.join(&b' ')).into_owned())
}

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    OpenOptions::new().append(true).open(path)?.write_all(line.as_bytes())
}

/// Takes away what was set up, as far as it is there.
fn clear(place: &Path, instance: &Path, group: &str) {
    let _ = fs::write(instance.join("events").join(group).join("enable"), "0");
    let _ = fs::write(instance.join("events/sched/sched_process_exec/enable"), "0");
    let _ = fs::remove_dir(instance);
    for way in WAYS {
        let _ = append(&place.join("kprobe_events"), &format!("-:{group}/{way}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_trace_tells_name_process_and_event() {
        let line =
            "              ip-1234    [000] ...1.    12.345678: rtnl_setlink: (rtnl_setlink+0x0/0x1b0)";
        assert_eq!(parsed(line), Some(("ip", 1234, "rtnl_setlink")));
        let odd =
            " a-b [x] c-77      [001] .....     1.5: sched_process_exec: filename=/bin/x: pid=77 old_pid=77";
        assert_eq!(parsed(odd).map(|(_, _, e)| e), None, "a name that looks like a line tells nothing");
        for line in ["", "CPU:0 [LOST 7 EVENTS]", "ip-x [000] a: b", "ip-1 [000]"] {
            assert_eq!(parsed(line), None, "{line}");
        }
    }
}
