//! A plan as JSON, for programs. The layout has a version; members are added, never changed.

use linkctl_link::{Key, Link, Netns};
use linkctl_schema::out::Out;
use linkctl_schema::{Record, json as values};

use crate::act::{Act, Harm, Plan};
use crate::reason::Reason;

/// Writes `{"version":1,"steps":[…],"disruptive":[…]}`.
pub fn json(plan: &Plan, out: &mut Out) {
    json_with(plan, out, |_| {});
}

/// The same, with more members behind.
pub fn json_with(plan: &Plan, out: &mut Out, more: impl FnOnce(&mut Out)) {
    out.object();
    out.key("version");
    out.plain(1);
    out.key("steps");
    out.array();
    for step in &plan.steps {
        out.object();
        out.key("act");
        out.text(step.act.word());
        link(step.act.key(), out);
        details(&step.act, out);
        why(&step.why, out);
        out.end();
    }
    out.end_array();
    out.key("disruptive");
    out.array();
    for disruption in &plan.disruptions {
        out.object();
        out.key("harm");
        out.text(harm(disruption.harm));
        link(&disruption.link, out);
        why(&disruption.why, out);
        out.end();
    }
    out.end_array();
    more(out);
    out.end();
}

/// The word for a harm.
pub(super) fn harm(harm: Harm) -> &'static str {
    match harm {
        Harm::Rebuilt => "rebuilt",
        Harm::Gone => "gone",
        Harm::Released => "released",
        Harm::Down => "down",
        Harm::Functions => "functions",
        Harm::Forgotten => "forgotten",
        Harm::Reset => "reset",
        Harm::Shrunk => "shrunk",
    }
}

pub(super) fn link(key: &Key, out: &mut Out) {
    out.key("link");
    out.bytes(key.name.as_bytes());
    netns(&key.netns, out);
}

pub(super) fn netns(netns: &Netns, out: &mut Out) {
    out.key("netns");
    match netns.name() {
        Some(name) => out.text(name),
        None => out.null(),
    }
}

fn details(act: &Act, out: &mut Out) {
    match act {
        Act::Create { link: made, peer, .. } => {
            whole(made, out);
            if let Some((key, end)) = peer {
                out.key("peer");
                out.object();
                link(key, out);
                whole(end, out);
                out.end();
            }
        }
        Act::Base(_, record) | Act::Data(_, record) | Act::Port(_, record) | Act::Ethtool(_, record) => {
            let member = match act {
                Act::Ethtool(..) => "ethtool",
                Act::Base(..) => "base",
                Act::Data(..) => "data",
                _ => "port",
            };
            settings(member, record, out);
        }
        Act::Functions(_, count) => {
            out.key("count");
            out.plain(*count);
        }
        Act::Function(_, number, record) => {
            out.key("vf");
            out.plain(*number);
            settings("settings", record, out);
        }
        Act::Altnames { add, remove, .. } => {
            for (member, names) in [("add", add), ("remove", remove)] {
                out.key(member);
                out.array();
                names.iter().for_each(|n| {
                    if let linkctl_schema::Value::Str(n) = n {
                        out.bytes(n);
                    }
                });
                out.end_array();
            }
        }
        Act::Master(_, master) => {
            out.key("master");
            match master {
                Some(name) => out.bytes(name.as_bytes()),
                None => out.null(),
            }
        }
        Act::Rename(_, name) => {
            out.key("to");
            out.bytes(name.as_bytes());
        }
        Act::Move(_, to) => {
            out.key("to");
            out.object();
            link(to, out);
            out.end();
        }
        Act::NewNetns(_) | Act::DropNetns(_) | Act::Delete(_) | Act::Up(_) | Act::Down(_) => {}
    }
}

fn whole(made: &Link, out: &mut Out) {
    out.key("kind");
    out.bytes(made.kind_word());
    if let Some(lower) = &made.lower {
        out.key("lower");
        out.object();
        link(lower, out);
        out.end();
    }
    settings("base", &made.base, out);
    settings("data", &made.data, out);
}

fn settings(member: &str, record: &Record, out: &mut Out) {
    out.key(member);
    out.object();
    for (f, value) in record.iter() {
        out.key(f.name);
        values::item(f, value, out);
    }
    out.end();
}

pub(super) fn why(why: &[Reason], out: &mut Out) {
    out.key("why");
    out.array();
    why.iter().for_each(|reason| out.text(&reason.to_string()));
    out.end_array();
}
