//! How the kernel takes a message: what it ignores, what it does half.

use linkctl::link::{Key, Link};
use linkctl::plan::{Act, Errno};
use linkctl::schema::diff::diff;
use linkctl::schema::{Change, Name, Record, Value};

use super::super::compare::Odd;
use super::{ALL, Difference, Known, Odds, all_odd, denied, made, promised, record, said, with};

pub(super) const KNOWN: &[Known] = &[
    Known {
        name: "ignored",
        why: "the kernel says yes and does not do all of it; the model refuses, so that no plan has such a step",
        on: ALL,
        fits: ignored,
    },
    Known {
        name: "said again",
        why: "the kernel takes what it cannot change as the link is, where that is as it was; no plan says so",
        on: ALL,
        fits: said_again,
    },
    Known {
        name: "half refused",
        why: "the kernel refuses a message after the first half: some settings are set, the link is out of its old master, the new \
              one has become what it would have been and is Ethernet again (`bond_enslave`), or the link is in the other \
              namespace under its old name; the model's refusal keeps a plan from asking",
        on: ALL,
        fits: half_refused,
    },
    Known {
        name: "late",
        why: "the kernel ignores or refuses some settings in the message that makes a link; the model refuses all that are said \
              to be late, so that they are set when they count",
        on: ALL,
        fits: |d| denied(d).is_some_and(|r| r.why.ends_with("cannot be given at creation")),
    },
    Known {
        name: "untold",
        why: "the kernel has a number for what nobody says; the model wants what tells such links apart",
        on: ALL,
        fits: |d| made(d).is_some() && denied(d).is_some_and(|r| r.why.ends_with("is required")),
    },
    Known {
        name: "unnamed end",
        why: "the kernel makes up a name for the other end of a pair; the model wants one, so that it can be found again",
        on: ALL,
        fits: |d| made(d).is_some() && denied(d).is_some_and(|r| r.why.ends_with("needs a name")),
    },
    Known {
        name: "out of its mode",
        why: "the kernel keeps nopromisc that does not count as the link is; the model wants the mode in which it does",
        on: with("macvlan"),
        fits: |d| denied(d).is_some_and(|r| r.why == "nopromisc only counts while mode is passthru"),
    },
    Known {
        name: "a name elsewhere",
        why: "before 6.13 the kernel looks for a new link's name where the link below is, too; what is done about it is right for \
              all",
        on: ALL.from(6, 13),
        fits: |d| {
            let Act::Create { key, link, .. } = &d.act else { return false };
            let away = link.lower.as_ref().is_some_and(|l| l.netns != key.netns);
            away && denied(d).is_some_and(|r| r.errno == Errno::Exist)
        },
    },
    Known {
        name: "stable_secret",
        why: "IPv6 addresses of that sort need a secret in net.ipv6.conf, which no link message tells",
        on: ALL,
        fits: |d| {
            let secret = said(d, "addrgenmode") == Some(&Value::Word("stable_secret"));
            secret && promised(d).is_some_and(|no| no.errno == linkctl::kernel::errno::EINVAL)
        },
    },
];

/// Whether a link is all that was said of it.
fn is_so(is: Option<&Link>, said: &Link) -> bool {
    let part =
        |is: &Record, said: &Record| !std::ptr::eq(is.fields(), said.fields()) || diff(is, said).is_empty();
    is.is_some_and(|is| {
        part(&is.base, &said.base)
            && part(&is.data, &said.data)
            && said.lower.as_ref().is_none_or(|l| is.lower.as_ref() == Some(l))
    })
}

/// The part of a link that an act is about.
fn part<'l>(act: &Act, link: &'l Link) -> Option<&'l Record> {
    match act {
        Act::Base(..) => Some(&link.base),
        Act::Data(..) => Some(&link.data),
        _ => link.port.as_ref(),
    }
}

/// Whether a link is as an act says, in the fields that `keep` names.
fn meets(d: &Difference, link: Option<&Link>, keep: impl Fn(Change) -> bool) -> bool {
    let Some(said) = record(&d.act) else { return false };
    let is = link.and_then(|l| part(&d.act, l)).filter(|is| std::ptr::eq(is.fields(), said.fields()));
    is.is_some_and(|is| diff(is, &said.only(|f| keep(f.change))).is_empty())
}

fn ignored(d: &Difference) -> bool {
    let after = |k: &Key| d.after.get(k);
    denied(d).is_some()
        && match &d.act {
            Act::Create { key, link, peer } => {
                peer.as_ref().is_some_and(|(k, l)| !is_so(after(k), l)) || !is_so(after(key), link)
            }
            act => record(act).is_some() && !meets(d, after(act.key()), |_| true),
        }
}

fn said_again(d: &Difference) -> bool {
    let fixed = |c: Change| c != Change::Live;
    let some = record(&d.act).is_some_and(|r| r.iter().any(|(f, _)| fixed(f.change)));
    denied(d).is_some() && some && meets(d, d.before.get(d.act.key()), fixed)
}

fn half_refused(d: &Difference) -> bool {
    let Odds::Other(odd) = &d.odds else { return false };
    if !d.refused {
        return false;
    }
    // What stands on a link, or has it as a port, follows its MTU.
    let follows = |field: &str| field == "mtu";
    match &d.act {
        Act::Master(key, to) => {
            // A port that went up and down again draws addresses from then on.
            let left = |f: &str| matches!(f, "master" | "port" | "up" | "arp" | "addrgenmode");
            all_odd(d, |o| follows(o.field) || o.link == *key && left(o.field) || is_reset(o, key, *to))
        }
        Act::Create { key, link, .. } => all_odd(d, |o| is_reset(o, key, link.has_master())),
        // Settings of another kind are numbers that mean something else to this one.
        Act::Data(key, r)
            if d.before.get(key).is_some_and(|l| !std::ptr::eq(l.data.fields(), r.fields())) =>
        {
            all_odd(d, |o| follows(o.field) || o.link == *key)
        }
        Act::Base(key, r) | Act::Data(key, r) | Act::Port(key, r) => {
            let set = |name: &str| r.iter().any(|(f, _)| f.name == name);
            // Sizes for IPv4 follow those for all, one way of watching ends the other, and what is not said of an
            // encapsulation is none.
            let along = |f: &str| {
                let follows = ["gso", "gro", "encap"].iter().any(|start| f.starts_with(start));
                follows || f == "miimon" || f == "arp_interval"
            };
            odd.iter().any(|o| o.link == *key && (set(o.field) || along(o.field)))
                && all_odd(
                    d,
                    |o| {
                        if o.link == *key { set(o.field) || along(o.field) } else { follows(o.field) }
                    },
                )
        }
        Act::Move(key, to) => {
            let there = Key::new(to.netns.clone(), key.name);
            let came = |k: &Key| odd.iter().any(|o| o.link == *k && o.field == "presence");
            came(key) && came(&there)
        }
        _ => false,
    }
}

/// Whether that is what becomes of a bond that took a port of another sort and gave it back (`bond_enslave`).
fn is_reset(o: &Odd, key: &Key, master: Option<Name>) -> bool {
    let bond = master.is_some_and(|m| key.beside(m) == o.link) && o.kind == "bond";
    bond && matches!(o.field, "arp" | "multicast" | "dynamic" | "trailers" | "up" | "txqueuelen" | "mtu")
}
