//! Masters.

use linkctl_plan::Act;

use crate::world::*;

const EPERM: i32 = 1;
const EBUSY: i32 = 16;
const EINVAL: i32 = 22;
const EMLINK: i32 = 31;
const ELOOP: i32 = 40;
const EXFULL: i32 = 54;
const EOPNOTSUPP: i32 = 95;

fn master(link: &str, master: &str) -> Act {
    Act::Master(key(link), Some(name(master)))
}

#[test]
fn links_that_a_bridge_does_not_take() {
    let read = read(
        &[
            lo(),
            eth(2, "br0").kind("bridge"),
            eth(3, "br1").kind("bridge"),
            eth(4, "tun0").kind("tun").iftype(65534),
            eth(5, "eth0").address([0; 6]),
            eth(6, "wlan0"),
            eth(7, "r0").kind("vrf"),
            eth(8, "r1").kind("vrf"),
        ],
        &[],
    );
    says(
        &ask(&master("lo", "br0"), EINVAL, "", &read),
        "lo: the loopback link cannot be a port of br0: a bridge takes links that lead somewhere",
        &["for a link without hardware: linkctl add NAME master br0 type dummy"],
    );
    says(
        &ask(&master("br1", "br0"), ELOOP, "Can not enslave a bridge to a bridge", &read),
        "br1: it is a bridge, as br0 is, and a bridge cannot be a port of a bridge",
        &["connect the two by a pair: linkctl add va master br1 up type veth peer name vb master br0 up"],
    );
    says(
        &ask(&master("br0", "br0"), ELOOP, "Can not enslave a bridge to a bridge", &read),
        "br0: it cannot be its own master",
        &["name another link as its master"],
    );
    says(
        &ask(&master("tun0", "br0"), EINVAL, "", &read),
        "tun0: it carries no Ethernet, and a bridge such as br0 takes Ethernet links only",
        &["route between the two; or carry Ethernet: tap instead of tun, gretap instead of gre"],
    );
    says(
        &ask(&master("eth0", "br0"), EINVAL, "", &read),
        "eth0: its address 00:00:00:00:00:00 is none that a port of br0 can have",
        &["give it one first: linkctl set eth0 address 02:XX:XX:XX:XX:XX"],
    );
    let wifi = ask(&master("wlan0", "br0"), EOPNOTSUPP, "Device does not allow enslaving to a bridge", &read);
    says(
        &wifi,
        "wlan0: its driver does not let it be a port of br0",
        &[
            "a Wi-Fi station speaks with one address only; where the access point allows four: iw dev wlan0 set 4addr on",
            "or route between the two instead of bridging",
        ],
    );
    says(
        &ask(&master("wlan0", "eth0"), EOPNOTSUPP, "", &read),
        "wlan0: eth0 (hardware) takes no ports: a master is a bridge, a bond or a vrf",
        &["make one: linkctl add br0 up type bridge"],
    );
    for message in ["Can not enslave an L3 master device to a VRF", ""] {
        says(
            &ask(&master("r1", "r0"), EINVAL, message, &read),
            "r1: it is a vrf, as r0 is, and a vrf cannot be a port of a vrf",
            &["make its ports the other's"],
        );
    }
    says(
        &ask(&master("wlan0", "br0"), EXFULL, "", &read),
        "wlan0: br0 has as many ports as a bridge can have: 1023",
        &["make another bridge and connect the two by a veth"],
    );
    assert!(ask(&master("wlan0", "br0"), EMLINK, "", &read).what.contains("8 links"));
}

#[test]
fn who_has_its_packets_already() {
    let read = read(
        &[
            eth(2, "br0").kind("bridge"),
            eth(3, "eth0"),
            eth(4, "mv0").kind("macvlan").on(3),
            eth(5, "mv1").kind("macvlan").on(3),
            eth(6, "eth1"),
        ],
        &[],
    );
    says(
        &ask(&master("eth0", "br0"), EBUSY, "", &read),
        "eth0: mv0, mv1 on it takes its packets, so it cannot be a port of br0 too",
        &[
            "delete what stands on it: linkctl del mv0 && linkctl del mv1",
            "and let it stand on br0 instead: linkctl add mv0 link br0 type macvlan",
        ],
    );
    says(
        &ask(&master("eth1", "br0"), EBUSY, "", &read),
        "eth1: its packets go to another user already, so it cannot be a port of br0",
        &[
            "Open vSwitch, or a link in another namespace, may stand on it",
            "how it is now: linkctl show -d eth1",
        ],
    );
}

#[test]
fn loops_are_told_with_the_way_round() {
    let read = read(
        &[
            eth(2, "eth0"),
            eth(3, "v7").kind("vlan").on(2).master(4, "bridge"),
            eth(4, "br0").kind("bridge"),
            eth(5, "eth1").master(4, "bridge"),
        ],
        &[],
    );
    says(
        &ask(&master("eth0", "br0"), EBUSY, "", &read),
        "eth0: br0 stands on it, by way of v7: as its port it would be in a loop",
        &["how they stand now: linkctl show -d br0"],
    );
}

#[test]
fn bonds_want_links_that_are_down_and_that_is_no_privilege() {
    let read = read(&[eth(2, "bond0").kind("bond"), eth(3, "eth0").up()], &[]);
    says(
        &ask(&master("eth0", "bond0"), EPERM, "Device can not be enslaved while up", &read),
        "eth0: it is up, and bond0 takes links that are down only; this is not about privileges",
        &["linkctl set eth0 down && linkctl set eth0 master bond0"],
    );
    says(
        &ask(&master("bond0", "bond0"), EPERM, "Cannot enslave bond to itself.", &read),
        "bond0: it cannot be its own master",
        &["name another link as its master"],
    );
    says(
        &ask(
            &master("eth0", "bond0"),
            EPERM,
            "Can not enslave VLAN challenged device to VLAN enabled bond",
            &read,
        ),
        "eth0: the kernel does not permit to make it a port of bond0, for the reason that it gives",
        &["this is not about privileges: CAP_NET_ADMIN is there"],
    );
    let fixed =
        "Slave device does not support setting the MAC address, but fail_over_mac is not set to active";
    says(
        &ask(&master("eth0", "bond0"), EOPNOTSUPP, fixed, &read),
        "eth0: its address cannot change, and bond0 gives all its ports one address",
        &["while the bond has no ports: linkctl set bond0 fail_over_mac active"],
    );
}
