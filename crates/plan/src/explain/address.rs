//! Link-layer addresses that a link cannot have.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link};
use linkctl_schema::{Mac, Safe};

use super::Said;
use super::case::Case;
use super::command::{set, set_down};
use super::errno::{EADDRINUSE, EADDRNOTAVAIL, EBUSY, EINVAL, EOPNOTSUPP, EPERM};
use super::rule::{On, Rule, rule};

const ADDRESS: On = On::Set(&["address"]);

pub(super) static RULES: &[Rule] = &[
    rule(ADDRESS, &[EADDRNOTAVAIL, EINVAL], "", "a group, broadcast or zero address", invalid),
    rule(ADDRESS, &[EINVAL], "", "an address of another length than the link's", length),
    rule(ADDRESS, &[EADDRINUSE, EBUSY], "", "another link on the same link below has it", sibling),
    rule(ADDRESS, &[EBUSY], "", "the driver changes it only while the link is down", running),
    rule(
        ADDRESS,
        &[EADDRNOTAVAIL],
        "",
        "the driver refuses; a virtual function's is set from its physical one",
        function,
    ),
    rule(ADDRESS, &[EPERM], "", "a virtual function's address was set from its physical one", function),
    rule(ADDRESS, &[EOPNOTSUPP], "", "the driver cannot change it", fixed),
];

fn wanted(case: &Case<'_>) -> Option<Mac> {
    case.base()?.get(base::ADDRESS)
}

/// Why no Ethernet link can have it.
fn fault(mac: &Mac) -> Option<&'static str> {
    match mac.as_bytes() {
        [0, 0, 0, 0, 0, 0] => Some("it is all zeros"),
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff] => Some("it is the broadcast address"),
        bytes if bytes.len() == 6 && bytes[0] & 1 == 1 => {
            Some("it is a group's (multicast): its first octet is odd")
        }
        _ => None,
    }
}

/// The address that is like it and can be had: not a group's, and marked as chosen here rather than by a maker.
fn repaired(mac: &Mac) -> Option<Mac> {
    let mut bytes = mac.as_bytes().to_vec();
    let first = bytes.first_mut()?;
    *first = *first & !1 | 2;
    if bytes.iter().skip(1).all(|b| *b == 0) {
        *bytes.last_mut()? = 1;
    }
    Mac::new(&bytes)
}

/// The first of the link and its other end with an address that cannot be.
fn faulty<'c>(case: &Case<'c>) -> Option<(&'c Key, Mac, &'static str)> {
    let own = wanted(case).map(|mac| (case.key, mac));
    let other = case.other().and_then(|(k, l)| Some((k, l.base.get(base::ADDRESS)?)));
    own.into_iter().chain(other).find_map(|(k, mac)| Some((k, mac, fault(&mac)?)))
}

fn invalid(case: &Case<'_>) -> Option<Said> {
    let (key, mac, fault) = faulty(case)?;
    let said = if key == case.key {
        case.say(format!("{mac} cannot be its address: {fault}"))
    } else {
        case.say(format!("{mac} cannot be the address of its other end, {key}: {fault}"))
    };
    let good = repaired(&mac)?;
    Some(match case.created() {
        Some(_) => said.hint(format!("an address of one's own begins with 02, for instance: address {good}")),
        None => said.hint(format!(
            "an address of one's own begins with 02, for instance: {}",
            set(key, format!("address {good}"))
        )),
    })
}

fn length(case: &Case<'_>) -> Option<Said> {
    let (have, want) = (case.address(case.key)?, wanted(case)?);
    let (is, said) = (have.as_bytes().len(), want.as_bytes().len());
    if is == said {
        return None;
    }
    Some(
        case.say(format!("{want} has {said} bytes, and its address has {is}"))
            .hint(format!("as it is now: {have}")),
    )
}

fn sibling(case: &Case<'_>) -> Option<Said> {
    let mac = wanted(case)?;
    let who = match (twin(case, &mac), case.refused.errno) {
        (Some(who), _) => who,
        (None, EADDRINUSE) => format!("another link on {} has", case.lower()?),
        (None, _) => return None,
    };
    let free = set(case.key, "address 02:XX:XX:XX:XX:XX");
    Some(
        case.say(format!("{who} the address {mac} already"))
            .hint(format!("choose one that is free there: {free}")),
    )
}

/// Who has an address among those that get their packets through the same link, that link included: `mv1, which stands
/// on eth0 too, has`.
pub(super) fn twin(case: &Case<'_>, mac: &Mac) -> Option<String> {
    let lower = case.lower()?;
    let has = |l: &Link| l.base.get(base::ADDRESS) == Some(*mac);
    if case.at(&lower).is_some_and(has) {
        return Some(format!("{lower}, on which it stands, has"));
    }
    let (key, _) = case.above(&lower).find(|(k, l)| *k != case.key && has(l))?;
    Some(format!("{key}, which stands on {lower} too, has"))
}

fn running(case: &Case<'_>) -> Option<Said> {
    let mac = wanted(case)?;
    if case.created().is_some() || !case.is_up() {
        return None;
    }
    let said = case.say(format!("{} changes the address only while the link is down", case.driver()));
    let commands = set_down(case.key, format!("address {mac}"));
    Some(said.hint(format!("take it down meanwhile (traffic stops): {commands}")))
}

/// Only hardware has functions; those of other links have reasons of their own.
fn function(case: &Case<'_>) -> Option<Said> {
    let mac = wanted(case)?;
    if case.created().is_some() || !case.bare() || !case.kind_word().is_empty() {
        return None;
    }
    let said = case.say(format!("{} does not take the address {mac}", case.driver()));
    Some(
        said.hint("the address of a virtual function (VF) is set from its physical function: ip link set dev PF vf N mac ADDRESS")
            .hint("or the physical function lets it choose: ip link set dev PF vf N trust on"),
    )
}

fn fixed(case: &Case<'_>) -> Option<Said> {
    if case.created().is_some() {
        return None;
    }
    let said = case.say(format!("{} cannot change the address", case.driver()));
    let have = case.address(case.key).map(|mac| format!("it stays {mac}"));
    Some(said.maybe(have).hint(match case.kind_word() {
        [] => "another address can be had on a macvlan or a bridge that stands on it".into(),
        kind => format!("links of the kind {} have the address that they are made with", Safe(kind)),
    }))
}
