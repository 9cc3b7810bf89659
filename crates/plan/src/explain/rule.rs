//! A rule: one cause of a refusal, as a row of a table.

use linkctl_schema::Record;

use super::Said;
use super::case::Case;
use super::errno;
use crate::Act;

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub(super) enum On {
    /// Anything.
    Any,
    /// A link of one of these kinds, or of any, to be made.
    Create(&'static [&'static str]),
    /// One of these settings that every link has, of a link that is there, or of an end that is to be made.
    Set(&'static [&'static str]),
    /// Settings of one of these kinds, or of any, of a link that is there or is to be made.
    Data(&'static [&'static str]),
    /// Settings that a port has because of its master, of this kind or of any.
    Port(&'static str),
    /// A master, for a link that is there or is to be made.
    Master,
    /// Another name.
    Rename,
    /// Alternative names.
    Altnames,
    /// Deletion.
    Delete,
    /// Being up, for a link that is there or is to be made.
    Up,
    /// Another namespace.
    Move,
}

impl On {
    fn fits(self, case: &Case<'_>) -> bool {
        let of = |kinds: &[&str]| kinds.is_empty() || kinds.iter().any(|k| k.as_bytes() == case.kind_word());
        match self {
            Self::Any => true,
            Self::Create(kinds) => case.created().is_some() && of(kinds),
            Self::Set(names) => {
                let says = |r: &Record| r.iter().any(|(f, _)| names.contains(&f.name));
                case.base().is_some_and(says) || case.other().is_some_and(|(_, l)| says(&l.base))
            }
            Self::Data(kinds) => case.data().is_some() && of(kinds),
            Self::Port(kind) => match case.act {
                Act::Port(_, record) => {
                    kind.is_empty()
                        || linkctl_kinds::port(kind).is_some_and(|k| std::ptr::eq(k.fields, record.fields()))
                }
                _ => false,
            },
            Self::Master => case.master().is_some(),
            Self::Rename => matches!(case.act, Act::Rename(..)),
            Self::Altnames => matches!(case.act, Act::Altnames { .. }),
            Self::Delete => matches!(case.act, Act::Delete(_)),
            Self::Up => case.goes_up(),
            Self::Move => matches!(case.act, Act::Move(..)),
        }
    }

    /// For the documentation.
    fn words(self) -> String {
        let of = |what: &str, names: &[&str]| match names {
            [] => what.to_owned(),
            names => format!("{what}: {}", names.join(", ")),
        };
        match self {
            Self::Any => "anything".into(),
            Self::Create(kinds) => of("create", kinds),
            Self::Set(names) => of("set", names),
            Self::Data(kinds) => of("settings of the kind", kinds),
            Self::Port(kind) => format!("settings of a {kind} port").replace("  ", " "),
            Self::Master => "master".into(),
            Self::Rename => "name".into(),
            Self::Altnames => "altname".into(),
            Self::Delete => "delete".into(),
            Self::Up => "up".into(),
            Self::Move => "netns".into(),
        }
    }
}

/// One cause of a refusal: when it may be the one, and what to say if the facts bear it out.
#[derive(Debug)]
pub(super) struct Rule {
    on: On,
    errno: &'static [i32],
    says: &'static str,
    why: &'static str,
    tell: Tell,
}

#[derive(Debug)]
enum Tell {
    /// Says it, or nothing where the facts do not fit.
    Ask(fn(&Case<'_>) -> Option<Said>),
    /// Says what and what to do, whatever the facts.
    Always(&'static str, &'static [&'static str]),
}

/// A row: what was asked; the error numbers, none for any; a part of the kernel's sentence, in lower case, where it
/// must have said so; the cause, for the documentation; and who tells it.
pub(super) const fn rule(
    on: On,
    errno: &'static [i32],
    says: &'static str,
    why: &'static str,
    tell: fn(&Case<'_>) -> Option<Said>,
) -> Rule {
    Rule { on, errno, says, why, tell: Tell::Ask(tell) }
}

/// A row whose number and sentence leave no question: what is said, and what to do.
pub(super) const fn always(
    on: On,
    errno: &'static [i32],
    says: &'static str,
    what: &'static str,
    hints: &'static [&'static str],
) -> Rule {
    Rule { on, errno, says, why: what, tell: Tell::Always(what, hints) }
}

impl Rule {
    /// Whether the cause may be this one.
    pub(super) fn fits(&self, case: &Case<'_>) -> bool {
        (self.errno.is_empty() || self.errno.contains(&case.refused.errno))
            && (self.says.is_empty() || case.says(self.says))
            && self.on.fits(case)
    }

    /// What the cause is and what to do; nothing where the facts do not bear it out.
    pub(super) fn tell(&self, case: &Case<'_>) -> Option<Said> {
        match self.tell {
            Tell::Ask(ask) => ask(case),
            Tell::Always(what, hints) => {
                Some(hints.iter().fold(case.say(what), |said, hint| said.hint(*hint)))
            }
        }
    }

    /// A row of the documentation.
    pub(super) fn row(&self) -> String {
        let numbers: Vec<String> = self.errno.iter().map(|n| errno::symbol(*n)).collect();
        let errno = if numbers.is_empty() { "any".into() } else { numbers.join(", ") };
        let says = if self.says.is_empty() { String::new() } else { format!("…{}…", self.says) };
        format!("| {} | {errno} | {says} | {} |\n", self.on.words(), self.why)
    }
}
