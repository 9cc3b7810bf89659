//! A kind: everything this program knows of one sort of link.

use crate::field::{FieldDef, Fields, Show, same};
use crate::iproute::Grammar;
use crate::types::Type;

/// A constraint between fields of one kind, by their names.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// The first has no effect, or is refused, without the second. What stands for 0 counts as not given.
    Needs(&'static str, &'static str),
    /// The two cannot be given together. What stands for 0 counts as not given.
    Excludes(&'static str, &'static str),
    /// One of these must be given to create a link.
    OneOf(&'static [&'static str]),
    /// The first, where it is on, is refused without the second, be that 0.
    Wants(&'static str, &'static str),
    /// The field only counts while another has one of these words.
    When(&'static str, &'static str, &'static [&'static str]),
}

/// A worked example: documentation, golden test and conformance test in one.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What follows `type KIND` on the command line.
    pub words: &'static str,
    /// The attributes that it becomes, on a little-endian machine; links resolve to index 7.
    pub wire: &'static [u8],
}

/// A counter of a kind: four bytes at a place within `IFLA_INFO_XSTATS`.
#[derive(Clone, Copy, Debug)]
pub struct Counter {
    /// Its place, in bytes.
    pub at: usize,
    /// What stands above it in text output.
    pub head: &'static str,
    /// The key in JSON output.
    pub json: &'static str,
}

/// What a link of the kind stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    /// Nothing.
    None,
    /// A link that must be named (`link`, `IFLA_LINK`).
    Link,
    /// A link that a field of the kind may name, with which it goes.
    Field(&'static str),
    /// A link that a field of the kind may name, and that it outlives.
    Loose(&'static str),
    /// A device that is no link and must be named (`parentdev`, `IFLA_PARENT_DEV_NAME`).
    Device,
}

/// A kind of link, or the ports of one.
#[derive(Debug)]
pub struct Kind {
    /// The kernel's name for it (`IFLA_INFO_KIND`).
    pub name: &'static str,
    /// What it is, in a sentence.
    pub doc: &'static str,
    /// Its attributes.
    pub fields: &'static Fields,
    /// Constraints between them.
    pub rules: &'static [Rule],
    /// Worked examples.
    pub examples: &'static [Example],
    /// The prefixes of its attributes in `linux/if_link.h`, for the comparison with the header.
    pub uapi: &'static [&'static str],
    /// What it stands on.
    pub below: Below,
    /// The attribute that holds the other end, for kinds that come in pairs.
    pub pair: Option<u16>,
    /// What is settable of a link whose master is of this kind.
    pub ports: Option<&'static Kind>,
    /// The module that brings it (`modprobe`), built in or not.
    pub module: &'static str,
    /// The build option that brings it.
    pub config: &'static str,
    /// The first kernel that has the kind, where that is newer than 5.10.
    pub since: Option<(u16, u16)>,
    /// Who makes links of the kind, where the kernel does not on request: a sentence without its end.
    pub made_by: Option<&'static str>,
    /// What is set of its links by other ways than their messages, so that a link made anew is without: a noun.
    pub elsewhere: Option<&'static str>,
    /// Its links carry Ethernet frames (`ARPHRD_ETHER`).
    pub frames: bool,
    /// Its links stay in the namespace that they are made in (`netns_immutable` of `struct net_device`).
    pub bound: bool,
    /// The link can be a master at all.
    pub master: bool,
    /// A change has to say every setting: the kernel takes those that are not said for not wanted.
    pub whole: bool,
    /// Counters that the kernel tells beside the settings (`IFLA_INFO_XSTATS`), in the order of text output.
    pub counters: &'static [Counter],
    /// The words of iproute2 for it.
    pub iproute: Grammar,
}

impl Kind {
    /// Columns that most kinds leave as they are.
    pub const DEFAULT: Self = Self {
        name: "",
        doc: "",
        fields: &Fields::new(&[]),
        rules: &[],
        examples: &[],
        uapi: &[],
        below: Below::None,
        pair: None,
        ports: None,
        module: "",
        config: "",
        since: None,
        made_by: None,
        elsewhere: None,
        frames: true,
        bound: false,
        master: false,
        whole: false,
        counters: &[],
        iproute: Grammar::NONE,
    };

    /// Refuses, at compile time, a table that contradicts itself: a field without words, two of one name or one
    /// number, a rule about a field that is not there.
    pub const fn check(&self) {
        let list = self.fields.list();
        let mut i = 0;
        while i < list.len() {
            check_field(&list[i]);
            let mut j = i + 1;
            while j < list.len() {
                let echo = matches!(list[i].show, Show::Echo) || matches!(list[j].show, Show::Echo);
                assert!(echo || !same(list[i].name, list[j].name), "two fields share a name");
                assert!(!clash(&list[i], &list[j]), "two fields share an attribute number");
                j += 1;
            }
            i += 1;
        }
        let mut r = 0;
        while r < self.rules.len() {
            match self.rules[r] {
                Rule::Needs(a, b) | Rule::Wants(a, b) | Rule::Excludes(a, b) | Rule::When(a, b, _) => {
                    assert!(self.has(a) && self.has(b), "a rule names an unknown field");
                }
                Rule::OneOf(names) => {
                    let mut n = 0;
                    while n < names.len() {
                        assert!(self.has(names[n]), "a rule names an unknown field");
                        n += 1;
                    }
                }
            }
            r += 1;
        }
        let mut w = 0;
        while w < self.iproute.words.len() {
            let field = self.iproute.words[w].field;
            assert!(field.is_empty() || self.has(field), "a word of iproute2 names an unknown field");
            w += 1;
        }
        if let Below::Field(name) | Below::Loose(name) = self.below {
            assert!(self.has(name), "below names an unknown field");
        }
    }

    /// Whether there is a field of that name.
    pub const fn has(&self, name: &str) -> bool {
        let list = self.fields.list();
        let mut i = 0;
        while i < list.len() {
            if same(list[i].name, name) {
                return true;
            }
            i += 1;
        }
        false
    }
}

const fn check_field(f: &FieldDef) {
    assert!(!f.doc.is_empty(), "a field has no doc comment");
    assert!(f.attr < 128, "attribute numbers are below 128");
}

/// Whether two fields claim one attribute and are not bits of it.
const fn clash(a: &FieldDef, b: &FieldDef) -> bool {
    if matches!(a.show, Show::Echo) || matches!(b.show, Show::Echo) {
        return false;
    }
    if a.attr != b.attr || a.path.len() != b.path.len() || !a.path.is_empty() && a.path[0] != b.path[0] {
        return false;
    }
    match (a.ty, b.ty) {
        (Type::Bit { bit: x, .. }, Type::Bit { bit: y, .. }) => x == y,
        (Type::Either { mask: x, .. }, Type::Either { mask: y, .. }) => x & y != 0,
        (Type::Header { bit: x, .. }, Type::Header { bit: y, .. }) => x == y,
        (Type::Header { .. }, _) | (_, Type::Header { .. }) => false,
        (Type::Part { at: x, .. }, Type::Part { at: y, .. }) => x == y,
        _ => true,
    }
}
