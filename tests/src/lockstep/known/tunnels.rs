//! Tunnels: what their drivers keep to themselves.

use linkctl::kernel::errno;
use linkctl::link::Link;
use linkctl::plan::{Act, Errno};
use linkctl::schema::Value;

use super::super::compare::Odd;
use super::{Difference, Known, all_odd, denied, kind, made, promised, said, with};

pub(super) const KNOWN: &[Known] = &[
    Known {
        name: "geneve's checksums",
        why: "the kernel tells them only where the other end has an IPv6 address, and off is ignored for udp6zerocsumrx",
        on: with("geneve"),
        fits: |d| all_odd(d, |o| o.kind == "geneve" && o.field.starts_with("udp")),
    },
    Known {
        name: "a bare erspan",
        why: "the kernel makes an ip6erspan of which nothing is said, and none that says what that one is then: it could never be \
              made again as it was",
        on: with("ip6erspan"),
        fits: |d| {
            let off = |v: &Value<'_>| v.is_nothing() || matches!(v, Value::Bool(false) | Value::Word("none"));
            let bare =
                made(d).is_some_and(|l| l.kind_word() == b"ip6erspan" && l.data.iter().all(|(_, v)| off(v)));
            bare && denied(d).is_some()
        },
    },
    Known {
        name: "an address that is not there",
        why: "a link that listens on an address of its own goes up where the machine has that address, which no link message tells",
        on: with("geneve").from(7, 0),
        fits: |d| {
            let local = said(d, "local").is_some()
                || d.before.get(d.act.key()).is_some_and(|l| l.data.iter().any(|(f, _)| f.name == "local"));
            kind(d) == "geneve" && local && promised(d).is_some_and(|no| no.errno == errno::EADDRNOTAVAIL)
        },
    },
    Known {
        name: "erspan's versions",
        why: "what counts in another version of ERSPAN is not told in this one, and the tables have no rule for numbers",
        on: with("erspan").rare(),
        fits: |d| {
            let untold = |o: &Odd| o.field.starts_with("erspan_") && o.kernel == "None";
            all_odd(d, |o| matches!(&*o.kind, "erspan" | "ip6erspan") && untold(o))
        },
    },
    Known {
        name: "an external ERSPAN in part",
        why: "what is said of it without `external` is looked at as if it had ends: a plan says all of it, or makes it anew",
        on: with("ip6erspan").rare(),
        fits: |d| {
            let external =
                |l: &Link| l.data.iter().any(|(f, v)| f.name == "external" && *v == Value::Bool(true));
            let is =
                matches!(kind(d), "erspan" | "ip6erspan") && d.before.get(d.act.key()).is_some_and(external);
            is && matches!(d.act, Act::Data(..)) && promised(d).is_some_and(|no| no.errno == errno::EINVAL)
        },
    },
    Known {
        name: "encapsulation",
        why: "which sorts of tunnel go into another protocol the driver knows: an ERSPAN does not",
        on: with("erspan").rare(),
        fits: |d| {
            let wants = said(d, "encap").is_some_and(|v| *v != Value::Word("none"));
            wants && kind(d) == "erspan" && promised(d).is_some_and(|no| no.errno == errno::EINVAL)
        },
    },
    Known {
        name: "half said",
        why: "who changes a tunnel says all of it; of one of which less is said the flags of its encapsulation are off",
        on: with("sit").rare(),
        fits: |d| {
            is_tunnel(d)
                && all_odd(d, |o| o.field.starts_with("encap_csum") && o.kernel == "Some(Bool(false))")
        },
    },
    Known {
        name: "which way it went",
        why: "the link that a tunnel goes out of has no name in another namespace: the model that is told nothing takes two of them \
              for alike",
        on: with("gre").rare(),
        fits: |d| {
            let twin = denied(d).is_some_and(|r| r.errno == Errno::Exist) && is_tunnel(d);
            d.far && (twin || all_odd(d, |o| o.field == "dev" && matches!(d.act, Act::Move(..))))
        },
    },
    Known {
        name: "reserved bits",
        why: "with any change of a vxlan the kernel works them out anew, and takes none that are said",
        on: with("vxlan").rare(),
        fits: |d| {
            matches!(d.act, Act::Data(..)) && all_odd(d, |o| o.kind == "vxlan" && o.field == "reserved_bits")
        },
    },
    Known {
        name: "0 for the usual",
        why: "a vxlan's ageing of 0 asks for the usual time: what is read again after an apply tells that it is not as said",
        on: with("vxlan").rare(),
        fits: |d| all_odd(d, |o| o.kind == "vxlan" && o.field == "ageing" && o.model == "Num(0)"),
    },
    Known {
        name: "gtp's sockets",
        why: "who else listens on its ports of UDP, such as one that has moved, the kernel does not tell",
        on: with("gtp").rare(),
        fits: |d| kind(d) == "gtp" && promised(d).is_some_and(|no| no.errno == errno::EADDRINUSE),
    },
    Known {
        name: "from none told",
        why: "what a new link has of which nothing was said the model does not know, so that it cannot tell what leads there",
        on: with("vxlan").rare(),
        fits: |d| d.far && promised(d).is_some_and(|no| no.text.contains("cannot change")),
    },
];

fn is_tunnel(d: &Difference) -> bool {
    linkctl::kinds::kind(kind(d)).is_some_and(|k| k.whole)
}
