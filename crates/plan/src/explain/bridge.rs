//! Settings of bridges and of their ports.

use linkctl_link::Link;
use linkctl_schema::Value;

use super::Said;
use super::case::{Case, named};
use super::command::set;
use super::errno::{EBUSY, EINVAL, ENETDOWN, EPROTONOSUPPORT, ERANGE};
use super::options::Bound;
use super::rule::{On, Rule, always, rule};

const BRIDGE: On = On::Data(&["bridge"]);
const PORT: On = On::Port("bridge");

/// Bounds of the time before a port forwards, 1/100 s (`br_set_forward_delay` of `net/bridge/br_stp.c`). The other timers
/// have theirs always, and so in the book.
const FORWARD_DELAY: Bound = Bound { name: "forward_delay", low: 200, high: 3000, when: " while STP runs" };
/// `BR_GROUPFWD_RESTRICTED` of `net/bridge/br_private.h`: STP, pause frames, LACP.
const RESTRICTED: u64 = 0x7;

pub(super) static RULES: &[Rule] = &[
    rule(BRIDGE, &[ERANGE], "", "`forward_delay` outside of 2 to 30 s while STP runs", forward_delay),
    rule(BRIDGE, &[EINVAL], "", "`group_fwd_mask` has bits that are never forwarded", mask),
    rule(BRIDGE, &[EINVAL], "", "`group_address` is none of 01:80:c2:00:00:0X", group_address),
    always(
        BRIDGE,
        &[EPROTONOSUPPORT],
        "",
        "its VLAN protocol is none",
        &["say vlan_protocol 802.1Q, the usual one, or 802.1ad"],
    ),
    rule(PORT, &[ENETDOWN], "", "a port's state is set while it is up, with a carrier", port_down),
    rule(PORT, &[EBUSY], "", "the kernel's STP sets the port's state", port_stp),
];

fn forward_delay(case: &Case<'_>) -> Option<Said> {
    let said = FORWARD_DELAY.broken(case.data()?)?.say(case, "");
    Some(match case.created() {
        Some(_) => said,
        None => said.hint(format!("without STP any delay will do: {}", set(case.key, "stp_state off"))),
    })
}

fn mask(case: &Case<'_>) -> Option<Said> {
    let Some(Value::Num(mask)) = named(case.data()?, "group_fwd_mask") else { return None };
    let allowed = mask & !RESTRICTED;
    (allowed != *mask).then(|| {
        case.say(format!(
            "group_fwd_mask {mask:#x} has bits of STP, pause frames or LACP, which no bridge forwards"
        ))
        .hint(format!("without them: {}", set(case.key, format!("group_fwd_mask {allowed:#x}"))))
    })
}

fn group_address(case: &Case<'_>) -> Option<Said> {
    let Some(Value::Mac(mac)) = named(case.data()?, "group_address") else { return None };
    let said = case.say(format!("{mac} cannot be the address of its group"));
    Some(said.hint("01:80:c2:00:00:00 to 0f can, but for 01, 02 and 03"))
}

fn port_down(case: &Case<'_>) -> Option<Said> {
    let said = if case.is_up() {
        case.say("the state of the port cannot be set while it has no carrier")
    } else {
        case.say("the state of the port cannot be set while it is down")
    };
    Some(said.hint(format!("take it up first, and its other end: {}", set(case.key, "up"))))
}

fn port_stp(case: &Case<'_>) -> Option<Said> {
    let said = case.say("the state of the port is set by the kernel's spanning tree");
    let master = case.at(case.key).and_then(Link::has_master)?;
    Some(said.hint(format!("switch it off first: {}", set(&case.key.beside(master), "stp_state off"))))
}
