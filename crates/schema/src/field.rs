//! One attribute of a kind: its shape, its names and what may be done with it.

use std::marker::PhantomData;

use crate::record::Record;
pub use crate::shapes::*;
use crate::types::Type;
use crate::value::{Attr, Value};

/// What it takes to change an attribute of a link that exists. Ordered: the strongest of several decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// At any time.
    Live,
    /// Only while the link is down.
    Down,
    /// Only while the link is down and has no ports.
    Vacant,
    /// Never: the link must be deleted and created anew.
    Rebuild,
    /// It cannot be set at all.
    Never,
}

/// How the kernel may round what it was given; a difference within it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// It keeps what it gets.
    Exact,
    /// Times are kept in jiffies: one step less or more may come back.
    Jiffies,
    /// Rounded down to a multiple of another field's value.
    MultipleOf(&'static str),
    /// To what the hardware can do: up to so many thousandths away.
    Near(u64),
    /// It takes what it is told and keeps its own.
    Ignored,
    /// Of an IPv6 address it keeps the last 64 bits.
    Host,
}

/// What of a field is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Painted {
    /// The value.
    Value,
    /// The key, too.
    Whole,
}

/// Where and when a field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Wherever the kind is shown.
    Plain,
    /// Among a link's details (`-d`).
    Detail,
    /// In JSON alone: text has no place for it.
    Json,
    /// By code of its own: it is part of a line that no table describes.
    Own,
    /// Only by us: iproute2 has no output for it.
    Ours,
    /// Wherever the kind is shown, but it is no field of its own: another view of an attribute that a field holds.
    Echo,
    /// Nowhere: it can be written and not read.
    Never,
}

/// For [`FieldDef::only`]: while the other field is there at all.
pub const THERE: &str = "*";
/// For [`FieldDef::only`]: while the other field is not there.
pub const ABSENT: &str = "-";

/// One attribute of a kind, its Rust type erased. Every column but the first three has a default.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// The attribute's number (`linux/if_link.h`); of IPv4 where a field has two.
    pub attr: u16,
    /// Where it stands in the table that declares it; in one made of that it may stand elsewhere.
    pub at: u8,
    /// Its name: the word on the command line and the key in a file.
    pub name: &'static str,
    /// Its shape.
    pub ty: Type,
    /// What it is, in one or two sentences; shown to users.
    pub doc: &'static str,
    /// Other spellings that are understood.
    pub also: &'static [&'static str],
    /// The key in text output.
    pub text: &'static str,
    /// The key in JSON output; empty where JSON leaves it out.
    pub json: &'static str,
    /// What it takes to change it.
    pub change: Change,
    /// Text output leaves it out at this value.
    pub quiet: Option<u64>,
    /// JSON output leaves it out at this value.
    pub unsaid: Option<u64>,
    /// JSON output says `null` at this value.
    pub null: Option<u64>,
    /// Numbers are shown in hexadecimal.
    pub hex: bool,
    /// iproute2 colours it, by what it is: an address, a link.
    pub painted: Option<Painted>,
    /// `on` and `off` are understood for 1 and 0, and any number but 0 is on.
    pub boolean: bool,
    /// The word alone says it: on, and with `no` before it off. Asking for more details does not show more of it.
    pub bare: bool,
    /// Text shows the value without the field's name: the word says which it is.
    pub unkeyed: bool,
    /// Text output has it only where it says what goes without saying too.
    pub deep: bool,
    /// Its words stand alone, without the field's name; in JSON each is a member that is true.
    pub alone: bool,
    /// What text output says where it is not there; JSON says `null`.
    pub absent: Option<&'static str>,
    /// A list of names of bits that is shown where no bit is on, too.
    pub framed: bool,
    /// A number counts thousandths: shown with three decimals, in JSON as text.
    pub milli: bool,
    /// What text output puts behind the value.
    pub end: &'static str,
    /// Text output shows it in a line of its own together with its neighbours of the same number.
    pub line: Option<u8>,
    /// A number is hexadecimal, in JSON a text: what stands before it, and the fewest digits. Where nothing stands before
    /// it, it is read as hexadecimal too.
    pub digits: Option<(&'static str, usize)>,
    /// The word for the number 0, in text and as input; JSON keeps the number. For an address of zeros JSON has it too.
    pub zero: Option<&'static str>,
    /// Words of its list, or the one for zero, that a link has from its creation on or never: to or from them only a
    /// rebuild leads.
    pub sticky: &'static [&'static str],
    /// Bounds of a number, both included.
    pub bounds: Option<(i64, u64)>,
    /// How the kernel rounds it.
    pub round: Round,
    /// Reported only sometimes: its absence is no difference.
    pub volatile: bool,
    /// It is not taken in the message that creates the link, or only makes sense once the ports are in.
    pub late: bool,
    /// What it is in a new link of which nothing is said, where that never depends on anything: kernels without the
    /// feature refuse even to be told so.
    pub initial: Option<u64>,
    /// What a new link is given of which nothing is said, for the kernel has no such default.
    pub given: Option<u64>,
    /// Where it is shown.
    pub show: Show,
    /// It is shown only while another field has one of these words, or is [`THERE`] or [`ABSENT`].
    pub only: Option<(&'static str, &'static [&'static str])>,
    /// The nests above it, outermost first, below the kind's own.
    pub path: &'static [u16],
    /// The JSON object that holds it, where it has one of its own; `/` goes deeper.
    pub group: Option<&'static str>,
    /// The keys (text, JSON) where they depend on the value.
    pub keys: Option<fn(&Value<'_>) -> (&'static str, &'static str)>,
    /// The first kernel that has it.
    pub since: Option<(u16, u16)>,
}

/// One attribute of a kind; `T` is what [`crate::Record::get`] returns.
pub struct Field<T>(pub FieldDef, PhantomData<fn() -> T>);

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Field<T> {}

/// Fields in the order in which they are shown, and which attribute numbers they know.
#[derive(Debug)]
pub struct Fields {
    list: &'static [FieldDef],
    known: [u64; 2],
}

impl Fields {
    /// Makes the table of `list`.
    pub const fn new(list: &'static [FieldDef]) -> Self {
        let mut known = [0; 2];
        let mut i = 0;
        while i < list.len() {
            known = all(known, &list[i]);
            i += 1;
        }
        Self { list, known }
    }

    /// The list with `more` in it: those that have the name of one there in its place, the others before the field
    /// `at`. For kinds that are as another but for some fields; `N` is the length of what comes out.
    pub const fn with<const N: usize>(&self, more: &[FieldDef], at: &str) -> [FieldDef; N] {
        let mut out = [self.list[0]; N];
        let (mut i, mut n) = (0, 0);
        while i < self.list.len() {
            if same(self.list[i].name, at) {
                let mut j = 0;
                while j < more.len() {
                    if named(self.list, more[j].name).is_none() {
                        out[n] = more[j];
                        n += 1;
                    }
                    j += 1;
                }
            }
            out[n] = match named(more, self.list[i].name) {
                Some(j) => more[j],
                None => self.list[i],
            };
            n += 1;
            i += 1;
        }
        assert!(n == N, "the length is another");
        while n > 0 {
            n -= 1;
            out[n].at = n as u8;
        }
        out
    }

    /// The fields, in order.
    pub const fn list(&self) -> &'static [FieldDef] {
        self.list
    }

    /// What a new link has of which nothing is said, as far as that never depends on anything.
    pub fn born(&'static self) -> Record {
        let mut out = Record::new(self);
        for f in self.list {
            f.born().into_iter().for_each(|value| out.put(f, value));
        }
        out
    }

    /// Whether an attribute number belongs to one of the fields.
    pub fn knows(&self, attr: u16) -> bool {
        has(self.known, attr)
    }

    /// The field of that name or spelling; `-` does for `_`.
    pub fn find(&self, word: &str) -> Option<&'static FieldDef> {
        self.list.iter().find(|f| f.show != Show::Echo && f.answers_to(word))
    }
}

/// The place of the field of a name.
const fn named(list: &[FieldDef], name: &str) -> Option<usize> {
    let mut i = 0;
    while i < list.len() {
        if same(list[i].name, name) {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// The attributes of a nest with those that a field is read from.
pub(crate) const fn all(known: [u64; 2], f: &FieldDef) -> [u64; 2] {
    if f.path.is_empty() { own(known, f) } else { with(known, f.path[0]) }
}

/// The same of the nest that the field's own attribute lies in.
pub(crate) const fn own(known: [u64; 2], f: &FieldDef) -> [u64; 2] {
    if matches!(f.ty, Type::Header { .. }) {
        return known;
    }
    let known = with(known, f.attr);
    match f.ty {
        Type::Ip { v6 } => with(known, v6),
        Type::Hops { inherit, .. } => with(known, inherit),
        Type::Span { max } => with(known, max),
        Type::Macs { mode, item } => with(with(known, mode), item),
        Type::Key { flags } | Type::Either { flags, .. } => with(known, flags),
        Type::Prefix { len, .. } => with(known, len),
        _ => known,
    }
}

/// Whether two strings are equal, at compile time.
pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether an attribute is among those of a set of bits.
pub(crate) fn has(bits: [u64; 2], attr: u16) -> bool {
    bits.get(usize::from(attr / 64)).is_some_and(|word| word & (1 << (attr % 64)) != 0)
}

pub(crate) const fn with(mut known: [u64; 2], attr: u16) -> [u64; 2] {
    known[attr as usize / 64] |= 1 << (attr % 64);
    known
}

impl FieldDef {
    /// Whether a word names this field.
    pub fn answers_to(&self, word: &str) -> bool {
        spelt(self.name, word) || self.also.iter().any(|a| spelt(a, word))
    }

    /// The value that it has in a new link of which nothing is said, where the table tells.
    pub fn born(&self) -> Option<Value<'static>> {
        if let Type::Devconf { names, .. } = self.ty {
            let all = names.iter().map(|k| (k.number.into(), k.born as u32)).collect();
            return self.writable().then_some(Value::Pairs(all));
        }
        let n = self.initial?;
        Some(match self.ty {
            Type::Words(_, list) => match list.iter().find(|(_, m)| *m == n) {
                Some((word, _)) => Value::Word(word),
                None => Value::Num(n),
            },
            Type::Uint(_) | Type::Time(..) | Type::Tos => Value::Num(n),
            _ => Value::Bool(n != 0),
        })
    }

    /// Whether a user can set it at all.
    pub fn writable(&self) -> bool {
        self.change != Change::Never
    }

    /// Whether it says how a link is, so that a file may want it and a difference may show.
    pub fn is_state(&self) -> bool {
        self.writable() && self.show != Show::Never
    }
}

/// Whether two spellings are the same but for `-` and `_`.
pub fn spelt(name: &str, word: &str) -> bool {
    name.len() == word.len()
        && name
            .bytes()
            .zip(word.bytes())
            .all(|(a, b)| a == b || matches!((a, b), (b'_', b'-') | (b'-', b'_')))
}

impl<T: Attr> Field<T> {
    pub(crate) const fn new(attr: u16, name: &'static str, ty: Type) -> Self {
        let def = FieldDef {
            attr,
            at: 0,
            name,
            ty,
            doc: "",
            also: &[],
            text: name,
            json: name,
            change: Change::Live,
            quiet: None,
            unsaid: None,
            null: None,
            hex: false,
            painted: None,
            boolean: false,
            bare: false,
            deep: false,
            unkeyed: false,
            alone: false,
            absent: None,
            framed: false,
            milli: false,
            end: " ",
            line: None,
            digits: None,
            zero: None,
            sticky: &[],
            bounds: None,
            round: Round::Exact,
            volatile: false,
            late: false,
            initial: None,
            given: None,
            show: Show::Plain,
            only: None,
            path: &[],
            group: None,
            keys: None,
            since: None,
        };
        Self(def, PhantomData)
    }
}

macro_rules! columns {
    ($($(#[doc = $doc:literal])* $name:ident($($arg:ident: $ty:ty),*) { $($column:ident = $value:expr),* })*) => {
        impl<T> Field<T> {$(
            $(#[doc = $doc])*
            pub const fn $name(mut self $(, $arg: $ty)*) -> Self {
                $(self.0.$column = $value;)*
                self
            }
        )*}
    };
}

columns! {
    /// Says what the field is.
    doc(doc: &'static str) { doc = doc }
    /// Where it stands in the table that declares it.
    at(place: u8) { at = place }
    /// Adds spellings that are understood.
    also(words: &'static [&'static str]) { also = words }
    /// Gives text output another key.
    text(key: &'static str) { text = key }
    /// Gives JSON output another key.
    json(key: &'static str) { json = key }
    /// Gives both outputs another key.
    key(key: &'static str) { text = key, json = key }
    /// Gives both outputs keys that depend on the value.
    keyed(keys: fn(&Value<'_>) -> (&'static str, &'static str)) { keys = Some(keys) }
    /// Only a rebuild changes it.
    fixed() { change = Change::Rebuild }
    /// It changes only while the link is down.
    down() { change = Change::Down }
    /// It changes only while the link is down and has no ports.
    vacant() { change = Change::Vacant }
    /// It cannot be set.
    readonly() { change = Change::Never }
    /// Text output leaves it out at this value.
    quiet(value: u64) { quiet = Some(value) }
    /// Both outputs leave it out at this value.
    unsaid(value: u64) { quiet = Some(value), unsaid = Some(value) }
    /// JSON says `null` at this value.
    null(value: u64) { null = Some(value) }
    /// Numbers are shown in hexadecimal.
    hex() { hex = true }
    /// It is coloured.
    painted(what: Painted) { painted = Some(what) }
    /// Takes `on` and `off` for 1 and 0.
    boolean() { boolean = true, bounds = Some((0, 1)) }
    /// The word alone says it, and is left out where it is off.
    bare() { bare = true, quiet = Some(0), unsaid = Some(0) }
    /// The word alone says it, and with `no` before it off.
    toggle() { bare = true }
    /// Text shows the value without the field's name.
    unkeyed() { unkeyed = true }
    /// Text output has it only where it says all.
    deep() { deep = true }
    /// Its words stand alone.
    alone() { alone = true }
    /// What text output says where it is not there.
    absent(word: &'static str) { absent = Some(word) }
    /// The list of names that begins with it is shown where no bit is on, too.
    framed() { framed = true }
    /// A number of thousandths.
    milli() { milli = true }
    /// What text output puts behind the value.
    end(text: &'static str) { end = text }
    /// Shows it in the line of that number.
    line(line: u8) { line = Some(line), end = "" }
    /// Shows a number in hexadecimal of so many digits.
    digits(before: &'static str, fewest: usize) { digits = Some((before, fewest)) }
    /// JSON output says it always.
    spoken() { unsaid = None }
    /// Gives the number 0 a word, or the address that is all zeros.
    zero(word: &'static str) { zero = Some(word) }
    /// Only a rebuild leads to or from these words.
    sticky(words: &'static [&'static str]) { sticky = words }
    /// Bounds a number, both ends included.
    range(low: u64, high: u64) { bounds = Some((low as i64, high)) }
    /// Bounds a number from above.
    max(high: u64) { bounds = Some((0, high)) }
    /// Bounds a signed number from below.
    min(low: i64) { bounds = Some((low, i64::MAX as u64)) }
    /// Says how the kernel rounds it.
    rounded(round: Round) { round = round }
    /// Its absence is no difference.
    volatile() { volatile = true }
    /// What it is in a new link of which nothing is said.
    initial(value: u64) { initial = Some(value) }
    /// What a new link is given of which nothing is said.
    given(value: u64) { given = Some(value) }
    /// It is set after creation, and after the ports are in.
    late() { late = true }
    /// Says where it is shown.
    shown(show: Show) { show = show }
    /// It can be written and not read: a command more than a setting.
    writeonly() { show = Show::Never }
    /// iproute2 has no output for it.
    ours() { show = Show::Ours }
    /// Shows an attribute that another field holds once more.
    echo() { show = Show::Echo, change = Change::Never }
    /// It is shown only while another field has one of these words.
    only(field: &'static str, words: &'static [&'static str]) { only = Some((field, words)) }
    /// It lies in nests.
    within(path: &'static [u16]) { path = path }
    /// It is in a JSON object of its own; `/` goes deeper.
    object(group: &'static str) { group = Some(group) }
    /// It lies in a nest and in a JSON object of its own.
    grouped(path: &'static [u16], group: &'static str) { path = path, group = Some(group) }
    /// The first kernel that has it.
    since(major: u16, minor: u16) { since = Some((major, minor)) }
}

/// Declares typed field constants and the table that lists them, in the order in which they are shown.
/// Doc comments become the field's help text.
#[macro_export]
macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $key:ident: $ty:ty = $def:expr;)*) => {
        $($(#[doc = $doc])+ #[allow(unreachable_pub)] pub const $key: $crate::Field<$ty> = {
            const FIELD: $crate::Field<$ty> = $def;
            FIELD.doc(concat!($($doc, "\n"),+)).at(Place::$key as u8)
        };)*
        /// Where each field stands in the table.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, clippy::allow_attributes)]
        #[repr(u8)]
        enum Place { $($key),* }
        /// The fields, in the order in which they are shown.
        #[allow(unreachable_pub)]
        pub static FIELDS: $crate::Fields = $crate::Fields::new(&[$($key.0),*]);
    };
}
