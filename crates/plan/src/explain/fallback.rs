//! What is said where no rule knows the cause.

use super::Said;
use super::case::Case;
use super::{command, errno, offset, words};

/// Which link, what was asked, what the number means in general, and where to look.
pub(super) fn tell(case: &Case<'_>) -> Said {
    let known = errno::of(case.refused.errno);
    let means = known.map_or("for a reason that it does not tell", |e| e.means);
    let advice = known.map(|e| e.advice).filter(|a| !a.is_empty()).map(str::to_owned);
    let said =
        case.say(format!("the kernel refuses to {}: {means}", words::infinitive(case.act))).maybe(advice);
    let said = said.maybe(offset::field(case).map(|f| format!("it points at {}", f.name)));
    let said = said.maybe(missing(case));
    match case.created() {
        None => said.hint(format!("how it is now: {}", command::show(case.key))),
        Some(link) => match link.kind {
            Some(kind) => said.hint(format!("what a {0} takes: linkctl kind {0}", kind.name)),
            None => said.hint("linkctl kind lists the kinds that this program knows"),
        },
    }
}

/// The setting that the kernel misses.
fn missing(case: &Case<'_>) -> Option<String> {
    let number = case.refused.missing?;
    let kind = case.created()?.kind?;
    let field = kind.fields.list().iter().find(|f| f.attr == number && f.path.is_empty())?;
    Some(format!("it misses {}", field.name))
}
