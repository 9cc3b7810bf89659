//! What a plan would promise and a kernel refuse: found by acts by chance on both, each refused before anything is sent.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link, Netns, World};
use linkctl_plan::{Act, Conflict, Errno, Model, Reason, back, plan};
use linkctl_schema::{Mac, Name, Record, Value};

use crate::build::*;

fn refused(have: &World, act: &Act) -> Option<Errno> {
    Model::new(have.clone()).act(act).err().map(|r| r.errno)
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a good name")
}

/// A link of a kind with settings.
fn with(word: &str, said: &[(&str, Value<'static>)]) -> Link {
    let mut out = link(word);
    said.iter().for_each(|(f, v)| set(&mut out.data, f, v.clone()));
    out
}

fn data(of: &str, said: &[(&str, Value<'static>)]) -> Record {
    with(of, said).data
}

fn mtu(of: &str, n: u32) -> Act {
    let mut record = Record::new(&base::FIELDS);
    record.set(base::MTU, n);
    Act::Base(here(of), record)
}

#[test]
fn an_mtu_is_refused_that_the_driver_of_a_link_or_of_a_port_does_not_take() {
    let mut nic = link("dummy");
    nic.mtus = Some((68, 9000));
    let links = [("d0", nic.clone()), ("t0", link("team")), ("d1", master(nic, "t0"))];
    let have = world(&links);
    assert_eq!(refused(&have, &mtu("d0", 9000)), None);
    assert_eq!(refused(&have, &mtu("d0", 9001)), Some(Errno::Inval));
    assert_eq!(refused(&have, &mtu("t0", 9001)), Some(Errno::Inval));
}

#[test]
fn headers_take_of_the_mtu_below() {
    let mut lower = link("dummy");
    lower.base.set(base::MTU, 1500);
    let mut vx = vxlan(42);
    set(&mut vx.data, "dev", Value::Link(name("d0")));
    let mut macsec = on(link("macsec"), "d0");
    macsec.base.set(base::MTU, 1468);
    let have = world(&[("d0", lower), ("vx", vx), ("m", macsec), ("v7", vlan(7, "m"))]);
    // A tag does not go on top of what MACsec takes.
    assert_eq!(refused(&have, &mtu("v7", 1464)), None);
    assert_eq!(refused(&have, &mtu("v7", 1465)), Some(Errno::Range));
    assert_eq!(refused(&have, &mtu("vx", 1450)), None);
    assert_eq!(refused(&have, &mtu("vx", 1451)), Some(Errno::Range));
    assert_eq!(refused(&have, &mtu("m", 1468)), None);
    assert_eq!(refused(&have, &mtu("m", 1469)), Some(Errno::Range));
}

#[test]
fn a_bond_in_active_backup_leaves_its_first_port_the_address_that_it_cannot_change() {
    let tunnel = || link("wireguard");
    let have =
        world(&[("b0", bond("active-backup")), ("b1", bond("802.3ad")), ("w0", tunnel()), ("w1", tunnel())]);
    let joins = |port: &str, of: &str| Act::Master(here(port), Some(name(of)));
    assert_eq!(refused(&have, &joins("w0", "b1")), Some(Errno::Inval));
    let mut model = Model::new(have);
    model.act(&joins("w0", "b0")).expect("the first is taken");
    let is = model.world()[&here("b0")]
        .data
        .iter()
        .find(|(f, _)| f.name == "fail_over_mac")
        .map(|(_, v)| v.clone());
    assert_eq!(is, Some(Value::Word("active")));
    model.act(&joins("w1", "b0")).expect("and so is the next");
}

#[test]
fn a_bond_comes_to_balance_alb_with_dynamic_balance() {
    let with = |mode, lb| {
        let mut out = bond(mode);
        set(&mut out.data, "miimon", Value::Num(100));
        set(&mut out.data, "tlb_dynamic_lb", Value::Num(lb));
        out
    };
    let have = world(&[("b0", with("802.3ad", 0))]);
    let act = Act::Data(here("b0"), data("bond", &[("mode", Value::Word("balance-alb"))]));
    let mut model = Model::new(have.clone());
    model.act(&act).expect("it is down and has no ports");
    let is = model.world()[&here("b0")]
        .data
        .iter()
        .find(|(f, _)| f.name == "tlb_dynamic_lb")
        .map(|(_, v)| v.clone());
    assert_eq!(is, Some(Value::Num(1)));
    // What is wanted otherwise is said.
    done(&have, &goal(&[("b0", with("balance-alb", 0))]));
}

#[test]
fn a_macsec_that_does_not_send_its_identifier_is_made_again_by_its_port() {
    let macsec = |sci: u64| {
        let mut out = on(with("macsec", &[("sci", Value::Num(sci)), ("send_sci", Value::Bool(false))]), "d0");
        out.base.set(base::ADDRESS, Mac::new(&[2, 0, 0, 0, 0, 7]).expect("six bytes"));
        out
    };
    let have = world(&[("d0", link("dummy"))]);
    let (plan, is) = done(&have, &goal(&[("m0", macsec(0x0200_0000_0007_000b))]));
    let Act::Create { link: made, .. } = &plan.steps[0].act else { panic!("{:?}", told(&plan)) };
    let says = |name: &str| made.data.iter().find(|(f, _)| f.name == name).map(|(_, v)| v.clone());
    assert_eq!((says("sci"), says("port")), (None, Some(Value::Num(11))));
    assert_eq!(is[&here("m0")].data, macsec(0x0200_0000_0007_000b).data.over(&is[&here("m0")].data));
    // One that is not its address's the kernel takes only where it is sent.
    assert!(matches!(no(&have, &goal(&[("m0", macsec(7))]))[..], [linkctl_plan::Conflict::Refused { .. }]));
}

#[test]
fn an_external_geneve_is_only_made_anew() {
    let external = with("geneve", &[("external", Value::Bool(true)), ("df", Value::Word("unset"))]);
    let have = world(&[("g0", external)]);
    let act = Act::Data(here("g0"), data("geneve", &[("df", Value::Word("set"))]));
    assert_eq!(refused(&have, &act), Some(Errno::Inval));
    let mut want = goal(&[("g0", with("geneve", &[("df", Value::Word("set"))]))]);
    want.rebuild = false;
    assert!(matches!(no(&have, &want)[..], [linkctl_plan::Conflict::NeedsRebuild { .. }]));
    want.rebuild = true;
    done(&have, &want);
    // And from one with a hop limit of its own, which does not go along.
    let own = with("geneve", &[("id", Value::Num(7)), ("ttl", Value::Hops(linkctl_schema::Hops::Fixed(9)))]);
    let mut want = goal(&[("g0", with("geneve", &[("external", Value::Bool(true))]))]);
    want.rebuild = true;
    done(&world(&[("g0", own)]), &want);
}

#[test]
fn a_port_that_leaves_makes_room_for_a_greater_mtu() {
    let sized = |mut l: Link, mtu: u32| {
        l.base.set(base::MTU, mtu);
        l
    };
    let small = sized(on(vlan(7, "d0"), "d0"), 1280);
    let links =
        [("d0", sized(link("dummy"), 1280)), ("v7", master(small, "t0")), ("t0", sized(link("team"), 1280))];
    let mut free = Link::new(None);
    free.base.set(base::MASTER, Name::NONE);
    done(&world(&links), &goal(&[("v7", free), ("t0", sized(Link::new(None), 1500))]));
}

#[test]
fn a_ring_takes_the_packets_of_its_ends() {
    let ends = [("slave1", Value::Link(name("d0"))), ("slave2", Value::Link(name("d1")))];
    let links =
        [("d0", link("dummy")), ("d1", link("dummy")), ("h", with("hsr", &ends)), ("br", link("bridge"))];
    let have = world(&links);
    assert_eq!(refused(&have, &Act::Master(here("d0"), Some(name("br")))), Some(Errno::Busy));
    let above = Act::Create { key: here("m"), link: Box::new(on(link("macvlan"), "d0")), peer: None };
    assert_eq!(refused(&have, &above), Some(Errno::Busy));
    let again = Act::Create { key: here("h2"), link: Box::new(with("hsr", &ends)), peer: None };
    assert_eq!(refused(&have, &again), Some(Errno::Busy));
}

#[test]
fn a_bond_is_not_told_what_its_mode_or_its_monitor_does_not_take_not_even_to_be_off() {
    let plain = [("mode", Value::Word("active-backup")), ("miimon", Value::Num(0))];
    let have = world(&[("b", with("bond", &plain))]);
    let off = data("bond", &[("coupled_control", Value::Bool(false))]);
    assert_eq!(refused(&have, &Act::Data(here("b"), off)), Some(Errno::Access));
    let delay = |n| data("bond", &[("updelay", Value::Num(0)), ("miimon", Value::Num(n))]);
    assert_eq!(refused(&have, &Act::Data(here("b"), delay(0))), Some(Errno::Perm));
    assert_eq!(refused(&have, &Act::Data(here("b"), delay(100))), None);
}

#[test]
fn a_queue_of_a_bond_is_one_that_it_has_and_no_other_port_has() {
    let port = |queue| {
        let mut out = master(link("dummy"), "b");
        let mut record = Record::new(linkctl_kinds::port("bond").expect("bonds have ports").fields);
        set(&mut record, "queue_id", Value::Num(queue));
        out.port = Some(record);
        out
    };
    let queue = |n| Act::Port(here("d1"), port(n).port.expect("just made"));
    let have = world(&[("b", link("bond")), ("d0", port(3)), ("d1", port(0))]);
    assert_eq!(refused(&have, &queue(4)), None);
    assert_eq!(refused(&have, &queue(3)), Some(Errno::Inval));
    assert_eq!(refused(&have, &queue(17)), Some(Errno::Inval));
}

#[test]
fn two_of_one_port_of_udp_go_up_only_if_they_are_of_one_sort() {
    let sort = |id, gbp| {
        let mut out = vxlan(id);
        set(&mut out.data, "gbp", Value::Bool(gbp));
        out
    };
    let have = world(&[("v1", up(sort(1, false))), ("v2", sort(2, false)), ("v3", sort(3, true))]);
    assert_eq!(refused(&have, &Act::Up(here("v2"))), None);
    assert_eq!(refused(&have, &Act::Up(here("v3"))), Some(Errno::AddrInUse));
}

#[test]
fn a_team_does_not_become_another_sort_under_a_vlan() {
    let have = world(&[("t", link("team")), ("g", link("gre"))]);
    let join = Act::Master(here("g"), Some(name("t")));
    assert_eq!(refused(&have, &join), None);
    let have = world(&[("t", link("team")), ("g", link("gre")), ("v", vlan(7, "t"))]);
    assert_eq!(refused(&have, &join), Some(Errno::Perm));
}

#[test]
fn the_twin_of_a_tunnel_that_has_moved_is_where_it_was_made() {
    let tunnel = || with("gre", &[("remote", Value::Ip([192, 0, 2, 1].into()))]);
    let make = |key: Key| Act::Create { key, link: Box::new(tunnel()), peer: None };
    let away = Key::new(Netns::named("blue").expect("a good name"), name("g"));
    let mut model = Model::new(world(&[("g", tunnel())]));
    model.act(&Act::Move(here("g"), away.clone())).expect("tunnels move");
    assert_eq!(model.act(&make(here("g2"))).map_err(|r| r.errno), Err(Errno::Exist));
    assert_eq!(model.act(&make(away.beside(name("g2")))).map_err(|r| r.errno), Ok(()));
}

#[test]
fn a_tunnel_for_whoever_sends_is_in_the_way_of_one_without_ends() {
    let external = |kind| with(kind, &[("external", Value::Bool(true))]);
    let make = |name_: &str, link: Link| Act::Create { key: here(name_), link: Box::new(link), peer: None };
    let change = |kind: &str| Act::Data(here("l"), data(kind, &[("fwmark", Value::Num(1))]));
    // Made, and changed. `gre` is of a type of its own then; what carries frames over IPv6 is held against those without.
    let cases = [
        ("ipip", Some(Errno::Exist), Some(Errno::Exist)),
        ("gretap", Some(Errno::Exist), Some(Errno::Exist)),
        ("gre", None, None),
        ("ip6tnl", Some(Errno::Exist), Some(Errno::Exist)),
        ("ip6gre", Some(Errno::Exist), Some(Errno::Exist)),
        ("ip6gretap", Some(Errno::Exist), None),
    ];
    for (kind, made, changed) in cases {
        let have = world(&[("x", external(kind))]);
        assert_eq!(refused(&have, &make("l", link(kind))), made, "{kind}");
        let end = if kind.starts_with("ip6") { "2001:db8::1" } else { "192.0.2.1" };
        let end = ("remote", Value::Ip(end.parse().expect("an address")));
        let far = || with(kind, std::slice::from_ref(&end));
        assert_eq!(refused(&have, &make("l", far())), None, "{kind} with ends");
        let same = with(kind, &[("external", Value::Bool(true)), end.clone()]);
        assert_eq!(refused(&world(&[("x", same)]), &make("l", far())), made, "{kind} with the same ends");
        let have = world(&[("x", external(kind)), ("l", link(kind))]);
        assert_eq!(refused(&have, &change(kind)), changed, "{kind} as it is changed");
    }
    let have = world(&[("x", external("ip6gre")), ("l", link("ip6gretap"))]);
    assert_eq!(refused(&have, &change("ip6gretap")), Some(Errno::Exist));
}

#[test]
fn a_tunnel_for_whoever_sends_makes_way_and_comes_after() {
    let external = || with("ipip", &[("external", Value::Bool(true))]);
    let both = [("a", external()), ("b", link("ipip"))];
    let (found, _) = done(&world(&[]), &goal(&both));
    assert!(told(&found)[0].starts_with("create b "), "{:?}", told(&found));
    let mut want = goal(&[("b", with("ipip", &[("ttl", Value::Num(9))]))]);
    want.rebuild = false;
    let conflict = Conflict::NeedsRebuild { link: here("a"), because: vec![Reason::Follows(here("b"))] };
    assert_eq!(plan(&world(&both), &want).err(), Some(vec![conflict]));
    want.rebuild = true;
    let (found, _) = done(&world(&both), &want);
    let words: Vec<_> =
        told(&found).iter().map(|t| t.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(words, ["delete a", "set b", "create a"]);
}

#[test]
fn a_macvlan_has_not_the_address_of_the_link_below() {
    let mut lower = link("dummy");
    lower.base.set(base::ADDRESS, Mac::new(&[2, 0, 0, 0, 0, 1]).expect("a MAC"));
    let address = lower.base.only(|f| f.name == "address");
    let on = |up: bool, mode: &str| {
        let mode = Value::Word(if mode == "passthru" { "passthru" } else { "bridge" });
        let mut out = with("macvlan", &[("mode", mode)]);
        (out.lower, out.base) = (Some(here("d")), address.clone());
        out.base.set(base::UP, up);
        out
    };
    let have = world(&[("d", lower.clone())]);
    let make = |up, mode: &str| Act::Create { key: here("m"), link: Box::new(on(up, mode)), peer: None };
    assert_eq!(refused(&have, &make(true, "bridge")), Some(Errno::AddrInUse));
    assert_eq!(refused(&have, &make(false, "bridge")), None);
    assert_eq!(refused(&have, &make(true, "passthru")), None);
    let mut own = on(false, "bridge");
    own.base.take(&base::ADDRESS.0);
    let have = world(&[("d", lower), ("m", own)]);
    assert_eq!(refused(&have, &Act::Base(here("m"), address.clone())), Some(Errno::AddrInUse));
}

#[test]
fn a_bond_that_stops_watching_carrier_is_told_no_delay() {
    let is = |mode, every: u64, delay: u64| {
        let said =
            [("mode", Value::Word(mode)), ("miimon", Value::Num(every)), ("downdelay", Value::Num(delay))];
        with("bond", &said)
    };
    let have = world(&[("b", is("active-backup", 3, 3))]);
    let none = is("broadcast", 0, 0).data;
    assert_eq!(refused(&have, &Act::Data(here("b"), none)), Some(Errno::Perm));
    for mode in ["active-backup", "broadcast"] {
        let acts = told(&done(&have, &goal(&[("b", is(mode, 0, 0))])).0);
        assert!(acts.len() == 1 && !acts[0].contains("downdelay"), "{acts:?}");
    }
}

#[test]
fn an_external_geneve_has_its_port_for_itself() {
    let port = |n: u64| ("dstport", Value::Num(n));
    let external = |n| with("geneve", &[("external", Value::Bool(true)), port(n)]);
    let make = |link| Act::Create { key: here("g1"), link: Box::new(link), peer: None };
    let usual = with("geneve", &[("id", Value::Num(7))]);
    let other = with("geneve", &[("id", Value::Num(7)), port(4000)]);
    let have = world(&[("g0", external(6081))]);
    assert_eq!(refused(&have, &make(usual.clone())), Some(Errno::Exist), "6081 goes without saying");
    assert_eq!(refused(&have, &make(other)), None);
    let have = world(&[("g0", usual)]);
    assert_eq!(refused(&have, &make(external(6081))), Some(Errno::Exist));
    assert_eq!(refused(&have, &make(external(4000))), None);
}

#[test]
fn a_macsec_turns_on_one_switch_of_the_header_a_message() {
    let is = |words: &[&str]| {
        let on: Vec<_> = words.iter().map(|w| (*w, Value::Bool(true))).collect();
        let mut out = with("macsec", &on);
        out.lower = Some(here("d"));
        out
    };
    let have = world(&[("d", link("dummy"))]);
    let make = Act::Create { key: here("m"), link: Box::new(is(&["end_station", "scb"])), peer: None };
    assert_eq!(refused(&have, &make), Some(Errno::Inval));
    let (found, after) = done(&have, &goal(&[("m", is(&["send_sci", "end_station", "scb"]))]));
    assert_eq!(found.steps.len(), 2, "{:?}", told(&found));
    let both = after;
    let off = with("macsec", &[("end_station", Value::Bool(false)), ("scb", Value::Bool(false))]);
    let (found, none) = done(&both, &goal(&[("m", off)]));
    assert_eq!(found.steps.len(), 1, "{:?}", told(&found));
    let (found, _) = done(&none, &goal(&[("m", is(&["end_station", "scb"]))]));
    assert_eq!(found.steps.len(), 2, "{:?}", told(&found));
}

#[test]
fn what_the_second_end_of_a_netkit_pair_is_to_be_is_said_to_the_first() {
    let mut first =
        with("netkit", &[("policy", Value::Word("forward")), ("peer_policy", Value::Word("forward"))]);
    let mut second = first.clone();
    (first.peer, second.peer, second.second) = (Some(here("n1")), Some(here("n0")), true);
    let have = world(&[("n0", first), ("n1", second)]);
    let want = goal(&[("n1", with("netkit", &[("policy", Value::Word("blackhole"))]))]);
    let found = plan(&have, &want).expect("a plan");
    assert_eq!(told(&found), ["set n0 peer_policy=Word(\"blackhole\") "]);
}

#[test]
fn a_ring_that_loses_an_end_stays_and_is_made_anew() {
    let ends = [("slave1", Value::Link(name("vx"))), ("slave2", Value::Link(name("d1")))];
    let have = world(&[("vx", vxlan(42)), ("d1", link("dummy")), ("h", with("hsr", &ends))]);
    let mut model = Model::new(have.clone());
    model.act(&Act::Delete(here("vx"))).expect("nothing holds it");
    assert!(model.world().contains_key(&here("h")));
    model.act(&Act::Delete(here("d1"))).expect("nothing holds it");
    assert!(!model.world().contains_key(&here("h")));
    let (found, after) = done(&have, &goal(&[("vx", with("vxlan", &[("id", Value::Num(43))]))]));
    let deleted = found.steps.iter().find(|s| matches!(&s.act, Act::Delete(k) if *k == here("h")));
    assert_eq!(deleted.map(|s| s.why.clone()), Some(vec![Reason::Follows(here("vx"))]));
    assert_eq!(after[&here("h")].data, with("hsr", &ends).data);
}

#[test]
fn a_tunnel_that_ignores_df_is_told_to_stop_that_first() {
    let is = [("ignore_df", Value::Bool(true)), ("pmtudisc", Value::Bool(false))];
    let have = world(&[("g", with("gre", &is))]);
    let want = [("ignore_df", Value::Bool(false)), ("pmtudisc", Value::Bool(true))];
    assert_eq!(refused(&have, &Act::Data(here("g"), data("gre", &want))), Some(Errno::Inval));
    let (found, _) = done(&have, &goal(&[("g", with("gre", &want))]));
    assert_eq!(found.steps.len(), 2);
}

#[test]
fn a_ttl_that_is_said_brings_pmtudisc_along() {
    let without = |ttl| [("ttl", Value::Num(ttl)), ("pmtudisc", Value::Bool(false))];
    let have = world(&[("t", with("ipip", &without(0))), ("s", with("sit", &without(64)))]);
    assert_eq!(refused(&have, &Act::Data(here("t"), data("ipip", &without(5)))), Some(Errno::Inval));
    // 64 is what a sit has unsaid, so that it need not be.
    let (found, after) = done(&have, &goal(&[("s", with("sit", &[("tos", Value::Num(8))]))]));
    assert!(told(&found)[0].contains("pmtudisc=Bool(false)") && !told(&found)[0].contains("ttl"));
    let said = with("sit", &without(64)).data;
    assert!(said.iter().all(|(f, v)| after[&here("s")].data.value(f) == Some(v)));
}

#[test]
fn a_bond_takes_no_address_that_a_port_does_not_take() {
    let mac = Mac::new(&[2, 0, 0, 0, 0, 1]).expect("six bytes");
    let mut record = Record::new(&base::FIELDS);
    record.set(base::ADDRESS, mac);
    let address = Act::Base(here("b"), record);
    let nk = |mode| master(with("netkit", &[("mode", Value::Word(mode))]), "b");
    assert_eq!(refused(&world(&[("b", link("bond")), ("n", nk("l2"))]), &address), None);
    assert_eq!(refused(&world(&[("b", link("bond")), ("n", nk("l3"))]), &address), Some(Errno::NotSupp));
}

#[test]
fn tunnels_go_out_of_a_link_that_was_made_anew_as_before() {
    let out = |kind: &str, more: &[(&str, Value<'static>)]| {
        with(kind, &[&[("dev", Value::Link(name("v")))], more].concat())
    };
    let numbered = |index: u32, link: Link| Link { index, ..link };
    let have = world(&[
        ("d", link("dummy")),
        ("v", numbered(7, vlan(7, "d"))),
        ("g", out("gre", &[])),
        ("x", out("xfrm", &[("if_id", Value::Num(5))])),
    ]);
    let (found, after) = done(&have, &goal(&[("v", vlan(8, "d"))]));
    let words: Vec<_> =
        told(&found).iter().map(|t| t.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(words, ["delete v", "delete x", "create v", "set g", "create x"]);
    let tunnel = found.steps.iter().find(|s| *s.act.key() == here("x")).expect("a step");
    assert_eq!(tunnel.why, [Reason::Follows(here("v"))]);
    let dev = |world: &World, key: &str| {
        let link = &world[&here(key)];
        link.data.value(link.data.fields().find("dev").expect("a field")).cloned()
    };
    assert_eq!((dev(&after, "g"), dev(&after, "x")), (dev(&have, "g"), dev(&have, "x")));
    // Nobody is to take its place: they keep its number, and are still changed.
    let mut want = goal(&[("g", with("gre", &[("ttl", Value::Num(9))]))]);
    want.forbid(here("v"));
    let (found, after) = done(&have, &want);
    assert_eq!(dev(&after, "g"), Some(Value::Link(name("if7"))));
    assert_eq!(dev(&after, "x"), Some(Value::Link(name("if7"))));
    assert_eq!(found.steps.len(), 2);
    let home = back(&have, &after);
    let (_, back) = done(&after, &home);
    assert_eq!((dev(&back, "g"), dev(&back, "x")), (dev(&have, "g"), dev(&have, "x")));
}

#[test]
fn a_port_that_a_team_takes_up_draws_addresses_as_if_it_went_up_by_itself() {
    let mut tunnel = with("xfrm", &[("if_id", Value::Num(5))]);
    tunnel.base.set(base::ADDRGENMODE, "eui64");
    tunnel.base.set(base::UP, false);
    tunnel.base.set(base::MTU, 1400);
    let mut team = link("team");
    team.base.set(base::MTU, 1500);
    team.base.set(base::UP, false);
    team.base.set(base::ADDRESS, Mac::new(&[2, 0, 0, 0, 0, 1]).expect("six bytes"));
    let mut model = Model::new(world(&[("x0", tunnel), ("t0", team)]));
    model.act(&Act::Master(here("x0"), Some(name("t0")))).expect("it is taken");
    assert_eq!(model.world()[&here("x0")].base.get(base::ADDRGENMODE), Some("random"));
}
