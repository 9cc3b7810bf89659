//! MTUs.

use linkctl_kinds::link as field;
use linkctl_plan::Act;

use crate::world::*;

const EBUSY: i32 = 16;
const EINVAL: i32 = 22;
const ERANGE: i32 = 34;
const GREATER: &str = "mtu greater than device maximum";

fn mtu(name: &str, mtu: u32) -> Act {
    base(name, |r| r.set(field::MTU, mtu))
}

#[test]
fn bounds_are_told_with_the_driver_and_the_nearest_that_works() {
    let read = read(&[eth(2, "eth0").bounds(68, 1500), eth(3, "d0").kind("dummy").bounds(68, 0)], &[]);
    let said = ask_with(&mtu("eth0", 9000), EINVAL, GREATER, &read, |f| f.driver = Some("8139too".into()));
    says(
        &said,
        "eth0: mtu 9000 is out of range: its driver (8139too) takes 68 to 1500",
        &["the most that it takes: linkctl set eth0 mtu 1500"],
    );
    says(
        &ask(&mtu("d0", 10), EINVAL, "mtu less than device minimum", &read),
        "d0: mtu 10 is out of range: its driver (dummy) takes 68 and more",
        &["the least that it takes: linkctl set d0 mtu 68"],
    );
}

#[test]
fn an_xdp_program_that_lowers_the_bounds_is_named() {
    let read = read(&[eth(2, "eth0").bounds(68, 3520).with(43, &[5, 0, 2, 0, 1, 0, 0, 0])], &[]);
    let detach = "an XDP program limits the MTU too; to take it away: ip link set dev eth0 xdp off";
    says(
        &ask(&mtu("eth0", 9000), EINVAL, GREATER, &read),
        "eth0: mtu 9000 is out of range: its driver takes 68 to 3520",
        &["the most that it takes: linkctl set eth0 mtu 3520", detach],
    );
    says(
        &ask(&mtu("eth0", 3000), EINVAL, "", &read),
        "eth0: mtu 3000 is too large for the XDP program that is attached to it",
        &[detach],
    );
}

#[test]
fn the_link_below_is_to_be_raised_first() {
    let lower = eth(2, "eth0").bounds(68, 9216);
    let read = read(
        &[
            lower,
            eth(3, "mv0").kind("macvlan").on(2),
            eth(4, "v7").kind("vlan").on(2),
            eth(5, "vx0").kind("vxlan").data(3, &2u32.to_ne_bytes()),
            eth(6, "vx6").kind("vxlan").data(3, &2u32.to_ne_bytes()).data(16, &[0xfd; 16]),
        ],
        &[],
    );
    says(
        &ask(&mtu("mv0", 9000), EINVAL, "", &read),
        "mv0: mtu 9000 is more than eth0, on which it stands, has: 1500",
        &[
            "raise eth0 first: linkctl set eth0 mtu 9000 && linkctl set mv0 mtu 9000",
            "or stay within it: linkctl set mv0 mtu 1500",
        ],
    );
    says(
        &ask(&mtu("v7", 1500), ERANGE, "", &read),
        "v7: mtu 1500 does not fit into the 1500 of eth0 below: 4 go to headers",
        &[
            "raise eth0 first: linkctl set eth0 mtu 1504 && linkctl set v7 mtu 1500",
            "or stay within it: linkctl set v7 mtu 1496",
        ],
    );
    says(
        &ask(&mtu("vx0", 1500), EINVAL, "", &read),
        "vx0: mtu 1500 does not fit into the 1500 of eth0 below: 50 go to headers",
        &[
            "raise eth0 first: linkctl set eth0 mtu 1550 && linkctl set vx0 mtu 1500",
            "or stay within it: linkctl set vx0 mtu 1450",
        ],
    );
    says(
        &ask(&mtu("vx6", 9200), EINVAL, "", &read),
        "vx6: mtu 9200 does not fit into the 1500 of eth0 below: 70 go to headers",
        &[
            "eth0 cannot have the 9270 that it takes: its driver takes 68 to 9216",
            "or stay within it: linkctl set vx6 mtu 1430",
        ],
    );
    let new = create("mv1", "macvlan", |l| {
        l.lower = Some(key("eth0"));
        l.base.set(field::MTU, 9000);
    });
    says(
        &ask(&new, EINVAL, "", &read),
        "mv1: mtu 9000 is more than eth0, on which it stands, has: 1500",
        &["raise eth0 first: linkctl set eth0 mtu 9000", "or create it with mtu 1500"],
    );
}

#[test]
fn a_port_of_a_bond_that_takes_less_is_named() {
    let read = read(
        &[eth(2, "bond0").kind("bond").bounds(68, 65535), eth(3, "eth1").bounds(68, 1500).master(2, "bond")],
        &[],
    );
    says(
        &ask(&mtu("bond0", 9000), EINVAL, "", &read),
        "bond0: its port eth1 cannot have mtu 9000: its driver takes 68 to 1500",
        &[
            "choose what all ports take: linkctl set bond0 mtu 1500",
            "or release the port first: linkctl set eth1 nomaster",
        ],
    );
}

#[test]
fn a_driver_that_refuses_without_a_word_may_take_it_while_down() {
    let read = read(&[eth(2, "eth0").up(), eth(3, "eth1")], &[]);
    says(
        &ask(&mtu("eth0", 9000), EBUSY, "", &read),
        "eth0: its driver refuses mtu 9000 while the link is up",
        &["it may take it while down (traffic stops): \
           linkctl set eth0 down && linkctl set eth0 mtu 9000 && linkctl set eth0 up"],
    );
    says(
        &ask(&mtu("eth1", 9000), EINVAL, "", &read),
        "eth1: its driver refuses mtu 9000, and does not say what it takes",
        &["the kernel's log may say more: sudo dmesg | tail"],
    );
}

#[test]
fn of_a_link_to_be_made_the_bounds_of_its_kind_are_known() {
    let read = read(&[], &[]);
    let dummy = create("d0", "dummy", |l| l.base.set(field::MTU, 10));
    says(
        &ask(&dummy, EINVAL, "mtu less than device minimum", &read),
        "d0: mtu 10 is less than its driver (dummy) takes",
        &["create it without mtu, and look for its bounds: linkctl show -d d0"],
    );
    let mut act = pair("va", "vb");
    if let Act::Create { peer: Some((_, link)), .. } = &mut act {
        link.base.set(field::MTU, 67);
    }
    says(
        &ask(&act, EINVAL, "", &read),
        "va: mtu 67 of its other end, vb, is out of range: a veth takes 68 to 65535",
        &["without mtu it has 1500; what a veth takes else: linkctl kind veth"],
    );
    let act = create("br0", "bridge", |l| l.base.set(field::MTU, 100_000));
    says(
        &ask(&act, EINVAL, GREATER, &read),
        "br0: mtu 100000 is out of range: a bridge takes 68 to 65535",
        &["without mtu it has 1500; what a bridge takes else: linkctl kind bridge"],
    );
}
