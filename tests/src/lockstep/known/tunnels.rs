//! Tunnels: what their drivers keep to themselves.

use linkctl::kernel::errno;
use linkctl::link::Link;
use linkctl::plan::Errno;
use linkctl::schema::Value;

use super::{Difference, Known, all_odd, denied, kind, made, promised, said, with};

pub(super) const KNOWN: &[Known] = &[
    Known {
        name: "geneve's checksums",
        why: "the kernel tells them only where the other end has an IPv6 address, and off is ignored for udp6zerocsumrx",
        on: with("geneve"),
        fits: |d| all_odd(d, |o| o.kind == "geneve" && o.field.starts_with("udp")),
    },
    Known {
        name: "sit's pmtudisc",
        why: "on is taken any time, off is ignored, as its column says",
        on: with("sit"),
        fits: |d| all_odd(d, |o| o.kind == "sit" && o.field == "pmtudisc"),
    },
    Known {
        name: "a bare erspan",
        why: "the kernel makes an ip6erspan of which nothing is said, and none that says what that one is then: it could never be \
              made again as it was",
        on: with("ip6erspan"),
        fits: |d| {
            let off = |v: &Value<'_>| v.is_nothing() || *v == Value::Bool(false);
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
        name: "whoever sends, and nobody",
        why: "over IPv6 a GRE tunnel for whoever sends is found as one without ends too, though not the other way round",
        on: with("ip6gre").rare(),
        fits: |d| {
            let open = |l: &Link| {
                l.kind_word().starts_with(b"ip6") && l.data.iter().any(|(f, _)| f.name == "external")
            };
            let twin = promised(d).is_some_and(|no| no.errno == errno::EEXIST);
            twin && matches!(kind(d), "ip6gre" | "ip6gretap" | "ip6erspan") && d.before.values().any(open)
        },
    },
    Known {
        name: "which way it went",
        why: "the link that a tunnel goes out of has no name in another namespace: the model that is told nothing takes two of them \
              for alike",
        on: with("gre").rare(),
        fits: |d| d.far && denied(d).is_some_and(|r| r.errno == Errno::Exist) && is_tunnel(d),
    },
    Known {
        name: "from none told",
        why: "what a new link has of which nothing was said the model does not know, so that it cannot tell what leads there",
        on: with("ipip"),
        fits: |d| d.far && promised(d).is_some_and(|no| no.text.contains("cannot change")),
    },
];

fn is_tunnel(d: &Difference) -> bool {
    linkctl::kinds::kind(kind(d)).is_some_and(|k| k.whole)
}
