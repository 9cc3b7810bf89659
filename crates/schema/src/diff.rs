//! What is not as wanted, and what it takes to make it so.

use std::net::IpAddr;

use crate::codec::{Links, View};
use crate::devconf;
use crate::field::{Change, FieldDef, Round};
use crate::record::Record;
use crate::types::Type;
use crate::value::{Hops, Value};

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
        .map(|(f, wanted)| {
            let (is, wanted) = told(f, have.value(f), wanted);
            Delta { field: f.name, change: measure(f, is.as_ref(), &wanted), have: is, want: wanted }
        })
        .collect()
}

/// Both sides of a difference; of many settings in one field only those that differ.
fn told(
    f: &FieldDef,
    is: Option<&Value<'static>>,
    want: &Value<'static>,
) -> (Option<Value<'static>>, Value<'static>) {
    match (f.ty, is, want) {
        (Type::Devconf { .. }, Some(Value::Pairs(is)), Value::Pairs(want)) => {
            let want = devconf::missing(is, want);
            (Some(Value::Pairs(devconf::among(is, &want))), Value::Pairs(want))
        }
        _ => (is.cloned(), want.clone()),
    }
}

/// What the change takes: more than the field's measure where only a rebuild leads from the one value to the other.
fn measure(f: &FieldDef, is: Option<&Value<'_>>, want: &Value<'_>) -> Change {
    let rebuild = match (is, want) {
        // A tunnel is of one family for life.
        (Some(Value::Ip(a)), Value::Ip(b)) => {
            let family = matches!(f.ty, Type::Ip { .. }) && a.is_ipv4() != b.is_ipv4();
            let any = f.zero.is_some_and(|zero| f.sticky.contains(&zero));
            family || any && a.is_unspecified() != b.is_unspecified()
        }
        (Some(Value::Hops(a)), Value::Hops(b)) => {
            !matches!(f.ty, Type::Hops { byte: true, .. }) && (*a == Hops::Inherit) != (*b == Hops::Inherit)
        }
        (Some(Value::Word(a)), Value::Word(b)) => f.sticky.contains(a) || f.sticky.contains(b),
        _ => false,
    };
    if rebuild { f.change.max(Change::Rebuild) } else { f.change }
}

/// Whether a nest says exactly what is wanted of it, told from its bytes without a record. A quick yes: where this
/// says no, [`diff`] still may find no difference, for it knows how the kernel rounds.
pub fn plainly(view: &View<'_>, want: &Record, links: &dyn Links) -> bool {
    want.iter().filter(|(f, _)| f.is_state()).all(|(f, wanted)| match view.get(f, links) {
        Some(Ok(is)) => is == *wanted || contains(f, &is, wanted),
        Some(Err(_)) => false,
        None => wanted.is_nothing(),
    })
}

/// Whether many settings in one field are as those that are said.
fn contains(f: &FieldDef, is: &Value<'_>, want: &Value<'_>) -> bool {
    match (f.ty, is, want) {
        (Type::Devconf { .. }, Value::Pairs(is), Value::Pairs(want)) => devconf::missing(is, want).is_empty(),
        _ => false,
    }
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
            _ if f.boolean => (*a != 0) == (*b != 0),
            Round::Exact | Round::Host => false,
            Round::Ignored => true,
            Round::Jiffies => a.abs_diff(*b) <= 1,
            Round::Near(thousandths) => a.abs_diff(*b).saturating_mul(1000) <= b.saturating_mul(thousandths),
            Round::MultipleOf(other) => match have.fields().find(other).and_then(|o| have.value(o)) {
                Some(Value::Num(step)) if *step > 0 => b - b % step == *a,
                _ => false,
            },
        },
        (Type::Devconf { .. }, ..) => contains(f, is, want),
        (_, Value::Ip(IpAddr::V6(a)), Value::Ip(IpAddr::V6(b))) if f.round == Round::Host => {
            a.to_bits() as u64 == b.to_bits() as u64
        }
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
