//! Why an act is planned, in the user's words.

use std::fmt;

use linkctl_kinds::link as base;
use linkctl_link::Key;
use linkctl_schema::diff::Delta;
use linkctl_schema::{Change, FieldDef, Name, Safe, Type, Value, text};

/// Why an act is planned. Shown as one clause.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// It is not there.
    Missing,
    /// The goal says that it is not to be.
    Unwanted,
    /// A field is not as wanted.
    Differs(Delta),
    /// It is of another kind.
    Kind {
        /// The kernel's word for the kind that it has.
        have: Box<[u8]>,
        /// The one that is wanted.
        want: Box<[u8]>,
    },
    /// It stands on another link.
    Lower {
        /// The one that it stands on.
        have: Option<Key>,
        /// The one that is wanted.
        want: Key,
    },
    /// Its other end is another link.
    Peer {
        /// The other end that it has.
        have: Option<Key>,
        /// The one that is wanted.
        want: Key,
    },
    /// It falls with another link, which is deleted.
    Falls(Key),
    /// It follows from what happens to another link.
    Follows(Key),
    /// A field changes only so: down, or down and without ports.
    Needs(&'static str, Change),
    /// The number of virtual functions changes only by way of none.
    Anew(u32),
    /// A bond takes only ports that are down.
    Joins(Name),
    /// Another step took it out of its master.
    Returns,
    /// Other steps, or the way there, changed it: it is as it was before.
    Restores,
    /// A bond takes its ports up, which this one cannot be while its lower link is down.
    Lifts(Key),
    /// A port or a lower link stands in the way of another step.
    Yields,
    /// The goal finds it under another name.
    Named,
    /// The goal wants it in another namespace.
    Placed,
    /// And the goal says that nothing is to be done to it.
    Ignored,
}

impl Reason {
    /// The setting that it is about, as goal files call it.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Differs(delta) => Some(delta.field),
            Self::Kind { .. } => Some("kind"),
            Self::Lower { .. } => Some("link"),
            Self::Peer { .. } => Some("peer"),
            Self::Needs(field, _) => Some(field),
            _ => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it is missing"),
            Self::Unwanted => f.write_str("it is not wanted"),
            Self::Differs(delta) => write!(f, "{}", Shown(delta)),
            Self::Kind { have, want } => write!(f, "kind {} → {}", kind(have), kind(want)),
            Self::Lower { have, want } => write!(f, "link {} → {want}", Maybe(have.as_ref())),
            Self::Peer { have, want } => write!(f, "peer {} → {want}", Maybe(have.as_ref())),
            Self::Falls(key) => write!(f, "it falls with {key}"),
            Self::Follows(key) => write!(f, "because of {key}"),
            Self::Needs(field, Change::Vacant) => {
                write!(f, "{field} changes only while it is down and has no ports")
            }
            Self::Needs(field, _) => write!(f, "{field} changes only while it is down"),
            Self::Anew(n) => {
                write!(f, "the number of virtual functions changes only by way of none: all {n} go")
            }
            Self::Joins(master) => write!(f, "{master} takes only ports that are down"),
            Self::Returns => f.write_str("it returns to its master"),
            Self::Restores => f.write_str("it was so before"),
            Self::Lifts(port) => write!(f, "{port} cannot become a port while it is down"),
            Self::Yields => f.write_str("it is in the way of another step"),
            Self::Named => f.write_str("the goal names it so"),
            Self::Placed => f.write_str("the goal wants it there"),
            Self::Ignored => f.write_str("though it is to be left alone"),
        }
    }
}

fn kind(word: &[u8]) -> String {
    if word.is_empty() { "hardware".into() } else { Safe(word).to_string() }
}

struct Maybe<'k>(Option<&'k Key>);

impl fmt::Display for Maybe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(key) => key.fmt(f),
            None => f.write_str("none"),
        }
    }
}

/// A difference as `field have → want`. What others named is escaped.
pub(crate) struct Shown<'d>(pub &'d Delta);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Delta { field, have, want, .. } = self.0;
        if let Some(def) = settings(field) {
            let words = |value: &Value<'_>| {
                let mut out = String::new();
                text::plain(def, value, &mut out).map(|()| out)
            };
            let have = have.as_ref().map(words).transpose()?;
            let before = have.map(|have| format!("{have} ")).unwrap_or_default();
            return write!(f, "{field} {before}→ {}", words(want)?);
        }
        match have {
            Some(have) => write!(f, "{field} {} → {}", Plain(have), Plain(want)),
            None => write!(f, "{field} → {}", Plain(want)),
        }
    }
}

/// The field of that name, where its value means nothing without its list of settings.
fn settings(field: &str) -> Option<&'static FieldDef> {
    base::FIELDS.list().iter().find(|f| f.name == field && matches!(f.ty, Type::Devconf { .. }))
}

/// A value without its field: numbers are decimal.
pub(crate) struct Plain<'v>(pub &'v Value<'v>);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use linkctl_schema::Hops;
        match self.0 {
            Value::Bool(on) => f.write_str(if *on { "on" } else { "off" }),
            Value::Num(n) => n.fmt(f),
            Value::Int(n) => n.fmt(f),
            Value::Word(word) => f.write_str(word),
            Value::Ip(ip) => ip.fmt(f),
            Value::Mac(mac) => mac.fmt(f),
            Value::Link(name) if name.is_none() => f.write_str("none"),
            Value::Link(name) => name.fmt(f),
            Value::Str(text) => write!(f, "\"{}\"", Safe(text)),
            Value::Net(ip, len) => write!(f, "{ip}/{len}"),
            Value::Range(low, high) => write!(f, "{low}-{high}"),
            Value::Hops(Hops::Auto) => f.write_str("auto"),
            Value::Hops(Hops::Inherit) => f.write_str("inherit"),
            Value::Hops(Hops::Fixed(n)) => n.fmt(f),
            Value::Raw(bytes) => bytes.iter().try_for_each(|b| write!(f, "{b:02x}")),
            Value::Pairs(pairs) => list(f, pairs.iter(), |f, (from, to)| write!(f, "{from}:{to}")),
            Value::List(items) => list(f, items.iter(), |f, item| Plain(item).fmt(f)),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: impl ExactSizeIterator<Item = T>,
    each: impl Fn(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    if items.len() == 0 {
        return f.write_str("none");
    }
    for (i, item) in items.enumerate() {
        if i > 0 {
            f.write_str(",")?;
        }
        each(f, item)?;
    }
    Ok(())
}
