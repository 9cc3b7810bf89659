//! Each shape once: bytes, value, text, JSON and words of one table that has them all.

use std::net::IpAddr;

use linkctl_schema::codec::{Links, NoLinks, View, decode, encode};
use linkctl_schema::field::*;
use linkctl_schema::out::Out;
use linkctl_schema::text::{Level, Seen};
use linkctl_schema::types::Word;
use linkctl_schema::*;
use linkctl_wire::Writer;

const COLOURS: &[Word] = &[("red", 0), ("green", 1)];
const BITS: &[Word] = &[("stp", 1), ("lldp", 0x8)];

fields! {
    /// A switch.
    SWITCH: bool = switch(1, "switch").quiet(1);
    /// On or off.
    ONOFF: bool = onoff(2, "onoff");
    /// A flag.
    FLAG: bool = flag(3, "flag");
    /// A number.
    NUMBER: u32 = u32(4, "number").zero("none");
    /// A mask.
    MASK: u16 = u16(5, "mask").hex();
    /// Its names.
    MASK_STR: Vec<Value<'static>> = names(5, "mask_str", Repr::U16, BITS, true).echo();
    /// Its names, as a list.
    MASK_LIST: Vec<Value<'static>> = names(5, "mask_list", Repr::U16, BITS, false).echo();
    /// Network order.
    PORT: u16 = be16(6, "port").json("dport");
    /// Below nothing.
    SIGNED: i32 = s32(7, "signed");
    /// A word.
    COLOUR: &'static str = words8(8, "colour", COLOURS).null(0);
    /// An address.
    PEER: IpAddr = ip(9, "peer", 10);
    /// Ports.
    RANGE: (u16, u16) = ports(11, "range");
    /// Hops.
    TTL: Hops = hops(12, "ttl", 13);
    /// Service.
    TOS: u8 = tos(14, "tos").unsaid(0);
    /// One bit.
    BIT: bool = bit(15, "bit", Layout::Masked, 0x2);
    /// A bare bit.
    BARE: bool = bit(16, "bare", Layout::Plain(Repr::U16), 0x1).bare();
    /// A named bit.
    NAMED: bool = named_bit(17, "named", Layout::Masked, 0x4, "NAMED").json("flags");
    /// Another.
    OTHER: bool = named_bit(17, "other", Layout::Masked, 0x8, "OTHER").json("flags");
    /// Pairs.
    MAP: Vec<(u32, u32)> = pairs(18, "map", 1);
    /// Addresses.
    TARGETS: Vec<Value<'static>> = ip4s(19, "targets", 2);
    /// How many there are.
    COUNT: u32 = count(20, "count").text("remotes").only("colour", &["green"]).readonly();
    /// Sources.
    MACS: Vec<Value<'static>> = macs(21, "macs", 22, 23).only("colour", &["green"]);
    /// A timer.
    TIMER: u64 = timer(24, "timer").readonly();
    /// To go.
    LAPSE: u64 = lapse(25, "lapse").readonly();
    /// A link.
    DEV: Name = link(26, "dev");
    /// A name.
    ALIAS: Vec<u8> = string(27, "alias", 15);
    /// Two priorities and an address.
    ROOT: Vec<u8> = bridge_id(28, "root").readonly();
    /// In a nest.
    INNER: u16 = u16(1, "inner").grouped(&[29], "nest").readonly();
    /// Text only.
    AGAIN: bool = onoff(2, "again").json("").echo();
}

static KIND: Kind = Kind { name: "sample", doc: "A sample", fields: &FIELDS, ..Kind::DEFAULT };
const _: () = KIND.check();

struct One;
impl Links for One {
    fn index(&self, name: &Name) -> Option<u32> {
        (name.as_bytes() == b"eth0").then_some(7)
    }
    fn name(&self, index: u32) -> Option<Name> {
        (index == 7).then(|| Name::new("eth0").expect("a name"))
    }
}

/// Attributes with these payloads.
fn wire(attrs: &[(u16, &[u8])]) -> Vec<u8> {
    let mut w = Writer::new();
    attrs.iter().for_each(|(number, data)| w.put(*number, data));
    w.into_attrs().expect("they fit")
}

fn shown(attrs: &[(u16, &[u8])], level: Level) -> (String, String) {
    let bytes = wire(attrs);
    let view = View::new(&bytes);
    let seen = Seen { view: &view, links: &One };
    let mut plain = String::new();
    text::write(&FIELDS, &seen, level, &mut plain);
    let mut out = Out::new(false);
    out.object();
    json::write(&FIELDS, &seen, level, &mut out);
    out.end();
    (plain, out.into_string())
}

#[test]
fn every_shape_is_shown_as_iproute2_does() {
    let cases: &[(&[(u16, &[u8])], &str, &str)] = &[
        (&[(1, &[0])], "noswitch ", r#"{"switch":false}"#),
        (&[(1, &[1])], "", r#"{"switch":true}"#),
        (&[(2, &[1])], "onoff on again on ", r#"{"onoff":true}"#),
        (&[(3, &[])], "flag ", r#"{"flag":true}"#),
        (&[(4, &0u32.to_ne_bytes())], "number none ", r#"{"number":0}"#),
        (&[(4, &9u32.to_ne_bytes())], "number 9 ", r#"{"number":9}"#),
        (
            &[(5, &0x2009u16.to_ne_bytes())],
            "mask 0x2009 mask_str stp,lldp,0x2000 mask_list <stp,lldp,0x2000> ",
            r#"{"mask":"0x2009","mask_str":"stp,lldp,0x2000","mask_list":["stp","lldp","0x2000"]}"#,
        ),
        (
            &[(5, &[0, 0])],
            "mask 0 mask_str 0x0 mask_list <> ",
            r#"{"mask":"0","mask_str":"0x0","mask_list":[]}"#,
        ),
        (&[(6, &[0x12, 0xb5])], "port 4789 ", r#"{"dport":4789}"#),
        (&[(7, &(-1i32).to_ne_bytes())], "signed -1 ", r#"{"signed":-1}"#),
        (&[(8, &[0])], "colour red ", r#"{"colour":null}"#),
        (&[(8, &[9])], "colour 9 ", r#"{"colour":9}"#),
        (&[(9, &[192, 0, 2, 1])], "peer 192.0.2.1 ", r#"{"peer":"192.0.2.1"}"#),
        (&[(10, &[0; 16])], "peer :: ", r#"{"peer":"::"}"#),
        (&[(11, &[0, 1, 2, 0])], "range 1 512 ", r#"{"range":{"low":1,"high":512}}"#),
        (&[(12, &[0]), (13, &[0])], "ttl auto ", r#"{"ttl":0}"#),
        (&[(12, &[3])], "ttl 3 ", r#"{"ttl":3}"#),
        (&[(12, &[0]), (13, &[1])], "ttl inherit ", "{}"),
        (&[(14, &[0])], "", "{}"),
        (&[(14, &[1])], "tos inherit ", r#"{"tos":"0x1"}"#),
        (&[(14, &[0x10])], "tos 0x10 ", r#"{"tos":"0x10"}"#),
        (&[(15, &[2, 0, 0, 0, 2, 0, 0, 0])], "bit 1 ", r#"{"bit":1}"#),
        (&[(15, &[0, 0, 0, 0, 1, 0, 0, 0])], "", "{}"),
        (&[(16, &[1, 0])], "bare ", r#"{"bare":true}"#),
        (&[(16, &[0, 0])], "", "{}"),
        (&[(17, &[12, 0, 0, 0, 255, 0, 0, 0])], "<NAMED,OTHER> ", r#"{"flags":["NAMED","OTHER"]}"#),
        (&[(17, &[0, 0, 0, 0, 255, 0, 0, 0])], "", "{}"),
        (&[(24, &1234u64.to_ne_bytes())], "timer   12.34 ", r#"{"timer":12.34}"#),
        (&[(25, &24995u64.to_ne_bytes())], "lapse 25us ", r#"{"lapse":"25us"}"#),
        (&[(25, &7u64.to_ne_bytes())], "lapse 7ns ", r#"{"lapse":"7ns"}"#),
        (&[(25, &25_510u64.to_ne_bytes())], "lapse 25.5us ", r#"{"lapse":"25.5us"}"#),
        (&[(26, &7u32.to_ne_bytes())], "dev eth0 ", r#"{"dev":"eth0"}"#),
        (&[(26, &8u32.to_ne_bytes())], "dev if8 ", r#"{"dev":"if8"}"#),
        (&[(26, &0u32.to_ne_bytes())], "dev none ", r#"{"dev":""}"#),
        (&[(27, b"a\x1bb\0junk")], "alias a\\x1bb ", r#"{"alias":"a\u001bb"}"#),
        (&[(28, &[0x80, 0, 2, 0, 0, 0, 0, 1])], "root 8000.2:0:0:0:0:1 ", r#"{"root":"8000.2:0:0:0:0:1"}"#),
        (&[(29, &wire(&[(1, &[5, 0])]))], "inner 5 ", r#"{"nest":{"inner":5}}"#),
        (&[(29, &[])], "", r#"{"nest":{}}"#),
    ];
    if cfg!(target_endian = "big") {
        return; // the bytes above are a little-endian machine's
    }
    for (attrs, text, json) in cases {
        assert_eq!(shown(attrs, Level::default()), ((*text).to_owned(), (*json).to_owned()), "{attrs:?}");
    }
}

#[test]
fn lists_are_shown_and_what_depends_on_a_word_waits_for_it() {
    let mac: &[u8] = &[2, 0, 0, 0, 0, 1];
    let inner = wire(&[(23, mac)]);
    let count = 1u32.to_ne_bytes();
    let source: &[(u16, &[u8])] = &[(8, &[1]), (20, &count), (21, &inner)];
    let text = "colour green remotes (1) 02:00:00:00:00:01 ";
    let json = r#"{"colour":"green","count":1,"macs":["02:00:00:00:00:01"]}"#;
    assert_eq!(shown(source, Level::default()), (text.into(), json.into()));
    assert_eq!(shown(&source[1..], Level::default()), (String::new(), "{}".into()), "no colour, no macs");

    let pair = [1u32.to_ne_bytes(), 2u32.to_ne_bytes()].concat();
    let map: &[(u16, &[u8])] =
        &[(18, &wire(&[(1, &pair)])), (19, &wire(&[(0, &[10, 0, 0, 1]), (1, &[10, 0, 0, 2])]))];
    let text = "\n      map { 1:2 } targets 10.0.0.1,10.0.0.2 ";
    let json = r#"{"map":[{"from":1,"to":2}],"targets":["10.0.0.1","10.0.0.2"]}"#;
    assert_eq!(shown(map, Level::default()), (text.into(), json.into()));
}

#[test]
fn all_shows_switches_that_go_without_saying_and_no_other_values() {
    let all = Level { all: true, ours: false };
    assert_eq!(shown(&[(1, &[1]), (14, &[0]), (16, &[0, 0])], all).0, "switch ");
}

#[test]
fn a_record_is_shown_like_the_message_that_it_came_from() {
    let attrs: &[(u16, &[u8])] = &[(2, &[1]), (5, &9u16.to_ne_bytes()), (8, &[1]), (26, &7u32.to_ne_bytes())];
    let bytes = wire(attrs);
    let (record, errors) = decode::record(&FIELDS, &View::new(&bytes), &One);
    assert_eq!(errors, []);
    let mut plain = String::new();
    text::write(&FIELDS, &record, Level::default(), &mut plain);
    assert_eq!(plain, shown(attrs, Level::default()).0);
    assert!(plain.contains("mask_str stp,lldp ") && plain.contains("again on "), "{plain}");
    assert_eq!(record.iter().count(), 4, "what is shown twice is kept once");
}

#[test]
fn an_attribute_of_another_length_is_an_error_and_nothing_else_is_lost() {
    let bytes = wire(&[(4, &[1, 2]), (6, &[0, 5])]);
    let (record, errors) = decode::record(&FIELDS, &View::new(&bytes), &NoLinks);
    assert_eq!((record.get(NUMBER), record.get(PORT)), (None, Some(5)));
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].to_string(), "number: 2 bytes where 4 belong");
}

#[test]
fn bits_of_one_attribute_are_written_once_and_nests_are_nests() {
    let record =
        Record::new(&FIELDS).with(NAMED, true).with(OTHER, false).with(TARGETS, vec![]).with(MACS, vec![]);
    let mut w = Writer::new();
    encode(&record, &One, &mut w).expect("it can be encoded");
    let bytes = w.into_attrs().expect("it fits");
    let wanted: Vec<u8> = [
        [12u16.to_ne_bytes(), 17u16.to_ne_bytes()].concat(),
        [4u32.to_ne_bytes(), 12u32.to_ne_bytes()].concat(),
        [4u16.to_ne_bytes(), 0x8013_u16.to_ne_bytes()].concat(),
        // An empty list of sources is a flush (enum macvlan_macaddr_mode).
        [8u16.to_ne_bytes(), 22u16.to_ne_bytes()].concat(),
        2u32.to_ne_bytes().to_vec(),
    ]
    .concat();
    assert_eq!(bytes, wanted);
}

#[test]
fn a_link_that_is_not_there_is_named_in_the_error() {
    let record = Record::new(&FIELDS).with(DEV, Name::new("eth9").expect("a name"));
    let error = encode(&record, &One, &mut Writer::new()).expect_err("eth9 has no index");
    assert_eq!(error.to_string(), "dev: no link is called eth9");
}
