//! What follows what: addresses, modes and settings that a kernel changes along, and ways home that leave them to it.

use linkctl_kinds::link as base;
use linkctl_link::{Key, Link, World};
use linkctl_plan::{back, plan};
use linkctl_schema::{Mac, Value};

use crate::build::*;

fn mac(last: u8) -> Mac {
    Mac::new(&[2, 0, 0, 0, 0, last]).expect("six bytes")
}

fn ip(text: &str) -> Value<'static> {
    Value::Ip(text.parse().expect("an address"))
}

/// What a way home wants of one link.
fn home(was: &Link, is: &Link) -> Link {
    let world = |l: &Link| World::from([(here("t"), l.clone())]);
    let goal = back(&world(was), &world(is));
    goal.links[&here("t")].link().expect("it is to be").clone()
}

#[test]
fn a_way_home_says_no_address_that_follows_a_tunnels_ends() {
    let end = |text: &str, bytes: &[u8]| {
        let mut out = link("vti");
        set(&mut out.data, "local", ip(text));
        out.base.put(&base::ADDRESS.0, Value::Mac(Mac::new(bytes).expect("short")));
        out
    };
    let want = home(&end("10.0.0.1", &[10, 0, 0, 1]), &end("10.0.0.2", &[10, 0, 0, 2]));
    assert_eq!(want.base.value(&base::ADDRESS.0), None);
    assert_eq!(want.data.value(kind("vti").fields.find("local").expect("a field")), Some(&ip("10.0.0.1")));
}

#[test]
fn an_end_that_a_tunnel_over_ipv6_got_is_taken_back_as_ipv6() {
    let mut was = vxlan(42);
    set(&mut was.data, "local", ip("fd00::1"));
    let mut is = was.clone();
    set(&mut is.data, "remote", ip("fd00::2"));
    let want = home(&was, &is);
    assert_eq!(want.data.value(kind("vxlan").fields.find("remote").expect("a field")), Some(&ip("::")));
}

#[test]
fn a_new_port_floods_until_it_is_told_not_to() {
    let d0 = port(master(link("dummy"), "br0"), "bridge", "mcast_flood", Value::Bool(false));
    let have = world(&[("br0", link("bridge")), ("d0", link("dummy"))]);
    let (found, _) = done(&have, &goal(&[("d0", d0)]));
    assert_eq!(told(&found), ["master d0 Some(\"br0\")", "port d0 mcast_flood=Bool(false) "]);
}

#[test]
fn settings_of_a_bridges_port_that_do_not_go_together_are_told_beforehand() {
    let have = world(&[("br0", link("bridge")), ("d0", master(link("dummy"), "br0"))]);
    let mab = || port(master(link("dummy"), "br0"), "bridge", "mab", Value::Bool(true));
    let said = no(&have, &goal(&[("d0", mab())]))[0].to_string();
    assert_eq!(said, "d0: with mab, locked and learning have to be on");
    let mut both = mab();
    set(both.port.as_mut().expect("a port"), "locked", Value::Bool(true));
    assert_eq!(told(&done(&have, &goal(&[("d0", both)])).0), ["port d0 locked=Bool(true) mab=Bool(true) "]);
    let pause = port(master(link("dummy"), "br0"), "bridge", "group_fwd_mask", Value::Num(2));
    assert!(no(&have, &goal(&[("d0", pause)]))[0].to_string().contains("group_fwd_mask"));
}

#[test]
fn a_macvlan_in_mode_passthru_shares_the_address_of_the_link_below() {
    let mut d0 = link("dummy");
    d0.base.set(base::ADDRESS, mac(1));
    let have = world(&[("d0", d0)]);
    let mut m = on(link("macvlan"), "d0");
    set(&mut m.data, "mode", Value::Word("passthru"));
    let plain = done(&have, &goal(&[("m", m.clone())])).1;
    assert_eq!(plain[&here("m")].base.get(base::ADDRESS), Some(mac(1)));
    m.base.set(base::ADDRESS, mac(2));
    let (found, after) = done(&have, &goal(&[("m", m)]));
    let acts = told(&found);
    assert!(acts.len() == 2 && !acts[0].contains("address"), "{acts:?}");
    let addresses = |k: &Key| after[k].base.get(base::ADDRESS);
    assert_eq!([addresses(&here("m")), addresses(&here("d0"))], [Some(mac(2)), Some(mac(2))]);
}

#[test]
fn a_macvlan_that_leaves_mode_passthru_gives_the_address_back() {
    let mut d0 = link("dummy");
    d0.base.set(base::ADDRESS, mac(1));
    let mut m = on(link("macvlan"), "d0");
    set(&mut m.data, "mode", Value::Word("passthru"));
    let have = done(&world(&[("d0", d0)]), &goal(&[("m", m.clone())])).1;
    set(&mut m.data, "mode", Value::Word("bridge"));
    let acts = told(&done(&have, &goal(&[("m", m.clone())])).0);
    assert!(acts.len() == 2 && acts.iter().all(|a| !a.contains("address")), "{acts:?}");
    m.base.set(base::ADDRESS, mac(2));
    let acts = told(&done(&have, &goal(&[("m", m)])).0);
    assert!(acts.len() == 2 && acts[1].contains("address"), "{acts:?}");
}

#[test]
fn a_macvlan_that_no_longer_sorts_by_source_is_not_told_to_forget_its_list() {
    let mut was = on(link("macvlan"), "d0");
    set(&mut was.data, "mode", Value::Word("vepa"));
    let mut is = was.clone();
    set(&mut is.data, "mode", Value::Word("source"));
    set(&mut is.data, "macaddr", Value::List(vec![Value::Mac(mac(1))]));
    let (before, now) =
        (world(&[("d0", link("dummy")), ("m", was)]), world(&[("d0", link("dummy")), ("m", is)]));
    let way = plan(&now, &back(&before, &now)).expect("a plan");
    assert_eq!(told(&way), ["set m mode=Word(\"vepa\") "]);
}

#[test]
fn a_tunnel_for_whoever_sends_is_made_anew_for_any_change() {
    let mut have = link("ipip");
    set(&mut have.data, "external", Value::Bool(true));
    let mut want = link("ipip");
    set(&mut want.data, "tos", Value::Num(4));
    let mut want = goal(&[("t", want)]);
    let have = world(&[("t", have)]);
    assert_eq!(told(&done(&have, &want).0)[0], "delete t");
    want.rebuild = false;
    assert!(no(&have, &want)[0].to_string().contains("made anew"));
}
