//! IP tunnels: all of their settings are sent each time, those of a link that there is being read first, for the kernel
//! takes what is not said for not wanted. What iproute2 loses on the way (ports of an encapsulation, which it swaps; that
//! of an ip6tnl, which it forgets; an index of a lower link above 255, of a vti) is kept here.

use std::net::IpAddr;

use linkctl_link::Seen;
use linkctl_schema::codec::{NoLinks, View};
use linkctl_schema::iproute::Word;
use linkctl_schema::types::NO_KEY;
use linkctl_schema::{FieldDef, Show, Type, Value};
use linkctl_wire::number as wire;

use super::Odd;
use crate::args::{short, text};
use crate::kind::Reading;
use crate::stop::Stop;
use crate::{number, value};

pub(super) static ODD: Odd = Odd {
    kinds: &[
        "gre",
        "gretap",
        "erspan",
        "ip6gre",
        "ip6gretap",
        "ip6erspan",
        "ipip",
        "sit",
        "ip6tnl",
        "vti",
        "vti6",
    ],
    begin,
    word: own,
    finish,
};

/// What a new tunnel over IPv6 has (`IPV6_DEFAULT_TNL_ENCAP_LIMIT`, `DEFAULT_TNL_HOP_LIMIT` of iproute2).
const LIMITS: &[(&str, u64)] = &[("hoplimit", 64), ("encaplimit", 4)];
/// What is only sent where it is said.
const QUIET: &[&str] =
    &["external", "remote", "local", "dev", "ignore_df", "6rd_prefix", "6rd_relay_prefix", "mip6"];

fn begin(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    if !r.create {
        return existing(r);
    }
    for f in r.kind.fields.list().iter().filter(|f| f.writable() && !QUIET.contains(&f.name)) {
        if f.name.starts_with("erspan_") && f.name != "erspan_ver" {
            continue;
        }
        let usual = LIMITS.iter().find(|(name, _)| *name == f.name).map(|(_, n)| *n);
        r.record.put(f, usual.map_or_else(|| nothing(f), Value::Num));
    }
    r.put("pmtudisc", Value::Bool(true));
    r.put("erspan_ver", Value::Num(1));
    if r.field("encaplimit").is_some() {
        r.put("encap_csum6", Value::Bool(true));
    }
    if r.field("mode").is_some() {
        r.put("dev", Value::Num(0));
    }
    Ok(())
}

/// What says nothing of a field.
fn nothing(f: &FieldDef) -> Value<'static> {
    match f.ty {
        Type::Key { .. } => Value::Word(NO_KEY),
        Type::Words(_, list) => {
            list.iter().find(|(_, n)| *n == 0).map_or(Value::Num(0), |(word, _)| Value::Word(word))
        }
        Type::Switch | Type::Bit { .. } | Type::Flag => Value::Bool(false),
        _ => Value::Num(0),
    }
}

/// Reads what the link has.
fn existing(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let failed = || Stop::says("Failed to get existing tunnel info.", 1);
    let payload = r.cx.world.link(r.index).ok_or_else(failed)?;
    let seen = Seen::new(&payload).ok_or_else(failed)?;
    let view = seen.data().ok_or_else(failed)?;
    if seen.kind_word() != r.kind.name.as_bytes() {
        // Of a vti iproute2 does not look at the kind, and the kernel says that it is another.
        return if r.kind.name == "vti" { Ok(()) } else { Err(failed()) };
    }
    for f in r.kind.fields.list().iter().filter(|f| f.writable() && f.show != Show::Never) {
        if let Some(value) = said(&view, f) {
            r.record.put(f, value);
        }
    }
    Ok(())
}

fn said(view: &View<'_>, f: &FieldDef) -> Option<Value<'static>> {
    if f.ty == Type::Link {
        return view.attr(f.attr).and_then(wire::u32).filter(|n| *n != 0).map(|n| Value::Num(n.into()));
    }
    view.get(f, &NoLinks)?.ok().map(Value::into_owned)
}

fn own(r: &mut Reading<'_, '_, '_>, row: &'static Word, typed: &[u8]) -> Result<(), Stop> {
    let none = || Value::Word(NO_KEY);
    let both = |r: &mut Reading<'_, '_, '_>, names: [&str; 2], value: &Value<'static>| {
        names.iter().for_each(|name| r.put(name, value.clone()));
    };
    match value::called(row) {
        "key" => {
            let word = r.args.value()?;
            let Some(field) = r.field("ikey") else { return Ok(()) };
            let key = value::key(row, field, word)?;
            both(r, ["ikey", "okey"], &key);
        }
        "nokey" => both(r, ["ikey", "okey"], &none()),
        "noikey" => r.put("ikey", none()),
        "nookey" => r.put("okey", none()),
        "seq" => both(r, ["iseq", "oseq"], &Value::Bool(true)),
        "noseq" => both(r, ["iseq", "oseq"], &Value::Bool(false)),
        "csum" => both(r, ["icsum", "ocsum"], &Value::Bool(true)),
        "nocsum" => both(r, ["icsum", "ocsum"], &Value::Bool(false)),
        "dscp" => {
            let word = r.args.value()?;
            if word != b"inherit" {
                return Err(value::wrong(row, word));
            }
            r.put("dscp_inherit", Value::Bool(true));
        }
        "mode" => mode(r, row)?,
        "external" => r.notes.push("external"),
        "6rd-reset" => {
            // 6to4, as a new link has it. iproute2 7.3.0 crashes here.
            r.put("6rd_prefix", Value::Net(IpAddr::from([0x2002, 0, 0, 0, 0, 0, 0, 0u16]), 16));
            r.put("6rd_relay_prefix", Value::Net(IpAddr::from([0, 0, 0, 0u8]), 0));
        }
        // Of an ipip it is read, and means nothing.
        "6rd-prefix" => _ = value::prefix(r.args.value()?, true)?,
        "6rd-relay_prefix" => _ = value::prefix(r.args.value()?, false)?,
        _ => erspan(r, row, typed)?,
    }
    Ok(())
}

/// The words of ERSPAN. Kinds that have none of it take them, too.
fn erspan(r: &mut Reading<'_, '_, '_>, row: &'static Word, typed: &[u8]) -> Result<(), Stop> {
    let word = r.args.value()?;
    match text(typed) {
        "erspan" => {
            let n = number::up_to(word, u32::MAX.into(), 0).ok_or_else(|| value::wrong(row, word))?;
            if !(1..=0xf_ffff).contains(&n) {
                return Err(Stop::argument(word, "erspan index must be > 0 and <= 20-bit\n"));
            }
            r.put("erspan_index", Value::Num(n));
        }
        "erspan_ver" => {
            let n = number::up_to(word, u8::MAX.into(), 0).ok_or_else(|| value::wrong(row, word))?;
            if n > 2 {
                return Err(Stop::argument(word, "erspan version must be 0/1/2\n"));
            }
            r.put("erspan_ver", Value::Num(n));
        }
        "erspan_dir" => {
            let found = ["ingress", "egress"].into_iter().find(|known| short(word, known));
            let known = found.ok_or_else(|| value::wrong(row, word))?;
            r.put("erspan_dir", Value::Word(known));
        }
        _ => {
            let n = number::up_to(word, u16::MAX.into(), 0).ok_or_else(|| value::wrong(row, word))?;
            r.put("erspan_hwid", Value::Num(n));
        }
    }
    Ok(())
}

/// Other spellings of what is carried.
const MODES: &[(&str, &str, &[&str])] = &[
    ("ipip", "ipip", &["ipip", "ipv4/ipv4", "ip4ip4"]),
    ("ipip", "mplsip", &["mplsip", "mpls/ipv4"]),
    ("ipip", "any", &["any", "any/ipv4"]),
    ("sit", "ip6ip", &["ip6ip", "ipv6/ipv4"]),
    ("sit", "ipip", &["ipip", "ipv4/ipv4", "ip4ip4"]),
    ("sit", "mplsip", &["mplsip", "mpls/ipv4"]),
    ("sit", "any", &["any", "any/ipv4"]),
    ("ip6tnl", "ip6ip6", &["ip6ip6", "ipv6/ipv6"]),
    ("ip6tnl", "ipip6", &["ipip6", "ip/ipv6", "ipv4/ipv6", "ip4ip6"]),
    ("ip6tnl", "any", &["any", "any/ipv6"]),
];

fn mode(r: &mut Reading<'_, '_, '_>, row: &'static Word) -> Result<(), Stop> {
    let word = r.args.value()?;
    let known = MODES.iter().find(|(kind, _, all)| *kind == r.kind.name && all.contains(&text(word)));
    let (_, mode, _) = known.ok_or_else(|| value::wrong(row, word))?;
    r.put("mode", Value::Word(mode));
    Ok(())
}

fn finish(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let hops = !matches!(r.get("ttl"), None | Some(Value::Num(0)));
    if hops && matches!(r.kind.name, "ipip" | "sit") && r.get("pmtudisc") == Some(&Value::Bool(false)) {
        return Err(Stop::exits("ttl != 0 and nopmtudisc are incompatible", 255));
    }
    if r.get("external") == Some(&Value::Bool(true)) || r.notes.contains(&"external") {
        // Whoever sends the packet says the rest.
        forget(r, |f| !matches!(f.name, "external" | "mode"));
        if r.notes.contains(&"external") {
            r.raw.put(COLLECT_METADATA, &[]);
        }
        return Ok(());
    }
    sent_anyway(r);
    if matches!(r.kind.name, "gre" | "gretap" | "erspan") {
        group(r)?;
    }
    match r.get("erspan_ver") {
        Some(Value::Num(1)) => forget(r, |f| matches!(f.name, "erspan_dir" | "erspan_hwid")),
        Some(Value::Num(2)) => {
            forget(r, |f| f.name == "erspan_index");
            for name in ["erspan_dir", "erspan_hwid"] {
                if r.get(name).is_none()
                    && let Some(f) = r.field(name)
                {
                    r.record.put(f, nothing(f));
                }
            }
        }
        _ => forget(r, |f| f.name.starts_with("erspan_") && f.name != "erspan_ver"),
    }
    Ok(())
}

/// What the kernel makes nothing of, and iproute2 sends: the usual limit beside the word that there is none, and a version
/// of ERSPAN for what is none.
fn sent_anyway(r: &mut Reading<'_, '_, '_>) {
    if let (true, Some(Value::Word(_)), Some(f)) = (r.create, r.get("encaplimit"), r.field("encaplimit")) {
        r.raw.put_u8(f.attr, 4);
    }
    if matches!(r.kind.name, "ip6gre" | "ip6gretap") {
        r.raw.put_u8(ERSPAN_VER, 1);
    }
}

/// `IFLA_GRE_ERSPAN_VER`.
const ERSPAN_VER: u16 = 22;

/// `IFLA_IPTUN_COLLECT_METADATA`, which the kernel ignores for a sit.
const COLLECT_METADATA: u16 = 19;

fn forget(r: &mut Reading<'_, '_, '_>, which: impl Fn(&FieldDef) -> bool) {
    for f in r.kind.fields.list().iter().filter(|f| which(f)) {
        r.record.take(f);
    }
}

/// To a group: its address is the key where none is said.
fn group(r: &mut Reading<'_, '_, '_>) -> Result<(), Stop> {
    let Some(Value::Ip(IpAddr::V4(group))) = r.get("remote").cloned() else { return Ok(()) };
    if !group.is_multicast() {
        return Ok(());
    }
    for name in ["ikey", "okey"] {
        if matches!(r.get(name), None | Some(Value::Word(_) | Value::Num(0))) {
            r.put(name, Value::Num(group.to_bits().into()));
        }
    }
    if r.get("local").is_none_or(Value::is_nothing) {
        return Err(Stop::says("A broadcast tunnel requires a source address.", 1));
    }
    Ok(())
}
