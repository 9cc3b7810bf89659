//! Messages that no kernel here sends, shown by us and by the genuine programs: every form, every option, byte for byte.

use std::collections::BTreeMap;

use linkctl::kinds::link as base;
use linkctl::link::Seen;
use linkctl::link::numbers::{RTM_GETLINK, RTM_GETSTATS, RTM_NEWLINK};
use linkctl::link::show::{
    Form, Human, Names, Options, Paint, With, afstats, bridge, brief, json, text, xstats,
};
use linkctl::schema::arbitrary::Dice;
use linkctl::schema::out::Out;
use linkctl::wire::Writer;
use linkctl_conformance::Space;
use linkctl_conformance::chance::{
    Around, Message, around, header, link, name, named, neighbours, number, numbers, port, sometimes, stats,
};
use linkctl_conformance::feed::Feed;

/// Options and the words for them.
fn options(dice: &mut Dice, form: Form) -> (Options, Vec<&'static str>) {
    let mut words = Vec::new();
    let mut some = |dice: &mut Dice, word: &'static str, most: u64| {
        let many = if dice.one_in(2) { 0 } else { dice.below(most + 1) };
        (0..many).for_each(|_| words.push(word));
        many as u8
    };
    let details = some(dice, "-d", 2);
    let stats = some(dice, "-s", 2);
    let oneline = some(dice, "-o", 1) > 0;
    let numeric = some(dice, "-N", 1) > 0;
    let human = match some(dice, "-h", 1) {
        0 => Human::Exact,
        _ if some(dice, "-iec", 1) > 0 => Human::Binary,
        _ => Human::Decimal,
    };
    let paint = if some(dice, "-c=always", 1) > 0 { Paint::Dark } else { Paint::None };
    (Options { details, stats, oneline, numeric, human, paint, form, ..Options::default() }, words)
}

fn stream(messages: &[Message]) -> Vec<u8> {
    messages.iter().flat_map(|m| m.bytes.clone()).collect()
}

/// Fails the test with the place where two outputs part.
#[track_caller]
fn same(about: &str, ours: &str, theirs: &str) {
    if ours == theirs {
        return;
    }
    let at = ours.bytes().zip(theirs.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let bytes = text.as_bytes();
        String::from_utf8_lossy(&bytes[at.saturating_sub(160)..(at + 800).min(bytes.len())]).into_owned()
    };
    panic!("{about}, byte {at}:\n  ours:   {:?}\n  theirs: {:?}", around(ours), around(theirs));
}

/// A world and a feed in it.
fn with_feed(test: impl FnOnce(&Feed<'_>)) {
    let Some(space) = Space::new() else { return };
    if let Some(feed) = Feed::new(&space) {
        test(&feed);
    }
}

/// What is written of each message, one behind the other.
fn texts(messages: &[Message], options: Options, write: impl Fn(&Seen<'_>, Options, &mut String)) -> String {
    let mut out = String::new();
    for m in messages {
        let seen = Seen::new(m.payload()).expect("a link");
        write(&seen, Options { deleted: m.deleted, ..options }, &mut out);
    }
    out
}

/// The same in an array.
fn array(
    messages: &[Message],
    options: Options,
    pretty: bool,
    write: impl Fn(&Seen<'_>, Options, &mut Out),
) -> String {
    let mut out = Out::new(pretty);
    out.array();
    for m in messages {
        let seen = Seen::new(m.payload()).expect("a link");
        write(&seen, Options { deleted: m.deleted, ..options }, &mut out);
    }
    out.end_array();
    out.into_string() + "\n"
}

const ROUNDS: u64 = 120;
const LINKS: u32 = 20;

fn links(dice: &mut Dice) -> Vec<Message> {
    let mut out = neighbours(0);
    out.extend((0..LINKS).map(|i| link(100 + i, dice)));
    out
}

#[test]
fn events_are_shown_as_ip_monitor_shows_them() {
    with_feed(|feed| {
        let near = around();
        for seed in 0..ROUNDS {
            let mut dice = Dice::new(seed);
            let messages = links(&mut dice);
            let (options, words) = options(&mut dice, Form::Event);
            let words = words.join(" ");
            let ours = texts(&messages, options, |s, o, out| text::write(s, &near, o, None, out));
            let theirs = feed.monitor("ip", &words, &stream(&messages));
            same(&format!("seed {seed}: ip {words} monitor"), &ours, &theirs.out);
        }
    });
}

#[test]
fn links_are_shown_as_ip_link_shows_them() {
    with_feed(|feed| {
        let near = around();
        for seed in 0..ROUNDS {
            let mut dice = Dice::new(seed);
            let messages = links(&mut dice);
            let (options, words) = options(&mut dice, Form::Link);
            let words = words.join(" ");
            let ours = texts(&messages, options, |s, o, out| text::write(s, &near, o, None, out));
            let theirs = feed.dump("ip", &format!("{words} link show"), RTM_GETLINK, &stream(&messages));
            same(&format!("seed {seed}: ip {words} link show"), &ours, &theirs.out);
            for (word, pretty) in [("-j", false), ("-j -p", true)] {
                let ours = array(&messages, options, pretty, |s, o, out| json::write(s, &near, o, None, out));
                let words = format!("{word} {words} link show");
                let theirs = feed.dump("ip", &words, RTM_GETLINK, &stream(&messages));
                same(&format!("seed {seed}: ip {words}"), &ours, &theirs.out);
            }
        }
    });
}

#[test]
fn links_are_shown_briefly_as_ip_shows_them() {
    with_feed(|feed| {
        let near = around();
        for seed in 0..ROUNDS / 4 {
            let mut dice = Dice::new(seed);
            let messages = links(&mut dice);
            let (options, words) = options(&mut dice, Form::Link);
            let words = format!("-br {} link show", words.join(" "));
            let ours = texts(&messages, options, |s, o, out| brief::text(s, &near, o, out));
            let theirs = feed.dump("ip", &words, RTM_GETLINK, &stream(&messages));
            same(&format!("seed {seed}: ip {words}"), &ours, &theirs.out);
            let ours = array(&messages, options, false, |s, o, out| brief::json(s, &near, o, out));
            let theirs = feed.dump("ip", &format!("-j {words}"), RTM_GETLINK, &stream(&messages));
            same(&format!("seed {seed}: ip -j {words}"), &ours, &theirs.out);
        }
    });
}

/// The messages of `crates/kinds/tests/golden`, of all kinds, each with the links around it.
fn captures() -> Vec<(String, Around, Vec<Message>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/kinds/tests/golden");
    let files = std::fs::read_dir(folder).expect("the captures are in the repository");
    let paths = files.map(|f| f.expect("a folder can be read").path());
    paths.filter(|p| p.extension().is_some_and(|e| e == "hex")).map(|p| capture(&p)).collect()
}

fn capture(path: &std::path::Path) -> (String, Around, Vec<Message>) {
    let text = std::fs::read_to_string(path).expect("a capture is text");
    let (mut around, mut messages, mut bytes) =
        (Around([(1, (name("lo"), 8))].into()), Vec::new(), Vec::new());
    for line in text.lines() {
        if let Some(list) = line.strip_prefix("# links: ") {
            for (index, word) in list.split(' ').filter_map(|pair| pair.split_once('=')) {
                around.0.insert(index.parse().expect("an index"), (name(word), 0x1043));
            }
        } else if !line.starts_with('#') {
            let byte = |i: usize| u8::from_str_radix(&line[i..i + 2], 16).expect("hexadecimal");
            bytes.extend((0..line.len()).step_by(2).map(byte));
        }
    }
    let seen = Seen::new(&bytes[16..]).expect("a link");
    around.0.insert(seen.index, (seen.name().expect("it has a name"), seen.flags()));
    for (index, (name, flags)) in around.0.iter().filter(|(index, _)| **index != 1 && **index != seen.index) {
        let mut out = Writer::message(RTM_NEWLINK, 0, &header(0, 1, *index, *flags));
        out.put_str(base::NAME.0.attr, std::str::from_utf8(name.as_bytes()).expect("text"));
        messages.push(Message { bytes: out.finish().expect("short"), deleted: false });
    }
    messages.push(Message { bytes, deleted: false });
    (path.file_stem().expect("a name").to_string_lossy().into_owned(), around, messages)
}

#[test]
fn what_kernels_said_of_every_kind_is_shown_alike_with_every_option() {
    with_feed(|feed| {
        let captures = captures();
        assert!(captures.len() > 50, "only {} captures", captures.len());
        for (seed, (about, near, messages)) in captures.iter().enumerate() {
            let mut dice = Dice::new(seed as u64);
            let (options, mut words) = options(&mut dice, Form::Link);
            // With all that only kinds have.
            if options.details == 0 {
                words.push("-d");
            }
            if options.paint == Paint::None {
                words.push("-c=always");
            }
            let options = Options { details: options.details.max(1), paint: Paint::Dark, ..options };
            let words = words.join(" ");
            let fed = stream(messages);
            let ours = texts(messages, options, |s, o, out| text::write(s, near, o, None, out));
            let theirs = feed.dump("ip", &format!("{words} link show"), RTM_GETLINK, &fed);
            same(&format!("{about}: ip {words} link show"), &ours, &theirs.out);
            let ours = array(messages, options, false, |s, o, out| json::write(s, near, o, None, out));
            let theirs = feed.dump("ip", &format!("-j {words} link show"), RTM_GETLINK, &fed);
            same(&format!("{about}: ip -j {words} link show"), &ours, &theirs.out);
            let event = Options { form: Form::Event, ..options };
            let ours = texts(messages, event, |s, o, out| text::write(s, near, o, None, out));
            same(&format!("{about}: ip {words} monitor"), &ours, &feed.monitor("ip", &words, &fed).out);
        }
    });
}

#[test]
fn addresses_of_every_kind_are_resolved_where_ip_resolves_them() {
    let Some(space) = Space::new() else { return };
    let Some(feed) = Feed::new(&space) else { return };
    let hosts: BTreeMap<String, String> = (0..=255)
        .flat_map(|n| {
            [
                (format!("192.0.2.{n}"), format!("four{n}")),
                (format!("198.51.100.{n}"), format!("fourth{n}")),
                (format!("2001:db8::{n:x}"), format!("six{n}")),
                (format!("239.1.1.{n}"), format!("many{n}")),
                (format!("10.0.0.{n}"), format!("ten{n}")),
            ]
        })
        .collect();
    let lines: String = hosts.iter().map(|(address, name)| format!("{address} {name}\n")).collect();
    mount(&space.file("hosts", &lines), "/etc/hosts");
    let host = |a: &std::net::IpAddr| hosts.get(&a.to_string()).cloned();
    let names = Names::default();
    for (about, near, messages) in captures() {
        // There iproute2 takes a network for a host.
        if about.starts_with("sit_6rd") {
            continue;
        }
        let with = With { near: &near, names: &names, host: Some(&host), program: None };
        let options = Options { details: 1, ..Options::default() };
        let fed = stream(&messages);
        let ours = texts(&messages, options, |s, o, out| text::write(s, &with, o, None, out));
        let theirs = feed.dump("ip", "-d -r link show", RTM_GETLINK, &fed);
        same(&format!("{about}: ip -d -r link show"), &ours, &theirs.out);
        let ours = array(&messages, options, false, |s, o, out| json::write(s, &with, o, None, out));
        let theirs = feed.dump("ip", "-j -d -r link show", RTM_GETLINK, &fed);
        same(&format!("{about}: ip -j -d -r link show"), &ours, &theirs.out);
    }
}

#[test]
fn ports_are_shown_as_bridge_link_shows_them() {
    with_feed(|feed| {
        let near = around();
        for seed in 0..ROUNDS / 2 {
            let mut dice = Dice::new(seed);
            let mut messages = neighbours(7);
            messages.extend((0..LINKS).map(|i| port(100 + i, &mut dice)));
            let (options, words) = options(&mut dice, Form::Link);
            let words: Vec<_> = words.into_iter().filter(|w| !matches!(*w, "-N" | "-h" | "-iec")).collect();
            let words = words.join(" ");
            let ours = texts(&messages, options, |s, o, out| bridge::text(s, &near, o, out));
            let theirs = feed.dump("bridge", &format!("{words} link show"), RTM_GETLINK, &stream(&messages));
            same(&format!("seed {seed}: bridge {words} link show"), &ours, &theirs.out);
            // It learns no names from a file.
            let lonely = Around([(1, (name("lo"), 8))].into());
            let ours = texts(&messages, options, |s, o, out| bridge::text(s, &lonely, o, out));
            let theirs = feed.monitor("bridge", &words, &stream(&messages));
            same(&format!("seed {seed}: bridge {words} monitor"), &ours, &theirs.out);
            for (word, pretty) in [("-j", false), ("-j -p", true)] {
                let ours = array(&messages, options, pretty, |s, o, out| bridge::json(s, &near, o, out));
                let words = format!("{word} {words} link show");
                let theirs = feed.dump("bridge", &words, RTM_GETLINK, &stream(&messages));
                same(&format!("seed {seed}: bridge {words}"), &ours, &theirs.out);
            }
        }
    });
}

#[test]
fn counters_of_kinds_are_shown_as_ip_shows_them() {
    with_feed(|feed| {
        let near = around();
        let asked = [
            "bridge",
            "bridge igmp",
            "bridge mcast",
            "bridge stp",
            "bridge_slave",
            "bond",
            "bond lacp",
            "bond_slave 802.3ad",
        ];
        for seed in 0..ROUNDS / 4 {
            let mut dice = Dice::new(seed);
            let messages: Vec<Vec<u8>> = (0..6)
                .map(|_| {
                    let index = *dice.pick(&[1, 5000]).expect("some");
                    let slave = dice.one_in(2);
                    stats(index, |w| {
                        w.nest_plain(if slave { 3 } else { 2 }, |w| {
                            if !dice.one_in(4) {
                                w.nest_plain(1, |w| {
                                    // In either order; the counters of a VLAN, which nobody shows, between them.
                                    let (a, b) = (numbers(32, &mut dice), numbers(6, &mut dice));
                                    let mut parts = [(2, a), (1, vec![0; 40]), (4, b)];
                                    if dice.one_in(2) {
                                        parts.reverse();
                                    }
                                    parts
                                        .iter()
                                        .filter(|_| !dice.one_in(4))
                                        .for_each(|(attr, data)| w.put(*attr, data));
                                });
                            }
                            if !dice.one_in(4) {
                                w.nest_plain(2, |w| {
                                    w.nest_plain(1, |w| {
                                        for attr in 0..9 {
                                            sometimes(&mut dice, |d| w.put_u64(attr, number(d)));
                                        }
                                    });
                                });
                            }
                        });
                    })
                })
                .collect();
            let fed = messages.concat();
            for words in asked {
                let mut list = words.split(' ');
                let (kind, _) = xstats::Kind::find(list.next().expect("a word")).expect("a kind");
                let only = list.next().map(|w| kind.part(w).expect("a part"));
                let mut ours = String::new();
                messages.iter().for_each(|m| xstats::text(&m[16..], &near, kind, only, &mut ours));
                let theirs = feed.dump("ip", &format!("link xstats type {words}"), RTM_GETSTATS, &fed);
                same(&format!("seed {seed}: {words}"), &ours, &theirs.out);
                let mut ours = Out::new(true);
                ours.array();
                messages.iter().for_each(|m| xstats::json(&m[16..], &near, kind, only, &mut ours));
                ours.end_array();
                let theirs = feed.dump("ip", &format!("-j -p link xstats type {words}"), RTM_GETSTATS, &fed);
                same(&format!("seed {seed}: {words}, JSON"), &(ours.into_string() + "\n"), &theirs.out);
            }
        }
    });
}

#[test]
fn counters_of_families_are_shown_as_ip_shows_them() {
    with_feed(|feed| {
        let near = around();
        for seed in 0..ROUNDS / 4 {
            let mut dice = Dice::new(seed);
            let messages: Vec<Vec<u8>> = (0..6)
                .map(|_| {
                    let index = *dice.pick(&[1, 5000]).expect("some");
                    let none = dice.one_in(5);
                    stats(index, |w| {
                        if !none {
                            w.nest_plain(5, |w| {
                                if !dice.one_in(5) {
                                    w.nest_plain(28, |w| w.put(1, &numbers(9, &mut dice)));
                                }
                            });
                        }
                    })
                })
                .collect();
            let fed = messages.concat();
            let (options, words) = options(&mut dice, Form::Link);
            let words = words.join(" ");
            let mut ours = String::new();
            messages.iter().for_each(|m| afstats::text(&m[16..], &near, options, &mut ours));
            let theirs = feed.dump("ip", &format!("{words} link afstats"), RTM_GETSTATS, &fed);
            same(&format!("seed {seed}: ip {words} link afstats"), &ours, &theirs.out);
            // Theirs is no JSON: members without an object around them.
            let mut ours = Out::new(false);
            ours.array();
            messages.iter().for_each(|m| afstats::json(&m[16..], &near, &mut ours));
            ours.end_array();
            let ours = ours.into_string();
            serde_json::from_str::<serde_json::Value>(&ours).expect("ours is JSON");
            let theirs = feed.dump("ip", "-j link afstats", RTM_GETSTATS, &fed).out;
            let bare = |t: &str| {
                t.trim_end().replace("},{\"ifindex", ",\"ifindex").replace("[{", "[").replace("}]", "]")
            };
            same(&format!("seed {seed}: ip -j link afstats"), &bare(&ours), theirs.trim_end());
        }
    });
}

/// Puts a folder or file in the place of another, in this test's namespace.
fn mount(what: &std::path::Path, to: &str) {
    let done =
        std::process::Command::new("mount").arg("--bind").args([what.as_os_str(), to.as_ref()]).status();
    assert!(done.expect("mount starts").success(), "{to}");
}

#[test]
fn names_of_groups_and_reasons_and_hosts_are_those_of_the_files() {
    const GROUPS: &str = "# groups\n0 none\n\n5\tblue # a comment\n 0x7 red\n8 eight eight\n5 green\n";
    const REASONS: &str = "0 mlag\n3 evpn\n#4 off\n0x5 five\n";
    const HOSTS: &str = "192.0.2.1 there\n2001:db8::1 six\n";
    let Some(space) = Space::new() else { return };
    let Some(feed) = Feed::new(&space) else { return };
    let etc = space.file("etc", "").with_file_name("iproute2");
    std::fs::create_dir_all(etc.join("protodown_reasons.d")).expect("writable");
    std::fs::write(etc.join("group"), GROUPS).expect("writable");
    std::fs::write(etc.join("protodown_reasons.d/a.conf"), REASONS).expect("writable");
    if !std::path::Path::new("/etc/iproute2").is_dir() {
        return linkctl_conformance::skip("no /etc/iproute2 to put a folder in the place of");
    }
    mount(&etc, "/etc/iproute2");
    mount(&space.file("hosts", HOSTS), "/etc/hosts");

    let mut names = Names::default();
    names.groups.read(GROUPS).expect("lines");
    names.reasons.read(REASONS).expect("lines");
    let near = around();
    let host = |a: &std::net::IpAddr| match a.to_string().as_str() {
        "192.0.2.1" => Some("there".to_owned()),
        "2001:db8::1" => Some("six".to_owned()),
        _ => None,
    };
    let with = With { near: &near, names: &names, host: None, program: None };
    let resolving = With { host: Some(&host), ..with };
    let mut dice = Dice::new(1);
    let messages: Vec<Message> = (0..40).map(|_| named(&mut dice)).collect();
    for (words, numeric, paint, near) in [
        ("-d", false, Paint::None, &with),
        ("-d -N", true, Paint::None, &with),
        ("-d -r", false, Paint::None, &resolving),
        ("-d -r -c=always", false, Paint::Dark, &resolving),
        ("-d -r -N", true, Paint::None, &resolving),
    ] {
        let options = Options { details: 1, numeric, paint, ..Options::default() };
        let event = Options { form: Form::Event, ..options };
        let ours = texts(&messages, event, |s, o, out| text::write(s, near, o, None, out));
        same(words, &ours, &feed.monitor("ip", words, &stream(&messages)).out);
        let ours = array(&messages, options, false, |s, o, out| json::write(s, near, o, None, out));
        let words = format!("-j {words} link show");
        same(&words, &ours, &feed.dump("ip", &words, RTM_GETLINK, &stream(&messages)).out);
    }
    assert!(
        texts(&messages, Options::default(), |s, o, out| text::write(s, &with, o, None, out))
            .contains("<mlag,")
    );
}
