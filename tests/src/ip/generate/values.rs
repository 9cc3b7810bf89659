//! Values for words: in nice lines right ones, else often at a bound, or nonsense.

use linkctl::schema::arbitrary::Dice;
use linkctl::schema::{FieldDef, Type};

/// Chance, and the mood of the line that is drawn.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    pub(super) dice: Dice,
    /// Only right values; most lines should come to something.
    pub(super) nice: bool,
}

/// What follows a word that no table describes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Class {
    None,
    OnOff,
    Number(u64),
    Link,
    Master,
    Vrf,
    NewName,
    Index,
    Netns,
    Group,
    Alias,
    Among(&'static [&'static str]),
    Inet,
    Vf,
    Xdp,
    Reason,
    Any,
}

/// Numbers at which mistakes are made.
#[rustfmt::skip]
const ODD_NUMBERS: &[&str] = &[
    "0", "1", "-1", "2", "255", "256", "65535", "65536", "16777215", "16777216", "2147483647", "2147483648", "4294967295",
    "4294967296", "18446744073709551615", "99999999999999999999", "0x10", "010", "0x", "1x", "08", "+5", "1.5", "0xffffffff",
    "-2147483648", "", " 7", "-0",
];
#[rustfmt::skip]
const JUNK: &[&str] =
    &["zz", "maybe", "on", "off", "none", "nope", "inherit", "auto", "::1", "1.2.3.4", "help", "dev", "up", "a,b", "ON", ""];
const MACS: &[&str] = &["02:00:00:00:00:aa", "02:00:00:00:00:bb", "2:0:0:0:0:cc", "02:00:00:00:00:Dd"];
#[rustfmt::skip]
const BAD_MACS: &[&str] = &[
    "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "02:00", "zz", "02:00:00:00:00:1ff", "10.0.0.1",
    "02:00:00:00:00:00:00:01", "02-00-00-00-00-01", "02:00:00:00:00:", "", ":", "02:00:00:00:00:0g",
];
const IP4: &[&str] = &["10.0.0.1", "192.0.2.1", "198.51.100.7"];
#[rustfmt::skip]
const BAD_IP4: &[&str] = &[
    "239.1.1.1", "0.0.0.0", "any", "255.255.255.255", "127.0.0.1", "default", "10.1", "300.1.1.1", "::1", "all", "10.0.0.1/8", "",
];
const IP6: &[&str] = &["2001:db8::1", "fd00::2", "2001:DB8::3"];
const BAD_IP6: &[&str] = &[
    "ff02::5",
    "::",
    "::ffff:10.0.0.1",
    "any",
    "2001:db8::1/64",
    "::g",
    "10.0.0.1",
    "",
    "default",
    "fe80::1",
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

impl Draw {
    /// One of some.
    pub(super) fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        self.dice.pick(of).copied().unwrap_or_default()
    }

    fn owned(&mut self, of: &[&str]) -> String {
        self.one(of).to_owned()
    }

    /// One of the right ones, or in a line that is not nice often one of the others.
    fn mixed(&mut self, good: &[&str], bad: &[&str]) -> String {
        let wrong = !self.nice && self.dice.one_in(2);
        self.owned(if wrong { bad } else { good })
    }

    /// A link that may be there.
    pub(super) fn link(&mut self) -> &'static str {
        let known = ["x0", "x0", "va", "va", "va", "vb", "br0", "p0", "p0"];
        let all = ["x0", "va", "lo", "nope", "if2", "", "n2", "X0"];
        if !self.nice && self.dice.one_in(2) { self.one(&all) } else { self.one(&known) }
    }

    /// A number at a bound, or none at all.
    pub(super) fn odd_number(&mut self) -> String {
        self.owned(ODD_NUMBERS)
    }

    /// A number up to `most`; in a line that is not nice perhaps a wrong one.
    fn about(&mut self, most: u64) -> String {
        let small = self.dice.below(most.saturating_add(1).min(120));
        match self.dice.below(if self.nice { 5 } else { 10 }) {
            0 => most.to_string(),
            1 => format!("{small:#x}"),
            2 => self.dice.below(most.saturating_add(1)).to_string(),
            3 | 4 => small.to_string(),
            5 => most.saturating_add(1).to_string(),
            6 => self.owned(JUNK),
            _ => self.odd_number(),
        }
    }

    fn on_off(&mut self) -> String {
        self.mixed(&["on", "off"], &["o", "1", "0", "ON", "yes", "maybe", "of", ""])
    }

    fn spread(&mut self, of: &[&str], words: &mut Vec<String>) {
        let text = self.one(of);
        words.extend(text.split(' ').filter(|w| !w.is_empty()).map(str::to_owned));
    }

    /// Adds a value.
    pub(super) fn value(&mut self, class: Class, words: &mut Vec<String>) {
        let text = match class {
            Class::None => return,
            Class::OnOff => self.on_off(),
            Class::Number(most) => self.about(most),
            Class::Link => self.link().to_owned(),
            Class::Master => self.mixed(&["br0"], &["x0", "va", "nope", "", "lo"]),
            Class::Vrf => self.mixed(&["x0"], &["br0", "nope", ""]),
            Class::NewName => self.mixed(
                &["q0", "q1", "123456789012345", "q%d", "a%d", "é"],
                &["toolonginterfacename", "a/b", ".", "..", "", "a b", "va", "x:y", "1234567890123456"],
            ),
            Class::Index => self.mixed(&["500", "501", "0x300"], &["0", "-5", "x", "1", "2147483647", ""]),
            Class::Netns => self.mixed(&["blue", "/run/netns/blue"], &["nope", "/nope", ""]),
            Class::Group => self.mixed(&["7", "default", "0", "0x5"], &["foo", "-1", "4294967295", "5x", ""]),
            Class::Alias => self.mixed(
                &["plain", "two words", "", "quote\"s", "a\\b", "ünï", LONGEST],
                &[TOO_LONG, "\t", "type"],
            ),
            Class::Among(list) => self.mixed(list, JUNK),
            Class::Inet => return self.inet(words),
            Class::Vf => return self.functions(words),
            Class::Xdp => {
                let good = ["off", "none"];
                let bad = ["object /nope", "pinned /nope", "obj /nope section x", "", "foo", "pinned"];
                let wrong = !self.nice && self.dice.one_in(2);
                return if wrong { self.spread(&bad, words) } else { self.spread(&good, words) };
            }
            Class::Reason => {
                words.push(self.mixed(&["0", "7", "8", "31"], &["32", "foo", "-1", ""]));
                self.on_off()
            }
            Class::Any => match self.dice.below(7) {
                0 => self.on_off(),
                1 => self.mixed(IP4, BAD_IP4),
                2 => self.mixed(IP6, BAD_IP6),
                3 => self.mixed(MACS, BAD_MACS),
                4 => self.owned(JUNK),
                5 => self.link().to_owned(),
                _ => self.about(300),
            },
        };
        words.push(text);
    }

    #[rustfmt::skip]
    fn inet(&mut self, words: &mut Vec<String>) {
        for _ in 0..1 + self.dice.below(2) {
            if self.dice.one_in(2) {
                words.push(self.owned(&[
                    "forwarding", "proxy_arp", "accept_local", "arp_filter", "drop_gratuitous_arp", "log_martians", "route_localnet",
                    "accept_redirects", "secure_redirects", "send_redirects", "shared_media", "accept_source_route", "bootp_relay",
                    "disable_xfrm", "disable_policy", "promote_secondaries", "arp_notify", "src_vmark", "proxy_arp_pvlan", "bc_forwarding",
                    "ignore_routes_with_linkdown", "drop_unicast_in_l2_multicast", "arp_evict_nocarrier",
                ]));
                words.push(self.on_off());
            } else {
                words.push(self.mixed(
                    &["rp_filter", "arp_announce", "arp_ignore", "tag", "medium_id", "force_igmp_version", "arp_accept",
                      "igmpv2_unsolicited_report_interval", "igmpv3_unsolicited_report_interval"],
                    &["foo", "", "rp_f"],
                ));
                words.push(self.about(2));
            }
        }
    }

    #[rustfmt::skip]
    fn functions(&mut self, words: &mut Vec<String>) {
        words.push(self.mixed(&["0", "1"], &["-1", "x", "300", ""]));
        for _ in 0..self.dice.below(3) {
            self.spread(
                &["mac 02:00:00:00:00:09", "mac 02:00", "vlan 5", "vlan 5 qos 3", "vlan 5 qos 3 proto 802.1ad", "vlan 5000", "vlan 5 proto foo",
                  "rate 100", "max_tx_rate 10", "min_tx_rate 5 max_tx_rate 9", "min_tx_rate 9 max_tx_rate 5", "spoofchk on", "spoofchk foo",
                  "trust on", "query_rss off", "state auto", "state foo", "state e", "node_guid 00:11:22:33:44:55:66:77", "port_guid 1",
                  "port_guid 00:11:22:33:44:55:66:77", "foo", "m 5", "vlan", "t on", "s off", "vlan 5 proto 802.1Q vlan 6", "state disable",
                  "vlan 5 proto 802.1ad vlan 7 qos 1 proto 802.1Q"],
                words,
            );
        }
    }

    /// A value for a field's word, by its type.
    pub(super) fn typed(&mut self, f: &FieldDef, words: &mut Vec<String>) {
        if !self.nice && self.dice.one_in(4) {
            let text = if self.dice.one_in(2) { self.owned(JUNK) } else { self.odd_number() };
            return words.push(text);
        }
        let text = match f.ty {
            Type::Switch | Type::OnOff | Type::Bit { .. } | Type::Header { .. } | Type::Flag => {
                if self.dice.one_in(3) { self.about(1) } else { self.on_off() }
            }
            Type::Uint(repr) | Type::Time(repr, _) => {
                self.about(f.bounds.map_or(repr.max(), |(_, high)| high.min(repr.max())))
            }
            Type::Words(_, list) => self.word(list),
            Type::Tos => self.mixed(&["0", "inherit", "0x10", "10", "ff"], &["1", "100", "AF11", "inh"]),
            Type::S32 => self.mixed(&["0", "-1", "5", "100"], &["-5", "2147483647", "2147483648", "x"]),
            Type::Str(max) => {
                if !self.nice && self.dice.one_in(2) {
                    "z".repeat(max + 1)
                } else {
                    self.owned(&["text", "BATMAN_V", "BATMAN_IV"])
                }
            }
            Type::Mac => self.mixed(MACS, BAD_MACS),
            Type::Ip { .. } if self.dice.one_in(2) => self.mixed(IP6, BAD_IP6),
            Type::Ip { .. } | Type::Ip4 => self.mixed(IP4, BAD_IP4),
            Type::Ip6 => self.mixed(IP6, BAD_IP6),
            Type::Link => self.link().to_owned(),
            Type::Ports => return self.spread(&["1000 2000", "0 0", "1 65535"], words),
            Type::Hops { .. } => {
                self.mixed(&["1", "64", "255", "auto", "inherit"], &["0", "256", "inh", "-1"])
            }
            Type::Pairs { .. } => return self.spread(&["1:2", "1:2 3:4", "0:7 7:0"], words),
            Type::Ips { v6: true, .. } => {
                self.mixed(&["2001:db8::1", "2001:db8::1,fd00::2"], &["::1,", "10.0.0.1"])
            }
            Type::Ips { .. } => {
                self.mixed(&["10.0.0.1", "10.0.0.1,10.0.0.2"], &["10.0.0.1,", ",", "10.0.0.1,x"])
            }
            Type::Macs { .. } => return self.spread(MACADDR, words),
            _ => return self.value(Class::Any, words),
        };
        words.push(text);
    }

    fn word(&mut self, list: &[(&'static str, u64)]) -> String {
        let word = self.dice.pick(list).map_or("", |w| w.0);
        match self.dice.below(if self.nice { 20 } else { 5 }) {
            0 => self.dice.below(list.len() as u64 + 2).to_string(),
            1 => word.chars().take(1 + self.dice.below(word.len() as u64) as usize).collect(),
            2 => word.to_uppercase(),
            _ => word.to_owned(),
        }
    }

    /// A value for a word that code of its own reads; `false` where nothing is known of it.
    pub(super) fn own(&mut self, kind: &str, word: &str, words: &mut Vec<String>) -> bool {
        let known = OWN.iter().find(|(kinds, names, ..)| {
            (kinds.is_empty() || kinds.split(' ').any(|k| k == kind)) && names.split(' ').any(|n| n == word)
        });
        let Some((_, _, good, bad)) = known else { return false };
        let wrong = !self.nice && self.dice.one_in(2) && !bad.is_empty();
        self.spread(if wrong { bad } else { good }, words);
        true
    }
}

const MACADDR: &[&str] = &[
    "add 02:00:00:00:00:01",
    "del 02:00:00:00:00:01",
    "set 02:00:00:00:00:01 02:00:00:00:00:02",
    "set",
    "flush",
];

/// A row of values: kinds, words, what is right, what is wrong.
type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// Values for words that code of its own reads.
#[rustfmt::skip]
const OWN: &[Row] = &[
    ("vlan", "ingress-qos-map egress-qos-map", &["1:2", "1:2 3:4", "0:7 7:0", "1:4294967295"], &["1", "x", "", "1:", ":2", "1:2:3", "1:99999999999"]),
    ("vlan bridge", "protocol vlan_protocol", &["802.1q", "802.1Q", "802.1ad", "0x8100"], &["802.1", "ip", "0x88", "foo", "33024"]),
    ("macvlan macvtap", "macaddr", MACADDR, &["foo", "add", "add zz", "del", "set zz", "se 02:00:00:00:00:01"]),
    ("macvlan macvtap", "flag", &["nopromisc", "nodst", "null"], &["foo", "n", ""]),
    ("macvlan macvtap", "mode", &["private", "vepa", "bridge", "passthru", "source"], &["foo", "pri", "0", ""]),
    ("vxlan", "port srcport", &["1000 2000", "1 2"], &["5", "x y", "2000 1000", "1 65536"]),
    ("", "ttl hoplimit hlim", &["1", "64", "255", "inherit"], &["0", "256", "auto", "x", "-1", ""]),
    ("", "tos tclass dsfield tc", &["0", "inherit", "0x10", "10"], &["1", "100", "AF11", "inh", ""]),
    ("", "key ikey okey", &["5", "10.0.0.1", "4294967295", "0x10"], &["x", "-1", "4294967296", "1.2.3", ""]),
    ("", "encap", &["fou", "gue", "none"], &["foo", "f", ""]),
    ("", "encap-sport encap-dport", &["auto", "5555", "1"], &["65536", "x", "0", ""]),
    ("", "encaplimit", &["none", "4", "255"], &["256", "x", "-1"]),
    ("", "flowlabel fl label", &["inherit", "0x12345", "5"], &["0x100000", "x", "-1"]),
    ("", "fwmark", &["5", "0x10"], &["inherit", "x", "-1"]),
    ("", "dscp", &["inherit"], &["x", ""]),
    ("", "df", &["unset", "set", "inherit"], &["s", "x", ""]),
    ("", "6rd-prefix", &["2001:db8::/32"], &["10.0.0.0/8", "x", ""]),
    ("", "6rd-relay_prefix", &["10.0.0.0/8"], &["2001:db8::/32", "x"]),
    ("", "erspan_dir", &["ingress", "egress", "i"], &["x", ""]),
    ("ipip sit ip6tnl", "mode", &["any", "ipip", "ip6ip6", "ip6ip"], &["x", "", "a"]),
    ("ipvlan ipvtap", "mode", &["l2", "l3", "l3s"], &["l", "x", ""]),
    ("macsec", "sci", &["0200000000000001", "1"], &["zz", "0x5", ""]),
    ("macsec", "cipher", &["default", "gcm-aes-128", "gcm-aes-256", "GCM-AES-128"], &["foo", "gcm", ""]),
    ("can", "tdc-mode xtdc-mode", &["auto", "manual", "off"], &["on", ""]),
    ("", "local remote group", &["10.0.0.1", "2001:db8::1"], &["any", "x", "", "0.0.0.0"]),
    ("", "dev link slave1 slave2 interlink", &["va", "vb", "p0"], &["nope", "", "if2"]),
];
