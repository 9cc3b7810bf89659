//! Who else manages a link: what other programs say of themselves under `/run`.
//!
//! Knows the files of systemd-networkd, NetworkManager and ifupdown. They tell of the machine's first network namespace;
//! in others nobody else is known. Refuses to ask by D-Bus, which may wait.

use std::fmt;
use std::fs;

use crate::netns;

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
                "ifupdown leaves it alone once it is not in /etc/network/interfaces any more".to_owned()
            }
        }
    }
}

/// Whether this process is in the network namespace that those programs speak of.
pub fn are_heard() -> bool {
    netns::Netns::here().is_ok_and(|here| netns::first() == Some(here.id()))
}

/// Who manages a link of that namespace; several may.
pub fn of(index: u32, name: &[u8]) -> Vec<Manager> {
    let read = |path: String| fs::read_to_string(path).unwrap_or_default();
    let networkd = is_networkd(&read(format!("/run/systemd/netif/links/{index}")));
    let manager = is_network_manager(&read(format!("/run/NetworkManager/devices/{index}")), &looked_at());
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

/// A device that NetworkManager has a profile on (`nm-config.c`, `nm_config_device_state_write`), but for those that
/// it only looks at.
fn is_network_manager(text: &str, looked_at: &[String]) -> bool {
    value(text, "connection-uuid").is_some_and(|u| !u.is_empty() && !looked_at.iter().any(|l| l == u))
        && !matches!(value(text, "managed"), Some("0" | "false"))
}

/// The profiles of links that others set up ("connected (externally)"): NetworkManager writes them as it finds the
/// links, and changes nothing.
fn looked_at() -> Vec<String> {
    let folder = fs::read_dir("/run/NetworkManager/system-connections");
    let files = folder.into_iter().flatten().flatten().filter_map(|e| fs::read_to_string(e.path()).ok());
    files.filter_map(|text| external(&text).map(str::to_owned)).collect()
}

/// The name of a profile that was only found (`nms-keyfile-utils.c`).
fn external(text: &str) -> Option<&str> {
    value(text, "uuid").filter(|_| value(text, "external") == Some("true"))
}

/// An interface that `ifup` has set up: `NAME=NAME` (`interfaces(5)`).
fn is_ifupdown(text: &str, name: &[u8]) -> bool {
    name != b"lo" && text.lines().any(|l| l.split('=').next().is_some_and(|n| n.as_bytes() == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_network_manager_only_looks_at_is_not_its_own() {
        let found =
            "[connection]\nid=br0\nuuid=6b1a\n\n[.nmmeta]\nnm-generated=true\nvolatile=true\nexternal=true\n";
        assert_eq!(external(found), Some("6b1a"));
        assert_eq!(external(&found.replace("external=true\n", "")), None);
        let device = "[device]\nmanaged=true\nconnection-uuid=6b1a\nnm-owned=false\n";
        assert!(!is_network_manager(device, &["6b1a".into()]) && is_network_manager(device, &[]));
    }

    #[test]
    fn each_manager_is_known_by_what_it_writes() {
        let networkd = "# This is private data. Do not parse.\nADMIN_STATE=configured\nOPER_STATE=routable\nNETWORK_FILE=/etc/systemd/network/x.network\n";
        assert!(is_networkd(networkd));
        assert!(!is_networkd(&networkd.replace("configured", "unmanaged")));
        assert!(!is_networkd("ADMIN_STATE=configured\n") && !is_networkd(""));
        let manager = "[device]\nmanaged=1\nconnection-uuid=6b1a\nnm-owned=0\n";
        assert!(is_network_manager(manager, &["7c2b".into()]));
        assert!(!is_network_manager(&manager.replace("managed=1", "managed=0"), &[]));
        assert!(!is_network_manager("[device]\nmanaged=unknown\n", &[]));
        assert!(is_ifupdown("lo=lo\neth0=eth0\n", b"eth0"));
        assert!(!is_ifupdown("lo=lo\neth0=eth0\n", b"eth") && !is_ifupdown("lo=lo\n", b"lo"));
    }
}
