//! What a plan costs, for people and as members of its JSON.

use std::collections::BTreeMap;

use linkctl_link::Key;
use linkctl_schema::out::Out;

use super::json::{link, why};
use super::text::{Line, Role};
use crate::disruption::Manner::{Create, Delete, Down, Live, Move, Rebuild, Stopped};
use crate::disruption::{Consent, Effects, Loss, Lost, Need};
use crate::guard::Cut;

/// How many links are named one by one in a line.
const MOST: usize = 12;

/// The links in numbers, whose packets stop, and what else is lost.
pub fn lines(effects: &Effects) -> Vec<Line> {
    if effects.links.is_empty() {
        return Vec::new();
    }
    let mut out = vec![Line::default().with(Role::Verb, effects.summary())];
    for lasts in [false, true] {
        let stops = effects.losses.iter().filter(|l| l.lasts == lasts && goes_by(l));
        let names: Vec<String> = stops.map(stop).collect();
        if !names.is_empty() {
            let head = if lasts { "  traffic stops: " } else { "  traffic stops for a moment: " };
            out.push(Line::default().with(Role::Disturbed, head).with(Role::Words, few(&names)));
        }
    }
    let mut lost: BTreeMap<(&Key, &'static str), Vec<String>> = BTreeMap::new();
    for loss in &effects.losses {
        let (head, what) = match (&loss.what, loss.lasts) {
            (Lost::Address(a), true) => ("loses", a.to_string()),
            (Lost::Route(r), true) => ("loses", r.to_string()),
            (Lost::Way(r), true) => ("loses", format!("a way of {r}")),
            (Lost::Way(r), false) => ("loses until a router tells it again", format!("a way of {r}")),
            (Lost::Address(a), false) => ("loses until a router tells it again", a.to_string()),
            (Lost::Route(r), false) => ("loses until a router tells it again", r.to_string()),
            (Lost::Reach(a), _) => ("is not reached any more at", a.to_string()),
            (Lost::Elsewhere(what), _) => ("loses", what.to_string()),
            _ => continue,
        };
        lost.entry((&loss.link, head)).or_default().push(what);
    }
    let rest = lost.len().saturating_sub(MOST);
    out.extend(lost.into_iter().take(MOST).map(|((key, head), what)| {
        Line::default()
            .with(Role::Name, format_args!("  {key}"))
            .with(Role::Disturbed, format_args!(" {head}: "))
            .with(Role::Words, few(&what))
    }));
    if rest > 0 {
        out.push(
            Line::default().with(
                Role::Disturbed,
                format_args!("  and {rest} more links lose addresses, routes or keys"),
            ),
        );
    }
    out
}

fn goes_by(loss: &Loss) -> bool {
    matches!(loss.what, Lost::Traffic | Lost::Part | Lost::Carrier)
}

fn stop(loss: &Loss) -> String {
    match loss.what {
        Lost::Part => format!("{} (in part)", loss.link),
        Lost::Carrier => format!("{} (no carrier)", loss.link),
        _ => loss.link.to_string(),
    }
}

fn few(all: &[String]) -> String {
    let shown = all.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Writes `"summary":{…},"links":[…],"losses":[…],"cuts":[…],"consent":[…]` into an object.
pub fn members(effects: &Effects, cuts: &[Cut], needs: &[Need], out: &mut Out) {
    summary(effects, out);
    out.key("links");
    out.array();
    for (key, manner) in &effects.links {
        out.object();
        out.key("change");
        out.text(manner.word());
        link(key, out);
        out.end();
    }
    out.end_array();
    out.key("losses");
    out.array();
    effects.losses.iter().for_each(|loss| one(loss, out));
    out.end_array();
    out.key("cuts");
    out.array();
    cuts.iter().for_each(|cut| super::guard::json(cut, out));
    out.end_array();
    out.key("consent");
    out.array();
    needs.iter().for_each(|need| consent(need, out));
    out.end_array();
}

fn summary(effects: &Effects, out: &mut Out) {
    let summary = effects.summary();
    out.key("summary");
    out.object();
    out.key("links");
    out.plain(summary.links());
    for manner in [Live, Down, Stopped, Create, Move, Rebuild, Delete] {
        out.key(manner.word());
        out.plain(summary.count(manner));
    }
    out.end();
}

fn one(loss: &Loss, out: &mut Out) {
    out.object();
    out.key("loss");
    out.text(loss.what.word());
    link(&loss.link, out);
    out.key("lasts");
    out.plain(loss.lasts);
    match &loss.what {
        Lost::Address(a) | Lost::Reach(a) => {
            out.key("address");
            out.text(&a.to_string());
        }
        Lost::Route(r) | Lost::Way(r) => {
            out.key("to");
            out.text(&format!("{}/{}", r.to.0, r.to.1));
            gateway(r.gateway, out);
        }
        Lost::Elsewhere(what) => {
            out.key("what");
            out.text(what);
        }
        Lost::Traffic | Lost::Part | Lost::Carrier | Lost::Master => {}
    }
    out.key("by");
    other(&loss.by, out);
    out.end();
}

/// The next hop; `null` where there is none.
pub(super) fn gateway(gateway: Option<std::net::IpAddr>, out: &mut Out) {
    out.key("gateway");
    match gateway {
        Some(ip) => out.text(&ip.to_string()),
        None => out.null(),
    }
}

/// Another link, as an object of its own.
pub(super) fn other(key: &Key, out: &mut Out) {
    out.object();
    link(key, out);
    out.end();
}

fn consent(need: &Need, out: &mut Out) {
    out.object();
    out.key("consent");
    out.text(match need.consent() {
        Consent::Rebuild => "rebuild",
        Consent::Disruption => "disruption",
    });
    link(need.link(), out);
    match need {
        Need::Rebuilt(_, reasons) => why(reasons, out),
        Need::Disturbed(d) => why(&d.why, out),
        Need::Lost(loss) => {
            out.key("why");
            out.array();
            out.text(&clause(loss));
            out.end_array();
        }
    }
    out.end();
}

/// A loss as a clause about its link.
pub fn clause(loss: &Loss) -> String {
    match &loss.what {
        Lost::Address(a) => format!("it loses {a}"),
        Lost::Route(r) => format!("it loses {r}"),
        Lost::Way(r) => format!("it loses a way of {r}"),
        Lost::Reach(a) => format!("it is not reached any more at {a}"),
        Lost::Traffic => "its traffic stops".into(),
        Lost::Part => "a part of its traffic stops".into(),
        Lost::Carrier => "it loses its carrier".into(),
        Lost::Master => "it loses its master".into(),
        Lost::Elsewhere(what) => format!("it loses {what}"),
    }
}
