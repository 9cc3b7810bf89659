//! Whether what is said of a link fits together.

use std::fmt;

use crate::kind::{Kind, Rule};
use crate::record::Record;
use crate::text::numeral;
use crate::types::Type;
use crate::value::{Hops, Value};

/// A rule of a kind that is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The first field wants the second.
    Needs(&'static str, &'static str),
    /// The two cannot stand together.
    Excludes(&'static str, &'static str),
    /// One of these is missing.
    OneOf(&'static [&'static str]),
    /// The first field only counts while the second is one of these.
    When(&'static str, &'static str, &'static [&'static str]),
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Needs(a, b) => write!(f, "{a} needs {b}"),
            Self::Excludes(a, b) => write!(f, "{a} and {b} cannot be given together"),
            Self::OneOf([one]) => write!(f, "{one} is required"),
            Self::OneOf(all) => write!(f, "one of {} is required", all.join(", ")),
            Self::When(a, b, words) => {
                write!(f, "{a} only counts while {b} is {}", crate::scalar::list(words))
            }
        }
    }
}

/// The first rule that a new link of the kind would break.
pub fn check(kind: &Kind, said: &Record) -> Result<(), Broken> {
    let value = |name: &str| kind.fields.find(name).and_then(|f| said.value(f));
    let given = |name: &str| value(name).is_some_and(|v| !v.is_nothing());
    let on = |name: &str| is_on(kind, said, name);
    for rule in kind.rules {
        match *rule {
            Rule::Needs(a, b) if on(a) && !on(b) => return Err(Broken::Needs(a, b)),
            Rule::Wants(a, b) if on(a) && !given(b) => return Err(Broken::Needs(a, b)),
            Rule::Excludes(a, b) if on(a) && on(b) => return Err(Broken::Excludes(a, b)),
            Rule::OneOf(names) if !names.iter().any(|n| given(n)) => return Err(Broken::OneOf(names)),
            Rule::When(a, b, words) if given(a) => match value(b) {
                Some(Value::Word(word)) if !words.contains(word) => return Err(Broken::When(a, b, words)),
                _ => {}
            },
            _ => {}
        }
    }
    Ok(())
}

/// Whether a setting is switched on: a monitor with an interval of 0 is none, and a hop limit of the system's choice no own one.
fn is_on(kind: &Kind, said: &Record, name: &str) -> bool {
    let Some(field) = kind.fields.find(name) else { return false };
    said.value(field).is_some_and(|v| {
        !v.is_nothing() && numeral(field, v) != Some(0) && !matches!(v, Value::Hops(Hops::Auto))
    })
}

/// What of a record the message that creates the link has to say.
///
/// A kernel refuses some settings by their mere presence, whatever their value: those out of their mode, and those
/// that would only be off beside what excludes them. And what a link has anyway need not be said. So values that go
/// without saying, settings that do not count, and those of a rule that are off are left out. A number that only tells
/// which one it is is as good as any other if it is 0, and left out beside what excludes it.
pub fn creatable(kind: &Kind, said: &Record) -> Record {
    let value = |name: &str| kind.fields.find(name).and_then(|f| said.value(f));
    let mut out = said.clone();
    for (field, v) in said.iter() {
        // Off, where that is how a new link is.
        let usually = field.quiet.or(field.initial);
        let off = (v.is_nothing() || numeral(field, v) == Some(0)) && usually.is_none_or(|q| q == 0);
        let number = numeral(field, v);
        let usual = number.is_some() && (field.quiet == number || field.initial == number);
        let void = kind.rules.iter().any(|rule| match *rule {
            Rule::Needs(a, b) => off && (a == field.name || b == field.name),
            Rule::Excludes(a, b) if a == field.name || b == field.name => {
                let other = if a == field.name { b } else { a };
                off && (!matches!(field.ty, Type::Uint(_)) || is_on(kind, said, other))
            }
            Rule::When(a, b, words) if a == field.name => {
                matches!(value(b), Some(Value::Word(word)) if !words.contains(word))
            }
            _ => false,
        });
        if usual || void {
            out.take(field);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::{switch, u32, words8};
    use crate::fields;

    fields! {
        /// How it works.
        MODE: &'static str = words8(1, "mode", &[("plain", 0), ("lacp", 4)]);
        /// Looks every so often.
        MIIMON: u32 = u32(2, "miimon");
        /// Asks every so often.
        ARP_INTERVAL: u32 = u32(3, "arp_interval");
        /// Only with lacp.
        RATE: u32 = u32(4, "rate");
        /// Learns.
        LEARNING: bool = switch(5, "learning").quiet(1);
        /// Which one it is.
        ID: u32 = u32(6, "id");
        /// It is none in particular.
        ANY: bool = switch(7, "any").quiet(0);
    }

    static KIND: Kind = Kind {
        name: "test",
        fields: &FIELDS,
        rules: &[
            Rule::Excludes("arp_interval", "miimon"),
            Rule::When("rate", "mode", &["lacp"]),
            Rule::Excludes("any", "id"),
        ],
        ..Kind::DEFAULT
    };

    #[test]
    fn a_link_as_it_was_is_made_again_without_what_the_kernel_refuses_by_its_presence() {
        let was = Record::new(&FIELDS).with(MODE, "plain").with(MIIMON, 100).with(ARP_INTERVAL, 0);
        let was = was.with(RATE, 0).with(LEARNING, true);
        let said = creatable(&KIND, &was);
        assert_eq!(said, Record::new(&FIELDS).with(MODE, "plain").with(MIIMON, 100));
        let was = was.with(MODE, "lacp").with(LEARNING, false);
        assert_eq!(creatable(&KIND, &was).get(RATE), Some(0));
        assert_eq!(creatable(&KIND, &was).get(LEARNING), Some(false));
        let zero = Record::new(&FIELDS).with(ID, 0);
        assert_eq!(creatable(&KIND, &zero).get(ID), Some(0));
        assert_eq!(creatable(&KIND, &zero.with(ANY, true)).get(ID), None);
    }
}
