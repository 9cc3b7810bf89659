//! What cuts off whoever asks, and what does not.

use std::collections::BTreeMap;

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Link, World};
use linkctl_plan::disruption::{Address, Facts, Origin, Route, losses};
use linkctl_plan::guard::{Use, Way, cuts};
use linkctl_plan::{Trace, plan};
use linkctl_schema::Value;

use crate::build::*;

/// `eth` below a VLAN; a bridge of two ports; a pair, one end of it a port.
fn site() -> World {
    let dummy = || {
        let mut l = up(link("dummy"));
        l.base.set(base::MTU, 1500);
        l
    };
    let mut a = up(link("veth"));
    a.peer = Some(there("red", "eth0"));
    let mut b = up(link("veth"));
    b.peer = Some(here("va"));
    let mut have = world(&[
        ("eth", dummy()),
        ("v7", up(vlan(7, "eth"))),
        ("br0", up(link("bridge"))),
        ("p0", master(dummy(), "br0")),
        ("p1", master(dummy(), "br0")),
        ("other", dummy()),
        ("va", up(master(a, "br0"))),
    ]);
    have.insert(there("red", "eth0"), b);
    have
}

fn session(link: linkctl_link::Key) -> Way {
    Way {
        used: Use::Session {
            local: "10.0.0.1:22".parse().expect("an address"),
            remote: "10.0.0.9:50000".parse().expect("an address"),
        },
        link,
        source: "10.0.0.1".parse().ok(),
        ports: BTreeMap::new(),
        others: Vec::new(),
    }
}

fn cut(want: &Goal, way: &Way, facts: &Facts) -> Option<String> {
    let have = site();
    let found = plan(&have, want).expect("a plan");
    let trace = Trace::new(&have, &found);
    let effects = losses(&have, &trace, facts);
    cuts(&have, &trace, &effects, std::slice::from_ref(way))
        .first()
        .map(ToString::to_string)
        .map(|t| t.replace("your session from 10.0.0.9:50000 to 10.0.0.1:22 goes by ", ""))
}

fn down(kind: &str) -> Link {
    let mut l = link(kind);
    l.base.set(base::UP, false);
    l
}

#[test]
fn a_session_is_followed_down_to_the_link_that_is_cut() {
    let none = Facts::default();
    let v7 = session(here("v7"));
    let told = |want: &Goal, way: &Way| cut(want, way, &none);
    assert_eq!(told(&goal(&[("eth", down("dummy"))]), &v7).as_deref(), Some("v7, and v7 goes down"));
    let mut gone = Goal::new();
    gone.forbid(here("v7"));
    assert_eq!(told(&gone, &v7).as_deref(), Some("v7, and v7 is deleted"));
    let mut short = link("dummy");
    short.base.set(base::MTU, 1400);
    assert_eq!(
        told(&goal(&[("eth", short.clone())]), &v7).as_deref(),
        Some("v7 on eth, and eth gets the lesser mtu 1400, and what comes is longer")
    );
    short.base.set(base::MTU, 9000);
    assert_eq!(told(&goal(&[("eth", short)]), &v7), None, "a greater one is none");
    let mut other = link("dummy");
    other.base.put(
        &base::ADDRESS.0,
        Value::Mac(linkctl_schema::Mac::parse("02:00:00:00:00:07").expect("an address")),
    );
    assert_eq!(
        told(&goal(&[("eth", other.clone())]), &v7).as_deref(),
        Some("v7 on eth, and eth gets another address")
    );
    assert_eq!(
        told(&goal(&[("other", other), ("p0", down("dummy"))]), &v7),
        None,
        "other links are not on the way"
    );
    assert_eq!(
        told(&goal(&[("other", master(link("dummy"), "br0"))]), &session(here("other"))).as_deref(),
        Some("other, and other becomes a port of br0, which takes its packets")
    );
}

#[test]
fn a_bridge_is_cut_with_the_port_that_leads_there_or_with_all_of_them() {
    let none = Facts::default();
    let mut way = session(here("br0"));
    let one = goal(&[("p0", down("dummy"))]);
    assert_eq!(cut(&one, &way, &none), None, "another port may lead there");
    let mut all = goal(&[("p0", down("dummy")), ("p1", down("dummy")), ("va", down("veth"))]);
    assert_eq!(cut(&all, &way, &none).as_deref(), Some("br0 on p0, and p0 goes down"));
    way.ports.insert(here("br0"), here("p1"));
    assert_eq!(cut(&one, &way, &none), None);
    assert_eq!(
        cut(&goal(&[("p1", down("dummy"))]), &way, &none).as_deref(),
        Some("br0 on p1, and p1 goes down")
    );
    let mut free = link("dummy");
    free.base.set(base::MASTER, linkctl_schema::Name::NONE);
    all = goal(&[("p1", free)]);
    assert_eq!(cut(&all, &way, &none).as_deref(), Some("br0 on p1, and p1 leaves its master"));
    assert_eq!(
        cut(&goal(&[("br0", down("bridge"))]), &way, &none).as_deref(),
        Some("br0, and br0 goes down")
    );
}

#[test]
fn a_session_over_a_pair_is_cut_at_its_other_end_and_at_that_ends_bridge() {
    let none = Facts::default();
    let way = session(there("red", "eth0"));
    assert_eq!(
        cut(&goal(&[("va", down("veth"))]), &way, &none).as_deref(),
        Some("red/eth0 on va, and va goes down")
    );
    assert_eq!(
        cut(&goal(&[("br0", down("bridge"))]), &way, &none).as_deref(),
        Some("red/eth0 on va on br0, and br0 goes down")
    );
    let mut free = link("veth");
    free.base.set(base::MASTER, linkctl_schema::Name::NONE);
    assert_eq!(
        cut(&goal(&[("va", free)]), &way, &none).as_deref(),
        Some("red/eth0 on va, and va leaves its master")
    );
}

#[test]
fn the_address_counts_wherever_it_is_and_a_default_route_bears_settings() {
    let held = Facts {
        addresses: vec![Address {
            link: here("other"),
            ip: "10.0.0.1".parse().expect("an address"),
            len: 32,
            permanent: true,
            keeps: false,
        }],
        ..Facts::default()
    };
    let mut gone = Goal::new();
    gone.forbid(here("other"));
    assert_eq!(
        cut(&gone, &session(here("v7")), &held).as_deref(),
        Some("v7 on other, and other loses 10.0.0.1")
    );
    let mut out = session(here("eth"));
    out.used = Use::Default { six: false, gateway: "10.0.0.254".parse().ok() };
    out.source = None;
    let mut short = link("dummy");
    short.base.set(base::MTU, 1400);
    assert_eq!(cut(&goal(&[("eth", short)]), &out, &held), None);
    assert_eq!(
        cut(&goal(&[("eth", down("dummy"))]), &out, &held).as_deref(),
        Some("the IPv4 default route by 10.0.0.254 goes by eth, and eth goes down")
    );
}

#[test]
fn a_default_route_is_guarded_over_all_its_next_hops_and_where_the_link_stays() {
    let default = |link: &str, others: &[&str]| Way {
        used: Use::Default { six: true, gateway: "2001:db8::9".parse().ok() },
        source: None,
        others: others.iter().map(|o| Way { source: None, ..session(here(o)) }).collect(),
        ..session(here(link))
    };
    let none = Facts::default();
    let told = |want: &Goal, way: &Way, facts: &Facts| {
        let text = cut(want, way, facts)?;
        text.strip_prefix("the IPv6 default route by 2001:db8::9 goes by ").map(str::to_owned)
    };
    let one = goal(&[("eth", down("dummy"))]);
    let both = goal(&[("eth", down("dummy")), ("other", down("dummy"))]);
    assert_eq!(told(&one, &default("eth", &[]), &none).as_deref(), Some("eth, and eth goes down"));
    assert_eq!(told(&one, &default("eth", &["other"]), &none), None, "the other stays");
    assert_eq!(told(&both, &default("eth", &["other"]), &none).as_deref(), Some("eth, and eth goes down"));
    // A route that is lost though its link stays, and all of one that loses a next hop.
    let mut short = link("dummy");
    short.base.set(base::MTU, 1279);
    let short = goal(&[("eth", short)]);
    let route = |beside: Option<Vec<linkctl_link::Key>>| Facts {
        routes: vec![Route {
            link: here("eth"),
            to: ("::".parse().expect("an address"), 0),
            gateway: "2001:db8::9".parse().ok(),
            origin: Origin::Router,
            beside,
            objects: false,
            source: None,
        }],
        ..Facts::default()
    };
    let eth = default("eth", &[]);
    assert_eq!(told(&short, &eth, &none), None);
    assert_eq!(told(&short, &eth, &route(None)).as_deref(), Some("eth, and eth loses it"));
    let two = default("other", &["eth"]);
    assert_eq!(told(&short, &two, &route(Some(vec![here("other")]))), None, "a way of it is left");
}
