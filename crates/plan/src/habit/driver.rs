//! What single drivers look at before they take a setting.

use linkctl_link::{Key, Link, World};
use linkctl_schema::{Record, Rule, Value};

use super::{kind, mirrored, unsettable, usual, value};

/// Least and greatest MTU that all links of a kind have (`min_mtu` and `max_mtu` of their drivers), for those that are to be
/// made. Kinds are not among them whose bounds are not those of every kernel: batadv has had 1500 for its most until Linux 7.
const MTUS: &[(&str, (u64, u64))] = &[
    ("bond", (68, 65535)),
    ("bridge", (68, 65535)),
    ("hsr", (0, 1500)),
    ("netkit", (68, 65535)),
    ("sit", (1280, 65555)),
    ("team", (68, 65535)),
    ("veth", (68, 65535)),
    ("vlan", (0, 65535)),
    ("vrf", (1280, 65575)),
    ("vxlan", (68, 65535)),
    ("xfrm", (68, 65535)),
];

/// The MTUs that a link's driver takes, as far as it is told or never depends on anything.
pub(crate) fn mtu_bounds(link: &Link) -> Option<(u64, u64)> {
    if let Some((low, high)) = link.mtus {
        return Some((low.into(), high.into()));
    }
    MTUS.iter().find(|(k, _)| k.as_bytes() == link.kind_word()).map(|(_, bounds)| *bounds)
}

/// A setting of a bond that its mode refuses to be told, whatever the value (`bond_opt_check_deps`).
pub(crate) fn out_of_mode(link: &Link, said: &Record) -> Option<&'static str> {
    let rules = link.kind.filter(|k| k.name == "bond")?.rules;
    let mode = |r: &Record| match r.value(r.fields().find("mode")?)? {
        Value::Word(word) => Some(*word),
        _ => None,
    };
    let mode = mode(said).or_else(|| mode(&usual(link)))?;
    let says = |name: &str| said.fields().find(name).is_some_and(|f| said.value(f).is_some());
    rules.iter().find_map(|rule| match *rule {
        Rule::When(a, "mode", words) if !words.contains(&mode) && says(a) => Some(a),
        _ => None,
    })
}

/// A bond's settings without those that its mode refuses to be told: a kernel tells them all.
pub(crate) fn counting(link: &Link) -> Record {
    let mut data = link.data.clone();
    while let Some(f) = out_of_mode(link, &data).and_then(|name| data.fields().find(name)) {
        data.take(f);
    }
    data
}

/// The end of a pair that changes the settings of both, and what it has to be told. Of ends that do not name each other each
/// is told itself.
pub(crate) fn through(key: &Key, link: &Link, world: &World, said: Record) -> (Key, Record) {
    let paired = |first: &&Key| world.get(*first).is_some_and(|l| l.peer.as_ref() == Some(key));
    match link.peer.as_ref().filter(|_| link.second).filter(paired) {
        Some(first) => (first.clone(), mirrored(&said)),
        None => (key.clone(), said),
    }
}

/// Whether a link that its settings name is looked for where the link was made (`vxlan_nl2conf`), so that none has that name here.
pub(crate) fn looks_home(link: &Link) -> bool {
    kind(link) == "vxlan" && link.home.is_some()
}

/// A delay of a bond that watches no carrier, which cannot even be told to be none (`bond_option_updelay_set`).
pub(crate) fn unwatched(link: &Link, said: &Record) -> Option<&'static str> {
    let number = |r: &Record, name: &str| match r.value(r.fields().find(name)?)? {
        Value::Num(n) => Some(*n),
        _ => None,
    };
    let mode = said.fields().find("mode").is_some_and(|f| said.value(f).is_some());
    let kept = || mode || number(&link.data, "miimon").unwrap_or(0) != 0;
    let watched = number(said, "miimon").map_or_else(kept, |n| n != 0);
    let delays = ["updelay", "downdelay", "peer_notify_delay"];
    delays.into_iter().find(|f| kind(link) == "bond" && !watched && number(said, f).is_some())
}

/// Whether a bridge decides on its ports' states itself (`br_set_port_state`); `None` for what is no bridge.
pub(crate) fn spans(master: &Link) -> Option<bool> {
    (kind(master) == "bridge").then(|| value(master, "stp_state").is_some_and(|v| *v == Value::Num(1)))
}

/// The queue of a bond that goes out of a port (`bond_option_queue_id_set`).
pub(crate) fn queue(port: &Record) -> Option<u64> {
    match port.value(port.fields().find("queue_id")?)? {
        Value::Num(n) => Some(*n),
        _ => None,
    }
}

/// Why a bond with such ports takes no other address, as a clause (`bond_set_mac_address`): each port is given it, but for those
/// that keep their own.
pub(crate) fn keeps_address<'l>(
    bond: &Link,
    mut ports: impl Iterator<Item = &'l Link>,
) -> Option<&'static str> {
    if kind(bond) != "bond" {
        return None;
    }
    let own = value(bond, "fail_over_mac").is_some_and(|v| *v != Value::Word("none"));
    if own && usual(bond).iter().any(|(f, v)| f.name == "mode" && *v == Value::Word("active-backup")) {
        return Some("has the address of its active port");
    }
    ports
        .any(|port| unsettable(port, "address").is_some())
        .then_some("has a port whose address cannot be chosen")
}
