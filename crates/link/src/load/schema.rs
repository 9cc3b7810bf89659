//! The JSON Schema of a goal file, for editors and other validators.

use std::sync::LazyLock;

use linkctl_kinds::{KINDS, link as base, nic};
use linkctl_schema::jsonschema::{MAC, name, properties};
use linkctl_schema::out::Out;
use linkctl_schema::{FieldDef, Fields, Kind};

use super::limits::MOST_LINKS;
use super::read::{ALL, FINDER};
use crate::goal::{PRESENCE, Scope};

/// The name of a namespace, as [`crate::Netns::named`] takes it.
const NETNS: &str = "^(?!\\.{1,2}$)[^/\\u0000-\\u001f\\u007f]{1,255}$";

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
        member("disruption", out, |out| words(&["allow", "deny"], out));
        member("scope", out, |out| words(&Scope::WORDS.map(|(w, _)| w), out));
        member("ignore", out, |out| {
            types(&["array", "string", "null"], out);
            member("items", out, |out| {
                types(&["string"], out);
                word("pattern", "^!?[^!]", out);
            });
        });
        member("namespaces", out, namespaces);
        member("defaults", out, defaults);
        member("groups", out, |out| {
            types(&["object", "null"], out);
            member("additionalProperties", out, |out| refer("layer", out));
        });
        member("links", out, |out| {
            types(&["object", "null"], out);
            member("additionalProperties", out, |out| {
                // What stands for many is a form: only its words are known, not its values.
                member("if", out, |out| {
                    types(&["object"], out);
                    any(&["for", "count"], out, |w, out| list("required", &[w], out));
                });
                member("then", out, |out| refer("template", out));
                member("else", out, |out| refer("entry", out));
            });
        });
    });
    member("$defs", &mut out, definitions);
    out.end();
    out.into_string()
}

/// Namespaces by name, or a list of those that are to be.
fn namespaces(out: &mut Out) {
    types(&["object", "array", "null"], out);
    member("items", out, |out| {
        types(&["string"], out);
        word("pattern", NETNS, out);
    });
    member("propertyNames", out, |out| word("pattern", NETNS, out));
    member("additionalProperties", out, |out| either(&["presence", "namespace"], true, out));
}

/// Settings by kind, and of all links.
fn defaults(out: &mut Out) {
    types(&["object", "null"], out);
    member("properties", out, |out| {
        for name in KINDS.iter().map(|k| k.name).chain([ALL]) {
            member(name, out, |out| refer("layer", out));
        }
    });
    closed(out);
}

/// Where what a link can be told stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Among the links.
    Entry,
    /// In the other end of a pair.
    End,
    /// In defaults or a group.
    Layer,
}

fn definitions(out: &mut Out) {
    member("entry", out, |out| link(Place::Entry, out));
    member("link", out, |out| link(Place::End, out));
    member("layer", out, |out| link(Place::Layer, out));
    member("template", out, template);
    member("name", out, |out| {
        types(&["string"], out);
        word("pattern", &name(1), out);
    });
    member("netns", out, |out| {
        types(&["string", "null"], out);
        word("pattern", NETNS, out);
    });
    member("elsewhere", out, |out| {
        object(&["name"], out, |out| {
            member("name", out, |out| refer("name", out));
            member("netns", out, |out| refer("netns", out));
        });
    });
    // In TOML, which has no null, an empty text stands for it.
    member("none", out, |out| {
        out.key("enum");
        out.array();
        out.null();
        out.text("");
        out.end_array();
    });
    member("presence", out, |out| words(&PRESENCE, out));
    member("namespace", out, |out| {
        object(&[], out, |out| member("state", out, |out| refer("presence", out)));
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

fn link(place: Place, out: &mut Out) {
    types(&["object", "null"], out);
    member("properties", out, |out| {
        member("kind", out, |out| words(&KINDS.iter().map(|k| k.name).collect::<Vec<_>>(), out));
        if place == Place::Entry {
            member("state", out, |out| words(&["up", "down", "absent", "ignore"], out));
            member("like", out, |out| {
                types(&["string", "array"], out);
                member("items", out, |out| types(&["string"], out));
            });
        } else {
            member("state", out, |out| words(&["up", "down"], out));
        }
        if place != Place::Layer {
            member("name", out, |out| refer("name", out));
            member("netns", out, |out| refer("netns", out));
        }
        if place == Place::Entry {
            member("match", out, finder);
        }
        member("link", out, |out| either(&["name", "elsewhere", "none"], false, out));
        member("port", out, port);
        member("ethtool", out, |out| refer("ethtool", out));
        member("vf", out, |out| refer("vf", out));
        properties(&SETTINGS, out);
        KINDS.iter().for_each(|k| member(k.name, out, |out| refer(k.name, out)));
    });
    closed(out);
    if place == Place::Entry {
        blocks(out);
    }
}

/// What a link is found by: one thing at least.
fn finder(out: &mut Out) {
    object(&[], out, |out| {
        for finder in FINDER {
            member(finder, out, |out| {
                types(&["string"], out);
                word("pattern", if finder.ends_with("address") { MAC } else { "." }, out);
            });
        }
    });
    out.key("minProperties");
    out.plain(1);
}

/// A block wants its kind, said here or by a group; what is to be absent takes nothing else.
fn blocks(out: &mut Out) {
    member("dependentSchemas", out, |out| {
        for kind in KINDS {
            member(kind.name, out, |out| {
                any(&["kind", "like"], out, |w, out| list("required", &[w], out));
                member("properties", out, |out| member("kind", out, |out| words(&[kind.name], out)));
            });
        }
    });
    member("if", out, |out| {
        list("required", &["state"], out);
        member("properties", out, |out| member("state", out, |out| words(&["absent"], out)));
    });
    member("then", out, |out| {
        member("properties", out, |out| {
            ["state", "name", "netns", "match"].iter().for_each(|w| member(w, out, |_| {}));
        });
        closed(out);
    });
}

/// A link that stands for many: what its variables take, and a form of a link.
fn template(out: &mut Out) {
    types(&["object"], out);
    member("properties", out, |out| {
        member("count", out, |out| {
            types(&["integer"], out);
            out.key("minimum");
            out.plain(1);
            out.key("maximum");
            out.plain(MOST_LINKS);
        });
        member("for", out, |out| {
            types(&["object"], out);
            member("additionalProperties", out, |out| {
                types(&["string", "integer", "array"], out);
                member("items", out, |out| types(&["string", "integer"], out));
            });
        });
        let own = ["kind", "state", "name", "netns", "link", "match", "port", "like", "ethtool", "vf"];
        let base = SETTINGS.list().iter().filter(|f| f.is_state()).map(|f| f.name);
        let all = own.into_iter().chain(base).chain(KINDS.iter().map(|k| k.name));
        all.for_each(|w| member(w, out, |_| {}));
    });
    closed(out);
    // One of them, not both.
    out.key("oneOf");
    out.array();
    for word in ["for", "count"] {
        out.object();
        list("required", &[word], out);
        out.end();
    }
    out.end_array();
}

/// One of several.
fn any(words: &[&str], out: &mut Out, each: impl Fn(&str, &mut Out)) {
    out.key("anyOf");
    out.array();
    for word in words {
        out.object();
        each(word, out);
        out.end();
    }
    out.end_array();
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
