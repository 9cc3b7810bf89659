//! Any payload is shown as a link, in both formats, and its settable part is written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkctl_kinds::{KINDS, link as base};
use linkctl_link::show::{
    Form, Human, Near, Options, afstats, brief, bridge, json, monitor, text, xstats,
};
use linkctl_link::{Netns, Seen, Snapshot};
use linkctl_schema::codec::{self, Links, View, decode};
use linkctl_schema::out::Out;
use linkctl_schema::{Fields, Name};
use linkctl_wire::Writer;

/// Every index is a link called after it.
struct Numbered;

impl Links for Numbered {
    fn index(&self, name: &Name) -> Option<u32> {
        std::str::from_utf8(name.as_bytes()).ok()?.strip_prefix("if")?.parse().ok()
    }
    fn name(&self, index: u32) -> Option<Name> {
        Name::from_kernel(format!("if{index}").as_bytes())
    }
}

impl Near for Numbered {
    fn flags(&self, index: u32) -> Option<u32> {
        Some(index)
    }
    fn netns(&self, nsid: i32) -> Option<String> {
        (nsid == 1).then(|| "\u{1b}[31mred".into())
    }
}

/// What is read of a nest is the same after it was written and read again.
fn again(fields: &'static Fields, bytes: &[u8]) {
    let first = decode::state(fields, &View::new(bytes), &Numbered);
    let mut out = Writer::new();
    if codec::encode(&first, &Numbered, &mut out).is_err() {
        return;
    }
    let Ok(written) = out.into_attrs() else { return };
    let second = decode::state(fields, &View::new(&written), &Numbered);
    // Flags that are off are not written, and header bits are no attributes.
    for (field, value) in first.iter().filter(|(_, v)| !v.is_nothing()) {
        if !matches!(field.ty, linkctl_schema::Type::Header { .. }) {
            assert_eq!(second.value(field), Some(value), "{}", field.name);
        }
    }
}

/// The other forms of a link.
fn faces(seen: &Seen<'_>, options: Options) {
    let mut out = String::new();
    text::write(seen, &Numbered, options, None, &mut out);
    brief::text(seen, &Numbered, options, &mut out);
    bridge::text(seen, &Numbered, options, &mut out);
    monitor::json(seen, &Numbered, options, monitor::Prefix::default(), &mut out);
    assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "a control byte reached the text");
    let mut out = Out::new(false);
    out.array();
    brief::json(seen, &Numbered, options, &mut out);
    bridge::json(seen, &Numbered, options, &mut out);
    out.end_array();
    assert!(!out.into_string().contains('\u{1b}'));
}

/// The same bytes as counters.
fn counters(bytes: &[u8]) {
    let mut text = String::new();
    let mut json = Out::new(false);
    json.array();
    for kind in xstats::KINDS {
        xstats::text(bytes, &Numbered, kind, None, &mut text);
        xstats::json(bytes, &Numbered, kind, None, &mut json);
    }
    afstats::text(bytes, &Numbered, Options::default(), &mut text);
    afstats::json(bytes, &Numbered, &mut json);
}

fuzz_target!(|bytes: &[u8]| {
    if let Some(seen) = Seen::new(bytes) {
        for details in 0..3 {
            for oneline in [false, true] {
                let options = Options { details, stats: details, oneline, ours: details > 1, ..Options::default() };
                let mut out = String::new();
                text::write(&seen, &Numbered, options, None, &mut out);
                assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "a control byte reached the text");
                let mut out = Out::new(oneline);
                json::write(&seen, &Numbered, options, None, &mut out);
                assert!(!out.into_string().contains('\u{1b}'));
                faces(&seen, Options { form: Form::Event, numeric: oneline, human: Human::Decimal, ..options });
            }
        }
    }
    counters(bytes);
    let mut snapshot = Snapshot::new();
    snapshot.open(Netns::HERE);
    snapshot.push(bytes);
    let world = snapshot.world(|_| true);
    assert!(world.len() <= 1);
    again(&base::FIELDS, bytes);
    for kind in KINDS {
        again(kind.fields, bytes);
        if let Some(ports) = kind.ports {
            again(ports.fields, bytes);
        }
    }
});
