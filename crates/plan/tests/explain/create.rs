//! Links that cannot be made.

use linkctl_kinds::{geneve, link as field, macsec, macvlan, vlan, vxlan};
use linkctl_link::Link;
use linkctl_plan::Act;
use linkctl_plan::explain::Kind;
use linkctl_schema::Value;

use crate::world::*;

const EPERM: i32 = 1;
const EBUSY: i32 = 16;
const EEXIST: i32 = 17;
const EINVAL: i32 = 22;
const ENETDOWN: i32 = 100;
const ERANGE: i32 = 34;
const EPROTONOSUPPORT: i32 = 93;
const EOPNOTSUPP: i32 = 95;

fn on(name: &str, kind: &str, lower: &str, set: impl FnOnce(&mut Link)) -> Act {
    create(name, kind, |l| {
        l.lower = Some(key(lower));
        set(l);
    })
}

#[test]
fn a_kind_that_the_kernel_has_not_is_told_with_its_module() {
    let read = read(&[], &[]);
    for (errno, message) in [(EOPNOTSUPP, "Unknown device type"), (EOPNOTSUPP, "")] {
        let said = ask(&create("d0", "dummy", |_| {}), errno, message, &read);
        assert_eq!(said.what, "d0: this kernel has no links of the kind dummy");
        assert_eq!(
            said.hints,
            [
                "load its module: sudo modprobe dummy",
                "is there none, the kernel was built without CONFIG_DUMMY: another kernel package may have it",
                "a container cannot load modules: do it on its host",
            ]
        );
        assert_eq!(said.kind, Kind::Incapable);
    }
    let said = ask(&create("v0", "vlam", |_| {}), EOPNOTSUPP, "Unknown device type", &read);
    assert_eq!(said.what, "v0: this kernel has no links of the kind vlam");
    assert_eq!(said.hints, ["did you mean vlan?", "the kinds that this program knows: linkctl kind"]);
    says(
        &ask(
            &create("t0", "tun", |_| {}),
            EOPNOTSUPP,
            "tun/tap creation via rtnetlink is not supported",
            &read,
        ),
        "t0: a tun or tap link is made by the program that uses it, not by a request like this",
        &["make one that stays: ip tuntap add dev t0 mode tap"],
    );
}

#[test]
fn links_that_drivers_make_are_not_made_on_request() {
    let read = read(&[], &[]);
    says(
        &ask(&create("can0", "can", |_| {}), EOPNOTSUPP, "", &read),
        "can0: the kernel makes no can when asked to: the driver of the controller does",
        &["what can be set of one that is there: linkctl kind can"],
    );
    let read = super::world::read(&[eth(2, "can0").kind("can")], &[]);
    says(
        &ask(&data("can0", "can", |r| r.set(linkctl_kinds::can::TERMINATION, 120)), EOPNOTSUPP, "", &read),
        "can0: this can has no termination 120",
        &["what it can do: linkctl show -d can0"],
    );
}

#[test]
fn who_taps_the_link_below_is_told_for_every_kind_that_does() {
    let read = read(&[lo(), eth(2, "eth0").master(4, "bridge"), eth(4, "br0").kind("bridge")], &[]);
    for kind in ["ipvlan", "ipvtap", "macsec"] {
        let said = ask(&on("x0", kind, "lo", |_| {}), EINVAL, "", &read);
        assert_eq!(
            said.what,
            format!("x0: lo is the loopback link, and a {kind} stands on an Ethernet link only")
        );
        let said = ask(&on("x0", kind, "eth0", |_| {}), EBUSY, "", &read);
        let what =
            format!("x0: eth0 is a port of br0 (bridge), which takes its packets: no {kind} can stand on it");
        assert_eq!(said.what, what);
    }
}

#[test]
fn words_of_a_macsec_that_exclude_each_other_are_told() {
    let read = read(&[eth(2, "eth0")], &[]);
    let act = |end: bool| {
        on("m0", "macsec", "eth0", move |l| {
            l.data.set(macsec::SEND_SCI, true);
            l.data.set(macsec::END_STATION, end);
        })
    };
    says(
        &ask(&act(true), EINVAL, "", &read),
        "m0: send_sci, end_station and scb exclude each other",
        &["leave all but one of them out, or say off of the others"],
    );
    let other = ask(&act(false), EINVAL, "", &read);
    assert!(!other.what.contains("exclude"), "{}", other.what);
}

#[test]
fn twins_are_named() {
    let read = read(
        &[
            eth(2, "eth0"),
            eth(3, "eth0.7").kind("vlan").on(2).data(1, &7u16.to_ne_bytes()).data(5, &[0x81, 0]),
            eth(4, "vx0").kind("vxlan").data(1, &42u32.to_ne_bytes()).data(15, &4789u16.to_be_bytes()),
        ],
        &[],
    );
    let vlan = |id: u16| on("v7", "vlan", "eth0", move |l| l.data.set(vlan::ID, id));
    for message in ["VLAN device already exists", ""] {
        says(
            &ask(&vlan(7), EEXIST, message, &read),
            "v7: eth0 has VLAN 7 already: it is called eth0.7",
            &[
                "use eth0.7, or give it the name: linkctl set eth0.7 name v7",
                "or delete it first: linkctl del eth0.7",
            ],
        );
    }
    assert_eq!(
        ask(&vlan(8), EEXIST, "VLAN device already exists", &read).what,
        "v7: eth0 has VLAN 8 already, on a link that is not to be seen from here"
    );
    let vx = create("vx1", "vxlan", |l| {
        l.data.set(vxlan::ID, 42);
        l.data.set(vxlan::DSTPORT, 4789);
    });
    says(
        &ask(&vx, EEXIST, "A VXLAN device with the specified VNI already exists", &read),
        "vx1: vx0 has VNI 42 on UDP port 4789 already",
        &[
            "choose another id or dstport",
            "or look at it, and delete it: linkctl show -d vx0 && linkctl del vx0",
        ],
    );
}

#[test]
fn what_is_in_the_way_of_a_tunnel_is_named() {
    let far = [192, 0, 2, 1];
    let read = read(
        &[
            eth(2, "gre1").kind("gre").data(7, &far),
            eth(3, "all").kind("ipip").data(19, &[]),
            eth(4, "none").kind("ipip"),
            eth(5, "gtp0").kind("gtp"),
            eth(6, "gen0").kind("geneve").data(1, &7u32.to_ne_bytes()).data(5, &6081u16.to_be_bytes()),
        ],
        &[],
    );
    let with = |word: &str, l: &mut Link| {
        let f = l.data.fields().find(word).expect("a field");
        l.data.put(f, if word == "remote" { Value::Ip(far.into()) } else { Value::Bool(true) });
    };
    says(
        &ask(&create("g", "gre", |l| with("remote", l)), EEXIST, "", &read),
        "g: gre1 has the same local, remote, dev, ikey",
        &["look at it: linkctl show -d gre1", "use gre1, or delete it first: linkctl del gre1"],
    );
    let taken = "all, which is external, has the same local, remote, dev: while it is there no other such tunnel is made or changed";
    let hints =
        &["look at it: linkctl show -d all", "delete it and make it again afterwards: linkctl del all"];
    says(&ask(&create("t", "ipip", |_| {}), EEXIST, "", &read), &format!("t: {taken}"), hints);
    let change = data("none", "ipip", |r| r.set(linkctl_kinds::ipip::TTL, 5));
    says(&ask(&change, EEXIST, "", &read), &format!("none: {taken}"), hints);
    says(
        &ask(&create("t", "ipip", |l| with("external", l)), EEXIST, "", &read),
        "t: all takes what comes for whoever sends already, and only one can",
        &["look at it: linkctl show -d all", "use all, or delete it first: linkctl del all"],
    );
    says(
        &ask(&create("gen1", "geneve", |l| with("external", l)), EPERM, "", &read),
        "gen1: gen0 listens on UDP port 6081, which a geneve that is external has for itself",
        &["look at it: linkctl show -d gen0", "use gen0, or delete it first: linkctl del gen0"],
    );
    assert_eq!(
        ask(&create("gen1", "geneve", |l| l.data.set(geneve::ID, 7)), EBUSY, "", &read).what,
        "gen1: gen0 has the same id, dstport, remote"
    );
    assert_eq!(
        ask(&create("u", "gtp", |_| {}), EEXIST, "", &read).what,
        "u: only one can be there, and gtp0 is"
    );
}

#[test]
fn macvlans_and_what_they_stand_on() {
    let passthru = |l: &mut Link| l.data.set(macvlan::MODE, "passthru");
    let read = read(
        &[
            lo(),
            eth(2, "eth0"),
            eth(3, "mv0").kind("macvlan").on(2).data(1, &4u32.to_ne_bytes()),
            eth(4, "eth1").master(5, "bridge"),
            eth(5, "br0").kind("bridge"),
            eth(6, "eth2"),
            eth(7, "pt0").kind("macvtap").on(6).data(1, &8u32.to_ne_bytes()),
        ],
        &[],
    );
    says(
        &ask(&create("mv1", "macvlan", |l| l.data.set(macvlan::MODE, "bridge")), EINVAL, "", &read),
        "mv1: a macvlan stands on another link, and none is given",
        &["say which: linkctl add mv1 link LINK type macvlan mode bridge"],
    );
    says(
        &ask(&on("mv1", "macvlan", "lo", |_| {}), EINVAL, "", &read),
        "mv1: lo is the loopback link, and a macvlan stands on an Ethernet link only",
        &["for a link without hardware: linkctl add mv1 type dummy"],
    );
    says(
        &ask(&on("mv1", "macvlan", "eth0", passthru), EINVAL, "", &read),
        "mv1: mode passthru wants eth0 to itself, and mv0 stands on it",
        &["choose mode bridge, or delete the others first"],
    );
    says(
        &ask(&on("mv1", "macvlan", "eth2", |_| {}), EINVAL, "", &read),
        "mv1: pt0 has eth2 to itself: its mode is passthru",
        &["delete it first: linkctl del pt0"],
    );
    says(
        &ask(&on("mv1", "macvtap", "eth1", |_| {}), EBUSY, "", &read),
        "mv1: eth1 is a port of br0 (bridge), which takes its packets: no macvtap can stand on it",
        &[
            "stand on br0 instead: linkctl add mv1 link br0 type macvtap",
            "or release eth1 first: linkctl set eth1 nomaster",
        ],
    );
}

#[test]
fn vlans_and_their_links_below() {
    let read = read(&[eth(2, "eth0")], &[]);
    says(
        &ask(&on("v7", "vlan", "eth0", |l| l.data.set(vlan::ID, 4095)), ERANGE, "Invalid VLAN id", &read),
        "v7: 4095 is no id of a VLAN",
        &["an id is 1 to 4094; 0 carries a priority alone"],
    );
    let large = on("v7", "vlan", "eth0", |l| {
        l.data.set(vlan::ID, 7);
        l.base.set(field::MTU, 9000);
    });
    let mtu = "v7: mtu 9000 is more than eth0, on which it stands, has: 1500";
    assert_eq!(ask(&large, ERANGE, "", &read).what, mtu);
    assert_eq!(ask(&large, EINVAL, "", &read).what, mtu);
    says(
        &ask(&on("v7", "vlan", "eth0", |_| {}), EPROTONOSUPPORT, "Invalid VLAN protocol", &read),
        "v7: its VLAN protocol is none",
        &["say protocol 802.1Q, the usual one, or protocol 802.1ad"],
    );
    says(
        &ask(&on("v7", "vlan", "eth0", |_| {}), EOPNOTSUPP, "8021q: VLANs not supported on device", &read),
        "v7: eth0 takes no VLANs: its driver does not let tags through",
        &["what it is: linkctl show -d eth0"],
    );
    says(
        &ask(&on("v7", "vlan", "eth0", |l| l.base.set(field::UP, true)), ENETDOWN, "", &read),
        "v7: eth0, on which it stands, is down",
        &["take that up first: linkctl set eth0 up"],
    );
}
