//! Names and alternative names that a link cannot have. Names that are taken: see `twin`.

use linkctl_schema::{Name, Safe, Value};

use super::case::{Case, altnames};
use super::command::{self, shell};
use super::errno::{EBUSY, EINVAL, ENAMETOOLONG, ENFILE, ENOENT, EOPNOTSUPP, ERANGE};
use super::rule::{On, Rule, always, rule};
use super::{Kind, Said};
use crate::Act;

/// `ALTIFNAMSIZ` of `linux/if.h`, less its terminator.
const LONGEST: usize = 127;

pub(super) static RULES: &[Rule] = &[
    rule(On::Rename, &[EINVAL], "", "the name is malformed", malformed),
    rule(On::Rename, &[EBUSY], "", "before Linux 6.2 only links that are down are renamed", up),
    always(On::Rename, &[ENFILE], "", "no number is free for its new name", &["choose a name without %d"]),
    rule(On::Altnames, &[ENOENT], "", "it has no such alternative name", absent),
    rule(On::Altnames, &[EINVAL], "", "the name is another link's, or its own first name", not_its_own),
    rule(
        On::Altnames,
        &[EINVAL, ERANGE, ENAMETOOLONG],
        "",
        "the alternative name is malformed",
        malformed_alternative,
    ),
    rule(On::Altnames, &[EOPNOTSUPP], "", "before Linux 5.5 there are no alternative names", too_old),
];

fn malformed(case: &Case<'_>) -> Option<Said> {
    let Act::Rename(_, name) = case.act else { return None };
    let why = malformation(name.as_bytes(), 15)?;
    Some(
        case.say(format!("it cannot be called {name}: {why}"))
            .hint("at most 15 bytes, without / : and white space"),
    )
}

/// What is wrong with a name of at most so many bytes.
fn malformation(name: &[u8], longest: usize) -> Option<String> {
    if name.len() > longest {
        return Some(format!("it has {} bytes, and {longest} are the most", name.len()));
    }
    // The rules for first names are those for alternative ones but for the length; they are checked piece by piece.
    let pieces = name.chunks(15).map(|piece| Name::new(&String::from_utf8_lossy(piece)));
    match pieces.into_iter().find_map(Result::err) {
        Some(why) => Some(why.to_string()),
        None if name.is_empty() => Some("it is empty".into()),
        None if name.contains(&b'%') => Some("a % can only be part of %d, once, for a number".into()),
        None => None,
    }
}

fn up(case: &Case<'_>) -> Option<Said> {
    let Act::Rename(key, name) = case.act else { return None };
    let said = case.say(format!("this kernel does not rename it to {name} while it is up (Linux 6.2 does)"));
    let new = shell(name.as_bytes());
    let commands = format!(
        "{} && {} && {}",
        command::set(key, "down"),
        command::set(key, format!("name {new}")),
        command::set(&key.beside(*name), "up")
    );
    Some(said.hint(format!("take it down meanwhile (traffic stops): {commands}")))
}

fn texts<'v>(list: &'v [Value<'static>]) -> impl Iterator<Item = &'v [u8]> {
    list.iter().filter_map(|v| if let Value::Str(name) = v { Some(name.as_ref()) } else { None })
}

fn absent(case: &Case<'_>) -> Option<Said> {
    let Act::Altnames { key, remove, .. } = case.act else { return None };
    let have: Vec<&[u8]> = case.at(key).map(|l| altnames(l).collect()).unwrap_or_default();
    let gone = texts(remove).find(|n| !have.contains(n)).or_else(|| texts(remove).next())?;
    let said = case.say(format!("it has no alternative name {}", Safe(gone)));
    Some(said.hint(format!("there is nothing to remove; those that it has: {}", command::show(key))))
}

fn not_its_own(case: &Case<'_>) -> Option<Said> {
    let Act::Altnames { key, remove, .. } = case.act else { return None };
    if let Some(own) = texts(remove).find(|n| *n == key.name.as_bytes()) {
        let said = case.say(format!("{} is its name, not an alternative one", Safe(own)));
        return Some(said.hint(format!("rename it instead: {}", command::set(key, "name NEW"))));
    }
    let (name, by) = texts(remove).find_map(|n| {
        let first = Name::from_kernel(n).and_then(|name| case.holder(&key.beside(name)));
        Some((n, first.or_else(|| case.alternative(key, n)).filter(|h| h.key != key)?))
    })?;
    let said = case.say(format!("{} is a name of {}, not of this link", Safe(name), by.key));
    Some(said.hint(format!("look at it: {}", command::show(by.key))))
}

fn malformed_alternative(case: &Case<'_>) -> Option<Said> {
    let Act::Altnames { add, .. } = case.act else { return None };
    let (name, why) = texts(add).find_map(|n| Some((n, malformation(n, LONGEST)?)))?;
    let said = case.say(format!("it cannot have the alternative name {}: {why}", Safe(name)));
    Some(said.hint("at most 127 bytes, without / : and white space"))
}

fn too_old(case: &Case<'_>) -> Option<Said> {
    let said = case.say("this kernel has no alternative names: they came with Linux 5.5");
    let alias = command::set(case.key, "alias TEXT");
    Some(said.hint(format!("an alias is there, though no link is found by it: {alias}")).of(Kind::Incapable))
}
