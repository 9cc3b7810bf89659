//! What the kernel does not tell, or not rightly.

use linkctl::kernel::errno;
use linkctl::kinds::link as base;
use linkctl::plan::{Act, Errno};

use super::super::compare::Odd;
use super::{ALL, Difference, Known, Odds, all_odd, denied, kind, made, promised, said, with};

pub(super) const KNOWN: &[Known] = &[
    Known {
        name: "no namespace told",
        why: "of an ipvtap or vxlan the kernel tells the number of the link below and not its namespace, nor that it is gone; so \
              nobody knows which others have an ipvtap's mode and flags, and which MTU it gets",
        on: with("ipvtap"),
        fits: |d| {
            let Odds::Other(odd) = &d.odds else { return false };
            let shared = |o: &Odd| {
                matches!(&*o.kind, "ipvlan" | "ipvtap") && matches!(o.field, "mode" | "flags" | "arp" | "mtu")
            };
            if has_ipvtap(d) && all_odd(d, shared) {
                return true;
            }
            let moved = odd.iter().any(|o| o.field == "lower");
            let parted = matches!(d.act, Act::Move(..) | Act::Delete(_));
            (moved || parted)
                && all_odd(d, |o| {
                    matches!(o.field, "lower" | "presence") && matches!(&*o.kind, "ipvtap" | "vxlan")
                })
        },
    },
    Known {
        name: "an ipvtap somewhere",
        why: "so that nothing tells that it takes the packets of a link",
        on: with("ipvtap").rare(),
        fits: |d| {
            // A link below can be no port, and cannot become one of another sort.
            has_ipvtap(d) && promised(d).is_some_and(|no| matches!(no.errno, errno::EBUSY | errno::EPERM))
        },
    },
    Known {
        name: "room for IPv6 untold",
        why: "which MTU a tunnel has the kernel works out; a model that is told nothing does not know that it is too small for IPv6",
        on: with("gretap").rare(),
        fits: |d| {
            let mtu = |o: &Odd| d.after.get(&o.link).and_then(|l| l.base.get(base::MTU));
            let small = |o: &Odd| o.kernel == "None" && mtu(o).is_some_and(|mtu| mtu < 1280);
            d.far && all_odd(d, |o| o.field == "addrgenmode" && small(o))
        },
    },
    Known {
        name: "room of a CAN link untold",
        why: "from Linux 7 on it is made for CAN XL, whose packets IPv6 fits; a model that is told nothing takes it for one of before",
        on: with("vcan").from(7, 0).rare(),
        fits: |d| {
            let can = |kind: &str| matches!(kind, "vcan" | "vxcan");
            let small = can(kind(d)) && denied(d).is_some_and(|no| no.errno == Errno::NotSupp);
            let told = said(d, "addrgenmode").is_some() || said(d, "inet6_token").is_some();
            d.far && small && told || all_odd(d, |o| can(&o.kind) && o.field == "addrgenmode")
        },
    },
    Known {
        name: "settings of IPv4",
        why: "arp_evict_nocarrier is of Linux 5.16: the book tells how it is born, and an older kernel tells nothing of it",
        on: ALL.until(5, 16),
        fits: |d| made(d).is_some() && all_odd(d, |o| o.field == "inet" && o.model == "Pairs([(33, 1)])"),
    },
    Known {
        name: "none for none",
        why: "backup_nhid 0 is none, and not told",
        on: with("bridge").rare(),
        fits: |d| all_odd(d, |o| o.field == "backup_nhid" && o.model == "Num(0)"),
    },
];

fn has_ipvtap(d: &Difference) -> bool {
    d.before.values().any(|l| l.kind_word() == b"ipvtap")
}
