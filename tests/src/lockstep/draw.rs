//! Acts by chance on a world: mostly such as make sense, and some that nobody should ask for.

use linkctl::kinds::link as base;
use linkctl::link::{Key, Link, World};
use linkctl::plan::Act;
use linkctl::schema::arbitrary::{Dice, value};
use linkctl::schema::rules::{self, Broken};
use linkctl::schema::{Below, FieldDef, Fields, Kind, Mac, Name, Record, Rule, Type, Value};

use super::spaces;
use crate::running::has_field;
use crate::values::candidates;

/// How many links a world has at most.
const CROWD: usize = 12;
/// Kinds that many others have to do with.
const COMMON: &[&str] = &["bridge", "bond", "team", "vrf", "veth", "dummy", "vlan", "macvlan", "vxlan"];
/// What MTUs people set, and bounds of them.
const MTUS: &[u64] = &[1500, 1400, 1280, 1450, 9000, 2000];

/// The next act.
pub fn act(dice: &mut Dice, kinds: &[&'static Kind], world: &World) -> Act {
    let crowd = world.len();
    if crowd < 6 && dice.one_in(2) || crowd < CROWD && dice.one_in(6) {
        return create(dice, kinds, world);
    }
    let key = some_key(dice, world);
    let link = world.get(&key);
    match dice.below(40) {
        0..=2 => Act::Delete(key),
        3..=8 => {
            let some = fields(&base::FIELDS, dice, &names(world, None), |f| !special(f));
            if some.is_empty() { Act::Up(key) } else { Act::Base(key, some) }
        }
        9..=15 => {
            let of =
                link.and_then(|l| l.kind).filter(|_| !dice.one_in(40)).or_else(|| dice.pick(kinds).copied());
            let own = names(world, Some(&key));
            let Some(kind) = of.filter(|k| !k.fields.list().is_empty()) else { return Act::Up(key) };
            let mut some = fields(kind.fields, dice, &own, |f| !lacking(kind, f));
            if let Some(link) = link.filter(|_| kind.whole && !dice.one_in(12)) {
                // Who changes such a link says all of it.
                let mut all = link.data.only(FieldDef::is_state);
                all.merge(&some);
                some = all;
            }
            if some.is_empty() { Act::Up(key) } else { Act::Data(key, some) }
        }
        16..=18 => match port_table(dice, &key, world) {
            Some(table) => {
                let own = names(world, Some(&key));
                let some = fields(table.fields, dice, &own, |_| true);
                if some.is_empty() { Act::Up(key) } else { Act::Port(key, some) }
            }
            None => Act::Down(key),
        },
        19..=24 => {
            let master = if dice.one_in(4) { None } else { master(dice, &key, world) };
            Act::Master(key, master)
        }
        25..=27 => Act::Rename(key, any_name(dice)),
        28..=30 => {
            let [here, blue] = spaces();
            let space = if key.netns == here { blue } else { here };
            let name = if dice.one_in(3) { any_name(dice) } else { key.name };
            Act::Move(key, Key::new(space, name))
        }
        31..=34 => Act::Up(key),
        35..=37 => Act::Down(key),
        _ => altnames(dice, key, link),
    }
}

/// Fields that have acts of their own, and one whose values only a file of the machine tells.
fn special(f: &FieldDef) -> bool {
    matches!(f.name, "up" | "master" | "link" | "altname")
}

/// Fields that this kernel is built without, or whose values are names that only it knows.
fn lacking(kind: &Kind, f: &FieldDef) -> bool {
    matches!(
        (kind.name, f.name),
        ("batadv", "algo") | ("macsec", "offload") | ("vxlan", "reserved_bits") | ("bond", "use_carrier")
    ) || crate::stage::optional(kind, f) && !crate::running::has_vlans()
}

fn any_name(dice: &mut Dice) -> Name {
    Name::new(&format!("l{}", dice.below(16))).expect("a good name")
}

fn any_key(dice: &mut Dice) -> Key {
    Key::new(spaces()[usize::from(dice.one_in(4))].clone(), any_name(dice))
}

/// A link that is there, mostly.
fn some_key(dice: &mut Dice, world: &World) -> Key {
    let all: Vec<&Key> = world.keys().filter(|k| !k.is_loopback() || dice.one_in(12)).collect();
    match dice.pick(&all) {
        Some(key) if !dice.one_in(25) => (*key).clone(),
        // The kernel finds links by alternative names too; plans never do.
        _ => loop {
            let key = any_key(dice);
            let name = Value::text(key.name.as_bytes());
            let other = |k: &Key, l: &Link| {
                k.netns == key.netns && l.base.get(base::ALTNAME).unwrap_or_default().contains(&name)
            };
            if !world.iter().any(|(k, l)| other(k, l)) {
                return key;
            }
        },
    }
}

/// The names of links of one namespace, those beside `key`.
fn names(world: &World, key: Option<&Key>) -> Vec<Name> {
    world.keys().filter(|k| key.is_none_or(|key| k.netns == key.netns)).map(|k| k.name).collect()
}

fn altnames(dice: &mut Dice, key: Key, link: Option<&Link>) -> Act {
    let has = link.and_then(|l| l.base.get(base::ALTNAME)).unwrap_or_default();
    match dice.pick(&has) {
        Some(one) if dice.one_in(2) => Act::Altnames { key, add: Vec::new(), remove: vec![one.clone()] },
        // Names of links are among them.
        _ => {
            let name = Value::text(format!("l{}", dice.below(24)));
            if dice.one_in(8) {
                Act::Altnames { key, add: Vec::new(), remove: vec![name] }
            } else {
                Act::Altnames { key, add: vec![name], remove: Vec::new() }
            }
        }
    }
}

/// A link of the same namespace that could be a master, mostly.
fn master(dice: &mut Dice, key: &Key, world: &World) -> Option<Name> {
    let senseless = dice.one_in(8);
    let fits = |k: &Key, l: &Link| k.netns == key.netns && (senseless || l.kind.is_some_and(|k| k.master));
    let all: Vec<Name> = world.iter().filter(|(k, l)| fits(k, l)).map(|(k, _)| k.name).collect();
    dice.pick(&all).copied().or_else(|| senseless.then(|| any_name(dice)))
}

fn port_table(dice: &mut Dice, key: &Key, world: &World) -> Option<&'static Kind> {
    let link = world.get(key)?;
    let own =
        link.has_master().and_then(|m| world.get(&key.beside(m))).and_then(|m| m.kind).and_then(|k| k.ports);
    let wrong = || linkctl::kinds::port("bridge");
    own.or_else(|| wrong().filter(|_| dice.one_in(10)))
}

/// One to three fields, some of them such as cannot be set so.
fn fields(
    table: &'static Fields,
    dice: &mut Dice,
    links: &[Name],
    keep: impl Fn(&FieldDef) -> bool,
) -> Record {
    let all: Vec<&'static FieldDef> =
        table.list().iter().filter(|f| f.is_state() && has_field(f) && keep(f)).collect();
    let mut out = Record::new(table);
    for _ in 0..=dice.below(3) * dice.below(2) {
        if let Some(f) = dice.pick(&all)
            && let Some(v) = likely(f, dice, links)
        {
            out.put(f, v);
        }
    }
    out
}

/// A value that a kernel may well take, mostly.
fn likely(f: &FieldDef, dice: &mut Dice, links: &[Name]) -> Option<Value<'static>> {
    let within = |list: &[u64], dice: &mut Dice| dice.pick(list).map(|n| Value::Num(*n));
    match f.name {
        "mtu" => return within(MTUS, dice),
        "txqueuelen" => return within(&[0, 1, 100, 500, 1000, 5000], dice),
        "numtxqueues" | "numrxqueues" => return Some(Value::Num(1 + dice.below(4))),
        "gso_max_segs" => return within(&[16, 64, 4000, 65535], dice),
        "gso_max_size" | "gro_max_size" | "gso_ipv4_max_size" | "gro_ipv4_max_size" => {
            return within(&[16384, 32768, 65536], dice);
        }
        "address" | "broadcast" if !dice.one_in(12) => {
            let low = dice.below(0x10000) as u16;
            let [a, b] = low.to_be_bytes();
            return Mac::new(&[2, 0, 0, 0, a, b]).map(Value::Mac);
        }
        _ => {}
    }
    let drawn = if dice.one_in(8) { value(f, links, dice) } else { usual(f, dice, links) };
    // Times that overflow in the kernel's steps are nobody's wish.
    let drawn = drawn.map(|v| if let Value::Num(n @ 0x1_0000_0000..) = v { Value::Num(n % 1000) } else { v });
    drawn.map(|v| worded(f, v)).filter(|v| !newer(f, v))
}

/// A word that is newer than its field: it came with the port's setting of the same name.
fn newer(f: &FieldDef, v: &Value<'_>) -> bool {
    let with = |word| linkctl::kinds::port("bond").and_then(|k| k.fields.find(word));
    matches!(v, Value::Word(word) if f.name == "ad_select" && with(word).is_some_and(|f| !has_field(f)))
}

/// A number that has a word, by that.
fn worded(f: &FieldDef, v: Value<'static>) -> Value<'static> {
    match (f.ty, &v) {
        (Type::Words(_, list), Value::Num(n)) => {
            list.iter().find(|(_, m)| m == n).map_or(v.clone(), |(word, _)| Value::Word(word))
        }
        _ => v,
    }
}

fn usual(f: &FieldDef, dice: &mut Dice, links: &[Name]) -> Option<Value<'static>> {
    let all = candidates(f, links);
    let all = if dice.one_in(4) || f.ty == Type::Link { &all[..] } else { &all[..all.len().min(6)] };
    dice.pick(all).cloned()
}

fn create(dice: &mut Dice, kinds: &[&'static Kind], world: &World) -> Act {
    let common: Vec<&'static Kind> = kinds.iter().copied().filter(|k| COMMON.contains(&k.name)).collect();
    let kind = if dice.one_in(3) { dice.pick(&common) } else { dice.pick(kinds) };
    let kind = *kind.expect("every kernel has a kind of link");
    let key = any_key(dice);
    let own = names(world, Some(&key));
    let mut link = Link::new(Some(kind));
    if dice.one_in(2) {
        let wrong = dice.one_in(30);
        link.base = fields(&base::FIELDS, dice, &own, |f| !special(f) && (wrong || !f.late));
    }
    let wrong = dice.one_in(30);
    if !dice.one_in(4) && !kind.fields.list().is_empty() {
        link.data = fields(kind.fields, dice, &own, |f| (wrong || !f.late) && !lacking(kind, f));
    }
    if !dice.one_in(12) {
        mend(dice, kind, &mut link.data, &own);
    }
    if dice.one_in(4) {
        link.base.set(base::UP, true);
    }
    if dice.one_in(6)
        && let Some(name) = master(dice, &key, world)
    {
        link.base.set(base::MASTER, name);
    }
    if kind.below == Below::Link && !dice.one_in(25) || dice.one_in(60) {
        let near: Vec<&Key> = world.keys().filter(|k| k.netns == key.netns || dice.one_in(4)).collect();
        link.lower = dice.pick(&near).map(|k| (*k).clone()).or_else(|| dice.one_in(3).then(|| any_key(dice)));
    }
    let peer = (kind.pair.is_some() && !dice.one_in(30)).then(|| {
        let mut end = Link::new(Some(kind));
        if dice.one_in(3) {
            end.base = fields(&base::FIELDS, dice, &[], |f| {
                matches!(f.name, "mtu" | "address" | "txqueuelen" | "group")
            });
        }
        (any_key(dice), Box::new(end))
    });
    Act::Create { key, link: Box::new(link), peer }
}

/// Makes a record keep its kind's rules.
fn mend(dice: &mut Dice, kind: &'static Kind, data: &mut Record, links: &[Name]) {
    let field = |name: &str| kind.fields.list().iter().find(|f| f.name == name).expect("rules name fields");
    // Identifiers are drawn far and wide, so that few links share one.
    for rule in kind.rules {
        if let Rule::OneOf(names) = rule
            && matches!(field(names[0]).ty, Type::Uint(_))
            && data.value(field(names[0])).is_some()
        {
            let most = field(names[0]).bounds.map_or(4000, |(_, high)| high.min(4000));
            data.put(field(names[0]), Value::Num(1 + dice.below(most)));
        }
    }
    for _ in 0..8 {
        let Err(broken) = rules::check(kind, data) else { return };
        match broken {
            Broken::Needs(a, _) | Broken::Excludes(a, _) | Broken::When(a, ..) => _ = data.take(field(a)),
            Broken::OneOf(names) => {
                let f = field(names[0]);
                let most = f.bounds.map_or(4000, |(_, high)| high.min(4000));
                let value = match f.ty {
                    Type::Uint(_) => Some(Value::Num(1 + dice.below(most))),
                    _ => likely(f, dice, links),
                };
                match value {
                    Some(v) => data.put(f, v),
                    None => return,
                }
            }
        }
    }
}
