//! Being up, deletion, other namespaces, and what no rule knows.

use linkctl_kinds::link as field;
use linkctl_link::message::{self, To};
use linkctl_plan::Act;
use linkctl_plan::explain::{Facts, Refused, explain};

use crate::world::*;

const EIO: i32 = 5;
const EEXIST: i32 = 17;
const EINVAL: i32 = 22;
const EOPNOTSUPP: i32 = 95;
const EADDRINUSE: i32 = 98;
const EADDRNOTAVAIL: i32 = 99;
const ENETDOWN: i32 = 100;
const ENOTCONN: i32 = 107;
const ERFKILL: i32 = 132;

#[test]
fn links_that_do_not_come_up() {
    let read = read(
        &[
            eth(2, "eth0"),
            eth(3, "v7").kind("vlan").on(2),
            eth(4, "vx0").kind("vxlan").data(15, &4789u16.to_be_bytes()),
            eth(5, "va").kind("veth").address([0; 6]),
        ],
        &[],
    );
    let up = |name| Act::Up(key(name));
    says(
        &ask(&up("v7"), ENETDOWN, "", &read),
        "v7: eth0, on which it stands, is down",
        &[
            "take that up first: linkctl set eth0 up && linkctl set v7 up",
            "or let it be up on its own: linkctl set v7 loose_binding on",
        ],
    );
    says(
        &ask(&up("vx0"), EADDRINUSE, "", &read),
        "vx0: UDP port 4789 is in use by another program, or by a vxlan with other settings",
        &["see which: sudo ss -lunp", "or choose another dstport, on all ends alike"],
    );
    says(
        &ask(&up("va"), EADDRNOTAVAIL, "", &read),
        "va: its address 00:00:00:00:00:00 is none that a link can have",
        &["give it one first: linkctl set va address 02:XX:XX:XX:XX:XX"],
    );
    says(
        &ask(&up("va"), ENOTCONN, "", &read),
        "va: its other end is not there any more",
        &["delete it, and make the pair anew: linkctl del va"],
    );
    says(
        &ask(&up("eth0"), ERFKILL, "", &read),
        "eth0: its radio is switched off, by a key of the machine or by a program",
        &["see which: rfkill list", "switch it on: sudo rfkill unblock wlan"],
    );
    says(
        &ask_with(&up("eth0"), EIO, "", &read, |f| f.driver = Some("igc".into())),
        "eth0: its driver (igc) could not take it up: the hardware or its driver reports an error",
        &["the kernel's log says more: sudo dmesg | tail"],
    );
}

#[test]
fn links_that_cannot_be_deleted() {
    let read = read(&[lo(), eth(2, "eth0")], &[]);
    says(
        &ask(&Act::Delete(key("lo")), EOPNOTSUPP, "", &read),
        "lo: the loopback link cannot be deleted: every network namespace has it",
        &["to have none of its traffic: linkctl set lo down"],
    );
    says(
        &ask(&Act::Delete(key("eth0")), EOPNOTSUPP, "", &read),
        "eth0: it is hardware, which only goes when its driver does: it cannot be deleted",
        &[
            "to stop its traffic: linkctl set eth0 down",
            "to take it from its driver: write its place on the bus to /sys/bus/BUS/drivers/DRIVER/unbind",
            "both are told by: linkctl show -d eth0",
        ],
    );
}

#[test]
fn links_that_stay_in_their_namespace() {
    let read = read(
        &[lo(), eth(2, "br0").kind("bridge"), eth(3, "va").kind("veth").altname("lan"), eth(4, "wlan0")],
        &[eth(2, "va")],
    );
    let to = |name: &str| Act::Move(key(name), blue(name));
    for message in ["The interface netns is immutable", ""] {
        says(
            &ask(&to("br0"), EINVAL, message, &read),
            "br0: a bridge stays in the namespace that it was made in",
            &[
                "make it there instead: linkctl del br0 && linkctl --netns blue add br0 type bridge",
                "or move what is to be connected to it",
            ],
        );
    }
    says(
        &ask(&to("lo"), EINVAL, "The interface netns is immutable", &read),
        "lo: the loopback link stays in its namespace: every namespace has one of its own",
        &["the one there: linkctl --netns blue show -d lo"],
    );
    says(
        &ask(&to("wlan0"), EINVAL, "The interface netns is immutable", &read),
        "wlan0: this link stays in the namespace that it was made in",
        &["a Wi-Fi link moves with its radio: iw phy PHY set netns name NAME"],
    );
    says(
        &ask(&to("va"), EEXIST, "An interface with the same name exists in the target netns", &read),
        "va: the name va is taken (link 2, hardware) in the namespace blue",
        &[
            "give it another name on the way: linkctl set va netns blue name NEW",
            "or look at the one there: linkctl --netns blue show -d va",
        ],
    );
    says(
        &ask(&to("va"), EEXIST, "An interface with the altname lan exists in the target netns", &read),
        "va: its alternative name lan is taken in the namespace blue",
        &["take it away first: linkctl set va noaltname lan"],
    );
}

#[test]
fn what_no_rule_knows_is_told_in_general() {
    let read = read(&[eth(2, "eth0")], &[]);
    says(
        &ask(&base("eth0", |r| r.set(field::GROUP, "default")), 12, "", &read),
        "eth0: the kernel refuses to set group default: the kernel found no memory for it",
        &["how it is now: linkctl show -d eth0"],
    );
    says(
        &ask(&Act::Down(key("eth0")), 133, "", &read),
        "eth0: the kernel refuses to take it down: for a reason that it does not tell",
        &["how it is now: linkctl show -d eth0"],
    );
}

/// Every index and namespace is known.
struct Known;

impl message::Around for Known {
    fn index(&self, _: &linkctl_link::Key) -> Option<u32> {
        Some(1)
    }
    fn fd(&self, _: &linkctl_link::Netns) -> Option<i32> {
        Some(0)
    }
}

#[test]
fn the_setting_that_the_kernel_points_at_is_named() {
    let read = read(&[eth(2, "eth0")], &[]);
    let world = read.world(|_| true);
    let act = base("eth0", |r| {
        r.set(field::MTU, 1400);
        r.set(field::GROUP, "default");
    });
    let Act::Base(key, record) = &act else { panic!("a change") };
    let bytes = message::set_base(To::Index(2), &key.netns, record, &Known).expect("it fits");
    // Behind the two headers and the MTU.
    let at = 16 + 16 + 8;
    assert_eq!(u16::from_ne_bytes([bytes[at + 2], bytes[at + 3]]), 27);
    let facts = Facts {
        read: &read,
        world: &world,
        driver: None,
        elsewhere: Vec::new(),
        privileged: true,
        user_namespace: false,
    };
    let refused = |offset| Refused {
        errno: 34,
        message: Some("integer out of range".into()),
        offset: Some(offset),
        missing: None,
    };
    let hints = explain(&act, &refused(at as u32), &facts).hints;
    assert_eq!(hints, ["it points at group", "how it is now: linkctl show -d eth0"]);
    for offset in [0, 16, 33, at as u32 + 4, at as u32 + 8, u32::MAX] {
        assert_eq!(explain(&act, &refused(offset), &facts).hints.len(), 1, "{offset}");
    }
}
