//! Whether what is said of a link fits together.

use std::fmt;

use crate::kind::{Kind, Rule};
use crate::record::Record;
use crate::text::numeral;
use crate::value::Value;

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
    // Switched on: a monitor with an interval of 0 is none.
    let on = |name: &str| {
        let field = kind.fields.find(name);
        given(name) && field.and_then(|f| numeral(f, said.value(f)?)) != Some(0)
    };
    for rule in kind.rules {
        match *rule {
            Rule::Needs(a, b) if on(a) && !on(b) => return Err(Broken::Needs(a, b)),
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
