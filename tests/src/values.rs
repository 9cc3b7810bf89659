//! Values to try: a few of each shape that a kernel may take, and random ones.

use linkctl::schema::arbitrary::{Dice, value};
use linkctl::schema::types::Repr;
use linkctl::schema::{FieldDef, Hops, Mac, Name, Type, Value};

/// Numbers that people write and kernels take.
const NUMBERS: &[u64] = &[
    1, 2, 3, 0, 8, 16, 100, 200, 400, 500, 1000, 1400, 3000, 5000, 0x4000, 40000, 50000, 65536, 100_000, 512,
    7,
];
/// Unicast addresses, groups that bridges listen to, and one that vxlan may not have.
const MACS: &[&str] = &["02:00:00:00:00:11", "02:00:00:00:00:22", "01:80:c2:00:00:0e", "01:80:c2:00:00:0d"];
const IPS: &[&str] = &["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "239.1.1.1"];

/// Values of a field that a kernel may take, the likelier ones first. Links are chosen among `links`.
pub fn candidates(f: &FieldDef, links: &[Name]) -> Vec<Value<'static>> {
    let ip = |text: &&str| Value::Ip(text.parse().expect("an address"));
    let mac = |text: &&str| Value::Mac(Mac::parse(text).expect("an address"));
    let mut out: Vec<Value<'static>> = match f.ty {
        Type::Uint(repr) | Type::Time(repr, _) => numbers(f, repr).map(Value::Num).collect(),
        Type::Tos => vec![Value::Num(4), Value::Num(8), Value::Num(1), Value::Num(0)],
        Type::S32 => vec![Value::Int(1), Value::Int(5), Value::Int(-1), Value::Int(0)],
        Type::Words(repr, list) => {
            let more = numbers(f, repr).filter(|_| f.bounds.is_some()).map(Value::Num);
            list.iter().map(|(w, _)| Value::Word(w)).chain(more).collect()
        }
        Type::Mac => MACS.iter().map(mac).collect(),
        Type::Ip { .. } => IPS.iter().map(ip).collect(),
        Type::Ip4 => IPS[..2].iter().map(ip).collect(),
        Type::Ip6 => IPS[2..4].iter().map(ip).collect(),
        Type::Ips { v6, .. } => {
            let all = if v6 { &IPS[2..4] } else { &IPS[..2] };
            vec![Value::List(vec![ip(&all[0])]), Value::List(vec![ip(&all[1])])]
        }
        Type::Link => links.iter().map(|n| Value::Link(*n)).collect(),
        Type::Key { .. } => vec![Value::Num(5), Value::Num(6), Value::Word("none")],
        Type::Either { word, .. } => vec![Value::Num(5), Value::Num(9), Value::Word(word)],
        Type::Ports => vec![Value::Range(1000, 2000), Value::Range(3000, 4000), Value::Range(0, 0)],
        Type::Hops { .. } => {
            vec![
                Value::Hops(Hops::Fixed(9)),
                Value::Hops(Hops::Fixed(64)),
                Value::Hops(Hops::Inherit),
                Value::Hops(Hops::Auto),
            ]
        }
        Type::Str(_) => vec![Value::text("one"), Value::text("two")],
        Type::Switch | Type::OnOff | Type::Flag | Type::Bit { .. } | Type::Header { .. } => {
            return vec![Value::Bool(true), Value::Bool(false)];
        }
        _ => Vec::new(),
    };
    let mut dice = Dice::new(u64::from(f.attr) * 31 + f.name.len() as u64);
    out.extend((0..8).filter_map(|_| value(f, links, &mut dice)));
    let mut seen: Vec<Value<'static>> = Vec::new();
    out.retain(|v| {
        let new = !seen.contains(v);
        seen.push(v.clone());
        new
    });
    out
}

/// A value that a kernel may well take: what people set of what every link has, else one of the [`candidates`].
pub fn likely(f: &FieldDef, links: &[Name], dice: &mut Dice) -> Option<Value<'static>> {
    let within = |list: &[u64], dice: &mut Dice| dice.pick(list).map(|n| Value::Num(*n));
    match f.name {
        "mtu" => return within(&[1500, 1400, 1280, 1450, 9000, 2000], dice),
        "txqueuelen" => return within(&[1, 100, 500, 1000, 5000], dice),
        "numtxqueues" | "numrxqueues" => return Some(Value::Num(1 + dice.below(4))),
        "gso_max_segs" => return within(&[16, 64, 4000, 65535], dice),
        "gso_max_size" | "gro_max_size" | "gso_ipv4_max_size" | "gro_ipv4_max_size" => {
            return within(&[16384, 32768, 65536], dice);
        }
        "address" | "broadcast" => {
            let [a, b] = (dice.below(0x10000) as u16).to_be_bytes();
            return Mac::new(&[2, 0, 0, 0, a, b]).map(Value::Mac);
        }
        _ => {}
    }
    let all = candidates(f, links);
    let all = if dice.one_in(4) || f.ty == Type::Link { &all[..] } else { &all[..all.len().min(6)] };
    let value = dice.pick(all).cloned().or_else(|| value(f, links, dice))?;
    Some(match (f.ty, value) {
        // Times that overflow in the kernel's steps are nobody's wish, and a number that has a word is read as that.
        (_, Value::Num(n @ 0x1_0000_0000..)) => Value::Num(n % 1000),
        (Type::Words(_, list), Value::Num(n)) => {
            list.iter().find(|(_, m)| *m == n).map_or(Value::Num(n), |(word, _)| Value::Word(word))
        }
        (_, value) => value,
    })
}

fn numbers(f: &FieldDef, repr: Repr) -> impl Iterator<Item = u64> {
    let (low, high) = f.bounds.map_or((0, repr.max()), |(l, h)| (l.max(0) as u64, h.min(repr.max())));
    let ends = [low, high, low.saturating_add(1), high.saturating_sub(1)];
    NUMBERS.iter().copied().chain(ends).filter(move |n| (low..=high).contains(n))
}
