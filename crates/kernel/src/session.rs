//! The connections that carry the session of the calling process.
//!
//! Knows where a hint is to be had and how the kernel bears it out: the connection that `SSH_CONNECTION` names must be
//! there, and so must one whose socket a login server among the ancestors holds. Refuses to believe a hint that no
//! socket fits, as in a shell that outlived its session.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::MetadataExt;

use crate::tcp::{Connection, established};
use crate::{Netns, Place, inside};

/// Servers whose connection is the session of all that they start.
const SERVERS: &[&str] = &["sshd", "sshd-session", "dropbear", "telnetd", "in.telnetd"];
/// How far up is looked.
const GENERATIONS: usize = 64;

/// A connection that carries the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// The connection.
    pub connection: Connection,
    /// What tells its namespace from others: device and inode.
    pub netns: (u64, u64),
}

/// The connections that carry the session of this process; `hint` is what `SSH_CONNECTION` says.
///
/// Namespaces that cannot be entered, and processes that cannot be looked at, are passed over.
pub fn of_this_process(hint: Option<&str>) -> Vec<Session> {
    let line = ancestors();
    let mut hints: Vec<(SocketAddr, SocketAddr)> = hint.and_then(parse).into_iter().collect();
    hints.extend(line.iter().filter_map(|pid| environment(*pid)));
    let servers: Vec<u32> = line.iter().copied().filter(|pid| is_server(*pid)).collect();
    let sockets: BTreeSet<u32> = servers.iter().flat_map(|pid| sockets(*pid)).collect();
    if hints.is_empty() && sockets.is_empty() {
        return Vec::new();
    }
    let fits =
        |c: &Connection| c.inode != 0 && sockets.contains(&c.inode) || hints.contains(&(c.remote, c.local));
    let mut out = Vec::new();
    for netns in spaces(&line) {
        let found = inside(&netns, established).and_then(|found| found).unwrap_or_default();
        out.extend(
            found.into_iter().filter(fits).map(|connection| Session { connection, netns: netns.id() }),
        );
    }
    out
}

/// This process and those that it descends from, nearest first.
fn ancestors() -> Vec<u32> {
    let mut out = vec![std::process::id()];
    while let Some(parent) = out.last().and_then(|pid| parent(*pid)).filter(|p| *p > 1 && !out.contains(p)) {
        out.push(parent);
        if out.len() >= GENERATIONS {
            break;
        }
    }
    out
}

fn parent(pid: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|l| l.strip_prefix("PPid:"))?.trim().parse().ok()
}

fn is_server(pid: u32) -> bool {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    SERVERS.contains(&name.trim_end())
}

/// The hint in the environment that a process was started with: programs that change users drop it from their own.
fn environment(pid: u32) -> Option<(SocketAddr, SocketAddr)> {
    let all = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let mut words = all.split(|b| *b == 0).filter_map(|w| std::str::from_utf8(w).ok());
    words.find_map(|w| w.strip_prefix("SSH_CONNECTION=")).and_then(parse)
}

/// The numbers of the sockets that a process holds.
fn sockets(pid: u32) -> Vec<u32> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let targets = entries.filter_map(|e| fs::read_link(e.path()).ok());
    let number =
        |t: std::path::PathBuf| t.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse::<u32>().ok();
    targets.filter_map(number).collect()
}

/// The namespaces of these processes, each once.
fn spaces(line: &[u32]) -> Vec<Netns> {
    let mut known = BTreeSet::new();
    let mut out = Vec::new();
    for pid in line {
        // Looked at before it is opened, which takes a privilege where it is another's.
        let id = fs::metadata(format!("/proc/{pid}/ns/net")).map(|m| (m.dev(), m.ino()));
        if id.is_ok_and(|id| known.insert(id)) {
            out.extend(Netns::open(&Place::Pid(*pid)));
        }
    }
    out
}

/// Reads `SSH_CONNECTION`: the other side's address and port, then this side's.
fn parse(text: &str) -> Option<(SocketAddr, SocketAddr)> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let [remote, remote_port, local, local_port] = words[..] else { return None };
    let side = |ip: &str, port: &str| {
        let ip: IpAddr = ip.split('%').next()?.parse().ok()?;
        Some(SocketAddr::new(ip.to_canonical(), port.parse().ok()?))
    };
    Some((side(remote, remote_port)?, side(local, local_port)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_is_read_and_nonsense_is_none() {
        let read = |text| parse(text).map(|(a, b)| format!("{a} {b}"));
        assert_eq!(read("10.0.0.9 50000 10.0.0.1 22").as_deref(), Some("10.0.0.9:50000 10.0.0.1:22"));
        assert_eq!(
            read("fe80::9%eth0 50000 ::ffff:10.0.0.1 22").as_deref(),
            Some("[fe80::9]:50000 10.0.0.1:22")
        );
        for bad in
            ["", "10.0.0.9 1 10.0.0.1", "x 1 y 2", "10.0.0.9 65536 10.0.0.1 22", "10.0.0.9 1 10.0.0.1 22 5"]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
