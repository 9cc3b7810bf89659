//! What tells links of one kind from each other where the kernel makes no two of one.

use std::fmt::Write as _;

use linkctl_link::{Key, Link, Netns};
use linkctl_schema::Value;

use super::{is_unset, kind, on, socket, value};

/// Identifiers, or the ends of a tunnel
/// (`vlan_check_real_dev`, `vxlan_vni_in_use`, `geneve_find_dev`, `ip_tunnel_find`, `ip6_tnl_locate`, `xfrmi_locate`).
pub(crate) fn fields(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "vlan" => &["protocol", "id"],
        "vxlan" => &["id", "dstport"],
        "geneve" => &["id", "dstport", "remote"],
        "xfrm" => &["if_id"],
        // The ports of UDP that it listens on (`gtp_create_sockets`).
        "gtp" => &[],
        "gre" | "gretap" | "erspan" | "ip6gre" | "ip6gretap" | "ip6erspan" => {
            &["local", "remote", "dev", "ikey"]
        }
        // What vti calls a key is a mark, and tells nothing apart (`vti_netlink_parms`).
        "ipip" | "sit" | "ip6tnl" | "vti" => &["local", "remote", "dev"],
        // `vti6_locate`.
        "vti6" => &["local", "remote"],
        _ => return None,
    })
}

/// Over IPv6 all that carry frames are one sort.
fn sort(link: &Link) -> &str {
    match kind(link) {
        "ip6erspan" => "ip6gretap",
        kind => kind,
    }
}

/// What tells it from others, the sort first.
fn told(sort: &str, fields: &[&str], link: &Link) -> String {
    let mut out = sort.to_owned();
    for f in fields {
        if let Some((port, _)) = socket(link).filter(|_| *f == "dstport") {
            _ = write!(out, " {port}");
            continue;
        }
        let said = value(link, f).filter(|v| !is_unset(v));
        // The words that go without saying.
        let plain = matches!((*f, said), ("protocol", Some(Value::Word("802.1Q"))));
        match said.filter(|_| !plain) {
            Some(v) => _ = write!(out, " {v:?}"),
            None => out += " -",
        }
    }
    if kind(link) == "vlan" {
        _ = write!(out, " {:?}", link.lower);
    }
    out
}

/// What no other link of its namespace may have.
fn identity(link: &Link) -> Option<String> {
    let fields = fields(kind(link))?;
    if !on(link, "external") {
        return Some(told(sort(link), fields, link));
    }
    // It takes all that nobody else does: one of its sort, and of its port.
    let ports: Vec<&str> = fields.iter().copied().filter(|f| *f == "dstport").collect();
    Some(told(&format!("{} external", sort(link)), &ports, link))
}

/// Sorts of tunnels of which one for whoever sends has ends like others, mostly none, and is in the way of one with the same.
/// Not of `gre`, which is of a type of its own then (`ip_tunnel_find`, `ip6_tnl_locate`; `ipgre_netlink_parms`).
const TAKEN: [&str; 6] = ["ipip", "gretap", "erspan", "ip6tnl", "ip6gre", "ip6gretap"];

/// It takes what comes for whoever sends, and is in the way of others.
pub(crate) fn takes_all(link: &Link) -> bool {
    TAKEN.contains(&sort(link)) && on(link, "external")
}

/// The ends of one of these that a link for whoever sends has, or may not have.
fn taken(sort: &str, link: &Link) -> Option<String> {
    Some(told(sort, fields(kind(link))?, link) + " taken")
}

/// The port that a geneve listens on: one for whoever sends has it for itself, and finds none that has another
/// (`geneve_configure`).
fn port(as_sort: &str, link: &Link) -> Option<String> {
    (kind(link) == "geneve").then(|| told(as_sort, &["dstport"], link))
}

/// All that others may seek in vain once it is there.
pub(crate) fn held(link: &Link) -> impl Iterator<Item = String> {
    let taken = takes_all(link).then(|| taken(sort(link), link)).flatten();
    identity(link).into_iter().chain(taken).chain(port("geneve on", link))
}

/// All that no other link may hold for this one to be made or, if `there`, to be changed.
///
/// A change of what carries frames over IPv6 is held against those that carry none (`ip6gre_tunnel_locate`, which looks for
/// `ARPHRD_IP6GRE`); that two are alike afterwards is refused here, for neither could be made again.
pub(crate) fn sought(link: &Link, there: bool) -> impl Iterator<Item = String> {
    let plain = TAKEN.contains(&sort(link)) && !on(link, "external");
    let strange = there && plain && sort(link) == "ip6gretap";
    let against = if strange { "ip6gre" } else { sort(link) };
    let other = strange.then(|| Some(told(against, fields(kind(link))?, link))).flatten();
    let taken = plain.then(|| taken(against, link)).flatten();
    let alone = port(if on(link, "external") { "geneve on" } else { "geneve external" }, link);
    identity(link).into_iter().chain(other).chain(taken).chain(alone)
}

/// A link can be made or, if `there`, changed only while this one is not there, though nothing says so but the kernel.
pub(crate) fn is_in_the_way((at, taker): (&Key, &Link), (key, link): (&Key, &Link), there: bool) -> bool {
    takes_all(taker)
        && !takes_all(link)
        && sought(link, there).any(|s| held(taker).any(|h| h == s))
        && home(at, taker) == home(key, link)
}

/// It stays of the namespace that it was made in, whichever it is in: there its identifiers count (`ip_tunnel::net`,
/// `vxlan_dev::net`, `geneve_dev::net`, `xfrm_if::net`).
pub(crate) fn has_home(link: &Link) -> bool {
    kind(link) != "vlan" && fields(kind(link)).is_some()
}

/// The namespace in which no link may be like it. VLANs are told apart on the link below.
pub(crate) fn home(key: &Key, link: &Link) -> Netns {
    let lower = link.lower.as_ref().filter(|_| kind(link) == "vlan").map(|l| &l.netns);
    lower.or(link.home.as_ref()).unwrap_or(&key.netns).clone()
}
