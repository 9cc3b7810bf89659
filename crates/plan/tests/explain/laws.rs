//! What holds of every refusal, whatever was asked and whatever the kernel said.

use linkctl_kinds::{KINDS, link as field};
use linkctl_link::{Key, Link, Netns, Snapshot};
use linkctl_plan::Act;
use linkctl_plan::explain::{Facts, Refused, explain, page, subject};
use linkctl_schema::{Mac, Name, Record, Type, Value};

use crate::world::*;

/// A name that would take over a terminal, a shell, or both.
const HOSTILE: &[u8] = b"a\x1b]0;`x`'\n$\xff";

/// Some value of a field's type.
fn some(ty: Type) -> Option<Value<'static>> {
    Some(match ty {
        Type::Switch | Type::OnOff | Type::Flag | Type::Bit { .. } | Type::Header { .. } => Value::Bool(true),
        Type::Uint(_) | Type::Time(..) => Value::Num(70_000),
        Type::S32 => Value::Int(-3),
        Type::Str(_) => Value::text(HOSTILE),
        Type::Strs { .. } => Value::List(vec![Value::text(HOSTILE)]),
        Type::Mac => Value::Mac(Mac::new(&[1; 6])?),
        Type::Link => Value::Link(Name::from_kernel(HOSTILE)?),
        Type::Words(_, list) => Value::Word(list.first()?.0),
        _ => return None,
    })
}

fn full(mut record: Record) -> Record {
    for f in record.fields().list() {
        if let Some(value) = some(f.ty) {
            record.put(f, value);
        }
    }
    record
}

fn link(kind: Option<&'static linkctl_schema::Kind>, lower: &Key) -> Box<Link> {
    let mut link = Link::new(kind);
    (link.base, link.data) = (full(link.base), full(link.data));
    link.lower = Some(lower.clone());
    Box::new(link)
}

/// Every act on a link, with everything said that can be said.
fn acts(key: &Key, other: &Key) -> Vec<Act> {
    let mut out = vec![
        Act::Delete(key.clone()),
        Act::Base(key.clone(), full(Link::new(None).base)),
        Act::Base(key.clone(), Link::new(None).base),
        Act::Altnames { key: key.clone(), add: vec![Value::text(HOSTILE)], remove: vec![] },
        Act::Altnames { key: key.clone(), add: vec![], remove: vec![Value::text(HOSTILE)] },
        Act::Master(key.clone(), Some(other.name)),
        Act::Master(key.clone(), None),
        Act::Rename(key.clone(), other.name),
        Act::Move(key.clone(), Key::new(Netns::named("$(x) y").expect("a name"), key.name)),
        Act::Up(key.clone()),
        Act::Down(key.clone()),
        Act::Create { key: key.clone(), link: Box::new(Link::new(None)), peer: None },
    ];
    for f in field::FIELDS.list().iter().filter(|f| f.writable()) {
        let mut record = Link::new(None).base;
        if let Some(value) = some(f.ty) {
            record.put(f, value);
            out.push(Act::Base(key.clone(), record));
        }
    }
    for kind in KINDS {
        let peer = kind.pair.map(|_| (other.clone(), link(Some(kind), key)));
        out.push(Act::Create { key: key.clone(), link: link(Some(kind), other), peer });
        out.push(Act::Data(key.clone(), full(Record::new(kind.fields))));
        if let Some(ports) = kind.ports {
            out.push(Act::Port(key.clone(), full(Record::new(ports.fields))));
        }
    }
    out
}

fn readings() -> Vec<Snapshot> {
    let mut out =
        vec![read(&[], &[]), read(&[lo(), eth(2, HOSTILE).up(), eth(3, "eth0").altname("lan")], &[])];
    for kind in KINDS.iter().filter(|k| ["bond", "bridge", "macvlan", "vxlan"].contains(&k.name)) {
        let a = eth(2, HOSTILE).kind(kind.name).on(3).master(3, kind.name).bounds(68, 1500).up();
        out.push(read(&[a, eth(3, "eth0").kind(kind.name).on(2).master(2, kind.name).bounds(68, 1500)], &[]));
    }
    out
}

#[test]
fn every_refusal_names_its_link_says_what_to_do_and_obeys_no_terminal() {
    let hostile = "while up \x1b[31m: option mode: cannot change, unknown device type\n";
    let mut asked = 0;
    for (i, read) in readings().into_iter().enumerate() {
        let world = read.world(|_| true);
        let (a, b) = if i % 2 == 0 { (HOSTILE, &b"eth0"[..]) } else { (&b"eth0"[..], HOSTILE) };
        for act in acts(&key(a), &key(b)) {
            for (message, privileged) in [(None, false), (None, true), (Some(hostile), true)] {
                for errno in (1..=133).chain([0, -1, 524, i32::MAX]) {
                    let refused = Refused {
                        errno,
                        message: message.map(str::to_owned),
                        offset: Some(errno.unsigned_abs()),
                        missing: Some(1),
                    };
                    let facts = Facts {
                        read: &read,
                        world: &world,
                        driver: Some("dri\x1bver".into()),
                        elsewhere: vec!["bl\x07ue".into()],
                        privileged,
                        user_namespace: privileged && errno % 2 == 0,
                    };
                    holds(&act, &refused, &facts);
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 100_000, "{asked}");
}

fn holds(act: &Act, refused: &Refused, facts: &Facts) {
    let said = explain(act, refused, facts);
    let name = subject(act).name.to_string();
    assert!(said.what.contains(&name), "{act:?} {refused:?}: {said:?}");
    assert!(!said.hints.is_empty(), "{act:?} {refused:?}: {said:?}");
    for text in std::iter::once(&said.what).chain(&said.hints) {
        assert!(!text.chars().any(char::is_control), "{act:?} {refused:?}: {said:?}");
        assert!(!text.is_empty() && !text.ends_with(['.', ' ']), "{act:?} {refused:?}: {said:?}");
        // What can be pasted has the name in quotes, in which no shell looks for commands.
        let command = text.split("linkctl ").skip(1).all(|c| !c.contains("`x`") || quoted(c));
        assert!(command, "{text}");
    }
}

/// Whether a backquote only stands between quotes.
fn quoted(command: &str) -> bool {
    let mut inside = false;
    let mut bytes = command.bytes();
    while let Some(b) = bytes.next() {
        match b {
            b'\\' if inside => _ = bytes.next(),
            b'\'' => inside = !inside,
            b'`' if !inside => return false,
            _ => {}
        }
    }
    true
}

#[test]
fn the_page_of_errors_has_every_rule() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
    let text = std::fs::read_to_string(path).expect("docs/errors.md is there");
    let (before, rest) = text.split_once("<!-- rules -->\n").expect("a place for the rules");
    let (_, after) = rest.split_once("<!-- end of rules -->").expect("the end of the rules");
    let fresh = format!("{before}<!-- rules -->\n{}<!-- end of rules -->{after}", page());
    if fresh != text {
        std::fs::write(format!("{path}.new"), fresh).expect("docs is writable");
        panic!("docs/errors.md is stale: mv docs/errors.md.new docs/errors.md");
    }
}
