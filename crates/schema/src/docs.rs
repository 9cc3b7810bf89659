//! From tables to what a person reads: help on a terminal, and pages of Markdown.

use std::fmt::Write;

use crate::field::{Change, FieldDef, Fields, Show};
use crate::grammar::expects;
use crate::kind::{Below, Kind, Rule};
use crate::rules::Broken;
use crate::types::{Knob, Repr, Type};

/// What can follow a field's word, for a line of help.
pub fn usage(f: &FieldDef) -> String {
    let name = f.name;
    match f.ty {
        Type::Switch | Type::Flag => format!("[no]{name}"),
        Type::Bit { .. } if f.bare => format!("[no]{name}"),
        Type::Header { .. } if f.name == "up" => "up | down".into(),
        Type::OnOff | Type::Bit { .. } | Type::Header { .. } => format!("{name} {{ on | off }}"),
        Type::Uint(_) if f.boolean => format!("{name} {{ on | off }}"),
        Type::Words(_, list) => {
            let words: Vec<_> = list.iter().map(|(w, _)| *w).collect();
            let number = if f.bounds.is_some() { " | NUMBER" } else { "" };
            format!("{name} {{ {}{number} }}", words.join(" | "))
        }
        Type::Key { .. } => format!("{name} {{ none | NUMBER | IPv4 }}"),
        Type::Either { mask, word, .. } => {
            format!("{name} {{ {word} | {} }}", if mask == u32::MAX { "NUMBER" } else { "HEX" })
        }
        Type::Prefix { v6, .. } => format!("{name} {}/LENGTH", if v6 { "IPv6" } else { "IPv4" }),
        Type::Ports => format!("{name} FIRST LAST"),
        Type::Pairs { .. } => format!("{name} FROM:TO..."),
        Type::Devconf { .. } => format!("{name} SETTING VALUE..."),
        Type::Macs { .. } => format!("{name} {{ set ADDRESS... | flush }}"),
        Type::Hops { .. } => format!("{name} {{ auto | inherit | 1-255 }}"),
        Type::Tos => format!("{name} {{ inherit | HEX }}"),
        Type::Link => format!("{name} LINK"),
        Type::Time(..) => format!("{name} {}", or_zero(f, "TIME")),
        Type::Uint(_) if f.digits.is_some_and(|(before, _)| before.is_empty()) => format!("{name} HEX"),
        Type::Uint(_) => format!("{name} {}", or_zero(f, "NUMBER")),
        Type::Part { .. } if f.milli => format!("{name} 0.NUMBER"),
        Type::Part { .. } | Type::S32 => format!("{name} NUMBER"),
        Type::Mac => format!("{name} ADDRESS"),
        Type::Ip { .. } => format!("{name} IP"),
        Type::Ip4 => format!("{name} {}", or_zero(f, "IPv4")),
        Type::Ip6 => format!("{name} {}", or_zero(f, "IPv6")),
        Type::Ips { .. } => format!("{name} IP,..."),
        Type::Str(_) | Type::Strs { .. } => format!("{name} TEXT"),
        Type::Timer
        | Type::BridgeId
        | Type::Names { .. }
        | Type::Lapse
        | Type::Count
        | Type::Span { .. }
        | Type::Numbers { .. }
        | Type::Lasting { .. }
        | Type::Timing
        | Type::Account { .. }
        | Type::Raw => name.into(),
    }
}

/// The word for 0 beside what else there can be.
fn or_zero(f: &FieldDef, what: &str) -> String {
    f.zero.map_or_else(|| what.into(), |zero| format!("{{ {zero} | {what} }}"))
}

/// Help on a terminal: each field that can be set, with its doc and bounds.
pub fn help(fields: &Fields, out: &mut String) {
    for f in fields.list().iter().filter(|f| f.writable()) {
        let _ = writeln!(out, "  {}", usage(f));
        for line in f.doc.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let _ = writeln!(out, "      {line}");
        }
        let note = notes(f);
        if !note.is_empty() {
            let _ = writeln!(out, "      ({})", note.join("; "));
        }
    }
}

/// Bounds, unit, other spellings, and what it takes to change it.
fn notes(f: &FieldDef) -> Vec<String> {
    let mut out = Vec::new();
    match (f.ty, f.bounds) {
        (_, Some((low, high))) if !f.boolean && high < u64::from(u32::MAX) => {
            out.push(format!("{low} to {high}"));
        }
        (Type::Uint(repr @ (Repr::U8 | Repr::U16 | Repr::Be16)), None) => {
            out.push(format!("0 to {}", repr.max()));
        }
        (Type::Str(max), _) => out.push(format!("at most {max} bytes")),
        _ => {}
    }
    if let (Type::Devconf { names, .. }, true) = (f.ty, f.writable()) {
        let said = |k: &Knob| match k.bounds {
            _ if k.switch => k.name.to_owned(),
            (i32::MIN, i32::MAX) => k.name.to_owned(),
            (least, i32::MAX) => format!("{} ({least} or more)", k.name),
            (least, most) => format!("{} ({least} to {most})", k.name),
        };
        let list =
            |switch| names.iter().filter(|k| k.switch == switch).map(said).collect::<Vec<_>>().join(", ");
        out.push(format!("on or off: {}", list(true)));
        out.push(format!("numbers: {}", list(false)));
    }
    if let Type::Time(_, unit) = f.ty {
        out.push(format!("a bare number counts {} ms; 100ms, 2s and 5min are understood", unit.millis()));
    }
    if !f.also.is_empty() {
        out.push(format!("also: {}", f.also.join(", ")));
    }
    match f.change {
        Change::Live => {}
        Change::Down => out.push("changes only while the link is down".into()),
        Change::Vacant => out.push("changes only while the link is down and has no ports".into()),
        Change::Rebuild => out.push("fixed at creation".into()),
        Change::Never => out.push("read only".into()),
    }
    if f.show == Show::Never {
        out.push("a command, not a setting: it cannot be read back".into());
    }
    if let Some(given) = f.given {
        out.push(format!("a new link gets {given}"));
    }
    if let Some((major, minor)) = f.since {
        out.push(format!("since Linux {major}.{minor}"));
    }
    out
}

/// A page of Markdown for a kind: fields, rules, examples.
pub fn page(kind: &Kind) -> String {
    let mut out = format!("# {}\n\n{}.\n\n", kind.name, kind.doc);
    match kind.below {
        Below::None => {}
        Below::Device => out.push_str("Stands on a device: `parentdev NAME` is required to create it.\n\n"),
        Below::Link => out.push_str("Stands on another link: `link NAME` is required to create it.\n\n"),
        Below::Field(name) | Below::Loose(name) => {
            let _ = writeln!(out, "May stand on another link, named by `{name}`.\n");
        }
    }
    if let Some((major, minor)) = kind.since {
        let _ = writeln!(out, "Since Linux {major}.{minor}.\n");
    }
    if let Some(maker) = kind.made_by {
        let _ = writeln!(out, "No message to the kernel makes one: {maker}.\n");
    }
    if !kind.module.is_empty() {
        let _ = writeln!(out, "Module `{}`, build option `{}`.\n", kind.module, kind.config);
    }
    if let Some(what) = kind.elsewhere {
        let _ = writeln!(
            out,
            "Not set by links' messages, and lost where a link is deleted or made anew: {what}.\n"
        );
    }
    table(kind.fields, &mut out);
    if !kind.rules.is_empty() {
        out.push_str("\n## Rules\n\n");
        for rule in kind.rules {
            let _ = writeln!(out, "- {}", sentence(rule));
        }
    }
    if !kind.examples.is_empty() && kind.made_by.is_some() {
        out.push_str("\n## Examples\n\n```\n");
        for e in kind.examples {
            let _ = writeln!(out, "linkctl set {}0 type {} {}", kind.name, kind.name, e.words);
        }
        out.push_str("```\n");
    } else if !kind.examples.is_empty() {
        out.push_str("\n## Examples\n\n```\n");
        for e in kind.examples {
            let link = if kind.below == Below::Link { " link eth0" } else { "" };
            let _ = writeln!(out, "linkctl add {}0{link} type {} {}", kind.name, kind.name, e.words);
        }
        out.push_str("```\n");
    }
    if let Some(ports) = kind.ports {
        let _ = writeln!(out, "\n## Ports\n\n{}.\n", ports.doc);
        table(ports.fields, &mut out);
    }
    out
}

fn table(fields: &Fields, out: &mut String) {
    if fields.list().is_empty() {
        out.push_str("It has no settings of its own.\n");
        return;
    }
    out.push_str("| setting | what it is | notes |\n|---|---|---|\n");
    for f in fields.list().iter().filter(|f| f.show != Show::Echo) {
        let doc = f.doc.split_whitespace().collect::<Vec<_>>().join(" ");
        let usage = if f.writable() { usage(f) } else { f.name.into() };
        let _ = writeln!(out, "| `{}` | {doc} | {} |", usage.replace('|', "\\|"), notes(f).join("; "));
    }
}

fn sentence(rule: &Rule) -> String {
    match *rule {
        Rule::Needs(a, b) => Broken::Needs(a, b),
        Rule::Excludes(a, b) => Broken::Excludes(a, b),
        Rule::OneOf(names) => Broken::OneOf(names),
        Rule::When(a, b, words) => Broken::When(a, b, words),
        Rule::Wants(a, b) => Broken::Needs(a, b),
    }
    .to_string()
}

/// One field in a sentence, for an error in a file: what it wants, and its doc.
pub fn short(f: &FieldDef) -> String {
    let doc = f.doc.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{} takes {}: {doc}", f.name, expects(f))
}
