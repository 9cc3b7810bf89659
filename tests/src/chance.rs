//! Messages about links by chance, such as no kernel here sends: whatever iproute2 shows without a fault.

use std::collections::BTreeMap;

use linkctl::kinds::{self, link as base};
use linkctl::link::numbers::{RTM_DELLINK, RTM_NEWLINK, RTM_NEWSTATS};
use linkctl::link::show::Near;
use linkctl::schema::arbitrary::{self, Dice};
use linkctl::schema::codec::{Links, encode};
use linkctl::schema::{Fields, Name, Type};
use linkctl::wire::Writer;

/// Links that others name.
pub struct Around(pub BTreeMap<u32, (Name, u32)>);

impl Links for Around {
    fn index(&self, name: &Name) -> Option<u32> {
        self.0.iter().find(|(_, (n, _))| n == name).map(|(index, _)| *index)
    }
    fn name(&self, index: u32) -> Option<Name> {
        self.0.get(&index).map(|l| l.0)
    }
    fn account(&self, id: u32, _: bool) -> Option<&str> {
        (id == 0).then_some("root")
    }
}

impl Near for Around {
    fn flags(&self, index: u32) -> Option<u32> {
        self.0.get(&index).map(|l| l.1)
    }
    fn netns(&self, _: i32) -> Option<String> {
        None
    }
}

/// A message with what it is about.
pub struct Message {
    /// Header and payload.
    pub bytes: Vec<u8>,
    /// Whether it says that the link is gone.
    pub deleted: bool,
}

impl Message {
    /// What stands behind the header.
    pub fn payload(&self) -> &[u8] {
        &self.bytes[16..]
    }
}

const BR0: u32 = 7;
const LOW: u32 = 9;

/// The name of a link.
pub fn name(word: &str) -> Name {
    Name::new(word).expect("a name")
}

/// The links that all messages may name.
pub fn around() -> Around {
    Around([(1, (name("lo"), 8)), (BR0, (name("br0"), 0x1043)), (LOW, (name("low"), 0x1002))].into())
}

/// `struct ifinfomsg`, with no flag changed.
pub fn header(family: u8, iftype: u16, index: u32, flags: u32) -> [u8; 16] {
    let mut out = [0; 16];
    out[0] = family;
    out[2..4].copy_from_slice(&iftype.to_ne_bytes());
    out[4..8].copy_from_slice(&index.to_ne_bytes());
    out[8..12].copy_from_slice(&flags.to_ne_bytes());
    out
}

/// The neighbours' own messages, which come first.
pub fn neighbours(family: u8) -> Vec<Message> {
    [(BR0, "br0", 0x1043), (LOW, "low", 0x1002)]
        .map(|(index, name, flags)| {
            let mut out = Writer::message(RTM_NEWLINK, 0, &header(family, 1, index, flags));
            out.put_str(base::NAME.0.attr, name);
            Message { bytes: out.finish().expect("short"), deleted: false }
        })
        .into()
}

fn bytes(n: usize, dice: &mut Dice) -> Vec<u8> {
    (0..n).map(|_| dice.roll() as u8).collect()
}

fn word(max: usize, dice: &mut Dice) -> String {
    const LETTERS: &[u8] = b"abcxyz0189.-_";
    (0..=dice.below(max as u64 - 1)).map(|_| char::from(*dice.pick(LETTERS).expect("some"))).collect()
}

/// Numbers of all lengths.
pub fn number(dice: &mut Dice) -> u64 {
    let bits = dice.below(64);
    dice.roll() >> bits
}

fn flags(dice: &mut Dice) -> u32 {
    match dice.below(4) {
        0 => dice.roll() as u32,
        1 => 0,
        _ => 0x1043 & dice.roll() as u32,
    }
}

/// An attribute now and then.
pub fn sometimes(dice: &mut Dice, put: impl FnOnce(&mut Dice)) {
    if !dice.one_in(3) {
        put(dice);
    }
}

/// Any link.
pub fn link(index: u32, dice: &mut Dice) -> Message {
    let deleted = dice.one_in(10);
    let (iftype, length) = *dice
        .pick(&[(1, 6), (1, 6), (768, 4), (776, 4), (769, 16), (823, 16), (32, 20), (65534, 3), (9999, 2)])
        .expect("some");
    let kind = if deleted { RTM_DELLINK } else { RTM_NEWLINK };
    let mut w = Writer::message(kind, 0, &header(0, iftype, index, flags(dice)));
    // The kernel makes no link that is called . or ..
    w.put_str(3, &format!("n{}", word(14, dice)));
    let held = dice.one_in(4);
    for attr in [base::ADDRESS.0.attr, base::BROADCAST.0.attr, base::PERM_ADDRESS.0.attr] {
        // iproute2 shows reasons of protodown only of a link that has a broadcast address.
        if !dice.one_in(3) || held && attr == base::BROADCAST.0.attr {
            w.put(attr, &bytes(length, dice));
        }
    }
    let small = [
        (base::LINK.0.attr, &[0, BR0, LOW, LOW, 5000][..]),
        (base::MASTER.0.attr, &[0, BR0, BR0, 5001][..]),
        (base::GROUP.0.attr, &[0, 0, 1, 77, 0x7fff_ffff][..]),
        (base::EVENT.0.attr, &[0, 1, 2, 3, 4, 5, 6, 7, 8][..]),
    ];
    for (attr, of) in small {
        sometimes(dice, |d| w.put_u32(attr, *d.pick(of).expect("some")));
    }
    for attr in [base::LINK_NETNSID.0.attr, base::NEW_NETNSID.0.attr, base::NEW_IFINDEX.0.attr] {
        if dice.one_in(5) {
            w.put_i32(attr, dice.below(5) as i32 - 1);
        }
    }
    sometimes(dice, |d| w.put_u8(base::OPERSTATE.0.attr, d.below(9) as u8));
    sometimes(dice, |d| w.put_u8(base::LINKMODE.0.attr, d.below(4) as u8));
    sometimes(dice, |d| w.put_str(base::QDISC.0.attr, &word(15, d)));
    if held {
        w.put_u8(base::PROTODOWN.0.attr, dice.below(2) as u8);
        // And only the first eight.
        w.nest(55, |w| w.put_u32(2, dice.below(256) as u32));
    }
    for f in base::FIELDS.list() {
        let plain = f.path.is_empty() && matches!(f.ty, Type::Uint(linkctl::schema::Repr::U32));
        if plain && f.attr != base::GROUP.0.attr {
            // In JSON an MTU is signed for iproute2.
            let shift = u32::from(f.attr == base::MTU.0.attr);
            sometimes(dice, |d| w.put_u32(f.attr, number(d) as u32 >> shift));
        }
    }
    for attr in [38, 56, 57] {
        sometimes(dice, |d| w.put_str(attr, &word(30, d)));
    }
    for attr in [34, 36] {
        sometimes(dice, |d| w.put(attr, &bytes(8, d)));
    }
    sometimes(dice, |d| w.put_u8(base::NETNS_IMMUTABLE.0.attr, d.below(2) as u8));
    sometimes(dice, |d| w.nest_plain(26, |w| w.nest_plain(10, |w| w.put_u8(8, d.below(4) as u8))));
    if dice.one_in(3) {
        w.put_str(base::ALIAS.0.attr, &word(60, dice));
    }
    if dice.one_in(4) {
        w.nest(52, |w| (0..=dice.below(3)).for_each(|_| w.put_str(53, &word(40, dice))));
    }
    sometimes(dice, |d| counters(&mut w, d));
    if dice.one_in(4) {
        w.nest(base::XDP.0.attr, |w| xdp(w, dice));
    }
    if dice.one_in(4) {
        functions(&mut w, iftype, dice);
    }
    linkinfo(&mut w, dice);
    Message { bytes: w.finish().expect("short"), deleted }
}

/// All 25, for iproute2 shows those of the link before where there are fewer.
fn counters(w: &mut Writer, dice: &mut Dice) {
    let all: Vec<u8> =
        (0..25).flat_map(|_| if dice.one_in(3) { 0 } else { number(dice) }.to_ne_bytes()).collect();
    w.put(base::STATS64.0.attr, &all);
}

fn xdp(w: &mut Writer, dice: &mut Dice) {
    // As the kernel does: one program, or several.
    let mode = dice.below(6) as u8;
    w.put_u8(2, mode);
    let id = |dice: &mut Dice| 2_000_000_000 + dice.below(1000) as u32;
    if mode == 4 {
        [5, 6, 7].into_iter().for_each(|attr| {
            if !dice.one_in(3) {
                w.put_u32(attr, id(dice));
            }
        });
    } else {
        let id = id(dice);
        w.put_u32(4, id);
        if (1..4).contains(&mode) && !dice.one_in(3) {
            w.put_u32([6, 5, 6, 7][usize::from(mode)], id);
        }
    }
}

/// Virtual functions, with all that iproute2 takes for granted.
fn functions(w: &mut Writer, iftype: u16, dice: &mut Dice) {
    let length = if iftype == 1 { 6 } else { 20 };
    let many = dice.below(4) as u32;
    w.put_u32(base::NUM_VF.0.attr, many);
    w.nest(base::VFINFO_LIST.0.attr, |w| {
        for vf in 0..many {
            w.nest_plain(1, |w| {
                let words = |list: &[u32]| list.iter().flat_map(|n| n.to_ne_bytes()).collect::<Vec<u8>>();
                let address = |dice: &mut Dice| [bytes(length, dice), vec![0; 32 - length]].concat();
                let few = |dice: &mut Dice| dice.below(4) as u32;
                w.put(1, &[words(&[vf]), address(dice)].concat());
                sometimes(dice, |d| w.put(13, &address(d)));
                w.put(2, &words(&[vf, few(dice), few(dice)]));
                if dice.one_in(2) {
                    w.nest_plain(12, |w| {
                        for _ in 0..dice.below(3) {
                            let protocol = *dice.pick(&[0u16, 0x8100, 0x88a8, 0x9100]).expect("some");
                            w.put(
                                1,
                                &[
                                    words(&[vf, few(dice), few(dice)]),
                                    protocol.to_be_bytes().into(),
                                    vec![0; 2],
                                ]
                                .concat(),
                            );
                        }
                    });
                }
                w.put(6, &words(&[vf, few(dice), few(dice)]));
                w.put(3, &words(&[vf, few(dice)]));
                for attr in [4, 5, 7, 9] {
                    let states = if attr == 5 { &[0, 1, 2][..] } else { &[0, 1, u32::MAX][..] };
                    if attr < 6 || !dice.one_in(3) {
                        w.put(attr, &words(&[vf, *dice.pick(states).expect("some")]));
                    }
                }
                for attr in [10, 11] {
                    if dice.one_in(3) {
                        w.put(attr, &[words(&[vf, 0]), bytes(8, dice)].concat());
                    }
                }
                sometimes(dice, |d| {
                    w.nest_plain(8, |w| {
                        let dropped = d.one_in(2);
                        for attr in [0, 1, 2, 3, 4, 5, 7, 8] {
                            if attr < 7 || dropped {
                                w.put_u64(attr, number(d));
                            }
                        }
                    });
                });
            });
        }
    });
}

/// A record's attributes: what a user can set.
fn settings(fields: &'static Fields, dice: &mut Dice) -> Vec<u8> {
    let names = [name("br0"), name("low")];
    let record = arbitrary::record(fields, &names, dice);
    let mut w = Writer::new();
    encode(&record, &around(), &mut w).expect("all links are known");
    w.into_attrs().expect("short")
}

/// Kinds whose settings are shown in whatever company.
const WHOLE: &[&str] = &["bond", "bridge", "dummy", "ifb", "veth", "vrf", "vxlan"];

fn linkinfo(w: &mut Writer, dice: &mut Dice) {
    // Those of which iproute2 shows whatever there is; of others it wants what the kernel always tells.
    let whole: Vec<_> = kinds::KINDS.iter().filter(|k| WHOLE.contains(&k.name)).collect();
    let masters: Vec<_> = whole.iter().filter(|k| k.ports.is_some()).collect();
    let (kind, master) = (!dice.one_in(3), dice.one_in(3));
    if !kind && !master {
        return;
    }
    w.nest_plain(18, |w| {
        if kind {
            let kind = dice.pick(&whole).expect("some");
            w.put_str(1, kind.name);
            if kind.pair.is_none() && !dice.one_in(4) {
                let data = settings(kind.fields, dice);
                w.nest_plain(2, |w| w.raw(&data));
            }
        }
        if master {
            let kind = dice.pick(&masters).expect("some");
            w.put_str(4, kind.name);
            let data = settings(kind.ports.expect("it has").fields, dice);
            w.nest_plain(5, |w| w.raw(&data));
        }
    });
}

/// Any port of a bridge, in a message of that family.
pub fn port(index: u32, dice: &mut Dice) -> Message {
    let deleted = dice.one_in(10);
    let kind = if deleted { RTM_DELLINK } else { RTM_NEWLINK };
    let mut w = Writer::message(kind, 0, &header(7, 1, index, flags(dice)));
    // The kernel makes no link that is called . or ..
    w.put_str(3, &format!("n{}", word(14, dice)));
    sometimes(dice, |d| w.put_u32(base::MTU.0.attr, number(d) as u32 >> 1));
    sometimes(dice, |d| w.put_u32(base::MASTER.0.attr, *d.pick(&[BR0, BR0, 5000, 0]).expect("some")));
    if dice.one_in(3) {
        w.put_u32(base::LINK.0.attr, *dice.pick(&[LOW, 0, 5000]).expect("some"));
    }
    if dice.one_in(5) {
        w.put_i32(base::LINK_NETNSID.0.attr, dice.below(4) as i32);
    }
    if dice.one_in(6) {
        w.put_u8(12, dice.below(6) as u8);
    } else {
        w.nest(12, |w| {
            let fields = &kinds::port::bridge::FIELDS;
            for f in fields.list().iter().filter(|f| f.show != linkctl::schema::Show::Echo) {
                let size = match f.ty {
                    Type::Uint(repr) | Type::Words(repr, _) => repr.size(),
                    Type::OnOff => 1,
                    Type::Link => 4,
                    _ => continue,
                };
                sometimes(dice, |d| match f.ty {
                    Type::OnOff => w.put_u8(f.attr, d.below(2) as u8),
                    Type::Words(..) => w.put_u8(f.attr, d.below(6) as u8),
                    Type::Link => w.put_u32(f.attr, *d.pick(&[LOW, BR0, 5000]).expect("some")),
                    _ => w.put(f.attr, &number(d).to_ne_bytes()[..size]),
                });
            }
        });
    }
    if dice.one_in(3) {
        w.nest_plain(26, |w| {
            w.put_u16(0, 1);
            w.put_u16(1, dice.below(4) as u16);
        });
    }
    Message { bytes: w.finish().expect("short"), deleted }
}

/// `struct if_stats_msg` and what follows.
pub fn stats(index: u32, fill: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut fixed = [0; 12];
    fixed[4..8].copy_from_slice(&index.to_ne_bytes());
    let mut w = Writer::message(RTM_NEWSTATS, 0, &fixed);
    fill(&mut w);
    w.finish().expect("short")
}

/// So many counters.
pub fn numbers(many: usize, dice: &mut Dice) -> Vec<u8> {
    (0..many).flat_map(|_| number(dice).to_ne_bytes()).collect()
}

/// A link that names all that files give names to.
pub fn named(dice: &mut Dice) -> Message {
    let mut w = Writer::message(RTM_NEWLINK, 0, &header(0, 1, 100, 0x1043));
    w.put_str(3, "n1");
    w.put(base::BROADCAST.0.attr, &bytes(6, dice));
    w.put_u32(base::GROUP.0.attr, dice.below(12) as u32);
    w.put_u8(base::PROTODOWN.0.attr, 1);
    w.nest(55, |w| w.put_u32(2, dice.below(256) as u32));
    w.nest_plain(18, |w| {
        if dice.one_in(2) {
            w.put_str(1, "vxlan");
            w.nest_plain(2, |w| {
                w.put_u32(1, 5);
                let host = *dice.pick(&[[192, 0, 2, 1], [192, 0, 2, 2]]).expect("some");
                w.put(2, &host);
                w.put(17, &[&[0x20, 1, 0xd, 0xb8][..], &[0; 11], &[dice.below(3) as u8]].concat());
            });
        } else {
            w.put_str(1, "bridge");
            w.nest_plain(2, |w| {
                w.put(8, &dice.pick(&[0x8100u16, 0x88a8, 0x1234]).expect("some").to_be_bytes());
                w.nest_plain(47, |w| {
                    w.put(1, &[192, 0, 2, dice.below(3) as u8]);
                    w.put_u32(2, 1);
                    w.put_u64(3, 300);
                    w.put(5, &[&[0x20, 1, 0xd, 0xb8][..], &[0; 11], &[dice.below(3) as u8]].concat());
                    w.put_u32(6, 1);
                    w.put_u64(7, 300);
                });
            });
        }
    });
    Message { bytes: w.finish().expect("short"), deleted: false }
}
