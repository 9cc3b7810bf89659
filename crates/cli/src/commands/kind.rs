//! `linkctl kind`: what links are made of, from the book.

use linkctl::kinds::{self, KINDS, link as base};
use linkctl::schema::near::near;
use linkctl::schema::{Below, docs};

use super::print;
use crate::args::{self, Common};
use crate::exit::Failure;

/// Lists the kinds, or tells one kind's settings.
pub(crate) fn run(args: &args::Kind, common: &Common) -> Result<(), Failure> {
    let Some(word) = &args.kind else { return list(common) };
    let mut out = String::new();
    if word == "link" {
        out += "What every link has:\n\n";
        docs::help(&base::FIELDS, &mut out);
        return print(&out);
    }
    let Some(kind) = kinds::kind(word).or_else(|| kinds::nic::block(word)) else {
        let close = near(word, KINDS.iter().map(|k| k.name), 3);
        let failure = Failure::usage(format!("{word:?} is no kind of link that linkctl knows"));
        return Err(if close.is_empty() {
            failure.hint("linkctl kind lists them")
        } else {
            failure.hint(format!("did you mean {}?", close.join(", ")))
        });
    };
    out += &format!("{}: {}.\n", kind.name, kind.doc);
    match kind.below {
        Below::Link => out += "It stands on another link: say link NAME before type.\n",
        Below::Field(name) | Below::Loose(name) => {
            out += &format!("It may stand on another link: say {name} NAME.\n");
        }
        Below::Device => out += "It stands on a device: say parentdev NAME before type.\n",
        Below::None => {}
    }
    if !kind.fields.list().is_empty() {
        let own = kinds::nic::block(word).is_none();
        let place = if own { "behind `type` or in its block" } else { "in a block of that name" };
        out += &format!("\nSettings, {place} of a goal file:\n\n");
        docs::help(kind.fields, &mut out);
    }
    if let Some(ports) = kind.ports {
        out += &format!(
            "\nSettings of its ports, behind `port` (linkctl set NAME port ...):\n\n{}.\n\n",
            ports.doc
        );
        docs::help(ports.fields, &mut out);
    }
    print(&out)
}

fn list(common: &Common) -> Result<(), Failure> {
    if common.json {
        let mut out = linkctl::schema::out::Out::new(common.pretty);
        out.array();
        for kind in KINDS {
            out.object();
            out.key("kind");
            out.text(kind.name);
            out.key("description");
            out.text(kind.doc);
            out.end();
        }
        out.end_array();
        return print(&(out.into_string() + "\n"));
    }
    let mut out = String::new();
    for kind in KINDS {
        out += &format!("{:<10} {}\n", kind.name, kind.doc);
    }
    out += "\nlinkctl kind KIND tells its settings, linkctl kind link those that every link has;\nlinkctl kind ethtool and linkctl kind vf those of hardware and of virtual functions.\n";
    print(&out)
}
