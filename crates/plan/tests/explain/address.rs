//! Link-layer addresses.

use linkctl_kinds::link as field;
use linkctl_plan::Act;
use linkctl_schema::Mac;

use crate::world::{self, *};

const EPERM: i32 = 1;
const EBUSY: i32 = 16;
const EINVAL: i32 = 22;
const EOPNOTSUPP: i32 = 95;
const EADDRINUSE: i32 = 98;
const EADDRNOTAVAIL: i32 = 99;

fn address(name: &str, mac: &[u8]) -> Act {
    base(name, |r| r.set(field::ADDRESS, Mac::new(mac).expect("short")))
}

#[test]
fn addresses_that_no_link_can_have() {
    let read = read(&[eth(2, "eth0")], &[]);
    let own = "an address of one's own begins with 02, for instance: linkctl set eth0 address";
    for (mac, why, good) in [
        (
            [1, 0, 0x5e, 0, 0, 1],
            "01:00:5e:00:00:01 cannot be its address: it is a group's (multicast): its first octet is odd",
            "02:00:5e:00:00:01",
        ),
        ([0; 6], "00:00:00:00:00:00 cannot be its address: it is all zeros", "02:00:00:00:00:01"),
        (
            [0xff; 6],
            "ff:ff:ff:ff:ff:ff cannot be its address: it is the broadcast address",
            "fe:ff:ff:ff:ff:ff",
        ),
    ] {
        let said = ask(&address("eth0", &mac), EADDRNOTAVAIL, "", &read);
        says(&said, &format!("eth0: {why}"), &[&format!("{own} {good}")]);
    }
    let mut act = pair("va", "vb");
    if let Act::Create { peer: Some((_, link)), .. } = &mut act {
        link.base.set(field::ADDRESS, Mac::new(&[0; 6]).expect("short"));
    }
    says(
        &ask(&act, EADDRNOTAVAIL, "Invalid peer address", &read),
        "va: 00:00:00:00:00:00 cannot be the address of its other end, vb: it is all zeros",
        &["an address of one's own begins with 02, for instance: address 02:00:00:00:00:01"],
    );
    says(
        &ask(&address("eth0", &[10, 0, 0, 1]), EINVAL, "", &read),
        "eth0: 0a:00:00:01 has 4 bytes, and its address has 6",
        &["as it is now: 02:00:00:00:00:02"],
    );
}

#[test]
fn a_sibling_with_the_address_is_named() {
    let mac = [2, 0, 0, 0, 0, 9];
    let links = [
        eth(2, "eth0"),
        eth(3, "mv0").kind("macvlan").on(2),
        eth(4, "mv1").kind("macvlan").on(2).address(mac),
        eth(5, "mv2").kind("macvlan").on(2).address(mac),
    ];
    let read = read(&links, &[]);
    for errno in [EADDRINUSE, EBUSY] {
        says(
            &ask(&address("mv0", &mac), errno, "", &read),
            "mv0: mv1, which stands on eth0 too, has the address 02:00:00:00:00:09 already",
            &["choose one that is free there: linkctl set mv0 address 02:XX:XX:XX:XX:XX"],
        );
    }
    says(
        &ask(&address("mv0", &[2, 0, 0, 0, 0, 2]), EADDRINUSE, "", &read),
        "mv0: eth0, on which it stands, has the address 02:00:00:00:00:02 already",
        &["choose one that is free there: linkctl set mv0 address 02:XX:XX:XX:XX:XX"],
    );
    let one = world::read(&[eth(2, "eth0"), eth(3, "mv0").kind("macvlan").on(2)], &[]);
    says(
        &ask(&address("mv0", &mac), EADDRINUSE, "", &one),
        "mv0: another link on eth0 has the address 02:00:00:00:00:09 already",
        &["choose one that is free there: linkctl set mv0 address 02:XX:XX:XX:XX:XX"],
    );
    says(
        &ask(&Act::Up(key("mv2")), EADDRINUSE, "", &read),
        "mv2: mv1, which stands on eth0 too, has its address 02:00:00:00:00:09, and only one of them can be up",
        &["give it another: linkctl set mv2 address 02:XX:XX:XX:XX:XX"],
    );
}

#[test]
fn drivers_that_cannot_or_only_while_down() {
    let read = read(&[eth(2, "eth0").up(), eth(3, "gre0").kind("gre")], &[]);
    let act = address("eth0", &[2, 0, 0, 0, 0, 9]);
    let with = |errno, message| ask_with(&act, errno, message, &read, |f| f.driver = Some("iavf".into()));
    says(
        &with(EBUSY, ""),
        "eth0: its driver (iavf) changes the address only while the link is down",
        &["take it down meanwhile (traffic stops): \
           linkctl set eth0 down && linkctl set eth0 address 02:00:00:00:00:09 && linkctl set eth0 up"],
    );
    for errno in [EPERM, EADDRNOTAVAIL] {
        says(
            &with(errno, ""),
            "eth0: its driver (iavf) does not take the address 02:00:00:00:00:09",
            &[
                "the address of a virtual function (VF) is set from its physical function: \
                 ip link set dev PF vf N mac ADDRESS",
                "or the physical function lets it choose: ip link set dev PF vf N trust on",
            ],
        );
    }
    says(
        &ask(&address("gre0", &[2, 0, 0, 0, 0, 9]), EOPNOTSUPP, "", &read),
        "gre0: its driver (gre) cannot change the address",
        &["it stays 02:00:00:00:00:03", "links of the kind gre have the address that they are made with"],
    );
}
