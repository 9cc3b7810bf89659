//! From the value of a field to what a file says.

use linkctl_schema::devconf::{self, Shown};
use linkctl_schema::text::plain;
use linkctl_schema::{FieldDef, Hops, Mac, Type, Unit, Value};

use super::tree::Tree;
use crate::load::escape::escape;

/// What [`crate::load`] reads as this value of the field.
pub(super) fn tree(f: &FieldDef, value: &Value<'_>) -> Tree {
    match value {
        Value::Bool(on) => Tree::Switch(*on),
        Value::Num(n @ 0..=1) if f.boolean => Tree::Switch(*n == 1),
        Value::Num(n) => number(f, *n),
        Value::Int(n) => Tree::Number(n.to_string()),
        Value::Hops(Hops::Fixed(n)) => Tree::Number(n.to_string()),
        Value::Word(word) => Tree::text(*word),
        Value::Mac(address) => mac(address),
        Value::Link(name) if name.is_none() => Tree::Null,
        Value::Link(name) => Tree::text(escape(name.as_bytes())),
        Value::Str(text) | Value::Raw(text) => Tree::text(escape(text)),
        Value::Range(low, high) => Tree::text(format!("{low}-{high}")),
        Value::Pairs(list) if matches!(f.ty, Type::Devconf { .. }) => {
            let entry = |(name, value): (&'static str, Shown)| match value {
                Shown::Switch(on) => (name.into(), Tree::Switch(on)),
                Shown::Number(n) => (name.into(), Tree::Number(n.to_string())),
            };
            Tree::Map(devconf::shown(f, list).map(entry).collect())
        }
        Value::Pairs(list) => Tree::List(list.iter().map(|(a, b)| Tree::text(format!("{a}:{b}"))).collect()),
        Value::List(list) => Tree::List(list.iter().map(|v| tree(f, v)).collect()),
        Value::Hops(_) | Value::Ip(_) | Value::Net(..) => {
            let mut out = String::new();
            let _ = plain(f, value, &mut out);
            Tree::text(out)
        }
    }
}

/// A link-layer address.
pub(super) fn mac(address: &Mac) -> Tree {
    Tree::text(address.to_string())
}

fn number(f: &FieldDef, n: u64) -> Tree {
    match f.ty {
        _ if f.digits.is_some() || f.milli => {
            let mut out = String::new();
            let _ = plain(f, &Value::Num(n), &mut out);
            Tree::text(out)
        }
        // A type of service is read as hexadecimal, with or without its sign.
        Type::Tos if n == 1 => Tree::text("inherit"),
        Type::Tos => Tree::text(format!("{n:#x}")),
        // The same is true of parts of an IPv6 header.
        Type::Either { mask, .. } if mask != u32::MAX => Tree::text(format!("{n:#x}")),
        Type::Time(_, unit) if n > 0 => time(n, unit).map_or_else(|| Tree::Number(n.to_string()), Tree::text),
        _ => Tree::Number(n.to_string()),
    }
}

/// A time with its unit; `None` where it is too long to be read so.
fn time(n: u64, unit: Unit) -> Option<String> {
    let millis = n.checked_mul(unit.millis())?;
    millis.checked_mul(1000)?;
    Some(if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") })
}
