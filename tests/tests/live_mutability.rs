//! Every field's mutability is tried on the running kernel and compared with its column: the table is falsifiable.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Mutex;

use linkctl::kinds::{KINDS, kind, link as base};
use linkctl::schema::{FieldDef, Kind};
use linkctl_conformance::running::{has_field, keep_empty, kernel};
use linkctl_conformance::skip;
use linkctl_conformance::stage::{Stage, possible};
use linkctl_conformance::trial::{Case, Finding, Part};

/// How a link has to be for a field to count, where no rule of the table tells: table, field (its beginning with `_` for several, nothing for all of them),
/// settings of the link, for ports of the master and then, behind `port`, of the port itself.
const CONTEXTS: &[(&str, &str, &str)] = &[
    ("vxlan", "flowlabel", "remote 2001:db8::9"),
    ("vxlan", "label_policy", "remote 2001:db8::9"),
    ("vxlan", "gpe", "external nolearning"),
    ("gre", "ignore_df", "nopmtudisc"),
    ("gretap", "ignore_df", "nopmtudisc"),
    ("gre", "encap_", "encap fou encap-dport 5555"),
    ("gretap", "encap_", "encap fou encap-dport 5555"),
    ("ip6gre", "encap_", "encap fou encap-dport 5555"),
    ("ip6gretap", "encap_", "encap fou encap-dport 5555"),
    ("ipip", "encap_", "encap fou encap-dport 5555"),
    ("sit", "pmtudisc", "ttl inherit"),
    ("sit", "encap_", "encap fou encap-dport 5555"),
    ("ip6tnl", "encap_", "encap fou encap-dport 5555"),
    ("erspan", "encap_", "erspan_ver 0 encap fou encap-dport 5555"),
    ("erspan", "ignore_df", "erspan_ver 0 nopmtudisc"),
    ("erspan", "erspan_dir", "ikey 5 okey 5 iseq oseq erspan_ver 2"),
    ("erspan", "erspan_hwid", "ikey 5 okey 5 iseq oseq erspan_ver 2"),
    ("erspan", "erspan_", "ikey 5 okey 5 iseq oseq"),
    ("erspan", "", "erspan_ver 0"),
    ("ip6erspan", "encap_", "ikey 5 okey 5 iseq oseq encap fou encap-dport 5555"),
    ("ip6erspan", "erspan_dir", "ikey 5 okey 5 iseq oseq erspan_ver 2"),
    ("ip6erspan", "erspan_hwid", "ikey 5 okey 5 iseq oseq erspan_ver 2"),
    ("ip6erspan", "erspan_", "ikey 5 okey 5 iseq oseq"),
    ("ip6erspan", "", "ikey 5 okey 5 iseq oseq"),
    ("macsec", "window", "replay on"),
    ("macsec", "replay", "window 32"),
    ("geneve", "flowlabel", "remote 2001:db8::9"),
    ("geneve", "udp6zerocsumtx", "remote 2001:db8::9"),
    ("geneve", "udp6zerocsumrx", "remote 2001:db8::9"),
    ("geneve", "", "remote 192.0.2.9"),
    ("bridge", "mcast_vlan_snooping", "vlan_filtering on"),
    ("bond port", "prio", "mode active-backup"),
    ("bond port", "actor_port_prio", "mode 802.3ad"),
];

/// Fields that only change in a state that no measure of the table is for: table, field, measure, why.
const ODD: &[(&str, &str, &str, &str)] = &[
    ("bridge port", "state", "up", "a port that is down is disabled; the table says volatile and tells it"),
    ("gre", "external", "live", "Linux 5.10 takes it later, too, where there are no other settings"),
    ("gretap", "external", "live", "Linux 5.10 takes it later, too, where there are no other settings"),
    ("erspan", "external", "live", "Linux 5.10 takes it later, too, where there are no other settings"),
];

/// What base fields are tried on; any other on a dummy.
const HOSTS: &[(&str, &str)] =
    &[("inet6_token", "veth"), ("protodown", "macvlan"), ("link", "macvlan"), ("carrier", "dummy")];

/// Fields of which the kernel takes no two values: table, field, kernels from and below, why. Reviewed; an entry that is not needed
/// any more fails the test.
const NO_TWO: &[(&str, &str, (u16, u16), (u16, u16), &str)] = &[
    ("link", "parentdev", (0, 0), EVER, "only kinds that are made on a device, such as wwan, take it"),
    ("link", "mctp_net", (0, 0), EVER, "only links that speak MCTP have one"),
    ("ip6erspan", "icsum", (0, 0), EVER, "only keys and sequence numbers are taken"),
    ("ip6erspan", "ocsum", (0, 0), EVER, "only keys and sequence numbers are taken"),
    ("bond", "use_carrier", (6, 18), EVER, "off is refused: the kernel asks for carrier always"),
    ("bridge", "mcast_hash_elasticity", (0, 0), EVER, "always 16"),
    ("vxlan", "mcroute", (0, 0), EVER, "the kernel does not report it"),
    ("macsec", "port", (0, 0), EVER, "reported within sci"),
    ("macsec", "offload", (0, 0), EVER, "no link here has hardware for it"),
    ("hsr", "supervision", (0, 0), EVER, "reported as an address"),
    ("hsr", "version", (0, 0), (7, 2), "the kernel does not report it"),
    ("hsr", "interlink", (0, 0), (7, 2), "the kernel does not report it"),
    ("netkit", "pairing", (0, 0), EVER, "the other one has no other end, and links are made here with one"),
    ("batadv", "algo", (0, 0), EVER, "the kernel does not report it"),
];

/// A newest kernel that never comes.
const EVER: (u16, u16) = (u16::MAX, 0);

/// What all threads found.
#[derive(Default)]
struct Found {
    tried: usize,
    of: usize,
    changes: usize,
    missing: BTreeSet<&'static str>,
    wrong: Vec<String>,
}

#[test]
fn every_field_changes_as_its_column_says_and_no_easier() {
    keep_empty();
    if let Err(e) = linkctl::kernel::isolate() {
        return skip(&e.to_string());
    }
    // What a tunnel can be put into; without them those settings are refused.
    for module in ["fou", "fou6"] {
        let _ = std::process::Command::new("modprobe").arg(module).status();
    }
    let found = Mutex::new(Found::default());
    let work = Mutex::new(works());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some((kind, part)) = work.lock().expect("no panic holds it").pop() else { return };
                    std::thread::scope(|s| _ = s.spawn(|| table(kind, part, &found)));
                }
            });
        }
    });
    let found = found.into_inner().expect("no panic holds it");
    let (major, minor) = kernel();
    let line = format!(
        "Linux {major}.{minor}: tried {} fields of {}, {} changes\n",
        found.tried, found.of, found.changes
    );
    // Past libtest's capture: it is what the run is for.
    let _ = std::io::stderr().write_all(line.as_bytes());
    assert!(found.wrong.is_empty(), "{line}{}", found.wrong.join("\n"));
    if !found.missing.is_empty() {
        skip(&format!("this kernel lacks {}", found.missing.into_iter().collect::<Vec<_>>().join(", ")));
    }
}

/// The tables, those that take longest last: they are taken from the end.
fn works() -> Vec<(&'static Kind, Part)> {
    let mut out = vec![(KINDS[0], Part::Base)];
    for kind in KINDS {
        out.extend(kind.ports.map(|_| (*kind, Part::Port)));
        out.push((kind, Part::Data));
    }
    out.sort_by_key(|(kind, part)| match part {
        Part::Base => base::FIELDS.list().len(),
        Part::Data => kind.fields.list().len(),
        Part::Port => kind.ports.map_or(0, |p| p.fields.list().len()),
    });
    out
}

/// Tries a table in a world of its own.
fn table(kind: &'static Kind, part: Part, found: &Mutex<Found>) {
    linkctl::kernel::isolate().expect("it was possible before");
    let mut stage = Stage::new();
    let fields = match part {
        Part::Base => base::FIELDS.list(),
        Part::Data => kind.fields.list(),
        Part::Port => kind.ports.expect("a kind with ports").fields.list(),
    };
    let fields: Vec<&'static FieldDef> = fields.iter().filter(|f| f.is_state()).collect();
    let mut makes: BTreeMap<&'static str, bool> = BTreeMap::new();
    for f in fields {
        let host = if part == Part::Base { host(f, &mut stage) } else { kind };
        let there = *makes.entry(host.name).or_insert_with(|| stage.makes(host));
        let case = Case { kind: host, part, field: f };
        let (finding, expected) = if !there {
            if possible(host) {
                found.lock().expect("no panic holds it").missing.insert(host.name);
            }
            (None, false)
        } else if part == Part::Data && stage.lacks(kind, f) {
            found.lock().expect("no panic holds it").missing.insert("VLANs of bridges");
            (None, false)
        } else if has_field(f) {
            let table = case.table();
            let mine = |t: &str, n: &str| t == table && n == f.name;
            let odd = ODD.iter().find(|o| mine(o.0, o.1)).map(|o| o.2);
            let fits = |c: &&(&str, &str, &str)| {
                mine(c.0, c.1)
                    || c.0 == table && (c.1.is_empty() || c.1.ends_with('_')) && f.name.starts_with(c.1)
            };
            let words: Vec<&'static str> = CONTEXTS.iter().filter(fits).map(|c| c.2).collect();
            let no_two = NO_TWO.iter().any(|e| mine(e.0, e.1) && e.2 <= kernel() && kernel() < e.3);
            (Some(case.run(&mut stage, &words, odd)), no_two)
        } else {
            (None, false)
        };
        let mut found = found.lock().expect("no panic holds it");
        found.of += 1;
        match finding {
            None => {}
            Some(Finding::NoTwo) if expected => {}
            Some(Finding::NoTwo) => {
                found.wrong.push(format!(
                    "{} {}: the kernel takes no two values of it",
                    case.table(),
                    f.name
                ));
            }
            Some(Finding::Tried(..)) if expected => {
                found.wrong.push(format!(
                    "{} {}: the kernel does take two values of it; NO_TWO is stale",
                    case.table(),
                    f.name
                ));
            }
            Some(Finding::Tried(changes, wrong)) => {
                found.tried += 1;
                found.changes += changes;
                found.wrong.extend(wrong);
            }
        }
    }
}

/// The kind that a base field is tried on.
fn host(f: &FieldDef, stage: &mut Stage) -> &'static Kind {
    let wanted = HOSTS.iter().find(|(n, _)| *n == f.name).map(|(_, k)| *k);
    let dummy = kind("dummy").expect("in the book");
    match wanted {
        Some(word) => kind(word).expect("in the book"),
        None if stage.makes(dummy) => dummy,
        None => kind("veth").expect("in the book"),
    }
}
