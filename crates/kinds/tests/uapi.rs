//! The tables against the kernel's headers, both ways: an attribute that a header has and no table covers is news, one
//! that a table has and no header is a mistake. What is left out on purpose stands in `left-out.txt`, and so does what
//! headers have earlier than the kernel that a field names, because a stable kernel took it over.
//!
//! Headers: the machine's, and `$LINKCTL_IF_LINK_H`, the newest that `cargo xtask test` has fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use linkctl_kinds::{KINDS, bridge, kind, link, macvlan};
use linkctl_schema::{FieldDef, Fields, Knob, Show, Type};

/// Prefixes of what all links have: the first is the message's own.
const BASE: &[&str] = &["IFLA_", "IFLA_PROTO_DOWN_REASON_", "IFLA_INET_", "IFLA_INET6_", "IFLA_MCTP_"];

/// A table and where the header has its attributes.
struct Table {
    name: String,
    fields: &'static Fields,
    prefixes: &'static [&'static str],
    pair: Option<u16>,
    since: Option<(u16, u16)>,
}

fn tables() -> Vec<Table> {
    let mut out =
        vec![Table { name: "link".into(), fields: &link::FIELDS, prefixes: BASE, pair: None, since: None }];
    for kind in KINDS {
        out.push(Table {
            name: kind.name.into(),
            fields: kind.fields,
            prefixes: kind.uapi,
            pair: kind.pair,
            since: kind.since,
        });
        if let Some(port) = kind.ports {
            out.push(Table {
                name: format!("port of {}", kind.name),
                fields: port.fields,
                prefixes: port.uapi,
                pair: None,
                since: kind.since,
            });
        }
    }
    out.retain(|t| !t.prefixes.is_empty());
    out
}

/// A folder of headers: every enumerator with its number, and the version.
struct Headers {
    path: PathBuf,
    version: (u16, u16),
    numbers: BTreeMap<String, u64>,
    /// Those of the enum that begins with `IFLA_UNSPEC`.
    base: BTreeSet<String>,
}

impl Headers {
    /// Reads the folder that an `if_link.h` lies in.
    fn read(if_link: &Path) -> Option<Self> {
        let folder = if_link.parent()?;
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
        let version = text("version.h")?.lines().find_map(|l| {
            let code: u32 = l.strip_prefix("#define LINUX_VERSION_CODE ")?.trim().parse().ok()?;
            Some(((code >> 16) as u16, (code >> 8 & 0xff) as u16))
        })?;
        let mut out = Self { path: if_link.into(), version, numbers: BTreeMap::new(), base: BTreeSet::new() };
        out.enums(&std::fs::read_to_string(if_link).ok()?);
        let others = [
            "veth.h",
            "if_bridge.h",
            "if_tunnel.h",
            "amt.h",
            "can/vxcan.h",
            "can/netlink.h",
            "wwan.h",
            "batman_adv.h",
            "ip.h",
            "ipv6.h",
        ];
        for other in others {
            out.enums(&text(other).unwrap_or_default());
        }
        Some(out)
    }

    /// Every enum of a header. What an initializer other than a number or a name says is not followed.
    fn enums(&mut self, source: &str) {
        let plain = uncommented(source);
        for block in plain.split("enum").skip(1) {
            let Some((head, rest)) = block.split_once('{') else { continue };
            if head.contains([';', '(', ')']) {
                continue;
            }
            let body = rest.split('}').next().unwrap_or_default();
            let lines: Vec<_> = body.lines().filter(|l| !l.trim_start().starts_with('#')).collect();
            let mut next = 0;
            let mut base = false;
            for item in lines.join(" ").split(',').map(str::trim).filter(|i| !i.is_empty()) {
                let (name, value) =
                    item.split_once('=').map_or((item, None), |(n, v)| (n.trim(), Some(v.trim())));
                if let Some(value) = value {
                    let parsed = value
                        .strip_prefix("0x")
                        .map_or_else(|| value.parse().ok(), |h| u64::from_str_radix(h, 16).ok());
                    let Some(n) = parsed.or_else(|| self.numbers.get(value).copied()) else { continue };
                    next = n;
                }
                base |= name == "IFLA_UNSPEC";
                if base {
                    self.base.insert(name.to_owned());
                }
                self.numbers.insert(name.to_owned(), next);
                next += 1;
            }
        }
    }

    /// The attributes whose longest prefix of all tables' is this one.
    fn attributes(&self, prefix: &str, all: &[&str]) -> BTreeMap<u64, &str> {
        let longest = |name: &str| all.iter().filter(|p| name.starts_with(**p)).map(|p| p.len()).max();
        self.numbers
            .iter()
            .filter(|(name, _)| name.starts_with(prefix) && longest(name) == Some(prefix.len()))
            .filter(|(name, _)| !name.ends_with("_UNSPEC"))
            .filter(|(name, _)| prefix != "IFLA_" || self.base.contains(*name))
            // An alias stands beside its name: one of them is enough.
            .map(|(name, n)| (*n, name.as_str()))
            .collect()
    }

    /// The numbers of an enum of values.
    fn values(&self, prefix: &str) -> BTreeSet<u64> {
        let named =
            self.numbers.iter().filter(|(name, _)| name.starts_with(prefix) && !name.ends_with("_MAX"));
        named.map(|(_, n)| *n).collect()
    }
}

fn uncommented(source: &str) -> String {
    let mut out = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, r)| r);
    }
    out + rest
}

/// The headers that there are; says so where one is missing.
fn headers(test: &str) -> Vec<Headers> {
    let mut places = vec![PathBuf::from("/usr/include/linux/if_link.h")];
    places.extend(std::env::var_os("LINKCTL_IF_LINK_H").map(PathBuf::from));
    let mut out = Vec::new();
    for place in places {
        match Headers::read(&place) {
            Some(h) => out.push(h),
            None => skip(test, &format!("no headers at {}", place.display())),
        }
    }
    out.sort_by_key(|h| h.version);
    out
}

/// Reports a test that could not be tried, or not in full.
fn skip(test: &str, reason: &str) {
    let line = format!("SKIP {test}: {reason}\n");
    eprint!("{line}");
    if let Some(path) = std::env::var_os("LINKCTL_SKIPS") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        let _ = file.and_then(|mut f| f.write_all(line.as_bytes()));
    }
}

/// The attributes that a field takes of the outermost enum, and of the nests'.
fn numbers(f: &FieldDef, nested: bool) -> Vec<u64> {
    let companions: Vec<u16> = match f.ty {
        Type::Header { .. } => return Vec::new(),
        Type::Ip { v6 } => vec![v6],
        Type::Hops { inherit, .. } => vec![inherit],
        Type::Span { max } => vec![max],
        Type::Macs { mode, item } => vec![mode, item],
        Type::Strs { item } => vec![item],
        Type::Key { flags } if flags != 0 => vec![flags],
        Type::Either { flags, .. } => vec![flags],
        Type::Prefix { len, .. } => vec![len],
        _ => Vec::new(),
    };
    let mut out: Vec<u64> = match (f.path, nested) {
        ([], false) => std::iter::once(f.attr).chain(companions).map(u64::from).collect(),
        ([outer, ..], false) => vec![u64::from(*outer)],
        ([], true) => match f.ty {
            Type::Pairs { item } => vec![u64::from(item)],
            _ => Vec::new(),
        },
        (_, true) => std::iter::once(f.attr).chain(companions).map(u64::from).collect(),
    };
    out.sort_unstable();
    out
}

/// Numbers with the first kernel that a field says has them.
fn covered(table: &Table, headers: &Headers, prefix: &str) -> BTreeMap<u64, Option<(u16, u16)>> {
    let nested = table.prefixes.first() != Some(&prefix);
    // Named after the only nest that has them.
    let nest = if prefix == "IFLA_CAN_PWM_" { "IFLA_CAN_XL_PWM" } else { prefix.trim_end_matches('_') };
    let gone = (prefix == "IFLA_CAN_PWM_").then_some(&22);
    let nest = headers.numbers.get(nest).or(gone);
    let mut out = BTreeMap::new();
    for f in table.fields.list().iter().filter(|f| f.show != Show::Echo) {
        // A nest that the header names holds only its own.
        let own = |nest: &u64| f.path.last().is_some_and(|p| u64::from(*p) == *nest);
        // Nests of a family, in the nest of all.
        let family = match prefix {
            "IFLA_INET_" => Some(2),
            "IFLA_INET6_" => Some(10),
            "IFLA_MCTP_" => Some(45),
            _ => None,
        };
        let other = family.is_some_and(|n| f.path.last() != Some(&n));
        if nested && (nest.is_some_and(|n| !own(n)) || other) {
            continue;
        }
        for n in numbers(f, nested) {
            let first = f.since.max(table.since);
            let since = out.entry(n).or_insert(first);
            *since = (*since).min(first);
        }
    }
    if let (false, Some(pair)) = (nested, table.pair) {
        out.insert(pair.into(), table.since);
    }
    out
}

/// Attributes that are left out on purpose.
fn left_out() -> BTreeMap<&'static str, &'static str> {
    let lines = include_str!("../left-out.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|l| l.split_once(' ').unwrap_or_else(|| panic!("left-out.txt: {l:?} has no reason"))).collect()
}

#[test]
fn every_attribute_of_the_headers_is_in_a_table_and_the_other_way_round() {
    let tables = tables();
    let prefixes: Vec<_> = tables.iter().flat_map(|t| t.prefixes).copied().collect();
    let left = left_out();
    let mut wrong = Vec::new();
    let all = headers("uapi");
    for headers in &all {
        let place = format!("{} ({}.{})", headers.path.display(), headers.version.0, headers.version.1);
        for table in &tables {
            for prefix in table.prefixes {
                let there = headers.attributes(prefix, &prefixes);
                let ours = covered(table, headers, prefix);
                // Kinds that share a prefix have its attributes together.
                let mut shared = BTreeMap::new();
                for other in tables.iter().filter(|t| t.prefixes.contains(prefix)) {
                    shared.extend(covered(other, headers, prefix));
                }
                for (n, name) in &there {
                    match shared.get(n) {
                        None if !left.contains_key(name) => {
                            wrong.push(format!("{place}: {name} = {n} is in no field of {}", table.name));
                        }
                        Some(Some(since)) if *since > headers.version && !left.contains_key(name) => {
                            wrong.push(format!(
                                "{place}: {name} is there, {} says since {}.{}",
                                table.name, since.0, since.1
                            ));
                        }
                        _ => {}
                    }
                }
                for (n, since) in &ours {
                    if !there.contains_key(n) && since.is_none_or(|s| s <= headers.version) {
                        wrong.push(format!("{place}: {prefix}* has no {n}, but {} has", table.name));
                    }
                }
            }
        }
    }
    if let Some(newest) = all.last() {
        for (name, _) in left.iter().filter(|(_, reason)| !reason.starts_with("backported")) {
            let stale = tables.iter().any(|t| {
                t.prefixes.iter().any(|p| {
                    let n = newest.attributes(p, &prefixes).iter().find(|(_, a)| a == &name).map(|(n, _)| *n);
                    n.is_some_and(|n| covered(t, newest, p).contains_key(&n))
                })
            });
            if stale || !newest.numbers.contains_key(*name) {
                wrong.push(format!("left-out.txt: {name} is covered, or no header has it"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The words of a field, as numbers.
fn words(fields: &Fields, name: &str) -> BTreeSet<u64> {
    match fields.find(name).map(|f| f.ty) {
        Some(Type::Words(_, list)) => list.iter().map(|(_, n)| *n).collect(),
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn lists_of_values_are_as_long_as_the_headers() {
    let Some(newest) = headers("uapi values").pop() else { return };
    let port = kind("bridge").and_then(|k| k.ports).expect("bridges have ports");
    assert_eq!(words(&macvlan::FIELDS, "mode"), newest.values("MACVLAN_MODE_"));
    if newest.numbers.contains_key("BR_STP_MODE_AUTO") {
        assert_eq!(words(&bridge::FIELDS, "stp_mode"), newest.values("BR_STP_MODE_"));
    }
    // Multicast forwarding is a routing daemon's.
    let numbers = |list: &[Knob]| list.iter().map(|k| u64::from(k.number)).collect::<BTreeSet<_>>();
    let inet = &numbers(link::inet::INET) | &BTreeSet::from([2]);
    let inet6 = numbers(link::inet::INET6);
    for (ours, prefix) in [(inet, "IPV4_DEVCONF_"), (inet6, "DEVCONF_")] {
        let known = newest.values(prefix);
        assert!(!known.is_empty() && known.is_subset(&ours), "{prefix}*: {known:?} in {ours:?}");
    }
    for knob in link::inet::INET6 {
        let name = format!("DEVCONF_{}", knob.name.to_uppercase());
        let there = newest.numbers.get(&name);
        assert!(there.is_none_or(|n| *n == knob.number.into()), "{name}");
    }
    assert_eq!(words(port.fields, "state"), (0..5).collect());
    let bits: BTreeSet<u64> = bridge::FIELDS
        .list()
        .iter()
        .filter_map(
            |f| if let Type::Bit { bit, .. } = f.ty { Some(bit.trailing_zeros().into()) } else { None },
        )
        .collect();
    let known = newest.values("BR_BOOLOPT_");
    // Bits only ever come: an older header knows the first ones.
    assert!(known.is_subset(&bits), "BR_BOOLOPT_*: {known:?} in {bits:?}");
    assert!(
        newest.numbers.contains_key("BR_STP_MODE_AUTO") <= (known == bits),
        "BR_BOOLOPT_*: {known:?}, {bits:?}"
    );
}
