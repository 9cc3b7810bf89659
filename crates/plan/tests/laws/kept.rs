//! Law 4: what nobody speaks of is as before, as far as it can be.

use linkctl_kinds::link as base;
use linkctl_kinds::nic::ethtool::{LINKMODES, group};
use linkctl_link::{Goal, Key, Link, Want, World};
use linkctl_schema::diff::diff;
use linkctl_schema::{FieldDef, Name, Record, Value};

use crate::common;

fn lower_is_down(world: &World, link: &Link) -> bool {
    let loose =
        link.data.fields().find("loose_binding").and_then(|f| link.data.value(f)) == Some(&Value::Bool(true));
    let lower = link.lower.as_ref().and_then(|l| world.get(l));
    link.kind.is_some_and(|k| k.name == "vlan") && !loose && lower.is_some_and(|l| l.up() != Some(true))
}

/// Fields that are not as before though nobody said so; `master` is the one whose ports a late field may name.
fn lost(
    was: &Record,
    is: &Record,
    said: Option<&Record>,
    excuse: impl Fn(&'static str, &Value<'_>) -> bool,
) -> Option<&'static str> {
    if !std::ptr::eq(was.fields(), is.fields()) {
        return None;
    }
    let lasts = |f: &FieldDef| !f.volatile || f.name == "primary";
    let want = was.only(|f| f.is_state() && lasts(f) && said.is_none_or(|s| s.value(f).is_none()));
    let gone = want
        .iter()
        .find(|(f, v)| f.volatile && is.value(f).is_none() && !excuse(f.name, v))
        .map(|(f, _)| f.name);
    gone.or_else(|| diff(is, &want).into_iter().find(|d| !excuse(d.field, &d.want)).map(|d| d.field))
}

/// The same of hardware and functions. What is said of a link's modes decides over the others, and what goes without
/// saying of a function is not said of one that is made anew.
fn beside(was: &Link, is: &Link, said: Option<&Link>) -> Option<&'static str> {
    let of_modes = |f: &FieldDef| group(f) == LINKMODES;
    let modes = said.and_then(Link::ethtool).is_some_and(|r| r.iter().any(|(f, _)| of_modes(f)));
    let counts = |f: &FieldDef| !(modes && of_modes(f));
    if let (Some(was), Some(is)) = (was.ethtool(), is.ethtool())
        && let Some(field) = lost(&was.only(counts), is, said.and_then(Link::ethtool), |_, _| false)
    {
        return Some(field);
    }
    let (was, is, said) = (was.functions()?, is.functions()?, said.and_then(Link::functions));
    let count = said.and_then(|s| s.count).or(was.count);
    if is.count != count {
        return Some("the number of functions");
    }
    let zero = |v: &Value<'_>| match v {
        Value::Num(n) => *n == 0,
        Value::Word(word) => matches!(*word, "auto" | "802.1Q"),
        _ => false,
    };
    was.each.iter().filter(|(n, _)| count.is_some_and(|count| **n < count)).find_map(|(n, was)| {
        let said = said.and_then(|s| s.each.get(n));
        let nothing = Record::new(was.fields());
        lost(
            &was.only(|f| !was.value(f).is_some_and(zero)),
            is.each.get(n).unwrap_or(&nothing),
            said,
            |_, _| false,
        )
    })
}

/// Whether it is.
pub(crate) fn kept(before: &World, after: &World, goal: &Goal) -> Result<(), String> {
    for (key, was) in before {
        let said = match goal.links.get(key) {
            Some(Want::Absent) => continue,
            Some(Want::Present(said)) => Some(&**said),
            None => None,
        };
        let Some(is) = after.get(key) else {
            let parted = was.peer.as_ref().is_some_and(|p| goal.links.contains_key(p));
            if parted && said.is_none() {
                continue;
            }
            return Err(format!("{key} is gone"));
        };
        if said.is_some_and(|s| s.kind_word() != was.kind_word() && (s.kind.is_some() || s.foreign.is_some()))
        {
            continue;
        }
        whole(key, was, is, said, (before, after, is_end(key, goal)))?;
    }
    match after.keys().find(|k| !before.contains_key(*k) && !goal.links.contains_key(*k) && !is_end(k, goal))
    {
        Some(key) => Err(format!("{key} came from nowhere")),
        None => Ok(()),
    }
}

/// Whether a link has its address from another: a master, unless it was told one, from a port, a VLAN or an ipvlan from the link
/// below, and a macvlan in mode passthru too, or that from it. A bond that its last port has left draws one.
fn lent((key, link): (&Key, &Link), world: &World) -> bool {
    let same = |l: &Link| l.base.get(base::ADDRESS) == link.base.get(base::ADDRESS);
    let is = |l: &Link, kinds: &[&str]| l.kind.is_some_and(|k| kinds.contains(&k.name));
    let of_this = |(k, l): &(&Key, &Link)| l.has_master().map(|m| k.beside(m)).as_ref() == Some(key);
    let port = |k: &Key, l: &Link| is(link, &["bridge", "bond", "team"]) && of_this(&(k, l));
    if is(link, &["bond"]) && !world.iter().any(|p| of_this(&p)) {
        return true;
    }
    let passthru = |l: &Link| {
        let mode = l.data.fields().find("mode").and_then(|f| l.data.value(f));
        mode == Some(&Value::Word("passthru"))
    };
    let alone = |l: &Link| l.lower.as_ref() == Some(key) && passthru(l);
    let shares = |l: &Link| passthru(l) || is(l, &["ipvlan", "ipvtap", "vlan"]);
    // Or the other way round.
    let lower = link.lower.as_ref().and_then(|l| world.get(l)).filter(|_| shares(link));
    lower.is_some_and(same) || world.iter().any(|(k, l)| (port(k, l) || alone(l)) && same(l))
}

/// Whether a vxlan has the largest MTU that the link it sends through leaves it (`vxlan_config_apply`).
fn encapsulated(key: &Key, link: &Link, world: &World) -> bool {
    let dev = link.data.fields().find("dev").and_then(|f| link.data.value(f));
    let Some(Value::Link(dev)) = dev.filter(|_| link.kind.is_some_and(|k| k.name == "vxlan")) else {
        return false;
    };
    let mtu = |l: &Link| l.base.get(base::MTU);
    let most = world.get(&key.beside(*dev)).and_then(mtu);
    most.zip(mtu(link)).is_some_and(|(most, mtu)| [50, 70].contains(&most.saturating_sub(mtu)))
}

/// Whether a tunnel carries packets without Ethernet.
fn bare(link: &Link) -> bool {
    ["gpe", "innerprotoinherit"].iter().any(|name| {
        link.data.fields().find(name).and_then(|f| link.data.value(f)) == Some(&Value::Bool(true))
    })
}

/// Whether a port's setting counts in its master's mode: the priorities of a bond's ports do in some.
fn counts(master: &Link, field: &str) -> bool {
    let mode = master.data.fields().find("mode").and_then(|f| master.data.value(f));
    let is = |words: &[&str]| matches!(mode, Some(Value::Word(w)) if words.contains(w));
    match field {
        "prio" => is(&["active-backup", "balance-tlb", "balance-alb"]),
        "actor_port_prio" => is(&["802.3ad"]),
        _ => true,
    }
}

fn is_end(key: &Key, goal: &Goal) -> bool {
    goal.present().any(|(_, l)| l.peer.as_ref() == Some(key))
}

fn whole(
    key: &Key,
    was: &Link,
    is: &Link,
    said: Option<&Link>,
    (before, after, paired): (&World, &World, bool),
) -> Result<(), String> {
    let bad = |what: &str| {
        Err(format!("{key}: {what} changed: was {}, is {}", common::shown(was), common::shown(is)))
    };
    let bond = |m: Option<Name>| {
        m.and_then(|m| after.get(&key.beside(m)))
            .and_then(|m| m.kind)
            .is_some_and(|k| matches!(k.name, "bond" | "team"))
    };
    let old = was.has_master().and_then(|m| before.get(&key.beside(m))).and_then(|m| m.kind);
    let left = is.has_master() != was.has_master() && old.is_some_and(|k| matches!(k.name, "bond" | "team"));
    let joined = is.has_master() != was.has_master() && bond(is.has_master());
    let master_gone = was.has_master().is_some_and(|m| !after.contains_key(&key.beside(m)));
    // A bond or team that took a port of another sort than Ethernet is of that, and has its addresses.
    let masters = |k: &Key, l: &Link| l.has_master().map(|m| k.beside(m)).as_ref() == Some(key);
    let strange = |k: &Link| k.kind.is_some_and(|k| !k.frames);
    let became = is.kind.is_some_and(|k| matches!(k.name, "bond" | "team"))
        && after.iter().any(|(k, l)| masters(k, l) && strange(l));
    let excuse = |field: &str, _: &Value<'_>| match field {
        "up" => said.is_some() && joined || was.up() == Some(true) && lower_is_down(after, is),
        "master" => master_gone,
        // The hardware gives it another; a vxlan or geneve that carries no Ethernet has none.
        "address" | "broadcast" if became || was.kind.is_some_and(|k| k.name == "ipoib") || bare(is) => true,
        // A tunnel's are its ends.
        "address" | "broadcast" if was.kind.is_some_and(|k| !k.frames) && was.data != is.data => true,
        // A bond or team gives its ports its own, and those that leave get theirs back.
        "address" if is.base.get(base::ADDRESS).is_some() && (bond(is.has_master()) || left) => true,
        "address" => lent((key, was), before) || lent((key, is), after),
        // A port has that of its master, a bridge or mesh that of its ports, and none more than the link below.
        "mtu" => {
            let mtu = |l: &Link| l.base.get(base::MTU);
            let below = is.lower.as_ref().and_then(|l| after.get(l)).and_then(mtu);
            let fits = is.kind.is_some_and(|k| matches!(k.name, "vlan" | "macvlan" | "macvtap"));
            let squeezed = fits && below.is_some() && mtu(is) == below && mtu(was) > below;
            // MACsec's headers take their part (`macsec_notify`).
            let headers = below.zip(mtu(is)).is_some_and(|(b, m)| (24..=32).contains(&b.saturating_sub(m)));
            let secured = is.kind.is_some_and(|k| k.name == "macsec") && headers && mtu(is) < mtu(was);
            let squeezed = squeezed || encapsulated(key, is, after) && mtu(is) < mtu(was);
            let of_kind = |name: &str| is.kind.is_some_and(|k| k.name == name);
            let mesh = of_kind("batadv") && mtu(is).is_some();
            bond(is.has_master()) || of_kind("bridge") || mesh || squeezed || secured
        }
        "link" => said.is_some_and(|s| s.lower.is_some()),
        // With an MTU that is too small for it IPv6 goes (`addrconf_notify`).
        "addrgenmode" | "inet6_token" => {
            let small = |l: &Link| l.base.get(base::MTU).is_some_and(|mtu| mtu < 1280);
            small(is) && !small(was)
        }
        _ => false,
    };
    if let Some(field) = lost(&was.base, &is.base, said.map(|s| &s.base), excuse) {
        return bad(field);
    }
    let fits = |field: &'static str, value: &Value<'_>| {
        let mut data = is.data.clone();
        let f = data.fields().list().iter().find(|f| f.name == field).expect("a field");
        data.put(f, value.clone().into_owned());
        let port = |n: &Name| after.get(&key.beside(*n)).is_some_and(|l| l.has_master() == Some(key.name));
        let names_none = matches!(value, Value::Link(n) if f.late && !port(n));
        // What another link decides too.
        let common = match is.kind.map_or("", |k| k.name) {
            "ipvlan" | "ipvtap" => matches!(field, "mode" | "flags"),
            "netkit" => matches!(field, "policy" | "peer_policy"),
            _ => false,
        };
        // A tunnel outlives the link that it sends through, which has no name in another namespace.
        let away = |n: &Name| is.home.is_some() || !after.contains_key(&key.beside(*n));
        let outlives = matches!(value, Value::Link(n) if !f.late && away(n));
        common
            || names_none
            || outlives
            || is.kind.is_some_and(|k| linkctl_schema::rules::check(k, &data).is_err())
    };
    if let Some(field) = lost(&was.data, &is.data, said.map(|s| &s.data), fits) {
        return bad(field);
    }
    if let Some(field) = beside(was, is, said) {
        return bad(field);
    }
    if let (Some(a), Some(b)) = (&was.port, &is.port)
        && was.has_master() == is.has_master()
    {
        let master = is.has_master().and_then(|m| after.get(&key.beside(m)));
        let fellow = |f: &str, v: &Value<'_>| {
            !master.is_none_or(|m| counts(m, f))
                || matches!(v, Value::Link(n) if after.get(&key.beside(*n)).is_none_or(|l| l.has_master() != is.has_master()))
        };
        if let Some(field) = lost(a, b, said.and_then(|s| s.port.as_ref()), fellow) {
            return bad(field);
        }
    }
    if said.is_none_or(|s| s.lower.is_none()) && was.lower != is.lower
        || !paired && said.is_none_or(|s| s.peer.is_none()) && was.peer != is.peer
    {
        return bad("what it stands on or its other end");
    }
    Ok(())
}
