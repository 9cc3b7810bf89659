//! The link that a tunnel goes out of, and outlives: it keeps the number of one that is gone.

use linkctl_link::Link;
use linkctl_schema::{Below, Change, FieldDef, Name, Value};

/// The field that names the link that a tunnel goes out of, and outlives.
fn field(link: &Link) -> Option<&'static FieldDef> {
    let Below::Loose(name) = link.kind?.below else { return None };
    link.data.fields().find(name)
}

/// The link that a tunnel goes out of, and outlives; a number where that is gone.
pub(crate) fn of(link: &Link) -> Option<Name> {
    let Value::Link(name) = link.data.value(field(link)?)? else { return None };
    Some(*name).filter(|n| !n.is_none())
}

/// Whether the field says so: a number of no link is as good as any.
pub(crate) fn is_said_by(link: &Link, f: &FieldDef) -> bool {
    field(link).is_some_and(|own| std::ptr::eq(own, f))
}

/// Has it go out of another link.
pub(crate) fn set(link: &mut Link, name: Name) {
    field(link).into_iter().for_each(|f| link.data.put(f, Value::Link(name)));
}

/// Says nothing of it.
pub(crate) fn unset(link: &mut Link) {
    field(link).into_iter().for_each(|f| _ = link.data.take(f));
}

/// It goes out of no other link than the one that it was made for, not even one of the same name.
pub(crate) fn is_bound(link: &Link) -> bool {
    let fixed = field(link).is_some_and(|f| f.change == Change::Rebuild);
    fixed || super::is_frozen(link) || super::tunnel::is_mistaken(link)
}
