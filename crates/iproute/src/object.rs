//! The word behind the options: which object is meant, and whether it is ours.

use crate::args::short;

/// Objects of `ip`, in the order in which they are tried.
const IP: &[&str] = &[
    "address",
    "addrlabel",
    "maddress",
    "route",
    "rule",
    "neighbor",
    "neighbour",
    "ntable",
    "ntbl",
    "link",
    "l2tp",
    "fou",
    "ila",
    "macsec",
    "tunnel",
    "tunl",
    "tuntap",
    "tap",
    "token",
    "tcpmetrics",
    "tcp_metrics",
    "monitor",
    "xfrm",
    "mroute",
    "mrule",
    "netns",
    "netconf",
    "vrf",
    "sr",
    "nexthop",
    "mptcp",
    "ioam",
    "help",
    "stats",
];

/// Objects of `bridge`.
const BRIDGE: &[&str] = &["link", "fdb", "mdb", "mst", "vlan", "vni", "monitor", "stats", "help"];

/// The object of `ip` that a word means.
pub fn ip(word: &[u8]) -> Option<&'static str> {
    IP.iter().find(|o| short(word, o)).copied()
}

/// The object of `bridge` that a word means.
pub fn bridge(word: &[u8]) -> Option<&'static str> {
    BRIDGE.iter().find(|o| short(word, o)).copied()
}

/// Words of `ip monitor` that are about other objects, but for `all`.
const OTHERS: &[&str] = &[
    "address",
    "maddress",
    "acaddress",
    "route",
    "mroute",
    "prefix",
    "neigh",
    "netconf",
    "rule",
    "nsid",
    "nexthop",
    "stats",
];

/// Whether a word behind `monitor` says that a file follows.
pub fn is_file(word: &[u8]) -> bool {
    short(word, "file")
}

/// Whether a word behind `monitor` asks for links; `label` is tried before.
fn is_link(word: &[u8]) -> bool {
    short(word, "link") && !short(word, "label")
}

/// Whether words behind `monitor` ask for other objects.
pub fn monitors_others(words: &[Vec<u8>]) -> bool {
    let other =
        |w: &Vec<u8>| !is_file(w) && !short(w, "label") && !is_link(w) && OTHERS.iter().any(|o| short(w, o));
    words.iter().any(other)
}

/// Whether words behind `monitor` ask for links alone.
pub fn monitors_links(words: &[Vec<u8>]) -> bool {
    !monitors_others(words) && words.iter().any(|w| is_link(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_mean_the_first_object() {
        assert_eq!(
            (ip(b"l"), ip(b"a"), ip(b"m"), ip(b"mon")),
            (Some("link"), Some("address"), Some("maddress"), Some("monitor"))
        );
        assert_eq!((ip(b"foo"), ip(b""), bridge(b"l")), (None, None, Some("link")));
    }
}
