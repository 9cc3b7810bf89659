//! Settings of hardware and virtual functions: what is asked for, in which order, and what is foreseen.

use std::collections::{BTreeMap, BTreeSet};

use linkctl_kinds::link as base;
use linkctl_kinds::nic::ethtool::{
    self, ADVERTISE, AUTONEG, DUPLEX, FIXED, RX_RING, RX_RING_MAX, SPEED, SUPPORTED, TABLE, TX_RING,
};
use linkctl_kinds::nic::vf::{self, MAX_TX_RATE, MIN_TX_RATE, QOS, SPOOFCHK, VLAN};
use linkctl_link::{Functions, Goal, Link, World};
use linkctl_plan::{Harm, Model, back, plan, render};
use linkctl_schema::{Record, Value};

use crate::build::*;

fn texts(list: &[&str]) -> Vec<Value<'static>> {
    list.iter().map(|t| Value::text(*t)).collect()
}

fn feature(name: &str) -> &'static linkctl_schema::FieldDef {
    TABLE.find(name).expect("a feature")
}

/// A card as its driver tells it, with two functions of seven.
fn card() -> Link {
    let mut settings = Record::new(&TABLE)
        .with(RX_RING, 256)
        .with(TX_RING, 256)
        .with(RX_RING_MAX, 4096)
        .with(AUTONEG, true)
        .with(SPEED, 1000)
        .with(DUPLEX, "full")
        .with(ADVERTISE, texts(&["1000baseT/Full"]))
        .with(SUPPORTED, texts(&["100baseT/Full", "1000baseT/Full"]))
        .with(ethtool::WOL_MAGIC, false)
        .with(ethtool::WOL_PHY, true)
        .with(FIXED, texts(&["highdma"]));
    settings.put(feature("highdma"), Value::Bool(true));
    settings.put(feature("rx-gro"), Value::Bool(true));
    let function = Record::new(&vf::FIELDS)
        .with(VLAN, 5)
        .with(QOS, 3)
        .with(MIN_TX_RATE, 0)
        .with(MAX_TX_RATE, 100)
        .with(SPOOFCHK, true);
    let mut link = up(hardware());
    link.index = 2;
    link.nic_mut().ethtool = Some(settings);
    link.nic_mut().vf = Some(Functions {
        count: Some(2),
        most: Some(7),
        each: [(0, function.clone()), (1, function)].into_iter().collect(),
    });
    link
}

fn have() -> World {
    world(&[("eth0", card())])
}

fn settings(record: Record) -> Link {
    let mut link = hardware();
    link.nic_mut().ethtool = Some(record);
    link
}

fn functions(count: Option<u32>, each: &[(u32, Record)]) -> Link {
    let mut link = hardware();
    let each = each.iter().cloned().collect();
    link.nic_mut().vf = Some(Functions { count, most: None, each });
    link
}

/// The commands of the plan to a goal, and of the way back from there; both are walked.
fn commands(want: Link) -> (Vec<String>, Vec<String>) {
    let (have, want) = (have(), goal(&[("eth0", want)]));
    let found = plan(&have, &want).expect("a plan");
    let after = walked(&have, &found);
    assert!(plan(&after, &want).expect("a plan").is_empty(), "nothing is left to do");
    let home = plan(&after, &back(&have, &after)).expect("a way back");
    walked(&after, &home);
    (render::commands(&found, &have), render::commands(&home, &after))
}

fn walked(have: &World, plan: &linkctl_plan::Plan) -> World {
    let mut model = Model::new(have.clone());
    plan.steps.iter().for_each(|s| model.act(&s.act).expect("the model takes it"));
    model.into_world()
}

fn refused(want: Link) -> String {
    plan(&have(), &goal(&[("eth0", want)])).expect_err("a conflict")[0].to_string()
}

#[test]
fn only_what_differs_is_sent_one_message_for_each_group() {
    let mut want = Record::new(&TABLE).with(RX_RING, 512).with(TX_RING, 256);
    want.put(feature("rx-gro"), Value::Bool(false));
    let (there, home) = commands(settings(want));
    assert_eq!(there, ["ethtool -G eth0 rx 512", "ethtool -K eth0 rx-gro off"]);
    assert_eq!(home, ["ethtool -G eth0 rx 256", "ethtool -K eth0 rx-gro on"]);
}

#[test]
fn what_wakes_the_machine_is_sent_whole() {
    let (there, home) = commands(settings(Record::new(&TABLE).with(ethtool::WOL_MAGIC, true)));
    assert_eq!(there, ["ethtool -s eth0 wol pg"]);
    assert_eq!(home, ["ethtool -s eth0 wol p"]);
}

#[test]
fn a_fixed_speed_goes_together_and_the_way_back_offers_what_was_offered() {
    let want = Record::new(&TABLE).with(AUTONEG, false).with(SPEED, 100).with(DUPLEX, "full");
    let (there, home) = commands(settings(want));
    assert_eq!(there, ["ethtool -s eth0 speed 100 duplex full autoneg off"]);
    assert_eq!(home, ["ethtool -s eth0 autoneg on advertise 1000baseT/Full on"]);
}

#[test]
fn autonegotiation_alone_offers_all_that_the_hardware_can() {
    let mut link = card();
    let record = link.nic_mut().ethtool.as_mut().expect("settings");
    record.set(AUTONEG, false);
    record.set(ADVERTISE, Vec::new());
    let have = world(&[("eth0", link)]);
    let want = goal(&[("eth0", settings(Record::new(&TABLE).with(AUTONEG, true)))]);
    let found = plan(&have, &want).expect("a plan");
    assert_eq!(
        render::commands(&found, &have),
        ["ethtool -s eth0 autoneg on advertise 100baseT/Full on 1000baseT/Full on"]
    );
    assert!(plan(&walked(&have, &found), &want).expect("a plan").is_empty());
}

#[test]
fn the_number_of_functions_changes_by_way_of_none_and_what_was_said_of_them_comes_back() {
    let want = functions(Some(3), &[(2, Record::new(&vf::FIELDS).with(VLAN, 9))]);
    let found = plan(&have(), &goal(&[("eth0", want.clone())])).expect("a plan");
    let harms: Vec<_> = found.disruptive().iter().map(|d| d.harm).collect();
    assert_eq!(harms, [Harm::Functions]);
    let (there, home) = commands(want);
    let both = |n: u32| {
        format!("ip link set dev eth0 vf {n} vlan 5 qos 3 min_tx_rate 0 max_tx_rate 100 spoofchk on")
    };
    assert_eq!(
        there,
        [
            "echo 0 >/sys/class/net/eth0/device/sriov_numvfs".to_owned(),
            "echo 3 >/sys/class/net/eth0/device/sriov_numvfs".to_owned(),
            both(0),
            both(1),
            "ip link set dev eth0 vf 2 vlan 9".to_owned(),
        ]
    );
    assert_eq!(home[1..], ["echo 2 >/sys/class/net/eth0/device/sriov_numvfs".to_owned(), both(0), both(1)]);
}

#[test]
fn what_is_of_one_struct_is_sent_with_its_mates() {
    let said = Record::new(&vf::FIELDS).with(QOS, 1).with(MIN_TX_RATE, 10);
    let (there, home) = commands(functions(None, &[(1, said)]));
    assert_eq!(there, ["ip link set dev eth0 vf 1 vlan 5 qos 1 min_tx_rate 10 max_tx_rate 100"]);
    assert_eq!(home, ["ip link set dev eth0 vf 1 vlan 5 qos 3 min_tx_rate 0 max_tx_rate 100"]);
}

#[test]
fn what_the_driver_does_not_take_is_foreseen() {
    let set = |f: &linkctl_schema::FieldDef, value| {
        let mut record = Record::new(&TABLE);
        record.put(f, value);
        refused(settings(record))
    };
    let ring = set(&RX_RING.0, Value::Num(9000));
    assert_eq!(ring, "eth0: rx_ring 9000 is more than the 4096 that its driver takes");
    assert_eq!(
        set(feature("highdma"), Value::Bool(false)),
        "eth0: highdma stays on: its driver cannot change it"
    );
    let lacks = "neither its driver nor this kernel tells of it";
    assert_eq!(set(feature("rx-lro"), Value::Bool(true)), format!("eth0: it has no rx-lro: {lacks}"));
    assert_eq!(set(&ethtool::RX_USECS.0, Value::Num(5)), format!("eth0: it has no rx_usecs: {lacks}"));
    assert!(set(&SPEED.0, Value::Num(33)).contains("100baseT/Full, 1000baseT/Full"));
    assert!(set(&ADVERTISE.0, Value::List(texts(&["a\x1bb"]))).contains("a\\x1bb"));
    assert_eq!(
        refused(functions(Some(8), &[])),
        "eth0: 8 virtual functions are more than the 7 that it can have"
    );
    let seventh = refused(functions(None, &[(7, Record::new(&vf::FIELDS).with(VLAN, 1))]));
    assert_eq!(seventh, "eth0: it has 2 virtual functions, numbered from 0, and none is 7");
}

#[test]
fn a_change_that_sets_the_hardware_up_anew_is_told_of_a_link_that_is_up() {
    let ring = || goal(&[("eth0", settings(Record::new(&TABLE).with(RX_RING, 512)))]);
    let harms = |have: &World, want: &Goal| -> Vec<Harm> {
        plan(have, want).expect("a plan").disruptive().iter().map(|d| d.harm).collect()
    };
    assert_eq!(harms(&have(), &ring()), [Harm::Reset]);
    let mut down = card();
    down.base.set(linkctl_kinds::link::UP, false);
    assert_eq!(harms(&world(&[("eth0", down)]), &ring()), []);
    let mut calm = Record::new(&TABLE);
    calm.put(feature("rx-gro"), Value::Bool(false));
    assert_eq!(harms(&have(), &goal(&[("eth0", settings(calm))])), []);
}

#[test]
fn of_a_new_link_all_that_is_said_is_sent() {
    let mut made = link("dummy");
    let mut record = Record::new(&TABLE);
    record.put(feature("rx-gro"), Value::Bool(false));
    made.nic_mut().ethtool = Some(record.with(ethtool::RX_CHANNELS, 2));
    let found = plan(&World::new(), &goal(&[("d0", made)])).expect("a plan");
    let told: Vec<String> = render::lines(&found).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "+ d0  create    it is missing, rx_channels → 2, rx-gro → off",
            "  ├ create   d0 type dummy",
            "  ├ ethtool  d0 rx_channels 2",
            "  └ ethtool  d0 rx-gro off",
        ]
    );
}

#[test]
fn a_fixed_speed_that_nobody_tells_is_said_to_be_forgotten_and_left_by_the_way_back() {
    let mut link = card();
    let record = link.nic_mut().ethtool.as_mut().expect("settings");
    record.set(AUTONEG, false);
    *record = record.only(|f| !matches!(f.name, "speed" | "duplex"));
    let have = world(&[("eth0", link)]);
    let want = Record::new(&TABLE).with(AUTONEG, true).with(RX_RING, 512);
    let found = plan(&have, &goal(&[("eth0", settings(want))])).expect("a plan");
    let harms: Vec<_> = found.disruptive().iter().map(|d| d.harm).collect();
    assert_eq!(harms, [Harm::Forgotten]);
    let after = walked(&have, &found);
    let home = plan(&after, &back(&have, &after)).expect("a way back");
    assert_eq!(render::commands(&home, &after), ["ethtool -G eth0 rx 256"]);
}

fn switch() -> Link {
    let mut link = up(hardware());
    link.foreign = Some(b"openvswitch".to_vec().into());
    link
}

#[test]
fn ports_of_open_vswitch_come_and_go_by_its_client() {
    let have = world(&[
        ("ovs-system", switch()),
        ("ovsbr", switch()),
        ("br0", up(link("bridge"))),
        ("a", up(link("dummy"))),
        ("b", master(up(link("dummy")), "ovsbr")),
        ("c", master(up(link("dummy")), "br0")),
    ]);
    let want = goal(&[
        ("a", master(link("dummy"), "ovsbr")),
        ("b", master(link("dummy"), "br0")),
        ("c", master(link("dummy"), "ovsbr")),
    ]);
    let found = plan(&have, &want).expect("a plan");
    let client = "ovs-vsctl --timeout=10 --";
    assert_eq!(
        render::commands(&found, &have),
        [
            format!("{client} --if-exists del-port ovsbr b"),
            "ip link set dev b master br0".to_owned(),
            format!("{client} --may-exist add-port ovsbr a"),
            "ip link set dev c nomaster".to_owned(),
            format!("{client} --may-exist add-port ovsbr c"),
        ]
    );
    let after = walked(&have, &found);
    let home = plan(&after, &back(&have, &after)).expect("a way back");
    assert!(walked(&after, &home)[&here("b")].has_master() == Some(name("ovsbr")));
}

#[test]
fn links_of_open_vswitch_are_not_deleted() {
    let mut have = world(&[("ovs-system", switch()), ("ovsbr", switch())]);
    have.insert(here("p"), master(up(link("dummy")), "ovs-system"));
    have.insert(here("q"), up(link("dummy")));
    let mut want = Goal::new();
    want.forbid(here("ovsbr"));
    let told = plan(&have, &want).expect_err("a conflict")[0].to_string();
    assert!(told.contains("ovs-vsctl del-br"), "{told}");
    let full = Goal { scope: linkctl_link::Scope::Full, ..Goal::new() };
    let wide = linkctl_plan::scope::widen(&full, &have, &BTreeMap::new(), &BTreeSet::new());
    assert_eq!(wide.links.keys().map(ToString::to_string).collect::<Vec<_>>(), ["q"], "a port is in use");
    assert!(back(&World::new(), &have).links.keys().all(|k| k.name != name("ovsbr")), "nor by a way back");
}

#[test]
fn a_partition_of_infiniband_that_is_made_anew_keeps_no_address_and_has_its_mtu_set_afterwards() {
    let address = |queue: u8| {
        let mut bytes = [0x80; 20];
        bytes[3] = queue;
        linkctl_schema::Mac::new(&bytes).expect("an address")
    };
    let mut part = up(on(link("ipoib"), "ib0"));
    set(&mut part.data, "pkey", Value::Num(0x8001));
    part.base.set(base::ADDRESS, address(1));
    part.base.set(base::BROADCAST, address(255));
    part.base.set(base::MTU, 2044);
    let have = world(&[("ib0", up(link("ipoib"))), ("part", part)]);
    let mut other = on(link("ipoib"), "ib0");
    set(&mut other.data, "pkey", Value::Num(0x8002));
    let mut want = goal(&[("part", other)]);
    want.rebuild = true;
    let found = plan(&have, &want).expect("a plan");
    assert_eq!(
        render::commands(&found, &have),
        [
            "ip link del dev part",
            "ip link add link ib0 name part up type ipoib pkey 0x8002",
            "ip link set dev part mtu 2044",
        ]
    );
    let mut after = walked(&have, &found);
    after.get_mut(&here("part")).expect("it is there").base.set(base::ADDRESS, address(2));
    let home = back(&have, &after);
    let said = home.links[&here("part")].link().expect("it is wanted");
    assert_eq!((said.base.get(base::ADDRESS), said.base.get(base::MTU)), (None, Some(2044)));
    let mut gone = Goal::new();
    gone.forbid(here("ib0"));
    let told = plan(&have, &gone).expect_err("a conflict")[0].to_string();
    assert!(told.contains("hardware"), "{told}");
    // One that stayed what it is gets its address back.
    let mut same = have.clone();
    let mut ours = [0x80; 20];
    (ours[3], ours[19]) = (1, 7);
    let ours = linkctl_schema::Mac::new(&ours).expect("an address");
    same.get_mut(&here("part")).expect("it is there").base.set(base::ADDRESS, ours);
    let said = back(&have, &same).links[&here("part")].link().cloned().expect("it is wanted");
    assert_eq!(said.base.get(base::ADDRESS), Some(address(1)));
    // The mode decides which MTU it takes.
    let mut large = hardware();
    large.kind = Some(kind("ipoib"));
    large.data = Record::new(kind("ipoib").fields);
    set(&mut large.data, "mode", Value::Word("connected"));
    large.base.set(base::MTU, 9000);
    let found = plan(&have, &goal(&[("part", large)])).expect("a plan");
    assert_eq!(
        render::commands(&found, &have),
        ["ip link set dev part type ipoib mode connected", "ip link set dev part mtu 9000"]
    );
}

#[test]
fn what_a_link_got_under_another_name_is_taken_from_it_on_the_way_back() {
    let mut was = up(link("dummy"));
    was.index = 7;
    let have = world(&[("a", was.clone())]);
    was.base.set(base::ALIAS, b"new".to_vec());
    let now = world(&[("b", was)]);
    let home = back(&have, &now);
    let said = home.links[&here("a")].link().expect("it is wanted");
    assert_eq!(said.base.get(base::ALIAS), Some(Vec::new()));
}
