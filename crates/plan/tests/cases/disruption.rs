//! What a plan costs, and what of that wants consent.

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Key, World};
use linkctl_plan::disruption::{Address, Consent, Facts, Lost, Manner, Need, Origin, Route, losses, needs};
use linkctl_plan::{Effects, Plan, Reason, Trace, plan, plan_with, render};
use linkctl_schema::{Name, Value};

use crate::build::*;

fn address(link: &str, ip: &str, keeps: bool) -> Address {
    Address { link: here(link), ip: ip.parse().expect("an address"), len: 24, permanent: true, keeps }
}

fn route(link: &str, to: &str, origin: Origin) -> Route {
    Route {
        link: here(link),
        to: (to.parse().expect("an address"), 8),
        gateway: None,
        origin,
        beside: None,
        objects: false,
        source: None,
    }
}

fn costs(have: &World, plan: &Plan, facts: &Facts) -> Effects {
    losses(have, &Trace::new(have, plan), facts)
}

/// Losses in one line each.
fn lost(effects: &Effects) -> Vec<String> {
    let told = |l: &linkctl_plan::disruption::Loss| {
        let what = match &l.what {
            Lost::Address(a) | Lost::Reach(a) => format!("{} {}", l.what.word(), a.ip),
            Lost::Route(r) => format!("route {}", r.to.0),
            other => other.word().to_owned(),
        };
        format!("{} {what}{} by {}", l.link, if l.lasts { " for good" } else { "" }, l.by)
    };
    effects.losses.iter().map(told).collect()
}

fn wanted(have: &World, plan: &Plan, effects: &Effects) -> Vec<(Consent, String)> {
    needs(have, plan, effects).iter().map(|n: &Need| (n.consent(), n.link().to_string())).collect()
}

/// A bond of two ports with a VLAN on it, and a veth beside.
fn site() -> World {
    let port = |w: &str| (w.to_owned(), up(master(link("dummy"), "bond0")));
    let mut all: Vec<(String, linkctl_link::Link)> = vec![port("d0"), port("d1")];
    all.push(("bond0".into(), up(bond("802.3ad"))));
    all.push(("v7".into(), up(vlan(7, "bond0"))));
    let mut a = up(link("veth"));
    a.peer = Some(here("vb"));
    let mut b = up(link("veth"));
    b.peer = Some(here("va"));
    all.extend([("va".into(), a), ("vb".into(), b)]);
    let all: Vec<(&str, linkctl_link::Link)> = all.iter().map(|(k, l)| (k.as_str(), l.clone())).collect();
    world(&all)
}

#[test]
fn links_are_counted_by_how_they_change() {
    let have = site();
    let mut bond = link("bond");
    set(&mut bond.data, "lacp_rate", Value::Word("fast"));
    let mut va = link("veth");
    va.base.set(base::MTU, 1400);
    let mut v7 = vlan(8, "bond0");
    v7.base.set(base::UP, true);
    let want = goal(&[("bond0", bond), ("va", va), ("v7", v7), ("new", link("bridge"))]);
    let found = plan(&have, &want).expect("a plan");
    let effects = costs(&have, &found, &Facts::default());
    assert_eq!(effects.links[&here("bond0")], Manner::Down);
    assert_eq!(
        effects.summary().to_string(),
        "4 links: 1 live, 1 goes down for a moment, 1 created, 1 rebuilt"
    );
    let all_new = plan(&World::new(), &goal(&[("a", link("bridge")), ("b", link("dummy"))])).expect("a plan");
    let effects = costs(&World::new(), &all_new, &Facts::default());
    assert_eq!(effects.summary().to_string(), "2 links: 2 created");
    assert!(effects.losses.is_empty() && wanted(&World::new(), &all_new, &effects).is_empty());
}

#[test]
fn what_stands_on_a_link_that_goes_down_stops_and_the_other_end_loses_its_carrier() {
    let have = site();
    let mut bond = link("bond");
    set(&mut bond.data, "lacp_rate", Value::Word("fast"));
    let found = plan(&have, &goal(&[("bond0", bond)])).expect("a plan");
    let effects = costs(&have, &found, &Facts::default());
    assert_eq!(lost(&effects), ["bond0 traffic by bond0", "v7 traffic by bond0"]);
    assert_eq!(
        wanted(&have, &found, &effects),
        [(Consent::Disruption, "bond0".into()), (Consent::Disruption, "v7".into())]
    );
    let mut down = link("veth");
    down.base.set(base::UP, false);
    let found = plan(&have, &goal(&[("va", down)])).expect("a plan");
    let effects = costs(&have, &found, &Facts::default());
    assert_eq!(lost(&effects), ["va traffic for good by va", "vb carrier for good by va"]);
    assert!(wanted(&have, &found, &effects).is_empty(), "the goal says that it is to be down");
}

#[test]
fn one_port_of_two_is_a_part_and_both_are_all() {
    let have = site();
    let mut down = link("dummy");
    down.base.set(base::UP, false);
    let one = plan(&have, &goal(&[("d0", down.clone())])).expect("a plan");
    assert_eq!(
        lost(&costs(&have, &one, &Facts::default())),
        ["bond0 part for good by d0", "d0 traffic for good by d0"]
    );
    let both = plan(&have, &goal(&[("d0", down.clone()), ("d1", down)])).expect("a plan");
    let all = lost(&costs(&have, &both, &Facts::default()));
    assert!(
        all[0].starts_with("bond0 traffic for good") && all.iter().any(|l| l.starts_with("v7 traffic")),
        "{all:?}"
    );
}

#[test]
fn addresses_go_with_a_rebuild_and_that_wants_more_than_consent_to_rebuild() {
    let have = world(&[("vx", up(vxlan(42)))]);
    let found = plan(&have, &goal(&[("vx", vxlan(43))])).expect("a plan");
    let bare = costs(&have, &found, &Facts::default());
    assert_eq!(wanted(&have, &found, &bare), [(Consent::Rebuild, "vx".into())]);
    let own = address("vx", "fe80::1", false);
    let facts = Facts {
        addresses: vec![address("vx", "10.0.0.1", false), own, address("other", "10.0.9.1", false)],
        routes: vec![route("vx", "10.0.0.0", Origin::Kernel), route("vx", "192.168.0.0", Origin::Other)],
        ..Facts::default()
    };
    let effects = costs(&have, &found, &facts);
    assert_eq!(
        lost(&effects),
        ["vx traffic by vx", "vx address 10.0.0.1 for good by vx", "vx route 192.168.0.0 for good by vx"]
    );
    let all = wanted(&have, &found, &effects);
    assert_eq!(
        all.iter().map(|(c, _)| *c).collect::<Vec<_>>(),
        [Consent::Rebuild, Consent::Disruption, Consent::Disruption]
    );
}

#[test]
fn of_addresses_only_ipv6_goes_while_a_link_is_down_unless_it_is_kept() {
    let have = site();
    let mut bond = link("bond");
    set(&mut bond.data, "lacp_rate", Value::Word("fast"));
    let found = plan(&have, &goal(&[("bond0", bond)])).expect("a plan");
    let mut told = address("v7", "2001:db8::7", true);
    told.permanent = false;
    let facts = Facts {
        addresses: vec![
            address("v7", "10.0.0.1", false),
            address("v7", "2001:db8::1", false),
            address("v7", "2001:db8::2", true),
            told,
        ],
        routes: vec![route("v7", "2001:db8:1::", Origin::Router), route("v7", "172.16.0.0", Origin::Other)],
        ..Facts::default()
    };
    let lost = lost(&costs(&have, &found, &facts));
    assert_eq!(
        lost[1..],
        [
            "v7 traffic by bond0",
            "v7 address 2001:db8::1 for good by bond0",
            "v7 address 2001:db8::7 by bond0",
            "v7 route 2001:db8:1:: by bond0",
            "v7 route 172.16.0.0 for good by bond0",
        ]
    );
}

#[test]
fn a_lesser_mtu_than_ipv6_needs_takes_its_addresses_and_a_bridge_takes_reach() {
    let have = world(&[("d0", up(link("dummy"))), ("br0", up(link("bridge")))]);
    let mut d0 = link("dummy");
    let mut have = have;
    have.get_mut(&here("d0")).expect("there").base.set(base::MTU, 1500);
    d0.base.set(base::MTU, 1279);
    let facts = Facts {
        addresses: vec![address("d0", "10.0.0.1", false), address("d0", "2001:db8::1", true)],
        ..Facts::default()
    };
    let found = plan(&have, &goal(&[("d0", d0.clone())])).expect("a plan");
    assert_eq!(lost(&costs(&have, &found, &facts)), ["d0 address 2001:db8::1 for good by d0"]);
    d0.base.set(base::MTU, 1280);
    let found = plan(&have, &goal(&[("d0", d0)])).expect("a plan");
    assert!(lost(&costs(&have, &found, &facts)).is_empty());
    let found = plan(&have, &goal(&[("d0", master(link("dummy"), "br0"))])).expect("a plan");
    assert_eq!(
        lost(&costs(&have, &found, &facts)),
        [
            "d0 traffic for good by d0",
            "d0 reach 10.0.0.1 for good by d0",
            "d0 reach 2001:db8::1 for good by d0"
        ]
    );
    assert!(
        wanted(&have, &found, &costs(&have, &found, &facts)).is_empty(),
        "whoever says master asked for it"
    );
}

#[test]
fn an_other_end_that_is_in_use_does_not_go_without_consent() {
    let mut have = site();
    let mut want = Goal::new();
    want.forbid(here("va"));
    let needs = |have: &World, facts: &Facts| {
        let found = plan(have, &want).expect("a plan");
        wanted(have, &found, &costs(have, &found, facts))
    };
    assert!(needs(&have, &Facts::default()).is_empty(), "whoever deletes one end of a pair deletes the pair");
    let of = |link: &str| Facts { addresses: vec![address(link, "10.0.0.1", false)], ..Facts::default() };
    assert!(needs(&have, &of("va")).is_empty(), "what the goal wants gone goes with all it has");
    let consent = |link: &str| [(Consent::Disruption, link.to_owned())];
    assert_eq!(needs(&have, &of("vb")), consent("vb"));
    have.get_mut(&here("vb")).expect("there").base.set(base::MASTER, name("bond0"));
    assert_eq!(needs(&have, &Facts::default()), consent("vb"), "it is a port");
    let mut b = have.remove(&here("vb")).expect("there");
    b.base.set(base::MASTER, Name::NONE);
    have.get_mut(&here("va")).expect("there").peer = Some(there("blue", "vb"));
    have.insert(there("blue", "vb"), b);
    assert_eq!(needs(&have, &Facts::default()), consent("blue/vb"), "somebody uses it elsewhere");
}

#[test]
fn a_link_that_is_made_a_port_of_a_bond_is_asked_for_though_it_goes_down() {
    let have = world(&[("bond0", up(bond("802.3ad"))), ("d0", up(link("dummy")))]);
    let found = plan(&have, &goal(&[("d0", master(link("dummy"), "bond0"))])).expect("a plan");
    let effects = costs(&have, &found, &Facts::default());
    assert_eq!(effects.links[&here("d0")], Manner::Down);
    assert!(wanted(&have, &found, &effects).is_empty());
}

#[test]
fn a_link_is_followed_under_its_names() {
    let have = world(&[("a", up(link("dummy"))), ("b", up(link("dummy")))]);
    let labels = [(here("a"), here("b")), (here("b"), here("a"))].into_iter().collect();
    let mut down = link("dummy");
    down.base.set(base::UP, false);
    let found = plan_with(&have, &goal(&[("b", down), ("a", link("dummy"))]), &labels).expect("a plan");
    let trace = Trace::new(&have, &found);
    assert_eq!(trace.finally(&here("a")), Some(here("b")));
    let quick = losses(&have, &trace, &Facts::default());
    assert_eq!((quick.links[&here("a")], quick.links[&here("b")]), (Manner::Stopped, Manner::Live));
    let old = losses(&have, &trace, &Facts { renames_down: true, ..Facts::default() });
    assert_eq!(old.links[&here("b")], Manner::Down, "before Linux 6.2 a link goes down for another name");
    let moved = [(here("a"), there("blue", "a"))].into_iter().collect();
    let mut want = Goal::new();
    want.want(there("blue", "a"), link("dummy"));
    let found = plan_with(&have, &want, &moved).expect("a plan");
    let facts = Facts { addresses: vec![address("a", "10.0.0.1", true)], ..Facts::default() };
    let effects = costs(&have, &found, &facts);
    assert_eq!(lost(&effects), ["a traffic for good by a", "a address 10.0.0.1 for good by a"]);
    assert_eq!(wanted(&have, &found, &effects), [(Consent::Disruption, "a".into())]);
}

#[test]
fn costs_are_told_in_text_and_json() {
    let have = world(&[("vx", up(vxlan(42)))]);
    let found = plan(&have, &goal(&[("vx", vxlan(43))])).expect("a plan");
    let facts = Facts { addresses: vec![address("vx", "10.0.0.1", false)], ..Facts::default() };
    let effects = costs(&have, &found, &facts);
    let text: Vec<String> = render::effects::lines(&effects).iter().map(ToString::to_string).collect();
    assert_eq!(text, ["1 link: 1 rebuilt", "  traffic stops for a moment: vx", "  vx loses: 10.0.0.1/24"]);
    let mut out = linkctl_schema::out::Out::new(false);
    out.object();
    render::effects::members(&effects, &[], &needs(&have, &found, &effects), &mut out);
    out.end();
    assert_eq!(
        out.into_string(),
        concat!(
            r#"{"summary":{"links":1,"live":0,"down":0,"stopped":0,"create":0,"move":0,"rebuild":1,"delete":0},"#,
            r#""links":[{"change":"rebuild","link":"vx","netns":null}],"#,
            r#""losses":[{"loss":"traffic","link":"vx","netns":null,"lasts":false,"by":{"link":"vx","netns":null}},"#,
            r#"{"loss":"address","link":"vx","netns":null,"lasts":true,"address":"10.0.0.1/24","by":{"link":"vx","netns":null}}],"#,
            r#""cuts":[],"consent":[{"consent":"rebuild","link":"vx","netns":null,"why":["id 42 → 43"]},"#,
            r#"{"consent":"disruption","link":"vx","netns":null,"why":["it loses 10.0.0.1/24"]}]}"#
        )
    );
    assert!(render::effects::lines(&Effects::default()).is_empty());
    let many: World = (0..40)
        .map(|i| (Key::here(Name::new(&format!("d{i}")).expect("a name")), up(link("dummy"))))
        .collect();
    let mut want = Goal::new();
    many.keys().for_each(|k| want.forbid(k.clone()));
    let found = plan(&many, &want).expect("a plan");
    let text: Vec<String> = render::effects::lines(&costs(&many, &found, &Facts::default()))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(text[0], "40 links: 40 deleted");
    assert!(text[1].ends_with("and 28 more"), "{text:?}");
}

#[test]
fn ten_thousand_ports_cost_no_more_than_their_number() {
    let mut have = world(&[("br0", up(link("bridge")))]);
    let mut want = Goal::new();
    let mut facts = Facts::default();
    let mut down = link("dummy");
    down.base.set(base::UP, false);
    for i in 0..10_000 {
        let port = format!("p{i}");
        have.insert(here(&port), up(master(link("dummy"), "br0")));
        want.want(here(&port), down.clone());
        facts.addresses.push(address(&port, "2001:db8::1", false));
    }
    let start = std::time::Instant::now();
    let found = plan(&have, &want).expect("a plan");
    let planned = start.elapsed();
    let effects = costs(&have, &found, &facts);
    assert!(wanted(&have, &found, &effects).is_empty());
    assert_eq!(effects.losses.len(), 20_001);
    let told = start.elapsed().saturating_sub(planned);
    assert!(told < planned * 4, "{told:?} for the cost, {planned:?} for the plan");
}

#[test]
fn keys_that_no_message_of_links_brings_back_are_told_and_want_consent() {
    let mut tunnel = up(link("wireguard"));
    tunnel.base.set(base::NUMTXQUEUES, 1);
    let mut lower = link("macsec");
    lower.lower = Some(here("d0"));
    let have = world(&[("wg0", tunnel), ("d0", link("dummy")), ("m0", lower)]);
    let mut anew = link("wireguard");
    anew.base.set(base::NUMTXQUEUES, 2);
    let (plan, _) = done(&have, &goal(&[("wg0", anew)]));
    let effects = costs(&have, &plan, &Facts::default());
    assert!(lost(&effects).contains(&"wg0 elsewhere for good by wg0".to_owned()), "{:?}", lost(&effects));
    let both = [(Consent::Rebuild, "wg0".to_owned()), (Consent::Disruption, "wg0".into())];
    assert_eq!(wanted(&have, &plan, &effects), both);
    let mut gone = goal(&[]);
    gone.forbid(here("wg0"));
    let (plan, _) = done(&have, &gone);
    let effects = costs(&have, &plan, &Facts::default());
    assert!(lost(&effects).contains(&"wg0 elsewhere for good by wg0".to_owned()));
    assert_eq!(wanted(&have, &plan, &effects), [], "it is asked for");
    let mut below = link("dummy");
    below.base.set(base::NUMTXQUEUES, 2);
    let mut have = have;
    have.get_mut(&here("d0")).expect("it is there").base.set(base::NUMTXQUEUES, 1);
    let (plan, _) = done(&have, &goal(&[("d0", below)]));
    let effects = costs(&have, &plan, &Facts::default());
    assert!(lost(&effects).contains(&"m0 elsewhere for good by d0".to_owned()), "{:?}", lost(&effects));
}

#[test]
fn of_a_pair_either_end_may_be_asked_to_go_and_one_that_is_left_alone_is_not_taken_along_unasked() {
    let have = site();
    for (end, other) in [("va", "vb"), ("vb", "va")] {
        let mut want = Goal::new();
        want.forbid(here(end));
        let found = plan(&have, &want).expect("a plan");
        assert_eq!(found.steps[0].act.key(), &here(end));
        assert_eq!(found.disruptions[0].why, [Reason::Falls(here(end))]);
        let effects = costs(&have, &found, &Facts::default());
        assert_eq!(wanted(&have, &found, &effects), [], "{other} is idle");
        want.spared.insert(here(other));
        let found = plan(&have, &want).expect("a plan");
        assert_eq!(wanted(&have, &found, &effects), [(Consent::Disruption, other.to_owned())]);
        assert_eq!(found.disruptions[0].why[1].to_string(), "though it is to be left alone");
        // Both were asked for.
        want.spared.clear();
        want.forbid(here(other));
        let found = plan(&have, &want).expect("a plan");
        assert_eq!((found.steps.len(), found.disruptions.len()), (1, 0));
    }
}

/// A route of two next hops, as a fact about each of their links.
fn two_ways(to: &str, objects: bool) -> Vec<Route> {
    let way = |link: &str, other: &str| Route {
        beside: Some(vec![here(other)]),
        objects,
        ..route(link, to, Origin::Other)
    };
    vec![way("va", "vx"), way("vx", "va")]
}

#[test]
fn a_route_of_two_next_hops_goes_with_both_and_with_one_as_the_kernel_says() {
    let mut have = site();
    have.insert(here("vx"), up(vxlan(42)));
    let stopped = |kind: &str| {
        let mut l = link(kind);
        l.base.set(base::UP, false);
        l
    };
    let (down, both) =
        (goal(&[("vx", stopped("vxlan"))]), goal(&[("vx", stopped("vxlan")), ("va", stopped("veth"))]));
    let mut gone = Goal::new();
    gone.forbid(here("vx"));
    let of = |want: &Goal, routes: Vec<Route>| -> Vec<String> {
        let found = plan(&have, want).expect("a plan");
        let effects = costs(&have, &found, &Facts { routes, ..Facts::default() });
        lost(&effects).into_iter().filter(|l| l.contains("route") || l.contains("way")).collect()
    };
    let (four, six) = ("192.168.0.0", "2001:db8::");
    for to in [four, six] {
        assert!(of(&down, two_ways(to, false)).is_empty(), "it is back with the link: {to}");
        assert_eq!(of(&down, two_ways(to, true)), ["vx way for good by vx"], "an object is not");
        for objects in [false, true] {
            let all = [format!("va route {to} for good by va"), format!("vx route {to} for good by vx")];
            assert_eq!(of(&both, two_ways(to, objects)), all);
        }
    }
    assert_eq!(of(&gone, two_ways(four, false)), ["vx route 192.168.0.0 for good by vx"], "it goes whole");
    assert_eq!(of(&gone, two_ways(six, false)), ["vx way for good by vx"], "the other stays");
    assert_eq!(of(&gone, two_ways(four, true)), ["vx way for good by vx"]);
}

#[test]
fn a_route_goes_with_the_address_that_it_sends_from_unless_another_link_has_that() {
    let mut have = site();
    have.insert(here("vx"), up(vxlan(42)));
    let mut gone = Goal::new();
    gone.forbid(here("vx"));
    let found = plan(&have, &gone).expect("a plan");
    let from =
        |link: &str, ip: &str| Route { source: ip.parse().ok(), ..route(link, "192.168.0.0", Origin::Other) };
    let of = |addresses: Vec<Address>, routes: Vec<Route>| -> Vec<String> {
        let effects = costs(&have, &found, &Facts { addresses, routes, ..Facts::default() });
        let all = lost(&effects).into_iter().filter(|l| l.contains("route")).collect();
        let asked = wanted(&have, &found, &effects).iter().any(|(_, link)| link == "va");
        assert_eq!(asked, !Vec::is_empty(&all), "what goes by another link nobody asked for");
        all
    };
    let own = address("vx", "10.7.0.1", false);
    let routes = || vec![from("va", "10.7.0.1"), from("va", "10.8.0.1")];
    assert_eq!(of(vec![own.clone()], routes()), ["va route 192.168.0.0 for good by vx"]);
    assert!(of(vec![own, address("va", "10.7.0.1", false)], routes()).is_empty());
    let six = address("vx", "2001:db8::1", false);
    assert!(of(vec![six], vec![from("va", "2001:db8::1")]).is_empty(), "IPv6 keeps it");
}
