//! Laws that every table of the book obeys, tried with random records. A seed tells the whole run.

use std::collections::BTreeSet;

use linkctl_kinds::nic::BLOCKS;
use linkctl_kinds::{KINDS, link};
use linkctl_schema::arbitrary::{self, Dice};
use linkctl_schema::codec::{Links, View, decode, encode};
use linkctl_schema::out::Out;
use linkctl_schema::text::{Level, Seen};
use linkctl_schema::{
    Fields, Kind, Layout, Name, Record, Show, Type, Value, devconf, diff, docs, grammar, json, rules, scalar,
    text,
};
use linkctl_wire::{Attrs, Writer};

/// Every link has index 7 and a name of three.
struct Seven;

impl Links for Seven {
    fn index(&self, _: &Name) -> Option<u32> {
        Some(7)
    }
    fn name(&self, index: u32) -> Option<Name> {
        (index == 7).then(|| eth0()[0])
    }
}

fn eth0() -> [Name; 1] {
    [Name::new("eth0").expect("a name")]
}

/// Kinds and the tables of their ports.
fn book() -> Vec<&'static Kind> {
    KINDS.iter().flat_map(|k| std::iter::once(*k).chain(k.ports)).chain(BLOCKS.iter().copied()).collect()
}

/// Every table, with a name for the report: what all links have, too.
fn tables() -> Vec<(String, &'static Fields)> {
    let kinds = KINDS.iter().map(|k| (k.name.to_owned(), k.fields));
    let ports = KINDS.iter().filter_map(|k| Some((format!("port of {}", k.name), k.ports?.fields)));
    let blocks = BLOCKS.iter().map(|k| (k.name.to_owned(), k.fields));
    std::iter::once(("link".to_owned(), &link::FIELDS)).chain(kinds).chain(ports).chain(blocks).collect()
}

/// Runs `law` over random records of every table.
fn each(cases: u64, mut law: impl FnMut(&str, &'static Fields, Record, &mut Dice)) {
    for (name, fields) in tables() {
        for seed in 0..cases {
            let dice = &mut Dice::new(seed);
            let record = arbitrary::record(fields, &eth0(), dice);
            // Bits of the message's header are not attributes.
            law(&name, fields, record.only(|f| !matches!(f.ty, Type::Header { .. })), dice);
        }
    }
}

fn wire(record: &Record) -> Vec<u8> {
    let mut w = Writer::new();
    encode(record, &Seven, &mut w).expect("what the table allows can be encoded");
    w.into_attrs().expect("it fits")
}

/// Without what is said by absence: a flag, or a bit in a number with others, that is off; a part of a struct that is 0; and without bits of the
/// message's header, which are there whatever the attributes are.
fn said(record: &Record) -> Record {
    // A key that is not there is a bit that is off, too; parts of a number that holds another are 0 where that is.
    let silent = |f: &linkctl_schema::FieldDef, v: &Value<'_>| match f.ty {
        Type::Flag | Type::Bit { layout: Layout::Plain(_) | Layout::Mode, .. } => v.is_nothing(),
        Type::Part { .. } => *v == Value::Num(0),
        Type::Key { .. } => matches!(v, Value::Word(_)),
        Type::Either { mask, .. } => mask != u32::MAX && *v == Value::Num(0),
        _ => false,
    };
    let off: Vec<_> = record.iter().filter(|(f, v)| silent(f, v)).map(|(f, _)| f.name).collect();
    record.only(|f| !off.contains(&f.name) && !matches!(f.ty, Type::Header { .. }))
}

/// Without what is read otherwise than it is written: see [`settings_in_an_array_are_written_one_by_one`].
fn same_both_ways(record: &Record) -> Record {
    record.only(|f| !matches!(f.ty, Type::Devconf { .. }))
}

/// What a kernel makes of the nest: the array of all, each where it belongs.
#[test]
fn settings_in_an_array_are_written_one_by_one() {
    let mut tried = 0;
    each(300, |name, fields, record, _| {
        for (f, value) in record.iter().filter(|(f, _)| matches!(f.ty, Type::Devconf { .. })) {
            let (knobs, first) = devconf::knobs(f);
            let mut array = vec![0xeeu8; knobs.len() * 4 + 8];
            let one = Record::new(fields).with_value(f, value);
            let bytes = wire(&one);
            let mut nest = &bytes[..];
            for step in f.path.iter().chain([&f.attr]) {
                nest = Attrs::new(nest).find(*step).expect("the nest");
            }
            for a in Attrs::new(nest).map(|a| a.expect("whole attributes")) {
                let at = usize::from(a.kind - first) * 4;
                array[at..at + 4].copy_from_slice(a.data);
            }
            let mut w = Writer::new();
            nested(&mut w, f.path, &mut |w| w.put(f.attr, &array));
            let bytes = w.into_attrs().expect("it fits");
            let view = View::new(&bytes);
            let is = decode::state(fields, &view, &Seven);
            assert_eq!(diff::diff(&is, &one), [], "{name} {}", f.name);
            assert!(diff::plainly(&view, &one, &Seven), "{name} {}", f.name);
            let Some(Value::Pairs(all)) = is.value(f) else { panic!("{name} {}", f.name) };
            assert_eq!(all.len(), knobs.len(), "{name} {}: all that the kernel tells", f.name);
            // One setting that is otherwise is told alone.
            let Value::Pairs(said) = value else { panic!("{name}: {value:?}") };
            let other = vec![(said[0].0, said[0].1 ^ 1)];
            let deltas = diff::diff(&is, &one.clone().with_value(f, &Value::Pairs(other.clone())));
            assert_eq!(deltas.len(), 1, "{name} {}", f.name);
            assert_eq!(deltas[0].want, Value::Pairs(other), "{name} {}", f.name);
            assert_eq!(deltas[0].have, Some(Value::Pairs(vec![said[0]])), "{name} {}", f.name);
            tried += 1;
        }
    });
    assert!(tried > 50, "{tried} records have such settings");
}

fn nested(w: &mut Writer, path: &[u16], inside: &mut dyn FnMut(&mut Writer)) {
    match path {
        [] => inside(w),
        [step, rest @ ..] => w.nest_plain(*step, |w| nested(w, rest, inside)),
    }
}

trait WithValue {
    fn with_value(self, f: &linkctl_schema::FieldDef, value: &Value<'static>) -> Self;
}

impl WithValue for Record {
    fn with_value(mut self, f: &linkctl_schema::FieldDef, value: &Value<'static>) -> Self {
        self.put(f, value.clone());
        self
    }
}

#[test]
fn what_is_encoded_is_decoded_again() {
    each(1000, |name, fields, record, _| {
        let record = same_both_ways(&record);
        let bytes = wire(&record);
        let (again, errors) = decode::record(fields, &View::new(&bytes), &Seven);
        assert_eq!((errors, &again.unknown), (vec![], &vec![]), "{name}");
        assert_eq!(said(&again), said(&record), "{name}");
        assert_eq!(wire(&said(&again)), wire(&said(&record)), "{name}: bytes");
    });
}

#[test]
fn nothing_differs_from_itself() {
    each(1000, |name, fields, record, _| {
        assert_eq!(diff::diff(&record, &record), [], "{name}");
        let record = same_both_ways(&record);
        let bytes = wire(&record);
        let again = decode::state(fields, &View::new(&bytes), &Seven);
        assert_eq!(diff::diff(&again, &record), [], "{name}: after the wire");
    });
}

#[test]
fn a_value_as_text_is_the_value_again() {
    each(500, |name, _, record, _| {
        for (f, value) in record.iter() {
            let mut shown = String::new();
            text::plain(f, value, &mut shown).expect("a string takes all");
            // Text that others chose is escaped for the eye.
            if matches!(value, Value::Str(_)) || matches!(f.ty, Type::Strs { .. }) {
                continue;
            }
            assert_eq!(scalar::parse(f, &shown).as_ref(), Ok(value), "{name} {}: {shown:?}", f.name);
        }
    });
}

#[test]
fn text_that_can_be_fed_back_says_the_same() {
    let all = Level { all: true, ours: true };
    each(500, |name, fields, record, _| {
        for (f, value) in record.iter() {
            let list =
                matches!(f.ty, Type::Pairs { .. } | Type::Macs { .. } | Type::Str(_) | Type::Strs { .. });
            if list || matches!(f.ty, Type::Bit { name: Some(_), .. }) || !f.answers_to(f.text) || f.unkeyed {
                continue;
            }
            let mut shown = String::new();
            text::one(f, value, all, &mut shown);
            let words: Vec<_> = shown.split_whitespace().collect();
            if words.is_empty() {
                continue; // what goes without saying
            }
            let (field, back, used) = grammar::field(fields, &words, 0)
                .unwrap_or_else(|e| panic!("{name}: {shown:?}: {e}"))
                .unwrap_or_else(|| panic!("{name}: {shown:?} is not known"));
            assert_eq!((field.name, &back, used), (f.name, value, words.len()), "{name}: {shown:?}");
        }
    });
}

#[test]
fn every_form_that_help_shows_is_understood() {
    for (name, fields) in tables() {
        for f in fields.list().iter().filter(|f| f.writable()) {
            for form in forms(&docs::usage(f), f.bounds.map_or(0, |(low, _)| low)) {
                let words: Vec<_> = form.split_whitespace().collect();
                let (field, _, used) = grammar::field(fields, &words, 0)
                    .unwrap_or_else(|e| panic!("{name}: {form:?}: {e}"))
                    .unwrap_or_else(|| panic!("{name}: {form:?} is not known"));
                assert_eq!((field.name, used), (f.name, words.len()), "{name}: {form:?}");
            }
        }
    }
}

/// The lines that a usage stands for, with something for each word in capitals.
fn forms(usage: &str, low: i64) -> Vec<String> {
    if let Some(word) = usage.strip_prefix("[no]") {
        return vec![word.to_owned(), format!("no{word}")];
    }
    let filled = usage
        .replace("IPv6/LENGTH", "2001:db8::/32")
        .replace("IPv4/LENGTH", "192.0.2.0/24")
        .replace("ADDRESS...", "02:00:00:00:00:01 02:00:00:00:00:02")
        .replace("FROM:TO...", "1:2 3:4")
        .replace("SETTING VALUE...", "forwarding on rp_filter 2")
        .replace("FIRST LAST", "1000 2000")
        .replace("1-255", "7")
        .replace("NUMBER", &low.to_string())
        .replace("TIME", &low.to_string())
        .replace("LINK", "eth0")
        .replace("TEXT", "some")
        .replace("HEX", "1f")
        .replace("ADDRESS", "02:00:00:00:00:01");
    // IPv4, IPv6, a list of either: some word of a field's name tells which.
    let six = filled.contains("IPv6") || filled.contains("ip6");
    let ip = if six { "2001:db8::1" } else { "192.0.2.1" };
    let filled = filled
        .replace("IP,...", &format!("{ip},{ip}"))
        .replace("IPv4", ip)
        .replace("IPv6", ip)
        .replace("IP", ip);
    match filled.split_once(" { ") {
        Some((word, rest)) => {
            rest.trim_end_matches(" }").split(" | ").map(|choice| format!("{word} {choice}")).collect()
        }
        None => filled.split(" | ").map(str::to_owned).collect(),
    }
}

#[test]
fn json_is_json_and_names_no_member_twice() {
    each(500, |name, fields, record, _| {
        let level = Level { all: true, ours: true };
        for pretty in [false, true] {
            let mut out = Out::new(pretty);
            out.object();
            json::write(fields, &record, level, &mut out);
            out.end();
            let ours = out.into_string();
            let value: serde_json::Value =
                serde_json::from_str(&ours).unwrap_or_else(|e| panic!("{name}: {e}: {ours}"));
            let members = value.as_object().map_or(0, serde_json::Map::len);
            if !pretty {
                // A parser keeps one of two members of a name: count what was written at the first depth.
                assert_eq!(members, top_level(&ours), "{name}: {ours}");
            }
        }
    });
}

/// How many members the outermost object was written with.
fn top_level(json: &str) -> usize {
    let (mut depth, mut quoted, mut escaped, mut count) = (0, false, false, 0);
    for c in json.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => depth -= 1,
            ':' if !quoted && depth == 1 => count += 1,
            _ => {}
        }
    }
    count
}

#[test]
fn word_lists_are_bijections_that_fit_their_attribute() {
    for (name, fields) in tables() {
        for f in fields.list() {
            let (max, list) = match f.ty {
                Type::Words(repr, list) | Type::Names { repr, list, .. } => (repr.max(), list),
                _ => continue,
            };
            let words: BTreeSet<_> = list.iter().map(|(w, _)| w.to_ascii_lowercase()).collect();
            let numbers: BTreeSet<_> = list.iter().map(|(_, n)| n).collect();
            assert_eq!((words.len(), numbers.len()), (list.len(), list.len()), "{name} {}", f.name);
            assert!(list.iter().all(|(_, n)| *n <= max), "{name} {}: too large", f.name);
            let stuck = f.sticky.iter().all(|w| list.iter().any(|(word, _)| word == w));
            assert!(stuck, "{name} {}: a sticky word is not in the list", f.name);
        }
    }
}

#[test]
fn every_spelling_means_one_field() {
    for (name, fields) in tables() {
        let mut seen = BTreeSet::new();
        for f in fields.list().iter().filter(|f| f.show != Show::Echo) {
            for word in std::iter::once(&f.name).chain(f.also) {
                assert!(seen.insert(*word), "{name}: {word} twice");
                assert_eq!(fields.find(word).map(|g| g.name), Some(f.name), "{name}: {word}");
                assert_eq!(
                    fields.find(&word.replace('_', "-")).map(|g| g.name),
                    Some(f.name),
                    "{name}: {word}"
                );
            }
        }
        // "noX" of a switch X must not be a field of its own.
        for f in fields.list().iter().filter(|f| grammar::bare(f)) {
            assert!(fields.find(&format!("no{}", f.name)).is_none(), "{name}: no{} is taken", f.name);
        }
    }
}

#[test]
fn bounds_and_dependencies_make_sense() {
    for (name, fields) in tables() {
        for f in fields.list() {
            if let (Type::Uint(repr) | Type::Time(repr, _) | Type::Words(repr, _), Some((low, high))) =
                (f.ty, f.bounds)
            {
                assert!(low >= 0 && low as u64 <= high && high <= repr.max(), "{name} {}", f.name);
            }
            let named = f.only.map(|(other, _)| other);
            let rounded =
                if let linkctl_schema::Round::MultipleOf(other) = f.round { Some(other) } else { None };
            for other in named.iter().chain(rounded.iter()) {
                assert!(fields.find(other).is_some(), "{name} {}: no field {other}", f.name);
            }
        }
    }
}

#[test]
fn help_and_page_mention_every_setting() {
    for kind in book() {
        let mut help = String::new();
        docs::help(kind.fields, &mut help);
        let page = docs::page(kind);
        for f in kind.fields.list().iter().filter(|f| f.writable()) {
            let usage = docs::usage(f);
            assert!(
                help.contains(&usage) && page.contains(&usage.replace('|', "\\|")),
                "{} {}",
                kind.name,
                f.name
            );
        }
    }
    for (name, fields) in tables() {
        for f in fields.list() {
            let doc = f.doc.trim();
            assert!(doc.ends_with('.') && !doc.contains("  "), "{name} {}: {doc:?}", f.name);
        }
    }
}

#[test]
fn what_no_field_knows_survives() {
    each(200, |name, fields, record, dice| {
        let Some(number) = (1..95).rev().find(|n| !fields.knows(*n)) else { return };
        let data: Vec<u8> = (0..dice.below(9)).map(|_| dice.roll() as u8).collect();
        let mut bytes = wire(&record);
        let mut w = Writer::new();
        w.put(number, &data);
        bytes.extend(w.into_attrs().expect("one attribute"));
        let (again, _) = decode::record(fields, &View::new(&bytes), &Seven);
        assert_eq!(again.unknown, [(number, data.into())], "{name}");
        assert_eq!(said(&again).iter().count(), said(&record).iter().count(), "{name}");
    });
}

#[test]
fn any_bytes_are_decoded_and_shown_without_a_panic() {
    each(400, |name, fields, record, dice| {
        let mut bytes = if dice.one_in(3) { Vec::new() } else { wire(&record) };
        for _ in 0..dice.below(40) {
            match dice.below(4) {
                0 if !bytes.is_empty() => {
                    bytes.truncate(dice.below(bytes.len() as u64) as usize);
                }
                1 | 2 if !bytes.is_empty() => {
                    let at = dice.below(bytes.len() as u64) as usize;
                    bytes[at] = dice.roll() as u8;
                }
                _ => bytes.extend((dice.roll() as u16).to_ne_bytes()),
            }
        }
        let view = View::new(&bytes);
        let seen = Seen { view: &view, links: &Seven };
        let level = Level { all: true, ours: true };
        text::write(fields, &seen, level, &mut String::new());
        let mut out = Out::new(false);
        out.object();
        json::write(fields, &seen, level, &mut out);
        out.end();
        let shown = out.into_string();
        assert!(serde_json::from_str::<serde_json::Value>(&shown).is_ok(), "{name}: {shown}");
        let (again, _) = decode::record(fields, &view, &Seven);
        let mut w = Writer::new();
        // What came as bytes of another length may not be sayable; it must only not panic.
        let _ = encode(&again, &Seven, &mut w);
    });
}

#[test]
fn examples_hold() {
    for kind in book() {
        for example in kind.examples {
            let words: Vec<_> = example.words.split_whitespace().collect();
            let what = format!("{}: {}", kind.name, example.words);
            let mut record = Record::new(kind.fields);
            let mut at = 0;
            while at < words.len() {
                let said = grammar::field(kind.fields, &words, at).unwrap_or_else(|e| panic!("{what}: {e}"));
                let (f, value, used) = said.unwrap_or_else(|| panic!("{what}: {:?} is not known", words[at]));
                record.put(f, value);
                at += used;
            }
            assert_eq!(rules::check(kind, &record), Ok(()), "{what}");
            if cfg!(target_endian = "little") {
                assert_eq!(wire(&record), example.wire, "{what}");
                let (again, errors) = decode::record(kind.fields, &View::new(example.wire), &Seven);
                assert_eq!(errors, [], "{what}");
                let again = again.only(|f| record.value(f).is_some());
                assert_eq!(wire(&again), example.wire, "{what}: and back");
            }
        }
    }
}
