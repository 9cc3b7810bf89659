//! Random values of any field, for laws that must hold for all of them.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::field::{FieldDef, Fields, Round};
use crate::mac::Mac;
use crate::name::Name;
use crate::record::Record;
use crate::types::{Knob, NO_KEY, Repr, Type};
use crate::value::{Hops, Value};

/// A small generator (xorshift64*), so that a seed tells the whole run and shipped code needs no dependency.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Starts from a seed; 0 is as good as any.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.roll() % end.max(1)
    }

    /// One chance in `n`.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of several; `None` of none.
    pub fn pick<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        of.get(self.below(of.len() as u64) as usize)
    }
}

/// Some fields that can be set, each with a value that the table allows. Links are drawn from `links`.
pub fn record(fields: &'static Fields, links: &[Name], dice: &mut Dice) -> Record {
    let mut out = Record::new(fields);
    for f in fields.list().iter().filter(|f| f.is_state()) {
        if dice.one_in(3)
            && let Some(v) = value(f, links, dice)
        {
            out.put(f, v);
        }
    }
    out
}

/// A value of a field that a user could give; `None` where there is none, such as a link where there are no links.
pub fn value(f: &FieldDef, links: &[Name], dice: &mut Dice) -> Option<Value<'static>> {
    Some(match f.ty {
        Type::Switch | Type::OnOff | Type::Bit { .. } | Type::Header { .. } | Type::Flag => {
            Value::Bool(dice.one_in(2))
        }
        Type::Uint(repr) | Type::Time(repr, _) | Type::Part { repr, .. } => {
            Value::Num(bounded(f, repr, dice))
        }
        Type::Tos => Value::Num(dice.below(256)),
        Type::S32 => {
            let low = f.bounds.map_or(i64::from(i32::MIN), |(low, _)| low);
            Value::Int(if dice.one_in(4) { low } else { dice.below(1000) as i64 })
        }
        Type::Str(max) => Value::Str(Cow::Owned(text(max, dice))),
        Type::Mac => Value::Mac(mac(dice)),
        Type::Ip { .. } if dice.one_in(3) => ip6(dice),
        Type::Ip { .. } | Type::Ip4 => ip4(dice),
        Type::Ip6 if f.round == Round::Host => {
            Value::Ip(Ipv6Addr::from_bits(1 + u128::from(dice.below(65535))).into())
        }
        Type::Ip6 => ip6(dice),
        Type::Link => Value::Link(*dice.pick(links)?),
        Type::Words(_, list) => Value::Word(dice.pick(list)?.0),
        Type::Key { .. } if dice.one_in(4) => Value::Word(NO_KEY),
        Type::Key { .. } => Value::Num(1 + dice.below(u64::from(u32::MAX))),
        Type::Either { word, .. } if dice.one_in(3) => Value::Word(word),
        Type::Either { repr, mask, .. } => {
            let high = u64::from(mask >> mask.trailing_zeros()).min(repr.max());
            Value::Num(if dice.one_in(3) { dice.below(high + 1) } else { dice.below(high.min(100) + 1) })
        }
        Type::Prefix { v6: true, .. } => {
            let bits = (0xfd00_u128 << 112) | (u128::from(dice.below(65536)) << 96);
            Value::Net(Ipv6Addr::from_bits(bits).into(), 32)
        }
        Type::Prefix { .. } => {
            Value::Net(Ipv4Addr::new(10, dice.below(256) as u8, 0, 0).into(), 16 + dice.below(8) as u16)
        }
        Type::Ports => {
            let low = dice.below(60000) as u16;
            Value::Range(low, low + dice.below(5000) as u16)
        }
        Type::Hops { .. } => Value::Hops(match dice.below(4) {
            0 => Hops::Inherit,
            1 => Hops::Auto,
            _ => Hops::Fixed(1 + dice.below(255) as u8),
        }),
        Type::Pairs { .. } => {
            let many = 1 + dice.below(4) as u32;
            Value::Pairs((0..many).map(|i| (i, 1 + dice.below(7) as u32)).collect())
        }
        Type::Devconf { names, .. } => {
            let one = dice.pick(names)?;
            let some: Vec<_> = names.iter().filter(|k| *k == one || dice.one_in(8)).collect();
            let most = |k: &Knob| k.bounds.1.clamp(0, 8) as u64;
            Value::Pairs(
                some.into_iter().map(|k| (k.number.into(), dice.below(most(k) + 1) as u32)).collect(),
            )
        }
        Type::Ips { v6, max } => {
            let many = 1 + dice.below(max.min(4) as u64);
            Value::List((0..many).map(|_| if v6 { ip6(dice) } else { ip4(dice) }).collect())
        }
        Type::Macs { .. } => Value::List((0..1 + dice.below(3)).map(|_| Value::Mac(mac(dice))).collect()),
        Type::Strs { .. } => Value::List(
            (0..1 + dice.below(3)).map(|i| Value::text(format!("alt{i}x{}", dice.below(99)))).collect(),
        ),
        Type::Timer
        | Type::BridgeId
        | Type::Names { .. }
        | Type::Lapse
        | Type::Count
        | Type::Span { .. }
        | Type::Numbers { .. }
        | Type::Lasting { .. }
        | Type::Timing
        | Type::Account { .. }
        | Type::Raw => {
            return None;
        }
    })
}

/// Often an end of the range, for that is where the mistakes are.
fn bounded(f: &FieldDef, repr: Repr, dice: &mut Dice) -> u64 {
    let (low, high) =
        f.bounds.map_or((0, repr.max()), |(low, high)| (low.max(0) as u64, high.min(repr.max())));
    match dice.below(6) {
        0 => low,
        1 => high,
        2 => low + dice.below((high - low).saturating_add(1)),
        _ => low + dice.below((high - low).min(100).saturating_add(1)),
    }
}

fn text(max: usize, dice: &mut Dice) -> Vec<u8> {
    let letters: Vec<char> = "abcXYZ 0129_-.:/\"\\'$;ö€".chars().collect();
    let mut out = String::new();
    for _ in 0..=dice.below(12) {
        let c = *dice.pick(&letters).unwrap_or(&'a');
        if out.len() + c.len_utf8() <= max {
            out.push(c);
        }
    }
    out.into_bytes()
}

fn mac(dice: &mut Dice) -> Mac {
    let mut bytes: [u8; 8] = dice.roll().to_be_bytes();
    bytes[0] = 2;
    Mac::new(&bytes[..6]).unwrap_or_default()
}

fn ip4(dice: &mut Dice) -> Value<'static> {
    Value::Ip(IpAddr::V4(Ipv4Addr::new(10, 0, dice.below(256) as u8, 1 + dice.below(254) as u8)))
}

fn ip6(dice: &mut Dice) -> Value<'static> {
    Value::Ip(IpAddr::V6(Ipv6Addr::new(
        0xfd00,
        0,
        0,
        0,
        0,
        0,
        dice.below(65536) as u16,
        1 + dice.below(65535) as u16,
    )))
}
