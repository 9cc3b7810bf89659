//! What is beside a link's message, as commands: `ethtool`, `ip link set vf`, and the file for the number of functions.

use linkctl_kinds::nic::ethtool::{self as table, group};
use linkctl_kinds::nic::vf;
use linkctl_link::{Key, Link, World};
use linkctl_schema::{FieldDef, Name, Record, Type, Value};

use super::commands::{name, quoted, words};
use super::words::{Word, plain, word};
use crate::act::Act;

/// ethtool's option for each of its messages.
const OPTIONS: &[(u16, &str)] = &[
    (table::LINKINFO, "-s"),
    (table::LINKMODES, "-s"),
    (table::WOL, "-s"),
    (table::FEATURES, "-K"),
    (table::RINGS, "-G"),
    (table::CHANNELS, "-L"),
    (table::COALESCE, "-C"),
    (table::PAUSE, "-A"),
    (table::EEE, "--set-eee"),
    (table::FEC, "--set-fec"),
];
/// Letters for what wakes a machine, by the kernel's names.
const LETTERS: &[(&str, &str)] = &[
    ("phy", "p"),
    ("ucast", "u"),
    ("mcast", "m"),
    ("bcast", "b"),
    ("arp", "a"),
    ("magic", "g"),
    ("filter", "f"),
];

/// The commands that change settings of one of ethtool's messages.
pub(super) fn ethtool(key: &Key, record: &Record) -> Vec<String> {
    let mut asked: Vec<u16> = record.iter().map(|(f, _)| group(f)).collect();
    asked.dedup();
    let one = |asked: u16| {
        let option = OPTIONS.iter().find(|(g, _)| *g == asked).map_or("-s", |(_, option)| option);
        let inside = key.netns.name().map_or_else(Vec::new, |n| words(&["ip", "netns", "exec", n]));
        let said = record.only(|f| group(f) == asked);
        let rest = if asked == table::WOL {
            wake(&said)
        } else {
            said.iter().flat_map(|(f, v)| pair(f, v)).collect()
        };
        let all = [inside, words(&["ethtool", option]), vec![name(key)], rest].concat();
        all.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(" ")
    };
    asked.into_iter().map(one).collect()
}

/// A setting as ethtool takes it; of modes that are offered each on its own.
fn pair(f: &FieldDef, value: &Value<'_>) -> Vec<Word> {
    match (f.ty, value) {
        (Type::Strs { .. }, Value::List(list)) => {
            let modes =
                list.iter().filter_map(|v| if let Value::Str(name) = v { Some(name.to_vec()) } else { None });
            std::iter::once(word(f.text)).chain(modes.flat_map(|name| [name, word("on")])).collect()
        }
        (_, Value::Bool(on)) => vec![word(f.text), word(if *on { "on" } else { "off" })],
        _ => vec![word(f.text), plain(f, value)],
    }
}

fn wake(said: &Record) -> Vec<Word> {
    let on = |name: &str| said.iter().any(|(f, v)| f.text == name && *v == Value::Bool(true));
    let letters: String = LETTERS.iter().filter(|(name, _)| on(name)).map(|(_, letter)| *letter).collect();
    words(&["wol", if letters.is_empty() { "d" } else { &letters }])
}

/// The command that has functions made: no program does, a file takes the number.
pub(super) fn functions(key: &Key, count: u32) -> String {
    let file = [b"/sys/class/net/", key.name.as_bytes(), b"/device/sriov_numvfs"].concat();
    let inside =
        key.netns.name().map_or_else(String::new, |n| format!("ip netns exec {} ", quoted(n.as_bytes())));
    let file = quoted(&file);
    if inside.is_empty() {
        return format!("echo {count} >{file}");
    }
    format!("echo {count} | {inside}tee {file}")
}

/// Settings of a function, in the order in which iproute2 takes them.
pub(super) fn function(record: &Record) -> Vec<Word> {
    let mut out = Vec::new();
    for (f, value) in record.iter() {
        let value =
            if let Value::Bool(on) = value { word(if *on { "on" } else { "off" }) } else { plain(f, value) };
        // The kernel's older struct has the priority and no protocol; iproute2 takes both behind the VLAN alone.
        out.extend([word(f.name), value]);
    }
    debug_assert!(std::ptr::eq(record.fields(), &raw const vf::FIELDS));
    out
}

/// The commands for a step to or from a bridge of Open vSwitch; nothing where it is none.
pub(super) fn switched(act: &Act, have: &World) -> Option<Vec<String>> {
    let Act::Master(key, to) = act else { return None };
    let switch = |name: &Name| have.get(&key.beside(*name)).is_some_and(Link::is_switch);
    let from = have.get(key).and_then(Link::has_master).filter(switch);
    let bridge = to.filter(switch);
    if from.is_none() && bridge.is_none() {
        return None;
    }
    let client = |option: &str, verb: &str, bridge: Name| {
        let words = words(&["ovs-vsctl", "--timeout=10", "--", option, verb]);
        let all = [words, vec![word(bridge.as_bytes()), name(key)]].concat();
        all.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(" ")
    };
    let set = |more: &[&[u8]]| {
        let head = [words(&["ip", "link", "set", "dev"]), vec![name(key)]].concat();
        head.iter().map(Vec::as_slice).chain(more.iter().copied()).map(quoted).collect::<Vec<_>>().join(" ")
    };
    let leaves = have.get(key).and_then(Link::has_master).is_some_and(|m| !switch(&m));
    let mut out: Vec<String> = from.map(|b| client("--if-exists", "del-port", b)).into_iter().collect();
    match (bridge, to) {
        (Some(bridge), _) => {
            out.extend(leaves.then(|| set(&[b"nomaster"])));
            out.push(client("--may-exist", "add-port", bridge));
        }
        (None, Some(master)) => out.push(set(&[b"master", master.as_bytes()])),
        (None, None) => {}
    }
    Some(out)
}
