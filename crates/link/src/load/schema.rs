//! The JSON Schema of a goal file, for editors and other validators.

use std::sync::LazyLock;

use linkctl_kinds::{KINDS, link as base, nic};
use linkctl_schema::jsonschema::properties;
use linkctl_schema::out::Out;
use linkctl_schema::{FieldDef, Fields, Kind};

use super::read::FINDER;

/// What a link says in its own words: all settings of the table but those that a file says otherwise.
static SETTINGS: LazyLock<Fields> = LazyLock::new(|| {
    let otherwise = |f: &FieldDef| f.name == base::UP.0.name || f.name == base::LINK.0.name;
    let list: Vec<FieldDef> = base::FIELDS.list().iter().copied().filter(|f| !otherwise(f)).collect();
    Fields::new(list.leak())
});

/// The JSON Schema (2020-12) of a goal file, made from the tables of the book.
///
/// It knows the canonical spelling of each setting only: `-` for `_` and further spellings are read too.
pub fn schema() -> String {
    let mut out = Out::new(true);
    out.object();
    word("$schema", "https://json-schema.org/draft/2020-12/schema", &mut out);
    word("title", "linkctl: the links that should be", &mut out);
    object(&["version"], &mut out, |out| {
        member("version", out, |out| {
            out.key("const");
            out.plain(1);
        });
        member("rebuild", out, |out| words(&["allow", "deny"], out));
        member("scope", out, |out| words(&["partial"], out));
        member("links", out, |out| {
            types(&["object", "null"], out);
            member("additionalProperties", out, |out| refer("link", out));
        });
    });
    member("$defs", &mut out, definitions);
    out.end();
    out.into_string()
}

fn definitions(out: &mut Out) {
    member("link", out, link);
    member("name", out, |out| types(&["string"], out));
    member("elsewhere", out, |out| {
        object(&["name"], out, |out| {
            member("name", out, |out| refer("name", out));
            member("netns", out, |out| types(&["string", "null"], out));
        });
    });
    member("ethtool", out, |out| block(&nic::ethtool::KIND, out));
    member("function", out, |out| object(&[], out, |out| properties(&nic::vf::FIELDS, out)));
    member("vf", out, vf);
    for kind in KINDS {
        member(kind.name, out, |out| block(kind, out));
        if let Some(ports) = kind.ports {
            member(&format!("{}-port", kind.name), out, |out| {
                word("description", ports.doc, out);
                object(&[], out, |out| properties(ports.fields, out));
            });
        }
    }
}

fn link(out: &mut Out) {
    types(&["object", "null"], out);
    member("properties", out, |out| {
        member("kind", out, |out| words(&KINDS.iter().map(|k| k.name).collect::<Vec<_>>(), out));
        member("state", out, |out| words(&["up", "down", "absent", "ignore"], out));
        member("name", out, |out| refer("name", out));
        member("netns", out, |out| types(&["string", "null"], out));
        member("link", out, |out| either(&["name", "elsewhere"], true, out));
        member("match", out, |out| {
            object(&[], out, |out| FINDER.iter().for_each(|w| member(w, out, |out| types(&["string"], out))));
        });
        member("port", out, port);
        member("ethtool", out, |out| refer("ethtool", out));
        member("vf", out, |out| refer("vf", out));
        properties(&SETTINGS, out);
        KINDS.iter().for_each(|k| member(k.name, out, |out| refer(k.name, out)));
    });
    closed(out);
    // A block wants its kind.
    member("dependentSchemas", out, |out| {
        for kind in KINDS {
            member(kind.name, out, |out| {
                list("required", &["kind"], out);
                member("properties", out, |out| member("kind", out, |out| words(&[kind.name], out)));
            });
        }
    });
}

fn block(kind: &Kind, out: &mut Out) {
    word("description", kind.doc, out);
    object(&[], out, |out| {
        if kind.pair.is_some() {
            // What the other end can be told is what a link can be told, with its name.
            member("peer", out, |out| either(&["name", "link"], false, out));
        }
        properties(kind.fields, out);
    });
}

/// How many virtual functions, or that and settings of each by its number.
fn vf(out: &mut Out) {
    let count = |out: &mut Out| {
        types(&["integer"], out);
        out.key("minimum");
        out.plain(0);
    };
    word("description", nic::vf::KIND.doc, out);
    out.key("anyOf");
    out.array();
    out.object();
    count(out);
    out.end();
    out.object();
    types(&["object"], out);
    member("properties", out, |out| member("count", out, count));
    member("patternProperties", out, |out| member("^[0-9]+$", out, |out| refer("function", out)));
    closed(out);
    out.end();
    out.end_array();
}

/// Settings of the master's kind, or of one that is named.
fn port(out: &mut Out) {
    let masters = || KINDS.iter().filter(|k| k.ports.is_some());
    out.key("anyOf");
    out.array();
    for kind in masters() {
        out.object();
        refer(&format!("{}-port", kind.name), out);
        out.end();
    }
    out.object();
    object(&[], out, |out| {
        masters().for_each(|k| member(k.name, out, |out| refer(&format!("{}-port", k.name), out)));
    });
    out.end();
    out.end_array();
}

fn member(name: &str, out: &mut Out, inside: impl FnOnce(&mut Out)) {
    out.key(name);
    out.object();
    inside(out);
    out.end();
}

/// A map of these properties and no others.
fn object(required: &[&str], out: &mut Out, inside: impl FnOnce(&mut Out)) {
    types(&["object"], out);
    if !required.is_empty() {
        list("required", required, out);
    }
    member("properties", out, inside);
    closed(out);
}

fn closed(out: &mut Out) {
    out.key("additionalProperties");
    out.plain(false);
}

fn word(name: &str, text: &str, out: &mut Out) {
    out.key(name);
    out.text(text);
}

fn list(name: &str, items: &[&str], out: &mut Out) {
    out.key(name);
    out.array();
    items.iter().for_each(|i| out.text(i));
    out.end_array();
}

fn types(names: &[&str], out: &mut Out) {
    list("type", names, out);
}

fn words(words: &[&str], out: &mut Out) {
    list("enum", words, out);
}

/// One of the definitions.
fn refer(name: &str, out: &mut Out) {
    word("$ref", &format!("#/$defs/{name}"), out);
}

fn either(names: &[&str], null: bool, out: &mut Out) {
    out.key("anyOf");
    out.array();
    for name in names {
        out.object();
        refer(name, out);
        out.end();
    }
    if null {
        out.object();
        types(&["null"], out);
        out.end();
    }
    out.end_array();
}
