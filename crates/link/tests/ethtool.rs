//! Ethtool's messages: what is written is what `ethtool` writes, and what a kernel answers is read.

use linkctl_kinds::nic::ethtool::{
    self as table, ADVERTISE, FEATURES, FEC, FEC_MODE, FIXED, LINKMODES, RINGS, SUPPORTED, TABLE, WOL,
    WOL_MAGIC,
};
use linkctl_link::ethtool::{family, find_family, get, read, set};
use linkctl_schema::arbitrary::{self, Dice};
use linkctl_schema::{Record, Value};
use linkctl_wire::{Attrs, Writer};

/// A set of bits as the kernel tells it.
fn bits(out: &mut Writer, attr: u16, plain: bool, list: &[(&str, bool)]) {
    out.nest(attr, |w| {
        if plain {
            w.put_flag(1);
        }
        w.put_u32(2, 64);
        w.nest(3, |w| {
            for (i, (name, on)) in (0u32..).zip(list).filter(|(_, (_, on))| *on || !plain) {
                w.nest(1, |w| {
                    w.put_u32(1, i);
                    w.put_str(2, name);
                    if *on {
                        w.put_flag(3);
                    }
                });
            }
        });
    });
}

/// An answer: the generic header, the header nest, and what `f` writes.
fn answer(f: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::new();
    w.raw(&[1, 1, 0, 0]);
    w.nest(1, |w| {
        w.put_u32(1, 2);
        w.put_str(2, "eth0");
    });
    f(&mut w);
    w.into_attrs().expect("it fits")
}

fn texts(list: &[&str]) -> Vec<Value<'static>> {
    list.iter().map(|t| Value::text(*t)).collect()
}

/// What follows the netlink header and the generic one: the attributes.
fn attrs(message: &[u8]) -> &[u8] {
    &message[20..]
}

/// Names and values of a set in a request.
fn said(message: &[u8], attr: u16) -> Vec<(String, bool)> {
    let set = Attrs::new(attrs(message)).find(attr).expect("the set");
    let list = Attrs::new(set).find(3).expect("bits");
    Attrs::new(list)
        .map(|a| a.expect("whole").data)
        .map(|bit| {
            let name = Attrs::new(bit).find(2).expect("a name");
            let name = String::from_utf8(name[..name.len() - 1].to_vec()).expect("text");
            (name, Attrs::new(bit).find(3).is_some())
        })
        .collect()
}

#[test]
fn the_family_is_asked_for_and_read() {
    let asked = find_family().expect("short");
    assert_eq!(&asked[16..18], &[3, 1]);
    assert_eq!(Attrs::new(attrs(&asked)).find(2), Some(&b"ethtool\0"[..]));
    let mut w = Writer::new();
    w.raw(&[1, 2, 0, 0]);
    w.put_u16(1, 21);
    assert_eq!(family(&w.into_attrs().expect("short")), Some(21));
    assert_eq!(family(&[1, 2]), None);
}

#[test]
fn rings_are_read_and_only_what_is_said_of_them_is_written() {
    let payload = answer(|w| {
        w.put_u32(2, 4096);
        w.put_u32(6, 256);
        w.put_u32(77, 1);
    });
    let mut record = Record::new(&TABLE);
    read(RINGS, &payload, &mut record);
    assert_eq!((record.get(table::RX_RING_MAX), record.get(table::RX_RING)), (Some(4096), Some(256)));
    let wanted = Record::new(&TABLE).with(table::RX_RING, 512).with(table::RX_USECS, 7);
    let message = set(21, RINGS, 2, &wanted, &record).expect("short");
    assert_eq!(message[16], 16, "RINGS_SET");
    let all: Vec<_> = Attrs::new(attrs(&message)).map(|a| a.expect("whole").kind).collect();
    assert_eq!(all, [1, 6], "the header and the one ring");
    assert_eq!(get(21, RINGS, 2).expect("short")[16], 15);
}

#[test]
fn features_are_on_off_or_fixed() {
    let payload = answer(|w| {
        bits(w, 2, true, &[("rx-gro", true), ("tx-tcp-segmentation", true)]);
        bits(w, 3, true, &[("rx-gro", true)]);
        bits(w, 4, true, &[("rx-gro", true), ("highdma", true), ("no-such-feature", true)]);
        bits(w, 5, true, &[("netns-local", true)]);
    });
    let mut record = Record::new(&TABLE);
    read(FEATURES, &payload, &mut record);
    let of = |name: &str| record.value(TABLE.find(name).expect("a feature")).cloned();
    assert_eq!(of("rx-gro"), Some(Value::Bool(true)));
    assert_eq!(of("tx-tcp-segmentation"), Some(Value::Bool(false)));
    assert_eq!((of("netns-local"), of("rx-lro")), (Some(Value::Bool(false)), None));
    assert_eq!(record.get(FIXED), Some(texts(&["highdma", "netns-local", "no-such-feature"])));
    let mut wanted = Record::new(&TABLE);
    wanted.put(TABLE.find("rx_gro").expect("it is spelt so, too"), Value::Bool(false));
    wanted.put(TABLE.find("rx-lro").expect("a feature"), Value::Bool(true));
    let message = set(21, FEATURES, 2, &wanted, &record).expect("short");
    assert_eq!(said(&message, 3), [("rx-gro".to_owned(), false), ("rx-lro".to_owned(), true)]);
}

#[test]
fn what_wakes_a_machine_is_a_bit_each() {
    let mut record = Record::new(&TABLE);
    read(WOL, &answer(|w| bits(w, 2, false, &[("phy", true), ("magic", false)])), &mut record);
    assert_eq!((record.get(table::WOL_PHY), record.get(WOL_MAGIC)), (Some(true), Some(false)));
    assert_eq!(record.get(table::WOL_ARP), None, "the hardware cannot");
    let message = set(21, WOL, 2, &Record::new(&TABLE).with(WOL_MAGIC, true), &record).expect("short");
    assert_eq!(said(&message, 2), [("magic".to_owned(), true)]);
}

#[test]
fn modes_that_are_not_offered_any_more_are_said_to_be_off() {
    let payload = answer(|w| {
        w.put_u8(2, 1);
        let modes = [
            ("Autoneg", true),
            ("TP", true),
            ("100baseT/Full", true),
            ("1000baseT/Full", true),
            ("10baseT/Half", false),
        ];
        bits(w, 3, false, &modes);
        w.put_u32(5, u32::MAX);
        w.put_u8(6, 255);
        w.put_u8(7, 0);
    });
    let mut record = Record::new(&TABLE);
    read(LINKMODES, &payload, &mut record);
    assert_eq!(record.get(ADVERTISE), Some(texts(&["100baseT/Full", "1000baseT/Full"])));
    assert_eq!(record.get(SUPPORTED), Some(texts(&["100baseT/Full", "1000baseT/Full", "10baseT/Half"])));
    let unknown = (record.get(table::SPEED), record.get(table::DUPLEX), record.get(table::MASTER_SLAVE));
    assert_eq!(unknown, (None, None, None), "what the driver does not know is not told");
    let wanted = Record::new(&TABLE).with(ADVERTISE, texts(&["100baseT/Full"])).with(table::AUTONEG, true);
    let message = set(21, LINKMODES, 2, &wanted, &record).expect("short");
    let off = |name: &str| (name.to_owned(), false);
    let on = ("100baseT/Full".to_owned(), true);
    assert_eq!(said(&message, 3), [off("1000baseT/Full"), on, off("10baseT/Half")]);
    assert_eq!(Attrs::new(attrs(&message)).find(2), Some(&[1][..]));
}

#[test]
fn encodings_have_one_word_each() {
    for (word, modes, auto) in
        [("auto", &[][..], 1), ("off", &["None"][..], 0), ("rs", &["RS"], 0), ("baser", &["BASER"], 0)]
    {
        let list: Vec<_> = modes.iter().map(|m| (*m, true)).collect();
        let payload = answer(|w| {
            bits(w, 2, true, &list);
            w.put_u8(3, auto);
        });
        let mut record = Record::new(&TABLE);
        read(FEC, &payload, &mut record);
        assert_eq!(record.get(FEC_MODE), Some(word));
        let message = set(21, FEC, 2, &record, &record).expect("short");
        assert_eq!(said(&message, 2).iter().map(|(n, _)| n.as_str()).collect::<Vec<_>>(), modes);
        assert_eq!(Attrs::new(attrs(&message)).find(3), Some(&[auto][..]));
    }
}

#[test]
fn any_answer_is_read_without_a_panic() {
    let groups = [2, LINKMODES, WOL, FEATURES, RINGS, 17, 19, 21, 23, FEC];
    let mut dice = Dice::new(3);
    let whole = answer(|w| {
        bits(w, 3, false, &[("100baseT/Full", true), ("rx-gro", true), ("magic", true), ("RS", true)]);
        (2..20).for_each(|n| w.put_u32(n, n.into()));
    });
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        for _ in 0..dice.below(6) {
            let at = dice.below(bytes.len() as u64) as usize;
            bytes[at] = dice.roll() as u8;
        }
        bytes.truncate(dice.below(bytes.len() as u64 + 1) as usize);
        let mut record = arbitrary::record(&TABLE, &[], &mut dice);
        let asked = *dice.pick(&groups).expect("groups");
        read(asked, &bytes, &mut record);
        let _ = set(21, asked, 2, &record, &record);
    }
}
