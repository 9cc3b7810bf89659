//! Links that are deleted and made anew, and what that does to those around.

use linkctl_kinds::link as base;
use linkctl_plan::{Harm, Reason};
use linkctl_schema::{Change, Value};

use crate::build::*;

#[test]
fn another_vxlan_id_rebuilds_and_enslaves_again() {
    let isolated = || Value::Bool(true);
    let vx = port(up(master(vxlan(42), "br0")), "bridge", "isolated", isolated());
    let have = world(&[("br0", up(link("bridge"))), ("vx", vx)]);
    let mut want = link("vxlan");
    set(&mut want.data, "id", Value::Num(43));
    let mut want = goal(&[("vx", want)]);
    let (found, after) = done(&have, &want);
    let acts = told(&found);
    assert_eq!(acts.len(), 3, "{acts:?}");
    assert_eq!((acts[0].as_str(), acts[2].as_str()), ("delete vx", "port vx isolated=Bool(true) "));
    assert!(
        acts[1].contains("master=Link(\"br0\")")
            && acts[1].contains("up=Bool(true)")
            && acts[1].contains("dstport=Num(4789)")
    );
    assert_eq!(after[&here("vx")].has_master(), Some(name("br0")));
    assert_eq!(found.disruptive().iter().map(|d| d.harm).collect::<Vec<_>>(), [Harm::Rebuilt]);
    want.rebuild = false;
    let conflicts = no(&have, &want);
    assert_eq!(conflicts[0].to_string(), "vx would have to be deleted and made anew: id 42 → 43");
}

#[test]
fn what_stands_on_a_rebuilt_link_comes_back_as_it_was() {
    let mut v7 = up(vlan(7, "vx"));
    v7.base.set(base::ALIAS, b"seven".to_vec());
    let have = world(&[("vx", up(vxlan(42))), ("v7", v7.clone())]);
    let mut want = link("vxlan");
    set(&mut want.data, "id", Value::Num(43));
    let (found, after) = done(&have, &goal(&[("vx", want)]));
    assert_eq!(
        found.steps.iter().map(|s| s.act.word()).collect::<Vec<_>>(),
        ["delete", "create", "create", "set"]
    );
    assert_eq!(after[&here("v7")].base.get(base::ALIAS), Some(b"seven".to_vec()));
    assert_eq!(after[&here("v7")].up(), Some(true));
    assert_eq!(found.steps[2].why, [Reason::Falls(here("vx"))]);
}

#[test]
fn a_bystander_port_returns_to_its_rebuilt_bridge_with_its_settings() {
    let mut br = up(link("bridge"));
    br.base.set(base::NUMTXQUEUES, 1);
    let d0 = port(up(master(link("dummy"), "br0")), "bridge", "isolated", Value::Bool(true));
    let have = world(&[("br0", br), ("d0", d0)]);
    let mut want = link("bridge");
    want.base.set(base::NUMTXQUEUES, 4);
    let (found, after) = done(&have, &goal(&[("br0", want)]));
    let acts = told(&found);
    assert_eq!(acts[2..], ["master d0 Some(\"br0\")", "port d0 isolated=Bool(true) "], "{acts:?}");
    assert_eq!(found.steps[2].why, [Reason::Returns]);
    assert_eq!(after[&here("d0")], have[&here("d0")]);
}

#[test]
fn another_bond_mode_takes_the_ports_out_and_in_again() {
    let d0 = port(up(master(link("dummy"), "bond0")), "bond", "queue_id", Value::Num(3));
    let mut bond0 = up(bond("active-backup"));
    set(&mut bond0.data, "primary", Value::Link(name("d0")));
    let have = world(&[("bond0", bond0), ("d0", d0)]);
    let mut want = link("bond");
    set(&mut want.data, "mode", Value::Word("balance-tlb"));
    let (found, _) = done(&have, &goal(&[("bond0", want)]));
    assert_eq!(
        told(&found),
        [
            "down bond0",
            "master d0 None",
            "set bond0 mode=Word(\"balance-tlb\") ",
            "up bond0",
            "master d0 Some(\"bond0\")",
            "port d0 queue_id=Num(3) ",
            "set bond0 primary=Link(\"d0\") ",
        ]
    );
    assert_eq!(found.steps[1].why, [Reason::Needs("mode", Change::Vacant)]);
}

#[test]
fn a_bystander_vlan_outlives_the_cycle_of_its_lower_link() {
    let mut v8 = vlan(8, "bond0");
    v8.base.set(base::UP, false);
    let have = world(&[("bond0", up(bond("802.3ad"))), ("v7", up(vlan(7, "bond0"))), ("v8", v8)]);
    let mut want = link("bond");
    set(&mut want.data, "lacp_rate", Value::Word("fast"));
    let (found, after) = done(&have, &goal(&[("bond0", want)]));
    assert_eq!(told(&found), ["down bond0", "set bond0 lacp_rate=Word(\"fast\") ", "up bond0", "down v8"]);
    assert_eq!((after[&here("v7")].up(), after[&here("v8")].up()), (Some(true), Some(false)));
    assert_eq!(found.disruptive().len(), 2, "bond0 and v7 were down for a while");
}

#[test]
fn fields_that_only_count_in_another_mode_do_not_hinder_a_rebuild() {
    let mut have = bond("balance-rr");
    set(&mut have.data, "lacp_rate", Value::Word("slow"));
    have.base.set(base::NUMTXQUEUES, 16);
    let mut want = link("bond");
    want.base.set(base::NUMTXQUEUES, 8);
    let (found, _) = done(&world(&[("bond0", have)]), &goal(&[("bond0", want)]));
    assert_eq!(found.steps.len(), 2);
    assert!(!told(&found)[1].contains("lacp_rate"));
}

#[test]
fn what_a_new_link_has_anyway_is_not_said_as_kernels_without_it_refuse() {
    let mut have = up(link("bridge"));
    set(&mut have.data, "vlan_filtering", Value::Num(0));
    set(&mut have.data, "mst_enabled", Value::Bool(false));
    set(&mut have.data, "ageing_time", Value::Num(6000));
    have.base.set(base::NUMTXQUEUES, 1);
    let mut want = link("bridge");
    want.base.set(base::NUMTXQUEUES, 2);
    let (found, _) = done(&world(&[("br0", have)]), &goal(&[("br0", want)]));
    assert_eq!(
        told(&found),
        [
            "delete br0",
            "create br0 bridge lower=None peer=None [up=Bool(true) numtxqueues=Num(2) ] [ageing_time=Num(6000) ] port=None + None"
        ]
    );
}
