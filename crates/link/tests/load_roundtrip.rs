//! What is written is read back: for any goal, of any kind, with any names.

use std::path::Path;

use linkctl_kinds::nic::{BLOCKS, ethtool, vf};
use linkctl_kinds::{KINDS, link as base};
use linkctl_link::goal::Match;
use linkctl_link::load::{load, restore};
use linkctl_link::{Functions, Goal, Key, Link, Netns, Nic, Want, save};
use linkctl_schema::arbitrary::{self, Dice};
use linkctl_schema::{FieldDef, Fields, Hops, Mac, Name, Record, Type, Value};

/// Bytes that a kernel takes in a name, dangerous ones among them; none that it refuses (`dev_valid_name`).
fn odd_name(dice: &mut Dice) -> Name {
    const POOL: &[&[u8]] = &[
        b"a",
        b"7",
        b"-",
        b"'",
        b"\"",
        b"#",
        b"{",
        b"}",
        b"[",
        b",",
        b"&",
        b"*",
        b"!",
        b"|",
        b">",
        b"%",
        b"@",
        b"`",
        b"\\",
        b"\\x41",
        b"\x1b",
        b"\x7f",
        b"\xff",
        b"\xc2\x9b",
        b"null",
        b"on",
        b"~",
        b"?",
        b"\xe2\x80\xae",
        b"=",
        b"<<",
        b".",
    ];
    let len = 1 + dice.below(6);
    let bytes: Vec<u8> =
        (0..len).flat_map(|_| dice.pick(POOL).copied().unwrap_or_default()).copied().collect();
    let bytes = &bytes[..bytes.len().min(15)];
    match bytes {
        b"." | b".." => Name::from_kernel(b"dots"),
        _ => Name::from_kernel(bytes),
    }
    .expect("at most 15 bytes")
}

fn name(dice: &mut Dice) -> Name {
    if dice.one_in(3) { odd_name(dice) } else { Name::new(&format!("l{}", dice.below(30))).expect("a name") }
}

fn netns(dice: &mut Dice) -> Netns {
    const NAMES: &[&str] = &["blue", "a b", "it's", "x: y", "# no", "\u{202e}", "on", "\\x00", "ü"];
    if dice.one_in(2) {
        Netns::HERE
    } else {
        dice.pick(NAMES).and_then(|n| Netns::named(n)).expect("a namespace")
    }
}

fn hostile_text(dice: &mut Dice) -> Vec<u8> {
    const POOL: &[&[u8]] = &[
        b"\n",
        b"\r",
        b"\t",
        b"'",
        b"\"",
        b": ",
        b" #",
        b"\\",
        b"\\x0a",
        b"\x1b[",
        b"\xff",
        b"---\n",
        b"x",
        b" ",
        b"}]",
        "€".as_bytes(),
    ];
    (0..dice.below(9)).flat_map(|_| dice.pick(POOL).copied().unwrap_or_default()).copied().collect()
}

/// Any values of the table's types: what a kernel may say, in bounds or not.
fn record(fields: &'static Fields, names: &[Name], dice: &mut Dice) -> Record {
    let mut out = arbitrary::record(fields, names, dice);
    for f in fields.list().iter().filter(|f| f.is_state()) {
        if !dice.one_in(6) {
            continue;
        }
        let wild = match f.ty {
            Type::Str(max) => Some(Value::text(hostile_text(dice).into_iter().take(max).collect::<Vec<_>>())),
            Type::Strs { .. } => {
                Some(Value::List((0..dice.below(3)).map(|_| Value::text(hostile_text(dice))).collect()))
            }
            Type::Uint(repr) | Type::Time(repr, _) => {
                Some(Value::Num(dice.roll() >> dice.below(64) & repr.max()))
            }
            Type::Words(_, list) => {
                Some(200 + dice.below(50)).filter(|n| list.iter().all(|(_, v)| v != n)).map(Value::Num)
            }
            Type::Link => Some(Value::Link(Name::NONE)),
            Type::Mac => Mac::new(&[2, 0, 0, 7][..dice.below(5) as usize]).map(Value::Mac),
            Type::Pairs { .. } => Some(Value::Pairs(Vec::new())),
            Type::Ips { .. } | Type::Macs { .. } => Some(Value::List(Vec::new())),
            Type::Hops { .. } => Some(Value::Hops(Hops::Auto)),
            Type::S32 => Some(Value::Int(i64::from(dice.roll() as i32)))
                .filter(|v| f.bounds.is_none() || *v == Value::Int(-1)),
            _ => None,
        };
        wild.into_iter().for_each(|v| out.put(f, v));
    }
    out
}

fn link(key: &Key, names: &[Name], dice: &mut Dice) -> Link {
    let kind = if dice.one_in(4) { None } else { dice.pick(KINDS).copied() };
    let mut link = Link::new(kind);
    if kind.is_none() && dice.one_in(2) {
        link.foreign = Some(b"odd'kind\xff".to_vec().into());
    }
    link.base = record(&base::FIELDS, names, dice);
    link.base.take(&base::LINK.0);
    let other = Key::new(
        if dice.one_in(2) { key.netns.clone() } else { netns(dice) },
        *dice.pick(names).expect("names"),
    );
    match dice.below(3) {
        0 => {
            if other.netns == key.netns {
                link.base.set(base::LINK, other.name);
            }
            link.lower = Some(other);
        }
        1 => link.base.set(base::LINK, Name::NONE),
        _ => {}
    }
    if let Some(kind) = kind {
        link.data = record(kind.fields, names, dice);
        link.peer = (kind.pair.is_some() && dice.one_in(2))
            .then(|| Key::new(netns(dice), *dice.pick(names).expect("names")));
    }
    let ports: Vec<_> = KINDS.iter().filter_map(|k| k.ports).collect();
    if dice.one_in(2) {
        link.port = dice.pick(&ports).map(|p| record(p.fields, names, dice));
    }
    if dice.one_in(12) {
        link.nic = nic(dice);
    }
    link
}

/// What is beside the message: never nothing that is said.
fn nic(dice: &mut Dice) -> Option<Box<Nic>> {
    let settable = |r: Record| Some(r.only(FieldDef::is_state)).filter(|r| !r.is_empty());
    let mut functions =
        Functions { count: dice.one_in(2).then(|| dice.below(9) as u32), ..Functions::default() };
    for _ in 0..dice.below(3) {
        let of_one = record(&vf::FIELDS, &[], dice).only(FieldDef::is_state);
        functions.each.insert(dice.below(300) as u32, of_one);
    }
    let out = Nic {
        ethtool: settable(record(&ethtool::TABLE, &[], dice)).filter(|_| dice.one_in(2)),
        vf: Some(functions).filter(|f| *f != Functions::default()),
    };
    (out != Nic::default()).then(|| Box::new(out))
}

fn found_by(dice: &mut Dice) -> Match {
    let text = |dice: &mut Dice| String::from_utf8(hostile_text(dice)).ok();
    Match {
        perm_address: dice.one_in(2).then(|| Mac::new(&[2, 0, 0, 0, 0, 7]).expect("six bytes")),
        address: None,
        driver: text(dice),
        path: text(dice),
        altname: text(dice),
        kind: text(dice),
        index: dice.one_in(3).then_some(u32::MAX),
        at: dice.one_in(3).then(|| Key::new(netns(dice), name(dice))),
    }
}

fn goal(dice: &mut Dice) -> Goal {
    let names: Vec<Name> = (0..6).map(|_| name(dice)).collect();
    let mut goal = Goal { rebuild: dice.one_in(2), disruption: dice.one_in(2), ..Goal::new() };
    for _ in 0..dice.below(8) {
        let key = Key::new(netns(dice), *dice.pick(&names).expect("names"));
        if dice.one_in(4) {
            goal.matches.insert(key.clone(), found_by(dice));
        }
        let want =
            if dice.one_in(5) { Want::Absent } else { Want::Present(Box::new(link(&key, &names, dice))) };
        goal.links.insert(key, want);
    }
    goal
}

fn back(file: &str, text: &str) -> Goal {
    restore(Path::new(file), text.as_bytes()).unwrap_or_else(|e| panic!("{}\n{text}", e[0]))
}

#[test]
fn any_goal_is_read_back_from_yaml_and_json() {
    for seed in 0..4000 {
        let goal = goal(&mut Dice::new(seed));
        let (yaml, json) = (save::yaml(&goal), save::json(&goal));
        assert_eq!(back("a.yaml", &yaml), goal, "seed {seed}\n{yaml}");
        assert_eq!(back("a.json", &json), goal, "seed {seed}\n{json}");
        assert_eq!(save::yaml(&back("a.yaml", &yaml)), yaml);
        for text in [yaml, json] {
            assert!(!text.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'), "{text:?}");
        }
    }
}

#[test]
fn each_field_of_each_kind_is_read_back_at_any_value() {
    let names: Vec<Name> = ["eth0", "a.b"].iter().map(|n| Name::new(n).expect("a name")).collect();
    let mut dice = Dice::new(7);
    for kind in KINDS {
        for f in kind.fields.list().iter().filter(|f| f.is_state()) {
            for _ in 0..200 {
                let mut link = Link::new(Some(kind));
                link.data.put(f, arbitrary::value(f, &names, &mut dice).expect("a value"));
                let mut goal = Goal::new();
                goal.want(Key::here(names[0]), link);
                assert_eq!(back("a.yaml", &save::yaml(&goal)), goal, "{}.{}", kind.name, f.name);
            }
        }
    }
}

#[test]
fn each_setting_beside_the_message_is_read_back_at_any_value() {
    let mut dice = Dice::new(9);
    for block in BLOCKS {
        for f in block.fields.list().iter().filter(|f| f.is_state()) {
            for _ in 0..10 {
                let mut record = Record::new(block.fields);
                record.put(f, arbitrary::value(f, &[], &mut dice).expect("a value"));
                let mut link = Link::new(None);
                if std::ptr::eq(block.fields, &raw const vf::FIELDS) {
                    link.nic_mut().vf.get_or_insert_default().each.insert(3, record);
                } else {
                    link.nic_mut().ethtool = Some(record);
                }
                let mut goal = Goal::new();
                goal.want(Key::here(Name::new("eth0").expect("a name")), link);
                let text = save::yaml(&goal);
                assert_eq!(back("a.yaml", &text), goal, "{}.{}", block.name, f.name);
                assert_eq!(load(Path::new("a.yaml"), text.as_bytes()), Ok(goal), "{}.{}", block.name, f.name);
            }
        }
    }
}

#[test]
fn a_name_cannot_break_out_of_its_place() {
    for evil in
        ["a\": {}, \"b", "a': {}\n'b", "a: {b", "# a", "a\\\": 1", "- a", "&a *a", "%YAML", "--- a", "!!a b"]
    {
        let mut goal = Goal::new();
        let mut link = Link::new(None);
        link.base.set(base::ALIAS, format!("{evil}\nversion: 2\nlinks: {{}}\n").into_bytes());
        link.base.set(base::ALTNAME, vec![Value::text(evil), Value::text("")]);
        goal.want(Key::here(Name::new("eth0").expect("a name")), link);
        assert_eq!(back("a.yaml", &save::yaml(&goal)), goal);
        assert_eq!(back("a.json", &save::json(&goal)), goal);
    }
}

#[test]
fn a_goal_that_makes_sense_is_loaded_as_it_was_saved() {
    let text = include_str!("files/architecture.yaml");
    let goal = load(Path::new("a.yaml"), text.as_bytes()).expect("it makes sense");
    assert_eq!(load(Path::new("a.yaml"), save::yaml(&goal).as_bytes()), Ok(goal.clone()));
    assert_eq!(load(Path::new("a.json"), save::json(&goal).as_bytes()), Ok(goal));
}
