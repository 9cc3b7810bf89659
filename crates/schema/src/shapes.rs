//! The first word of a field's declaration: a function for each shape that an attribute can have.

use crate::field::Field;
use crate::types::{Knob, Layout, Repr, Type, Unit, Word};
use crate::value::{Hops, Value};
use crate::{Mac, Name};

macro_rules! shapes {
    ($($(#[doc = $doc:literal])* $name:ident($($arg:ident: $argty:ty),*): $ty:ty = $shape:expr;)*) => {$(
        $(#[doc = $doc])*
        pub const fn $name(attr: u16, name: &'static str $(, $arg: $argty)*) -> Field<$ty> {
            Field::new(attr, name, $shape)
        }
    )*};
}

shapes! {
    /// One byte, `word` and `noword`.
    switch(): bool = Type::Switch;
    /// One byte, `word on` and `word off`.
    onoff(): bool = Type::OnOff;
    /// There or not there.
    flag(): bool = Type::Flag;
    /// One byte.
    u8(): u8 = Type::Uint(Repr::U8);
    /// Two bytes.
    u16(): u16 = Type::Uint(Repr::U16);
    /// Four bytes.
    u32(): u32 = Type::Uint(Repr::U32);
    /// Eight bytes.
    u64(): u64 = Type::Uint(Repr::U64);
    /// Two bytes, network order.
    be16(): u16 = Type::Uint(Repr::Be16);
    /// Four bytes, network order.
    be32(): u32 = Type::Uint(Repr::Be32);
    /// Eight bytes, network order.
    be64(): u64 = Type::Uint(Repr::Be64);
    /// Four bytes, signed.
    s32(): i32 = Type::S32;
    /// A time of four bytes.
    time32(unit: Unit): u32 = Type::Time(Repr::U32, unit);
    /// A time of eight bytes.
    time64(unit: Unit): u64 = Type::Time(Repr::U64, unit);
    /// A running timer, 1/100 s.
    timer(): u64 = Type::Timer;
    /// Text of at most so many bytes.
    string(max: usize): Vec<u8> = Type::Str(max);
    /// A link-layer address.
    mac(): Mac = Type::Mac;
    /// An address of either family.
    ip(v6: u16): std::net::IpAddr = Type::Ip { v6 };
    /// A link.
    link(): Name = Type::Link;
    /// A number of one byte with names.
    words8(list: &'static [Word]): &'static str = Type::Words(Repr::U8, list);
    /// A number of two bytes with names.
    words16(list: &'static [Word]): &'static str = Type::Words(Repr::U16, list);
    /// A number of two bytes, network order, with names.
    words_be16(list: &'static [Word]): &'static str = Type::Words(Repr::Be16, list);
    /// A number of four bytes with names.
    words32(list: &'static [Word]): &'static str = Type::Words(Repr::U32, list);
    /// A number of eight bytes with names.
    words64(list: &'static [Word]): &'static str = Type::Words(Repr::U64, list);
    /// A bit, shown in a list of names.
    named_bit(layout: Layout, bit: u32, shown: &'static str): bool = Type::Bit { layout, bit, name: Some(shown) };
    /// A bit, shown as 0 or 1.
    bit(layout: Layout, bit: u32): bool = Type::Bit { layout, bit, name: None };
    /// A GRE key.
    key(flags: u16): u32 = Type::Key { flags };
    /// A number of one byte, or a word for which a bit stands.
    either8(flags: u16, bit: u32, word: &'static str): u8 = Type::Either { repr: Repr::U8, mask: u32::MAX, flags, bit, word };
    /// A number of four bytes, or a word for which a bit stands.
    either32(flags: u16, bit: u32, word: &'static str): u32 = Type::Either { repr: Repr::U32, mask: u32::MAX, flags, bit, word };
    /// Some bits of a number of four bytes, network order, or a word for which a bit stands.
    either_part(mask: u32, flags: u16, bit: u32, word: &'static str): u32 = Type::Either { repr: Repr::Be32, mask, flags, bit, word };
    /// An IPv4 address and how many of its bits count.
    prefix4(len: u16): (std::net::IpAddr, u16) = Type::Prefix { v6: false, len };
    /// An IPv6 address and how many of its bits count.
    prefix6(len: u16): (std::net::IpAddr, u16) = Type::Prefix { v6: true, len };
    /// Two ports.
    ports(): (u16, u16) = Type::Ports;
    /// A hop limit.
    hops(inherit: u16): Hops = Type::Hops { inherit, byte: false };
    /// A hop limit whose "inherit" can be taken back.
    hops8(inherit: u16): Hops = Type::Hops { inherit, byte: true };
    /// A type of service.
    tos(): u8 = Type::Tos;
    /// Pairs of numbers.
    pairs(item: u16): Vec<(u32, u32)> = Type::Pairs { item };
    /// IPv4 addresses.
    ip4s(max: usize): Vec<Value<'static>> = Type::Ips { v6: false, max };
    /// IPv6 addresses.
    ip6s(max: usize): Vec<Value<'static>> = Type::Ips { v6: true, max };
    /// An IPv4 address.
    ip4(): std::net::IpAddr = Type::Ip4;
    /// An IPv6 address.
    ip6(): std::net::IpAddr = Type::Ip6;
    /// Source addresses.
    macs(mode: u16, item: u16): Vec<Value<'static>> = Type::Macs { mode, item };
    /// Texts.
    strings(item: u16): Vec<Value<'static>> = Type::Strs { item };
    /// An identifier of a bridge.
    bridge_id(): Vec<u8> = Type::BridgeId;
    /// The names of a number's bits.
    names(repr: Repr, list: &'static [Word], joined: bool): Vec<Value<'static>> = Type::Names { repr, list, joined };
    /// A time to go, 1/100 s.
    lapse(): u64 = Type::Lapse;
    /// How many items a list has.
    count(): u32 = Type::Count;
    /// A number within a struct.
    part(at: usize, of: usize, repr: Repr): u32 = Type::Part { at, of, repr };
    /// Bounds.
    span(max: u16): Vec<(u32, u32)> = Type::Span { max };
    /// Numbers one behind the other.
    numbers(repr: Repr, table: bool): Vec<Value<'static>> = Type::Numbers { repr, table };
    /// Bits of a CAN controller's mode that cannot be off.
    lasting(lacks: (u16, u16), list: &'static [Word]): Vec<Value<'static>> = Type::Lasting { lacks, list };
    /// Many settings of 32 bits.
    devconf(names: &'static [Knob], first: u16): Vec<(u32, u32)> = Type::Devconf { names, first };
    /// What a CAN controller's timing may be.
    timing(): Vec<u8> = Type::Timing;
    /// A user.
    user(): Vec<u8> = Type::Account { group: false };
    /// A group of users.
    user_group(): Vec<u8> = Type::Account { group: true };
    /// Bytes.
    raw(): Vec<u8> = Type::Raw;
}

/// A bit of the message's header that says what the word says.
pub const fn header(bit: u32, name: &'static str) -> Field<bool> {
    Field::new(0, name, Type::Header { bit, not: false })
}

/// A bit of the message's header that says the opposite of the word.
pub const fn header_not(bit: u32, name: &'static str) -> Field<bool> {
    Field::new(0, name, Type::Header { bit, not: true })
}
