//! Links that cannot be made.

use linkctl_kinds::{macsec, macvlan};
use linkctl_link::{Key, Link};
use linkctl_schema::{Below, Safe, Value};

use super::case::{Case, listed, named};
use super::command;
use super::errno::{
    EBUSY, EINVAL, EMLINK, ENFILE, ENODEV, EOPNOTSUPP, EPERM, EPFNOSUPPORT, EPROTONOSUPPORT, ERANGE,
};
use super::rule::{On, Rule, always, rule};
use super::words::a_port_of;
use super::{Said, words};

const MACVLAN: &[&str] = &["macvlan", "macvtap"];
/// Kinds that take over what an Ethernet link below them receives.
const TAPPING: &[&str] = &["macvlan", "macvtap", "ipvlan", "ipvtap", "macsec"];

pub(super) static RULES: &[Rule] = &[
    rule(On::Create(&["tun"]), &[EOPNOTSUPP], "", "tun and tap links are made by a program", tun),
    rule(On::Create(&[]), &[EOPNOTSUPP], "", "links of the kind are made by a driver", made_elsewhere),
    rule(On::Create(&[]), &[EINVAL, ENODEV], "", "no link below is given", without_lower),
    rule(On::Create(TAPPING), &[EINVAL], "", "the link below is the loopback, or no Ethernet", macvlan_layer),
    rule(On::Create(MACVLAN), &[EINVAL], "", "mode passthru is for one macvlan alone", macvlan_alone),
    rule(
        On::Create(TAPPING),
        &[EBUSY],
        "",
        "the link below is a port, so its master takes its packets",
        macvlan_port,
    ),
    rule(On::Create(&["vlan"]), &[ERANGE], "", "the VLAN id is not 0 to 4094", vlan_id),
    always(
        On::Create(&["vlan"]),
        &[EPROTONOSUPPORT],
        "",
        "its VLAN protocol is none",
        &["say protocol 802.1Q, the usual one, or protocol 802.1ad"],
    ),
    rule(
        On::Create(&["vlan"]),
        &[EOPNOTSUPP],
        "vlans not supported",
        "the link below takes no VLANs",
        vlan_lower,
    ),
    rule(
        On::Create(&["macsec"]),
        &[EINVAL],
        "",
        "send_sci, end_station and scb do not go together",
        macsec_words,
    ),
    rule(On::Create(&["vrf"]), &[EINVAL], "vrf table id", "the table is missing or 0", vrf_table),
    rule(
        On::Create(&["vxlan"]),
        &[EINVAL],
        "interface required",
        "a group or link-local address needs `dev`",
        vxlan_dev,
    ),
    always(
        On::Create(&["vxlan"]),
        &[EPFNOSUPPORT, EPERM],
        "ipv6",
        "its addresses are of IPv6, which is switched off here",
        &["switch it on: sudo sysctl net.ipv6.conf.all.disable_ipv6=0", "or use addresses of IPv4"],
    ),
    always(
        On::Create(&[]),
        &[EINVAL],
        "queues",
        "it cannot have so many queues",
        &["numtxqueues and numrxqueues are 1 to 4096"],
    ),
    always(On::Create(&[]), &[ENFILE], "", "no number is free for this name", &["choose a name without %d"]),
    rule(On::Create(&[]), &[EMLINK], "", "more than 8 links stand on each other", deep),
];

fn tun(case: &Case<'_>) -> Option<Said> {
    let name = command::shell(case.key.name.as_bytes());
    let said = case.say("a tun or tap link is made by the program that uses it, not by a request like this");
    Some(said.hint(format!("make one that stays: ip tuntap add dev {name} mode tap")))
}

fn made_elsewhere(case: &Case<'_>) -> Option<Said> {
    let kind = case.created()?.kind?;
    let maker = kind.made_by?;
    let said = case.say(format!("the kernel makes no {} when asked to: {maker}", kind.name));
    Some(said.hint(format!("what can be set of one that is there: linkctl kind {}", kind.name)))
}

/// Which of the three stand in one request counts, not how the link is (`macsec_validate_attr`).
fn macsec_words(case: &Case<'_>) -> Option<Said> {
    let data = &case.created()?.data;
    let on = |f| data.get(f) == Some(true);
    let (sci, end, scb) = (on(macsec::SEND_SCI), on(macsec::END_STATION), on(macsec::SCB));
    if !(sci && (end || scb) || end && scb) {
        return None;
    }
    let said = case.say("send_sci, end_station and scb exclude each other");
    Some(said.hint("leave all but one of them out, or say off of the others"))
}

fn without_lower(case: &Case<'_>) -> Option<Said> {
    let kind = case.created()?.kind.filter(|k| k.below == Below::Link)?;
    if case.lower().is_some() {
        return None;
    }
    let said = case.say(format!("a {} stands on another link, and none is given", kind.name));
    let data = words::typed(&case.created()?.data);
    let words = format!("link LINK type {} {data}", kind.name);
    Some(said.hint(format!("say which: {}", command::add(case.key, words.trim_end()))))
}

fn macvlan_layer(case: &Case<'_>) -> Option<Said> {
    let lower = case.lower()?;
    let what = if case.is_loopback(&lower) {
        "the loopback link"
    } else if case.is_foreign_layer(&lower) {
        "no Ethernet link"
    } else {
        return None;
    };
    let kind = Safe(case.kind_word());
    let said = case.say(format!("{lower} is {what}, and a {kind} stands on an Ethernet link only"));
    Some(said.hint(format!("for a link without hardware: {}", command::add(case.key, "type dummy"))))
}

fn macvlan_alone(case: &Case<'_>) -> Option<Said> {
    let lower = case.lower()?;
    let passthru = |l: &Link| l.data.get(macvlan::MODE) == Some("passthru");
    let is_one = |l: &Link| MACVLAN.iter().any(|k| k.as_bytes() == l.kind_word());
    let others: Vec<(&Key, &Link)> = case.above(&lower).filter(|(_, l)| is_one(l)).collect();
    if let Some((key, _)) = others.iter().find(|(_, l)| passthru(l)) {
        let said = case.say(format!("{key} has {lower} to itself: its mode is passthru"));
        return Some(said.hint(format!("delete it first: {}", command::del(key))));
    }
    if others.is_empty() || !passthru(case.created()?) {
        return None;
    }
    let names = listed(others.iter().map(|(k, _)| &k.name));
    let said = case.say(format!("mode passthru wants {lower} to itself, and {names} stands on it"));
    Some(said.hint("choose mode bridge, or delete the others first"))
}

fn macvlan_port(case: &Case<'_>) -> Option<Said> {
    let lower = case.lower()?;
    let kind = Safe(case.kind_word());
    let Some(master) = case.at(&lower).and_then(Link::has_master) else {
        let said = case
            .say(format!("the packets of {lower} go to another user already, so no {kind} can stand on it"));
        return Some(
            said.hint("a bridge, a bond, an ipvlan or Open vSwitch has it")
                .hint(format!("how it is now: {}", command::show(&lower))),
        );
    };
    let of = case.at(&lower.beside(master)).map_or(&[][..], Link::kind_word);
    let said = case.say(format!(
        "{lower} is {}, which takes its packets: no {kind} can stand on it",
        a_port_of(of, &master)
    ));
    let words = format!("link {} type {kind}", command::shell(master.as_bytes()));
    Some(
        said.hint(format!("stand on {master} instead: {}", command::add(case.key, words)))
            .hint(format!("or release {lower} first: {}", command::set(&lower, "nomaster"))),
    )
}

fn vlan_id(case: &Case<'_>) -> Option<Said> {
    let Some(Value::Num(id)) = named(case.data()?, "id") else { return None };
    (*id > 4094).then(|| {
        case.say(format!("{id} is no id of a VLAN")).hint("an id is 1 to 4094; 0 carries a priority alone")
    })
}

fn vlan_lower(case: &Case<'_>) -> Option<Said> {
    let lower = case.lower()?;
    let said = case.say(format!("{lower} takes no VLANs: its driver does not let tags through"));
    Some(said.hint(format!("what it is: {}", command::show(&lower))))
}

fn vrf_table(case: &Case<'_>) -> Option<Said> {
    let said = case.say("a vrf needs the number of a routing table, and 0 is none");
    Some(said.hint(format!("say which: {}", command::add(case.key, "type vrf table 10"))))
}

fn vxlan_dev(case: &Case<'_>) -> Option<Said> {
    let said =
        case.say("a group's or a link-local address only means something on one link, and none is given");
    let words = format!("type vxlan {} dev LINK", words::typed(case.data()?));
    Some(said.hint(format!("say which: {}", command::add(case.key, words))))
}

fn deep(case: &Case<'_>) -> Option<Said> {
    let lower = case.lower()?;
    let said = case.say(format!("too many links stand on each other below {lower}: 8 are the most"));
    Some(said.hint("let it stand on a link further down"))
}
