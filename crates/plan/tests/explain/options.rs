//! Settings of kinds, of ports, and of every link.

use linkctl_kinds::{bond, bridge, erspan, gre, ip6gre, link as field, macvlan, vxlan};
use linkctl_plan::Act;
use linkctl_plan::explain::Kind;
use linkctl_schema::{Record, Value};

use crate::world::*;

const EACCES: i32 = 13;
const EBUSY: i32 = 16;
const EINVAL: i32 = 22;
const ERANGE: i32 = 34;
const ENOTEMPTY: i32 = 39;
const EOPNOTSUPP: i32 = 95;
const ENETDOWN: i32 = 100;

#[test]
fn timers_of_bridges_are_told_with_their_bounds_and_units() {
    let read = read(&[eth(2, "br0").kind("bridge")], &[]);
    says(
        &ask(&data("br0", "bridge", |r| r.set(bridge::FORWARD_DELAY, 150)), ERANGE, "", &read),
        "br0: forward_delay 1500ms is out of range: 2s to 30s while STP runs",
        &[
            "the nearest: linkctl set br0 forward_delay 2s",
            "without STP any delay will do: linkctl set br0 stp_state off",
        ],
    );
    says(
        &ask(&data("br0", "bridge", |r| r.set(bridge::HELLO_TIME, 5000)), ERANGE, "", &read),
        "br0: hello_time 50s is out of range: 1s to 10s",
        &["the nearest: linkctl set br0 hello_time 10s"],
    );
    says(
        &ask(&data("br0", "bridge", |r| r.set(bridge::GROUP_FWD_MASK, 0x4007)), EINVAL, "", &read),
        "br0: group_fwd_mask 0x4007 has bits of STP, pause frames or LACP, which no bridge forwards",
        &["without them: linkctl set br0 group_fwd_mask 0x4000"],
    );
}

#[test]
fn ports_of_bridges() {
    let read = read(
        &[
            eth(2, "br0").kind("bridge"),
            eth(3, "va").kind("veth").master(2, "bridge"),
            eth(4, "vb").kind("veth"),
        ],
        &[],
    );
    let port = |name: &str| {
        let mut record = Record::new(linkctl_kinds::port("bridge").expect("there").fields);
        let state = record.fields().find("state").expect("there");
        record.put(state, Value::Word("forwarding"));
        Act::Port(key(name), record)
    };
    says(
        &ask(&port("va"), ENETDOWN, "", &read),
        "va: the state of the port cannot be set while it is down",
        &["take it up first, and its other end: linkctl set va up"],
    );
    says(
        &ask(&port("va"), EBUSY, "", &read),
        "va: the state of the port is set by the kernel's spanning tree",
        &["switch it off first: linkctl set br0 stp_state off"],
    );
    says(
        &ask(&port("vb"), EOPNOTSUPP, "", &read),
        "vb: it is no port: it has no master",
        &["make it one first: linkctl set vb master MASTER"],
    );
}

#[test]
fn settings_of_bonds_and_what_they_wait_for() {
    let links = [
        eth(2, "bond0").kind("bond").data(1, &[0]).up(),
        eth(3, "eth1").master(2, "bond"),
        eth(4, "eth2").master(2, "bond"),
    ];
    let read = read(&links, &[]);
    let mode = data("bond0", "bond", |r| r.set(bond::MODE, "802.3ad"));
    says(
        &ask(&data("bond0", "bond", |r| r.set(bond::LACP_RATE, "fast")), EACCES, "", &read),
        "bond0: lacp_rate does not count in the bond's mode balance-rr",
        &["it counts in mode 802.3ad", "the mode changes only while the bond is down and has no ports"],
    );
    says(
        &ask(&mode, ENOTEMPTY, "option mode: unable to set because the bond device has slaves", &read),
        "bond0: mode changes only while the bond has no ports, and it has eth1, eth2",
        &[
            "release them first: linkctl set eth1 nomaster && linkctl set eth2 nomaster",
            "then: linkctl set bond0 down && linkctl set bond0 type bond mode 802.3ad && linkctl set bond0 up",
        ],
    );
    says(
        &ask(&mode, EBUSY, "option mode: unable to set because the bond device is up", &read),
        "bond0: mode changes only while the bond is down",
        &["take it down meanwhile (traffic stops): \
           linkctl set bond0 down && linkctl set bond0 type bond mode 802.3ad && linkctl set bond0 up"],
    );
    let both = data("bond0", "bond", |r| {
        r.set(bond::MIIMON, 100);
        r.set(bond::ARP_INTERVAL, 100);
    });
    for message in ["ARP monitoring cannot be used with MII monitoring", ""] {
        says(
            &ask(&both, EINVAL, message, &read),
            "bond0: a bond looks for dead ports either by ARP (arp_interval) or by carrier (miimon), not by both",
            &["switch the other off: linkctl set bond0 arp_interval 0"],
        );
    }
}

#[test]
fn what_is_fixed_is_told_with_the_rebuild() {
    let read =
        read(&[eth(2, "vx0").kind("vxlan"), eth(3, "mv0").kind("macvlan").data(1, &4u32.to_ne_bytes())], &[]);
    let rebuild =
        "a rebuild would do it (the link is deleted and made anew, and traffic stops meanwhile): linkctl set";
    says(
        &ask(&data("vx0", "vxlan", |r| r.set(vxlan::ID, 43)), EOPNOTSUPP, "Cannot change VNI", &read),
        "vx0: id 43 cannot be had by a change: a vxlan is made with it",
        &[&format!("{rebuild} vx0 id 43 --rebuild")],
    );
    says(
        &ask(
            &data("vx0", "vxlan", |r| r.set(vxlan::PROXY, true)),
            EOPNOTSUPP,
            "vxlan: cannot change PROXY flag",
            &read,
        ),
        "vx0: proxy on cannot be had by a change: a vxlan is made with it",
        &[&format!("{rebuild} vx0 proxy --rebuild")],
    );
    says(
        &ask(&data("mv0", "macvlan", |r| r.set(macvlan::MODE, "passthru")), EINVAL, "", &read),
        "mv0: it cannot enter mode passthru: it is made with it",
        &[&format!("{rebuild} mv0 type macvlan mode passthru --rebuild")],
    );
}

#[test]
fn settings_of_every_link() {
    let tso = 65536u32.to_ne_bytes();
    let read = read(&[eth(2, "eth0").with(59, &tso)], &[]);
    says(
        &ask(&base("eth0", |r| r.set(field::GSO_MAX_SIZE, 200_000)), EINVAL, "too big gso_max_size", &read),
        "eth0: gso_max_size 200000 is more than its driver takes: 65536",
        &["the most that it takes: linkctl set eth0 gso_max_size 65536"],
    );
    says(
        &ask(&base("eth0", |r| r.set(field::ALIAS, vec![b'a'; 300])), EINVAL, "", &read),
        "eth0: an alias of 300 bytes is too long",
        &["255 bytes are the most"],
    );
    says(
        &ask(&base("eth0", |r| r.set(field::TXQUEUELEN, 40_000)), ERANGE, "", &read),
        "eth0: txqueuelen 40000 is more than this kernel takes",
        &["some kernels stop at 32767: linkctl set eth0 txqueuelen 32767"],
    );
    let protodown = base("eth0", |r| r.set(field::PROTODOWN, true));
    says(
        &ask(&protodown, EOPNOTSUPP, "Protodown not supported by device", &read),
        "eth0: its driver cannot hold it down by protodown",
        &[
            "macvlan, vxlan and drivers of switches can",
            "taken down it does not pass packets either: linkctl set eth0 down",
        ],
    );
    says(
        &ask(&protodown, EBUSY, "Cannot clear protodown, active reasons", &read),
        "eth0: it is held down for reasons of others",
        &[
            "whoever set a reason clears it; by hand, for each bit N:",
            "ip link set dev eth0 protodown_reason N off",
        ],
    );
    says(
        &ask(&base("eth0", |r| r.set(field::CARRIER, false)), EOPNOTSUPP, "", &read),
        "eth0: its driver tells the carrier itself: it cannot be set",
        &[
            "only links without hardware, such as dummy, take it from a program",
            "to stop its traffic: linkctl set eth0 down",
        ],
    );
    assert_eq!(
        ask(&base("eth0", |r| r.set(field::ADDRGENMODE, "none")), 97, "", &read).kind,
        Kind::Incapable
    );
}

#[test]
fn what_a_tunnel_is_put_into_may_not_be_loaded() {
    let read = read(&[eth(2, "eth0")], &[]);
    let said = ask(&create("g0", "gre", |l| l.data.set(gre::ENCAP, "fou")), EINVAL, "", &read);
    assert_eq!(
        (said.kind, said.what.as_str()),
        (
            Kind::Incapable,
            "g0: the kernel refuses to create it (gre): it cannot put it into fou, for which the module fou has to be \
             there"
        )
    );
    assert_eq!(
        said.hints,
        ["load it: sudo modprobe fou", "a container cannot load modules: do it on its host"]
    );
    let said = ask(&create("g0", "ip6gre", |l| l.data.set(ip6gre::ENCAP, "gue")), EINVAL, "", &read);
    assert!(said.hints.iter().any(|h| h.contains("modprobe fou6")), "{:?}", said.hints);
}

#[test]
fn an_erspan_wants_keys_and_sequence_numbers() {
    let read = read(&[eth(2, "eth0")], &[]);
    let told = "e0: an erspan takes keys and sequence numbers, and no checksums";
    let hint = "say ikey NUMBER okey NUMBER iseq oseq, and neither icsum nor ocsum";
    says(&ask(&create("e0", "erspan", |l| l.data.set(gre::TTL, 5)), EINVAL, "", &read), told, &[hint]);
    // Type I takes none of them.
    let first = create("e0", "erspan", |l| l.data.set(erspan::more::VER, 0));
    assert_ne!(ask(&first, EINVAL, "", &read).what, told);
}
