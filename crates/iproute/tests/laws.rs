//! Laws of the grammar, over every word of the book and over lines by chance.

use linkctl_iproute::{Command, Context, Mood, World, bridge, link, monitor, object, usage};
use linkctl_kinds::{KINDS, link as base};
use linkctl_schema::Kind;
use linkctl_schema::arbitrary::Dice;
use linkctl_schema::iproute::{Takes, Word};
use linkctl_wire::Attrs;

/// Every link is there, with index 7, but for one called `nope`; nothing is known of any.
struct Seven {
    warned: String,
}

impl World for Seven {
    fn index(&mut self, name: &[u8]) -> Option<u32> {
        (name != b"nope" && !name.is_empty()).then_some(7)
    }
    fn index_in(&mut self, name: &[u8], _: i32, _: Option<i32>) -> Result<u32, String> {
        self.index(name).ok_or_else(String::new)
    }
    fn link(&mut self, _: u32) -> Option<Vec<u8>> {
        None
    }
    fn group(&mut self, name: &str) -> Option<u32> {
        (name == "default").then_some(0)
    }
    fn reason(&mut self, _: &str) -> Option<u32> {
        None
    }
    fn table(&mut self, name: &str) -> Option<u32> {
        (name == "main").then_some(254)
    }
    fn dsfield(&mut self, _: &str) -> Option<u8> {
        None
    }
    fn netns(&mut self, word: &[u8]) -> Option<i32> {
        (word != b"nope").then_some(9)
    }
    fn nsid(&mut self, word: &[u8], _: Option<i32>) -> Option<i32> {
        (word != b"nope").then_some(3)
    }
    fn program(&mut self, _: &[u8]) -> Result<i32, String> {
        Err("no program".into())
    }
    fn warn(&mut self, text: &str) {
        self.warned.push_str(text);
    }
}

fn split(line: &str) -> Vec<Vec<u8>> {
    line.split_whitespace().map(|w| w.as_bytes().to_vec()).collect()
}

fn book() -> Vec<&'static Kind> {
    KINDS.iter().flat_map(|k| std::iter::once(*k).chain(k.ports)).collect()
}

/// The row that a word means.
fn meant(words: &'static [Word], typed: &str) -> Option<&'static Word> {
    words.iter().find(|row| row.is(typed))
}

#[test]
fn a_word_that_is_spelt_out_means_its_own_row() {
    let tables =
        std::iter::once(("link", base::IPROUTE)).chain(book().into_iter().map(|k| (k.name, k.iproute.words)));
    for (name, words) in tables {
        for row in words {
            for (spelt, _) in row.spellings() {
                let found = meant(words, spelt).unwrap_or_else(|| panic!("{name}: {spelt} is not found"));
                let same = std::ptr::eq(found, row) || found.field == row.field && found.takes == row.takes;
                assert!(same, "{name}: {spelt} means {}", found.spelt);
            }
            assert!(row.spellings().next().is_some(), "{name}: a row without a word: {:?}", row.spelt);
        }
    }
}

#[test]
fn usage_names_every_word_of_every_kind() {
    for kind in book() {
        let text = usage::kind(kind);
        for (word, _) in kind.iproute.words.iter().flat_map(Word::spellings) {
            assert!(text.contains(word), "{}: {word}", kind.name);
        }
    }
    for (word, _) in base::IPROUTE.iter().filter_map(|row| row.spellings().next()) {
        assert!(usage::link().contains(word), "{word}");
    }
}

#[test]
fn what_is_sent_is_whole_attributes() {
    for line in [
        "add x type bridge forward_delay 400 stp_mode kernel mcast_vlan_snooping 1",
        "set x mtu 1400 up promisc on alias some group 5 addrgenmode none inet forwarding on rp_filter 2",
        "set x vf 1 mac 2:0:0:0:0:1 vlan 5 qos 3 proto 802.1ad rate 100 spoofchk on state auto trust off",
        "add x type veth peer name y mtu 1300 up",
        "add link y name x type vlan id 5 protocol 802.1ad egress-qos-map 1:2 3:4 gvrp on",
        "property add x altname a altname b",
        "del x type bridge",
    ] {
        let mut world = Seven { warned: String::new() };
        let command = link(&split(line), &mut Context { world: &mut world, mood: Mood::default() });
        let Ok(Command::Change(request)) = command else { panic!("{line}: {command:?}") };
        assert!(Attrs::new(&request.attrs).all(|a| a.is_ok()), "{line}");
        assert!(request.message().is_ok() && !request.attrs.is_empty(), "{line}");
    }
}

/// Something for a word: mostly what fits somewhere.
fn any_word(dice: &mut Dice, rows: &[&'static Word]) -> String {
    const WORDS: &[&str] = &[
        "on",
        "off",
        "1",
        "0",
        "300",
        "70000",
        "99999999999",
        "-1",
        "0x10",
        "x",
        "nope",
        "v0",
        "10.0.0.1",
        "::1",
        "239.0.0.1",
        "2:0:0:0:0:1",
        "inherit",
        "auto",
        "none",
        "add",
        "set",
        "dev",
        "name",
        "type",
        "help",
        "peer",
        "main",
        "",
        "a:b",
        "1:2",
        "\u{1b}[31m",
        "any",
        "unlimited",
        "1.5",
        "default",
        "all",
    ];
    match dice.below(10) {
        0..5 if !rows.is_empty() => {
            let row = rows[dice.below(rows.len() as u64) as usize];
            let (word, short) = row.spellings().next().unwrap_or(("x", false));
            let end =
                if short && dice.one_in(4) { 1 + dice.below(word.len() as u64) as usize } else { word.len() };
            word.get(..end).unwrap_or(word).to_owned()
        }
        _ => WORDS[dice.below(WORDS.len() as u64) as usize].to_owned(),
    }
}

#[test]
fn no_line_makes_it_panic_and_every_end_has_a_status() {
    let kinds = book();
    let common: Vec<&'static Word> = base::IPROUTE.iter().collect();
    for seed in 0..60_000 {
        let dice = &mut Dice::new(seed);
        let kind = kinds[dice.below(kinds.len() as u64) as usize];
        let rows: Vec<&'static Word> = kind.iproute.words.iter().collect();
        let verb = ["add", "set", "del", "replace", "show", "property", "xstats", "afstats", "help", "c", ""]
            [dice.below(11) as usize];
        let mut words: Vec<String> = vec![verb.into()];
        words.extend((0..dice.below(6)).map(|_| any_word(dice, &common)));
        if dice.one_in(2) {
            words.extend(["type".into(), usage::called(kind)]);
            words.extend((0..dice.below(10)).map(|_| any_word(dice, &rows)));
        }
        let bytes: Vec<Vec<u8>> = words.iter().map(|w| w.as_bytes().to_vec()).collect();
        let mut world = Seven { warned: String::new() };
        let mood =
            Mood { family: [0, 2, 10][dice.below(3) as usize], force: dice.one_in(2), many: dice.one_in(2) };
        let cx = &mut Context { world: &mut world, mood };
        let stop = match link(&bytes, cx) {
            Err(stop) => stop,
            Ok(Command::Change(request)) => {
                assert!(Attrs::new(&request.attrs).all(|a| a.is_ok()), "seed {seed}: {words:?}");
                continue;
            }
            Ok(_) => continue,
        };
        let known = matches!(stop.status, 0 | 1 | 2 | 22 | 255);
        assert!(known, "seed {seed}: {words:?}: {stop:?}");
        assert!(!stop.err.contains('\u{1b}'), "seed {seed}: {:?}", stop.err);
        let _ = bridge::link(&bytes, cx).is_ok();
        let _ = monitor::ip(&bytes, cx).is_ok();
        let _ = object::ip(&bytes[0]);
    }
}

#[test]
fn words_with_a_value_want_one() {
    for kind in book() {
        for row in kind.iproute.words.iter().filter(|r| r.takes == Takes::Value) {
            let field = kind.fields.list().iter().find(|f| f.name == row.field);
            // A list may be empty.
            if field.is_some_and(|f| {
                matches!(f.ty, linkctl_schema::Type::Ips { .. } | linkctl_schema::Type::Pairs { .. })
            }) {
                continue;
            }
            let (word, _) = row.spellings().next().expect("a word");
            let line = format!("set x type {} {word}", usage::called(kind));
            let mut world = Seven { warned: String::new() };
            let stop = link(&split(&line), &mut Context { world: &mut world, mood: Mood::default() });
            let stop = stop.err().unwrap_or_else(|| panic!("{line}: taken"));
            assert!(
                stop.err.starts_with("Command line is not complete") || stop.err.contains("tunnel info"),
                "{line}: {stop:?}"
            );
        }
    }
}
