//! What an attribute can hold.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::mac::Mac;
use crate::name::Name;

/// One attribute's value, decoded.
///
/// Borrows from the message where it would otherwise have to allocate; [`Value::into_owned`] frees it from that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// On or off, or present and absent.
    Bool(bool),
    /// An unsigned number, whatever its width and order on the wire.
    Num(u64),
    /// A signed number.
    Int(i64),
    /// One of the field's words. A number that has no word stays a [`Value::Num`].
    Word(&'static str),
    /// An IP address of either family.
    Ip(IpAddr),
    /// A link-layer address.
    Mac(Mac),
    /// A link, named: indexes are resolved at the edge. [`Name::NONE`] is "none".
    Link(Name),
    /// Text as the kernel holds it, without terminator; any bytes.
    Str(Cow<'a, [u8]>),
    /// Two ports, first and last.
    Range(u16, u16),
    /// An address and how many of its bits count.
    Net(IpAddr, u16),
    /// A hop limit.
    Hops(Hops),
    /// Mappings, such as priorities of a VLAN.
    Pairs(Vec<(u32, u32)>),
    /// Several of the same.
    List(Vec<Value<'a>>),
    /// Bytes without a shape of their own.
    Raw(Cow<'a, [u8]>),
}

/// A hop limit: a number, the kernel's choice, or the inner packet's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hops {
    /// The kernel chooses; 0 on the wire.
    Auto,
    /// Taken from the inner packet.
    Inherit,
    /// 1 to 255.
    Fixed(u8),
}

impl Value<'_> {
    /// The same value, free of the message it came from.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Bool(v) => Value::Bool(v),
            Self::Num(v) => Value::Num(v),
            Self::Int(v) => Value::Int(v),
            Self::Word(v) => Value::Word(v),
            Self::Ip(v) => Value::Ip(v),
            Self::Mac(v) => Value::Mac(v),
            Self::Link(v) => Value::Link(v),
            Self::Range(a, b) => Value::Range(a, b),
            Self::Net(a, n) => Value::Net(a, n),
            Self::Hops(v) => Value::Hops(v),
            Self::Pairs(v) => Value::Pairs(v),
            Self::Str(v) => Value::Str(Cow::Owned(v.into_owned())),
            Self::Raw(v) => Value::Raw(Cow::Owned(v.into_owned())),
            Self::List(v) => Value::List(v.into_iter().map(Value::into_owned).collect()),
        }
    }

    /// Whether this says "nothing": off, empty text, no link, an empty list. The kernel reports such a value and
    /// its absence alike.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Bool(v) => !v,
            Self::Link(v) => v.is_none(),
            Self::Str(v) | Self::Raw(v) => v.is_empty(),
            Self::Pairs(v) => v.is_empty(),
            Self::List(v) => v.is_empty(),
            Self::Ip(v) => v.is_unspecified(),
            Self::Net(v, n) => v.is_unspecified() && *n == 0,
            Self::Num(_) | Self::Int(_) | Self::Word(_) | Self::Mac(_) | Self::Range(..) | Self::Hops(_) => {
                false
            }
        }
    }

    /// Owned text.
    pub fn text(text: impl Into<Vec<u8>>) -> Value<'static> {
        Value::Str(Cow::Owned(text.into()))
    }
}

/// A Rust type that a field may be declared with.
pub trait Attr: Sized {
    /// The value as this type; `None` where it is of another.
    fn from_value(value: &Value<'_>) -> Option<Self>;
    /// The value that holds this.
    fn into_value(self) -> Value<'static>;
}

macro_rules! attr {
    ($($ty:ty: $pattern:pat => $from:expr, $name:ident => $into:expr;)*) => {$(
        impl Attr for $ty {
            fn from_value(value: &Value<'_>) -> Option<Self> {
                #[allow(clippy::match_wildcard_for_single_variants)]
                match value { $pattern => $from, _ => None }
            }
            fn into_value(self) -> Value<'static> { let $name = self; $into }
        }
    )*};
}

attr! {
    bool: Value::Bool(v) => Some(*v), v => Value::Bool(v);
    u8: Value::Num(v) => (*v).try_into().ok(), v => Value::Num(v.into());
    u16: Value::Num(v) => (*v).try_into().ok(), v => Value::Num(v.into());
    u32: Value::Num(v) => (*v).try_into().ok(), v => Value::Num(v.into());
    u64: Value::Num(v) => Some(*v), v => Value::Num(v);
    i32: Value::Int(v) => (*v).try_into().ok(), v => Value::Int(v.into());
    IpAddr: Value::Ip(v) => Some(*v), v => Value::Ip(v);
    Mac: Value::Mac(v) => Some(*v), v => Value::Mac(v);
    Name: Value::Link(v) => Some(*v), v => Value::Link(v);
    Hops: Value::Hops(v) => Some(*v), v => Value::Hops(v);
    &'static str: Value::Word(v) => Some(v), v => Value::Word(v);
    (IpAddr, u16): Value::Net(a, n) => Some((*a, *n)), v => Value::Net(v.0, v.1);
    (u16, u16): Value::Range(a, b) => Some((*a, *b)), v => Value::Range(v.0, v.1);
    Vec<(u32, u32)>: Value::Pairs(v) => Some(v.clone()), v => Value::Pairs(v);
    Vec<u8>: Value::Str(v) | Value::Raw(v) => Some(v.to_vec()), v => Value::Str(v.into());
    Vec<Value<'static>>: Value::List(v) => Some(v.iter().cloned().map(Value::into_owned).collect()), v => Value::List(v);
}
