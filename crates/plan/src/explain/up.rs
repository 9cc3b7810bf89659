//! Links that do not come up.

use linkctl_kinds::{link as base, vxlan};

use super::address::twin;
use super::case::Case;
use super::command::{self, set};
use super::errno::{
    EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EBUSY, EIO, ENETDOWN, ENOBUFS, ENOMEM, ENOTCONN, ERFKILL,
    ETIMEDOUT,
};
use super::rule::{On, Rule, always, rule};
use super::{Kind, Said, words};

pub(super) static RULES: &[Rule] = &[
    rule(On::Up, &[ENETDOWN], "", "the link below is down (vlan)", lower_down),
    always(
        On::Up,
        &[ERFKILL],
        "",
        "its radio is switched off, by a key of the machine or by a program",
        &["see which: rfkill list", "switch it on: sudo rfkill unblock wlan"],
    ),
    rule(On::Up, &[EADDRINUSE, EBUSY], "", "another link on the same link below has its address", duplicate),
    rule(On::Up, &[EADDRINUSE], "", "its UDP port is another program's (vxlan)", port),
    rule(On::Up, &[EADDRNOTAVAIL], "", "it has no valid address", no_address),
    rule(On::Up, &[ENOTCONN], "", "its other end is gone (veth)", no_peer),
    rule(On::Up, &[EAFNOSUPPORT], "", "IPv6 is switched off (vxlan)", no_ipv6),
    rule(On::Up, &[EBUSY, EIO, ETIMEDOUT, ENOMEM, ENOBUFS], "", "the driver could not start it", driver),
];

fn lower_down(case: &Case<'_>) -> Option<Said> {
    let lower = case.lower()?;
    let said = case.say(format!("{lower}, on which it stands, is down"));
    let then = if case.created().is_some() { String::new() } else { format!(" && {}", set(case.key, "up")) };
    let said = said.hint(format!("take that up first: {}{then}", set(&lower, "up")));
    Some(if case.kind_word() == b"vlan" && case.created().is_none() {
        said.hint(format!("or let it be up on its own: {}", set(case.key, "loose_binding on")))
    } else {
        said
    })
}

fn duplicate(case: &Case<'_>) -> Option<Said> {
    let mac = case.link()?.base.get(base::ADDRESS)?;
    let who = twin(case, &mac)?;
    let said = case.say(format!("{who} its address {mac}, and only one of them can be up"));
    Some(said.hint(format!("give it another: {}", set(case.key, "address 02:XX:XX:XX:XX:XX"))))
}

fn port(case: &Case<'_>) -> Option<Said> {
    if case.kind_word() != b"vxlan" {
        return None;
    }
    let port =
        case.link()?.data.get(vxlan::DSTPORT).map_or("its UDP port".into(), |p| format!("UDP port {p}"));
    let said = case.say(format!("{port} is in use by another program, or by a vxlan with other settings"));
    Some(said.hint("see which: sudo ss -lunp").hint("or choose another dstport, on all ends alike"))
}

fn no_address(case: &Case<'_>) -> Option<Said> {
    let said = match case.address(case.key) {
        Some(mac) => case.say(format!("its address {mac} is none that a link can have")),
        None => case.say("it has no address"),
    };
    Some(said.hint(format!("give it one first: {}", set(case.key, "address 02:XX:XX:XX:XX:XX"))))
}

fn no_peer(case: &Case<'_>) -> Option<Said> {
    let said = case.say("its other end is not there any more");
    Some(said.hint(format!("delete it, and make the pair anew: {}", command::del(case.key))))
}

fn no_ipv6(case: &Case<'_>) -> Option<Said> {
    if case.kind_word() != b"vxlan" {
        return None;
    }
    let said = case.say("it needs a socket of IPv6, which is switched off or missing");
    Some(said.hint("switch it on: sudo sysctl net.ipv6.conf.all.disable_ipv6=0").of(Kind::Incapable))
}

fn driver(case: &Case<'_>) -> Option<Said> {
    // What is made has no driver of its own to blame yet.
    if case.created().is_some() {
        return None;
    }
    let means = super::errno::of(case.refused.errno).map_or("", |e| e.means);
    let said = case.say(format!("{} could not {}: {means}", case.driver(), words::infinitive(case.act)));
    Some(said.hint("the kernel's log says more: sudo dmesg | tail"))
}
