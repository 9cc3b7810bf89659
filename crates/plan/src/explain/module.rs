//! Kinds that this kernel has not.
//!
//! Asked late: "not supported" is also what drivers say of one link.

use linkctl_kinds::KINDS;
use linkctl_schema::Safe;
use linkctl_schema::near::near;

use super::case::Case;
use super::errno::{EAFNOSUPPORT, EOPNOTSUPP};
use super::rule::{On, Rule, rule};
use super::{Kind, Said, words};

pub(super) static RULES: &[Rule] = &[
    rule(On::Create(&[]), &[EOPNOTSUPP], "unknown device type", "the kernel has no such kind", unknown),
    rule(On::Create(&[]), &[EOPNOTSUPP], "", "the kernel has no such kind (bare, older kernels)", unsaid),
    rule(On::Any, &[EAFNOSUPPORT], "", "the address family is missing or switched off", family),
];

/// Kernels since 4.x say so when they lack the kind; a bare "no" to a link with settings is about one of these.
fn unsaid(case: &Case<'_>) -> Option<Said> {
    if !case.bare() {
        return None;
    }
    let link = case.created()?;
    let names: Vec<&str> = link.data.iter().filter(|(f, _)| !f.late).map(|(f, _)| f.name).collect();
    if names.is_empty() {
        return unknown(case);
    }
    let kind = Safe(link.kind_word()).to_string();
    let what = format!("this kernel was built without what one of its settings needs: {}", names.join(", "));
    Some(
        case.say(what)
            .of(Kind::Incapable)
            .hint(format!("leave out what it lacks; what a {kind} has: linkctl kind {kind}")),
    )
}

fn unknown(case: &Case<'_>) -> Option<Said> {
    let link = case.created().filter(|l| l.can_go())?;
    let word = Safe(link.kind_word()).to_string();
    let said = case.say(format!("this kernel has no links of the kind {word}")).of(Kind::Incapable);
    let Some(kind) = link.kind.filter(|k| !k.module.is_empty()) else {
        let close = near(&word, KINDS.iter().map(|k| k.name), 3);
        let said =
            if close.is_empty() { said } else { said.hint(format!("did you mean {}?", close.join(", "))) };
        return Some(said.hint("the kinds that this program knows: linkctl kind"));
    };
    Some(
        said.hint(format!("load its module: sudo modprobe {}", kind.module))
            .hint(format!(
                "is there none, the kernel was built without {}: another kernel package may have it",
                kind.config
            ))
            .hint("a container cannot load modules: do it on its host"),
    )
}

fn family(case: &Case<'_>) -> Option<Said> {
    let said = case.say(format!(
        "the kernel refuses to {}: IPv6 is switched off for this link, or missing",
        words::infinitive(case.act)
    ));
    let name = case.key.name.to_string();
    // The name is a folder of /proc/sys there; an odd one is left for the reader to fill in.
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let name = if plain { name } else { "NAME".into() };
    Some(
        said.hint(format!("switch it on: sudo sysctl net/ipv6/conf/{name}/disable_ipv6=0"))
            .of(Kind::Incapable),
    )
}
