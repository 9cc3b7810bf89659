//! Any words are read by every table; what they say is written, shown, and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use linkctl_kinds::{KINDS, link as base};
use linkctl_schema::{Fields, Record, grammar, scalar, text};

fn read(fields: &'static Fields, words: &[&str]) {
    let mut record = Record::new(fields);
    let mut at = 0;
    while at < words.len() {
        match grammar::field(fields, words, at) {
            Ok(Some((field, value, took))) => {
                assert!(took > 0 && at + took <= words.len());
                record.put(field, value);
                at += took;
            }
            Ok(None) => at += 1,
            Err(e) => {
                assert!(e.word <= words.len());
                let said = e.to_string();
                assert!(said.chars().all(|c| !c.is_control()), "a control byte reached the message");
                at += 1;
            }
        }
    }
    for (field, value) in record.iter() {
        let mut shown = String::new();
        let _ = text::plain(field, value, &mut shown);
        // Text is shown escaped, and an empty list is nothing: those are not read again.
        if value.is_nothing() || matches!(field.ty, linkctl_schema::Type::Str(_) | linkctl_schema::Type::Strs { .. }) {
            continue;
        }
        if matches!(value, linkctl_schema::Value::Link(name) if shown.as_bytes() != name.as_bytes()) {
            continue; // shown escaped
        }
        let shown = if matches!(field.ty, linkctl_schema::Type::Ports) { shown.replace(' ', "-") } else { shown };
        assert_eq!(scalar::parse(field, &shown).as_ref(), Ok(value), "{} {shown}", field.name);
    }
}

fuzz_target!(|text: &str| {
    let words: Vec<&str> = text.split_whitespace().collect();
    read(&base::FIELDS, &words);
    for kind in KINDS {
        read(kind.fields, &words);
        if let Some(ports) = kind.ports {
            read(ports.fields, &words);
        }
    }
});
