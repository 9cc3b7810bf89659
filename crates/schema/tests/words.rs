//! Words and scalars that are understood, and what is said of those that are not.

use linkctl_schema::field::*;
use linkctl_schema::types::Word;
use linkctl_schema::*;

const MODES: &[Word] = &[("slow", 0), ("fast", 1)];

fields! {
    /// A number.
    ID: u32 = u32(1, "id").also(&["vni"]).max(0xff_ffff);
    /// A bound of zero.
    LIMIT: u32 = u32(2, "max_address").zero("unlimited");
    /// A time.
    DELAY: u32 = time32(3, "forward_delay", Unit::Centis);
    /// A switch.
    LEARNING: bool = switch(4, "learning");
    /// A bit alone.
    NODST: bool = bit(5, "nodst", Layout::Plain(Repr::U16), 2).bare();
    /// A boolean number.
    STP: u8 = u8(6, "stp_state").boolean();
    /// A list that is open.
    GROUP: &'static str = words32(7, "group", &[("default", 0)]).max(u32::MAX as u64);
    /// A closed one.
    RATE: &'static str = words8(8, "rate", MODES);
    /// One of off and on.
    ACTIVE: &'static str = words8(9, "active", &[("off", 0), ("on", 1)]);
    /// Ports.
    PORTS: (u16, u16) = ports(10, "ports");
    /// Hops.
    TTL: Hops = hops(11, "ttl", 12);
    /// Pairs.
    MAP: Vec<(u32, u32)> = pairs(13, "map", 1);
    /// Targets.
    TARGETS: Vec<Value<'static>> = ip4s(14, "targets", 2);
    /// Sources.
    SOURCES: Vec<Value<'static>> = macs(15, "sources", 16, 17);
    /// A link.
    PRIMARY: Name = link(18, "primary");
    /// A fact.
    COUNT: u32 = u32(19, "count").readonly();
    /// Service.
    TOS: u8 = tos(20, "tos");
    /// Below nothing.
    PRIO: i32 = s32(21, "prio").min(-10);
}

fn said(line: &str) -> Result<(&'static str, Value<'static>, usize), String> {
    let words: Vec<_> = line.split(' ').collect();
    match grammar::field(&FIELDS, &words, 0) {
        Ok(Some((f, value, used))) => Ok((f.name, value, used)),
        Ok(None) => Err("unknown".into()),
        Err(e) => Err(e.to_string()),
    }
}

#[test]
fn words_are_understood() {
    let ip = |a: &str| Value::Ip(a.parse().expect("an address"));
    let mac = |a: &str| Value::Mac(Mac::parse(a).expect("an address"));
    for (line, name, value, used) in [
        ("id 42 more", "id", Value::Num(42), 2),
        ("vni 0x2a", "id", Value::Num(42), 2),
        ("max-address unlimited", "max_address", Value::Num(0), 2),
        ("max_address 5k", "max_address", Value::Num(5000), 2),
        ("forward_delay 400", "forward_delay", Value::Num(400), 2),
        ("forward_delay 4s", "forward_delay", Value::Num(400), 2),
        ("forward_delay 0.05s", "forward_delay", Value::Num(5), 2),
        ("learning on", "learning", Value::Bool(true), 1),
        ("nolearning", "learning", Value::Bool(false), 1),
        ("nodst", "nodst", Value::Bool(true), 1),
        ("stp_state on", "stp_state", Value::Num(1), 2),
        ("stp_state 0", "stp_state", Value::Num(0), 2),
        ("group default", "group", Value::Word("default"), 2),
        ("group 0", "group", Value::Word("default"), 2),
        ("group 7", "group", Value::Num(7), 2),
        ("rate FAST", "rate", Value::Word("fast"), 2),
        ("rate 1", "rate", Value::Word("fast"), 2),
        ("active yes", "active", Value::Word("on"), 2),
        ("active false", "active", Value::Word("off"), 2),
        ("ports 1 2", "ports", Value::Range(1, 2), 3),
        ("ports 1-2 x", "ports", Value::Range(1, 2), 2),
        ("ttl auto", "ttl", Value::Hops(Hops::Auto), 2),
        ("ttl inherit", "ttl", Value::Hops(Hops::Inherit), 2),
        ("map 0:1 2:3 id", "map", Value::Pairs(vec![(0, 1), (2, 3)]), 3),
        ("targets 10.0.0.1,10.0.0.2", "targets", Value::List(vec![ip("10.0.0.1"), ip("10.0.0.2")]), 2),
        ("targets id", "targets", Value::List(vec![]), 1),
        ("sources set 2:0:0:0:0:1 id", "sources", Value::List(vec![mac("2:0:0:0:0:1")]), 3),
        ("sources flush", "sources", Value::List(vec![]), 2),
        ("primary eth0", "primary", Value::Link(Name::new("eth0").expect("a name")), 2),
        ("noprimary", "primary", Value::Link(Name::NONE), 1),
        ("clear_primary", "primary", Value::Link(Name::NONE), 1),
        ("tos inherit", "tos", Value::Num(1), 2),
        ("tos 10", "tos", Value::Num(16), 2),
        ("prio -5", "prio", Value::Int(-5), 2),
    ] {
        assert_eq!(said(line), Ok((name, value, used)), "{line}");
    }
}

#[test]
fn refusals_say_what_would_do() {
    for (line, why) in [
        ("id", "id wants a number behind it"),
        ("id x", "id \"x\": a number is expected"),
        ("id 010", "id \"010\": a number does not begin with 0: write it in decimal, or as 0x.."),
        ("id 16777216", "id \"16777216\": a number from 0 to 16777215 is expected"),
        (
            "forward_delay 5ms",
            "forward_delay \"5ms\": a time in steps of 10 ms is expected, such as 1000ms or 2s",
        ),
        ("rate faster", "rate \"faster\": expected slow or fast"),
        ("rate 7", "rate \"7\": expected slow or fast"),
        ("active maybe", "active \"maybe\": expected off or on"),
        ("ports 5 1", "ports \"5\": expected two ports, such as 32768-61000"),
        ("ports 5", "ports wants two ports behind it"),
        ("ttl 256", "ttl \"256\": expected auto, inherit or a number from 1 to 255"),
        ("map", "map wants pairs FROM:TO behind it"),
        ("targets 10.0.0.1,fd00::1", "targets \"10.0.0.1,fd00::1\": an IPv4 address is expected"),
        (
            "targets 10.0.0.1,10.0.0.2,10.0.0.3",
            "targets \"10.0.0.1,10.0.0.2,10.0.0.3\": at most 2 are possible",
        ),
        ("sources add 2:0:0:0:0:1", "sources \"add\": expected set or flush"),
        ("primary a/b", "primary \"a/b\": a link's name cannot hold '/'"),
        ("count 5", "count \"5\": it is reported by the kernel and cannot be set"),
        ("prio -11", "prio \"-11\": a number from -10 to 2147483647 is expected"),
        ("nocount", "unknown"),
        ("clear_id", "unknown"),
        ("learn", "unknown"),
    ] {
        assert_eq!(said(line), Err(why.to_owned()), "{line}");
    }
}

#[test]
fn a_slip_is_answered_with_the_nearest_words() {
    assert_eq!(grammar::suggest(&[&FIELDS], "lerning"), ["learning"]);
    assert_eq!(grammar::suggest(&[&FIELDS], "vnl"), ["vni"]);
    assert_eq!(grammar::suggest(&[&FIELDS], "cuont"), [""; 0], "what cannot be set is not suggested");
}
