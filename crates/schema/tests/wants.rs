//! What counts as a difference and what it takes, and which settings do not go together.

use std::net::IpAddr;

use linkctl_schema::field::*;
use linkctl_schema::rules::{Broken, check};
use linkctl_schema::types::Word;
use linkctl_schema::*;

const MODES: &[Word] = &[("bridge", 4), ("private", 1), ("passthru", 8)];

fields! {
    /// A monitor.
    MIIMON: u32 = time32(1, "miimon", Unit::Millis);
    /// A delay.
    UPDELAY: u32 = time32(2, "updelay", Unit::Millis).rounded(Round::MultipleOf("miimon"));
    /// A timer.
    HELLO: u32 = time32(3, "hello", Unit::Centis).rounded(Round::Jiffies);
    /// What the kernel does as it likes.
    FIXED: u32 = u32(4, "elasticity").rounded(Round::Ignored);
    /// A boolean number.
    STP: u32 = u32(5, "stp").boolean();
    /// A mode.
    MODE: &'static str = words32(6, "mode", MODES).sticky(&["passthru"]);
    /// An address.
    REMOTE: IpAddr = ip(7, "remote", 8);
    /// Hops.
    TTL: Hops = hops(9, "ttl", 10);
    /// A port.
    PRIMARY: Name = link(11, "primary").volatile();
    /// Pairs.
    MAP: Vec<(u32, u32)> = pairs(12, "map", 1);
    /// Sources.
    MACS: Vec<Value<'static>> = macs(13, "macs", 14, 15);
    /// A command.
    FLUSH: bool = flag(16, "flush").writeonly();
    /// Another monitor.
    ARP: u32 = u32(17, "arp_interval");
    /// What it looks at.
    VALIDATE: &'static str = words32(18, "arp_validate", &[("none", 0), ("all", 3)]);
    /// Only while down.
    RATE: u32 = u32(19, "rate").down();
}

static KIND: Kind = Kind {
    name: "sample",
    doc: "A sample",
    fields: &FIELDS,
    rules: &[
        Rule::OneOf(&["mode", "remote"]),
        Rule::Excludes("arp_interval", "miimon"),
        Rule::Excludes("arp_validate", "miimon"),
        Rule::Needs("updelay", "miimon"),
        Rule::When("macs", "mode", &["private"]),
    ],
    ..Kind::DEFAULT
};
const _: () = KIND.check();

fn new() -> Record {
    Record::new(&FIELDS)
}

fn addr(a: &str) -> IpAddr {
    a.parse().expect("an address")
}

fn hw(a: &str) -> Value<'static> {
    Value::Mac(Mac::parse(a).expect("an address"))
}

#[test]
fn what_the_kernel_makes_of_a_value_is_no_difference() {
    let have = new()
        .with(MIIMON, 100)
        .with(UPDELAY, 100)
        .with(HELLO, 199)
        .with(FIXED, 16)
        .with(STP, 2)
        .with(MAP, vec![(3, 4), (1, 2)])
        .with(MACS, vec![hw("2:0:0:0:0:2"), hw("2:0:0:0:0:1")]);
    let want = new()
        .with(UPDELAY, 150)
        .with(HELLO, 200)
        .with(FIXED, 4)
        .with(STP, 1)
        .with(PRIMARY, Name::new("eth0").expect("a name"))
        .with(MAP, vec![(1, 2), (3, 4), (5, 0)])
        .with(MACS, vec![hw("2:0:0:0:0:1"), hw("2:0:0:0:0:2")])
        .with(FLUSH, true);
    assert_eq!(diff::diff(&have, &want), []);
    let far = new().with(UPDELAY, 250).with(HELLO, 197).with(STP, 0).with(MAP, vec![(1, 2)]);
    let fields: Vec<_> = diff::diff(&have, &far).iter().map(|d| d.field).collect();
    assert_eq!(fields, ["updelay", "hello", "stp", "map"]);
}

#[test]
fn some_values_cannot_be_reached_without_a_rebuild() {
    let cases = [
        (new().with(MODE, "bridge"), new().with(MODE, "private"), Change::Live),
        (new().with(MODE, "bridge"), new().with(MODE, "passthru"), Change::Rebuild),
        (new().with(MODE, "passthru"), new().with(MODE, "bridge"), Change::Rebuild),
        (new().with(REMOTE, addr("192.0.2.1")), new().with(REMOTE, addr("192.0.2.2")), Change::Live),
        (new().with(REMOTE, addr("192.0.2.1")), new().with(REMOTE, addr("2001:db8::1")), Change::Rebuild),
        (new().with(TTL, Hops::Auto), new().with(TTL, Hops::Fixed(3)), Change::Live),
        (new().with(TTL, Hops::Auto), new().with(TTL, Hops::Inherit), Change::Rebuild),
        (new().with(RATE, 1), new().with(RATE, 2), Change::Down),
        (new(), new().with(REMOTE, addr("192.0.2.1")), Change::Live),
    ];
    for (have, want, change) in cases {
        let deltas = diff::diff(&have, &want);
        assert_eq!(diff::strongest(&deltas), Some(change), "{have:?} to {want:?}");
    }
}

#[test]
fn rules_know_what_is_switched_off() {
    let base = || new().with(MODE, "bridge");
    for (said, broken) in [
        (new(), Some(Broken::OneOf(&["mode", "remote"]))),
        (base(), None),
        (base().with(MIIMON, 100).with(ARP, 200), Some(Broken::Excludes("arp_interval", "miimon"))),
        (base().with(MIIMON, 0).with(ARP, 200), None),
        (base().with(MIIMON, 100).with(VALIDATE, "none"), None),
        (base().with(MIIMON, 100).with(VALIDATE, "all"), Some(Broken::Excludes("arp_validate", "miimon"))),
        (base().with(UPDELAY, 100), Some(Broken::Needs("updelay", "miimon"))),
        (base().with(UPDELAY, 100).with(MIIMON, 0), Some(Broken::Needs("updelay", "miimon"))),
        (base().with(UPDELAY, 0), None),
        (base().with(MACS, vec![hw("2:0:0:0:0:1")]), Some(Broken::When("macs", "mode", &["private"]))),
        (new().with(REMOTE, addr("192.0.2.1")).with(MACS, vec![hw("2:0:0:0:0:1")]), None),
    ] {
        assert_eq!(check(&KIND, &said).err(), broken, "{said:?}");
    }
    assert_eq!(Broken::Needs("updelay", "miimon").to_string(), "updelay needs miimon");
    let when = Broken::When("macs", "mode", &["private", "source"]);
    assert_eq!(when.to_string(), "macs only counts while mode is private or source");
}
