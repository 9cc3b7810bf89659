//! Settings that every link has, and that this one does not take.

use linkctl_kinds::link as base;
use linkctl_schema::{Field, FieldDef, Value, devconf};

use super::case::{Case, number};
use super::command::{self, set};
use super::errno::{EAFNOSUPPORT, EBUSY, EINVAL, EOPNOTSUPP, EOVERFLOW, ERANGE};
use super::rule::{On, Rule, rule};
use super::{Kind, Said};

pub(super) static RULES: &[Rule] = &[
    rule(On::Set(&["alias"]), &[EINVAL, ERANGE], "", "an alias has at most 255 bytes", alias),
    rule(
        On::Set(SIZES),
        &[EINVAL, ERANGE],
        "",
        "more than the hardware or the kernel cuts up or joins",
        offload,
    ),
    rule(On::Set(&["txqueuelen"]), &[ERANGE, EINVAL], "", "longer than this kernel takes", queue),
    rule(On::Set(&["protodown"]), &[EOPNOTSUPP], "", "the driver has no protodown", no_protodown),
    rule(On::Set(&["protodown"]), &[EBUSY], "", "reasons for protodown are set", reasons),
    rule(On::Set(&["carrier"]), &[EOPNOTSUPP], "", "the carrier is the hardware's to tell", carrier),
    rule(On::Set(&["addrgenmode"]), &[EAFNOSUPPORT], "", "IPv6 is switched off", no_ipv6),
    rule(On::Set(&["inet"]), &[EAFNOSUPPORT], "", "too small for IPv4", no_ipv4),
    rule(On::Set(&["inet"]), &[EINVAL], "", "settings of newer kernels", newer),
    rule(On::Set(&["mctp_net"]), &[EAFNOSUPPORT], "", "no link of MCTP", no_mctp),
    rule(On::Set(&["inet6_token"]), &[EAFNOSUPPORT], "", "IPv6 is switched off", no_token),
    rule(On::Set(&["inet6_token"]), &[EINVAL], "", "a link that does not listen to routers", deaf),
    rule(On::Set(&["addrgenmode"]), &[EINVAL], "", "stable_secret without a secret", secret),
    rule(On::Set(&["promisc", "allmulticast"]), &[EOVERFLOW], "", "too many users want every packet", users),
];

const SIZES: &[&str] =
    &["gso_max_size", "gso_max_segs", "gro_max_size", "gso_ipv4_max_size", "gro_ipv4_max_size"];
/// `GRO_MAX_SIZE` of `linux/netdevice.h`: 8 × 65,535.
const JOINED: u64 = 524_280;
/// `GSO_MAX_SEGS` of `linux/netdevice.h`.
const PIECES: u64 = 65_535;

/// Sizes, and what bounds them: what the hardware says, and the kernel's own bound.
const BOUNDS: &[(Field<u32>, Option<Field<u32>>, u64)] = &[
    (base::GSO_MAX_SIZE, Some(base::TSO_MAX_SIZE), JOINED),
    (base::GSO_MAX_SEGS, Some(base::TSO_MAX_SEGS), PIECES),
    (base::GSO_IPV4_MAX_SIZE, Some(base::TSO_MAX_SIZE), JOINED),
    (base::GRO_MAX_SIZE, None, JOINED),
    (base::GRO_IPV4_MAX_SIZE, None, JOINED),
];

fn alias(case: &Case<'_>) -> Option<Said> {
    let Some(Value::Str(text)) = case.base()?.value(&base::ALIAS.0) else { return None };
    let n = text.len();
    (n > 255).then(|| case.say(format!("an alias of {n} bytes is too long")).hint("255 bytes are the most"))
}

fn offload(case: &Case<'_>) -> Option<Said> {
    let record = case.base()?;
    BOUNDS.iter().find_map(|(field, hardware, kernel)| {
        let f: &FieldDef = &field.0;
        let want = number(record, f)?;
        let told = hardware.and_then(|h| case.reads(case.key, &h.0));
        let most = told.map_or(*kernel, |t| t.min(*kernel));
        if want <= most {
            return None;
        }
        let name = f.name;
        let said = case.say(format!("{name} {want} is more than {} takes: {most}", case.driver()));
        Some(match case.created() {
            Some(_) => said.hint(format!("create it with {name} {most}")),
            None => said.hint(format!("the most that it takes: {}", set(case.key, format!("{name} {most}")))),
        })
    })
}

fn queue(case: &Case<'_>) -> Option<Said> {
    let want = case.number(&base::TXQUEUELEN.0)?;
    if want <= 32_767 {
        return None;
    }
    let said = case.say(format!("txqueuelen {want} is more than this kernel takes"));
    Some(said.hint(format!("some kernels stop at 32767: {}", set(case.key, "txqueuelen 32767"))))
}

fn no_protodown(case: &Case<'_>) -> Option<Said> {
    let said = case.say(format!("{} cannot hold it down by protodown", case.driver()));
    Some(
        said.hint("macvlan, vxlan and drivers of switches can")
            .hint(format!("taken down it does not pass packets either: {}", set(case.key, "down"))),
    )
}

fn reasons(case: &Case<'_>) -> Option<Said> {
    let said = match case.reads(case.key, &base::PROTODOWN_REASON.0) {
        Some(bits) if bits != 0 => case.say(format!("it is held down for reasons of others: bits {bits:#x}")),
        _ => case.say("it is held down for reasons of others"),
    };
    let name = command::shell(case.key.name.as_bytes());
    Some(
        said.hint("whoever set a reason clears it; by hand, for each bit N:")
            .hint(format!("ip link set dev {name} protodown_reason N off")),
    )
}

fn carrier(case: &Case<'_>) -> Option<Said> {
    let said = case.say(format!("{} tells the carrier itself: it cannot be set", case.driver()));
    Some(
        said.hint("only links without hardware, such as dummy, take it from a program")
            .hint(format!("to stop its traffic: {}", set(case.key, "down"))),
    )
}

fn no_ipv6(case: &Case<'_>) -> Option<Said> {
    let said = case.say("addrgenmode is a setting of IPv6, which is switched off or missing");
    Some(said.hint("switch it on: sudo sysctl net.ipv6.conf.all.disable_ipv6=0").of(Kind::Incapable))
}

fn no_token(case: &Case<'_>) -> Option<Said> {
    let said = case.say("inet6_token is a setting of IPv6, which is switched off or missing");
    Some(said.hint("switch it on: sudo sysctl net.ipv6.conf.all.disable_ipv6=0").of(Kind::Incapable))
}

/// `inet6_set_iftoken` of `net/ipv6/addrconf.c`, which in older kernels does not say which it was.
fn deaf(case: &Case<'_>) -> Option<Said> {
    let said = case.say("inet6_token is for links that listen to routers, and this one does not");
    Some(
        said.hint("the loopback never does, nor a link with arp off").hint(
            "and in net.ipv6.conf.NAME: accept_ra on, forwarding off or accept_ra 2, rtr_solicits not 0",
        ),
    )
}

fn no_ipv4(case: &Case<'_>) -> Option<Said> {
    let said =
        case.say("inet is a setting of IPv4, which this link does not have: it takes an MTU of 68 bytes");
    Some(said.hint(format!("give it room: {}", set(case.key, "mtu 1500"))).of(Kind::Incapable))
}

fn newer(case: &Case<'_>) -> Option<Said> {
    let Some(Value::Pairs(said)) = case.base()?.value(&base::INET4.0) else { return None };
    let names: Vec<String> = devconf::shown(&base::INET4.0, said).map(|(name, _)| name.to_owned()).collect();
    let what = format!("this kernel does not have all of these settings of IPv4: {}", names.join(", "));
    Some(case.say(what).hint("what it has: linkctl show --json -d NAME").of(Kind::Incapable))
}

fn no_mctp(case: &Case<'_>) -> Option<Said> {
    let said = case.say("mctp_net is for links that speak MCTP, and this one does not");
    Some(said.hint("such links come from hardware: i2c, i3c, usb or serial lines").of(Kind::Incapable))
}

fn secret(case: &Case<'_>) -> Option<Said> {
    if case.base()?.get(base::ADDRGENMODE) != Some("stable_secret") {
        return None;
    }
    let said = case.say("addrgenmode stable_secret needs a secret, and this link has none");
    Some(
        said.hint("give it one: net.ipv6.conf.NAME.stable_secret, with sysctl")
            .hint("or let the kernel choose: addrgenmode random"),
    )
}

fn users(case: &Case<'_>) -> Option<Said> {
    let said = case.say("so many users want every packet of it that the kernel cannot count one more");
    Some(said.hint(format!("how many: {}", command::show(case.key))))
}
