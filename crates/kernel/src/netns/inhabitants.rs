//! Who is in a namespace.

use std::fs;
use std::os::unix::fs::MetadataExt;

use super::Netns;

/// The processes that are in a namespace, with their names, by number: those that `/proc` shows to the caller.
///
/// Each has a link to its namespace there, which only its user and root may look at: of others nothing is known.
pub fn inhabitants(netns: &Netns) -> Vec<(u32, String)> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let inside = |pid: &u32| {
        fs::metadata(format!("/proc/{pid}/ns/net")).is_ok_and(|m| (m.dev(), m.ino()) == netns.id())
    };
    let name = |pid: u32| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let mut out: Vec<(u32, String)> =
        numbers.filter(inside).map(|pid| (pid, name(pid).trim_end().to_owned())).collect();
    out.sort_unstable();
    out
}
