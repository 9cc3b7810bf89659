//! Bridges, bonds, teams, rings and their ports.

use linkctl::kernel::errno;
use linkctl::kinds::link as base;
use linkctl::plan::{Act, Errno};
use linkctl::schema::{Change, FieldDef};

use super::super::compare::Odd;
use super::{ALL, Known, Odds, all_odd, denied, joins, kind, made, promised, said, with};

pub(super) const KNOWN: &[Known] = &[
    Known {
        name: "a team of another sort",
        why: "a team or bond becomes what its first port is: its flags and how it makes addresses are that driver's, then, a bond \
              of no Ethernet address does not go up again, and a mesh lets it go",
        on: with("team"),
        fits: |d| {
            let master = joins(d);
            let flag = |f: &str| {
                matches!(f, "arp" | "multicast" | "dynamic" | "addrgenmode" | "up" | "master" | "port")
            };
            let none = |o: &Odd| {
                matches!(o.field, "addrgenmode" | "inet6_token") || o.field == "address" && o.kernel == "None"
            };
            let late = |o: &Odd| none(o) && matches!(&*o.kind, "team" | "bond");
            // Of how many bytes an address has it nothing is told that was not read.
            let long = d.far && (said(d, "broadcast").is_some() || said(d, "address").is_some());
            if long
                && matches!(kind(d), "team" | "bond")
                && promised(d).is_some_and(|no| no.errno == errno::EINVAL)
            {
                return true;
            }
            all_odd(d, |o| late(o) || flag(o.field) && master.as_ref().is_some_and(|(k, _)| *k == o.link))
        },
    },
    Known {
        name: "most untold",
        why: "which MTUs a driver takes the kernel tells of links that there are; for new ones the model has those of many kinds",
        on: with("batadv").rare(),
        fits: |d| {
            let new = d.far || made(d).is_some();
            new && said(d, "mtu").is_some() && promised(d).is_some_and(|no| no.errno == errno::EINVAL)
        },
    },
    Known {
        name: "netkit's address",
        why: "one that carries bare packets takes no other address than its own zeros, which a bond or team has too while no port \
              gave it another",
        on: with("netkit").rare(),
        fits: |d| {
            kind(d) == "netkit"
                && promised(d).is_some_and(|no| no.errno == errno::EOPNOTSUPP)
                && joins(d).is_some()
        },
    },
    Known {
        name: "room untold",
        why: "what a new link has for an MTU the model does not know, so that it cannot tell whether a master's fits a port above",
        on: with("team"),
        fits: |d| {
            let sizes = joins(d).is_some_and(|(_, m)| matches!(m.kind_word(), b"team" | b"bond"));
            d.far && sizes && promised(d).is_some_and(|no| matches!(no.errno, errno::EINVAL | errno::ERANGE))
        },
    },
    Known {
        name: "a delay that gives way",
        why: "a bridge's forward_delay that spanning tree does not go with the kernel sets to one that it does (`br_stp_start`): \
              the model wants it said",
        on: ALL.rare(),
        fits: |d| {
            let slow = denied(d).is_some_and(|no| no.why.contains("forward_delay is 2 to 30 seconds"));
            slow && said(d, "stp_state").is_some() && said(d, "forward_delay").is_none()
        },
    },
    Known {
        name: "no ports, and up",
        why: "what only needs a master without ports has the measure for down and without ports: a link without ports that goes \
              down for it carried nothing",
        on: ALL,
        fits: |d| {
            let vacant = |f: &FieldDef| f.change == Change::Vacant;
            matches!(&d.act, Act::Data(_, r) if r.iter().any(|(f, _)| vacant(f)))
                && denied(d).is_some_and(|r| r.errno == Errno::Busy && r.why.ends_with("while it is down"))
        },
    },
    Known {
        name: "a provider's bridge",
        why: "a bridge that comes to 802.1ad, or to filter by it, takes that protocol's group_address, unless it was ever told one, which is not told",
        on: with("bridge").rare(),
        fits: |d| {
            let told = said(d, "vlan_protocol").is_some() || said(d, "vlan_filtering").is_some();
            told && all_odd(d, |o| o.kind == "bridge" && o.field == "group_address")
        },
    },
    Known {
        name: "a bridge told the usual",
        why: "a bridge that was ever told an MTU keeps it (`BROPT_MTU_SET_BY_USER`), which nothing tells where that is the one that \
              it would have",
        on: with("bridge").rare(),
        fits: |d| {
            let had = |o: &Odd| d.before.get(&o.link).and_then(|l| l.base.get(base::MTU));
            let kept = |o: &Odd| o.kind == "bridge" && o.kernel == "Some(Num(1500))" && had(o) == Some(1500);
            let Odds::Other(odd) = &d.odds else { return false };
            odd.iter().any(kept) && odd.iter().all(|o| o.field == "mtu")
        },
    },
    Known {
        name: "a mesh's MTU",
        why: "batman-adv works out its own anew as its ports come, go, and go up",
        on: with("batadv").rare(),
        fits: |d| all_odd(d, |o| o.kind == "batadv" && o.field == "mtu"),
    },
    Known {
        name: "802.1ad on a mesh",
        why: "newer kernels take it, older ones do not; what is refused is right for all",
        on: with("batadv").from(7, 0).rare(),
        fits: |d| kind(d) == "vlan" && denied(d).is_some_and(|r| r.why.ends_with("takes no VLANs")),
    },
    Known {
        name: "netkit's queues",
        why: "newer kernels make no pair with queues of a number that is said",
        on: with("netkit").from(7, 0).rare(),
        fits: |d| {
            let queues = said(d, "numtxqueues").is_some() || said(d, "numrxqueues").is_some();
            let no = promised(d).is_some_and(|no| no.errno == errno::EOPNOTSUPP);
            made(d).is_some() && kind(d) == "netkit" && queues && no
        },
    },
    Known {
        name: "promiscuity",
        why: "a VRF takes a port down and up again by the flags that it shows, so that what others asked for becomes its own",
        on: with("vrf").rare(),
        fits: |d| {
            all_odd(d, |o| matches!(o.field, "promisc" | "allmulticast") && o.kernel == "Some(Bool(true))")
                && d.before.values().any(|l| l.kind_word() == b"vrf")
        },
    },
    Known {
        name: "a tunnel grows",
        why: "a tunnel takes an MTU that its way leaves it without a word to the bridge that it is a port of, which notices later",
        on: with("gretap").rare(),
        fits: |d| {
            let tunnels =
                || d.before.values().any(|l| l.has_master().is_some() && l.kind.is_some_and(|k| k.whole));
            all_odd(d, |o| o.kind == "bridge" && o.field == "mtu") && tunnels()
        },
    },
    Known {
        name: "state of a port",
        why: "only a port with carrier can be told its state, which follows carrier by itself",
        on: ALL.rare(),
        fits: |d| said(d, "state").is_some() && promised(d).is_some_and(|no| no.errno == errno::ENETDOWN),
    },
    Known {
        name: "snooping gives up",
        why: "a bridge whose table of groups is full stops looking at multicast, whenever that is",
        on: ALL.rare(),
        fits: |d| {
            all_odd(d, |o| o.kind == "bridge" && o.field == "mcast_snooping" && o.kernel.contains("Num(0)"))
        },
    },
    Known {
        name: "a ring is a master",
        why: "newer kernels tell a ring as the master of its ends, which no goal can want of them",
        on: with("hsr").from(7, 0),
        fits: |d| {
            let ring = matches!(&d.act, Act::Create { link, .. } if link.kind_word() == b"hsr");
            ring && made(d).is_some() && all_odd(d, |o| o.field == "master" && o.model == "None")
        },
    },
];
