//! How a link has to be for a field to count, from the rules of its table.

use linkctl::schema::{FieldDef, Kind, Record, Rule, Type, Value, grammar};

use super::{Case, Context, NEAR, Part};
use crate::stage::name;

impl Case {
    /// How a link may have to be, the likeliest first. `words` are contexts that no rule of the table tells.
    pub(super) fn contexts(&self, words: &[&'static str]) -> Vec<Context> {
        let kind = self.kind;
        let port = kind.ports.map_or(kind.fields, |p| p.fields);
        let table = if self.part == Part::Port { kind.ports.unwrap_or(kind) } else { kind };
        let empty = Context { data: Record::new(kind.fields), port: Record::new(port) };
        let mut plain = empty.clone();
        identify(kind, &mut plain.data);
        let mut out = Vec::new();
        for line in words {
            let (own, of_port) = line.split_once(" port ").unwrap_or((line, ""));
            let mut context = empty.clone();
            context.data.merge(&parse(kind, own));
            identify(kind, &mut context.data);
            if self.part == Part::Port {
                context.port.merge(&parse(table, of_port));
            }
            out.push(context);
        }
        for rule in table.rules {
            match *rule {
                Rule::When(f, other, list) if f == self.field.name => {
                    let other = kind.fields.find(other).expect("rules name fields");
                    for word in list {
                        let mut context = plain.clone();
                        context.data.put(other, Value::Word(word));
                        out.push(context);
                    }
                }
                Rule::Needs(f, other) if f == self.field.name => {
                    let other = table.fields.find(other).expect("rules name fields");
                    let on =
                        if matches!(other.ty, Type::Time(..)) { Value::Num(100) } else { Value::Bool(true) };
                    for start in [&plain, &empty] {
                        let mut context = start.clone();
                        let record =
                            if self.part == Part::Port { &mut context.port } else { &mut context.data };
                        record.put(other, on.clone());
                        out.push(context);
                    }
                }
                _ => {}
            }
        }
        out.extend([plain, empty]);
        out
    }
}

fn parse(kind: &Kind, words: &str) -> Record {
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut out = Record::new(kind.fields);
    let mut at = 0;
    while at < words.len() {
        let said = grammar::field(kind.fields, &words, at).expect("words of the kind");
        let (f, value, took) = said.unwrap_or_else(|| panic!("{}: no {}", kind.name, words[at]));
        out.put(f, value);
        at += took;
    }
    out
}

/// A value for what must be said: a number, or where the field has words the first.
pub(super) fn some(field: &FieldDef, number: u64) -> Value<'static> {
    match field.ty {
        Type::Words(_, [(word, _), ..]) => Value::Word(word),
        _ => Value::Num(number),
    }
}

/// Says what a link cannot be made without, unless it is said.
fn identify(kind: &Kind, data: &mut Record) {
    // The first two are for the field that is tried.
    let mut near = NEAR.iter().rev();
    for rule in kind.rules {
        let Rule::OneOf(names) = rule else { continue };
        let field = |n: &&str| kind.fields.find(n).expect("rules name fields");
        let first = field(&names[0]);
        if names.iter().all(|n| data.value(field(n)).is_none()) {
            let link = near.next().filter(|_| first.ty == Type::Link);
            data.put(first, link.map_or_else(|| some(first, 100), |n| Value::Link(name(n))));
        }
    }
}
