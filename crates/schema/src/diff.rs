//! What is not as wanted, and what it takes to make it so.

use crate::field::{Change, FieldDef, Round};
use crate::record::Record;
use crate::types::Type;
use crate::value::Value;

/// One field that is not as wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Delta {
    /// The field's name.
    pub field: &'static str,
    /// What it takes to change it.
    pub change: Change,
    /// What it is; `None` where the kernel says nothing.
    pub have: Option<Value<'static>>,
    /// What it should be.
    pub want: Value<'static>,
}

/// The fields that `want` says and `have` does not fulfil, in the table's order.
///
/// What is not wanted is not compared. Equal is also: what the kernel rounds by rule, "nothing" and absence, and
/// a list in another order. Write-only fields never differ.
pub fn diff(have: &Record, want: &Record) -> Vec<Delta> {
    want.iter()
        .filter(|(f, _)| f.is_state())
        .filter(|(f, wanted)| !fulfilled(f, have, wanted))
        .map(|(f, wanted)| Delta {
            field: f.name,
            change: f.change,
            have: have.value(f).cloned(),
            want: wanted.clone(),
        })
        .collect()
}

fn fulfilled(f: &FieldDef, have: &Record, want: &Value<'static>) -> bool {
    match have.value(f) {
        Some(is) => equal(f, is, want, have),
        None => f.volatile || want.is_nothing(),
    }
}

/// Whether two values mean the same, given what else the link is.
fn equal(f: &FieldDef, is: &Value<'_>, want: &Value<'_>, have: &Record) -> bool {
    if is == want {
        return true;
    }
    match (f.ty, is, want) {
        (_, Value::Num(a), Value::Num(b)) => match f.round {
            Round::Exact => false,
            Round::Jiffies => a.abs_diff(*b) <= 1,
            Round::MultipleOf(other) => match have.fields().find(other).and_then(|o| have.value(o)) {
                Some(Value::Num(step)) if *step > 0 => b - b % step == *a,
                _ => false,
            },
        },
        // A mapping to zero is none at all; order says nothing.
        (Type::Pairs { .. }, Value::Pairs(a), Value::Pairs(b)) => same_pairs(a, b),
        (Type::Macs { .. } | Type::Strs { .. }, Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().all(|x| b.contains(x))
        }
        _ => false,
    }
}

fn same_pairs(a: &[(u32, u32)], b: &[(u32, u32)]) -> bool {
    let kept = |list: &[(u32, u32)]| {
        let mut list: Vec<_> = list.iter().copied().filter(|(_, to)| *to != 0).collect();
        list.sort_unstable();
        list
    };
    kept(a) == kept(b)
}

/// The strongest measure that any of the differences needs.
pub fn strongest(deltas: &[Delta]) -> Option<Change> {
    deltas.iter().map(|d| d.change).max()
}
