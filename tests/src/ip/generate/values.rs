//! Values for words: mostly right, often at a bound, sometimes nonsense.

use linkctl::schema::arbitrary::Dice;
use linkctl::schema::{FieldDef, Type};

/// What follows a word that no table of a kind describes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Class {
    None,
    OnOff,
    Number(u64),
    Mac,
    Link,
    Master,
    NewName,
    Index,
    Netns,
    Group,
    Text,
    Among(&'static [&'static str]),
    Inet,
    Vf,
    Xdp,
    Reason,
    Any,
}

/// Numbers at which mistakes are made.
const ODD_NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "255",
    "256",
    "65535",
    "65536",
    "16777215",
    "16777216",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "18446744073709551615",
    "99999999999999999999",
    "0x10",
    "010",
    "0x",
    "1x",
    "08",
    "+5",
    "1.5",
    "0xffffffff",
    "-2147483648",
    "",
    " 7",
    "-0",
];
/// An alias of 255 bytes, the longest, and one that is longer.
const LONGEST: &str = concat!(
    "x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789",
    "x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789",
    "x123456789x123456789x123456789x123456789x123456789x1234"
);
const TOO_LONG: &str = concat!(
    "x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789",
    "x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789x123456789",
    "x123456789x123456789x123456789x123456789x123456789x12345"
);
const JUNK: &[&str] = &[
    "zz", "maybe", "on", "off", "none", "nope", "inherit", "auto", "::1", "1.2.3.4", "help", "dev", "up",
    "a,b", "ON",
];
const MACS: &[&str] = &[
    "02:00:00:00:00:aa",
    "02:00:00:00:00:bb",
    "2:0:0:0:0:cc",
    "00:00:00:00:00:00",
    "ff:ff:ff:ff:ff:ff",
    "01:00:5e:00:00:01",
    "02:00",
    "zz",
    "02:00:00:00:00:1ff",
    "10.0.0.1",
    "02:00:00:00:00:00:00:01",
    "02-00-00-00-00-01",
    "02:00:00:00:00:",
    "",
];
const IP4: &[&str] = &[
    "10.0.0.1",
    "192.0.2.1",
    "239.1.1.1",
    "0.0.0.0",
    "any",
    "255.255.255.255",
    "127.0.0.1",
    "default",
    "10.1",
    "300.1.1.1",
];
const IP6: &[&str] =
    &["2001:db8::1", "fd00::2", "ff02::5", "::", "::ffff:10.0.0.1", "any", "2001:db8::1/64", "::g"];

/// A link that may be there.
pub(super) fn links(dice: &mut Dice) -> &'static str {
    dice.pick(&["x0", "x0", "x0", "va", "va", "vb", "br0", "lo", "nope", "n1", "p0", "if2"])
        .copied()
        .unwrap_or("x0")
}

fn pick(dice: &mut Dice, of: &[&'static str]) -> String {
    dice.pick(of).copied().unwrap_or_default().to_owned()
}

/// A number at a bound, or none at all.
pub(super) fn number(dice: &mut Dice) -> String {
    pick(dice, ODD_NUMBERS)
}

/// A number up to about `most`, or a wrong one.
fn about(most: u64, dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => most.to_string(),
        1 => most.saturating_add(1).to_string(),
        2 => number(dice),
        3 if dice.one_in(2) => pick(dice, JUNK),
        4 => format!("{:#x}", dice.below(most.saturating_add(1))),
        _ => dice.below(most.saturating_add(1)).to_string(),
    }
}

fn on_off(dice: &mut Dice) -> String {
    match dice.below(12) {
        0 => pick(dice, &["o", "1", "0", "ON", "yes", "maybe", "of", ""]),
        n => (if n % 2 == 0 { "on" } else { "off" }).to_owned(),
    }
}

impl Class {
    /// Adds a value.
    pub(super) fn value(self, dice: &mut Dice, words: &mut Vec<String>) {
        let text = match self {
            Self::None => return,
            Self::OnOff => on_off(dice),
            Self::Number(most) => about(most, dice),
            Self::Mac => pick(dice, MACS),
            Self::Link => links(dice).to_owned(),
            Self::Master => pick(dice, &["br0", "br0", "x0", "va", "nope", ""]),
            Self::NewName => pick(
                dice,
                &[
                    "q0",
                    "q1",
                    "toolonginterfacename",
                    "a/b",
                    ".",
                    "",
                    "a b",
                    "q%d",
                    "va",
                    "é",
                    "123456789012345",
                ],
            ),
            Self::Index => pick(dice, &["500", "501", "0", "-5", "x", "1", "2147483647", ""]),
            Self::Netns => pick(dice, &["blue", "blue", "nope", "/run/netns/blue", "/nope", ""]),
            Self::Group => pick(dice, &["7", "0", "default", "foo", "-1", "4294967295", "0x5", "5x", ""]),
            Self::Text => pick(
                dice,
                &["plain", "two words", "", "quote\"s", "a\\b", "\t", "ünï", "type", LONGEST, TOO_LONG],
            ),
            Self::Among(list) => {
                if dice.one_in(8) {
                    pick(dice, JUNK)
                } else {
                    pick(dice, list)
                }
            }
            Self::Inet => return inet(dice, words),
            Self::Vf => return functions(dice, words),
            Self::Xdp => {
                let text = pick(
                    dice,
                    &[
                        "off",
                        "none",
                        "object /nope",
                        "pinned /nope",
                        "obj /nope section x",
                        "",
                        "fd 99",
                        "foo",
                    ],
                );
                return words.extend(text.split(' ').map(str::to_owned));
            }
            Self::Reason => {
                words.push(pick(dice, &["0", "7", "8", "31", "32", "foo", "-1"]));
                on_off(dice)
            }
            Self::Any => match dice.below(7) {
                0 => on_off(dice),
                1 => pick(dice, IP4),
                2 => pick(dice, IP6),
                3 => pick(dice, MACS),
                4 => pick(dice, JUNK),
                5 => links(dice).to_owned(),
                _ => about(300, dice),
            },
        };
        words.push(text);
    }
}

fn inet(dice: &mut Dice, words: &mut Vec<String>) {
    for _ in 0..1 + dice.below(2) {
        let switch = dice.one_in(2);
        words.push(if switch {
            pick(
                dice,
                &[
                    "forwarding",
                    "proxy_arp",
                    "accept_local",
                    "arp_filter",
                    "drop_gratuitous_arp",
                    "log_martians",
                    "route_localnet",
                ],
            )
        } else {
            pick(
                dice,
                &[
                    "rp_filter",
                    "arp_announce",
                    "arp_ignore",
                    "tag",
                    "medium_id",
                    "force_igmp_version",
                    "foo",
                    "",
                ],
            )
        });
        words.push(if switch { on_off(dice) } else { about(3, dice) });
    }
}

fn functions(dice: &mut Dice, words: &mut Vec<String>) {
    words.push(pick(dice, &["0", "1", "-1", "x", "300"]));
    for _ in 0..dice.below(3) {
        let text = pick(
            dice,
            &[
                "mac 02:00:00:00:00:09",
                "mac 02:00",
                "vlan 5",
                "vlan 5 qos 3",
                "vlan 5 qos 3 proto 802.1ad",
                "vlan 5000",
                "vlan 5 proto foo",
                "rate 100",
                "max_tx_rate 10",
                "min_tx_rate 5 max_tx_rate 9",
                "min_tx_rate 9 max_tx_rate 5",
                "spoofchk on",
                "spoofchk foo",
                "trust on",
                "query_rss off",
                "state auto",
                "state foo",
                "state e",
                "node_guid 00:11:22:33:44:55:66:77",
                "port_guid 1",
                "foo",
                "m 5",
                "vlan",
                "t on",
                "s off",
            ],
        );
        words.extend(text.split(' ').map(str::to_owned));
    }
}

/// A value for a field's word, by its type.
pub(super) fn typed(f: &FieldDef, dice: &mut Dice, words: &mut Vec<String>) {
    if dice.one_in(14) {
        return words.push(pick(dice, JUNK));
    }
    if dice.one_in(12) {
        return words.push(number(dice));
    }
    let text = match f.ty {
        Type::Switch | Type::OnOff | Type::Bit { .. } | Type::Header { .. } | Type::Flag => {
            if dice.one_in(2) { on_off(dice) } else { about(1, dice) }
        }
        Type::Uint(repr) | Type::Time(repr, _) => {
            let most = f.bounds.map_or(repr.max(), |(_, high)| high.min(repr.max()));
            if dice.one_in(3) { about(most, dice) } else { about(most.min(100), dice) }
        }
        Type::Words(_, list) => match dice.below(8) {
            0 => dice.below(list.len() as u64 + 2).to_string(),
            1 => {
                let word = dice.pick(list).map_or("", |w| w.0);
                word.chars().take(1 + dice.below(word.len() as u64) as usize).collect()
            }
            2 => dice.pick(list).map_or("", |w| w.0).to_uppercase(),
            _ => dice.pick(list).map_or("", |w| w.0).to_owned(),
        },
        Type::Tos => pick(dice, &["0", "inherit", "0x10", "10", "1", "ff", "100", "AF11"]),
        Type::S32 => pick(dice, &["0", "-1", "5", "100", "-5", "2147483647", "2147483648"]),
        Type::Str(max) => {
            if dice.one_in(6) {
                "z".repeat(max + 1)
            } else {
                pick(dice, &["text", "a b", "BATMAN_V", "BATMAN_IV", ""])
            }
        }
        Type::Mac => pick(dice, MACS),
        Type::Ip { .. } => {
            if dice.one_in(2) {
                pick(dice, IP4)
            } else {
                pick(dice, IP6)
            }
        }
        Type::Ip4 => {
            if dice.one_in(8) {
                pick(dice, IP6)
            } else {
                pick(dice, IP4)
            }
        }
        Type::Ip6 => {
            if dice.one_in(8) {
                pick(dice, IP4)
            } else {
                pick(dice, IP6)
            }
        }
        Type::Link => links(dice).to_owned(),
        Type::Ports => {
            let text = pick(dice, &["1000 2000", "2000 1000", "0 0", "1 65536", "5", "a b"]);
            return words.extend(text.split(' ').map(str::to_owned));
        }
        Type::Hops { .. } => pick(dice, &["0", "1", "64", "255", "256", "auto", "inherit", "inh"]),
        Type::Pairs { .. } => {
            let text =
                pick(dice, &["1:2", "1:2 3:4", "0:7 7:0", "1", "1:", ":2", "1:99999999999", "1:2:3", ""]);
            return words.extend(text.split(' ').map(str::to_owned));
        }
        Type::Ips { v6, .. } => {
            if dice.one_in(8) {
                return;
            }
            if v6 {
                pick(dice, &["2001:db8::1", "2001:db8::1,fd00::2", "::1,"])
            } else {
                pick(dice, &["10.0.0.1", "10.0.0.1,10.0.0.2", "10.0.0.1,", ",", "10.0.0.1,x"])
            }
        }
        Type::Macs { .. } => {
            let text = pick(
                dice,
                &[
                    "add 02:00:00:00:00:01",
                    "del 02:00:00:00:00:01",
                    "set 02:00:00:00:00:01 02:00:00:00:00:02",
                    "set",
                    "flush",
                    "foo",
                    "add",
                ],
            );
            return words.extend(text.split(' ').map(str::to_owned));
        }
        _ => {
            return Class::Any.value(dice, words);
        }
    };
    words.push(text);
}

/// The least that a link of the kind wants, so that many of the lines come to something.
pub(super) fn minimal(kind: &str) -> &'static str {
    super::super::script::LEAST.iter().find(|(k, _)| *k == kind).map_or("", |(_, words)| words)
}

/// Values for words that code of its own reads: the kind, the word, what may follow.
const OWN: &[(&str, &str, &[&str])] = &[
    ("vlan", "ingress-qos-map", &["1:2", "1:2 3:4", "0:7 7:0", "1", "x", ""]),
    ("vlan", "egress-qos-map", &["1:2", "1:2 3:4", "0:7 7:0", "1", "x", ""]),
    (
        "macvlan",
        "macaddr",
        &[
            "add 02:00:00:00:00:01",
            "del 02:00:00:00:00:01",
            "set 02:00:00:00:00:01 02:00:00:00:00:02",
            "set",
            "flush",
            "foo",
            "add",
        ],
    ),
    ("macvtap", "macaddr", &["add 02:00:00:00:00:01", "flush", "foo"]),
    ("macvlan", "flag", &["nopromisc", "nodst", "null", "foo", "n"]),
    ("vxlan", "port", &["1000 2000", "1 2", "5", "x y"]),
    ("vxlan", "srcport", &["1000 2000", "1 2", "5", "x y"]),
    ("gre", "encap", &["fou", "gue", "none", "foo"]),
    ("macsec", "sci", &["0200000000000001", "1", "zz", "0x5"]),
    ("macsec", "window", &["32", "0", "x"]),
];

/// What may follow such a word; `None` where its type or chance says it.
pub(super) fn own(kind: &str, word: &str) -> Option<&'static [&'static str]> {
    OWN.iter().find(|(k, w, _)| *k == kind && *w == word).map(|(_, _, values)| *values)
}
