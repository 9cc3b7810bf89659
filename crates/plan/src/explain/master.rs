//! Masters that do not take a link, and links that cannot be ports.

use std::collections::BTreeSet;

use linkctl_link::topology::below;
use linkctl_link::{Key, Link};
use linkctl_schema::Safe;

use super::Said;
use super::case::{Case, listed};
use super::command::{self, set, shell};
use super::errno::{EBUSY, EEXIST, EINVAL, ELOOP, EMLINK, EOPNOTSUPP, EPERM, EXFULL};
use super::rule::{On, Rule, rule};

const ANY: &[i32] = &[EBUSY, EEXIST, EINVAL, ELOOP, EMLINK, EOPNOTSUPP, EPERM];

pub(super) static RULES: &[Rule] = &[
    rule(On::Master, ANY, "", "a link cannot be its own master", itself),
    rule(On::Master, ANY, "", "the master stands on the link: a loop", circle),
    rule(On::Master, &[EINVAL, EOPNOTSUPP, EPERM, EBUSY], "", "the loopback link has no master", loopback),
    rule(On::Master, &[ELOOP], "", "a bridge cannot be a port of a bridge", nested_bridge),
    rule(On::Master, &[EPERM], "while up", "bond and team take links that are down only", up),
    rule(
        On::Master,
        &[EOPNOTSUPP],
        "not allow enslaving",
        "the driver does not let it be bridged (Wi-Fi)",
        unbridged,
    ),
    rule(
        On::Master,
        &[EOPNOTSUPP],
        "mac address",
        "a bond with `fail_over_mac` not `active`, and a fixed address",
        fixed_address,
    ),
    rule(On::Master, &[EOPNOTSUPP], "", "the target takes no ports: it is no bridge, bond or vrf", no_master),
    rule(On::Master, &[EINVAL], "different from other", "a bond's ports are of one layer", mixed),
    rule(On::Master, &[EINVAL], "", "a bridge takes Ethernet links only", no_ethernet),
    rule(On::Master, &[EINVAL], "", "a bridge takes links with a valid address only", bad_address),
    rule(On::Master, &[EINVAL], "", "a vrf cannot be a port of a vrf", nested_vrf),
    rule(On::Master, &[EBUSY], "", "macvlans or ipvlans stand on it, or another has its packets", busy),
    rule(On::Master, &[EMLINK], "", "more than 8 links stand on each other", deep),
    rule(On::Master, &[EXFULL], "", "a bridge has at most 1023 ports", full),
];

/// The master and the kernel's word for its kind; empty where it is hardware, or not known.
fn target<'c>(case: &Case<'c>) -> Option<(Key, &'c [u8])> {
    let key = case.master()?;
    let kind = case.at(&key).map_or(&[][..], Link::kind_word);
    Some((key, kind))
}

fn itself(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    (key == *case.key)
        .then(|| case.say("it cannot be its own master").hint("name another link as its master"))
}

/// The links between `from` and `to`, which `from` stands on in the end.
fn stands_on(case: &Case<'_>, from: &Key, to: &Key) -> Option<Vec<Key>> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![vec![from.clone()]];
    while let Some(way) = todo.pop() {
        let last = way.last()?.clone();
        let under = case.at(&last).map(|l| below(&last, l)).unwrap_or_default();
        // A master stands on its ports as much as a VLAN on its link.
        let ports = case.ports(&last).map(|(k, _)| k.clone());
        let master = case.at(&last).and_then(Link::has_master).map(|m| last.beside(m));
        for next in under.into_iter().filter(|u| Some(u) != master.as_ref()).chain(ports) {
            if next == *to {
                return Some(way.into_iter().skip(1).collect());
            }
            if seen.insert(next.clone()) {
                todo.push([way.as_slice(), &[next]].concat());
            }
        }
    }
    None
}

fn circle(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let between = stands_on(case, &key, case.key)?;
    let over = if between.is_empty() {
        String::new()
    } else {
        format!(", by way of {}", listed(between.iter().map(|k| &k.name)))
    };
    let said = case.say(format!("{key} stands on it{over}: as its port it would be in a loop"));
    Some(said.hint(format!("how they stand now: {}", command::show(&key))))
}

fn loopback(case: &Case<'_>) -> Option<Said> {
    let (key, kind) = target(case)?;
    let is = case.is_loopback(case.key);
    let what = if kind.is_empty() { "a master".into() } else { format!("a {}", Safe(kind)) };
    is.then(|| {
        case.say(format!(
            "the loopback link cannot be a port of {key}: {what} takes links that lead somewhere"
        ))
        .hint(format!(
            "for a link without hardware: linkctl add NAME master {} type dummy",
            shell(key.name.as_bytes())
        ))
    })
}

fn nested_bridge(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    if case.kind_word() != b"bridge" {
        return None;
    }
    let said = case.say(format!("it is a bridge, as {key} is, and a bridge cannot be a port of a bridge"));
    let (a, b) = (shell(case.key.name.as_bytes()), shell(key.name.as_bytes()));
    Some(said.hint(format!(
        "connect the two by a pair: linkctl add va master {a} up type veth peer name vb master {b} up"
    )))
}

fn up(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let said =
        case.say(format!("it is up, and {key} takes links that are down only; this is not about privileges"));
    let (master, name) = (shell(key.name.as_bytes()), case.key);
    Some(said.hint(format!("{} && {}", set(name, "down"), set(name, format!("master {master}")))))
}

fn unbridged(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let said = case.say(format!("{} does not let it be a port of {key}", case.driver()));
    let name = shell(case.key.name.as_bytes());
    Some(
        said.hint(format!(
            "a Wi-Fi station speaks with one address only; where the access point allows four: iw dev {name} set 4addr on"
        ))
        .hint("or route between the two instead of bridging"),
    )
}

fn fixed_address(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let said = case.say(format!("its address cannot change, and {key} gives all its ports one address"));
    Some(said.hint(format!("while the bond has no ports: {}", set(&key, "fail_over_mac active"))))
}

fn no_master(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let link = case.at(&key);
    // A kind that can be a master has other reasons.
    if !case.bare() || link.is_some_and(|l| l.kind.is_some_and(|k| k.master)) {
        return None;
    }
    let what = match link.map(Link::kind_word) {
        Some([]) => " (hardware)".into(),
        Some(kind) => format!(" (a {})", Safe(kind)),
        None => String::new(),
    };
    let said = case.say(format!("{key}{what} takes no ports: a master is a bridge, a bond or a vrf"));
    Some(said.hint("make one: linkctl add br0 up type bridge"))
}

fn mixed(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let ports = listed(case.ports(&key).map(|(k, _)| &k.name));
    let said = case.say(format!("it is of another layer than the ports that {key} has: {ports}"));
    Some(said.hint("a bond's ports are all Ethernet, or all InfiniBand"))
}

fn no_ethernet(case: &Case<'_>) -> Option<Said> {
    let (key, kind) = target(case)?;
    if kind != b"bridge" || !case.is_foreign_layer(case.key) {
        return None;
    }
    let said =
        case.say(format!("it carries no Ethernet, and a bridge such as {key} takes Ethernet links only"));
    Some(said.hint("route between the two; or carry Ethernet: tap instead of tun, gretap instead of gre"))
}

fn bad_address(case: &Case<'_>) -> Option<Said> {
    let (key, kind) = target(case)?;
    let mac = case.address(case.key).filter(|m| !m.is_valid_ether())?;
    if kind != b"bridge" {
        return None;
    }
    let said = case.say(format!("its address {mac} is none that a port of {key} can have"));
    Some(said.hint(format!("give it one first: {}", set(case.key, "address 02:XX:XX:XX:XX:XX"))))
}

fn nested_vrf(case: &Case<'_>) -> Option<Said> {
    let (key, kind) = target(case)?;
    if kind != b"vrf" || case.kind_word() != b"vrf" {
        return None;
    }
    let said = case.say(format!("it is a vrf, as {key} is, and a vrf cannot be a port of a vrf"));
    Some(said.hint("make its ports the other's"))
}

fn busy(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let takes = |l: &Link| [&b"macvlan"[..], b"macvtap", b"ipvlan", b"ipvtap"].contains(&l.kind_word());
    let uppers: Vec<&Key> = case.above(case.key).filter(|(_, l)| takes(l)).map(|(k, _)| k).collect();
    if uppers.is_empty() {
        let said =
            case.say(format!("its packets go to another user already, so it cannot be a port of {key}"));
        return Some(
            said.hint("Open vSwitch, or a link in another namespace, may stand on it")
                .hint(format!("how it is now: {}", command::show(case.key))),
        );
    }
    let names = listed(uppers.iter().map(|k| &k.name));
    let said = case.say(format!("{names} on it takes its packets, so it cannot be a port of {key} too"));
    let first = uppers.first()?;
    let words = format!("link {} type {}", shell(key.name.as_bytes()), Safe(case.at(first)?.kind_word()));
    Some(
        said.hint(format!(
            "delete what stands on it: {}",
            uppers.iter().map(|k| command::del(k)).collect::<Vec<_>>().join(" && ")
        ))
        .hint(format!("and let it stand on {key} instead: {}", command::add(first, words))),
    )
}

fn deep(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let said =
        case.say(format!("as a port of {key} it would be one of more than 8 links that stand on each other"));
    Some(said.hint("make it a port further down, or take a link out between"))
}

fn full(case: &Case<'_>) -> Option<Said> {
    let (key, _) = target(case)?;
    let said = case.say(format!("{key} has as many ports as a bridge can have: 1023"));
    Some(said.hint("make another bridge and connect the two by a veth"))
}
