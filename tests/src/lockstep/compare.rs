//! Whether the links that a model foresees are those that the kernel has.
//!
//! Fields that are state and neither volatile nor drawn by lot count. What a model says nothing of, because it was made or
//! became a port by the act, is no difference: models refuse to know defaults.

use linkctl::link::{Key, Link, World};
use linkctl::plan::Act;
use linkctl::schema::diff::diff;
use linkctl::schema::{FieldDef, Name, Record, Rule, Value};

/// A field that is otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Odd {
    /// Of which link.
    pub link: Key,
    /// Its kind.
    pub kind: String,
    /// The field, or a word for a relation.
    pub field: &'static str,
    /// What the model says.
    pub model: String,
    /// What the kernel says.
    pub kernel: String,
}

/// All that is otherwise. `before` is there where the model knew all of the links before the act.
pub fn worlds(model: &World, real: &World, act: &Act, before: Option<&World>) -> Vec<Odd> {
    let mut out = Vec::new();
    for key in model.keys().chain(real.keys().filter(|k| !model.contains_key(*k))) {
        match (model.get(key), real.get(key)) {
            (Some(m), Some(r)) => {
                let index = |name: Name| real.get(&key.beside(name)).map(|l| l.index);
                link(key, (m, r), act, before.and_then(|b| was(b, key, act)), &index, &mut out);
            }
            (m, r) => {
                let kind = m.or(r).map(word).unwrap_or_default();
                let is = |l: Option<&Link>| if l.is_some() { "there" } else { "gone" }.to_owned();
                out.push(Odd { link: key.clone(), kind, field: "presence", model: is(m), kernel: is(r) });
            }
        }
    }
    out
}

/// The link as it was before; `None` where the act made it.
fn was<'w>(before: &'w World, key: &Key, act: &Act) -> Option<&'w Link> {
    match act {
        Act::Rename(from, to) if from.beside(*to) == *key => before.get(from),
        Act::Move(from, to) if to == key => before.get(from),
        Act::Create { key: made, peer, .. }
            if made == key || peer.as_ref().is_some_and(|(p, _)| p == key) =>
        {
            None
        }
        _ => before.get(key),
    }
}

fn word(link: &Link) -> String {
    String::from_utf8_lossy(link.kind_word()).into_owned()
}

fn link(
    key: &Key,
    (m, r): (&Link, &Link),
    act: &Act,
    was: Option<&Link>,
    index: &impl Fn(Name) -> Option<u32>,
    out: &mut Vec<Odd>,
) {
    let mut odd = |field: &'static str, model: String, kernel: String| {
        out.push(Odd { link: key.clone(), kind: word(r), field, model, kernel });
    };
    for (field, model, kernel) in [
        ("kind", word(m), word(r)),
        ("lower", format!("{:?}", m.lower), format!("{:?}", r.lower)),
        ("peer", format!("{:?}", m.peer), format!("{:?}", r.peer)),
        ("master", format!("{:?}", m.has_master()), format!("{:?}", r.has_master())),
        ("port", has(m.port.as_ref()).to_string(), has(r.port.as_ref()).to_string()),
    ] {
        if model != kernel {
            odd(field, model, kernel);
        }
    }
    // A model that was told all had to foresee all, but what another namespace does, and a kernel with what it is not told.
    let whole = was;
    let moved = matches!(act, Act::Move(_, to) if to == key);
    let retold = matches!(act, Act::Data(k, _) if k == key) && r.kind.is_some_and(|k| k.whole);
    records(&m.base, &r.base, whole.filter(|_| !moved && !retold).map(|w| &w.base), index, &mut odd);
    // Addresses follow others in many ways; those that are said are kept.
    if let Act::Base(k, said) = act
        && k == key
    {
        let fields = said.only(|f| matches!(f.name, "address" | "broadcast"));
        for d in diff(&r.base, &fields) {
            odd(d.field, format!("{:?}", d.want), format!("{:?}", d.have));
        }
    }
    records(&m.data, &r.data, whole.filter(|_| !retold).map(|w| &w.data), index, &mut odd);
    if let (Some(a), Some(b)) = (&m.port, &r.port) {
        let same = whole.filter(|w| w.has_master() == r.has_master()).and_then(|w| w.port.as_ref());
        records(a, b, same, index, &mut odd);
    }
}

/// Whether there are settings of a port; masters of some kinds have none of theirs.
fn has(port: Option<&Record>) -> bool {
    port.is_some_and(|p| !p.fields().list().is_empty())
}

fn counts(f: &FieldDef) -> bool {
    f.is_state() && !f.volatile && !matches!(f.name, "link" | "master" | "address" | "broadcast")
}

fn records(
    m: &Record,
    r: &Record,
    was: Option<&Record>,
    index: &impl Fn(Name) -> Option<u32>,
    odd: &mut impl FnMut(&'static str, String, String),
) {
    if !std::ptr::eq(m.fields(), r.fields()) {
        return;
    }
    for d in diff(r, &m.only(counts)) {
        let f = m.fields().list().iter().find(|f| f.name == d.field).expect("a field of the table");
        // What a kernel has not, or tells only in a mode, it does not tell.
        let silent = f.born().as_ref() == Some(&d.want) || tells(r, f) == Some(false);
        // The number of a link that is gone, or in another namespace, or of one that has got it since.
        let number = |v: &Value<'_>| if let Value::Link(n) = v { n.index() } else { None };
        let index = |v: &Value<'_>| if let Value::Link(n) = v { index(*n) } else { None };
        let stale = match (d.have.as_ref().and_then(number), number(&d.want)) {
            (Some(_), Some(_)) => true,
            (Some(_), None) => index(&d.want).is_none(),
            (None, told) => told.is_some() && told == d.have.as_ref().and_then(index),
        };
        let stale = stale && !f.late;
        if (d.have.is_some() || !silent) && !stale {
            odd(d.field, format!("{:?}", d.want), format!("{:?}", d.have));
        }
    }
    let Some(was) = was else { return };
    for (f, value) in r.iter().filter(|(f, v)| counts(f) && m.value(f).is_none() && !v.is_nothing()) {
        // A model says when it does not know an MTU any more; and what counts from now on is told from now on.
        let begins = (tells(r, f) == Some(true) || f.name == "addrgenmode") && was.value(f).is_none();
        // Numbers of links say nothing in another namespace.
        let far = matches!(value, Value::Link(_));
        if f.name != "mtu" && !begins && !far {
            odd(f.name, "nothing".into(), format!("{value:?}"));
        }
    }
}

/// Whether a field counts as the link is, for those that count only in a mode.
fn tells(r: &Record, f: &FieldDef) -> Option<bool> {
    let kind = linkctl::kinds::KINDS.iter().find(|k| std::ptr::eq(k.fields, r.fields()))?;
    let mut rules = kind.rules.iter().filter_map(|rule| match *rule {
        Rule::When(a, b, words) if a == f.name => {
            let mode = kind.fields.find(b).and_then(|b| r.value(b));
            Some(matches!(mode, Some(Value::Word(word)) if words.contains(word)))
        }
        _ => None,
    });
    let first = rules.next()?;
    Some(first && rules.all(|r| r))
}
