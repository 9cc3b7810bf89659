//! What the drivers of tunnels refuse.

use linkctl_link::Link;
use linkctl_schema::{FieldDef, Record, Value};

use super::{is_unset, kind, on, value};

/// What a driver refuses of settings that every rule allows, as a clause.
pub(crate) fn spurned(link: &Link) -> Option<&'static str> {
    let number = |field: &str| match value(link, field) {
        Some(Value::Num(n)) => Some(*n),
        _ => None,
    };
    let address = |field: &str| match value(link, field) {
        Some(Value::Ip(ip)) => Some(*ip),
        _ => None,
    };
    if let Some(why) = spurned_by_gre(link) {
        return Some(why);
    }
    match kind(link) {
        // `erspan_validate`, `ip6erspan_tap_validate`: a session is told by keys, and packets are numbered.
        "erspan" | "ip6erspan" => {
            let old = kind(link) == "erspan" && number("erspan_ver") == Some(0);
            let keyed = |f: &str| number(f).is_some_and(|n| n < 1024);
            let whole = keyed("ikey") && keyed("okey") && on(link, "iseq") && on(link, "oseq");
            (!old && !whole && !on(link, "external"))
                .then_some("an ERSPAN of version 1 or 2 needs ikey and okey below 1024, iseq and oseq")
        }
        "vxlan" | "geneve" => {
            let v6 = ["remote", "local", "group"].iter().filter_map(|f| address(f)).any(|ip| ip.is_ipv6());
            let label = number("flowlabel").is_some_and(|n| n != 0)
                || value(link, "label_policy").is_some_and(|v| *v != Value::Word("fixed"));
            let many = address("remote").is_some_and(|ip| ip.is_multicast());
            let group = kind(link) == "geneve" && many;
            let dev = value(link, "dev").is_some_and(|v| !is_unset(v));
            let ends = address("local")
                .zip(address("remote"))
                .filter(|(a, b)| !a.is_unspecified() && !b.is_unspecified());
            let learns = on(link, "gpe") && value(link, "learning") != Some(&Value::Bool(false));
            match () {
                () if kind(link) == "vxlan" && learns => Some("gpe does not go with learning"),
                () if kind(link) == "vxlan" && many && !dev => {
                    Some("a group is reached through a link that dev names")
                }
                () if ends.is_some_and(|(a, b)| a.is_ipv4() != b.is_ipv4()) => {
                    Some("local and remote are of two families")
                }
                () if kind(link) == "vxlan" && address("local").is_some_and(|ip| ip.is_multicast()) => {
                    Some("local cannot be a group")
                }
                () if kind(link) == "vxlan" && number("dstport") == Some(0) => {
                    Some("dstport 0 asks for the usual port, which has to be said or left out")
                }
                () if label && !v6 => Some("a flow label needs an IPv6 address at the other end"),
                () if group => Some("the other end cannot be a group"),
                () => None,
            }
        }
        "xfrm" => {
            let named =
                number("if_id").is_some_and(|n| n != 0) || value(link, "dev").is_some_and(|v| !is_unset(v));
            if on(link, "external") {
                named.then_some("external takes every if_id and names no link")
            } else {
                (number("if_id") == Some(0)).then_some("if_id cannot be 0")
            }
        }
        _ => None,
    }
}

/// What the making of a link has to say though nobody does: of GPE the kernel takes no learning, and turns it on for who says
/// nothing (`vxlan_nl2conf`, `VXLAN_F_ALLOWED_GPE`).
pub(crate) fn complete(link: &mut Link) {
    if kind(link) == "vxlan" && on(link, "gpe") && value(link, "learning").is_none() {
        let field = link.data.fields().find("learning");
        field.into_iter().for_each(|f| link.data.put(f, Value::Bool(false)));
    }
}

/// A change of it is taken for one of the namespace's own tunnel, which has the same ends: none
/// (`ip6gre_changelink_common` of `net/ipv6/ip6_gre.c`).
pub(crate) fn is_mistaken(link: &Link) -> bool {
    matches!(kind(link), "ip6gretap" | "ip6erspan") && on(link, "external")
}

/// It is GRE over IPv4, of whatever is in it (`net/ipv4/ip_gre.c`).
fn is_gre(link: &Link) -> bool {
    matches!(kind(link), "gre" | "gretap" | "erspan")
}

/// What all of those refuse (`ipgre_tunnel_validate`, `ipgre_netlink_parms`).
fn spurned_by_gre(link: &Link) -> Option<&'static str> {
    let encap = value(link, "encap").is_some_and(|v| !is_unset(v));
    let whole = on(link, "ignore_df") && value(link, "pmtudisc") != Some(&Value::Bool(false));
    match () {
        () if !is_gre(link) => None,
        () if on(link, "external") && encap => Some("external goes into no other protocol"),
        () if whole => Some("ignore_df does not go with pmtudisc"),
        () => None,
    }
}

/// What is ignored for what is said beside it: a hop limit sets `IP_DF`, whatever pmtudisc is (`ip_tunnel_netlink_parms`).
pub(crate) fn forced(link: &Link, said: &Record) -> Option<&'static str> {
    let value = |name: &str| said.fields().find(name).and_then(|f| said.value(f));
    let off = value("pmtudisc") == Some(&Value::Bool(false));
    let limit = matches!(value("ttl"), Some(Value::Num(1..)));
    (matches!(kind(link), "ipip" | "sit") && off && limit)
        .then_some("a ttl of its own goes with pmtudisc; without that it is inherit")
}

/// What a change has to say: the hop limit that a tunnel has where none is said must not be, or it brings pmtudisc along
/// (`ipip6_netlink_parms`).
pub(crate) fn sent(link: &Link, mut all: Record) -> Record {
    let is = |name: &str, v: Value<'_>| all.fields().find(name).and_then(|f| all.value(f)) == Some(&v);
    let usual = |f: &&FieldDef| f.name == "ttl" && f.born().is_some() && f.born().as_ref() == all.value(f);
    let ttl = all.fields().list().iter().find(usual);
    if let Some(f) = ttl.filter(|_| kind(link) == "sit" && is("pmtudisc", Value::Bool(false))) {
        all.take(f);
    }
    all
}

/// Whether a change leaves out the link that such a tunnel names for life: unsaid is none (`xfrmi_change`).
pub(crate) fn loses_dev(link: &Link, said: &Record) -> bool {
    let dev = |r: &Record| r.fields().find("dev").and_then(|f| r.value(f)).filter(|v| !is_unset(v)).cloned();
    kind(link) == "xfrm" && dev(&link.data) != dev(said)
}

/// Whether a change asks for pmtudisc while `ignore_df`, as it was before, forbids that: the driver looks at what it has, not
/// at what comes in the same message (`ipgre_netlink_parms`).
pub(crate) fn holds_df(link: &Link, said: &Record) -> bool {
    let off = said.fields().find("pmtudisc").and_then(|f| said.value(f)) == Some(&Value::Bool(false));
    is_gre(link) && on(link, "ignore_df") && !off
}
