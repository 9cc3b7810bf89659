//! Who else manages a link: what other programs say of themselves under `/run`.
//!
//! Knows the files of systemd-networkd, NetworkManager and ifupdown. They tell of the machine's first network namespace;
//! in others nobody else is known. Refuses to ask by D-Bus, which may wait.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;

/// A program that manages links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manager {
    /// systemd-networkd.
    Networkd,
    /// NetworkManager.
    NetworkManager,
    /// ifupdown, of Debian's `networking.service`.
    Ifupdown,
}

impl fmt::Display for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Networkd => "systemd-networkd",
            Self::NetworkManager => "NetworkManager",
            Self::Ifupdown => "ifupdown",
        })
    }
}

impl Manager {
    /// How it is made to leave a link alone.
    pub fn advice(self, link: &str) -> String {
        match self {
            Self::Networkd => format!(
                "networkd leaves {link} alone with [Match] Name={link}, [Link] Unmanaged=yes in a .network file"
            ),
            Self::NetworkManager => {
                format!("NetworkManager leaves it alone after: nmcli device set {link} managed no")
            }
            Self::Ifupdown => {
                format!("ifupdown leaves it alone once it is not in /etc/network/interfaces any more")
            }
        }
    }
}

/// Whether this process is in the network namespace that those programs speak of.
pub fn are_heard() -> bool {
    let id = |who: &str| fs::metadata(format!("/proc/{who}/ns/net")).map(|m| (m.dev(), m.ino())).ok();
    id("thread-self").is_some() && id("thread-self") == id("1")
}

/// Who manages a link of that namespace; several may.
pub fn of(index: u32, name: &[u8]) -> Vec<Manager> {
    let read = |path: String| fs::read_to_string(path).unwrap_or_default();
    let networkd = is_networkd(&read(format!("/run/systemd/netif/links/{index}")));
    let manager = is_network_manager(&read(format!("/run/NetworkManager/devices/{index}")));
    let ifupdown = is_ifupdown(&read("/run/network/ifstate".into()), name);
    let all =
        [(networkd, Manager::Networkd), (manager, Manager::NetworkManager), (ifupdown, Manager::Ifupdown)];
    all.into_iter().filter(|(is, _)| *is).map(|(_, m)| m).collect()
}

/// The value of `KEY=value`.
fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('=')).map(str::trim)
}

/// A link that networkd has a file for and has set up, or is at it (`networkd-link.c`, `link_save`).
fn is_networkd(text: &str) -> bool {
    value(text, "NETWORK_FILE").is_some_and(|f| !f.is_empty())
        && matches!(value(text, "ADMIN_STATE"), Some("configured" | "configuring" | "pending" | "degraded"))
}

/// A device that NetworkManager has a profile on (`nm-config.c`, `nm_config_device_state_write`).
fn is_network_manager(text: &str) -> bool {
    value(text, "connection-uuid").is_some_and(|u| !u.is_empty())
        && !matches!(value(text, "managed"), Some("0" | "false"))
}

/// An interface that `ifup` has set up: `NAME=NAME` (`interfaces(5)`).
fn is_ifupdown(text: &str, name: &[u8]) -> bool {
    name != b"lo" && text.lines().any(|l| l.split('=').next().is_some_and(|n| n.as_bytes() == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_manager_is_known_by_what_it_writes() {
        let networkd = "# This is private data. Do not parse.\nADMIN_STATE=configured\nOPER_STATE=routable\nNETWORK_FILE=/etc/systemd/network/x.network\n";
        assert!(is_networkd(networkd));
        assert!(!is_networkd(&networkd.replace("configured", "unmanaged")));
        assert!(!is_networkd("ADMIN_STATE=configured\n") && !is_networkd(""));
        let manager = "[device]\nmanaged=1\nconnection-uuid=6b1a\nnm-owned=0\n";
        assert!(is_network_manager(manager));
        assert!(!is_network_manager(&manager.replace("managed=1", "managed=0")));
        assert!(!is_network_manager("[device]\nmanaged=unknown\n"));
        assert!(is_ifupdown("lo=lo\neth0=eth0\n", b"eth0"));
        assert!(!is_ifupdown("lo=lo\neth0=eth0\n", b"eth") && !is_ifupdown("lo=lo\n", b"lo"));
    }
}
