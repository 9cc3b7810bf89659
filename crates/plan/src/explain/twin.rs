//! What is there already: names, and links that share what only one can have.

use linkctl_kinds::{vlan, vxlan};
use linkctl_link::{Key, Link};
use linkctl_schema::{Name, Value};

use super::Said;
use super::case::{Case, Holder, described, named};
use super::command::{self, shell};
use super::errno::{EBUSY, EEXIST, EPERM};
use super::rule::{On, Rule, rule};
use crate::Act;
use crate::habit::{self, identity};

pub(super) static RULES: &[Rule] = &[
    rule(
        On::Create(&["vlan"]),
        &[EEXIST],
        "vlan",
        "the parent has this VLAN already, under another name",
        same_vlan,
    ),
    rule(On::Create(&["vxlan"]), &[EEXIST], "vni", "another vxlan has this VNI and port", same_vni),
    rule(On::Create(&[]), &[EEXIST], "", "the name is taken, by name or alternative name", new_name),
    rule(On::Create(&[]), &[EEXIST], "", "the name of the other end of a pair is taken", other_name),
    rule(On::Create(&["vlan"]), &[EEXIST], "", "the parent has this VLAN already (bare)", same_vlan),
    rule(On::Create(&["vxlan"]), &[EEXIST], "", "another vxlan has this VNI and port (bare)", same_vni),
    rule(On::Create(&[]), &[EEXIST], "", "another link has what tells links of its kind apart", alike),
    rule(On::Data(&[]), &[EEXIST], "", "another link has what tells links of its kind apart", alike),
    rule(
        On::Create(&["geneve"]),
        &[EBUSY, EPERM],
        "",
        "another geneve has the same id, port and remote, or is external and has the port for itself",
        alike,
    ),
    rule(On::Rename, &[EEXIST], "", "the name is taken, by name or alternative name", renamed),
    rule(On::Altnames, &[EEXIST], "", "the alternative name is taken", alternative),
];

/// Who has the name, and how to free it.
fn taken(said: Said, by: &Holder<'_>, wanted: &Name) -> Said {
    if by.alternative {
        return said.hint(format!(
            "free it: {}",
            command::set(by.key, format!("noaltname {}", shell(wanted.as_bytes())))
        ));
    }
    let said = said.hint(format!("look at it: {}", command::show(by.key)));
    if by.link.can_go() {
        said.hint(format!("choose another name, or delete that link: {}", command::del(by.key)))
    } else {
        said.hint(format!("choose another name, or rename that link: {}", command::set(by.key, "name NEW")))
    }
}

/// `is taken (link 7, bridge)`.
pub(super) fn whose(by: &Holder<'_>) -> String {
    if by.alternative {
        format!("is an alternative name of {} ({})", by.key, described(by.link))
    } else {
        format!("is taken ({})", described(by.link))
    }
}

fn new_name(case: &Case<'_>) -> Option<Said> {
    let by = case.holder(case.key)?;
    Some(taken(case.say(format!("this name {}", whose(&by))), &by, &case.key.name))
}

fn other_name(case: &Case<'_>) -> Option<Said> {
    let (key, _) = case.other()?;
    let by = case.holder(key)?;
    Some(taken(case.say(format!("the name of its other end, {key}, {}", whose(&by))), &by, &key.name))
}

fn renamed(case: &Case<'_>) -> Option<Said> {
    let Act::Rename(key, name) = case.act else { return None };
    let Some(by) = case.holder(&key.beside(*name)) else {
        let said =
            case.say(format!("it cannot be called {name}: another link has this name or alternative name"));
        return Some(said.hint(format!("who has it: {}", command::show(&key.beside(*name)))));
    };
    let said = case.say(format!("it cannot be called {name}: this name {}", whose(&by)));
    Some(taken(said, &by, name))
}

fn alternative(case: &Case<'_>) -> Option<Said> {
    let Act::Altnames { key, add, .. } = case.act else { return None };
    let mut texts = add.iter().filter_map(|v| if let Value::Str(name) = v { Some(name) } else { None });
    let (name, by) = texts.find_map(|text| {
        let name = Name::from_kernel(text);
        let by = name.and_then(|n| case.holder(&key.beside(n))).or_else(|| case.alternative(key, text))?;
        Some((linkctl_schema::Safe(text).to_string(), by))
    })?;
    let said = case.say(format!("it cannot have the alternative name {name}: this name {}", whose(&by)));
    Some(said.hint(format!("look at it: {}", command::show(by.key))))
}

fn same_vlan(case: &Case<'_>) -> Option<Said> {
    let new = case.created()?;
    let lower = case.lower()?;
    let id = new.data.get(vlan::ID)?;
    let protocol = |l: &Link| l.data.get(vlan::PROTOCOL).unwrap_or("802.1Q");
    let same = |l: &Link| l.data.get(vlan::ID) == Some(id) && protocol(l) == protocol(new);
    let said = |by: &str| case.say(format!("{lower} has VLAN {id} already{by}"));
    let Some((key, _)) = case.above(&lower).find(|(_, l)| l.kind_word() == b"vlan" && same(l)) else {
        // The message leaves no doubt; without it, another reason may do.
        return (!case.bare()).then(|| said(", on a link that is not to be seen from here"));
    };
    Some(
        said(&format!(": it is called {key}"))
            .hint(format!("use {key}, or give it the name: {}", rename(key, &case.key.name)))
            .hint(format!("or delete it first: {}", command::del(key))),
    )
}

fn alike(case: &Case<'_>) -> Option<Said> {
    let new = case.created().is_some();
    let mut link = case.link()?.clone();
    if let Act::Data(_, record) = case.act {
        link.data.merge(record);
    }
    let sought: Vec<String> = identity::sought(&link, !new).collect();
    let home = identity::home(case.key, &link);
    let holds = |(k, l): &(&Key, &Link)| {
        *k != case.key && identity::home(k, l) == home && identity::held(l).any(|held| sought.contains(&held))
    };
    let (key, other) = case.facts.world.iter().find(holds)?;
    let taken = identity::takes_all(other) && !identity::takes_all(&link);
    let what = match identity::fields(other.kind?.name)? {
        _ if identity::takes_all(&link) => {
            format!("{key} takes what comes for whoever sends already, and only one can")
        }
        [] => format!("only one can be there, and {key} is"),
        _ if has_port_alone(other) || has_port_alone(&link) => {
            let (port, _) = habit::socket(other)?;
            format!("{key} listens on UDP port {port}, which a geneve that is external has for itself")
        }
        names if taken => format!(
            "{key}, which is external, has the same {}: while it is there no other such tunnel is made or changed",
            names.join(", ")
        ),
        names => format!("{key} has the same {}", names.join(", ")),
    };
    Some(case.say(what).hint(format!("look at it: {}", command::show(key))).hint(if taken {
        format!("delete it and make it again afterwards: {}", command::del(key))
    } else {
        format!("use {key}, or delete it first: {}", command::del(key))
    }))
}

fn has_port_alone(link: &Link) -> bool {
    link.kind_word() == b"geneve" && named(&link.data, "external") == Some(&Value::Bool(true))
}

fn rename(key: &Key, name: &Name) -> String {
    command::set(key, format!("name {}", shell(name.as_bytes())))
}

fn same_vni(case: &Case<'_>) -> Option<Said> {
    let new = case.created()?;
    let id = new.data.get(vxlan::ID).unwrap_or(0);
    let port = new.data.get(vxlan::DSTPORT);
    let same = |l: &Link| {
        l.data.get(vxlan::ID).unwrap_or(0) == id && (port.is_none() || l.data.get(vxlan::DSTPORT) == port)
    };
    let other = |k: &Key, l: &Link| k != case.key && l.kind_word() == b"vxlan" && same(l);
    let (key, link) = case.facts.world.iter().find(|(k, l)| other(k, l))?;
    let port = link.data.get(vxlan::DSTPORT).map_or(String::new(), |p| format!(" on UDP port {p}"));
    let what = match named(&new.data, "external") {
        Some(Value::Bool(true)) => format!("{key} takes every VNI{port} already"),
        _ => format!("{key} has VNI {id}{port} already"),
    };
    Some(case.say(what).hint("choose another id or dstport").hint(format!(
        "or look at it, and delete it: {} && {}",
        command::show(key),
        command::del(key)
    )))
}
