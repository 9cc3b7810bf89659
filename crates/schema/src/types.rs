//! The closed list of shapes that an attribute can have on the wire.

/// A word and the number that it stands for.
pub type Word = (&'static str, u64);

/// One setting of [`Type::Devconf`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knob {
    /// Its name.
    pub name: &'static str,
    /// Its number.
    pub number: u16,
    /// It is on or off; else it is a number.
    pub switch: bool,
    /// What it is in a new link, unless the namespace says otherwise.
    pub born: i32,
    /// The least and the greatest value that means something; 0 and 1 of a switch.
    pub bounds: (i32, i32),
}

impl Knob {
    /// Only from the one to the other.
    #[must_use]
    pub const fn within(self, least: i32, most: i32) -> Self {
        Self { bounds: (least, most), ..self }
    }

    /// Whether a value means something. Kernels before Linux 7.1 take others, too, but not all that they are from.
    pub fn takes(&self, value: i32) -> bool {
        (self.bounds.0..=self.bounds.1).contains(&value)
    }
}

/// How a number lies in its attribute: width, and order of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repr {
    /// One byte.
    U8,
    /// Two bytes, the machine's order.
    U16,
    /// Four bytes, the machine's order.
    U32,
    /// Eight bytes, the machine's order.
    U64,
    /// Two bytes, network order.
    Be16,
    /// Four bytes, network order.
    Be32,
    /// Eight bytes, network order.
    Be64,
}

impl Repr {
    /// The largest number that fits.
    pub const fn max(self) -> u64 {
        match self {
            Self::U8 => u8::MAX as u64,
            Self::U16 | Self::Be16 => u16::MAX as u64,
            Self::U32 | Self::Be32 => u32::MAX as u64,
            Self::U64 | Self::Be64 => u64::MAX,
        }
    }

    /// How many bytes there are.
    pub const fn size(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16 | Self::Be16 => 2,
            Self::U32 | Self::Be32 => 4,
            Self::U64 | Self::Be64 => 8,
        }
    }
}

/// What one step of a time is worth in the kernel's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 1/100 s: `USER_HZ`, as bridges count.
    Centis,
    /// 1/1000 s, as bonds count.
    Millis,
    /// Whole seconds.
    Secs,
}

impl Unit {
    /// Milliseconds in one step.
    pub const fn millis(self) -> u64 {
        match self {
            Self::Centis => 10,
            Self::Millis => 1,
            Self::Secs => 1000,
        }
    }
}

/// How a bit lies in its attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Two 32-bit words: values, then which of them count (`struct ifla_vlan_flags`, `struct br_boolopt_multi`).
    Masked,
    /// Two 32-bit words: which of them a request means, then values; what is read means all (`struct can_ctrlmode`).
    Mode,
    /// One number that holds all bits; writing one bit writes them all.
    Plain(Repr),
}

/// The shape of one attribute.
///
/// Closed on purpose: a new behaviour matches on these, a new kind is made of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// One byte, 0 or 1; `word` and `noword` on the command line.
    Switch,
    /// One byte, 0 or 1; `word on` and `word off`.
    OnOff,
    /// There or not there; `word` and `noword`.
    Flag,
    /// An unsigned number.
    Uint(Repr),
    /// A signed number of four bytes.
    S32,
    /// A time, as a number of steps.
    Time(Repr, Unit),
    /// Eight bytes of 1/100 s, shown with two decimals: a running timer of a bridge.
    Timer,
    /// Text of at most so many bytes, NUL-terminated when read.
    Str(usize),
    /// A link-layer address.
    Mac,
    /// An address of either family, in one attribute each: this field's number is IPv4's, `v6` is the other.
    Ip {
        /// The number of the attribute that holds an IPv6 address.
        v6: u16,
    },
    /// An IPv4 address alone.
    Ip4,
    /// An IPv6 address alone.
    Ip6,
    /// A link, by index; 0 is none.
    Link,
    /// A number with names. Numbers without one are taken and shown as numbers.
    Words(Repr, &'static [Word]),
    /// One bit of an attribute that several fields share; `word on` and `word off`.
    Bit {
        /// How the bits lie.
        layout: Layout,
        /// The bit, as a mask.
        bit: u32,
        /// Its name in a list of names, where the bits are shown as one; else it is shown as 0 or 1.
        name: Option<&'static str>,
    },
    /// One bit of `ifi_flags` in the message's header (`linux/if.h`); set where the word says on, or off when `not`.
    Header {
        /// The bit, as a mask.
        bit: u32,
        /// The bit says the opposite of the word (`IFF_NOARP`).
        not: bool,
    },
    /// A GRE key: four bytes, network order, shown as a dotted quad. Without one a bit of another attribute is off.
    Key {
        /// The attribute with the bit `0x2000` that says that there is a key; 0 where the key 0 is none.
        flags: u16,
    },
    /// A number, or a word in its place for which a bit of another attribute (four bytes) stands.
    Either {
        /// How the number lies.
        repr: Repr,
        /// The bits of it that are this field's; others may hold other bits of the same attribute.
        mask: u32,
        /// The attribute with the bit.
        flags: u16,
        /// The bit, as a mask.
        bit: u32,
        /// The word.
        word: &'static str,
    },
    /// An address with the number of its bits that count, in an attribute of two bytes.
    Prefix {
        /// An IPv6 address, not an IPv4 one.
        v6: bool,
        /// The number of the attribute that holds the length.
        len: u16,
    },
    /// Two ports in network order, first and last (`struct ifla_vxlan_port_range`).
    Ports,
    /// A hop limit: one byte, and for "inherit" an attribute of its own, which is read as a byte.
    Hops {
        /// The number of that attribute.
        inherit: u16,
        /// It is written as a byte too, not as a flag: so it can be taken back.
        byte: bool,
    },
    /// A type of service: one byte, where 1 is "inherit".
    Tos,
    /// A nest of pairs of 32-bit numbers, each in an attribute of number `item` (`struct ifla_vlan_qos_mapping`).
    Pairs {
        /// The number of each pair's attribute.
        item: u16,
    },
    /// A nest of addresses, numbered from 0.
    Ips {
        /// IPv6 addresses, not IPv4.
        v6: bool,
        /// The most there can be.
        max: usize,
    },
    /// Source addresses of a macvlan: a list in one attribute, and in another what to do with it.
    Macs {
        /// The number of the attribute that says what to do: 3 sets the list (`enum macvlan_macaddr_mode`).
        mode: u16,
        /// The number of each address's attribute.
        item: u16,
    },
    /// A nest of texts, each in an attribute of number `item`.
    Strs {
        /// The number of each text's attribute.
        item: u16,
    },
    /// Eight bytes: two of priority, six of address (`struct ifla_bridge_id`).
    BridgeId,
    /// A number as the names of its bits, to be read only. A bit without a name is shown in hexadecimal.
    Names {
        /// How the number lies.
        repr: Repr,
        /// Names and the bits that they stand for, as masks.
        list: &'static [Word],
        /// Shown as one text with commas between, and as `0x0` where no bit is on; else as a list.
        joined: bool,
    },
    /// Eight bytes of 1/100 s to go, which iproute2 shows as if they were nanoseconds (`25us` for 250 s).
    Lapse,
    /// How many items a list has: four bytes, shown in parentheses.
    Count,
    /// A number at a place within a struct. A request writes the whole struct: what is not said of it is 0.
    Part {
        /// Its place, in bytes.
        at: usize,
        /// The size of the struct.
        of: usize,
        /// How the number lies.
        repr: Repr,
    },
    /// Bounds of four bytes each, to be read only: this field's number is the lower one's.
    Span {
        /// The number of the attribute that holds the upper one.
        max: u16,
    },
    /// Numbers one behind the other, to be read only.
    Numbers {
        /// How each lies.
        repr: Repr,
        /// Shown as a table of six columns, else in one line.
        table: bool,
    },
    /// The names of those bits of a `struct can_ctrlmode` that another number lacks: what is on and cannot be off.
    Lasting {
        /// Where that number is: nest and attribute.
        lacks: (u16, u16),
        /// Names and the bits that they stand for, as masks.
        list: &'static [Word],
    },
    /// Many settings of 32 bits: read as an array, written as a nest of those that are said ([`crate::devconf`]).
    Devconf {
        /// Their names, by number.
        names: &'static [Knob],
        /// The number of the array's first.
        first: u16,
    },
    /// What a CAN controller's timing may be: a name of 16 bytes and eight numbers (`struct can_bittiming_const`).
    Timing,
    /// A user, or a group of users: four bytes, shown by name where it has one; to be read only.
    Account {
        /// It is a group.
        group: bool,
    },
    /// Bytes that have no better shape here.
    Raw,
}

/// The bit of a GRE tunnel's flags that says that there is a key (`GRE_KEY`), and the word for none.
pub(crate) const KEYED: u32 = 0x2000;
/// The word for no key.
pub const NO_KEY: &str = "none";

impl Type {
    /// Whether it is an Ethernet protocol (`linux/if_ether.h`): a number in network order with names.
    pub const fn is_protocol(self) -> bool {
        matches!(self, Self::Words(Repr::Be16, _))
    }
}
