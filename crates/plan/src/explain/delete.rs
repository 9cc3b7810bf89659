//! Links that cannot be deleted.

use linkctl_schema::Safe;

use super::Said;
use super::case::Case;
use super::command::{self, set};
use super::errno::{EBUSY, EOPNOTSUPP};
use super::rule::{On, Rule, rule};

pub(super) static RULES: &[Rule] = &[
    rule(On::Delete, &[EOPNOTSUPP], "", "the loopback link", loopback),
    rule(On::Delete, &[EOPNOTSUPP], "", "hardware", hardware),
    rule(On::Delete, &[EBUSY], "", "another part of the kernel holds it", held),
];

fn loopback(case: &Case<'_>) -> Option<Said> {
    case.is_loopback(case.key).then(|| {
        case.say("the loopback link cannot be deleted: every network namespace has it")
            .hint(format!("to have none of its traffic: {}", set(case.key, "down")))
    })
}

fn hardware(case: &Case<'_>) -> Option<Said> {
    let link = case.link()?;
    if link.can_go() {
        let kind = Safe(link.kind_word());
        let said = case.say(format!("a {kind} is not deleted by a request: what made it does that"));
        return Some(said.hint(format!("what it is: {}", command::show(case.key))));
    }
    let said = case.say("it is hardware, which only goes when its driver does: it cannot be deleted");
    Some(
        said.hint(format!("to stop its traffic: {}", set(case.key, "down")))
            .hint("to take it from its driver: write its place on the bus to /sys/bus/BUS/drivers/DRIVER/unbind")
            .hint(format!("both are told by: {}", command::show(case.key))),
    )
}

fn held(case: &Case<'_>) -> Option<Said> {
    let said = case.say("another part of the kernel holds it, so it cannot be deleted");
    Some(said.hint("the kernel's log may say which: sudo dmesg | tail"))
}
