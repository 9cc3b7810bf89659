//! What the running kernel may take: its kinds, and values that people set.

use linkctl_conformance::running::{has_field, has_vlans, kernel};
use linkctl_conformance::stage::{Stage, optional};
use linkctl_conformance::values::likely;
use linkctl_schema::arbitrary::Dice;
use linkctl_schema::{FieldDef, Kind, Name, Value};

use crate::draw::Source;

/// Values that only the machine knows: a file of names, ciphers in hardware, and what says nothing by itself.
const UNKNOWN: &[&str] = &["algo", "offload", "reserved_bits", "use_carrier", "parentdev"];

/// In a thread of its own, which is isolated for it.
pub(crate) fn source() -> Source {
    std::thread::spawn(|| {
        linkctl::kernel::isolate().expect("it was possible before");
        let mut stage = Stage::new();
        let kinds: Vec<&'static Kind> =
            linkctl_kinds::KINDS.iter().copied().filter(|k| stage.makes(k)).collect();
        Source { kinds, value, has, hardware: false }
    })
    .join()
    .expect("no panic")
}

fn has(f: &FieldDef) -> bool {
    let bridge = linkctl_kinds::kind("bridge").expect("in the book");
    let own = bridge.fields.list().iter().any(|g| std::ptr::eq(g, f));
    let lacking = own && optional(bridge, f) && !has_vlans();
    has_field(f) && !lacking && !UNKNOWN.contains(&f.name)
}

fn value(f: &FieldDef, links: &[Name], dice: &mut Dice) -> Option<Value<'static>> {
    // IPv6 addresses of a secret need one that no link message tells; and a word of ad_select is of Linux 6.18.
    let newer = kernel() < (6, 18);
    let odd = |v: &Value<'_>| match v {
        Value::Word("stable_secret") => true,
        Value::Word("actor_port_prio") => newer,
        _ => false,
    };
    likely(f, links, dice).filter(|v| !odd(v))
}
