//! What a plan looks like.

use linkctl_kinds::link as base;
use linkctl_link::Goal;
use linkctl_plan::{plan, render};
use linkctl_schema::Value;

use crate::build::*;

#[test]
fn a_plan_is_shown_with_its_reasons() {
    let have = world(&[("br0", up(link("bridge"))), ("vx", up(master(vxlan(42), "br0")))]);
    let mut vx = link("vxlan");
    set(&mut vx.data, "id", Value::Num(43));
    let mut br = link("bridge");
    set(&mut br.data, "ageing_time", Value::Num(6000));
    let found = plan(&have, &goal(&[("vx", vx), ("br0", br)])).expect("a plan");
    let text: Vec<String> = render::lines(&found).iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            "~ vx   rebuild   id 42 → 43",
            "  ├ delete   vx",
            "  └ create   vx type vxlan master br0 up id 43 dstport 4789",
            "~ br0  set       ageing_time → 6000",
        ]
    );
    let mut out = linkctl_schema::out::Out::new(false);
    render::json(&found, &mut out);
    assert_eq!(
        out.into_string(),
        concat!(
            r#"{"version":1,"steps":[{"act":"delete","link":"vx","netns":null,"why":["id 42 → 43"]},"#,
            r#"{"act":"set","link":"br0","netns":null,"data":{"ageing_time":6000},"why":["ageing_time → 6000"]},"#,
            r#"{"act":"create","link":"vx","netns":null,"kind":"vxlan","base":{"up":true,"master":"br0"},"#,
            r#""data":{"id":43,"dstport":4789},"why":["id 42 → 43"]}],"#,
            r#""disruptive":[{"harm":"rebuilt","link":"vx","netns":null,"why":["id 42 → 43"]}]}"#
        )
    );
    assert_eq!(
        render::commands(&found, &have),
        [
            "ip link del dev vx",
            "ip link set dev br0 type bridge ageing_time 6000",
            "ip link add name vx master br0 up type vxlan id 43 dstport 4789",
        ]
    );
}

#[test]
fn commands_reach_other_namespaces_and_hostile_names_stay_names() {
    let mut want = Goal::new();
    let mut a = link("veth");
    a.peer = Some(there("blue", "e;$(x)"));
    a.base.set(base::ALIAS, b"a\nb'".to_vec());
    want.want(there("blue", "va"), a);
    let mut v = link("vlan");
    v.lower = Some(here("d0"));
    set(&mut v.data, "id", Value::Num(7));
    want.want(there("blue", "v7"), v);
    let have = world(&[("d0", link("dummy"))]);
    let found = plan(&have, &want).expect("a plan");
    assert_eq!(
        render::commands(&found, &have),
        [
            "ip -n blue link add name 'e;$(x)' type veth peer name va",
            "ip link add link d0 name v7 netns blue type vlan id 7",
            "ip -n blue link set dev va alias \"$(printf 'a\\012b\\047')\"",
        ]
    );
}

#[test]
fn a_plan_is_a_difference_in_the_words_of_a_goal_file() {
    let mut d0 = up(link("dummy"));
    d0.base.set(base::MTU, 1500);
    let have =
        world(&[("br0", up(link("bridge"))), ("vx", up(vxlan(42))), ("old", link("dummy")), ("d0", d0)]);
    let mut vx = vxlan(43);
    vx.base.set(base::ALIAS, b"a\x1b[2J".to_vec());
    let mut d0 = master(link("dummy"), "br0");
    d0.base.set(base::MTU, 9000);
    let mut new = link("vlan");
    new.lower = Some(here("d0"));
    set(&mut new.data, "id", Value::Num(7));
    let mut want = goal(&[("vx", vx), ("d0", d0), ("v7", new)]);
    want.forbid(here("old"));
    let found = plan(&have, &want).expect("a plan");
    let text: Vec<String> = render::diff::lines(&have, &found).iter().map(ToString::to_string).collect();
    let expected = [
        "--- d0",
        "+++ d0",
        "-mtu: 1500",
        "+mtu: 9000",
        "+master: br0",
        "--- old",
        "+++ /dev/null",
        "-kind: dummy",
        "-state: down",
        "--- vx",
        "+++ vx",
        "-vxlan.id: 42",
        "+vxlan.id: 43",
        "+alias: 'a\\x1b[2J'",
        "--- /dev/null",
        "+++ v7",
        "+kind: vlan",
        "+link: d0",
        "+vlan.id: 7",
    ];
    assert_eq!(text, expected);
    let labels = [(here("old"), here("young"))].into_iter().collect();
    let found = linkctl_plan::plan_with(&have, &Goal::new(), &labels).expect("a plan");
    let text: Vec<String> = render::diff::lines(&have, &found).iter().map(ToString::to_string).collect();
    assert_eq!(text, ["--- old", "+++ young"]);
    assert!(render::diff::lines(&have, &linkctl_plan::Plan::default()).is_empty());
}
