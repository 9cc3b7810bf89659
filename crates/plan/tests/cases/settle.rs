//! Links that are made and changed.

use linkctl_kinds::link as base;
use linkctl_link::{Goal, Link, World};
use linkctl_plan::{Harm, Model, Plan, Reason, back, plan};
use linkctl_schema::Value;

use crate::build::*;

#[test]
fn a_goal_that_is_met_makes_an_empty_plan() {
    let links =
        [("br0", up(link("bridge"))), ("d0", up(master(link("dummy"), "br0"))), ("v7", vlan(7, "d0"))];
    let found = plan(&world(&links), &goal(&links)).expect("a plan");
    assert_eq!(found, Plan::default());
}

#[test]
fn only_differing_fields_are_sent_and_base_and_data_apart() {
    let mut have = vxlan(42);
    set(&mut have.data, "ageing", Value::Num(300));
    let mut want = have.clone();
    set(&mut want.data, "ageing", Value::Num(600));
    want.base.set(base::MTU, 1400);
    let (found, _) = done(&world(&[("vx", up(have))]), &goal(&[("vx", want)]));
    assert_eq!(told(&found), ["set vx mtu=Num(1400) ", "set vx ageing=Num(600) "]);
}

#[test]
fn bits_that_share_a_number_are_sent_together() {
    let mut have = on(link("macvlan"), "d0");
    set(&mut have.data, "mode", Value::Word("passthru"));
    set(&mut have.data, "nopromisc", Value::Bool(true));
    set(&mut have.data, "nodst", Value::Bool(false));
    let mut want = link("macvlan");
    set(&mut want.data, "nodst", Value::Bool(true));
    let (found, after) = done(&world(&[("d0", link("dummy")), ("m", have)]), &goal(&[("m", want)]));
    assert_eq!(told(&found), ["set m nopromisc=Bool(true) nodst=Bool(true) "]);
    assert_eq!(
        after[&here("m")].data.value(kind("macvlan").fields.find("nopromisc").expect("a field")),
        Some(&Value::Bool(true))
    );
}

/// A CAN controller that is down and set.
fn controller() -> linkctl_link::Link {
    let mut can = link("can");
    for (name, n) in [("bitrate", 500_000), ("sample_point", 875), ("tq", 125), ("prop_seg", 6)] {
        set(&mut can.data, name, Value::Num(n));
    }
    for (name, n) in [("phase_seg1", 7), ("phase_seg2", 2), ("sjw", 1)] {
        set(&mut can.data, name, Value::Num(n));
    }
    can
}

#[test]
fn a_struct_is_changed_with_all_that_was_said_of_it_and_that_the_rest_needs() {
    let change = |said: &[(&str, u64)]| {
        let mut want = link("can");
        said.iter().for_each(|(name, n)| set(&mut want.data, name, Value::Num(*n)));
        told(&done(&world(&[("can0", controller())]), &goal(&[("can0", want)])).0)
    };
    assert_eq!(change(&[("bitrate", 250_000)]), ["set can0 bitrate=Num(250000) "]);
    assert_eq!(
        change(&[("bitrate", 500_000), ("sample_point", 750)]),
        ["set can0 bitrate=Num(500000) sample_point=Num(750) "]
    );
    assert_eq!(change(&[("sample_point", 750)]), ["set can0 bitrate=Num(500000) sample_point=Num(750) "]);
    let quanta = [("tq", 250), ("prop_seg", 6), ("phase_seg1", 7), ("phase_seg2", 2)];
    assert_eq!(
        change(&quanta),
        ["set can0 tq=Num(250) prop_seg=Num(6) phase_seg1=Num(7) phase_seg2=Num(2) "]
    );
    assert_eq!(change(&[("bitrate", 500_000), ("sample_point", 874)]), [""; 0], "as near as it gets");
}

#[test]
fn a_replay_window_goes_with_the_replay_protection_that_wants_it() {
    let mut have = on(link("macsec"), "d0");
    set(&mut have.data, "replay", Value::Bool(false));
    let mut want = link("macsec");
    set(&mut want.data, "replay", Value::Bool(true));
    set(&mut want.data, "window", Value::Num(0));
    let (found, _) = done(&world(&[("d0", link("dummy")), ("m", have)]), &goal(&[("m", want)]));
    assert_eq!(told(&found), ["set m replay=Bool(true) window=Num(0) "]);
}

#[test]
fn deleting_a_master_releases_its_ports() {
    let have = world(&[("bond0", up(bond("active-backup"))), ("d0", up(master(link("dummy"), "bond0")))]);
    let mut want = Goal::new();
    want.forbid(here("bond0"));
    let (found, after) = done(&have, &want);
    assert_eq!(told(&found), ["delete bond0", "up d0"], "a bond takes its ports down as it goes");
    assert_eq!(after[&here("d0")].has_master(), None);
    assert_eq!(found.disruptive()[0].harm, Harm::Released);
}

#[test]
fn a_vlan_on_a_bond_of_two_is_five_acts() {
    let want = goal(&[
        ("v7", up(vlan(7, "bond0"))),
        ("eth0", master(hardware(), "bond0")),
        ("eth1", up(master(hardware(), "bond0"))),
        ("bond0", up(bond("802.3ad"))),
    ]);
    let (found, after) = done(&world(&[("eth0", up(hardware())), ("eth1", hardware())]), &want);
    let words: Vec<String> =
        found.steps.iter().map(|s| format!("{} {}", s.act.word(), s.act.key())).collect();
    assert_eq!(words, ["create bond0", "down eth0", "master eth0", "master eth1", "create v7"]);
    assert_eq!(found.steps[1].why, [Reason::Joins(name("bond0"))]);
    assert_eq!(after[&here("eth0")].up(), Some(true));
}

#[test]
fn the_mtu_below_goes_first_and_takes_what_is_above_along() {
    let (mut d0, mut v7) = (link("dummy"), vlan(7, "d0"));
    d0.base.set(base::MTU, 1500);
    v7.base.set(base::MTU, 1500);
    let have = world(&[("d0", d0.clone()), ("v7", v7.clone())]);
    d0.base.set(base::MTU, 9000);
    v7.base.set(base::MTU, 9000);
    let (found, after) = done(&have, &goal(&[("v7", v7), ("d0", d0.clone())]));
    assert_eq!(told(&found), ["set d0 mtu=Num(9000) ", "set v7 mtu=Num(9000) "]);
    d0.base.set(base::MTU, 1280);
    // Less takes what is above along by itself, unless more is said of that.
    let (found, after) = done(&after, &goal(&[("d0", d0.clone())]));
    assert_eq!(told(&found), ["set d0 mtu=Num(1280) "]);
    assert_eq!(found.disruptive().iter().map(|d| d.harm).collect::<Vec<_>>(), [Harm::Shrunk]);
    assert_eq!(after[&here("v7")].base.get(base::MTU), Some(1280));
    let mut v7 = Link::new(None);
    v7.base.set(base::MTU, 9000);
    let conflicts = no(&after, &goal(&[("d0", d0), ("v7", v7)]));
    assert_eq!(conflicts[0].to_string(), "v7: mtu 9000 is more than the 1280 of the link that it stands on");
}

#[test]
fn the_way_home_resets_what_was_not_set() {
    let have = world(&[("br0", link("bridge")), ("d0", link("dummy"))]);
    let mut want = master(link("dummy"), "br0");
    want.base.set(base::ALIAS, b"x".to_vec());
    want.base.set(base::ALTNAME, vec![Value::text("other")]);
    let (_, after) = done(&have, &goal(&[("d0", want)]));
    let home = plan(&after, &back(&have, &after)).expect("a plan");
    assert_eq!(
        told(&home),
        ["set d0 alias=Str([]) ", "altnames d0 +[] -[Str([111, 116, 104, 101, 114])]", "master d0 None"]
    );
}

#[test]
fn steps_grow_with_links_and_not_faster() {
    let steps = |many: u32| {
        let mut want = Goal { rebuild: true, ..Goal::default() };
        want.want(here("br0"), up(link("bridge")));
        for i in 0..many / 2 {
            let mut a = up(master(link("veth"), "br0"));
            a.peer = Some(there("blue", &format!("e{i}")));
            want.want(here(&format!("v{i}")), a);
        }
        let found = plan(&World::new(), &want).expect("a plan");
        let mut model = Model::new(World::new());
        found.steps.iter().for_each(|s| model.act(&s.act).expect("an act"));
        let after = model.into_world();
        assert!(plan(&after, &want).expect("a plan").is_empty());
        let mut none = Goal::new();
        after.keys().for_each(|k| none.forbid(k.clone()));
        let gone = plan(&after, &none).expect("a plan");
        assert_eq!(gone.steps.len(), found.steps.len(), "a pair is one deletion");
        found.steps.len()
    };
    assert_eq!((steps(2_000), steps(10_000)), (1_001, 5_001));
}

#[test]
fn a_macvlan_on_a_macvlan_is_one_beside_it() {
    let want = goal(&[("m1", on(link("macvlan"), "d0")), ("m2", on(link("macvtap"), "m1"))]);
    let (_, after) = done(&world(&[("d0", link("dummy"))]), &want);
    assert_eq!(after[&here("m2")].lower, Some(here("d0")));
}

#[test]
fn delays_of_a_bond_survive_another_interval() {
    let mut have = bond("active-backup");
    set(&mut have.data, "miimon", Value::Num(100));
    set(&mut have.data, "updelay", Value::Num(200));
    let mut want = link("bond");
    set(&mut want.data, "miimon", Value::Num(50));
    let (found, after) = done(&world(&[("bond0", have)]), &goal(&[("bond0", want)]));
    assert_eq!(told(&found), ["set bond0 miimon=Num(50) updelay=Num(200) "], "the kernel would make it 100");
    let field = kind("bond").fields.find("updelay").expect("a field");
    assert_eq!(after[&here("bond0")].data.value(field), Some(&Value::Num(200)));
}
