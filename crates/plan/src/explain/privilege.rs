//! Who may not, and how one may.

use super::case::Case;
use super::errno::EPERM;
use super::rule::{On, Rule, rule};
use super::{Kind, Said, words};
use crate::Act;

/// The kernel says nothing but the number where it is about privileges.
pub(super) static RULES: &[Rule] = &[
    rule(On::Any, &[EPERM], "", "the process lacks `CAP_NET_ADMIN`", without),
    rule(On::Any, &[EPERM], "", "`CAP_NET_ADMIN` counts only in the process's own user namespace", elsewhere),
];

/// Asked last: other rules know reasons of their own.
pub(super) static LAST: &[Rule] = &[rule(
    On::Any,
    &[EPERM],
    "",
    "the driver or a security module refuses though the capability is there",
    forbidden,
)];

fn without(case: &Case<'_>) -> Option<Said> {
    if case.facts.privileged || !case.bare() {
        return None;
    }
    let asked = words::infinitive(case.act);
    let said = case
        .say(format!("it takes the capability CAP_NET_ADMIN to {asked}, and this process does not have it"));
    let said = said
        .hint("as root: put sudo before the same command")
        .hint(
            "or give this program the capability, and whoever may run it: sudo setcap cap_net_admin+ep \
             \"$(command -v linkctl)\" (never the ip program: every script would have it)",
        )
        .hint("in a container: start it with --cap-add NET_ADMIN")
        .hint("to try things out without root: unshare -rn gives a shell with a network of its own");
    Some(said.of(Kind::Denied))
}

fn elsewhere(case: &Case<'_>) -> Option<Said> {
    if !case.facts.user_namespace || !case.bare() {
        return None;
    }
    let whose = match case.act {
        Act::Move(_, to) => format!("{} or this one", words::place(to)),
        _ => "the network namespace".into(),
    };
    let asked = words::infinitive(case.act);
    let said = case.say(format!(
        "this process may not {asked}: its CAP_NET_ADMIN counts in its own user namespace, and {whose} belongs to another"
    ));
    let said = said
        .hint("use a network namespace made inside this user namespace: unshare -n, or ip netns add")
        .hint("or run the command outside: of the container, or with sudo instead of unshare -r");
    Some(said.of(Kind::Denied))
}

fn forbidden(case: &Case<'_>) -> Option<Said> {
    let asked = words::infinitive(case.act);
    if !case.bare() {
        return Some(
            case.say(format!("the kernel does not permit to {asked}, for the reason that it gives"))
                .hint("this is not about privileges: CAP_NET_ADMIN is there"),
        );
    }
    let said = case.say(format!(
        "this process has CAP_NET_ADMIN, and still may not {asked}: {} or a security module refuses",
        case.driver()
    ));
    Some(
        said.hint("the kernel's log may say more, also of SELinux, AppArmor and lockdown: sudo dmesg | tail"),
    )
}
