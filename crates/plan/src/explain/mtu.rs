//! MTUs that do not fit.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link};
use linkctl_schema::codec::View;
use linkctl_schema::{Safe, Value};

use super::Said;
use super::case::Case;
use super::command::{self, set, set_down};
use super::errno::{EBUSY, EINVAL, EOPNOTSUPP, ERANGE};
use super::rule::{On, Rule, rule};
use crate::habit::driver;

const MTU: On = On::Set(&["mtu"]);
/// `IFLA_XDP_ATTACHED` of `linux/if_link.h`.
const XDP_ATTACHED: u16 = 2;
/// Headers before the inner packet: IP, UDP, VXLAN and Ethernet (`vxlan_headroom` of `net/vxlan.h`).
const VXLAN_OVER_IPV4: u64 = 50;
const VXLAN_OVER_IPV6: u64 = 70;
/// A tag that the link below cannot take on top of its MTU (`netif_reduces_vlan_mtu`).
const TAG: u64 = 4;

pub(super) static RULES: &[Rule] = &[
    rule(MTU, &[EINVAL, ERANGE], "", "outside of the driver's bounds, which are told", bounds),
    rule(MTU, &[EINVAL, ERANGE], "", "more than the link below carries; vxlan: less its headers", lower),
    rule(MTU, &[EINVAL, ERANGE, EBUSY], "", "more than a port of the bond takes", ports),
    rule(MTU, &[EINVAL, ERANGE, EOPNOTSUPP], "", "an XDP program limits it", xdp),
    rule(MTU, &[EINVAL], "", "a link to be made, outside of its kind's bounds", made),
    rule(MTU, &[EINVAL], "device m", "outside of the driver's bounds, which are not known", unknown),
    rule(MTU, &[EINVAL, EBUSY], "", "the driver changes it only while the link is down", running),
    rule(MTU, &[EINVAL], "", "the driver refuses (bare)", refused),
];

fn wanted(case: &Case<'_>) -> Option<u64> {
    case.number(&base::MTU.0)
}

/// `68 to 1500`, or `68 and more`.
fn range((low, high): (u64, u64)) -> String {
    if high == 0 { format!("{low} and more") } else { format!("{low} to {high}") }
}

fn bounds(case: &Case<'_>) -> Option<Said> {
    let mtu = wanted(case)?;
    let (low, high) = case.mtu_bounds(case.key)?;
    let nearest = match mtu {
        n if n < low => low,
        n if high != 0 && n > high => high,
        _ => return None,
    };
    let what = format!("mtu {mtu} is out of range: {} takes {}", case.driver(), range((low, high)));
    let most = if nearest == low { "least" } else { "most" };
    let said =
        case.say(what).hint(format!("the {most} that it takes: {}", set(case.key, format!("mtu {nearest}"))));
    Some(said.maybe(detach(case)))
}

fn made(case: &Case<'_>) -> Option<Said> {
    let link = case.created()?;
    let bounds = driver::mtu_bounds(link)?;
    let mtu = |l: &Link| Some(u64::from(l.base.get(base::MTU)?)).filter(|m| *m < bounds.0 || *m > bounds.1);
    let kind = Safe(link.kind_word());
    let range = range(bounds);
    let said = match (mtu(link), case.other()) {
        (Some(mtu), _) => case.say(format!("mtu {mtu} is out of range: a {kind} takes {range}")),
        (None, Some((key, other))) => {
            let mtu = mtu(other)?;
            case.say(format!("mtu {mtu} of its other end, {key}, is out of range: a {kind} takes {range}"))
        }
        (None, None) => return None,
    };
    Some(said.hint(format!("without mtu it has 1500; what a {kind} takes else: linkctl kind {kind}")))
}

/// How much of the lower link's MTU is not this link's.
fn headroom(link: &Link, mtu: u64, lower: u64) -> u64 {
    match link.kind_word() {
        b"vxlan" => {
            let v6 = link.data.iter().any(|(_, v)| matches!(v, Value::Ip(ip) if ip.is_ipv6()));
            if v6 { VXLAN_OVER_IPV6 } else { VXLAN_OVER_IPV4 }
        }
        b"vlan" if mtu == lower => TAG,
        _ => 0,
    }
}

fn lower(case: &Case<'_>) -> Option<Said> {
    let (mtu, key) = (wanted(case)?, case.lower()?);
    let below = u64::from(case.at(&key)?.base.get(base::MTU)?);
    let room = headroom(case.link()?, mtu, below);
    let most = below.saturating_sub(room);
    if mtu <= most {
        return None;
    }
    let said = match room {
        0 => case.say(format!("mtu {mtu} is more than {key}, on which it stands, has: {below}")),
        room => {
            case.say(format!("mtu {mtu} does not fit into the {below} of {key} below: {room} go to headers"))
        }
    };
    let need = mtu + room;
    let said = match case.mtu_bounds(&key) {
        Some(range_below) if range_below.1 != 0 && need > range_below.1 => said.hint(format!(
            "{key} cannot have the {need} that it takes: its driver takes {}",
            range(range_below)
        )),
        _ => said.hint(format!("raise {key} first: {}{}", set(&key, format!("mtu {need}")), then(case, mtu))),
    };
    Some(match case.created() {
        Some(_) => said.hint(format!("or create it with mtu {most}")),
        None => said.hint(format!("or stay within it: {}", set(case.key, format!("mtu {most}")))),
    })
}

fn then(case: &Case<'_>, mtu: u64) -> String {
    if case.created().is_some() {
        String::new()
    } else {
        format!(" && {}", set(case.key, format!("mtu {mtu}")))
    }
}

fn ports(case: &Case<'_>) -> Option<Said> {
    let mtu = wanted(case)?;
    let less = |k: &Key| case.mtu_bounds(k).filter(|(low, high)| mtu < *low || *high != 0 && mtu > *high);
    let (key, bounds) = case.ports(case.key).find_map(|(k, _)| Some((k, less(k)?)))?;
    let nearest = if mtu < bounds.0 { bounds.0 } else { bounds.1 };
    let said = case.say(format!("its port {key} cannot have mtu {mtu}: its driver takes {}", range(bounds)));
    Some(
        said.hint(format!("choose what all ports take: {}", set(case.key, format!("mtu {nearest}"))))
            .hint(format!("or release the port first: {}", set(key, "nomaster"))),
    )
}

/// How to take an XDP program away, where there is one.
fn detach(case: &Case<'_>) -> Option<String> {
    let (seen, _) = case.facts.read.seen(case.key)?;
    let attached = View::new(seen.base.attr(base::XDP.0.attr)?).attr(XDP_ATTACHED)?;
    let name = command::shell(case.key.name.as_bytes());
    (attached.first() != Some(&0)).then(|| {
        format!("an XDP program limits the MTU too; to take it away: ip link set dev {name} xdp off")
    })
}

fn xdp(case: &Case<'_>) -> Option<Said> {
    let (mtu, detach) = (wanted(case)?, detach(case)?);
    Some(case.say(format!("mtu {mtu} is too large for the XDP program that is attached to it")).hint(detach))
}

fn unknown(case: &Case<'_>) -> Option<Said> {
    let mtu = wanted(case)?;
    let bound = if case.says("less than device minimum") { "less" } else { "more" };
    let said = case.say(format!("mtu {mtu} is {bound} than {} takes", case.driver()));
    Some(match case.created() {
        Some(_) => {
            said.hint(format!("create it without mtu, and look for its bounds: {}", command::show(case.key)))
        }
        None => said.hint(format!("its bounds: {}", command::show(case.key))),
    })
}

/// Only where nothing but the MTU was asked for: the number alone does not say what it is about.
fn alone(case: &Case<'_>) -> bool {
    case.created().is_none() && case.bare() && case.base().is_some_and(|r| r.iter().count() == 1)
}

fn running(case: &Case<'_>) -> Option<Said> {
    let mtu = wanted(case)?;
    if !alone(case) || !case.is_up() {
        return None;
    }
    let said = case.say(format!("{} refuses mtu {mtu} while the link is up", case.driver()));
    Some(said.hint(format!(
        "it may take it while down (traffic stops): {}",
        set_down(case.key, format!("mtu {mtu}"))
    )))
}

fn refused(case: &Case<'_>) -> Option<Said> {
    let mtu = wanted(case)?;
    if !alone(case) {
        return None;
    }
    let said = case.say(format!("{} refuses mtu {mtu}, and does not say what it takes", case.driver()));
    Some(said.hint("the kernel's log may say more: sudo dmesg | tail"))
}
