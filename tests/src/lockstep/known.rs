//! Differences that stay, each with its reason. Reviewed by hand: a run prints what it excused by which entry, and what
//! no kernel's run needs any more has to go.

use linkctl::kernel::errno;
use linkctl::kinds::link as base;
use linkctl::link::{Key, Link};
use linkctl::plan::Act;
use linkctl::schema::diff::diff;
use linkctl::schema::{Change, Record, Value};

use super::{Difference, Odds};

/// A sort of differences that is right as it is.
pub struct Known {
    /// A word for it.
    pub name: &'static str,
    /// Why model and kernel may differ so.
    pub why: &'static str,
    /// Whether a difference is of this sort.
    pub fits: fn(&Difference) -> bool,
}

/// All of them; the first that fits counts.
pub const KNOWN: &[Known] = &[
    Known {
        name: "ignored",
        why: "the kernel says yes and does not do all of it; the model refuses, so that no plan has such a step",
        fits: ignored,
    },
    Known {
        name: "half refused",
        why: "the kernel refuses a message after the first half: some settings are set, the link is out of its old master, or in \
              the other namespace under its old name; the model's refusal keeps a plan from asking",
        fits: half_refused,
    },
    Known {
        name: "late",
        why: "the kernel ignores or refuses some settings in the message that makes a link; the model refuses all that are said \
              to be late, so that they are set when they count",
        fits: |d| {
            let late = |l: &Link| l.base.iter().chain(l.data.iter()).any(|(f, _)| f.late);
            matches!(&d.act, Act::Create { link, peer, .. } if late(link) || peer.as_ref().is_some_and(|(_, p)| late(p)))
                && matches!(d.odds, Odds::Denied(_))
        },
    },
    Known {
        name: "untold",
        why: "the kernel has a number for what nobody says; the model wants what tells such links apart",
        fits: |d| matches!(&d.odds, Odds::Denied(r) if r.why.ends_with("is required")),
    },
    Known {
        name: "no namespace told",
        why: "for these kinds the kernel tells the number of the link below and not its namespace, nor that it is gone",
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            let lower =
                odd.iter().any(|o| o.field == "lower") || matches!(d.act, Act::Move(..) | Act::Delete(_));
            lower
                && odd.iter().all(|o| {
                    matches!(o.field, "lower" | "presence") && matches!(&*o.kind, "ipvtap" | "vxlan")
                })
        },
    },
    Known {
        name: "a team of another sort",
        why: "a team becomes what its first port is, and stays it: flags, IPv6 and sizes are those of tunnels then",
        fits: |d| {
            if let (Odds::Promised(no), true) = (
                &d.odds,
                joins(d, &[b"team"]) || d.before.get(d.act.key()).is_some_and(|l| l.kind_word() == b"team"),
            ) {
                return matches!(no.errno, errno::EBUSY | errno::EINVAL | errno::EPERM);
            }
            let Odds::Other(odd) = &d.odds else { return false };
            let of_team = |o: &super::compare::Odd| {
                matches!(&*o.kind, "team" | "bond")
                    || of_master(d, &o.link, b"team")
                    || of_master(d, &o.link, b"bond") && !frames(d)
            };
            odd.iter().all(of_team) && odd.iter().all(|o| o.field != "presence")
        },
    },
    Known {
        name: "bounds",
        why: "how large a packet a driver takes only it knows, and a master gives its ports its own",
        fits: |d| {
            let sizes = said(d, "mtu").is_some() || joins(d, &[b"team", b"bond"]);
            matches!(&d.odds, Odds::Promised(no) if sizes && matches!(no.errno, errno::EINVAL | errno::ERANGE))
        },
    },
    Known {
        name: "a ring twice",
        why: "a link and one that stands on it cannot both be ends of a ring; the tables do not tell",
        fits: |d| matches!((&d.act, &d.odds), (Act::Create { link, .. }, Odds::Promised(no)) if link.kind_word() == b"hsr" && matches!(no.errno, errno::EEXIST | errno::EBUSY)),
    },
    Known {
        name: "icvlen",
        why: "which lengths of a check the ciphers of the machine have only they know",
        fits: |d| {
            matches!(&d.act, Act::Create { link, .. } if link.kind_word() == b"macsec" && link.data.iter().any(|(f, _)| f.name == "icvlen"))
                && refused(d)
        },
    },
    Known {
        name: "geneve's checksums",
        why: "the kernel tells them only where the other end has an IPv6 address, and off is ignored for udp6zerocsumrx",
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            odd.iter().all(|o| o.kind == "geneve" && o.field.starts_with("udp"))
        },
    },
    Known {
        name: "sit's pmtudisc",
        why: "on is taken any time, off is ignored, as its column says",
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            odd.iter().all(|o| o.kind == "sit" && o.field == "pmtudisc")
        },
    },
    Known {
        name: "queue_id",
        why: "a port's queue must be one of the bond's, and no other port's",
        fits: |d| said(d, "queue_id").is_some() && refused(d),
    },
    Known {
        name: "netkit's other end",
        why: "which end of a pair is the one that settings are changed through is no state that a goal could want",
        fits: |d| matches!(&d.odds, Odds::Promised(no) if no.text.contains("primary device")),
    },
    Known {
        name: "a ring's end",
        why: "a ring outlives one of its links, and tells no more of it",
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            odd.iter().all(|o| o.kind == "hsr" && o.field.starts_with("slave"))
        },
    },
    Known {
        name: "small packets",
        why: "below an MTU of 1280 a link has no IPv6, and tells nothing of it",
        fits: |d| {
            let small = |k: &Key| {
                [&d.before, &d.after]
                    .into_iter()
                    .any(|w| w.get(k).and_then(|l| l.base.get(base::MTU)).is_some_and(|m| m < 1280))
            };
            match &d.odds {
                Odds::Other(odd) => odd.iter().all(|o| o.field == "addrgenmode" && small(&o.link)),
                Odds::Promised(no) => no.errno == errno::EAFNOSUPPORT && small(d.act.key()),
                Odds::Denied(_) => said(d, "addrgenmode").is_some() && !small(d.act.key()),
            }
        },
    },
    Known {
        name: "0 for the usual",
        why: "0 asks for the usual value, or for none: what is read again after an apply tells that it is not as said",
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            odd.iter().all(|o| matches!(o.field, "ageing" | "dstport" | "backup_nhid") && o.model == "Num(0)")
        },
    },
    Known {
        name: "encapsulation",
        why: "which encapsulations a tunnel can go in depends on modules, and on the kind of tunnel",
        fits: |d| matches!(&d.odds, Odds::Promised(no) if no.errno == errno::EINVAL) && set(d, "encap"),
    },
    Known {
        name: "out of its mode",
        why: "the kernel keeps some settings that do not count as the link is; the model wants the mode in which they do",
        fits: |d| matches!(&d.odds, Odds::Denied(r) if r.why.contains(" only counts ")),
    },
    Known {
        name: "a name elsewhere",
        why: "before 6.13 the kernel looks for a new link's name where the link below is, too; what is done about it is right for all",
        fits: |d| {
            let Act::Create { key, link, .. } = &d.act else { return false };
            let away = link.lower.as_ref().is_some_and(|l| l.netns != key.netns);
            away && matches!(&d.odds, Odds::Denied(r) if r.errno == linkctl::plan::Errno::Exist)
        },
    },
    Known {
        name: "a short delay",
        why: "a bridge that begins with STP, or has done so, keeps its forward_delay between 2 and 30 seconds by itself",
        fits: |d| match &d.odds {
            Odds::Other(odd) => odd.iter().all(|o| o.kind == "bridge" && o.field == "forward_delay"),
            Odds::Denied(r) => r.why.contains("forward_delay"),
            Odds::Promised(_) => false,
        },
    },
    Known {
        name: "a bare erspan",
        why: "the kernel makes an ip6erspan of which nothing is said, and none that says what that one is then",
        fits: |d| matches!((&d.act, &d.odds), (Act::Create { link, .. }, Odds::Denied(_)) if link.kind_word() == b"ip6erspan"),
    },
    Known {
        name: "a port of UDP twice",
        why: "links of two sorts that are up cannot listen on one port; which sorts can only the driver knows",
        fits: |d| matches!(&d.odds, Odds::Promised(no) if matches!(no.errno, errno::EADDRINUSE | errno::EADDRNOTAVAIL)),
    },
    Known {
        name: "a tunnel's home",
        why: "a tunnel's ends count where it was made, and the kernel does not tell where that is once it has moved",
        fits: |d| {
            let tunnel = |l: &Link| l.kind.is_some_and(|k| k.whole);
            let of_tunnel = match &d.act {
                Act::Create { link, .. } => tunnel(link),
                act => d.before.get(act.key()).is_some_and(tunnel),
            };
            matches!(&d.odds, Odds::Promised(no) if of_tunnel && no.errno == errno::EEXIST)
        },
    },
    Known {
        name: "in use",
        why: "a bond does not take a link that a program listens on or that its own ports lead to",
        fits: |d| matches!(&d.odds, Odds::Promised(no) if no.text.contains("Device is in use and cannot be enslaved")),
    },
    Known {
        name: "snooping gives up",
        why: "a bridge whose table of groups is full stops looking at multicast, whenever that is",
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            odd.iter().all(|o| o.kind == "bridge" && o.field == "mcast_snooping")
        },
    },
    Known {
        name: "state of a port",
        why: "only a port that is up, with carrier and without STP, can be told its state, which follows carrier by itself",
        fits: |d| {
            matches!(&d.odds, Odds::Promised(no) if matches!(no.errno, errno::ENETDOWN | errno::EBUSY))
                && said(d, "state").is_some()
        },
    },
    Known {
        name: "from none told",
        why: "what a new link has of which nothing was said the model does not know, so that it cannot tell what leads there",
        fits: |d| matches!(&d.odds, Odds::Promised(no) if d.far && no.text.contains("cannot change")),
    },
    Known {
        name: "a token without neighbours",
        why: "whether a link looks for neighbours may change with the same message, or with its kind's mode",
        fits: |d| matches!(&d.odds, Odds::Promised(no) if no.text.contains("neighbour discovery")),
    },
    Known {
        name: "without a monitor",
        why: "a bond's delays are refused while nothing is watched, off or not",
        fits: |d| {
            matches!(&d.odds, Odds::Promised(no) if no.errno == errno::EPERM)
                && ["updelay", "downdelay", "peer_notify_delay"].iter().any(|f| set(d, f))
        },
    },
    Known {
        name: "a ring is a master",
        why: "newer kernels tell a ring as the master of its ends",
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            matches!(&d.act, Act::Create { link, .. } if link.kind_word() == b"hsr")
                && odd.iter().all(|o| o.field == "master")
        },
    },
    Known {
        name: "macsec's headers",
        why: "what a packet's protection takes from its room changes with it",
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            odd.iter().all(|o| o.kind == "macsec" && o.field == "mtu")
        },
    },
    Known {
        name: "unnamed end",
        why: "the kernel makes up a name for the other end of a pair; the model wants one, so that it can be found again",
        fits: |d| {
            matches!(&d.act, Act::Create { link, peer: None, .. } if link.kind.is_some_and(|k| k.pair.is_some()))
                && matches!(d.odds, Odds::Denied(_))
        },
    },
    Known {
        name: "stable_secret",
        why: "IPv6 addresses of that sort need a secret in net.ipv6.conf, which no link message tells",
        fits: |d| said(d, "addrgenmode") == Some(Value::Word("stable_secret")) && refused(d),
    },
    Known {
        name: "a newer word",
        why: "the kernel is older than the word: ad_select actor_port_prio is of Linux 6.18",
        fits: |d| said(d, "ad_select") == Some(Value::Word("actor_port_prio")) && refused(d),
    },
];

/// The entry that a difference falls under.
pub fn excuse(d: &Difference) -> Option<usize> {
    KNOWN.iter().position(|k| (k.fits)(d))
}

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

fn ignored(d: &Difference) -> bool {
    if !matches!(d.odds, Odds::Denied(_)) {
        return false;
    }
    let after = |k: &Key| d.after.get(k);
    let fixed = |r: &Record| r.iter().any(|(f, _)| f.change >= Change::Rebuild);
    match &d.act {
        Act::Create { key, link, peer } => {
            let peer = peer.as_ref().is_some_and(|(k, l)| !is_so(after(k), l));
            peer || !is_so(after(key), link)
        }
        // What cannot change and is as it was.
        Act::Base(key, r) => {
            fixed(r)
                || d.before.get(key).is_some_and(|l| diff(&l.base, r).is_empty())
                || after(key).is_some_and(|l| !diff(&l.base, r).is_empty())
        }
        Act::Data(key, r) => {
            let same = |l: &Link| std::ptr::eq(l.data.fields(), r.fields()) && diff(&l.data, r).is_empty();
            fixed(r)
                || d.before.get(key).is_some_and(same)
                || after(key).is_some_and(|l| {
                    !std::ptr::eq(l.data.fields(), r.fields()) || !diff(&l.data, r).is_empty()
                })
        }
        Act::Port(key, r) => {
            let port = after(key).and_then(|l| l.port.as_ref());
            port.is_none_or(|p| !std::ptr::eq(p.fields(), r.fields()) || !diff(p, r).is_empty())
        }
        _ => false,
    }
}

/// Whether an act says a setting of the kind.
fn set(d: &Difference, field: &str) -> bool {
    let record = match &d.act {
        Act::Data(_, r) => r,
        Act::Create { link, .. } => &link.data,
        _ => return false,
    };
    record.iter().any(|(f, v)| f.name == field && *v != Value::Word("none"))
}

/// What an act says of a base field.
fn said(d: &Difference, field: &str) -> Option<Value<'static>> {
    let record = match &d.act {
        Act::Base(_, r) | Act::Data(_, r) | Act::Port(_, r) => r,
        Act::Create { link, .. } => &link.base,
        _ => return None,
    };
    record.iter().find(|(f, _)| f.name == field).map(|(_, v)| v.clone())
}

/// Whether a link is a port of a master of that kind, or was.
fn of_master(d: &Difference, key: &Key, kind: &[u8]) -> bool {
    [&d.before, &d.after].into_iter().any(|w| {
        let master = w.get(key).and_then(Link::has_master).map(|m| key.beside(m));
        master.and_then(|m| w.get(&m)).is_some_and(|m| m.kind_word() == kind)
    })
}

/// Whether the link that an act is about has an address as those of Ethernet are.
fn frames(d: &Difference) -> bool {
    let link = d.after.get(d.act.key());
    link.and_then(|l| l.base.get(base::ADDRESS)).is_some_and(|a| a.as_bytes().len() == 6)
}

/// Whether an act makes a link a port of such a master.
fn joins(d: &Difference, kinds: &[&[u8]]) -> bool {
    let master = match &d.act {
        Act::Master(_, master) => *master,
        Act::Create { link, .. } => link.has_master(),
        _ => None,
    };
    let master = master.and_then(|m| d.before.get(&d.act.key().beside(m)));
    master.is_some_and(|m| kinds.contains(&m.kind_word()))
}

/// Whether the kernel refuses what the model takes.
fn refused(d: &Difference) -> bool {
    matches!(d.odds, Odds::Promised(_))
}

fn half_refused(d: &Difference) -> bool {
    let Odds::Other(odd) = &d.odds else { return false };
    match &d.act {
        Act::Master(key, _) if d.refused => odd.iter().all(|o| o.link == *key || matches!(o.field, "mtu")),
        Act::Base(key, r) | Act::Data(key, r) | Act::Port(key, r) if d.refused => {
            let set = |name: &str| r.iter().any(|(f, _)| f.name == name);
            let own = odd.iter().any(|o| o.link == *key && set(o.field));
            own && odd.iter().all(|o| {
                o.link != *key || set(o.field) || o.field.starts_with("gso") || o.field.starts_with("gro")
            })
        }
        Act::Move(key, to) if d.refused => {
            let there = linkctl::link::Key::new(to.netns.clone(), key.name);
            odd.iter().any(|o| o.link == *key && o.field == "presence")
                && odd.iter().any(|o| o.link == there && o.field == "presence")
        }
        _ => false,
    }
}
