//! What a number for links tells apart, and what it leaves out: laws over every kind of the book.

use linkctl_kinds::{KINDS, link as base};
use linkctl_link::Imprint;
use linkctl_link::numbers::{
    IFF_UP, IFLA_INFO_DATA, IFLA_INFO_KIND, IFLA_INFO_SLAVE_DATA, IFLA_INFO_SLAVE_KIND, IFLA_INFO_XSTATS,
    IFLA_LINK_NETNSID, IFLA_LINKINFO, IFLA_STATS64, RTM_NEWLINK,
};
use linkctl_schema::arbitrary::{self, Dice};
use linkctl_schema::codec::{Links, encode};
use linkctl_schema::{FieldDef, Fields, Kind, Name, Record, Type};
use linkctl_wire::Writer;

/// Links that have the lengths of their names as indexes.
struct Around;

impl Links for Around {
    fn index(&self, name: &Name) -> Option<u32> {
        u32::try_from(name.as_bytes().len()).ok()
    }
    fn name(&self, _: u32) -> Option<Name> {
        None
    }
}

/// A link as the kernel would tell it.
#[derive(Clone)]
struct Told<'k> {
    kind: &'k Kind,
    flags: u32,
    base: Record,
    data: Record,
    port: Option<(&'k Kind, Record)>,
    /// What nobody can set is told too, with this in it.
    dull: Option<u32>,
}

impl Told<'_> {
    fn payload(&self) -> Vec<u8> {
        let mut header = [0; 16];
        header[4..8].copy_from_slice(&2u32.to_ne_bytes());
        header[8..12].copy_from_slice(&self.flags.to_ne_bytes());
        let mut out = Writer::message(RTM_NEWLINK, 0, &header);
        out.put_str(base::NAME.0.attr, "e");
        self.part(&self.base, &mut out);
        self.dull.into_iter().for_each(|n| out.put_u32(IFLA_STATS64, n));
        out.nest(IFLA_LINKINFO, |w| {
            w.put_str(IFLA_INFO_KIND, self.kind.name);
            w.nest(IFLA_INFO_DATA, |w| self.part(&self.data, w));
            self.dull.into_iter().for_each(|n| w.put_u32(IFLA_INFO_XSTATS, n));
            if let Some((kind, record)) = &self.port {
                w.put_str(IFLA_INFO_SLAVE_KIND, kind.name);
                w.nest(IFLA_INFO_SLAVE_DATA, |w| self.part(record, w));
            }
        });
        out.finish().expect("short")[16..].to_vec()
    }

    fn part(&self, record: &Record, out: &mut Writer) {
        encode(record, &Around, out).expect("values of their types");
        for attr in self.dull.into_iter().flat_map(|_| dull(record.fields())) {
            out.put_u32(attr, self.dull.unwrap_or(0));
        }
    }

    fn number(&self) -> u64 {
        number(&[self.payload()])
    }
}

fn number(payloads: &[Vec<u8>]) -> u64 {
    let mut out = Imprint::new(7);
    payloads.iter().for_each(|p| out.link(p));
    out.number()
}

/// Attributes that only tell what cannot be set.
fn dull(fields: &'static Fields) -> Vec<u16> {
    let plain = |f: &&linkctl_schema::FieldDef| f.path.is_empty() && !matches!(f.ty, Type::Header { .. });
    let set: Vec<u16> = fields.list().iter().filter(plain).filter(|f| f.is_state()).map(|f| f.attr).collect();
    let second = |attr: u16| {
        fields.list().iter().filter(|f| f.is_state()).any(|f| match f.ty {
            Type::Ip { v6 } => v6 == attr,
            Type::Hops { inherit, .. } => inherit == attr,
            Type::Span { max } => max == attr,
            Type::Macs { mode, item } => mode == attr || item == attr,
            Type::Key { flags } | Type::Either { flags, .. } => flags == attr,
            Type::Prefix { len, .. } => len == attr,
            _ => false,
        })
    };
    let told = fields.list().iter().filter(plain).filter(|f| !f.is_state()).map(|f| f.attr);
    // Who it is, and where what it stands on is.
    let who = [base::NAME.0.attr, IFLA_LINK_NETNSID];
    told.filter(|attr| !set.contains(attr) && !second(*attr) && !who.contains(attr)).collect()
}

fn drawn<'k>(kind: &'k Kind, dice: &mut Dice) -> Told<'k> {
    let names = ["a", "bb"].map(|n| Name::new(n).expect("a name"));
    let ports: Vec<&Kind> =
        ["bond", "bridge", "team", "vrf"].into_iter().filter_map(linkctl_kinds::port).collect();
    let port = dice.pick(&ports).copied().filter(|_| dice.clone().one_in(2));
    Told {
        kind,
        flags: 0,
        base: arbitrary::record(&base::FIELDS, &names, dice),
        data: arbitrary::record(kind.fields, &names, dice),
        port: port.map(|k| (k, arbitrary::record(k.fields, &names, dice))),
        dull: None,
    }
}

#[test]
fn links_that_are_set_otherwise_have_another_number() {
    let mut dice = Dice::new(11);
    for kind in KINDS {
        for _ in 0..200 {
            let (one, mut other) = (drawn(kind, &mut dice), drawn(kind, &mut dice));
            match dice.below(3) {
                0 => (other.data, other.port) = (one.data.clone(), one.port.clone()),
                1 => (other.base, other.port) = (one.base.clone(), one.port.clone()),
                _ => (other.base, other.data) = (one.base.clone(), one.data.clone()),
            }
            let same = one.payload() == other.payload();
            assert_eq!(
                one.number() == other.number(),
                same,
                "{}: {:?} {:?}",
                kind.name,
                one.data,
                other.data
            );
        }
    }
}

/// Two records of one and the same setting, each with another value.
fn alone(f: &FieldDef, fields: &'static Fields, dice: &mut Dice) -> Option<[Record; 2]> {
    let names = ["a", "bb"].map(|n| Name::new(n).expect("a name"));
    let one = arbitrary::value(f, &names, dice)?;
    let other = (0..50).find_map(|_| arbitrary::value(f, &names, dice).filter(|v| *v != one))?;
    Some([one, other].map(|value| {
        let mut out = Record::new(fields);
        out.put(f, value);
        out
    }))
}

#[test]
fn each_setting_counts_by_itself() {
    let mut dice = Dice::new(14);
    let veth = *KINDS.iter().find(|k| k.name == "veth").expect("in the book");
    let bare = || Told {
        kind: veth,
        flags: 0,
        base: Record::new(&base::FIELDS),
        data: Record::new(veth.fields),
        port: None,
        dull: None,
    };
    let mut tried = 0;
    let mut told = |f: &FieldDef, of: &str, pair: [Told<'_>; 2]| {
        let [one, other] = pair;
        if one.payload() != other.payload() {
            assert_ne!(one.number(), other.number(), "{of}: {}", f.name);
            tried += 1;
        }
    };
    let state = |f: &&FieldDef| f.is_state() && !matches!(f.ty, Type::Header { .. });
    for f in base::FIELDS.list().iter().filter(state) {
        let Some(pair) = alone(f, &base::FIELDS, &mut dice) else { continue };
        told(f, "every link", pair.map(|base| Told { base, ..bare() }));
    }
    let ports = ["bond", "bridge", "team", "vrf"].into_iter().filter_map(linkctl_kinds::port);
    for (kind, is_port) in KINDS.iter().map(|k| (*k, false)).chain(ports.map(|k| (k, true))) {
        for f in kind.fields.list().iter().filter(state) {
            let Some(pair) = alone(f, kind.fields, &mut dice) else { continue };
            let link = |record: Record| {
                if is_port {
                    Told { port: Some((kind, record)), ..bare() }
                } else {
                    Told { kind, data: record, ..bare() }
                }
            };
            told(f, kind.name, pair.map(link));
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn what_nobody_can_set_does_not_count() {
    let mut dice = Dice::new(12);
    for kind in KINDS {
        for _ in 0..50 {
            let one = drawn(kind, &mut dice);
            let told = Told { dull: Some(dice.roll() as u32), flags: 0x1_0040, ..one.clone() };
            assert_eq!(one.number(), told.number(), "{}", kind.name);
            let up = Told { flags: IFF_UP, ..one.clone() };
            assert_ne!(one.number(), up.number(), "{}", kind.name);
        }
    }
}

#[test]
fn the_order_of_a_dump_does_not_count_and_its_links_do() {
    let mut dice = Dice::new(13);
    let all: Vec<Vec<u8>> = KINDS.iter().map(|k| drawn(k, &mut dice).payload()).collect();
    let back: Vec<Vec<u8>> = all.iter().rev().cloned().collect();
    assert_eq!(number(&all), number(&back));
    assert_ne!(number(&all), number(&all[1..]));
    assert_ne!(number(&[all[0].clone(), all[0].clone()]), number(&[]));
    assert_ne!(number(&[Vec::new()]), number(&[]));
    // Whatever the bytes, and wherever they are cut.
    let cut = |p: &Vec<u8>| (0..p.len()).map(|end| number(&[p[..end].to_vec()])).collect::<Vec<_>>();
    assert!(all.iter().map(cut).all(|numbers| numbers.iter().all(|n| *n != 0)));
}
