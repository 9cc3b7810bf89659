//! What the genuine ip shows, beside what the library shows.

use std::collections::BTreeMap;

use linkctl::kernel::Live;
use linkctl::link::Netns;
use linkctl::link::show::{Human, Options, Paint, brief, json, text};
use linkctl::schema::{FieldDef, Kind, Type, Value, grammar, out::Out};
use serde_json::Value as Json;

use crate::Space;
use crate::running::has_field;

/// One way to ask for links.
#[derive(Debug)]
pub struct View {
    /// Options of ip.
    pub words: &'static str,
    details: u8,
    stats: u8,
    oneline: bool,
    json: Option<bool>,
    brief: bool,
    numeric: bool,
    human: Human,
    paint: Paint,
}

const fn view(words: &'static str, details: u8, stats: u8) -> View {
    View {
        words,
        details,
        stats,
        oneline: false,
        json: None,
        brief: false,
        numeric: false,
        human: Human::Exact,
        paint: Paint::None,
    }
}

/// Every way that matters.
pub const VIEWS: &[View] = &[
    view("", 0, 0),
    view("-d", 1, 0),
    view("-d -d", 2, 0),
    view("-s", 0, 1),
    view("-s -s", 0, 2),
    View { oneline: true, ..view("-o -d", 1, 0) },
    View { json: Some(false), ..view("-j", 0, 0) },
    View { json: Some(true), ..view("-j -p", 0, 0) },
    View { json: Some(false), ..view("-j -d -s -s", 1, 2) },
];

/// Ways that concern no single kind.
pub const FACES: &[View] = &[
    View { brief: true, ..view("-br", 0, 0) },
    View { brief: true, json: Some(true), ..view("-br -j -p", 0, 0) },
    View { paint: Paint::Dark, ..view("-c=always -d", 1, 0) },
    View { paint: Paint::Dark, brief: true, ..view("-c=always -br", 0, 0) },
    View { numeric: true, ..view("-N -d", 1, 0) },
    View { human: Human::Binary, ..view("-h -iec -s -s", 0, 2) },
];

impl View {
    /// What the library shows of all links, as iproute2 would.
    pub fn ours(&self, live: &mut Live) -> String {
        let options = Options {
            details: self.details,
            stats: self.stats,
            oneline: self.oneline,
            numeric: self.numeric,
            human: self.human,
            paint: self.paint,
            ..Options::default()
        };
        // Not `snapshot`: on old kernels that reads more for plans than a `show` does.
        let (snapshot, whole) = live.read(&[Netns::HERE], self.stats > 0).expect("a dump");
        assert!(whole, "nothing else changes links here");
        let links = snapshot.in_order(&Netns::HERE);
        let Some(pretty) = self.json else {
            let mut out = String::new();
            links.for_each(|(seen, near)| {
                if self.brief {
                    brief::text(&seen, near, options, &mut out);
                } else {
                    text::write(&seen, near, options, None, &mut out);
                }
            });
            return out;
        };
        let mut out = Out::new(pretty);
        out.array();
        links.for_each(|(seen, near)| {
            if self.brief {
                brief::json(&seen, near, options, &mut out);
            } else {
                json::write(&seen, near, options, None, &mut out);
            }
        });
        out.end_array();
        out.into_string() + "\n"
    }

    /// What ip shows of them.
    pub fn theirs(&self, space: &Space) -> String {
        space.ip(&format!("{} link show", self.words)).ok().out
    }

    /// The first line in which they differ, once nothing moves any more.
    pub fn difference(&self, space: &Space, live: &mut Live) -> Option<String> {
        let mut told = None;
        let mut before = masked(&self.ours(live));
        for _ in 0..50 {
            let theirs = masked(&self.theirs(space));
            let ours = masked(&self.ours(live));
            if ours == theirs {
                return None;
            }
            // Where counters moved meanwhile it says nothing.
            let told_before = told.is_some();
            if ours == before {
                told = Some(first(self.words, &ours, &theirs));
                if told_before {
                    break;
                }
            }
            before = ours;
        }
        told
    }
}

fn first(words: &str, ours: &str, theirs: &str) -> String {
    // In JSON a member a line.
    let lines = |t: &str| t.replace(",\"", ",\n\"").lines().map(str::to_owned).collect::<Vec<_>>();
    let (ours, theirs) = (lines(ours), lines(theirs));
    let at = ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
    let line = |all: &[String]| all.get(at).cloned().unwrap_or_else(|| "(nothing)".into());
    format!(
        "ip {words} link show, line {}:\n  ours:   {:?}\n  theirs: {:?}",
        at + 1,
        line(&ours),
        line(&theirs)
    )
}

/// Fields that run.
const TIMERS: &[&str] = &[
    "sequence",
    "seq_nr",
    "hello_timer",
    "tcn_timer",
    "topology_change_timer",
    "gc_timer",
    "hold_timer",
    "message_age_timer",
    "forward_delay_timer",
];

/// Output with the values of running timers left out.
pub fn masked(text: &str) -> String {
    let mut out = text.to_owned();
    for timer in TIMERS {
        let mut rest = out.as_str();
        let mut next = String::with_capacity(out.len());
        while let Some(at) = rest.find(timer) {
            let end = at + timer.len();
            next.push_str(&rest[..end]);
            let after = rest[end..].trim_start_matches(['"', ':', ' ']);
            next.push_str(" * ");
            rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim_start_matches(' ');
        }
        next.push_str(rest);
        out = next;
    }
    out
}

/// Words of an example as fields; `None` where the running kernel lacks one of them.
pub fn said(table: &Kind, words: &str) -> Option<Vec<(&'static FieldDef, Value<'static>)>> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (f, value, took) =
            grammar::field(table.fields, &words, at).expect("an example").expect("a field");
        if !has_field(f) {
            return None;
        }
        out.push((f, value));
        at += took;
    }
    Some(out)
}

/// Words of an example as ip wants them: it knows no units of time, and takes numbers for switches of bridges.
pub fn ip_words(table: &Kind, words: &str) -> String {
    let list: Vec<&str> = words.split_whitespace().collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while at < list.len() {
        let (f, value, took) = grammar::field(table.fields, &list, at).expect("an example").expect("a field");
        if let Some(said) = as_iproute(table, f, &value) {
            out.extend(said);
            at += took;
            continue;
        }
        match (f.ty, &value) {
            (Type::Time(..), Value::Num(n)) => out.extend([f.name.into(), n.to_string()]),
            (Type::Uint(_), Value::Num(n)) if f.boolean => out.extend([f.name.into(), n.to_string()]),
            (Type::Bit { name: None, .. }, Value::Bool(on)) if !f.bare => {
                out.extend([f.name.into(), u8::from(*on).to_string()]);
            }
            _ => out.extend(list[at..at + took].iter().map(|w| (*w).to_owned())),
        }
        at += took;
    }
    out.join(" ")
}

/// The words of a setting where iproute2 has others: one that stands alone for a value, or another name.
fn as_iproute(table: &Kind, f: &FieldDef, value: &Value<'_>) -> Option<Vec<String>> {
    let rows: Vec<_> = table.iproute.words.iter().filter(|row| row.field == f.name).collect();
    let spelt = |word: &str| rows.iter().any(|row| row.spellings().any(|(w, _)| w == word));
    match value {
        Value::Word(word) if spelt(word) => Some(vec![(*word).to_owned()]),
        Value::Str(text) if !rows.is_empty() && !spelt(f.name) => {
            let word = rows.first()?.spellings().next()?.0;
            Some(vec![word.to_owned(), String::from_utf8_lossy(text).into_owned()])
        }
        _ => None,
    }
}

/// What ip tells of links, without what two links of the same settings differ in.
pub fn effect(space: &Space, words: &str) -> Json {
    let mut out = space.ip(&format!("-d -j link show {words}")).ok().json();
    anonymous(&mut out);
    out
}

fn anonymous(json: &mut Json) {
    const OWN: &[&str] = &[
        "ifindex",
        "ifname",
        "link_index",
        "address",
        "permaddr",
        "bridge_id",
        "root_id",
        "perm_hwaddr",
        "carrier_changes",
    ];
    match json {
        Json::Array(list) => list.iter_mut().for_each(anonymous),
        Json::Object(map) => {
            map.retain(|key, _| !OWN.contains(&key.as_str()) && !TIMERS.contains(&key.as_str()));
            map.values_mut().for_each(anonymous);
        }
        _ => {}
    }
}

/// All links of some namespaces as ip tells them, but for indexes and what runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Everything {
    links: BTreeMap<String, Json>,
    spaces: Vec<String>,
    addresses: Vec<String>,
    left_out: Vec<(String, String)>,
}

impl Everything {
    /// Reads the test's own namespace and named ones; their links are called `NETNS/NAME` here.
    pub fn read(space: &Space, spaces: &[&str]) -> Self {
        let spaces = spaces.iter().map(|s| (*s).to_owned()).collect();
        let mut out = Self { links: BTreeMap::new(), spaces, addresses: Vec::new(), left_out: Vec::new() };
        out.fill(space);
        out
    }

    fn fill(&mut self, space: &Space) {
        self.links.clear();
        for netns in std::iter::once("").chain(self.spaces.iter().map(String::as_str)) {
            let (option, prefix) = if netns.is_empty() {
                (String::new(), String::new())
            } else {
                (format!("-n {netns} "), format!("{netns}/"))
            };
            let Json::Array(list) = space.ip(&format!("{option}-d -j link show")).ok().json() else {
                continue;
            };
            for mut link in list {
                let name = link["ifname"].as_str().expect("a name").to_owned();
                calm(&mut link);
                self.links.insert(format!("{prefix}{name}"), link);
            }
        }
        for name in self.addresses.clone() {
            self.mask(&name);
        }
        for (name, pointer) in self.left_out.clone() {
            if let Some(value) = self.links.get_mut(&name).and_then(|l| l.pointer_mut(&pointer)) {
                *value = Json::Null;
            }
        }
    }

    /// What is told of a link at a place; null where nothing is.
    pub fn at(&self, link: &str, pointer: &str) -> Json {
        self.links.get(link).and_then(|l| l.pointer(pointer)).cloned().unwrap_or(Json::Null)
    }

    /// Without one value.
    pub fn without(&self, link: &str, pointer: &str) -> Self {
        let mut out = self.clone();
        out.left_out.push((link.into(), pointer.into()));
        if let Some(value) = out.links.get_mut(link).and_then(|l| l.pointer_mut(pointer)) {
            *value = Json::Null;
        }
        out
    }

    /// Without the addresses of links that the kernel made up, wherever they are told.
    pub fn forget_addresses(&self, links: &[&str]) -> Self {
        let mut out = self.clone();
        for link in links {
            out.mask(link);
            out.addresses.push((*link).into());
        }
        out
    }

    fn mask(&mut self, link: &str) {
        let Some(own) = self.links.get(link).and_then(|l| l["address"].as_str()).map(str::to_owned) else {
            return;
        };
        for value in self.links.values_mut() {
            let text = value.to_string().replace(&own, "?").replace(&bare(&own), "?");
            *value = serde_json::from_str(&text).expect("it was JSON");
        }
    }

    /// Fails the test unless all links are so, once nothing moves any more.
    #[track_caller]
    pub fn assert_same(&self, space: &Space, why: &str) {
        let mut now = self.clone();
        // Carrier comes and goes up to a second late.
        for _ in 0..60 {
            now.fill(space);
            if now.links == self.links {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let mut told = Vec::new();
        for name in self.links.keys().chain(now.links.keys()) {
            match (self.links.get(name), now.links.get(name)) {
                (Some(a), Some(b)) if a != b => told.push(format!("{name}: {}", unlike("", a, b).join(", "))),
                (Some(_), None) => told.push(format!("{name} is gone")),
                (None, Some(_)) => told.push(format!("{name} is new")),
                _ => {}
            }
        }
        told.dedup();
        panic!("{why}: links differ:\n{}", told.join("\n"));
    }
}

/// An address as bridges' identifiers write it.
fn bare(address: &str) -> String {
    address
        .split(':')
        .map(|b| b.trim_start_matches('0'))
        .map(|b| if b.is_empty() { "0" } else { b })
        .collect::<Vec<_>>()
        .join(":")
}

/// Leaves out what is the kernel's own: indexes, timers, carrier, and where the spanning tree is.
pub(crate) fn calm(json: &mut Json) {
    const OWN: &[&str] = &[
        "ifindex",
        "link_index",
        "operstate",
        "topology_change",
        "topology_change_detected",
        "root_port",
        "fdb_n_learned",
        "carrier_changes",
    ];
    const CARRIER: &[&str] = &["LOWER_UP", "NO-CARRIER", "M-DOWN"];
    match json {
        Json::Array(list) => list.iter_mut().for_each(calm),
        Json::Object(map) => {
            map.retain(|key, _| !OWN.contains(&key.as_str()) && !TIMERS.contains(&key.as_str()));
            if let Some(Json::Array(flags)) = map.get_mut("flags") {
                flags.retain(|f| f.as_str().is_none_or(|f| !CARRIER.contains(&f)));
            }
            if let Some(Json::Object(port)) = map.get_mut("info_slave_data") {
                port.remove("state");
            }
            // It reads shorter while the tree changes.
            if map.get("stp_state").is_some_and(|on| *on != 0) {
                map.remove("ageing_time");
            }
            map.values_mut().for_each(calm);
        }
        _ => {}
    }
}

fn unlike(path: &str, a: &Json, b: &Json) -> Vec<String> {
    match (a, b) {
        (Json::Object(x), Json::Object(y)) => {
            let mut keys: Vec<&String> = x.keys().chain(y.keys()).collect();
            keys.sort();
            keys.dedup();
            let null = &Json::Null;
            let of = |m: &'_ serde_json::Map<String, Json>, k: &str| m.get(k).unwrap_or(null).clone();
            keys.into_iter().flat_map(|k| unlike(&format!("{path}/{k}"), &of(x, k), &of(y, k))).collect()
        }
        _ if a == b => Vec::new(),
        _ => vec![format!("{path} {a} -> {b}")],
    }
}
