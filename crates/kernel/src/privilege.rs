//! What this thread may do.
//!
//! Knows the effective capabilities and the user namespace. Refuses to change them. That a capability is there does not
//! promise that the kernel says yes: in a user namespace it counts only for networks that belong to it.

/// The number of `CAP_NET_ADMIN` (`linux/capability.h`).
const NET_ADMIN: u32 = 12;
/// The number of `CAP_SYS_ADMIN`, which entering and making namespaces needs.
const SYS_ADMIN: u32 = 21;

/// Whether the calling thread has `CAP_NET_ADMIN` in effect.
pub fn has_net_admin() -> bool {
    has(NET_ADMIN)
}

/// Whether the calling thread has `CAP_SYS_ADMIN` in effect.
pub fn has_sys_admin() -> bool {
    has(SYS_ADMIN)
}

/// Whether the calling thread's effective user is root, in its own user namespace.
pub fn is_root() -> bool {
    let status = status();
    // Uid: real, effective, saved, file system.
    line(&status, "Uid:").and_then(|ids| ids.split_whitespace().nth(1)) == Some("0")
}

/// Whether the process is in a user namespace other than the first; no, if the kernel has none.
pub fn in_user_namespace() -> bool {
    std::fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| !maps_all(&map))
}

fn has(capability: u32) -> bool {
    effective(&status()).is_some_and(|set| set >> capability & 1 == 1)
}

fn status() -> String {
    std::fs::read_to_string("/proc/thread-self/status").unwrap_or_default()
}

/// The effective capabilities in the text of a `status` file.
fn effective(status: &str) -> Option<u64> {
    u64::from_str_radix(line(status, "CapEff:")?.trim(), 16).ok()
}

fn line<'a>(status: &'a str, key: &str) -> Option<&'a str> {
    status.lines().find_map(|line| line.strip_prefix(key))
}

/// Whether a map of users is the first namespace's: all of them, each to itself.
fn maps_all(map: &str) -> bool {
    map.split_whitespace().eq(["0", "0", "4294967295"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_read_from_the_effective_set() {
        let status = "Name:\tx\nUid:\t0\t65534\t0\t0\nCapPrm:\t000001ffffffffff\nCapEff:\t0000000000001000\n";
        assert_eq!(effective(status), Some(1 << NET_ADMIN));
        assert_eq!(effective("CapEff:\tnonsense\n"), None);
        assert_eq!(effective(""), None);
    }

    #[test]
    fn only_the_first_user_namespace_maps_all_users() {
        assert!(maps_all("         0          0 4294967295\n"));
        assert!(!maps_all("         0       1000          1\n"));
        assert!(!maps_all(""));
    }
}
