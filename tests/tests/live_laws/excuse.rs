//! Where model and kernel may differ: what stands in the list of `live_model`, and little else.

use linkctl::kernel::errno;
use linkctl_conformance::lockstep::compare::Odd;
use linkctl_conformance::lockstep::{Difference, Odds, known};
use linkctl_link::{Goal, Link};
use linkctl_plan::{Act, Plan};
use linkctl_schema::{Record, Value};

/// The word for a difference that is right as it is: fields that differ need not do so for one reason.
pub(crate) fn excuse(d: &Difference) -> Option<&'static str> {
    let Odds::Other(odd) = &d.odds else { return one(d) };
    one(d).or_else(|| {
        let alone = |o: &Odd| one(&Difference { odds: Odds::Other(vec![o.clone()]), ..d.clone() });
        odd.iter().map(alone).collect::<Option<Vec<_>>>()?.first().copied()
    })
}

fn one(d: &Difference) -> Option<&'static str> {
    known::excuse(d).map(|k| k.name).or_else(|| OWN.iter().find(|o| (o.fits)(d)).map(|o| o.name))
}

/// Those that plans meet and single acts by chance do not.
const OWN: &[known::Known] = &[
    known::Known {
        on: known::ALL,
        name: "room in a tunnel",
        why: "a vxlan has no larger MTU than the link that it sends through leaves it, whatever it is told as it is made; how \
              much that is the kernel's version decides",
        fits: |d| {
            let made = matches!(&d.act, Act::Create { link, .. } if link.kind_word() == b"vxlan");
            made && all(d, |o| o.kind == "vxlan" && o.field == "mtu")
        },
    },
    known::Known {
        on: known::ALL,
        name: "an erspan for whoever sends",
        why: "what the kernel takes of a change of one depends on its version and on what else is said",
        fits: |d| {
            let is = |l: &Link| l.kind_word() == b"erspan" && on(&l.data, "external");
            refused(d, errno::EINVAL) && d.before.get(d.act.key()).is_some_and(is)
        },
    },
    known::Known {
        on: known::ALL,
        name: "a mesh's MTU",
        why: "batadv works out its MTU anew from its ports as one comes up",
        fits: |d| all(d, |o| o.kind == "batadv" && o.field == "mtu"),
    },
];

/// Whether a record says that something is to be on.
fn on(record: &Record, field: &str) -> bool {
    record.iter().any(|(f, v)| f.name == field && *v == Value::Bool(true))
}

/// Whether the kernel refuses what the model takes, with that number.
fn refused(d: &Difference, number: i32) -> bool {
    matches!(&d.odds, Odds::Promised(no) if no.errno == number)
}

/// Whether fields differ, all of them such.
fn all(d: &Difference, such: impl Fn(&Odd) -> bool) -> bool {
    matches!(&d.odds, Odds::Other(odd) if odd.iter().all(such))
}

/// The word for a law that is broken by what happens at any time: a bridge whose table of groups is full stops looking at
/// multicast. And by what nobody tells of: an ipvtap follows the address of a link in another namespace.
pub(crate) fn any_time(law: &str) -> Option<&'static str> {
    let away = law.contains(": address changed: was ipvtap lower=None");
    let full = law.contains(": mcast_snooping changed: was bridge").then_some("snooping gives up");
    full.or_else(|| away.then_some("no namespace told"))
}

/// The word for a way back that fails: of an ipvtap the kernel tells the number of the link below and not its namespace, so that a
/// new link of that number in the other one hides it; and of a tunnel that has the ends of another in the namespace where it was
/// made it refuses every change, having carried out half of one. The number of the link that a tunnel sends through is one of
/// that namespace, too: where the tunnel has moved it is taken for another link, which no change makes it.
pub(crate) fn hidden(law: &str) -> Option<&'static str> {
    let tunnel = |word: &str| linkctl::kinds::kind(word).is_some_and(|k| k.whole);
    let anew = law.lines().filter_map(|l| l.split_once(" create ")?.1.split(' ').nth(1)).any(tunnel);
    let twice = law.matches("refused: file exists (EEXIST)").count() == 2
        || anew && (law.contains("which is not there") || law.contains("which is to go"));
    let untold = law.contains("needs a link to stand on") || law.contains("[NoLower(");
    let lower = untold.then_some("no namespace told");
    lower.or_else(|| twice.then_some("a tunnel's home"))
}

/// The same where what is missing cannot be sent any more: a port that is down has no state, which a plan only sees when the
/// link has become one.
pub(crate) fn stateless(want: &Goal) -> Option<&'static str> {
    let state = |l: &Link| l.port.as_ref().is_some_and(|r| r.iter().any(|(f, _)| f.name == "state"));
    want.present().any(|(_, l)| state(l)).then_some("state of a port")
}

/// The word for what is missing though each step was taken: the state of a bridge's port follows carrier and being up by
/// itself, so that one that is said does not last.
pub(crate) fn missing(rest: &Plan) -> Option<&'static str> {
    // What is sent again with it is not, where that is refused.
    let state = |act: &Act| matches!(act, Act::Port(_, r) if r.iter().all(|(f, _)| f.name == "state"));
    let mild = |act: &Act| matches!(act, Act::Base(..) | Act::Data(..) | Act::Port(..));
    let all = rest.steps.iter().all(|s| mild(&s.act)) && rest.steps.iter().any(|s| state(&s.act));
    all.then_some("state of a port")
}
